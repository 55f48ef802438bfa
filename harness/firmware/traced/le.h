/* SPDX-License-Identifier: Apache-2.0 */
/* Between the CPU's byte order and little-endian, either way. */
#ifndef FIRMWARE_LE_H
#define FIRMWARE_LE_H

#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LE_SWAP 1
#else
#define LE_SWAP 0
#endif

static inline uint16_t le16(uint16_t v)
{
    return LE_SWAP ? __builtin_bswap16(v) : v;
}
static inline uint32_t le32(uint32_t v)
{
    return LE_SWAP ? __builtin_bswap32(v) : v;
}
static inline uint64_t le64(uint64_t v)
{
    return LE_SWAP ? __builtin_bswap64(v) : v;
}

/* Of bytes that need not be aligned. */
static inline uint32_t le32_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#endif
