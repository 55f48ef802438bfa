/* SPDX-License-Identifier: Apache-2.0 */
/* Receiving (virtio v1.2 sections 5.1.6.3, 5.1.6.4): what is handed over, what is dropped and why,
 * merged frames buffer by buffer, and when interrupts are on. */
#include <criterion/criterion.h>

#include "net_rig.h"

#define MRG VIRTIO_NET_F_MRG_RXBUF

static struct net_rig r;

/* 16 buffers that just hold the largest frame. */
static const struct virtio_net_params small = {.rx_buffers = 16, .rx_buf_bytes = 84};
#define FIRST       84u
#define SMALL_BYTES 96u /* with the header */

static const uint8_t *merged(uint16_t num_buffers)
{
    static uint8_t header[12];

    header[10] = (uint8_t)num_buffers;
    header[11] = (uint8_t)(num_buffers >> 8);
    return header;
}

/* The device still works: a good frame arrives. */
static void expect_alive(void)
{
    (void)net_rig_fill(&r, net_rig_plain, 3, 40);
    net_rig_return(&r, net_rig_expect(&r, 3, 40, 1));
}

Test(net_rx, frame_is_handed_over_in_place)
{
    struct virtio_net_buf *frame;

    net_rig_open(&r, 2, 0, NULL);
    (void)net_rig_fill(&r, net_rig_plain, 1, 60);
    net_rig_interrupt(&r);
    cr_assert_eq(r.rx_ready, 1u);
    frame = net_rig_expect(&r, 1, 60, 1);
    cr_assert_eq((uint64_t)(uintptr_t)frame->data, r.chain.piece[0].addr - FAKE_MAP_OFFSET + 12u);
    cr_assert(!frame->offload.needs_csum && !frame->offload.csum_valid && frame->offload.gso == 0);
    cr_assert_eq(r.f.mappings, 3u, "%u buffers are mapped, expected those of the device",
                 r.f.mappings);
    net_rig_return(&r, frame);
    cr_assert_eq(r.f.mappings, 4u);
    cr_assert_eq(net_rig_stats(&r).rx_frames, 1u);
    cr_assert_eq(net_rig_stats(&r).rx_bytes, 60u);
    net_rig_close(&r);
}

Test(net_rx, legacy_header_has_ten_bytes_in_a_descriptor_of_its_own)
{
    net_rig_open(&r, 1, 0, NULL);
    cr_assert_eq(r.net.hdr_len, 10);
    (void)net_rig_fill(&r, net_rig_plain, 9, 100);
    cr_assert_eq(r.chain.count, 2u);
    cr_assert_eq(r.chain.piece[0].len, 10u);
    net_rig_return(&r, net_rig_expect(&r, 9, 100, 1));
    net_rig_close(&r);

    net_rig_open(&r, 1, VIRTIO_F_ANY_LAYOUT | MRG, NULL);
    cr_assert_eq(r.net.hdr_len, 12);
    (void)net_rig_fill(&r, net_rig_plain, 9, 100);
    cr_assert_eq(r.chain.count, 1u);
    net_rig_return(&r, net_rig_expect(&r, 9, 100, 1));
    net_rig_close(&r);
}

Test(net_rx, too_short_is_dropped_and_counted)
{
    static const uint32_t used[] = {0, 1, 11, 12, 25};

    net_rig_open(&r, 2, 0, NULL);
    for (unsigned n = 0; n < 5u; n++) {
        (void)net_rig_fill_len(&r, net_rig_plain, 0, 60, used[n]);
        net_rig_expect_none(&r);
        cr_assert_eq(net_rig_stats(&r).rx_short, n + 1u, "used length %u", used[n]);
    }
    (void)net_rig_fill(&r, net_rig_plain, 0, 14);
    net_rig_return(&r, net_rig_expect(&r, 0, 14, 1));
    net_rig_close(&r);
}

Test(net_rx, too_long_is_dropped_and_counted)
{
    net_rig_open(&r, 2, MRG, NULL);
    (void)net_rig_fill(&r, net_rig_plain, 0, 1519);
    net_rig_expect_none(&r);
    cr_assert_eq(net_rig_stats(&r).rx_long, 1u);
    (void)net_rig_fill(&r, net_rig_plain, 0, 1518); /* with a VLAN tag */
    net_rig_return(&r, net_rig_expect(&r, 0, 1518, 1));
    net_rig_close(&r);
}

