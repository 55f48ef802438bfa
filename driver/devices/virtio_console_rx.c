/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Input of a port. The reader copies out of the buffer at the head of the ring, which goes back to
 * the device when it is empty. While there is something to read, nobody is interrupted for more;
 * a reader that found less than it asked for is owed rx_ready.
 */
#include "virtio_console_priv.h"

/* Buffers without a byte, or for nobody, that are passed over in one run: this many rounds of the
 * ring. Only a device that never stops sends more. */
#define ROUNDS_MAX 64u

static uint32_t run_limit(const struct virtio_console_port *port)
{
    return ROUNDS_MAX * port->rx.count;
}

/* Interrupts for what comes next; true when something has come already. [locked] */
static bool want_interrupt(struct virtio_console_port *port)
{
    return !port->con->dev.window.polled && virtqueue_enable_cb(&port->rx.vq);
}

/* Makes the next input the head: 1 there is one, 0 there is none, -EIO the ring is nonsense, or
 * has nothing but empty buffers. [locked] */
static int pull(struct virtio_console_port *port)
{
    uint32_t limit = run_limit(port);
    bool posted = false;
    int ret = 1;

    while (port->head == NULL) {
        struct virtio_buffer *buf;
        uint32_t len;

        ret = virtio_buffers_take(&port->rx, &buf, &len);
        if (ret == 0 && want_interrupt(port) && limit-- != 0) {
            continue;
        }
        if (ret <= 0) {
            break;
        }
        if (len != 0) {
            port->head = buf;
            port->head_pos = 0;
            port->head_len = len;
        } else if (limit-- == 0) {
            ret = -EIO;
            break;
        } else {
            (void)virtio_buffers_post(&port->rx, buf);
            posted = true;
        }
    }
    if (posted) {
        virtqueue_kick(&port->rx.vq);
    }
    if (ret > 0 && !port->con->dev.window.polled) {
        virtqueue_disable_cb(&port->rx.vq);
    }
    return ret;
}

static void count_bytes(struct virtio_console_port *port, uint64_t *counter, uint32_t bytes)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&port->con->dev.lock);

    *counter += bytes;
    virtio_port_unlock(&port->con->dev.lock, flags);
}

/* [locked] */
static int drop_all(struct virtio_console_port *port)
{
    uint32_t limit = run_limit(port);
    uint32_t bytes = 0;
    int ret = 0;

    if (port->head != NULL) {
        bytes = port->head_len - port->head_pos;
        (void)virtio_buffers_post(&port->rx, port->head);
        port->head = NULL;
    }
    do {
        struct virtio_buffer *buf;
        uint32_t len;

        while (limit != 0 && (ret = virtio_buffers_take(&port->rx, &buf, &len)) > 0) {
            bytes += len;
            (void)virtio_buffers_post(&port->rx, buf);
            limit--;
        }
        virtqueue_kick(&port->rx.vq);
        /* At the limit the rest stays: it is looked at when the port is opened. */
    } while (ret >= 0 && limit != 0 && want_interrupt(port) && limit-- != 0);
    port->want_rx = true;
    count_bytes(port, &port->con->stats.rx_discarded, bytes);
    return ret < 0 ? ret : 0;
}

void virtio_console_rx_discard(struct virtio_console_port *port)
{
    int ret;

    virtqueue_lock(&port->rx.vq);
    ret = drop_all(port);
    virtqueue_unlock(&port->rx.vq);
    if (ret < 0) {
        virtio_device_break(&port->con->dev, -EIO);
    }
}

/* The other side may have closed: what it sent before is still to be read. */
static bool takes_input(struct virtio_console_port *port)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&port->con->dev.lock);
    bool takes = port->present && port->guest_open;

    virtio_port_unlock(&port->con->dev.lock, flags);
    return takes;
}

void virtio_console_rx_used(struct virtqueue *vq)
{
    struct virtio_console_port *port = (struct virtio_console_port *)(void *)vq;
    struct virtio_console *con = port->con;
    bool ready;
    int ret;

    if (!port->set_up) {
        return; /* its other queue does not exist */
    }
    virtqueue_lock(vq);
    ret = takes_input(port) ? pull(port) : drop_all(port);
    ready = ret > 0 && port->want_rx;
    if (ready) {
        port->want_rx = false;
    }
    virtqueue_unlock(vq);
    if (ret < 0) {
        virtio_device_break(&con->dev, -EIO);
    }
    if (ready) {
        port->rx_moved = true;
        virtio_port_event_signal(&port->rx_event);
        if (con->params.rx_ready != NULL) {
            con->params.rx_ready(con, port->nr);
        }
    }
}

/* ---- reading ---- */

/* Copies what there is; *error when the ring is nonsense. [locked] */
static uint32_t copy_out(struct virtio_console_port *port, uint8_t *out, uint32_t len, int *error)
{
    uint32_t total = 0;
    bool posted = false;

    while (total < len) {
        uint32_t n;
        int ret = pull(port);

        if (ret <= 0) {
            *error = ret;
            port->want_rx = true;
            break;
        }
        n = port->head_len - port->head_pos;
        n = n < len - total ? n : len - total;
        memcpy(out + total, (const uint8_t *)port->head->data + port->head_pos, n);
        total += n;
        port->head_pos += n;
        if (port->head_pos == port->head_len) {
            (void)virtio_buffers_post(&port->rx, port->head);
            port->head = NULL;
            posted = true;
        }
    }
    if (posted) {
        virtqueue_kick(&port->rx.vq);
    }
    return total;
}

int virtio_console_read(struct virtio_console *con, unsigned nr, void *buf, uint32_t len)
{
    struct virtio_console_port *port;
    uint32_t total = 0;
    int error = 0;
    int state;
    int ret;

    if (buf == NULL || len == 0) {
        return -EINVAL;
    }
    ret = virtio_console_port_find(con, nr, &port);
    if (ret != 0) {
        return ret;
    }
    virtqueue_lock(&port->rx.vq);
    /* Looked at first: what came before the other side closed is in the ring by now. */
    state = virtio_console_port_state(port);
    if (state == 0 || (state == -EPIPE && takes_input(port))) {
        total = copy_out(port, buf, len < INT32_MAX ? len : INT32_MAX, &error);
        count_bytes(port, &con->stats.rx_bytes, total);
    }
    virtqueue_unlock(&port->rx.vq);
    if (error < 0) {
        virtio_device_break(&con->dev, -EIO);
    }
    if (total != 0) {
        return (int)total;
    }
    if (error < 0) {
        return -EIO;
    }
    return state != 0 ? state : -EAGAIN;
}

int virtio_console_read_wait(struct virtio_console *con, unsigned nr, void *buf, uint32_t len,
                             uint64_t timeout_us)
{
    uint64_t deadline =
        virtio_port_now_us() + (timeout_us != 0 ? timeout_us : VIRTIO_IO_TIMEOUT_US);
    struct virtio_console_port *port;
    int ret = virtio_console_port_find(con, nr, &port);

    if (ret != 0) {
        return buf == NULL || len == 0 ? -EINVAL : ret;
    }
    for (;;) {
        uint64_t now;

        port->rx_moved = false;
        ret = virtio_console_read(con, nr, buf, len);
        now = virtio_port_now_us();
        if (ret != -EAGAIN) {
            return ret;
        }
        if (now >= deadline) {
            return -ETIMEDOUT;
        }
        (void)virtio_wait(&con->dev, &port->rx_event, &port->rx_moved, deadline - now);
    }
}
