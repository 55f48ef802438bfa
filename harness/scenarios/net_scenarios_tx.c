/* SPDX-License-Identifier: Apache-2.0 */
/* Network scenarios about transmitting, and about work that is left to the device. */
#include "net_scenarios.h"

#define STREAM_FRAMES 10000u /* there, and as many back */

/* As few buffers as frames: each order of the device is one of them. */
int scn_run_net_order(struct scn_env *env)
{
    const struct virtio_net_params params = {.rx_buffers = 4, .tx_entries = 8};
    struct scn_net_slot *slots[3];
    int ret = scn_net_open(env, 0, &params);

    if (ret != 0) {
        return scn_net_close(env, 0, ret);
    }
    for (unsigned n = 0; n < 3u; n++) {
        slots[n] = scn_net_echo(env, 0, 64u + n, n);
    }
    ret = scn_net_send_all(env, 0, slots, 3);
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    return scn_net_close(env, 0, ret);
}

/* Cuts the slot's frame into pieces, as many of them as the ring takes; the last takes what is
 * left. */
static void cut(struct scn_env *env, struct scn_net_slot *slot, const uint16_t *lens,
                unsigned count)
{
    unsigned max = scn_net(env, 0)->tx[0].vq.size - 1u;
    uint32_t at = 0;

    count = count < max ? count : max;
    for (unsigned n = 0; n < count; n++) {
        uint32_t len = n + 1u < count ? lens[n] : slot->len - at;

        slot->segs[n] = (struct virtio_net_seg){slot->data + at, len};
        at += len;
    }
    slot->tx.num_segs = count;
}

int scn_run_net_scatter(struct scn_env *env)
{
    static const uint16_t lens[] = {14, 20, 8, 1, 300, 7, 64, 0};
    const struct virtio_net_params params = {.tx_entries = 32};
    struct scn_net_slot *slots[3];
    int ret = scn_net_open(env, 0, &params);

    if (ret != 0) {
        return scn_net_close(env, 0, ret);
    }
    for (unsigned n = 0; n < 3u; n++) {
        slots[n] = scn_net_echo(env, 0, 900u + n, n);
    }
    cut(env, slots[0], lens, 8);
    cut(env, slots[1], lens, 2);
    cut(env, slots[2], lens + 2, 4); /* the Ethernet header in three pieces */
    ret = scn_net_send_all(env, 0, slots, 3);
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    return scn_net_close(env, 0, ret);
}

/* Sends until the ring is full. 0 and how many, or the first other error. */
static int fill_ring(struct scn_env *env, unsigned *count)
{
    int ret = 0;

    for (*count = 0; *count < SCN_NET_SLOTS && ret == 0;) {
        struct scn_net_slot *slot = scn_net_echo(env, 0, 60u + *count, *count);

        ret = slot != NULL ? scn_net_try(env, 0, slot) : -EAGAIN;
        *count += ret == 0 ? 1u : 0u;
    }
    return ret == -EAGAIN ? 0 : ret;
}

int scn_run_net_ring_full(struct scn_env *env)
{
    const struct virtio_net_params params = {.tx_entries = 8, .segs_per_frame = 2};
    struct scn_net_track *t = scn_net_track(env, 0);
    uint64_t deadline;
    unsigned count = 0;
    int ret = scn_net_open(env, 0, &params);

    if (ret == 0) {
        env->net->ops->hold_transmit(env, 0, true);
        ret = fill_ring(env, &count);
        SCN_EXPECT(env, count <= 8u || ret != 0);
        SCN_EXPECT(env, t->tx_ready == 0 || ret != 0);
        env->net->ops->hold_transmit(env, 0, false);
    }
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    deadline = virtio_port_now_us() + SCN_NET_TIMEOUT_US;
    while (ret == 0 && t->tx_ready == 0) {
        ret = virtio_port_now_us() >= deadline ? -ETIMEDOUT : 0;
        scn_net_pass(env, 0, 5000);
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 120, 40);
    return scn_net_close(env, 0, ret);
}

int scn_run_net_small_queue(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);

    if (ret == 0) {
        SCN_EXPECT(env, scn_net(env, 0)->tx[0].vq.size <= 64u);
    }
    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        ret = scn_net_send(env, 0, scn_net_echo(env, 0, 200u + n, n));
    }
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, SCN_NET_FRAME, 4);
    return scn_net_close(env, 0, ret);
}

/* ---- offloads ---- */

#define L4_AT 34u /* Ethernet and IPv4 header */

/* A packet to the other end whose checksum is the device's business; it comes back from the
 * loopback with the sum completed, or as it is when it is to be segmented. */
static struct scn_net_slot *packet(struct scn_env *env, uint8_t proto, uint32_t len, uint32_t seed)
{
    struct scn_net_slot *slot = scn_net_slot(env, 0);

