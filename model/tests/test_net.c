/* SPDX-License-Identifier: Apache-2.0 */
/* The network device by hand: frames both ways, headers, checksums, merging, modes, the link. */
#include <criterion/criterion.h>
#include <errno.h>

#include "hand_net.h"

static struct hand h;
static uint8_t sunk[66000];
static size_t sunk_len;
static unsigned sunk_pair, sunk_frames;

#define CLEAN() cr_assert_eq(model_violation_count(h.board), 0u, "%s", hand_breaches(&h))

static void sink(void *ctx, unsigned pair, const uint8_t *frame, size_t len)
{
    (void)ctx;
    memcpy(sunk, frame, len);
    sunk_len = len;
    sunk_pair = pair;
    sunk_frames++;
}

static struct model_net_config config(unsigned version, uint64_t features, enum model_net_wire wire)
{
    sunk_frames = 0;
    return (struct model_net_config){.dev = {.version = version, .features = features},
                                     .wire = wire,
                                     .max_virtqueue_pairs = HN_PAIRS,
                                     .speed = 10000,
                                     .duplex = 1,
                                     .sink = sink};
}

static struct model_net_stats stats(void)
{
    struct model_net_stats s;

    model_net_stats(hn.net, &s);
    return s;
}

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static void finish(void)
{
    hn_down();
    CLEAN();
}

/* ---- headers and buffers ---- */

Test(net, loopback_and_header_length)
{
    static const enum model_schedule schedules[] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                    MODEL_SCHED_RANDOM};

    for (unsigned v = 0; v < 16; v++) {
        const unsigned version = 1 + (v & 1);
        const uint64_t f = (v & 2 ? HN_MRG : 0) | (v & 4 ? HN_ANY : 0) | (v & 8 ? HB(28) : 0);
        const struct model_net_config cfg = config(version, f, MODEL_NET_LOOPBACK);
        const uint32_t header = version == 2 || (f & HN_MRG) ? 12 : 10;
        uint32_t len = 0;
        hn_board(&h, schedules[v % 3], &cfg);
        hn_up(f, 1, 1600);
        for (unsigned round = 0; round < 3 * HN_BUFFERS; round++) {
            const uint32_t n = 60 + 11 * round;
            hn_frame(NULL, 0x88b5, n);
            cr_assert(hn_send(0, n));
            const int b = hn_receive(0, &len);
            cr_assert_geq(b, 0, "v %u round %u: no frame", v, round);
            cr_assert_eq(len, header + n, "v %u: %u bytes, expected %u", v, len, header + n);
            cr_assert_eq(memcmp(hn.buf[0][b] + header, hn.tx_frame, n), 0, "v %u: data differ", v);
            for (unsigned i = 0; i < 10; i++)
                cr_assert_eq(hn.buf[0][b][i], 0u);
            if (header == 12)
                cr_assert_eq(get16(hn.buf[0][b] + 10), 1u);
            hn_post(0, (unsigned)b);
        }
        cr_assert_eq(stats().tx_frames, 3u * HN_BUFFERS);
        cr_assert_eq(stats().rx_frames, 3u * HN_BUFFERS);
        cr_assert_eq(sunk_frames, 3u * HN_BUFFERS);
        finish();
    }
    hand_close(&h);
}

