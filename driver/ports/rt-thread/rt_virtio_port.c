/* SPDX-License-Identifier: Apache-2.0 */
/* The port's functions that are called while a device is set up, or that wait; see virtio_port.h
 * for the contexts. */
#include "virtio_port.h"

#include "virtio/virtio_errno.h"

#define ALLOC_ALIGN 16u
#define US_PER_S    UINT64_C(1000000)
/* QEMU's RISC-V boards, and most that follow them. */
#ifndef RT_VIRTIO_TIMEBASE_HZ
#define RT_VIRTIO_TIMEBASE_HZ 10000000u
#endif

const struct rt_virtio_bus rt_virtio_bus_cached = {.dma_cached = true};
uint32_t rt_virtio_timebase_hz = RT_VIRTIO_TIMEBASE_HZ;

/* ---- memory ---- */

static void *alloc_zeroed(size_t size, size_t align)
{
    void *ptr = NULL;

    if (size != 0 && size <= SIZE_MAX / 4u) { /* rt_malloc_align adds to it unchecked */
        ptr = rt_malloc_align(size, align > ALLOC_ALIGN ? align : ALLOC_ALIGN);
    }
    if (ptr != NULL) {
        memset(ptr, 0, size);
    }
    return ptr;
}

void *virtio_port_alloc(virtio_port_ctx_t ctx, size_t size)
{
    (void)ctx;
    return alloc_zeroed(size, ALLOC_ALIGN);
}

void virtio_port_free(virtio_port_ctx_t ctx, void *ptr)
{
    (void)ctx;
    if (ptr != NULL) {
        rt_free_align(ptr);
    }
}

__attribute__((weak)) void *rt_virtio_uncached_alloc(size_t size, size_t align, uint64_t *dma)
{
    (void)size;
    (void)align;
    (void)dma;
    return NULL;
}

__attribute__((weak)) void rt_virtio_uncached_free(void *ptr, size_t size, uint64_t dma)
{
    (void)ptr;
    (void)size;
    (void)dma;
}

void *virtio_port_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align, uint64_t *dma)
{
    void *ptr;

    if (ctx != NULL && ctx->dma_cached) {
        ptr = rt_virtio_uncached_alloc(size, align, dma);
        if (ptr == NULL) {
            virtio_port_log(VIRTIO_LOG_ERROR, "virtio: no uncached memory for a device that does "
                                              "not see the caches");
        }
        return ptr;
    }
    ptr = alloc_zeroed(size, align);
    if (ptr != NULL && rt_virtio_translate(ptr, size, dma) != 0) {
        rt_free_align(ptr);
        ptr = NULL;
    }
    return ptr;
}

void virtio_port_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma)
{
    if (ptr != NULL && ctx != NULL && ctx->dma_cached) {
        rt_virtio_uncached_free(ptr, size, dma);
    } else {
        virtio_port_free(ctx, ptr);
    }
}

#ifdef RT_USING_SMART
#define PAGE_BYTES 4096u

/* ~0: not mapped. */
static uint64_t phys(uintptr_t addr)
{
    return (uint64_t)(uintptr_t)rt_kmem_v2p((void *)addr);
}

int rt_virtio_translate(const void *buf, size_t len, uint64_t *dma)
{
    uintptr_t start = (uintptr_t)buf;
    uint64_t first = phys(start);

    /* Pages next to each other for the CPU need not be so for the device. */
    for (size_t at = PAGE_BYTES - start % PAGE_BYTES; at < len; at += PAGE_BYTES) {
        if (phys(start + at) != first + at) {
            return -EINVAL;
        }
    }
    *dma = first;
    return first != (uint64_t)(uintptr_t)-1 ? 0 : -EINVAL;
}
#else
int rt_virtio_translate(const void *buf, size_t len, uint64_t *dma)
{
    (void)len;
    *dma = (uint64_t)(uintptr_t)buf;
    return 0;
}
#endif

/* ---- caches ---- */

#ifdef RT_USING_CACHE
static void cache(int ops, void *buf, size_t len)
{
    uint8_t *at = buf;

    /* The call takes an int. */
    while (len != 0) {
        size_t part = len < 0x40000000u ? len : 0x40000000u;

        rt_hw_cpu_dcache_ops(ops, at, (int)part);
        at += part;
        len -= part;
    }
}

int rt_virtio_cache_map(void *buf, size_t len, enum virtio_dma_dir dir)
{
    if (dir == VIRTIO_DMA_TO_DEVICE) {
        cache(RT_HW_CACHE_FLUSH, buf, len);
        return 0;
    }
    /* Dropping a line that something else has a part of would lose what the CPU writes there. */
    if ((((uintptr_t)buf | len) & (RT_CPU_CACHE_LINE_SZ - 1u)) != 0) {
        return -EINVAL;
    }
    /* A dirty line that is put out late would overwrite what the device wrote. */
    cache(RT_HW_CACHE_FLUSH, buf, len);
    cache(RT_HW_CACHE_INVALIDATE, buf, len);
    return 0;
}

