/* SPDX-License-Identifier: Apache-2.0 */
/* The input device model by hand: capabilities, events, status, and every fault of its area. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "hand_queue.h"
#include "virtio_model/model_input.h"

#define EVENTS 16u /* entries of each queue */

static struct hand h;
static struct model_input *in;
static struct hand_queue eventq, statusq;
static uint8_t event[EVENTS][8], status[EVENTS][8];

static void start(unsigned version, const struct model_input_config *cfg)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY};

    hand_board_bare(&h, &bc);
    cr_assert_eq(model_input_add(h.board, h.slot, cfg, &in), 0);
    hand_attach(&h, model_input_device(in), 18, version);
}

static void bring_up(void)
{
    hand_identify(&h);
    hand_reset(&h);
    hand_negotiate(&h, HF_EVENT_IDX);
    hand_queue_open(&h, &eventq, 0, EVENTS);
    hand_queue_open(&h, &statusq, 1, EVENTS);
    hand_driver_ok(&h);
}

static void up(unsigned version, enum model_input_kind kind, unsigned backlog)
{
    const struct model_input_config cfg = {
        .dev = {.version = version}, .kind = kind, .serial = "7", .backlog = backlog};

    start(version, &cfg);
    bring_up();
}

static void down(void)
{
    hand_reset(&h);
    hand_queue_close(&eventq);
    hand_queue_close(&statusq);
    model_board_finish(h.board);
    cr_assert_eq(model_violation_count(h.board), 0u, "expected no breach, got %s",
                 hand_breaches(&h));
}

static void write_byte(uint32_t off, uint8_t val)
{
    model_mmio_write(h.board, model_window_base(h.slot) + 0x100 + off, 1, val);
}

/* Asks; the answer's bytes in u, its size. */
static unsigned query(uint8_t select, uint8_t subsel, uint8_t u[128])
{
    write_byte(0, select);
    write_byte(1, subsel);
    const unsigned size = (unsigned)hand_cfg(&h, 2, 1);
    for (unsigned i = 0; i < size && i < 128; i++)
        u[i] = (uint8_t)hand_cfg(&h, 8 + i, 1);
    return size;
}

static bool bit(const uint8_t *u, unsigned size, unsigned n)
{
    return n / 8 < size && (u[n / 8] >> (n % 8) & 1) != 0;
}

static void stock(void)
{
    for (unsigned i = 0; i < EVENTS; i++) {
        const struct hand_part part = {event[i], 8, true};
        hand_queue_put(&eventq, &part, 1);
    }
}

static void expect_event(unsigned type, unsigned code, uint32_t value)
{
    uint32_t len = 0, got = 0;
    const int head = hand_queue_wait(&eventq, &len);

    cr_assert_geq(head, 0, "expected event %#x %#x, got none", type, code);
    const uint8_t *e = event[head];
    memcpy(&got, e + 4, 4);
    cr_assert(len == 8 && e[0] == type && e[1] == 0 && (e[2] | e[3] << 8) == (int)code &&
                  got == value,
              "expected %#x %#x %#x in 8 bytes, got %#x %#x %#x in %u", type, code, value, e[0],
              e[2] | e[3] << 8, got, len);
}

/* Sends a status event; whether it was completed. */
static bool send_status(unsigned type, unsigned code, uint32_t value)
{
    uint8_t *s = status[statusq.next];
    const uint8_t bytes[8] = {
        (uint8_t)type, 0, (uint8_t)code, 0, (uint8_t)value, (uint8_t)(value >> 8), 0, 0};
    const struct hand_part part = {s, 8, false};
    uint32_t len;

    memcpy(s, bytes, 8);
    hand_queue_put(&statusq, &part, 1);
    return hand_queue_wait(&statusq, &len) >= 0;
}

/* ---- capabilities ---- */

