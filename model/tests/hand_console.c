/* SPDX-License-Identifier: Apache-2.0 */
/* A console driver by hand, see hand_console.h. */
#include "hand_console.h"

#include <criterion/criterion.h>

const struct model_console_config hc_three = {
    .dev = {.version = 2, .features = HC_SIZE | HC_MULTIPORT},
    .cols = 80,
    .rows = 25,
    .max_nr_ports = 4,
    .ports = 7,
    .console = {true},
    .name = {NULL, "org.example.one"},
};

void hc_board(struct hand_console *c, const struct model_board_config *bc,
              const struct model_console_config *cfg)
{
    struct hand *h = c->h;

    memset(c, 0, sizeof(*c));
    c->h = h;
    hand_board_bare(c->h, bc);
    cr_assert_eq(model_console_add(c->h->board, 0, cfg, &c->con), 0);
    hand_attach(c->h, model_console_device(c->con), 3, cfg->dev.version);
    c->n_queues = 2;
    if (cfg->dev.features & HC_MULTIPORT)
        c->n_queues = 2 * (cfg->max_nr_ports ? cfg->max_nr_ports : 4) + 2;
    cr_assert_leq(c->n_queues, HC_QUEUES);
}

void hc_queues(struct hand_console *c)
{
    const unsigned n = (c->h->features & HC_MULTIPORT) ? c->n_queues : 2;

    for (unsigned i = 0; i < n; i++)
        hand_queue_open(c->h, &c->q[i], i, HC_NUM);
}

void hc_post(struct hand_console *c, unsigned queue)
{
    struct hand_queue *q = &c->q[queue];

    while (q->desc[q->next].part.len) /* buffers come back in any order */
        q->next = (uint16_t)((q->next + 1u) % HC_NUM);
    const struct hand_part part = {c->rx[queue][q->next], HC_BYTES, true};
    hand_queue_put(q, &part, 1);
}

void hc_up(struct hand_console *c, uint64_t wanted)
{
    hand_identify(c->h);
    hand_reset(c->h);
    hand_negotiate(c->h, wanted);
    hc_queues(c);
    hand_driver_ok(c->h);
    for (unsigned i = 0; i < c->n_queues && c->q[i].ring; i += 2)
        for (unsigned k = 0; k < HC_BUFFERS; k++)
            hc_post(c, i);
}

void hc_down(struct hand_console *c)
{
    hand_reset(c->h);
    for (unsigned i = 0; i < c->n_queues; i++)
        hand_queue_close(&c->q[i]);
    model_board_finish(c->h->board);
}

static unsigned receiveq(unsigned port)
{
    return port ? 2 * port + 2 : 0;
}

bool hc_write(struct hand_console *c, unsigned port, void *bytes, uint32_t len)
{
    struct hand_queue *q = &c->q[receiveq(port) + 1];
    const struct hand_part part = {bytes, len, false};

    hand_queue_put(q, &part, 1);
    return hand_queue_wait(q, NULL) >= 0;
}

int hc_read(struct hand_console *c, unsigned port, void *bytes)
{
    const unsigned queue = receiveq(port);
    uint32_t len = 0;
    const int head = hand_queue_wait(&c->q[queue], &len);

    if (head < 0)
        return -1;
    memcpy(bytes, c->rx[queue][head], len < HC_BYTES ? len : HC_BYTES);
    hc_post(c, queue);
    return (int)len;
}

bool hc_say(struct hand_console *c, uint32_t id, uint16_t event, uint16_t value)
{
    const struct hand_part part = {c->tx, 8, false};

    memcpy(c->tx, &id, 4);
    memcpy(c->tx + 4, &event, 2);
    memcpy(c->tx + 6, &value, 2);
    hand_queue_put(&c->q[3], &part, 1);
    return hand_queue_wait(&c->q[3], NULL) >= 0;
}

struct hand_message hc_hear(struct hand_console *c)
{
    struct hand_message m = {.len = -1};
    uint32_t len = 0;
    const int head = hand_queue_wait(&c->q[2], &len);

    if (head < 0)
        return m;
    const uint8_t *p = c->rx[2][head];
    m.len = (int)len;
    memcpy(&m.id, p, 4);
    memcpy(&m.event, p + 4, 2);
    memcpy(&m.value, p + 6, 2);
    memcpy(m.payload, p + 8, sizeof(m.payload));
    memset(c->rx[2][head], 0, HC_BYTES);
    hc_post(c, 2);
    return m;
}

unsigned hc_answer(struct hand_console *c, unsigned max_ports, uint32_t *added)
{
    struct hand_message m;
    unsigned n = 0;

    for (m = hc_hear(c); m.len >= 0; m = hc_hear(c), n++) {
        if (m.len < 8 || m.id >= max_ports)
            continue;
        const bool known = (*added >> m.id & 1) != 0;
        if (m.event == 1 && !known) {
            *added |= 1u << m.id;
            hc_say(c, m.id, 3, 1);
        } else if (m.event == 2) {
            *added &= ~(1u << m.id);
        } else if (m.event == 4 && known) {
            hc_say(c, m.id, 6, 1);
        }
    }
    return n;
}

void hc_three_up(struct hand_console *c, uint32_t *added)
{
    *added = 0;
    hc_up(c, HC_SIZE | HC_MULTIPORT);
    hc_say(c, 0, 0, 1);
    hc_answer(c, 4, added);
}
