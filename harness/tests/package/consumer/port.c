/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that a user of the installed driver writes: the functions that the template port leaves
 * open, and a probe. The register window is an array, which is enough for an empty slot and for
 * what is not a virtio device (virtio v1.2 section 4.2.2).
 */
#include <stdio.h>
#include <stdlib.h>

#include "virtio/virtio_blk.h"

static unsigned log_lines;

void *virtio_port_alloc(virtio_port_ctx_t ctx, size_t size)
{
    (void)ctx;
    return calloc(1, size);
}

void virtio_port_free(virtio_port_ctx_t ctx, void *ptr)
{
    (void)ctx;
    free(ptr);
}

void *virtio_port_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align, uint64_t *dma)
{
    void *ptr = aligned_alloc(align, (size + align - 1) & ~(align - 1));

    (void)ctx;
    *dma = (uint64_t)(uintptr_t)ptr;
    return ptr;
}

void virtio_port_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma)
{
    (void)ctx;
    (void)size;
    (void)dma;
    free(ptr);
}

static uint64_t clock_us;

uint64_t virtio_port_now_us(void)
{
    return clock_us;
}

void virtio_port_delay_us(uint32_t us)
{
    clock_us += us;
}

void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
    log_lines++;
}

static int expect(const char *what, int got, int wanted)
{
    if (got == wanted)
        return 0;
    printf("%s: got %d, wanted %d\n", what, got, wanted);
    return 1;
}

int main(void)
{
    static _Alignas(4) uint32_t window[0x200 / 4] = {0x74726976, 2, 0};
    static struct virtio_blk blk;
    const struct virtio_window slot = {.base = (uintptr_t)window, .size = sizeof(window)};
    int bad = 0;

    bad += expect("empty slot", virtio_blk_probe(&blk, &slot, NULL), -ENXIO);
    bad += expect("lines logged for an empty slot", (int)log_lines, 0);
    window[2] = VIRTIO_ID_NET;
    bad += expect("network device", virtio_blk_probe(&blk, &slot, NULL), -ENODEV);
    window[1] = 3;
    bad += expect("version 3", virtio_blk_probe(&blk, &slot, NULL), -ENOTSUP);
    /* Memory that answers every status write, and resets, but offers no VERSION_1. */
    window[1] = 2;
    window[2] = VIRTIO_ID_BLOCK;
    bad += expect("device without VERSION_1", virtio_blk_probe(&blk, &slot, NULL), -ENOTSUP);
    bad += expect("Status afterwards", (int)window[0x70 / 4], 0);
    return bad != 0;
}
