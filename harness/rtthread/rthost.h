/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RT-Thread on the host: the kernel interface that the RT-Thread component needs, in virtual time,
 * over the host back end (harness/host/host_backend.h). The component is compiled unmodified
 * against include/ and never sees this header; tests do.
 *
 * Threads are real ones, but one at a time holds the kernel, so that a run is the same each time.
 * The highest priority that can run does; a thread loses the CPU where it waits and where it lets
 * interrupts in again. When nobody can run the back end idles, and its devices act. The caller of
 * rthost_boot() is the main thread (priority 10).
 *
 * What would hang or crash a real system ends the process with a line on stderr: a wait with
 * interrupts masked, in a handler or with the scheduler locked, a dead lock, a failed assertion.
 */
#ifndef RTHOST_H
#define RTHOST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rtthread.h>

#define RTHOST_IRQS 64

/* A fresh kernel on host_current; irq_connect tells the board which lines have a handler. */
void rthost_boot(void (*irq_connect)(void *ctx, int vector, bool on), void *ctx);
/* Ends the kernel; every thread but the main one must have ended. */
void rthost_shutdown(void);

/* The board's interrupt: runs the installed handler. */
void rthost_interrupt(int vector);

/* Lets virtual time pass and everybody else run. */
void rthost_run_us(uint64_t us);

/* What rt_kprintf wrote since the start, at most the last 16 KiB. */
const char *rthost_console(void);
/* Blocks of the RT-Thread heap in use. */
unsigned rthost_heap_blocks(void);
/* The n-th allocation from now on fails (1: the next); 0: none. */
void rthost_heap_fail_at(unsigned n);
/* Objects (devices, semaphores, mutexes, events) that are registered and not detached. */
unsigned rthost_objects(rt_uint8_t type);

_Noreturn void rthost_panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
