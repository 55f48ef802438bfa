/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The synchronous calls of the block driver: submit and wait with a deadline.
 *
 * The request lives in a slot of the driver and not on the caller's stack: when the deadline comes
 * first, the device still has it, and the slot stays taken until the late completion or a reset.
 */
#include "virtio_blk_priv.h"

/* The number of a free slot; -EAGAIN: all are taken; -EIO: there never were any. */
static int take(struct virtio_blk *blk)
{
    for (unsigned i = 0; i < VIRTIO_BLK_SYNC_MAX; i++) {
        if (virtio_sync_take(&blk->dev, &blk->syncs[i].sync)) {
            return (int)i;
        }
    }
    return blk->syncs[0].sync.ready ? -EAGAIN : -EIO;
}

static void sync_done(struct virtio_blk_req *req, int result)
{
    struct virtio_blk_sync *s = req->cookie;

    virtio_sync_done(&s->blk->dev, &s->sync, result);
}

/* Runs s->req and fetches its answer, if it has one, before the slot is free again. */
static int run(struct virtio_blk_sync *s, void *answer, size_t len, uint64_t timeout_us)
{
    int ret;

    s->req.done = sync_done;
    s->req.cookie = s;
    s->req.queue = VIRTIO_BLK_QUEUE_ANY;
    ret = virtio_blk_submit(s->blk, &s->req);
    if (ret == 0) {
        ret = virtio_sync_wait(&s->blk->dev, &s->sync, timeout_us);
    }
    if (ret == 0 && answer != NULL) {
        memcpy(answer, s->data, len);
    }
    if (ret != -ETIMEDOUT) {
        virtio_sync_give_back(&s->blk->dev, &s->sync);
    }
    return ret;
}

static int transfer(struct virtio_blk *blk, enum virtio_blk_op op, uint64_t sector, void *buf,
                    uint32_t num_sectors, uint64_t timeout_us)
{
    struct virtio_blk_sync *s;
    int i;

    if (buf == NULL || num_sectors == 0 || num_sectors > UINT32_MAX / VIRTIO_BLK_SECTOR_SIZE) {
        return -EINVAL;
    }
    i = take(blk);
    if (i < 0) {
        return i;
    }
    s = &blk->syncs[i];
    s->seg.ptr = buf;
    s->seg.len = num_sectors * VIRTIO_BLK_SECTOR_SIZE;
    s->req.op = op;
    s->req.flags = 0;
    s->req.sector = sector;
    s->req.segs = &s->seg;
    s->req.num_segs = 1;
    return run(s, NULL, 0, timeout_us);
}

int virtio_blk_read(struct virtio_blk *blk, uint64_t sector, void *buf, uint32_t num_sectors,
                    uint64_t timeout_us)
{
    return transfer(blk, VIRTIO_BLK_READ, sector, buf, num_sectors, timeout_us);
}

int virtio_blk_write(struct virtio_blk *blk, uint64_t sector, const void *buf, uint32_t num_sectors,
                     uint64_t timeout_us)
{
    /* The segment type serves both directions; a write maps it for reading by the device only. */
    const union {
        const void *source;
        void *segment;
    } data = {.source = buf};

    return transfer(blk, VIRTIO_BLK_WRITE, sector, data.segment, num_sectors, timeout_us);
}

/* Requests without data of the caller: the answer, if any, is copied out of the slot. */
static int command(struct virtio_blk *blk, const struct virtio_blk_req *what, void *answer,
                   size_t len, uint64_t timeout_us)
{
    struct virtio_blk_sync *s;
    int i = take(blk);

    if (i < 0) {
        return i;
    }
    s = &blk->syncs[i];
    s->seg.ptr = s->data;
    s->seg.len = sizeof(s->data);
    s->req = *what;
    s->req.segs = &s->seg;
    s->req.num_segs = answer != NULL ? 1u : 0u;
    return run(s, answer, len, timeout_us);
}

int virtio_blk_flush(struct virtio_blk *blk, uint64_t timeout_us)
{
    const struct virtio_blk_req what = {.op = VIRTIO_BLK_FLUSH};

    if (virtio_device_is_live(&blk->dev) && !virtio_has_feature(&blk->dev, VIRTIO_BLK_F_FLUSH)) {
        return 0;
    }
    return command(blk, &what, NULL, 0, timeout_us);
}

int virtio_blk_erase(struct virtio_blk *blk, enum virtio_blk_op op, uint64_t sector,
                     uint64_t num_sectors, uint8_t flags, uint64_t timeout_us)
{
    const struct virtio_blk_req what = {
        .op = op, .flags = flags, .sector = sector, .num_sectors = num_sectors};

    if (op != VIRTIO_BLK_DISCARD && op != VIRTIO_BLK_WRITE_ZEROES &&
        op != VIRTIO_BLK_SECURE_ERASE) {
        return -EINVAL;
    }
    return command(blk, &what, NULL, 0, timeout_us);
}

int virtio_blk_get_id(struct virtio_blk *blk, char *id, uint64_t timeout_us)
{
    const struct virtio_blk_req what = {.op = VIRTIO_BLK_GET_ID};
    int ret = command(blk, &what, id, VIRTIO_BLK_ID_LEN, timeout_us);

    id[ret == 0 ? VIRTIO_BLK_ID_LEN : 0u] = '\0';
    return ret;
}

int virtio_blk_get_lifetime(struct virtio_blk *blk, struct virtio_blk_lifetime *lifetime,
                            uint64_t timeout_us)
{
    const struct virtio_blk_req what = {.op = VIRTIO_BLK_GET_LIFETIME};

    return command(blk, &what, lifetime, sizeof(*lifetime), timeout_us);
}
