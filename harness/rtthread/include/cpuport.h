/* SPDX-License-Identifier: Apache-2.0 */
/* What the CPU's port declares: the lock of one spinlock, whose owner the host checks. */
#ifndef CPUPORT_H__
#define CPUPORT_H__

#include <rtconfig.h>

typedef struct {
    unsigned held;
} rt_hw_spinlock_t;

#endif
