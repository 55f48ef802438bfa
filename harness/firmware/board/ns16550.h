/* SPDX-License-Identifier: Apache-2.0 */
/* An ns16550 UART, for output; whoever started the machine has set its speed. */
#ifndef FIRMWARE_NS16550_H
#define FIRMWARE_NS16550_H

#include <stdint.h>

void ns16550_putc(uintptr_t base, char c);

#endif