    if (slot != NULL) {
        scn_net_ipv4(env, 0, proto, len, seed, slot->data);
        slot->len = len;
        slot->tx.offload.needs_csum = true;
        slot->tx.offload.csum_start = L4_AT;
        slot->tx.offload.csum_offset = proto == 17u ? 6u : 16u;
        memcpy(slot->expect, slot->data, len);
        slot->expect_len = len;
        slot->due = true;
    }
    return slot;
}

/* From the wire, with what the device says about it. */
static int inject_offload(struct scn_env *env, const struct virtio_net_offload *offload,
                          uint32_t len, uint32_t seed)
{
    struct scn_net_slot *slot = scn_net_slot(env, 0);

    if (slot == NULL) {
        return -EAGAIN;
    }
    scn_net_ipv4(env, 0, 17, len, seed, slot->expect);
    memcpy(slot->expect, scn_net(env, 0)->info.mac, VIRTIO_NET_MAC_LEN);
    slot->expect_len = len;
    slot->offload = *offload;
    slot->due = true;
    return env->net->ops->inject(env, 0, 0, slot->expect, len, offload) ? 0 : -ETIMEDOUT;
}

int scn_run_net_csum(struct scn_env *env)
{
    const struct virtio_net_params params = {.offloads =
                                                 VIRTIO_NET_F_CSUM | VIRTIO_NET_F_GUEST_CSUM};
    const struct virtio_net_offload partial = {
        .needs_csum = true, .csum_start = L4_AT, .csum_offset = 6};
    const struct virtio_net_offload valid = {.csum_valid = true};
    struct scn_net_slot *slot;
    int ret = scn_net_open(env, 0, &params);

    if (ret != 0 || !virtio_has_feature(&scn_net(env, 0)->dev, params.offloads)) {
        return scn_net_close(env, 0, ret);
    }
    slot = packet(env, 17, 400, 1);
    scn_net_complete(slot->expect, 400, L4_AT, 6);
    ret = scn_net_send(env, 0, slot);
    if (ret == 0) {
        slot = packet(env, 6, 701, 2);
        scn_net_complete(slot->expect, 701, L4_AT, 16);
        ret = scn_net_send(env, 0, slot);
    }
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    ret = ret != 0 ? ret : inject_offload(env, &partial, 300, 3);
    ret = ret != 0 ? ret : inject_offload(env, &valid, 301, 4);
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    return scn_net_close(env, 0, ret);
}

/* A TCP packet longer than any frame: cut by whoever gets it. */
static int segment(struct scn_env *env, uint32_t len, uint16_t size)
{
    struct scn_net_slot *slot = packet(env, 6, len, 5);

    slot->tx.offload.gso = VIRTIO_NET_GSO_TCPV4;
    slot->tx.offload.hdr_len = L4_AT + 20u;
    slot->tx.offload.gso_size = size;
    slot->offload = slot->tx.offload;
    return scn_net_send(env, 0, slot);
}

int scn_run_net_tso(struct scn_env *env)
{
    const uint64_t gso = VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_GUEST_TSO4;
    const struct virtio_net_params params = {.rx_buffers = 4,
                                             .rx_buf_bytes = 1024,
                                             .offloads =
                                                 gso | VIRTIO_NET_F_CSUM | VIRTIO_NET_F_GUEST_CSUM};
    int ret = scn_net_open(env, 0, &params);

    if (ret == 0 && virtio_has_feature(&scn_net(env, 0)->dev, gso)) {
        ret = segment(env, 3000, 1000);
        ret = ret != 0 ? ret : segment(env, 2000, 500);
        ret = ret != 0 ? ret : scn_net_wait(env, 0);
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 100, 6);
    return scn_net_close(env, 0, ret);
}

/* ICMP echoes, whose checksums both ends verify, and frames of every length, eight on their way at
 * a time; each comes back as it went out. */
int scn_run_net_stream(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);

    for (uint32_t n = 0; n < STREAM_FRAMES && ret == 0; n += 8u) {
        for (uint32_t f = n; f < n + 8u && ret == 0; f++) {
            struct scn_net_slot *slot =
                f % 2u != 0 ? scn_net_ping(env, 0, f % 1400u, (uint16_t)f)
                            : scn_net_echo(env, 0, 60u + f % (SCN_NET_FRAME - 59u), f);

            ret = scn_net_send(env, 0, slot);
        }
        ret = ret != 0 ? ret : scn_net_wait(env, 0);
    }
    SCN_EXPECT(env, ret != 0 || scn_net_track(env, 0)->received == STREAM_FRAMES);
    return scn_net_close(env, 0, ret);
}
