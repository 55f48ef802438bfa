/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands with answers; see virtio/virtio_command.h.
 *
 * Slots, the free list and the counters are under the virtqueue's lock. An answer is copied out of
 * shared memory once, before anybody looks at it; callbacks run without a lock, and the slot is
 * free again when its callback has returned.
 */
#include "core.h"
#include "virtio/virtio_command.h"

#define EXTRA_DESCS 2u /* `extra` and the answer */

static uint32_t round_up8(uint32_t v)
{
    return (v + 7u) & ~7u;
}

/* ---- memory ---- */

static void free_waiters(struct virtio_command_queue *q)
{
    for (uint16_t i = 0; q->waiters != NULL && i < q->cfg.waiters; i++) {
        virtio_sync_deinit(&q->waiters[i].sync);
    }
}

void virtio_command_free(struct virtio_command_queue *q)
{
    virtio_port_ctx_t ctx;

    if (q->vq.dev == NULL) {
        return; /* never set up */
    }
    ctx = q->vq.dev->window.ctx;
    free_waiters(q);
    if (q->dma != NULL) {
        virtio_port_dma_free(ctx, q->dma, q->dma_bytes, q->dma_addr);
    }
    if (q->waiters != NULL) {
        virtio_port_free(ctx, q->waiters);
    }
    if (q->answers != NULL) {
        virtio_port_free(ctx, q->answers);
    }
    if (q->slots != NULL) {
        virtio_port_free(ctx, q->slots);
    }
    q->dma = NULL;
    q->waiters = NULL;
    q->answers = NULL;
    q->slots = NULL;
}

static int init_waiters(struct virtio_command_queue *q)
{
    int ret = 0;

    for (uint16_t i = 0; i < q->cfg.waiters && ret == 0; i++) {
        ret = virtio_sync_init(&q->waiters[i].sync);
    }
    return ret;
}

static int alloc_memory(struct virtio_command_queue *q)
{
    virtio_port_ctx_t ctx = q->vq.dev->window.ctx;
    size_t n = q->num_slots;

    q->dma_bytes = n * q->slot_bytes;
    q->slots = virtio_port_alloc(ctx, n * sizeof(q->slots[0]));
    q->dma = virtio_port_dma_alloc(ctx, q->dma_bytes, 64, &q->dma_addr);
    if (q->slots == NULL || q->dma == NULL) {
        return -ENOMEM;
    }
    if (q->cfg.in_max != 0) {
        q->answers = virtio_port_alloc(ctx, n * q->cfg.in_max);
    }
    if (q->cfg.waiters != 0) {
        q->waiters = virtio_port_alloc(ctx, q->cfg.waiters * sizeof(q->waiters[0]));
    }
    if ((q->cfg.in_max != 0 && q->answers == NULL) || (q->cfg.waiters != 0 && q->waiters == NULL)) {
        return -ENOMEM;
    }
    return init_waiters(q);
}

static void command_used(struct virtqueue *vq);

int virtio_command_setup(struct virtio_device *dev, struct virtio_command_queue *q,
                         const struct virtio_command_config *cfg)
{
    const struct virtqueue_config vq_cfg = {
        .index = cfg->index,
        .size = cfg->size,
        .size_min = cfg->in_max != 0 ? 4u : 1u, /* a command of two pieces, `extra`, an answer */
        .indirect_max = cfg->in_max != 0 ? VIRTIO_COMMAND_PIECES_MAX + EXTRA_DESCS : 0u,
        .callback = command_used,
    };
    int ret = virtio_queue_setup(dev, &q->vq, &vq_cfg);
    uint16_t slots;

    if (ret != 0) {
        return ret;
    }
    slots = cfg->slots < q->vq.size ? cfg->slots : q->vq.size;
    if (q->slots != NULL && (slots != q->num_slots || cfg->out_max != q->cfg.out_max ||
                             cfg->in_max != q->cfg.in_max || cfg->waiters != q->cfg.waiters)) {
        virtio_command_free(q); /* from the life before this reset: other features, other sizes */
    }
    q->cfg = *cfg;
    q->num_slots = slots;
    q->slot_bytes = round_up8(cfg->out_max) + round_up8(cfg->in_max);
    ret = q->slots == NULL ? alloc_memory(q) : 0;
    if (ret != 0) {
        virtio_command_free(q);
        return ret;
    }
    q->free_slots = NULL;
    for (uint16_t i = slots; i > 0; i--) {
        struct virtio_command_slot *slot = &q->slots[i - 1u];

        slot->index = (uint16_t)(i - 1u);
        slot->next = q->free_slots;
        q->free_slots = slot;
    }
    q->outstanding = 0;
    return 0;
}

