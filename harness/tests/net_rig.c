/* SPDX-License-Identifier: Apache-2.0 */
/* See net_rig.h. */
#include "net_rig.h"

#include <criterion/criterion.h>

const uint8_t net_rig_plain[12] = {[10] = 1};

static struct net_rig *rig_of(struct fake *f)
{
    return (struct net_rig *)(void *)f;
}

/* Coherent memory, or a mapped buffer. */
static void *memory(const struct net_rig *r, uint64_t dma, size_t len)
{
    return dma >= FAKE_MAP_OFFSET ? (void *)(uintptr_t)(dma - FAKE_MAP_OFFSET)
                                  : fake_at(&r->f, dma, len);
}

const uint8_t *net_rig_piece(const struct net_rig *r, unsigned n)
{
    cr_assert_lt(n, r->chain.count);
    return memory(r, r->chain.piece[n].addr, r->chain.piece[n].len);
}

/* ---- the control queue ---- */

static void answer(struct net_rig *r)
{
    unsigned last;

    while (!r->silent && fake_take(&r->f, NET_RIG_CTRL, &r->chain)) {
        last = r->chain.count - 1u;
        cr_assert_eq(r->chain.writable, 1u);
        r->commands++;
        r->pieces = last;
        r->command_len = 0;
        for (unsigned n = 0; n < last; n++) {
            r->piece_len[n] = r->chain.piece[n].len;
            memcpy(r->command + r->command_len, net_rig_piece(r, n), r->chain.piece[n].len);
            r->command_len += r->chain.piece[n].len;
        }
        if (!r->ack_unwritten) {
            *(uint8_t *)memory(r, r->chain.piece[last].addr, 1) = r->ack;
        }
        fake_use(&r->f, NET_RIG_CTRL, r->chain.head, r->ack_len);
        r->f.isr = 1;
    }
}

static void on_write(struct fake *f, const struct fake_access *a)
{
    if (a->reg == R_QUEUE_NOTIFY && (a->value & 0xffffu) == NET_RIG_CTRL) {
        answer(rig_of(f));
    }
}

/* ---- callbacks ---- */

static struct net_rig *called(struct virtio_net *net)
{
    struct net_rig *r = net->params.cookie;

    r->locked = r->locked || r->f.lock_depth != 0;
    return r;
}

static void rx_ready(struct virtio_net *net, unsigned pair)
{
    cr_assert_eq(pair, 0u);
    called(net)->rx_ready++;
}

static void tx_ready(struct virtio_net *net, unsigned pair)
{
    cr_assert_eq(pair, 0u);
    called(net)->tx_ready++;
}

static void link_changed(struct virtio_net *net, bool up)
{
    cr_assert_eq(up, net->info.link_up);
    called(net)->link_calls++;
}

static void announce(struct virtio_net *net)
{
    called(net)->announces++;
}

static void sent(struct virtio_net_tx *tx, int result)
{
    struct net_rig *r = tx->cookie;

    r->locked = r->locked || r->f.lock_depth != 0;
    r->done++;
    r->result = result;
}

/* ---- life ---- */

void net_rig_make(struct net_rig *r, uint32_t version, uint64_t features)
{
    memset(r, 0, sizeof(*r));
    fake_init(&r->f, version);
    r->f.device_id = VIRTIO_ID_NET;
    r->f.device_features |= features;
    for (unsigned i = 0; i < 3u; i++) {
        r->f.q[i].num_max = 16;
    }
    memcpy(r->f.config, NET_RIG_MAC, VIRTIO_NET_MAC_LEN);
    r->f.config[6] = 1;     /* link up */
    r->f.config[8] = 1;     /* one pair */
    r->f.config[10] = 0xdc; /* 1500 */
    r->f.config[11] = 0x05;
    r->f.on_write = on_write;
    r->ack_len = 1;
}

int net_rig_probe(struct net_rig *r, const struct virtio_net_params *params)
{
    const struct virtio_window window = fake_window();
    struct virtio_net_params p = {.rx_buffers = 4};

    if (params != NULL) {
        p = *params;
    }
    p.rx_ready = rx_ready;
    p.tx_ready = tx_ready;
    p.link_changed = link_changed;
    p.announce = announce;
    p.cookie = r;
    return virtio_net_probe(&r->net, &window, &p);
}

void net_rig_open(struct net_rig *r, uint32_t version, uint64_t features,
                  const struct virtio_net_params *params)
{
    net_rig_make(r, version, features);
    cr_assert_eq(net_rig_probe(r, params), 0, "%s", r->f.last_line);
}

