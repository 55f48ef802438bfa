/* SPDX-License-Identifier: Apache-2.0 */
/* 4 KiB written to a console, copied and in place. Copying is the firmware's memcpy, and counts. */
#include "bench.h"
#include "virtio/virtio_console.h"

#define BYTES   4096u
#define WAIT_US UINT64_C(2000000)

static struct virtio_console con;
static struct virtio_console_tx tx;
static uint8_t given[BYTES];
static unsigned completed;
static int error;

static int probe(const struct virtio_window *window)
{
    return virtio_console_probe(&con, window, NULL);
}

static int remove(void)
{
    return virtio_console_remove(&con, 0);
}

static void fill(unsigned n)
{
    for (unsigned i = 0; i < BYTES; i++) {
        given[i] = (uint8_t)(i * 7u + n);
    }
}

/* The far side has got it all. */
static int check(const struct bench_op *op)
{
    uint64_t begin_us = virtio_port_now_us();
    uint32_t took = 0;

    while (took < BYTES && virtio_port_now_us() - begin_us < WAIT_US) {
        const struct mailbox_question q = {.op = MAILBOX_CONSOLE_TAKE,
                                           .args = {0, 0, BYTES - took}};
        int some = mailbox_ask(&q);
        const uint8_t *bytes;

        if (some < 0 || (some > 0 && mailbox_answer(&bytes) != (size_t)some)) {
            return bench_wrong(op, "taken at the far side", (long)BYTES, some);
        }
        if (some > 0 && memcmp(bytes, &given[took], (size_t)some) != 0) {
            return bench_wrong(op, "other bytes behind", (long)BYTES, (long)took);
        }
        took += (uint32_t)some;
    }
    return took == BYTES ? 0 : bench_wrong(op, "taken at the far side", (long)BYTES, (long)took);
}

/* The driver wants no interrupt: what the device has taken it collects with the next write, whose
 * figures contain that. */
static int write_copied(const struct bench_op *op, unsigned n)
{
    struct virtqueue *vq = &con.ports[0].tx;
    int ret;

    fill(n);
    bench_count();
    ret = virtio_console_write(&con, 0, given, BYTES);
    bench_stop(BENCH_ASK);
    ret = ret == (int)BYTES ? bench_await(vq, vq->published, false)
                            : bench_wrong(op, "written", (long)BYTES, ret);
    return ret != 0 ? ret : check(op);
}

static void done(struct virtio_console_tx *t, int result)
{
    (void)t;
    completed++;
    error = result;
}

static int write_in_place(const struct bench_op *op, unsigned n)
{
    struct virtqueue *vq = &con.ports[0].tx;
    int ret;

    fill(n);
    tx = (struct virtio_console_tx){.ptr = given, .len = BYTES, .done = done};
    completed = 0;
    bench_count();
    ret = virtio_console_submit(&con, 0, &tx);
    bench_stop(BENCH_ASK);
    if (ret != 0) {
        return bench_wrong(op, "submitted", 0, ret);
    }
    /* QEMU's device takes the bytes while it is notified, and the driver, which looks before it
     * asks for an interrupt, has seen that. */
    ret = bench_await(vq, vq->published, completed == 0);
    if (ret != 0) {
        return ret;
    }
    if (completed == 0) {
        bench_serve(&con.dev);
    }
    if (completed != 1u || error != 0) {
        return bench_wrong(op, "result", 0, error);
    }
    return check(op);
}

static const struct bench_op ops[] = {
    {"write-4k", 1, BYTES, write_copied},
    {"submit-4k", 1, BYTES, write_in_place},
};

const struct bench_type bench_console = {
    .name = "console",
    .device_id = VIRTIO_ID_CONSOLE,
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .dev = &con.dev,
    .probe = probe,
    .remove = remove,
};
