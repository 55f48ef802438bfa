/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports of a console: memory and queues, made before DRIVER_OK for all of them (virtio v1.2 section
 * 5.3.2: queues cannot be added later), and the ends of a port's life. A port that is taken away
 * keeps its queues: the device still has the buffers, and only a reset takes them back.
 */
#include "virtio_console_priv.h"

/* ---- memory ---- */

static int init_events(struct virtio_console_port *port)
{
    int ret;

    if (port->events_ready) {
        return 0;
    }
    ret = virtio_port_event_init(&port->rx_event);
    if (ret != 0) {
        return ret;
    }
    ret = virtio_port_event_init(&port->tx_event);
    if (ret != 0) {
        virtio_port_event_deinit(&port->rx_event);
        return ret;
    }
    port->events_ready = true;
    return 0;
}

static void free_slots(struct virtio_console_port *port)
{
    virtio_port_ctx_t ctx;

    if (port->con == NULL) {
        return; /* never set up */
    }
    ctx = port->con->dev.window.ctx;
    if (port->tx_mem != NULL) {
        virtio_port_dma_free(ctx, port->tx_mem, port->tx_mem_bytes, port->tx_dma);
    }
    if (port->slots != NULL) {
        virtio_port_free(ctx, port->slots);
    }
    port->tx_mem = NULL;
    port->slots = NULL;
}

/* As many slots as the ring has entries: whoever finds an entry finds a slot. */
static int alloc_slots(struct virtio_console_port *port)
{
    virtio_port_ctx_t ctx = port->con->dev.window.ctx;
    uint16_t n = port->tx.size;

    if (port->slots != NULL && port->num_slots != n) {
        free_slots(port); /* from the life before this reset */
    }
    if (port->slots == NULL) {
        port->num_slots = n;
        port->tx_mem_bytes = (size_t)n * port->con->params.buf_bytes;
        port->slots = virtio_port_alloc(ctx, n * sizeof(port->slots[0]));
        port->tx_mem = virtio_port_dma_alloc(ctx, port->tx_mem_bytes, 64, &port->tx_dma);
        if (port->slots == NULL || port->tx_mem == NULL) {
            free_slots(port);
            return -ENOMEM;
        }
    }
    for (uint16_t i = 0; i < n; i++) {
        port->slots[i].index = i;
        port->slots[i].next_free = (uint16_t)(i + 1u);
    }
    port->free_slot = 0;
    return 0;
}

void virtio_console_port_free(struct virtio_console_port *port)
{
    virtio_buffers_free(&port->rx);
    free_slots(port);
    if (port->events_ready) {
        virtio_port_event_deinit(&port->rx_event);
        virtio_port_event_deinit(&port->tx_event);
    }
    port->events_ready = false;
    port->set_up = false;
}

/* ---- queues ---- */

static uint16_t first_queue(unsigned nr)
{
    return (uint16_t)(nr == 0 ? 0 : 2u * nr + 2u);
}

static int setup_queues(struct virtio_console_port *port)
{
    const struct virtio_console_params *params = &port->con->params;
    const struct virtio_buffers_config rx = {
        .index = first_queue(port->nr),
        .count = params->rx_buffers,
        .count_min = 1,
        .bytes = params->buf_bytes,
        .callback = virtio_console_rx_used,
    };
    const struct virtqueue_config tx = {
        .index = (uint16_t)(first_queue(port->nr) + 1u),
        .size = params->tx_slots,
        .size_min = 1,
        .callback = virtio_console_tx_used,
    };
    int ret = virtio_buffers_setup(&port->con->dev, &port->rx, &rx);

    ret = ret != 0 ? ret : virtio_queue_setup(&port->con->dev, &port->tx, &tx);
    ret = ret != 0 ? ret : alloc_slots(port);
    return ret != 0 ? ret : virtio_buffers_fill(&port->rx);
}

