/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end, by Arm's semihosting (Semihosting for AArch32 and AArch64, SYS_EXIT): QEMU leaves with
 * the subcode as its exit status. Needs `-semihosting-config enable=on,target=native`; without it
 * the instruction is an exception, and we stop here for good.
 *
 * The parameter block has the byte order of the CPU's data, says the specification, but QEMU takes
 * it to be little-endian whatever SCTLR says. So the CPU goes little-endian first: then both agree.
 */
#include "image.h"

#define SYS_EXIT                      0x18
#define ADP_STOPPED_APPLICATION_EXIT  0x20026
#define SCTLR_EE                      (1 << 25)

    .section .text.semihosting, "ax"
    .global aarch64_semihosting_exit
    .type   aarch64_semihosting_exit, %function
aarch64_semihosting_exit:
    msr     daifset, #0xf
    and     x2, x0, #0x7f
    mrs     x3, CurrentEL
    tbnz    x3, #3, 1f              /* EL3 or EL2 */
    mrs     x3, sctlr_el1
    and     x3, x3, #~SCTLR_EE
    msr     sctlr_el1, x3
    b       2f
1:  mrs     x3, sctlr_el3
    and     x3, x3, #~SCTLR_EE
    msr     sctlr_el3, x3
2:  isb
    movz    x1, #(ADP_STOPPED_APPLICATION_EXIT & 0xffff)
    movk    x1, #(ADP_STOPPED_APPLICATION_EXIT >> 16), lsl #16
    stp     x1, x2, [sp, #-16]!
    mov     x1, sp
    mov     w0, #SYS_EXIT
    hlt     #0xf000
3:  wfi                             /* a debugger that does not know SYS_EXIT came back */
    b       3b
    .size   aarch64_semihosting_exit, . - aarch64_semihosting_exit
