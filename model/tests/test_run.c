/* SPDX-License-Identifier: Apache-2.0 */
/* A right driver on every schedule, transport and profile: data is right and no rule is broken. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "hand.h"

static struct hand h;

#define CLEAN() cr_assert_eq(model_violation_count(h.board), 0u, "%s", hand_breaches(&h))

/* Writes, reads back and flushes with three requests at a time. */
static void story(void)
{
    static uint8_t out[3][1024], in[3][1024];

    for (unsigned i = 0; i < 3; i++) {
        memset(out[i], (int)(0x11 * (i + 1)), sizeof(out[i]));
        hand_submit(&h, i, 1, 10 + 4 * i, out[i], sizeof(out[i]), false);
    }
    for (unsigned i = 0; i < 3; i++) {
        cr_assert(hand_wait(&h, i, 100000000), "%s", hand_breaches(&h));
        cr_assert_eq(h.req[i].result, 0);
    }
    for (unsigned i = 0; i < 3; i++)
        hand_submit(&h, i, 0, 10 + 4 * i, in[i], sizeof(in[i]), true);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert(hand_wait(&h, i, 100000000), "%s", hand_breaches(&h));
        cr_assert_eq(h.req[i].used_len, 1025u);
        cr_assert_arr_eq(in[i], out[i], sizeof(in[i]));
    }
    if (h.features & HB(9)) {
        hand_submit(&h, 0, 4, 0, NULL, 0, false);
        cr_assert(hand_wait(&h, 0, 100000000));
        cr_assert_eq(h.req[0].result, 0);
    }
}

static void one_run(unsigned version, enum model_schedule schedule, uint64_t seed,
                    uint64_t features, const struct model_device_config *dev)
{
    const struct model_board_config bc = {.seed = seed, .schedule = schedule};
    struct model_blk_config cfg = {.dev = *dev};

    cfg.dev.version = version;
    cfg.dev.features = features;
    hand_board_cfg(&h, &bc, &cfg);
    hand_up(&h, features, 16);
    CLEAN();
    story();
    hand_down(&h);
    CLEAN();
}

Test(run, every_schedule_and_feature_set)
{
    static const uint64_t features[] = {0, HF_EVENT_IDX, HF_INDIRECT | HB(9),
                                        HF_INDIRECT | HF_EVENT_IDX | HB(9) | HB(27)};
    static const struct model_device_config dev[] = {
        {.profile = MODEL_PROFILE_STRICT},
        {.profile = MODEL_PROFILE_QEMU},
        {.profile = MODEL_PROFILE_STRICT, .in_order = true, .reset_ns = 50000},
        {.profile = MODEL_PROFILE_STRICT, .polling = true},
        {.profile = MODEL_PROFILE_STRICT, .service_ns = 2000000},
    };
    unsigned runs = 0;

    for (unsigned v = 1; v <= 2; v++)
        for (unsigned s = MODEL_SCHED_SYNC; s <= MODEL_SCHED_ORDER; s++)
            for (unsigned f = 0; f < 4; f++)
                for (unsigned d = 0; d < sizeof(dev) / sizeof(dev[0]); d++)
                    for (uint64_t seed = 0; seed < (s == MODEL_SCHED_RANDOM ? 20 : 1); seed++) {
                        one_run(v, (enum model_schedule)s, seed, features[f], &dev[d]);
                        runs++;
                    }
    cr_assert_gt(runs, 800u);
    hand_close(&h);
}

Test(run, polling_driver_without_interrupts)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY};
    uint8_t buf[512];

    hand_board(&h, &bc, 2, 0);
    model_irq_connect(h.board, 0, false);
    h.irqs = false;
    hand_up(&h, 0, 8);
    h.avail[0] = 1; /* no interrupts wanted */
    hand_submit(&h, 0, 0, 3, buf, 512, true);
    cr_assert(hand_wait(&h, 0, 1000000));
    cr_assert_arr_eq(buf, h.image + 3 * 512, 512);
    cr_assert_eq(h.handler_runs, 0u);
    hand_down(&h);
    CLEAN();
    hand_close(&h);
}

static char traces[2][400000];
static size_t trace_len;

static void collect(void *ctx, const char *line)
{
    char *to = ctx;
    size_t n = strlen(line);

    if (trace_len + n + 2 < sizeof(traces[0])) {
        snprintf(to + trace_len, n + 2, "%s\n", line);
        trace_len += n + 1;
    }
}

Test(run, same_seed_same_trace)
{
    const struct model_device_config dev = {.profile = MODEL_PROFILE_STRICT};
    const struct model_board_config bc = {0};
    size_t len[2];

    hand_board(&h, &bc, 2, 0);
    for (unsigned i = 0; i < 2; i++) {
        trace_len = 0;
        model_trace_to(h.board, collect, traces[i]);
        one_run(2, MODEL_SCHED_RANDOM, 4711, HF_EVENT_IDX, &dev);
        len[i] = trace_len;
    }
    cr_assert_gt(len[0], 5000u);
    cr_assert_eq(len[0], len[1]);
    cr_assert_arr_eq(traces[0], traces[1], len[0]);
    trace_len = 0;
    model_trace_to(h.board, collect, traces[1]);
    one_run(2, MODEL_SCHED_RANDOM, 4712, HF_EVENT_IDX, &dev);
    cr_assert(trace_len != len[0] || memcmp(traces[0], traces[1], len[0]) != 0);
    hand_close(&h);
}

