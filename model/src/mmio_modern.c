/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of version 2 only, v1.2 4.2.2: queue addresses, QueueReady, QueueReset, shared memory
 * regions and ConfigGeneration.
 */
#include "device.h"

#define ALL_HALVES 0x3fu

static uint32_t read_ready(struct model_device *dev, struct vqueue *q)
{
    mmio_queue_selected(dev, "QueueReady");
    if (!q)
        return 0;
    if (!q->enabled && !q->stop_unread && fault(dev->board, MODEL_FAULT_Q_IN_USE))
        return 1;
    if (!q->enabled) {
        q->free_seen = true;
        q->stop_unread = false;
    }
    return q->enabled;
}

static uint32_t read_reset(struct model_device *dev, struct vqueue *q)
{
    mmio_queue_selected(dev, "QueueReset");
    if (!q || !dev_strict(dev))
        return 0;
    if (q->reset_reads) {
        if (q->reset_reads != UINT32_MAX && --q->reset_reads == 0)
            queue_disable(q);
        return 1;
    }
    q->reset_asked = false;
    return 0;
}

uint32_t mmio_modern_read(struct model_device *dev, uint32_t off)
{
    struct vqueue *q = mmio_queue(dev);

    switch (off) {
    case 0x44:
        return read_ready(dev, q);
    case 0xc0:
        return read_reset(dev, q);
    case 0xfc:
        return dev->generation;
    default: /* SHM registers: no device modelled here has a region */
        rule_check(dev->board, MODEL_RULE_DRV_MMIO_034, dev->ops->uses_shm, dev->slot,
                   "read of %s by a driver without use for shared memory", mmio_name(off));
        return UINT32_MAX;
    }
}

static void check_programmed(struct model_device *dev, const struct vqueue *q)
{
    struct model_board *board = dev->board;
    const bool complete = q->num_written && q->halves == ALL_HALVES;

    if (q->was_reset)
        rule_check(board, MODEL_RULE_DRV_CORE_022, complete, dev->slot,
                   "QueueReady <- 1 for queue %u after its reset without a full set-up", q->index);
    if (!q->was_reset || complete) {
        rule_check(board, MODEL_RULE_DRV_MMIO_039, q->num_written, dev->slot,
                   "QueueReady <- 1 for queue %u before a valid QueueNum", q->index);
        rule_check(board, MODEL_RULE_DRV_MMIO_027, q->halves == ALL_HALVES, dev->slot,
                   "QueueReady <- 1 for queue %u, address halves written %#x, expected all six",
                   q->index, q->halves);
    }
    rule_check(board, MODEL_RULE_DRV_CORE_020, !q->reset_asked, dev->slot,
               "QueueReady <- 1 for queue %u before QueueReset was read as 0", q->index);
    rule_check(board, MODEL_RULE_DRV_MMIO_017, !q->stop_unread, dev->slot,
               "QueueReady <- 1 for queue %u before it was read as 0", q->index);
}

static void write_ready(struct model_device *dev, struct vqueue *q, uint32_t val)
{
    struct model_board *board = dev->board;

    mmio_queue_selected(dev, "QueueReady");
    if (!q) {
        rule_check(board, MODEL_RULE_DRV_MMIO_037, val == 0, dev->slot,
                   "QueueReady <- %u for queue %u, which does not exist", val, dev->queue_sel);
        return;
    }
    if (board->fault.id == MODEL_FAULT_Q_READY_STUCK && (val == 0) == (fault_variant(board) == 1) &&
        fault(board, MODEL_FAULT_Q_READY_STUCK))
        return;
    if (val == 0) {
        q->stop_unread = q->enabled;
        queue_keep_for_reset(q);
        queue_disable(q);
        q->num_written = false;
        q->halves = 0;
        q->free_seen = false;
        return;
    }
    rule_check(board, MODEL_RULE_DRV_MMIO_037, !q->absent_seen, dev->slot,
               "QueueReady <- %u for queue %u, which does not exist", val, q->index);
    check_programmed(dev, q);
    if (!q->enabled && q->num_written && q->halves == ALL_HALVES)
        queue_enable(q);
}

static void write_address(struct model_device *dev, struct vqueue *q, uint32_t off, uint32_t val)
{
    /* 0x80, 0x90, 0xa0 and the same + 4. */
    const unsigned area = (off - 0x80) / 0x10, high = off / 4 & 1;

    mmio_queue_selected(dev, mmio_name(off));
    if (!q || q->enabled)
        return;
    uint64_t a = q->area[area];
    a = high ? (a & UINT32_MAX) | (uint64_t)val << 32 : (a & ~(uint64_t)UINT32_MAX) | val;
    q->area[area] = a;
    q->halves |= (uint8_t)(1u << (2 * area + high));
    q->ranges_valid = false;
}

static void write_reset(struct model_device *dev, struct vqueue *q, uint32_t val)
{
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    mmio_queue_selected(dev, "QueueReset");
    if (!rule_check(board, MODEL_RULE_DRV_CORE_055, dev_has(dev, F_RING_RESET), dev->slot,
                    "QueueReset <- %u without RING_RESET agreed", val) ||
        !q || val == 0 || !dev_strict(dev))
        return;
    q->reset_asked = true;
    q->was_reset = true;
    q->num_written = false;
    q->halves = 0;
    q->free_seen = false;
    if (fault(board, MODEL_FAULT_Q_RESET_STUCK)) {
        q->reset_reads = v == 0 ? 3 : v == 1 ? UINT32_MAX : 0;
        return;
    }
    queue_disable(q);
}

void mmio_modern_write(struct model_device *dev, uint32_t off, uint32_t val)
{
    struct model_board *board = dev->board;
    struct vqueue *q = mmio_queue(dev);

    if ((off == 0x38 || (off >= 0x80 && off <= 0xa4)) &&
        !rule_check(board, MODEL_RULE_DRV_MMIO_015, !q || !q->enabled, dev->slot,
                    "%s <- %#x while QueueReady of queue %u is 1", mmio_name(off), val,
                    dev->queue_sel))
        return;
    /* Setting up a queue presumes agreed features. */
    if (off == 0x38 || off == 0x44 || (off >= 0x80 && off <= 0xa4))
        rule_check(board, MODEL_RULE_DRV_CORE_030,
                   val == 0 || (!dev->fok_refused && !dev->fok_unread), dev->slot,
                   "%s <- %#x although FEATURES_OK %s", mmio_name(off), val,
                   dev->fok_refused ? "did not stick" : "was not read back");
    switch (off) {
    case 0x38:
        mmio_queue_num(dev, q, val);
        break;
    case 0x44:
        write_ready(dev, q, val);
        break;
    case 0xac:
        rule_check(board, MODEL_RULE_DRV_MMIO_034, dev->ops->uses_shm, dev->slot,
                   "write of SHMSel by a driver without use for shared memory");
        break;
    case 0xc0:
        write_reset(dev, q, val);
        break;
    default:
        write_address(dev, q, off, val);
        break;
    }
}
