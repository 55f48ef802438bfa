/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench_run.c needs of a device type, and what it offers to its operations. An operation does
 * what a caller does, ends when the device has done its part, and checks the data: a figure of
 * something that went wrong is worth nothing.
 */
#ifndef HARNESS_BENCH_TYPE_H
#define HARNESS_BENCH_TYPE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "bench_dma.h"
#include "model_backend.h"
#include "virtio/virtio.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_device.h"

#define BENCH_TIMEOUT_US 1000000u
#define BENCH_BATCH      32u

struct bench {
    struct bench_dma dma; /* first: its back end is the one that the driver runs on */
    void (*model_barrier)(struct host_backend *be, enum host_barrier kind);
    uint64_t barriers, counted;
    struct model_board *board;
    const struct bench_type *type;
    const struct bench_op *op;
    void *state; /* of the type, zeroed at the start */
    struct model_device *model;
    struct virtio_device *dev;
    virtio_port_event_t event;
    volatile bool done;
};

struct bench_type {
    const char *name;
    const struct bench_op *ops;
    unsigned num_ops;
    uint64_t features; /* that the device offers, besides those of the ring */
    size_t state_size;
    /* Adds the device in slot 0, tells b->model and b->dev, and starts the driver. */
    int (*set_up)(struct bench *b, const struct model_device_config *dev,
                  const struct virtio_window *window);
    int (*tear_down)(struct bench *b);
};

extern const struct bench_type bench_blk, bench_net, bench_console, bench_gpu, bench_input;

/* A callback of the driver says that something has happened, to whom waits for it. */
void bench_signal(struct bench *b);
/* Waits until bench_signal was called since b->done was last false. 0 or -ETIMEDOUT. */
int bench_wait(struct bench *b);
/* The thread does something else for a while, and the device may act. */
void bench_pass(struct bench *b);

#endif