int virtio_console_port_setup(struct virtio_console *con, unsigned nr)
{
    struct virtio_console_port *port = &con->ports[nr];
    int ret;

    port->con = con;
    port->nr = (uint8_t)nr;
    port->set_up = false;
    port->present = false;
    port->head = NULL;
    port->in_place = 0;
    port->want_rx = true;
    port->want_tx = false;
    ret = init_events(port);
    ret = ret != 0 ? ret : setup_queues(port);
    if (ret == 0) {
        virtqueue_lock(&port->tx);
        virtqueue_disable_cb(&port->tx); /* nobody waits for room yet */
        virtqueue_unlock(&port->tx);
        port->set_up = true;
    }
    return ret;
}

/* ---- state ---- */

int virtio_console_port_find(struct virtio_console *con, unsigned nr,
                             struct virtio_console_port **port)
{
    if (!virtio_device_is_live(&con->dev)) {
        return -EIO;
    }
    if (nr >= con->num_ports || !con->ports[nr].set_up) {
        return -ENODEV;
    }
    *port = &con->ports[nr];
    return 0;
}

int virtio_console_port_state(struct virtio_console_port *port)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&port->con->dev.lock);
    int ret = 0;

    if (!virtio_device_is_live(&port->con->dev)) {
        ret = -EIO;
    } else if (!port->present) {
        ret = -ENODEV;
    } else if (!port->host_open || !port->guest_open) {
        ret = -EPIPE;
    }
    virtio_port_unlock(&port->con->dev.lock, flags);
    return ret;
}

void virtio_console_port_wake(struct virtio_console_port *port)
{
    port->rx_moved = true;
    port->tx_moved = true;
    virtio_port_event_signal(&port->rx_event);
    virtio_port_event_signal(&port->tx_event);
}

/* ---- ends ---- */

void virtio_console_port_cut(struct virtio_console_port *port)
{
    virtio_console_rx_discard(port);
    virtqueue_lock(&port->tx);
    port->life++;
    port->want_tx = false;
    virtqueue_unlock(&port->tx);
    virtio_console_port_wake(port);
}

void virtio_console_port_fail(struct virtio_console_port *port, int error)
{
    struct virtio_console *con = port->con;
    virtio_port_irqflags_t flags;
    bool was_present;

    if (con == NULL) {
        return; /* never set up */
    }
    flags = virtio_port_lock(&con->dev.lock);
    was_present = port->present;
    port->present = false;
    port->host_open = false;
    port->guest_open = false;
    port->owed = 0;
    virtio_port_unlock(&con->dev.lock, flags);
    if (port->rx.vq.dev != NULL) {
        virtio_buffers_reclaim(&port->rx);
        virtqueue_lock(&port->rx.vq);
        port->head = NULL;
        virtqueue_unlock(&port->rx.vq);
    }
    virtio_console_tx_fail(port, error);
    if (port->events_ready) {
        virtio_console_port_wake(port);
    }
    if (was_present && con->multiport) {
        con_event(con, port->nr, VIRTIO_CONSOLE_PORT_REMOVED);
    }
}

/* ---- opening and closing ---- */

/* True when it changed. */
static bool change_guest_open(struct virtio_console_port *port, bool open)
{
    struct virtio_console *con = port->con;
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);
    bool changed = port->present && port->guest_open != open;

    if (changed) {
        port->guest_open = open;
        if (con->multiport) {
            port->owed = (uint8_t)(port->owed | CON_OWES_PORT_OPEN);
        }
    }
    virtio_port_unlock(&con->dev.lock, flags);
    return changed;
}

static int set_open(struct virtio_console *con, unsigned nr, bool open)
{
    struct virtio_console_port *port;
    int ret = virtio_console_port_find(con, nr, &port);

    ret = ret != 0 ? ret : virtio_console_port_state(port);
    if (ret != 0 && ret != -EPIPE) {
        return ret;
    }
    if (open && !port->guest_open) {
        virtio_console_rx_discard(port); /* it came for nobody */
    }
    if (change_guest_open(port, open)) {
        if (!open) {
            virtio_console_rx_discard(port); /* nobody reads it any more */
        }
        virtio_console_port_wake(port);
        virtio_console_control_send(con);
    }
    return 0;
}

int virtio_console_open(struct virtio_console *con, unsigned nr)
{
    return set_open(con, nr, true);
}

int virtio_console_close(struct virtio_console *con, unsigned nr)
{
    return set_open(con, nr, false);
}
