/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bare-metal port (virtio_port.h beside this file) is told by the board it runs on, and
 * what it offers the board. One core; the board supplies the functions marked [board].
 */
#ifndef VIRTIO_BARE_H
#define VIRTIO_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a device: comes with struct virtio_window.ctx; NULL means coherent. */
struct virtio_bare_bus {
    bool dma_coherent; /* the device sees the CPU's caches; else they are cleaned and invalidated */
};

/* Memory for the port to give out, handed over once before the first probe: `bytes` from `base`,
 * 4096-byte aligned, uncached when any device is not coherent. Private memory and memory shared
 * with devices both come from here. Context: thread. */
void virtio_bare_memory(void *base, size_t bytes);
/* What is given out now, and the most there ever was: bytes, and the number of pieces. */
struct virtio_bare_usage {
    size_t bytes, peak_bytes;
    unsigned private_pieces, dma_pieces; /* virtio_port_alloc; virtio_port_dma_alloc */
    int mapped;                          /* virtio_port_dma_map less unmap */
};
void virtio_bare_usage(struct virtio_bare_usage *usage);

/* [board] Monotonic microseconds (ISR). */
uint64_t virtio_bare_now_us(void);
/* [board] Sleeps until an interrupt was handled or until `until_us` has come. Called with
 * interrupts masked by virtio_bare_irq_save (so that no wake-up is lost between looking and
 * sleeping): lets pending interrupts in, and returns with them masked again. */
void virtio_bare_idle(uint64_t until_us);
/* [board] A line of the driver's log, without newline (ISR). level: enum virtio_log_level. */
void virtio_bare_log(int level, const char *line);

#endif
