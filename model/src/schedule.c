/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schedule: which device action or interrupt happens next. At a step point the guest is
 * running and something may happen behind its back; when the guest is idle something has to.
 */
#include "device.h"

#define ACTIONS_MAX 250u /* model_choose takes up to 255 */

enum action_kind { ACT_IRQ, ACT_FETCH, ACT_COMPLETE };

struct action {
    enum action_kind kind;
    struct model_device *dev;
    struct vqueue *q;
    struct chain *chain;
    uint64_t due_ns;
};

struct actions {
    unsigned n;
    uint64_t earliest; /* nominal due time of the first; UINT64_MAX: none */
    struct action item[ACTIONS_MAX];
};

static void actions_add(struct actions *a, const struct action *item)
{
    if (item->due_ns < a->earliest)
        a->earliest = item->due_ns;
    if (a->n < ACTIONS_MAX)
        a->item[a->n++] = *item;
}

/* ---- interrupts ---- */

static bool line_asserted(const struct model_device *dev)
{
    if (dev->line_held)
        return false;
    return dev->spurious != 0 || (dev->isr != 0 && !dev->line_lost);
}

static bool irq_possible(const struct model_board *board)
{
    return board->mask_depth == 0 && !board->in_handler && board->irq_fn;
}

static bool irq_deliverable(const struct model_board *board, unsigned slot)
{
    const struct model_device *dev = board->dev[slot];

    return dev && (board->disconnected >> slot & 1) == 0 && line_asserted(dev);
}

static void irq_deliver(struct model_device *dev)
{
    struct model_board *board = dev->board;
    bool caused = dev->isr != 0 && (dev->status & ST_DRIVER_OK) && !dev->reset_pending;

    if (dev->spurious)
        dev->spurious--;
    else if (++dev->unacked_runs >= IRQ_STORM) {
        dev->line_held = true;
        rule_breach(board, MODEL_RULE_DRV_MMIO_044, dev->slot,
                    "InterruptStatus %#x not acknowledged in %u deliveries", dev->isr, IRQ_STORM);
    }
    dev->count.irqs++;
    dev->isr_read_in_run = false;
    trace(board, dev->slot, "irq delivered, InterruptStatus %#x", dev->isr);
    board->in_handler = true;
    board->irq_fn(board->irq_ctx, dev->slot);
    board->in_handler = false;
    flip_handled(dev);
    trace(board, dev->slot, "irq handler done, InterruptStatus %#x", dev->isr);
    if (caused)
        rule_check(board, MODEL_RULE_DRV_MMIO_042, dev->isr_read_in_run, dev->slot,
                   "the interrupt handler returned without reading InterruptStatus");
}

static void irq_deliver_all(struct model_board *board)
{
    for (unsigned s = 0; s < board->n_devices; s++)
        while (!board->stopped && irq_possible(board) && irq_deliverable(board, s))
            irq_deliver(board->dev[s]);
}

/* ---- device actions ---- */

static bool fetch_enabled(const struct vqueue *q)
{
    if (!q->enabled || q->dead)
        return false;
    if (q->dev->cfg.polling || q->self_poll || q->hold_awake)
        return queue_has_avail(q);
    return q->awake; /* with an empty ring the action is to fall asleep */
}

/* Of a queue that brings something the choice among waiting buffers is no choice at all; where
 * every choice is tried only the oldest counts. */
static bool only_oldest(const struct chain *c)
{
    const struct model_board *board = c->q->dev->board;

    return c->q->dev->ops->can_complete && c->readable_bytes == 0 &&
           (board->cfg.schedule == MODEL_SCHED_ORDER ||
            board->cfg.schedule == MODEL_SCHED_EXHAUSTIVE);
}

/* Most buffers of most devices wait for something to be brought: they are not looked at one by one
 * at every step. */
static bool something_to_complete(const struct model_device *dev, bool idle[MODEL_MAX_QUEUES])
{
    unsigned left = dev->n_inflight;

    for (unsigned i = 0; i < dev->n_queues && left; i++) {
        const struct vqueue *q = &dev->q[i];
        idle[i] = q->in_flight && dev->ops->queue_idle && dev->ops->queue_idle(dev, i);
        if (idle[i])
            left -= q->in_flight;
    }
    return left != 0;
}

