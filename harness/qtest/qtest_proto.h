/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The qtest wire protocol, our end: one command line, one reply line, and in between the lines that
 * QEMU sends when an intercepted interrupt input changes. QEMU connects to a socket we listen on.
 * An interrupt line that a command causes arrives before the reply to that command, so that
 * `qtest_irq_level` is exact after every call. Single-threaded. Errors are negative errno values:
 *
 *   -ETIMEDOUT  no reply in time; the conversation is out of step and stays failed
 *   -EPIPE      QEMU closed the connection (it died); stays failed
 *   -EPROTO     a reply that is not of the protocol; stays failed
 *   -EREMOTEIO  QEMU answered FAIL or ERR; the conversation goes on
 */
#ifndef HARNESS_QTEST_QTEST_PROTO_H
#define HARNESS_QTEST_QTEST_PROTO_H

#include "line_channel.h"

#include <stdbool.h>
#include <stdint.h>

#define QTEST_IRQ_MAX 256u

/* A conversation. Owned by the caller. */
struct qtest {
    struct line_channel ch;
    uint64_t timeout_us; /* for each reply */
    int failed;          /* first error that ended the conversation, or 0 */
    uint64_t levels[QTEST_IRQ_MAX / 64];
    uint64_t raises; /* IRQ raise lines so far */
    uint64_t commands;
};

/* Waits for QEMU on `listen_fd` and exchanges the first command, which proves that the machine is
 * built. `death_fd` as for line_accept. `q` is valid for qtest_close even after an error. */
int qtest_open(struct qtest *q, int listen_fd, int death_fd, uint64_t timeout_us);

/* Sends one command and waits for its reply. `*reply` (may be NULL) is the text behind OK, FAIL or
 * ERR, valid until the next call. */
int qtest_command(struct qtest *q, const char **reply, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One access of 1, 2 or 4 bytes on the guest's bus; -EINVAL for another width. */
int qtest_read(struct qtest *q, unsigned width, uint64_t addr, uint64_t *value);
int qtest_write(struct qtest *q, unsigned width, uint64_t addr, uint64_t value);

/* Asks for a line at every change of the interrupt inputs of the device at a QOM path. QEMU takes
 * this for one device only. */
int qtest_intercept_irq_in(struct qtest *q, const char *qom_path);

/* Drives interrupt input `irq` of the device at a QOM path. */
int qtest_set_irq_in(struct qtest *q, const char *qom_path, unsigned irq, bool level);

/* Waits for interrupt lines until `until_us` (in the past: only takes what is there). 0 when at
 * least one came, -ETIMEDOUT (not an end of the conversation) when none did. */
int qtest_poll_irqs(struct qtest *q, uint64_t until_us);

/* Level of an intercepted input as far as the lines received tell. */
bool qtest_irq_level(const struct qtest *q, unsigned irq);

/* Ends the conversation; harmless when it has ended. */
void qtest_close(struct qtest *q);

#endif
