/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule book: duties of a guest driver, by requirement id (virtio v1.2, with v1.3/v1.4 rows and
 * the Legacy Interface sections). What the model can observe it checks while it runs.
 */
#ifndef VIRTIO_MODEL_RULES_H
#define VIRTIO_MODEL_RULES_H

#include <stddef.h>
#include <stdint.h>

struct model_board;

enum model_rule_kind {
    MODEL_RULE_CHECKED,        /* the model checks it at the access */
    MODEL_RULE_SCENARIO,       /* shown by a scenario or fault: `note` names it */
    MODEL_RULE_UNUSED,         /* concerns a feature that this driver never negotiates; the model
                                  checks that it is not accepted */
    MODEL_RULE_NOT_OBSERVABLE, /* cannot be seen from the device side: `note` says why */
};

struct model_rule {
    const char *id;      /* "DRV-SPLIT-005" */
    const char *level;   /* "MUST", "MUST NOT", "SHOULD", ... */
    const char *section; /* "v1.2 2.7.4.2" */
    const char *text;    /* one line */
    enum model_rule_kind kind;
    const char *note;
};

size_t model_rule_count(void);
const struct model_rule *model_rule_at(size_t i);

struct model_violation {
    const char *rule;   /* id */
    uint64_t trace_pos; /* number of the trace event at which it was seen */
    uint64_t time_ns;
    unsigned slot;  /* device, or MODEL_MAX_DEVICES when none */
    char text[160]; /* register or ring entry, the value, what was expected */
};

#define MODEL_VIOLATIONS_KEPT 16u

unsigned model_violation_count(const struct model_board *board);
/* i below the smaller of the count and MODEL_VIOLATIONS_KEPT, else NULL. */
const struct model_violation *model_violation_at(const struct model_board *board, unsigned i);
/* How often rule i of the book was evaluated on this board since its creation (not since reset). */
uint64_t model_rule_checks(const struct model_board *board, size_t i);

#endif