void rt_virtio_cache_unmap(void *buf, size_t len, enum virtio_dma_dir dir)
{
    if (dir == VIRTIO_DMA_FROM_DEVICE) {
        /* The CPU may have read ahead into the lines meanwhile. */
        cache(RT_HW_CACHE_INVALIDATE, buf, len);
    }
}
#else
int rt_virtio_cache_map(void *buf, size_t len, enum virtio_dma_dir dir)
{
    (void)buf;
    (void)len;
    (void)dir;
    return 0; /* RT-Thread runs without caches */
}

void rt_virtio_cache_unmap(void *buf, size_t len, enum virtio_dma_dir dir)
{
    (void)buf;
    (void)len;
    (void)dir;
}
#endif

/* ---- time ---- */

/* The architecture's counter and its frequency; 0: there is none. */
static uint64_t counter_hz(void)
{
#if defined(__riscv) && __riscv_xlen == 64
    return rt_virtio_timebase_hz;
#elif defined(__aarch64__)
    uint64_t hz;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    return hz;
#else
    return 0;
#endif
}

static uint64_t counter(void)
{
    uint64_t ticks = 0;

#if defined(__riscv) && __riscv_xlen == 64
    __asm__ volatile("rdtime %0" : "=r"(ticks));
#elif defined(__aarch64__)
    /* isb: the counter must not be read ahead of what came before. */
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
#endif
    return ticks;
}

static uint64_t tick_us(void)
{
    static rt_tick_t last_tick;
    static uint64_t ticks, last_us;
    rt_base_t level = rt_hw_interrupt_disable();
    rt_tick_t tick = rt_tick_get();
    uint64_t us;

    ticks += (rt_tick_t)(tick - last_tick); /* the tick wraps, the time does not */
    last_tick = tick;
    us = ticks * US_PER_S / RT_TICK_PER_SECOND;
    last_us = us > last_us ? us : last_us + 1u;
    us = last_us;
    rt_hw_interrupt_enable(level);
    return us;
}

uint64_t virtio_port_now_us(void)
{
    uint64_t hz = counter_hz();
    uint64_t ticks;

    if (hz == 0) {
        return tick_us();
    }
    ticks = counter();
    return ticks / hz * US_PER_S + ticks % hz * US_PER_S / hz;
}

static bool can_sleep(void)
{
    return rt_interrupt_get_nest() == 0 && rt_thread_self() != RT_NULL && rt_critical_level() == 0;
}

static rt_int32_t ticks_of(uint64_t us)
{
    uint64_t most = 0x3fffffffu; /* the timer wants less than half of the tick's range */
    uint64_t ticks;

    if (us > most) {
        us = most; /* earlier is allowed, and the product below does not overflow */
    }
    ticks = (us * RT_TICK_PER_SECOND + US_PER_S - 1u) / US_PER_S;
    if (ticks > most) {
        ticks = most;
    }
    return (rt_int32_t)(ticks != 0 ? ticks : 1u);
}

void virtio_port_delay_us(uint32_t us)
{
    uint64_t start = virtio_port_now_us();

    if (can_sleep()) {
        (void)rt_thread_delay((rt_tick_t)ticks_of(us));
        return;
    }
    while (virtio_port_now_us() - start <= us) {
    }
}

/* ---- events ---- */

int virtio_port_event_init(virtio_port_event_t *event)
{
    event->signalled = false;
    return rt_sem_init(&event->sem, "virtio", 0, RT_IPC_FLAG_PRIO) == RT_EOK ? 0 : -ENOMEM;
}

void virtio_port_event_deinit(virtio_port_event_t *event)
{
    (void)rt_sem_detach(&event->sem);
}

/* A signal that finds the flag set comes before the waiter clears it, who looks at its condition
 * after that. Both have a full barrier between their write and their look. */
void virtio_port_event_signal(virtio_port_event_t *event)
{
    virtio_port_mb();
    if (!event->signalled) {
        event->signalled = true;
        (void)rt_sem_release(&event->sem);
    }
}

void virtio_port_event_wait(virtio_port_event_t *event, uint64_t timeout_us)
{
    if (can_sleep()) {
        (void)rt_sem_take(&event->sem, ticks_of(timeout_us));
    } else {
        uint64_t start = virtio_port_now_us();

        while (!event->signalled && virtio_port_now_us() - start < timeout_us) {
        }
        (void)rt_sem_take(&event->sem, 0);
    }
    event->signalled = false;
    virtio_port_mb();
}

/* ---- log ---- */

#ifdef RT_USING_CONSOLE
#define LINE_MAX_BYTES 160

void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
{
    static const char letters[] = {'E', 'W', 'I'};
    char line[LINE_MAX_BYTES];
    va_list args;

    va_start(args, fmt);
    (void)rt_vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    line[sizeof(line) - 1u] = '\0'; /* cut, whatever rt_vsnprintf of this version does */
    rt_kprintf("[%c/virtio] %s\n", letters[level], line);
}
#else
void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}
#endif