/* One frame over several buffers: all but the last filled, all visible with one index. */
Test(net, merged_buffers)
{
    for (unsigned v = 0; v < 12; v++) {
        struct model_net_config cfg = config(1 + (v & 1), HN_MRG | HN_ANY, MODEL_NET_LOOPBACK);
        static uint8_t got[4096];
        uint32_t len = 0;
        cfg.dev.in_order = (v & 2) != 0;
        hn_board(&h,
                 v < 4   ? MODEL_SCHED_SYNC
                 : v < 8 ? MODEL_SCHED_LAZY
                         : MODEL_SCHED_RANDOM,
                 &cfg);
        hn_up(HN_MRG | HN_ANY, 1, 512);
        for (unsigned round = 0; round < 20; round++) {
            const uint32_t n = 1000 + 50 * (round % 10), total = n + 12;
            const unsigned expected = (total + 511) / 512;
            hn_frame(NULL, 0x88b5, n);
            cr_assert(hn_send(0, n));
            for (uint32_t done = 0, i = 0; i < expected; i++) {
                const int b = hn_receive(0, &len);
                cr_assert_geq(b, 0);
                if (i == 0)
                    cr_assert_eq((uint16_t)(get16(hn.rx[0].used + 2) - hn.rx[0].last_used),
                                 expected - 1);
                cr_assert_eq(len, total - done < 512 ? total - done : 512u);
                memcpy(got + done, hn.buf[0][b], len);
                done += len;
                hn_post(0, (unsigned)b);
            }
            cr_assert_eq(get16(got + 10), expected);
            cr_assert_eq(memcmp(got + 12, hn.tx_frame, n), 0);
        }
        cr_assert_eq(stats().rx_merged, 20u);
        finish();
    }
    hand_close(&h);
}

Test(net, what_does_not_fit_is_dropped_and_counted)
{
    const struct model_net_config cfg = config(2, HN_MTU, MODEL_NET_SINK);
    static const uint8_t frame[2000] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
    uint32_t len = 0;

    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(HN_MTU, 1, 1600);
    cr_assert_eq(model_net_receive(hn.net, 0, frame, 1515, NULL), 0); /* above mtu + 14 */
    cr_assert_eq(model_net_receive(hn.net, 0, frame, 1514, NULL), 0);
    hn_receive(0, &len);
    cr_assert_eq(len, 1526u);
    cr_assert_eq(stats().rx_unfit, 1u);
    cr_assert_eq(model_net_receive(hn.net, 0, frame, 0, NULL), -EINVAL);
    cr_assert_eq(model_net_receive(hn.net, 0, sunk, 65551, NULL), -EINVAL);
    finish();
    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(0, 1, 1600); /* the buffer is the limit */
    cr_assert_eq(model_net_receive(hn.net, 0, frame, 1589, NULL), 0);
    cr_assert_eq(model_net_receive(hn.net, 0, frame, 1588, NULL), 0);
    hn_receive(0, &len);
    cr_assert_eq(len, 1600u);
    cr_assert_eq(stats().rx_unfit, 1u);
    hand_close(&h);
}

Test(net, backlog_and_held_transmit)
{
    struct model_net_config cfg = config(2, 0, MODEL_NET_SINK);
    static const uint8_t frame[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};

    cfg.backlog = 4;
    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(0, 1, 1600);
    for (unsigned i = 0; i < HN_BUFFERS + 6; i++) {
        const int err = model_net_receive(hn.net, 0, frame, 64, NULL);
        if (i < HN_BUFFERS)
            cr_assert_geq(hn_receive(0, NULL), 0);
        cr_assert_eq(err, i < HN_BUFFERS + 4 ? 0 : -ENOBUFS, "frame %u: %d", i, err);
    }
    cr_assert_eq(model_net_backlog(hn.net), 4u);
    cr_assert_eq(stats().rx_overrun, 2u);
    for (unsigned i = 0; i < 4; i++) {
        hn_post(0, i);
        cr_assert_eq(hn_receive(0, NULL), (int)i);
    }
    cr_assert_eq(model_net_backlog(hn.net), 0u);
    model_net_hold_transmit(hn.net, true);
    hn_frame(NULL, 0x88b5, 64);
    cr_assert(!hn_send(0, 64));
    cr_assert_eq(sunk_frames, 0u);
    model_net_hold_transmit(hn.net, false);
    cr_assert_geq(hand_queue_wait(&hn.tx[0], NULL), 0);
    cr_assert_eq(sunk_frames, 1u);
    finish();
    hand_close(&h);
}

/* ---- checksums and segmentation ---- */

