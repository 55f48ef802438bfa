/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtqueues (virtio v1.2 section 2.6, split layout 2.7). This face is all that device drivers
 * know; the ring layout behind it is the core's business.
 *
 * What the driver relies on is private memory: for every descriptor chain its cookie, its writable
 * length and its links. The rings are written, and used entries read once and checked; nothing
 * else is ever read back from memory that the device can write.
 *
 * Locking: functions marked [locked] want virtqueue_lock() held; completion callbacks run without.
 */
#ifndef VIRTIO_VIRTQUEUE_H
#define VIRTIO_VIRTQUEUE_H

#include "virtio/virtio.h"

#define VIRTQUEUE_SIZE_MAX 32768u

/* One piece of a buffer as the device sees it. */
struct virtio_sg {
    uint64_t dma; /* from virtio_port_dma_map or _dma_alloc, never a pointer */
    uint32_t len; /* bytes, not 0 */
};

struct virtqueue_config {
    uint16_t index;
    uint16_t size;         /* wanted entries, power of two; the device may have fewer */
    uint16_t size_min;     /* fewest entries that the driver can work with */
    uint16_t indirect_max; /* longest chain to put into an indirect table, 0: none */
    /* Used buffers may be there (any context, no lock held). */
    void (*callback)(struct virtqueue *vq);
};

struct virtqueue_chain; /* private state of one descriptor */
struct virtq_desc;
struct virtq_used_elem;

struct virtqueue {
    struct virtio_device *dev;
    struct virtqueue *next; /* in dev->queues */
    void (*callback)(struct virtqueue *vq);
    virtio_port_lock_t lock;
    virtio_port_irqflags_t lock_flags;
    uint16_t index;
    uint16_t size;
    /* Under `lock`. All private: the device cannot write here. */
    bool told;        /* the device knows the addresses, until it is reset */
    bool ready;       /* buffers may be added */
    bool live;        /* ready, and DRIVER_OK is set: the device may be notified */
    bool event_idx;   /* EVENT_IDX agreed */
    bool notify_data; /* NOTIFICATION_DATA agreed */
    bool big_endian;  /* ring fields are big-endian: legacy device of a big-endian CPU */
    bool cb_enabled;
    uint16_t avail_idx;  /* next free-running index, not necessarily published */
    uint16_t published;  /* what the device was last shown */
    uint16_t used_idx;   /* used entries taken so far */
    uint16_t num_free;   /* descriptors */
    uint16_t num_chains; /* outstanding */
    uint16_t free_head;
    uint16_t indirect_max;
    struct virtqueue_chain *chains;
    uint16_t *links; /* of each descriptor to the next in its chain or in the free list */
    /* Ring memory: written by the driver, parts of it by the device too. */
    void *ring;
    size_t ring_bytes;
    uint64_t ring_dma;
    volatile struct virtq_desc *desc;
    volatile uint16_t *avail; /* flags, idx, ring[size], used_event */
    volatile uint16_t *used;  /* flags, idx, used_elem[size], avail_event */
    volatile struct virtq_used_elem *used_elem;
    struct virtq_desc *indirect;
    size_t indirect_bytes;
    uint64_t indirect_dma;
};

/*
 * Makes a queue and tells the device about it (sections 4.2.3.2 and 4.2.4). vq is the caller's,
 * zeroed before its first use, and stays in dev->queues until virtio_device_release(). A second
 * call after a reset reuses its memory. Without memory for indirect tables the queue goes without
 * them. Context: thread, after virtio_set_features and before virtio_device_ready.
 *   -EINVAL   size or size_min 0, not a power of two, above 32768, or size below size_min
 *   -ENOTSUP  no such queue (QueueNumMax 0), or fewer entries than size_min
 *   -EBUSY    the device says that the queue is in use already
 *   -EIO      the device did not take the queue (QueueReady or QueuePFN reads back otherwise)
 *   -ENOMEM   no memory
 *   -ERANGE   legacy: the ring lies beyond what a 32-bit QueuePFN can name
 */
int virtio_queue_setup(struct virtio_device *dev, struct virtqueue *vq,
                       const struct virtqueue_config *cfg);

/*
 * Resets one queue (RING_RESET, section 2.6.1) and hands back its outstanding chains through
 * virtqueue_detach(); virtio_queue_restart() then brings it back. Context: thread.
 *   -ENOTSUP    RING_RESET not agreed, or the device offers it and does nothing (QEMU 7.2)
 *   -ETIMEDOUT  not completed in time: the device is broken
 */
int virtio_queue_reset(struct virtqueue *vq, uint64_t timeout_us);
int virtio_queue_restart(struct virtqueue *vq);

/* Excludes interrupt handlers and other cores. Context: any, for short and bounded times. */
static inline void virtqueue_lock(struct virtqueue *vq)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&vq->lock);

    vq->lock_flags = flags; /* ours to write only now */
}
static inline void virtqueue_unlock(struct virtqueue *vq)
{
    virtio_port_unlock(&vq->lock, vq->lock_flags);
}

/*
 * Puts one buffer on the queue: `out` device-readable pieces, then `in` device-writable ones. Not
 * visible to the device before virtqueue_kick(). `cookie` (not NULL) comes back with the used
 * buffer. O(out + in), no allocation. [locked]
 *   -EINVAL    no pieces, a piece of length 0, or 4 GiB in total and more
 *   -EMSGSIZE  more pieces than this queue can ever take
 *   -EAGAIN    not enough free descriptors now
 *   -EIO       the queue is not live
 */
int virtqueue_add(struct virtqueue *vq, const struct virtio_sg *sg, unsigned out, unsigned in,
                  void *cookie);

/* Publishes what was added and notifies the device if it wants to know: one register write at most
 * for any number of buffers. [locked] */
void virtqueue_kick(struct virtqueue *vq);

/*
 * Takes one used buffer: returns 1 with its cookie and the number of bytes that the device says it
 * wrote (at most the writable length), 0 when there is none, or -EIO when the used ring is
 * nonsense: the queue is then no longer live and the caller owes virtio_device_break() once the
 * lock is released. [locked]
 */
int virtqueue_get_used(struct virtqueue *vq, void **cookie, uint32_t *len);

/* Used buffers that nobody has taken yet, at most those outstanding; also of a queue that has
 * stopped. [locked] */
uint16_t virtqueue_pending(const struct virtqueue *vq);

/* Asks for no / for interrupts. virtqueue_enable_cb returns true when used buffers have come in
 * meanwhile: take them and call it again, or they wait without an interrupt. [locked] */
void virtqueue_disable_cb(struct virtqueue *vq);
bool virtqueue_enable_cb(struct virtqueue *vq);

/* Takes back one outstanding chain of a queue that the device no longer owns (after a confirmed
 * reset); NULL when there is none left. O(size) over all calls. [locked] */
void *virtqueue_detach(struct virtqueue *vq, uint16_t *cursor);

/* Longest chain that the queue can take when it is empty. Context: any. */
unsigned virtqueue_chain_max(const struct virtqueue *vq);

#endif
