/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control queue, v1.2 5.1.6.5: class, command and data (readable), then one ack byte
 * (writable). A command that breaks a rule, or that the device cannot carry out, is answered with
 * ERR.
 */
#include <string.h>

#include "bytes.h"
#include "net.h"

#define ACK_OK  0u
#define ACK_ERR 1u

#define C_RX       0u
#define C_MAC      1u
#define C_VLAN     2u
#define C_ANNOUNCE 3u
#define C_MQ       4u
#define C_OFFLOADS 5u
#define C_COAL     6u
#define C_TUNNEL   7u
#define C_RSS_CTX  9u

#define RX_MODES 6u

struct command {
    struct model_net *net;
    const struct chain *chain;
    uint8_t class, command;
    const uint8_t *data;
    size_t len;
};

#define HAS(c, bit) dev_has(&(c)->net->dev, bit)
#define CHECK(c, n, cond, ...)                                                                     \
    rule_check((c)->net->dev.board, MODEL_RULE_DRV_NET_##n, cond, (c)->net->dev.slot,              \
               "control class %u command %u: " __VA_ARGS__)
#define LABEL(c) (c)->class, (c)->command

static bool data_is(const struct command *c, size_t expected)
{
    return CHECK(c, 073, c->len == expected, "%zu data bytes, expected %zu", LABEL(c), c->len,
                 expected);
}

static bool unknown(const struct command *c)
{
    return CHECK(c, 073, false, "there is no such command", LABEL(c));
}

/* ---- receive modes, addresses, VLANs ---- */

static bool serve_rx(const struct command *c)
{
    struct model_net_state *s = &c->net->state;
    bool *const mode[RX_MODES] = {&s->promisc, &s->allmulti, &s->alluni,
                                  &s->nomulti, &s->nouni,    &s->nobcast};

    if (c->command >= RX_MODES)
        return unknown(c);
    if (c->command <= 1 ? !CHECK(c, 074, HAS(c, N_CTRL_RX), "needs CTRL_RX", LABEL(c))
                        : !CHECK(c, 075, HAS(c, N_CTRL_RX_EXTRA), "needs CTRL_RX_EXTRA", LABEL(c)))
        return false;
    if (!data_is(c, 1) ||
        !CHECK(c, 073, c->data[0] <= 1, "%u, expected 0 or 1", LABEL(c), c->data[0]))
        return false;
    *mode[c->command] = c->data[0] != 0;
    return true;
}

/* One table of TABLE_SET from `at` on; the offset behind it, or 0: cut short. */
static size_t table(const struct command *c, size_t at, uint32_t *entries)
{
    if (c->len < at + 4)
        return 0;
    *entries = load_le32(c->data + at);
    if ((c->len - at - 4) / 6 < *entries)
        return 0;
    return at + 4 + 6 * (size_t)*entries;
}

/* Two data elements, one for each table (v1.2 5.1.6.6). */
static void check_table_framing(const struct command *c, size_t second)
{
    struct model_device *dev = &c->net->dev;
    const struct chain *ch = c->chain;

    if (!net_fixed_framing(dev))
        return;
    rule_check(dev->board, MODEL_RULE_DRV_LEG_045, ch->n_readable == 3 && ch->seg[1].len == second,
               dev->slot, "TABLE_SET in %u elements, the second %u bytes, expected 3 and %zu",
               ch->n_readable, ch->n_readable > 1 ? ch->seg[1].len : 0, second);
    rule_check(dev->board, MODEL_RULE_DRV_LEG_046,
               ch->n_readable < 3 || ch->seg[2].len == c->len - second, dev->slot,
               "TABLE_SET: third element %u bytes, expected %zu", ch->seg[2].len, c->len - second);
}

static bool serve_table(const struct command *c)
{
    struct model_net_state *s = &c->net->state;
    uint32_t n = 0, m = 0;

    const size_t second = table(c, 0, &n);
    const size_t end = second ? table(c, second, &m) : 0;
    if (!CHECK(c, 078, end != 0 && end == c->len,
               "%zu bytes with %u unicast and %u multicast addresses, expected two tables of a "
               "count and 6 bytes each",
               LABEL(c), c->len, n, m))
        return false;
    check_table_framing(c, second);
    if (n > MODEL_NET_MACS_MAX || m > MODEL_NET_MACS_MAX)
        return false;
    s->n_unicast = n;
    s->n_multicast = m;
    memcpy(s->unicast, c->data + 4, 6 * (size_t)n);
    memcpy(s->multicast, c->data + second + 4, 6 * (size_t)m);
    return true;
}

