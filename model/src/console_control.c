/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control queues of a console, v1.2 5.3.6.2: messages that wait for the driver's buffers, what
 * the driver says, the rules about its form and order, and what the device answers.
 */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "console.h"

/* A driver that was told and has nothing under way has answered by then. */
#define ANSWER_NS UINT64_C(100000000)

/* ---- messages for the driver ---- */

bool con_message_push(struct model_console *con, const void *bytes, size_t len, bool right)
{
    if (con->n_messages == CON_MESSAGES || len > sizeof(con->message[0].bytes)) {
        trace(con->dev.board, con->dev.slot, "console: no room for a control message");
        return false;
    }
    struct con_message *m = &con->message[(con->first_message + con->n_messages++) % CON_MESSAGES];
    m->len = (uint16_t)len;
    m->right = right;
    m->fill_rest = false;
    memcpy(m->bytes, bytes, len);
    return true;
}

static size_t compose(uint8_t *bytes, uint32_t id, uint16_t event, uint16_t value,
                      const void *extra, size_t len)
{
    store_le32(bytes, id);
    store_le16(bytes + 4, event);
    store_le16(bytes + 6, value);
    if (len)
        memcpy(bytes + CON_HEADER, extra, len);
    return CON_HEADER + len;
}

void con_send(struct model_console *con, uint32_t id, uint16_t event, uint16_t value,
              const void *extra, size_t len)
{
    uint8_t bytes[CON_HEADER + CON_PAYLOAD];

    if (len > CON_PAYLOAD)
        return;
    con_faults_ahead(con, id, event);
    con_message_push(con, bytes, compose(bytes, id, event, value, extra, len), true);
}

void con_send_size(struct model_console *con, uint32_t id)
{
    uint8_t size[4];

    store_le16(size, con->port[id].cols);
    store_le16(size + 2, con->port[id].rows);
    con_send(con, id, EV_RESIZE, 0, size, sizeof(size));
}

void con_announce(struct model_console *con, uint32_t id)
{
    struct con_port *p = &con->port[id];

    p->announced = true;
    p->answered = p->ready = p->guest_open = p->opened = false;
    con_send(con, id, EV_DEVICE_ADD, 0, NULL, 0);
}

void con_retract(struct model_console *con, uint32_t id)
{
    struct con_port *p = &con->port[id];
    const bool said = p->announced;

    p->exists = p->announced = p->ready = p->guest_open = false;
    p->add_due_ns = p->open_due_ns = 0;
    p->removed |= said;
    if (said)
        con_send(con, id, EV_DEVICE_REMOVE, 0, NULL, 0);
}

int model_console_control(struct model_console *con, uint32_t id, uint16_t event, uint16_t value,
                          const void *extra, size_t extra_len)
{
    uint8_t bytes[CON_HEADER + CON_PAYLOAD];

    if (extra_len > CON_PAYLOAD)
        return -EINVAL;
    return model_console_control_raw(con, bytes,
                                     compose(bytes, id, event, value, extra, extra_len));
}

int model_console_control_raw(struct model_console *con, const void *message, size_t len)
{
    if (len > CON_HEADER + CON_PAYLOAD)
        return -EINVAL;
    if (con->n_messages >= CON_SCRIPT || !con_message_push(con, message, len, false))
        return -ENOBUFS;
    con->lied = true;
    return 0;
}

/* The driver has to answer what it was just told about. */
static void note_told(struct model_console *con, const struct con_message *m)
{
    struct con_port *p = m->right ? con_port(con, load_le32(m->bytes)) : NULL;
    const uint64_t due = con->dev.board->now_ns + ANSWER_NS;

    if (!p)
        return;
    switch (load_le16(m->bytes + 4)) {
    case EV_DEVICE_ADD:
        p->add_due_ns = p->answered ? 0 : due;
        break;
    case EV_CONSOLE_PORT:
        p->open_due_ns = due;
        break;
    default:
        break;
    }
}

static void fill_rest(struct chain *chain, uint64_t from)
{
    for (uint64_t at = from; at < chain->writable_bytes; at++)
        if (chain_write(chain, at, "X", 1) != 1)
            return;
}

uint32_t con_control_receive(struct model_console *con, struct chain *chain)
{
    if (con->n_messages == 0)
        return 0;
    const struct con_message *m = &con->message[con->first_message];
    const uint64_t len = chain_write(chain, 0, m->bytes, m->len);

    con->first_message = (con->first_message + 1) % CON_MESSAGES;
    con->n_messages--;
    con->stats.control_sent++;
    trace(con->dev.board, con->dev.slot,
          "console: message id %u event %u value %u, %llu of %u bytes",
          m->len < CON_HEADER ? 0 : load_le32(m->bytes),
          m->len < CON_HEADER ? 0 : load_le16(m->bytes + 4),
          m->len < CON_HEADER ? 0 : load_le16(m->bytes + 6), (unsigned long long)len, m->len);
    if (m->fill_rest)
        fill_rest(chain, len);
    note_told(con, m);
    return (uint32_t)len;
}

/* ---- messages of the driver ---- */

struct request {
    uint32_t id;
    uint16_t event, value;
};

static void device_ready(struct model_console *con, bool on)
{
    const bool first = !con->ready;

    con->begun = true;
    con->ready = on;
    for (unsigned i = 0; on && first && i < con->max_ports; i++)
        if (con->port[i].exists && !con->port[i].announced)
            con_announce(con, i);
}

