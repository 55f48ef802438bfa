/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-console as RT-Thread devices: virtio-consoleN, which only takes commands, and its ports
 * vportNpM (rt_virtio_console_port.c), which carry the bytes.
 */
#include "rt_virtio_console_priv.h"

#include "virtio_console.h"

#ifdef RT_USING_VIRTIO_CONSOLE

#define CONSOLE_PREFIX "virtio-console"

/* ---- the driver's callbacks ---- */

static struct rt_vcon_port *find_port(struct virtio_console *console, unsigned nr)
{
    struct rt_vcon *con = console->params.cookie;

    return nr < RT_VCON_PORTS ? &con->ports[nr] : NULL;
}

static void on_rx_ready(struct virtio_console *console, unsigned nr)
{
    struct rt_vcon_port *port = find_port(console, nr);

    if (port != NULL) {
        rt_vcon_port_rx_ready(port);
    }
}

static void on_event(struct virtio_console *console, unsigned nr, enum virtio_console_event event)
{
    struct rt_vcon_port *port = find_port(console, nr);

    if (port != NULL && event == VIRTIO_CONSOLE_PORT_ADDED) {
        rt_vcon_port_plugged(port);
    }
}

/* ---- ports on request ---- */

/*
 * Applications ask for their ports one after the other, beginning with number 1, and are told when
 * there are no more. A port that was destroyed comes back; one that is there already is counted
 * once.
 */
static rt_err_t create_port(struct rt_vcon *con)
{
    rt_err_t result = -RT_EFULL;

    if (!virtio_has_feature(&con->console.dev, VIRTIO_CONSOLE_F_MULTIPORT)) {
        return -RT_ENOSYS;
    }
    if (rt_mutex_take(&con->lock, RT_WAITING_FOREVER) != RT_EOK) {
        return -RT_ERROR;
    }
    for (unsigned i = 0; i < RT_VCON_PORTS && result == -RT_EFULL; i++) {
        struct rt_vcon_port *port = &con->ports[i];

        if (port->con != NULL && !port->created) {
            result = port->registered ? RT_EOK : rt_vcon_port_register(port);
            port->created = result == RT_EOK;
        }
    }
    (void)rt_mutex_release(&con->lock);
    return result;
}

static rt_err_t console_control(rt_device_t dev, int cmd, void *args)
{
    struct rt_vcon *con = (struct rt_vcon *)(void *)dev;

    (void)args;
    return cmd == VIRTIO_DEVICE_CTRL_CONSOLE_PORT_CREATE ? create_port(con) : -RT_EINVAL;
}

#ifdef RT_USING_DEVICE_OPS
static const struct rt_device_ops console_ops = {
    .control = console_control,
};
#endif

static rt_err_t register_console(struct rt_vcon *con, const char *name)
{
    con->parent.type = RT_Device_Class_Char;
#ifdef RT_USING_DEVICE_OPS
    con->parent.ops = &console_ops;
#else
    con->parent.control = console_control;
#endif
    return rt_device_register(&con->parent, name, RT_DEVICE_FLAG_RDWR | RT_DEVICE_FLAG_INT_RX);
}

/* ---- bringing one up ---- */

static unsigned number_of(const char *name)
{
    unsigned number = 0;

    for (const char *p = name + sizeof(CONSOLE_PREFIX) - 1u; *p >= '0' && *p <= '9'; p++) {
        number = number * 10u + (unsigned)(*p - '0');
    }
    return number;
}

static struct rt_vcon *new_console(const char *name)
{
    struct rt_vcon *con = rt_calloc(1, sizeof(*con));

    if (con == NULL) {
        return NULL;
    }
    con->number = number_of(name);
    if (rt_mutex_init(&con->lock, name, RT_IPC_FLAG_PRIO) != RT_EOK) {
        rt_free(con);
        return NULL;
    }
    con->lock_ready = true;
    return con;
}

/* Everything that the device cannot reach any more. When it does not confirm its reset, its memory
 * stays with it for good: better lost than written to by a device. */
static void free_console(struct rt_vcon *con)
{
    rt_virtio_irq_disconnect(&con->console.dev);
    if (virtio_console_remove(&con->console, 0) != 0) {
        rt_kprintf("virtio-console%u: not reset, its memory is lost\n", con->number);
        return;
    }
    for (unsigned i = 0; i < RT_VCON_PORTS; i++) {
        rt_vcon_port_deinit(&con->ports[i]);
    }
    (void)rt_mutex_detach(&con->lock);
    rt_free(con);
}

static rt_err_t init_ports(struct rt_vcon *con)
{
    rt_err_t result = RT_EOK;

    for (unsigned i = 0; i < RT_VCON_PORTS && result == RT_EOK; i++) {
        result = rt_vcon_port_init(con, i);
    }
    return result;
}

/* Those that the device has queues for; the rest is forgotten. */
static rt_err_t register_ports(struct rt_vcon *con)
{
    rt_err_t result = RT_EOK;

    for (unsigned i = 0; i < RT_VCON_PORTS && result == RT_EOK; i++) {
        struct virtio_console_port_info info;

        if (virtio_console_get_port(&con->console, i, &info) == 0) {
            result = rt_vcon_port_register(&con->ports[i]);
        } else {
            rt_vcon_port_deinit(&con->ports[i]);
        }
    }
    con->ports[0].created = true;
    return result;
}

static void unregister_all(struct rt_vcon *con)
{
    for (unsigned i = 0; i < RT_VCON_PORTS; i++) {
        if (con->ports[i].registered) {
            rt_vcon_port_unregister(&con->ports[i]);
        }
    }
    (void)rt_device_unregister(&con->parent);
}

static rt_err_t start_console(struct rt_vcon *con, const struct virtio_window *window,
                              const char *name)
{
    const struct virtio_console_params params = {
        .max_ports = RT_VCON_PORTS,
        .event = on_event,
        .rx_ready = on_rx_ready,
        .cookie = con,
    };
    rt_err_t result = init_ports(con);
    int error;

    if (result != RT_EOK) {
        return result;
    }
    error = virtio_console_probe(&con->console, window, &params);
    if (error != 0) {
        return rt_virtio_error(error);
    }
    result = register_console(con, name);
    if (result != RT_EOK) {
        return result;
    }
    result = register_ports(con);
    /* Last: from here on rx_indicate may be called. */
    result = result != RT_EOK ? result
                              : rt_virtio_irq_connect(&con->console.dev, virtio_interrupt, name);
    if (result != RT_EOK) {
        unregister_all(con);
    }
    return result;
}

rt_err_t rt_virtio_console_attach(const struct virtio_window *window)
{
    char name[RT_NAME_MAX];
    struct rt_vcon *con;
    rt_err_t result;

    rt_virtio_name(CONSOLE_PREFIX, name);
    con = new_console(name);
    if (con == NULL) {
        return -RT_ENOMEM;
    }
    result = start_console(con, window, name);
    if (result != RT_EOK) {
        free_console(con);
    }
    return result;
}

#endif /* RT_USING_VIRTIO_CONSOLE */
