/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature bits of the block device, v1.2 5.2.3 and 5.2.5: what BLK-RO offers, the rules about
 * what is accepted, and the cache mode that follows.
 */
#include "blk.h"

uint32_t blk_features_shown(struct model_device *dev, unsigned word, uint32_t value)
{
    if (word == 0 && fault(dev->board, MODEL_FAULT_BLK_RO)) {
        value |= (uint32_t)FBIT(B_RO);
        to_blk(dev)->refuses_writes = true;
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
