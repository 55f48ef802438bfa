/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches of the console's rules. */
#include "breach.h"
#include "hand_console.h"

#define B(name) static void name(struct hand *h)

static struct hand_console c;
static uint8_t buf[HC_BYTES];

static void start(struct hand *h, const struct breach_case *b)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY};
    const struct model_console_config cfg = {
        .dev = {.version = b->version, .features = b->offered},
        .cols = 80,
        .rows = 25,
        .ports = (b->offered & HC_MULTIPORT) ? 3 : 0,
        .console = {false, true},
    };

    c.h = h;
    hc_board(&c, &bc, &cfg);
    if (b->start >= START_ID) {
        hand_identify(h);
        hand_reset(h);
    }
    if (b->start >= START_FEAT)
        hand_negotiate(h, b->wanted);
    if (b->start < START_LIVE)
        return;
    hc_queues(&c);
    hand_driver_ok(h);
    for (unsigned i = 0; i < c.n_queues && c.q[i].ring; i += 2)
        for (unsigned k = 0; k < HC_BUFFERS; k++)
            hc_post(&c, i);
}

/* The ports are told and answered; port 1 is nominated as a console. */
static void ready(void)
{
    hc_say(&c, 0, 0, 1);
    hc_hear(&c);
    hc_hear(&c);
    hc_say(&c, 1, 3, 1);
    hc_hear(&c);
}

B(queues_without_multiport)
{
    hand_queue_open(h, &c.q[0], 0, HC_NUM);
    hand_queue_open(h, &c.q[2], 2, HC_NUM);
    hand_driver_ok(h);
    hc_post(&c, 0);
    model_delay(h->board, 100000);
}
B(emergency_not_offered)
{
    model_mmio_write(h->board, model_window_base(0) + 0x108, 4, 'x');
}
B(no_receive_buffer)
{
    hc_queues(&c);
    hand_driver_ok(h);
    hc_write(&c, 0, buf, 1);
}
B(open_without_buffers)
{
    hc_queues(&c);
    hand_driver_ok(h);
    hc_post(&c, 2);
    hc_post(&c, 2);
    ready();
    hc_say(&c, 1, 6, 1);
}
B(size_unagreed)
{
    hand_cfg(h, 0, 2);
}
B(readable_receive)
{
    (void)h;
    const struct hand_part part = {buf, 8, false};
    hand_queue_put(&c.q[0], &part, 1);
    hand_queue_wait(&c.q[0], NULL);
}
B(readable_control_receive)
{
    (void)h;
    const struct hand_part part[2] = {{buf, 8, false}, {buf + 8, 8, true}};
    hand_queue_put(&c.q[2], part, 2);
    hand_queue_wait(&c.q[2], NULL);
}
B(writable_transmit)
{
    (void)h;
    const struct hand_part part = {buf, 8, true};
    hand_queue_put(&c.q[1], &part, 1);
    hand_queue_wait(&c.q[1], NULL);
}
B(port_before_device)
{
    (void)h;
    hc_say(&c, 0, 3, 1);
}
B(bytes_before_device)
{
    (void)h;
    hc_write(&c, 0, buf, 1);
}
B(console_closed)
{
    (void)h;
    ready();
    hc_say(&c, 1, 6, 0);
}
B(console_unanswered)
{
    ready();
    hc_say(&c, 0, 3, 1);
    model_delay(h->board, 200000000);
    hc_post(&c, 2);
    model_delay(h->board, 100000);
}
B(open_before_ready)
{
    (void)h;
    hc_say(&c, 0, 0, 1);
    hc_say(&c, 0, 6, 1);
}
B(add_unanswered)
{
    hc_say(&c, 0, 0, 1);
    hc_hear(&c);
    model_delay(h->board, 200000000);
    hc_post(&c, 2);
    model_delay(h->board, 100000);
}

/* ---- the form of control messages ---- */

static void say_bytes(unsigned len)
{
    const struct hand_part part = {buf, len, false};

    memset(buf, 0, sizeof(buf));
    buf[6] = 1;
    hand_queue_put(&c.q[3], &part, 1);
    hand_queue_wait(&c.q[3], NULL);
}

B(short_message)
{
    (void)h;
    say_bytes(7);
}
B(long_message)
{
    (void)h;
    say_bytes(9);
}
B(device_event)
{
    (void)h;
    hc_say(&c, 0, 0, 1);
    hc_say(&c, 0, 1, 0);
}
B(value_2)
{
    (void)h;
    hc_say(&c, 0, 0, 2);
}
B(port_not_added)
{
    (void)h;
    hc_say(&c, 0, 0, 1);
    hc_say(&c, 2, 3, 1);
}
B(port_out_of_range)
{
    (void)h;
    hc_say(&c, 0, 0, 1);
    hc_say(&c, UINT32_MAX, 6, 1);
}
B(two_elements)
{
    (void)h;
    const struct hand_part part[2] = {{buf, 4, false}, {buf + 4, 4, false}};
    memset(buf, 0, sizeof(buf));
    buf[6] = 1;
    hand_queue_put(&c.q[3], part, 2);
    hand_queue_wait(&c.q[3], NULL);
}

#define MP HC_MULTIPORT
static const struct breach_case cases[] = {
    {"CON-001", 2, START_LIVE, MP, MP, short_message, false},
    {"CON-001", 1, START_LIVE, MP, MP, long_message, false},
    {"CON-001", 2, START_LIVE, MP, MP, device_event, false},
    {"CON-001", 2, START_LIVE, MP, MP, value_2, false},
    {"CON-001", 2, START_LIVE, MP, MP, port_not_added, false},
    {"CON-001", 2, START_LIVE, MP, MP, port_out_of_range, false},
    {"DRV-CON-001", 2, START_FEAT, MP, 0, queues_without_multiport, false},
    {"DRV-CORE-017", 2, START_ID, 0, 0, emergency_not_offered, false},
    {"DRV-CON-003", 2, START_FEAT, 0, 0, no_receive_buffer, false},
    {"DRV-CON-003", 2, START_FEAT, MP, MP, open_without_buffers, false},
    {"DRV-CON-004", 2, START_LIVE, HC_SIZE, 0, size_unagreed, false},
    {"DRV-CON-005", 2, START_LIVE, 0, 0, readable_receive, false},
    {"DRV-CON-005", 2, START_LIVE, MP, MP, readable_control_receive, false},
    {"DRV-CON-006", 2, START_LIVE, 0, 0, writable_transmit, false},
    {"DRV-CON-008", 2, START_LIVE, MP, MP, port_before_device, false},
    {"DRV-CON-008", 2, START_LIVE, MP, MP, bytes_before_device, false},
    {"DRV-CON-010", 2, START_LIVE, MP, MP, console_closed, false},
    {"DRV-CON-010", 2, START_LIVE, MP, MP, console_unanswered, false},
    {"DRV-CON-011", 2, START_LIVE, MP, MP, open_before_ready, false},
    {"DRV-CON-011", 2, START_LIVE, MP, MP, add_unanswered, false},
    {"DRV-LEG-044", 1, START_LIVE, MP, MP, two_elements, false},
};

const struct breach_set breach_console_set = {cases, sizeof(cases) / sizeof(cases[0]), start};
