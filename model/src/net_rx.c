/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames on their way to the driver, v1.2 5.1.6.3 and 5.1.6.4: the backlog, what the agreed
 * features make of header and checksum, and the buffers. With MRG_RXBUF the oldest buffers take
 * what one cannot, and all of them become visible with one store of the used index.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "net.h"

#define LATE_NS 50000u /* NET-MRG-SPLIT: the second buffer comes that much later */

/* ---- the backlog ---- */

int net_rx_enqueue(struct model_net *net, unsigned pair, const uint8_t *frame, size_t len,
                   const struct model_net_offload *offload)
{
    struct net_frame *f = malloc(sizeof(*f) + len);
    struct net_pair *p = &net->pair[pair];

    if (!f)
        return -ENOMEM;
    f->next = NULL;
    f->len = len;
    f->offload = offload ? *offload : (struct model_net_offload){0};
    memcpy(f->bytes, frame, len);
    *p->tail = f;
    p->tail = &f->next;
    net->n_backlog++;
    net_rx_settle(net, pair, NULL);
    return 0;
}

static void pop(struct model_net *net, struct net_pair *p)
{
    struct net_frame *f = p->head;

    p->head = f->next;
    if (!p->head)
        p->tail = &p->head;
    net->n_backlog--;
    free(f);
}

void net_rx_forget(struct model_net *net)
{
    for (unsigned i = 0; i < PAIRS_MAX; i++)
        while (net->pair[i].head)
            pop(net, &net->pair[i]);
    net->rest.active = net->rest.stopped = false;
}

void net_rx_rehash(struct model_net *net)
{
    for (unsigned i = net->state.pairs; i < net->max_pairs; i++) {
        struct net_pair *from = &net->pair[i], *to = &net->pair[i % net->state.pairs];
        if (!from->head)
            continue;
        *to->tail = from->head;
        to->tail = from->tail;
        from->head = NULL;
        from->tail = &from->head;
    }
}

/* ---- what the driver can take ---- */

static bool acceptable(const struct model_net *net, const struct net_frame *f)
{
    const struct model_device *dev = &net->dev;
    const uint8_t gso = f->offload.gso_type;

    if (gso == GSO_NONE)
        return !dev_has(dev, N_MTU) || f->len <= net_plain_max(net, f->bytes, f->len);
    return (net->state.offloads & net_guest_segment(gso)) != 0 &&
           ((gso & GSO_ECN) == 0 || (net->state.offloads & FBIT(N_GUEST_ECN)) != 0);
}

/* Room in the chains of the queue, and in the largest of them. */
static uint64_t room(struct vqueue *q, const struct chain *except, uint64_t *largest)
{
    const struct model_device *dev = q->dev;
    uint64_t sum = 0;

    *largest = 0;
    for (unsigned i = 0; i < dev->n_inflight; i++) {
        const struct chain *c = dev->inflight[i];
        if (c->q != q || c == except)
            continue;
        sum += c->writable_bytes;
        if (c->writable_bytes > *largest)
            *largest = c->writable_bytes;
    }
    return sum;
}

/* The driver cannot post any more than it has. */
static bool ring_full(const struct vqueue *q)
{
    for (unsigned d = 0; d < q->num; d++)
        if (!queue_busy_bit(q, d))
            return false;
    return true;
}

void net_rx_settle(struct model_net *net, unsigned pair, const struct chain *except)
{
    struct model_device *dev = &net->dev;
    struct vqueue *q = net_rx_queue(net, pair);
    struct net_pair *p = &net->pair[pair];

    if (!dev_running(dev) || !q->enabled || net->rest.active)
        return;
    while (p->head) {
        const size_t need = net_header_bytes(dev) + p->head->len;
        uint64_t largest;
        const uint64_t sum = room(q, except, &largest);
        const unsigned posted = q->in_flight - (except && except->q == q);
        /* A chain that is on its way back makes room, however small the ring. */
        const bool more = (except && except->q == q) || !ring_full(q);
        const bool fits =
            dev_has(dev, N_MRG_RXBUF) ? sum >= need || more : largest >= need || posted == 0;
        if (acceptable(net, p->head) && fits)
            return;
        trace(dev->board, dev->slot, "net: frame of %zu bytes cannot be received, dropped",
              p->head->len);
        net->stats.rx_unfit++;
        pop(net, p);
    }
}