Test(input, says_who_it_is)
{
    uint8_t u[128];

    for (unsigned version = 1; version <= 2; version++) {
        up(version, MODEL_INPUT_KEYBOARD, 0);
        cr_assert_eq(query(1, 0, u), 14u);
        cr_assert_eq(memcmp(u, "model keyboard", 14), 0, "got %.14s", (const char *)u);
        cr_assert_eq(query(1, 1, u), 0u, "a name has no subsel");
        cr_assert_eq(query(2, 0, u), 1u);
        cr_assert_eq(u[0], (uint8_t)'7');
        cr_assert_eq(query(3, 0, u), 8u);
        cr_assert_eq(u[0], 6u, "expected a virtual bus, got %u", u[0]);
        cr_assert_eq(query(0, 0, u), 0u);
        cr_assert_eq(query(0x13, 0, u), 0u);
        down();
    }
    hand_close(&h);
}

Test(input, names_have_no_terminator_at_128)
{
    char name[140];
    uint8_t u[128];

    memset(name, 'n', sizeof(name));
    name[139] = '\0';
    const struct model_input_config cfg = {.dev = {.version = 2}, .name = name};
    start(2, &cfg);
    bring_up();
    cr_assert_eq(query(1, 0, u), 128u);
    cr_assert_eq(u[127], (uint8_t)'n');
    cr_assert_eq(query(2, 0, u), 0u, "expected no serial");
    down();
    hand_close(&h);
}

Test(input, every_kind_has_its_codes)
{
    uint8_t u[128];
    unsigned n;

    up(2, MODEL_INPUT_KEYBOARD, 0);
    n = query(0x11, 1, u);
    for (unsigned code = 0; code < 160; code++)
        cr_assert_eq(bit(u, n, code), code >= 1 && code <= 127, "key %u", code);
    cr_assert_eq(query(0x11, 0x11, u), 1u);
    cr_assert_eq(u[0], 7u, "expected three LEDs, got %#x", u[0]);
    cr_assert_eq(query(0x11, 0x14, u), 1u);
    cr_assert_eq(u[0], 3u, "expected delay and period, got %#x", u[0]);
    cr_assert_eq(query(0x11, 2, u), 0u);
    cr_assert_eq(query(0x10, 0, u), 0u);
    down();

    up(2, MODEL_INPUT_MOUSE, 0);
    n = query(0x11, 1, u);
    cr_assert(n == 35 && u[34] == 7, "expected buttons 0x110-0x112, got %u bytes, %#x", n, u[34]);
    n = query(0x11, 2, u);
    cr_assert(n == 2 && u[0] == 3 && u[1] == 1, "expected x, y, wheel, got %#x %#x", u[0], u[1]);
    down();

    up(2, MODEL_INPUT_TABLET, 0);
    cr_assert_eq(query(0x12, 1, u), 20u);
    cr_assert(u[0] == 0 && u[4] == 0xff && u[5] == 0x7f && u[6] == 0 && u[16] == 100);
    cr_assert_eq(query(0x12, 2, u), 0u, "expected no third axis");
    down();

    up(2, MODEL_INPUT_TOUCH, 0);
    n = query(0x11, 3, u);
    for (unsigned code = 0; code < 72; code++)
        cr_assert_eq(bit(u, n, code), code == 0x2f || code == 0x35 || code == 0x36 || code == 0x39,
                     "axis %#x", code);
    cr_assert_eq(query(0x10, 0, u), 1u);
    cr_assert_eq(u[0], 2u, "expected INPUT_PROP_DIRECT, got %#x", u[0]);
    cr_assert_eq(query(0x12, 0x2f, u), 20u);
    cr_assert_eq(u[4], 9u, "expected 10 slots, got %u", u[4] + 1u);
    down();
    hand_close(&h);
}

Test(input, union_is_read_in_bytes_or_whole_words)
{
    up(2, MODEL_INPUT_TABLET, 0);
    write_byte(1, 0);
    write_byte(0, 0x12);
    cr_assert_eq(hand_cfg(&h, 2, 1), 20u);
    cr_assert_eq(hand_cfg(&h, 12, 4), 32767u);
    cr_assert_eq(hand_cfg(&h, 13, 1), 0x7fu);
    down();
    hand_close(&h);
}

/* ---- events and status ---- */

Test(input, events_come_in_order)
{
    for (unsigned version = 1; version <= 2; version++) {
        up(version, MODEL_INPUT_KEYBOARD, 0);
        stock();
        cr_assert(model_input_push(in, 1, 30, 1));
        cr_assert(model_input_push(in, 0, 0, 0));
        cr_assert_eq(model_input_backlog(in), 2u);
        expect_event(1, 30, 1);
        expect_event(0, 0, 0);
        cr_assert_eq(model_input_backlog(in), 0u);
        cr_assert_eq(hand_queue_wait(&eventq, NULL), -1, "expected no third event");
        down();
    }
    hand_close(&h);
}

Test(input, full_backlog_loses_whole_reports)
{
    struct model_input_stats st;

    up(2, MODEL_INPUT_KEYBOARD, 4);
    cr_assert(model_input_push(in, 1, 1, 1));
    cr_assert(model_input_push(in, 1, 2, 1));
    cr_assert(model_input_push(in, 1, 3, 1));
    cr_assert_not(model_input_push(in, 1, 4, 1), "the last place is for the end");
    cr_assert_not(model_input_push(in, 1, 5, 1));
    cr_assert(model_input_push(in, 0, 0, 0));
    cr_assert_not(model_input_push(in, 1, 6, 1));
    cr_assert_not(model_input_push(in, 0, 0, 0), "nothing of this report was kept");
    cr_assert_eq(model_input_backlog(in), 4u);
    stock();
    expect_event(1, 1, 1);
    expect_event(1, 2, 1);
    expect_event(1, 3, 1);
    expect_event(0, 0, 0);
    cr_assert(model_input_push(in, 1, 7, 0), "expected room again");
    expect_event(1, 7, 0);
    model_input_stats(in, &st);
    cr_assert(st.pushed == 9 && st.dropped == 4 && st.delivered == 5,
              "expected 9 pushed, 4 dropped, 5 delivered, got %llu, %llu, %llu",
              (unsigned long long)st.pushed, (unsigned long long)st.dropped,
              (unsigned long long)st.delivered);
    down();
    hand_close(&h);
}

Test(input, random_stream_is_that_of_its_seed)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        uint8_t first[EVENTS][8];
        for (unsigned pass = 0; pass < 3; pass++) {
            up(2, (enum model_input_kind)kind, 0);
            stock();
            cr_assert_eq(model_input_push_random(in, pass / 2 + 5, EVENTS), EVENTS);
            for (unsigned i = 0; i < EVENTS; i++)
                cr_assert_geq(hand_queue_wait(&eventq, NULL), 0, "event %u of %u", i, EVENTS);
            cr_assert(event[EVENTS - 1][0] == 0, "expected SYN_REPORT at the end");
            if (pass == 0)
                memcpy(first, event, sizeof(first));
            cr_assert_eq(memcmp(first, event, sizeof(first)) == 0, pass < 2, "kind %u pass %u",
                         kind, pass);
            down();
        }
    }
    hand_close(&h);
}

Test(input, status_sets_leds_and_repeat)
{
    struct model_input_stats st;

    up(2, MODEL_INPUT_KEYBOARD, 0);
    cr_assert(send_status(0x11, 1, 1));
    cr_assert(model_input_led(in, 1));
    cr_assert_not(model_input_led(in, 0));
    cr_assert(send_status(0x11, 1, 0));
    cr_assert_not(model_input_led(in, 1));
    cr_assert(send_status(0x14, 0, 250));
    cr_assert_eq(model_input_repeat(in, 0), 250u);
    model_input_hold_status(in, true);
    cr_assert_not(send_status(0x11, 2, 1), "expected it to wait");
    cr_assert_not(model_input_led(in, 2));
    model_input_hold_status(in, false);
    cr_assert_geq(hand_queue_wait(&statusq, NULL), 0);
    cr_assert(model_input_led(in, 2));
    model_input_stats(in, &st);
    cr_assert_eq(st.status_events, 4u);
    cr_assert_eq(st.status_refused, 0u);
    down();
    hand_close(&h);
}

Test(input, bad_configurations_are_refused)
{
    const struct model_board_config bc = {0};
    struct model_input_config cfg = {.dev = {.version = 2}, .backlog = 1025};

    hand_board_bare(&h, &bc);
    cr_assert_eq(model_input_add(h.board, 0, &cfg, &in), -22);
    cfg.backlog = 0;
    cfg.kind = (enum model_input_kind)4;
    cr_assert_eq(model_input_add(h.board, 0, &cfg, &in), -22);
    hand_close(&h);
}

/* Which waiting buffer takes an event is no choice worth trying: one run, in their order. */
Test(input, waiting_buffers_are_no_choice)
{
    struct model_choices c;
    const struct model_board_config bc = {.schedule = MODEL_SCHED_ORDER, .choices = &c};
    const struct model_input_config cfg = {.dev = {.version = 2}};
    unsigned runs = 0;

    model_choices_begin(&c, 32);
    do {
        hand_board_bare(&h, &bc);
        cr_assert_eq(model_input_add(h.board, h.slot, &cfg, &in), 0);
        hand_attach(&h, model_input_device(in), 18, 2);
        bring_up();
        stock();
        cr_assert_eq(model_input_push_random(in, 1, 4), 4u);
        for (int i = 0; i < 4; i++)
            cr_assert_eq(hand_queue_wait(&eventq, NULL), i);
        down();
        runs++;
    } while (model_choices_next(&c) && runs < 100);
    cr_assert_eq(runs, 1u, "expected 1 run, got %u", runs);
    hand_close(&h);
}

/* An ordered device whose oldest buffer is put off keeps the others waiting too. */
Test(input, ordered_device_waits_for_its_oldest)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY, .deadline_ns = 100000};
    const struct model_input_config cfg = {.dev = {.version = 2, .in_order = true}};
    const struct model_fault_plan plan = {.id = MODEL_FAULT_SLOW, .variant = 3, .k = 1};

    hand_board_bare(&h, &bc);
    cr_assert_eq(model_input_add(h.board, h.slot, &cfg, &in), 0);
    hand_attach(&h, model_input_device(in), 18, 2);
    model_fault_arm(h.board, &plan);
    bring_up();
    stock();
    const uint64_t before = model_now_ns(h.board);
    cr_assert_eq(model_input_push_random(in, 1, 2), 2u);
    cr_assert_eq(hand_queue_wait(&eventq, NULL), 0);
    cr_assert_geq(model_now_ns(h.board) - before, 900000u, "expected 10 deadlines, got %llu ns",
                  (unsigned long long)(model_now_ns(h.board) - before));
    cr_assert_eq(hand_queue_wait(&eventq, NULL), 1);
    down();
    hand_close(&h);
}

/* ---- faults ---- */

/* Everything that gives a fault of the area an opportunity, believing nothing. */
static void story(void)
{
    uint8_t u[128];
    uint32_t len;

    query(1, 0, u);
    query(0x11, 1, u);
    query(0x12, 0, u);
    stock();
    for (unsigned i = 0; i < 4; i++) {
        model_input_push(in, 3, 0, 100 + i);
        model_input_push(in, 0, 0, 0);
    }
    for (unsigned i = 0; i < 4 * EVENTS; i++) {
        const int head = hand_queue_wait(&eventq, &len);
        if (head < 0 || head >= (int)EVENTS)
            break;
        const struct hand_part part = {event[head], 8, true};
        eventq.next = (uint16_t)head; /* each descriptor keeps its buffer */
        hand_queue_put(&eventq, &part, 1);
    }
    for (unsigned i = 0; i < 3; i++)
        send_status(0x11, i, 1);
    hand_reset(&h);
    hand_queue_close(&eventq);
    hand_queue_close(&statusq);
    model_board_finish(h.board);
}

