/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration space of a block device (virtio v1.2 section 5.2.4). A field is read only when its
 * feature was agreed, and believed only after it was checked.
 */
#include "virtio_blk_priv.h"

enum {
    CFG_CAPACITY = 0,
    CFG_SIZE_MAX = 8,
    CFG_SEG_MAX = 12,
    CFG_CYLINDERS = 16,
    CFG_HEADS = 18,
    CFG_SECTORS = 19,
    CFG_BLK_SIZE = 20,
    CFG_PHYSICAL_BLOCK_EXP = 24,
    CFG_ALIGNMENT_OFFSET = 25,
    CFG_MIN_IO_SIZE = 26,
    CFG_OPT_IO_SIZE = 28,
    CFG_WRITEBACK = 32,
    CFG_NUM_QUEUES = 34,
    CFG_MAX_DISCARD_SECTORS = 36,
    CFG_MAX_DISCARD_SEG = 40,
    CFG_DISCARD_SECTOR_ALIGNMENT = 44,
    CFG_MAX_WRITE_ZEROES_SECTORS = 48,
    CFG_MAX_WRITE_ZEROES_SEG = 52,
    CFG_WRITE_ZEROES_MAY_UNMAP = 56,
    CFG_MAX_SECURE_ERASE_SECTORS = 60,
    CFG_MAX_SECURE_ERASE_SEG = 64,
    CFG_SECURE_ERASE_SECTOR_ALIGNMENT = 68,
};

#define BLOCK_SIZE_MAX         65536u
#define PHYSICAL_BLOCK_EXP_MAX 15u

static void read_erase_limits(struct virtio_device *dev, struct virtio_blk_info *info)
{
    if (virtio_has_feature(dev, VIRTIO_BLK_F_DISCARD)) {
        info->max_discard_sectors = virtio_config_read32(dev, CFG_MAX_DISCARD_SECTORS);
        info->max_discard_seg = virtio_config_read32(dev, CFG_MAX_DISCARD_SEG);
        info->discard_sector_alignment = virtio_config_read32(dev, CFG_DISCARD_SECTOR_ALIGNMENT);
    }
    if (virtio_has_feature(dev, VIRTIO_BLK_F_WRITE_ZEROES)) {
        info->max_write_zeroes_sectors = virtio_config_read32(dev, CFG_MAX_WRITE_ZEROES_SECTORS);
        info->max_write_zeroes_seg = virtio_config_read32(dev, CFG_MAX_WRITE_ZEROES_SEG);
        info->write_zeroes_may_unmap = virtio_config_read8(dev, CFG_WRITE_ZEROES_MAY_UNMAP) != 0;
    }
    if (virtio_has_feature(dev, VIRTIO_BLK_F_SECURE_ERASE)) {
        info->max_secure_erase_sectors = virtio_config_read32(dev, CFG_MAX_SECURE_ERASE_SECTORS);
        info->max_secure_erase_seg = virtio_config_read32(dev, CFG_MAX_SECURE_ERASE_SEG);
        info->secure_erase_sector_alignment =
            virtio_config_read32(dev, CFG_SECURE_ERASE_SECTOR_ALIGNMENT);
    }
}

static void read_fields(struct virtio_device *dev, void *out)
{
    struct virtio_blk_info *info = out;

    info->capacity_sectors = virtio_config_read64(dev, CFG_CAPACITY);
    info->size_max = virtio_has_feature(dev, VIRTIO_BLK_F_SIZE_MAX)
                         ? virtio_config_read32(dev, CFG_SIZE_MAX)
                         : UINT32_MAX;
    info->seg_max = virtio_has_feature(dev, VIRTIO_BLK_F_SEG_MAX)
                        ? virtio_config_read32(dev, CFG_SEG_MAX)
                        : UINT32_MAX;
    if (virtio_has_feature(dev, VIRTIO_BLK_F_GEOMETRY)) {
        info->cylinders = virtio_config_read16(dev, CFG_CYLINDERS);
        info->heads = virtio_config_read8(dev, CFG_HEADS);
        info->sectors_per_track = virtio_config_read8(dev, CFG_SECTORS);
    }
    info->block_size = virtio_has_feature(dev, VIRTIO_BLK_F_BLK_SIZE)
                           ? virtio_config_read32(dev, CFG_BLK_SIZE)
                           : VIRTIO_BLK_SECTOR_SIZE;
    if (virtio_has_feature(dev, VIRTIO_BLK_F_TOPOLOGY)) {
        info->physical_block_exp = virtio_config_read8(dev, CFG_PHYSICAL_BLOCK_EXP);
        info->alignment_offset = virtio_config_read8(dev, CFG_ALIGNMENT_OFFSET);
        info->min_io_size = virtio_config_read16(dev, CFG_MIN_IO_SIZE);
        info->opt_io_size = virtio_config_read32(dev, CFG_OPT_IO_SIZE);
    }
    info->num_queues =
        virtio_has_feature(dev, VIRTIO_BLK_F_MQ) ? virtio_config_read16(dev, CFG_NUM_QUEUES) : 1u;
    read_erase_limits(dev, info);
}

