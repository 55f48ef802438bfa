/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio-blk exchange register by register; see blk_by_hand.h.
 */
#include "blk_by_hand.h"

#include <string.h>

enum {
    DEVICE_ID = 0x008,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030,
    QUEUE_NUM = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC_LOW = 0x080,
    QUEUE_DRIVER_LOW = 0x090,
    QUEUE_DEVICE_LOW = 0x0a0,
};

#define STATUS_LIVE    0x0fu /* ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK */
#define DESC_NEXT      1u
#define DESC_WRITE     2u
#define SECTOR_BYTES   512u
#define WAIT_US        5000000u
#define STATUS_UNKNOWN 0xff

uint32_t hand_read(const struct hand_blk *blk, unsigned offset)
{
    return (uint32_t)blk->be->mmio_read(blk->be, blk->window + offset, 4);
}

void hand_write(const struct hand_blk *blk, unsigned offset, uint32_t value)
{
    blk->be->mmio_write(blk->be, blk->window + offset, 4, value);
}

static void write_address(const struct hand_blk *blk, unsigned offset, size_t member)
{
    uint64_t dma = blk->dma + member;

    hand_write(blk, offset, (uint32_t)dma);
    hand_write(blk, offset + 4, (uint32_t)(dma >> 32));
}

bool hand_start(struct hand_blk *blk, struct host_backend *be, uint64_t window)
{
    memset(blk, 0, sizeof(*blk));
    blk->be = be;
    blk->window = window;
    if (hand_read(blk, DEVICE_ID) != 2)
        return false;
    blk->mem = be->dma_alloc(be, sizeof(*blk->mem), 4096, &blk->dma);
    if (!blk->mem)
        return false;
    memset(blk->mem, 0, sizeof(*blk->mem));
    hand_write(blk, STATUS, 0);
    hand_write(blk, STATUS, 0x01);
    hand_write(blk, STATUS, 0x03);
    hand_write(blk, DRIVER_FEATURES_SEL, 1);
    hand_write(blk, DRIVER_FEATURES, 1); /* VERSION_1 */
    hand_write(blk, STATUS, 0x0b);
    hand_write(blk, QUEUE_SEL, 0);
    hand_write(blk, QUEUE_NUM, HAND_QUEUE_SIZE);
    write_address(blk, QUEUE_DESC_LOW, offsetof(struct hand_shared, desc));
    write_address(blk, QUEUE_DRIVER_LOW, offsetof(struct hand_shared, avail));
    write_address(blk, QUEUE_DEVICE_LOW, offsetof(struct hand_shared, used));
    hand_write(blk, QUEUE_READY, 1);
    hand_write(blk, STATUS, STATUS_LIVE);
    return hand_read(blk, STATUS) == STATUS_LIVE;
}

void hand_submit(struct hand_blk *blk, uint32_t type, uint64_t sector, uint64_t data_dma)
{
    struct hand_shared *mem = blk->mem;
    unsigned data_flags = type == 0 ? DESC_NEXT | DESC_WRITE : DESC_NEXT;

    mem->header.type = type;
    mem->header.sector = sector;
    mem->status = STATUS_UNKNOWN;
    mem->desc[0] = (struct hand_desc){blk->dma + offsetof(struct hand_shared, header),
                                      sizeof(mem->header), DESC_NEXT, 1};
    mem->desc[1] = (struct hand_desc){data_dma, SECTOR_BYTES, (uint16_t)data_flags, 2};
    mem->desc[2] =
        (struct hand_desc){blk->dma + offsetof(struct hand_shared, status), 1, DESC_WRITE, 0};
    mem->avail.ring[mem->avail.idx % HAND_QUEUE_SIZE] = 0;
    blk->be->barrier(blk->be, HOST_BARRIER_WRITE);
    mem->avail.idx++;
    blk->be->barrier(blk->be, HOST_BARRIER_FULL);
    hand_write(blk, QUEUE_NOTIFY, 0);
}

bool hand_wait(struct hand_blk *blk, uint16_t idx)
{
    uint64_t deadline_us = blk->be->now_us(blk->be) + WAIT_US;
    const volatile uint16_t *used_idx = &blk->mem->used.idx;

    while (*used_idx != idx) {
        if (!blk->be->idle(blk->be, deadline_us) && blk->be->now_us(blk->be) >= deadline_us)
            return false;
    }
    blk->be->barrier(blk->be, HOST_BARRIER_READ);
    return true;
}

bool hand_transfer(struct hand_blk *blk, uint32_t type, uint64_t sector, uint8_t *data)
{
    enum host_dma_dir dir = type == 0 ? HOST_DMA_FROM_DEVICE : HOST_DMA_TO_DEVICE;
    uint16_t idx = (uint16_t)(blk->mem->used.idx + 1);
    uint64_t dma;
    bool done;

    if (blk->be->dma_map(blk->be, data, SECTOR_BYTES, dir, &dma))
        return false;
    hand_submit(blk, type, sector, dma);
    done = hand_wait(blk, idx);
    blk->be->dma_unmap(blk->be, dma, data, SECTOR_BYTES, dir);
    return done && blk->mem->status == 0;
}

void hand_stop(struct hand_blk *blk)
{
    hand_write(blk, STATUS, 0);
    if (blk->mem)
        blk->be->dma_free(blk->be, blk->mem, sizeof(*blk->mem), blk->dma);
    blk->mem = NULL;
}

void hand_irq(void *ctx, unsigned irq)
{
    struct hand_blk *blk = ctx;

    blk->irqs++;
    blk->last_irq = irq;
    if (blk->deaf)
        return;
    blk->last_status = hand_read(blk, INTERRUPT_STATUS);
    hand_write(blk, INTERRUPT_ACK, blk->last_status);
}
