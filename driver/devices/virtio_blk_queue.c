/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request queue of a block device: accepts requests, keeps the ring full, completes them.
 *
 * Everything here is under the virtqueue's lock, callbacks excepted: finished requests are gathered
 * in a list and called back after the lock is released, so that a callback may submit again.
 */
#include "virtio_blk_priv.h"

struct done_list {
    struct virtio_blk_req *head, *tail;
};

/* ---- memory ---- */

int virtio_blk_queue_alloc(struct virtio_blk *blk, struct virtio_blk_queue *q)
{
    virtio_port_ctx_t ctx = blk->dev.window.ctx;
    /* The shortest chain has two descriptors, and one when it is indirect. */
    uint16_t slots = q->vq.indirect_max != 0 ? q->vq.size : (uint16_t)(q->vq.size / 2u);

    if (q->slots != NULL && (q->num_slots != slots || q->maps_max != q->segs_max)) {
        virtio_blk_queue_free(q);
    }
    q->blk = blk;
    q->num_slots = slots;
    q->maps_max = q->segs_max;
    q->slot_bytes = sizeof(struct virtio_blk_slot) + q->maps_max * sizeof(struct blk_map);
    if (q->slots == NULL) {
        q->dma_bytes = (size_t)slots * sizeof(struct blk_wire);
        q->slots = virtio_port_alloc(ctx, (size_t)slots * q->slot_bytes);
        q->dma = virtio_port_dma_alloc(ctx, q->dma_bytes, 64, &q->dma_addr);
        if (q->slots == NULL || q->dma == NULL) {
            virtio_blk_queue_free(q);
            return -ENOMEM;
        }
    }
    for (uint16_t i = 0; i < slots; i++) {
        struct virtio_blk_slot *slot = virtio_blk_slot_at(q, i);

        slot->index = i;
        slot->next_free = (uint16_t)(i + 1u);
    }
    q->free_slot = 0;
    return 0;
}

void virtio_blk_queue_free(struct virtio_blk_queue *q)
{
    if (q->dma != NULL) {
        virtio_port_dma_free(q->blk->dev.window.ctx, q->dma, q->dma_bytes, q->dma_addr);
    }
    if (q->slots != NULL) {
        virtio_port_free(q->blk->dev.window.ctx, q->slots);
    }
    q->dma = NULL;
    q->slots = NULL;
}

/* ---- lists ---- */

static void append(struct virtio_blk_req **head, struct virtio_blk_req **tail,
                   struct virtio_blk_req *req)
{
    req->next = NULL;
    if (*head == NULL) {
        *head = req;
    } else {
        (*tail)->next = req;
    }
    *tail = req;
}

static void finish(struct virtio_blk_queue *q, struct done_list *done, struct virtio_blk_req *req)
{
    q->num_reqs--;
    append(&done->head, &done->tail, req);
}

static void unlink_pending(struct virtio_blk_queue *q, struct virtio_blk_req *req)
{
    struct virtio_blk_req *prev = NULL;

    for (struct virtio_blk_req *r = q->pending_head; r != NULL; prev = r, r = r->next) {
        if (r != req) {
            continue;
        }
        if (prev == NULL) {
            q->pending_head = r->next;
        } else {
            prev->next = r->next;
        }
        if (q->pending_tail == r) {
            q->pending_tail = prev;
        }
        return;
    }
}

static void run_callbacks(struct done_list *done)
{
    struct virtio_blk_req *req = done->head;

    while (req != NULL) {
        struct virtio_blk_req *next = req->next;

        req->busy = false;
        req->done(req, req->result); /* may submit req again, or free it */
        req = next;
    }
}

/* ---- keeping the ring full ---- */

/* Puts on the ring what fits, in order. Only the head of the list can be partly issued. */
static void pump(struct virtio_blk_queue *q, struct done_list *done)
{
    while (q->pending_head != NULL && q->vq.ready) {
        struct virtio_blk_req *req = q->pending_head;
        int ret = virtio_blk_issue(q, req);

        if (ret == -EAGAIN) {
            break;
        }
        if (ret != 0) {
            req->result = req->result != 0 ? req->result : ret;
            req->issued = true;
        }
        if (req->issued) {
            unlink_pending(q, req);
            if (req->in_flight == 0) {
                finish(q, done, req);
            }
        }
    }
    virtqueue_kick(&q->vq);
}

static void chain_done(struct virtio_blk_queue *q, struct virtio_blk_req *req, int result,
                       struct done_list *done)
{
    req->in_flight--;
    if (result != 0) {
        req->result = req->result != 0 ? req->result : result;
        if (!req->issued) {
            /* The rest need not be asked for: the request has failed as a whole. */
            req->issued = true;
            unlink_pending(q, req);
        }
    }
    if (req->issued && req->in_flight == 0) {
        finish(q, done, req);
    }
}

