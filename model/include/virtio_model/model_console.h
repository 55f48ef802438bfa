/* SPDX-License-Identifier: Apache-2.0 */
/* Console device model (virtio v1.2 section 5.3): ports with byte-stream back ends. */
#ifndef VIRTIO_MODEL_CONSOLE_H
#define VIRTIO_MODEL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio_model/model_device.h"

struct model_console;

#define MODEL_CONSOLE_PORTS 16u

struct model_console_config {
    struct model_device_config dev;
    uint16_t cols, rows;   /* SIZE; of port 0 */
    uint32_t max_nr_ports; /* MULTIPORT; 0: 4; at most MODEL_CONSOLE_PORTS */
    /* Ports there are from the start: bit n, port n. Announced when the driver is ready. 0: port 0
     * alone. Without MULTIPORT there is port 0 and nothing else. */
    uint32_t ports;
    bool console[MODEL_CONSOLE_PORTS];     /* a console port: CONSOLE_PORT is sent */
    const char *name[MODEL_CONSOLE_PORTS]; /* PORT_NAME is sent; NULL: not */
    bool host_closed;      /* the host side is not connected at the start: with MULTIPORT, what the
                              driver writes is dropped */
    bool echo;             /* what the driver writes comes back, and does not go to the host */
    bool transmit_length;  /* legacy: used lengths of transmit chains are their total, as with old
                              devices (v1.2 5.3.6.3) */
    unsigned stream_bytes; /* room of each stream, 0: 64 KiB */
};

/* Adds a device in a slot of the board, which owns it. 0; -EINVAL (as model_blk_add), -ENOMEM. */
int model_console_add(struct model_board *board, unsigned slot,
                      const struct model_console_config *cfg, struct model_console **out);
struct model_device *model_console_device(struct model_console *con);

/* ---- the host side of a port ---- */
/* Bytes for the driver to read; how many were taken (the stream is finite). -ENODEV: no port. */
int model_console_feed(struct model_console *con, unsigned port, const void *bytes, size_t len);
/* Bytes that the driver wrote; how many there were, up to len. -ENODEV: no port. */
int model_console_take(struct model_console *con, unsigned port, void *bytes, size_t len);
/* Fed and not yet read by the driver; written and not yet taken. */
size_t model_console_unread(const struct model_console *con, unsigned port);
size_t model_console_untaken(const struct model_console *con, unsigned port);
/* Forgets both: what a run that failed has left. */
void model_console_drop(struct model_console *con, unsigned port);
void model_console_set_open(struct model_console *con, unsigned port, bool open);
void model_console_resize(struct model_console *con, unsigned port, uint16_t cols, uint16_t rows);
/* A port appears (-EEXIST, -EINVAL: number beyond max_nr_ports) or is taken away (-ENODEV). */
int model_console_add_port(struct model_console *con, unsigned port, const char *name,
                           bool console);
int model_console_remove_port(struct model_console *con, unsigned port);
/* The transmit queues are not served, until on again. */
void model_console_hold_transmit(struct model_console *con, bool hold);

/* ---- the script ---- */
/* Sends a control message as it is, however wrong: id, event, value, then `extra_len` bytes of
 * payload (512 at most, else -EINVAL). Messages wait for buffers in order, until the device is
 * reset. -ENOBUFS: more than 64 wait. */
int model_console_control(struct model_console *con, uint32_t id, uint16_t event, uint16_t value,
                          const void *extra, size_t extra_len);
/* The same, cut to its first `len` bytes. */
int model_console_control_raw(struct model_console *con, const void *message, size_t len);

/* ---- what the driver did ---- */
bool model_console_ready(const struct model_console *con);                     /* DEVICE_READY 1 */
bool model_console_port_ready(const struct model_console *con, unsigned port); /* PORT_READY 1 */
bool model_console_guest_open(const struct model_console *con, unsigned port); /* PORT_OPEN 1 */
/* Emergency characters so far; the last `size` of them into buf when it is not NULL. */
size_t model_console_emergency(const struct model_console *con, char *buf, size_t size);

struct model_console_stats {
    uint64_t rx_bytes, tx_bytes; /* from the driver's point of view */
    uint64_t tx_dropped;         /* written to a port that is gone or closed at the host */
    uint64_t control_sent, control_received;
    uint64_t control_refused; /* malformed messages of the driver: also a rule breach */
};
void model_console_stats(const struct model_console *con, struct model_console_stats *out);

#endif
