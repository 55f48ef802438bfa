/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers posted on a virtqueue for the device to fill: received frames, console input, control
 * messages, input events. A fixed number of equal buffers, each either with the device or with the
 * driver; the ring is as long as it takes for all of them.
 *
 * Memory: struct virtio_buffers is the caller's, zeroed before its first use. The buffers are
 * allocated in virtio_buffers_setup() and nothing afterwards: coherent memory for small messages,
 * or cached memory that is mapped while the device has it (`streaming`) for payload.
 */
#ifndef VIRTIO_BUFFERS_H
#define VIRTIO_BUFFERS_H

#include "virtio/virtqueue.h"

enum virtio_buffer_state {
    VIRTIO_BUFFER_HELD,    /* the driver or its caller has it */
    VIRTIO_BUFFER_POSTED,  /* the device has it */
    VIRTIO_BUFFER_WAITING, /* should be posted, could not be mapped */
};
struct virtio_buffer {
    void *data;
    uint64_t dma; /* of coherent memory, or of the mapping while the device has it */
    uint16_t index;
    uint8_t state; /* enum virtio_buffer_state */
};

struct virtio_buffers_config {
    uint16_t index;     /* of the virtqueue */
    uint16_t count;     /* buffers and ring entries wanted, power of two */
    uint16_t count_min; /* fewest of them that will do */
    uint32_t bytes;     /* of each buffer */
    uint32_t align;     /* of each buffer, power of two; 0: 8 */
    uint32_t split;     /* legacy framing: the first `split` bytes are a descriptor of their own;
                           0: one descriptor. Takes two ring entries a buffer */
    bool streaming;
    /* Used buffers may be there (any context, no lock held). */
    void (*callback)(struct virtqueue *vq);
};

struct virtio_buffers {
    struct virtqueue vq; /* first: the core's callback gets it */
    struct virtio_buffers_config cfg;
    struct virtio_buffer *bufs;
    uint16_t count; /* what the ring took */
    uint32_t stride;
    uint8_t *mem;
    uint64_t mem_dma;
    size_t mem_bytes;
    uint16_t waiting; /* buffers in VIRTIO_BUFFER_WAITING */
};

/*
 * Makes the virtqueue and its buffers; after a reset, again (then all buffers are the driver's).
 * Nothing is posted yet. Context: thread, between virtio_set_features and virtio_device_ready.
 *   what virtio_queue_setup returns, and -ENOMEM
 */
int virtio_buffers_setup(struct virtio_device *dev, struct virtio_buffers *b,
                         const struct virtio_buffers_config *cfg);
/* Frees what virtio_buffers_setup took, but for the virtqueue. From ops->free. */
void virtio_buffers_free(struct virtio_buffers *b);
/* Takes back whatever the device had; it owns nothing any more. From ops->quiesced. */
void virtio_buffers_reclaim(struct virtio_buffers *b);

/* Posts every buffer that is held and notifies. Before virtio_device_ready: published, and
 * notified by it. 0; -EIO the queue is not ready; -ENOMEM a mapping failed (the rest is posted).
 * Only while no buffer is held by anyone else. Context: any. */
int virtio_buffers_fill(struct virtio_buffers *b);

/* Takes the next used buffer: 1, with its struct and the bytes that the device says it wrote (at
 * most the buffer's); 0 none; -EIO as virtqueue_get_used. [locked] */
int virtio_buffers_take(struct virtio_buffers *b, struct virtio_buffer **buf, uint32_t *len);
/* Gives a taken buffer back to the device; seen at the next virtqueue_kick. 0; -EIO the queue is
 * not ready; -ENOMEM the mapping failed: the buffer waits, virtio_buffers_retry tries again.
 * [locked] */
int virtio_buffers_post(struct virtio_buffers *b, struct virtio_buffer *buf);
/* Posts what waits. O(1) when nothing does. [locked] */
void virtio_buffers_retry(struct virtio_buffers *b);

#endif
