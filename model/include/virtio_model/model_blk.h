/* SPDX-License-Identifier: Apache-2.0 */
/* Block device model (virtio v1.2 section 5.2) on a RAM image or a file. */
#ifndef VIRTIO_MODEL_BLK_H
#define VIRTIO_MODEL_BLK_H

#include <stddef.h>
#include <stdint.h>

#include "virtio_model/model_device.h"

struct model_blk;

struct model_blk_config {
    struct model_device_config dev;
    /* The image. `ram` is the caller's memory of capacity_sectors * 512 bytes and stays the
     * caller's; with ram NULL and path non-NULL the file is opened (read-only when RO is offered)
     * and capacity_sectors, if 0, is its size / 512. */
    uint8_t *ram;
    const char *path;
    uint64_t capacity_sectors;
    /* Fields shown in config space when their feature bit is offered. */
    uint32_t size_max, seg_max, blk_size;
    uint8_t physical_block_exp, alignment_offset;
    uint16_t min_io_size;
    uint32_t opt_io_size;
    uint8_t writeback;   /* initial cache mode, 1 write-back */
    uint16_t num_queues; /* 0 means 1 */
    uint32_t max_discard_sectors, max_discard_seg, discard_sector_alignment;
    uint32_t max_write_zeroes_sectors, max_write_zeroes_seg;
    uint8_t write_zeroes_may_unmap;
    uint32_t max_secure_erase_sectors, max_secure_erase_seg, secure_erase_sector_alignment;
    uint16_t cylinders;
    uint8_t heads, sectors;
    char id[20]; /* GET_ID string, NUL padded, need not be terminated */
    uint16_t pre_eol_info, lifetime_a, lifetime_b;
    uint8_t zoned_model; /* shown when ZONED (bit 17) is offered: 0 none, 1 managed, 2 aware */
};

/* Adds a device in a slot of the board, which owns it. Returns 0; -EINVAL (slot taken or out of
 * range, version not 1 or 2, queue_num_max 0x8001 or more, no image, capacity over the image),
 * -ENOMEM, or the errno of opening the file. */
int model_blk_add(struct model_board *board, unsigned slot, const struct model_blk_config *cfg,
                  struct model_blk **out);
struct model_device *model_blk_device(struct model_blk *blk);

/* The device side changes the capacity (at most the image) and announces it. */
void model_blk_set_capacity(struct model_blk *blk, uint64_t sectors);

struct model_blk_stats {
    uint64_t reads, writes, flushes, discards, write_zeroes, secure_erases, get_ids, lifetimes;
    uint64_t errors;        /* completed with a status other than OK */
    unsigned max_in_flight; /* most requests consumed and not yet completed at one time */
    uint64_t unflushed;     /* writes since the last flush while the cache is write-back */
};
void model_blk_stats(const struct model_blk *blk, struct model_blk_stats *out);

#endif
