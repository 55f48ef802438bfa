/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port contract (driver/ports/template) on RT-Thread 4.1 to 5.x, with and without RT_USING_SMP,
 * RT_USING_CACHE and RT_USING_SMART. What every request calls is inline, the rest is in
 * rt_virtio_port.c.
 *
 * Devices see the CPU's caches unless their context says otherwise: virtio-mmio devices are made of
 * software on the other side of the same memory.
 */
#ifndef VIRTIO_PORT_H
#define VIRTIO_PORT_H

#include <rthw.h>
#include <rtthread.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef RT_USING_SMART
#include <mmu.h>
#include <ioremap.h>
#endif

/* The libc's error numbers where there are any. RT-Thread has an `errno` of its own when it is
 * built without newlib; a libc's thread-local one would fault there, and must not replace it. */
#ifdef __has_include
#if __has_include(<errno.h>)
#ifdef errno
#pragma push_macro("errno")
#undef errno
#include <errno.h>
#pragma pop_macro("errno")
#else
#include <errno.h>
#endif
#endif
#if __has_include(<string.h>)
#include <string.h>
#define RT_VIRTIO_HAVE_STRING_H
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifndef RT_VIRTIO_HAVE_STRING_H
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
#endif

/* ---- 1. Types ---- */

/* What is peculiar to a device's bus; NULL: nothing is. */
struct rt_virtio_bus {
    bool dma_cached; /* the device does not see the CPU's caches */
};
typedef const struct rt_virtio_bus *virtio_port_ctx_t;
extern const struct rt_virtio_bus rt_virtio_bus_cached;

/* One core: the interrupt mask is the lock. */
typedef struct {
#ifdef RT_USING_SMP
    struct rt_spinlock spin;
#else
    char unused;
#endif
} virtio_port_lock_t;
typedef rt_base_t virtio_port_irqflags_t;

/* A semaphore remembers, and has no limit on who waits; the flag keeps its count at one or so. */
typedef struct {
    struct rt_semaphore sem;
    volatile bool signalled;
} virtio_port_event_t;

/* ---- 2. Register access (ISR) ----
 * In program order: RT-Thread maps devices as strongly ordered I/O memory. */
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
 * Our own: rt_hw_dsb() is empty without RT_USING_CACHE, and the other party is there without it.
 * The i and o bits on RISC-V: the notification register must not overtake the ring. */
#if defined(__riscv)
#define RT_VIRTIO_FENCE(riscv, arm) __asm__ volatile("fence " riscv ::: "memory")
#elif defined(__aarch64__) || (defined(__arm__) && defined(__ARM_ARCH) && __ARM_ARCH >= 7)
#define RT_VIRTIO_FENCE(riscv, arm) __asm__ volatile("dsb " arm ::: "memory")
#else
#define RT_VIRTIO_FENCE(riscv, arm) __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif
#if defined(__aarch64__)
#define RT_VIRTIO_DSB_LOADS "ld"
#else
#define RT_VIRTIO_DSB_LOADS "sy" /* ARMv7 has no variant for loads */
#endif
static inline void virtio_port_mb(void)
{
    RT_VIRTIO_FENCE("iorw, iorw", "sy");
}
static inline void virtio_port_rmb(void)
{
    RT_VIRTIO_FENCE("ir, iorw", RT_VIRTIO_DSB_LOADS);
}
static inline void virtio_port_wmb(void)
{
    RT_VIRTIO_FENCE("iorw, ow", "st");
}

/* ---- 4. Memory ---- */
enum virtio_dma_dir {
    VIRTIO_DMA_TO_DEVICE = 1,
    VIRTIO_DMA_FROM_DEVICE = 2,
};

void *virtio_port_alloc(virtio_port_ctx_t ctx, size_t size);
void virtio_port_free(virtio_port_ctx_t ctx, void *ptr);
void *virtio_port_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align, uint64_t *dma);
void virtio_port_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma);

/*
 * Uncached, zeroed memory for the rings of devices that do not see the caches. RT-Thread has no
 * call for it: the board that has such a device replaces these two weak functions, of which the
 * first returns NULL and the device is refused.
 */