/* ---- there ---- */

static uint8_t *slot_memory(const struct virtio_command_queue *q,
                            const struct virtio_command_slot *s)
{
    return (uint8_t *)q->dma + (size_t)s->index * q->slot_bytes;
}

static uint64_t slot_dma(const struct virtio_command_queue *q, const struct virtio_command_slot *s)
{
    return q->dma_addr + (uint64_t)s->index * q->slot_bytes;
}

static int check_command(const struct virtio_command_queue *q, const struct virtio_piece *pieces,
                         unsigned count, uint32_t in_len)
{
    uint64_t total = 0;

    for (unsigned i = 0; i < count && i < VIRTIO_COMMAND_PIECES_MAX; i++) {
        total += pieces[i].len;
    }
    return count == 0 || count > VIRTIO_COMMAND_PIECES_MAX || total > q->cfg.out_max ||
                   in_len > q->cfg.in_max
               ? -EINVAL
               : 0;
}

/* Copies the command into the slot and puts it on the ring. [locked] */
static int put(struct virtio_command_queue *q, struct virtio_command_slot *slot,
               const struct virtio_piece *pieces, unsigned count, const struct virtio_sg *extra)
{
    struct virtio_sg sg[VIRTIO_COMMAND_PIECES_MAX + EXTRA_DESCS];
    uint8_t *mem = slot_memory(q, slot);
    uint64_t dma = slot_dma(q, slot);
    uint32_t in_at = round_up8(q->cfg.out_max);
    uint32_t at = 0;
    unsigned n = 0;

    for (; n < count; n++) {
        memcpy(mem + at, pieces[n].ptr, pieces[n].len);
        sg[n].dma = dma + at;
        sg[n].len = pieces[n].len;
        at += pieces[n].len;
    }
    if (extra != NULL) {
        sg[n++] = *extra;
    }
    if (slot->in_len != 0) {
        memset(mem + in_at, q->cfg.blank, slot->in_len); /* what the device leaves out is not old */
        sg[n].dma = dma + in_at;
        sg[n].len = slot->in_len;
    }
    return virtqueue_add(&q->vq, sg, n, slot->in_len != 0 ? 1u : 0u, slot);
}

int virtio_command_submit(struct virtio_command_queue *q, const struct virtio_piece *pieces,
                          unsigned count, const struct virtio_sg *extra, uint32_t in_len,
                          virtio_command_done done, void *cookie)
{
    struct virtio_command_slot *slot;
    int ret;

    if (q->vq.dev == NULL) {
        return -EIO;
    }
    ret = check_command(q, pieces, count, in_len);
    if (ret != 0) {
        return ret;
    }
    virtqueue_lock(&q->vq);
    slot = q->free_slots;
    if (!q->vq.ready) {
        ret = -EIO;
    } else if (slot == NULL) {
        ret = -EAGAIN;
    } else {
        slot->done = done;
        slot->cookie = cookie;
        slot->in_len = in_len;
        ret = put(q, slot, pieces, count, extra);
    }
    if (ret == 0) {
        q->free_slots = slot->next;
        q->outstanding++;
    }
    virtqueue_unlock(&q->vq);
    return ret;
}

void virtio_command_kick(struct virtio_command_queue *q)
{
    virtqueue_lock(&q->vq);
    virtqueue_kick(&q->vq);
    virtqueue_unlock(&q->vq);
}

uint32_t virtio_command_outstanding(struct virtio_command_queue *q)
{
    uint32_t n;

    if (q->vq.dev == NULL) {
        return 0;
    }
    virtqueue_lock(&q->vq);
    n = q->outstanding;
    virtqueue_unlock(&q->vq);
    return n;
}

/* ---- and back ---- */

static uint8_t *private_answer(const struct virtio_command_queue *q,
                               const struct virtio_command_slot *slot)
{
    return q->answers != NULL ? q->answers + (size_t)slot->index * q->cfg.in_max : NULL;
}

