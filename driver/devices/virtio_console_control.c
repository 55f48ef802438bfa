/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control messages of a console with several ports (virtio v1.2 section 5.3.6.2).
 *
 * What comes in is copied once out of the shared buffer and checked before it means anything: a
 * message that makes no sense is counted and ignored. What goes out is kept as flags of the port it
 * is about, and sent when there is room: nothing is lost, and the last word counts.
 */
#include "virtio_console_priv.h"

/* A device may announce all of its ports at once, answer each PORT_READY with three messages before
 * the next announcement is looked at, and drop what finds no buffer (QEMU does; it has 31 ports).
 */
#define CONTROL_BUFFERS 64u
#define CONTROL_SLOTS   16u
/* Messages in one run: this many rounds of the ring. A device that never stops is broken. */
#define ROUNDS_MAX 64u
#define LOG_MAX    8u /* lines about messages of a kind that are ignored */

struct con_message {
    uint32_t id;
    uint16_t event;
    uint16_t value;
    const uint8_t *extra;
    uint32_t extra_len;
};

/* ---- out ---- */

static int send(struct virtio_console *con, uint32_t id, uint16_t event, uint16_t value)
{
    bool big_endian = con_big_endian(con);
    const struct con_wire_control wire = {
        .id = virtio_swap32(id, big_endian),
        .event = virtio_swap16(event, big_endian),
        .value = virtio_swap16(value, big_endian),
    };
    const struct virtio_piece piece = {&wire, sizeof(wire)};
    int ret = virtio_command_submit(&con->control_tx, &piece, 1, NULL, 0, NULL, NULL);

    if (ret == 0) {
        virtio_command_kick(&con->control_tx);
    }
    return ret;
}

/* A message to be sent, and the bit of its port that says so; 0: DEVICE_READY. */
struct con_owed {
    uint32_t id;
    uint16_t event;
    uint16_t value;
    unsigned bit;
};

/* What a port owes, in the order in which it is said. Under dev.lock. */
static bool port_owes(const struct virtio_console_port *port, struct con_owed *msg)
{
    uint16_t open = port->guest_open ? 1u : 0u;

    if ((port->owed & CON_OWES_PORT_READY) != 0) {
        *msg = (struct con_owed){port->nr, CON_PORT_READY, 1, CON_OWES_PORT_READY};
    } else if ((port->owed & CON_OWES_CONSOLE) != 0) {
        *msg = (struct con_owed){port->nr, CON_PORT_OPEN, 1, CON_OWES_CONSOLE};
    } else if ((port->owed & CON_OWES_PORT_OPEN) != 0) {
        *msg = (struct con_owed){port->nr, CON_PORT_OPEN, open, CON_OWES_PORT_OPEN};
    } else {
        return false;
    }
    return true;
}

/* The next message that is owed: DEVICE_READY before anything else, then by port. Under dev.lock.
 */
static bool next_owed(const struct virtio_console *con, struct con_owed *msg)
{
    if (con->owes_ready) {
        *msg = (struct con_owed){0, CON_DEVICE_READY, 1, 0};
        return true;
    }
    for (unsigned i = 0; i < con->num_ports; i++) {
        if (port_owes(&con->ports[i], msg)) {
            return true;
        }
    }
    return false;
}

/* Under dev.lock. */
static void set_owed(struct virtio_console *con, const struct con_owed *msg, bool owed)
{
    struct virtio_console_port *port = &con->ports[msg->id];

    if (msg->event == CON_DEVICE_READY) {
        con->owes_ready = owed;
    } else if (!owed) {
        port->owed = (uint8_t)(port->owed & ~msg->bit);
    } else if (port->present) {
        port->owed = (uint8_t)(port->owed | msg->bit);
    }
}

/* Takes the right to send; a context that comes meanwhile leaves a note. */
static bool enter_sending(struct virtio_console *con)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);
    bool mine = !con->sending;

    con->send_again = true;
    con->sending = true;
    virtio_port_unlock(&con->dev.lock, flags);
    return mine;
}

/* Takes what is to be sent next, or gives the right back: false. `blocked`: there was no room. */
static bool take_owed(struct virtio_console *con, bool blocked, struct con_owed *msg)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);
    bool more = (!blocked || con->send_again) && next_owed(con, msg);

    con->send_again = false;
    if (more) {
        set_owed(con, msg, false);
    } else {
        con->sending = false;
    }
    virtio_port_unlock(&con->dev.lock, flags);
    return more;
}

static void put_back_owed(struct virtio_console *con, const struct con_owed *msg)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);

    set_owed(con, msg, true);
    virtio_port_unlock(&con->dev.lock, flags);
}

void virtio_console_control_send(struct virtio_console *con)
{
    struct con_owed msg = {0};
    bool blocked = false;

    if (!con->multiport || !enter_sending(con)) {
        return;
    }
    while (take_owed(con, blocked, &msg)) {
        int ret = send(con, msg.id, msg.event, msg.value);

        blocked = ret != 0;
        if (ret == -EAGAIN) {
            put_back_owed(con, &msg); /* room is announced */
        }
    }
}

