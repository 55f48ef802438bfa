/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames from the driver, v1.2 5.1.6.2: the chain, the header, the checksum that the device
 * completes, and the wire. The used length of a transmit chain is 0.
 */
#include <string.h>

#include "bytes.h"
#include "net.h"

/* ---- the chain ---- */

static bool check_chain(struct model_net *net, const struct chain *c)
{
    struct model_device *dev = &net->dev;
    struct model_board *board = dev->board;
    const unsigned header = net_header_bytes(dev);
    const unsigned long long have = c->readable_bytes;

    bool ok =
        rule_check(board, MODEL_RULE_DRV_NET_020, have >= header + ETH_HEADER, dev->slot,
                   "queue %u chain %u: %llu bytes to transmit, expected a header of %u and a frame "
                   "of at least 14",
                   c->q->index, c->head, have, header);
    ok &= rule_check(board, MODEL_RULE_DRV_NET_020, have <= header + FRAME_MAX, dev->slot,
                     "queue %u chain %u: frame of %llu bytes, no packet is longer than %u",
                     c->q->index, c->head, have - header, FRAME_MAX);
    if (net_fixed_framing(dev))
        ok &= rule_check(board, MODEL_RULE_DRV_LEG_027,
                         c->seg[0].len == header && c->n_readable >= 2, dev->slot,
                         "queue %u chain %u: first of %u elements is %u bytes, without ANY_LAYOUT "
                         "expected the header's %u and data behind it",
                         c->q->index, c->head, c->n_readable, c->seg[0].len, header);
    /* A driver that takes the header for longer begins its header element or its frame wrongly;
     * where it keeps the header apart the element says so. */
    if (!dev_modern(dev) && header == HDR_SHORT && c->n_readable >= 2)
        ok &= rule_check(board, MODEL_RULE_DRV_LEG_021, c->seg[0].len != HDR_LONG, dev->slot,
                         "queue %u chain %u: header element of 12 bytes, expected 10 without "
                         "MRG_RXBUF",
                         c->q->index, c->head);
    return ok;
}

static bool check_pair(struct model_net *net, const struct chain *c, unsigned pair)
{
    struct model_device *dev = &net->dev;
    const bool before = (int16_t)(uint16_t)(c->avail_at - net->pair[pair].cut_idx) < 0;

    if (pair < net->state.pairs)
        return true;
    if (!net->pairs_set)
        rule_check(dev->board, MODEL_RULE_DRV_NET_087, false, dev->slot,
                   "queue %u: transmission on pair %u before the pair-count command", c->q->index,
                   pair);
    else /* published before the command is no mistake */
        rule_check(dev->board, MODEL_RULE_DRV_NET_088, before, dev->slot,
                   "queue %u: transmission on pair %u, in use are %u", c->q->index, pair,
                   net->state.pairs);
    return false;
}

/* What should have been done by the time of the first frame. */
static void check_prepared(struct model_net *net, unsigned pair)
{
    struct model_device *dev = &net->dev;
    struct model_board *board = dev->board;
    const struct vqueue *rx = net_rx_queue(net, pair);
    const bool filled = rx->enabled && (rx->dead || ring_avail_idx(rx) != 0);

    if (!net->pair[pair].populated && board->fault_strikes == 0) {
        net->pair[pair].populated = true;
        rule_check(board, pair == 0 ? MODEL_RULE_DRV_NET_018 : MODEL_RULE_DRV_NET_060, filled,
                   dev->slot, "transmission on pair %u whose receive queue never had a buffer",
                   pair);
    }
    if (net->first_tx_seen)
        return;
    net->first_tx_seen = true;
    if (dev_has(dev, N_MAC))
        rule_check(board, MODEL_RULE_DRV_NET_006, net->mac_read == 0x3f, dev->slot,
                   "first frame although mac was not read (bytes read: mask %#x)", net->mac_read);
    if (dev_has(dev, N_STATUS))
        rule_check(board, MODEL_RULE_DRV_NET_009, net->status_read, dev->slot,
                   "first frame although status was never read");
}

