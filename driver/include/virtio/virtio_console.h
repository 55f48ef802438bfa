/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-console driver (virtio v1.2 section 5.3), legacy and modern, one port or several
 * (MULTIPORT).
 *
 * A port is a stream of bytes in each direction. Reading copies from buffers that the device
 * filled; writing copies into buffers of the driver (virtio_console_write) or hands the caller's
 * memory to the device in place (virtio_console_submit). Ports may appear, disappear and reappear
 * while the device runs; their number is their name, and every call checks it.
 *
 * Memory: struct virtio_console is the caller's, zeroed before its first use, and must stay in
 * place until virtio_console_remove() returned 0. Context: as in virtio/virtio.h.
 */
#ifndef VIRTIO_CONSOLE_H
#define VIRTIO_CONSOLE_H

#include "virtio/virtio_buffers.h"
#include "virtio/virtio_command.h"

/* Ports that a build can use; a device with more is driven as far as these go. */
#ifndef VIRTIO_CONSOLE_PORTS_MAX
#define VIRTIO_CONSOLE_PORTS_MAX 8u
#endif
#define VIRTIO_CONSOLE_NAME_MAX 32u /* bytes kept of a port's name, terminator not included */

struct virtio_console;
struct virtio_console_tx;

enum virtio_console_event {
    VIRTIO_CONSOLE_PORT_ADDED,
    VIRTIO_CONSOLE_PORT_REMOVED, /* what was being written completes with -EPIPE */
    VIRTIO_CONSOLE_PORT_OPENED,  /* the other side */
    VIRTIO_CONSOLE_PORT_CLOSED,
    VIRTIO_CONSOLE_PORT_NAMED,
    VIRTIO_CONSOLE_PORT_CONSOLE, /* it is a console */
    VIRTIO_CONSOLE_PORT_RESIZED,
};

/* Caller's memory on its way to a port. Struct and memory stay in place until done. */
struct virtio_console_tx {
    const void *ptr;
    uint32_t len; /* bytes, not 0 */
    /* Called exactly once, when the device has given the memory back: 0 it has taken all of it;
     * -EPIPE the port was removed meanwhile; -ECANCELED (reset, removed); -EIO (the device broke).
     * Any context. */
    void (*done)(struct virtio_console_tx *tx, int result);
    void *cookie;
    /* Private to the driver. */
    struct virtio_console_tx *next; /* completed, to be called back */
    void *mem;                      /* ptr, for mapping calls that serve both directions */
    uint64_t dma;
    uint32_t life; /* of the port when it was submitted */
    int result;
    bool busy;
};

struct virtio_console_slot {
    uint16_t index, next_free;
};

/* A port; all of it private to the driver. */
struct virtio_console_port {
    struct virtio_buffers rx; /* first: the core's callback gets it */
    struct virtqueue tx;
    struct virtio_console *con;
    uint8_t nr;
    bool set_up; /* its queues exist */
    bool events_ready;
    /* Under dev.lock. */
    bool present;   /* announced, and not removed */
    bool host_open; /* the other side is connected */
    bool guest_open;
    bool is_console;
    uint8_t owed; /* control messages that are to be sent: CON_OWES_* */
    uint16_t cols, rows;
    char name[VIRTIO_CONSOLE_NAME_MAX + 1u]; /* printable ASCII, the rest replaced by '?' */
    /* Under rx.vq.lock. Input that was taken from the ring: this buffer, from here on. */
    struct virtio_buffer *head;
    uint32_t head_pos, head_len;
    bool want_rx; /* the reader found nothing: rx_ready is owed */
    /* Under tx.lock. Slots of virtio_console_write, as many as the ring has entries. */
    uint8_t *tx_mem;
    uint64_t tx_dma;
    size_t tx_mem_bytes;
    struct virtio_console_slot *slots;
    uint16_t num_slots, free_slot;
    uint32_t in_place; /* requests of virtio_console_submit on the ring */
    uint32_t life;     /* counts removals */
    bool want_tx;      /* -EAGAIN was said: tx_ready is owed */
    /* Of the waiting calls: something has happened since they looked. */
    virtio_port_event_t rx_event, tx_event;
    volatile bool rx_moved, tx_moved;
};

struct virtio_console_stats {
    uint64_t rx_bytes, tx_bytes; /* read by, and taken from, the caller */
    uint64_t control_bad;        /* control messages that made no sense: ignored */
    uint64_t control_lost;       /* refusals of ports that could not be sent for lack of room */
    uint64_t rx_discarded;       /* bytes for a port that was not there or not open */
};

struct virtio_console_params {
    uint16_t rx_buffers;   /* of each port, power of two up to 1024; 0: 16 */
    uint16_t tx_slots;     /* of each port, power of two up to 1024; 0: 16 */
    uint32_t buf_bytes;    /* of each of them, up to 65536; 0: 256 */
    uint32_t max_ports;    /* up to VIRTIO_CONSOLE_PORTS_MAX; 0: as many */
    uint64_t features_off; /* feature bits not to use although offered */
    uint64_t reset_timeout_us;
    /* Any context, no lock held; each may be NULL. */
    void (*event)(struct virtio_console *con, unsigned nr, enum virtio_console_event event);
    /* There is something to read: once after each read that found less than was asked for. */
    void (*rx_ready)(struct virtio_console *con, unsigned nr);
    /* Room again: once after each write that was not taken in full. */
    void (*tx_ready)(struct virtio_console *con, unsigned nr);
    void *cookie;
};

