/* SPDX-License-Identifier: Apache-2.0 */
/* RISC-V, what arch/ and board/ want from each other. */
#ifndef FIRMWARE_CPU_H
#define FIRMWARE_CPU_H

#include <stdint.h>

/* Of the frame that the trap entry saves: x[1] to x[31]; x[0] is unused. */
struct cpu_frame {
    unsigned long x[32];
};

/* The hart that the firmware runs on. */
unsigned long cpu_hart(void);
/* Finds the timer in the tree (which was checked). 0, or -ENODEV or -EINVAL with a line that says
 * what is missing. */
int timer_init(const void *fdt);
/* Lets timer and external interrupts in. */
void cpu_interrupts_on(void);

/* In timer.c, for cpu.c: every trap looks after the watchdog; a timer interrupt calls timer_fired.
 */
void timer_watch(void);
void timer_fired(void);

/* Supplied by the board: an external interrupt is pending. (ISR) */
void board_external_interrupt(void);

#endif