void *rt_virtio_uncached_alloc(size_t size, size_t align, uint64_t *dma);
void rt_virtio_uncached_free(void *ptr, size_t size, uint64_t dma);

/* For devices that do not see the caches. A buffer that the device writes must fill whole cache
 * lines: -EINVAL. */
int rt_virtio_cache_map(void *buf, size_t len, enum virtio_dma_dir dir);
void rt_virtio_cache_unmap(void *buf, size_t len, enum virtio_dma_dir dir);
/* RT_USING_SMART: the physical address of a buffer that is contiguous there; else -EINVAL. */
int rt_virtio_translate(const void *buf, size_t len, uint64_t *dma);

static inline int virtio_port_dma_map(virtio_port_ctx_t ctx, void *buf, size_t len,
                                      enum virtio_dma_dir dir, uint64_t *dma)
{
    int ret = 0;

#ifdef RT_USING_SMART
    ret = rt_virtio_translate(buf, len, dma);
#else
    *dma = (uint64_t)(uintptr_t)buf;
#endif
    if (ret == 0 && ctx != NULL && ctx->dma_cached) {
        ret = rt_virtio_cache_map(buf, len, dir);
    }
    return ret;
}
static inline void virtio_port_dma_unmap(virtio_port_ctx_t ctx, uint64_t dma, void *buf, size_t len,
                                         enum virtio_dma_dir dir)
{
    (void)dma;
    if (ctx != NULL && ctx->dma_cached) {
        rt_virtio_cache_unmap(buf, len, dir);
    }
}
static inline void virtio_port_dma_sync(virtio_port_ctx_t ctx, uint64_t dma, void *buf,
                                        size_t offset, size_t len, enum virtio_dma_dir dir)
{
    (void)dma;
    if (ctx != NULL && ctx->dma_cached) {
        if (dir == VIRTIO_DMA_TO_DEVICE) {
            (void)rt_virtio_cache_map((uint8_t *)buf + offset, len, dir);
        } else {
            rt_virtio_cache_unmap((uint8_t *)buf + offset, len, dir);
        }
    }
}

/* ---- 5. Time ----
 * From the architecture's counter, which goes on while interrupts are masked. Without one, from the
 * tick: every look then moves the time on by a microsecond at least, so that a wait with interrupts
 * masked ends too, after some million looks. */
uint64_t virtio_port_now_us(void);
void virtio_port_delay_us(uint32_t us);

/* RISC-V: the frequency of the time counter, 0 for none to be used; that of QEMU's boards unless
 * the board or its device tree says otherwise. */
extern uint32_t rt_virtio_timebase_hz;

/* ---- 6. Locks (ISR) ---- */
static inline void virtio_port_lock_init(virtio_port_lock_t *lock)
{
#ifdef RT_USING_SMP
    rt_spin_lock_init(&lock->spin);
#else
    lock->unused = 0;
#endif
}
static inline virtio_port_irqflags_t virtio_port_lock(virtio_port_lock_t *lock)
{
#ifdef RT_USING_SMP
    return rt_spin_lock_irqsave(&lock->spin);
#else
    (void)lock;
    return rt_hw_interrupt_disable();
#endif
}
static inline void virtio_port_unlock(virtio_port_lock_t *lock, virtio_port_irqflags_t flags)
{
#ifdef RT_USING_SMP
    rt_spin_unlock_irqrestore(&lock->spin, flags);
#else
    (void)lock;
    rt_hw_interrupt_enable(flags);
#endif
}

/* ---- 7. Sleeping ----
 * Whole ticks, rounded up. Where a thread cannot sleep (before the scheduler runs, while it is
 * locked, in an interrupt handler) the wait looks at the event until the time is over. */
int virtio_port_event_init(virtio_port_event_t *event);
void virtio_port_event_deinit(virtio_port_event_t *event);
void virtio_port_event_signal(virtio_port_event_t *event);
void virtio_port_event_wait(virtio_port_event_t *event, uint64_t timeout_us);

/* ---- 8. Log (ISR) ---- */
enum virtio_log_level { VIRTIO_LOG_ERROR, VIRTIO_LOG_WARNING, VIRTIO_LOG_INFO };
void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif

#endif
