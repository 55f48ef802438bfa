/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-blk driver (virtio v1.2 section 5.2), legacy and modern.
 *
 * Asynchronous first: fill in a struct virtio_blk_req, submit it, and its callback runs once when
 * the device no longer owns any of its memory. The synchronous calls wait for that with a deadline.
 * Payload is never copied: buffers are mapped for the device in place.
 *
 * Sectors are 512 bytes, always; a position or a length that is not a multiple of the device's
 * logical block (virtio_blk_info.block_size) is refused. Requests that are larger than the device
 * takes (size_max, seg_max, the ring, discard limits) are split and complete as one.
 *
 * Memory: struct virtio_blk is the caller's, zeroed before its first use, and must stay in place
 * until virtio_blk_remove() returned 0. Context: as in virtio/virtio.h.
 */
#ifndef VIRTIO_BLK_H
#define VIRTIO_BLK_H

#include "virtio/virtqueue.h"

#define VIRTIO_BLK_SECTOR_SIZE 512u
#define VIRTIO_BLK_ID_LEN      20u /* without the terminator that we add */

/* Request queues that a build can use, and synchronous calls that may wait at the same time. */
#ifndef VIRTIO_BLK_QUEUES_MAX
#define VIRTIO_BLK_QUEUES_MAX 4u
#endif
#ifndef VIRTIO_BLK_SYNC_MAX
#define VIRTIO_BLK_SYNC_MAX 8u
#endif
/* Data descriptors of one chain, at most: bounds the driver's stack use. */
#define VIRTIO_BLK_SEGS_MAX 32u

struct virtio_blk;
struct virtio_blk_req;
struct virtio_blk_slot;

enum virtio_blk_op {
    VIRTIO_BLK_READ,
    VIRTIO_BLK_WRITE,
    VIRTIO_BLK_FLUSH,        /* FLUSH agreed */
    VIRTIO_BLK_DISCARD,      /* DISCARD agreed */
    VIRTIO_BLK_WRITE_ZEROES, /* WRITE_ZEROES agreed */
    VIRTIO_BLK_SECURE_ERASE, /* SECURE_ERASE agreed */
    VIRTIO_BLK_GET_ID,
    VIRTIO_BLK_GET_LIFETIME, /* LIFETIME agreed */
};

struct virtio_blk_seg {
    void *ptr;
    uint32_t len; /* bytes, a multiple of 512 and not 0 */
};

#define VIRTIO_BLK_REQ_UNMAP 1u /* WRITE_ZEROES: the device may deallocate */
#define VIRTIO_BLK_QUEUE_ANY 0xffu

/*
 * One request. The struct, the segment array and the buffers are the caller's and must stay in
 * place, untouched, until the callback runs.
 */
struct virtio_blk_req {
    enum virtio_blk_op op;
    uint8_t flags; /* VIRTIO_BLK_REQ_* */
    uint8_t queue; /* request queue (modulo their number), or VIRTIO_BLK_QUEUE_ANY */
    uint64_t sector;
    uint64_t
        num_sectors; /* DISCARD, WRITE_ZEROES, SECURE_ERASE; READ and WRITE: from the segments */
    const struct virtio_blk_seg *segs; /* READ, WRITE: the data; GET_ID: one of 20 bytes and more;
                                          GET_LIFETIME: one struct virtio_blk_lifetime */
    unsigned num_segs;
    /*
     * Called exactly once, with 0; -EIO (device error, unwritten status, protocol error, reset by
     * the device); -ENOTSUP (device says unsupported); -ENOMEM (a buffer could not be mapped);
     * -ERANGE (the disk shrank while the request waited for its turn);
     * -ECANCELED (reset, removed or cancelled). After an error nothing may be assumed about any
     * part of the data. May submit again; may not wait, reset or remove. Any context.
     */
    void (*done)(struct virtio_blk_req *req, int result);
    void *cookie; /* the caller's */

    /* Private to the driver. */
    struct virtio_blk_req *next;
    uint64_t pos_sector; /* next sector to ask for */
    uint64_t left_sectors;
    unsigned seg; /* next segment, and the offset in it */
    uint32_t seg_offset;
    unsigned in_flight; /* chains on the ring */
    int result;
    bool issued;      /* all chains have been put on the ring, or none more will be */
    bool busy;        /* between submit and done */
    uint8_t on_queue; /* the queue it went to */
};

