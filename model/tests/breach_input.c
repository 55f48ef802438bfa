/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches of the duties concerning the input device. */
#include "breach.h"

#include <criterion/criterion.h>

#include "hand_queue.h"
#include "virtio_model/model_input.h"

#define B(name) static void name(struct hand *h)
#define Q(name) static void name(__attribute__((unused)) struct hand *h) /* on a queue */

static struct hand_queue eventq, statusq;
static uint8_t buf[16];

static void start_input(struct hand *h, const struct breach_case *c)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY};
    const struct model_input_config cfg = {.dev = {.version = c->version},
                                           .kind = MODEL_INPUT_TABLET};
    struct model_input *in;

    hand_board_bare(h, &bc);
    cr_assert_eq(model_input_add(h->board, h->slot, &cfg, &in), 0);
    hand_attach(h, model_input_device(in), 18, c->version);
    hand_identify(h);
    hand_reset(h);
    hand_negotiate(h, 0);
    if (c->start < START_LIVE)
        return;
    hand_queue_open(h, &eventq, 0, 8);
    hand_queue_open(h, &statusq, 1, 8);
    hand_driver_ok(h);
}

static void write_byte(struct hand *h, uint32_t off, uint8_t val)
{
    model_mmio_write(h->board, model_window_base(h->slot) + 0x100 + off, 1, val);
}

static void put(struct hand_queue *q, uint32_t len, bool writable)
{
    const struct hand_part part = {buf, len, writable};

    hand_queue_put(q, &part, 1);
    hand_queue_wait(q, NULL);
}

B(no_select)
{
    hand_cfg(h, 2, 1);
}
B(select_only)
{
    write_byte(h, 0, 1);
    hand_cfg(h, 2, 1);
}
B(subsel_of_the_query_before)
{
    write_byte(h, 0, 0x12);
    write_byte(h, 1, 0);
    hand_cfg(h, 2, 1);
    write_byte(h, 1, 1); /* the next axis, without select */
    hand_cfg(h, 2, 1);
}
B(write_size)
{
    write_byte(h, 2, 8);
}
B(write_union)
{
    write_byte(h, 8, 8);
}
B(no_size)
{
    write_byte(h, 0, 1);
    write_byte(h, 1, 0);
    hand_cfg(h, 8, 1);
}
B(size_0)
{
    write_byte(h, 0, 2); /* there is no serial */
    write_byte(h, 1, 0);
    hand_cfg(h, 2, 1);
    hand_cfg(h, 8, 1);
}
B(odd_width)
{
    write_byte(h, 0, 0x12);
    write_byte(h, 1, 0);
    hand_cfg(h, 2, 1);
    hand_cfg(h, 10, 4);
}
Q(readable_event)
{
    put(&eventq, 8, false);
}
Q(short_event)
{
    put(&eventq, 7, true);
}
Q(short_status)
{
    put(&statusq, 7, false);
}
Q(writable_status)
{
    put(&statusq, 8, true);
}

static const struct breach_case breach_input[] = {
    {"DRV-INPUT-001", 2, START_FEAT, 0, 0, no_select, false},
    {"DRV-INPUT-001", 1, START_FEAT, 0, 0, select_only, false},
    {"DRV-INPUT-001", 2, START_FEAT, 0, 0, select_only, false},
    {"DRV-INPUT-001", 2, START_FEAT, 0, 0, subsel_of_the_query_before, false},
    {"DRV-MMIO-002", 2, START_FEAT, 0, 0, write_size, false},
    {"DRV-MMIO-002", 1, START_FEAT, 0, 0, write_union, false},
    {"DRV-INPUT-003", 2, START_FEAT, 0, 0, no_size, false},
    {"DRV-INPUT-003", 2, START_FEAT, 0, 0, size_0, false},
    {"DRV-MMIO-005", 2, START_FEAT, 0, 0, odd_width, false},
    {"DRV-INPUT-006", 2, START_LIVE, 0, 0, readable_event, false},
    {"DRV-INPUT-007", 1, START_LIVE, 0, 0, short_event, false},
    {"DRV-INPUT-007", 2, START_LIVE, 0, 0, short_event, false},
    {"DRV-INPUT-008", 2, START_LIVE, 0, 0, short_status, false},
    {"DRV-INPUT-008", 2, START_LIVE, 0, 0, writable_status, false},
};

const struct breach_set breach_input_set = {
    breach_input, sizeof(breach_input) / sizeof(breach_input[0]), start_input};
