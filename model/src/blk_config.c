/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct virtio_blk_config, v1.2 5.2.4: its field table, its contents from the device's state, the
 * cache mode that the driver may write, and the faults that strike where a field is read.
 */
#include <string.h>

#include "blk.h"
#include "bytes.h"

#define FIELD(off, width, count, gate, flags, name)                                                \
    {                                                                                              \
        off, width, count, gate, flags, name                                                       \
    }

const struct config_field blk_fields[BF_COUNT] = {
    [BF_CAPACITY] = FIELD(0, 8, 1, -1, 0, "capacity"),
    [BF_SIZE_MAX] = FIELD(8, 4, 1, B_SIZE_MAX, 0, "size_max"),
    [BF_SEG_MAX] = FIELD(12, 4, 1, B_SEG_MAX, 0, "seg_max"),
    [BF_CYLINDERS] = FIELD(16, 2, 1, B_GEOMETRY, 0, "geometry.cylinders"),
    [BF_HEADS] = FIELD(18, 1, 1, B_GEOMETRY, 0, "geometry.heads"),
    [BF_SECTORS] = FIELD(19, 1, 1, B_GEOMETRY, 0, "geometry.sectors"),
    [BF_BLK_SIZE] = FIELD(20, 4, 1, B_BLK_SIZE, 0, "blk_size"),
    [BF_PHYSICAL_BLOCK_EXP] = FIELD(24, 1, 1, B_TOPOLOGY, 0, "topology.physical_block_exp"),
    [BF_ALIGNMENT_OFFSET] = FIELD(25, 1, 1, B_TOPOLOGY, 0, "topology.alignment_offset"),
    [BF_MIN_IO_SIZE] = FIELD(26, 2, 1, B_TOPOLOGY, 0, "topology.min_io_size"),
    [BF_OPT_IO_SIZE] = FIELD(28, 4, 1, B_TOPOLOGY, 0, "topology.opt_io_size"),
    [BF_WRITEBACK] = FIELD(32, 1, 1, B_CONFIG_WCE, CFG_WRITABLE | CFG_AFTER_FEATURES, "writeback"),
    [BF_NUM_QUEUES] = FIELD(34, 2, 1, B_MQ, 0, "num_queues"),
    [BF_MAX_DISCARD_SECTORS] = FIELD(36, 4, 1, B_DISCARD, 0, "max_discard_sectors"),
    [BF_MAX_DISCARD_SEG] = FIELD(40, 4, 1, B_DISCARD, 0, "max_discard_seg"),
    [BF_DISCARD_SECTOR_ALIGNMENT] = FIELD(44, 4, 1, B_DISCARD, 0, "discard_sector_alignment"),
    [BF_MAX_WRITE_ZEROES_SECTORS] = FIELD(48, 4, 1, B_WRITE_ZEROES, 0, "max_write_zeroes_sectors"),
    [BF_MAX_WRITE_ZEROES_SEG] = FIELD(52, 4, 1, B_WRITE_ZEROES, 0, "max_write_zeroes_seg"),
    [BF_WRITE_ZEROES_MAY_UNMAP] = FIELD(56, 1, 1, B_WRITE_ZEROES, 0, "write_zeroes_may_unmap"),
    [BF_MAX_SECURE_ERASE_SECTORS] = FIELD(60, 4, 1, B_SECURE_ERASE, 0, "max_secure_erase_sectors"),
    [BF_MAX_SECURE_ERASE_SEG] = FIELD(64, 4, 1, B_SECURE_ERASE, 0, "max_secure_erase_seg"),
    [BF_SECURE_ERASE_SECTOR_ALIGNMENT] =
        FIELD(68, 4, 1, B_SECURE_ERASE, 0, "secure_erase_sector_alignment"),
    [BF_UNUSED0] = FIELD(33, 1, 1, -1, 0, "unused0"),
    [BF_UNUSED1] = FIELD(57, 1, 3, -1, 0, "unused1"),
    [BF_ZONED_LIMITS] = FIELD(72, 4, 5, B_ZONED, 0, "zoned limits"),
    [BF_ZONED_MODEL] = FIELD(92, 1, 1, B_ZONED, 0, "zoned.model"),
};

static void put(struct model_blk *blk, enum blk_field field, uint64_t v)
{
    const struct config_field *f = &blk_fields[field];

    for (unsigned i = 0; i < f->width; i++)
        blk->dev.config[f->off + i] = (uint8_t)(v >> (8 * i));
}

/* The device shows a field when it offers the feature, or when a fault claimed that it does; in
 * the latter case with a value that makes sense. */
