/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the machine's own devices: little-endian, whatever order the CPU's data has. */
#ifndef FIRMWARE_MMIO_H
#define FIRMWARE_MMIO_H

#include <stdint.h>

static inline uint32_t mmio_le32(uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap32(v);
#else
    return v;
#endif
}
static inline uint8_t mmio_read8(uintptr_t addr)
{
    return *(const volatile uint8_t *)addr;
}
static inline void mmio_write8(uintptr_t addr, uint8_t value)
{
    *(volatile uint8_t *)addr = value;
}
static inline uint32_t mmio_read32(uintptr_t addr)
{
    return mmio_le32(*(const volatile uint32_t *)addr);
}
static inline void mmio_write32(uintptr_t addr, uint32_t value)
{
    *(volatile uint32_t *)addr = mmio_le32(value);
}

#endif
