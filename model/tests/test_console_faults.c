/* SPDX-License-Identifier: Apache-2.0 */
/* The console device under a driver that does as it likes, and its faults. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "hand_console.h"

static struct hand hand;
static struct hand_console c = {.h = &hand};
static const struct model_board_config lazy = {.schedule = MODEL_SCHED_LAZY};

#define CLEAN() cr_assert_eq(model_violation_count(c.h->board), 0u, "%s", hand_breaches(c.h))

static void close_board(void)
{
    hand_close(c.h);
}

/* ---- a driver that does as it likes ---- */

static uint32_t dice_state;
static uint32_t dice(uint32_t n)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 8) % n;
}

static void wild_chain(void)
{
    static uint8_t memory[HC_QUEUES][HC_NUM][HC_BYTES];
    struct hand_queue *q = &c.q[dice(c.n_queues)];
    const unsigned n = 1 + dice(3) / 2, readable = dice(4) ? q->index % 2 * n : dice(n + 1);
    struct hand_part part[3];

    for (unsigned i = 0; i < n; i++) {
        uint8_t *p = memory[q->index][(q->next + i) % HC_NUM];
        if (q->desc[(q->next + i) % HC_NUM].part.len)
            return;
        for (unsigned k = 0; k < HC_BYTES; k++)
            p[k] = (uint8_t)(dice(3) ? 0 : dice(256));
        p[0] = (uint8_t)dice(6);
        p[4] = (uint8_t)(dice(2) ? 3 : dice(9));
        p[6] = (uint8_t)dice(3);
        part[i] = (struct hand_part){p, dice(3) ? 8 : 1 + dice(HC_BYTES), i >= readable};
    }
    hand_queue_put(q, part, n);
}

Test(console_faults, wild_driver_does_no_harm)
{
    struct model_console_stats stats;
    uint64_t told = 0, refused = 0;
    char buf[100];

    for (dice_state = 1; dice_state < 200; dice_state++) {
        const uint32_t seed = dice_state;
        const struct model_board_config bc = {.schedule = MODEL_SCHED_RANDOM, .seed = seed};
        struct model_console_config cfg = hc_three;
        cfg.dev.version = 1 + seed % 2;
        cfg.stream_bytes = 50;
        hc_board(&c, &bc, &cfg);
        hc_up(&c, HC_SIZE | HC_MULTIPORT);
        hc_say(&c, 0, 0, 1);
        for (unsigned n = 0; n < 60; n++) {
            const unsigned port = dice(6);
            wild_chain();
            if (dice(4) == 0)
                model_console_feed(c.con, port, buf, dice(100));
            if (dice(4) == 0)
                model_console_take(c.con, port, buf, dice(100));
            if (dice(8) == 0)
                model_console_set_open(c.con, port, dice(2) != 0);
            if (dice(16) == 0)
                model_console_remove_port(c.con, port);
            if (dice(8) == 0)
                model_console_add_port(c.con, port, "again", dice(2) != 0);
            for (unsigned i = 0; i < c.n_queues; i++)
                hand_queue_get(&c.q[i], NULL);
            model_delay(c.h->board, 20000);
        }
        model_console_stats(c.con, &stats);
        told += stats.control_received;
        refused += stats.control_refused;
        hc_down(&c);
        dice_state = seed;
    }
    close_board();
    cr_assert_gt(told, 300u);
    cr_assert_gt(refused, 100u);
}

/* ---- faults ---- */

/* A driver that checks ids and lengths; what it loses, it loses. */
static void story(unsigned version, enum model_schedule schedule, uint64_t features,
                  const struct model_fault_plan *plan)
{
    const struct model_board_config bc = {.schedule = schedule, .seed = plan->k};
    struct model_console_config cfg = hc_three;
    uint8_t buf[2][HC_BYTES] = {{0}}, in[HC_BYTES];
    uint32_t added = 0;

    cfg.dev.version = version;
    cfg.dev.features = features;
    if ((features & HC_MULTIPORT) == 0)
        cfg.ports = 0;
    hc_board(&c, &bc, &cfg);
    model_fault_arm(c.h->board, plan);
    hc_up(&c, features);
    const uint64_t agreed = c.h->features;
    if (agreed & HC_SIZE)
        hand_cfg(c.h, 0, 2);
    if (agreed & HC_MULTIPORT) {
        hand_cfg(c.h, 4, 4);
        hc_say(&c, 0, 0, 1);
        hc_answer(&c, 4, &added);
        hc_say(&c, 1, 6, 1);
    }
    for (unsigned port = 0; port < ((agreed & HC_MULTIPORT) ? 2u : 1u); port++) {
        hc_write(&c, port, buf[port], HC_BYTES);
        model_console_feed(c.con, port, "0123456789", 10);
        hc_read(&c, port, in);
    }
    if (agreed & HC_MULTIPORT)
        hc_answer(&c, 4, &added);
    hc_down(&c);
}

