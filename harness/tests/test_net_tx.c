/* SPDX-License-Identifier: Apache-2.0 */
/* Transmitting (virtio v1.2 section 5.1.6.2): header and pieces as the device sees them, what is
 * refused, a full ring, and when frames come back. */
#include <criterion/criterion.h>

#include "net_rig.h"

static struct net_rig r;
static struct virtio_net_tx tx[16];
static struct virtio_net_seg seg[16];
static uint8_t data[66000];

static int send_plain(unsigned n, uint32_t len)
{
    net_rig_frame(&r, &tx[n], &seg[n], data, len);
    return virtio_net_send(&r.net, &tx[n]);
}

/* The device has transmitted what it took last. */
static void transmitted(void)
{
    fake_use(&r.f, NET_RIG_TX, r.chain.head, 0);
    net_rig_interrupt(&r);
}

static void expect_header(const uint8_t *got, const uint8_t *expected, uint32_t len)
{
    for (uint32_t n = 0; n < len; n++) {
        cr_assert_eq(got[n], expected[n], "byte %u is 0x%x, expected 0x%x", n, got[n], expected[n]);
    }
}

Test(net_tx, frame_in_pieces_behind_a_header)
{
    static const uint8_t zero[12];
    const struct virtio_net_seg pieces[3] = {{data, 14}, {data + 100, 1}, {data + 200, 45}};
    uint32_t len;

    for (uint32_t version = 1; version <= 2u; version++) {
        net_rig_open(&r, version, 0, NULL);
        net_rig_frame(&r, &tx[0], &seg[0], data, 60);
        tx[0].segs = pieces;
        tx[0].num_segs = 3;
        cr_assert_eq(virtio_net_send(&r.net, &tx[0]), 0);
        expect_header(net_rig_taken(&r, &len), zero, r.net.hdr_len);
        cr_assert_eq(len, 60u);
        cr_assert_eq(r.chain.count, 4u);
        cr_assert_eq(net_rig_piece(&r, 2), data + 100);
        cr_assert_eq(r.done, 0u);
        cr_assert_eq(virtio_net_outstanding(&r.net), 1u);
        transmitted();
        cr_assert_eq(r.done, 1u);
        cr_assert_eq(r.result, 0);
        cr_assert_eq(net_rig_stats(&r).tx_frames, 1u);
        cr_assert_eq(net_rig_stats(&r).tx_bytes, 60u);
        net_rig_close(&r);
    }
}

Test(net_tx, offload_is_in_the_header)
{
    static const uint8_t expected[12] = {1, 0x81, 54, 0, 0xb4, 5, 34, 0, 16, 0, 0, 0};
    const struct virtio_net_params params = {
        .offloads = VIRTIO_NET_F_CSUM | VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_ECN};
    uint32_t len;

    net_rig_open(&r, 2, params.offloads, &params);
    net_rig_frame(&r, &tx[0], &seg[0], data, 65550);
    tx[0].offload = (struct virtio_net_offload){.needs_csum = true,
                                                .ecn = true,
                                                .gso = VIRTIO_NET_GSO_TCPV4,
                                                .hdr_len = 54,
                                                .gso_size = 1460,
                                                .csum_start = 34,
                                                .csum_offset = 16};
    cr_assert_eq(virtio_net_send(&r.net, &tx[0]), 0);
    expect_header(net_rig_taken(&r, &len), expected, 12);
    cr_assert_eq(len, 65550u);
    transmitted();
    seg[0].len = 65551;
    cr_assert_eq(virtio_net_send(&r.net, &tx[0]), -EMSGSIZE);
    net_rig_close(&r);
}