static bool shows(const struct model_blk *blk, unsigned bit)
{
    const uint64_t last = blk->dev.shown_last[0] | (uint64_t)blk->dev.shown_last[1] << 32;

    return ((blk->dev.offered | last) >> bit & 1) != 0;
}

static uint64_t value_or(const struct model_blk *blk, unsigned bit, uint64_t configured,
                         uint64_t fallback)
{
    return (blk->dev.offered >> bit & 1) != 0 || configured ? configured : fallback;
}

static void refresh_limits(struct model_blk *blk)
{
    const struct model_blk_config *c = &blk->cfg;

    if (shows(blk, B_DISCARD)) {
        put(blk, BF_MAX_DISCARD_SECTORS, value_or(blk, B_DISCARD, c->max_discard_sectors, 1024));
        put(blk, BF_MAX_DISCARD_SEG, value_or(blk, B_DISCARD, c->max_discard_seg, 1));
        put(blk, BF_DISCARD_SECTOR_ALIGNMENT,
            value_or(blk, B_DISCARD, c->discard_sector_alignment, 1));
    }
    if (shows(blk, B_WRITE_ZEROES)) {
        put(blk, BF_MAX_WRITE_ZEROES_SECTORS,
            value_or(blk, B_WRITE_ZEROES, c->max_write_zeroes_sectors, 1024));
        put(blk, BF_MAX_WRITE_ZEROES_SEG,
            value_or(blk, B_WRITE_ZEROES, c->max_write_zeroes_seg, 1));
        put(blk, BF_WRITE_ZEROES_MAY_UNMAP, c->write_zeroes_may_unmap);
    }
    if (shows(blk, B_SECURE_ERASE)) {
        put(blk, BF_MAX_SECURE_ERASE_SECTORS,
            value_or(blk, B_SECURE_ERASE, c->max_secure_erase_sectors, 1024));
        put(blk, BF_MAX_SECURE_ERASE_SEG,
            value_or(blk, B_SECURE_ERASE, c->max_secure_erase_seg, 1));
        put(blk, BF_SECURE_ERASE_SECTOR_ALIGNMENT,
            value_or(blk, B_SECURE_ERASE, c->secure_erase_sector_alignment, 1));
    }
}

void blk_refresh_config(struct model_device *dev)
{
    struct model_blk *blk = to_blk(dev);
    const struct model_blk_config *c = &blk->cfg;

    memset(dev->config, 0, BLK_CONFIG_BYTES);
    put(blk, BF_CAPACITY, blk->capacity);
    if (shows(blk, B_SIZE_MAX))
        put(blk, BF_SIZE_MAX, value_or(blk, B_SIZE_MAX, c->size_max, 65536));
    if (shows(blk, B_SEG_MAX))
        put(blk, BF_SEG_MAX, value_or(blk, B_SEG_MAX, c->seg_max, 4));
    if (shows(blk, B_GEOMETRY)) {
        put(blk, BF_CYLINDERS, c->cylinders);
        put(blk, BF_HEADS, c->heads);
        put(blk, BF_SECTORS, c->sectors);
    }
    if (shows(blk, B_BLK_SIZE))
        put(blk, BF_BLK_SIZE, c->blk_size ? c->blk_size : SECTOR_BYTES);
    if (shows(blk, B_TOPOLOGY)) {
        put(blk, BF_PHYSICAL_BLOCK_EXP, c->physical_block_exp);
        put(blk, BF_ALIGNMENT_OFFSET, c->alignment_offset);
        put(blk, BF_MIN_IO_SIZE, c->min_io_size);
        put(blk, BF_OPT_IO_SIZE, c->opt_io_size);
    }
    if (shows(blk, B_CONFIG_WCE))
        put(blk, BF_WRITEBACK, blk->writeback);
    if (shows(blk, B_MQ))
        put(blk, BF_NUM_QUEUES, c->num_queues ? c->num_queues : 1);
    if (shows(blk, B_ZONED))
        put(blk, BF_ZONED_MODEL, c->zoned_model);
    refresh_limits(blk);
}

void blk_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val)
{
    struct model_blk *blk = to_blk(dev);

    if (off != blk_fields[BF_WRITEBACK].off || width != 1)
        return;
    /* Before the features are final a legacy driver may write it all the same (5.2.5.3). */
    const bool allowed = dev_has(dev, B_CONFIG_WCE) || !dev_modern(dev);
    if (!rule_check(dev->board, MODEL_RULE_DRV_BLK_029, allowed && val <= 1, dev->slot,
                    "writeback <- %llu%s, expected 0 or 1 with CONFIG_WCE agreed",
                    (unsigned long long)val, allowed ? "" : " without CONFIG_WCE"))
        return;
    blk->writeback = val != 0;
    blk_refresh_config(dev);
}

