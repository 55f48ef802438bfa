/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-net: life of the device and its configuration space (virtio v1.2 sections 3.1, 5.1.2 to
 * 5.1.5). A config field is read only when its feature was agreed, and believed only after it was
 * checked.
 */
#include "virtio_net_priv.h"

enum {
    CFG_MAC = 0,
    CFG_STATUS = 6,
    CFG_MAX_VIRTQUEUE_PAIRS = 8,
    CFG_MTU = 10,
    CFG_SPEED = 12,
    CFG_DUPLEX = 16,
};

#define RX_BUFFERS_DEFAULT 64u
#define RX_BUFFERS_MAX     16384u /* a buffer may take two ring entries */
#define RX_BYTES_MIN       64u
#define RX_BYTES_MAX       0x100000u
#define TX_ENTRIES_DEFAULT 64u
#define SEGS_DEFAULT       8u
#define MTU_DEFAULT        1500u
#define MTU_MIN            68u
#define DEVICE_PAIRS_MAX   32767u /* the control queue after them needs an index of 16 bits */
#define SPEED_MAX          0x7fffffffu

#define NET_FEATURES_LEGACY                                                                        \
    (VIRTIO_NET_F_MAC | VIRTIO_NET_F_MRG_RXBUF | VIRTIO_NET_F_STATUS | VIRTIO_NET_F_CTRL_VQ |      \
     VIRTIO_NET_F_CTRL_RX | VIRTIO_NET_F_CTRL_VLAN | VIRTIO_NET_F_CTRL_MAC_ADDR)
#define NET_FEATURES_MODERN (NET_FEATURES_LEGACY | VIRTIO_NET_F_MTU | VIRTIO_NET_F_SPEED_DUPLEX)
#define NET_GUEST_GSO       (VIRTIO_NET_F_GUEST_TSO4 | VIRTIO_NET_F_GUEST_TSO6 | VIRTIO_NET_F_GUEST_UFO)
#define NET_OFFLOADS                                                                               \
    (VIRTIO_NET_F_CSUM | VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_TSO6 | VIRTIO_NET_F_HOST_ECN | \
     VIRTIO_NET_F_HOST_UFO | VIRTIO_NET_F_GUEST_CSUM | NET_GUEST_GSO | VIRTIO_NET_F_GUEST_ECN |    \
     VIRTIO_NET_F_CTRL_GUEST_OFFLOADS)
/* Kept when the device refuses the rest: what says who we are and how long a frame may be. */
#define NET_FEATURES_KEEP (VIRTIO_NET_F_MAC | VIRTIO_NET_F_MTU)

/* ---- configuration space ---- */

struct net_config {
    uint8_t mac[VIRTIO_NET_MAC_LEN];
    uint16_t status;
    uint16_t pairs;
    uint16_t mtu;
    uint32_t speed;
    uint8_t duplex;
};

static void read_fields(struct virtio_device *dev, void *out)
{
    struct net_config *c = out;

    if (virtio_has_feature(dev, VIRTIO_NET_F_MAC)) {
        for (unsigned i = 0; i < VIRTIO_NET_MAC_LEN; i++) {
            c->mac[i] = virtio_config_read8(dev, CFG_MAC + i);
        }
    }
    c->status = virtio_has_feature(dev, VIRTIO_NET_F_STATUS) ? virtio_config_read16(dev, CFG_STATUS)
                                                             : (uint16_t)NET_S_LINK_UP;
    c->pairs = virtio_has_feature(dev, VIRTIO_NET_F_MQ)
                   ? virtio_config_read16(dev, CFG_MAX_VIRTQUEUE_PAIRS)
                   : 1u;
    c->mtu = virtio_has_feature(dev, VIRTIO_NET_F_MTU) ? virtio_config_read16(dev, CFG_MTU)
                                                       : (uint16_t)MTU_DEFAULT;
    c->speed = UINT32_MAX;
    c->duplex = UINT8_MAX;
    if (virtio_has_feature(dev, VIRTIO_NET_F_SPEED_DUPLEX)) {
        c->speed = virtio_config_read32(dev, CFG_SPEED);
        c->duplex = virtio_config_read8(dev, CFG_DUPLEX);
    }
}

static int read_config(struct virtio_net *net, struct net_config *config)
{
    struct net_config scratch;

    return virtio_config_snapshot(&net->dev, read_fields, config, &scratch, sizeof(scratch));
}

static int refuse(const char *field, uint32_t value, const char *expected)
{
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio-net: config field %s is %u, expected %s", field,
                    (unsigned)value, expected);
    return -EPROTO;
}