/* Completion order of 4 requests: 4! paths, each order once. */
Test(run, order_schedule_enumerates_permutations)
{
    struct model_choices c;
    const struct model_board_config bc = {.schedule = MODEL_SCHED_ORDER, .choices = &c};
    unsigned seen[256] = {0}, runs = 0;
    uint8_t buf[4][512];

    model_choices_begin(&c, 32);
    do {
        hand_board(&h, &bc, 2, 0);
        hand_up(&h, 0, 16);
        for (unsigned i = 0; i < 4; i++)
            hand_submit(&h, i, 0, i, buf[i], 512, true);
        for (unsigned i = 0; i < 4; i++)
            cr_assert(hand_wait(&h, i, 10000000));
        unsigned code = 0;
        for (unsigned i = 0; i < 4; i++)
            code |= h.req[i].order << (2 * i);
        seen[code]++;
        runs++;
        hand_down(&h);
        CLEAN();
    } while (model_choices_next(&c));
    cr_assert_eq(runs, 24u);
    for (unsigned i = 0; i < 256; i++)
        cr_assert_leq(seen[i], 1u);
    hand_close(&h);
}

Test(run, exhaustive_single_request)
{
    struct model_choices c;
    const struct model_board_config bc = {.schedule = MODEL_SCHED_EXHAUSTIVE, .choices = &c};
    unsigned runs = 0;
    uint8_t buf[512];

    for (unsigned event = 0; event < 2; event++) {
        model_choices_begin(&c, 8);
        do {
            hand_board(&h, &bc, 2, HF_EVENT_IDX);
            hand_up(&h, event ? HF_EVENT_IDX : 0, 8);
            memset(buf, 0, sizeof(buf));
            hand_submit(&h, 0, 0, 1, buf, 512, true);
            cr_assert(hand_wait(&h, 0, 10000000), "%s", hand_breaches(&h));
            cr_assert_arr_eq(buf, h.image + 512, 512);
            hand_down(&h);
            CLEAN();
            runs++;
        } while (model_choices_next(&c) && runs < 100000);
    }
    cr_assert_gt(runs, 20u, "%u runs", runs);
    cr_assert_lt(runs, 100000u);
    hand_close(&h);
}

Test(run, sixteen_bit_wrap)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_SYNC, .step_limit = 100000000};

    for (unsigned event = 0; event < 2; event++) {
        hand_board(&h, &bc, 2, HF_EVENT_IDX | HB(9));
        hand_up(&h, HB(9) | (event ? HF_EVENT_IDX : 0), 4);
        for (unsigned n = 0; n < 66000; n++) {
            hand_submit(&h, 0, 4, 0, NULL, 0, false);
            cr_assert(hand_wait(&h, 0, 1000000), "at %u: %s", n, hand_breaches(&h));
        }
        hand_down(&h);
        CLEAN();
    }
    hand_close(&h);
}

Test(run, needs_reset_pause_and_capacity)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY};
    uint8_t buf[512];

    hand_board(&h, &bc, 2, 0);
    hand_up(&h, 0, 8);
    model_blk_set_capacity(h.blk, 100);
    hand_rd(&h, 0xfc);
    cr_assert_eq(hand_cfg(&h, 0, 4), 100u);
    cr_assert_eq(hand_cfg(&h, 4, 4), 0u);
    hand_rd(&h, 0xfc);
    model_device_pause(h.dev, true);
    hand_submit(&h, 0, 0, 1, buf, 512, true);
    cr_assert_not(hand_wait(&h, 0, 1000000));
    model_device_pause(h.dev, false);
    cr_assert(hand_wait(&h, 0, 1000000));
    model_device_need_reset(h.dev);
    cr_assert_eq(model_device_status(h.dev), 0x4fu);
    cr_assert_not(model_device_live(h.dev));
    hand_down(&h);
    CLEAN();
    hand_close(&h);
}

Test(run, runaway_limits)
{
    const struct model_board_config bc = {.step_limit = 50};

    hand_board(&h, &bc, 2, 0);
    for (unsigned i = 0; i < 60; i++)
        hand_rd(&h, 0);
    cr_assert_eq(hand_rd(&h, 0), 0xffffffffu);
    cr_assert_not(model_idle(h.board, 1000000));
    cr_assert_eq(model_now_ns(h.board), 1000000u);
    hand_close(&h);
}

Test(run, bad_arguments)
{
    struct model_board *b;
    uint8_t image[512];
    struct model_blk_config cfg = {.dev = {.version = 2}, .ram = image, .capacity_sectors = 1};
    struct model_board_config bc = {.mem_size = 4097};

    cr_assert_eq(model_board_create(&b, &bc), -EINVAL);
    bc.mem_size = 0;
    cr_assert_eq(model_board_create(&b, &bc), 0);
    bc.mem_base = 4096;
    cr_assert_eq(model_board_reset(b, &bc), -EINVAL);
    cfg.dev.version = 3;
    cr_assert_eq(model_blk_add(b, 0, &cfg, NULL), -EINVAL);
    cfg.dev.version = 2;
    cfg.dev.queue_num_max = 0x8001;
    cr_assert_eq(model_blk_add(b, 0, &cfg, NULL), -EINVAL);
    cfg.dev.queue_num_max = 0;
    cr_assert_eq(model_blk_add(b, 16, &cfg, NULL), -EINVAL);
    cr_assert_eq(model_blk_add(b, 0, &cfg, NULL), 0);
    cr_assert_eq(model_blk_add(b, 0, &cfg, NULL), -EINVAL);
    cfg.ram = NULL;
    cr_assert_eq(model_blk_add(b, 1, &cfg, NULL), -EINVAL);
    cfg.path = "/nonexistent/image";
    cr_assert_eq(model_blk_add(b, 1, &cfg, NULL), -ENOENT);
    model_board_destroy(b);
}