/* When a ready chain is to be completed. */
static uint64_t due_of(struct chain *c)
{
    return race_keeps(c) && c->q->race_until_ns > c->due_ns ? c->q->race_until_ns : c->due_ns;
}

static void collect_device(struct model_device *dev, struct actions *a)
{
    if (!dev_serving(dev))
        return;
    for (unsigned i = 0; i < dev->n_queues; i++) {
        struct vqueue *q = &dev->q[i];
        if (fetch_enabled(q))
            actions_add(a, &(struct action){ACT_FETCH, dev, q, NULL, q->awake_since_ns});
    }
    uint64_t passed = 0; /* queues whose younger chains have to wait */
    bool idle[MODEL_MAX_QUEUES];
    if (!something_to_complete(dev, idle))
        return;
    for (unsigned i = 0; i < dev->n_inflight; i++) {
        struct chain *c = dev->inflight[i];
        if (idle[c->q->index])
            continue;
        const uint64_t bit = UINT64_C(1) << c->q->index;
        if (passed & bit)
            continue;
        const bool ready = chain_ready(c);
        if (dev_ordered(dev) || (ready && only_oldest(c)))
            passed |= bit;
        if (ready)
            actions_add(a, &(struct action){ACT_COMPLETE, dev, c->q, c, due_of(c)});
    }
}

static void collect(struct model_board *board, struct actions *a)
{
    a->n = 0;
    a->earliest = UINT64_MAX;
    if (board->pending == 0 && board->n_polling == 0 && board->n_late == 0)
        return;
    for (unsigned s = 0; s < board->n_devices; s++)
        if (board->dev[s])
            collect_device(board->dev[s], a);
}

static void collect_irqs(struct model_board *board, struct actions *a)
{
    if (!irq_possible(board))
        return;
    for (unsigned s = 0; s < board->n_devices; s++)
        if (irq_deliverable(board, s))
            actions_add(a, &(struct action){ACT_IRQ, board->dev[s], NULL, NULL, board->now_ns});
}

static void run(const struct action *act)
{
    switch (act->kind) {
    case ACT_IRQ:
        irq_deliver(act->dev);
        break;
    case ACT_FETCH:
        queue_fetch(act->q);
        break;
    case ACT_COMPLETE:
        queue_complete(act->chain);
        break;
    }
}

/* The earliest moment at which any schedule may run the action. */
static uint64_t not_before(const struct action *act)
{
    if (act->kind != ACT_COMPLETE)
        return 0;
    return race_keeps(act->chain) ? act->due_ns : act->chain->not_before_ns;
}

/* Drops actions that may not run at `now`. */
static void keep_possible(struct actions *a, uint64_t now)
{
    unsigned n = 0;

    for (unsigned i = 0; i < a->n; i++)
        if (not_before(&a->item[i]) <= now)
            a->item[n++] = a->item[i];
    a->n = n;
}

/* Resets and delayed effects that are due, whatever the schedule. */
static void run_due(struct model_board *board)
{
    if (board->pending == 0 && board->n_late == 0)
        return;
    for (unsigned s = 0; s < board->n_devices; s++) {
        struct model_device *dev = board->dev[s];
        if (!dev)
            continue;
        if (dev->reset_pending && dev->reset_due_ns <= board->now_ns && dev->reset_slow_reads == 0)
            status_reset_done(dev);
        if (board->n_late)
            for (unsigned i = 0; i < dev->n_queues; i++)
                late_step(&dev->q[i]);
    }
}

/* SYNC: everything that is possible now, fetches first. */
static void run_everything(struct model_board *board)
{
    struct actions a;

    for (;;) {
        collect(board, &a);
        keep_possible(&a, board->now_ns);
        if (a.n == 0 || board->stopped)
            return;
        run(&a.item[0]);
    }
}

/* ---- step points ---- */

static void step_random(struct model_board *board)
{
    struct actions a;

    if ((board->pending || board->n_polling || board->n_late) &&
        (board_random(board) & 7) < board->eagerness) {
        collect(board, &a);
        keep_possible(&a, board->now_ns);
        if (a.n)
            run(&a.item[board_random(board) % a.n]);
    }
    for (unsigned s = 0; s < board->n_devices; s++)
        if (irq_possible(board) && irq_deliverable(board, s) && (board_random(board) & 3) != 0)
            irq_deliver(board->dev[s]);
}

