/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the driver did, kept where the host can read it however the firmware ends: register
 * accesses and interrupts in mailbox.trace, memory shared with devices, as it was when it was given
 * back, in mailbox.rings. Only windows that were named here are watched.
 *
 * The order is the one in which things happened: an access and its entry are one, an interrupt
 * comes before or after both. Context: any, but for trace_begin, trace_window and trace_print.
 */
#ifndef FIRMWARE_TRACE_H
#define FIRMWARE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mailbox.h"

#define TRACE_WINDOWS 8u

struct trace_counts {
    uint32_t reads, writes, interrupts;
};

/* Nothing is kept before. */
void trace_begin(struct mailbox *mailbox);
/* Watches one more window, whose number in the trace is how many there were. Returns false when
 * there are TRACE_WINDOWS. */
bool trace_window(uintptr_t base, size_t size, bool legacy);
/* Calls fn before (false) and behind (true) every write to that place of a window. NULL: no more.
 * fn runs with interrupts as they were at the write and may wait in thread context. */
void trace_around(uint16_t offset, void (*fn)(unsigned window, bool behind));

/* The handler of a window is about to run; the scenario is at a line. */
void trace_interrupt(unsigned window);
void trace_mark(uint32_t line);

/* Reads past the trace, in the byte order of the register or, of a legacy config field, of the CPU:
 * the driver's view. */
uint16_t trace_peek16(unsigned window, unsigned offset);
uint32_t trace_peek32(unsigned window, unsigned offset);

void trace_count(struct trace_counts *counts);
/* The last `entries` of the trace on the console, in words. Also in a trap. */
void trace_print(const struct mailbox *mailbox, unsigned entries);

#endif
