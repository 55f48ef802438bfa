/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device side of the split ring, v1.2 2.7: field access, the event test, and the walk over a
 * descriptor chain with every check that the walk allows. Chains are copied here once, and nothing
 * later looks at the descriptors again but for the check that they did not change.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "device.h"

uint16_t ring_avail_flags(const struct vqueue *q)
{
    uint16_t flags = load_le16(q->avail);

    return q->avail_spoiled && flags == q->flags_garbage ? q->flags_saved : flags;
}

uint16_t ring_avail_idx(const struct vqueue *q)
{
    uint16_t idx = load_le16(q->avail + 2);

    return q->avail_spoiled && idx == q->idx_garbage ? q->idx_saved : idx;
}

bool ring_lied(const struct vqueue *q)
{
    const struct model_board *board = q->dev->board;

    switch (board->fault.id) {
    case MODEL_FAULT_U_ID_RANGE:
    case MODEL_FAULT_U_ID_NONHEAD:
    case MODEL_FAULT_U_ID_DUP:
    case MODEL_FAULT_U_IDX_JUMP:
    case MODEL_FAULT_U_IDX_EARLY:
    case MODEL_FAULT_U_FLIP:
        return model_fault_strikes(board) != 0;
    default:
        return false;
    }
}

bool ring_told_used(const struct vqueue *q, uint32_t head)
{
    if (!ring_lied(q))
        return false;
    for (uint32_t i = 0; i < q->num; i++)
        if (load_le32(q->used + 4 + 8 * i) == head)
            return true;
    return false;
}

uint16_t ring_used_event(const struct vqueue *q)
{
    uint16_t event = load_le16(q->avail + 4 + 2 * q->num);

    return q->event_spoiled && event == q->event_garbage ? q->event_saved : event;
}

void ring_set_used_flags(struct vqueue *q, uint16_t flags)
{
    if (load_le16(q->used) == flags)
        return;
    store_le16(q->used, flags);
    check_suppress_changed(q);
    trace(q->dev->board, q->dev->slot, "queue %u used.flags <- %u", q->index, flags);
}

void ring_set_avail_event(struct vqueue *q, uint16_t idx)
{
    q->event_shown = idx;
    if (load_le16(q->used + 4 + 8 * q->num) == idx)
        return;
    store_le16(q->used + 4 + 8 * q->num, idx);
    check_suppress_changed(q);
    trace(q->dev->board, q->dev->slot, "queue %u avail_event <- %u", q->index, idx);
}

void ring_write_used(struct vqueue *q, uint16_t slot, uint32_t id, uint32_t len)
{
    uint8_t *p = q->used + 4 + 8 * (slot & (q->num - 1));

    store_le32(p, id);
    store_le32(p + 4, len);
    trace(q->dev->board, q->dev->slot, "queue %u used.ring[%u] <- id %u len %u", q->index,
          slot & (q->num - 1), id, len);
}

void ring_write_used_idx(struct vqueue *q, uint16_t idx)
{
    store_le16(q->used + 2, idx);
    trace(q->dev->board, q->dev->slot, "queue %u used.idx <- %u", q->index, idx);
}

/* v1.2 2.7.7.2: the event lies in (old, new], modulo 65536. */
bool ring_need_event(uint16_t event, uint16_t new_idx, uint16_t old_idx)
{
    return (uint16_t)(new_idx - event - 1) < (uint16_t)(new_idx - old_idx);
}

bool ring_wants_irq(const struct vqueue *q, uint16_t event, uint16_t flags)
{
    if (dev_has(q->dev, F_EVENT_IDX))
        return ring_need_event(event, (uint16_t)(q->used_idx + 1), q->used_idx);
    return (flags & AVAIL_NO_IRQ) == 0;
}

/* ---- the walk ---- */

struct desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags, next;
};

struct walk {
    struct vqueue *q;
    struct chain *chain;
    const uint8_t *table; /* where the descriptors are */
    uint32_t entries;
    unsigned taken; /* elements so far, direct and indirect */
    uint64_t total;
    bool indirect;
    bool writable_seen;
};

static void *grow(void *array, unsigned need, unsigned *cap, size_t item)
{
    if (need <= *cap)
        return array;
    unsigned n = *cap ? *cap * 2 : 8;
    void *p = realloc(array, n * item);
    if (p)
        *cap = n;
    return p;
}

static bool chain_add_copy(struct chain *c, const uint8_t *at)
{
    struct desc_copy *p = grow(c->copy, c->n_copy + 1, &c->cap_copy, sizeof(*p));

    if (!p)
        return false;
    c->copy = p;
    p[c->n_copy].at = at;
    memcpy(p[c->n_copy].bytes, at, DESC_SIZE);
    c->n_copy++;
    return true;
}

