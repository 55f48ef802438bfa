/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, stopping, resetting and freeing virtqueues on the MMIO transport (virtio v1.2 sections
 * 4.2.3.2, 4.2.4, 2.6.1).
 */
#include "core.h"

#define STOP_TIMEOUT_US 100000u
#define STOP_DELAY_US   10u

static bool power_of_two(uint32_t v)
{
    return v != 0 && (v & (v - 1u)) == 0;
}

static int check_config(const struct virtqueue_config *cfg)
{
    if (power_of_two(cfg->size) && power_of_two(cfg->size_min) && cfg->size <= VIRTQUEUE_SIZE_MAX &&
        cfg->size_min <= cfg->size) {
        return 0;
    }
    virtio_port_log(VIRTIO_LOG_ERROR,
                    "virtio: queue %u: size %u (at least %u), expected powers of two up to %u",
                    (unsigned)cfg->index, (unsigned)cfg->size, (unsigned)cfg->size_min,
                    VIRTQUEUE_SIZE_MAX);
    return -EINVAL;
}

/* The size to use: what the driver wants, or the largest legal size that the device offers. */
static int choose_size(const struct virtio_device *dev, const struct virtqueue_config *cfg,
                       uint16_t *size)
{
    uint32_t max;
    uint32_t n = cfg->size;

    virtio_reg_write(dev, REG_QUEUE_SEL, cfg->index);
    if (virtio_reg_read(dev, virtio_is_legacy(dev) ? REG_QUEUE_PFN : REG_QUEUE_READY) != 0) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u queue %u: in use after reset",
                        (unsigned)dev->device_id, (unsigned)cfg->index);
        return -EBUSY;
    }
    max = virtio_reg_read(dev, REG_QUEUE_NUM_MAX);
    while (n > max) {
        n /= 2u;
    }
    if (n < cfg->size_min) {
        virtio_port_log(
            VIRTIO_LOG_ERROR, "virtio: device %u queue %u: QueueNumMax %u, expected at least %u",
            (unsigned)dev->device_id, (unsigned)cfg->index, (unsigned)max, (unsigned)cfg->size_min);
        return -ENOTSUP;
    }
    *size = (uint16_t)n;
    return 0;
}

/* ---- memory ---- */

static void free_memory(struct virtqueue *vq)
{
    virtio_port_ctx_t ctx = vq->dev->window.ctx;

    if (vq->indirect != NULL) {
        virtio_port_dma_free(ctx, vq->indirect, vq->indirect_bytes, vq->indirect_dma);
    }
    if (vq->ring != NULL) {
        virtio_port_dma_free(ctx, vq->ring, vq->ring_bytes, vq->ring_dma);
    }
    if (vq->chains != NULL) {
        virtio_port_free(ctx, vq->chains);
    }
    vq->indirect = NULL;
    vq->ring = NULL;
    vq->chains = NULL;
    vq->links = NULL;
    vq->indirect_max = 0;
    vq->size = 0;
}

/* Indirect tables make the ring last longer; a driver can live without them. */
static void alloc_indirect(struct virtqueue *vq, uint16_t indirect_max)
{
    uint16_t max = indirect_max < vq->size ? indirect_max : vq->size;

    vq->indirect_bytes = (size_t)max * vq->size * sizeof(struct virtq_desc);
    if (vq->indirect_bytes == 0) {
        return;
    }
    vq->indirect =
        virtio_port_dma_alloc(vq->dev->window.ctx, vq->indirect_bytes, 16, &vq->indirect_dma);
    if (vq->indirect != NULL) {
        vq->indirect_max = max;
    }
}

static int alloc_memory(struct virtqueue *vq, uint16_t size, uint16_t indirect_max)
{
    bool legacy = virtio_is_legacy(vq->dev);
    virtio_port_ctx_t ctx = vq->dev->window.ctx;

    vq->size = size;
    vq->chains = virtio_port_alloc(ctx, (sizeof(vq->chains[0]) + sizeof(vq->links[0])) * size);
    vq->links = vq->chains != NULL ? (uint16_t *)(void *)&vq->chains[size] : NULL;
    vq->ring_bytes = virtq_split_bytes(size, legacy);
    vq->ring = virtio_port_dma_alloc(ctx, vq->ring_bytes, legacy ? VIRTIO_LEGACY_PAGE_SIZE : 64u,
                                     &vq->ring_dma);
    if (vq->chains == NULL || vq->ring == NULL) {
        free_memory(vq);
        return -ENOMEM;
    }
    if (virtio_has_feature(vq->dev, VIRTIO_F_INDIRECT_DESC)) {
        alloc_indirect(vq, indirect_max);
    }
    return 0;
}

/* ---- telling the device ---- */

static void write_address(const struct virtio_device *dev, unsigned low_reg, uint64_t dma)
{
    virtio_reg_write(dev, low_reg, (uint32_t)dma);
    virtio_reg_write(dev, low_reg + 4u, (uint32_t)(dma >> 32));
}