Test(net, partial_checksums_are_completed)
{
    const uint64_t f = HN_CSUM;
    const struct model_net_config cfg = config(2, f, MODEL_NET_SINK);
    static const uint8_t proto[2] = {6, 17};

    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(f, 1, 1600);
    for (unsigned i = 0; i < 40; i++) {
        const uint32_t n = 34 + (proto[i & 1] == 6 ? 20u : 8u) + 50 + i;
        const uint8_t pseudo[8] = {10, 0, 2, 15, 10, 0, 2, 2};
        hn_packet(NULL, proto[i & 1], 50 + i, HN_CSUM_PARTIAL);
        hn.tx_header[0] = 1;
        hn.tx_header[6] = 34;
        hn.tx_header[8] = proto[i & 1] == 6 ? 16 : 6;
        cr_assert(hn_send(0, n));
        cr_assert_eq(sunk_len, n);
        cr_assert_eq(hn_sum(sunk + 34, n - 34, hn_sum(pseudo, 8, proto[i & 1] + n - 34)), 0xffffu);
    }
    /* A sum of zero is sent as all ones: zero says that there is none. */
    hn_packet(NULL, 17, 50, HN_CSUM_PARTIAL);
    hn.tx_frame[42] = hn.tx_frame[43] = 0;
    const uint16_t rest = (uint16_t)~hn_sum(hn.tx_frame + 34, 58, 0);
    hn.tx_frame[42] = (uint8_t)(rest >> 8);
    hn.tx_frame[43] = (uint8_t)rest;
    const uint8_t header[10] = {1, 0, 0, 0, 0, 0, 34, 0, 6, 0};
    memcpy(hn.tx_header, header, 10);
    cr_assert(hn_send(0, 92));
    cr_assert_eq(sunk[40] << 8 | sunk[41], 0xffff);
    finish();
    hand_close(&h);
}

/* A frame with a partial checksum from the wire: as it is, or completed for who cannot take it. */
Test(net, received_partial_checksum)
{
    const struct model_net_offload o = {.flags = 1, .csum_start = 34, .csum_offset = 6};
    const uint8_t pseudo[8] = {10, 0, 2, 15, 10, 0, 2, 2};

    for (unsigned agreed = 0; agreed < 2; agreed++) {
        const struct model_net_config cfg = config(2, HN_GUEST_CSUM, MODEL_NET_SINK);
        hn_board(&h, MODEL_SCHED_LAZY, &cfg);
        hn_up(agreed ? HN_GUEST_CSUM : 0, 1, 1600);
        hn_packet(NULL, 17, 100, HN_CSUM_PARTIAL);
        cr_assert_eq(model_net_receive(hn.net, 0, hn.tx_frame, 142, &o), 0);
        const int b = hn_receive(0, NULL);
        cr_assert_geq(b, 0);
        const uint8_t *got = hn.buf[0][b];
        cr_assert_eq(got[0], agreed);
        cr_assert_eq(get16(got + 6), agreed ? 34u : 0u);
        cr_assert_eq(hn_sum(got + 12 + 34, 108, hn_sum(pseudo, 8, 17 + 108)) == 0xffff, !agreed);
        finish();
    }
    hand_close(&h);
}

