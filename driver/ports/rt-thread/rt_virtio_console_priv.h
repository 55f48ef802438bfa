/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the console's rt_device share: the console, and its ports. */
#ifndef RT_VIRTIO_CONSOLE_PRIV_H
#define RT_VIRTIO_CONSOLE_PRIV_H

#include <rtthread.h>

#include "rt_virtio_priv.h"

#include "virtio/virtio_console.h"

#ifndef RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR
#define RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR 4
#endif

/* Ports that both this build and the driver's can have. */
#define RT_VCON_PORTS                                                                              \
    (RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR < VIRTIO_CONSOLE_PORTS_MAX                                \
         ? RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR                                                     \
         : VIRTIO_CONSOLE_PORTS_MAX)

struct rt_vcon;

/* RT_DEVICE_CTRL_NOTIFY_SET; RT-Thread 4 has no struct for it. */
struct rt_vcon_notify {
    void (*notify)(rt_device_t dev);
    rt_device_t dev;
};

/* A port is registered for as long as its device can have it, whether something is plugged in or
 * not: an application that opened it keeps a valid rt_device when the port is unplugged, and an
 * interrupt, from which nothing can be registered, need not do so when one is plugged in. */
struct rt_vcon_port {
    struct rt_device parent; /* first: RT-Thread hands it back */
    struct rt_vcon *con;
    unsigned nr;
    bool registered;
    bool created; /* counted by CONSOLE_PORT_CREATE */
    bool doomed;  /* CONSOLE_PORT_DESTROY: goes with its last close */
    /* Under lock, which the interrupt takes too. */
    virtio_port_lock_t lock;
    bool open;
    bool quiet;       /* RT_DEVICE_CTRL_CLR_INT */
    bool rx_pending;  /* input that nobody has been told of */
    rt_uint16_t mode; /* of the opens: device core keeps only a part of their flags */
    struct rt_vcon_notify notify;
    /* One sleeper a direction: the driver takes one waiting reader and one waiting writer. */
    struct rt_mutex reading, writing;
    bool mutexes_ready, event_ready;
    virtio_port_event_t plugged;
};

struct rt_vcon {
    struct rt_device parent; /* first */
    struct virtio_console console;
    unsigned number; /* N of virtio-consoleN and vportNpM */
    struct rt_mutex lock;
    bool lock_ready;
    struct rt_vcon_port ports[RT_VCON_PORTS];
};

/* What a port needs before the device can say anything about it. */
rt_err_t rt_vcon_port_init(struct rt_vcon *con, unsigned nr);
void rt_vcon_port_deinit(struct rt_vcon_port *port);
rt_err_t rt_vcon_port_register(struct rt_vcon_port *port);
void rt_vcon_port_unregister(struct rt_vcon_port *port);
/* The driver's callbacks. Context: any. */
void rt_vcon_port_rx_ready(struct rt_vcon_port *port);
void rt_vcon_port_plugged(struct rt_vcon_port *port);

/* rt_virtio_console_io.c */
bool rt_vcon_may_sleep(void);
rt_virtio_ssize_t rt_vcon_port_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size);
rt_virtio_ssize_t rt_vcon_port_write(rt_device_t dev, rt_off_t pos, const void *buffer,
                                     rt_size_t size);

#endif
