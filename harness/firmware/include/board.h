/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware asks of a board: start-up, console, interrupts, time, the end. One core.
 *
 * arch/<cpu>/ holds start-up, traps and the timer, board/ the devices of QEMU's virt machines, and
 * whoever ports the driver to a machine of theirs reads those two and driver/ports/baremetal.
 *
 * Start-up clears .bss, sets the stack, installs the trap vector, masks interrupts and calls
 * board_main() with what the loader handed over.
 */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio/virtio_discovery.h"

/* Exit codes of the firmware, seen as QEMU's own exit status. */
enum board_exit {
    BOARD_EXIT_PASS = 0,
    BOARD_EXIT_FAIL = 1,       /* a scenario failed */
    BOARD_EXIT_USAGE = 2,      /* the boot arguments mean nothing */
    BOARD_EXIT_NO_TREE = 10,   /* no device tree, or a broken one */
    BOARD_EXIT_NO_VIRTIO = 11, /* a device tree without virtio,mmio nodes */
    BOARD_EXIT_NO_DEVICE = 12, /* not as many devices of the type as the scenario needs */
    BOARD_EXIT_NO_HOST = 13,   /* the other end of the mailbox does not answer */
    BOARD_EXIT_BOARD = 14,     /* interrupt controller or timer could not be set up */
    BOARD_EXIT_TRAP = 20,      /* an exception that nobody expected; its registers are printed */
    BOARD_EXIT_WATCHDOG = 21,  /* the deadline of board_watchdog has come */
};

/* ---- supplied by the application (app/, bench/) ---- */

/* Runs with interrupts masked; fdt NULL: none was handed over. Ends in board_exit. */
_Noreturn void board_main(const void *fdt);
/* Called on a trap or by the watchdog, before the end: prints what may help. */
void board_post_mortem(void);

/* ---- supplied by the board ---- */

/* Bytes that the device tree can have at most. */
#define BOARD_FDT_MAX (2u << 20)

/* Finds interrupt controller and timer in the tree and sets them up, all lines off, and lets the
 * CPU take interrupts. 0, or a negative errno value with a line on the console that names the node.
 */
int board_init(const void *fdt);

/* Console: works before board_init and in traps. */
void board_putc(char c);

/* The number of an interrupt that the device tree describes. 0, -ENODEV: its parent is not this
 * board's controller, -EINVAL: cells that the controller does not have; a line on the console. */
int board_irq_number(const struct virtio_fdt_irq *irq, unsigned *number);
/* Calls fn(arg), with interrupts masked, whenever the line is raised; NULL switches it off. Thread.
 */
void board_irq_connect(unsigned number, bool (*fn)(void *arg), void *arg);

/* Instructions that the CPU has retired; exact with QEMU's -icount. */
uint64_t board_instret(void);
/* Ends everything with BOARD_EXIT_WATCHDOG at that time, also while interrupts are masked where the
 * machine can do that; 0: never. (The time and the sleep of virtio_bare.h come from the board too.)
 */
void board_watchdog(uint64_t deadline_us);
/* The stack, filled with BOARD_STACK_FILL at the start: lowest address and bytes. */
#define BOARD_STACK_FILL UINT32_C(0x5ac35ac3)
void board_stack(const uint32_t **lowest, size_t *bytes);
/* Memory behind the image that nobody uses, 4096-byte aligned. */
void board_free_memory(void **base, size_t *bytes);

/* Ends QEMU with that exit status, 0..127. */
_Noreturn void board_exit(int code);

/* ---- lib/ ---- */
/* A line with newline on the console; conversions %s %c %d %u %x %p with l, ll, z, width and zero
 * padding. */
void board_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same into a buffer, always ended, cut to size; returns what the whole would have been. */
int board_snprintf(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
