/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RISC-V, 32 and 64 bits: interrupts, barriers and caches for the bare-metal port. Machine mode,
 * or supervisor mode when VIRTIO_BARE_SMODE is defined. Context: any.
 */
#ifndef VIRTIO_BARE_RISCV_H
#define VIRTIO_BARE_RISCV_H

#include <stddef.h>
#include <stdint.h>

#ifdef VIRTIO_BARE_SMODE
#define VIRTIO_BARE_STATUS "sstatus"
#define VIRTIO_BARE_IE     "2" /* SIE */
#else
#define VIRTIO_BARE_STATUS "mstatus"
#define VIRTIO_BARE_IE     "8" /* MIE */
#endif

/* Masks interrupts; what it returns goes to virtio_bare_irq_restore. */
static inline unsigned long virtio_bare_irq_save(void)
{
    unsigned long status;

    __asm__ volatile("csrrci %0, " VIRTIO_BARE_STATUS ", " VIRTIO_BARE_IE
                     : "=r"(status)
                     :
                     : "memory");
    return status;
}
/* Sets what was set before. The other bits are set already, because nobody clears them between the
 * two: picking out the interrupt bit would only cost an instruction. */
static inline void virtio_bare_irq_restore(unsigned long status)
{
    __asm__ volatile("csrs " VIRTIO_BARE_STATUS ", %0" : : "r"(status) : "memory");
}

/* The weakest fences that order memory (r, w) and device registers (i, o) against each other.
 * Atomic fences of C order memory only and are too weak. */
static inline void virtio_bare_mb(void)
{
    __asm__ volatile("fence iorw, iorw" : : : "memory");
}
static inline void virtio_bare_rmb(void)
{
    __asm__ volatile("fence ir, ir" : : : "memory");
}
static inline void virtio_bare_wmb(void)
{
    __asm__ volatile("fence ow, ow" : : : "memory");
}

/* Loads and stores are base + offset and nothing else, so that a compiler has no other form to
 * choose: a volatile access is one instruction that a hypervisor can emulate. */
static inline uint8_t virtio_bare_read8(uintptr_t addr)
{
    return *(const volatile uint8_t *)addr;
}
static inline uint16_t virtio_bare_read16(uintptr_t addr)
{
    return *(const volatile uint16_t *)addr;
}
static inline uint32_t virtio_bare_read32(uintptr_t addr)
{
    return *(const volatile uint32_t *)addr;
}
static inline void virtio_bare_write8(uintptr_t addr, uint8_t value)
{
    *(volatile uint8_t *)addr = value;
}
static inline void virtio_bare_write32(uintptr_t addr, uint32_t value)
{
    *(volatile uint32_t *)addr = value;
}

/* *counter += by, whole even when a handler does the same. */
static inline void virtio_bare_add(int *counter, int by)
{
#ifdef __riscv_atomic
    (void)__atomic_fetch_add(counter, by, __ATOMIC_RELAXED);
#else
    unsigned long status = virtio_bare_irq_save();

    *counter += by;
    virtio_bare_irq_restore(status);
#endif
}

/* Caches: instructions for them came late (Zicbom), and the size of the block they work on is not
 * in a register but in the device tree (riscv,cbom-block-size). A block size of 0 says that this
 * CPU cannot maintain its caches: buffers for devices that do not see them are then copied. */
#ifndef VIRTIO_BARE_CBOM_BLOCK
#ifdef __riscv_zicbom
#define VIRTIO_BARE_CBOM_BLOCK 64u
#else
#define VIRTIO_BARE_CBOM_BLOCK 0u
#endif
#endif
static inline size_t virtio_bare_cache_line(void)
{
    return VIRTIO_BARE_CBOM_BLOCK;
}
/* One line each: written to memory; written and dropped; dropped. */
static inline void virtio_bare_cache_clean(uintptr_t line)
{
#ifdef __riscv_zicbom
    __asm__ volatile("cbo.clean (%0)" : : "r"(line) : "memory");
#else
    (void)line;
#endif
}
static inline void virtio_bare_cache_flush(uintptr_t line)
{
#ifdef __riscv_zicbom
    __asm__ volatile("cbo.flush (%0)" : : "r"(line) : "memory");
#else
    (void)line;
#endif
}
static inline void virtio_bare_cache_drop(uintptr_t line)
{
#ifdef __riscv_zicbom
    __asm__ volatile("cbo.inval (%0)" : : "r"(line) : "memory");
#else
    (void)line;
#endif
}
/* Waits until the lines before it are done. */
static inline void virtio_bare_cache_done(void)
{
    virtio_bare_mb();
}

#endif