static bool serve_mac(const struct command *c)
{
    struct model_net *net = c->net;

    if (!CHECK(c, 076, HAS(c, N_CTRL_RX), "needs CTRL_RX", LABEL(c)))
        return false;
    if (c->command == 0)
        return serve_table(c);
    if (c->command != 1)
        return unknown(c);
    if (!CHECK(c, 076, HAS(c, N_CTRL_MAC_ADDR), "needs CTRL_MAC_ADDR", LABEL(c)) || !data_is(c, 6))
        return false;
    memcpy(net->state.mac, c->data, 6);
    device_config_bump(&net->dev); /* shown before the command is done */
    return true;
}

static bool serve_vlan(const struct command *c)
{
    if (c->command > 1)
        return unknown(c);
    if (!CHECK(c, 080, HAS(c, N_CTRL_VLAN), "needs CTRL_VLAN", LABEL(c)) ||
        !CHECK(c, 080, c->len == 2, "%zu data bytes, expected 2", LABEL(c), c->len) ||
        !CHECK(c, 080, load_le16(c->data) < 4096, "id %u, expected at most 4095", LABEL(c),
               load_le16(c->data)))
        return false;
    c->net->state.vlan[load_le16(c->data)] = c->command == 0;
    return true;
}

/* ---- announce, pairs, offloads ---- */

static bool serve_announce(const struct command *c)
{
    if (c->command != 0)
        return unknown(c);
    if (!CHECK(c, 082, HAS(c, N_ANNOUNCE), "needs GUEST_ANNOUNCE", LABEL(c)) || !data_is(c, 0))
        return false;
    c->net->state.announces++;
    c->net->state.announce_pending = false;
    device_config_bump(&c->net->dev);
    return true;
}

static bool pairs_ready(const struct command *c, unsigned pairs)
{
    struct model_net *net = c->net;
    bool ok = true;

    for (unsigned i = 0; i < pairs; i++) {
        ok &= CHECK(c, 085, net_rx_queue(net, i)->enabled, "receive queue of pair %u is not set up",
                    LABEL(c), i);
        ok &= CHECK(c, 085, net_tx_queue(net, i)->enabled,
                    "transmit queue of pair %u is not set up", LABEL(c), i);
    }
    return ok;
}

static bool serve_mq(const struct command *c)
{
    struct model_net *net = c->net;

    if (c->command == 1)
        return CHECK(c, 090, false, "RSS_CONFIG needs RSS", LABEL(c));
    if (c->command != 0)
        return unknown(c);
    if (!CHECK(c, 086, HAS(c, N_MQ), "needs MQ", LABEL(c)) || !data_is(c, 2))
        return false;
    const unsigned pairs = load_le16(c->data);
    if (!CHECK(c, 086, pairs >= 1 && pairs <= net->max_pairs, "%u pairs, expected 1 to %u",
               LABEL(c), pairs, net->max_pairs) ||
        !pairs_ready(c, pairs))
        return false;
    for (unsigned i = 0; i < net->max_pairs; i++) {
        struct vqueue *q = net_tx_queue(net, i);
        if (i >= pairs && q->enabled && !q->dead)
            net->pair[i].cut_idx = ring_avail_idx(q);
    }
    net->state.pairs = pairs;
    net->pairs_set = true;
    net_rx_rehash(net);
    return true;
}

static bool serve_offloads(const struct command *c)
{
    struct model_net *net = c->net;

    if (c->command != 0)
        return unknown(c);
    if (!CHECK(c, 098, HAS(c, N_CTRL_OFFLOADS), "needs CTRL_GUEST_OFFLOADS", LABEL(c)) ||
        !data_is(c, 8))
        return false;
    const uint64_t wanted = load_le64(c->data);
    if (!CHECK(c, 098, (wanted & ~(net->dev.agreed & GUEST_OFFLOADS)) == 0,
               "offloads %#llx, agreed are %#llx", LABEL(c), (unsigned long long)wanted,
               (unsigned long long)(net->dev.agreed & GUEST_OFFLOADS)))
        return false;
    net->state.offloads = wanted;
    return true;
}

