/* SPDX-License-Identifier: Apache-2.0 */
/* Every fault of the network device strikes, does what its row says, and breaks no rule. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "hand_net.h"

static struct hand h;

#define ALL                                                                                        \
    (HN_CTRL | HN_CTRL_RX | HN_MAC | HN_STATUS | HN_MQ | HN_MTU | HN_MRG | HN_ANY | HN_GUEST_CSUM)

static void arm(enum model_fault_id id, unsigned variant, bool persistent)
{
    const struct model_fault_plan plan = {
        .id = id, .variant = variant, .k = 1, .persistent = persistent};

    model_fault_arm(h.board, &plan);
}

static void board(unsigned version, uint64_t features, enum model_schedule schedule)
{
    const struct model_net_config cfg = {.dev = {.version = version, .features = features},
                                         .wire = MODEL_NET_LOOPBACK,
                                         .max_virtqueue_pairs = 2};

    hn_board(&h, schedule, &cfg);
}

/* Whatever the device does: a bring-up, config reads, frames, a command, an end. */
static void life(uint64_t wanted, uint32_t rx_bytes)
{
    hn_up(wanted, 1, rx_bytes);
    for (uint32_t i = 0; i < 2; i++) {
        if (h.features & HN_MTU)
            hand_cfg(&h, 10, 2);
        if (h.features & HN_MQ)
            hand_cfg(&h, 8, 2);
    }
    for (unsigned i = 0; i < 3; i++) {
        hn_frame(NULL, 0x88b5, 900);
        hn_send(0, 900);
        for (int b; (b = hn_receive(0, NULL)) >= 0;)
            hn_post(0, (unsigned)b);
    }
    if (hn.has_ctrl)
        hn_command(0, 0, "\1", 1);
    if (h.features & HN_STATUS)
        hand_cfg(&h, 6, 2);
    model_net_receive(hn.net, 0, hn.tx_frame, 900, NULL); /* under way when the reset comes */
    hn_down();
}

Test(net_fault, every_row_strikes_and_harms_nobody, .timeout = 120)
{
    unsigned silent = 0;

    for (unsigned id = 1; id <= model_fault_count(); id++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)id);
        if (row->area != MODEL_AREA_NET)
            continue;
        for (unsigned v = 0; v < row->variants; v++) {
            unsigned strikes = 0;
            for (unsigned n = 0; n < 2 * 3 * 2 * 2; n++) {
                static const enum model_schedule schedules[] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                                MODEL_SCHED_RANDOM};
                board(1 + n % 2, n / 6 % 2 ? ALL : ALL & ~HN_MRG, schedules[n / 2 % 3]);
                arm((enum model_fault_id)id, v, n / 12 % 2 != 0);
                life(UINT32_MAX, n / 6 % 2 ? 500 : 1600);
                strikes += model_fault_strikes(h.board);
                cr_assert_eq(model_violation_count(h.board), 0u, "%s.%u n %u: %s", row->id, v, n,
                             hand_breaches(&h));
            }
            if (strikes == 0) {
                fprintf(stderr, "%s variant %u never struck\n", row->id, v);
                silent++;
            }
        }
    }
    cr_assert_eq(silent, 0u);
    hand_close(&h);
}

/* Faults of the ring and of time while frames go over one buffer, or over two. */
Test(net_fault, common_faults, .timeout = 120)
{
    static const enum model_fault_id ids[] = {
        MODEL_FAULT_STAT_NEEDS_RESET, MODEL_FAULT_RESET_MID_IO, MODEL_FAULT_CFG_TORN,
        MODEL_FAULT_CFG_GEN_NEVER,    MODEL_FAULT_CFG_HOSTILE,  MODEL_FAULT_U_ID_SWAP,
        MODEL_FAULT_U_LEN_LONG,       MODEL_FAULT_U_LEN_SHORT,  MODEL_FAULT_U_IDX_STUCK,
        MODEL_FAULT_D_REWRITE,        MODEL_FAULT_A_REWRITE,    MODEL_FAULT_IRQ_RACE,
        MODEL_FAULT_IRQ_LOST,         MODEL_FAULT_IRQ_BOTH,     MODEL_FAULT_NOTIFY_IGNORED,
        MODEL_FAULT_NOTIFY_SYNC,      MODEL_FAULT_SLOW,         MODEL_FAULT_OOO,
    };

    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        const struct model_fault_row *row = model_fault_row(ids[i]);
        unsigned strikes = 0;
        for (unsigned v = 0; v < row->variants; v++)
            for (unsigned n = 0; n < 2 * 3 * 2 * 2; n++) {
                static const enum model_schedule schedules[] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                                MODEL_SCHED_RANDOM};
                if ((row->transports >> n % 2 & 1) == 0)
                    continue;
                board(1 + n % 2, n / 6 % 2 ? ALL : ALL & ~HN_MRG, schedules[n / 2 % 3]);
                arm(ids[i], v, n / 12 % 2 != 0);
                life(UINT32_MAX, n / 6 % 2 ? 500 : 1600);
                strikes += model_fault_strikes(h.board);
                cr_assert(model_violation_count(h.board) == 0 || ids[i] == MODEL_FAULT_CFG_TORN,
                          "%s.%u n %u: %s", row->id, v, n, hand_breaches(&h));
            }
        cr_assert_gt(strikes, 0u, "%s never struck", row->id);
    }
    hand_close(&h);
}

