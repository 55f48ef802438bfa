/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-blk: life of the device (virtio v1.2 sections 3.1, 5.2.3, 5.2.5). */
#include "virtio_blk_priv.h"

#define QUEUE_SIZE_DEFAULT 32u
#define QUEUE_SIZE_MIN     4u /* header, data, status do not fit into 2 */
#define SEGS_DEFAULT       8u

#define BLK_FEATURES_LEGACY                                                                        \
    (VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_GEOMETRY | VIRTIO_BLK_F_RO |      \
     VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_TOPOLOGY |                          \
     VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_MQ | VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_WRITE_ZEROES)
#define BLK_FEATURES_MODERN                                                                        \
    (BLK_FEATURES_LEGACY | VIRTIO_BLK_F_LIFETIME | VIRTIO_BLK_F_SECURE_ERASE)

void virtio_blk_get_info(struct virtio_blk *blk, struct virtio_blk_info *info)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&blk->dev.lock);

    *info = blk->info;
    virtio_port_unlock(&blk->dev.lock, flags);
}

static void set_info(struct virtio_blk *blk, const struct virtio_blk_info *info)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&blk->dev.lock);

    blk->info = *info;
    virtio_port_unlock(&blk->dev.lock, flags);
}

/* ---- what the core calls ---- */

static void config_changed(struct virtio_device *dev)
{
    struct virtio_blk *blk = (struct virtio_blk *)dev;
    virtio_port_irqflags_t flags;
    uint64_t capacity;
    bool changed;

    if (virtio_blk_read_capacity(blk, &capacity) != 0) {
        return; /* the old capacity stays: the device answers for what it cannot do */
    }
    flags = virtio_port_lock(&dev->lock);
    changed = blk->info.capacity_sectors != capacity;
    blk->info.capacity_sectors = capacity;
    virtio_port_unlock(&dev->lock, flags);
    if (changed && blk->params.capacity_changed != NULL) {
        blk->params.capacity_changed(blk, capacity);
    }
}

static void quiesced(struct virtio_device *dev, int error)
{
    struct virtio_blk *blk = (struct virtio_blk *)dev;

    for (unsigned i = 0; i < blk->num_queues; i++) {
        virtio_blk_queue_fail(&blk->queues[i], error);
    }
}

/* ---- bring-up ---- */

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static int setup_queue(struct virtio_blk *blk, unsigned i, const struct virtio_blk_info *info)
{
    struct virtio_blk_queue *q = &blk->queues[i];
    uint16_t segs = (uint16_t)smaller(blk->params.segs_per_req, info->seg_max);
    struct virtqueue_config cfg = {
        .index = (uint16_t)i,
        .size = blk->params.queue_size,
        .size_min = QUEUE_SIZE_MIN,
        .indirect_max = (uint16_t)(segs + 2u),
        .callback = virtio_blk_queue_used,
    };
    int ret = virtio_queue_setup(&blk->dev, &q->vq, &cfg);

    if (ret != 0) {
        return ret;
    }
    /* No chain is longer than the ring, be it in an indirect table (section 2.7.5.3.1). */
    q->segs_max = (uint16_t)smaller(segs, virtqueue_chain_max(&q->vq) - 2u);
    if (q->vq.indirect_max != 0) {
        q->segs_max = (uint16_t)smaller(q->segs_max, q->vq.indirect_max - 2u);
    }
    q->piece_max = smaller(info->size_max, VIRTIO_BLK_CHAIN_BYTES_MAX);
    if ((uint64_t)q->segs_max * info->size_max < info->block_size) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-blk: config fields size_max %u, seg_max %u: no block of %u fits",
                        (unsigned)info->size_max, (unsigned)info->seg_max,
                        (unsigned)info->block_size);
        return -EPROTO;
    }
    return virtio_blk_queue_alloc(blk, q);
}

static int setup_queues(struct virtio_blk *blk, struct virtio_blk_info *info)
{
    unsigned wanted = smaller(smaller(info->num_queues, VIRTIO_BLK_QUEUES_MAX),
                              blk->params.max_queues != 0 ? blk->params.max_queues : ~0u);
    unsigned n = 0;
    int ret = 0;

    while (n < wanted && ret == 0) {
        ret = setup_queue(blk, n, info);
        n += ret == 0 ? 1u : 0u;
    }
    if (ret == -ENOTSUP && n > 0) {
        ret = 0; /* fewer queues than announced: the first does it all */
    }
    blk->num_queues = (uint16_t)n;
    info->num_queues = (uint16_t)n;
    return ret;
}

