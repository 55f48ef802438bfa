/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console device on the board, v1.2 5.3: creation, the configuration space with the emergency
 * character, and the host side of the ports.
 */
#include "console.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORTS  4u
#define DEFAULT_STREAM 65536u

/* ---- configuration space, v1.2 5.3.4 ---- */

const struct config_field con_fields[CF_COUNT] = {
    [CF_COLS] = {0, 2, 1, C_SIZE, 0, "cols"},
    [CF_ROWS] = {2, 2, 1, C_SIZE, 0, "rows"},
    [CF_MAX_NR_PORTS] = {4, 4, 1, C_MULTIPORT, 0, "max_nr_ports"},
    [CF_EMERG_WR] = {8, 4, 1, C_EMERG_WRITE, CFG_WRITABLE | CFG_ANY_TIME, "emerg_wr"},
};

static void put(struct model_console *con, enum con_field field, uint32_t v)
{
    for (unsigned i = 0; i < con_fields[field].width; i++)
        con->dev.config[con_fields[field].off + i] = (uint8_t)(v >> (8 * i));
}

static void con_refresh_config(struct model_device *dev)
{
    struct model_console *con = to_con(dev);

    memset(dev->config, 0, CON_CONFIG_BYTES);
    /* A fault may claim SIZE; then the size is one that makes sense. */
    const bool has_size = (dev->offered & FBIT(C_SIZE)) != 0;
    put(con, CF_COLS, has_size ? con->port[0].cols : 80);
    put(con, CF_ROWS, has_size ? con->port[0].rows : 25);
    if (dev->offered & FBIT(C_MULTIPORT))
        put(con, CF_MAX_NR_PORTS, con->max_ports);
}

/* v1.2 5.3.5.1: the character counts on an unconfigured device, too. */
static void con_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val)
{
    struct model_console *con = to_con(dev);

    if (off != con_fields[CF_EMERG_WR].off || (dev->offered & FBIT(C_EMERG_WRITE)) == 0 ||
        (width != 4 && dev_modern(dev)))
        return;
    con->emerg[con->n_emerg++ % CON_EMERG] = (char)(val & 0xff);
    trace(dev->board, dev->slot, "console: emergency character %#x", (unsigned)(val & 0xff));
}

static void con_config_was_read(struct model_device *dev, unsigned field, unsigned part,
                                unsigned width, uint64_t value)
{
    (void)part;
    (void)width;
    (void)value;
    if (field == CF_COLS || field == CF_ROWS)
        rule_check(dev->board, MODEL_RULE_DRV_CON_004, dev_has(dev, C_SIZE), dev->slot,
                   "%s read without SIZE agreed", con_fields[field].name);
}

/* ---- life ---- */

static void con_reset(struct model_device *dev)
{
    struct model_console *con = to_con(dev);

    con->ready = con->begun = con->lied = con->misplaced = false;
    con->first_message = con->n_messages = 0;
    for (unsigned i = 0; i < con->max_ports; i++) {
        struct con_port *p = &con->port[i];
        p->exists |= p->unplugged;
        p->unplugged = false;
        p->announced = p->removed = p->answered = p->ready = false;
        p->guest_open = p->opened = p->posted = false;
        p->add_due_ns = p->open_due_ns = 0;
    }
    con_refresh_config(dev);
}

static void con_destroy(struct model_device *dev)
{
    struct model_console *con = to_con(dev);

    for (unsigned i = 0; i < MODEL_CONSOLE_PORTS; i++) {
        free(con->port[i].in.buf);
        free(con->port[i].out.buf);
        con->port[i].in.buf = con->port[i].out.buf = NULL;
    }
}

static const struct device_ops con_ops = {
    .device_id = 3,
    .known_features = FBIT(C_SIZE) | FBIT(C_MULTIPORT) | FBIT(C_EMERG_WRITE),
    .fields = con_fields,
    .n_fields = CF_COUNT,
    .config_len = CON_CONFIG_BYTES,
    .odd_features = FBIT(C_MULTIPORT) | FBIT(C_EMERG_WRITE), /* need queues, a place to go */
    .torn_field = CF_COLS,
    .torn_by = 1,
    .n_hostile = CF_MAX_NR_PORTS + 1,
    .reset = con_reset,
    .config_written = con_config_written,
    .taken = con_taken,
    .config_shown = con_config_shown,
    .config_was_read = con_config_was_read,
    .can_complete = con_can_complete,
    .queue_idle = con_queue_idle,
    .execute = con_execute,
    .refresh_config = con_refresh_config,
    .destroy = con_destroy,
};

static bool stream_init(struct con_stream *s, size_t cap)
{
    s->buf = malloc(cap);
    s->cap = s->buf ? cap : 0;
    s->head = s->len = 0;
    return s->buf != NULL;
}

/* Streams are made with the port and stay with its number. */
static bool port_create(struct model_console *con, unsigned id, const char *name, bool console)
{
    struct con_port *p = &con->port[id];
    const size_t bytes = con->cfg.stream_bytes ? con->cfg.stream_bytes : DEFAULT_STREAM;
    const size_t len = name ? strnlen(name, CON_NAME_MAX - 1) : 0;

    if ((!p->in.buf && !stream_init(&p->in, bytes)) ||
        (!p->out.buf && !stream_init(&p->out, bytes)))
        return false;
    p->in.head = p->in.len = p->out.head = p->out.len = 0;
    p->exists = true;
    p->console = console;
    p->host_open = !con->cfg.host_closed;
    p->unplugged = false;
    memcpy(p->name, name ? name : "", len);
    p->name[len] = '\0';
    return true;
}