static void step_exhaustive(struct model_board *board)
{
    struct actions a;

    collect(board, &a);
    keep_possible(&a, board->now_ns);
    collect_irqs(board, &a);
    if (a.n == 0 || !board->cfg.choices)
        return;
    unsigned pick = model_choose(board->cfg.choices, a.n + 1);
    if (pick)
        run(&a.item[pick - 1]);
}

void schedule_step(struct model_board *board)
{
    run_due(board);
    switch (board->cfg.schedule) {
    case MODEL_SCHED_SYNC:
        if (board->pending || board->n_polling || board->n_late)
            run_everything(board);
        irq_deliver_all(board);
        break;
    case MODEL_SCHED_LAZY:
    case MODEL_SCHED_ORDER:
        irq_deliver_all(board);
        break;
    case MODEL_SCHED_RANDOM:
        step_random(board);
        break;
    case MODEL_SCHED_EXHAUSTIVE:
        step_exhaustive(board);
        break;
    }
}

/* ---- the guest is idle ---- */

/* When the next reset or delayed effect falls due. */
static uint64_t next_due(const struct model_board *board)
{
    uint64_t due = UINT64_MAX;

    for (unsigned s = 0; s < board->n_devices; s++) {
        const struct model_device *dev = board->dev[s];
        if (!dev)
            continue;
        if (dev->reset_pending && dev->reset_slow_reads == 0 && dev->reset_due_ns < due)
            due = dev->reset_due_ns;
        for (unsigned i = 0; board->n_late && i < dev->n_queues; i++) {
            const struct vqueue *q = &dev->q[i];
            if (q->poll_due_ns && q->poll_due_ns < due)
                due = q->poll_due_ns;
            if (q->again.kind == LATE_NOW && q->again_due_ns < due && late_again_possible(q))
                due = q->again_due_ns;
        }
    }
    return due;
}

/* In time order; fetches go first so that a later choice sees everything in flight. */
static const struct action *pick_in_order(const struct actions *a)
{
    const struct action *best = NULL;

    for (unsigned i = 0; i < a->n; i++) {
        const struct action *it = &a->item[i];
        if (!best || (it->kind != best->kind ? it->kind < best->kind : it->due_ns < best->due_ns))
            best = it;
    }
    return best;
}

static const struct action *pick(struct model_board *board, const struct actions *a)
{
    switch (board->cfg.schedule) {
    case MODEL_SCHED_RANDOM:
        return &a->item[board_random(board) % a->n];
    case MODEL_SCHED_EXHAUSTIVE:
        return &a->item[board->cfg.choices ? model_choose(board->cfg.choices, a->n) : 0];
    case MODEL_SCHED_ORDER: {
        const struct action *first = pick_in_order(a);
        if (first->kind != ACT_COMPLETE || !board->cfg.choices)
            return first;
        return &a->item[model_choose(board->cfg.choices, a->n)];
    }
    case MODEL_SCHED_SYNC:
    case MODEL_SCHED_LAZY:
        break;
    }
    return pick_in_order(a);
}

static void advance(struct model_board *board, uint64_t to)
{
    if (board->now_ns < to)
        board->now_ns = to;
}

static void idle_in_vain(struct model_board *board, uint64_t until_ns)
{
    advance(board, until_ns);
    for (unsigned s = 0; s < board->n_devices; s++) {
        struct model_device *dev = board->dev[s];
        for (unsigned i = 0; dev && dev_serving(dev) && i < dev->n_queues; i++)
            check_stall(&dev->q[i]);
    }
}

bool schedule_idle(struct model_board *board, uint64_t until_ns)
{
    struct actions a;

    collect(board, &a);
    collect_irqs(board, &a);
    uint64_t due = board->pending || board->n_late ? next_due(board) : UINT64_MAX;
    uint64_t first = due < a.earliest ? due : a.earliest;
    if (first == UINT64_MAX || first > (until_ns > board->now_ns ? until_ns : board->now_ns)) {
        idle_in_vain(board, until_ns);
        return false;
    }
    advance(board, first);
    if (due <= first) {
        run_due(board);
        return true;
    }
    keep_possible(&a, board->now_ns);
    if (a.n == 0) { /* more slow chains than fit the list */
        idle_in_vain(board, until_ns);
        return false;
    }
    run(pick(board, &a));
    return true;
}
