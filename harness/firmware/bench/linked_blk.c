/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest application with a block device: linked without what it does not call, it shows what
 * the driver adds to an image. It is not run. Of the board there is nothing but what the port asks
 * for, and that does nothing.
 */
#include "virtio/virtio_blk.h"
#include "virtio_bare.h"

void _start(void);
bool application_interrupt(void);

/* What a board supplies; volatile, so that nothing of it is known beforehand. */
static volatile uint64_t clock_us;
static volatile uintptr_t window_base;

static struct virtio_blk blk;

uint64_t virtio_bare_now_us(void)
{
    return clock_us;
}

void virtio_bare_idle(uint64_t until_us)
{
    clock_us = until_us;
}

void virtio_bare_log(int level, const char *line)
{
    (void)level;
    (void)line;
}

/* To be connected to the device's line. */
bool application_interrupt(void)
{
    return virtio_blk_interrupt(&blk);
}

static int use(void)
{
    static uint8_t sector[VIRTIO_BLK_SECTOR_SIZE];
    int ret = virtio_blk_read(&blk, 0, sector, 1, 0);

    ret = ret != 0 ? ret : virtio_blk_write(&blk, 1, sector, 1, 0);
    return ret != 0 ? ret : virtio_blk_flush(&blk, 0);
}

void _start(void)
{
    const struct virtio_window window = {.base = window_base, .size = 0x200};
    int ret = virtio_blk_probe(&blk, &window, NULL);

    ret = ret != 0 ? ret : use();
    ret = ret != 0 ? ret : virtio_blk_remove(&blk, 0);
    clock_us = (uint64_t)ret + (application_interrupt() ? 1u : 0u);
}
