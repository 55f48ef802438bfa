/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults in what a device offers, the same for every device type: FEAT-NO-V1, FEAT-ALL-ONES,
 * FEAT-NONE, FEAT-DEP, FEAT-CHANGES. What they may claim is in struct device_ops.
 */
#include "device.h"

#define TYPE_BITS   UINT64_C(0x00ffffff)         /* 0-23; those from 50 on are not taken back */
#define COMMON_BITS UINT64_C(0x00000fffff000000) /* 24-43 */
#define NOBODYS     FBIT(42)                     /* of these, but defined by nobody */
#define ABOVE_V1    UINT32_C(0x1fe)              /* 33-40, word 1 */
#define V1_HIGH     ((uint32_t)(FBIT(F_VERSION_1) >> 32))

static uint32_t word_of(uint64_t bits, unsigned word)
{
    return (uint32_t)(bits >> (32 * word));
}

static uint32_t all_ones(const struct device_ops *ops, unsigned word, unsigned variant,
                         uint32_t value)
{
    value |= word_of(~(ops->known_features | COMMON_BITS) | NOBODYS, word);
    if (variant == 1)
        value |= word_of(COMMON_BITS | ops->bait_features, word);
    return value;
}

static uint32_t changed(const struct device_ops *ops, unsigned variant, uint32_t value)
{
    const uint64_t rings = FBIT(F_INDIRECT) | FBIT(F_EVENT_IDX);

    return variant == 0 ? value & ~word_of(rings | TYPE_BITS, 0)
                        : value | word_of(ops->known_features & ~ops->odd_features, 0);
}

/* FEAT-DEP has a place only in one word, and in its second form only on a legacy device. */
static bool dependent(struct model_device *dev, unsigned word)
{
    struct model_board *board = dev->board;
    const struct device_ops *ops = dev->ops;

    if (board->fault.id != MODEL_FAULT_FEAT_DEP)
        return false;
    if (fault_variant(board) == 0 ? ops->n_deps == 0 || word != ops->deps[0].bit / 32
                                  : word != 1 || dev_modern(dev))
        return false;
    return fault(board, MODEL_FAULT_FEAT_DEP);
}

/* A bit without the one that it needs. */
static uint32_t orphaned(const struct feature_dep *dep, unsigned word, uint32_t value)
{
    return (value | word_of(FBIT(dep->bit), word)) & ~word_of(FBIT(dep->needs), word);
}

uint32_t features_faulty(struct model_device *dev, unsigned word, uint32_t value)
{
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    if (word == 1 && dev_modern(dev) && fault(board, MODEL_FAULT_FEAT_NO_V1))
        value &= ~V1_HIGH;
    if (fault(board, MODEL_FAULT_FEAT_ALL_ONES))
        value = all_ones(dev->ops, word, v, value);
    if (fault(board, MODEL_FAULT_FEAT_NONE))
        value = word == 1 && dev_modern(dev) ? V1_HIGH : 0;
    if (dependent(dev, word))
        value = v == 0 ? orphaned(&dev->ops->deps[0], word, value) : value | ABOVE_V1;
    if (word == 0 && fault(board, MODEL_FAULT_FEAT_CHANGES))
        value = changed(dev->ops, v, value);
    return value;
}
