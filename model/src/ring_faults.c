/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a faulty device does to the ring: wrong used entries and indices, entries that come or
 * change late, descriptors and avail fields rewritten, event fields that move. Without an armed
 * fault each function does the right thing and nothing more.
 */
#include "bytes.h"
#include "device.h"

#define AGAIN_DELAY_NS 2000u
#define POLL_BACK_NS   1000000u

/* ---- late entries ---- */

static void late_set(struct vqueue *q, enum late_kind kind, uint16_t slot, uint32_t id,
                     uint32_t len)
{
    if (q->late.kind != LATE_NONE) /* one at a time: the earlier one arrives now */
        ring_write_used(q, q->late.slot, q->late.id, q->late.len);
    else
        q->dev->board->n_late++;
    q->late = (struct late_entry){kind, slot, id, len};
}

static void late_apply(struct vqueue *q)
{
    ring_write_used(q, q->late.slot, q->late.id, q->late.len);
    q->late.kind = LATE_NONE;
    q->dev->board->n_late--;
}

void late_barrier(struct vqueue *q, enum model_barrier kind)
{
    if (kind == MODEL_BARRIER_WRITE)
        return;
    if (kind == MODEL_BARRIER_READ)
        flip_barrier(q);
    if (q->late.kind == LATE_AT_BARRIER)
        late_apply(q);
    else if (q->late.kind == LATE_AFTER_BARRIER)
        q->late.kind = LATE_NOW; /* at the first step point behind this one */
    else if (q->late.kind == LATE_NOW)
        late_apply(q);
}

/* The chain of this head waits in the available ring: to the driver it is outstanding. */
static bool about_to_be_taken(const struct vqueue *q, uint32_t head)
{
    const unsigned mask = q->num - 1;

    for (uint16_t i = q->last_avail; i != ring_avail_idx(q); i++)
        if (load_le16(q->avail + 4 + 2 * (i & mask)) == head)
            return true;
    return false;
}

/* U-ID-DUP strikes a second time only while the head is nobody's. */
bool late_again_possible(const struct vqueue *q)
{
    return !q->dead && dev_serving(q->dev) && !queue_busy_bit(q, q->again.id) &&
           !about_to_be_taken(q, q->again.id);
}

static void again_apply(struct vqueue *q)
{
    ring_write_used(q, q->used_idx, q->again.id, q->again.len);
    ring_write_used_idx(q, ++q->used_idx);
    q->again.kind = LATE_NONE;
    q->dev->board->n_late--;
    device_raise(q->dev, ISR_USED);
}

void late_step(struct vqueue *q)
{
    struct model_board *board = q->dev->board;

    if (q->again.kind != LATE_NONE && board->now_ns >= q->again_due_ns && late_again_possible(q))
        again_apply(q);
    flip_step(q);
    if (q->poll_due_ns && board->now_ns >= q->poll_due_ns) {
        q->poll_due_ns = 0;
        board->n_late--;
        queue_wake(q);
    }
}

static void set_self_poll(struct vqueue *q, bool on)
{
    if (q->self_poll == on)
        return;
    q->self_poll = on;
    if (on)
        q->dev->board->n_polling++;
    else
        q->dev->board->n_polling--;
}

void late_forget(struct vqueue *q)
{
    struct model_board *board = q->dev->board;

    if (q->late.kind != LATE_NONE)
        board->n_late--;
    if (q->again.kind != LATE_NONE)
        board->n_late--;
    if (q->poll_due_ns)
        board->n_late--;
    q->late.kind = q->again.kind = LATE_NONE;
    flip_forget(q);
    q->unread = 0;
    q->poll_due_ns = 0;
    q->hold_awake = 0;
    q->event_spoiled = q->avail_spoiled = false;
    set_self_poll(q, false);
}

/* ---- used entries ---- */

/* A descriptor of the queue that nobody uses, or `num` when there is none. */
static uint32_t free_descriptor(const struct vqueue *q)
{
    uint32_t i = 0;

    while (i < q->num && (queue_busy_bit(q, i) || about_to_be_taken(q, i)))
        i++;
    return i;
}