static int enable_modern(struct virtqueue *vq)
{
    const struct virtio_device *dev = vq->dev;

    virtio_reg_write(dev, REG_QUEUE_NUM, vq->size);
    write_address(dev, REG_QUEUE_DESC_LOW, vq->ring_dma);
    write_address(dev, REG_QUEUE_DRIVER_LOW, virtq_split_avail_dma(vq));
    write_address(dev, REG_QUEUE_DEVICE_LOW, virtq_split_used_dma(vq, false));
    vq->told = true;
    virtio_port_wmb(); /* the zeroed ring before the device may look at it */
    virtio_reg_write(dev, REG_QUEUE_READY, 1);
    return virtio_reg_read(dev, REG_QUEUE_READY) == 1u ? 0 : -EIO;
}

static int enable_legacy(struct virtqueue *vq)
{
    const struct virtio_device *dev = vq->dev;
    uint64_t pfn = vq->ring_dma / VIRTIO_LEGACY_PAGE_SIZE;

    if (pfn == 0 || pfn > UINT32_MAX || vq->ring_dma % VIRTIO_LEGACY_PAGE_SIZE != 0) {
        virtio_port_log(
            VIRTIO_LOG_ERROR, "virtio: device %u queue %u: ring page 0x%x%x, expected 32 bits",
            (unsigned)dev->device_id, (unsigned)vq->index, (unsigned)(pfn >> 32), (unsigned)pfn);
        return -ERANGE;
    }
    virtio_reg_write(dev, REG_QUEUE_NUM, vq->size);
    virtio_reg_write(dev, REG_QUEUE_ALIGN, VIRTIO_LEGACY_PAGE_SIZE);
    vq->told = true;
    virtio_port_wmb();
    virtio_reg_write(dev, REG_QUEUE_PFN, (uint32_t)pfn);
    return virtio_reg_read(dev, REG_QUEUE_PFN) == (uint32_t)pfn ? 0 : -EIO;
}

/* QueueSel is set. The ring starts from zero and the device learns where it is. */
static int enable_queue(struct virtqueue *vq)
{
    int ret;

    virtq_split_init(vq, virtio_is_legacy(vq->dev));
    ret = virtio_is_legacy(vq->dev) ? enable_legacy(vq) : enable_modern(vq);
    vq->ready = ret == 0;
    if (ret == -EIO) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u queue %u: not taken by the device",
                        (unsigned)vq->dev->device_id, (unsigned)vq->index);
    }
    return ret;
}

static void link_queue(struct virtio_device *dev, struct virtqueue *vq)
{
    for (struct virtqueue *q = dev->queues; q != NULL; q = q->next) {
        if (q == vq) {
            return;
        }
    }
    vq->next = dev->queues;
    dev->queues = vq;
}

int virtio_queue_setup(struct virtio_device *dev, struct virtqueue *vq,
                       const struct virtqueue_config *cfg)
{
    uint16_t size = 0;
    int ret = check_config(cfg);

    if (ret == 0 && dev->state != VIRTIO_STATE_FEATURES_OK) {
        ret = -EBUSY;
    }
    if (ret == 0) {
        ret = choose_size(dev, cfg, &size);
    }
    if (ret != 0) {
        return ret;
    }
    if (vq->dev == NULL) {
        virtio_port_lock_init(&vq->lock);
    } else if (vq->size != size || !virtio_has_feature(dev, VIRTIO_F_INDIRECT_DESC)) {
        free_memory(vq); /* from the life before this reset */
    }
    vq->dev = dev;
    vq->index = cfg->index;
    vq->callback = cfg->callback;
    vq->event_idx = virtio_has_feature(dev, VIRTIO_F_EVENT_IDX);
    vq->notify_data = virtio_has_feature(dev, VIRTIO_F_NOTIFICATION_DATA);
    vq->big_endian = virtio_is_big_endian(dev);
    if (vq->ring == NULL) {
        ret = alloc_memory(vq, size, cfg->indirect_max);
        if (ret != 0) {
            return ret;
        }
    }
    link_queue(dev, vq);
    return enable_queue(vq);
}

/* ---- all queues of a device ---- */

bool virtio_queues_start(struct virtio_device *dev)
{
    bool used = false;

    for (struct virtqueue *vq = dev->queues; vq != NULL; vq = vq->next) {
        virtqueue_lock(vq);
        vq->live = vq->ready;
        used = used || (vq->live && virtqueue_pending(vq) != 0);
        virtqueue_kick_early(vq);
        virtqueue_unlock(vq);
    }
    return used;
}

void virtio_queues_kill(struct virtio_device *dev, bool device_forgets)
{
    for (struct virtqueue *vq = dev->queues; vq != NULL; vq = vq->next) {
        virtqueue_lock(vq);
        vq->told = vq->told && !device_forgets;
        vq->ready = false;
        vq->live = false;
        virtqueue_unlock(vq);
    }
}

