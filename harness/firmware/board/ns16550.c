/* SPDX-License-Identifier: Apache-2.0 */
#include "mmio.h"
#include "ns16550.h"

#define REG_DATA        0u
#define REG_LINE_STATUS 5u
#define THR_EMPTY       0x20u
#define TRIES           1000000u /* a UART that never gets ready loses a character, not the machine */

void ns16550_putc(uintptr_t base, char c)
{
    for (unsigned i = 0; i < TRIES && (mmio_read8(base + REG_LINE_STATUS) & THR_EMPTY) == 0; i++) {
    }
    mmio_write8(base + REG_DATA, (uint8_t)c);
}
