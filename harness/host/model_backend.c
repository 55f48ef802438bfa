/* SPDX-License-Identifier: Apache-2.0 */
/* See model_backend.h. Everything is handed on to the board. */
#include "model_backend.h"

#include "virtio_model/model_board.h"
#include "virtio_model/model_mem.h"
#include "virtio_model/model_trace.h"

static struct model_board *board_of(struct host_backend *be)
{
    return ((struct model_backend *)be)->board;
}

static uint64_t mmio_read(struct host_backend *be, uint64_t bus_addr, unsigned width)
{
    return model_mmio_read(board_of(be), bus_addr, width);
}

static void mmio_write(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val)
{
    model_mmio_write(board_of(be), bus_addr, width, val);
}

static void barrier(struct host_backend *be, enum host_barrier kind)
{
    static const enum model_barrier kinds[] = {
        [HOST_BARRIER_FULL] = MODEL_BARRIER_FULL,
        [HOST_BARRIER_READ] = MODEL_BARRIER_READ,
        [HOST_BARRIER_WRITE] = MODEL_BARRIER_WRITE,
    };

    model_barrier(board_of(be), kinds[kind]);
}

static void *dma_alloc(struct host_backend *be, size_t size, size_t align, uint64_t *dma)
{
    return model_mem_alloc(board_of(be), size, align, dma);
}

static void dma_free(struct host_backend *be, void *ptr, size_t size, uint64_t dma)
{
    (void)dma;
    model_mem_free(board_of(be), ptr, size);
}

static enum model_dma_dir direction(enum host_dma_dir dir)
{
    return dir == HOST_DMA_TO_DEVICE     ? MODEL_DMA_TO_DEVICE
           : dir == HOST_DMA_FROM_DEVICE ? MODEL_DMA_FROM_DEVICE
                                         : MODEL_DMA_BOTH;
}

static int dma_map(struct host_backend *be, void *buf, size_t len, enum host_dma_dir dir,
                   uint64_t *dma)
{
    return model_mem_map(board_of(be), buf, len, direction(dir), dma);
}

static void dma_unmap(struct host_backend *be, uint64_t dma, void *buf, size_t len,
                      enum host_dma_dir dir)
{
    model_mem_unmap(board_of(be), dma, buf, len, direction(dir));
}

static void dma_sync(struct host_backend *be, uint64_t dma, void *buf, size_t offset, size_t len,
                     enum host_dma_dir dir)
{
    model_mem_sync(board_of(be), dma, buf, offset, len, direction(dir));
}

static void *heap_alloc(struct host_backend *be, size_t size)
{
    return model_heap_alloc(board_of(be), size);
}

static void heap_free(struct host_backend *be, void *ptr)
{
    model_heap_free(board_of(be), ptr);
}

static uint64_t now_us(struct host_backend *be)
{
    return model_now_ns(board_of(be)) / 1000u;
}

static void delay_us(struct host_backend *be, uint64_t us)
{
    model_delay(board_of(be), us * 1000u);
}

static bool idle(struct host_backend *be, uint64_t until_us)
{
    return model_idle(board_of(be), until_us * 1000u);
}

static void irq_mask(struct host_backend *be)
{
    model_irq_mask(board_of(be));
}

static void irq_unmask(struct host_backend *be)
{
    model_irq_unmask(board_of(be));
}

static void log_line(struct host_backend *be, int level, const char *line)
{
    static const char *const levels[] = {"error", "warning", "info"};

    model_trace_note(board_of(be), "driver %s: %s", levels[level < 3 ? level : 2], line);
}

void model_backend_use(struct model_backend *be, struct model_board *board)
{
    be->host = (struct host_backend){
        .name = "model",
        .mmio_read = mmio_read,
        .mmio_write = mmio_write,
        .barrier = barrier,
        .dma_alloc = dma_alloc,
        .dma_free = dma_free,
        .dma_map = dma_map,
        .dma_unmap = dma_unmap,
        .dma_sync = dma_sync,
        .heap_alloc = heap_alloc,
        .heap_free = heap_free,
        .now_us = now_us,
        .delay_us = delay_us,
        .idle = idle,
        .irq_mask = irq_mask,
        .irq_unmask = irq_unmask,
        .log = log_line,
    };
    be->board = board;
    host_current = &be->host;
}
