/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data queues of a console, v1.2 5.3.6: byte streams between ring and host, when a chain can be
 * served, and the rules about what may be put into which queue.
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"

/* ---- streams ---- */

size_t con_stream_put(struct con_stream *s, const uint8_t *bytes, size_t len)
{
    const size_t n = len < s->cap - s->len ? len : s->cap - s->len;

    for (size_t done = 0; done < n;) {
        const size_t at = (s->head + s->len) % s->cap;
        const size_t part = n - done < s->cap - at ? n - done : s->cap - at;
        memcpy(s->buf + at, bytes + done, part);
        s->len += part;
        done += part;
    }
    return n;
}

size_t con_stream_get(struct con_stream *s, uint8_t *bytes, size_t len)
{
    const size_t n = len < s->len ? len : s->len;

    for (size_t done = 0; done < n;) {
        const size_t part = n - done < s->cap - s->head ? n - done : s->cap - s->head;
        memcpy(bytes + done, s->buf + s->head, part);
        s->head = (s->head + part) % s->cap;
        s->len -= part;
        done += part;
    }
    return n;
}

/* A chain longer than the whole stream gets in when the stream is empty; it grows for it. */
static bool stream_room(const struct con_stream *s, uint64_t len)
{
    return s->len == 0 || len <= s->cap - s->len;
}

static bool stream_grow(struct con_stream *s, uint64_t len)
{
    if (len <= s->cap - s->len)
        return true;
    if (s->len != 0)
        return false;
    uint8_t *p = realloc(s->buf, (size_t)len);
    if (!p)
        return false;
    s->buf = p;
    s->cap = (size_t)len;
    s->head = 0;
    return true;
}

/* ---- when a chain can be served ---- */

/* Readable in a receive queue, writable in a transmit queue: given back unserved. */
static bool misplaced(const struct chain *chain)
{
    return con_is_receive(chain->q->index)
               ? chain->n_readable != 0 || chain->writable_bytes == 0
               : chain->n_seg != chain->n_readable || chain->readable_bytes == 0;
}

/* Bytes and messages go out in the order in which the driver gave them. */
static bool next_in_queue(const struct model_console *con, const struct chain *chain)
{
    const struct model_device *dev = &con->dev;

    for (unsigned i = 0; i < dev->n_inflight && dev->inflight[i] != chain; i++) {
        const struct chain *c = dev->inflight[i];
        if (c->q == chain->q && !(con_is_stuck(c) && con_stuck_alone(con)))
            return false;
    }
    return true;
}

/* The driver takes input: v1.2 5.3.6.2, with MULTIPORT once it has opened the port. */
static bool takes_input(const struct model_console *con, const struct con_port *p)
{
    return !dev_has(&con->dev, C_MULTIPORT) || (p->ready && p->guest_open);
}

/* What is written with nobody at the other side is dropped, as QEMU does. */
static bool delivers(const struct model_console *con, const struct con_port *p)
{
    return p && (!dev_has(&con->dev, C_MULTIPORT) || p->host_open);
}

bool con_queue_idle(const struct model_device *dev, unsigned queue)
{
    const struct model_console *con = to_con_const(dev);

    if (con->misplaced || !con_is_receive(queue))
        return false;
    if (queue == CON_CONTROL_RX)
        return con->n_messages == 0;
    const struct con_port *p = con_port_const(con, con_port_of(queue));
    return !p || p->in.len == 0 || !takes_input(con, p);
}

bool con_can_complete(const struct model_device *dev, const struct chain *chain)
{
    const struct model_console *con = to_con_const(dev);
    const unsigned queue = chain->q->index;

    if (misplaced(chain) || (queue >= 2 && !dev_has(dev, C_MULTIPORT)))
        return true;
    if (queue == CON_CONTROL_RX)
        return con->n_messages != 0;
    if (queue == CON_CONTROL_TX)
        return con->n_messages + CON_ANSWERS <= CON_MESSAGES && next_in_queue(con, chain);
    const struct con_port *p = con_port_const(con, con_port_of(queue));
    if (con_is_receive(queue))
        return p && p->in.len != 0 && takes_input(con, p);
    if (con->held || con_is_stuck(chain) || !next_in_queue(con, chain))
        return false;
    return !delivers(con, p) ||
           stream_room(con->cfg.echo ? &p->in : &p->out, chain->readable_bytes);
}

/* ---- service ---- */

#define CHUNK 1024u

static uint32_t receive(struct model_console *con, struct chain *chain)
{
    struct con_port *p = con_port(con, con_port_of(chain->q->index));
    struct model_board *board = con->dev.board;
    uint8_t buf[CHUNK];
    uint64_t done = 0;

    if (!p || p->in.len == 0)
        return 0;
    const uint32_t spoiled = con_faults_receive(con, chain);
    if (spoiled)
        return spoiled;
    const bool corrupt = fault(board, MODEL_FAULT_CON_CORRUPT);
    while (done < chain->writable_bytes && p->in.len != 0) {
        const uint64_t left = chain->writable_bytes - done;
        const size_t n = con_stream_get(&p->in, buf, left < CHUNK ? (size_t)left : CHUNK);
        if (corrupt && done == 0)
            buf[n / 2] ^= 0x10;
        if (chain_write(chain, done, buf, n) != n)
            break;
        done += n;
    }
    con->stats.rx_bytes += done;
    trace(board, con->dev.slot, "console: %llu bytes to the driver", (unsigned long long)done);
    return (uint32_t)done;
}