/* One virtqueue and the requests on it, under the virtqueue's lock. */
struct virtio_blk_queue {
    struct virtqueue vq; /* first: the core's callback gets it */
    struct virtio_blk *blk;
    struct virtio_blk_slot *slots; /* one a descriptor: a chain has that of its head */
    uint16_t num_slots;
    unsigned num_reqs;  /* accepted and not completed */
    uint16_t segs_max;  /* data descriptors per chain */
    uint16_t maps_max;  /* caller's segments per chain */
    uint32_t piece_max; /* bytes of a segment that takes one descriptor */
    size_t slot_bytes;
    void *dma; /* request headers, status bytes */
    uint64_t dma_addr;
    size_t dma_bytes;
    struct virtio_blk_req *pending_head, *pending_tail; /* not wholly on the ring */
};

struct virtio_blk_sync {
    struct virtio_sync sync;
    struct virtio_blk_req req;
    struct virtio_blk_seg seg;
    struct virtio_blk *blk;
    uint64_t data[4]; /* GET_ID, GET_LIFETIME */
};

/* As the device describes itself; consistent, validated, capacity kept up to date. */
struct virtio_blk_info {
    uint64_t capacity_sectors;  /* of 512 bytes */
    uint32_t block_size;        /* logical block in bytes, power of two from 512 to 65536 */
    uint32_t size_max;          /* largest descriptor in bytes, UINT32_MAX: no limit */
    uint32_t seg_max;           /* most data descriptors in a chain */
    uint8_t physical_block_exp; /* 2^n logical blocks per physical one */
    uint8_t alignment_offset;   /* in logical blocks */
    uint16_t min_io_size;       /* in logical blocks, 0: not said */
    uint32_t opt_io_size;       /* in logical blocks, 0: not said */
    uint16_t num_queues;        /* in use */
    bool read_only;
    uint16_t cylinders;
    uint8_t heads, sectors_per_track;
    uint32_t max_discard_sectors, max_discard_seg, discard_sector_alignment;
    uint32_t max_write_zeroes_sectors, max_write_zeroes_seg;
    bool write_zeroes_may_unmap;
    uint32_t max_secure_erase_sectors, max_secure_erase_seg, secure_erase_sector_alignment;
};

struct virtio_blk_params {
    uint16_t queue_size;       /* entries wanted per queue, power of two; 0: 32 */
    uint16_t max_queues;       /* 0: as many as the device and VIRTIO_BLK_QUEUES_MAX allow */
    uint16_t segs_per_req;     /* data descriptors per chain, 0: 8, at most VIRTIO_BLK_SEGS_MAX */
    uint64_t features_off;     /* feature bits not to use although offered */
    uint64_t reset_timeout_us; /* 0: VIRTIO_RESET_TIMEOUT_US */
    /* The capacity changed, any context; may be NULL. */
    void (*capacity_changed)(struct virtio_blk *blk, uint64_t capacity_sectors);
    void *cookie;
};

struct virtio_blk {
    struct virtio_device dev; /* first: the core's callbacks get it */
    struct virtio_blk_params params;
    struct virtio_blk_info info;
    struct virtio_blk_queue queues[VIRTIO_BLK_QUEUES_MAX];
    uint16_t num_queues;
    uint16_t next_queue;
    struct virtio_blk_sync syncs[VIRTIO_BLK_SYNC_MAX];
};

struct virtio_blk_lifetime {
    uint16_t pre_eol_info; /* 0 undefined, 1 normal, 2 warning, 3 urgent */
    uint16_t est_typ_a;    /* 0 undefined, 1..10 tenths used up, 11 exceeded */
    uint16_t est_typ_b;
};

/*
 * Brings up a block device. params may be NULL. On failure the device was given up (FAILED, reset)
 * and everything is released, but for one case: when the reset is not confirmed, the memory stays
 * with the device and virtio_blk_remove() must be called until it returns 0. Context: thread.
 *   what virtio_device_probe, _negotiate, _ready and virtio_queue_setup return, and
 *   -ENODEV  not a block device
 *   -EPROTO  a config field contradicts the specification; the log names it
 *   -EINVAL  a parameter
 */
int virtio_blk_probe(struct virtio_blk *blk, const struct virtio_window *window,
                     const struct virtio_blk_params *params);

/*
 * Stops the device, completes what is outstanding with -ECANCELED, releases everything. No other
 * call may be in progress. Context: thread.
 *   -EBUSY      from a completion callback
 *   -ETIMEDOUT  the reset is not confirmed: nothing was freed, call again later
 */
int virtio_blk_remove(struct virtio_blk *blk, uint64_t timeout_us);

/*
 * Resets the device and brings it back; the way out of a broken device. What is outstanding
 * completes with -ECANCELED (-EIO when the device broke) before the device is started again.
 * Context: thread.
 *   what virtio_blk_probe returns; -EBUSY from a completion callback. After an error the device is
 *   not live; reset and remove may be tried again
 */
