/* SPDX-License-Identifier: Apache-2.0 */
/* A mouse moves: reports of three events (x, y, and the SYN_REPORT that closes it). */
#include "bench.h"
#include "le.h"
#include "virtio/virtio_input.h"

#define MOVED  2u /* events that the host is told */
#define REPORT (MOVED + 1u)
#define EV_REL VIRTIO_INPUT_EV_REL

static struct virtio_input input;
static struct virtio_input_event events[REPORT + 1u];
static bool complete;

static void on_ready(struct virtio_input *in)
{
    (void)in;
    complete = true;
}

static int probe(const struct virtio_window *window)
{
    const struct virtio_input_params params = {.ready = on_ready};

    return virtio_input_probe(&input, window, &params);
}

static int remove(void)
{
    return virtio_input_remove(&input, 0);
}

static int move(const struct bench_op *op, unsigned n)
{
    uint8_t bytes[MOVED * MAILBOX_EVENT_BYTES];
    const struct mailbox_question q = {
        .op = MAILBOX_INPUT_REPORT, .args = {0, MOVED}, .data = bytes, .data_len = sizeof(bytes)};

    for (unsigned e = 0; e < MOVED; e++) {
        uint16_t type = le16(EV_REL);
        uint16_t code = le16((uint16_t)e);
        uint32_t value = le32(n + e + 1u);

        memcpy(&bytes[e * MAILBOX_EVENT_BYTES], &type, sizeof(type));
        memcpy(&bytes[e * MAILBOX_EVENT_BYTES + 2u], &code, sizeof(code));
        memcpy(&bytes[e * MAILBOX_EVENT_BYTES + 4u], &value, sizeof(value));
    }
    return mailbox_ask(&q) == 1 ? 0 : bench_wrong(op, "moved", 1, 0);
}

static int check(const struct bench_op *op, unsigned n, int count)
{
    if (!complete || count != (int)REPORT) {
        return bench_wrong(op, "events", (long)REPORT, count);
    }
    for (unsigned e = 0; e < MOVED; e++) {
        if (events[e].type != EV_REL || events[e].value != n + e + 1u) {
            return bench_wrong(op, "value of an event", (long)(n + e + 1u), (long)events[e].value);
        }
    }
    return 0;
}

static int report(const struct bench_op *op, unsigned n)
{
    struct virtqueue *vq = &input.events.vq;
    uint16_t before = bench_used(vq);
    int count;
    int ret;

    complete = false;
    ret = move(op, n);
    ret = ret != 0 ? ret : bench_await(vq, (uint16_t)(before + REPORT), true);
    if (ret != 0) {
        return ret;
    }
    bench_serve(&input.dev);
    bench_count();
    count = virtio_input_read(&input, events, REPORT + 1u);
    bench_stop(BENCH_ANSWER);
    return check(op, n, count);
}

static const struct bench_op ops[] = {
    {"event", REPORT, 0, report},
};

const struct bench_type bench_input = {
    .name = "input",
    .device_id = VIRTIO_ID_INPUT,
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .dev = &input.dev,
    .probe = probe,
    .remove = remove,
};
