/* SPDX-License-Identifier: Apache-2.0 */
/* Arm's PrimeCell UART: output only, polled. */
#ifndef FIRMWARE_PL011_H
#define FIRMWARE_PL011_H

#include <stdint.h>

/* 8 bits, no parity, at the baud rate that is set. */
void pl011_enable(uintptr_t base);
void pl011_putc(uintptr_t base, char c);

#endif
