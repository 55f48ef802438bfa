/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start-up of an AArch64 machine: from whatever exception level the loader leaves us at to
 * aarch64_main() at EL1, all interrupts masked, stack set and filled, .bss clear.
 *
 * The MMU stays off: one core, one image, nothing to protect. What follows from that (Arm ARM,
 * "Behavior when stage 1 address translation is disabled"):
 *   - All data accesses are to Device-nGnRnE memory. They are not cached, so that DMA is coherent
 *     by construction, and they stay in program order; the driver's barriers are still real ones.
 *   - An unaligned data access faults: -mstrict-align. SCTLR_EL1.A makes a machine that is more
 *     forgiving (QEMU) fault as well.
 *   - Exclusive and atomic instructions may not work: -mno-outline-atomics, and no C atomics other
 *     than fences.
 *   - It is slow on a real machine. A port that wants caches maps RAM as Normal memory here,
 *     invalidates the caches before, and needs nothing else: virtio_port_dma_map and _unmap clean
 *     and invalidate for devices that are not dma-coherent.
 * The instruction cache is on, which is allowed without the MMU.
 *
 * Byte order: instructions are little-endian always, data has the order that the image was built
 * for. Nothing here touches memory before SCTLR_ELx.EE says so.
 */
#include "image.h"

/* RES1 bits; instruction cache, stack alignment check, alignment check; byte order of data at EL1
 * and EL0. */
#define SCTLR_EL1_RES1 0x30d00800
#define SCTLR_EL3_RES1 0x30c50830
#define SCTLR_I        (1 << 12)
#define SCTLR_SA       (1 << 3)
#define SCTLR_A        (1 << 1)
#define SCTLR_EE       (1 << 25)
#define SCTLR_E0E      (1 << 24)
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ORDER_EL1 (SCTLR_EE | SCTLR_E0E)
#define ORDER_EL3 SCTLR_EE
#else
#define ORDER_EL1 0
#define ORDER_EL3 0
#endif
#define SCTLR_EL1 (SCTLR_EL1_RES1 | SCTLR_I | SCTLR_SA | SCTLR_A | ORDER_EL1)
#define SCTLR_EL3 (SCTLR_EL3_RES1 | SCTLR_I | SCTLR_SA | SCTLR_A | ORDER_EL3)

#define HCR_RW           (1 << 31) /* EL1 is AArch64 */
#define CNTHCTL_EL1_ALL  3         /* physical counter and timer are not trapped */
#define CPTR_EL2_NO_TRAP 0x33ff
#define SPSR_EL1H_MASKED 0x3c5

.macro load32 reg, value
    movz    \reg, #((\value) & 0xffff)
    movk    \reg, #(((\value) >> 16) & 0xffff), lsl #16
.endm

    .section .text.start, "ax"
    .balign 8
    .global _start
    .type   _start, %function
_start:
    msr     daifset, #0xf
    mov     x19, x0                 /* what the loader hands over: a device tree, or nothing */
    mrs     x20, CurrentEL
    ubfx    x20, x20, #2, #2
    cmp     x20, #2
    b.hi    from_el3
    load32  x1, SCTLR_EL1
    msr     sctlr_el1, x1           /* from EL2, too: unknown after reset */
    isb
    b.lo    prepare
    b       from_el2

/* A hypervisor's level: gives everything to EL1 and goes there. */
from_el2:
    load32  x1, HCR_RW
    msr     hcr_el2, x1
    mov     x1, #CNTHCTL_EL1_ALL
    msr     cnthctl_el2, x1
    msr     cntvoff_el2, xzr
    mov     x1, #CPTR_EL2_NO_TRAP
    msr     cptr_el2, x1
    msr     hstr_el2, xzr
    mrs     x1, id_aa64dfr0_el1
    ubfx    x1, x1, #8, #4          /* PMUVer: without a PMU there is no PMCR to read */
    cbz     x1, 1f
    mrs     x1, pmcr_el0
    ubfx    x1, x1, #11, #5         /* MDCR_EL2.HPMN: all event counters are EL1's */
1:  msr     mdcr_el2, x1
    adr     x1, prepare
    msr     elr_el2, x1
    mov     x1, #SPSR_EL1H_MASKED
    msr     spsr_el2, x1
    eret

/* A secure monitor's level: aarch64_main refuses it, for which data accesses have to work. */
from_el3:
    load32  x1, SCTLR_EL3
    msr     sctlr_el3, x1
    isb

prepare:
    adrp    x0, stack_bottom
    add     x0, x0, :lo12:stack_bottom
    adrp    x1, stack_top
    add     x1, x1, :lo12:stack_top
    mov     sp, x1
    load32  x2, BOARD_STACK_FILL_VALUE
2:  str     w2, [x0], #4
    cmp     x0, x1
    b.lo    2b

    adrp    x0, bss_start
    add     x0, x0, :lo12:bss_start
    adrp    x1, bss_end
    add     x1, x1, :lo12:bss_end
3:  cmp     x0, x1
    b.hs    4f
    str     xzr, [x0], #8
    b       3b

4:  adrp    x0, aarch64_vectors
    add     x0, x0, :lo12:aarch64_vectors
    msr     vbar_el1, x0
    isb
    mov     x29, xzr                /* the outermost frame */
    mov     x30, xzr
    mov     x0, x19
    mov     x1, x20
    b       aarch64_main
    .size   _start, . - _start
