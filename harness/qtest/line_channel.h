/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text lines over a unix stream socket that a child process connects to: what the qtest protocol
 * and QMP have in common. Every wait has a deadline in real time. Single-threaded; errors are
 * negative errno values. Outside the VirtIO specification.
 */
#ifndef HARNESS_QTEST_LINE_CHANNEL_H
#define HARNESS_QTEST_LINE_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

/* A connection. Owned by the caller; `fd` is -1 when closed. */
struct line_channel {
    int fd;
    char *buf; /* received and not yet taken: buf[head .. tail) */
    size_t size;
    size_t head;
    size_t tail;
};

/* Real time in microseconds (CLOCK_MONOTONIC), the clock of every deadline here. */
uint64_t line_now_us(void);

/* Listens on a new socket at `path`, backlog 1, close-on-exec. The descriptor, or -ENAMETOOLONG or
 * what socket(), bind() or listen() said. */
int line_listen(const char *path);

/* Waits for the peer on `listen_fd` until `deadline_us`. `death_fd` becomes readable or hangs up
 * when the peer process is gone. 0, -ETIMEDOUT, -EPIPE when the peer died first. */
int line_accept(struct line_channel *ch, int listen_fd, int death_fd, uint64_t deadline_us);

/* Sends `len` bytes. 0, -EPIPE when the peer is gone, -ETIMEDOUT when it takes nothing for 10 s. */
int line_send(struct line_channel *ch, const char *text, size_t len);

/* The next line without its line end, NUL-terminated, valid until the next call. A deadline in the
 * past takes what has already arrived. 0, -ETIMEDOUT, -EPIPE at the end of the stream, -EPROTO for
 * a line beyond 1 MiB, -ENOMEM. */
int line_next(struct line_channel *ch, char **line, uint64_t deadline_us);

/* Closes the connection; harmless when it is closed. */
void line_close(struct line_channel *ch);

#endif
