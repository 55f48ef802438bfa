/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands under the host port of the driver (harness/host/virtio_port.h): the model in this
 * process, or a real QEMU device behind the qtest protocol. One back end is current at a time; the
 * host port calls it through this table. Single-threaded. Errors are negative errno values.
 */
#ifndef HARNESS_HOST_BACKEND_H
#define HARNESS_HOST_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum host_dma_dir { HOST_DMA_TO_DEVICE = 1, HOST_DMA_FROM_DEVICE = 2, HOST_DMA_BOTH = 3 };
enum host_barrier { HOST_BARRIER_FULL, HOST_BARRIER_READ, HOST_BARRIER_WRITE };

struct host_backend {
    const char *name; /* "model", "qemu" */

    /* Register access, `width` 1, 2 or 4 bytes, as a little-endian CPU would see it. */
    uint64_t (*mmio_read)(struct host_backend *be, uint64_t bus_addr, unsigned width);
    void (*mmio_write)(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val);
    void (*barrier)(struct host_backend *be, enum host_barrier kind);

    /* Coherent DMA memory; contents undefined. NULL when there is none left. */
    void *(*dma_alloc)(struct host_backend *be, size_t size, size_t align, uint64_t *dma);
    void (*dma_free)(struct host_backend *be, void *ptr, size_t size, uint64_t dma);
    /* Caller's buffers; 0 or -ENOMEM/-EINVAL. */
    int (*dma_map)(struct host_backend *be, void *buf, size_t len, enum host_dma_dir dir,
                   uint64_t *dma);
    void (*dma_unmap)(struct host_backend *be, uint64_t dma, void *buf, size_t len,
                      enum host_dma_dir dir);
    /* Part of a mapping brought up to date in the given direction. */
    void (*dma_sync)(struct host_backend *be, uint64_t dma, void *buf, size_t offset, size_t len,
                     enum host_dma_dir dir);
    /* Private memory, zeroed. */
    void *(*heap_alloc)(struct host_backend *be, size_t size);
    void (*heap_free)(struct host_backend *be, void *ptr);

    uint64_t (*now_us)(struct host_backend *be);
    void (*delay_us)(struct host_backend *be, uint64_t us);
    /* Sleeps until an interrupt handler may have run or until_us has come; false at until_us. */
    bool (*idle)(struct host_backend *be, uint64_t until_us);
    /* CPU interrupt mask, nesting. Pending interrupts are delivered when depth returns to 0. */
    void (*irq_mask)(struct host_backend *be);
    void (*irq_unmask)(struct host_backend *be);
    /* A diagnostic line of the driver. */
    void (*log)(struct host_backend *be, int level, const char *line);
};

/* The back end that the driver runs on now, and the interrupt handler that it calls: irq is the
 * number that the window of the device was described with. */
extern struct host_backend *host_current;
typedef void (*host_irq_handler)(void *ctx, unsigned irq);

#endif