/* ---- the wire ---- */

/* Back to where it came from; a packet to be segmented only to a driver that takes such. */
static void loop_back(struct model_net *net, unsigned pair, const struct net_header *h,
                      const uint8_t *frame, size_t len)
{
    const struct model_net_offload o = {h->flags,    h->gso_type,   h->hdr_len,
                                        h->gso_size, h->csum_start, h->csum_offset};

    if (h->gso_type == GSO_NONE)
        net_arrive(net, pair, frame, len, NULL);
    else if (net->state.offloads & net_guest_segment(h->gso_type))
        net_arrive(net, pair, frame, len, &o);
    else
        net->stats.rx_unfit++;
}

static void onto_wire(struct model_net *net, unsigned pair, const struct net_header *h,
                      const uint8_t *frame, size_t len)
{
    size_t n;

    net->stats.tx_frames++;
    net->stats.tx_bytes += len;
    if (!net->link_up) {
        net->stats.tx_lost++;
        return;
    }
    net_capture(net, frame, len);
    if (net->cfg.sink)
        net->cfg.sink(net->cfg.sink_ctx, pair, frame, len);
    switch (net->cfg.wire) {
    case MODEL_NET_SINK:
        break;
    case MODEL_NET_LOOPBACK:
        loop_back(net, pair, h, frame, len);
        break;
    case MODEL_NET_PEER:
        n = model_net_peer_answer(&net->cfg.peer, frame, len, net->answer, FRAME_MAX);
        if (n)
            model_net_receive(net, pair, net->answer, n, NULL);
        break;
    }
}

/* ---- one chain ---- */

static struct net_header load_header(const uint8_t *p, unsigned bytes)
{
    return (struct net_header){
        .flags = p[0],
        .gso_type = p[1],
        .hdr_len = load_le16(p + 2),
        .gso_size = load_le16(p + 4),
        .csum_start = load_le16(p + 6),
        .csum_offset = load_le16(p + 8),
        .num_buffers = bytes == HDR_LONG ? load_le16(p + 10) : 0,
    };
}

static bool transmit(struct model_net *net, struct chain *chain, unsigned pair)
{
    struct model_board *board = net->dev.board;
    unsigned header = net_header_bytes(&net->dev);

    check_prepared(net, pair);
    if (!check_pair(net, chain, pair) || !check_chain(net, chain) ||
        chain_read(chain, 0, net->packet, chain->readable_bytes) != chain->readable_bytes)
        return false;
    const struct net_header h = load_header(net->packet, header);
    if (fault_variant(board) == 1 && fault(board, MODEL_FAULT_NET_HDR_10_12))
        header ^= HDR_LONG ^ HDR_SHORT; /* the device takes it for the other length */
    uint8_t *frame = net->packet + header;
    const size_t len = (size_t)chain->readable_bytes - header;
    trace(board, net->dev.slot, "net: frame of %zu bytes on pair %u, flags %#x gso %#x", len, pair,
          h.flags, h.gso_type);
    if (header == net_header_bytes(&net->dev) && !net_check_header(net, chain, &h, frame, len))
        return false;
    if ((h.flags & H_NEEDS_CSUM) && h.gso_type == GSO_NONE &&
        h.csum_start + (size_t)h.csum_offset + 2 <= len)
        net_complete_checksum(frame, len, h.csum_start, h.csum_offset);
    onto_wire(net, pair, &h, frame, len);
    return true;
}

uint32_t net_tx_execute(struct model_net *net, struct chain *chain, unsigned pair)
{
    if (!transmit(net, chain, pair))
        net->stats.tx_refused++;
    if (net->flap_up) {
        net->flap_up = false;
        net_link(net, true);
    }
    return net_fault_used(net, 0);
}
