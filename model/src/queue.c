/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtqueue of the device: start and stop, the sleep protocol on the available ring (v1.2 2.7.10:
 * announce, look again, only then forget), taking and giving back chains, and the decision about
 * the used-buffer interrupt (v1.2 2.7.7).
 */
#include <stdlib.h>
#include <string.h>

#include "device.h"

#define DEFAULT_SERVICE_NS 10000u

/* ---- chains ---- */

struct chain *chain_get(struct vqueue *q)
{
    struct model_board *board = q->dev->board;
    struct chain *c = board->spare_chains;

    if (c)
        board->spare_chains = c->next_spare;
    else
        c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    const struct chain keep = *c;
    memset(c, 0, sizeof(*c));
    c->seg = keep.seg;
    c->cap_seg = keep.cap_seg;
    c->copy = keep.copy;
    c->cap_copy = keep.cap_copy;
    c->q = q;
    return c;
}

void chain_put(struct model_board *board, struct chain *chain)
{
    chain->next_spare = board->spare_chains;
    board->spare_chains = chain;
}

void chain_free_spares(struct model_board *board)
{
    while (board->spare_chains) {
        struct chain *c = board->spare_chains;
        board->spare_chains = c->next_spare;
        free(c->seg);
        free(c->copy);
        free(c);
    }
}

bool queue_busy_bit(const struct vqueue *q, unsigned desc)
{
    const struct queue_store *store = &q->dev->store[q->index];

    return desc < q->num && (store->busy[desc / 64] >> (desc % 64) & 1) != 0;
}

void queue_mark_busy(struct vqueue *q, unsigned desc, bool on)
{
    uint64_t *word = &q->dev->store[q->index].busy[desc / 64];
    const uint64_t bit = UINT64_C(1) << (desc % 64);

    *word = on ? *word | bit : *word & ~bit;
}

static void mark_chain(struct chain *c, bool on)
{
    const struct vqueue *q = c->q;

    /* The direct descriptors are the first copies. */
    for (unsigned i = 0; i < c->n_direct; i++)
        queue_mark_busy(c->q, (unsigned)((c->copy[i].at - q->desc) / DESC_SIZE), on);
}

static bool inflight_add(struct model_device *dev, struct chain *c)
{
    if (dev->n_inflight == dev->cap_inflight) {
        unsigned cap = dev->cap_inflight ? dev->cap_inflight * 2 : 32;
        struct chain **p = realloc(dev->inflight, cap * sizeof(*p));
        if (!p)
            return false;
        dev->inflight = p;
        dev->cap_inflight = cap;
    }
    dev->inflight[dev->n_inflight++] = c;
    c->q->in_flight++;
    dev->board->pending++;
    return true;
}

static void inflight_remove(struct chain *c)
{
    struct model_device *dev = c->q->dev;
    unsigned i = 0;

    while (dev->inflight[i] != c)
        i++;
    dev->n_inflight--;
    memmove(&dev->inflight[i], &dev->inflight[i + 1],
            (dev->n_inflight - i) * sizeof(dev->inflight[0]));
    c->q->in_flight--;
    dev->board->pending--;
}

void queue_drop_chain(struct chain *chain)
{
    mark_chain(chain, false);
    inflight_remove(chain);
    chain_put(chain->q->dev->board, chain);
}

struct chain *queue_oldest(const struct vqueue *q)
{
    const struct model_device *dev = q->dev;

    for (unsigned i = 0; i < dev->n_inflight; i++)
        if (dev->inflight[i]->q == q)
            return dev->inflight[i];
    return NULL;
}

struct chain *queue_oldest_ready(const struct vqueue *q)
{
    const struct model_device *dev = q->dev;

    for (unsigned i = 0; i < dev->n_inflight; i++) {
        struct chain *c = dev->inflight[i];
        if (c->q != q)
            continue;
        if (chain_ready(c))
            return c;
        if (dev_ordered(dev))
            break;
    }
    return NULL;
}

struct chain *device_oldest_ready(const struct model_device *dev)
{
    for (unsigned i = 0; i < dev->n_inflight; i++) {
        struct chain *c = queue_oldest_ready(dev->inflight[i]->q);
        if (c)
            return c;
    }
    return NULL;
}

