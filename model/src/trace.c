/* SPDX-License-Identifier: Apache-2.0 */
/* The trace: formats an event only when somebody listens. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "board.h"

#define LINE_BYTES 256

__attribute__((format(printf, 3, 0))) static void emit(struct model_board *board, unsigned slot,
                                                       const char *fmt, va_list ap)
{
    char line[LINE_BYTES];
    int n;

    if (slot < MODEL_MAX_DEVICES)
        n = snprintf(line, sizeof(line), "%6" PRIu64 " %10" PRIu64 " %2u ", board->trace_pos,
                     board->now_ns, slot);
    else
        n = snprintf(line, sizeof(line), "%6" PRIu64 " %10" PRIu64 "  - ", board->trace_pos,
                     board->now_ns);
    vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
    board->sink(board->sink_ctx, line);
}

void trace_line(struct model_board *board, unsigned slot, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(board, slot, fmt, ap);
    va_end(ap);
}

void model_trace_to(struct model_board *board, model_trace_sink sink, void *ctx)
{
    board->sink = sink;
    board->sink_ctx = ctx;
}

void model_trace_note(struct model_board *board, const char *fmt, ...)
{
    board->trace_pos++;
    if (!board->sink)
        return;
    va_list ap;
    va_start(ap, fmt);
    emit(board, NO_SLOT, fmt, ap);
    va_end(ap);
}

uint64_t model_trace_position(const struct model_board *board)
{
    return board->trace_pos;
}
