/* SPDX-License-Identifier: Apache-2.0 */
/* The RISC-V platform-level interrupt controller, for one hart in one mode. */
#ifndef FIRMWARE_PLIC_H
#define FIRMWARE_PLIC_H

#include <stdbool.h>

/* Finds the controller in the tree (which was checked), and its context that raises the external
 * interrupt `cause` of the hart; all lines off. 0, or -ENODEV or -EINVAL with a line on the console
 * that names the node. */
int plic_init(const void *fdt, unsigned long hart, unsigned cause);
/* Offset of its node in the tree, and the highest line number. */
int plic_node(void);
unsigned plic_lines(void);
/* Calls fn(arg) whenever the line is raised; NULL switches it off. Interrupts are masked. */
void plic_connect(unsigned line, bool (*fn)(void *arg), void *arg);
/* Serves one line that is raised (ISR). One only, so that every line is followed by a look at the
 * watchdog. */
void plic_serve(void);

#endif
