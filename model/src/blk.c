/* SPDX-License-Identifier: Apache-2.0 */
/* The block device on the board: creation, the image behind it, capacity, statistics. */
#include "blk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool blk_image_read(struct model_blk *blk, uint64_t sector, void *buf, size_t len)
{
    if (blk->fd < 0) {
        memcpy(buf, blk->cfg.ram + sector * SECTOR_BYTES, len);
        return true;
    }
    return pread(blk->fd, buf, len, (off_t)(sector * SECTOR_BYTES)) == (ssize_t)len;
}

bool blk_image_write(struct model_blk *blk, uint64_t sector, const void *buf, size_t len)
{
    if (blk->fd < 0) {
        memcpy(blk->cfg.ram + sector * SECTOR_BYTES, buf, len);
        return true;
    }
    return pwrite(blk->fd, buf, len, (off_t)(sector * SECTOR_BYTES)) == (ssize_t)len;
}

static void blk_reset(struct model_device *dev)
{
    struct model_blk *blk = to_blk(dev);

    blk->capacity = blk->configured_capacity;
    blk->writeback = blk->cfg.writeback != 0;
    blk->refuses_writes = false;
    blk->capacity_read = false;
    blk->most_shown = 0;
    blk_refresh_config(dev);
}

static void blk_taken(struct model_device *dev, struct chain *chain)
{
    struct model_blk *blk = to_blk(dev);
    struct model_board *board = dev->board;

    if (dev->n_inflight > blk->stats.max_in_flight)
        blk->stats.max_in_flight = dev->n_inflight;
    rule_check(board, MODEL_RULE_DRV_BLK_001, chain->q->index == 0 || dev_has(dev, B_MQ), dev->slot,
               "request in queue %u without MQ agreed", chain->q->index);
    if (fault(board, MODEL_FAULT_BLK_CAP_SHRINK)) {
        blk->capacity = fault_variant(board) == 0 ? blk->configured_capacity / 2 : 0;
        model_device_config_changed(dev);
    }
}

static void blk_destroy(struct model_device *dev)
{
    struct model_blk *blk = to_blk(dev);

    if (blk->fd >= 0)
        close(blk->fd);
    blk->fd = -1;
}

/* v1.2 5.2.5.2: the device must offer FLUSH then; agreed without it the cache is write-through. */
static const struct feature_dep blk_deps[] = {{B_CONFIG_WCE, B_FLUSH}};

static const struct device_ops blk_ops = {
    .device_id = 2,
    .known_features = FBIT(B_BARRIER) | FBIT(B_SIZE_MAX) | FBIT(B_SEG_MAX) | FBIT(B_GEOMETRY) |
                      FBIT(B_RO) | FBIT(B_BLK_SIZE) | FBIT(B_SCSI) | FBIT(B_FLUSH) |
                      FBIT(B_TOPOLOGY) | FBIT(B_CONFIG_WCE) | FBIT(B_MQ) | FBIT(B_DISCARD) |
                      FBIT(B_WRITE_ZEROES) | FBIT(B_LIFETIME) | FBIT(B_SECURE_ERASE) |
                      FBIT(B_ZONED),
    .legacy_only = FBIT(B_BARRIER) | FBIT(B_SCSI),
    .modern_only = FBIT(B_ZONED),
    .fields = blk_fields,
    .n_fields = BF_COUNT,
    .config_len = BLK_CONFIG_BYTES,
    .early_read_rule = MODEL_RULE_DRV_BLK_007,
    .deps = blk_deps,
    .n_deps = sizeof(blk_deps) / sizeof(blk_deps[0]),
    .deps_bind_device = true,
    .odd_features = FBIT(B_BARRIER) | FBIT(B_SCSI) | FBIT(B_ZONED) | FBIT(B_RO) | FBIT(B_MQ),
    .bait_features = FBIT(B_BARRIER) | FBIT(B_SCSI) | FBIT(B_ZONED),
    .torn_field = BF_CAPACITY,
    .torn_by = (UINT64_C(1) << 32) + 8,
    .n_hostile = BF_UNUSED0,
    .accepts = blk_accepts,
    .agreed = blk_agreed,
    .reset = blk_reset,
    .config_written = blk_config_written,
    .taken = blk_taken,
    .config_shown = blk_config_shown,
    .config_was_read = blk_config_was_read,
    .features_shown = blk_features_shown,
    .execute = blk_execute,
    .refresh_config = blk_refresh_config,
    .destroy = blk_destroy,
};

/* Opens the file behind the device; fills in fd and, when it was 0, the capacity. */
static int open_image(const struct model_blk_config *cfg, int *fd, uint64_t *sectors)
{
    struct stat st;

    int f = open(cfg->path, (cfg->dev.features & FBIT(B_RO)) ? O_RDONLY : O_RDWR);
    if (f < 0 || fstat(f, &st) < 0) {
        int err = -errno;
        if (f >= 0)
            close(f);
        return err;
    }
    uint64_t have = (uint64_t)st.st_size / SECTOR_BYTES;
    if (*sectors > have) {
        close(f);
        return -EINVAL;
    }
    if (*sectors == 0)
        *sectors = have;
    *fd = f;
    return 0;
}

int model_blk_add(struct model_board *board, unsigned slot, const struct model_blk_config *cfg,
                  struct model_blk **out)
{
    const unsigned n_queues =
        (cfg->dev.features & FBIT(B_MQ)) && cfg->num_queues ? cfg->num_queues : 1;
    uint64_t sectors = cfg->capacity_sectors;
    struct model_device *dev;
    int fd = -1, err;

    if (!cfg->ram && !cfg->path)
        return -EINVAL;
    if (!cfg->ram && (err = open_image(cfg, &fd, &sectors)) != 0)
        return err;
    err = device_add(board, slot, sizeof(struct model_blk), &cfg->dev, &blk_ops, n_queues, &dev);
    if (err) {
        if (fd >= 0)
            close(fd);
        return err;
    }
    struct model_blk *blk = to_blk(dev);
    blk->cfg = *cfg;
    blk->fd = fd;
    blk->image_sectors = blk->configured_capacity = sectors;
    memset(&blk->stats, 0, sizeof(blk->stats));
    blk_reset(dev);
    if (out)
        *out = blk;
    return 0;
}

struct model_device *model_blk_device(struct model_blk *blk)
{
    return &blk->dev;
}

void model_blk_set_capacity(struct model_blk *blk, uint64_t sectors)
{
    blk->configured_capacity = sectors < blk->image_sectors ? sectors : blk->image_sectors;
    blk->capacity = blk->configured_capacity;
    model_device_config_changed(&blk->dev);
}

void model_blk_stats(const struct model_blk *blk, struct model_blk_stats *out)
{
    *out = blk->stats;
}
