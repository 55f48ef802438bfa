/* SPDX-License-Identifier: Apache-2.0 */
/* The part of <stdlib.h> that the firmware has (lib/), for builds without a C library. */
#ifndef FIRMWARE_STDLIB_H
#define FIRMWARE_STDLIB_H

#include <stddef.h>

/* As in C, but without errno: a value out of range is ULONG_MAX. */
unsigned long strtoul(const char *restrict s, char **restrict end, int base);

#endif