static void control_room(struct virtio_command_queue *q)
{
    struct virtio_console *con = (struct virtio_console *)(void *)q->vq.dev;

    virtio_console_control_send(con);
}

/* A port that exists for the device, and cannot be used here. */
static void refuse_port(struct virtio_console *con, uint32_t id)
{
    bool sent = send(con, id, CON_PORT_READY, 0) == 0;
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);
    bool tell = con->refused < LOG_MAX;

    con->refused += tell ? 1u : 0u;
    con->stats.control_lost += sent ? 0u : 1u;
    virtio_port_unlock(&con->dev.lock, flags);
    if (tell) {
        virtio_port_log(VIRTIO_LOG_WARNING,
                        "virtio-console: port %u refused: beyond the %u in use, or without queues",
                        (unsigned)id, (unsigned)con->num_ports);
    }
}

/* ---- in ---- */

static void bad_message(struct virtio_console *con, const struct con_message *msg, const char *why)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);
    uint64_t count = ++con->stats.control_bad;

    virtio_port_unlock(&con->dev.lock, flags);
    if (count <= LOG_MAX) {
        virtio_port_log(VIRTIO_LOG_WARNING,
                        "virtio-console: control message ignored: id %u, event %u, value %u: %s",
                        (unsigned)msg->id, (unsigned)msg->event, (unsigned)msg->value, why);
    }
}

static uint16_t extra16(const struct virtio_console *con, const struct con_message *msg,
                        uint32_t offset)
{
    uint16_t wire;

    memcpy(&wire, msg->extra + offset, sizeof(wire));
    return virtio_swap16(wire, con_big_endian(con));
}

/* A name ends where its bytes end, or at a zero; what a terminal could take as a command goes. */
static void copy_name(char *name, const uint8_t *from, uint32_t len)
{
    uint32_t n = 0;

    while (n < len && n < VIRTIO_CONSOLE_NAME_MAX && from[n] != 0) {
        name[n] = (char)(from[n] >= 0x20u && from[n] < 0x7fu ? from[n] : '?');
        n++;
    }
    name[n] = '\0';
}

/* Under dev.lock. NULL: done; else why it makes no sense. */
static const char *add_port(struct virtio_console *con, struct virtio_console_port *port)
{
    if (port->present) {
        return "the port is there already";
    }
    port->present = true;
    port->host_open = false;
    port->guest_open = false;
    port->is_console = false;
    port->name[0] = '\0';
    port->cols = port->nr == 0 ? con->cols : 0;
    port->rows = port->nr == 0 ? con->rows : 0;
    port->owed = CON_OWES_PORT_READY;
    return NULL;
}

static const char *resize_port(struct virtio_console *con, struct virtio_console_port *port,
                               const struct con_message *msg)
{
    uint16_t cols;
    uint16_t rows;

    if (msg->extra_len < 4u) {
        return "shorter than a size";
    }
    cols = extra16(con, msg, 0);
    rows = extra16(con, msg, 2);
    if (cols == 0 || rows == 0) {
        return "a size without an area";
    }
    port->cols = cols;
    port->rows = rows;
    return NULL;
}

static const char *open_port(struct virtio_console_port *port, const struct con_message *msg,
                             enum virtio_console_event *event, bool *news)
{
    if (msg->value > 1u) {
        return "neither open nor closed";
    }
    *news = port->host_open != (msg->value == 1u);
    port->host_open = msg->value == 1u;
    *event = port->host_open ? VIRTIO_CONSOLE_PORT_OPENED : VIRTIO_CONSOLE_PORT_CLOSED;
    return NULL;
}

static const char *name_port(struct virtio_console_port *port, const struct con_message *msg)
{
    if (msg->extra_len == 0 || msg->extra[0] == 0) {
        return "an empty name";
    }
    copy_name(port->name, msg->extra, msg->extra_len);
    return NULL;
}

/* What the message says becomes known; *news: it was not known before. Under dev.lock. */
static const char *apply(struct virtio_console *con, struct virtio_console_port *port,
                         const struct con_message *msg, enum virtio_console_event *event,
                         bool *news)
{
    *news = true;
    if (msg->event == CON_DEVICE_ADD) {
        *event = VIRTIO_CONSOLE_PORT_ADDED;
        return add_port(con, port);
    }
    if (!port->present) {
        return "there is no such port";
    }
    switch (msg->event) {
    case CON_DEVICE_REMOVE:
        port->present = false;
        port->owed = 0;
        *event = VIRTIO_CONSOLE_PORT_REMOVED;
        return NULL;
    case CON_CONSOLE_PORT:
        /* To be answered with PORT_OPEN 1, whatever the caller thinks (section 5.3.6.2.2). */
        port->is_console = true;
        port->guest_open = true;
        port->owed = (uint8_t)(port->owed | CON_OWES_CONSOLE);
        *event = VIRTIO_CONSOLE_PORT_CONSOLE;
        return NULL;
    case CON_RESIZE:
        *event = VIRTIO_CONSOLE_PORT_RESIZED;
        return resize_port(con, port, msg);
    case CON_PORT_OPEN:
        return open_port(port, msg, event, news);
    case CON_PORT_NAME:
        *event = VIRTIO_CONSOLE_PORT_NAMED;
        return name_port(port, msg);
    default:
        return "not an event for a driver";
    }
}

