/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operation of the driver costs on this board: instructions (board_instret, exact under
 * -icount), register accesses, stack. The driver runs on QEMU's devices, which answer in their own
 * time; that is waited for outside of what is counted, with the device's interrupt line not
 * connected: the handler is called when the whole answer is in the used ring. So the figures
 * contain all that the driver does for the operation - the call, the interrupt handler, the
 * callbacks - and neither waiting nor the way into a trap and back.
 */
#ifndef FIRMWARE_BENCH_H
#define FIRMWARE_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mailbox_client.h"
#include "virtio/virtio.h"
#include "virtio/virtqueue.h"

#define BENCH_BATCH 32u

/* The two halves of an operation. */
enum bench_part {
    BENCH_ASK,    /* the caller's calls, up to the notification */
    BENCH_ANSWER, /* interrupt handler or poll, callbacks, and what the caller does then */
    BENCH_PARTS,
};

struct bench_op {
    const char *name;
    unsigned units; /* requests, frames, events: what the figures are told for each of */
    uint32_t size;  /* what the type says */
    /* The operation, for the n-th time: 0, or a negative errno value after a line on the console.
     * What is the driver's stands between bench_count and bench_stop. */
    int (*run)(const struct bench_op *op, unsigned n);
};

struct bench_type {
    const char *name;
    uint32_t device_id;
    const struct bench_op *ops;
    unsigned num_ops;
    bool polls; /* its operations once more on a device that is polled */
    struct virtio_device *dev;
    int (*probe)(const struct virtio_window *window);
    /* What has to happen once before the operations, with its interrupt connected; may be NULL. */
    int (*ready)(void);
    int (*remove)(void);
};
extern const struct bench_type bench_blk, bench_net, bench_console, bench_gpu, bench_input;

/* From here to bench_stop it is the driver that runs. */
void bench_count(void);
void bench_stop(enum bench_part part);

/* Waits until the used index in the ring is `used`, and for the interrupt when one is due and the
 * device is not polled. 0, or -ETIMEDOUT after a line on the console. */
int bench_await(const struct virtqueue *vq, uint16_t used, bool interrupt);
/* The used index in the ring. */
uint16_t bench_used(const struct virtqueue *vq);
/* What the interrupt line would have caused, counted as BENCH_ANSWER. Ends with counting off. */
void bench_serve(struct virtio_device *dev);

/* Complains and returns -EIO. */
int bench_wrong(const struct bench_op *op, const char *what, long expected, long got);

/* Register accesses so far; the image that does not watch them (bench_unwatched.c) has none. */
struct bench_accesses {
    uint32_t reads, writes;
};
extern const bool bench_watches;
void bench_watch(struct mailbox *mailbox, const struct virtio_window *window, bool legacy);
void bench_accesses(struct bench_accesses *out);

#endif
