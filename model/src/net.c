/* SPDX-License-Identifier: Apache-2.0 */
/* The network device on the board: creation, its queues, the wire as a test sees it. */
#include "net.h"

#include <errno.h>
#include <string.h>

/* ---- queues ---- */

static unsigned pairs_agreed(const struct model_net *net)
{
    return dev_has(&net->dev, N_MQ) ? net->max_pairs : 1;
}

enum net_role net_role(const struct model_net *net, unsigned index, unsigned *pair)
{
    const unsigned pairs = pairs_agreed(net);

    *pair = index / 2;
    if (index < 2 * pairs)
        return index % 2 == 0 ? NET_RX : NET_TX;
    *pair = 0;
    return index == 2 * pairs && dev_has(&net->dev, N_CTRL_VQ) ? NET_CTRL : NET_NO_ROLE;
}

struct vqueue *net_rx_queue(struct model_net *net, unsigned pair)
{
    return &net->dev.q[2 * pair];
}

struct vqueue *net_tx_queue(struct model_net *net, unsigned pair)
{
    return &net->dev.q[2 * pair + 1];
}

struct chain *net_oldest(const struct vqueue *q)
{
    const struct model_device *dev = q->dev;

    for (unsigned i = 0; i < dev->n_inflight; i++)
        if (dev->inflight[i]->q == q)
            return dev->inflight[i];
    return NULL;
}

uint64_t net_guest_segment(uint8_t gso_type)
{
    switch (gso_type & ~GSO_ECN) {
    case GSO_TCPV4:
        return FBIT(N_GUEST_TSO4);
    case GSO_TCPV6:
        return FBIT(N_GUEST_TSO6);
    case GSO_UDP:
        return FBIT(N_GUEST_UFO);
    case GSO_UDP_L4:
        return FBIT(N_GUEST_USO4) | FBIT(N_GUEST_USO6);
    default:
        return 0;
    }
}

size_t net_plain_max(const struct model_net *net, const uint8_t *frame, size_t len)
{
    struct net_layers in;

    net_parse(frame, len, &in);
    return (size_t)net->cfg.mtu + ETH_HEADER + (in.tagged ? ETH_VLAN : 0);
}

bool net_config_lied(const struct model_net *net)
{
    const struct model_board *board = net->dev.board;

    return fault_struck(board, MODEL_FAULT_CFG_HOSTILE) ||
           fault_struck(board, MODEL_FAULT_NET_MTU) || fault_struck(board, MODEL_FAULT_NET_PAIRS);
}

static void check_role(struct model_net *net, const struct chain *chain, enum net_role role)
{
    struct model_device *dev = &net->dev;
    const unsigned index = chain->q->index;

    if (role == NET_NO_ROLE && index == 2 * pairs_agreed(net))
        rule_check(dev->board, MODEL_RULE_DRV_NET_002, false, dev->slot,
                   "queue %u used as control queue without CTRL_VQ", index);
    else if (!net_config_lied(net))
        rule_check(dev->board, MODEL_RULE_DRV_NET_001, role != NET_NO_ROLE, dev->slot,
                   "queue %u used, with %u pairs there is none", index, pairs_agreed(net));
    if (net_config_lied(net))
        return;
    rule_check(dev->board, MODEL_RULE_DRV_NET_001, role != NET_RX || chain->n_readable == 0,
               dev->slot, "queue %u chain %u: readable elements in a receive queue", index,
               chain->head);
    rule_check(dev->board, MODEL_RULE_DRV_NET_001, role != NET_TX || chain->writable_bytes == 0,
               dev->slot, "queue %u chain %u: writable elements in a transmit queue", index,
               chain->head);
}

static void net_taken(struct model_device *dev, struct chain *chain)
{
    struct model_net *net = to_net(dev);
    unsigned pair;
    const enum net_role role = net_role(net, chain->q->index, &pair);

    check_role(net, chain, role);
    switch (role) {
    case NET_RX:
        net_rx_check_buffer(net, chain);
        net_rx_settle(net, pair, NULL);
        break;
    case NET_TX:
        net_fault_taken_tx(net, chain, pair);
        break;
    case NET_CTRL:
        net_fault_taken_ctrl(net, chain);
        break;
    case NET_NO_ROLE:
        break;
    }
}

static bool net_queue_idle(const struct model_device *dev, unsigned queue)
{
    const struct model_net *net = (const struct model_net *)dev;
    unsigned pair;

    return net_role(net, queue, &pair) == NET_RX && !net->pair[pair].head &&
           !(net->rest.active && net->rest.pair == pair);
}

