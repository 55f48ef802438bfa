/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the console driver share: config space and control messages (virtio v1.2
 * sections 5.3.4 and 5.3.6.2), and the locking rules.
 *
 * A port's receive side is under rx.vq.lock, its transmit side under tx.lock, what is known about
 * it under dev.lock, which may be taken inside of the other two. */
#ifndef VIRTIO_CONSOLE_PRIV_H
#define VIRTIO_CONSOLE_PRIV_H

#include "virtio/virtio_console.h"
#include "../core/virtio_endian.h"

/* Fields of the config space. */
enum {
    CON_CFG_COLS = 0,
    CON_CFG_ROWS = 2,
    CON_CFG_MAX_NR_PORTS = 4,
    CON_CFG_EMERG_WR = 8,
};

/* Events of control messages. */
enum {
    CON_DEVICE_READY = 0,
    CON_DEVICE_ADD = 1,
    CON_DEVICE_REMOVE = 2,
    CON_PORT_READY = 3,
    CON_CONSOLE_PORT = 4,
    CON_RESIZE = 5,
    CON_PORT_OPEN = 6,
    CON_PORT_NAME = 7,
};

struct con_wire_control {
    uint32_t id;
    uint16_t event;
    uint16_t value;
};

/* A message may carry a name of any length; what does not fit is not kept. */
#define CON_CONTROL_BYTES 256u

/* Queues: port 0 has 0 and 1, control 2 and 3, port n 2n+2 and 2n+3 (section 5.3.2). */
#define CON_QUEUE_CONTROL_RX 2u
#define CON_QUEUE_CONTROL_TX 3u

/* Messages that a port is still to send (struct virtio_console_port.owed). */
enum {
    CON_OWES_PORT_READY = 1,
    CON_OWES_CONSOLE = 2, /* PORT_OPEN 1, the answer to CONSOLE_PORT */
    CON_OWES_PORT_OPEN = 4,
};

/* Requests that were finished under a lock and are called back after it. */
struct con_done {
    struct virtio_console_tx *head, *tail;
};

/* Little-endian, and of the guest's order on a legacy device (section 5.3.6.3). */
static inline bool con_big_endian(const struct virtio_console *con)
{
    return VIRTIO_CPU_BIG_ENDIAN && virtio_is_legacy(&con->dev);
}

static inline void con_event(struct virtio_console *con, unsigned nr,
                             enum virtio_console_event event)
{
    if (con->params.event != NULL) {
        con->params.event(con, nr, event);
    }
}

/* virtio_console_port.c: queues and memory of a port. -ENOTSUP: the device does not have them. */
int virtio_console_port_setup(struct virtio_console *con, unsigned nr);
void virtio_console_port_free(struct virtio_console_port *port);
/* The device owns nothing of the port any more: everything completes with `error`. */
void virtio_console_port_fail(struct virtio_console_port *port, int error);
/* The port was taken away: input is dropped, what is on the ring belongs to its former life. */
void virtio_console_port_cut(struct virtio_console_port *port);
/* The port of a live device by its number, whether it is there or not. -EIO, -ENODEV. */
int virtio_console_port_find(struct virtio_console *con, unsigned nr,
                             struct virtio_console_port **port);
/* 0; -ENODEV it is not there; -EPIPE one of its ends is closed. Context: any, also with a queue
 * locked. */
int virtio_console_port_state(struct virtio_console_port *port);
/* Wakes those who wait for the port: what they wait for may never come. */
void virtio_console_port_wake(struct virtio_console_port *port);

/* virtio_console_rx.c */
void virtio_console_rx_used(struct virtqueue *vq);
/* Drops what the device has sent. */
void virtio_console_rx_discard(struct virtio_console_port *port);

/* virtio_console_tx.c */
void virtio_console_tx_used(struct virtqueue *vq);
void virtio_console_tx_fail(struct virtio_console_port *port, int error);

/* virtio_console_control.c */
int virtio_console_control_setup(struct virtio_console *con);
/* Sends what is owed, as far as there is room; the rest when there is. Context: any. */
void virtio_console_control_send(struct virtio_console *con);

#endif