/* One frame of 900 bytes under a fault that has a buffer to strike; its first buffer's used
 * length, or -1. */
static int64_t one(uint64_t features, uint32_t rx_bytes, enum model_fault_id id, unsigned variant,
                   int *buffer)
{
    uint32_t len = 0;

    board(2, features, MODEL_SCHED_LAZY);
    hn_up(features, 1, rx_bytes);
    arm(id, variant, false);
    hn_frame(NULL, 0x88b5, 900);
    hn_send(0, 900);
    *buffer = hn_receive(0, &len);
    return *buffer < 0 ? -1 : (int64_t)len;
}

Test(net_fault, used_lengths)
{
    static const int64_t shorter[4] = {0, 1, 11, 12}, longer[3] = {1601, 0xffffffff, 0x80000390};
    int b;

    for (unsigned v = 0; v < 4; v++)
        cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_RX_SHORT, v, &b), shorter[v]);
    for (unsigned v = 0; v < 3; v++)
        cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_RX_LONG, v, &b), longer[v]);
    cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_RX_STALE, 0, &b), 912);
    cr_assert_eq(hn.buf[0][b][0], MODEL_MEM_POISON);
    cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_RX_STALE, 1, &b), 912);
    cr_assert_eq(hn.buf[0][b][10], 1u);
    cr_assert_eq(hn.buf[0][b][12], MODEL_MEM_POISON);
    hand_close(&h);
}

Test(net_fault, headers)
{
    int b;

    one(HN_MRG, 1600, MODEL_FAULT_NET_MRG_NUM, 0, &b);
    cr_assert_eq(hn.buf[0][b][10], 0u);
    one(HN_MRG, 1600, MODEL_FAULT_NET_MRG_NUM, 1, &b);
    cr_assert_eq(hn.buf[0][b][10], 2u);
    one(0, 1600, MODEL_FAULT_NET_MRG_NUM, 2, &b);
    cr_assert_eq(hn.buf[0][b][11], 0xffu);
    one(0, 1600, MODEL_FAULT_NET_GSO, 5, &b);
    cr_assert_eq(hn.buf[0][b][1], 0x61u);
    one(0, 1600, MODEL_FAULT_NET_CSUM, 0, &b);
    cr_assert_eq(hn.buf[0][b][6] | hn.buf[0][b][7] << 8, 901);
    cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_HDR_10_12, 0, &b), 910);
    cr_assert_eq(memcmp(hn.buf[0][b] + 10, hn.tx_frame, 900), 0);
    one(0, 1600, MODEL_FAULT_NET_CORRUPT, 0, &b);
    unsigned wrong = 0;
    for (unsigned i = 0; i < 900; i++)
        wrong += hn.buf[0][b][12 + i] != hn.tx_frame[i];
    cr_assert_eq(wrong, 1u);
    hand_close(&h);
}