/* ---- what a read shows ---- */

/* The replacement for a field under a fault of this device type; false: none here. */
static bool replacement(struct model_blk *blk, unsigned field, uint64_t *out)
{
    static const uint64_t cap_huge[3] = {UINT64_C(1) << 63, UINT64_MAX, UINT64_C(1) << 55};
    static const uint64_t blk_size[4] = {0, 1, 3, UINT64_C(1) << 31};
    static const uint8_t seg_field[4] = {BF_SEG_MAX, BF_SEG_MAX, BF_SIZE_MAX, BF_SIZE_MAX};
    static const uint64_t queues[3] = {0, 1, 65535};
    static const struct {
        uint8_t field, value;
    } discard[5] = {{BF_MAX_DISCARD_SECTORS, 0},
                    {BF_MAX_DISCARD_SEG, 0},
                    {BF_DISCARD_SECTOR_ALIGNMENT, 0},
                    {BF_DISCARD_SECTOR_ALIGNMENT, 3},
                    {BF_MAX_DISCARD_SECTORS, 1}};
    struct model_board *board = blk->dev.board;
    const unsigned v = fault_variant(board);

    switch (board->fault.id) {
    case MODEL_FAULT_BLK_CAP_0:
        *out = 0;
        return field == BF_CAPACITY && fault(board, MODEL_FAULT_BLK_CAP_0);
    case MODEL_FAULT_BLK_CAP_HUGE:
        *out = cap_huge[v % 3];
        return field == BF_CAPACITY && fault(board, MODEL_FAULT_BLK_CAP_HUGE);
    case MODEL_FAULT_BLK_SIZE_HOSTILE:
        *out = blk_size[v & 3];
        return field == BF_BLK_SIZE && fault(board, MODEL_FAULT_BLK_SIZE_HOSTILE);
    case MODEL_FAULT_BLK_SEG_0:
        *out = v & 1;
        return field == seg_field[v & 3] && fault(board, MODEL_FAULT_BLK_SEG_0);
    case MODEL_FAULT_BLK_QUEUES:
        *out = queues[v % 3];
        return field == BF_NUM_QUEUES && fault(board, MODEL_FAULT_BLK_QUEUES);
    case MODEL_FAULT_BLK_DISCARD_LIMITS:
        *out = discard[v % 5].value;
        return field == discard[v % 5].field && fault(board, MODEL_FAULT_BLK_DISCARD_LIMITS);
    default:
        return false;
    }
}

bool blk_limits_lied(const struct model_blk *blk)
{
    const enum model_fault_id id = blk->dev.board->fault.id;

    return (id == MODEL_FAULT_CFG_HOSTILE || id == MODEL_FAULT_BLK_SEG_0 ||
            id == MODEL_FAULT_BLK_DISCARD_LIMITS) &&
           model_fault_strikes(blk->dev.board) != 0;
}

uint64_t blk_capacity_for(const struct model_blk *blk, const struct chain *chain)
{
    uint64_t shown = blk->capacity_read ? blk->shown_capacity : 0;

    /* Published before the driver knew of a smaller capacity. */
    if ((int16_t)(uint16_t)(chain->avail_at - chain->q->shrink_idx) < 0)
        shown = blk->most_shown;
    return shown > blk->capacity ? shown : blk->capacity;
}

uint64_t blk_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value)
{
    uint64_t other;

    if (!first || !replacement(to_blk(dev), field, &other))
        return value;
    config_hold(dev, field, other);
    return other;
}

void blk_config_was_read(struct model_device *dev, unsigned field, unsigned part, unsigned width,
                         uint64_t value)
{
    struct model_blk *blk = to_blk(dev);
    uint8_t bytes[16];

    if (field == BF_CAPACITY) {
        store_le64(bytes, blk->capacity_read ? blk->shown_capacity : 0);
        for (unsigned i = 0; i < width; i++)
            bytes[part + i] = (uint8_t)(value >> (8 * i));
        if (blk->capacity_read && load_le64(bytes) < blk->shown_capacity)
            for (unsigned i = 0; i < dev->n_queues; i++)
                if (dev->q[i].enabled && !dev->q[i].dead)
                    dev->q[i].shrink_idx = ring_avail_idx(&dev->q[i]);
        blk->shown_capacity = load_le64(bytes);
        if (blk->shown_capacity > blk->most_shown)
            blk->most_shown = blk->shown_capacity;
        blk->capacity_read = true;
    } else if (field == BF_ZONED_LIMITS) {
        rule_check(dev->board, MODEL_RULE_DRV_BLK_013, dev_has(dev, B_ZONED), dev->slot,
                   "zoned limits read without ZONED agreed");
    }
}