Test(console_faults, every_fault_strikes_and_harms_nobody)
{
    static const enum model_schedule sched[3] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                 MODEL_SCHED_RANDOM};
    unsigned silent = 0, blamed = 0, rows = 0;

    for (unsigned id = 1; id <= model_fault_count(); id++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)id);
        rows += row->area == MODEL_AREA_CON;
        for (unsigned v = 0; v < row->variants && row->area == MODEL_AREA_CON; v++) {
            unsigned strikes = 0;
            for (unsigned n = 0; n < 2 * 2 * 3 * 4; n++) {
                const struct model_fault_plan plan = {.id = (enum model_fault_id)id,
                                                      .variant = v,
                                                      .k = 1 + n / 12,
                                                      .persistent = (n & 1) != 0};
                const uint64_t f = HC_SIZE | (row->needs_features || n % 5 ? HC_MULTIPORT : 0);
                story(1 + (n >> 1 & 1), sched[n / 4 % 3], f, &plan);
                strikes += model_fault_strikes(c.h->board);
                if (model_violation_count(c.h->board)) {
                    fprintf(stderr, "%s variant %u k %u: %s\n", row->id, v, plan.k,
                            hand_breaches(c.h));
                    blamed++;
                }
            }
            if (strikes == 0) {
                fprintf(stderr, "%s variant %u never struck\n", row->id, v);
                silent++;
            }
        }
    }
    close_board();
    cr_assert_eq(rows, 17u, "%u", rows);
    cr_assert_eq(silent, 0u);
    cr_assert_eq(blamed, 0u);
}

/* What each of the data faults does. */
Test(console_faults, faults_in_the_streams)
{
    const struct model_console_config cfg = {.dev = {.version = 2}};
    struct model_fault_plan plan = {.id = MODEL_FAULT_CON_CORRUPT, .k = 1};
    uint8_t in[HC_BYTES], text[4] = "abcd";
    unsigned bits = 0;

    hc_board(&c, &lazy, &cfg);
    model_fault_arm(c.h->board, &plan);
    hc_up(&c, 0);
    model_console_feed(c.con, 0, text, 4);
    cr_assert_eq(hc_read(&c, 0, in), 4);
    for (unsigned i = 0; i < 32; i++)
        bits += (in[i / 8] ^ text[i / 8]) >> (i % 8) & 1;
    cr_assert_eq(bits, 1u);
    hc_down(&c);

    plan.id = MODEL_FAULT_CON_RX_LONG;
    hc_board(&c, &lazy, &cfg);
    model_fault_arm(c.h->board, &plan);
    hc_up(&c, 0);
    model_console_feed(c.con, 0, text, 4);
    cr_assert_eq(hc_read(&c, 0, in), (int)HC_BYTES + 1);
    cr_assert_eq(hc_read(&c, 0, in), 4);
    cr_assert_arr_eq(in, text, 4);
    hc_down(&c);

    plan.id = MODEL_FAULT_CON_TX_STUCK;
    for (plan.variant = 0; plan.variant < 2; plan.variant++) {
        hc_board(&c, &lazy, &cfg);
        model_fault_arm(c.h->board, &plan);
        hc_up(&c, 0);
        cr_assert_not(hc_write(&c, 0, text, 1));
        cr_assert_eq(hc_write(&c, 0, text + 1, 2), plan.variant == 1);
        cr_assert_eq(model_console_untaken(c.con, 0), plan.variant == 1 ? 2u : 0u);
        hc_down(&c);
    }
    CLEAN();
    close_board();
}

Test(console_faults, unplugged_while_written_to_comes_back_with_a_reset)
{
    struct model_fault_plan plan = {.id = MODEL_FAULT_CON_UNPLUG_WHILE_WRITING, .k = 1};
    uint8_t text[4] = "abcd";
    uint32_t added;

    for (plan.variant = 0; plan.variant < 3; plan.variant++) {
        hc_board(&c, &lazy, &hc_three);
        hc_three_up(&c, &added);
        hc_say(&c, 1, 6, 1);
        model_fault_arm(c.h->board, &plan);
        cr_assert_eq(hc_write(&c, 1, text, 4), plan.variant != 2);
        struct hand_message m = hc_hear(&c);
        cr_assert(m.len == 8 && m.id == 1 && m.event == 2, "got %d bytes, id %u event %u", m.len,
                  m.id, m.event);
        cr_assert_eq(model_console_feed(c.con, 1, text, 4), -ENODEV);
        hc_down(&c);
        CLEAN();
        cr_assert_eq(model_console_feed(c.con, 1, text, 4), 4);
        cr_assert_eq(model_console_untaken(c.con, 1), plan.variant == 0 ? 4u : 0u);
    }
    close_board();
}
