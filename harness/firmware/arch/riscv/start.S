/* SPDX-License-Identifier: Apache-2.0 */
/* RISC-V start-up and trap entry. a0: hart, a1: device tree, as QEMU and an SBI hand them over. */
#include "riscv.h"

#if __riscv_xlen == 64
#define LOAD  ld
#define STORE sd
#else
#define LOAD  lw
#define STORE sw
#endif

    .section .reset, "ax", @progbits
    .globl _start
_start:
    csrw    CSR_IE, zero
    csrci   CSR_STATUS, STATUS_IE
#ifndef VIRTIO_BARE_SMODE
    /* Every hart comes here; under an SBI only one does. */
    csrr    t0, mhartid
    bnez    t0, park
#endif
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      t0, trap_entry
    csrw    CSR_TVEC, t0

    la      t0, bss_start
    la      t1, bss_end
1:  bgeu    t0, t1, 2f
    STORE   zero, 0(t0)
    addi    t0, t0, REG_BYTES
    j       1b
2:  la      t0, stack_bottom
    la      sp, stack_top
    li      t1, STACK_FILL
3:  sw      t1, 0(t0)
    addi    t0, t0, 4
    bltu    t0, sp, 3b

    la      t0, trap_frame
    csrw    CSR_SCRATCH, t0
    la      t0, boot_hart
    STORE   a0, 0(t0)
    mv      a0, a1
    call    board_main
park:
    wfi
    j       park

/* Registers go to a frame of their own and not to the stack, which may be what is broken. One
 * frame is enough: interrupts do not nest, and nobody comes back from an exception. */
    .macro  SAVE reg, n
    STORE   \reg, (\n * REG_BYTES)(t0)
    .endm
    .macro  RESTORE reg, n
    LOAD    \reg, (\n * REG_BYTES)(t0)
    .endm
    .macro  CALLER_SAVED op
    \op     ra, 1
    \op     t1, 6
    \op     t2, 7
    \op     a0, 10
    \op     a1, 11
    \op     a2, 12
    \op     a3, 13
    \op     a4, 14
    \op     a5, 15
    \op     a6, 16
    \op     a7, 17
    \op     t3, 28
    \op     t4, 29
    \op     t5, 30
    \op     t6, 31
    .endm

    .section .text.trap_entry, "ax", @progbits
    .balign 4
    .globl trap_entry
trap_entry:
    csrrw   t0, CSR_SCRATCH, t0
    CALLER_SAVED SAVE
    csrr    t1, CSR_SCRATCH
    SAVE    t1, 5
    csrw    CSR_SCRATCH, t0
    csrr    a0, CSR_CAUSE
    bgez    a0, exception

    call    cpu_interrupt

    csrr    t0, CSR_SCRATCH
    CALLER_SAVED RESTORE
    RESTORE t0, 5
    TRAP_RETURN

exception:
    SAVE    sp, 2
    SAVE    gp, 3
    SAVE    tp, 4
    SAVE    s0, 8
    SAVE    s1, 9
    SAVE    s2, 18
    SAVE    s3, 19
    SAVE    s4, 20
    SAVE    s5, 21
    SAVE    s6, 22
    SAVE    s7, 23
    SAVE    s8, 24
    SAVE    s9, 25
    SAVE    s10, 26
    SAVE    s11, 27
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      sp, emergency_top
    mv      a1, t0
    call    cpu_exception
4:  j       4b

    .section .bss
    .balign 16
trap_frame:
    .space  32 * REG_BYTES
    .globl boot_hart
boot_hart:
    .space  REG_BYTES
    .balign 16
    .space  4096
emergency_top:
