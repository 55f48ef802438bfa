/* SPDX-License-Identifier: Apache-2.0 */
/* The console device model inside: its ports, streams and messages, and what its files give one
 * another. */
#ifndef MODEL_CONSOLE_INTERNAL_H
#define MODEL_CONSOLE_INTERNAL_H

#include "device.h"
#include "virtio_model/model_console.h"

/* Feature bits, v1.2 5.3.3. */
#define C_SIZE        0u
#define C_MULTIPORT   1u
#define C_EMERG_WRITE 2u

/* Indices into con_fields; the first three are those of the fault CFG-HOSTILE. */
enum con_field { CF_COLS, CF_ROWS, CF_MAX_NR_PORTS, CF_EMERG_WR, CF_COUNT };
#define CON_CONFIG_BYTES 12u

/* Queues, v1.2 5.3.2. */
#define CON_CONTROL_RX 2u
#define CON_CONTROL_TX 3u

/* Control events, v1.2 5.3.6.2. */
#define EV_DEVICE_READY  0u
#define EV_DEVICE_ADD    1u
#define EV_DEVICE_REMOVE 2u
#define EV_PORT_READY    3u
#define EV_CONSOLE_PORT  4u
#define EV_RESIZE        5u
#define EV_PORT_OPEN     6u
#define EV_PORT_NAME     7u

#define CON_HEADER   8u   /* struct virtio_console_control */
#define CON_PAYLOAD  512u /* the longest payload that is sent */
#define CON_SCRIPT   64u  /* messages that a script may have waiting */
#define CON_MESSAGES 128u /* those that the device answers with come on top */
#define CON_ANSWERS  20u  /* room that one message of the driver needs: 16 ports announced */
#define CON_NAME_MAX 256u
#define CON_EMERG    256u

/* Bytes on their way through a port, one direction. */
struct con_stream {
    uint8_t *buf;
    size_t cap, head, len;
};

struct con_message {
    uint16_t len;
    bool right;     /* sent by the device itself, as it should be */
    bool fill_rest; /* the buffer behind it is filled too, which the length does not say */
    uint8_t bytes[CON_HEADER + CON_PAYLOAD];
};

struct con_port {
    /* the host's, over resets */
    bool exists, console, host_open;
    bool unplugged; /* by CON-UNPLUG-WHILE-WRITING: there again after a reset */
    char name[CON_NAME_MAX];
    uint16_t cols, rows;
    struct con_stream in, out; /* towards the driver, from the driver */
    /* since the reset */
    bool announced, removed; /* DEVICE_ADD was sent; DEVICE_REMOVE, ever */
    bool answered, ready;    /* PORT_READY came; with 1 */
    bool guest_open, opened; /* PORT_OPEN 1; ever */
    bool posted;             /* the receive queue has had a buffer */
    uint64_t add_due_ns;     /* when PORT_READY is overdue, 0: not waited for */
    uint64_t open_due_ns;    /* the same for the PORT_OPEN that answers CONSOLE_PORT */
};

struct model_console {
    struct model_device dev; /* first */
    struct model_console_config cfg;
    unsigned max_ports; /* 1 without MULTIPORT */
    bool held;          /* transmit queues */
    bool ready;         /* DEVICE_READY 1 */
    bool begun;         /* DEVICE_READY, whatever it said */
    bool misplaced;     /* a chain was in a queue where it has no place */
    /* A script or a fault sent a message that the specification does not allow, so that answers
     * about ports that there are not are no breach. */
    bool lied;
    char emerg[CON_EMERG];
    size_t n_emerg;
    struct model_console_stats stats;
    struct con_port port[MODEL_CONSOLE_PORTS];
    /* messages for the driver, a ring */
    unsigned first_message, n_messages;
    struct con_message message[CON_MESSAGES];
};

static inline struct model_console *to_con(struct model_device *dev)
{
    return (struct model_console *)dev;
}
static inline const struct model_console *to_con_const(const struct model_device *dev)
{
    return (const struct model_console *)dev;
}

static inline bool con_is_control(unsigned queue)
{
    return queue == CON_CONTROL_RX || queue == CON_CONTROL_TX;
}
/* The queues in even places bring data to the driver. */
static inline bool con_is_receive(unsigned queue)
{
    return queue % 2 == 0;
}
static inline unsigned con_port_of(unsigned queue)
{
    return queue < 2 ? 0 : queue / 2 - 1;
}
static inline unsigned con_receiveq(unsigned port)
{
    return port == 0 ? 0 : 2 * port + 2;
}
/* The port, or NULL: there is none of this number. */
static inline struct con_port *con_port(struct model_console *con, uint32_t id)
{
    return id < con->max_ports && con->port[id].exists ? &con->port[id] : NULL;
}
static inline const struct con_port *con_port_const(const struct model_console *con, uint32_t id)
{
    return id < con->max_ports && con->port[id].exists ? &con->port[id] : NULL;
}

/* ---- console.c ---- */
extern const struct config_field con_fields[CF_COUNT];

/* ---- console_control.c ---- */
bool con_message_push(struct model_console *con, const void *bytes, size_t len, bool right);
/* A message of the device's own, with the fault that may go with it. */
void con_send(struct model_console *con, uint32_t id, uint16_t event, uint16_t value,
              const void *extra, size_t len);
/* RESIZE with the size of the port. */
void con_send_size(struct model_console *con, uint32_t id);
void con_announce(struct model_console *con, uint32_t id);
void con_retract(struct model_console *con, uint32_t id);
uint32_t con_control_receive(struct model_console *con, struct chain *chain);
uint32_t con_control_transmit(struct model_console *con, struct chain *chain);
/* Answers that the driver owes for too long. */
void con_check_answers(struct model_console *con);

/* ---- console_port.c ---- */
bool con_queue_idle(const struct model_device *dev, unsigned queue);
bool con_can_complete(const struct model_device *dev, const struct chain *chain);
uint32_t con_execute(struct model_device *dev, struct chain *chain);
void con_taken(struct model_device *dev, struct chain *chain);
/* The driver uses the port: it must have given it a receive buffer. */
void con_check_posted(struct model_console *con, uint32_t id);
size_t con_stream_put(struct con_stream *s, const uint8_t *bytes, size_t len);
size_t con_stream_get(struct con_stream *s, uint8_t *bytes, size_t len);

/* ---- console_faults.c ---- */
/* A right message is about to be sent: the armed fault may send wrong ones ahead of it. */
void con_faults_ahead(struct model_console *con, uint32_t id, uint16_t event);
uint64_t con_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value);
/* A transmit chain of a port was taken, or has been served. */
void con_faults_transmit(struct model_console *con, struct chain *chain, bool served);
/* CON-TX-STUCK holds the chain. */
bool con_is_stuck(const struct chain *chain);
/* The chains behind a stuck one overtake it. */
bool con_stuck_alone(const struct model_console *con);
/* CON-RX-LONG: the used length of a chain that it spoils, 0: not this one. */
uint32_t con_faults_receive(struct model_console *con, struct chain *chain);

#endif
