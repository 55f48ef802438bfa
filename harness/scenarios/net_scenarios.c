/* SPDX-License-Identifier: Apache-2.0 */
/* Network scenarios: the plain life of an interface, and the table of all of them. */
#include "net_scenarios.h"

int scn_run_net_bring_up(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);

    ret = ret != 0 ? ret : virtio_device_check(&scn_net(env, 0)->dev);
    return scn_net_close(env, 0, ret);
}

int scn_run_net_ping(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_net_send(env, 0, scn_net_arp(env, 0));
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    ret = ret != 0 ? ret : scn_net_send(env, 0, scn_net_ping(env, 0, 56, 1));
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    ret = ret != 0 ? ret : scn_net_send(env, 0, scn_net_ping(env, 0, 1000, 2));
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    return scn_net_close(env, 0, ret);
}

int scn_run_net_echo(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 200, 1);
    return scn_net_close(env, 0, ret);
}

/* The same in the smallest rings. */
int scn_run_net_tiny(struct scn_env *env)
{
    const struct virtio_net_params params = {.rx_buffers = 1, .tx_entries = 2, .segs_per_frame = 2};
    int ret = scn_net_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 60, 1);
    return scn_net_close(env, 0, ret);
}

/* From the shortest to the longest frame, with one notification. */
int scn_run_net_batch(struct scn_env *env)
{
    static const uint16_t lens[] = {14, 15, 64, 77, 301, 1000, 1513, 1514};
    struct scn_net_slot *slots[8];
    int ret = scn_net_open(env, 0, NULL);

    if (ret != 0) {
        return scn_net_close(env, 0, ret);
    }
    for (unsigned n = 0; n < 8u; n++) {
        slots[n] = scn_net_echo(env, 0, lens[n], n);
    }
    ret = scn_net_send_all(env, 0, slots, 8);
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    return scn_net_close(env, 0, ret);
}

/* What the device says about itself, and the longest frame that follows from it. */
int scn_run_net_info(struct scn_env *env)
{
    struct virtio_net *net = scn_net(env, 0);
    struct virtio_net_info info;
    int ret = scn_net_open(env, 0, NULL);

    if (ret != 0) {
        return scn_net_close(env, 0, ret);
    }
    virtio_net_get_info(net, &info);
    SCN_EXPECT(env, info.frame_max == info.mtu + VIRTIO_NET_FRAME_MIN);
    SCN_EXPECT(env, (info.mac[0] & 1u) == 0);
    SCN_EXPECT(env, info.pairs == 1 && info.pairs_max >= 1);
    SCN_EXPECT(env, info.full_duplex >= -1 && info.full_duplex <= 1);
    SCN_EXPECT(env, virtio_has_feature(&net->dev, VIRTIO_NET_F_SPEED_DUPLEX) ||
                        (info.speed_mbps == 0 && info.full_duplex == -1));
    if (info.frame_max < SCN_NET_FRAME) {
        struct scn_net_slot *slot = scn_net_echo(env, 0, info.frame_max + 1u, 9);

        ret = scn_net_send(env, 0, slot);
        SCN_EXPECT(env, ret == -EMSGSIZE || ret == -EIO || ret == -ENETDOWN || ret == -EINVAL);
        ret = ret == -EMSGSIZE ? 0 : ret;
        ret = ret != 0 ? ret : scn_net_exchange(env, 0, info.frame_max, 10);
    } else if (virtio_has_feature(&net->dev, VIRTIO_NET_F_MTU)) {
        ret = -EPROTO; /* not the mtu of this device */
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 60, 11);
    return scn_net_close(env, 0, ret);
}

