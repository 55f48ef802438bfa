/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port of a virtio-console as a character device vportNpM: opening and closing, who is told of
 * input, commands. Its bytes are in rt_virtio_console_io.c.
 */
#include "rt_virtio_console_priv.h"

#include "virtio_console.h"

#ifdef RT_USING_VIRTIO_CONSOLE

/* How long an open waits for a port to be announced: the device says what is plugged in only some
 * time after it was started. */
#define PLUG_WAIT_US  UINT64_C(100000)
#define PLUG_ROUND_US UINT64_C(1000)

static struct rt_vcon_port *to_port(rt_device_t dev)
{
    return (struct rt_vcon_port *)(void *)dev;
}

/* ---- input is there ---- */

/* Tells whoever asked to be told; remembers it for the one who asks next. */
static void indicate(struct rt_vcon_port *port)
{
    struct rt_vcon_notify notify;
    rt_err_t (*rx_indicate)(rt_device_t dev, rt_size_t size);
    virtio_port_irqflags_t flags = virtio_port_lock(&port->lock);

    notify = port->notify;
    rx_indicate = port->parent.rx_indicate;
    if (!port->open || port->quiet || (rx_indicate == NULL && notify.notify == NULL)) {
        port->rx_pending = true;
        virtio_port_unlock(&port->lock, flags);
        return;
    }
    port->rx_pending = false;
    virtio_port_unlock(&port->lock, flags);
    if (rx_indicate != NULL) {
        /* At least one byte; how many come while it is being read nobody knows. */
        (void)rx_indicate(&port->parent, 1);
    }
    if (notify.notify != NULL) {
        notify.notify(notify.dev);
    }
}

static void indicate_pending(struct rt_vcon_port *port)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&port->lock);
    bool pending = port->rx_pending;

    virtio_port_unlock(&port->lock, flags);
    if (pending) {
        indicate(port);
    }
}

void rt_vcon_port_rx_ready(struct rt_vcon_port *port)
{
    indicate(port);
}

void rt_vcon_port_plugged(struct rt_vcon_port *port)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&port->lock);
    bool open = port->open;

    virtio_port_unlock(&port->lock, flags);
    if (open) {
        /* It was unplugged under somebody who has not closed it, and goes on. When this fails it
         * has gone again already. */
        (void)virtio_console_open(&port->con->console, port->nr);
    }
    virtio_port_event_signal(&port->plugged);
}

/* ---- open, close ---- */

static int open_when_plugged(struct rt_vcon_port *port)
{
    struct virtio_console *console = &port->con->console;
    uint64_t end = virtio_port_now_us() + PLUG_WAIT_US;

    for (;;) {
        int error;

        (void)virtio_console_poll(console); /* interrupts may not have been let in yet */
        error = virtio_console_open(console, port->nr);
        if (error != -ENODEV || !rt_vcon_may_sleep() || virtio_port_now_us() >= end) {
            return error;
        }
        virtio_port_event_wait(&port->plugged, PLUG_ROUND_US);
    }
}

static rt_err_t port_open(rt_device_t dev, rt_uint16_t oflag)
{
    struct rt_vcon_port *port = to_port(dev);
    virtio_port_irqflags_t flags;
    int error = open_when_plugged(port);

    if (error != 0) {
        /* Not -RT_ENOSYS for a port that is not there: device core takes that for success. */
        return error == -ENODEV ? -RT_ERROR : rt_virtio_error(error);
    }
    flags = virtio_port_lock(&port->lock);
    port->mode = (rt_uint16_t)(port->open ? port->mode | oflag : oflag);
    port->open = true;
    dev->open_flag = (rt_uint16_t)(port->mode & (RT_DEVICE_OFLAG_MASK | RT_DEVICE_FLAG_STREAM));
    virtio_port_unlock(&port->lock, flags);
    return RT_EOK;
}

/* Now, or with the last close. */
static rt_err_t destroy_port(struct rt_vcon_port *port)
{
    rt_err_t result = rt_mutex_take(&port->con->lock, RT_WAITING_FOREVER);

    if (result != RT_EOK) {
        return result;
    }
    port->doomed = true;
    if (port->registered && port->parent.ref_count == 0) {
        rt_vcon_port_unregister(port);
    }
    (void)rt_mutex_release(&port->con->lock);
    return RT_EOK;
}