static bool is_zero(const uint8_t mac[VIRTIO_NET_MAC_LEN])
{
    static const uint8_t zero[VIRTIO_NET_MAC_LEN];

    return memcmp(mac, zero, sizeof(zero)) == 0;
}

static int validate(const struct virtio_net *net, const struct net_config *c)
{
    if (virtio_has_feature(&net->dev, VIRTIO_NET_F_MAC) &&
        ((c->mac[0] & 1u) != 0 || is_zero(c->mac))) {
        return refuse("mac", c->mac[0], "an individual address (first byte shown)");
    }
    if (c->mtu < MTU_MIN) {
        return refuse("mtu", c->mtu, "at least 68");
    }
    if (c->pairs == 0 || c->pairs > DEVICE_PAIRS_MAX) {
        return refuse("max_virtqueue_pairs", c->pairs, "1 to 32767");
    }
    return 0;
}

/* The caller's address, or one of our own that differs from window to window. */
static void choose_mac(const struct virtio_net *net, uint8_t mac[VIRTIO_NET_MAC_LEN])
{
    uint32_t where = (uint32_t)(net->dev.window.base >> 8) ^ (uint32_t)net->dev.window.irq << 17;
    const uint8_t own[VIRTIO_NET_MAC_LEN] = {
        0x02, /* locally administered */
        0x56,          (uint8_t)(where >> 24), (uint8_t)(where >> 16), (uint8_t)(where >> 8),
        (uint8_t)where};

    memcpy(mac, is_zero(net->params.mac) ? own : net->params.mac, VIRTIO_NET_MAC_LEN);
}

/* What may change while the device is in use; everything else is said once. */
static void describe_link(const struct net_config *c, struct virtio_net_info *info)
{
    info->link_up = (c->status & NET_S_LINK_UP) != 0;
    info->speed_mbps = c->speed <= SPEED_MAX ? c->speed : 0u;
    info->full_duplex = c->duplex <= 1u ? (int8_t)c->duplex : (int8_t)-1;
}

static void describe(struct virtio_net *net, const struct net_config *c,
                     struct virtio_net_info *info)
{
    memset(info, 0, sizeof(*info));
    info->mac_from_device = virtio_has_feature(&net->dev, VIRTIO_NET_F_MAC);
    memcpy(info->mac, c->mac, sizeof(info->mac));
    if (!info->mac_from_device) {
        choose_mac(net, info->mac);
    }
    info->mtu = c->mtu;
    info->frame_max = c->mtu + VIRTIO_NET_FRAME_MIN;
    info->pairs = 1; /* section 5.1.5: until VQ_PAIRS_SET */
    describe_link(c, info);
    net->tx_frame_max = info->frame_max;
    net->rx_frame_max = (net->dev.features & NET_GUEST_GSO) != 0 ? VIRTIO_NET_FRAME_GSO_MAX
                                                                 : info->frame_max + NET_TAG_LEN;
    net->hdr_len =
        !virtio_is_legacy(&net->dev) || virtio_has_feature(&net->dev, VIRTIO_NET_F_MRG_RXBUF)
            ? NET_HDR_LONG
            : NET_HDR_SHORT;
}

static void set_info(struct virtio_net *net, const struct virtio_net_info *info)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);

    net->info = *info;
    virtio_port_unlock(&net->dev.lock, flags);
}

void virtio_net_get_info(struct virtio_net *net, struct virtio_net_info *info)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);

    *info = net->info;
    virtio_port_unlock(&net->dev.lock, flags);
}

/* ---- statistics ---- */

static void add_stats(struct virtio_net_stats *to, const struct virtio_net_stats *part)
{
    to->rx_frames += part->rx_frames;
    to->rx_bytes += part->rx_bytes;
    to->tx_frames += part->tx_frames;
    to->tx_bytes += part->tx_bytes;
    to->rx_short += part->rx_short;
    to->rx_long += part->rx_long;
    to->rx_bad_merge += part->rx_bad_merge;
    to->rx_bad_header += part->rx_bad_header;
    to->rx_reset += part->rx_reset;
    to->rx_no_map += part->rx_no_map;
    to->tx_full += part->tx_full;
    to->tx_refused += part->tx_refused;
    to->tx_failed += part->tx_failed;
    to->ctrl_failed += part->ctrl_failed;
}

void virtio_net_get_stats(struct virtio_net *net, struct virtio_net_stats *stats)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&net->dev.lock);

    *stats = net->stats;
    virtio_port_unlock(&net->dev.lock, flags);
    for (unsigned i = 0; i < net->num_pairs; i++) {
        virtqueue_lock(&net->rx[i].b.vq);
        add_stats(stats, &net->rx[i].stats);
        virtqueue_unlock(&net->rx[i].b.vq);
        virtqueue_lock(&net->tx[i].vq);
        add_stats(stats, &net->tx[i].stats);
        virtqueue_unlock(&net->tx[i].vq);
    }
}