/* A used length beyond the buffer is nonsense, whatever the version. */
Test(net_rx, length_beyond_the_buffer_breaks_the_device)
{
    struct virtio_net_buf *frame;

    for (uint32_t version = 1; version <= 2u; version++) {
        net_rig_open(&r, version, 0, NULL);
        (void)net_rig_fill_len(&r, net_rig_plain, 0, 60, 0x80000000u);
        cr_assert_eq(virtio_net_receive(&r.net, 0, &frame, 1), -EIO);
        cr_assert(!virtio_device_is_live(&r.net.dev));
        cr_assert_eq(virtio_net_reset(&r.net, 0), 0);
        net_rig_close(&r);
    }
}

/* ---- merged ---- */

Test(net_rx, merged_frame_is_put_together)
{
    struct virtio_net_buf *frame;
    unsigned notifies;

    net_rig_open(&r, 2, MRG, &small);
    cr_assert_eq(net_rig_fill(&r, merged(3), 0, FIRST), SMALL_BYTES);
    (void)net_rig_fill(&r, NULL, FIRST, SMALL_BYTES);
    (void)net_rig_fill(&r, NULL, (uint8_t)(FIRST + SMALL_BYTES), 5);
    frame = net_rig_expect(&r, 0, FIRST + SMALL_BYTES + 5u, 3);
    notifies = r.f.notifies;
    net_rig_return(&r, frame);
    cr_assert_eq(r.f.notifies, notifies + 1u, "three buffers, %u notifications",
                 r.f.notifies - notifies);
    net_rig_close(&r);
}

Test(net_rx, wrong_num_buffers_drops_the_frame)
{
    static const uint16_t wrong[] = {0, 40, 65535};

    net_rig_open(&r, 2, MRG, &small);
    for (unsigned n = 0; n < 3u; n++) {
        (void)net_rig_fill(&r, merged(wrong[n]), 0, FIRST);
        net_rig_expect_none(&r);
        cr_assert_eq(net_rig_stats(&r).rx_bad_merge, n + 1u, "num_buffers %u", wrong[n]);
        expect_alive();
    }
    net_rig_close(&r);
}

/* All but the last buffer are full: one that is not ends the frame, and the next one is whole. */
Test(net_rx, buffer_that_is_not_full_ends_the_frame)
{
    net_rig_open(&r, 2, MRG, &small);
    (void)net_rig_fill(&r, merged(2), 0, FIRST - 1u);
    expect_alive();
    cr_assert_eq(net_rig_stats(&r).rx_bad_merge, 1u);
    (void)net_rig_fill(&r, merged(3), 0, FIRST);
    (void)net_rig_fill(&r, NULL, FIRST, SMALL_BYTES - 1u);
    expect_alive();
    cr_assert_eq(net_rig_stats(&r).rx_bad_merge, 2u);
    (void)net_rig_fill(&r, merged(2), 0, FIRST);
    (void)net_rig_fill_len(&r, NULL, FIRST, 1, 0);
    expect_alive();
    cr_assert_eq(net_rig_stats(&r).rx_bad_merge, 3u);
    net_rig_close(&r);
}

Test(net_rx, rest_of_a_frame_may_come_a_little_later)
{
    net_rig_open(&r, 2, MRG, &small);
    (void)net_rig_fill(&r, merged(2), 0, FIRST);
    net_rig_interrupt(&r);
    net_rig_expect_none(&r);
    r.f.time_us += 9000;
    (void)net_rig_fill(&r, NULL, FIRST, 10);
    net_rig_interrupt(&r);
    cr_assert_eq(r.rx_ready, 2u);
    net_rig_return(&r, net_rig_expect(&r, 0, FIRST + 10u, 2));
    net_rig_close(&r);
}

Test(net_rx, rest_that_never_comes_holds_nothing_up)
{
    net_rig_open(&r, 2, MRG, &small);
    (void)net_rig_fill(&r, merged(2), 0, FIRST);
    net_rig_expect_none(&r);
    r.f.time_us += 11000;
    expect_alive();
    cr_assert_eq(net_rig_stats(&r).rx_bad_merge, 1u);
    (void)net_rig_fill(&r, merged(2), 0, FIRST);
    net_rig_expect_none(&r);
    net_rig_close(&r); /* and leaks nothing */
}

