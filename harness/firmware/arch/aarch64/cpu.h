/* SPDX-License-Identifier: Apache-2.0 */
/* System registers of an AArch64 CPU at EL1, and what the files of this folder share. */
#ifndef FIRMWARE_AARCH64_CPU_H
#define FIRMWARE_AARCH64_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define SYSREG_READ(name, reg)                                                                     \
    static inline uint64_t read_##name(void)                                                       \
    {                                                                                              \
        uint64_t value;                                                                            \
        __asm__ volatile("mrs %0, " reg : "=r"(value)::"memory");                                  \
        return value;                                                                              \
    }
#define SYSREG_WRITE(name, reg)                                                                    \
    static inline void write_##name(uint64_t value)                                                \
    {                                                                                              \
        __asm__ volatile("msr " reg ", %0\n\tisb" ::"r"(value) : "memory");                        \
    }

SYSREG_READ(esr, "esr_el1")
SYSREG_READ(elr, "elr_el1")
SYSREG_READ(far, "far_el1")
SYSREG_READ(spsr, "spsr_el1")
SYSREG_READ(dfr0, "id_aa64dfr0_el1")

SYSREG_READ(cntfrq, "cntfrq_el0")
SYSREG_READ(cntp_ctl, "cntp_ctl_el0")
SYSREG_WRITE(cntp_ctl, "cntp_ctl_el0")
SYSREG_WRITE(cntp_cval, "cntp_cval_el0")
SYSREG_WRITE(cntv_ctl, "cntv_ctl_el0")
SYSREG_WRITE(cntv_cval, "cntv_cval_el0")

SYSREG_READ(pmcr, "pmcr_el0")
SYSREG_WRITE(pmcr, "pmcr_el0")
SYSREG_READ(pmceid0, "pmceid0_el0")
SYSREG_WRITE(pmcntenset, "pmcntenset_el0")
SYSREG_WRITE(pmccfiltr, "pmccfiltr_el0")
SYSREG_READ(pmccntr, "pmccntr_el0")
SYSREG_WRITE(pmevtyper0, "pmevtyper0_el0")
SYSREG_READ(pmevcntr0, "pmevcntr0_el0")

#undef SYSREG_READ
#undef SYSREG_WRITE

/* The counter may be read ahead of program order without the barrier. Two counters, one time: from
 * EL2 start-up sets CNTVOFF to 0, and without EL2 the two are one. */
static inline uint64_t read_cntvct(void)
{
    uint64_t value;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value)::"memory");
    return value;
}
static inline uint64_t read_cntpct(void)
{
    uint64_t value;

    __asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(value)::"memory");
    return value;
}

/* Entry points of start.S and vectors.S. */
_Noreturn void aarch64_main(uintptr_t loader_arg, unsigned level); /* supplied by the board */
void aarch64_irq(void);                                            /* supplied by the board */
void aarch64_fiq(void); /* timer.c: the watchdog, unless it was withdrawn */
_Noreturn void aarch64_trap(unsigned kind, const uint64_t *regs);
/* semihosting.S */
_Noreturn void aarch64_semihosting_exit(unsigned code);

/* timer.c: the generic timer, found in the tree. The interrupt controller is there. 0 or a negative
 * errno value, with a line on the console. */
int aarch64_timer_init(const void *fdt);
/* pmu.c */
void aarch64_pmu_init(void);

/* What timer.c asks of the interrupt controller: a line that is raised as FIQ, so that it comes
 * through while IRQ is masked. False: it cannot, and the line is an IRQ like any other. */
bool board_irq_urgent(unsigned number);

#endif
