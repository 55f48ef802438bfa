/* SPDX-License-Identifier: Apache-2.0 */
/* The board as its own files see it, with the rule, trace and fault helpers that all of them use.
 */
#ifndef MODEL_BOARD_INTERNAL_H
#define MODEL_BOARD_INTERNAL_H

#include "mem.h"
#include "rule_table.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_choices.h"
#include "virtio_model/model_fault.h"
#include "virtio_model/model_rules.h"
#include "virtio_model/model_trace.h"

#define NO_SLOT        MODEL_MAX_DEVICES
#define IRQ_STORM      256u     /* deliveries without acknowledge that count as a breach */
#define SLOW_DEVICE_NS 1000000u /* service times above are respected by every schedule */

struct chain;

struct model_board {
    struct model_board_config cfg;
    uint64_t now_ns;
    uint64_t steps;
    uint64_t tick; /* orders observations of ring fields, see queue_check.c */
    bool stopped;  /* a limit was hit */

    uint64_t rng;
    unsigned eagerness; /* RANDOM: chance in 8 of a device action at a step point */

    struct model_device *dev[MODEL_MAX_DEVICES];
    struct model_device *storage[MODEL_MAX_DEVICES]; /* kept for reuse by the next run */
    size_t storage_size[MODEL_MAX_DEVICES];
    unsigned n_devices; /* highest used slot + 1 */
    struct chain *spare_chains;
    unsigned n_polling; /* devices that look at their rings unasked */
    unsigned pending;   /* awake queues + chains in flight + resets under way, all devices */
    unsigned n_late;    /* late ring entries and self-wakings under way */

    model_irq_handler irq_fn;
    void *irq_ctx;
    unsigned mask_depth;
    bool in_handler;
    unsigned disconnected; /* bit per slot */

    struct model_fault_plan fault;
    uint32_t fault_opportunities, fault_strikes;

    model_trace_sink sink;
    void *sink_ctx;
    uint64_t trace_pos;

    unsigned n_violations;
    struct model_violation violation[MODEL_VIOLATIONS_KEPT];
    uint64_t rule_checks[MODEL_RULE_COUNT]; /* since creation */

    struct model_memory mem;
};

/* ---- rules ---- */
__attribute__((format(printf, 4, 5), cold)) bool rule_breach(struct model_board *board,
                                                             enum model_rule_id rule, unsigned slot,
                                                             const char *fmt, ...);
/* Says to static analysis what a call cannot. */
static inline bool rule_broken(bool recorded)
{
    (void)recorded;
    return false;
}
/* Counts an evaluation of the rule; when `cond` is false records a breach. Value: cond. */
#define rule_check(board, rule, cond, slot, ...)                                                   \
    ((board)->rule_checks[rule]++,                                                                 \
     (cond) ? true : rule_broken(rule_breach(board, rule, slot, __VA_ARGS__)))

/* ---- trace ---- */
__attribute__((format(printf, 3, 4), cold)) void trace_line(struct model_board *board,
                                                            unsigned slot, const char *fmt, ...);
#define trace(board, slot, ...)                                                                    \
    ((board)->trace_pos++, (board)->sink ? trace_line(board, slot, __VA_ARGS__) : (void)0)

/* ---- faults ---- */
/* As model_fault_hit, without a call when the fault is not the armed one. */
static inline bool fault(struct model_board *board, enum model_fault_id id)
{
    return board->fault.id == id && model_fault_hit(board, id);
}
static inline unsigned fault_variant(const struct model_board *board)
{
    return board->fault.variant;
}
/* The armed fault has struck at least once: some of what follows is not the driver's doing. */
static inline bool fault_struck(const struct model_board *board, enum model_fault_id id)
{
    return board->fault.id == id && board->fault_strikes != 0;
}

/* ---- board.c ---- */
void board_runaway(struct model_board *board, enum model_runaway why);
/* A point at which devices may act and interrupts arrive. */
void board_step(struct model_board *board);
uint64_t board_random(struct model_board *board);
/* Zeroed when new, otherwise as the last run left it; NULL when out of memory. */
struct model_device *board_device_storage(struct model_board *board, unsigned slot, size_t size);

/* ---- schedule.c ---- */
void schedule_step(struct model_board *board);
bool schedule_idle(struct model_board *board, uint64_t until_ns);

#endif
