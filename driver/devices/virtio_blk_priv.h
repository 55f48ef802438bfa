/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the block driver share: the request on the wire (virtio v1.2 section 5.2.6)
 * and the request slots of a queue. */
#ifndef VIRTIO_BLK_PRIV_H
#define VIRTIO_BLK_PRIV_H

#include "virtio/virtio_blk.h"
#include "../core/virtio_cold.h"
#include "../core/virtio_endian.h"
#include "../core/virtqueue_table.h"

/* Request types and status values. */
enum {
    BLK_T_IN = 0,
    BLK_T_OUT = 1,
    BLK_T_FLUSH = 4,
    BLK_T_GET_ID = 8,
    BLK_T_GET_LIFETIME = 10,
    BLK_T_DISCARD = 11,
    BLK_T_WRITE_ZEROES = 13,
    BLK_T_SECURE_ERASE = 14,
};
enum { BLK_S_OK = 0, BLK_S_IOERR = 1, BLK_S_UNSUPP = 2, BLK_S_UNWRITTEN = 0xff };

struct blk_wire_header {
    uint32_t type;
    uint32_t reserved;
    uint64_t sector;
};
struct blk_wire_range {
    uint64_t sector;
    uint32_t num_sectors;
    uint32_t flags;
};
#define BLK_RANGES_MAX             4u
#define VIRTIO_BLK_CHAIN_BYTES_MAX 0x100000u /* 1 MiB: bounds the time under the lock */

/* One slot of memory shared with the device; what follows the header is for requests whose data
 * is ours and not the caller's. */
struct blk_wire {
    struct blk_wire_header header;
    union {
        struct blk_wire_range ranges[BLK_RANGES_MAX];
        uint8_t id[VIRTIO_BLK_ID_LEN];
        uint16_t lifetime[3];
    } data;
    uint8_t status;
    uint8_t pad[15];
};

struct blk_map {
    void *ptr;
    uint64_t dma;
    uint32_t len;
};

/* Private state of one chain on the ring, found by the chain's head. */
struct virtio_blk_slot {
    struct virtio_blk_req *req;
    struct blk_wire *wire;
    uint64_t wire_dma;
    uint32_t in_bytes; /* data bytes that the device must have written for success */
    uint16_t num_maps;
    struct blk_map maps[];
};

/* virtio_blk_config.c: reads and validates the config space into *info. -EPROTO, -EIO. */
int virtio_blk_read_config(struct virtio_blk *blk, struct virtio_blk_info *info);
/* Re-reads the capacity alone. */
int virtio_blk_read_capacity(struct virtio_blk *blk, uint64_t *capacity_sectors);

/* virtio_blk_queue.c: memory and life of a request queue. */
int virtio_blk_queue_alloc(struct virtio_blk *blk, struct virtio_blk_queue *q);
void virtio_blk_queue_free(struct virtio_blk_queue *q);
/* Used buffers are there (the virtqueue's callback). */
void virtio_blk_queue_used(struct virtqueue *vq);
/* Completes everything with `error`; the device owns nothing of the queue any more. */
void virtio_blk_queue_fail(struct virtio_blk_queue *q, int error);

/* Finished requests, whose callbacks run once the lock is released. Empty: all NULL. */
struct virtio_blk_done {
    struct virtio_blk_req *head, *tail;
};
/* A checked request goes onto the ring at once, or waits behind those before it. [locked] */
void virtio_blk_enqueue(struct virtio_blk_queue *q, struct virtio_blk_req *req,
                        struct virtio_blk_done *done);
/* Takes a request out of those that wait; to be called back. [locked] */
void virtio_blk_unlink(struct virtio_blk_queue *q, struct virtio_blk_req *req);
void virtio_blk_finish(struct virtio_blk_queue *q, struct virtio_blk_req *req,
                       struct virtio_blk_done *done);
/* Nothing more of a request is asked for: it fails, once nothing of it is in flight. [locked] */
void virtio_blk_give_up(struct virtio_blk_queue *q, struct virtio_blk_req *req, int error,
                        struct virtio_blk_done *done);
/* Without locks. */
void virtio_blk_run_callbacks(const struct virtio_blk_done *done);

/* virtio_blk_chain.c: builds the next chain of a request and puts it on the ring [locked].
 * 0; -EAGAIN no room now; another error: the request cannot go on. */
int virtio_blk_issue(struct virtio_blk_queue *q, struct virtio_blk_req *req);
/* What a completed chain means, in all cases but the usual one; fetches what is not the caller's
 * own memory. [locked] */
int virtio_blk_result(const struct virtio_blk_queue *q, const struct virtio_blk_slot *slot,
                      uint8_t status, uint32_t len);
/* Effective sectors of one discard-like range, and ranges in a chain; 0: not usable. */
uint32_t virtio_blk_range_sectors(const struct virtio_blk_info *info, enum virtio_blk_op op);

/* The one field of the description that moves while queues are in use. */
static inline uint64_t virtio_blk_capacity(struct virtio_blk *blk)
{
#if UINTPTR_MAX >= UINT64_MAX
    return *(volatile uint64_t *)&blk->info.capacity_sectors; /* one load */
#else
    virtio_port_irqflags_t flags = virtio_port_lock(&blk->dev.lock);
    uint64_t sectors = blk->info.capacity_sectors;

    virtio_port_unlock(&blk->dev.lock, flags);
    return sectors;
#endif
}

static inline struct virtio_blk_slot *virtio_blk_slot_at(const struct virtio_blk_queue *q,
                                                         uint16_t index)
{
    return (struct virtio_blk_slot *)(void *)((unsigned char *)q->slots + index * q->slot_bytes);
}

static inline enum virtio_dma_dir virtio_blk_dir(const struct virtio_blk_req *req)
{
    return req->op == VIRTIO_BLK_READ ? VIRTIO_DMA_FROM_DEVICE : VIRTIO_DMA_TO_DEVICE;
}

static inline void virtio_blk_unmap(const struct virtio_blk_queue *q, struct virtio_blk_slot *slot)
{
    while (slot->num_maps > 0) {
        struct blk_map *map = &slot->maps[--slot->num_maps];

        virtio_port_dma_unmap(q->vq.dev->window.ctx, map->dma, map->ptr, map->len,
                              virtio_blk_dir(slot->req));
    }
}

/* The slot of the next chain, with its header written; nothing is taken yet. Wanted: vq.num_free is
 * not 0. [locked] */
static inline struct virtio_blk_slot *virtio_blk_slot_begin(const struct virtio_blk_queue *q,
                                                            struct virtio_blk_req *req,
                                                            uint32_t type, uint64_t sector)
{
    struct virtio_blk_slot *slot = virtio_blk_slot_at(q, q->vq.free_head);
    struct blk_wire *wire = slot->wire;

    slot->req = req;
    slot->in_bytes = 0;
    slot->num_maps = 0;
    wire->header.type = virtio_swap32(type, q->vq.big_endian);
    wire->header.reserved = 0;
    wire->header.sector = virtio_swap64(sector, q->vq.big_endian);
    /* A device that completes without writing a status is found out. */
    wire->status = BLK_S_UNWRITTEN;
    return slot;
}

#endif
