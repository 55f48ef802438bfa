/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature bits of the block device, v1.2 5.2.3 and 5.2.5: the faults in what is offered, the rules
 * about what is accepted, and the cache mode that follows.
 */
#include "blk.h"

#define UNDEFINED_LOW  (UINT32_C(1) << 3 | UINT32_C(1) << 8 | UINT32_C(0x00fc0000)) /* 18-23 */
#define UNDEFINED_HIGH (UINT32_C(1) << 10 | UINT32_C(0xfffff000))                   /* 42, 44-63 */
#define COMMON_LOW     UINT32_C(0xff000000)                                         /* 24-31 */
#define COMMON_HIGH    UINT32_C(0x00000fff)                                         /* 32-43 */
#define ODD_BLK        ((uint32_t)(FBIT(B_BARRIER) | FBIT(B_SCSI) | FBIT(B_ZONED)))
#define BLK_BITS       UINT32_C(0x00ffffff)
#define V1_HIGH        UINT32_C(1)

static uint32_t all_ones(unsigned word, unsigned variant, uint32_t value)
{
    value |= word == 0 ? UNDEFINED_LOW : UNDEFINED_HIGH;
    if (variant == 1)
        value |= word == 0 ? COMMON_LOW | ODD_BLK : COMMON_HIGH;
    return value;
}

static uint32_t changed(const struct model_device *dev, unsigned variant, uint32_t value)
{
    const uint32_t rings = (uint32_t)(FBIT(F_INDIRECT) | FBIT(F_EVENT_IDX));
    const uint32_t claimed = (uint32_t)dev->ops->known_features & ~ODD_BLK & ~(uint32_t)FBIT(B_RO) &
                             ~(uint32_t)FBIT(B_MQ);

    return variant == 0 ? value & ~(rings | BLK_BITS) : value | claimed;
}

/* FEAT-DEP has a place only in one word, and in its second form only on a legacy device. */
static bool dependent(struct model_device *dev, unsigned word)
{
    struct model_board *board = dev->board;

    if (board->fault.id != MODEL_FAULT_FEAT_DEP)
        return false;
    if (fault_variant(board) == 0 ? word != 0 : word != 1 || dev_modern(dev))
        return false;
    return fault(board, MODEL_FAULT_FEAT_DEP);
}

uint32_t blk_features_shown(struct model_device *dev, unsigned word, uint32_t value)
{
    struct model_board *board = dev->board;
    const uint32_t before = value;
    const unsigned v = fault_variant(board);

    if (board->fault.id == MODEL_FAULT_NONE)
        return value;
    if (word == 1 && dev_modern(dev) && fault(board, MODEL_FAULT_FEAT_NO_V1))
        value &= ~V1_HIGH;
    if (fault(board, MODEL_FAULT_FEAT_ALL_ONES))
        value = all_ones(word, v, value);
    if (fault(board, MODEL_FAULT_FEAT_NONE))
        value = word == 1 && dev_modern(dev) ? V1_HIGH : 0;
    if (dependent(dev, word))
        value = v == 0 ? (value | (uint32_t)FBIT(B_CONFIG_WCE)) & ~(uint32_t)FBIT(B_FLUSH)
                       : value | UINT32_C(0x1fe);
    if (word == 0 && fault(board, MODEL_FAULT_FEAT_CHANGES))
        value = changed(dev, v, value);
    if (word == 0 && fault(board, MODEL_FAULT_BLK_RO)) {
        value |= (uint32_t)FBIT(B_RO);
        to_blk(dev)->refuses_writes = true;
    }
    if (value != before) {
        dev->shown_last[word] = value;
        blk_refresh_config(dev);
    }
    return value;
}

static bool host_managed(const struct model_blk *blk)
{
    return (blk->dev.offered & FBIT(B_ZONED)) != 0 && blk->cfg.zoned_model == 1;
}

/* v1.2 5.2.5.2: a host-managed device refuses a driver that does not know zones. Zone requests
 * themselves are not modelled, so that ZONED cannot be accepted either. */
bool blk_accepts(struct model_device *dev, uint64_t features)
{
    const bool managed = host_managed(to_blk(dev));

    rule_check(dev->board, MODEL_RULE_DRV_BLK_011, !managed, dev->slot,
               "FEATURES_OK for a host-managed zoned device, expected FAILED");
    rule_check(dev->board, MODEL_RULE_DRV_BLK_008, (features & FBIT(B_ZONED)) == 0, dev->slot,
               "ZONED accepted");
    rule_check(dev->board, MODEL_RULE_DRV_BLK_009, !managed || (features & FBIT(B_DISCARD)) == 0,
               dev->slot, "DISCARD accepted on a host-managed zoned device");
    return !managed && (features & FBIT(B_ZONED)) == 0;
}

void blk_agreed(struct model_device *dev)
{
    struct model_blk *blk = to_blk(dev);
    struct model_board *board = dev->board;
    const uint64_t f = dev->agreed;

    if (dev->offered & dev->shown & FBIT(B_RO))
        rule_check(board, MODEL_RULE_DRV_BLK_020, (f & FBIT(B_RO)) != 0, dev->slot,
                   "RO offered and not accepted");
    /* v1.2 5.2.5.1: the cache mode is the field's, else write-back exactly with FLUSH. */
    if (f & FBIT(B_CONFIG_WCE)) {
        if ((f & FBIT(B_FLUSH)) == 0)
            blk->writeback = false;
    } else {
        blk->writeback = (f & FBIT(B_FLUSH)) != 0;
    }
    blk_refresh_config(dev);
}
