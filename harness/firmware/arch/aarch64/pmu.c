/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retired instructions, from the performance monitors (PMUv3). QEMU implements the event
 * INST_RETIRED only under -icount with a fixed shift, and then it is exact: every instruction
 * counts once, waiting in wfi does not count. Without it the cycle counter stands in, which is
 * nanoseconds of virtual time on QEMU: good for an impression, not for a budget.
 */
#include "board.h"
#include "cpu.h"

#define DFR0_PMUVER_SHIFT 8
#define DFR0_FIELD        UINT64_C(0xf)
#define PMUVER_NONE       UINT64_C(0xf)    /* one that the architecture does not define */
#define PMCR_E            UINT64_C(1)      /* counters run */
#define PMCR_P            UINT64_C(1 << 1) /* event counters to 0 */
#define PMCR_C            UINT64_C(1 << 2) /* cycle counter to 0 */
#define PMCR_LC           UINT64_C(1 << 6) /* the cycle counter has 64 bits */
#define PMCR_N_SHIFT      11
#define PMCR_N            UINT64_C(0x1f)
#define EVENT_INST        UINT64_C(0x08) /* INST_RETIRED, at EL1 and EL0 */
#define COUNTER_0         UINT64_C(1)
#define COUNTER_CYCLES    (UINT64_C(1) << 31)

static enum { COUNT_NOTHING, COUNT_CYCLES, COUNT_INSTRUCTIONS } counting;
static uint64_t total; /* event counters have 32 bits */
static uint32_t last;

void aarch64_pmu_init(void)
{
    uint64_t version = (read_dfr0() >> DFR0_PMUVER_SHIFT) & DFR0_FIELD;

    if (version == 0 || version == PMUVER_NONE) {
        return;
    }
    write_pmccfiltr(0);
    write_pmcr(PMCR_E | PMCR_P | PMCR_C | PMCR_LC);
    counting = COUNT_CYCLES;
    write_pmcntenset(COUNTER_CYCLES);
    if (((read_pmcr() >> PMCR_N_SHIFT) & PMCR_N) != 0 &&
        (read_pmceid0() & (UINT64_C(1) << EVENT_INST)) != 0) {
        write_pmevtyper0(EVENT_INST);
        write_pmcntenset(COUNTER_0);
        counting = COUNT_INSTRUCTIONS;
    }
}

/* Extended to 64 bits in software: right as long as two calls are less than 2^32 instructions
 * apart. Masking interrupts is not needed for a figure that nobody else takes meanwhile. */
uint64_t board_instret(void)
{
    uint32_t now;

    if (counting != COUNT_INSTRUCTIONS) {
        return counting == COUNT_CYCLES ? read_pmccntr() : 0;
    }
    now = (uint32_t)read_pmevcntr0();
    total += now - last;
    last = now;
    return total;
}