static void handle(struct virtio_console *con, const struct con_message *msg)
{
    enum virtio_console_event event = VIRTIO_CONSOLE_PORT_ADDED;
    struct virtio_console_port *port;
    virtio_port_irqflags_t flags;
    const char *why;
    bool news = false;
    bool live;

    if (msg->id >= con->max_nr_ports) {
        bad_message(con, msg, "id beyond max_nr_ports");
        return;
    }
    if (msg->id >= con->num_ports || !con->ports[msg->id].set_up) {
        if (msg->event == CON_DEVICE_ADD) {
            refuse_port(con, msg->id);
        }
        return;
    }
    port = &con->ports[msg->id];
    flags = virtio_port_lock(&con->dev.lock);
    live = virtio_device_is_live(&con->dev);
    why = live ? apply(con, port, msg, &event, &news) : NULL;
    virtio_port_unlock(&con->dev.lock, flags);
    if (!live) {
        return; /* broken meanwhile: its ports are gone, and were said to be */
    }
    if (why != NULL) {
        bad_message(con, msg, why);
        return;
    }
    if (event == VIRTIO_CONSOLE_PORT_REMOVED) {
        virtio_console_port_cut(port);
    } else if (event == VIRTIO_CONSOLE_PORT_OPENED || event == VIRTIO_CONSOLE_PORT_CLOSED) {
        virtio_console_port_wake(port);
    }
    virtio_console_control_send(con);
    if (news) {
        con_event(con, msg->id, event);
    }
}

static void parse(struct virtio_console *con, const uint8_t *bytes, uint32_t len)
{
    struct con_message msg = {.id = 0};
    struct con_wire_control wire;

    if (len < sizeof(wire)) {
        bad_message(con, &msg, "shorter than its header");
        return;
    }
    memcpy(&wire, bytes, sizeof(wire));
    msg.id = virtio_swap32(wire.id, con_big_endian(con));
    msg.event = virtio_swap16(wire.event, con_big_endian(con));
    msg.value = virtio_swap16(wire.value, con_big_endian(con));
    msg.extra = bytes + sizeof(wire);
    msg.extra_len = len - (uint32_t)sizeof(wire);
    handle(con, &msg);
}

/* Handles what is in the ring, each message unlocked: 0, or -EIO. [locked] */
static int receive(struct virtio_console *con, uint32_t *limit)
{
    struct virtio_buffers *rx = &con->control_rx;
    int ret;

    do {
        uint8_t copy[CON_CONTROL_BYTES];
        struct virtio_buffer *buf;
        uint32_t len;

        ret = virtio_buffers_take(rx, &buf, &len);
        if (ret <= 0) {
            break;
        }
        len = len < sizeof(copy) ? len : (uint32_t)sizeof(copy);
        memcpy(copy, buf->data, len);
        /* What a device leaves unwritten is then no old message, but an event that there is not. */
        memset(buf->data, 0xff, sizeof(struct con_wire_control));
        (void)virtio_buffers_post(rx, buf);
        virtqueue_kick(&rx->vq); /* at once: the answer to this message may need it */
        virtqueue_unlock(&rx->vq);
        parse(con, copy, len);
        virtqueue_lock(&rx->vq);
    } while (--*limit != 0);
    return *limit == 0 ? -EIO : ret;
}

/* Messages are handled in their order: by one context at a time. */
static void control_used(struct virtqueue *vq)
{
    struct virtio_console *con = (struct virtio_console *)(void *)vq->dev;
    uint32_t limit = ROUNDS_MAX * con->control_rx.count;
    int ret;

    virtqueue_lock(vq);
    con->receive_again = true;
    if (con->receiving) {
        virtqueue_unlock(vq);
        return;
    }
    con->receiving = true;
    do {
        con->receive_again = false;
        ret = receive(con, &limit);
    } while (ret == 0 &&
             (con->receive_again || (!con->dev.window.polled && virtqueue_enable_cb(vq))));
    con->receiving = false;
    virtqueue_unlock(vq);
    if (ret < 0) {
        virtio_device_break(&con->dev, -EIO);
    }
}

int virtio_console_control_setup(struct virtio_console *con)
{
    const struct virtio_buffers_config rx = {
        .index = CON_QUEUE_CONTROL_RX,
        .count = CONTROL_BUFFERS,
        .count_min = 1,
        .bytes = CON_CONTROL_BYTES,
        .callback = control_used,
    };
    const struct virtio_command_config tx = {
        .index = CON_QUEUE_CONTROL_TX,
        .size = CONTROL_SLOTS,
        .slots = CONTROL_SLOTS,
        .out_max = sizeof(struct con_wire_control),
        .room = control_room,
    };
    int ret = virtio_buffers_setup(&con->dev, &con->control_rx, &rx);

    ret = ret != 0 ? ret : virtio_command_setup(&con->dev, &con->control_tx, &tx);
    return ret != 0 ? ret : virtio_buffers_fill(&con->control_rx);
}
