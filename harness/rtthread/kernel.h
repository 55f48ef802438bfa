/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the host kernel share. */
#ifndef RTHOST_KERNEL_H
#define RTHOST_KERNEL_H

#include "host_backend.h"
#include "rthost.h"

/* Waits until ready(arg), at most `ticks` (RT_WAITING_FOREVER: no end); false: the time is over.
 * `what` is for the panic of a wait that is not allowed here. */
bool kernel_wait(bool (*ready)(void *arg), void *arg, rt_int32_t ticks, const char *what);
/* A higher priority may have become ready; where the caller can lose the CPU, it does. */
void kernel_preempt(void);

bool kernel_irqs_masked(void);
void kernel_irq_mask(void);
void kernel_irq_unmask(void);

/* Runs timers that are due; the time of the next, UINT64_MAX: none. */
void kernel_timers_run(void);
uint64_t kernel_timers_next_us(void);

void kernel_threads_boot(void);
void kernel_threads_shutdown(void);
void kernel_irq_boot(void (*connect)(void *ctx, int vector, bool on), void *ctx);
void kernel_objects_boot(void);
void kernel_timers_boot(void);

void kernel_object_init(rt_object_t object, enum rt_object_class_type type, const char *name);
void kernel_object_detach(rt_object_t object);

#endif
