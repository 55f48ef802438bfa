/* SPDX-License-Identifier: Apache-2.0 */
/* The faults of the GPU model: each strikes, shows in what comes of the commands, harms nobody. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "hand_gpu.h"

#define OK   0x1100u
#define SIDE HG_SIDE

static struct hand h;
static struct hand_gpu g;

static bool shown(const uint8_t *p, uint32_t i)
{
    const uint8_t *want = g.backing + 4 * (size_t)i, *got = p + 4 * (size_t)i;

    return got[0] == want[2] && got[1] == want[1] && got[2] == want[0] && got[3] == 255;
}

/* What a driver sends in its life; it goes on whatever the answers are, keeps its memory until the
 * reset, and gives up where nothing comes back. True: all was answered as it should be. */
static bool story(void)
{
    const uint8_t *p;
    uint32_t w, height;
    unsigned bad = 0;

    bad += hand_cfg(&h, 8, 4) != 1 || hand_cfg(&h, 0, 4) != 0;
    bad += hg_display_info(&g) != 0x1101 || g.used != 408 || hg_word(&g, 32) != 640 ||
           hg_word(&g, 36) != 480 || hg_word(&g, 40) != 1 || hg_word(&g, 64) != 0;
    bad += hg_edid(&g, 0) != 0x1104 || g.used != 1056 || hg_word(&g, 24) != 128 ||
           hg_word(&g, 32) != 0xffffff00 || g.answer[32 + 54] != 110 || g.answer[32 + 126] != 0;
    g.flags = 1;
    for (uint32_t id = 1; id <= 2; id++) {
        bad += hg_make(&g, id) != OK || g.used != 24 || hg_word(&g, 4) != 1 ||
               hg_word(&g, 8) != (uint32_t)g.fence_id || hg_word(&g, 12) != 0;
        bad += hg_scanout(&g, 0, id, 0, 0, SIDE, SIDE) != OK;
        bad += hg_transfer(&g, id, 0, 0, SIDE, SIDE, 0) != OK;
        bad += hg_flush(&g, id, 0, 0, SIDE, SIDE) != OK;
    }
    if (!model_gpu_scanout(g.gpu, 0, &p, &w, &height))
        bad++;
    else
        for (uint32_t i = 0; i < SIDE * SIDE; i++)
            bad += !shown(p, i);
    bad += hg_cursor(&g, 0x300, 2, 1, 1) != OK;
    bad += hg_cursor(&g, 0x301, 0, 2, 2) != OK;
    bad += hand_cfg(&h, 0, 4) != 0;
    return bad == 0;
}

/* True: something was not as it should be. */
static bool play(unsigned version, enum model_schedule schedule,
                 const struct model_fault_plan *plan)
{
    const struct model_board_config bc = {
        .schedule = schedule, .seed = plan->k + 10 * plan->variant, .deadline_ns = 1000};
    const struct model_gpu_config cfg = {.dev = {.version = version, .features = HG_EDID}};

    hg_up(&g, &h, &bc, &cfg, HG_EDID);
    model_fault_arm(h.board, plan);
    const bool right = story();
    hg_down(&g);
    return !right;
}

Test(gpu_faults, each_strikes_shows_and_harms_nobody, .timeout = 300)
{
    static const enum model_schedule sched[3] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                 MODEL_SCHED_RANDOM};
    unsigned wrong = 0, rows = 0;

    for (unsigned id = 1; id <= model_fault_count(); id++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)id);
        if (row->area != MODEL_AREA_GPU)
            continue;
        rows++;
        for (unsigned v = 0; v < row->variants; v++) {
            unsigned strikes = 0, seen = 0;
            for (unsigned n = 0; n < 2 * 2 * 3 * 8; n++) {
                const struct model_fault_plan plan = {.id = (enum model_fault_id)id,
                                                      .variant = v,
                                                      .k = 1 + n / 12,
                                                      .persistent = (n & 1) != 0};
                const bool unlike = play(1 + (n >> 1 & 1), sched[n / 4 % 3], &plan);
                const unsigned struck = model_fault_strikes(h.board);
                strikes += struck;
                seen += unlike;
                if (model_violation_count(h.board) || (unlike && !struck)) {
                    fprintf(stderr, "%s variant %u k %u%s: %s\n", row->id, v, plan.k,
                            unlike && !struck ? " shown without a strike" : "", hand_breaches(&h));
                    wrong++;
                }
            }
            /* Being late is seen below. */
            if (strikes == 0 || (seen == 0 && id != MODEL_FAULT_GPU_TIMEOUT)) {
                fprintf(stderr, "%s variant %u: %u strikes, shown in %u runs\n", row->id, v,
                        strikes, seen);
                wrong++;
            }
        }
    }
    hand_close(&h);
    cr_assert_eq(rows, 12u);
    cr_assert_eq(wrong, 0u);
}

Test(gpu_faults, without_a_fault_the_story_is_right)
{
    const struct model_fault_plan none = {.id = MODEL_FAULT_NONE};

    for (unsigned v = 1; v <= 2; v++) {
        cr_assert_not(play(v, MODEL_SCHED_LAZY, &none));
        cr_assert_eq(model_violation_count(h.board), 0u, "%s", hand_breaches(&h));
    }
    hand_close(&h);
}

Test(gpu_faults, a_late_answer_comes_after_the_deadline)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_SYNC, .deadline_ns = 50000};
    const struct model_gpu_config cfg = {.dev = {.version = 2}};
    static const uint64_t after[2] = {55000, 500000};

    for (unsigned v = 0; v < 2; v++) {
        const struct model_fault_plan plan = {.id = MODEL_FAULT_GPU_TIMEOUT, .variant = v, .k = 2};
        hg_up(&g, &h, &bc, &cfg, 0);
        model_fault_arm(h.board, &plan);
        uint64_t start = model_now_ns(h.board);
        cr_assert_eq(hg_display_info(&g), 0x1101u);
        cr_assert_lt(model_now_ns(h.board) - start, after[0]);
        start = model_now_ns(h.board);
        cr_assert_eq(hg_display_info(&g), 0x1101u);
        const uint64_t took = model_now_ns(h.board) - start;
        cr_assert(took >= after[v] && took < after[v] + 5000, "variant %u: %llu ns", v,
                  (unsigned long long)took);
        hg_down(&g);
        cr_assert_eq(model_violation_count(h.board), 0u, "%s", hand_breaches(&h));
    }
    hand_close(&h);
}
