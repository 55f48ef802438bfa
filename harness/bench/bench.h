/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operation of the block driver costs, in figures that are the same on every machine:
 * register accesses (each a trap when the device is emulated), notifications, interrupts,
 * descriptors, barriers, bytes. No clock is looked at.
 */
#ifndef HARNESS_BENCH_H
#define HARNESS_BENCH_H

#include "run.h"

/* How the device of the model keeps time with the driver. */
enum bench_device {
    BENCH_DEVICE_SYNC, /* answers inside QueueNotify, with one interrupt for all it found there */
    BENCH_DEVICE_LAZY, /* acts while the driver sleeps, one request at a time */
    BENCH_DEVICE_COUNT,
};
enum bench_op { BENCH_READ_4K, BENCH_WRITE_4K, BENCH_READ_4K_X32, BENCH_OP_COUNT };

extern const char *const bench_device_names[BENCH_DEVICE_COUNT];
extern const char *const bench_op_names[BENCH_OP_COUNT];

struct bench_case {
    enum bench_device device;
    bool modern;
    unsigned ring; /* index into ring_variants */
    enum bench_op op;
};

enum bench_figure {
    BENCH_ACCESSES,    /* register accesses, config space included */
    BENCH_READS,       /* of these */
    BENCH_WRITES,      /* of these */
    BENCH_NOTIFIES,    /* QueueNotify writes */
    BENCH_IRQS,        /* interrupts delivered */
    BENCH_DESCRIPTORS, /* walked by the device, those of indirect tables included */
    BENCH_BARRIERS,
    BENCH_PAYLOAD, /* bytes that the device read and wrote: header, data, status */
    BENCH_BOUNCED, /* bytes that the port copied for map and unmap; the driver copies none */
    BENCH_FIGURE_COUNT,
};
extern const char *const bench_figure_names[BENCH_FIGURE_COUNT];

/* Per operation, averaged over `repeat` of them in the steady state. */
struct bench_result {
    double figures[BENCH_FIGURE_COUNT];
};

/* False when the transport does not have that ring. */
bool bench_case_exists(const struct bench_case *c);
/* Returns 0, or a negative errno value after a message on standard error: the driver failed, the
 * data were wrong, or a rule was broken. */
int bench_run(const struct bench_case *c, unsigned repeat, struct bench_result *result);

#endif
