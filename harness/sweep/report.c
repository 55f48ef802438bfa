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

/* Both transports of a device in one field. */
static void print_cell(const struct pool_cell cells[2])
{
    uint64_t failed = cells[0].failed + cells[1].failed;

    if (cells[0].runs + cells[1].runs == 0) {
        printf("  %18s", "-");
    } else if (failed != 0) {
        printf("  FAIL %5" PRIu64 " of %5" PRIu64, failed, cells[0].runs + cells[1].runs);
    } else {
        printf("  ok %7" PRIu64 " %7" PRIu64, cells[0].runs, cells[1].runs);
    }
}

/* What a fault came to: summed over device types and transports. */
static void sum_fault(const struct pool_result *result, unsigned fault, struct pool_cell *sum)
{
    memset(sum, 0, sizeof(*sum));
    for (unsigned d = 0; d < POOL_DEVICES_MAX; d++) {
        for (unsigned t = 0; t < 2u; t++) {
            const struct pool_cell *cell = &result->cells[fault][d][t];

            sum->runs += cell->runs;
            sum->struck += cell->struck;
            sum->max_k = cell->max_k > sum->max_k ? cell->max_k : sum->max_k;
        }
    }
}

/* Device types that were swept. */
static bool swept(const struct pool_result *result, unsigned device)
{
    for (unsigned i = 0; i < POOL_FAULTS_MAX; i++) {
        if (result->cells[i][device][0].runs + result->cells[i][device][1].runs != 0) {
            return true;
        }
    }
    return false;
}

static void print_row(const struct pool_result *result, unsigned fault)
{
    const struct model_fault_row *row = model_fault_row((enum model_fault_id)fault);
    struct pool_cell sum;

    sum_fault(result, fault, &sum);
    if (sum.runs == 0) {
        return;
    }
    printf("%-24s", fault == 0 ? "none" : row->id);
    for (unsigned d = 0; d < sweep_device_count; d++) {
        if (swept(result, d)) {
            print_cell(result->cells[fault][d]);
        }
    }
    if (fault != 0) {
        printf("  %s%6" PRIu32, sum.struck != 0 ? "k <=" : "never struck", sum.max_k);
    }
    printf("\n");
}

void report_matrix(const struct pool_result *result)
{
    printf("\nruns by fault and device type, legacy and modern; deepest opportunity k\n%-24s", "");
    for (unsigned d = 0; d < sweep_device_count; d++) {
        if (swept(result, d)) {
            printf("  %18s", sweep_devices[d]->name);
        }
    }
    printf("\n");
    for (unsigned i = 0; i < POOL_FAULTS_MAX; i++) {
        print_row(result, i);
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
        struct pool_cell sum;

        sum_fault(result, i, &sum);
        struck += sum.struck != 0 ? 1u : 0u;
        hits += sum.struck;
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
