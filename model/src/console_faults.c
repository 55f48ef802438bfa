/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a faulty console does: control messages that the specification does not allow, sent ahead of
 * right ones so that a driver that refuses them ends up with the right state; used lengths beyond
 * the buffer; output that is never taken; ports that go away while they are written to.
 */
#include <string.h>

#include "bytes.h"
#include "console.h"

/* Wrong messages leave room for the right ones behind them. */
#define BOGUS_ROOM (CON_MESSAGES - 32u)
#define FLOOD      60u
#define STUCK_NS   UINT64_MAX

static bool room(const struct model_console *con, unsigned n)
{
    return con->n_messages + n <= BOGUS_ROOM;
}

static void bogus_raw(struct model_console *con, const uint8_t *bytes, size_t len)
{
    con->lied = true;
    con_message_push(con, bytes, len, false);
}

static void bogus(struct model_console *con, uint32_t id, uint16_t event, uint16_t value,
                  const void *extra, size_t len)
{
    uint8_t bytes[CON_HEADER + CON_PAYLOAD];

    store_le32(bytes, id);
    store_le16(bytes + 4, event);
    store_le16(bytes + 6, value);
    if (len)
        memcpy(bytes + CON_HEADER, extra, len);
    bogus_raw(con, bytes, CON_HEADER + len);
}

/* ---- ports that there are not ---- */

static void port_range(struct model_console *con)
{
    const uint32_t max = con->max_ports;
    const struct {
        uint32_t id;
        uint16_t event, value;
    } wrong[8] = {
        {max, EV_DEVICE_ADD, 0},        {UINT32_C(1) << 31, EV_DEVICE_ADD, 0},
        {UINT32_MAX, EV_DEVICE_ADD, 0}, {max, EV_DEVICE_REMOVE, 0},
        {max, EV_CONSOLE_PORT, 1},      {max, EV_RESIZE, 0},
        {UINT32_MAX, EV_PORT_OPEN, 1},  {max, EV_PORT_NAME, 1},
    };
    const unsigned v = fault_variant(con->dev.board) & 7;

    if (fault(con->dev.board, MODEL_FAULT_CON_PORT_RANGE))
        bogus(con, wrong[v].id, wrong[v].event, wrong[v].value, "here", v == 5 || v == 7 ? 4 : 0);
}

static void port_dup(struct model_console *con, uint32_t id, uint16_t event)
{
    const bool adds = event == EV_DEVICE_ADD;

    if (event != EV_DEVICE_REMOVE && adds == (fault_variant(con->dev.board) == 0) &&
        fault(con->dev.board, MODEL_FAULT_CON_PORT_DUP))
        bogus(con, id, EV_DEVICE_ADD, 0, NULL, 0);
}

/* The last number that is free, or the first behind all. */
static uint32_t free_port(const struct model_console *con)
{
    for (unsigned i = con->max_ports; i-- > 0;)
        if (!con->port[i].exists && !con->port[i].announced)
            return i;
    return con->max_ports;
}

static void remove_unknown(struct model_console *con, uint32_t id, uint16_t event)
{
    const unsigned v = fault_variant(con->dev.board);

    if (v == 0 && event != EV_DEVICE_ADD)
        return;
    if (fault(con->dev.board, MODEL_FAULT_CON_REMOVE_UNKNOWN))
        bogus(con,
              v == 0   ? id
              : v == 1 ? free_port(con)
                       : UINT32_MAX,
              EV_DEVICE_REMOVE, 0, NULL, 0);
}

static void open_before_add(struct model_console *con, uint32_t id, uint16_t event)
{
    static const uint8_t payload[5] = {'e', 'a', 'r', 'l', 'y'};
    static const uint16_t early[4] = {EV_PORT_OPEN, EV_CONSOLE_PORT, EV_PORT_NAME, EV_RESIZE};
    const unsigned v = fault_variant(con->dev.board) & 3;

    if (event == EV_DEVICE_ADD && fault(con->dev.board, MODEL_FAULT_CON_OPEN_BEFORE_ADD))
        bogus(con, id, early[v], 1, payload, v == 2 ? 5 : v == 3 ? 4 : 0);
}

/* ---- names ---- */

/* A name is told ahead of the right one, or, where there is none, ahead of whatever is told. */
static bool name_due(const struct model_console *con, uint32_t id, uint16_t event)
{
    if (event == EV_DEVICE_ADD || event == EV_DEVICE_REMOVE)
        return false;
    return con->port[id].name[0] == '\0' || event == EV_PORT_NAME;
}

