/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults in what a read of the configuration space shows, the same for every device type: CFG-TORN,
 * CFG-GEN-NEVER, CFG-HOSTILE. Which fields they strike is in struct device_ops.
 */
#include "device.h"

void config_hold(struct model_device *dev, unsigned field, uint64_t value)
{
    dev->held_field = (int)field;
    dev->held_value = value;
}

void config_faults_reset(struct model_device *dev)
{
    dev->held_field = -1;
    dev->torn = false;
    dev->torn_left = 0;
}

/* CFG-TORN: after this access the field changes, a wide one in both halves, and later back. */
static void tear(struct model_device *dev)
{
    struct model_board *board = dev->board;

    if (dev_modern(dev) && dev->ops->torn_field >= 0 && fault(board, MODEL_FAULT_CFG_TORN) &&
        !dev->torn_left)
        dev->torn_left = fault_variant(board) == 0 ? 2 : 4;
    if (dev->torn_left) {
        dev->torn_left--;
        dev->torn = !dev->torn;
        dev->generation++;
    }
}

/* The replacement for a field under the armed fault; false: none here. */
static bool replacement(struct model_device *dev, unsigned field, uint64_t value, uint64_t *out)
{
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);
    const unsigned half = dev->ops->fields[field].width * 4u; /* bits in half of it */

    switch (board->fault.id) {
    case MODEL_FAULT_CFG_GEN_NEVER:
        *out = v == 0 ? value - 1 : value | UINT64_C(1) << half;
        return (int)field == dev->ops->torn_field && fault(board, MODEL_FAULT_CFG_GEN_NEVER);
    case MODEL_FAULT_CFG_HOSTILE: {
        if (field != v / 4 || field >= dev->ops->n_hostile ||
            !fault(board, MODEL_FAULT_CFG_HOSTILE))
            return false;
        const uint64_t hostile[4] = {0, 1, UINT64_MAX, board_random(board)};
        *out = hostile[v % 4];
        return true;
    }
    default:
        return false;
    }
}

uint64_t config_faulty(struct model_device *dev, unsigned field, bool first, uint64_t value)
{
    uint64_t other;

    if (dev->board->fault.id == MODEL_FAULT_NONE && !dev->torn_left && dev->held_field < 0)
        return value;
    if (dev->torn && (int)field == dev->ops->torn_field)
        value += dev->ops->torn_by;
    tear(dev);
    /* The second half goes with the first: a wide field is replaced as a whole. */
    if (first) {
        dev->held_field = -1;
        if (replacement(dev, field, value, &other))
            config_hold(dev, field, other);
    }
    return dev->held_field == (int)field ? dev->held_value : value;
}
