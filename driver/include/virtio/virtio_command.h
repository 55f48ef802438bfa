/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands with answers on a virtqueue: the control queue of a network device, the control and
 * cursor queues of a GPU, control messages and status events that have no answer at all.
 *
 * A command is copied into one of a fixed number of slots of memory shared with the device, its
 * answer is copied out once into private memory before anyone looks at it. Commands may be waited
 * for with a deadline, or complete through a callback.
 *
 * Memory: struct virtio_command_queue is the caller's, zeroed before its first use. Slots are
 * allocated in virtio_command_setup() and nothing afterwards.
 */
#ifndef VIRTIO_COMMAND_H
#define VIRTIO_COMMAND_H

#include "virtio/virtqueue.h"

#define VIRTIO_COMMAND_PIECES_MAX 4u

struct virtio_command_queue;

/* A part of a command; each becomes a descriptor of its own. */
struct virtio_piece {
    const void *ptr;
    uint32_t len; /* bytes, not 0 */
};

/* Any context, no lock held, once for each accepted command: error 0 and the answer (`len` bytes
 * that the device says it wrote, at most what was asked for), or an error as in virtio_blk_req.done
 * and no answer. The answer is valid during the call. */
typedef void (*virtio_command_done)(struct virtio_command_queue *q, void *cookie, int error,
                                    const void *answer, uint32_t len);

/* A command on the ring. Private. */
struct virtio_command_slot {
    virtio_command_done done;
    void *cookie;
    struct virtio_command_slot *next; /* free, or in a list of answered ones */
    uint16_t index;
    uint32_t in_len; /* asked for, then answered */
};

/* A call of virtio_command_run. Private. */
struct virtio_command_waiter {
    struct virtio_sync sync;
    void *in; /* the caller's, while it waits */
    uint32_t *got;
    uint32_t in_len;
};

struct virtio_command_config {
    uint16_t index;   /* of the virtqueue */
    uint16_t size;    /* entries wanted, power of two */
    uint16_t slots;   /* commands in flight, at most; bounded by what the ring takes */
    uint16_t waiters; /* of them, that virtio_command_run may wait for at a time */
    uint32_t out_max; /* bytes of a command */
    uint32_t in_max;  /* bytes of an answer, 0: there is none */
    uint8_t blank;    /* what an answer is full of before the device writes it */
    bool legacy_len; /* the used length of a legacy device says nothing: all of the answer counts */
    /* Commands were answered and their slots are free again (any context, no lock held); may be
     * NULL. */
    void (*room)(struct virtio_command_queue *q);
};

struct virtio_command_queue {
    struct virtqueue vq; /* first: the core's callback gets it */
    struct virtio_command_config cfg;
    struct virtio_command_slot *slots, *free_slots;
    struct virtio_command_waiter *waiters;
    uint16_t num_slots;
    uint8_t *answers; /* private copies, in_max bytes a slot */
    void *dma;
    uint64_t dma_addr;
    size_t dma_bytes;
    uint32_t slot_bytes;
    uint32_t outstanding;
};

/*
 * Makes the virtqueue and its slots; after a reset, again. Context: thread, between
 * virtio_set_features and virtio_device_ready.
 *   what virtio_queue_setup returns, and -ENOMEM
 */
int virtio_command_setup(struct virtio_device *dev, struct virtio_command_queue *q,
                         const struct virtio_command_config *cfg);
/* Frees what virtio_command_setup took, but for the virtqueue. From ops->free. */
void virtio_command_free(struct virtio_command_queue *q);
/* Completes everything with `error`; the device owns nothing any more. From ops->quiesced. */
void virtio_command_fail(struct virtio_command_queue *q, int error);

/*
 * Puts a command on the ring, to be seen by the device at the next virtio_command_kick: `count`
 * pieces, copied, then `extra` (may be NULL), device-readable memory of the caller's that stays in
 * place until done. The answer is up to in_len bytes. done may be NULL. Context: any.
 *   -EINVAL  more pieces or bytes than the queue was made for
 *   -EAGAIN  all slots are taken, or the ring is full
 *   -EIO     the queue is not ready, or was never set up
 */
int virtio_command_submit(struct virtio_command_queue *q, const struct virtio_piece *pieces,
                          unsigned count, const struct virtio_sg *extra, uint32_t in_len,
                          virtio_command_done done, void *cookie);
void virtio_command_kick(struct virtio_command_queue *q);

/*
 * The same, waited for: the answer goes to `in` (in_len bytes), its length to *got (may be NULL).
 * timeout_us 0: VIRTIO_IO_TIMEOUT_US. Context: thread.
 *   what virtio_command_submit returns and done would get, and
 *   -EAGAIN     also: cfg.waiters calls are waiting already
 *   -ETIMEDOUT  not answered in time; the slot stays taken until the answer or a reset comes, and
 *               so does `extra`
 */
int virtio_command_run(struct virtio_command_queue *q, const struct virtio_piece *pieces,
                       unsigned count, const struct virtio_sg *extra, void *in, uint32_t in_len,
                       uint32_t *got, uint64_t timeout_us);

/* Commands submitted and not completed. Context: any. */
uint32_t virtio_command_outstanding(struct virtio_command_queue *q);

#endif
