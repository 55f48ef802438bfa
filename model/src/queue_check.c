/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ring rules that are seen by watching the driver's part of the ring over time: order of stores
 * against barriers, notifications against suppression, ownership. A race is never called a breach:
 * `tick` orders the device's own changes and its observations, and a verdict is given only when
 * the driver must have seen the state it acted against.
 */
#include <string.h>

#include "bytes.h"
#include "device.h"

static uint8_t *shadow_ring(const struct vqueue *q)
{
    return q->dev->store[q->index].shadow;
}

static uint8_t *shadow_desc(const struct vqueue *q)
{
    return shadow_ring(q) + 2 * (size_t)q->num;
}

static void shadow_take(struct vqueue *q)
{
    if (q->num > SHADOW_MAX)
        return;
    memcpy(shadow_ring(q), q->avail + 4, 2 * (size_t)q->num);
    memcpy(shadow_desc(q), q->desc, (size_t)q->num * DESC_SIZE);
}

static bool all_zero(const uint8_t *p, size_t n)
{
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* Zeroed but for what a driver may have set up since: next links, avail.flags, used_event. */
static bool ring_zeroed(const struct vqueue *q)
{
    for (unsigned i = 0; i < q->num; i++)
        if (!all_zero(q->desc + (size_t)i * DESC_SIZE, DESC_SIZE - 2))
            return false;
    return all_zero(q->avail + 2, 2 + 2 * (size_t)q->num) && all_zero(q->used, q->part_len[2]);
}

void check_enable(struct vqueue *q)
{
    static const char *const name[3] = {"descriptor table", "available ring", "used ring"};
    static const unsigned align[3] = {16, 2, 4};
    struct model_device *dev = q->dev;
    struct model_board *board = dev->board;
    uint8_t *const part[3] = {q->desc, q->avail, q->used};

    for (unsigned i = 0; i < 3; i++) {
        rule_check(board, MODEL_RULE_DRV_SPLIT_001, q->area[i] % align[i] == 0, dev->slot,
                   "queue %u %s at %#llx, expected a multiple of %u", q->index, name[i],
                   (unsigned long long)q->area[i], align[i]);
        rule_check(board, MODEL_RULE_DRV_SPLIT_003, part[i] != NULL, dev->slot,
                   "queue %u %s %#llx+%u is not in one block mapped for the device", q->index,
                   name[i], (unsigned long long)q->area[i], q->part_len[i]);
    }
    if (q->dead)
        return;
    rule_check(board, MODEL_RULE_DRV_SPLIT_028, load_le16(q->used) == 0, dev->slot,
               "queue %u used.flags = %u at enabling, expected 0", q->index, load_le16(q->used));
    rule_check(board, MODEL_RULE_DRV_SPLIT_017, ring_avail_idx(q) == 0, dev->slot,
               "queue %u avail.idx = %u at enabling, expected 0", q->index, ring_avail_idx(q));
    rule_check(board, dev_modern(dev) ? MODEL_RULE_DRV_MMIO_038 : MODEL_RULE_DRV_LMMIO_008,
               ring_zeroed(q), dev->slot, "queue %u memory is not zeroed at enabling", q->index);
    shadow_take(q);
}

/* The slots [from, to) of the available ring, and their chains, as they were at the barrier. */
static void check_published(struct vqueue *q, uint16_t from, uint16_t to)
{
    struct model_board *board = q->dev->board;
    const unsigned mask = q->num - 1;

    if (q->num > SHADOW_MAX)
        return;
    for (uint16_t i = from; i != to; i++) {
        const uint8_t *now = q->avail + 4 + 2 * (i & mask);
        unsigned d = load_le16(now), hops = 0;
        if (!rule_check(board, MODEL_RULE_DRV_SPLIT_040,
                        memcmp(now, shadow_ring(q) + 2 * (i & mask), 2) == 0, q->dev->slot,
                        "queue %u avail.ring[%u] = %u was stored with no barrier before avail.idx",
                        q->index, i & mask, d))
            return;
        for (; d < q->num && hops < q->num; hops++) {
            const uint8_t *desc = q->desc + (size_t)d * DESC_SIZE;
            if (!rule_check(board, MODEL_RULE_DRV_SPLIT_040,
                            memcmp(desc, shadow_desc(q) + (size_t)d * DESC_SIZE, DESC_SIZE) == 0,
                            q->dev->slot,
                            "queue %u descriptor %u was stored with no barrier before avail.idx",
                            q->index, d))
                return;
            if ((load_le16(desc + 12) & DESC_NEXT) == 0)
                break;
            d = load_le16(desc + 14);
        }
    }
}

void check_observe(struct vqueue *q)
{
    struct model_board *board = q->dev->board;

    if (!q->enabled || q->dead)
        return;
    const uint16_t idx = ring_avail_idx(q);
    if (idx != q->seen_idx) {
        const bool fits = (uint16_t)(idx - q->last_avail) <= q->num;
        if (!fits && ring_lied(q)) { /* the driver was told of more used buffers than there were */
            q->dead = true;
            model_device_need_reset(q->dev);
            return;
        }
        if (!rule_check(board, MODEL_RULE_DRV_SPLIT_018, fits, q->dev->slot,
                        "queue %u avail.idx went from %u to %u with %u entries, %u taken", q->index,
                        q->seen_idx, idx, q->num, q->last_avail)) {
            q->dead = true;
            model_device_need_reset(q->dev);
            return;
        }
        check_published(q, q->seen_idx, idx);
        if (!q->published)
            q->publish_tick = q->unmoved_tick;
        q->published = true;
        q->seen_idx = idx;
    }
    q->unmoved_tick = ++board->tick;
}

void check_barrier(struct vqueue *q, enum model_barrier kind)
{
    check_observe(q);
    if (q->dead)
        return;
    if (kind != MODEL_BARRIER_READ)
        shadow_take(q);
    if (kind == MODEL_BARRIER_FULL) {
        q->full_idx = q->seen_idx;
        race_at_barrier(q);
        q->wish_event = ring_used_event(q);
        q->wish_flags = ring_avail_flags(q);
    }
    late_barrier(q, kind);
}

void check_suppress_changed(struct vqueue *q)
{
    q->suppress_tick = ++q->dev->board->tick;
}

/* Kicks that the device had asked not to get, long enough ago for the driver to know. */
static void check_unwanted(struct vqueue *q)
{
    const struct model_device *dev = q->dev;

    if (!q->published || q->events_off || q->suppress_tick > q->publish_tick)
        return;
    if (dev_has(dev, F_EVENT_IDX)) {
        const uint16_t event = load_le16(q->used + 4 + 8 * q->num);
        rule_check(dev->board, MODEL_RULE_DRV_SPLIT_034,
                   ring_need_event(event, q->seen_idx, q->notify_idx), dev->slot,
                   "queue %u notified at avail.idx %u, avail_event %u was not passed since %u",
                   q->index, q->seen_idx, event, q->notify_idx);
    } else {
        rule_check(dev->board, MODEL_RULE_DRV_SPLIT_030, (load_le16(q->used) & USED_NO_NOTIFY) == 0,
                   dev->slot, "queue %u notified although used.flags = %u", q->index,
                   load_le16(q->used));
    }
}

void check_notify(struct vqueue *q, uint32_t val)
{
    struct model_device *dev = q->dev;
    struct model_board *board = dev->board;

    check_observe(q);
    if (q->dead)
        return;
    rule_check(board, MODEL_RULE_DRV_SPLIT_041, q->full_idx == q->seen_idx, dev->slot,
               "queue %u notified at avail.idx %u, last full barrier at %u", q->index, q->seen_idx,
               q->full_idx);
    if (dev_has(dev, F_NOTIFICATION_DATA)) {
        const uint16_t data = (uint16_t)(val >> 16);
        rule_check(board, q->published ? MODEL_RULE_DRV_CORE_023 : MODEL_RULE_DRV_CORE_025,
                   data == q->seen_idx, dev->slot,
                   "QueueNotify = %#x for queue %u: next offset and wrap %#x, expected %#x", val,
                   q->index, data, q->seen_idx);
    }
    check_unwanted(q);
    q->published = false;
    q->notify_idx = q->seen_idx;
}

void check_unchanged(struct chain *chain)
{
    struct model_device *dev = chain->q->dev;

    if (chain->rewritten || chain->revoked || chain->q->dead)
        return;
    /* Told that it was done, be it by an entry that is not there any more: the index came first and
     * showed an old one. What is in the descriptors now is another chain's. */
    if (ring_told_used(chain->q, chain->head) ||
        ((dev->board->fault.id == MODEL_FAULT_U_IDX_EARLY ||
          dev->board->fault.id == MODEL_FAULT_U_IDX_JUMP) &&
         model_fault_strikes(dev->board) != 0))
        return;
    for (unsigned i = 0; i < chain->n_copy; i++)
        if (!rule_check(dev->board, MODEL_RULE_DRV_CORE_036,
                        memcmp(chain->copy[i].at, chain->copy[i].bytes, DESC_SIZE) == 0, dev->slot,
                        "queue %u chain %u: descriptor %u of the chain changed while outstanding",
                        chain->q->index, chain->head, i))
            return;
}

/* The guest waited in vain: did it forget to notify? */
void check_stall(struct vqueue *q)
{
    const struct model_device *dev = q->dev;

    if (!q->enabled || q->dead)
        return;
    check_observe(q);
    if (q->dead || q->awake || q->kick_lost || q->events_off || q->poll_due_ns ||
        dev->cfg.polling || q->self_poll || q->seen_idx == q->stall_idx || !queue_has_avail(q))
        return;
    q->stall_idx = q->seen_idx; /* said once */
    if (dev_has(dev, F_EVENT_IDX))
        rule_check(dev->board, MODEL_RULE_DRV_SPLIT_033,
                   !ring_need_event(q->event_shown, q->seen_idx, q->last_avail), dev->slot,
                   "queue %u: no notification for avail.idx %u, avail_event %u", q->index,
                   q->seen_idx, q->event_shown);
    else
        rule_check(dev->board, MODEL_RULE_DRV_SPLIT_031, (load_le16(q->used) & USED_NO_NOTIFY) != 0,
                   dev->slot, "queue %u: no notification for avail.idx %u, used.flags 0", q->index,
                   q->seen_idx);
}