Test(net, segments_only_for_who_takes_them)
{
    const uint64_t f = HN_CSUM | HN_HOST_TSO4 | HN_GUEST_CSUM | HN_GUEST_TSO4;

    for (unsigned agreed = 0; agreed < 2; agreed++) {
        const struct model_net_config cfg = config(2, f, MODEL_NET_LOOPBACK);
        uint32_t len = 0;
        hn_board(&h, MODEL_SCHED_LAZY, &cfg);
        hn_up(agreed ? f : HN_CSUM | HN_HOST_TSO4, 1, 65562);
        hn_packet(NULL, 6, 30000, HN_CSUM_PARTIAL);
        const uint8_t header[10] = {1, 1, 54, 0, 0xe8, 0x03, 34, 0, 16, 0};
        memcpy(hn.tx_header, header, 10);
        cr_assert(hn_send(0, 30054));
        cr_assert_eq(sunk_len, 30054u);
        cr_assert_eq(memcmp(sunk, hn.tx_frame, 30054), 0);
        const int b = hn_receive(0, &len);
        cr_assert_eq(b >= 0, agreed);
        cr_assert_eq(stats().rx_unfit, !agreed);
        const struct model_net_offload o = {1, 1, 54, 1000, 34, 16};
        const struct model_net_offload v6 = {1, 4, 54, 1000, 34, 16};
        cr_assert_eq(model_net_receive(hn.net, 0, hn.tx_frame, 30054, &o), 0);
        cr_assert_eq(model_net_receive(hn.net, 0, hn.tx_frame, 30054, &v6), 0);
        cr_assert_eq(hn_receive(0, NULL) >= 0, agreed);
        cr_assert_eq(hn_receive(0, NULL), -1);
        cr_assert_eq(stats().rx_unfit, agreed ? 1u : 3u);
        if (agreed) {
            cr_assert_eq(len, 30066u);
            cr_assert_eq(memcmp(hn.buf[0][b], header, 10), 0);
            cr_assert_eq(memcmp(hn.buf[0][b] + 12, hn.tx_frame, 30054), 0);
        }
        finish();
    }
    hand_close(&h);
}

/* ---- the control queue ---- */

static bool arrives(const uint8_t *dst, int vlan)
{
    uint8_t frame[64] = {0};

    memcpy(frame, dst, 6);
    frame[6] = 2;
    if (vlan >= 0) {
        frame[12] = 0x81;
        frame[14] = (uint8_t)(vlan >> 8);
        frame[15] = (uint8_t)vlan;
    }
    cr_assert_eq(model_net_receive(hn.net, 0, frame, 64, NULL), 0);
    const int b = hn_receive(0, NULL);
    if (b >= 0)
        hn_post(0, (unsigned)b);
    return b >= 0;
}

static void mode(uint8_t command, bool on)
{
    const uint8_t data = on;

    cr_assert_eq(hn_command(0, command, &data, 1), 0u);
}

static const uint8_t me[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
static const uint8_t other[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x57};
static const uint8_t group[6] = {0x33, 0x33, 0, 0, 0, 1};
static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

Test(net, receive_modes)
{
    const uint64_t f = HN_CTRL | HN_CTRL_RX | HN_RX_EXTRA | HN_MAC;
    const struct model_net_config cfg = config(2, f, MODEL_NET_SINK);
    static const struct {
        unsigned on; /* bit per command */
        bool me, other, group, all;
    } expected[] = {
        {0, true, false, false, true},        {1, true, true, true, true},
        {2, true, false, true, true},         {4, true, true, false, true},
        {8, true, false, false, true},        {2 | 8, true, false, false, true},
        {16, false, false, false, true},      {4 | 16, false, false, false, true},
        {32, true, false, false, false},      {2 | 32, true, false, true, false},
        {1 | 16 | 8, true, true, true, true},
    };

    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(f, 1, 1600);
    for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        for (uint8_t c = 0; c < 6; c++)
            mode(c, (expected[i].on >> c & 1) != 0);
        cr_assert_eq(arrives(me, -1), expected[i].me, "modes %#x", expected[i].on);
        cr_assert_eq(arrives(other, -1), expected[i].other, "modes %#x", expected[i].on);
        cr_assert_eq(arrives(group, -1), expected[i].group, "modes %#x", expected[i].on);
        cr_assert_eq(arrives(all, -1), expected[i].all, "modes %#x", expected[i].on);
    }
    cr_assert_gt(stats().rx_filtered, 0u);
    finish();
    hand_close(&h);
}

