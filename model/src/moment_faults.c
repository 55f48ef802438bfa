/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that strike at a moment which the driver sets: used buffers that come just when it enables
 * interrupts again (IRQ-RACE), answers that change just after it has taken them (A-FLIP).
 */
#include "device.h"

#define RACE_KEEP_NS 2000000u

/* ---- IRQ-RACE ---- */

static bool race_armed(const struct model_board *board)
{
    const struct model_fault_plan *plan = &board->fault;

    return plan->id == MODEL_FAULT_IRQ_RACE && plan->variant == 1 &&
           (plan->persistent || board->fault_opportunities < plan->k);
}

static bool brings(const struct chain *c)
{
    return c->q->dev->ops->can_complete && c->readable_bytes == 0;
}

/* The driver has interrupts off, so there is a barrier to come; one that never wants any again is
 * not kept waiting for long, and once only. */
bool race_keeps(struct chain *chain)
{
    struct vqueue *q = chain->q;
    const struct model_board *board = q->dev->board;

    if (board->fault.id != MODEL_FAULT_IRQ_RACE || !race_armed(board) || !brings(chain))
        return false;
    const uint16_t event = ring_used_event(q), flags = ring_avail_flags(q);
    if (ring_wants_irq(q, event, flags)) {
        q->race_until_ns = 0;
        return false;
    }
    q->wish_event = event; /* seen, whether a barrier follows or not */
    q->wish_flags = flags;
    if (q->race_until_ns == 0)
        q->race_until_ns = board->now_ns + RACE_KEEP_NS;
    return board->now_ns < q->race_until_ns;
}

/* As if just before the barrier, while the driver's stores were on their way. What a receive queue
 * has to bring comes all at once, as a later interrupt would tell of what came without one. */
void race_at_barrier(struct vqueue *q)
{
    struct model_board *board = q->dev->board;

    if (board->fault.id != MODEL_FAULT_IRQ_RACE || fault_variant(board) != 1 ||
        !dev_serving(q->dev))
        return;
    struct chain *waiting = queue_oldest_ready(q);
    if (!waiting)
        return;
    const bool all = brings(waiting);
    if (all && (ring_wants_irq(q, q->wish_event, q->wish_flags) ||
                !ring_wants_irq(q, ring_used_event(q), ring_avail_flags(q))))
        return; /* not the moment at which interrupts are enabled */
    if (!fault(board, MODEL_FAULT_IRQ_RACE))
        return;
    q->wish_late = true;
    do {
        queue_complete_now(waiting);
        waiting = all && !q->dead && dev_serving(q->dev) ? queue_oldest_ready(q) : NULL;
    } while (waiting);
    q->wish_late = false;
    q->race_until_ns = 0;
}

/* ---- A-FLIP ---- */

/* A read barrier does not say which queue it is for: only where one alone has something new. */
static bool alone_unread(const struct vqueue *q)
{
    const struct model_board *board = q->dev->board;

    for (unsigned s = 0; s < board->n_devices; s++) {
        const struct model_device *dev = board->dev[s];
        for (unsigned i = 0; dev && i < dev->n_queues; i++)
            if (&dev->q[i] != q && dev->q[i].unread)
                return false;
    }
    return q->unread != 0;
}

void flip_forget(struct vqueue *q)
{
    if (q->flip.pending)
        q->dev->board->n_late--;
    q->flip.pending = q->flip.taken = false;
}

/* Where interrupts are on, everything was looked at. */
void flip_handled(struct model_device *dev)
{
    if (dev->board->fault.id != MODEL_FAULT_A_FLIP || dev->isr != 0)
        return;
    for (unsigned i = 0; i < dev->n_queues; i++) {
        struct vqueue *q = &dev->q[i];
        if (q->unread && q->enabled && !q->dead &&
            ring_wants_irq(q, ring_used_event(q), ring_avail_flags(q))) {
            q->unread = 0;
            if (!q->flip.taken)
                flip_forget(q);
        }
    }
}

void flip_barrier(struct vqueue *q)
{
    if (!alone_unread(q))
        return;
    q->unread--;
    if (q->flip.pending && q->flip.before != 0 && --q->flip.before == 0)
        q->flip.taken = q->dev->board->mask_depth != 0;
}

/* Memory of a request that is under way, or may be. */
static bool in_use(const struct vqueue *q, const struct segment *part)
{
    const struct model_device *dev = q->dev;

    for (unsigned i = 0; i < dev->n_inflight; i++)
        for (unsigned s = 0; s < dev->inflight[i]->n_seg; s++) {
            const struct segment *seg = &dev->inflight[i]->seg[s];
            if (seg->gpa < part->gpa + part->len && part->gpa < seg->gpa + seg->len)
                return true;
        }
    return queue_has_avail(q);
}

void flip_step(struct vqueue *q)
{
    struct model_board *board = q->dev->board;
    enum mem_why why;

    if (q->flip.pending && board->fault.id != MODEL_FAULT_A_FLIP)
        flip_forget(q);
    if (!q->flip.taken || board->mask_depth != 0)
        return;
    /* Where something else is still to be looked at, it may be in the same memory. */
    for (unsigned i = 0; q->unread == 0 && i < q->flip.n; i++) {
        const struct segment *part = &q->flip.part[i];
        uint8_t *p = mem_device_ptr(&board->mem, part->gpa, part->len, MODEL_DMA_BOTH, &why);
        if (q->dead || !p || in_use(q, part))
            continue;
        for (uint32_t b = 0; b < part->len; b++)
            p[b] ^= 0x5a;
        trace(board, q->dev->slot, "queue %u: answer at %#llx+%u overwritten", q->index,
              (unsigned long long)part->gpa, part->len);
    }
    flip_forget(q);
}

/* A request's answer, as far as it is in memory that the driver does not get back. */
void flip_answer(struct vqueue *q, const struct chain *chain)
{
    struct model_board *board = q->dev->board;
    struct late_answer *flip = &q->flip;
    enum mem_why why;

    q->unread++;
    if (flip->pending || chain->revoked || chain->n_readable == 0)
        return;
    flip->n = 0;
    for (unsigned i = chain->n_readable; i < chain->n_seg && flip->n < FLIP_PARTS; i++) {
        const struct segment *seg = &chain->seg[i];
        if (mem_device_ptr(&board->mem, seg->gpa, seg->len, MODEL_DMA_BOTH, &why))
            flip->part[flip->n++] = *seg;
    }
    if (flip->n == 0 || !fault(board, MODEL_FAULT_A_FLIP))
        return;
    flip->pending = true;
    flip->before = q->unread;
    board->n_late++;
}