bool net_rx_ready(const struct model_net *net, const struct chain *chain, unsigned pair)
{
    const struct net_frame *f = net->pair[pair].head;
    const struct chain *oldest;
    uint64_t largest;

    if (net->rest.active && net->rest.pair == pair)
        return !net->rest.stopped && chain == net_oldest(chain->q);
    if (!f)
        return false;
    oldest = net_oldest(chain->q);
    if (!oldest) /* the chain outlived its queue (RESET-MID-IO) */
        oldest = chain;
    const size_t need = net_header_bytes(&net->dev) + f->len;
    if (!dev_has(&net->dev, N_MRG_RXBUF) || oldest->writable_bytes >= need)
        return chain->writable_bytes >= need;
    return chain == oldest && room(chain->q, NULL, &largest) >= need;
}

/* ---- rules about the buffers ---- */

void net_rx_check_buffer(struct model_net *net, const struct chain *chain)
{
    struct model_device *dev = &net->dev;
    struct model_board *board = dev->board;
    const unsigned header = net_header_bytes(dev);
    const unsigned long long have = chain->writable_bytes;
    const uint64_t big = FBIT(N_GUEST_TSO4) | FBIT(N_GUEST_TSO6) | FBIT(N_GUEST_UFO);

    if (net_fixed_framing(dev))
        rule_check(board, MODEL_RULE_DRV_LEG_027, chain->n_seg >= 2 && chain->seg[0].len == header,
                   dev->slot,
                   "queue %u chain %u: first of %u elements is %u bytes, without ANY_LAYOUT "
                   "expected the header's %u and data behind it",
                   chain->q->index, chain->head, chain->n_seg, chain->seg[0].len, header);
    if (dev_has(dev, N_MRG_RXBUF)) {
        rule_check(board, MODEL_RULE_DRV_NET_058, have >= header, dev->slot,
                   "queue %u chain %u: buffer of %llu bytes, expected at least %u", chain->q->index,
                   chain->head, have, header);
        return;
    }
    if (dev->agreed & big)
        rule_check(board, MODEL_RULE_DRV_NET_056, have >= header + FRAME_MAX, dev->slot,
                   "queue %u chain %u: buffer of %llu bytes, with guest segmentation expected %u",
                   chain->q->index, chain->head, have, header + FRAME_MAX);
    else
        rule_check(board, MODEL_RULE_DRV_NET_057, have >= header + FRAME_PLAIN, dev->slot,
                   "queue %u chain %u: buffer of %llu bytes, expected %u", chain->q->index,
                   chain->head, have, header + FRAME_PLAIN);
    if (dev_has(dev, N_MTU) && !net_config_lied(net))
        rule_check(board, MODEL_RULE_DRV_NET_011, have >= header + ETH_HEADER + net->cfg.mtu,
                   dev->slot, "queue %u chain %u: buffer of %llu bytes, mtu %u asks for %u",
                   chain->q->index, chain->head, have, net->cfg.mtu,
                   header + ETH_HEADER + net->cfg.mtu);
}

/* ---- the packet ---- */

/* Header and frame into net->packet, as the agreed features want them; num_buffers is left. */
static void prepare(struct net_rx *rx, const struct net_frame *f)
{
    struct model_net *net = rx->net;
    uint8_t *h = net->packet;
    uint8_t *frame = h + rx->header;
    struct model_net_offload o = f->offload;
    const bool guest_csum = (net->state.offloads & FBIT(N_GUEST_CSUM)) != 0;

    memcpy(frame, f->bytes, f->len);
    if (!guest_csum) {
        if ((o.flags & H_NEEDS_CSUM) && o.csum_start + (size_t)o.csum_offset + 2 <= f->len)
            net_complete_checksum(frame, f->len, o.csum_start, o.csum_offset);
        o.flags = 0;
        o.csum_start = o.csum_offset = 0;
    }
    h[0] = o.flags;
    h[1] = o.gso_type;
    store_le16(h + 2, o.hdr_len);
    store_le16(h + 4, o.gso_size);
    store_le16(h + 6, o.csum_start);
    store_le16(h + 8, o.csum_offset);
    rx->len = rx->written = rx->header + f->len;
    rx->first_max = rx->len;
}

static struct chain *next_of_queue(const struct chain *chain)
{
    const struct model_device *dev = chain->q->dev;
    bool past = false;

    for (unsigned i = 0; i < dev->n_inflight; i++) {
        if (past && dev->inflight[i]->q == chain->q)
            return dev->inflight[i];
        past |= dev->inflight[i] == chain;
    }
    return NULL;
}

static size_t part_of(const struct net_rx *rx, const struct chain *c, size_t done)
{
    size_t max = rx->len - done;

    if (done == 0 && max > rx->first_max)
        max = rx->first_max;
    return c->writable_bytes < max ? (size_t)c->writable_bytes : max;
}