static rt_err_t port_close(rt_device_t dev)
{
    struct rt_vcon_port *port = to_port(dev);
    virtio_port_irqflags_t flags = virtio_port_lock(&port->lock);

    port->open = false;
    port->quiet = false;
    port->rx_pending = false;
    port->mode = 0;
    port->notify.notify = NULL;
    virtio_port_unlock(&port->lock, flags);
    /* A port that has been unplugged, or whose device is dead, is closed as well. */
    (void)virtio_console_close(&port->con->console, port->nr);
    return port->doomed ? destroy_port(port) : RT_EOK;
}

/* ---- commands ---- */

static void set_quiet(struct rt_vcon_port *port, bool quiet)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&port->lock);

    port->quiet = quiet;
    virtio_port_unlock(&port->lock, flags);
}

#ifdef RT_DEVICE_CTRL_NOTIFY_SET
static rt_err_t set_notify(struct rt_vcon_port *port, const struct rt_device_notify *notify)
{
    virtio_port_irqflags_t flags;

    if (notify == NULL) {
        return -RT_EINVAL;
    }
    flags = virtio_port_lock(&port->lock);
    port->notify.notify = notify->notify;
    port->notify.dev = notify->dev;
    virtio_port_unlock(&port->lock, flags);
    indicate_pending(port);
    return RT_EOK;
}
#endif

static rt_err_t port_control(rt_device_t dev, int cmd, void *args)
{
    struct rt_vcon_port *port = to_port(dev);

    switch (cmd) {
#ifdef RT_DEVICE_CTRL_NOTIFY_SET
    case RT_DEVICE_CTRL_NOTIFY_SET:
        return set_notify(port, args);
#endif
    case RT_DEVICE_CTRL_CLR_INT:
        set_quiet(port, true);
        return RT_EOK;
    case RT_DEVICE_CTRL_SET_INT:
        set_quiet(port, false);
        indicate_pending(port);
        return RT_EOK;
    case VIRTIO_DEVICE_CTRL_CONSOLE_PORT_DESTROY:
        return destroy_port(port);
    default:
        return -RT_EINVAL;
    }
}

/* ---- being there ---- */

#ifdef RT_USING_DEVICE_OPS
static const struct rt_device_ops port_ops = {
    .open = port_open,
    .close = port_close,
    .read = rt_vcon_port_read,
    .write = rt_vcon_port_write,
    .control = port_control,
};
#endif

rt_err_t rt_vcon_port_init(struct rt_vcon *con, unsigned nr)
{
    struct rt_vcon_port *port = &con->ports[nr];

    port->con = con;
    port->nr = nr;
    virtio_port_lock_init(&port->lock);
    if (rt_mutex_init(&port->reading, "vportrx", RT_IPC_FLAG_PRIO) != RT_EOK) {
        return -RT_ENOMEM;
    }
    if (rt_mutex_init(&port->writing, "vporttx", RT_IPC_FLAG_PRIO) != RT_EOK) {
        (void)rt_mutex_detach(&port->reading);
        return -RT_ENOMEM;
    }
    port->mutexes_ready = true;
    port->event_ready = virtio_port_event_init(&port->plugged) == 0;
    return port->event_ready ? RT_EOK : -RT_ENOMEM;
}

void rt_vcon_port_deinit(struct rt_vcon_port *port)
{
    if (port->mutexes_ready) {
        (void)rt_mutex_detach(&port->reading);
        (void)rt_mutex_detach(&port->writing);
        port->mutexes_ready = false;
    }
    if (port->event_ready) {
        virtio_port_event_deinit(&port->plugged);
        port->event_ready = false;
    }
    port->con = NULL;
}

rt_err_t rt_vcon_port_register(struct rt_vcon_port *port)
{
    char name[RT_NAME_MAX];
    rt_err_t result;

    rt_memset(&port->parent, 0, sizeof(port->parent));
    port->parent.type = RT_Device_Class_Char;
#ifdef RT_USING_DEVICE_OPS
    port->parent.ops = &port_ops;
#else
    port->parent.open = port_open;
    port->parent.close = port_close;
    port->parent.read = rt_vcon_port_read;
    port->parent.write = rt_vcon_port_write;
    port->parent.control = port_control;
#endif
    (void)rt_snprintf(name, sizeof(name), "vport%up%u", port->con->number, port->nr);
    result = rt_device_register(&port->parent, name, RT_DEVICE_FLAG_RDWR | RT_DEVICE_FLAG_INT_RX);
    port->registered = result == RT_EOK;
    port->doomed = false;
    return result;
}

void rt_vcon_port_unregister(struct rt_vcon_port *port)
{
    (void)rt_device_unregister(&port->parent);
    port->registered = false;
    port->created = false;
}

#endif /* RT_USING_VIRTIO_CONSOLE */