/* A device without any extra: an address of our own, one buffer a frame, no control queue. */
int scn_run_net_plain(struct scn_env *env)
{
    struct virtio_net *net = scn_net(env, 0);
    int ret = scn_net_open(env, 0, NULL);

    if (ret == 0) {
        SCN_EXPECT(env, net->info.mac_from_device || (net->info.mac[0] & 3u) == 2u);
        SCN_EXPECT(env, virtio_has_feature(&net->dev, VIRTIO_NET_F_MTU) || net->info.mtu == 1500u);
        SCN_EXPECT(env, virtio_has_feature(&net->dev, VIRTIO_NET_F_STATUS) || net->info.link_up);
        ret = virtio_net_set_promisc(net, true, SCN_NET_TIMEOUT_US);
        SCN_EXPECT(env, ret == -ENOTSUP || ret == -EIO);
        ret = ret == -ENOTSUP ? 0 : ret;
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, SCN_NET_FRAME, 3);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 14, 4);
    return scn_net_close(env, 0, ret);
}

int scn_run_net_two(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);
    int second = ret != 0 ? ret : scn_net_open(env, 1, NULL);

    ret = second;
    for (unsigned round = 0; round < 2u && ret == 0; round++) {
        for (unsigned i = 0; i < 2u && ret == 0; i++) {
            ret = scn_net_send(env, i, scn_net_echo(env, i, 100u + round * 50u + i, round));
        }
        ret = ret != 0 ? ret : scn_net_wait(env, 1);
        ret = ret != 0 ? ret : scn_net_wait(env, 0);
    }
    second = scn_net_close(env, 1, ret);
    ret = scn_net_close(env, 0, ret);
    return ret != 0 ? ret : second;
}

static void never_sent(struct virtio_net_tx *tx, int result)
{
    struct scn_env *env = tx->cookie;

    (void)result;
    SCN_EXPECT(env, tx->done == NULL); /* a refused frame must not complete */
}

static int refuse(struct scn_env *env, const struct virtio_net_seg *segs, unsigned num_segs,
                  const struct virtio_net_offload *offload)
{
    struct virtio_net_tx tx = {
        .segs = segs, .num_segs = num_segs, .done = never_sent, .cookie = env};

    if (offload != NULL) {
        tx.offload = *offload;
    }
    return virtio_net_send(scn_net(env, 0), &tx);
}