static bool chain_add_segment(struct chain *c, const struct desc *d)
{
    struct segment *p = grow(c->seg, c->n_seg + 1, &c->cap_seg, sizeof(*p));

    if (!p)
        return false;
    c->seg = p;
    p[c->n_seg++] = (struct segment){d->addr, d->len, (d->flags & DESC_WRITE) != 0};
    if (d->flags & DESC_WRITE) {
        c->writable_bytes += d->len;
    } else {
        c->n_readable++;
        c->readable_bytes += d->len;
    }
    return true;
}

static struct desc desc_load(const uint8_t *p)
{
    return (struct desc){load_le64(p), load_le32(p + 8), load_le16(p + 12), load_le16(p + 14)};
}

static bool check_segment_memory(struct walk *w, const struct desc *d)
{
    struct model_device *dev = w->q->dev;
    struct model_board *board = dev->board;
    enum mem_why why;
    const bool writable = (d->flags & DESC_WRITE) != 0;
    unsigned need = writable ? MODEL_DMA_FROM_DEVICE : MODEL_DMA_TO_DEVICE;

    bool ok = mem_device_ptr(&board->mem, d->addr, d->len, need, &why) != NULL;
    if (!ok && ring_told_used(w->q, w->chain->head)) {
        w->chain->revoked = true;
        return false;
    }
    rule_check(board, MODEL_RULE_DRV_CORE_048, ok || mem_is_ram(&board->mem, d->addr), dev->slot,
               "queue %u chain %u: address %#llx is not in guest memory", w->q->index,
               w->chain->head, (unsigned long long)d->addr);
    rule_check(board, MODEL_RULE_MEM_006, why != MEM_WHY_UNMAPPED, dev->slot,
               "queue %u chain %u: buffer %#llx+%u is not in one mapped block", w->q->index,
               w->chain->head, (unsigned long long)d->addr, d->len);
    rule_check(board, MODEL_RULE_MEM_007, why != MEM_WHY_DIRECTION, dev->slot,
               "queue %u chain %u: %s buffer %#llx+%u is not mapped in that direction", w->q->index,
               w->chain->head, writable ? "writable" : "readable", (unsigned long long)d->addr,
               d->len);
    if (!ok)
        w->chain->revoked = true;
    return ok;
}

/* One buffer element. */
static bool walk_element(struct walk *w, const struct desc *d)
{
    struct vqueue *q = w->q;
    struct model_board *board = q->dev->board;
    const bool writable = (d->flags & DESC_WRITE) != 0;

    w->total += d->len;
    if (!rule_check(board, MODEL_RULE_DRV_SPLIT_009, w->total <= UINT32_MAX, q->dev->slot,
                    "queue %u chain %u: %llu bytes in total, expected less than 4 GiB", q->index,
                    w->chain->head, (unsigned long long)w->total))
        return false;
    if (!rule_check(board, MODEL_RULE_DRV_SPLIT_005, writable || !w->writable_seen, q->dev->slot,
                    "queue %u chain %u: readable element %u after a writable one", q->index,
                    w->chain->head, w->taken))
        return false;
    w->writable_seen = writable;
    w->taken++;
    check_segment_memory(w, d);
    return chain_add_segment(w->chain, d);
}

/* The table that an indirect descriptor points to; false: unusable. */
static bool enter_table(struct walk *w, const struct desc *d)
{
    struct vqueue *q = w->q;
    struct model_device *dev = q->dev;
    struct model_board *board = dev->board;
    enum mem_why why;
    bool ok = true;

    ok &= rule_check(board, MODEL_RULE_DRV_SPLIT_011, dev_has(dev, F_INDIRECT), dev->slot,
                     "queue %u chain %u: INDIRECT without INDIRECT_DESC agreed", q->index,
                     w->chain->head);
    ok &= rule_check(board, MODEL_RULE_DRV_SPLIT_014, (d->flags & DESC_NEXT) == 0, dev->slot,
                     "queue %u chain %u: flags %#x, INDIRECT with NEXT", q->index, w->chain->head,
                     d->flags);
    ok &= rule_check(board, MODEL_RULE_DRV_SPLIT_016, d->len != 0 && d->len % DESC_SIZE == 0,
                     dev->slot, "queue %u chain %u: indirect table of %u bytes, expected n * 16",
                     q->index, w->chain->head, d->len);
    if (!ok)
        return false;
    const uint8_t *table = mem_device_ptr(&board->mem, d->addr, d->len, MODEL_DMA_TO_DEVICE, &why);
    if (!rule_check(board, MODEL_RULE_MEM_006, table != NULL, dev->slot,
                    "queue %u chain %u: indirect table %#llx+%u is not mapped for the device",
                    q->index, w->chain->head, (unsigned long long)d->addr, d->len))
        return false;
    w->chain->table_gpa = d->addr;
    w->chain->table_len = d->len;
    w->table = table;
    w->entries = d->len / DESC_SIZE;
    w->indirect = true;
    return true;
}