static bool net_can_complete(const struct model_device *dev, const struct chain *chain)
{
    const struct model_net *net = (const struct model_net *)dev;
    unsigned pair;

    switch (net_role(net, chain->q->index, &pair)) {
    case NET_RX:
        return net_rx_ready(net, chain, pair);
    case NET_TX:
        return !net->hold_tx && !net->pair[pair].tx_stuck;
    case NET_CTRL:
        return true;
    case NET_NO_ROLE:
        break;
    }
    return false;
}

static uint32_t net_execute(struct model_device *dev, struct chain *chain)
{
    struct model_net *net = to_net(dev);
    unsigned pair;

    switch (net_role(net, chain->q->index, &pair)) {
    case NET_RX:
        return net_rx_execute(net, chain, pair);
    case NET_TX:
        return net_tx_execute(net, chain, pair);
    case NET_CTRL:
        return net_ctrl_execute(net, chain);
    case NET_NO_ROLE:
        break;
    }
    return 0;
}

/* ---- life ---- */

static void net_reset(struct model_device *dev)
{
    struct model_net *net = to_net(dev);

    net_rx_forget(net);
    memset(&net->state, 0, sizeof(net->state));
    memcpy(net->state.mac, net->cfg.mac, sizeof(net->state.mac));
    net->state.pairs = 1;
    net->pairs_set = net->flap_up = net->mac_lie = net->first_tx_seen = false;
    for (unsigned i = 0; i < PAIRS_MAX; i++) {
        net->pair[i].tx_stuck = net->pair[i].populated = false;
        net->pair[i].cut_idx = 0;
    }
    net_refresh_config(dev);
}

static void net_destroy(struct model_device *dev)
{
    net_rx_forget(to_net(dev));
}

#define NET_KNOWN                                                                                  \
    (FBIT(N_CSUM) | FBIT(N_GUEST_CSUM) | FBIT(N_CTRL_OFFLOADS) | FBIT(N_MTU) | FBIT(N_MAC) |       \
     FBIT(N_GSO) | FBIT(N_GUEST_TSO4) | FBIT(N_GUEST_TSO6) | FBIT(N_GUEST_ECN) |                   \
     FBIT(N_GUEST_UFO) | FBIT(N_HOST_TSO4) | FBIT(N_HOST_TSO6) | FBIT(N_HOST_ECN) |                \
     FBIT(N_HOST_UFO) | FBIT(N_MRG_RXBUF) | FBIT(N_STATUS) | NET_QUEUE_BITS | NET_HIGH)
/* Of no use without a control queue, which no fault can make up. */
#define NET_QUEUE_BITS                                                                             \
    (FBIT(N_CTRL_VQ) | FBIT(N_CTRL_RX) | FBIT(N_CTRL_VLAN) | FBIT(N_CTRL_RX_EXTRA) |               \
     FBIT(N_ANNOUNCE) | FBIT(N_MQ) | FBIT(N_CTRL_MAC_ADDR))
#define NET_UNMODELLED                                                                             \
    (FBIT(N_DEVICE_STATS) | FBIT(N_HASH_TUNNEL) | FBIT(N_VQ_NOTF_COAL) | FBIT(N_NOTF_COAL) |       \
     FBIT(N_HASH_REPORT) | FBIT(N_RSS) | FBIT(N_RSC_EXT) | FBIT(N_STANDBY))
#define NET_HIGH                                                                                   \
    (NET_UNMODELLED | FBIT(N_GUEST_USO4) | FBIT(N_GUEST_USO6) | FBIT(N_HOST_USO) |                 \
     FBIT(N_GUEST_HDRLEN) | FBIT(N_SPEED_DUPLEX))

static const struct device_ops net_ops = {
    .device_id = 1,
    .known_features = NET_KNOWN,
    .legacy_only = FBIT(N_GSO),
    .modern_only = FBIT(N_MTU) | NET_HIGH,
    .fields = net_fields,
    .n_fields = NF_COUNT,
    .config_len = NET_CONFIG_BYTES,
    .deps = net_deps,
    .n_deps = NET_DEPS,
    .odd_features =
        NET_QUEUE_BITS | FBIT(N_CTRL_OFFLOADS) | FBIT(N_GSO) | FBIT(N_MTU) | NET_UNMODELLED,
    .bait_features = FBIT(N_GSO) | NET_UNMODELLED,
    .torn_field = NF_MAC5,
    .torn_by = 1,
    .n_hostile = NF_RSS_KEY,
    .accepts = net_accepts,
    .agreed = net_agreed,
    .reset = net_reset,
    .config_written = net_config_written,
    .taken = net_taken,
    .config_shown = net_config_shown,
    .config_was_read = net_config_was_read,
    .can_complete = net_can_complete,
    .queue_idle = net_queue_idle,
    .execute = net_execute,
    .refresh_config = net_refresh_config,
    .destroy = net_destroy,
};

