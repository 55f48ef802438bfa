/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a block request before the device knows of it: everything that can be refused is
 * refused here (virtio v1.2 section 5.2.6.1), and it can still be cancelled.
 */
#include "virtio_blk_priv.h"

/* ---- checks ---- */

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

/* A request without data of the caller; *sectors: what it will work on. */
static VIRTIO_COLD int check_other(struct virtio_blk *blk, const struct virtio_blk_req *req,
                                   uint64_t *sectors)
{
    int ret;

    *sectors = 0;
    if (req->op > VIRTIO_BLK_GET_LIFETIME) {
        return -EINVAL;
    }
    if (!virtio_has_feature(&blk->dev, needed_feature(req->op))) {
        return -ENOTSUP;
    }
    if (!is_erase(req->op)) {
        return req->op == VIRTIO_BLK_FLUSH ? 0 : check_answer(req);
    }
    if (blk->info.read_only) {
        return -EROFS;
    }
    *sectors = req->num_sectors;
    ret = check_range(blk, req->sector, *sectors);
    return ret == 0 && virtio_blk_range_sectors(&blk->info, req->op) == 0 ? -ENOTSUP : ret;
}

/* Everything that can be refused before the device is asked; *sectors: what it will transfer. */
static int check_request(struct virtio_blk *blk, const struct virtio_blk_req *req,
                         uint64_t *sectors)
{
    int ret;

    if (req->done == NULL) {
        return -EINVAL;
    }
    if (req->op > VIRTIO_BLK_WRITE) {
        return check_other(blk, req, sectors);
    }
    ret = check_segments(req, sectors);
    if (ret == 0 && blk->info.read_only && req->op != VIRTIO_BLK_READ) {
        ret = -EROFS;
    }
    return ret != 0 ? ret : check_range(blk, req->sector, *sectors);
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
static VIRTIO_COLD bool blocks_fit(const struct virtio_blk_queue *q,
                                   const struct virtio_blk_req *req)
{
    uint32_t block = q->blk->info.block_size;
    uint32_t size_max = q->blk->info.size_max;
    uint32_t fill = 0; /* bytes of the block so far, its pieces and descriptors */
    unsigned pieces = 0;
    unsigned descs = 0;

    for (unsigned s = 0; s < req->num_segs; s++) {
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

/* ---- submission ---- */

/* The usual request: one segment that takes one descriptor, with nothing waiting before it. */
static bool is_one_piece(const struct virtio_blk_queue *q, const struct virtio_blk_req *req)
{
    return req->op <= VIRTIO_BLK_WRITE && req->num_segs == 1u && req->segs->len <= q->piece_max &&
           q->vq.indirect_max != 0 && q->vq.num_free != 0 && q->pending_head == NULL;
}

/* Goes straight into its indirect table: 0, or -ENOMEM when it cannot be mapped. [locked] */
static int issue_one_piece(struct virtio_blk_queue *q, struct virtio_blk_req *req)
{
    bool read = req->op == VIRTIO_BLK_READ;
    struct virtqueue *vq = &q->vq;
    struct virtq_desc *table = virtqueue_table(vq);
    struct virtio_blk_slot *slot =
        virtio_blk_slot_begin(q, req, read ? BLK_T_IN : BLK_T_OUT, req->sector);
    struct blk_map *map = &slot->maps[0];
    enum virtio_dma_dir dir = virtio_blk_dir(req);
    uint32_t len = req->segs->len;

    map->ptr = req->segs->ptr;
    map->len = len;
    if (virtio_port_dma_map(vq->dev->window.ctx, map->ptr, len, dir, &map->dma) != 0) {
        return -ENOMEM;
    }
    slot->num_maps = 1;
    slot->in_bytes = read ? len : 0;
    virtq_desc_write(vq, &table[0], slot->wire_dma, sizeof(slot->wire->header), VIRTQ_DESC_F_NEXT,
                     1);
    virtq_desc_write(vq, &table[1], map->dma, len,
                     read ? VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE : VIRTQ_DESC_F_NEXT, 2);
    virtq_desc_write(vq, &table[2], slot->wire_dma + offsetof(struct blk_wire, status), 1,
                     VIRTQ_DESC_F_WRITE, 0);
    virtqueue_add_table(vq, 3, slot->in_bytes + 1u, slot);
    req->in_flight = 1;
    req->pos_sector += req->left_sectors;
    req->left_sectors = 0;
    req->issued = true;
    return 0;
}

/* [locked] */
static int submit_one(struct virtio_blk *blk, struct virtio_blk_queue *q,
                      struct virtio_blk_req *req, struct virtio_blk_done *done)
{
    uint64_t sectors;
    int ret = check_request(blk, req, &sectors);

    if (ret != 0) {
        return ret;
    }
    if (!q->vq.ready) {
        return -EIO;
    }
    if (req->busy) {
        return -EINVAL;
    }
    if (req->op <= VIRTIO_BLK_WRITE && blk->info.block_size > VIRTIO_BLK_SECTOR_SIZE &&
        !blocks_fit(q, req)) {
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
    if (!is_one_piece(q, req)) {
        virtio_blk_enqueue(q, req, done);
    } else if (issue_one_piece(q, req) != 0) {
        virtio_blk_give_up(q, req, -ENOMEM, done);
    }
    return 0;
}

unsigned virtio_blk_submit_batch(struct virtio_blk *blk, struct virtio_blk_req *const *reqs,
                                 unsigned count, int *error)
{
    struct virtio_blk_done done = {NULL, NULL};
    struct virtio_blk_queue *q;
    unsigned n = 0;

    *error = blk->num_queues == 0 ? -EIO : 0;
    if (*error != 0 || count == 0) {
        return 0;
    }
    q = pick_queue(blk, reqs[0]);
    virtqueue_lock(&q->vq);
    while (n < count && (*error = submit_one(blk, q, reqs[n], &done)) == 0) {
        n++;
    }
    virtqueue_kick(&q->vq);
    virtqueue_unlock(&q->vq);
    virtio_blk_run_callbacks(&done);
    return n;
}

int virtio_blk_submit(struct virtio_blk *blk, struct virtio_blk_req *req)
{
    struct virtio_blk_done done = {NULL, NULL};
    struct virtio_blk_queue *q;
    int ret;

    if (blk->num_queues == 0) {
        return -EIO;
    }
    q = pick_queue(blk, req);
    virtqueue_lock(&q->vq);
    ret = submit_one(blk, q, req, &done);
    virtqueue_kick(&q->vq);
    virtqueue_unlock(&q->vq);
    virtio_blk_run_callbacks(&done);
    return ret;
}

int virtio_blk_cancel(struct virtio_blk *blk, struct virtio_blk_req *req)
{
    struct virtio_blk_done done = {NULL, NULL};
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
        virtio_blk_unlink(q, req);
        req->result = -ECANCELED;
        virtio_blk_finish(q, req, &done);
    }
    virtqueue_unlock(&q->vq);
    virtio_blk_run_callbacks(&done);
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