/* ---- start and stop ---- */

void queue_init(struct model_device *dev, unsigned index)
{
    struct vqueue *q = &dev->q[index];

    memset(q, 0, sizeof(*q));
    q->dev = dev;
    q->index = (uint16_t)index;
}

static bool store_reserve(struct vqueue *q)
{
    struct queue_store *store = &q->dev->store[q->index];
    size_t words = (q->num + 63) / 64;
    size_t shadow = q->num <= SHADOW_MAX ? (size_t)q->num * (2 + DESC_SIZE) : 0;

    if (words && store->busy_words < words) {
        uint64_t *p = realloc(store->busy, words * sizeof(*p));
        if (!p)
            return false;
        store->busy = p;
        store->busy_words = words;
    }
    if (shadow && store->shadow_bytes < shadow) {
        uint8_t *p = realloc(store->shadow, shadow);
        if (!p)
            return false;
        store->shadow = p;
        store->shadow_bytes = shadow;
    }
    memset(store->busy, 0, words * sizeof(uint64_t));
    return true;
}

void queue_enable(struct vqueue *q)
{
    struct model_device *dev = q->dev;
    uint8_t **part[3] = {&q->desc, &q->avail, &q->used};
    enum mem_why why;

    q->part_len[0] = DESC_SIZE * q->num;
    q->part_len[1] = 6 + 2 * q->num;
    q->part_len[2] = 6 + 8 * q->num;
    q->enabled = true;
    q->ranges_valid = true;
    q->dead = !store_reserve(q);
    for (unsigned i = 0; i < 3; i++) {
        *part[i] =
            mem_device_ptr(&dev->board->mem, q->area[i], q->part_len[i], MODEL_DMA_BOTH, &why);
        if (!*part[i])
            q->dead = true;
    }
    q->last_avail = q->used_idx = q->next_slot = 0;
    q->seen_idx = q->full_idx = q->notify_idx = q->stall_idx = 0;
    q->published = false;
    q->suppress_tick = q->unmoved_tick = ++dev->board->tick;
    q->event_shown = 0;
    q->wish_event = q->wish_flags = 0;
    q->race_until_ns = 0;
    check_enable(q);
    trace(dev->board, dev->slot, "queue %u enabled: %u entries, rings %#llx %#llx %#llx%s",
          q->index, q->num, (unsigned long long)q->area[0], (unsigned long long)q->area[1],
          (unsigned long long)q->area[2], q->dead ? " (unusable)" : "");
    if (q->dead)
        return;
    if (dev->cfg.polling && !dev_has(dev, F_EVENT_IDX))
        ring_set_used_flags(q, USED_NO_NOTIFY);
    else if (dev->cfg.polling) /* as far from the index as it can be */
        ring_set_avail_event(q, 0x7fff);
}

static void set_awake(struct vqueue *q, bool on)
{
    struct model_board *board = q->dev->board;

    if (q->awake == on)
        return;
    q->awake = on;
    q->awake_since_ns = board->now_ns;
    if (on)
        board->pending++;
    else
        board->pending--;
}

/* RESET-MID-IO: stopping the queue does not stop the device, only the end of the reset does. */
void queue_keep_for_reset(struct vqueue *q)
{
    struct model_device *dev = q->dev;
    struct chain *chain = queue_oldest_ready(q);

    if (!chain || dev->reset_late || !fault(dev->board, MODEL_FAULT_RESET_MID_IO))
        return;
    mark_chain(chain, false);
    inflight_remove(chain);
    dev->reset_late = chain;
}

void queue_disable(struct vqueue *q)
{
    struct model_device *dev = q->dev;

    if (!q->enabled)
        return;
    for (unsigned i = dev->n_inflight; i-- > 0;)
        if (dev->inflight[i]->q == q)
            queue_drop_chain(dev->inflight[i]);
    set_awake(q, false);
    late_forget(q);
    q->enabled = false;
    q->dead = false;
    q->kick_lost = q->events_off = false;
    trace(dev->board, dev->slot, "queue %u stopped", q->index);
}

