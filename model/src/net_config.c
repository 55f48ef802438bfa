/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct virtio_net_config, v1.2 5.1.4: its field table, its contents from the device's state, the
 * address that a legacy driver may write, and the faults that strike where a field is read.
 */
#include <string.h>

#include "net.h"

#define FIELD(off, width, gate, flags, name)                                                       \
    {                                                                                              \
        off, width, 1, gate, flags, name                                                           \
    }
#define MAC_BYTE(n) [NF_MAC0 + (n)] = FIELD(n, 1, N_MAC, CFG_WRITABLE, "mac[" #n "]")

const struct config_field net_fields[NF_COUNT] = {
    [NF_STATUS] = FIELD(6, 2, N_STATUS, 0, "status"),
    [NF_MAX_PAIRS] = FIELD(8, 2, N_MQ, 0, "max_virtqueue_pairs"),
    [NF_MTU] = FIELD(10, 2, N_MTU, 0, "mtu"),
    [NF_SPEED] = FIELD(12, 4, N_SPEED_DUPLEX, 0, "speed"),
    [NF_DUPLEX] = FIELD(16, 1, N_SPEED_DUPLEX, 0, "duplex"),
    MAC_BYTE(0),
    MAC_BYTE(1),
    MAC_BYTE(2),
    MAC_BYTE(3),
    MAC_BYTE(4),
    MAC_BYTE(5),
    [NF_RSS_KEY] = FIELD(17, 1, N_RSS, 0, "rss_max_key_size"),
    [NF_RSS_TABLE] = FIELD(18, 2, N_RSS, 0, "rss_max_indirection_table_length"),
    [NF_HASH_TYPES] = FIELD(20, 4, N_RSS, 0, "supported_hash_types"),
};

static void put(struct model_net *net, enum net_field field, uint32_t v)
{
    const struct config_field *f = &net_fields[field];

    for (unsigned i = 0; i < f->width; i++)
        net->dev.config[f->off + i] = (uint8_t)(v >> (8 * i));
}

/* Fields whose feature is not offered hold the same: a fault may claim the feature. */
void net_refresh_config(struct model_device *dev)
{
    struct model_net *net = to_net(dev);
    const uint32_t link = net->link_up ? STATUS_LINK_UP : 0;

    memset(dev->config, 0, NET_CONFIG_BYTES);
    memcpy(dev->config, net->state.mac, sizeof(net->state.mac));
    put(net, NF_STATUS, link | (net->state.announce_pending ? STATUS_ANNOUNCE : 0));
    put(net, NF_MAX_PAIRS, net->max_pairs);
    put(net, NF_MTU, net->cfg.mtu);
    put(net, NF_SPEED, net->cfg.speed);
    put(net, NF_DUPLEX, net->cfg.duplex);
    if (dev->offered & FBIT(N_RSS)) { /* the least that the specification lets a device say */
        put(net, NF_RSS_KEY, 40);
        put(net, NF_RSS_TABLE, 128);
    }
}

/* Only legacy drivers set the address this way; for others the whole space is read-only. */
void net_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val)
{
    struct model_net *net = to_net(dev);

    if (!rule_check(dev->board, MODEL_RULE_DRV_MMIO_002, !dev_modern(dev), dev->slot,
                    "mac[%u] <- %#llx, a read-only field but on the legacy interface", off,
                    (unsigned long long)val))
        return;
    for (unsigned i = 0; i < width && off + i < sizeof(net->state.mac); i++)
        net->state.mac[off + i] = (uint8_t)(val >> (8 * i));
    net_refresh_config(dev);
}

/* ---- what a read shows ---- */

static uint64_t mac_shown(struct model_net *net, unsigned byte, uint64_t value)
{
    struct model_board *board = net->dev.board;

    if (byte == 0)
        net->mac_lie = fault(board, MODEL_FAULT_NET_MAC_MULTICAST);
    if (!net->mac_lie)
        return value;
    switch (fault_variant(board)) {
    case 0:
        return byte == 0 ? value | 1 : value;
    case 1:
        return 0;
    default:
        return 0xff;
    }
}

uint64_t net_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value)
{
    static const uint64_t mtu[3] = {0, 67, 65535}, pairs[2] = {0, 32769};
    struct model_net *net = to_net(dev);
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    if (board->fault.id == MODEL_FAULT_NONE)
        return value;
    if (field >= NF_MAC0 && field <= NF_MAC5)
        return mac_shown(net, field - NF_MAC0, value);
    if (!first)
        return value;
    if (field == NF_MTU && fault(board, MODEL_FAULT_NET_MTU)) {
        config_hold(dev, field, mtu[v % 3]);
        return mtu[v % 3];
    }
    if (field == NF_MAX_PAIRS && fault(board, MODEL_FAULT_NET_PAIRS)) {
        config_hold(dev, field, pairs[v & 1]);
        return pairs[v & 1];
    }
    return value;
}

void net_config_was_read(struct model_device *dev, unsigned field, unsigned part, unsigned width,
                         uint64_t value)
{
    struct model_net *net = to_net(dev);

    (void)part;
    (void)width;
    (void)value;
    if (field >= NF_MAC0 && field <= NF_MAC5)
        net->mac_read |= (uint8_t)(1u << (field - NF_MAC0));
    if (field != NF_STATUS)
        return;
    net->status_read = true;
    if (dev->features_final)
        rule_check(dev->board, MODEL_RULE_DRV_NET_008, dev_has(dev, N_STATUS), dev->slot,
                   "status read without STATUS agreed, expected the link taken for up");
}