Test(net_rx, merged_frame_that_is_too_long_is_skipped_to_its_end)
{
    static const struct virtio_net_params many = {.rx_buffers = 16, .rx_buf_bytes = 190};

    net_rig_open(&r, 2, MRG, &many);
    (void)net_rig_fill(&r, merged(9), 0, 190);
    for (unsigned n = 1; n < 9u; n++) {
        (void)net_rig_fill(&r, NULL, 0, 202);
    }
    expect_alive();
    cr_assert_eq(net_rig_stats(&r).rx_long, 1u);
    cr_assert_eq(net_rig_stats(&r).rx_bad_merge, 0u);
    net_rig_close(&r);
}

/* ---- the header ---- */

struct header_case {
    const char *what;
    uint8_t flags, gso;
    uint16_t hdr_len, gso_size, start, offset;
    bool good;
};

static void write_header(const struct header_case *c, uint8_t *h)
{
    const uint16_t fields[5] = {c->hdr_len, c->gso_size, c->start, c->offset, 1};

    h[0] = c->flags;
    h[1] = c->gso;
    for (unsigned n = 0; n < 5u; n++) {
        h[2u + 2u * n] = (uint8_t)fields[n];
        h[3u + 2u * n] = (uint8_t)(fields[n] >> 8);
    }
}

Test(net_rx, header_that_contradicts_frame_or_features_is_refused)
{
    static const struct header_case cases[] = {
        {"plain", 0, 0, 0, 0, 0, 0, true},
        {"unknown flags", 0xf8, 0, 0, 0, 0, 0, true},
        {"fields without their flags", 0, 0, 999, 999, 999, 999, true},
        {"checksum within", 1, 0, 0, 0, 34, 16, true},
        {"checksum to the last byte", 1, 0, 0, 0, 34, 64, true},
        {"checksum behind the end", 1, 0, 0, 0, 34, 65, false},
        {"sum of offsets beyond 16 bits", 1, 0, 0, 0, 0xffff, 0xffff, false},
        {"verified", 2, 0, 0, 0, 0, 0, true},
        {"TCPv4", 1, 1, 54, 40, 34, 16, true},
        {"TCPv4 without a sum", 0, 1, 54, 40, 34, 16, false},
        {"TCPv4 with segments of nothing", 1, 1, 54, 0, 34, 16, false},
        {"headers longer than the frame", 1, 1, 101, 40, 34, 16, false},
        {"TCPv6, not agreed", 1, 4, 54, 40, 34, 16, false},
        {"UDP, not agreed", 1, 3, 54, 40, 34, 16, false},
        {"ECN, not agreed", 1, 0x81, 54, 40, 34, 16, false},
        {"ECN of nothing", 0, 0x80, 0, 0, 0, 0, false},
        {"unknown type", 0, 2, 0, 0, 0, 0, false},
        {"tunnel", 1, 0x61, 54, 40, 34, 16, false},
    };
    const struct virtio_net_params params = {
        .rx_buffers = 2, .offloads = VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_GUEST_TSO4};
    uint64_t dropped = 0;
    uint8_t header[12];

    net_rig_open(&r, 2, params.offloads | MRG, &params);
    for (unsigned n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        write_header(&cases[n], header);
        (void)net_rig_fill(&r, header, 0, 100);
        if (cases[n].good) {
            struct virtio_net_buf *frame = net_rig_expect(&r, 0, 100, 1);

            cr_assert_eq(frame->offload.needs_csum, (cases[n].flags & 1u) != 0, "%s",
                         cases[n].what);
            cr_assert_eq(frame->offload.csum_valid, (cases[n].flags & 2u) != 0, "%s",
                         cases[n].what);
            cr_assert_eq(frame->offload.gso, cases[n].gso, "%s", cases[n].what);
            net_rig_return(&r, frame);
        } else {
            net_rig_expect_none(&r);
            dropped++;
        }
        cr_assert_eq(net_rig_stats(&r).rx_bad_header, dropped, "%s", cases[n].what);
    }
    net_rig_close(&r);
}

Test(net_rx, offloads_that_were_not_agreed_are_refused)
{
    static const uint8_t partial[12] = {1, 0, 0, 0, 0, 0, 14, 0, 2, 0, 1, 0};
    static const uint8_t valid[12] = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
    struct virtio_net_buf *frame;

    net_rig_open(&r, 2, 0, NULL);
    (void)net_rig_fill(&r, partial, 0, 60);
    net_rig_expect_none(&r);
    cr_assert_eq(net_rig_stats(&r).rx_bad_header, 1u);
    (void)net_rig_fill(&r, valid, 0, 60);
    frame = net_rig_expect(&r, 0, 60, 1);
    cr_assert(!frame->offload.csum_valid, "nobody agreed that the device verifies checksums");
    net_rig_return(&r, frame);
    net_rig_close(&r);
}