/* Runs the callbacks of a list and frees its slots; `room` when there were any. No lock held. */
static void finish(struct virtio_command_queue *q, struct virtio_command_slot *list, int error)
{
    bool any = list != NULL;

    while (list != NULL) {
        struct virtio_command_slot *slot = list;

        list = slot->next;
        if (slot->done != NULL) {
            slot->done(q, slot->cookie, error, private_answer(q, slot),
                       error == 0 ? slot->in_len : 0u);
        }
        virtqueue_lock(&q->vq);
        slot->next = q->free_slots;
        q->free_slots = slot;
        q->outstanding--;
        virtqueue_unlock(&q->vq);
    }
    if (any && q->cfg.room != NULL) {
        q->cfg.room(q);
    }
}

static void fetch_answer(const struct virtio_command_queue *q, struct virtio_command_slot *slot,
                         uint32_t len)
{
    slot->in_len = len < slot->in_len ? len : slot->in_len;
    if (slot->in_len != 0) {
        memcpy(private_answer(q, slot), slot_memory(q, slot) + round_up8(q->cfg.out_max),
               slot->in_len);
    }
}

/* At most as many as were outstanding: a slot is not used again before `finish`. */
static void command_used(struct virtqueue *vq)
{
    struct virtio_command_queue *q = (struct virtio_command_queue *)vq;
    struct virtio_command_slot *list = NULL;
    struct virtio_command_slot **tail = &list;
    void *cookie;
    uint32_t len;
    int ret;

    virtqueue_lock(vq);
    do {
        while ((ret = virtqueue_get_used(vq, &cookie, &len)) > 0) {
            struct virtio_command_slot *slot = cookie;

            fetch_answer(q, slot,
                         q->cfg.legacy_len && virtio_is_legacy(vq->dev) ? slot->in_len : len);
            slot->next = NULL;
            *tail = slot;
            tail = &slot->next;
        }
    } while (ret == 0 && !vq->dev->window.polled && virtqueue_enable_cb(vq));
    virtqueue_unlock(vq);
    if (ret < 0) {
        virtio_device_break(vq->dev, -EIO);
    }
    finish(q, list, 0);
}

void virtio_command_fail(struct virtio_command_queue *q, int error)
{
    struct virtio_command_slot *list = NULL;
    struct virtio_command_slot *slot;
    uint16_t cursor = 0;

    if (q->vq.dev == NULL) {
        return;
    }
    virtqueue_lock(&q->vq);
    while ((slot = virtqueue_detach(&q->vq, &cursor)) != NULL) {
        slot->next = list;
        list = slot;
    }
    virtqueue_unlock(&q->vq);
    finish(q, list, error);
}

/* ---- waiting ---- */

static void waiter_done(struct virtio_command_queue *q, void *cookie, int error, const void *answer,
                        uint32_t len)
{
    struct virtio_command_waiter *w = cookie;
    struct virtio_device *dev = q->vq.dev;
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);

    if (!w->sync.abandoned && error == 0) {
        if (w->in_len != 0) {
            memcpy(w->in, answer, len < w->in_len ? len : w->in_len);
        }
        *w->got = len;
    }
    virtio_port_unlock(&dev->lock, flags);
    virtio_sync_done(dev, &w->sync, error);
}

static struct virtio_command_waiter *take_waiter(struct virtio_command_queue *q)
{
    for (uint16_t i = 0; q->waiters != NULL && i < q->cfg.waiters; i++) {
        if (virtio_sync_take(q->vq.dev, &q->waiters[i].sync)) {
            return &q->waiters[i];
        }
    }
    return NULL;
}

int virtio_command_run(struct virtio_command_queue *q, const struct virtio_piece *pieces,
                       unsigned count, const struct virtio_sg *extra, void *in, uint32_t in_len,
                       uint32_t *got, uint64_t timeout_us)
{
    struct virtio_command_waiter *w;
    uint32_t ignored;
    int ret;

    if (q->vq.dev == NULL || q->slots == NULL) {
        return -EIO;
    }
    w = take_waiter(q);
    if (w == NULL) {
        return -EAGAIN;
    }
    w->in = in;
    w->in_len = in_len;
    w->got = got != NULL ? got : &ignored;
    *w->got = 0;
    ret = virtio_command_submit(q, pieces, count, extra, in_len, waiter_done, w);
    if (ret == 0) {
        virtio_command_kick(q);
        ret = virtio_sync_wait(q->vq.dev, &w->sync, timeout_us);
    }
    if (ret != -ETIMEDOUT) {
        virtio_sync_give_back(q->vq.dev, &w->sync);
    }
    return ret;
}
