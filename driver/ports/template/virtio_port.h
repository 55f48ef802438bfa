/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port contract: all that the virtio driver asks of a platform. Copy this file to a folder of
 * your own, fill in the bodies, and put that folder on the include path: nothing in driver/core or
 * driver/devices changes. A platform is one such header; static inline functions cost nothing.
 * driver/core/port_check.h refuses at compile time what does not have these types.
 *
 * The bodies below are those of a single-core machine with coherent DMA, physical addresses equal
 * to pointers, no interrupts and a free-running microsecond counter that you supply. They are a
 * complete port for polled devices, and a place to start from.
 *
 * Context: functions marked ISR are called from interrupt handlers too and must not block.
 */
#ifndef VIRTIO_PORT_H
#define VIRTIO_PORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Errors. Include your platform's <errno.h> here if it has one; virtio/virtio_errno.h fills in the
 * rest. The driver uses memcpy, memset, memcmp and strlen, from <string.h> or declared here. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

/* ---- 1. Types ---- */

/* Per-device context: whatever your functions need to know about the device (a bus handle, a
 * struct device). Comes from struct virtio_window and is passed back as it is. */
typedef void *virtio_port_ctx_t;
/* A lock that excludes interrupt handlers and other cores, and what it saves. Never taken twice by
 * one owner; the driver nests at most two, a queue's first and then its device's. Held for short,
 * bounded times. */
typedef struct {
    int unused;
} virtio_port_lock_t;
typedef unsigned long virtio_port_irqflags_t;
/* What a thread sleeps on: a binary semaphore, a completion, an event flag. */
typedef struct {
    volatile bool signalled;
} virtio_port_event_t;

/* ---- 2. Register access (ISR) ----
 * Exactly one load or store of that width, in program order with respect to each other, with the
 * CPU's own byte order: the driver converts (registers are little-endian, section 4.2.2). */
static inline uint8_t virtio_port_read8(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return *(const volatile uint8_t *)addr;
}
static inline uint16_t virtio_port_read16(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return *(const volatile uint16_t *)addr;
}
static inline uint32_t virtio_port_read32(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return *(const volatile uint32_t *)addr;
}
static inline void virtio_port_write8(virtio_port_ctx_t ctx, uintptr_t addr, uint8_t value)
{
    (void)ctx;
    *(volatile uint8_t *)addr = value;
}
static inline void virtio_port_write32(virtio_port_ctx_t ctx, uintptr_t addr, uint32_t value)
{
    (void)ctx;
    *(volatile uint32_t *)addr = value;
}

/* ---- 3. Barriers (ISR) ----
 * Between memory shared with the device and itself, and between memory and registers, as strong as
 * a real device needs (ORDER_PLATFORM is accepted on the strength of it): "dsb" on Arm, "fence
 * iorw, iorw" on RISC-V. They must not be empty just because there is one core. */
static inline void virtio_port_mb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
static inline void virtio_port_rmb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
static inline void virtio_port_wmb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* ---- 4. Memory ----
 * virtio_port_alloc: private memory of the driver, zeroed, NULL when there is none. Called while a
 * device is set up, never on I/O paths. Thread context. */
void *virtio_port_alloc(virtio_port_ctx_t ctx, size_t size);
void virtio_port_free(virtio_port_ctx_t ctx, void *ptr);

/* Memory shared with the device for a long time: rings and request headers. Physically contiguous
 * and coherent (uncached if the machine has no coherent DMA), aligned to `align` (a power of two
 * up to 4096). *dma is the address that the device uses. Thread context. */
void *virtio_port_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align, uint64_t *dma);
void virtio_port_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma);

/* A caller's buffer for one transfer: clean or invalidate caches, copy to a bounce buffer, program
 * an IOMMU, whatever it takes until the device can use `len` bytes at *dma. Returns 0 or a
 * negative errno value. unmap undoes it, and only then may the CPU look at what came in. (ISR) */
enum virtio_dma_dir {
    VIRTIO_DMA_TO_DEVICE = 1,
    VIRTIO_DMA_FROM_DEVICE = 2,
};
static inline int virtio_port_dma_map(virtio_port_ctx_t ctx, void *buf, size_t len,
                                      enum virtio_dma_dir dir, uint64_t *dma)
{
    (void)ctx;
    (void)len;
    (void)dir;
    *dma = (uint64_t)(uintptr_t)buf;
    return 0;
}
static inline void virtio_port_dma_unmap(virtio_port_ctx_t ctx, uint64_t dma, void *buf, size_t len,
                                         enum virtio_dma_dir dir)
{
    (void)ctx;
    (void)dma;
    (void)buf;
    (void)len;
    (void)dir;
}

/* A mapping that lasts over many transfers (a frame buffer): makes what the CPU wrote to `len`
 * bytes from `offset` of it visible to the device (TO_DEVICE), or what the device wrote to the CPU
 * (FROM_DEVICE). dma and buf are those of the mapping. Nothing to do where DMA is coherent. (ISR)
 */
static inline void virtio_port_dma_sync(virtio_port_ctx_t ctx, uint64_t dma, void *buf,
                                        size_t offset, size_t len, enum virtio_dma_dir dir)
{
    (void)ctx;
    (void)dma;
    (void)buf;
    (void)offset;
    (void)len;
    (void)dir;
}

/* ---- 5. Time ----
 * Monotonic microseconds (ISR), and a wait that may sleep or spin (thread, or a driver start-up
 * without a scheduler; at most 1000 us at a time). */
uint64_t virtio_port_now_us(void);
void virtio_port_delay_us(uint32_t us);

/* ---- 6. Locks (ISR) ---- */
static inline void virtio_port_lock_init(virtio_port_lock_t *lock)
{
    lock->unused = 0;
}
static inline virtio_port_irqflags_t virtio_port_lock(virtio_port_lock_t *lock)
{
    (void)lock;
    return 0;
}
static inline void virtio_port_unlock(virtio_port_lock_t *lock, virtio_port_irqflags_t flags)
{
    (void)lock;
    (void)flags;
}

/* ---- 7. Sleeping ----
 * signal (ISR) may come before, during or after the wait, and more than once; it is remembered.
 * wait (thread) returns when signalled or after timeout_us, whichever comes first, or earlier: the
 * caller looks at its own condition. init returns 0 or a negative errno value. */
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
    if (!event->signalled) {
        virtio_port_delay_us(timeout_us < 100u ? (uint32_t)timeout_us : 100u);
    }
    event->signalled = false;
}

/* ---- 8. Log (ISR) ----
 * A line without newline; conversions %s %d %u %x only, 32-bit arguments. May do nothing. */
enum virtio_log_level { VIRTIO_LOG_ERROR, VIRTIO_LOG_WARNING, VIRTIO_LOG_INFO };
void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