void net_rig_close(struct net_rig *r)
{
    cr_assert_eq(virtio_net_remove(&r->net, 0), 0);
    cr_assert_eq(r->f.dma_blocks, 0u, "%u blocks are left", r->f.dma_blocks);
    cr_assert_eq(r->f.heap_blocks, 0u, "%u blocks are left", r->f.heap_blocks);
    cr_assert_eq(r->f.mappings, 0u, "%u mappings are left", r->f.mappings);
    cr_assert_eq(r->f.status, 0u);
    cr_assert(!r->locked, "a callback ran with a lock held");
}

/* ---- receiving ---- */

/* Spreads bytes over the pieces of the chain, from offset `at` of it. */
static void put(struct net_rig *r, uint32_t at, const uint8_t *bytes, uint32_t len)
{
    for (unsigned n = 0; n < r->chain.count && len != 0; n++) {
        uint32_t piece = r->chain.piece[n].len;
        uint32_t step;

        if (at >= piece) {
            at -= piece;
            continue;
        }
        step = len < piece - at ? len : piece - at;
        memcpy((uint8_t *)memory(r, r->chain.piece[n].addr, piece) + at, bytes, step);
        bytes += step;
        len -= step;
        at = 0;
    }
}

uint32_t net_rig_fill_len(struct net_rig *r, const uint8_t *header, uint8_t first, uint32_t len,
                          uint32_t used)
{
    uint32_t hdr_len = header != NULL ? r->net.hdr_len : 0;
    uint8_t bytes[2048];

    cr_assert_leq(len, sizeof(bytes));
    cr_assert(fake_take(&r->f, NET_RIG_RX, &r->chain), "no buffer is posted");
    for (uint32_t n = 0; n < len; n++) {
        bytes[n] = (uint8_t)(first + n);
    }
    if (header != NULL) {
        put(r, 0, header, hdr_len);
    }
    put(r, hdr_len, bytes, len);
    fake_use(&r->f, NET_RIG_RX, r->chain.head, used);
    return r->chain.writable;
}

uint32_t net_rig_fill(struct net_rig *r, const uint8_t *header, uint8_t first, uint32_t len)
{
    return net_rig_fill_len(r, header, first, len,
                            len + (header != NULL ? (uint32_t)r->net.hdr_len : 0u));
}

void net_rig_interrupt(struct net_rig *r)
{
    r->f.isr = 1;
    cr_assert(virtio_net_interrupt(&r->net));
}

struct virtio_net_buf *net_rig_expect(struct net_rig *r, uint8_t first, uint32_t len, unsigned bufs)
{
    struct virtio_net_buf *frame = NULL;
    uint32_t at = 0;
    unsigned count = 0;

    cr_assert_eq(virtio_net_receive(&r->net, 0, &frame, 1), 1, "no frame");
    cr_assert_eq(frame->frame_len, len, "got %u bytes, expected %u", frame->frame_len, len);
    cr_assert_eq(frame->num_bufs, bufs, "got %u buffers, expected %u", frame->num_bufs, bufs);
    for (const struct virtio_net_buf *b = frame; b != NULL; b = b->next) {
        for (uint32_t n = 0; n < b->len; n++, at++) {
            cr_assert_eq(b->data[n], (uint8_t)(first + at), "byte %u is 0x%x, expected 0x%x", at,
                         b->data[n], (uint8_t)(first + at));
        }
        count++;
    }
    cr_assert_eq(at, len);
    cr_assert_eq(count, bufs);
    return frame;
}

void net_rig_expect_none(struct net_rig *r)
{
    struct virtio_net_buf *frame = NULL;

    cr_assert_eq(virtio_net_receive(&r->net, 0, &frame, 1), 0, "a frame, expected none");
}

void net_rig_return(struct net_rig *r, struct virtio_net_buf *frame)
{
    cr_assert_eq(virtio_net_return(&r->net, &frame, 1), 0);
}

struct virtio_net_stats net_rig_stats(struct net_rig *r)
{
    struct virtio_net_stats stats;

    virtio_net_get_stats(&r->net, &stats);
    return stats;
}

/* ---- transmitting ---- */

void net_rig_frame(struct net_rig *r, struct virtio_net_tx *tx, struct virtio_net_seg *seg,
                   const void *data, uint32_t len)
{
    *seg = (struct virtio_net_seg){data, len};
    *tx = (struct virtio_net_tx){.segs = seg, .num_segs = 1, .done = sent, .cookie = r};
}

const uint8_t *net_rig_taken(struct net_rig *r, uint32_t *len)
{
    cr_assert(fake_take(&r->f, NET_RIG_TX, &r->chain), "nothing to transmit");
    cr_assert_eq(r->chain.writable, 0u);
    cr_assert_eq(r->chain.piece[0].len, r->net.hdr_len);
    *len = 0;
    for (unsigned n = 1; n < r->chain.count; n++) {
        *len += r->chain.piece[n].len;
    }
    return net_rig_piece(r, 0);
}
