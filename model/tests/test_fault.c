/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every fault of the table that the device plays: it has an opportunity, it strikes at the k-th,
 * it does not harm the model, and what it causes is not blamed on a driver that goes on as told.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "hand.h"

static struct hand h;
static bool identified;
static uint8_t buf[4][2048];

static void generation(void)
{
    if (h.version == 2)
        hand_rd(&h, 0xfc);
}

/* Reads what a driver reads; stops where a driver would. */
static bool bring_up(uint64_t wanted)
{
    h.ring = NULL;
    identified =
        hand_rd(&h, 0) == 0x74726976u && hand_rd(&h, 4) == h.version && hand_rd(&h, 8) == 2;
    if (!identified || !hand_reset(&h))
        return false;
    hand_negotiate(&h, wanted);
    if (h.version == 1) {
        hand_wr(&h, 0x14, 1);
        hand_rd(&h, 0x10);
    }
    if (h.version == 2) {
        if ((h.offered & HF_VERSION_1) == 0 || (hand_rd(&h, 0x70) & 8) == 0)
            return false;
    }
    generation();
    hand_cfg(&h, 0, 4);
    hand_cfg(&h, 4, 4);
    generation();
    static const struct {
        uint8_t off, width, bit;
    } field[] = {{8, 4, 1},   {12, 4, 2},  {16, 2, 4},  {18, 1, 4},  {19, 1, 4},  {20, 4, 6},
                 {24, 1, 10}, {25, 1, 10}, {26, 2, 10}, {28, 4, 10}, {32, 1, 11}, {34, 2, 12},
                 {36, 4, 13}, {40, 4, 13}, {44, 4, 13}, {48, 4, 14}, {52, 4, 14}, {56, 1, 14},
                 {60, 4, 16}, {64, 4, 16}, {68, 4, 16}};
    for (unsigned i = 0; i < sizeof(field) / sizeof(field[0]); i++)
        if (h.offered >> field[i].bit & 1)
            hand_cfg(&h, field[i].off, field[i].width);
    hand_wr(&h, 0x30, 1);
    hand_rd(&h, 0x34);
    hand_wr(&h, 0x30, 0);
    if (hand_rd(&h, h.version == 2 ? 0x44 : 0x40) != 0)
        return false;
    const uint32_t max = hand_rd(&h, 0x34);
    if (max < 16)
        return false;
    h.num = 16;
    const uint32_t align = h.version == 1 ? 4096 : 4;
    h.avail_off = 16 * h.num;
    h.used_off = (h.avail_off + 6 + 2 * h.num + align - 1) & ~(align - 1);
    h.ring_bytes = h.used_off + 6 + 8 * h.num;
    h.ring = model_mem_alloc(h.board, h.ring_bytes, h.version == 1 ? 4096 : 16, &h.ring_gpa);
    if (!h.ring)
        return false;
    memset(h.ring, 0, h.ring_bytes);
    h.avail = h.ring + h.avail_off;
    h.used = h.ring + h.used_off;
    h.avail_idx = h.last_used = 0;
    if (h.version == 1 && h.ring_gpa / 4096 > UINT32_MAX)
        return false;
    hand_queue_program(&h);
    if (h.version == 2 && hand_rd(&h, 0x44) != 1)
        return false;
    hand_rd(&h, 0x70);
    hand_driver_ok(&h);
    return true;
}

static void submit(unsigned i, uint32_t type, uint64_t sector, uint32_t len, bool in)
{
    /* A driver has private memory too. */
    void *heap = model_heap_alloc(h.board, 32);

    if (heap)
        hand_submit(&h, i, type, sector, buf[i], len, in);
    model_heap_free(h.board, heap);
}

static void story(void)
{
    /* Everything that the device implements; of the blk bits 1, 2, 4, 6, 9-16. */
    const uint64_t wanted =
        UINT64_C(0x1fe56) | HB(24) | HB(27) | HF_INDIRECT | HF_EVENT_IDX | HF_VERSION_1 | HB(40);
    if (!bring_up(wanted)) {
        if (h.ring)
            hand_down(&h);
        else if (identified)
            hand_reset(&h);
        return;
    }
    for (unsigned round = 0; round < 3; round++) {
        submit(0, 1, 0, 1024, false);
        submit(1, 0, 8, 1024, true);
        submit(2, 0, 16, 1024, true);
        for (unsigned i = 0; i < 3; i++)
            if (h.req[i].busy && !h.req[i].done)
                hand_wait(&h, i, 20000000);
        if (model_device_status(h.dev) & 0x40)
            break;
        submit(3, round == 0 ? 8 : 4, 0, round == 0 ? 20 : 0, true);
        if (h.req[3].busy)
            hand_wait(&h, 3, 20000000);
        if (h.req[0].busy || h.req[1].busy || h.req[2].busy || h.req[3].busy)
            break;
    }
    hand_rd(&h, 0x70);
    if (h.board && model_fault_opportunities(h.board) == 0)
        submit(0, 0, 0, 512, true); /* left in the queue: something to reset away */
    if (h.req[0].busy)
        model_idle(h.board, model_now_ns(h.board) + 1);
    if (h.version == 2 && (h.features & HB(40))) {
        hand_wr(&h, 0xc0, 1);
        for (unsigned i = 0; i < 10 && hand_rd(&h, 0xc0) != 0; i++)
            ;
    } else if (h.version == 2) {
        hand_wr(&h, 0x44, 0);
        hand_rd(&h, 0x44);
    }
    hand_down(&h);
}

