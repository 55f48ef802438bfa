/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of version 1 only, v1.2 4.2.4: page size, alignment and the page number of a queue. */
#include "device.h"

static bool power_of_two(uint32_t v)
{
    return v != 0 && (v & (v - 1)) == 0;
}

static uint32_t read_pfn(struct model_device *dev, struct vqueue *q)
{
    mmio_queue_selected(dev, "QueuePFN");
    if (!q)
        return 0;
    if (q->pfn == 0 && fault(dev->board, MODEL_FAULT_Q_IN_USE))
        return 1;
    if (q->pfn == 0)
        q->free_seen = true;
    return q->pfn;
}

uint32_t mmio_legacy_read(struct model_device *dev, uint32_t off)
{
    struct vqueue *q = mmio_queue(dev);

    if (off == 0x40)
        return read_pfn(dev, q);
    rule_check(dev->board, MODEL_RULE_DRV_LMMIO_005, !q || q->pfn == 0, dev->slot,
               "QueueNumMax read for queue %u, whose QueuePFN is %#x", dev->queue_sel,
               q ? q->pfn : 0);
    return mmio_queue_num_max(dev, q);
}

/* The three parts in one block: table, available ring, and the used ring at the next boundary. */
static void lay_out(const struct model_device *dev, struct vqueue *q)
{
    const uint64_t base = (uint64_t)q->pfn * dev->page_size;
    const uint64_t avail = base + DESC_SIZE * (uint64_t)q->num;
    const uint64_t used = avail + 6 + 2 * (uint64_t)q->num;

    q->area[0] = base;
    q->area[1] = avail;
    q->area[2] = (used + q->align - 1) & ~(uint64_t)(q->align - 1);
}

/* The whole footprint lies in one block, and not in one that a truncated number hit by chance. */
static void check_footprint(struct model_device *dev, const struct vqueue *q)
{
    struct model_board *board = dev->board;
    const uint64_t len = q->area[2] - q->area[0] + 6 + 8 * (uint64_t)q->num;
    enum mem_why why;
    const bool ok = mem_device_ptr(&board->mem, q->area[0], len, MODEL_DMA_BOTH, &why) != NULL;

    rule_check(board, MODEL_RULE_DRV_LMMIO_011, ok || board->mem.n_moved == 0, dev->slot,
               "queue %u QueuePFN %#x: page number of an address that needs more than 32 bits",
               q->index, q->pfn);
    if (board->mem.n_moved)
        return;
    rule_check(board, MODEL_RULE_DRV_LMMIO_009, ok || mem_is_ram(&board->mem, q->area[0]),
               dev->slot, "queue %u QueuePFN %#x * %u is not in guest memory", q->index, q->pfn,
               dev->page_size);
    rule_check(board, MODEL_RULE_DRV_LEG_008, ok, dev->slot,
               "queue %u: %#llx+%llu is not in one block mapped for the device", q->index,
               (unsigned long long)q->area[0], (unsigned long long)len);
}

static void write_pfn(struct model_device *dev, struct vqueue *q, uint32_t val)
{
    struct model_board *board = dev->board;

    mmio_queue_selected(dev, "QueuePFN");
    if (val == 0) {
        if (q) {
            queue_keep_for_reset(q);
            queue_disable(q);
            q->pfn = 0;
            q->free_seen = false;
        }
        return;
    }
    if (!rule_check(board, MODEL_RULE_DRV_LMMIO_005, q && !q->absent_seen, dev->slot,
                    "QueuePFN <- %#x for queue %u, which does not exist", val, dev->queue_sel))
        return;
    bool ok = rule_check(board, MODEL_RULE_DRV_LMMIO_002, dev->page_size != 0, dev->slot,
                         "QueuePFN <- %#x before GuestPageSize", val);
    ok &= rule_check(board, MODEL_RULE_DRV_LMMIO_009, q->num_written, dev->slot,
                     "QueuePFN <- %#x for queue %u before a valid QueueNum", val, q->index);
    ok &= rule_check(board, MODEL_RULE_DRV_LMMIO_007, q->align_written, dev->slot,
                     "QueuePFN <- %#x for queue %u before a valid QueueAlign", val, q->index);
    if (!ok || q->enabled)
        return;
    q->pfn = val;
    lay_out(dev, q);
    check_footprint(dev, q);
    queue_enable(q);
}

void mmio_legacy_write(struct model_device *dev, uint32_t off, uint32_t val)
{
    struct model_board *board = dev->board;
    struct vqueue *q = mmio_queue(dev);

    switch (off) {
    case 0x28:
        if (rule_check(board, MODEL_RULE_DRV_LMMIO_002, power_of_two(val), dev->slot,
                       "GuestPageSize <- %u, expected a power of two", val))
            dev->page_size = val;
        break;
    case 0x38:
        rule_check(board, MODEL_RULE_DRV_LMMIO_002, dev->page_size != 0, dev->slot,
                   "QueueNum <- %u before GuestPageSize", val);
        mmio_queue_num(dev, q, val);
        break;
    case 0x3c:
        mmio_queue_selected(dev, "QueueAlign");
        if (rule_check(board, MODEL_RULE_DRV_LMMIO_007, power_of_two(val), dev->slot,
                       "QueueAlign <- %u, expected a power of two", val) &&
            q && !q->enabled) {
            q->align = val;
            q->align_written = true;
        }
        break;
    case 0x40:
        write_pfn(dev, q, val);
        break;
    default:
        break;
    }
}
