/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of 64 and 1500 bytes sent and received, one by one and 32 at a time. */
#include "bench.h"
#include "virtio/virtio_net.h"

#define SHORT_FRAME 64u
#define LONG_FRAME  1500u
#define TAKE        (BENCH_BATCH + 1u) /* asked for at a time: one more than there are */
#define TYPE_HIGH   0x88u              /* local experimental EtherType: nobody answers */
#define TYPE_LOW    0xb5u

static struct virtio_net net;
static uint8_t frames[BENCH_BATCH][LONG_FRAME];
static struct virtio_net_seg segs[BENCH_BATCH];
static struct virtio_net_tx txs[BENCH_BATCH];
static struct virtio_net_tx *list[BENCH_BATCH];
static struct virtio_net_buf *got[TAKE];
static unsigned sent;
static int error;
static bool ready;

static void rx_ready(struct virtio_net *n, unsigned pair)
{
    (void)n;
    (void)pair;
    ready = true;
}

static int probe(const struct virtio_window *window)
{
    /* A caller that polls wants no interrupts. */
    const struct virtio_net_params params = {.rx_ready = window->polled ? NULL : rx_ready};

    return virtio_net_probe(&net, window, &params);
}

static int remove(void)
{
    return virtio_net_remove(&net, 0);
}

/* For this station, no two frames alike. */
static void make_frames(const struct bench_op *op, unsigned n)
{
    for (unsigned i = 0; i < op->units; i++) {
        memset(frames[i], (int)(n * BENCH_BATCH + i), op->size);
        memcpy(frames[i], net.info.mac, VIRTIO_NET_MAC_LEN);
        frames[i][6] = 0x02; /* from a locally administered address */
        frames[i][12] = TYPE_HIGH;
        frames[i][13] = TYPE_LOW;
    }
}

/* ---- sending ---- */

static void done(struct virtio_net_tx *tx, int result)
{
    (void)tx;
    sent++;
    if (result != 0) {
        error = result;
    }
}

static int send(const struct bench_op *op)
{
    unsigned taken = 1;
    int ret = 0;

    if (op->units == 1u) {
        bench_count();
        ret = virtio_net_send(&net, &txs[0]);
        bench_stop(BENCH_ASK);
    } else {
        bench_count();
        taken = virtio_net_send_batch(&net, list, op->units, &ret);
        bench_stop(BENCH_ASK);
    }
    return ret != 0 || taken != op->units
               ? bench_wrong(op, "sent", (long)op->units, ret != 0 ? ret : (long)taken)
               : 0;
}

static int transmit(const struct bench_op *op, unsigned n)
{
    struct virtqueue *vq = &net.tx[0].vq;
    int ret;

    make_frames(op, n);
    for (unsigned i = 0; i < op->units; i++) {
        segs[i] = (struct virtio_net_seg){frames[i], op->size};
        txs[i] = (struct virtio_net_tx){.segs = &segs[i], .num_segs = 1, .done = done};
        list[i] = &txs[i];
    }
    sent = 0;
    error = 0;
    ret = send(op);
    ret = ret != 0 ? ret : bench_await(vq, vq->published, true);
    if (ret != 0) {
        return ret;
    }
    if (net.dev.window.polled) {
        bench_count();
        (void)virtio_net_reclaim(&net, 0);
        bench_stop(BENCH_ANSWER);
    } else {
        bench_serve(&net.dev);
    }
    if (error != 0 || sent != op->units) {
        return bench_wrong(op, error != 0 ? "result" : "callbacks",
                           error != 0 ? 0 : (long)op->units, error != 0 ? error : (long)sent);
    }
    return 0;
}

/* ---- receiving ---- */

static int inject(const struct bench_op *op)
{
    for (unsigned i = 0; i < op->units; i++) {
        const struct mailbox_question q = {
            .op = MAILBOX_NET_INJECT, .data = frames[i], .data_len = op->size};
        int ret = mailbox_ask(&q);

        if (ret != 1) {
            return bench_wrong(op, "taken by the wire", 1, ret);
        }
    }
    return 0;
}

static int check_frames(const struct bench_op *op, int count)
{
    if (count != (int)op->units) {
        return bench_wrong(op, "received", (long)op->units, count);
    }
    for (unsigned i = 0; i < op->units; i++) {
        const struct virtio_net_buf *buf = got[i];

        if (buf->frame_len != op->size || buf->num_bufs != 1u ||
            memcmp(buf->data, frames[i], op->size) != 0) {
            return bench_wrong(op, "frame of bytes", (long)op->size, (long)buf->frame_len);
        }
    }
    return 0;
}

/* The interrupt handler says that there is something; the frames are taken, and given back. */
static int receive(const struct bench_op *op, unsigned n)
{
    struct virtqueue *vq = &net.rx[0].b.vq;
    uint16_t before = bench_used(vq);
    int count;
    int ret;

    make_frames(op, n);
    ready = net.dev.window.polled;
    ret = inject(op);
    ret = ret != 0 ? ret : bench_await(vq, (uint16_t)(before + op->units), true);
    if (ret != 0) {
        return ret;
    }
    if (!net.dev.window.polled) {
        bench_serve(&net.dev);
    }
    if (!ready) {
        return bench_wrong(op, "calls of rx_ready", 1, 0);
    }
    bench_count();
    count = virtio_net_receive(&net, 0, got, TAKE);
    bench_stop(BENCH_ANSWER);
    ret = check_frames(op, count);
    if (count > 0) {
        int returned;

        bench_count();
        returned = virtio_net_return(&net, got, (unsigned)count);
        bench_stop(BENCH_ANSWER);
        ret = ret != 0 ? ret : returned;
    }
    return ret;
}

static const struct bench_op ops[] = {
    {"tx-64", 1, SHORT_FRAME, transmit},
    {"tx-1500", 1, LONG_FRAME, transmit},
    {"tx-64-x32", BENCH_BATCH, SHORT_FRAME, transmit},
    {"tx-1500-x32", BENCH_BATCH, LONG_FRAME, transmit},
    {"rx-64", 1, SHORT_FRAME, receive},
    {"rx-1500", 1, LONG_FRAME, receive},
    {"rx-64-x32", BENCH_BATCH, SHORT_FRAME, receive},
    {"rx-1500-x32", BENCH_BATCH, LONG_FRAME, receive},
};

const struct bench_type bench_net = {
    .name = "net",
    .device_id = VIRTIO_ID_NET,
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .polls = true,
    .dev = &net.dev,
    .probe = probe,
    .remove = remove,
};