static void play(unsigned version, enum model_schedule schedule,
                 const struct model_fault_plan *plan)
{
    const struct model_board_config bc = {
        .schedule = schedule, .seed = plan->k + 10 * plan->variant, .deadline_ns = 1000000};
    struct model_blk_config cfg = {
        .dev = {.version = version,
                .features = ~UINT64_C(0) & ~HB(5) & ~HB(17) & ~HB(30) & ~HB(33) & ~HB(36)},
        .blk_size = 512,
        .seg_max = 16,
        .size_max = 65536,
        .num_queues = 2,
        .max_discard_seg = 1,
        .max_discard_sectors = 64,
        .id = "12345678901234567890",
    };

    /* Without EVENT_IDX and INDIRECT every other time. */
    if (plan->k & 1)
        cfg.dev.features &= ~(HF_EVENT_IDX | HF_INDIRECT | HB(40));
    if (plan->id == MODEL_FAULT_EVT_MOVE || plan->id == MODEL_FAULT_EVT_CHAINS ||
        plan->id == MODEL_FAULT_EVT_65536)
        cfg.dev.features |= HF_EVENT_IDX;
    if (plan->id == MODEL_FAULT_Q_RESET_STUCK)
        cfg.dev.features |= HB(40);
    if (plan->id == MODEL_FAULT_U_ID_NONHEAD && plan->variant == 2)
        cfg.dev.features |= HF_INDIRECT;
    hand_board_cfg(&h, &bc, &cfg);
    model_fault_arm(h.board, plan);
    story();
}

static bool harness_plays(const struct model_fault_row *row)
{
    return strncmp(row->effect, "Harness:", 8) == 0 && strcmp(row->id, "EVT-65536") != 0;
}

/* Breaches are the driver's own fault where this simple one makes no stand against the device. */
static bool simple_driver_breaks(enum model_fault_id id)
{
    switch (id) {
    case MODEL_FAULT_RESET_SLOW: /* gives memory back although the reset never ends */
    case MODEL_FAULT_STAT_STUCK:
    case MODEL_FAULT_Q_RESET_STUCK:
    case MODEL_FAULT_Q_ABSENT: /* believes the first look at QueueNumMax */
    case MODEL_FAULT_Q_SMALL:
    case MODEL_FAULT_FEAT_ALL_ONES: /* takes what it is offered */
    case MODEL_FAULT_FEAT_DEP:
    case MODEL_FAULT_U_ID_RANGE: /* believes ids and lengths */
    case MODEL_FAULT_U_ID_NONHEAD:
    case MODEL_FAULT_U_ID_DUP:
    case MODEL_FAULT_FOK_REJECT:
    case MODEL_FAULT_FOK_LATE_DROP:
    case MODEL_FAULT_Q_READY_STUCK:
    case MODEL_FAULT_CFG_TORN:
        return true;
    default:
        return false;
    }
}

Test(fault, every_row_strikes_and_harms_nobody, .timeout = 300)
{
    unsigned silent = 0, blamed = 0, runs = 0;

    for (unsigned id = 1; id <= model_fault_count(); id++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)id);
        if (row->area > MODEL_AREA_BLK) /* see the tests of these device types */
            continue;
        for (unsigned v = 0; v < row->variants && !harness_plays(row); v++) {
            unsigned strikes = 0;
            for (unsigned n = 0; n < 2 * 2 * 3 * 4; n++) {
                const struct model_fault_plan plan = {.id = (enum model_fault_id)id,
                                                      .variant = v,
                                                      .k = 1 + n / 12,
                                                      .persistent = (n & 1) != 0};
                const unsigned version = 1 + (n >> 1 & 1);
                static const enum model_schedule sched[3] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                             MODEL_SCHED_RANDOM};
                if ((row->transports >> (version - 1) & 1) == 0)
                    continue;
                play(version, sched[n / 4 % 3], &plan);
                runs++;
                strikes += model_fault_strikes(h.board);
                if (model_violation_count(h.board) &&
                    !simple_driver_breaks((enum model_fault_id)id)) {
                    fprintf(stderr, "%s variant %u k %u%s v%u sched %u: %s\n", row->id, v, plan.k,
                            plan.persistent ? " persistent" : "", version, n / 4 % 3,
                            hand_breaches(&h));
                    blamed++;
                }
            }
            if (strikes == 0) {
                fprintf(stderr, "%s variant %u never struck\n", row->id, v);
                silent++;
            }
        }
    }
    hand_close(&h);
    cr_assert_gt(runs, 3000u);
    cr_assert_eq(silent, 0u);
    cr_assert_eq(blamed, 0u);
}

Test(fault, strikes_at_k_and_counts)
{
    struct model_fault_plan plan = {.id = MODEL_FAULT_BLK_IOERR, .k = 3};

    play(2, MODEL_SCHED_SYNC, &plan);
    const uint32_t all = model_fault_opportunities(h.board);
    cr_assert_gt(all, 5u);
    cr_assert_eq(model_fault_strikes(h.board), 1u);
    plan.persistent = true;
    play(2, MODEL_SCHED_SYNC, &plan);
    cr_assert_eq(model_fault_strikes(h.board), model_fault_opportunities(h.board) - 2);
    plan.k = all + 1;
    play(2, MODEL_SCHED_SYNC, &plan);
    cr_assert_eq(model_fault_strikes(h.board), 0u);
    cr_assert_eq(model_fault_opportunities(h.board), all);
    hand_close(&h);
}