static bool is_head(const struct vqueue *q, uint32_t id)
{
    const struct model_device *dev = q->dev;

    for (unsigned i = 0; i < dev->n_inflight; i++)
        if (dev->inflight[i]->q == q && dev->inflight[i]->head == id)
            return true;
    return false;
}

static uint32_t nonhead_id(const struct vqueue *q, const struct chain *c)
{
    switch (fault_variant(q->dev->board)) {
    case 0:
        return c->n_direct > 1 ? (uint32_t)((c->copy[1].at - q->desc) / DESC_SIZE) : q->num;
    case 1:
        return free_descriptor(q);
    default:
        return c->table_len ? c->table_len / DESC_SIZE - 1 : q->num;
    }
}

static uint32_t used_id(struct vqueue *q, const struct chain *c)
{
    struct model_board *board = q->dev->board;
    const uint32_t range[3] = {q->num, c->head | 0x10000u, UINT32_MAX};

    if (fault(board, MODEL_FAULT_U_ID_RANGE))
        return range[fault_variant(board) % 3];
    if (board->fault.id == MODEL_FAULT_U_ID_NONHEAD) {
        uint32_t id = nonhead_id(q, c);
        if (id < q->num && !is_head(q, id) && fault(board, MODEL_FAULT_U_ID_NONHEAD))
            return id;
    }
    return c->head;
}

static uint32_t used_len(struct vqueue *q, const struct chain *c, uint32_t len)
{
    struct model_board *board = q->dev->board;
    const unsigned v = fault_variant(board);

    if (fault(board, MODEL_FAULT_U_LEN_LONG))
        return v == 0 ? (uint32_t)c->writable_bytes + 1 : v == 1 ? 0x80000000u : UINT32_MAX;
    if (c->writable_bytes && fault(board, MODEL_FAULT_U_LEN_SHORT))
        return v == 0 ? 0 : v == 1 ? len - (len > 0) : len / 2;
    return len;
}

/* Publishes the index; `slot` is that of the entry just written. */
static void publish_idx(struct vqueue *q)
{
    struct model_board *board = q->dev->board;

    if (fault(board, MODEL_FAULT_U_IDX_STUCK))
        return;
    if (fault(board, MODEL_FAULT_U_IDX_JUMP)) {
        const uint16_t before = (uint16_t)(q->used_idx - 1);
        const uint16_t wrong[4] = {(uint16_t)(before + q->in_flight + 1), (uint16_t)(before - 1),
                                   (uint16_t)(before + 32768u), (uint16_t)(before - q->num)};
        ring_write_used_idx(q, wrong[fault_variant(board) & 3]);
        return;
    }
    ring_write_used_idx(q, q->used_idx);
}

/* Entries that are not there, or not themselves, when the index says so. */
static bool entry_late(struct vqueue *q, uint16_t slot, uint32_t id, uint32_t len)
{
    struct model_board *board = q->dev->board;
    const unsigned v = fault_variant(board);

    if (fault(board, MODEL_FAULT_U_IDX_EARLY)) {
        late_set(q, v == 0 ? LATE_AT_BARRIER : LATE_AFTER_BARRIER, slot, id, len);
        return true;
    }
    if (fault(board, MODEL_FAULT_U_FLIP)) {
        ring_write_used(q, slot, id, len);
        late_set(q, LATE_AFTER_BARRIER, slot, v == 0 ? id + q->num : id, v == 0 ? len : UINT32_MAX);
        return true;
    }
    return false;
}

void used_publish(struct vqueue *q, const struct chain *chain, uint32_t len)
{
    struct model_board *board = q->dev->board;

    if (board->fault.id == MODEL_FAULT_NONE) {
        ring_write_used(q, q->used_idx, chain->head, len);
        ring_write_used_idx(q, ++q->used_idx);
        return;
    }
    const uint32_t id = used_id(q, chain);
    const uint32_t said = used_len(q, chain, len);
    if (!entry_late(q, q->used_idx, id, said))
        ring_write_used(q, q->used_idx, id, said);
    q->used_idx++;
    if (fault(board, MODEL_FAULT_U_ID_DUP)) {
        if (fault_variant(board) == 0) {
            ring_write_used(q, q->used_idx++, id, said);
        } else if (q->again.kind == LATE_NONE) {
            q->again = (struct late_entry){LATE_NOW, 0, id, said};
            q->again_due_ns = board->now_ns + AGAIN_DELAY_NS;
            board->n_late++;
        }
    }
    publish_idx(q);
    if (board->fault.id == MODEL_FAULT_A_FLIP)
        flip_answer(q, chain);
}