static int init_syncs(struct virtio_blk *blk)
{
    int ret = 0;

    for (unsigned i = 0; i < VIRTIO_BLK_SYNC_MAX && ret == 0; i++) {
        ret = virtio_sync_init(&blk->syncs[i].sync);
        blk->syncs[i].blk = blk;
    }
    return ret;
}

static int start(struct virtio_device *dev, uint64_t timeout_us)
{
    struct virtio_blk *blk = (struct virtio_blk *)dev;
    uint64_t wanted = virtio_is_legacy(dev) ? BLK_FEATURES_LEGACY : BLK_FEATURES_MODERN;
    struct virtio_blk_info info;
    int ret = init_syncs(blk);

    if (ret == 0) {
        ret = virtio_device_negotiate(dev, wanted, 0, VIRTIO_BLK_F_RO, timeout_us);
    }
    if (ret == 0) {
        ret = virtio_blk_read_config(blk, &info);
    }
    if (ret == 0) {
        ret = setup_queues(blk, &info);
    }
    if (ret == 0) {
        set_info(blk, &info);
        ret = virtio_device_ready(dev);
    }
    return ret;
}

/* The device owns nothing any more. */
static void free_all(struct virtio_device *dev)
{
    struct virtio_blk *blk = (struct virtio_blk *)dev;

    for (unsigned i = 0; i < VIRTIO_BLK_QUEUES_MAX; i++) {
        virtio_blk_queue_free(&blk->queues[i]);
    }
    for (unsigned i = 0; i < VIRTIO_BLK_SYNC_MAX; i++) {
        virtio_sync_deinit(&blk->syncs[i].sync);
    }
    blk->num_queues = 0;
}

static const struct virtio_driver_ops blk_ops = {
    .name = "virtio-blk",
    .device_id = VIRTIO_ID_BLOCK,
    .start = start,
    .free = free_all,
    .config_changed = config_changed,
    .quiesced = quiesced,
};

static int check_params(struct virtio_blk *blk, const struct virtio_blk_params *params)
{
    struct virtio_blk_params *p = &blk->params;

    if (params != NULL) {
        *p = *params;
    }
    p->queue_size = p->queue_size != 0 ? p->queue_size : QUEUE_SIZE_DEFAULT;
    p->segs_per_req = p->segs_per_req != 0 ? p->segs_per_req : SEGS_DEFAULT;
    if (p->queue_size < QUEUE_SIZE_MIN || p->queue_size > VIRTQUEUE_SIZE_MAX ||
        (p->queue_size & (p->queue_size - 1u)) != 0) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-blk: queue_size %u, expected a power of two from 4 to 32768",
                        (unsigned)p->queue_size);
        return -EINVAL;
    }
    if (p->segs_per_req > VIRTIO_BLK_SEGS_MAX) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio-blk: segs_per_req %u, expected at most %u",
                        (unsigned)p->segs_per_req, VIRTIO_BLK_SEGS_MAX);
        return -EINVAL;
    }
    return 0;
}

int virtio_blk_probe(struct virtio_blk *blk, const struct virtio_window *window,
                     const struct virtio_blk_params *params)
{
    int ret;

    if (blk->dev.state != VIRTIO_STATE_ABSENT) {
        return -EINVAL;
    }
    memset(blk, 0, sizeof(*blk));
    ret = check_params(blk, params);
    return ret != 0 ? ret
                    : virtio_driver_probe(&blk->dev, window, &blk_ops, blk->params.features_off,
                                          blk->params.reset_timeout_us);
}

int virtio_blk_remove(struct virtio_blk *blk, uint64_t timeout_us)
{
    return virtio_driver_remove(&blk->dev, timeout_us);
}

int virtio_blk_reset(struct virtio_blk *blk, uint64_t timeout_us)
{
    return virtio_driver_reset(&blk->dev, timeout_us);
}

int virtio_blk_reset_queue(struct virtio_blk *blk, unsigned queue, uint64_t timeout_us)
{
    struct virtio_blk_queue *q;
    int ret;

    if (queue >= blk->num_queues) {
        return -EINVAL;
    }
    q = &blk->queues[queue];
    ret = virtio_queue_reset(&q->vq, timeout_us);
    if (ret != 0) {
        return ret;
    }
    virtio_blk_queue_fail(q, -ECANCELED);
    ret = virtio_queue_restart(&q->vq);
    return ret == -ENOTSUP ? -EIO : ret; /* -ENOTSUP says that nothing was reset */
}