/* ---- the available ring ---- */

bool queue_has_avail(const struct vqueue *q)
{
    return ring_avail_idx(q) != q->last_avail;
}

void queue_wake(struct vqueue *q)
{
    const struct model_device *dev = q->dev;

    if (!q->enabled || q->dead)
        return;
    q->kick_lost = false;
    set_awake(q, true);
    if (!dev_has(dev, F_EVENT_IDX))
        ring_set_used_flags(q, USED_NO_NOTIFY);
}

void queue_sleep(struct vqueue *q)
{
    const struct model_device *dev = q->dev;

    if (!q->awake)
        return;
    if (!dev->cfg.polling) {
        if (!dev_has(dev, F_EVENT_IDX))
            ring_set_used_flags(q, 0);
        else if (!event_publish(q, q->last_avail))
            return;
    }
    /* What was published before the announcement came without a notification. */
    check_observe(q);
    if (queue_has_avail(q)) {
        if (!dev_has(dev, F_EVENT_IDX) && !dev->cfg.polling)
            ring_set_used_flags(q, USED_NO_NOTIFY);
        return;
    }
    set_awake(q, false);
    trace(dev->board, dev->slot, "queue %u: device sleeps at avail.idx %u", q->index,
          q->last_avail);
}

/* Only SYNC, LAZY and ORDER fall asleep with the last chain; the others at a step of its own. */
static bool sleeps_at_once(const struct model_board *board)
{
    return board->cfg.schedule != MODEL_SCHED_RANDOM &&
           board->cfg.schedule != MODEL_SCHED_EXHAUSTIVE;
}

static void take(struct vqueue *q, struct chain *c)
{
    struct model_device *dev = q->dev;
    struct model_board *board = dev->board;
    const uint64_t service = dev->cfg.service_ns ? dev->cfg.service_ns : DEFAULT_SERVICE_NS;

    c->taken_ns = board->now_ns;
    c->due_ns = board->now_ns + service;
    c->not_before_ns = service > SLOW_DEVICE_NS ? c->due_ns : board->now_ns;
    mark_chain(c, true);
    dev->count.chains++;
    if (q->hold_awake)
        q->hold_awake--;
    trace(board, dev->slot, "queue %u: chain %u taken (%u readable, %u writable elements)",
          q->index, c->head, c->n_readable, c->n_seg - c->n_readable);
    taken_faults(q, c);
    if (dev->ops->taken)
        dev->ops->taken(dev, c);
}

void queue_fetch(struct vqueue *q)
{
    struct model_device *dev = q->dev;

    check_observe(q);
    if (q->dead)
        return;
    if (!queue_has_avail(q)) {
        queue_sleep(q);
        return;
    }
    struct chain *c = chain_get(q);
    if (!c)
        return;
    bool ok = ring_walk(q, c);
    q->last_avail++;
    if (!ok || !inflight_add(dev, c)) {
        /* v1.2 2.1.2: an error that only a reset cures. */
        q->dead = true;
        set_awake(q, false);
        chain_put(dev->board, c);
        model_device_need_reset(dev);
        return;
    }
    take(q, c);
    if (sleeps_at_once(dev->board) && q->enabled && !queue_has_avail(q))
        queue_sleep(q);
}

/* ---- giving back ---- */

static void maybe_interrupt(struct vqueue *q, uint16_t old_idx)
{
    struct model_device *dev = q->dev;
    const uint16_t event = q->wish_late ? q->wish_event : ring_used_event(q);
    const uint16_t flags = q->wish_late ? q->wish_flags : ring_avail_flags(q);
    bool wanted;

    if (dev_has(dev, F_EVENT_IDX)) {
        rule_check(dev->board, MODEL_RULE_DRV_SPLIT_021, ring_avail_flags(q) == 0, dev->slot,
                   "queue %u avail.flags = %u with EVENT_IDX agreed, expected 0", q->index,
                   ring_avail_flags(q));
        wanted = ring_need_event(event, q->used_idx, old_idx);
    } else {
        rule_check(dev->board, MODEL_RULE_DRV_SPLIT_019, ring_avail_flags(q) <= 1, dev->slot,
                   "queue %u avail.flags = %u, expected 0 or 1", q->index, ring_avail_flags(q));
        wanted = (flags & AVAIL_NO_IRQ) == 0;
    }
    if (dev_has(dev, F_NOTIFY_ON_EMPTY) && q->in_flight == 0 && !queue_has_avail(q))
        wanted = true;
    if (wanted)
        device_raise(dev, ISR_USED);
    else
        trace(dev->board, dev->slot, "queue %u: no interrupt wanted", q->index);
}