static bool serve_coalescing(const struct command *c)
{
    return c->command <= 1 ? CHECK(c, 100, false, "needs NOTF_COAL", LABEL(c))
                           : CHECK(c, 101, false, "needs VQ_NOTF_COAL", LABEL(c));
}

static bool serve(const struct command *c)
{
    switch (c->class) {
    case C_RX:
        return serve_rx(c);
    case C_MAC:
        return serve_mac(c);
    case C_VLAN:
        return serve_vlan(c);
    case C_ANNOUNCE:
        return serve_announce(c);
    case C_MQ:
        return serve_mq(c);
    case C_OFFLOADS:
        return serve_offloads(c);
    case C_COAL:
        return serve_coalescing(c);
    case C_TUNNEL:
        return CHECK(c, 070, false, "needs HASH_TUNNEL", LABEL(c));
    case C_RSS_CTX:
        return CHECK(c, 095, false, "needs RSS_CONTEXT", LABEL(c));
    default:
        return unknown(c);
    }
}

/* ---- one chain ---- */

static bool check_form(struct model_net *net, const struct chain *c)
{
    struct model_device *dev = &net->dev;

    if (!rule_check(dev->board, MODEL_RULE_DRV_NET_073,
                    c->readable_bytes >= 2 && c->readable_bytes <= PACKET_MAX &&
                        c->writable_bytes == 1,
                    dev->slot,
                    "queue %u chain %u: %llu readable and %llu writable bytes, expected class, "
                    "command, data and one ack byte",
                    c->q->index, c->head, (unsigned long long)c->readable_bytes,
                    (unsigned long long)c->writable_bytes))
        return false;
    if (net_fixed_framing(dev))
        rule_check(dev->board, MODEL_RULE_DRV_LEG_028,
                   c->seg[0].len == 2 && c->n_readable <= 3 && c->n_seg - c->n_readable == 1,
                   dev->slot,
                   "queue %u chain %u: first of %u readable elements is %u bytes, without "
                   "ANY_LAYOUT expected a head of 2, the data, and an ack",
                   c->q->index, c->head, c->n_readable, c->seg[0].len);
    return true;
}

/* All tables but that of the addresses are one element. */
static void check_data_framing(const struct command *c)
{
    struct model_device *dev = &c->net->dev;
    const bool is_table = c->class == C_MAC && c->command == 0;

    if (net_fixed_framing(dev) && !is_table)
        rule_check(dev->board, MODEL_RULE_DRV_LEG_028, c->chain->n_readable <= 2, dev->slot,
                   "queue %u chain %u: %u readable elements, without ANY_LAYOUT expected 2",
                   c->chain->q->index, c->chain->head, c->chain->n_readable);
}

static uint8_t answer(struct model_net *net, struct chain *chain, bool refused)
{
    struct command c = {.net = net, .chain = chain, .data = net->packet + 2};

    if (!check_form(net, chain) ||
        chain_read(chain, 0, net->packet, chain->readable_bytes) != chain->readable_bytes)
        return ACK_ERR;
    c.class = net->packet[0];
    c.command = net->packet[1];
    c.len = (size_t)chain->readable_bytes - 2;
    check_data_framing(&c);
    if (refused || fault(net->dev.board, MODEL_FAULT_NET_CTRL_NAK))
        return ACK_ERR;
    if (!serve(&c))
        return ACK_ERR;
    return ACK_OK;
}

uint32_t net_ctrl_execute(struct model_net *net, struct chain *chain)
{
    static const uint8_t garbage[3] = {2, 0x80, 0xff};
    struct model_device *dev = &net->dev;
    const unsigned v = fault_variant(dev->board);
    const bool garbled = fault(dev->board, MODEL_FAULT_NET_CTRL_GARBAGE);
    uint8_t ack = answer(net, chain, garbled && v >= 3);

    net->stats.ctrl++;
    if (ack != ACK_OK)
        net->stats.ctrl_errors++;
    trace(dev->board, dev->slot, "net: control command %u.%u answered with %u", net->packet[0],
          net->packet[1], ack);
    if (garbled) {
        if (v >= 3) /* left as the driver gave it */
            return net_fault_used(net, 1);
        ack = garbage[v];
    }
    if (chain->writable_bytes)
        chain_write(chain, 0, &ack, 1);
    return net_fault_used(net, chain->writable_bytes != 0);
}
