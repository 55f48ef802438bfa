/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Split virtqueue descriptors (virtio v1.2 section 2.7.5), and a way to write a chain of known
 * shape straight into its indirect table, for the fast paths of device drivers. Everybody else uses
 * virtqueue_add(), which takes chains of any shape.
 */
#ifndef VIRTQUEUE_TABLE_H
#define VIRTQUEUE_TABLE_H

#include "virtio/virtqueue.h"
#include "virtio_endian.h"

struct virtq_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};
#define VIRTQ_DESC_F_NEXT     1u
#define VIRTQ_DESC_F_WRITE    2u
#define VIRTQ_DESC_F_INDIRECT 4u

static inline void virtq_desc_write(const struct virtqueue *vq, volatile struct virtq_desc *desc,
                                    uint64_t dma, uint32_t len, unsigned flags, uint16_t next)
{
    desc->addr = virtio_swap64(dma, vq->big_endian);
    desc->len = virtio_swap32(len, vq->big_endian);
    desc->flags = virtio_swap16((uint16_t)flags, vq->big_endian);
    desc->next = virtio_swap16(next, vq->big_endian);
}

/* The indirect table of the next chain, vq->indirect_max entries: each head has one of its own, so
 * that a table is free when its head is. Wanted: vq->indirect_max and vq->num_free are not 0.
 * [locked] */
static inline struct virtq_desc *virtqueue_table(const struct virtqueue *vq)
{
    return &vq->indirect[(size_t)vq->free_head * vq->indirect_max];
}

/* Puts the chain of `count` entries that stands in virtqueue_table() on the queue, as
 * virtqueue_add() does. in_len: its writable bytes. The queue is ready. [locked] */
void virtqueue_add_table(struct virtqueue *vq, unsigned count, uint32_t in_len, void *cookie);

#endif