static int refuse(const char *field, uint32_t value, const char *expected)
{
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio-blk: config field %s is %u, expected %s", field,
                    (unsigned)value, expected);
    return -EPROTO;
}

static int validate(const struct virtio_blk_info *info)
{
    uint32_t bs = info->block_size;

    if (bs < VIRTIO_BLK_SECTOR_SIZE || bs > BLOCK_SIZE_MAX || (bs & (bs - 1u)) != 0) {
        return refuse("blk_size", bs, "a power of two from 512 to 65536");
    }
    if (info->size_max == 0) {
        return refuse("size_max", 0, "at least 1");
    }
    if (info->num_queues == 0) {
        return refuse("num_queues", 0, "at least 1");
    }
    if (info->physical_block_exp > PHYSICAL_BLOCK_EXP_MAX) {
        return refuse("physical_block_exp", info->physical_block_exp, "at most 15");
    }
    return 0;
}

int virtio_blk_read_config(struct virtio_blk *blk, struct virtio_blk_info *info)
{
    struct virtio_blk_info scratch;
    int ret = virtio_config_snapshot(&blk->dev, read_fields, info, &scratch, sizeof(*info));

    if (ret == 0) {
        ret = validate(info);
    }
    if (ret != 0) {
        return ret;
    }
    info->read_only = virtio_has_feature(&blk->dev, VIRTIO_BLK_F_RO);
    /* "At least one segment, whatever it says": devices with seg_max 0 exist and work with 1. */
    if (info->seg_max == 0) {
        virtio_port_log(VIRTIO_LOG_WARNING, "virtio-blk: config field seg_max is 0, taken as 1");
        info->seg_max = 1;
    }
    return 0;
}

static void read_capacity(struct virtio_device *dev, void *out)
{
    *(uint64_t *)out = virtio_config_read64(dev, CFG_CAPACITY);
}

int virtio_blk_read_capacity(struct virtio_blk *blk, uint64_t *capacity_sectors)
{
    uint64_t scratch;

    return virtio_config_snapshot(&blk->dev, read_capacity, capacity_sectors, &scratch,
                                  sizeof(scratch));
}

bool virtio_blk_get_writeback(struct virtio_blk *blk)
{
    if (virtio_device_is_live(&blk->dev) &&
        virtio_has_feature(&blk->dev, VIRTIO_BLK_F_CONFIG_WCE)) {
        return virtio_config_read8(&blk->dev, CFG_WRITEBACK) != 0;
    }
    return virtio_has_feature(&blk->dev, VIRTIO_BLK_F_FLUSH);
}

int virtio_blk_set_writeback(struct virtio_blk *blk, bool writeback, uint64_t timeout_us)
{
    int ret = 0;

    if (!virtio_has_feature(&blk->dev, VIRTIO_BLK_F_CONFIG_WCE)) {
        return -ENOTSUP;
    }
    if (!virtio_device_is_live(&blk->dev)) {
        return -EIO;
    }
    virtio_config_write8(&blk->dev, CFG_WRITEBACK, writeback ? 1 : 0);
    if (!writeback) {
        /* The switch does not commit what was written before it (section 5.2.6.2). */
        ret = virtio_blk_flush(blk, timeout_us);
    }
    return ret;
}
