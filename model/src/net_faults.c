/* SPDX-License-Identifier: Apache-2.0 */
/* What a faulty network device does to received frames, and to chains that it never gives back. */
#include <string.h>

#include "bytes.h"
#include "net.h"

#define JUNK_BYTES 64u

/* ---- the header and the data ---- */

/* NET-GSO: a segmentation type that nobody can take, or that contradicts itself. */
static void garble_gso(uint8_t *h, unsigned variant)
{
    static const struct {
        uint8_t flags, type;
        uint16_t hdr_len, size;
    } wrong[6] = {
        {0, 2, 54, 100},                                /* unknown */
        {0, 0x7f, 54, 100},                             /* unknown, every bit */
        {H_NEEDS_CSUM, GSO_TCPV4, 54, 0},               /* segments of nothing */
        {H_NEEDS_CSUM, GSO_TCPV4, UINT16_MAX, 100},     /* headers beyond the frame */
        {0, GSO_TCPV4, 54, 100},                        /* without NEEDS_CSUM */
        {H_NEEDS_CSUM, GSO_TCPV4 | GSO_TUNNEL, 54, 100} /* both tunnel families */
    };
    const unsigned v = variant % 6;

    h[0] = wrong[v].flags;
    h[1] = wrong[v].type;
    store_le16(h + 2, wrong[v].hdr_len);
    store_le16(h + 4, wrong[v].size);
    store_le16(h + 6, 34);
    store_le16(h + 8, 16);
}

/* NET-CSUM: a place for the checksum that is outside. */
static void garble_csum(uint8_t *h, unsigned variant, size_t frame)
{
    const uint16_t start[4] = {(uint16_t)(frame < 65000 ? frame + 1 : 65535),
                               (uint16_t)(frame > 16 ? frame - 16 : 0), UINT16_MAX, 34};
    const uint16_t offset[4] = {0, 15, UINT16_MAX, UINT16_MAX - 33};
    const unsigned v = variant & 3;

    h[0] = H_NEEDS_CSUM;
    store_le16(h + 6, start[v]);
    store_le16(h + 8, offset[v]);
}

static uint16_t wrong_count(struct model_board *board, unsigned n)
{
    switch (fault_variant(board)) {
    case 0:
        return 0;
    case 1:
        return (uint16_t)(n + 1);
    case 2:
        return UINT16_MAX;
    default:
        return (uint16_t)(2 + board_random(board) % 1000 + n);
    }
}

/* NET-HDR-10-12: the frame begins two bytes too early or too late. */
static void shift_header(struct net_rx *rx)
{
    uint8_t *p = rx->net->packet;

    if (rx->header == HDR_LONG) {
        memmove(p + HDR_SHORT, p + HDR_LONG, rx->len - HDR_LONG);
        rx->len -= 2;
        return;
    }
    if (rx->len + 2 > rx->first->writable_bytes || rx->len + 2 > PACKET_MAX)
        return;
    memmove(p + HDR_LONG, p + HDR_SHORT, rx->len - HDR_SHORT);
    store_le16(p + HDR_SHORT, 1);
    rx->len += 2;
}

static void hostile(struct net_rx *rx)
{
    struct model_board *board = rx->net->dev.board;
    const unsigned v = fault_variant(board);

    if (v != 1)
        for (unsigned i = 0; i < rx->header; i++)
            rx->net->packet[i] = (uint8_t)board_random(board);
    if (v == 0 || v == 3)
        return;
    rx->lied = true;
    switch (board_random(board) % 4) {
    case 0:
        rx->said = (uint32_t)board_random(board);
        break;
    case 1:
        rx->said = (uint32_t)(board_random(board) % HDR_SHORT);
        break;
    case 2:
        rx->said = (uint32_t)(board_random(board) % (rx->len + 1));
        break;
    default:
        rx->said = (uint32_t)(rx->first->writable_bytes + board_random(board) % 70000);
        break;
    }
}

static void fault_length(struct net_rx *rx)
{
    struct model_board *board = rx->net->dev.board;
    const unsigned v = fault_variant(board);
    const uint32_t shorter[4] = {0, 1, rx->header - 1, rx->header};
    const uint32_t longer[3] = {(uint32_t)rx->first->writable_bytes + 1, UINT32_MAX,
                                0x80000000u | (uint32_t)rx->len};

    if (fault(board, MODEL_FAULT_NET_RX_SHORT)) {
        rx->lied = true;
        rx->said = shorter[v & 3];
    } else if (fault(board, MODEL_FAULT_NET_RX_LONG)) {
        rx->lied = true;
        rx->said = longer[v % 3];
    } else if (fault(board, MODEL_FAULT_NET_RX_STALE)) {
        rx->written = v == 0 ? 0 : rx->header;
    }
}

