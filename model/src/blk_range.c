/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Discard, write-zeroes and secure erase, v1.2 5.2.6: segments of sector, count and flags in the
 * data of the request. Discarded and erased sectors are filled with a pattern, so that nobody
 * takes the old contents or zeroes for granted (DRV-BLK-032).
 */
#include <string.h>

#include "blk.h"
#include "bytes.h"

#define HEADER_BYTES  16u
#define SEGMENT_BYTES 16u
#define FLAG_UNMAP    1u
#define DISCARD_FILL  0xd5u
#define CHUNK_SECTORS 8u

static const struct range_command {
    uint32_t type;
    uint8_t feature;
    uint8_t max_seg, max_sectors; /* config fields */
    enum model_rule_id seg_rule;
    const char *name;
} range_command[] = {
    {T_DISCARD, B_DISCARD, BF_MAX_DISCARD_SEG, BF_MAX_DISCARD_SECTORS, MODEL_RULE_DRV_BLK_026,
     "discard"},
    {T_WRITE_ZEROES, B_WRITE_ZEROES, BF_MAX_WRITE_ZEROES_SEG, BF_MAX_WRITE_ZEROES_SECTORS,
     MODEL_RULE_DRV_BLK_028, "write-zeroes"},
    {T_SECURE_ERASE, B_SECURE_ERASE, BF_MAX_SECURE_ERASE_SEG, BF_MAX_SECURE_ERASE_SECTORS,
     MODEL_RULE_DRV_BLK_027, "secure erase"},
};

static const struct range_command *command_of(uint32_t type)
{
    const struct range_command *cmd = range_command;

    while (cmd->type != type)
        cmd++;
    return cmd;
}

static void fill_sectors(struct model_blk *blk, uint64_t sector, uint64_t count, uint8_t pattern)
{
    uint8_t buf[CHUNK_SECTORS * SECTOR_BYTES];

    memset(buf, pattern, sizeof(buf));
    while (count) {
        const uint64_t n = count < CHUNK_SECTORS ? count : CHUNK_SECTORS;
        if (!blk_image_write(blk, sector, buf, (size_t)(n * SECTOR_BYTES)))
            return;
        sector += n;
        count -= n;
    }
}

static uint8_t check_segment(struct model_blk *blk, const struct chain *chain,
                             const struct range_command *cmd, uint64_t sector, uint32_t count,
                             uint32_t flags)
{
    struct model_device *dev = &blk->dev;
    const uint64_t shown = blk_capacity_for(blk, chain);

    rule_check(dev->board, MODEL_RULE_DRV_BLK_019, sector <= shown && count <= shown - sector,
               dev->slot, "%s of sectors %llu + %u of %llu", cmd->name, (unsigned long long)sector,
               count, (unsigned long long)shown);
    if (cmd->type == T_DISCARD &&
        !rule_check(dev->board, MODEL_RULE_DRV_BLK_031, (flags & FLAG_UNMAP) == 0, dev->slot,
                    "discard of sector %llu with flags %#x, unmap must be clear",
                    (unsigned long long)sector, flags))
        return S_UNSUPP;
    if ((flags & ~FLAG_UNMAP) != 0)
        return S_UNSUPP;
    if (count > load_le32(&dev->config[blk_fields[cmd->max_sectors].off]))
        return S_IOERR;
    if (sector > blk->capacity || count > blk->capacity - sector)
        return S_IOERR;
    return S_OK;
}

static void count_served(struct model_blk *blk, uint32_t type)
{
    if (type == T_DISCARD)
        blk->stats.discards++;
    else if (type == T_WRITE_ZEROES)
        blk->stats.write_zeroes++;
    else
        blk->stats.secure_erases++;
}

uint8_t blk_serve_ranges(struct model_blk *blk, struct chain *chain, uint32_t type)
{
    const struct range_command *cmd = command_of(type);
    struct model_device *dev = &blk->dev;
    const uint64_t len = chain->readable_bytes - HEADER_BYTES;
    const uint32_t max_seg = load_le32(&dev->config[blk_fields[cmd->max_seg].off]);
    uint8_t seg[SEGMENT_BYTES];

    if (!dev_has(dev, cmd->feature))
        return S_UNSUPP;
    if (!rule_check(dev->board, MODEL_RULE_DRV_BLK_024, len != 0 && len % SEGMENT_BYTES == 0,
                    dev->slot, "%s with %llu data bytes, expected a multiple of 16", cmd->name,
                    (unsigned long long)len))
        return S_IOERR;
    if (len / SEGMENT_BYTES > max_seg && blk_limits_lied(blk))
        return S_IOERR; /* told otherwise, the driver is not to blame */
    if (!rule_check(dev->board, cmd->seg_rule, len / SEGMENT_BYTES <= max_seg, dev->slot,
                    "%s of %llu segments, the maximum is %u", cmd->name,
                    (unsigned long long)(len / SEGMENT_BYTES), max_seg))
        return S_IOERR;
    if ((dev->offered & FBIT(B_RO)) != 0 || blk->refuses_writes)
        return S_IOERR;
    /* First all checks, then all effects: a refused request changes nothing. */
    for (unsigned pass = 0; pass < 2; pass++)
        for (uint64_t at = 0; at < len; at += SEGMENT_BYTES) {
            if (chain_read(chain, HEADER_BYTES + at, seg, SEGMENT_BYTES) != SEGMENT_BYTES)
                return S_IOERR;
            const uint64_t sector = load_le64(seg);
            const uint32_t count = load_le32(seg + 8);
            if (pass == 0) {
                const uint8_t status =
                    check_segment(blk, chain, cmd, sector, count, load_le32(seg + 12));
                if (status != S_OK)
                    return status;
            } else {
                fill_sectors(blk, sector, count, type == T_WRITE_ZEROES ? 0 : DISCARD_FILL);
            }
        }
    count_served(blk, type);
    return S_OK;
}
