/* SPDX-License-Identifier: Apache-2.0 */
/* The network operations: frames sent and received, one by one and in batches, with interrupts and
 * by a caller that polls the queues without them. */
#include "bench_type.h"
#include "virtio/virtio_net.h"
#include "virtio_model/model_net.h"

#define SHORT_FRAME 64u
#define LONG_FRAME  1500u
#define TAKE        64u /* frames asked for at a time: more than there are */
#define POLLS_MAX   1000u

static const uint8_t mac[VIRTIO_NET_MAC_LEN] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

struct net_state {
    struct virtio_net net;
    struct model_net *model;
    struct virtio_net_tx txs[BENCH_BATCH];
    struct virtio_net_seg segs[BENCH_BATCH];
    struct virtio_net_tx *list[BENCH_BATCH];
    struct virtio_net_buf *got[TAKE];
    unsigned left;
    int error;
    unsigned sunk; /* frames that came out of the device */
    bool bad;      /* and were not as they were sent */
    uint8_t frames[BENCH_BATCH][LONG_FRAME];
};

static void rx_ready(struct virtio_net *net, unsigned pair)
{
    (void)pair;
    bench_signal(net->params.cookie);
}

static void sink(void *ctx, unsigned pair, const uint8_t *frame, size_t len)
{
    struct net_state *s = ((struct bench *)ctx)->state;
    unsigned i = s->sunk++;

    (void)pair;
    s->bad = s->bad || i >= BENCH_BATCH || len != s->segs[i].len ||
             memcmp(frame, s->frames[i], len) != 0;
}

static int set_up(struct bench *b, const struct model_device_config *dev,
                  const struct virtio_window *window)
{
    struct net_state *s = b->state;
    struct model_net_config cfg = {
        .dev = *dev, .wire = MODEL_NET_SINK, .sink = sink, .sink_ctx = b};
    const struct virtio_net_params params = {.rx_ready = b->op->poll ? NULL : rx_ready,
                                             .cookie = b};
    int ret;

    memcpy(cfg.mac, mac, sizeof(mac));
    ret = model_net_add(b->board, 0, &cfg, &s->model);
    if (ret != 0) {
        return ret;
    }
    b->model = model_net_device(s->model);
    b->dev = &s->net.dev;
    return virtio_net_probe(&s->net, window, &params);
}

static int tear_down(struct bench *b)
{
    return virtio_net_remove(&((struct net_state *)b->state)->net, 0);
}

/* Frames for this station, no two of them alike. */
static void make_frames(struct net_state *s, const struct bench_op *op, unsigned n)
{
    for (unsigned i = 0; i < op->units; i++) {
        memset(s->frames[i], (int)(n * BENCH_BATCH + i), op->size);
        memcpy(s->frames[i], mac, sizeof(mac));
        s->frames[i][6] = 0x02; /* from a locally administered address */
    }
}

/* ---- sending ---- */

static void sent(struct virtio_net_tx *tx, int result)
{
    struct bench *b = tx->cookie;
    struct net_state *s = b->state;

    s->error = s->error != 0 ? s->error : result;
    if (--s->left == 0) {
        bench_signal(b);
    }
}

static int send_all(struct net_state *s, unsigned count)
{
    int error = 0;

    if (count == 1u) {
        return virtio_net_send(&s->net, &s->txs[0]);
    }
    return virtio_net_send_batch(&s->net, s->list, count, &error) == count ? 0 : error;
}

/* Until all frames were called back. */
static int await_sent(struct bench *b)
{
    struct net_state *s = b->state;

    if (!b->op->poll) {
        return bench_wait(b);
    }
    for (unsigned polls = 0; polls < POLLS_MAX; polls++) {
        (void)virtio_net_reclaim(&s->net, 0);
        if (s->left == 0) {
            return 0;
        }
        bench_pass(b);
    }
    return -ETIMEDOUT;
}

static int transmit(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct net_state *s = b->state;
    int ret;

    make_frames(s, op, n);
    for (unsigned i = 0; i < op->units; i++) {
        s->segs[i] = (struct virtio_net_seg){s->frames[i], op->size};
        s->txs[i] =
            (struct virtio_net_tx){.segs = &s->segs[i], .num_segs = 1, .done = sent, .cookie = b};
        s->list[i] = &s->txs[i];
    }
    s->left = op->units;
    s->sunk = 0;
    b->done = false;
    ret = send_all(s, op->units);
    ret = ret != 0 ? ret : await_sent(b);
    ret = ret != 0 ? ret : s->error;
    if (ret == 0 && (s->bad || s->sunk != op->units)) {
        ret = -EIO;
    }
    for (unsigned i = 0; i < op->units; i++) {
        bench_dma_payload(&b->dma, s->frames[i], op->size);
    }
    return ret;
}