int virtio_blk_reset(struct virtio_blk *blk, uint64_t timeout_us);

/*
 * Takes one request queue out of use and brings it back (RING_RESET): its requests complete with
 * -ECANCELED, other queues go on. Context: thread.
 *   -EINVAL   no such queue
 *   -ENOTSUP  not agreed, or not implemented by the device: the queue goes on untouched
 *   -EIO, -EBUSY, -ETIMEDOUT, -ERANGE  the queue could not be reset or restarted: the device is
 *             broken
 */
int virtio_blk_reset_queue(struct virtio_blk *blk, unsigned queue, uint64_t timeout_us);

/*
 * Hands a request to the driver. 0: the callback will run once (it may have run already). Context:
 * any.
 *   -EINVAL   nothing to transfer, a segment of 0 bytes or no multiple of 512, not aligned to the
 *             logical block, or a request that is still in use
 *   -ERANGE   beyond the capacity
 *   -EROFS    a change to a read-only device
 *   -ENOTSUP  the feature for this operation was not agreed
 *   -EMSGSIZE a logical block in more segments than a chain of this device can have
 *   -EIO      the device is not live (reset it)
 * There is no -EAGAIN: what does not fit on the ring now waits in order, in the caller's structs.
 */
int virtio_blk_submit(struct virtio_blk *blk, struct virtio_blk_req *req);

/*
 * The same for several requests of one queue (that of the first), with one notification at most.
 * Returns how many were accepted, from the first on; *error says why the next one was not, or 0.
 */
unsigned virtio_blk_submit_batch(struct virtio_blk *blk, struct virtio_blk_req *const *reqs,
                                 unsigned count, int *error);

/*
 * Takes back a request of which the device has not seen anything yet; it completes with -ECANCELED
 * before this returns. Context: any.
 *   -EBUSY   the device has part of it: it completes by itself, or by a reset
 *   -EINVAL  not submitted
 */
int virtio_blk_cancel(struct virtio_blk *blk, struct virtio_blk_req *req);

/*
 * The synchronous calls. timeout_us 0: VIRTIO_IO_TIMEOUT_US. Context: thread. They return what
 * virtio_blk_submit returns and what the callback would get, and
 *   -EAGAIN     VIRTIO_BLK_SYNC_MAX calls are waiting already
 *   -ETIMEDOUT  not completed in time. The buffer of a read or write is still the device's: it
 *               must not be used or freed before virtio_blk_outstanding() is 0 or
 *               virtio_blk_reset() or _remove() returned 0
 */
int virtio_blk_read(struct virtio_blk *blk, uint64_t sector, void *buf, uint32_t num_sectors,
                    uint64_t timeout_us);
int virtio_blk_write(struct virtio_blk *blk, uint64_t sector, const void *buf, uint32_t num_sectors,
                     uint64_t timeout_us);
/* 0 at once when FLUSH was not agreed: the cache is then write-through (section 5.2.5.2). */
int virtio_blk_flush(struct virtio_blk *blk, uint64_t timeout_us);
/* op: DISCARD, WRITE_ZEROES or SECURE_ERASE. */
int virtio_blk_erase(struct virtio_blk *blk, enum virtio_blk_op op, uint64_t sector,
                     uint64_t num_sectors, uint8_t flags, uint64_t timeout_us);
/* id: VIRTIO_BLK_ID_LEN + 1 bytes, terminated here whatever the device sent. */
int virtio_blk_get_id(struct virtio_blk *blk, char *id, uint64_t timeout_us);
int virtio_blk_get_lifetime(struct virtio_blk *blk, struct virtio_blk_lifetime *lifetime,
                            uint64_t timeout_us);

/* Cache mode (CONFIG_WCE): true write-back. Going to write-through flushes first. -ENOTSUP when
 * CONFIG_WCE was not agreed, else what virtio_blk_flush returns. Context: thread. */
int virtio_blk_set_writeback(struct virtio_blk *blk, bool writeback, uint64_t timeout_us);
/* The cache mode in force, also without CONFIG_WCE (then FLUSH tells). Context: any. */
bool virtio_blk_get_writeback(struct virtio_blk *blk);

/* A copy of what is known about the device. Context: any. */
void virtio_blk_get_info(struct virtio_blk *blk, struct virtio_blk_info *info);
/* Requests accepted and not completed. Context: any. */
unsigned virtio_blk_outstanding(struct virtio_blk *blk);

/* For the platform's interrupt handler and for polling. */
static inline bool virtio_blk_interrupt(struct virtio_blk *blk)
{
    return virtio_interrupt(&blk->dev);
}
static inline bool virtio_blk_poll(struct virtio_blk *blk)
{
    return virtio_poll(&blk->dev);
}

#endif