Test(net_tx, offload_that_contradicts_is_refused)
{
    static const struct {
        const char *what;
        struct virtio_net_offload o;
        int result;
    } cases[] = {
        {"sum behind the end", {.needs_csum = true, .csum_start = 34, .csum_offset = 25}, -EINVAL},
        {"gso without a sum", {.gso = 1, .hdr_len = 54, .gso_size = 9}, -EINVAL},
        {"no size",
         {.needs_csum = true, .gso = 1, .hdr_len = 54, .csum_start = 34, .csum_offset = 16},
         -EINVAL},
        {"headers longer than the frame",
         {.needs_csum = true, .gso = 1, .hdr_len = 61, .gso_size = 9, .csum_start = 34},
         -EINVAL},
        {"headers that end before the sum begins",
         {.needs_csum = true, .gso = 1, .hdr_len = 34, .gso_size = 9, .csum_start = 34},
         -EINVAL},
        {"unknown type",
         {.needs_csum = true, .gso = 2, .hdr_len = 54, .gso_size = 9, .csum_start = 34},
         -EINVAL},
        {"TCPv6",
         {.needs_csum = true, .gso = 4, .hdr_len = 54, .gso_size = 9, .csum_start = 34},
         -ENOTSUP},
        {"ECN of a device without",
         {.needs_csum = true,
          .ecn = true,
          .gso = 1,
          .hdr_len = 54,
          .gso_size = 9,
          .csum_start = 34},
         -ENOTSUP},
    };
    const struct virtio_net_params params = {.offloads =
                                                 VIRTIO_NET_F_CSUM | VIRTIO_NET_F_HOST_TSO4};

    net_rig_open(&r, 2, params.offloads, &params);
    for (unsigned n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        int ret;

        net_rig_frame(&r, &tx[0], &seg[0], data, 60);
        tx[0].offload = cases[n].o;
        ret = virtio_net_send(&r.net, &tx[0]);
        cr_assert_eq(ret, cases[n].result, "%s: %d, expected %d", cases[n].what, ret,
                     cases[n].result);
    }
    cr_assert_eq(net_rig_stats(&r).tx_refused, sizeof(cases) / sizeof(cases[0]));
    cr_assert(!fake_take(&r.f, NET_RIG_TX, &r.chain), "something reached the ring");
    net_rig_close(&r);
}

Test(net_tx, length_limits)
{
    net_rig_open(&r, 2, 0, NULL);
    memset(data, 0, 2000);
    cr_assert_eq(send_plain(0, 13), -EINVAL);
    cr_assert_eq(send_plain(0, 14), 0);
    cr_assert_eq(send_plain(1, 1514), 0);
    cr_assert_eq(send_plain(2, 1515), -EMSGSIZE);
    data[12] = 0x81; /* a tag makes room for itself */
    cr_assert_eq(send_plain(2, 1518), 0);
    cr_assert_eq(send_plain(3, 1519), -EMSGSIZE);
    cr_assert_eq(r.done, 0u);
    cr_assert_eq(virtio_net_outstanding(&r.net), 3u);
    net_rig_close(&r);
    cr_assert_eq(r.done, 3u);
    cr_assert_eq(r.result, -ECANCELED);
}

Test(net_tx, frame_in_use_is_refused)
{
    net_rig_open(&r, 2, 0, NULL);
    cr_assert_eq(send_plain(0, 60), 0);
    cr_assert_eq(virtio_net_send(&r.net, &tx[0]), -EINVAL);
    net_rig_close(&r);
    cr_assert_eq(r.done, 1u);
    cr_assert_eq(virtio_net_send(&r.net, &tx[0]), -EIO);
}

/* 16 entries are 8 frames of two descriptors. */
Test(net_tx, full_ring_is_said_and_taken_back)
{
    uint32_t len;

    net_rig_open(&r, 2, 0, NULL);
    for (unsigned n = 0; n < 8u; n++) {
        cr_assert_eq(send_plain(n, 60), 0);
    }
    cr_assert_eq(send_plain(8, 60), -EAGAIN);
    cr_assert_eq(net_rig_stats(&r).tx_full, 1u);
    cr_assert_eq(r.tx_ready, 0u);
    (void)net_rig_taken(&r, &len);
    transmitted();
    cr_assert_eq(r.tx_ready, 1u);
    cr_assert_eq(send_plain(8, 60), 0);
    (void)net_rig_taken(&r, &len);
    fake_use(&r.f, NET_RIG_TX, r.chain.head, 0); /* its interrupt is still to come */
    cr_assert_eq(send_plain(9, 60), 0, "what was transmitted was not taken back");
    cr_assert_eq(r.done, 2u);
    cr_assert_eq(r.tx_ready, 1u);
    net_rig_close(&r);
    cr_assert_eq(r.done, 10u);
}

/* A frame is done between the look at the ring and the wish for an interrupt. */
static void use_at_full_barrier(struct fake *f, enum host_barrier kind)
{
    if (kind == HOST_BARRIER_FULL) {
        f->on_barrier = NULL;
        fake_use(f, NET_RIG_TX, r.chain.head, 0);
    }
}

