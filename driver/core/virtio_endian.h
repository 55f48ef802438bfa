/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Byte order at the edge. Registers and everything of a modern device are little-endian on every
 * CPU; rings and config of a legacy device have the guest's native order (section 2.4.3). Values
 * inside the driver are always in CPU order.
 */
#ifndef VIRTIO_ENDIAN_H
#define VIRTIO_ENDIAN_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define VIRTIO_CPU_BIG_ENDIAN 1
#else
#define VIRTIO_CPU_BIG_ENDIAN 0
#endif

/* Between CPU order and the order of a ring, a request or a config field. On a little-endian CPU
 * all of them are little-endian, legacy or not, and nothing is left of this when it is compiled. */
static inline bool virtio_must_swap(bool big_endian)
{
    return VIRTIO_CPU_BIG_ENDIAN && !big_endian;
}
static inline uint16_t virtio_swap16(uint16_t v, bool big_endian)
{
    return virtio_must_swap(big_endian) ? __builtin_bswap16(v) : v;
}
static inline uint32_t virtio_swap32(uint32_t v, bool big_endian)
{
    return virtio_must_swap(big_endian) ? __builtin_bswap32(v) : v;
}
static inline uint64_t virtio_swap64(uint64_t v, bool big_endian)
{
    return virtio_must_swap(big_endian) ? __builtin_bswap64(v) : v;
}

/* Little-endian whatever the device: control registers. */
static inline uint32_t virtio_le32(uint32_t v)
{
    return virtio_swap32(v, false);
}
static inline uint64_t virtio_le64(uint64_t v)
{
    return virtio_swap64(v, false);
}

#endif