/* ---- a chain is taken ---- */

static void rewrite_descriptors(struct chain *c, unsigned variant)
{
    static const struct {
        uint8_t off, bytes;
    } field[4] = {{0, 8}, {8, 4}, {12, 2}, {14, 2}}; /* addr, len, flags, next */
    const unsigned f = variant & 3;

    c->rewritten = true;
    for (unsigned i = 0; i < c->n_direct; i++) {
        uint8_t *p = c->q->desc + (c->copy[i].at - c->q->desc) + field[f].off;
        for (unsigned b = 0; b < field[f].bytes; b++)
            p[b] ^= 0x5a;
    }
}

/* The device goes by what it overwrote until the driver stores something new. */
static void rewrite_avail(struct vqueue *q, unsigned variant)
{
    q->flags_saved = q->flags_garbage = ring_avail_flags(q);
    q->idx_saved = q->idx_garbage = ring_avail_idx(q);
    if (variant == 0)
        q->flags_garbage ^= 0xa501;
    else if (variant == 1)
        q->idx_garbage = (uint16_t)(q->idx_saved + 0x5a5a);
    else
        store_le16(q->avail + 4 + 2 * ((q->last_avail - 1u) & (q->num - 1)), 0xfffe);
    q->avail_spoiled = true;
    store_le16(q->avail, q->flags_garbage);
    store_le16(q->avail + 2, q->idx_garbage);
}

void taken_faults(struct vqueue *q, struct chain *chain)
{
    struct model_device *dev = q->dev;
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    if (board->fault.id == MODEL_FAULT_NONE)
        return;
    if (fault(board, MODEL_FAULT_D_REWRITE))
        rewrite_descriptors(chain, v);
    if (fault(board, MODEL_FAULT_A_REWRITE))
        rewrite_avail(q, v);
    if (v < 2 && fault(board, MODEL_FAULT_STAT_NEEDS_RESET)) {
        model_device_need_reset(dev);
        if (v == 1)
            dev->isr &= ~ISR_CONFIG;
    }
    if (dev->isr == 0 && fault(board, MODEL_FAULT_IRQ_SPURIOUS)) {
        dev->spurious += v == 2 ? 64 : 1;
        if (v == 1)
            dev->isr_garbage = ~3u;
    }
}

/* ---- avail_event ---- */

bool event_publish(struct vqueue *q, uint16_t event)
{
    struct model_board *board = q->dev->board;
    const unsigned v = fault_variant(board);

    if (q->hold_awake)
        return false;
    set_self_poll(q, false);
    if (fault(board, MODEL_FAULT_EVT_65536)) {
        q->hold_awake = 65536;
        q->events_off = true; /* from here on avail_event says what it likes */
        ring_set_avail_event(q, event);
        return false;
    }
    if (fault(board, MODEL_FAULT_EVT_CHAINS)) {
        if (!q->poll_due_ns)
            board->n_late++;
        q->poll_due_ns = board->now_ns + POLL_BACK_NS;
        ring_set_avail_event(q, (uint16_t)(event + 1));
        return true;
    }
    if (!fault(board, MODEL_FAULT_EVT_MOVE)) {
        ring_set_avail_event(q, event);
        return true;
    }
    set_self_poll(q, true);
    q->events_off = true;
    if (v == 0) {
        ring_set_avail_event(q, (uint16_t)board_random(board));
    } else if (v == 1) {
        ring_set_avail_event(q, (uint16_t)(q->event_shown - 1 - q->num / 2));
    } else {
        uint8_t *used_event = q->avail + 4 + 2 * q->num;
        ring_set_avail_event(q, event);
        q->event_saved = ring_used_event(q);
        q->event_garbage = (uint16_t)(q->event_saved - 0x4000);
        q->event_spoiled = true;
        store_le16(used_event, q->event_garbage);
    }
    return true;
}