static void name_long(struct model_console *con, uint32_t id)
{
    uint8_t name[CON_PAYLOAD];

    memset(name, 'n', sizeof(name));
    if (fault(con->dev.board, MODEL_FAULT_CON_NAME_LONG))
        bogus(con, id, EV_PORT_NAME, 1, name, fault_variant(con->dev.board) == 0 ? CON_PAYLOAD : 0);
}

static void name_noterm(struct model_console *con, uint32_t id)
{
    const char *own = con->port[id].name[0] ? con->port[id].name : "port";
    const unsigned v = fault_variant(con->dev.board);
    uint8_t name[CON_NAME_MAX + 8] = {0};
    size_t len = strlen(own);

    if (!fault(con->dev.board, MODEL_FAULT_CON_NAME_NOTERM))
        return;
    memcpy(name, own, len + 1);
    if (v == 2)
        memcpy(name + len + 1, "more", 5);
    len += v == 0 ? 0 : v == 1 ? 1 : 5;
    bogus(con, id, EV_PORT_NAME, 1, name, len);
    if (v == 0)
        con->message[(con->first_message + con->n_messages - 1) % CON_MESSAGES].fill_rest = true;
}

static void name_ctrl(struct model_console *con, uint32_t id)
{
    static const char *const name[3] = {"\033[2J\r\n\a%s%n", "\xff\xfe\x80\xc3", "../../up/here"};

    if (fault(con->dev.board, MODEL_FAULT_CON_NAME_CTRL)) {
        const char *n = name[fault_variant(con->dev.board) % 3];
        bogus(con, id, EV_PORT_NAME, 1, n, strlen(n));
    }
}

/* ---- form ---- */

static void many(struct model_console *con, uint32_t id, uint16_t event)
{
    const unsigned v = fault_variant(con->dev.board);

    if (event == EV_DEVICE_ADD || event == EV_DEVICE_REMOVE || !room(con, FLOOD) ||
        !fault(con->dev.board, MODEL_FAULT_CON_MANY))
        return;
    for (unsigned i = 0; i < FLOOD; i++)
        if (v == 0)
            bogus(con, id, EV_PORT_OPEN, con->port[id].host_open, NULL, 0);
        else
            bogus(con, id, (uint16_t)(8 + i), (uint16_t)i, NULL, 0);
}

static void resize_0(struct model_console *con, uint32_t id, uint16_t event)
{
    static const uint8_t none[4] = {0}, huge[4] = {0xff, 0xff, 0xff, 0xff};
    static const uint8_t len[4] = {4, 4, 0, 2};
    const unsigned v = fault_variant(con->dev.board) & 3;

    if (event == EV_RESIZE && fault(con->dev.board, MODEL_FAULT_CON_RESIZE_0))
        bogus(con, id, EV_RESIZE, 0, v == 1 ? huge : none, len[v]);
}

static void unknown_event(struct model_console *con, uint32_t id)
{
    static const uint16_t event[4] = {8, UINT16_MAX, EV_DEVICE_READY, EV_PORT_READY};

    if (fault(con->dev.board, MODEL_FAULT_CON_UNKNOWN_EVENT))
        bogus(con, id, event[fault_variant(con->dev.board) & 3], 0, NULL, 0);
}

/* With the missing bytes it would take the port away. */
static void cut_short(struct model_console *con, uint32_t id)
{
    static const uint8_t len[4] = {0, 1, 4, 7};
    uint8_t bytes[CON_HEADER] = {0};

    store_le32(bytes, id);
    store_le16(bytes + 4, EV_DEVICE_REMOVE);
    if (fault(con->dev.board, MODEL_FAULT_CON_SHORT))
        bogus_raw(con, bytes, len[fault_variant(con->dev.board) & 3]);
}

static void hostile(struct model_console *con, uint32_t id)
{
    struct model_board *board = con->dev.board;
    uint8_t bytes[CON_HEADER + CON_PAYLOAD];

    if (!fault(board, MODEL_FAULT_CON_HOSTILE))
        return;
    for (size_t i = 0; i < sizeof(bytes); i += 8)
        store_le64(bytes + i, board_random(board));
    const uint32_t any = load_le32(bytes);
    const uint32_t ids[8] = {id,         any % (con->max_ports + 1), any % 64, con->max_ports,
                             UINT32_MAX, UINT32_C(1) << 31,          any,      id};
    const uint64_t dice = board_random(board);
    store_le32(bytes, ids[dice & 7]);
    if (dice >> 3 & 7)
        store_le16(bytes + 4, (uint16_t)((dice >> 6) % 10));
    if (dice >> 12 & 3)
        store_le16(bytes + 6, (uint16_t)(dice >> 14 & 1));
    static const uint16_t most[4] = {CON_HEADER, CON_HEADER + 4, 64, sizeof(bytes)};
    const size_t len = dice >> 20 & 3 ? most[dice >> 20 & 3] : CON_HEADER;
    bogus_raw(con, bytes, dice >> 24 & 3 ? len : (size_t)(dice >> 26) % (len + 1));
}

