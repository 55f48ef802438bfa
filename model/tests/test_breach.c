/* SPDX-License-Identifier: Apache-2.0 */
/* Plays every breach: the rule is reported, and nothing else unless it follows from it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "breach.h"

static struct hand h;

static const struct breach_set *const other_types[] = {&breach_console_set, &breach_gpu_set,
                                                       &breach_input_set,   &breach_net_set,
                                                       &breach_net_mtu_set, &breach_net_ctrl_set};
#define N_OTHER_TYPES (sizeof(other_types) / sizeof(other_types[0]))

static void start(struct hand *hand, const struct breach_case *c)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY};
    const struct model_blk_config cfg = {
        .dev = {.version = c->version, .features = c->offered},
        .size_max = 2048,
        .num_queues = 2,
        .max_discard_sectors = 8,
        .max_discard_seg = 2,
        .max_write_zeroes_sectors = 8,
        .max_write_zeroes_seg = 2,
        .max_secure_erase_sectors = 8,
        .max_secure_erase_seg = 2,
        .zoned_model = 2,
    };

    hand_board_cfg(hand, &bc, &cfg);
    if (c->start >= START_ID) {
        hand_identify(hand);
        hand_reset(hand);
    }
    if (c->start >= START_FEAT)
        hand_negotiate(hand, c->wanted);
    if (c->start >= START_MEM)
        hand_queue_memory(hand, 16);
    if (c->start >= START_LIVE) {
        hand_queue_program(hand);
        hand_driver_ok(hand);
    }
}

static void play_from(const struct breach_case *table, size_t n,
                      void (*begin)(struct hand *h, const struct breach_case *c))
{
    unsigned failed = 0;

    for (size_t i = 0; i < n; i++) {
        const struct breach_case *c = &table[i];
        begin(&h, c);
        const unsigned before = c->others ? 0 : model_violation_count(h.board);
        c->act(&h);
        const bool ok =
            before == 0 && (c->others ? hand_breached(&h, c->rule) : hand_only(&h, c->rule));
        if (!ok) {
            failed++;
            fprintf(stderr, "case %zu: expected %s, got %s\n", i, c->rule, hand_breaches(&h));
        }
    }
    hand_close(&h);
    cr_assert_eq(failed, 0u);
}

static void play(const struct breach_case *table, size_t n)
{
    play_from(table, n, start);
}

Test(breach, registers)
{
    play(breach_register, breach_register_count);
}

Test(breach, queues)
{
    play(breach_queue, breach_queue_count);
}

Test(breach, block_requests)
{
    play(breach_blk, breach_blk_count);
}

Test(breach, memory)
{
    play(breach_memory, breach_memory_count);
}

Test(breach, other_device_types)
{
    for (size_t i = 0; i < N_OTHER_TYPES; i++)
        play_from(other_types[i]->table, other_types[i]->n, other_types[i]->start);
}

Test(breach, placeholder)
{
    const struct model_board_config bc = {0};

    hand_board(&h, &bc, 2, 0);
    cr_assert_eq(model_placeholder_add(h.board, 3, 1), 0);
    h.slot = 3;
    cr_assert_eq(hand_rd(&h, 0), 0x74726976u);
    cr_assert_eq(hand_rd(&h, 4), 1u);
    cr_assert_eq(hand_rd(&h, 8), 0u);
    cr_assert_eq(model_violation_count(h.board), 0u);
    hand_rd(&h, 0xc);
    cr_assert(hand_only(&h, "DRV-MMIO-033"));
    hand_wr(&h, 0x70, 0);
    cr_assert_eq(model_violation_count(h.board), 2u);
    hand_close(&h);
}

/* ---- every rule that the book calls checked has a case above ---- */

static bool has_case(const char *rule)
{
    const struct {
        const struct breach_case *table;
        size_t n;
    } all[] = {{breach_register, breach_register_count},
               {breach_queue, breach_queue_count},
               {breach_blk, breach_blk_count},
               {breach_memory, breach_memory_count}};

    for (unsigned t = 0; t < 4; t++)
        for (size_t i = 0; i < all[t].n; i++)
            if (strcmp(all[t].table[i].rule, rule) == 0)
                return true;
    for (size_t t = 0; t < N_OTHER_TYPES; t++)
        for (size_t i = 0; i < other_types[t]->n; i++)
            if (strcmp(other_types[t]->table[i].rule, rule) == 0)
                return true;
    return false;
}

Test(breach, every_checked_rule_has_been_seen_to_break)
{
    unsigned missing = 0;

    for (size_t i = 0; i < model_rule_count(); i++) {
        const struct model_rule *r = model_rule_at(i);
        const char *id = strncmp(r->note, "reported as ", 12) == 0 ? r->note + 12 : r->id;
        if (r->kind == MODEL_RULE_CHECKED && !has_case(id)) {
            fprintf(stderr, "no case for %s: %s\n", r->id, r->text);
            missing++;
        }
        if (r->kind != MODEL_RULE_CHECKED && r->kind != MODEL_RULE_UNUSED && has_case(r->id)) {
            fprintf(stderr, "%s has a case and is not called checked\n", r->id);
            missing++;
        }
    }
    cr_assert_eq(missing, 0u);
}