static void transmit(struct model_console *con, struct chain *chain)
{
    struct con_port *p = con_port(con, con_port_of(chain->q->index));
    uint8_t buf[CHUNK];

    if (!delivers(con, p)) {
        trace(con->dev.board, con->dev.slot, "console: %llu bytes dropped",
              (unsigned long long)chain->readable_bytes);
        con->stats.tx_dropped += chain->readable_bytes;
        return;
    }
    struct con_stream *to = con->cfg.echo ? &p->in : &p->out;
    if (!stream_grow(to, chain->readable_bytes))
        return;
    for (uint64_t done = 0; done < chain->readable_bytes;) {
        const uint64_t left = chain->readable_bytes - done;
        const size_t n = left < CHUNK ? (size_t)left : CHUNK;
        if (chain_read(chain, done, buf, n) != n)
            return;
        con_stream_put(to, buf, n);
        con->stats.tx_bytes += n;
        done += n;
    }
    trace(con->dev.board, con->dev.slot, "console: %llu bytes from the driver",
          (unsigned long long)chain->readable_bytes);
    con_faults_transmit(con, chain, true);
}

uint32_t con_execute(struct model_device *dev, struct chain *chain)
{
    struct model_console *con = to_con(dev);
    const unsigned queue = chain->q->index;

    if (misplaced(chain) || (queue >= 2 && !dev_has(dev, C_MULTIPORT)))
        return 0;
    if (queue == CON_CONTROL_RX)
        return con_control_receive(con, chain);
    if (con_is_receive(queue))
        return receive(con, chain);
    if (queue == CON_CONTROL_TX)
        con_control_transmit(con, chain);
    else
        transmit(con, chain);
    /* v1.2 5.3.6.3: what some old devices said. */
    return con->cfg.transmit_length && !dev_modern(dev) ? (uint32_t)chain->readable_bytes : 0;
}

/* ---- rules ---- */

/* Queues beyond port 0's, in use without MULTIPORT. */
static void check_queues(struct model_console *con)
{
    struct model_device *dev = &con->dev;

    for (unsigned i = 2; i < dev->n_queues; i++)
        if (!rule_check(dev->board, MODEL_RULE_DRV_CON_001,
                        !dev->q[i].enabled || dev_has(dev, C_MULTIPORT), dev->slot,
                        "queue %u set up without MULTIPORT agreed", i))
            return;
}

static void check_direction(struct model_console *con, const struct chain *chain)
{
    struct model_device *dev = &con->dev;
    const unsigned queue = chain->q->index;

    if (con_is_receive(queue))
        rule_check(dev->board, MODEL_RULE_DRV_CON_005, chain->n_readable == 0, dev->slot,
                   "receive queue %u chain %u: %u readable elements, expected none", queue,
                   chain->head, chain->n_readable);
    else
        rule_check(dev->board, MODEL_RULE_DRV_CON_006, chain->n_seg == chain->n_readable, dev->slot,
                   "transmit queue %u chain %u: %u writable elements, expected none", queue,
                   chain->head, chain->n_seg - chain->n_readable);
    if (con_is_control(queue) && !dev_modern(dev) && !dev_has(dev, F_ANY_LAYOUT))
        rule_check(dev->board, MODEL_RULE_DRV_LEG_044, chain->n_seg == 1, dev->slot,
                   "control queue %u chain %u: %u elements, without ANY_LAYOUT expected 1", queue,
                   chain->head, chain->n_seg);
}

void con_check_posted(struct model_console *con, uint32_t id)
{
    struct model_device *dev = &con->dev;
    struct con_port *p = &con->port[id];
    const struct vqueue *q = &dev->q[con_receiveq(id)];

    if (q->dead)
        return;
    p->posted |= q->enabled && ring_avail_idx(q) != 0;
    rule_check(dev->board, MODEL_RULE_DRV_CON_003, p->posted, dev->slot,
               "port %u in use with no buffer in its receive queue %u", id, q->index);
}

void con_taken(struct model_device *dev, struct chain *chain)
{
    struct model_console *con = to_con(dev);
    const unsigned queue = chain->q->index;

    con->misplaced |= misplaced(chain) || (queue >= 2 && !dev_has(dev, C_MULTIPORT));
    check_queues(con);
    check_direction(con, chain);
    con_check_answers(con);
    if (con_is_control(queue))
        return;
    const unsigned id = con_port_of(queue);
    if (con_is_receive(queue)) {
        con->port[id].posted = true;
        return;
    }
    rule_check(dev->board, MODEL_RULE_DRV_CON_008, con->begun || !dev_has(dev, C_MULTIPORT),
               dev->slot, "transmit queue %u used before DEVICE_READY", queue);
    if (con_port(con, id))
        con_check_posted(con, id);
    con_faults_transmit(con, chain, false);
}