/* How many chains it takes. A chain that outlived its queue (RESET-MID-IO) stands alone. */
static unsigned count_buffers(const struct net_rx *rx)
{
    const struct chain *c = rx->first;
    unsigned n = 1;

    for (size_t done = part_of(rx, c, 0); done < rx->len; n++) {
        c = next_of_queue(c);
        if (!c)
            break;
        done += part_of(rx, c, done);
    }
    return n;
}

static void write_part(struct net_rx *rx, struct chain *c, size_t done, size_t part)
{
    if (done < rx->written)
        chain_write(c, 0, rx->net->packet + done,
                    part < rx->written - done ? part : rx->written - done);
}

/* ---- several buffers ---- */

/* The entries before the last are written here, unpublished; the last is the caller's: its chain
 * changes places with the first, which is the one that the caller knows. */
static uint32_t deliver_merged(struct net_rx *rx, uint32_t bad_id)
{
    struct vqueue *q = rx->first->q;
    struct chain *c = rx->first;
    size_t done = 0, part;

    for (unsigned i = 0;; i++) {
        part = part_of(rx, c, done);
        if (i)
            check_unchanged(c);
        write_part(rx, c, done, part);
        done += part;
        if (i + 1 == rx->n)
            break;
        const uint32_t len = i == 0 && rx->lied ? rx->said : (uint32_t)part;
        ring_write_used(q, q->used_idx++, i == 1 && bad_id ? bad_id : c->head, len);
        c = next_of_queue(c);
    }
    const struct chain last = *c;
    *c = *rx->first;
    *rx->first = last;
    if (bad_id && rx->n == 2)
        rx->first->head = (uint16_t)bad_id;
    for (struct chain *drop = NULL; drop != c;) { /* `c` is the youngest that goes */
        drop = next_of_queue(rx->first);
        queue_drop_chain(drop);
    }
    rx->net->stats.rx_merged++;
    return (uint32_t)part;
}

/* NET-MRG-SPLIT: the first buffer is given back, the rest later or never. */
static uint32_t deliver_first(struct net_rx *rx, bool stop)
{
    struct model_net *net = rx->net;
    struct net_rest *rest = &net->rest;
    const size_t part = part_of(rx, rx->first, 0);
    struct chain *c = rx->first;

    write_part(rx, rx->first, 0, part);
    rest->active = true;
    rest->stopped = stop;
    rest->pair = rx->pair;
    rest->done = part;
    rest->len = rx->len;
    memcpy(rest->bytes, net->packet, rx->len);
    while ((c = next_of_queue(c)) != NULL)
        c->due_ns = c->not_before_ns = net->dev.board->now_ns + LATE_NS;
    return (uint32_t)part;
}

static uint32_t deliver_rest(struct net_rest *rest, struct chain *chain)
{
    const size_t left = rest->len - rest->done;
    const size_t part = chain->writable_bytes < left ? (size_t)chain->writable_bytes : left;

    chain_write(chain, 0, rest->bytes + rest->done, part);
    rest->done += part;
    rest->active = rest->done < rest->len;
    return (uint32_t)part;
}

static uint32_t deliver(struct net_rx *rx)
{
    const unsigned v = fault_variant(rx->net->dev.board);

    if (rx->split && (v == 0 || v == 2))
        return deliver_first(rx, v == 2);
    if (rx->n > 1)
        return deliver_merged(rx, rx->split && v == 1 ? rx->first->q->num : 0);
    const size_t part = part_of(rx, rx->first, 0);
    write_part(rx, rx->first, 0, part);
    return rx->lied ? rx->said : (uint32_t)part;
}

uint32_t net_rx_execute(struct model_net *net, struct chain *chain, unsigned pair)
{
    struct net_pair *p = &net->pair[pair];
    struct net_rx rx = {.net = net, .first = chain, .pair = pair};

    if (net->rest.active && net->rest.pair == pair)
        return deliver_rest(&net->rest, chain);
    if (!p->head)
        return 0;
    rx.header = net_header_bytes(&net->dev);
    prepare(&rx, p->head);
    net->stats.rx_frames++;
    net->stats.rx_bytes += p->head->len;
    pop(net, p);
    net_fault_split(&rx);
    rx.n = count_buffers(&rx);
    if (rx.header == HDR_LONG)
        store_le16(net->packet + 10, (uint16_t)rx.n);
    net_fault_rx(&rx);
    trace(net->dev.board, net->dev.slot, "net: frame of %zu bytes into %u buffers",
          rx.len - rx.header, rx.n);
    const uint32_t used = deliver(&rx);
    net_rx_settle(net, pair, chain);
    return used;
}