Test(net, without_ctrl_rx_multicast_passes)
{
    const struct model_net_config cfg = config(2, HN_MAC, MODEL_NET_SINK);

    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(HN_MAC, 1, 1600);
    cr_assert(arrives(group, -1) && arrives(me, 5) && !arrives(other, -1));
    finish();
    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hand_identify(&h);
    hn_up(0, 1, 1600); /* an address that the device does not know */
    cr_assert(arrives(other, -1));
    hand_close(&h);
}

Test(net, address_table_and_vlans)
{
    for (unsigned version = 1; version <= 2; version++) {
        const uint64_t f = HN_CTRL | HN_CTRL_RX | HN_CTRL_MAC | HN_VLAN | HN_MAC | HN_ANY;
        const struct model_net_config cfg = config(version, f, MODEL_NET_SINK);
        uint8_t table[20] = {1};
        hn_board(&h, MODEL_SCHED_LAZY, &cfg);
        hn_up(f, 1, 1600);
        memcpy(table + 4, other, 6);
        table[10] = 1;
        memcpy(table + 14, group, 6);
        cr_assert_eq(hn_command(1, 0, table, 20), 0u);
        cr_assert_eq(model_net_state(hn.net)->n_unicast, 1u);
        cr_assert(arrives(other, -1) && arrives(group, -1) && arrives(me, -1));
        memset(table, 0, sizeof(table));
        cr_assert_eq(hn_command(1, 0, table, 8), 0u);
        cr_assert(!arrives(other, -1) && !arrives(group, -1));
        cr_assert_eq(hn_command(1, 1, other, 6), 0u);
        cr_assert(arrives(other, -1) && !arrives(me, -1));
        cr_assert_eq(hand_cfg(&h, 5, 1), 0x57u);
        cr_assert(!arrives(all, 0x234));
        cr_assert_eq(hn_command(2, 0, "\x34\x02", 2), 0u);
        cr_assert(arrives(all, 0x234) && !arrives(all, 0x235) && arrives(all, -1));
        cr_assert_eq(hn_command(2, 1, "\x34\x02", 2), 0u);
        cr_assert(!arrives(all, 0x234));
        cr_assert_eq(stats().ctrl, 5u);
        cr_assert_eq(stats().ctrl_errors, 0u);
        finish();
        cr_assert_eq(model_net_state(hn.net)->mac[5], 0x56u); /* the reset takes all back */
    }
    hand_close(&h);
}

Test(net, offloads_switched_off)
{
    const uint64_t f = HN_CTRL | HN_OFFLOADS | HN_GUEST_CSUM;
    const struct model_net_config cfg = config(2, f, MODEL_NET_SINK);
    const struct model_net_offload valid = {.flags = 2};
    uint8_t data[8] = {0};

    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(f, 1, 1600);
    cr_assert_eq(model_net_state(hn.net)->offloads, HN_GUEST_CSUM);
    hn_frame(NULL, 0x88b5, 64);
    model_net_receive(hn.net, 0, hn.tx_frame, 64, &valid);
    cr_assert_eq(hn.buf[0][hn_receive(0, NULL)][0], 2u);
    cr_assert_eq(hn_command(5, 0, data, 8), 0u);
    model_net_receive(hn.net, 0, hn.tx_frame, 64, &valid);
    cr_assert_eq(hn.buf[0][hn_receive(0, NULL)][0], 0u);
    finish();
    hand_close(&h);
}

