/* SPDX-License-Identifier: Apache-2.0 */
/* RISC-V: traps and counters. */
#include "board.h"
#include "cpu.h"
#include "riscv.h"

#if __riscv_xlen == 64
#define REG_FORMAT "%4s %016lx"
#else
#define REG_FORMAT "%4s %08lx"
#endif

_Static_assert(STACK_FILL == BOARD_STACK_FILL, "start.S fills the stack");

#define CAUSE_INTERRUPT (~(~0ul >> 1))

extern const unsigned long boot_hart;        /* start.S */
extern uint32_t stack_bottom[], stack_top[]; /* riscv.ld */
void cpu_interrupt(unsigned long cause);     /* called by start.S */
_Noreturn void cpu_exception(unsigned long cause, const struct cpu_frame *frame);

static const char *const exceptions[] = {
    [0] = "instruction address misaligned",
    [1] = "instruction access fault",
    [2] = "illegal instruction",
    [3] = "breakpoint",
    [4] = "load address misaligned",
    [5] = "load access fault",
    [6] = "store address misaligned",
    [7] = "store access fault",
    [8] = "environment call from U",
    [9] = "environment call from S",
    [11] = "environment call from M",
    [12] = "instruction page fault",
    [13] = "load page fault",
    [15] = "store page fault",
};
#define NUM_EXCEPTIONS (sizeof(exceptions) / sizeof(exceptions[0]))
static const char *const names[32] = {"",   "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                      "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                      "a6", "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                      "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

unsigned long cpu_hart(void)
{
    return boot_hart;
}

void cpu_interrupts_on(void)
{
    CSR_SET(CSR_IE, 1ul << IRQ_TIMER | 1ul << IRQ_EXTERNAL);
    CSR_SET(CSR_STATUS, STATUS_IE);
}

void cpu_interrupt(unsigned long cause)
{
    /* In every trap: a line that nobody quiets comes before the timer, for ever. */
    timer_watch();
    if (cause == (CAUSE_INTERRUPT | IRQ_EXTERNAL)) {
        board_external_interrupt();
    } else if (cause == (CAUSE_INTERRUPT | IRQ_TIMER)) {
        timer_fired();
    } else {
        board_printf("trap: interrupt %lu, expected %d or %d", cause & ~CAUSE_INTERRUPT, IRQ_TIMER,
                     IRQ_EXTERNAL);
        board_exit(BOARD_EXIT_TRAP);
    }
}

static void print_registers(const struct cpu_frame *frame)
{
    for (unsigned n = 1; n < 32u; n++) {
        char text[32];

        (void)board_snprintf(text, sizeof(text), REG_FORMAT, names[n], frame->x[n]);
        for (const char *c = text; *c != '\0'; c++) {
            board_putc(*c);
        }
        if (n % 4u == 0 || n == 31u) {
            board_putc('\n');
        }
    }
}

void cpu_exception(unsigned long cause, const struct cpu_frame *frame)
{
    static unsigned depth; /* what is broken may break the report as well */
    const char *what = cause < NUM_EXCEPTIONS ? exceptions[cause] : NULL;
    unsigned long epc;
    unsigned long tval;

    if (depth++ < 2u) {
        CSR_READ(CSR_EPC, epc);
        CSR_READ(CSR_TVAL, tval);
        board_printf("trap: %s (cause %lu) at pc 0x%lx, tval 0x%lx",
                     what != NULL ? what : "exception", cause, epc, tval);
    }
    if (depth == 1u) {
        print_registers(frame);
        board_post_mortem();
    }
    board_exit(BOARD_EXIT_TRAP);
}

uint64_t board_instret(void)
{
#if __riscv_xlen == 64
    unsigned long count;

    CSR_READ(CSR_INSTRET, count);
    return count;
#else
    /* In two halves, between which the lower one may run over. */
    unsigned long high;
    unsigned long low;
    unsigned long again;

    do {
        CSR_READ(CSR_INSTRET_H, high);
        CSR_READ(CSR_INSTRET, low);
        CSR_READ(CSR_INSTRET_H, again);
    } while (high != again);
    return (uint64_t)high << 32 | low;
#endif
}

void board_stack(const uint32_t **lowest, size_t *bytes)
{
    *lowest = stack_bottom;
    *bytes = (size_t)((uintptr_t)stack_top - (uintptr_t)stack_bottom);
}