Test(net_tx, wake_up_is_not_lost_between_two_looks)
{
    uint32_t len;

    net_rig_open(&r, 2, VIRTIO_F_EVENT_IDX, NULL);
    for (unsigned n = 0; n < 8u; n++) {
        cr_assert_eq(send_plain(n, 60), 0);
    }
    (void)net_rig_taken(&r, &len);
    r.f.on_barrier = use_at_full_barrier;
    cr_assert_eq(send_plain(8, 60), 0, "the frame that was done was not seen");
    cr_assert_null(r.f.on_barrier);
    cr_assert_eq(r.done, 1u);
    net_rig_close(&r);
}

Test(net_tx, batch_is_one_notification)
{
    struct virtio_net_tx *txs[5];
    unsigned notifies;
    int error;

    net_rig_open(&r, 2, 0, NULL);
    for (unsigned n = 0; n < 5u; n++) {
        net_rig_frame(&r, &tx[n], &seg[n], data, n == 3u ? 10 : 60);
        txs[n] = &tx[n];
    }
    notifies = r.f.notifies;
    cr_assert_eq(virtio_net_send_batch(&r.net, txs, 5, &error), 3u);
    cr_assert_eq(error, -EINVAL);
    cr_assert_eq(r.f.notifies, notifies + 1u);
    cr_assert_eq(virtio_net_send_batch(&r.net, txs, 0, &error), 0u);
    cr_assert_eq(error, 0);
    net_rig_close(&r);
}

Test(net_tx, reclaim_needs_no_interrupt)
{
    uint32_t len;

    net_rig_open(&r, 2, 0, NULL);
    cr_assert_eq(send_plain(0, 60), 0);
    cr_assert_eq(virtio_net_reclaim(&r.net, 0), 0u);
    (void)net_rig_taken(&r, &len);
    fake_use(&r.f, NET_RIG_TX, r.chain.head, 0);
    fake_forget(&r.f);
    cr_assert_eq(virtio_net_reclaim(&r.net, 0), 1u);
    cr_assert_eq(r.f.accesses, 0u);
    cr_assert_eq(r.done, 1u);
    cr_assert_eq(virtio_net_reclaim(&r.net, 7), 0u);
    net_rig_close(&r);
}

Test(net_tx, nonsense_in_the_ring_fails_every_frame_once)
{
    net_rig_open(&r, 2, 0, NULL);
    for (unsigned n = 0; n < 3u; n++) {
        cr_assert_eq(send_plain(n, 60), 0);
    }
    fake_use(&r.f, NET_RIG_TX, 99, 0);
    net_rig_interrupt(&r);
    cr_assert_eq(r.done, 3u);
    cr_assert_eq(r.result, -EIO);
    cr_assert_eq(net_rig_stats(&r).tx_failed, 3u);
    cr_assert_eq(send_plain(0, 60), -EIO);
    net_rig_close(&r);
}

/* Who was refused before a reset is told that there is room after it. */
Test(net_tx, reset_makes_room)
{
    net_rig_open(&r, 2, 0, NULL);
    for (unsigned n = 0; n < 8u; n++) {
        cr_assert_eq(send_plain(n, 60), 0);
    }
    cr_assert_eq(send_plain(8, 60), -EAGAIN);
    cr_assert_eq(virtio_net_reset(&r.net, 0), 0);
    cr_assert_eq(r.done, 8u);
    cr_assert_eq(r.tx_ready, 1u);
    net_rig_close(&r);
}

Test(net_tx, link_down_refuses)
{
    uint32_t len;

    net_rig_open(&r, 2, VIRTIO_NET_F_STATUS, NULL);
    r.f.config[6] = 0;
    r.f.isr = 2;
    cr_assert(virtio_net_interrupt(&r.net));
    cr_assert_eq(r.link_calls, 1u);
    cr_assert_eq(send_plain(0, 60), -ENETDOWN);
    r.f.config[6] = 1;
    r.f.isr = 2;
    cr_assert(virtio_net_interrupt(&r.net));
    cr_assert_eq(r.link_calls, 2u);
    cr_assert_eq(send_plain(0, 60), 0);
    (void)net_rig_taken(&r, &len);
    transmitted();
    net_rig_close(&r);
}