/* ---- what the core calls ---- */

static void config_changed(struct virtio_device *dev)
{
    struct virtio_net *net = (struct virtio_net *)dev;
    virtio_port_irqflags_t flags;
    struct net_config config;
    bool changed;
    bool up;

    if (read_config(net, &config) != 0) {
        return; /* what was known stays */
    }
    flags = virtio_port_lock(&dev->lock);
    changed = net->info.link_up;
    describe_link(&config, &net->info);
    up = net->info.link_up;
    changed = changed != up;
    virtio_port_unlock(&dev->lock, flags);
    if (changed && net->params.link_changed != NULL) {
        net->params.link_changed(net, up);
    }
    if ((config.status & NET_S_ANNOUNCE) != 0) {
        virtio_net_announce(net);
    }
}

static void quiesced(struct virtio_device *dev, int error)
{
    struct virtio_net *net = (struct virtio_net *)dev;

    for (unsigned i = 0; i < net->num_pairs; i++) {
        virtio_net_rx_reclaim(&net->rx[i]);
        virtio_net_tx_fail(&net->tx[i], error);
    }
    virtio_command_fail(&net->ctrl, error);
}

static void free_memory(struct virtio_device *dev)
{
    struct virtio_net *net = (struct virtio_net *)dev;

    net->num_pairs = 0;
    net->has_ctrl = false;
    for (unsigned i = 0; i < VIRTIO_NET_PAIRS_MAX; i++) {
        virtio_net_rx_free(&net->rx[i]);
        virtio_net_tx_free(&net->tx[i]);
    }
    virtio_command_free(&net->ctrl);
}

/* ---- bring-up ---- */

static uint64_t wanted_features(const struct virtio_net *net)
{
    uint64_t wanted = virtio_is_legacy(&net->dev) ? NET_FEATURES_LEGACY : NET_FEATURES_MODERN;

    wanted |= net->params.offloads & NET_OFFLOADS;
    if (net->params.max_pairs != 1u) {
        wanted |= VIRTIO_NET_F_MQ;
    }
    if (net->params.announce != NULL) {
        wanted |= VIRTIO_NET_F_GUEST_ANNOUNCE;
    }
    return wanted;
}

static int setup_pairs(struct virtio_net *net, uint16_t device_pairs)
{
    unsigned wanted = device_pairs < VIRTIO_NET_PAIRS_MAX ? device_pairs : VIRTIO_NET_PAIRS_MAX;
    unsigned n = 0;
    int ret = 0;

    if (net->params.max_pairs != 0 && net->params.max_pairs < wanted) {
        wanted = net->params.max_pairs;
    }
    while (n < wanted && ret == 0) {
        ret = virtio_net_rx_setup(net, (uint8_t)n);
        ret = ret != 0 ? ret : virtio_net_tx_setup(net, (uint8_t)n);
        n += ret == 0 ? 1u : 0u;
    }
    net->num_pairs = (uint16_t)n;
    return ret == -ENOTSUP && n > 0 ? 0 : ret; /* fewer pairs than announced: the first does it */
}

static int setup_ctrl(struct virtio_net *net, uint16_t device_pairs)
{
    int ret;

    net->has_ctrl = false;
    if (!virtio_has_feature(&net->dev, VIRTIO_NET_F_CTRL_VQ)) {
        return 0;
    }
    ret = virtio_net_ctrl_setup(net, (uint16_t)(2u * device_pairs));
    net->has_ctrl = ret == 0;
    return ret == -ENOTSUP ? 0 : ret; /* frames can do without */
}

static int fill(struct virtio_net *net)
{
    int ret = 0;

    for (unsigned i = 0; i < net->num_pairs && ret == 0; i++) {
        ret = virtio_net_rx_fill(&net->rx[i]);
    }
    return ret;
}

