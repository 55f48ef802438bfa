/* SPDX-License-Identifier: Apache-2.0 */
/* Queues by hand, see hand_queue.h. */
#include "hand_queue.h"

#include <criterion/criterion.h>

#define WAIT_NS 1000000u

static void put_n(uint8_t *p, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_n(const uint8_t *p, unsigned bytes)
{
    uint32_t v = 0;

    for (unsigned i = 0; i < bytes; i++)
        v |= (uint32_t)p[i] << (8 * i);
    return v;
}

void hand_queue_open(struct hand *h, struct hand_queue *q, unsigned index, uint32_t num)
{
    const uint32_t align = h->version == 1 ? 4096 : 4;
    const uint32_t avail_off = 16 * num;
    const uint32_t used_off = (avail_off + 6 + 2 * num + align - 1) & ~(align - 1);

    cr_assert_leq(num, HAND_QUEUE_MAX);
    memset(q, 0, sizeof(*q));
    q->h = h;
    q->index = index;
    q->num = num;
    q->ring_bytes = used_off + 6 + 8 * num;
    q->ring = model_mem_alloc(h->board, q->ring_bytes, h->version == 1 ? 4096 : 16, &q->ring_gpa);
    cr_assert_not_null(q->ring);
    memset(q->ring, 0, q->ring_bytes);
    q->avail = q->ring + avail_off;
    q->used = q->ring + used_off;
    hand_wr(h, 0x30, index);
    if (h->version == 1)
        hand_wr(h, 0x28, 4096);
    hand_rd(h, h->version == 1 ? 0x40 : 0x44);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, num);
    if (h->version == 1) {
        hand_wr(h, 0x3c, 4096);
        hand_wr(h, 0x40, (uint32_t)(q->ring_gpa / 4096));
        return;
    }
    const uint64_t part[3] = {q->ring_gpa, q->ring_gpa + avail_off, q->ring_gpa + used_off};
    for (unsigned i = 0; i < 3; i++) {
        hand_wr(h, 0x80 + 0x10 * i, (uint32_t)part[i]);
        hand_wr(h, 0x84 + 0x10 * i, (uint32_t)(part[i] >> 32));
    }
    hand_wr(h, 0x44, 1);
}

static void unmap_chain(struct hand_queue *q, uint16_t d)
{
    bool more = true;

    for (unsigned i = 0; more && i < q->num; i++, d = (uint16_t)((d + 1) % q->num)) {
        const struct hand_part *p = &q->desc[d].part;
        more = q->desc[d].more;
        if (p->len)
            model_mem_unmap(q->h->board, q->desc[d].gpa, p->data, p->len,
                            p->writable ? MODEL_DMA_FROM_DEVICE : MODEL_DMA_TO_DEVICE);
        memset(&q->desc[d], 0, sizeof(q->desc[d]));
    }
}

void hand_queue_close(struct hand_queue *q)
{
    if (!q->ring)
        return;
    for (uint32_t d = 0; d < q->num; d++)
        if (q->desc[d].part.len)
            unmap_chain(q, (uint16_t)d);
    model_mem_free(q->h->board, q->ring, q->ring_bytes);
    q->ring = NULL;
}

uint8_t *hand_queue_desc(struct hand_queue *q, uint16_t desc)
{
    return q->ring + 16 * (size_t)(desc % q->num);
}

/* Moves `next` to a place with n free descriptors. */
static void find_free(struct hand_queue *q, unsigned n)
{
    unsigned run = 0;

    for (unsigned i = 0; i < 2 * q->num && run < n; i++) {
        const unsigned d = (q->next + i) % q->num;
        run = q->desc[d].part.len ? 0 : run + 1;
        if (run == n)
            q->next = (uint16_t)((d + q->num + 1 - n) % q->num);
    }
    cr_assert_eq(run, n, "queue %u: expected %u free descriptors, got %u", q->index, n, run);
}

uint16_t hand_queue_fill(struct hand_queue *q, const struct hand_part *part, unsigned n)
{
    find_free(q, n);
    const uint16_t head = q->next;

    for (unsigned i = 0; i < n; i++) {
        const uint16_t d = q->next, next = (uint16_t)((d + 1) % q->num);
        const bool more = i + 1 < n;
        uint8_t *p = hand_queue_desc(q, d);
        q->desc[d].part = part[i];
        q->desc[d].more = more;
        cr_assert_eq(model_mem_map(q->h->board, part[i].data, part[i].len,
                                   part[i].writable ? MODEL_DMA_FROM_DEVICE : MODEL_DMA_TO_DEVICE,
                                   &q->desc[d].gpa),
                     0);
        put_n(p, q->desc[d].gpa, 8);
        put_n(p + 8, part[i].len, 4);
        put_n(p + 12, (more ? 1u : 0u) | (part[i].writable ? 2u : 0u), 2);
        put_n(p + 14, more ? next : 0u, 2);
        q->next = next;
    }
    put_n(q->avail + 4 + 2 * (q->avail_idx % q->num), head, 2);
    return head;
}

void hand_queue_publish(struct hand_queue *q, uint16_t head)
{
    (void)head;
    model_barrier(q->h->board, MODEL_BARRIER_WRITE);
    put_n(q->avail + 2, ++q->avail_idx, 2);
    model_barrier(q->h->board, MODEL_BARRIER_FULL);
    const uint16_t event = (uint16_t)get_n(q->used + 4 + 8 * q->num, 2);
    const bool wanted = (q->h->features & HF_EVENT_IDX) ? event == (uint16_t)(q->avail_idx - 1)
                                                        : (get_n(q->used, 2) & 1) == 0;
    if (wanted)
        hand_wr(q->h, 0x50, q->index);
}

uint16_t hand_queue_put(struct hand_queue *q, const struct hand_part *part, unsigned n)
{
    const uint16_t head = hand_queue_fill(q, part, n);

    hand_queue_publish(q, head);
    return head;
}

int hand_queue_get(struct hand_queue *q, uint32_t *len)
{
    const uint16_t idx = (uint16_t)get_n(q->used + 2, 2);

    model_barrier(q->h->board, MODEL_BARRIER_READ);
    if (idx == q->last_used || (uint16_t)(idx - q->last_used) > q->num)
        return -1;
    const uint8_t *e = q->used + 4 + 8 * (q->last_used % q->num);
    const uint32_t id = get_n(e, 4);
    q->last_used++;
    if (q->h->features & HF_EVENT_IDX)
        put_n(q->avail + 4 + 2 * q->num, q->last_used, 2);
    if (len)
        *len = get_n(e + 4, 4);
    if (id < q->num)
        unmap_chain(q, (uint16_t)id);
    return (int)id;
}

int hand_queue_wait(struct hand_queue *q, uint32_t *len)
{
    const uint64_t until = model_now_ns(q->h->board) + WAIT_NS;
    int head = hand_queue_get(q, len);

    while (head < 0 && model_idle(q->h->board, until))
        head = hand_queue_get(q, len);
    /* The last look's own barrier may have let it happen. */
    return head < 0 ? hand_queue_get(q, len) : head;
}
