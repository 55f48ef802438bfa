/* SPDX-License-Identifier: Apache-2.0 */
/* PL011 (DDI 0183), as a console. */
#include "pl011.h"

#include "mmio.h"

#define UARTDR   0x00u
#define UARTFR   0x18u
#define UARTLCR  0x2cu
#define UARTCR   0x30u
#define UARTIMSC 0x38u

#define FR_TX_FULL (1u << 5)
#define LCR_8_FIFO (3u << 5 | 1u << 4)
#define CR_UART    1u
#define CR_TX      (1u << 8)
/* Looks at a full FIFO until the byte is given up: a console that is stuck is no reason to hang. */
#define TRIES 1000000u

void pl011_enable(uintptr_t base)
{
    mmio_write32(base + UARTCR, 0);
    mmio_write32(base + UARTIMSC, 0);
    mmio_write32(base + UARTLCR, LCR_8_FIFO);
    mmio_write32(base + UARTCR, CR_UART | CR_TX);
}

void pl011_putc(uintptr_t base, char c)
{
    for (unsigned i = 0; i < TRIES; i++) {
        if ((mmio_read32(base + UARTFR) & FR_TX_FULL) == 0) {
            mmio_write32(base + UARTDR, (uint8_t)c);
            return;
        }
    }
}