void virtio_blk_queue_used(struct virtqueue *vq)
{
    struct virtio_blk_queue *q = (struct virtio_blk_queue *)vq;
    struct done_list done = {NULL, NULL};
    void *cookie;
    uint32_t len;
    int ret;

    virtqueue_lock(vq);
    do {
        while ((ret = virtqueue_get_used(vq, &cookie, &len)) > 0) {
            struct virtio_blk_slot *slot = cookie;
            struct virtio_blk_req *req = slot->req;

            chain_done(q, req, virtio_blk_retire(q, slot, len, 0), &done);
        }
    } while (ret == 0 && !vq->dev->window.polled && virtqueue_enable_cb(vq));
    pump(q, &done);
    virtqueue_unlock(vq);
    if (ret < 0) {
        virtio_device_break(vq->dev, -EIO);
    }
    run_callbacks(&done);
}

void virtio_blk_queue_fail(struct virtio_blk_queue *q, int error)
{
    struct done_list done = {NULL, NULL};
    struct virtio_blk_slot *slot;
    uint16_t cursor = 0;

    virtqueue_lock(&q->vq);
    while ((slot = virtqueue_detach(&q->vq, &cursor)) != NULL) {
        struct virtio_blk_req *req = slot->req;

        chain_done(q, req, virtio_blk_retire(q, slot, 0, error), &done);
    }
    while (q->pending_head != NULL) {
        struct virtio_blk_req *req = q->pending_head;

        req->result = req->result != 0 ? req->result : error;
        unlink_pending(q, req);
        finish(q, &done, req);
    }
    virtqueue_unlock(&q->vq);
    run_callbacks(&done);
}

/* ---- submission ---- */

static int check_segments(const struct virtio_blk_req *req, uint64_t *sectors)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < req->num_segs; i++) {
        uint32_t len = req->segs[i].len;

        if (len == 0 || len % VIRTIO_BLK_SECTOR_SIZE != 0 || req->segs[i].ptr == NULL) {
            return -EINVAL;
        }
        bytes += len;
    }
    *sectors = bytes / VIRTIO_BLK_SECTOR_SIZE;
    return 0;
}

/* Position and length, in arithmetic that cannot overflow. */
static int check_range(struct virtio_blk *blk, uint64_t sector, uint64_t sectors)
{
    uint32_t block_sectors = blk->info.block_size / VIRTIO_BLK_SECTOR_SIZE;
    uint64_t end = virtio_blk_capacity(blk);

    if (sectors == 0 || ((sector | sectors) & (block_sectors - 1u)) != 0) {
        return -EINVAL;
    }
    if (sector >= end || sectors > end - sector) {
        return -ERANGE;
    }
    return 0;
}

static uint64_t needed_feature(enum virtio_blk_op op)
{
    switch (op) {
    case VIRTIO_BLK_FLUSH:
        return VIRTIO_BLK_F_FLUSH;
    case VIRTIO_BLK_DISCARD:
        return VIRTIO_BLK_F_DISCARD;
    case VIRTIO_BLK_WRITE_ZEROES:
        return VIRTIO_BLK_F_WRITE_ZEROES;
    case VIRTIO_BLK_SECURE_ERASE:
        return VIRTIO_BLK_F_SECURE_ERASE;
    case VIRTIO_BLK_GET_LIFETIME:
        return VIRTIO_BLK_F_LIFETIME;
    case VIRTIO_BLK_READ:
    case VIRTIO_BLK_WRITE:
    case VIRTIO_BLK_GET_ID:
        break;
    }
    return 0;
}

static bool is_erase(enum virtio_blk_op op)
{
    return op == VIRTIO_BLK_DISCARD || op == VIRTIO_BLK_WRITE_ZEROES ||
           op == VIRTIO_BLK_SECURE_ERASE;
}

static int check_answer(const struct virtio_blk_req *req)
{
    uint32_t len = req->op == VIRTIO_BLK_GET_ID ? VIRTIO_BLK_ID_LEN
                                                : (uint32_t)sizeof(struct virtio_blk_lifetime);

    return req->num_segs == 1u && req->segs[0].ptr != NULL && req->segs[0].len >= len ? 0 : -EINVAL;
}

/* Everything that can be refused before the device is asked; *sectors: what it will transfer. */
static int check_request(struct virtio_blk *blk, const struct virtio_blk_req *req,
                         uint64_t *sectors)
{
    int ret = 0;

    *sectors = 0;
    if (req->done == NULL || req->op > VIRTIO_BLK_GET_LIFETIME) {
        return -EINVAL;
    }
    if (!virtio_has_feature(&blk->dev, needed_feature(req->op))) {
        return -ENOTSUP;
    }
    if (req->op == VIRTIO_BLK_READ || req->op == VIRTIO_BLK_WRITE) {
        ret = check_segments(req, sectors);
    } else if (is_erase(req->op)) {
        *sectors = req->num_sectors;
    } else {
        return req->op == VIRTIO_BLK_FLUSH ? 0 : check_answer(req);
    }
    if (ret == 0 && blk->info.read_only && req->op != VIRTIO_BLK_READ) {
        ret = -EROFS;
    }
    if (ret == 0) {
        ret = check_range(blk, req->sector, *sectors);
    }
    if (ret == 0 && is_erase(req->op) && virtio_blk_range_sectors(&blk->info, req->op) == 0) {
        ret = -ENOTSUP;
    }
    return ret;
}