/* Every refusal that needs no device; nothing of it may reach the ring. */
int scn_run_net_bad_arguments(struct scn_env *env)
{
    static const uint8_t group[VIRTIO_NET_MAC_LEN] = {1, 0, 0x5e, 0, 0, 1};
    static const uint8_t frame[2048];
    const struct virtio_net_seg whole = {frame, 60};
    const struct virtio_net_seg shorter = {frame, 13};
    const struct virtio_net_seg longer = {frame, 2048};
    const struct virtio_net_seg nothing = {NULL, 60};
    const struct virtio_net_offload sum = {.needs_csum = true, .csum_start = 34};
    const struct virtio_net_offload gso = {.needs_csum = true,
                                           .gso = VIRTIO_NET_GSO_TCPV4,
                                           .hdr_len = 54,
                                           .gso_size = 100,
                                           .csum_start = 34};
    struct virtio_net *net = scn_net(env, 0);
    struct virtio_net_buf *frames[1] = {NULL};
    int ret = scn_net_open(env, 0, NULL);

    if (ret != 0) {
        return scn_net_close(env, 0, ret);
    }
    SCN_EXPECT(env, refuse(env, NULL, 1, NULL) == -EINVAL);
    SCN_EXPECT(env, refuse(env, &whole, 0, NULL) == -EINVAL);
    SCN_EXPECT(env, refuse(env, &shorter, 1, NULL) == -EINVAL);
    SCN_EXPECT(env, refuse(env, &nothing, 1, NULL) == -EINVAL);
    SCN_EXPECT(env, net->info.frame_max >= 2048u || refuse(env, &longer, 1, NULL) == -EMSGSIZE);
    SCN_EXPECT(env, refuse(env, &whole, VIRTIO_NET_SEGS_MAX + 1u, NULL) == -EMSGSIZE);
    SCN_EXPECT(env, refuse(env, &whole, 1, &sum) == -ENOTSUP);
    SCN_EXPECT(env, refuse(env, &whole, 1, &gso) == -ENOTSUP);
    SCN_EXPECT(env, virtio_net_return(net, frames, 1) == -EINVAL);
    SCN_EXPECT(env, !virtio_device_is_live(&net->dev) ||
                        virtio_net_receive(net, VIRTIO_NET_PAIRS_MAX, frames, 1) == -EINVAL);
    SCN_EXPECT(env, virtio_net_set_mac(net, group, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_net_vlan_add(net, 4095, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_net_set_pairs(net, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_net_set_offloads(net, VIRTIO_NET_F_GUEST_TSO4, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_net_set_mac_filter(net, &group, 1, NULL, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_net_set_mac_filter(net, NULL, 0, &group, 33, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_net_probe(net, &env->windows[0], NULL) == -EINVAL);
    SCN_EXPECT(env, virtio_net_outstanding(net) == 0);
    ret = scn_net_exchange(env, 0, 60, 1);
    return scn_net_close(env, 0, ret);
}

#define SCENARIO(nm, fn, wh, fl, ...)                                                              \
    {                                                                                              \
        .device = "net", .name = nm, .what = wh, .flags = fl, .needs = {__VA_ARGS__}, .run = fn    \
    }

static const struct scn_net_needs loopback = {.wire = SCN_NET_LOOPBACK};
static const struct scn_net_needs slow_link = {.mtu = 1000, .speed_mbps = 100, .duplex = 0};
static const struct scn_net_needs three_pairs = {.pairs = 3};

#define CSUM_FEATURES (VIRTIO_NET_F_CSUM | VIRTIO_NET_F_GUEST_CSUM)
#define TSO_FEATURES                                                                               \
    (CSUM_FEATURES | VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_TSO6 | VIRTIO_NET_F_HOST_ECN |     \
     VIRTIO_NET_F_GUEST_TSO4 | VIRTIO_NET_F_GUEST_TSO6 | VIRTIO_NET_F_GUEST_ECN)
#define EXTRA_FEATURES                                                                             \
    (VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS | VIRTIO_NET_F_MRG_RXBUF | VIRTIO_NET_F_CTRL_VQ |      \
     VIRTIO_NET_F_CTRL_RX | VIRTIO_NET_F_CTRL_VLAN | VIRTIO_NET_F_CTRL_MAC_ADDR |                  \
     VIRTIO_NET_F_GUEST_ANNOUNCE | VIRTIO_NET_F_MTU | VIRTIO_NET_F_SPEED_DUPLEX)

const struct scenario scn_net_scenarios[] = {
    SCENARIO("bring-up", scn_run_net_bring_up, "probe and remove", 0, .devices = 1),
    SCENARIO("ping", scn_run_net_ping, "ARP, then two ICMP echoes", 0, .devices = 1),
    SCENARIO("echo", scn_run_net_echo, "one frame there and back", 0, .devices = 1),
    SCENARIO("tiny", scn_run_net_tiny, "one frame, one buffer", 0, .devices = 1),
    SCENARIO("batch", scn_run_net_batch, "8 frames of 14 to 1514 bytes, one notification", SCN_WRAP,
             .devices = 1),
    SCENARIO("info", scn_run_net_info, "MTU, speed, duplex; too long a frame is refused", 0,
             .features = VIRTIO_NET_F_MTU | VIRTIO_NET_F_SPEED_DUPLEX, .more = &slow_link),
    SCENARIO("plain", scn_run_net_plain, "a device that offers nothing beyond frames", 0,
             .without = EXTRA_FEATURES),
    SCENARIO("two-nets", scn_run_net_two, "two devices side by side, no cross-talk", 0,
             .devices = 2),
    SCENARIO("bad-arguments", scn_run_net_bad_arguments, "everything that the driver must refuse",
             0, .devices = 1),
    SCENARIO("polled", scn_run_net_batch, "no interrupt connected", 0, .polled = true),
    SCENARIO("merged", scn_run_net_merged, "frames in many small buffers, over the ring's wrap", 0,
             .devices = 1),
    SCENARIO("merged-burst", scn_run_net_merged_burst, "frames of 3 buffers, all at once", 0,
             .devices = 1),
    SCENARIO("one-buffer", scn_run_net_one_buffer, "one receive buffer, taken and given back", 0,
             .devices = 1),
    SCENARIO("flood", scn_run_net_flood, "more frames at once than buffers", 0, .devices = 1),
    SCENARIO("held", scn_run_net_held, "frames given back late and out of order", 0, .devices = 1),
    SCENARIO("wake-up", scn_run_net_wake_up, "nobody polls: rx_ready alone brings frames",
             SCN_INTERRUPTS, .devices = 1),
    SCENARIO("filters", scn_run_net_filters, "addresses and tags let in and kept out", 0,
             .features = VIRTIO_NET_F_CTRL_VQ),
    SCENARIO("order", scn_run_net_order, "3 frames in flight, any order", SCN_ORDERS | SCN_NO_QEMU,
             .devices = 1),
    SCENARIO("scatter", scn_run_net_scatter, "frames of up to 8 pieces", 0, .devices = 1),
    SCENARIO("ring-full", scn_run_net_ring_full, "the transmit ring fills, tx_ready comes",
             SCN_NO_QEMU, .devices = 1),
    SCENARIO("small-queue", scn_run_net_small_queue, "QueueNumMax 8, wanted 64", SCN_NO_QEMU,
             .queue_num_max = 8),
    SCENARIO("csum", scn_run_net_csum, "checksums completed by the device, and left to us",
             SCN_NO_QEMU, .features = CSUM_FEATURES, .more = &loopback),
    SCENARIO("tso", scn_run_net_tso, "TCPv4 of 3000 bytes, in merged buffers", SCN_NO_QEMU,
             .features = TSO_FEATURES, .more = &loopback),
    SCENARIO("tso-large", scn_run_net_tso, "TCPv4 of 3000 bytes, in one buffer of 64 KiB",
             SCN_NO_QEMU, .features = TSO_FEATURES, .without = VIRTIO_NET_F_MRG_RXBUF,
             .more = &loopback),
    SCENARIO("stream", scn_run_net_stream, "10,000 frames there and back", SCN_LONG | SCN_NO_FAULTS,
             .devices = 1),
    SCENARIO("control", scn_run_net_control, "every command of the control queue", 0, .devices = 1),
    SCENARIO("pairs", scn_run_net_pairs, "3 queue pairs, enabled and disabled", SCN_NO_QEMU,
             .features = VIRTIO_NET_F_MQ, .more = &three_pairs),
    SCENARIO("offloads", scn_run_net_offloads, "receive offloads switched off and on", SCN_NO_QEMU,
             .features = TSO_FEATURES | VIRTIO_NET_F_CTRL_GUEST_OFFLOADS, .more = &loopback),
    SCENARIO("announce", scn_run_net_announce, "the device asks to be announced", 0,
             .features = VIRTIO_NET_F_GUEST_ANNOUNCE),
    SCENARIO("link", scn_run_net_link, "the link goes down and comes back", 0, .devices = 1),
    SCENARIO("time-out", scn_run_net_time_out, "the device sleeps past a command's deadline",
             SCN_NO_QEMU | SCN_MAY_MISS, .devices = 1),
    SCENARIO("reset-busy", scn_run_net_reset_busy, "reset with frames in flight, then go on",
             SCN_MAY_MISS, .devices = 1),
    SCENARIO("remove-busy", scn_run_net_remove_busy, "remove with frames in flight", SCN_MAY_MISS,
             .devices = 1),
};
const unsigned scn_net_count = sizeof(scn_net_scenarios) / sizeof(scn_net_scenarios[0]);
