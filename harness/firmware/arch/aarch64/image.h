/* SPDX-License-Identifier: Apache-2.0 */
/* What start-up, C code and the linker script (aarch64.ld) agree on. */
#ifndef FIRMWARE_AARCH64_IMAGE_H
#define FIRMWARE_AARCH64_IMAGE_H

#define BOARD_STACK_FILL_VALUE 0x5ac35ac3 /* BOARD_STACK_FILL, for the assembler */

/* General registers that the entry of a trap saves: x0 to x30, and the stack pointer. */
#define TRAP_REGS 32

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Symbols of the linker script: their addresses are what counts. */
extern uint32_t stack_bottom[], stack_top[];
extern char image_end[];
#endif

#endif
