/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The synchronous calls of the block driver: submit and wait with a deadline.
 *
 * The request lives in a slot of the driver and not on the caller's stack: when the deadline comes
 * first, the device still has it, and the slot stays taken until the late completion or a reset.
 */
#include "virtio_blk_priv.h"

static struct virtio_blk_sync *take(struct virtio_blk *blk)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&blk->dev.lock);
    struct virtio_blk_sync *s = NULL;

    for (unsigned i = 0; i < blk->syncs_ready && s == NULL; i++) {
        if (!blk->syncs[i].used) {
            s = &blk->syncs[i];
        }
    }
    if (s != NULL) {
        s->used = true;
        s->abandoned = false;
        s->done = false;
    }
    virtio_port_unlock(&blk->dev.lock, flags);
    return s;
}

static void give_back(struct virtio_blk_sync *s)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&s->blk->dev.lock);

    s->used = false;
    virtio_port_unlock(&s->blk->dev.lock, flags);
}

static void sync_done(struct virtio_blk_req *req, int result)
{
    struct virtio_blk_sync *s = req->cookie;
    virtio_port_irqflags_t flags = virtio_port_lock(&s->blk->dev.lock);

    (void)result; /* stays in req->result */
    s->done = true;
    if (s->abandoned) {
        s->used = false;
    }
    virtio_port_unlock(&s->blk->dev.lock, flags);
    virtio_port_event_signal(&s->event);
}

/* Runs s->req. On any result but -ETIMEDOUT the slot is still the caller's to give back. */
static int run(struct virtio_blk_sync *s, uint64_t timeout_us)
{
    virtio_port_irqflags_t flags;
    bool done;
    int ret;

    s->req.done = sync_done;
    s->req.cookie = s;
    s->req.queue = VIRTIO_BLK_QUEUE_ANY;
    ret = virtio_blk_submit(s->blk, &s->req);
    if (ret != 0) {
        return ret;
    }
    (void)virtio_wait(&s->blk->dev, &s->event, &s->done, timeout_us);
    flags = virtio_port_lock(&s->blk->dev.lock);
    done = s->done;
    s->abandoned = !done;
    virtio_port_unlock(&s->blk->dev.lock, flags);
    return done ? s->req.result : -ETIMEDOUT;
}

static int transfer(struct virtio_blk *blk, enum virtio_blk_op op, uint64_t sector, void *buf,
                    uint32_t num_sectors, uint64_t timeout_us)
{
    struct virtio_blk_sync *s;
    int ret;

    if (buf == NULL || num_sectors == 0 || num_sectors > UINT32_MAX / VIRTIO_BLK_SECTOR_SIZE) {
        return -EINVAL;
    }
    s = take(blk);
    if (s == NULL) {
        return blk->syncs_ready == 0 ? -EIO : -EAGAIN;
    }
    s->seg.ptr = buf;
    s->seg.len = num_sectors * VIRTIO_BLK_SECTOR_SIZE;
    s->req.op = op;
    s->req.flags = 0;
    s->req.sector = sector;
    s->req.segs = &s->seg;
    s->req.num_segs = 1;
    ret = run(s, timeout_us);
    if (ret != -ETIMEDOUT) {
        give_back(s);
    }
    return ret;
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
    struct virtio_blk_sync *s = take(blk);
    int ret;

    if (s == NULL) {
        return blk->syncs_ready == 0 ? -EIO : -EAGAIN;
    }
    s->seg.ptr = s->data;
    s->seg.len = sizeof(s->data);
    s->req = *what;
    s->req.segs = &s->seg;
    s->req.num_segs = answer != NULL ? 1u : 0u;
    ret = run(s, timeout_us);
    if (ret == 0 && answer != NULL) {
        memcpy(answer, s->data, len);
    }
    if (ret != -ETIMEDOUT) {
        give_back(s);
    }
    return ret;
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