/* Marks a direct descriptor as the device's; false when it already was. */
static bool claim(struct walk *w, uint16_t index)
{
    struct vqueue *q = w->q;
    struct chain *c = w->chain;

    for (unsigned i = 0; i < c->n_copy; i++)
        if (!rule_check(q->dev->board, MODEL_RULE_DRV_SPLIT_009,
                        c->copy[i].at != q->desc + (size_t)index * DESC_SIZE, q->dev->slot,
                        "queue %u chain %u: loops at descriptor %u", q->index, c->head, index))
            return false;
    if (ring_lied(q))
        return true; /* the driver may think that it has the descriptor back */
    return rule_check(q->dev->board, MODEL_RULE_DRV_SPLIT_037, !queue_busy_bit(q, index),
                      q->dev->slot, "queue %u chain %u: descriptor %u is still outstanding",
                      q->index, c->head, index);
}

/* Where the chain goes on after entry `at`; -1: the end, -2: malformed. */
static int follow(struct walk *w, const struct desc *d, uint16_t at)
{
    struct vqueue *q = w->q;
    struct model_board *board = q->dev->board;

    if (!(d->flags & DESC_NEXT))
        return -1;
    if (w->indirect) {
        if (dev_has(q->dev, F_IN_ORDER))
            rule_check(board, MODEL_RULE_DRV_SPLIT_015, d->next == at + 1, q->dev->slot,
                       "queue %u chain %u: indirect entry %u goes on at %u", q->index,
                       w->chain->head, at, d->next);
        if (!rule_check(board, MODEL_RULE_DRV_SPLIT_016, d->next < w->entries, q->dev->slot,
                        "queue %u chain %u: next %u in an indirect table of %u entries", q->index,
                        w->chain->head, d->next, w->entries))
            return -2;
    } else {
        if (dev_has(q->dev, F_IN_ORDER))
            rule_check(board, MODEL_RULE_DRV_SPLIT_010, d->next == ((at + 1u) & (q->num - 1)),
                       q->dev->slot, "queue %u chain %u: descriptor %u goes on at %u", q->index,
                       w->chain->head, at, d->next);
        if (!rule_check(board, MODEL_RULE_DRV_SPLIT_037, d->next < q->num, q->dev->slot,
                        "queue %u chain %u: next %u in a queue of %u", q->index, w->chain->head,
                        d->next, q->num))
            return -2;
    }
    return d->next;
}

/* One entry of the current table; leaves the index of the next one in *at. */
static bool walk_entry(struct walk *w, int *at)
{
    struct vqueue *q = w->q;
    struct model_board *board = q->dev->board;
    const uint8_t *p = w->table + (size_t)*at * DESC_SIZE;

    if (!w->indirect) {
        if (!claim(w, (uint16_t)*at))
            return false;
        w->chain->n_direct++;
    }
    if (!chain_add_copy(w->chain, p))
        return false;
    const struct desc d = desc_load(w->chain->copy[w->chain->n_copy - 1].bytes);
    q->dev->count.descriptors++;
    trace(board, q->dev->slot, "queue %u %s[%d]: addr %#llx len %u flags %#x next %u", q->index,
          w->indirect ? "indirect" : "desc", *at, (unsigned long long)d.addr, d.len, d.flags,
          d.next);
    if (d.flags & DESC_INDIRECT) {
        if (!rule_check(board, MODEL_RULE_DRV_SPLIT_012, !w->indirect, q->dev->slot,
                        "queue %u chain %u: INDIRECT inside an indirect table", q->index,
                        w->chain->head) ||
            !enter_table(w, &d))
            return false;
        *at = 0;
        return true;
    }
    if (!rule_check(board, w->indirect ? MODEL_RULE_DRV_SPLIT_013 : MODEL_RULE_DRV_SPLIT_008,
                    w->taken < q->num, q->dev->slot, "queue %u chain %u: more than %u elements",
                    q->index, w->chain->head, q->num) ||
        !walk_element(w, &d))
        return false;
    *at = follow(w, &d, (uint16_t)*at);
    return *at != -2;
}

static void check_in_order_head(struct vqueue *q, const struct chain *c)
{
    if (!dev_has(q->dev, F_IN_ORDER))
        return;
    rule_check(q->dev->board, MODEL_RULE_DRV_SPLIT_007, c->head == q->next_slot, q->dev->slot,
               "queue %u: head %u, with IN_ORDER expected %u", q->index, c->head, q->next_slot);
    q->next_slot = (uint16_t)((c->head + c->n_direct) & (q->num - 1));
}

bool ring_walk(struct vqueue *q, struct chain *chain)
{
    struct walk w = {.q = q, .chain = chain, .table = q->desc, .entries = q->num};
    int at = load_le16(q->avail + 4 + 2 * (q->last_avail & (q->num - 1)));

    chain->head = (uint16_t)at;
    chain->avail_at = q->last_avail;
    if (!rule_check(q->dev->board, MODEL_RULE_DRV_SPLIT_038, (unsigned)at < q->num, q->dev->slot,
                    "queue %u avail.ring[%u] = %d in a queue of %u", q->index,
                    q->last_avail & (q->num - 1), at, q->num))
        return false;
    while (at >= 0)
        if (!walk_entry(&w, &at))
            return false;
    check_in_order_head(q, chain);
    return true;
}
