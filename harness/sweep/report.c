/* SPDX-License-Identifier: Apache-2.0 */
/* What people read: failures, the matrix, the rule book. See report.h. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virtio_model/model_rules.h"

void report_failed(void *ctx, const char *id, const char *text)
{
    struct report *report = ctx;
    struct report_failure *f;

    printf("FAIL %s\n     %s\n     replay: %s --replay '%s'\n", id, text, report->program, id);
    if (report->failures == NULL) {
        report->failures = calloc(REPORT_FAILURES_MAX, sizeof(*report->failures));
    }
    if (report->failures == NULL || report->count == REPORT_FAILURES_MAX) {
        return;
    }
    f = &report->failures[report->count++];
    snprintf(f->id, sizeof(f->id), "%s", id);
    snprintf(f->text, sizeof(f->text), "%s", text);
}

void report_free(struct report *report)
{
    free(report->failures);
    report->failures = NULL;
    report->count = 0;
}

static void print_cell(const struct pool_cell *cell)
{
    if (cell->runs == 0) {
        printf("  %28s", "-");
    } else if (cell->failed != 0) {
        printf("  FAIL %8" PRIu64 " of %8" PRIu64 " ", cell->failed, cell->runs);
    } else {
        printf("  ok %8" PRIu64 "  k <= %-8" PRIu32 "  ", cell->runs, cell->max_k);
    }
}

void report_matrix(const struct pool_result *result)
{
    printf("\n%-18s  %-28s  %-28s\n", "fault", "legacy: runs, deepest k",
           "modern: runs, deepest k");
    for (unsigned i = 0; i < POOL_FAULTS_MAX; i++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)i);
        const struct pool_cell *cells = result->cells[i];

        if (cells[0].runs == 0 && cells[1].runs == 0) {
            continue;
        }
        printf("%-18s", i == 0 ? "none" : row->id);
        print_cell(&cells[0]);
        print_cell(&cells[1]);
        if (i != 0 && cells[0].struck + cells[1].struck == 0) {
            printf("  never struck");
        }
        printf("\n");
    }
}

static const char *const kinds[] = {
    [MODEL_RULE_CHECKED] = "checked",
    [MODEL_RULE_SCENARIO] = "scenario",
    [MODEL_RULE_UNUSED] = "unused",
    [MODEL_RULE_NOT_OBSERVABLE] = "not observable",
};

/* --rules: the book with how often each rule was looked at. */
void report_rules(const struct pool_result *result)
{
    for (size_t i = 0; i < model_rule_count(); i++) {
        const struct model_rule *rule = model_rule_at(i);

        printf("%-15s %-11s %-15s %10" PRIu64 "  %s%s%s%s\n", rule->id, rule->level,
               kinds[rule->kind], i < POOL_RULES_MAX ? result->rule_checks[i] : 0, rule->text,
               rule->note[0] != '\0' ? " [" : "", rule->note, rule->note[0] != '\0' ? "]" : "");
    }
}

static void count_rules(const struct pool_result *result, unsigned counts[4], unsigned *looked_at)
{
    *looked_at = 0;
    for (size_t i = 0; i < model_rule_count() && i < POOL_RULES_MAX; i++) {
        counts[model_rule_at(i)->kind]++;
        *looked_at += result->rule_checks[i] != 0 ? 1u : 0u;
    }
}

void report_summary(const struct pool_result *result)
{
    unsigned counts[4] = {0};
    unsigned looked_at;
    unsigned struck = 0;
    uint64_t hits = 0;

    count_rules(result, counts, &looked_at);
    for (unsigned i = 1; i < POOL_FAULTS_MAX; i++) {
        uint64_t n = result->cells[i][0].struck + result->cells[i][1].struck;

        struck += n != 0 ? 1u : 0u;
        hits += n;
    }
    printf(
        "\nrules: %u checked at the access (%u evaluated in this sweep), %u shown by a scenario, "
        "%u about features never used, %u not observable\n",
        counts[MODEL_RULE_CHECKED], looked_at, counts[MODEL_RULE_SCENARIO],
        counts[MODEL_RULE_UNUSED], counts[MODEL_RULE_NOT_OBSERVABLE]);
    printf("faults: %u of %zu struck, at %" PRIu64 " opportunities\n", struck, model_fault_count(),
           hits);
    if (result->truncated) {
        printf("orders: some enumerations reached their depth limit; later choices took the first "
               "way\n");
    }
    printf("%" PRIu64 " scenarios, %" PRIu64 " failed (%" PRIu64 " crashed, %" PRIu64
           " hung), %.1f s, %.0f scenarios/s\n",
           result->runs, result->failed, result->crashed, result->hung, result->seconds,
           result->seconds > 0 ? (double)result->runs / result->seconds : 0.0);
}