/* What the device says it wrote and did not is not the frame before: the buffer may be the
 * device's still, and is not given to it again. */
Test(net_rx, unwritten_header_breaks_the_device)
{
    struct virtio_net_buf *frame;

    net_rig_open(&r, 2, 0, NULL);
    for (unsigned n = 0; n < 6u; n++) {
        expect_alive();
    }
    (void)net_rig_fill_len(&r, NULL, 0, 0, 72);
    cr_assert_eq(virtio_net_receive(&r.net, 0, &frame, 1), -EIO);
    cr_assert(!virtio_device_is_live(&r.net.dev));
    net_rig_close(&r);
}

/* ---- interrupts and buffers ---- */

Test(net_rx, interrupts_are_off_until_the_queue_is_found_empty)
{
    struct virtio_net_buf *frames[2];

    net_rig_open(&r, 2, 0, NULL);
    for (unsigned n = 0; n < 3u; n++) {
        (void)net_rig_fill(&r, net_rig_plain, (uint8_t)n, 60);
    }
    net_rig_interrupt(&r);
    cr_assert_eq(fake_avail(&r.f, NET_RIG_RX)[0], 1u, "interrupts are still wanted");
    net_rig_interrupt(&r);
    cr_assert_eq(r.rx_ready, 1u, "said %u times", r.rx_ready);
    fake_forget(&r.f);
    cr_assert_eq(virtio_net_receive(&r.net, 0, frames, 2), 2);
    cr_assert_eq(fake_avail(&r.f, NET_RIG_RX)[0], 1u);
    cr_assert_eq(r.f.accesses, 0u, "%u register accesses to receive", r.f.accesses);
    cr_assert_eq(virtio_net_return(&r.net, frames, 2), 0);
    cr_assert_eq(r.f.accesses, 1u, "%u register accesses for two buffers", r.f.accesses);
    cr_assert_eq(virtio_net_receive(&r.net, 0, frames, 2), 1);
    cr_assert_eq(fake_avail(&r.f, NET_RIG_RX)[0], 0u, "interrupts are not wanted");
    cr_assert_eq(virtio_net_return(&r.net, frames, 1), 0);
    (void)net_rig_fill(&r, net_rig_plain, 0, 60);
    net_rig_interrupt(&r);
    cr_assert_eq(r.rx_ready, 2u);
    net_rig_return(&r, net_rig_expect(&r, 0, 60, 1));
    net_rig_close(&r);
}

Test(net_rx, frame_is_returned_once)
{
    struct virtio_net_buf *frame;

    net_rig_open(&r, 2, 0, NULL);
    (void)net_rig_fill(&r, net_rig_plain, 0, 60);
    frame = net_rig_expect(&r, 0, 60, 1);
    cr_assert_eq(virtio_net_remove(&r.net, 0), -EBUSY);
    cr_assert_eq(virtio_net_reset(&r.net, 0), -EBUSY);
    net_rig_return(&r, frame);
    cr_assert_eq(virtio_net_return(&r.net, &frame, 1), -EINVAL);
    net_rig_close(&r);
}

Test(net_rx, frames_lost_in_a_reset_are_counted)
{
    net_rig_open(&r, 2, 0, NULL);
    (void)net_rig_fill(&r, net_rig_plain, 0, 60);
    (void)net_rig_fill(&r, net_rig_plain, 0, 60);
    cr_assert_eq(virtio_net_reset(&r.net, 0), 0);
    cr_assert_eq(net_rig_stats(&r).rx_reset, 2u);
    r.f.q[NET_RIG_RX].last_avail = 0;
    r.f.q[NET_RIG_RX].used_idx = 0;
    expect_alive();
    net_rig_close(&r);
}

Test(net_rx, pair_and_state_are_checked)
{
    struct virtio_net_buf *frame = NULL;

    net_rig_open(&r, 2, 0, NULL);
    cr_assert_eq(virtio_net_receive(&r.net, 1, &frame, 1), -EINVAL);
    cr_assert_eq(virtio_net_receive(&r.net, 0, NULL, 1), -EINVAL);
    net_rig_close(&r);
    cr_assert_eq(virtio_net_receive(&r.net, 0, &frame, 1), -EIO);
    cr_assert_eq(virtio_net_return(&r.net, &frame, 1), -EINVAL);
}
