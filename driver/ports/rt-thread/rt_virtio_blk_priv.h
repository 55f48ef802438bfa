/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the block glue share: an instance, and one request of it. */
#ifndef RT_VIRTIO_BLK_PRIV_H
#define RT_VIRTIO_BLK_PRIV_H

#include "rt_virtio_priv.h"

#include "virtio/virtio_blk.h"

#ifndef RT_VIRTIO_BLK_TIMEOUT_MS
#define RT_VIRTIO_BLK_TIMEOUT_MS 10000u /* a busy host may take seconds for a flush */
#endif
#define RT_VIRTIO_BLK_TIMEOUT_US (RT_VIRTIO_BLK_TIMEOUT_MS * UINT64_C(1000))

/* One request as the glue makes it. */
struct disk_io {
    enum virtio_blk_op op;
    uint64_t sector;
    uint64_t sectors;
    void *buffer;
};

/* A waiting call beyond those that the driver has room for. Made when first needed and kept: a
 * request that timed out uses it until its late completion. */
struct disk_extra {
    struct disk_extra *next;
    struct virtio_sync sync;
    struct virtio_blk_req req;
    struct virtio_blk_seg seg;
    struct virtio_blk *blk;
};

struct rt_virtio_disk {
    struct rt_device parent; /* first: RT-Thread hands it to us */
    struct virtio_blk blk;
    unsigned block_shift; /* log2 of the sectors in a logical block */
    struct rt_mutex recovery;
    uint64_t next_reset_us;    /* under `recovery` */
    struct disk_extra *extras; /* only ever grows at its head, under `lock` */
    virtio_port_lock_t lock;
};

/* Makes a request and waits for it: 0 or what virtio_blk_read() and its like return. Whatever it
 * returns, the device does not own the buffer any more, unless it does not even confirm a reset.
 * At most UINT32_MAX bytes. Context: thread. */
int rt_virtio_disk_request(struct rt_virtio_disk *disk, const struct disk_io *io);

/* Goes on with a request whose first attempt at the driver ended with `error`, not 0; returns as
 * above. */
int rt_virtio_disk_rescue(struct rt_virtio_disk *disk, const struct disk_io *io, int error);

/* True when `error` says nothing about that one request, but that the device was lost. */
bool rt_virtio_disk_is_lost(const struct rt_virtio_disk *disk, int error);

#endif
