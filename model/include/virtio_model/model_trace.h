/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line an event: number, virtual time, device slot, what. Register and ring accesses are shown
 * with their names and decoded values; interrupts, schedule decisions, faults and breaches too.
 * With no sink a trace costs one test of a pointer.
 */
#ifndef VIRTIO_MODEL_TRACE_H
#define VIRTIO_MODEL_TRACE_H

#include <stdint.h>

struct model_board;

/* line has no newline and lives only during the call. */
typedef void (*model_trace_sink)(void *ctx, const char *line);
void model_trace_to(struct model_board *board, model_trace_sink sink, void *ctx);

/* A line of the test's own ("scenario: ..."); free when off. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void model_trace_note(struct model_board *board, const char *fmt, ...);

/* Number of events so far; counted with or without a sink. */
uint64_t model_trace_position(const struct model_board *board);

#endif