void con_faults_ahead(struct model_console *con, uint32_t id, uint16_t event)
{
    if (con->dev.board->fault.id == MODEL_FAULT_NONE || !room(con, 1))
        return;
    switch (con->dev.board->fault.id) {
    case MODEL_FAULT_CON_PORT_RANGE:
        port_range(con);
        break;
    case MODEL_FAULT_CON_PORT_DUP:
        port_dup(con, id, event);
        break;
    case MODEL_FAULT_CON_REMOVE_UNKNOWN:
        remove_unknown(con, id, event);
        break;
    case MODEL_FAULT_CON_OPEN_BEFORE_ADD:
        open_before_add(con, id, event);
        break;
    case MODEL_FAULT_CON_NAME_LONG:
        if (name_due(con, id, event))
            name_long(con, id);
        break;
    case MODEL_FAULT_CON_NAME_NOTERM:
        if (name_due(con, id, event))
            name_noterm(con, id);
        break;
    case MODEL_FAULT_CON_NAME_CTRL:
        if (name_due(con, id, event))
            name_ctrl(con, id);
        break;
    case MODEL_FAULT_CON_MANY:
        many(con, id, event);
        break;
    case MODEL_FAULT_CON_RESIZE_0:
        resize_0(con, id, event);
        break;
    case MODEL_FAULT_CON_UNKNOWN_EVENT:
        unknown_event(con, id);
        break;
    case MODEL_FAULT_CON_SHORT:
        cut_short(con, id);
        break;
    case MODEL_FAULT_CON_HOSTILE:
        hostile(con, id);
        break;
    default:
        break;
    }
}

/* ---- configuration space ---- */

uint64_t con_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value)
{
    static const uint64_t ports[3] = {0, 1, UINT64_C(1) << 31};
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    if (!first)
        return value;
    if (field == CF_MAX_NR_PORTS && fault(board, MODEL_FAULT_CON_MAXPORTS))
        value = ports[v % 3];
    else if ((field == CF_COLS || field == CF_ROWS) && v < 2 &&
             fault(board, MODEL_FAULT_CON_RESIZE_0))
        value = v == 0 ? 0 : UINT16_MAX;
    else
        return value;
    config_hold(dev, field, value);
    return value;
}

/* ---- data queues ---- */

bool con_is_stuck(const struct chain *chain)
{
    return chain->not_before_ns == STUCK_NS;
}

bool con_stuck_alone(const struct model_console *con)
{
    return con->dev.board->fault.id == MODEL_FAULT_CON_TX_STUCK &&
           fault_variant(con->dev.board) == 1;
}

void con_faults_transmit(struct model_console *con, struct chain *chain, bool served)
{
    struct model_board *board = con->dev.board;
    const unsigned id = con_port_of(chain->q->index), v = fault_variant(board);
    struct con_port *p = con_port(con, id);

    if (!served && fault(board, MODEL_FAULT_CON_TX_STUCK))
        chain->not_before_ns = chain->due_ns = STUCK_NS;
    if (!p || !p->ready || served != (v == 0) ||
        !fault(board, MODEL_FAULT_CON_UNPLUG_WHILE_WRITING))
        return;
    p->unplugged = true;
    con_retract(con, id);
    if (v == 2)
        chain->not_before_ns = chain->due_ns = STUCK_NS;
}

uint32_t con_faults_receive(struct model_console *con, struct chain *chain)
{
    struct model_board *board = con->dev.board;
    struct con_port *p = &con->port[con_port_of(chain->q->index)];
    const uint32_t writable = (uint32_t)chain->writable_bytes;
    const uint32_t len[3] = {writable + 1, writable + 4096, UINT32_MAX};
    uint8_t bytes[8];

    if (!fault(board, MODEL_FAULT_CON_RX_LONG))
        return 0;
    for (uint32_t at = 0; at < writable; at += 8) {
        store_le64(bytes, board_random(board));
        if (chain_write(chain, at, bytes, writable - at < 8 ? writable - at : 8) == 0)
            break;
    }
    /* Struck once, the data comes again with the next buffer; struck for ever, it has an end. */
    if (board->fault.persistent)
        for (uint32_t at = 0; at < writable && p->in.len; at++)
            con_stream_get(&p->in, bytes, 1);
    return len[fault_variant(board) % 3];
}
