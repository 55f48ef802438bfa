/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AArch64, little- and big-endian: interrupts, barriers and caches for the bare-metal port, at EL1
 * or EL2. Context: any.
 */
#ifndef VIRTIO_BARE_AARCH64_H
#define VIRTIO_BARE_AARCH64_H

#include <stddef.h>
#include <stdint.h>

/* Masks IRQ, which the devices must come as; what it returns goes to virtio_bare_irq_restore. FIQ
 * stays open for what must get through at any time, a watchdog, and may not call the driver. */
static inline unsigned long virtio_bare_irq_save(void)
{
    unsigned long daif;

    __asm__ volatile("mrs %0, daif\n\tmsr daifset, #2" : "=r"(daif) : : "memory");
    return daif;
}
static inline void virtio_bare_irq_restore(unsigned long daif)
{
    __asm__ volatile("msr daif, %0" : : "r"(daif) : "memory");
}

/* Armv8 is other-multi-copy atomic: what one observer sees, all observers see, devices included.
 * So order is all that it takes, and DMB gives it between memory and device registers alike, at a
 * fraction of the cost of DSB, which waits for completion. Outer shareable: the domain of a device
 * that takes part in coherency. (Armv7 has no such guarantee and needs DSB.) */
static inline void virtio_bare_mb(void)
{
    __asm__ volatile("dmb osh" : : : "memory");
}
static inline void virtio_bare_rmb(void)
{
    __asm__ volatile("dmb oshld" : : : "memory");
}
static inline void virtio_bare_wmb(void)
{
    __asm__ volatile("dmb oshst" : : : "memory");
}

/* In assembly, because a compiler may turn a volatile access into one that also updates its base
 * register, and a hypervisor that has to emulate it is not told enough about such a one ("o" in the
 * constraint: base and offset only). */
static inline uint8_t virtio_bare_read8(uintptr_t addr)
{
    uint32_t value;

    __asm__ volatile("ldrb %w0, %1" : "=r"(value) : "Qo"(*(const volatile uint8_t *)addr));
    return (uint8_t)value;
}
static inline uint16_t virtio_bare_read16(uintptr_t addr)
{
    uint32_t value;

    __asm__ volatile("ldrh %w0, %1" : "=r"(value) : "Qo"(*(const volatile uint16_t *)addr));
    return (uint16_t)value;
}
static inline uint32_t virtio_bare_read32(uintptr_t addr)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, %1" : "=r"(value) : "Qo"(*(const volatile uint32_t *)addr));
    return value;
}
static inline void virtio_bare_write8(uintptr_t addr, uint8_t value)
{
    __asm__ volatile("strb %w1, %0" : "=Qo"(*(volatile uint8_t *)addr) : "rZ"((uint32_t)value));
}
static inline void virtio_bare_write32(uintptr_t addr, uint32_t value)
{
    __asm__ volatile("str %w1, %0" : "=Qo"(*(volatile uint32_t *)addr) : "rZ"(value));
}

/* *counter += by, whole even when a handler does the same. Not with exclusive loads and stores:
 * with the MMU off, all memory is of a type on which they need not work. */
static inline void virtio_bare_add(int *counter, int by)
{
    unsigned long daif = virtio_bare_irq_save();

    *counter += by;
    virtio_bare_irq_restore(daif);
}

/* Bytes of the smallest data cache line of the system. */
static inline size_t virtio_bare_cache_line(void)
{
    uint64_t ctr;

    __asm__("mrs %0, ctr_el0" : "=r"(ctr));
    return (size_t)4 << ((ctr >> 16) & 15u);
}
/* One line each, to the point of coherency: written to memory; written and dropped; dropped. */
static inline void virtio_bare_cache_clean(uintptr_t line)
{
    __asm__ volatile("dc cvac, %0" : : "r"(line) : "memory");
}
static inline void virtio_bare_cache_flush(uintptr_t line)
{
    __asm__ volatile("dc civac, %0" : : "r"(line) : "memory");
}
static inline void virtio_bare_cache_drop(uintptr_t line)
{
    __asm__ volatile("dc ivac, %0" : : "r"(line) : "memory");
}
/* Waits until the lines before it are done. Completion, not only order: hence DSB. */
static inline void virtio_bare_cache_done(void)
{
    __asm__ volatile("dsb sy" : : : "memory");
}

#endif