/* A device that keeps QueueReady set is stopped by the reset that follows; it is only told on. */
static void stop_modern(struct virtqueue *vq)
{
    uint64_t deadline = virtio_port_now_us() + STOP_TIMEOUT_US;

    virtio_reg_write(vq->dev, REG_QUEUE_READY, 0);
    while (virtio_reg_read(vq->dev, REG_QUEUE_READY) != 0) {
        if (virtio_port_now_us() >= deadline) {
            virtio_port_log(VIRTIO_LOG_WARNING, "virtio: device %u queue %u: QueueReady stays set",
                            (unsigned)vq->dev->device_id, (unsigned)vq->index);
            return;
        }
        virtio_port_delay_us(STOP_DELAY_US);
    }
}

void virtio_queues_stop(struct virtio_device *dev)
{
    for (struct virtqueue *vq = dev->queues; vq != NULL; vq = vq->next) {
        if (!vq->told) {
            continue;
        }
        virtio_reg_write(dev, REG_QUEUE_SEL, vq->index);
        if (virtio_is_legacy(dev)) {
            virtio_reg_write(dev, REG_QUEUE_PFN, 0);
        } else {
            stop_modern(vq);
        }
        vq->told = false;
    }
}

void virtio_queues_free(struct virtio_device *dev)
{
    struct virtqueue *vq = dev->queues;

    while (vq != NULL) {
        struct virtqueue *next = vq->next;

        free_memory(vq);
        vq->dev = NULL;
        vq->next = NULL;
        vq = next;
    }
    dev->queues = NULL;
}

/* ---- one queue: RING_RESET ----
 * The rest of the device is live meanwhile: an interrupt may find it broken and reset it between
 * two register accesses. Each step is under the device's lock, and only on a live device. */

static int queue_reset_start(struct virtqueue *vq)
{
    struct virtio_device *dev = vq->dev;
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);
    bool live = virtio_device_is_live(dev);

    if (live) {
        virtio_reg_write(dev, REG_QUEUE_SEL, vq->index);
        virtio_reg_write(dev, REG_QUEUE_RESET, 1);
    }
    virtio_port_unlock(&dev->lock, flags);
    return live ? 0 : -EIO;
}

static int queue_read(struct virtqueue *vq, unsigned reg, uint32_t *value)
{
    struct virtio_device *dev = vq->dev;
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);
    bool live = virtio_device_is_live(dev);

    if (live) {
        *value = virtio_reg_read(dev, reg);
    }
    virtio_port_unlock(&dev->lock, flags);
    return live ? 0 : -EIO;
}

/* Waits for QueueReset to read 0, and says what QueueReady reads then. */
static int queue_reset_wait(struct virtqueue *vq, uint64_t timeout_us, uint32_t *still_ready)
{
    uint64_t deadline = virtio_port_now_us() + timeout_us;
    uint32_t resetting;
    int ret;

    while ((ret = queue_read(vq, REG_QUEUE_RESET, &resetting)) == 0 && resetting != 0) {
        if (virtio_port_now_us() >= deadline) {
            return -ETIMEDOUT;
        }
        virtio_port_delay_us(STOP_DELAY_US);
    }
    return ret != 0 ? ret : queue_read(vq, REG_QUEUE_READY, still_ready);
}

/* The queue runs as long as nobody found the device broken meanwhile. */
static void go_on(struct virtqueue *vq)
{
    virtqueue_lock(vq);
    vq->live = vq->ready;
    virtqueue_unlock(vq);
}

int virtio_queue_reset(struct virtqueue *vq, uint64_t timeout_us)
{
    struct virtio_device *dev = vq->dev;
    uint32_t still_ready = 0;
    int ret;

    if (!virtio_has_feature(dev, VIRTIO_F_RING_RESET)) {
        return -ENOTSUP;
    }
    virtqueue_lock(vq);
    vq->live = false;
    virtqueue_unlock(vq);
    ret = queue_reset_start(vq);
    if (ret == 0) {
        ret = queue_reset_wait(vq, timeout_us != 0 ? timeout_us : VIRTIO_RESET_TIMEOUT_US,
                               &still_ready);
    }
    if (ret != 0) {
        virtio_device_break(dev, -EIO);
        return ret;
    }
    if (still_ready != 0) {
        /* Offered and not implemented: the queue still runs, so go on with it. */
        go_on(vq);
        vq->callback(vq); /* what was used meanwhile found nobody in */
        return -ENOTSUP;
    }
    virtqueue_lock(vq);
    vq->ready = false;
    vq->told = false;
    virtqueue_unlock(vq);
    return 0;
}

int virtio_queue_restart(struct virtqueue *vq)
{
    struct virtqueue_config cfg = {.index = vq->index, .size = vq->size, .size_min = vq->size};
    struct virtio_device *dev = vq->dev;
    virtio_port_irqflags_t flags;
    uint16_t size;
    int ret = -EIO;

    if (vq->ready || vq->num_chains != 0) {
        return -EBUSY;
    }
    flags = virtio_port_lock(&dev->lock);
    if (virtio_device_is_live(dev)) {
        ret = choose_size(dev, &cfg, &size);
        ret = ret != 0 ? ret : enable_queue(vq);
    }
    virtio_port_unlock(&dev->lock, flags);
    if (ret != 0) {
        virtio_device_break(dev, -EIO);
        return ret;
    }
    go_on(vq);
    return 0;
}
