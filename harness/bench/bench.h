/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operation of a driver costs, in figures that are the same on every machine: register
 * accesses (each a trap when the device is emulated), notifications, interrupts, descriptors,
 * barriers, bytes. No clock is looked at.
 */
#ifndef HARNESS_BENCH_H
#define HARNESS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"

/* How the device of the model keeps time with the driver. */
enum bench_device {
    BENCH_DEVICE_SYNC, /* answers inside QueueNotify, with one interrupt for all it found there */
    BENCH_DEVICE_LAZY, /* acts while the driver sleeps, one request at a time */
    BENCH_DEVICE_COUNT,
};
extern const char *const bench_device_names[BENCH_DEVICE_COUNT];

/* A device type and its operations; bench_type.h has the rest. */
struct bench_type;
struct bench;

struct bench_op {
    const char *name;
    unsigned units;   /* what the operation consists of, */
    const char *unit; /* and what one of these is called; figures are told for each of them, too */
    unsigned max;     /* operations to average over at most, where one is long; 0: no limit */
    uint32_t size;    /* of a unit in bytes, or what the type says */
    bool poll;        /* without interrupts: the caller looks by itself */
    /* The operation, the n-th. All that is not the driver's in it costs nothing. */
    int (*run)(struct bench *b, const struct bench_op *op, unsigned n);
};

extern const struct bench_type *const bench_types[];
extern const unsigned bench_type_count;
const char *bench_type_name(const struct bench_type *type);
/* The operation, or NULL behind the last. */
const struct bench_op *bench_type_op(const struct bench_type *type, unsigned i);

struct bench_case {
    unsigned type; /* index into bench_types */
    enum bench_device device;
    bool modern;
    unsigned ring; /* index into ring_variants */
    unsigned op;   /* of the type */
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
    BENCH_BOUNCED, /* bytes that the port copied for map, sync and unmap */
    BENCH_COPIED,  /* bytes that the driver copied: data that the caller gave or got in memory which
                      was not the device's, neither mapped nor coherent, at any time during the
                      operation. Each counts once, however often it is copied on its way */
    BENCH_FIGURE_COUNT,
};
extern const char *const bench_figure_names[BENCH_FIGURE_COUNT];

/* Per operation, averaged over `repeat` of them in the steady state. */
struct bench_result {
    double figures[BENCH_FIGURE_COUNT];
};

/* False when the transport does not have that ring. */
bool bench_case_exists(const struct bench_case *c);
const struct bench_op *bench_case_op(const struct bench_case *c);
/* "blk sync legacy split read-4k" with a separator of choice; returns the length. */
int bench_case_format(const struct bench_case *c, char separator, char *text, size_t size);
/* Returns 0, or a negative errno value after a message on standard error: the driver failed, the
 * data were wrong, or a rule was broken. */
int bench_run(const struct bench_case *c, unsigned repeat, struct bench_result *result);

#endif