static bool ports_create(struct model_console *con, uint32_t ports)
{
    const struct model_console_config *cfg = &con->cfg;

    con->port[0].cols = cfg->cols;
    con->port[0].rows = cfg->rows;
    for (unsigned i = 0; i < con->max_ports; i++)
        if ((ports >> i & 1) != 0 && !port_create(con, i, cfg->name[i], cfg->console[i]))
            return false;
    return true;
}

int model_console_add(struct model_board *board, unsigned slot,
                      const struct model_console_config *cfg, struct model_console **out)
{
    const bool several = (cfg->dev.features & FBIT(C_MULTIPORT)) != 0;
    const unsigned max = !several ? 1 : cfg->max_nr_ports ? cfg->max_nr_ports : DEFAULT_PORTS;
    const uint32_t ports = several && cfg->ports ? cfg->ports : 1;
    struct model_device *dev;

    if (max > MODEL_CONSOLE_PORTS || ports >> max != 0)
        return -EINVAL;
    int err = device_add(board, slot, sizeof(struct model_console), &cfg->dev, &con_ops,
                         several ? 2 * max + 2 : 2, &dev);
    if (err)
        return err;
    struct model_console *con = to_con(dev);
    memset((uint8_t *)con + offsetof(struct model_console, cfg), 0,
           offsetof(struct model_console, message) - offsetof(struct model_console, cfg));
    con->cfg = *cfg;
    con->max_ports = max;
    if (!ports_create(con, ports))
        return -ENOMEM; /* the board destroys what there is */
    con_reset(dev);
    if (out)
        *out = con;
    return 0;
}

struct model_device *model_console_device(struct model_console *con)
{
    return &con->dev;
}

/* ---- the host side of a port ---- */

int model_console_feed(struct model_console *con, unsigned port, const void *bytes, size_t len)
{
    struct con_port *p = con_port(con, port);

    return p ? (int)con_stream_put(&p->in, bytes, len) : -ENODEV;
}

int model_console_take(struct model_console *con, unsigned port, void *bytes, size_t len)
{
    struct con_port *p = con_port(con, port);

    return p ? (int)con_stream_get(&p->out, bytes, len) : -ENODEV;
}

size_t model_console_unread(const struct model_console *con, unsigned port)
{
    const struct con_port *p = con_port_const(con, port);

    return p ? p->in.len : 0;
}

size_t model_console_untaken(const struct model_console *con, unsigned port)
{
    const struct con_port *p = con_port_const(con, port);

    return p ? p->out.len : 0;
}

void model_console_drop(struct model_console *con, unsigned port)
{
    struct con_port *p = con_port(con, port);

    if (p)
        p->in.head = p->in.len = p->out.head = p->out.len = 0;
}

void model_console_set_open(struct model_console *con, unsigned port, bool open)
{
    struct con_port *p = con_port(con, port);

    if (!p || p->host_open == open)
        return;
    p->host_open = open;
    if (p->ready)
        con_send(con, port, EV_PORT_OPEN, open, NULL, 0);
}

void model_console_resize(struct model_console *con, unsigned port, uint16_t cols, uint16_t rows)
{
    struct con_port *p = con_port(con, port);

    if (!p)
        return;
    p->cols = cols;
    p->rows = rows;
    if (dev_has(&con->dev, C_MULTIPORT)) {
        if (port == 0)
            device_config_bump(&con->dev);
        if (p->ready)
            con_send_size(con, port);
    } else {
        model_device_config_changed(&con->dev);
    }
}

int model_console_add_port(struct model_console *con, unsigned port, const char *name, bool console)
{
    if (port >= con->max_ports)
        return -EINVAL;
    if (con->port[port].exists)
        return -EEXIST;
    if (!port_create(con, port, name, console))
        return -ENOMEM;
    if (con->ready)
        con_announce(con, port);
    return 0;
}

int model_console_remove_port(struct model_console *con, unsigned port)
{
    if (!con_port(con, port))
        return -ENODEV;
    con_retract(con, port);
    return 0;
}

void model_console_hold_transmit(struct model_console *con, bool hold)
{
    con->held = hold;
}

/* ---- what the driver did ---- */

bool model_console_ready(const struct model_console *con)
{
    return con->ready;
}

bool model_console_port_ready(const struct model_console *con, unsigned port)
{
    const struct con_port *p = con_port_const(con, port);

    return p && p->ready;
}

bool model_console_guest_open(const struct model_console *con, unsigned port)
{
    const struct con_port *p = con_port_const(con, port);

    return p && p->guest_open;
}

size_t model_console_emergency(const struct model_console *con, char *buf, size_t size)
{
    const size_t kept = con->n_emerg < CON_EMERG ? con->n_emerg : CON_EMERG;
    const size_t n = size < kept ? size : kept;

    for (size_t i = 0; buf && i < n; i++)
        buf[i] = con->emerg[(con->n_emerg - n + i) % CON_EMERG];
    return con->n_emerg;
}

void model_console_stats(const struct model_console *con, struct model_console_stats *out)
{
    *out = con->stats;
}