static int start(struct virtio_device *dev, uint64_t timeout_us)
{
    struct virtio_net *net = (struct virtio_net *)dev;
    struct virtio_net_info info;
    struct net_config config;
    int ret;

    for (unsigned i = 0; i < VIRTIO_NET_PAIRS_MAX; i++) {
        virtio_net_rx_reclaim(&net->rx[i]); /* filled by a start that failed after it */
    }
    ret = virtio_device_negotiate(dev, wanted_features(net), 0, NET_FEATURES_KEEP, timeout_us);
    ret = ret != 0 ? ret : read_config(net, &config);
    ret = ret != 0 ? ret : validate(net, &config);
    if (ret != 0) {
        return ret;
    }
    describe(net, &config, &info);
    ret = setup_pairs(net, config.pairs);
    ret = ret != 0 ? ret : setup_ctrl(net, config.pairs);
    ret = ret != 0 ? ret : fill(net);
    if (ret != 0) {
        return ret;
    }
    info.pairs_max = net->has_ctrl ? net->num_pairs : 1u;
    info.rx_buffers = net->rx[0].b.count;
    set_info(net, &info);
    ret = virtio_device_ready(dev);
    if (ret != 0) {
        return ret;
    }
    if (!info.mac_from_device && net->has_ctrl &&
        virtio_has_feature(dev, VIRTIO_NET_F_CTRL_MAC_ADDR)) {
        virtio_net_tell_mac(net);
    }
    if (virtio_has_feature(dev, VIRTIO_NET_F_STATUS)) {
        config_changed(dev); /* what changed before DRIVER_OK was not announced */
    }
    return 0;
}

static const struct virtio_driver_ops net_ops = {
    .name = "virtio-net",
    .device_id = VIRTIO_ID_NET,
    .start = start,
    .free = free_memory,
    .config_changed = config_changed,
    .quiesced = quiesced,
};

/* ---- parameters ---- */

static int check_size(const char *name, uint32_t value, uint32_t min, uint32_t max)
{
    if (value >= min && value <= max && (value & (value - 1u)) == 0) {
        return 0;
    }
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio-net: %s %u, expected a power of two from %u to %u",
                    name, (unsigned)value, (unsigned)min, (unsigned)max);
    return -EINVAL;
}

static int check_range(const char *name, uint32_t value, uint32_t min, uint32_t max)
{
    if (value >= min && value <= max) {
        return 0;
    }
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio-net: %s %u, expected %u to %u", name, (unsigned)value,
                    (unsigned)min, (unsigned)max);
    return -EINVAL;
}

static int check_params(struct virtio_net *net, const struct virtio_net_params *params)
{
    struct virtio_net_params *p = &net->params;
    int ret;

    if (params != NULL) {
        *p = *params;
    }
    p->rx_buffers = p->rx_buffers != 0 ? p->rx_buffers : RX_BUFFERS_DEFAULT;
    p->tx_entries = p->tx_entries != 0 ? p->tx_entries : TX_ENTRIES_DEFAULT;
    p->segs_per_frame = p->segs_per_frame != 0 ? p->segs_per_frame : SEGS_DEFAULT;
    ret = check_size("rx_buffers", p->rx_buffers, 1, RX_BUFFERS_MAX);
    ret = ret != 0 ? ret : check_size("tx_entries", p->tx_entries, 2, VIRTQUEUE_SIZE_MAX);
    ret = ret != 0 ? ret : check_range("segs_per_frame", p->segs_per_frame, 1, VIRTIO_NET_SEGS_MAX);
    if (ret == 0 && p->rx_buf_bytes != 0) {
        ret = check_range("rx_buf_bytes", p->rx_buf_bytes, RX_BYTES_MIN, RX_BYTES_MAX);
    }
    return ret != 0 ? ret : check_range("first byte of mac, bit 0", p->mac[0] & 1u, 0, 0);
}

/* ---- life ---- */

static bool frames_held(struct virtio_net *net)
{
    bool held = false;

    for (unsigned i = 0; i < net->num_pairs; i++) {
        virtqueue_lock(&net->rx[i].b.vq);
        held = held || net->rx[i].held != 0;
        virtqueue_unlock(&net->rx[i].b.vq);
    }
    return held;
}

int virtio_net_probe(struct virtio_net *net, const struct virtio_window *window,
                     const struct virtio_net_params *params)
{
    int ret;

    if (net->dev.state != VIRTIO_STATE_ABSENT) {
        return -EINVAL;
    }
    memset(net, 0, sizeof(*net));
    ret = check_params(net, params);
    if (ret != 0) {
        return ret;
    }
    return virtio_driver_probe(&net->dev, window, &net_ops, net->params.features_off,
                               net->params.reset_timeout_us);
}

int virtio_net_remove(struct virtio_net *net, uint64_t timeout_us)
{
    return frames_held(net) ? -EBUSY : virtio_driver_remove(&net->dev, timeout_us);
}

int virtio_net_reset(struct virtio_net *net, uint64_t timeout_us)
{
    int ret = frames_held(net) ? -EBUSY : virtio_driver_reset(&net->dev, timeout_us);

    for (unsigned i = 0; i < net->num_pairs && ret == 0; i++) {
        virtio_net_tx_wake(&net->tx[i]);
    }
    return ret;
}