Test(net, pairs)
{
    const uint64_t f = HN_CTRL | HN_MQ;
    const struct model_net_config cfg = config(2, f, MODEL_NET_LOOPBACK);

    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(f, 2, 1600);
    cr_assert_eq(hand_cfg(&h, 8, 2), 2u);
    hn_frame(NULL, 0x88b5, 64);
    model_net_receive(hn.net, 1, hn.tx_frame, 64, NULL);
    cr_assert_geq(hn_receive(0, NULL), 0); /* only the first before the command */
    cr_assert_eq(hn_command(4, 0, "\2\0", 2), 0u);
    cr_assert_eq(model_net_state(hn.net)->pairs, 2u);
    cr_assert(hn_send(1, 64));
    cr_assert_eq(sunk_pair, 1u);
    cr_assert_geq(hn_receive(1, NULL), 0); /* back where it came from */
    model_net_receive(hn.net, 1, hn.tx_frame, 64, NULL);
    cr_assert_geq(hn_receive(1, NULL), 0);
    cr_assert_eq(hn_command(4, 0, "\1\0", 2), 0u);
    model_net_receive(hn.net, 1, hn.tx_frame, 64, NULL);
    cr_assert_geq(hn_receive(0, NULL), 0);
    /* What waits for a pair that goes out of use comes to another. */
    cr_assert_eq(hn_command(4, 0, "\2\0", 2), 0u);
    for (unsigned i = 0; i < HN_BUFFERS; i++) {
        model_net_receive(hn.net, 1, hn.tx_frame, 64, NULL);
        cr_assert_eq(hn_receive(1, NULL) >= 0, i < HN_BUFFERS - 2);
    }
    cr_assert_eq(model_net_backlog(hn.net), 2u);
    cr_assert_eq(hn_command(4, 0, "\1\0", 2), 0u);
    cr_assert_geq(hn_receive(0, NULL), 0);
    cr_assert_geq(hn_receive(0, NULL), 0);
    cr_assert_eq(model_net_backlog(hn.net), 0u);
    finish();
    hand_close(&h);
}

/* ---- configuration and the link ---- */

Test(net, config_space_and_link)
{
    const uint64_t f = HN_MAC | HN_STATUS | HN_MTU | HN_CTRL | HN_ANNOUNCE | HB(63);
    const struct model_net_config cfg = config(2, f, MODEL_NET_LOOPBACK);

    hn_board(&h, MODEL_SCHED_SYNC, &cfg);
    hn_up(f, 1, 1600);
    for (uint32_t i = 0; i < 6; i++)
        cr_assert_eq(hand_cfg(&h, i, 1), me[i]);
    cr_assert_eq(hand_cfg(&h, 6, 2), 1u);
    cr_assert_eq(hand_cfg(&h, 10, 2), 1500u);
    cr_assert_eq(hand_cfg(&h, 12, 4), 10000u);
    cr_assert_eq(hand_cfg(&h, 16, 1), 1u);
    unsigned runs = h.handler_runs;
    model_net_set_link(hn.net, false);
    cr_assert_eq(hand_cfg(&h, 6, 2), 0u);
    cr_assert_eq(h.handler_runs, ++runs);
    hn_frame(NULL, 0x88b5, 64);
    cr_assert_eq(model_net_receive(hn.net, 0, hn.tx_frame, 64, NULL), -ENETDOWN);
    cr_assert(hn_send(0, 64));
    cr_assert_eq(stats().tx_lost, 1u);
    cr_assert_eq(sunk_frames, 0u);
    runs = h.handler_runs;
    model_net_set_link(hn.net, true);
    model_net_ask_announce(hn.net);
    cr_assert_eq(hand_cfg(&h, 6, 2), 3u);
    cr_assert_gt(h.handler_runs, runs);
    cr_assert_eq(hn_command(3, 0, NULL, 0), 0u);
    cr_assert_eq(hand_cfg(&h, 6, 2), 1u);
    cr_assert_eq(model_net_state(hn.net)->announces, 1u);
    finish();
    hand_close(&h);
}

Test(net, legacy_address_write)
{
    const struct model_net_config cfg = config(1, HN_MAC, MODEL_NET_SINK);

    hn_board(&h, MODEL_SCHED_LAZY, &cfg);
    hn_up(HN_MAC, 1, 1600);
    for (unsigned i = 0; i < 6; i++)
        model_mmio_write(h.board, model_window_base(h.slot) + 0x100 + i, 1, other[i]);
    cr_assert(arrives(other, -1) && !arrives(me, -1));
    finish();
    hand_close(&h);
}