static struct virtio_blk_queue *pick_queue(struct virtio_blk *blk, const struct virtio_blk_req *req)
{
    virtio_port_irqflags_t flags;
    unsigned n = req->queue;

    if (n == VIRTIO_BLK_QUEUE_ANY && blk->num_queues > 1u) {
        flags = virtio_port_lock(&blk->dev.lock);
        n = blk->next_queue++;
        virtio_port_unlock(&blk->dev.lock, flags);
    }
    return &blk->queues[blk->num_queues > 1u ? n % blk->num_queues : 0u];
}

/* A chain carries whole logical blocks. Blocks that are scattered over more segments than a chain
 * of this queue can have could never be asked for; a block within one segment always can. */
static bool blocks_fit(const struct virtio_blk_queue *q, const struct virtio_blk_req *req)
{
    uint32_t block = q->blk->info.block_size;
    uint32_t size_max = q->blk->info.size_max;
    uint32_t fill = 0; /* bytes of the block so far, its pieces and descriptors */
    unsigned pieces = 0;
    unsigned descs = 0;

    for (unsigned s = 0; block > VIRTIO_BLK_SECTOR_SIZE && s < req->num_segs; s++) {
        uint32_t left = req->segs[s].len;

        while (left != 0) {
            uint32_t step;

            if (fill == 0) {
                left %= block; /* whole blocks in one piece */
            }
            step = left < block - fill ? left : block - fill;
            left -= step;
            fill += step;
            pieces += step != 0 ? 1u : 0u;
            descs += (unsigned)(((uint64_t)step + size_max - 1u) / size_max);
            if (pieces > q->maps_max || descs > q->segs_max) {
                return false;
            }
            if (fill == block) {
                fill = 0;
                pieces = 0;
                descs = 0;
            }
        }
    }
    return true;
}

/* [locked] */
static int accept(struct virtio_blk_queue *q, struct virtio_blk_req *req, uint64_t sectors)
{
    if (!q->vq.ready) {
        return -EIO;
    }
    if (req->busy) {
        return -EINVAL;
    }
    if (req->op <= VIRTIO_BLK_WRITE && !blocks_fit(q, req)) {
        return -EMSGSIZE;
    }
    req->busy = true;
    req->on_queue = (uint8_t)q->vq.index;
    req->pos_sector = req->sector;
    req->left_sectors = sectors;
    req->seg = 0;
    req->seg_offset = 0;
    req->in_flight = 0;
    req->result = 0;
    req->issued = false;
    q->num_reqs++;
    append(&q->pending_head, &q->pending_tail, req);
    return 0;
}

unsigned virtio_blk_submit_batch(struct virtio_blk *blk, struct virtio_blk_req *const *reqs,
                                 unsigned count, int *error)
{
    struct done_list done = {NULL, NULL};
    struct virtio_blk_queue *q;
    unsigned n = 0;
    int ret = 0;

    if (blk->num_queues == 0) {
        *error = -EIO;
        return 0;
    }
    if (count == 0) {
        *error = 0;
        return 0;
    }
    q = pick_queue(blk, reqs[0]);
    virtqueue_lock(&q->vq);
    while (n < count && ret == 0) {
        uint64_t sectors;

        ret = check_request(blk, reqs[n], &sectors);
        if (ret == 0) {
            ret = accept(q, reqs[n], sectors);
        }
        n += ret == 0 ? 1u : 0u;
    }
    if (n > 0) {
        pump(q, &done);
    }
    virtqueue_unlock(&q->vq);
    run_callbacks(&done);
    *error = ret;
    return n;
}

int virtio_blk_submit(struct virtio_blk *blk, struct virtio_blk_req *req)
{
    int error;

    (void)virtio_blk_submit_batch(blk, &req, 1, &error);
    return error;
}

int virtio_blk_cancel(struct virtio_blk *blk, struct virtio_blk_req *req)
{
    struct done_list done = {NULL, NULL};
    struct virtio_blk_queue *q;
    int ret = 0;

    if (!req->busy || req->on_queue >= blk->num_queues) {
        return -EINVAL;
    }
    q = &blk->queues[req->on_queue];
    virtqueue_lock(&q->vq);
    if (req->issued || req->in_flight != 0 || req->pos_sector != req->sector) {
        ret = -EBUSY;
    } else {
        unlink_pending(q, req);
        req->result = -ECANCELED;
        finish(q, &done, req);
    }
    virtqueue_unlock(&q->vq);
    run_callbacks(&done);
    return ret;
}

unsigned virtio_blk_outstanding(struct virtio_blk *blk)
{
    unsigned total = 0;

    for (unsigned i = 0; i < blk->num_queues; i++) {
        virtqueue_lock(&blk->queues[i].vq);
        total += blk->queues[i].num_reqs;
        virtqueue_unlock(&blk->queues[i].vq);
    }
    return total;
}