struct virtio_console {
    struct virtio_device dev; /* first: the core's callbacks get it */
    struct virtio_console_params params;
    struct virtio_console_stats stats; /* under dev.lock */
    struct virtio_console_port ports[VIRTIO_CONSOLE_PORTS_MAX];
    /* Private to the driver. */
    uint32_t num_ports;    /* that driver and device have: 1 without MULTIPORT */
    uint32_t max_nr_ports; /* what the device says */
    bool multiport;
    uint16_t cols, rows; /* of the config space, under dev.lock */
    struct virtio_buffers control_rx;
    bool receiving, receive_again; /* one context at a time, under control_rx.vq.lock */
    struct virtio_command_queue control_tx;
    bool sending, send_again; /* one context at a time, under dev.lock */
    bool owes_ready;          /* DEVICE_READY, under dev.lock */
    unsigned refused;         /* lines logged about ports that cannot be used */
};

/* A copy of what is known about a port. */
struct virtio_console_port_info {
    bool present, host_open, guest_open, is_console;
    uint16_t cols, rows; /* 0: not known */
    char name[VIRTIO_CONSOLE_NAME_MAX + 1u];
};

/*
 * Brings up a console. params may be NULL. Life cycle as virtio_driver_probe, virtio_driver_remove
 * and virtio_driver_reset; errors as theirs, and
 *   -EINVAL  a parameter
 *   -EPROTO  max_nr_ports is 0
 * Without MULTIPORT port 0 is there and open from the start. With it, ports are announced by
 * `event`; a port that is added is made ready at once, and is open for the caller after
 * virtio_console_open(). A console port is opened by the driver as soon as it is named one (section
 * 5.3.6.2.2). A reset, or a device that breaks, removes all ports: they are announced again.
 */
int virtio_console_probe(struct virtio_console *con, const struct virtio_window *window,
                         const struct virtio_console_params *params);
int virtio_console_remove(struct virtio_console *con, uint64_t timeout_us);
int virtio_console_reset(struct virtio_console *con, uint64_t timeout_us);

/* Tells the device that the port is in use, or no longer (PORT_OPEN; nothing to tell without
 * MULTIPORT): at once, or as soon as there is room for the message. What comes in while it is not
 * open is discarded. -ENODEV no such port; -EIO not live. Context: any. */
int virtio_console_open(struct virtio_console *con, unsigned nr);
int virtio_console_close(struct virtio_console *con, unsigned nr);

/*
 * Reads what there is, up to len bytes: how many. Context: any, one reader a port.
 *   -EAGAIN  nothing now: rx_ready will come
 *   -EPIPE   nothing left and the other side is closed, or the port is not open
 *   -ENODEV  no such port
 *   -EINVAL  len 0, no memory given
 *   -EIO     the device is not live
 */
int virtio_console_read(struct virtio_console *con, unsigned nr, void *buf, uint32_t len);
/* Waits for at least one byte. As above, and -ETIMEDOUT instead of -EAGAIN. timeout_us 0:
 * VIRTIO_IO_TIMEOUT_US. Context: thread, one reader a port. */
int virtio_console_read_wait(struct virtio_console *con, unsigned nr, void *buf, uint32_t len,
                             uint64_t timeout_us);

/*
 * Writes what there is room for, from the first byte on: how many were taken (copied).
 * Context: any.
 *   -EAGAIN  no room now: tx_ready will come
 *   -EPIPE   the other side is closed, or the port is not open
 *   -ENODEV, -EINVAL, -EIO  as above
 */
int virtio_console_write(struct virtio_console *con, unsigned nr, const void *buf, uint32_t len);
/* Writes all of it: len, or fewer when the deadline came first (-ETIMEDOUT: none at all), or an
 * error when none was taken. The bytes are with the driver, not necessarily with the device.
 * timeout_us as above. Context: thread, one waiting writer a port. */
int virtio_console_write_wait(struct virtio_console *con, unsigned nr, const void *buf,
                              uint32_t len, uint64_t timeout_us);
/* Hands memory to the device in place. -EAGAIN the ring is full: tx_ready will come; -EINVAL len 0,
 * no memory or no callback given, or the struct is in use; -ENOMEM it could not be mapped; -EPIPE,
 * -ENODEV, -EIO as above. Context: any. */
int virtio_console_submit(struct virtio_console *con, unsigned nr, struct virtio_console_tx *tx);
/* Chains that the device has and has not given back. Context: any. */
unsigned virtio_console_outstanding(struct virtio_console *con, unsigned nr);

/* -ENODEV: number out of range, or the device has no queues for it; a port that is not there has
 * present false. Context: any. */
int virtio_console_get_port(struct virtio_console *con, unsigned nr,
                            struct virtio_console_port_info *info);
void virtio_console_get_stats(struct virtio_console *con, struct virtio_console_stats *stats);

/*
 * Writes one character by the emergency field (EMERG_WRITE), for panics: needs no queue, no
 * interrupt, no negotiation, takes no lock and waits for nothing (section 5.3.5). The window need
 * not have been probed. Context: any.
 *   -ENODEV   no virtio device in this window, or not a console
 *   -ENXIO    an empty slot
 *   -ENOTSUP  an unknown Version, or the feature is not offered
 *   -EINVAL   the window is too small for the field
 */
int virtio_console_emergency(const struct virtio_window *window, char c);

static inline bool virtio_console_interrupt(struct virtio_console *con)
{
    return virtio_interrupt(&con->dev);
}
static inline bool virtio_console_poll(struct virtio_console *con)
{
    return virtio_poll(&con->dev);
}

#endif