int model_net_add(struct model_board *board, unsigned slot, const struct model_net_config *cfg,
                  struct model_net **out)
{
    static const uint8_t usual_mac[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    const bool mq = (cfg->dev.features & FBIT(N_MQ)) != 0;
    const unsigned pairs = mq && cfg->max_virtqueue_pairs ? cfg->max_virtqueue_pairs : 1;
    const unsigned control = (cfg->dev.features & FBIT(N_CTRL_VQ)) != 0;
    struct model_device *dev;

    if (pairs > PAIRS_MAX)
        return -EINVAL;
    int err = device_add(board, slot, sizeof(struct model_net), &cfg->dev, &net_ops,
                         2 * pairs + control, &dev);
    if (err)
        return err;
    struct model_net *net = to_net(dev);
    memset((uint8_t *)net + sizeof(*dev), 0, offsetof(struct model_net, rest) - sizeof(*dev));
    net->cfg = *cfg;
    if (memcmp(net->cfg.mac, net->state.mac, sizeof(net->cfg.mac)) == 0) /* all zero */
        memcpy(net->cfg.mac, usual_mac, sizeof(net->cfg.mac));
    if (!net->cfg.mtu)
        net->cfg.mtu = MTU_DEFAULT;
    if (!net->cfg.backlog)
        net->cfg.backlog = BACKLOG_DEFAULT;
    net->max_pairs = pairs;
    net->link_up = !cfg->link_down;
    for (unsigned i = 0; i < PAIRS_MAX; i++)
        net->pair[i].tail = &net->pair[i].head;
    net_reset(dev);
    if (out)
        *out = net;
    return 0;
}

struct model_device *model_net_device(struct model_net *net)
{
    return &net->dev;
}

/* ---- the wire ---- */

void net_capture(struct model_net *net, const uint8_t *frame, size_t len)
{
    if (net->cfg.pcap)
        model_pcap_write(net->cfg.pcap, net->dev.board->now_ns, frame, len);
}

int net_arrive(struct model_net *net, unsigned pair, const uint8_t *frame, size_t len,
               const struct model_net_offload *offload)
{
    struct model_device *dev = &net->dev;

    net_capture(net, frame, len);
    pair %= net->state.pairs;
    if (!net_fault_arrival(net, pair) || net->n_backlog >= net->cfg.backlog) {
        net->stats.rx_overrun++;
        trace(dev->board, dev->slot, "net: frame of %zu bytes lost, %u are waiting", len,
              net->n_backlog);
        return -ENOBUFS;
    }
    return net_rx_enqueue(net, pair, frame, len, offload);
}

int model_net_receive(struct model_net *net, unsigned pair, const void *frame, size_t len,
                      const struct model_net_offload *offload)
{
    if (len == 0 || len > FRAME_MAX)
        return -EINVAL;
    if (!net->link_up)
        return -ENETDOWN;
    if (!net_filter_passes(net, frame, len)) {
        net->stats.rx_filtered++;
        net_capture(net, frame, len);
        return 0;
    }
    return net_arrive(net, pair, frame, len, offload);
}

void net_link(struct model_net *net, bool up)
{
    struct model_device *dev = &net->dev;

    if (net->link_up == up)
        return;
    net->link_up = up;
    trace(dev->board, dev->slot, "net: link %s", up ? "up" : "down");
    if (dev_has(dev, N_STATUS))
        model_device_config_changed(dev);
    else
        net_refresh_config(dev);
}

void model_net_set_link(struct model_net *net, bool up)
{
    net_link(net, up);
}

void model_net_ask_announce(struct model_net *net)
{
    if (!dev_has(&net->dev, N_ANNOUNCE))
        return;
    net->state.announce_pending = true;
    model_device_config_changed(&net->dev);
}

void model_net_hold_transmit(struct model_net *net, bool hold)
{
    net->hold_tx = hold;
}

const struct model_net_state *model_net_state(const struct model_net *net)
{
    return &net->state;
}

void model_net_stats(const struct model_net *net, struct model_net_stats *out)
{
    *out = net->stats;
}

unsigned model_net_backlog(const struct model_net *net)
{
    return net->n_backlog;
}