Test(net_fault, split)
{
    uint32_t len = 0;
    int b;

    for (unsigned v = 0; v < 4; v++) {
        cr_assert_eq(one(HN_MRG, 1600, MODEL_FAULT_NET_MRG_SPLIT, v, &b), 462);
        cr_assert_eq(hn.buf[0][b][10], 2u);
        const bool there =
            (uint16_t)(hn.rx[0].used[2] | hn.rx[0].used[3] << 8) != hn.rx[0].last_used;
        cr_assert_eq(there, v == 1 || v == 3, "variant %u", v);
        const uint64_t before = model_now_ns(h.board);
        const int id = hand_queue_wait(&hn.rx[0], &len);
        switch (v) {
        case 0:
            cr_assert_eq(len, 450u);
            cr_assert_geq(model_now_ns(h.board) - before, 30000u);
            break;
        case 1:
            cr_assert_eq(id, 32); /* the queue's size */
            break;
        case 2:
            cr_assert_eq(id, -1);
            break;
        default:
            cr_assert_eq(len, 450u);
            cr_assert_eq(memcmp(hn.buf[0][1], hn.tx_frame + 450, 450), 0);
            break;
        }
    }
    hand_close(&h);
}

Test(net_fault, wire_and_chains)
{
    struct model_net_stats s;
    int b;

    cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_RX_EMPTY, 0, &b), -1);
    model_net_stats(hn.net, &s);
    cr_assert_eq(s.rx_overrun, 1u);
    cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_RX_EMPTY, 1, &b), 76);
    for (unsigned v = 0; v < 2; v++) {
        cr_assert_eq(one(0, 1600, MODEL_FAULT_NET_TX_STUCK, v, &b), -1);
        cr_assert_eq(hn_send(0, 900), v == 0);
    }
    for (unsigned v = 0; v < 3; v++) {
        one(HN_STATUS, 1600, MODEL_FAULT_NET_LINK_FLAP, v, &b);
        cr_assert_eq(hand_cfg(&h, 6, 2), v != 2);
        cr_assert_eq(b >= 0, v == 0, "variant %u", v);
    }
    hand_close(&h);
}

Test(net_fault, control)
{
    static const struct {
        enum model_fault_id id;
        unsigned variant;
        uint8_t ack;
        bool done;
    } expected[] = {
        {MODEL_FAULT_NET_CTRL_NAK, 0, 1, false},
        {MODEL_FAULT_NET_CTRL_SILENT, 0, HN_ACK_NONE, false},
        {MODEL_FAULT_NET_CTRL_GARBAGE, 0, 2, true},
        {MODEL_FAULT_NET_CTRL_GARBAGE, 1, 0x80, true},
        {MODEL_FAULT_NET_CTRL_GARBAGE, 2, 0xff, true},
        {MODEL_FAULT_NET_CTRL_GARBAGE, 3, MODEL_MEM_POISON, false},
    };

    for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        board(2, HN_CTRL | HN_CTRL_RX, MODEL_SCHED_LAZY);
        hn_up(UINT32_MAX, 1, 1600);
        arm(expected[i].id, expected[i].variant, false);
        const uint8_t ack = hn_command(0, 0, "\1", 1);
        cr_assert_eq(ack, expected[i].ack, "%u: ack %#x", i, ack);
        cr_assert_eq(model_net_state(hn.net)->promisc, expected[i].done);
    }
    hand_close(&h);
}

Test(net_fault, config)
{
    static const uint16_t mtu[3] = {0, 67, 65535}, pairs[2] = {0, 32769};

    board(2, ALL, MODEL_SCHED_LAZY);
    hn_up(UINT32_MAX, 1, 1600);
    for (unsigned v = 0; v < 3; v++) {
        arm(MODEL_FAULT_NET_MTU, v, false);
        cr_assert_eq(hand_cfg(&h, 10, 2), mtu[v]);
        cr_assert_eq(hand_cfg(&h, 10, 2), 1500u);
        arm(MODEL_FAULT_NET_MAC_MULTICAST, v, false);
        const uint64_t first = hand_cfg(&h, 0, 1), second = hand_cfg(&h, 1, 1);
        cr_assert_eq(first, v == 0 ? 0x53u : v == 1 ? 0u : 0xffu);
        cr_assert_eq(second, v == 0 ? 0x54u : v == 1 ? 0u : 0xffu);
        cr_assert_eq(hand_cfg(&h, 0, 1), 0x52u);
    }
    for (unsigned v = 0; v < 2; v++) {
        arm(MODEL_FAULT_NET_PAIRS, v, false);
        cr_assert_eq(hand_cfg(&h, 8, 2), pairs[v]);
    }
    hand_close(&h);
}