/* ---- receiving ---- */

/* The frame as the caller finds it, its buffers one after the other. */
static int check_frame(struct bench *b, const struct virtio_net_buf *frame, unsigned i,
                       uint32_t size)
{
    struct net_state *s = b->state;
    uint32_t at = 0;

    for (const struct virtio_net_buf *buf = frame; buf != NULL; buf = buf->next) {
        bench_dma_payload(&b->dma, buf->data, buf->len);
        if (buf->len > size - at || memcmp(buf->data, &s->frames[i][at], buf->len) != 0) {
            return -EIO;
        }
        at += buf->len;
    }
    return at == size ? 0 : -EIO;
}

/* What has come, up to the end of the queue. Adds to *got. */
static int take(struct bench *b, const struct bench_op *op, unsigned *got)
{
    struct net_state *s = b->state;
    int count = virtio_net_receive(&s->net, 0, s->got, TAKE);
    int ret = count < 0 ? count : 0;
    int returned;

    for (int i = 0; i < count; i++) {
        if (ret == 0) {
            ret = *got < op->units ? check_frame(b, s->got[i], *got, op->size) : -EIO;
        }
        (*got)++;
    }
    returned = count > 0 ? virtio_net_return(&s->net, s->got, (unsigned)count) : 0;
    return ret != 0 ? ret : returned;
}

static int receive(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct net_state *s = b->state;
    unsigned got = 0;
    unsigned polls = 0;
    int ret = 0;

    make_frames(s, op, n);
    b->done = false;
    for (unsigned i = 0; i < op->units && ret == 0; i++) {
        ret = model_net_receive(s->model, 0, s->frames[i], op->size, NULL);
    }
    while (got < op->units && ret == 0) {
        if (!op->poll) {
            ret = bench_wait(b);
            b->done = false;
        } else if (polls++ < POLLS_MAX) {
            bench_pass(b);
        } else {
            ret = -ETIMEDOUT;
        }
        ret = ret != 0 ? ret : take(b, op, &got);
    }
    return ret;
}

#define NET_OP(text, count, bytes, off, function)                                                  \
    {                                                                                              \
        .name = text, .units = count, .unit = "frame", .size = bytes, .poll = off, .run = function \
    }

static const struct bench_op ops[] = {
    NET_OP("tx-64", 1, SHORT_FRAME, false, transmit),
    NET_OP("tx-1500", 1, LONG_FRAME, false, transmit),
    NET_OP("tx-64-x32", BENCH_BATCH, SHORT_FRAME, false, transmit),
    NET_OP("tx-1500-x32", BENCH_BATCH, LONG_FRAME, false, transmit),
    NET_OP("rx-64", 1, SHORT_FRAME, false, receive),
    NET_OP("rx-1500", 1, LONG_FRAME, false, receive),
    NET_OP("rx-64-x32", BENCH_BATCH, SHORT_FRAME, false, receive),
    NET_OP("rx-1500-x32", BENCH_BATCH, LONG_FRAME, false, receive),
    NET_OP("tx-64-poll", 1, SHORT_FRAME, true, transmit),
    NET_OP("tx-1500-poll", 1, LONG_FRAME, true, transmit),
    NET_OP("tx-64-x32-poll", BENCH_BATCH, SHORT_FRAME, true, transmit),
    NET_OP("tx-1500-x32-poll", BENCH_BATCH, LONG_FRAME, true, transmit),
    NET_OP("rx-64-poll", 1, SHORT_FRAME, true, receive),
    NET_OP("rx-1500-poll", 1, LONG_FRAME, true, receive),
    NET_OP("rx-64-x32-poll", BENCH_BATCH, SHORT_FRAME, true, receive),
    NET_OP("rx-1500-x32-poll", BENCH_BATCH, LONG_FRAME, true, receive),
};

const struct bench_type bench_net = {
    .name = "net",
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .features = VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS,
    .state_size = sizeof(struct net_state),
    .set_up = set_up,
    .tear_down = tear_down,
};
