/* SPDX-License-Identifier: Apache-2.0 */
/* An exception that nobody expected: what the CPU knows about it, and the end. */
#include "board.h"
#include "cpu.h"
#include "image.h"

#define ESR_CLASS_SHIFT 26
#define ESR_CLASS       0x3fu

static const char *const kinds[16] = {
    "synchronous, SP_EL0", "IRQ, SP_EL0", "FIQ, SP_EL0", "SError, SP_EL0",
    "synchronous",         "IRQ",         "FIQ",         "SError",
    "synchronous, EL0",    "IRQ, EL0",    "FIQ, EL0",    "SError, EL0",
    "synchronous, 32-bit", "IRQ, 32-bit", "FIQ, 32-bit", "SError, 32-bit",
};

/* Exception classes that broken firmware meets (Arm ARM, ESR_EL1.EC). */
static const char *class_name(unsigned ec)
{
    switch (ec) {
    case 0x00:
        return "undefined instruction";
    case 0x07:
        return "floating point is off";
    case 0x0e:
        return "illegal execution state";
    case 0x18:
        return "system register";
    case 0x21:
        return "instruction abort";
    case 0x22:
        return "pc not aligned";
    case 0x25:
        return "data abort";
    case 0x26:
        return "sp not aligned";
    case 0x2f:
        return "SError";
    case 0x3c:
        return "breakpoint instruction";
    default:
        return "see ESR_EL1.EC";
    }
}

void aarch64_trap(unsigned kind, const uint64_t *regs)
{
    static volatile bool nested;
    unsigned ec = (unsigned)(read_esr() >> ESR_CLASS_SHIFT) & ESR_CLASS;

    if (nested) {
        board_exit(BOARD_EXIT_TRAP); /* the report itself is at fault */
    }
    nested = true;
    board_printf("trap: %s, %s", kinds[kind % 16u], class_name(ec));
    board_printf("  ESR 0x%08lx ELR 0x%016lx FAR 0x%016lx SPSR 0x%08lx", (unsigned long)read_esr(),
                 (unsigned long)read_elr(), (unsigned long)read_far(), (unsigned long)read_spsr());
    for (unsigned i = 0; i < TRAP_REGS; i += 4) {
        board_printf("  x%02u %016lx %016lx %016lx %016lx%s", i, (unsigned long)regs[i],
                     (unsigned long)regs[i + 1], (unsigned long)regs[i + 2],
                     (unsigned long)regs[i + 3], i + 4 == TRAP_REGS ? " (the last is sp)" : "");
    }
    board_post_mortem();
    board_exit(BOARD_EXIT_TRAP);
}
