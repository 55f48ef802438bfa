/* SPDX-License-Identifier: Apache-2.0 */
/* Types of lwIP. */
#ifndef LWIP_HDR_ARCH_H
#define LWIP_HDR_ARCH_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8_t;
typedef int8_t s8_t;
typedef uint16_t u16_t;
typedef int16_t s16_t;
typedef uint32_t u32_t;
typedef int32_t s32_t;

#endif
