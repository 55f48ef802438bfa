/* SPDX-License-Identifier: Apache-2.0 */
/* The rule engine: counts evaluations and keeps the first breaches. The book is rule_table.c. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board.h"

bool rule_breach(struct model_board *board, enum model_rule_id rule, unsigned slot, const char *fmt,
                 ...)
{
    char text[sizeof(board->violation[0].text)];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    const char *id = model_rule_at((size_t)rule)->id;
    trace(board, slot, "BREACH %s: %s", id, text);
    if (board->n_violations < MODEL_VIOLATIONS_KEPT) {
        struct model_violation *v = &board->violation[board->n_violations];
        v->rule = id;
        v->trace_pos = board->trace_pos;
        v->time_ns = board->now_ns;
        v->slot = slot;
        snprintf(v->text, sizeof(v->text), "%s", text);
    }
    board->n_violations++;
    return false;
}

unsigned model_violation_count(const struct model_board *board)
{
    return board->n_violations;
}

const struct model_violation *model_violation_at(const struct model_board *board, unsigned i)
{
    if (i >= board->n_violations || i >= MODEL_VIOLATIONS_KEPT)
        return NULL;
    return &board->violation[i];
}

/* The rule under which breaches of rule i are reported: its own, or the one its note names. */
static size_t reported_as(size_t i)
{
    static const char prefix[] = "reported as ";
    const char *note = model_rule_at(i)->note;

    if (strncmp(note, prefix, sizeof(prefix) - 1) != 0)
        return i;
    for (size_t k = 0; k < MODEL_RULE_COUNT; k++)
        if (strcmp(model_rule_at(k)->id, note + sizeof(prefix) - 1) == 0)
            return k;
    return i;
}

uint64_t model_rule_checks(const struct model_board *board, size_t i)
{
    return i < MODEL_RULE_COUNT ? board->rule_checks[reported_as(i)] : 0;
}