void net_fault_rx(struct net_rx *rx)
{
    struct model_board *board = rx->net->dev.board;
    uint8_t *p = rx->net->packet;
    const unsigned v = fault_variant(board);
    const size_t frame = rx->len - rx->header;

    if (board->fault.id == MODEL_FAULT_NONE)
        return;
    fault_length(rx);
    if (rx->header == HDR_LONG && fault(board, MODEL_FAULT_NET_MRG_NUM))
        store_le16(p + 10, wrong_count(board, rx->n));
    if (fault(board, MODEL_FAULT_NET_GSO))
        garble_gso(p, v);
    if (fault(board, MODEL_FAULT_NET_CSUM))
        garble_csum(p, v, frame);
    if (v == 0 && rx->n == 1 && fault(board, MODEL_FAULT_NET_HDR_10_12))
        shift_header(rx);
    if (v < 3 && fault(board, MODEL_FAULT_NET_HOSTILE))
        hostile(rx);
    if (frame > ETH_HEADER && fault(board, MODEL_FAULT_NET_CORRUPT))
        p[rx->header + ETH_HEADER + (frame - ETH_HEADER) / 2] ^= 0x10;
}

/* The frame is cut in its middle, whatever the first buffer could hold. */
void net_fault_split(struct net_rx *rx)
{
    struct model_net *net = rx->net;
    struct vqueue *q = rx->first->q;
    const size_t half = rx->header + (rx->len - rx->header) / 2;
    uint64_t others = 0;

    if (net->dev.board->fault.id != MODEL_FAULT_NET_MRG_SPLIT || !dev_has(&net->dev, N_MRG_RXBUF) ||
        net_oldest(q) != rx->first || net->rest.active || rx->first->writable_bytes < half)
        return;
    for (unsigned i = 0; i < net->dev.n_inflight; i++)
        if (net->dev.inflight[i]->q == q && net->dev.inflight[i] != rx->first)
            others += net->dev.inflight[i]->writable_bytes;
    if (others < rx->len - half || !fault(net->dev.board, MODEL_FAULT_NET_MRG_SPLIT))
        return;
    rx->first_max = half;
    rx->split = true;
}

/* ---- arrival ---- */

/* A frame for everybody that nobody knows (Ethertype 0x88b6, local experimental). */
static void junk(struct model_net *net, unsigned pair)
{
    uint8_t frame[JUNK_BYTES] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
                                 0,    0,    0,    0,    1,    0x88, 0xb6};

    net_rx_enqueue(net, pair, frame, sizeof(frame), NULL);
}

bool net_fault_arrival(struct model_net *net, unsigned pair)
{
    struct model_board *board = net->dev.board;
    const struct vqueue *q = net_rx_queue(net, pair);

    if (!q->enabled || !fault(board, MODEL_FAULT_NET_RX_EMPTY))
        return true;
    if (fault_variant(board) == 0)
        return false;
    /* More than there can be buffers, so that the last of them find none. */
    for (unsigned i = 0; i < q->num + 4; i++)
        junk(net, pair);
    return true;
}

/* ---- chains ---- */

static void never(struct chain *chain)
{
    chain->due_ns = chain->not_before_ns = UINT64_MAX;
}

void net_fault_taken_tx(struct model_net *net, struct chain *chain, unsigned pair)
{
    struct model_board *board = net->dev.board;
    const unsigned v = fault_variant(board);

    if (fault(board, MODEL_FAULT_NET_TX_STUCK)) {
        if (v == 0)
            never(chain);
        else
            net->pair[pair].tx_stuck = true;
    }
    if (!dev_has(&net->dev, N_STATUS) || !fault(board, MODEL_FAULT_NET_LINK_FLAP))
        return;
    net_link(net, false);
    if (v == 0)
        net_link(net, true);
    net->flap_up = v == 1;
}

void net_fault_taken_ctrl(struct model_net *net, struct chain *chain)
{
    if (fault(net->dev.board, MODEL_FAULT_NET_CTRL_SILENT))
        never(chain);
}

uint32_t net_fault_used(struct model_net *net, uint32_t len)
{
    struct model_board *board = net->dev.board;

    if (fault_variant(board) == 3 && fault(board, MODEL_FAULT_NET_HOSTILE))
        return (uint32_t)board_random(board);
    return len;
}
