/* SPDX-License-Identifier: Apache-2.0 */
/* Arm's Generic Interrupt Controller, version 2, for one core. */
#ifndef FIRMWARE_GICV2_H
#define FIRMWARE_GICV2_H

/* Finds the controller in the tree and sets it up, all lines off. 0, -ENODEV: there is none,
 * -EINVAL: its node makes no sense; a line on the console. board_irq_number, board_irq_connect and
 * board_irq_urgent work from then on. */
int gicv2_init(const void *fdt);

#endif
