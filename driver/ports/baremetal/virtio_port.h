/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port contract (driver/ports/template) for one core without an operating system.
 *
 * Addresses of the CPU are addresses of the device: no MMU, or one that maps memory 1:1. A lock
 * masks interrupts. Everything that the fast paths call is inline; what is called while a device is
 * set up, or only for devices that do not see the caches, is in virtio_bare_*.c. virtio_bare.h says
 * what the board has to supply.
 */
#ifndef VIRTIO_PORT_H
#define VIRTIO_PORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio_bare.h"
#include "virtio_bare_cpu.h"

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

/* ---- 1. Types ---- */

typedef const struct virtio_bare_bus *virtio_port_ctx_t;
typedef struct {
    char unused; /* the lock is the CPU's own interrupt mask */
} virtio_port_lock_t;
typedef unsigned long virtio_port_irqflags_t;
typedef struct {
    volatile bool signalled;
} virtio_port_event_t;

/* ---- 2. Register access (ISR) ----
 * In program order: the windows are in strongly ordered I/O memory (RISC-V) or Device memory (Arm),
 * which is also what memory is with the MMU off. */
static inline uint8_t virtio_port_read8(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return virtio_bare_read8(addr);
}
static inline uint16_t virtio_port_read16(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return virtio_bare_read16(addr);
}
static inline uint32_t virtio_port_read32(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return virtio_bare_read32(addr);
}
static inline void virtio_port_write8(virtio_port_ctx_t ctx, uintptr_t addr, uint8_t value)
{
    (void)ctx;
    virtio_bare_write8(addr, value);
}
static inline void virtio_port_write32(virtio_port_ctx_t ctx, uintptr_t addr, uint32_t value)
{
    (void)ctx;
    virtio_bare_write32(addr, value);
}

/* ---- 3. Barriers (ISR) ---- */
static inline void virtio_port_mb(void)
{
    virtio_bare_mb();
}
static inline void virtio_port_rmb(void)
{
    virtio_bare_rmb();
}
static inline void virtio_port_wmb(void)
{
    virtio_bare_wmb();
}

/* ---- 4. Memory ---- (virtio_bare_memory.c, virtio_bare_dma.c) */
enum virtio_dma_dir {
    VIRTIO_DMA_TO_DEVICE = 1,
    VIRTIO_DMA_FROM_DEVICE = 2,
};

void *virtio_port_alloc(virtio_port_ctx_t ctx, size_t size);
void virtio_port_free(virtio_port_ctx_t ctx, void *ptr);
void *virtio_port_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align, uint64_t *dma);
void virtio_port_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma);

/* For devices that do not see the caches. */
int virtio_bare_map(void *buf, size_t len, enum virtio_dma_dir dir, uint64_t *dma);
void virtio_bare_unmap(uint64_t dma, void *buf, size_t len, enum virtio_dma_dir dir);
void virtio_bare_sync(uint64_t dma, void *buf, size_t offset, size_t len, enum virtio_dma_dir dir);
/* What virtio_port_dma_alloc() returned with that address. */
void *virtio_bare_memory_at(uint64_t dma);
/* Mappings made and not undone, for virtio_bare_usage(). */
extern int virtio_bare_mapped;

static inline int virtio_port_dma_map(virtio_port_ctx_t ctx, void *buf, size_t len,
                                      enum virtio_dma_dir dir, uint64_t *dma)
{
    if (ctx != NULL && !ctx->dma_coherent) {
        return virtio_bare_map(buf, len, dir, dma);
    }
    *dma = (uint64_t)(uintptr_t)buf;
    virtio_bare_add(&virtio_bare_mapped, 1);
    return 0;
}
static inline void virtio_port_dma_unmap(virtio_port_ctx_t ctx, uint64_t dma, void *buf, size_t len,
                                         enum virtio_dma_dir dir)
{
    if (ctx != NULL && !ctx->dma_coherent) {
        virtio_bare_unmap(dma, buf, len, dir);
        return;
    }
    virtio_bare_add(&virtio_bare_mapped, -1);
}
static inline void virtio_port_dma_sync(virtio_port_ctx_t ctx, uint64_t dma, void *buf,
                                        size_t offset, size_t len, enum virtio_dma_dir dir)
{
    if (ctx != NULL && !ctx->dma_coherent) {
        virtio_bare_sync(dma, buf, offset, len, dir);
    }
}

/* ---- 5. Time ---- */
static inline uint64_t virtio_port_now_us(void)
{
    return virtio_bare_now_us();
}
void virtio_port_delay_us(uint32_t us);

/* ---- 6. Locks (ISR) ---- */
static inline void virtio_port_lock_init(virtio_port_lock_t *lock)
{
    lock->unused = 0;
}
static inline virtio_port_irqflags_t virtio_port_lock(virtio_port_lock_t *lock)
{
    (void)lock;
    return virtio_bare_irq_save();
}
static inline void virtio_port_unlock(virtio_port_lock_t *lock, virtio_port_irqflags_t flags)
{
    (void)lock;
    virtio_bare_irq_restore(flags);
}

/* ---- 7. Sleeping ---- */
static inline int virtio_port_event_init(virtio_port_event_t *event)
{
    event->signalled = false;
    return 0;
}
static inline void virtio_port_event_deinit(virtio_port_event_t *event)
{
    (void)event;
}
static inline void virtio_port_event_signal(virtio_port_event_t *event)
{
    event->signalled = true;
}
void virtio_port_event_wait(virtio_port_event_t *event, uint64_t timeout_us);

/* ---- 8. Log (ISR) ---- */
enum virtio_log_level { VIRTIO_LOG_ERROR, VIRTIO_LOG_WARNING, VIRTIO_LOG_INFO };
#ifdef VIRTIO_BARE_NO_LOG
/* For images that have no room for texts: without virtio_bare_log.c. */
static inline __attribute__((format(printf, 2, 3))) void
virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}
#else
void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
#endif

#endif