/* What there is to say about a port that the driver has made ready. */
static void describe(struct model_console *con, uint32_t id)
{
    const struct con_port *p = &con->port[id];

    if (p->console)
        con_send(con, id, EV_CONSOLE_PORT, 1, NULL, 0);
    if (p->name[0])
        con_send(con, id, EV_PORT_NAME, 1, p->name, strlen(p->name));
    if (p->host_open)
        con_send(con, id, EV_PORT_OPEN, 1, NULL, 0);
    if (dev_has(&con->dev, C_SIZE) && (p->cols || p->rows))
        con_send_size(con, id);
}

static void port_ready(struct model_console *con, const struct request *r)
{
    struct con_port *p = con_port(con, r->id);

    if (!p || !p->announced)
        return;
    p->answered = true;
    p->add_due_ns = 0;
    /* A port that works stays ready when the driver refuses its second announcement. */
    if (r->value == 0) {
        p->ready = p->ready && con->lied;
        return;
    }
    if (p->ready) /* said again, as an answer to a second announcement */
        return;
    p->ready = true;
    describe(con, r->id);
}

static void port_open(struct model_console *con, const struct request *r)
{
    struct model_board *board = con->dev.board;
    struct con_port *p = con_port(con, r->id);

    if (!p || !p->announced)
        return;
    /* What the driver said about the port of this number that was taken away may come late. */
    rule_check(board, MODEL_RULE_DRV_CON_011, p->answered || p->removed || con->lied, con->dev.slot,
               "PORT_OPEN %u for port %u before its PORT_READY", r->value, r->id);
    rule_check(board, MODEL_RULE_DRV_CON_010, r->value == 1 || p->opened || p->open_due_ns == 0,
               con->dev.slot, "PORT_OPEN 0 for port %u, nominated as a console, expected 1", r->id);
    p->open_due_ns = 0;
    p->guest_open = r->value == 1;
    p->opened |= p->guest_open;
    if (p->guest_open)
        con_check_posted(con, r->id);
}

/* The message is one that a driver may send. */
static bool well_formed(struct model_console *con, const struct request *r)
{
    struct model_board *board = con->dev.board;
    const unsigned slot = con->dev.slot;

    if (!rule_check(board, MODEL_RULE_CON_001,
                    r->event == EV_DEVICE_READY || r->event == EV_PORT_READY ||
                        r->event == EV_PORT_OPEN,
                    slot, "control message with event %u, expected 0, 3 or 6", r->event) ||
        !rule_check(board, MODEL_RULE_CON_001, r->value <= 1, slot,
                    "control message with event %u and value %u, expected 0 or 1", r->event,
                    r->value))
        return false;
    if (r->event == EV_DEVICE_READY)
        return true;
    if (!rule_check(board, MODEL_RULE_DRV_CON_008, con->begun, slot,
                    "control message with event %u before DEVICE_READY", r->event))
        return false;
    const bool known =
        r->id < con->max_ports && (con->port[r->id].announced || con->port[r->id].removed);
    return rule_check(board, MODEL_RULE_CON_001, known || con->lied, slot,
                      "control message with event %u for port %u, which was not added", r->event,
                      r->id);
}

uint32_t con_control_transmit(struct model_console *con, struct chain *chain)
{
    struct model_device *dev = &con->dev;
    uint8_t bytes[CON_HEADER];
    struct request r;

    con->stats.control_received++;
    if (!rule_check(dev->board, MODEL_RULE_CON_001, chain->readable_bytes == CON_HEADER, dev->slot,
                    "control message of %llu bytes, expected 8",
                    (unsigned long long)chain->readable_bytes) ||
        chain_read(chain, 0, bytes, CON_HEADER) != CON_HEADER) {
        con->stats.control_refused++;
        return 0;
    }
    r = (struct request){load_le32(bytes), load_le16(bytes + 4), load_le16(bytes + 6)};
    trace(dev->board, dev->slot, "console: driver says id %u event %u value %u", r.id, r.event,
          r.value);
    if (!well_formed(con, &r)) {
        con->stats.control_refused++;
        return 0;
    }
    if (r.event == EV_DEVICE_READY)
        device_ready(con, r.value == 1);
    else if (r.event == EV_PORT_READY)
        port_ready(con, &r);
    else
        port_open(con, &r);
    return 0;
}

void con_check_answers(struct model_console *con)
{
    struct model_device *dev = &con->dev;
    struct model_board *board = dev->board;
    const struct vqueue *q = &dev->q[CON_CONTROL_TX];

    /* An answer may be on its way, or the driver was never told. */
    if (!dev_has(dev, C_MULTIPORT) || dev->n_queues <= CON_CONTROL_TX || con->lied ||
        board->fault_strikes || (board->disconnected >> dev->slot & 1) != 0 || !q->enabled ||
        q->dead || q->in_flight || queue_has_avail(q))
        return;
    for (unsigned i = 0; i < con->max_ports; i++) {
        struct con_port *p = &con->port[i];
        if (!rule_check(board, MODEL_RULE_DRV_CON_011,
                        p->add_due_ns == 0 || board->now_ns < p->add_due_ns, dev->slot,
                        "port %u was added and no PORT_READY came", i))
            p->add_due_ns = 0;
        if (!rule_check(board, MODEL_RULE_DRV_CON_010,
                        p->open_due_ns == 0 || board->now_ns < p->open_due_ns, dev->slot,
                        "port %u was nominated as a console and no PORT_OPEN came", i))
            p->open_due_ns = 0;
    }
}
