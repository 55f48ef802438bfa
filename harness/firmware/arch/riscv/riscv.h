/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machine mode, or supervisor mode under an SBI when VIRTIO_BARE_SMODE is defined: the same control
 * registers under two letters. For C and for assembly.
 */
#ifndef FIRMWARE_RISCV_H
#define FIRMWARE_RISCV_H

#ifdef VIRTIO_BARE_SMODE
#define CSR_STATUS    sstatus
#define CSR_IE        sie
#define CSR_TVEC      stvec
#define CSR_SCRATCH   sscratch
#define CSR_EPC       sepc
#define CSR_CAUSE     scause
#define CSR_TVAL      stval
#define TRAP_RETURN   sret
#define STATUS_IE     2
#define IRQ_TIMER     5
#define IRQ_EXTERNAL  9
#define CSR_INSTRET   instret
#define CSR_INSTRET_H instreth
#else
#define CSR_STATUS    mstatus
#define CSR_IE        mie
#define CSR_TVEC      mtvec
#define CSR_SCRATCH   mscratch
#define CSR_EPC       mepc
#define CSR_CAUSE     mcause
#define CSR_TVAL      mtval
#define TRAP_RETURN   mret
#define STATUS_IE     8
#define IRQ_TIMER     7
#define IRQ_EXTERNAL  11
#define CSR_INSTRET   minstret
#define CSR_INSTRET_H minstreth
#endif

#if __riscv_xlen == 64
#define REG_BYTES 8
#else
#define REG_BYTES 4
#endif

#define STACK_FILL 0x5ac35ac3 /* BOARD_STACK_FILL, for the assembler */

#ifndef __ASSEMBLER__
#define CSR_NAME(csr)  CSR_NAME_(csr)
#define CSR_NAME_(csr) #csr

#define CSR_READ(csr, value) __asm__ volatile("csrr %0, " CSR_NAME(csr) : "=r"(value) : : "memory")
#define CSR_SET(csr, bits)                                                                         \
    __asm__ volatile("csrs " CSR_NAME(csr) ", %0" : : "r"((unsigned long)(bits)) : "memory")
#define CSR_CLEAR(csr, bits)                                                                       \
    __asm__ volatile("csrc " CSR_NAME(csr) ", %0" : : "r"((unsigned long)(bits)) : "memory")
#endif

#endif
