/* SPDX-License-Identifier: Apache-2.0 */
/* The console operations: 4 KiB written by copying, written in place, and read. */
#include "bench_type.h"
#include "virtio/virtio_console.h"
#include "virtio_model/model_console.h"

#define BYTES      4096u
#define PASSES_MAX 1000u

struct console_state {
    struct virtio_console con;
    struct model_console *model;
    struct virtio_console_tx tx;
    int result;
    uint8_t given[BYTES], got[BYTES];
};

static int set_up(struct bench *b, const struct model_device_config *dev,
                  const struct virtio_window *window)
{
    struct console_state *s = b->state;
    const struct model_console_config cfg = {.dev = *dev};
    int ret = model_console_add(b->board, 0, &cfg, &s->model);

    if (ret != 0) {
        return ret;
    }
    b->model = model_console_device(s->model);
    b->dev = &s->con.dev;
    return virtio_console_probe(&s->con, window, NULL);
}

static int tear_down(struct bench *b)
{
    return virtio_console_remove(&((struct console_state *)b->state)->con, 0);
}

static void fill(struct console_state *s, unsigned n)
{
    for (unsigned i = 0; i < BYTES; i++) {
        s->given[i] = (uint8_t)(i * 7u + n);
    }
    memset(s->got, 0, BYTES);
}

/* ---- writing ---- */

/* What the other side of the port got, as soon as it is all there. */
static int check_written(struct bench *b)
{
    struct console_state *s = b->state;

    for (unsigned i = 0; i < PASSES_MAX && model_console_untaken(s->model, 0) < BYTES; i++) {
        bench_pass(b);
    }
    return model_console_take(s->model, 0, s->got, BYTES) == (int)BYTES &&
                   memcmp(s->got, s->given, BYTES) == 0
               ? 0
               : -EIO;
}

static int write_copied(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct console_state *s = b->state;
    int ret;

    (void)op;
    fill(s, n);
    ret = virtio_console_write_wait(&s->con, 0, s->given, BYTES, BENCH_TIMEOUT_US);
    bench_dma_payload(&b->dma, s->given, BYTES);
    if (ret != (int)BYTES) {
        return ret < 0 ? ret : -ETIMEDOUT;
    }
    return check_written(b);
}

static void written(struct virtio_console_tx *tx, int result)
{
    struct bench *b = tx->cookie;

    ((struct console_state *)b->state)->result = result;
    bench_signal(b);
}

static int write_in_place(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct console_state *s = b->state;
    int ret;

    (void)op;
    fill(s, n);
    s->tx = (struct virtio_console_tx){.ptr = s->given, .len = BYTES, .done = written, .cookie = b};
    b->done = false;
    ret = virtio_console_submit(&s->con, 0, &s->tx);
    ret = ret != 0 ? ret : bench_wait(b);
    ret = ret != 0 ? ret : s->result;
    bench_dma_payload(&b->dma, s->given, BYTES);
    return ret != 0 ? ret : check_written(b);
}

/* ---- reading ---- */

static int read_all(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct console_state *s = b->state;
    uint32_t got = 0;
    int ret;

    (void)op;
    fill(s, n);
    if (model_console_feed(s->model, 0, s->given, BYTES) != (int)BYTES) {
        return -ENOBUFS;
    }
    while (got < BYTES) {
        ret = virtio_console_read_wait(&s->con, 0, s->got + got, BYTES - got, BENCH_TIMEOUT_US);
        if (ret < 0) {
            return ret;
        }
        got += (uint32_t)ret;
    }
    bench_dma_payload(&b->dma, s->got, BYTES);
    return memcmp(s->got, s->given, BYTES) == 0 ? 0 : -EIO;
}

static const struct bench_op ops[] = {
    {.name = "write-4k", .units = 1, .unit = "write", .run = write_copied},
    {.name = "submit-4k", .units = 1, .unit = "write", .run = write_in_place},
    {.name = "read-4k", .units = 1, .unit = "read", .run = read_all},
};

const struct bench_type bench_console = {
    .name = "console",
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .state_size = sizeof(struct console_state),
    .set_up = set_up,
    .tear_down = tear_down,
};
