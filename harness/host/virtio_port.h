/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port of the driver to the host: every call goes to the current back end (host_backend.h), which
 * is the model in this process or a real QEMU device. See driver/ports/template/virtio_port.h for
 * the contract.
 *
 * There is one thread. A lock masks the back end's interrupts, and taking a lock twice is a dead
 * lock that host_deadlock() reports; releasing the last one is where interrupts come in.
 */
#ifndef VIRTIO_PORT_H
#define VIRTIO_PORT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "host_backend.h"

typedef void *virtio_port_ctx_t;
typedef struct {
    bool held;
} virtio_port_lock_t;
typedef unsigned virtio_port_irqflags_t;
typedef struct {
    volatile bool signalled;
} virtio_port_event_t;

/* A lock was taken by its owner. Does not return. */
_Noreturn void host_deadlock(const void *lock);

static inline uint8_t virtio_port_read8(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return (uint8_t)host_current->mmio_read(host_current, addr, 1);
}
static inline uint16_t virtio_port_read16(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return (uint16_t)host_current->mmio_read(host_current, addr, 2);
}
static inline uint32_t virtio_port_read32(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return (uint32_t)host_current->mmio_read(host_current, addr, 4);
}
static inline void virtio_port_write8(virtio_port_ctx_t ctx, uintptr_t addr, uint8_t value)
{
    (void)ctx;
    host_current->mmio_write(host_current, addr, 1, value);
}
static inline void virtio_port_write32(virtio_port_ctx_t ctx, uintptr_t addr, uint32_t value)
{
    (void)ctx;
    host_current->mmio_write(host_current, addr, 4, value);
}

static inline void virtio_port_mb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    host_current->barrier(host_current, HOST_BARRIER_FULL);
}
static inline void virtio_port_rmb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    host_current->barrier(host_current, HOST_BARRIER_READ);
}
static inline void virtio_port_wmb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    host_current->barrier(host_current, HOST_BARRIER_WRITE);
}

static inline void *virtio_port_alloc(virtio_port_ctx_t ctx, size_t size)
{
    (void)ctx;
    return host_current->heap_alloc(host_current, size);
}
static inline void virtio_port_free(virtio_port_ctx_t ctx, void *ptr)
{
    (void)ctx;
    host_current->heap_free(host_current, ptr);
}
static inline void *virtio_port_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align,
                                          uint64_t *dma)
{
    (void)ctx;
    return host_current->dma_alloc(host_current, size, align, dma);
}
static inline void virtio_port_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma)
{
    (void)ctx;
    host_current->dma_free(host_current, ptr, size, dma);
}

enum virtio_dma_dir {
    VIRTIO_DMA_TO_DEVICE = HOST_DMA_TO_DEVICE,
    VIRTIO_DMA_FROM_DEVICE = HOST_DMA_FROM_DEVICE,
};
static inline int virtio_port_dma_map(virtio_port_ctx_t ctx, void *buf, size_t len,
                                      enum virtio_dma_dir dir, uint64_t *dma)
{
    (void)ctx;
    return host_current->dma_map(host_current, buf, len, (enum host_dma_dir)dir, dma);
}
static inline void virtio_port_dma_unmap(virtio_port_ctx_t ctx, uint64_t dma, void *buf, size_t len,
                                         enum virtio_dma_dir dir)
{
    (void)ctx;
    host_current->dma_unmap(host_current, dma, buf, len, (enum host_dma_dir)dir);
}

static inline void virtio_port_dma_sync(virtio_port_ctx_t ctx, uint64_t dma, void *buf,
                                        size_t offset, size_t len, enum virtio_dma_dir dir)
{
    (void)ctx;
    host_current->dma_sync(host_current, dma, buf, offset, len, (enum host_dma_dir)dir);
}

static inline uint64_t virtio_port_now_us(void)
{
    return host_current->now_us(host_current);
}
static inline void virtio_port_delay_us(uint32_t us)
{
    host_current->delay_us(host_current, us);
}

static inline void virtio_port_lock_init(virtio_port_lock_t *lock)
{
    lock->held = false;
}
static inline virtio_port_irqflags_t virtio_port_lock(virtio_port_lock_t *lock)
{
    host_current->irq_mask(host_current);
    if (lock->held) {
        host_deadlock(lock);
    }
    lock->held = true;
    return 0;
}
static inline void virtio_port_unlock(virtio_port_lock_t *lock, virtio_port_irqflags_t flags)
{
    (void)flags;
    lock->held = false;
    host_current->irq_unmask(host_current);
}

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
static inline void virtio_port_event_wait(virtio_port_event_t *event, uint64_t timeout_us)
{
    uint64_t until = virtio_port_now_us() + timeout_us;

    while (!event->signalled && host_current->idle(host_current, until)) {
    }
    event->signalled = false;
}

enum virtio_log_level { VIRTIO_LOG_ERROR, VIRTIO_LOG_WARNING, VIRTIO_LOG_INFO };
void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
