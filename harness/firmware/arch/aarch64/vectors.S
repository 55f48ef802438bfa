/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception vectors of EL1. Everything runs at EL1 with SP_EL1: IRQ and FIQ are served on the
 * interrupted stack, every other exception ends the firmware with a report, on a stack of its own
 * because it may be the stack that caused it.
 *
 * FIQ is the watchdog and stays unmasked while an interrupt is served; critical sections mask IRQ
 * only.
 */
#include "image.h"

#define FRAME_BYTES 192

/* An entry has room for 32 instructions. The kind is what aarch64_trap prints. */
.macro entry_trap kind
    .balign 128
    msr     tpidr_el1, x0
    mov     x0, #\kind
    b       trap
.endm
.macro entry_to label
    .balign 128
    b       \label
.endm

/* What a C function may change, and what a nested exception does. */
.macro save
    sub     sp, sp, #FRAME_BYTES
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x29, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x30, x0, [sp, #160]
    str     x1, [sp, #176]
.endm
.macro restore
    ldr     x1, [sp, #176]
    ldp     x30, x0, [sp, #160]
    msr     spsr_el1, x1
    msr     elr_el1, x0
    ldp     x18, x29, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp, #0]
    add     sp, sp, #FRAME_BYTES
.endm

    .section .text.vectors, "ax"
    .balign 2048
    .global aarch64_vectors
    .type   aarch64_vectors, %object
aarch64_vectors:
    entry_trap 0                    /* current level with SP_EL0: not used */
    entry_trap 1
    entry_trap 2
    entry_trap 3
    entry_trap 4                    /* current level with SP_EL1: synchronous */
    entry_to irq
    entry_to fiq
    entry_trap 7                    /* SError */
    entry_trap 8                    /* a lower level: there is none */
    entry_trap 9
    entry_trap 10
    entry_trap 11
    entry_trap 12
    entry_trap 13
    entry_trap 14
    entry_trap 15
    .balign 128
    .size   aarch64_vectors, . - aarch64_vectors

irq:
    save
    msr     daifclr, #1
    bl      aarch64_irq
    msr     daifset, #1             /* ELR and SPSR belong to the frame again */
    restore
    eret

fiq:
    save
    bl      aarch64_fiq
    restore
    eret

/* x0: the kind; its value before is in TPIDR_EL1. Never returns. */
trap:
    msr     tpidrro_el0, x1
    mov     x1, sp
    msr     tpidr_el0, x1
    adrp    x1, trap_stack_end
    add     x1, x1, :lo12:trap_stack_end
    mov     sp, x1
    sub     sp, sp, #(TRAP_REGS * 8)
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x2, tpidr_el0
    stp     x30, x2, [sp, #240]
    mrs     x2, tpidr_el1
    mrs     x3, tpidrro_el0
    stp     x2, x3, [sp, #0]
    mov     x1, sp
    mov     x29, xzr
    bl      aarch64_trap
5:  wfi
    b       5b

    .section .bss.trap_stack, "aw", %nobits
    .balign 16
trap_stack:
    .skip   4096
trap_stack_end:
