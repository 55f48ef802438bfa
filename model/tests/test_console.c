/* SPDX-License-Identifier: Apache-2.0 */
/* The console device: streams, control messages, the configuration space, and its faults. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hand_console.h"

static struct hand hand;
static struct hand_console c = {.h = &hand};
static const struct model_board_config lazy = {.schedule = MODEL_SCHED_LAZY};

#define CLEAN() cr_assert_eq(model_violation_count(c.h->board), 0u, "%s", hand_breaches(c.h))
#define MESSAGE(m, i, e, v, n)                                                                     \
    cr_assert((m).len == (n) && (m).id == (i) && (m).event == (e) && (m).value == (v),             \
              "got %d bytes, id %u event %u value %u", (m).len, (m).id, (m).event, (m).value)

static void close_board(void)
{
    hand_close(c.h);
}

/* ---- one port ---- */

static void one_port(unsigned version, enum model_schedule schedule, uint64_t seed)
{
    const struct model_board_config bc = {.schedule = schedule, .seed = seed};
    const struct model_console_config cfg = {.dev = {.version = version}};
    uint8_t out[200], in[200], buf[HC_BYTES];
    size_t got = 0;
    int n;

    hc_board(&c, &bc, &cfg);
    hc_up(&c, 0);
    for (unsigned i = 0; i < sizeof(out); i++)
        out[i] = (uint8_t)(i * 3 + seed);
    cr_assert_eq(model_console_feed(c.con, 0, out, sizeof(out)), 200);
    while (got < sizeof(in) && (n = hc_read(&c, 0, buf)) > 0) {
        memcpy(in + got, buf, (size_t)n);
        got += (size_t)n;
    }
    cr_assert_eq(got, 200u, "%zu", got);
    cr_assert_arr_eq(in, out, sizeof(in));
    cr_assert_eq(model_console_unread(c.con, 0), 0u);
    for (unsigned i = 0; i < 4; i++)
        cr_assert(hc_write(&c, 0, out + 50 * i, 50));
    memset(in, 0, sizeof(in));
    cr_assert_eq(model_console_take(c.con, 0, in, sizeof(in)), 200);
    cr_assert_arr_eq(in, out, sizeof(in));
    hc_down(&c);
    CLEAN();
}

Test(console, bytes_both_ways_on_every_schedule)
{
    for (unsigned v = 1; v <= 2; v++) {
        one_port(v, MODEL_SCHED_SYNC, 1);
        one_port(v, MODEL_SCHED_LAZY, 1);
        for (uint64_t seed = 0; seed < 30; seed++)
            one_port(v, MODEL_SCHED_RANDOM, seed);
    }
    close_board();
}

/* Many buffers at once: the order of bytes is that of the ring on every schedule. */
Test(console, output_keeps_its_order)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        const struct model_board_config bc = {.schedule = MODEL_SCHED_RANDOM, .seed = seed};
        const struct model_console_config cfg = {.dev = {.version = 2}};
        uint8_t text[12], seen[12] = {0};
        hc_board(&c, &bc, &cfg);
        hc_up(&c, 0);
        for (unsigned i = 0; i < 12; i++) {
            text[i] = (uint8_t)('a' + i);
            const struct hand_part part = {text + i, 1, false};
            hand_queue_put(&c.q[1], &part, 1);
        }
        for (unsigned i = 0; i < 12; i++)
            cr_assert_geq(hand_queue_wait(&c.q[1], NULL), 0);
        cr_assert_eq(model_console_take(c.con, 0, seen, 12), 12);
        cr_assert_arr_eq(seen, text, 12);
        hc_down(&c);
        CLEAN();
    }
    close_board();
}

Test(console, full_stream_holds_the_writer)
{
    const struct model_console_config cfg = {.dev = {.version = 2}, .stream_bytes = 100};
    uint8_t buf[300], in[300];
    struct model_console_stats stats;

    for (unsigned i = 0; i < sizeof(buf); i++)
        buf[i] = (uint8_t)i;
    hc_board(&c, &lazy, &cfg);
    hc_up(&c, 0);
    cr_assert_eq(model_console_feed(c.con, 0, buf, 300), 100);
    cr_assert(hc_write(&c, 0, buf, 60));
    cr_assert_not(hc_write(&c, 0, buf + 60, 60));
    cr_assert_eq(model_console_untaken(c.con, 0), 60u);
    cr_assert_eq(model_console_take(c.con, 0, in, 30), 30);
    cr_assert_geq(hand_queue_wait(&c.q[1], NULL), 0);
    cr_assert_eq(model_console_take(c.con, 0, in + 30, 300), 90);
    cr_assert_arr_eq(in, buf, 120);
    cr_assert(hc_write(&c, 0, buf, 300)); /* longer than the stream, which is empty */
    cr_assert_eq(model_console_take(c.con, 0, in, 300), 300);
    cr_assert_arr_eq(in, buf, 300);
    model_console_hold_transmit(c.con, true);
    cr_assert_not(hc_write(&c, 0, buf, 1));
    model_console_hold_transmit(c.con, false);
    cr_assert_geq(hand_queue_wait(&c.q[1], NULL), 0);
    model_console_stats(c.con, &stats);
    cr_assert_eq(stats.tx_bytes, 421u);
    cr_assert_eq(stats.tx_dropped, 0u);
    model_console_drop(c.con, 0);
    cr_assert_eq(model_console_untaken(c.con, 0), 0u);
    hc_down(&c);
    CLEAN();
    close_board();
}

Test(console, echo_and_missing_ports)
{
    const struct model_console_config cfg = {.dev = {.version = 2}, .echo = true};
    uint8_t buf[HC_BYTES] = "hello", in[HC_BYTES] = {0};

    hc_board(&c, &lazy, &cfg);
    hc_up(&c, 0);
    cr_assert(hc_write(&c, 0, buf, 5));
    cr_assert_eq(hc_read(&c, 0, in), 5);
    cr_assert_arr_eq(in, buf, 5);
    cr_assert_eq(model_console_feed(c.con, 1, buf, 1), -ENODEV);
    cr_assert_eq(model_console_take(c.con, 1, buf, 1), -ENODEV);
    cr_assert_eq(model_console_add_port(c.con, 1, NULL, false), -EINVAL);
    cr_assert_eq(model_console_remove_port(c.con, 1), -ENODEV);
    hc_down(&c);
    CLEAN();
    close_board();
}

/* v1.2 5.3.6.3: old devices report the length of what they only read. */
Test(console, used_length_of_transmit_chains)
{
    for (unsigned old = 0; old < 2; old++) {
        const struct model_console_config cfg = {.dev = {.version = 1},
                                                 .transmit_length = old != 0};
        uint8_t buf[7] = {0};
        const struct hand_part part = {buf, sizeof(buf), false};
        uint32_t len = 99;
        hc_board(&c, &lazy, &cfg);
        hc_up(&c, 0);
        hand_queue_put(&c.q[1], &part, 1);
        cr_assert_geq(hand_queue_wait(&c.q[1], &len), 0);
        cr_assert_eq(len, old ? 7u : 0u);
        hc_down(&c);
        CLEAN();
    }
    close_board();
}

/* ---- configuration space ---- */

Test(console, size_and_its_change)
{
    const struct model_console_config cfg = {
        .dev = {.version = 2, .features = HC_SIZE}, .cols = 80, .rows = 25};

    hc_board(&c, &lazy, &cfg);
    hc_up(&c, HC_SIZE);
    cr_assert_eq(hand_cfg(c.h, 0, 2), 80u);
    cr_assert_eq(hand_cfg(c.h, 2, 2), 25u);
    const uint32_t generation = hand_rd(c.h, 0xfc);
    const unsigned runs = c.h->handler_runs;
    model_console_resize(c.con, 0, 132, 43);
    model_delay(c.h->board, 1000);
    cr_assert_eq(c.h->handler_runs, runs + 1);
    cr_assert_eq(hand_rd(c.h, 0xfc), generation + 1);
    cr_assert_eq(hand_cfg(c.h, 0, 2), 132u);
    cr_assert_eq(hand_cfg(c.h, 2, 2), 43u);
    hc_down(&c);
    CLEAN();
    close_board();
}

Test(console, emergency_characters_at_any_time)
{
    for (unsigned v = 1; v <= 2; v++) {
        const struct model_console_config cfg = {.dev = {.version = v, .features = HC_EMERG}};
        const uint64_t emerg = model_window_base(0) + 0x108;
        char text[8] = {0};
        hc_board(&c, &lazy, &cfg);
        hand_identify(c.h);
        model_mmio_write(c.h->board, emerg, 4, 'a'); /* with no status at all */
        hand_reset(c.h);
        model_mmio_write(c.h->board, emerg, 4, 0x100 | 'b');
        hand_negotiate(c.h, 0); /* not accepted, and works all the same */
        model_mmio_write(c.h->board, emerg, 4, 'c');
        hc_queues(&c);
        hand_driver_ok(c.h);
        model_mmio_write(c.h->board, emerg, 4, 'd');
        hand_wr(c.h, 0x70, v == 1 ? 0x87 : 0x8f);
        model_mmio_write(c.h->board, emerg, 4, 'e');
        cr_assert_eq(model_console_emergency(c.con, text, 7), 5u);
        cr_assert_str_eq(text, "abcde");
        cr_assert_eq(model_console_emergency(c.con, text, 2), 5u);
        cr_assert_eq(memcmp(text, "de", 2), 0);
        cr_assert_eq(model_console_emergency(c.con, NULL, 0), 5u);
        hc_down(&c);
        CLEAN();
    }
    close_board();
}

/* ---- several ports ---- */

Test(console, handshake_of_ports)
{
    struct hand_message m;

    hc_board(&c, &lazy, &hc_three);
    hc_up(&c, HC_SIZE | HC_MULTIPORT);
    cr_assert_eq(hand_cfg(c.h, 4, 4), 4u);
    cr_assert_eq(hc_hear(&c).len, -1);
    cr_assert(hc_say(&c, 0, 0, 1));
    cr_assert(model_console_ready(c.con));
    for (unsigned i = 0; i < 3; i++) {
        m = hc_hear(&c);
        MESSAGE(m, i, 1, 0, 8);
    }
    cr_assert_eq(hc_hear(&c).len, -1);
    cr_assert(hc_say(&c, 0, 3, 1));
    m = hc_hear(&c);
    MESSAGE(m, 0u, 4, 1, 8);
    cr_assert(hc_say(&c, 0, 6, 1));
    m = hc_hear(&c);
    MESSAGE(m, 0u, 6, 1, 8);
    m = hc_hear(&c);
    MESSAGE(m, 0u, 5, 0, 12);
    cr_assert_arr_eq(m.payload, ((uint8_t[]){80, 0, 25, 0}), 4);
    cr_assert(hc_say(&c, 1, 3, 1));
    m = hc_hear(&c);
    MESSAGE(m, 1u, 7, 1, 8 + 15);
    cr_assert_arr_eq(m.payload, "org.example.one", 15);
    m = hc_hear(&c);
    MESSAGE(m, 1u, 6, 1, 8);
    cr_assert(hc_say(&c, 2, 3, 0)); /* not wanted */
    cr_assert_eq(hc_hear(&c).len, -1);
    cr_assert(model_console_port_ready(c.con, 1));
    cr_assert_not(model_console_port_ready(c.con, 2));
    cr_assert(model_console_guest_open(c.con, 0));
    cr_assert_not(model_console_guest_open(c.con, 1));
    hc_down(&c);
    CLEAN();
    close_board();
}

Test(console, input_waits_for_the_guest_to_open)
{
    uint8_t buf[HC_BYTES] = {0}, more[3] = "two";
    struct model_console_stats stats;
    uint32_t added;

    for (unsigned v = 1; v <= 2; v++) {
        struct model_console_config cfg = hc_three;
        cfg.dev.version = v;
        hc_board(&c, &lazy, &cfg);
        hc_three_up(&c, &added);
        cr_assert_eq(added, 7u);
        cr_assert_eq(model_console_feed(c.con, 1, "one", 3), 3);
        cr_assert_eq(hc_read(&c, 1, buf), -1);
        cr_assert(hc_say(&c, 1, 6, 1));
        cr_assert_eq(hc_read(&c, 1, buf), 3);
        cr_assert_eq(memcmp(buf, "one", 3), 0);
        cr_assert(hc_say(&c, 1, 6, 0));
        model_console_feed(c.con, 1, "x", 1);
        cr_assert_eq(hc_read(&c, 1, buf), -1);
        cr_assert_eq(model_console_unread(c.con, 1), 1u);
        cr_assert(hc_write(&c, 1, more, 3));
        model_console_set_open(c.con, 1, false);
        struct hand_message m = hc_hear(&c);
        MESSAGE(m, 1u, 6, 0, 8);
        cr_assert(hc_write(&c, 1, more, 2)); /* nobody there */
        cr_assert_eq(model_console_take(c.con, 1, buf, 10), 3);
        model_console_stats(c.con, &stats);
        cr_assert_eq(stats.tx_dropped, 2u);
        cr_assert_eq(stats.control_refused, 0u);
        hc_down(&c);
        CLEAN();
    }
    close_board();
}

Test(console, ports_come_and_go)
{
    uint8_t buf[HC_BYTES];
    struct hand_message m;
    uint32_t added;

    hc_board(&c, &lazy, &hc_three);
    hc_three_up(&c, &added);
    cr_assert_eq(model_console_add_port(c.con, 2, NULL, false), -EEXIST);
    cr_assert_eq(model_console_add_port(c.con, 4, NULL, false), -EINVAL);
    cr_assert_eq(model_console_remove_port(c.con, 3), -ENODEV);
    cr_assert_eq(model_console_add_port(c.con, 3, "late", true), 0);
    m = hc_hear(&c);
    MESSAGE(m, 3u, 1, 0, 8);
    hc_say(&c, 3, 3, 1);
    cr_assert_eq(hc_answer(&c, 4, &added), 3u);
    cr_assert_eq(model_console_remove_port(c.con, 2), 0);
    m = hc_hear(&c);
    MESSAGE(m, 2u, 2, 0, 8);
    cr_assert(hc_say(&c, 2, 6, 0)); /* late, and no breach */
    cr_assert(hc_write(&c, 2, buf, 3));
    cr_assert_eq(model_console_add_port(c.con, 2, NULL, false), 0);
    m = hc_hear(&c);
    MESSAGE(m, 2u, 1, 0, 8);
    cr_assert_not(model_console_port_ready(c.con, 2));
    model_console_resize(c.con, 1, 100, 40);
    m = hc_hear(&c);
    MESSAGE(m, 1u, 5, 0, 12);
    cr_assert_arr_eq(m.payload, ((uint8_t[]){100, 0, 40, 0}), 4);
    hc_down(&c);
    CLEAN();
    /* The ports outlive the reset, what the driver said about them does not. */
    cr_assert_not(model_console_ready(c.con));
    cr_assert_not(model_console_port_ready(c.con, 0));
    cr_assert_eq(model_console_remove_port(c.con, 3), 0);
    close_board();
}

Test(console, scripted_messages)
{
    uint8_t big[520] = {0};
    struct hand_message m;
    uint32_t added;

    hc_board(&c, &lazy, &hc_three);
    hc_three_up(&c, &added);
    cr_assert_eq(model_console_control(c.con, 77, 99, 5, "payload", 7), 0);
    cr_assert_eq(model_console_control_raw(c.con, big, 3), 0);
    cr_assert_eq(model_console_control(c.con, 1, 7, 1, big, 512), 0);
    cr_assert_eq(model_console_control(c.con, 1, 7, 1, big, 513), -EINVAL);
    m = hc_hear(&c);
    MESSAGE(m, 77u, 99, 5, 15);
    cr_assert_arr_eq(m.payload, "payload", 7);
    cr_assert_eq(hc_hear(&c).len, 3);
    cr_assert_eq(hc_hear(&c).len, (int)HC_BYTES); /* cut to the buffer */
    for (unsigned i = 0; i < 64; i++)
        cr_assert_eq(model_console_control(c.con, 0, 99, 0, NULL, 0), 0);
    cr_assert_eq(model_console_control(c.con, 0, 99, 0, NULL, 0), -ENOBUFS);
    cr_assert_eq(hc_answer(&c, 4, &added), 64u);
    hc_down(&c);
    CLEAN();
    close_board();
}

Test(console, bad_arguments)
{
    struct model_console_config cfg = hc_three;

    hand_board_bare(c.h, &lazy);
    cfg.max_nr_ports = MODEL_CONSOLE_PORTS + 1;
    cr_assert_eq(model_console_add(c.h->board, 0, &cfg, NULL), -EINVAL);
    cfg.max_nr_ports = 2;
    cr_assert_eq(model_console_add(c.h->board, 0, &cfg, NULL), -EINVAL);
    cfg.max_nr_ports = MODEL_CONSOLE_PORTS;
    cr_assert_eq(model_console_add(c.h->board, 0, &cfg, NULL), 0);
    cr_assert_eq(model_console_add(c.h->board, 0, &cfg, NULL), -EINVAL);
    close_board();
}