void queue_complete_now(struct chain *chain)
{
    struct vqueue *q = chain->q;
    struct model_device *dev = q->dev;
    const uint16_t old_idx = q->used_idx;

    check_unchanged(chain);
    uint32_t len = dev->ops->execute(dev, chain);
    if (q->dead) { /* the ring was withdrawn meanwhile */
        queue_drop_chain(chain);
        return;
    }
    used_publish(q, chain, len);
    queue_drop_chain(chain);
    maybe_interrupt(q, old_idx);
}

void queue_complete_late(struct chain *chain)
{
    struct vqueue *q = chain->q;

    /* What there was to bring may have gone elsewhere meanwhile. */
    if (!q->dead && chain_ready(chain))
        used_publish(q, chain, q->dev->ops->execute(q->dev, chain));
    chain_put(q->dev->board, chain);
}

/* Another chain of the queue than `chain`, which is not slow: by variant the last or any. */
static struct chain *other_chain(struct chain *chain, bool any)
{
    struct model_device *dev = chain->q->dev;
    struct chain *other = NULL;
    uint64_t seen = 0;

    for (unsigned i = 0; i < dev->n_inflight; i++) {
        struct chain *c = dev->inflight[i];
        if (c->q != chain->q || c == chain || c->not_before_ns > dev->board->now_ns ||
            !chain_ready(c))
            continue;
        if (!any || board_random(dev->board) % ++seen == 0)
            other = c;
    }
    return other;
}

/* SLOW: puts the completion off to somewhere around the deadline. */
static bool put_off(struct chain *chain)
{
    struct model_board *board = chain->q->dev->board;
    const uint64_t deadline = board->cfg.deadline_ns, margin = 5000;
    const uint64_t at[4] = {deadline - margin, deadline, deadline + margin, 10 * deadline};

    if (chain->slow_seen || board->fault.id != MODEL_FAULT_SLOW)
        return false;
    chain->slow_seen = true;
    if (!fault(board, MODEL_FAULT_SLOW))
        return false;
    chain->due_ns = chain->not_before_ns = chain->taken_ns + at[fault_variant(board) & 3];
    return true;
}

void queue_complete(struct chain *chain)
{
    struct vqueue *q = chain->q;
    struct model_device *dev = q->dev;
    struct model_board *board = dev->board;

    if (q->dead) { /* the ring was withdrawn: nothing to give back to */
        queue_drop_chain(chain);
        return;
    }
    if (put_off(chain))
        return;
    if (!dev_ordered(dev) && q->in_flight >= 2 &&
        (board->fault.id == MODEL_FAULT_U_ID_SWAP || board->fault.id == MODEL_FAULT_OOO)) {
        struct chain *other = other_chain(chain, fault_variant(board) == 1);
        if (other && fault(board, MODEL_FAULT_U_ID_SWAP)) {
            queue_complete_now(other);
            if (!chain_ready(chain)) /* what there was to bring, the other one has brought */
                return;
        } else if (other && fault(board, MODEL_FAULT_OOO)) {
            queue_complete_now(other);
            return;
        }
    }
    queue_complete_now(chain);
}

void queue_run_dry(struct vqueue *q)
{
    struct model_device *dev = q->dev;

    while (q->enabled && !q->dead && dev_serving(dev)) {
        struct chain *c = queue_oldest_ready(q);
        if (queue_has_avail(q))
            queue_fetch(q);
        else if (c)
            queue_complete_now(c);
        else
            break;
    }
}