static void play(const struct model_fault_plan *plan, unsigned version, enum model_schedule sched)
{
    const struct model_board_config bc = {
        .schedule = sched, .seed = plan->k + 10 * plan->variant, .deadline_ns = 1000000};
    const struct model_input_config cfg = {.dev = {.version = version, .features = HF_EVENT_IDX},
                                           .kind = MODEL_INPUT_TABLET};

    hand_board_bare(&h, &bc);
    cr_assert_eq(model_input_add(h.board, h.slot, &cfg, &in), 0);
    hand_attach(&h, model_input_device(in), 18, version);
    model_fault_arm(h.board, plan);
    bring_up();
    story();
}

Test(input, every_fault_strikes_and_harms_nobody, .timeout = 300)
{
    static const enum model_schedule sched[3] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                 MODEL_SCHED_RANDOM};
    unsigned silent = 0, blamed = 0, rows = 0;

    for (unsigned id = MODEL_FAULT_INP_SIZE; id <= MODEL_FAULT_INP_CORRUPT; id++, rows++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)id);
        for (unsigned v = 0; v < row->variants; v++) {
            unsigned strikes = 0;
            for (unsigned n = 0; n < 24; n++) {
                const struct model_fault_plan plan = {.id = (enum model_fault_id)id,
                                                      .variant = v,
                                                      .k = 1 + n / 12,
                                                      .persistent = (n & 1) != 0};
                play(&plan, 1 + (n >> 1 & 1), sched[n / 4 % 3]);
                strikes += model_fault_strikes(h.board);
                if (model_violation_count(h.board)) {
                    fprintf(stderr, "%s variant %u run %u: %s\n", row->id, v, n, hand_breaches(&h));
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
    cr_assert_eq(rows, 11u);
    cr_assert_eq(silent, 0u);
    cr_assert_eq(blamed, 0u);
}

/* Faults of the common parts with queues whose chains wait: no verdict on the breaches of
 * this simple driver, but nothing comes out that did not go in. */
Test(input, survives_the_common_faults, .timeout = 300)
{
    static const enum model_schedule sched[3] = {MODEL_SCHED_SYNC, MODEL_SCHED_LAZY,
                                                 MODEL_SCHED_RANDOM};
    struct model_input_stats st;
    unsigned runs = 0;

    for (unsigned id = 1; id < MODEL_FAULT_BLK_IOERR; id++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)id);
        /* bring_up() insists on an identity and on memory */
        const bool fatal = strncmp(row->id, "ID-", 3) == 0 || id == MODEL_FAULT_Q_PFN_32BIT ||
                           id == MODEL_FAULT_IND_EXHAUST;
        for (unsigned n = 0; n < 12 * row->variants && !fatal && row->area == MODEL_AREA_CORE;
             n++, runs++) {
            const struct model_fault_plan plan = {.id = (enum model_fault_id)id,
                                                  .variant = n / 12,
                                                  .k = 1 + n / 6 % 2 * 3,
                                                  .persistent = (n & 1) != 0};
            play(&plan, 1 + (n >> 1 & 1), sched[n % 3]);
            model_input_stats(in, &st);
            cr_assert_leq(st.delivered, st.pushed, "%s variant %u", row->id, plan.variant);
        }
    }
    hand_close(&h);
    cr_assert_gt(runs, 1000u);
}

/* The common faults of the configuration space find their fields here too. */
Test(input, common_config_faults_strike)
{
    static const enum model_fault_id ids[] = {MODEL_FAULT_CFG_TORN,      MODEL_FAULT_CFG_GEN_NEVER,
                                              MODEL_FAULT_CFG_HOSTILE,   MODEL_FAULT_CFG_WIDTH,
                                              MODEL_FAULT_FEAT_ALL_ONES, MODEL_FAULT_FEAT_CHANGES};

    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        const struct model_fault_plan plan = {
            .id = ids[i], .variant = ids[i] == MODEL_FAULT_CFG_HOSTILE ? 10 : 0, .k = 1};
        play(&plan, 2, MODEL_SCHED_LAZY);
        if (ids[i] != MODEL_FAULT_CFG_WIDTH) /* that one waits for a wrong width */
            cr_assert_geq(model_fault_strikes(h.board), 1u, "%s", model_fault_row(ids[i])->id);
    }
    hand_close(&h);
}
