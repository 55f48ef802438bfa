/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of driver/core share: registers of the MMIO transport (section 4.2.2) and the
 * helpers that are nobody else's business. */
#ifndef VIRTIO_CORE_H
#define VIRTIO_CORE_H

#include "virtio/virtqueue.h"
#include "port_check.h"
#include "virtio_cold.h"
#include "virtio_endian.h"
#include "virtqueue_table.h"

enum {
    REG_MAGIC_VALUE = 0x000,
    REG_VERSION = 0x004,
    REG_DEVICE_ID = 0x008,
    REG_VENDOR_ID = 0x00c,
    REG_DEVICE_FEATURES = 0x010,
    REG_DEVICE_FEATURES_SEL = 0x014,
    REG_DRIVER_FEATURES = 0x020,
    REG_DRIVER_FEATURES_SEL = 0x024,
    REG_GUEST_PAGE_SIZE = 0x028, /* legacy */
    REG_QUEUE_SEL = 0x030,
    REG_QUEUE_NUM_MAX = 0x034,
    REG_QUEUE_NUM = 0x038,
    REG_QUEUE_ALIGN = 0x03c, /* legacy */
    REG_QUEUE_PFN = 0x040,   /* legacy */
    REG_QUEUE_READY = 0x044,
    REG_QUEUE_NOTIFY = 0x050,
    REG_INTERRUPT_STATUS = 0x060,
    REG_INTERRUPT_ACK = 0x064,
    REG_STATUS = 0x070,
    REG_QUEUE_DESC_LOW = 0x080,
    REG_QUEUE_DESC_HIGH = 0x084,
    REG_QUEUE_DRIVER_LOW = 0x090,
    REG_QUEUE_DRIVER_HIGH = 0x094,
    REG_QUEUE_DEVICE_LOW = 0x0a0,
    REG_QUEUE_DEVICE_HIGH = 0x0a4,
    REG_QUEUE_RESET = 0x0c0,
    REG_CONFIG_GENERATION = 0x0fc,
    REG_CONFIG = 0x100,
};

struct virtq_used_elem {
    uint32_t id;
    uint32_t len;
};
#define VIRTQ_AVAIL_F_NO_INTERRUPT 1u
#define VIRTQ_USED_F_NO_NOTIFY     1u

/* Driver-private state, one per descriptor. The device never sees it. */
struct virtqueue_chain {
    void *cookie;    /* of the chain that starts here; NULL: none is outstanding */
    uint32_t in_len; /* bytes that the device may write */
    bool in_only;    /* and none that it may read */
    uint16_t count;  /* ring descriptors taken */
    uint16_t tail;   /* the last of them */
    uint16_t pos;    /* free-running index of its place in the available ring */
};

#define VIRTIO_MMIO_MAGIC       0x74726976u /* "virt" */
#define VIRTIO_IRQ_USED_BUFFER  1u
#define VIRTIO_IRQ_CONFIG       2u
#define VIRTIO_LEGACY_PAGE_SIZE 4096u

static inline uint32_t virtio_reg_read(const struct virtio_device *dev, unsigned reg)
{
    return virtio_le32(virtio_port_read32(dev->window.ctx, dev->window.base + reg));
}
static inline void virtio_reg_write(const struct virtio_device *dev, unsigned reg, uint32_t value)
{
    virtio_port_write32(dev->window.ctx, dev->window.base + reg, virtio_le32(value));
}

static inline bool virtio_is_big_endian(const struct virtio_device *dev)
{
    return VIRTIO_CPU_BIG_ENDIAN && virtio_is_legacy(dev);
}

/* split_ring.c: bytes of a ring of `size` entries (the legacy layout is the device's idea), laid
 * over memory, and put in the state of a queue that was never used. */
size_t virtq_split_bytes(uint32_t size, bool legacy);
void virtq_split_init(struct virtqueue *vq, bool legacy);
uint64_t virtq_split_avail_dma(const struct virtqueue *vq);
uint64_t virtq_split_used_dma(const struct virtqueue *vq, bool legacy);
/* Writes QueueNotify. [locked] */
void virtqueue_notify(struct virtqueue *vq);
/* Notifies of what was published before DRIVER_OK, if the device wants to know. [locked] */
void virtqueue_kick_early(struct virtqueue *vq);

/* virtio_features.c: the part of `offered` that may be accepted, prerequisites kept. */
uint64_t virtio_features_closed(uint32_t device_id, uint64_t features);

/* virtio_device.c: when a reset was asked for and Status reads 0, moves on to RESET and hands back
 * the outstanding requests. True when the device is reset. Context: any. */
bool virtio_device_try_quiesce(struct virtio_device *dev);

/* virtio_device.c: Status and the life-cycle state are written in one place each. */
void virtio_status_write(struct virtio_device *dev, uint32_t status);
void virtio_set_state(struct virtio_device *dev, enum virtio_state state);

/* virtio_device.c: the memory that the device was given may be freed. */
bool virtio_device_owns_nothing(const struct virtio_device *dev);

/* virtqueue_setup.c: tells the device to stop using its queues, before a reset. */
void virtio_queues_stop(struct virtio_device *dev);
/* The queues may be notified from now on; what was added before is notified. True: there are used
 * buffers already. */
bool virtio_queues_start(struct virtio_device *dev);
/* Nothing may be added, notified or taken any more; device_forgets: a reset comes at once. */
void virtio_queues_kill(struct virtio_device *dev, bool device_forgets);
/* Frees the memory of all queues. */
void virtio_queues_free(struct virtio_device *dev);

#endif
