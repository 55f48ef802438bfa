/* SPDX-License-Identifier: Apache-2.0 */
/* The block device model inside: its state, and what its files give one another. */
#ifndef MODEL_BLK_INTERNAL_H
#define MODEL_BLK_INTERNAL_H

#include "device.h"
#include "virtio_model/model_blk.h"

#define SECTOR_BYTES 512u
#define BLK_ID_BYTES 20u

/* Feature bits, v1.2 5.2.3. */
#define B_BARRIER      0u
#define B_SIZE_MAX     1u
#define B_SEG_MAX      2u
#define B_GEOMETRY     4u
#define B_RO           5u
#define B_BLK_SIZE     6u
#define B_SCSI         7u
#define B_FLUSH        9u
#define B_TOPOLOGY     10u
#define B_CONFIG_WCE   11u
#define B_MQ           12u
#define B_DISCARD      13u
#define B_WRITE_ZEROES 14u
#define B_LIFETIME     15u
#define B_SECURE_ERASE 16u
#define B_ZONED        17u

/* Indices into blk_fields; the first 22 are those of the fault CFG-HOSTILE. */
enum blk_field {
    BF_CAPACITY,
    BF_SIZE_MAX,
    BF_SEG_MAX,
    BF_CYLINDERS,
    BF_HEADS,
    BF_SECTORS,
    BF_BLK_SIZE,
    BF_PHYSICAL_BLOCK_EXP,
    BF_ALIGNMENT_OFFSET,
    BF_MIN_IO_SIZE,
    BF_OPT_IO_SIZE,
    BF_WRITEBACK,
    BF_NUM_QUEUES,
    BF_MAX_DISCARD_SECTORS,
    BF_MAX_DISCARD_SEG,
    BF_DISCARD_SECTOR_ALIGNMENT,
    BF_MAX_WRITE_ZEROES_SECTORS,
    BF_MAX_WRITE_ZEROES_SEG,
    BF_WRITE_ZEROES_MAY_UNMAP,
    BF_MAX_SECURE_ERASE_SECTORS,
    BF_MAX_SECURE_ERASE_SEG,
    BF_SECURE_ERASE_SECTOR_ALIGNMENT,
    BF_UNUSED0,
    BF_UNUSED1,
    BF_ZONED_LIMITS,
    BF_ZONED_MODEL,
    BF_COUNT,
};
#define BLK_CONFIG_BYTES 96u

struct model_blk {
    struct model_device dev; /* first */
    struct model_blk_config cfg;
    int fd; /* -1: image in cfg.ram */
    uint64_t image_sectors;
    uint64_t configured_capacity, capacity;
    uint64_t shown_capacity; /* as the driver read it last */
    uint64_t most_shown;     /* the largest that it read since the reset */
    bool capacity_read;
    bool writeback;
    bool refuses_writes; /* BLK-RO */
    struct model_blk_stats stats;
};

static inline struct model_blk *to_blk(struct model_device *dev)
{
    return (struct model_blk *)dev;
}

/* ---- blk_config.c ---- */
extern const struct config_field blk_fields[BF_COUNT];
void blk_refresh_config(struct model_device *dev);
uint64_t blk_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value);
void blk_config_was_read(struct model_device *dev, unsigned field, unsigned part, unsigned width,
                         uint64_t value);
void blk_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val);

/* A fault showed the driver limits that are not the device's own. */
bool blk_limits_lied(const struct model_blk *blk);

/* The capacity that this chain may count on: what the driver was shown when it published it. */
uint64_t blk_capacity_for(const struct model_blk *blk, const struct chain *chain);

/* ---- blk_features.c ---- */
uint32_t blk_features_shown(struct model_device *dev, unsigned word, uint32_t value);
bool blk_accepts(struct model_device *dev, uint64_t features);
void blk_agreed(struct model_device *dev);

/* ---- blk_exec.c ---- */
uint32_t blk_execute(struct model_device *dev, struct chain *chain);

/* ---- blk_range.c: discard, write-zeroes, secure erase ---- */
/* Carries the request out unless it must be refused; returns the status byte. */
uint8_t blk_serve_ranges(struct model_blk *blk, struct chain *chain, uint32_t type);

/* ---- blk.c ---- */
bool blk_image_read(struct model_blk *blk, uint64_t sector, void *buf, size_t len);
bool blk_image_write(struct model_blk *blk, uint64_t sector, const void *buf, size_t len);

/* Request types and status bytes, v1.2 5.2.6. */
#define T_IN           0u
#define T_OUT          1u
#define T_FLUSH        4u
#define T_FLUSH_OUT    5u
#define T_GET_ID       8u
#define T_GET_LIFETIME 10u
#define T_DISCARD      11u
#define T_WRITE_ZEROES 13u
#define T_SECURE_ERASE 14u
#define T_BARRIER      0x80000000u
#define S_OK           0u
#define S_IOERR        1u
#define S_UNSUPP       2u

#endif
