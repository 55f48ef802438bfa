/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output of a port: copied into slots of the driver, or the caller's memory in place.
 *
 * What the device has taken is collected by the next writer; an interrupt is asked for only while
 * somebody is owed a callback: room after -EAGAIN, or the completion of a request in place.
 */
#include "virtio_console_priv.h"

static struct virtio_console_port *to_port(struct virtqueue *vq)
{
    return (struct virtio_console_port *)(void *)((unsigned char *)vq -
                                                  offsetof(struct virtio_console_port, tx));
}

/* ---- giving back ---- */

/* Cookies on the ring are slots of the driver or requests of the caller. */
static bool is_slot(const struct virtio_console_port *port, const void *cookie)
{
    uintptr_t at = (uintptr_t)cookie;

    return at >= (uintptr_t)port->slots && at < (uintptr_t)(port->slots + port->num_slots);
}

/* [locked] */
static void retire(struct virtio_console_port *port, void *cookie, int error, struct con_done *done)
{
    struct virtio_console_tx *tx = cookie;

    if (is_slot(port, cookie)) {
        struct virtio_console_slot *slot = cookie;

        slot->next_free = port->free_slot;
        port->free_slot = slot->index;
        return;
    }
    virtio_port_dma_unmap(port->con->dev.window.ctx, tx->dma, tx->mem, tx->len,
                          VIRTIO_DMA_TO_DEVICE);
    port->in_place--;
    tx->result = error;
    if (error == 0 && tx->life != port->life) {
        tx->result = -EPIPE; /* the port that it was for has gone since */
    }
    tx->next = NULL;
    if (done->head == NULL) {
        done->head = tx;
    } else {
        done->tail->next = tx;
    }
    done->tail = tx;
}

/* What the device has taken. At most what is outstanding. [locked] */
static int reap(struct virtio_console_port *port, struct con_done *done)
{
    void *cookie;
    uint32_t len; /* 0: nothing is writable (a legacy device may say anything) */
    int ret;

    while ((ret = virtqueue_get_used(&port->tx, &cookie, &len)) > 0) {
        retire(port, cookie, 0, done);
    }
    return ret;
}

static void run_callbacks(struct con_done *done)
{
    struct virtio_console_tx *tx = done->head;

    while (tx != NULL) {
        struct virtio_console_tx *next = tx->next;

        tx->busy = false;
        tx->done(tx, tx->result); /* may submit tx again, or free it */
        tx = next;
    }
}

/* Decides whether an interrupt is needed, unlocks, and calls back. `error`: of the ring so far.
 * Every change of the transmit side ends here, so that nothing that is owed is forgotten. */
static void unlock_and_tell(struct virtio_console_port *port, int error, struct con_done *done)
{
    struct virtio_console *con = port->con;
    uint32_t rounds = port->tx.size + 1u;
    bool room = false;

    while (error == 0) {
        if (port->want_tx && port->tx.num_free != 0) {
            port->want_tx = false;
            room = true;
        }
        if (con->dev.window.polled) {
            break;
        }
        if (!port->want_tx && port->in_place == 0) {
            virtqueue_disable_cb(&port->tx);
            break;
        }
        if (!virtqueue_enable_cb(&port->tx) || rounds-- == 0) {
            break;
        }
        error = reap(port, done);
    }
    virtqueue_unlock(&port->tx);
    if (error < 0) {
        virtio_device_break(&con->dev, -EIO);
    }
    run_callbacks(done);
    if (room) {
        port->tx_moved = true;
        virtio_port_event_signal(&port->tx_event);
        if (con->params.tx_ready != NULL) {
            con->params.tx_ready(con, port->nr);
        }
    }
}

void virtio_console_tx_used(struct virtqueue *vq)
{
    struct virtio_console_port *port = to_port(vq);
    struct con_done done = {NULL, NULL};

    if (!port->set_up) {
        return; /* between two lives */
    }
    virtqueue_lock(vq);
    unlock_and_tell(port, reap(port, &done), &done);
}

void virtio_console_tx_fail(struct virtio_console_port *port, int error)
{
    struct con_done done = {NULL, NULL};
    uint16_t cursor = 0;
    void *cookie;

    if (port->tx.dev == NULL) {
        return; /* never set up */
    }
    virtqueue_lock(&port->tx);
    while ((cookie = virtqueue_detach(&port->tx, &cursor)) != NULL) {
        retire(port, cookie, error, &done);
    }
    port->want_tx = false;
    virtqueue_unlock(&port->tx);
    run_callbacks(&done);
}

unsigned virtio_console_outstanding(struct virtio_console *con, unsigned nr)
{
    struct virtio_console_port *port;
    unsigned count;

    if (con->dev.state == VIRTIO_STATE_ABSENT || nr >= con->num_ports || !con->ports[nr].set_up) {
        return 0;
    }
    port = &con->ports[nr];
    virtio_console_tx_used(&port->tx); /* what it has given back and nobody has looked at */
    virtqueue_lock(&port->tx);
    count = port->tx.num_chains;
    virtqueue_unlock(&port->tx);
    return count;
}

static void count_bytes(struct virtio_console *con, uint32_t bytes)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&con->dev.lock);

    con->stats.tx_bytes += bytes;
    virtio_port_unlock(&con->dev.lock, flags);
}

/* ---- copying ---- */

/* Fills slots as long as the ring has room, and shows them to the device: how many bytes. [locked]
 */
static uint32_t put(struct virtio_console_port *port, const uint8_t *from, uint32_t len)
{
    uint32_t max = port->con->params.buf_bytes;
    uint32_t total = 0;

    while (total < len && port->tx.num_free != 0) {
        struct virtio_console_slot *slot = &port->slots[port->free_slot];
        size_t at = (size_t)slot->index * max;
        struct virtio_sg sg = {port->tx_dma + at, len - total < max ? len - total : max};

        memcpy(port->tx_mem + at, from + total, sg.len);
        if (virtqueue_add(&port->tx, &sg, 1, 0, slot) != 0) {
            break; /* the queue has stopped */
        }
        port->free_slot = slot->next_free;
        total += sg.len;
    }
    virtqueue_kick(&port->tx);
    return total;
}

/* Writes until there is no more room and the device will say when there is. [locked] */
static uint32_t put_all(struct virtio_console_port *port, const uint8_t *from, uint32_t len,
                        struct con_done *done, int *error)
{
    uint32_t total = 0;
    uint32_t n;

    do {
        *error = reap(port, done);
        n = *error == 0 ? put(port, from + total, len - total) : 0;
        total += n;
    } while (n != 0 && total < len);
    port->want_tx = port->want_tx || (*error == 0 && total < len);
    return total;
}

int virtio_console_write(struct virtio_console *con, unsigned nr, const void *buf, uint32_t len)
{
    struct con_done done = {NULL, NULL};
    struct virtio_console_port *port;
    uint32_t total = 0;
    int error = 0;
    int ret;

    if (buf == NULL || len == 0) {
        return -EINVAL;
    }
    ret = virtio_console_port_find(con, nr, &port);
    if (ret != 0) {
        return ret;
    }
    virtqueue_lock(&port->tx);
    ret = virtio_console_port_state(port);
    if (ret == 0) {
        total = put_all(port, buf, len < INT32_MAX ? len : INT32_MAX, &done, &error);
        count_bytes(con, total);
    }
    unlock_and_tell(port, error, &done);
    if (ret != 0 || total != 0) {
        return ret != 0 ? ret : (int)total;
    }
    return error != 0 || !virtio_device_is_live(&con->dev) ? -EIO : -EAGAIN;
}

int virtio_console_write_wait(struct virtio_console *con, unsigned nr, const void *buf,
                              uint32_t len, uint64_t timeout_us)
{
    uint64_t deadline =
        virtio_port_now_us() + (timeout_us != 0 ? timeout_us : VIRTIO_IO_TIMEOUT_US);
    struct virtio_console_port *port;
    uint32_t total = 0;
    int ret = buf == NULL || len == 0 ? -EINVAL : virtio_console_port_find(con, nr, &port);

    if (ret != 0) {
        return ret;
    }
    len = len < INT32_MAX ? len : INT32_MAX;
    for (;;) {
        uint64_t now;

        port->tx_moved = false;
        ret = virtio_console_write(con, nr, (const uint8_t *)buf + total, len - total);
        now = virtio_port_now_us();
        if (ret > 0) {
            total += (uint32_t)ret;
        } else if (ret != -EAGAIN) {
            break;
        }
        if (total == len || now >= deadline) {
            ret = -ETIMEDOUT;
            break;
        }
        (void)virtio_wait(&con->dev, &port->tx_event, &port->tx_moved, deadline - now);
    }
    return total != 0 ? (int)total : ret;
}

/* ---- in place ---- */

/* [locked] */
static int put_in_place(struct virtio_console_port *port, struct virtio_console_tx *tx)
{
    virtio_port_ctx_t ctx = port->con->dev.window.ctx;
    /* The port's call serves both directions; this one only reads. */
    const union {
        const void *given;
        void *mem;
    } ptr = {.given = tx->ptr};
    struct virtio_sg sg;
    int ret;

    if (port->tx.num_free == 0) {
        port->want_tx = true;
        return -EAGAIN;
    }
    tx->mem = ptr.mem;
    if (virtio_port_dma_map(ctx, tx->mem, tx->len, VIRTIO_DMA_TO_DEVICE, &tx->dma) != 0) {
        return -ENOMEM;
    }
    sg.dma = tx->dma;
    sg.len = tx->len;
    ret = virtqueue_add(&port->tx, &sg, 1, 0, tx);
    if (ret != 0) {
        virtio_port_dma_unmap(ctx, tx->dma, tx->mem, tx->len, VIRTIO_DMA_TO_DEVICE);
        return ret;
    }
    tx->life = port->life;
    tx->busy = true;
    port->in_place++;
    virtqueue_kick(&port->tx);
    return 0;
}

int virtio_console_submit(struct virtio_console *con, unsigned nr, struct virtio_console_tx *tx)
{
    struct con_done done = {NULL, NULL};
    struct virtio_console_port *port;
    uint32_t len = tx->len;
    int error = 0;
    int ret;

    if (tx->ptr == NULL || len == 0 || tx->done == NULL) {
        return -EINVAL;
    }
    ret = virtio_console_port_find(con, nr, &port);
    if (ret != 0) {
        return ret;
    }
    virtqueue_lock(&port->tx);
    ret = tx->busy ? -EINVAL : virtio_console_port_state(port);
    if (ret == 0) {
        error = reap(port, &done);
        ret = error != 0 ? error : put_in_place(port, tx);
    }
    unlock_and_tell(port, error, &done);
    if (ret == 0) {
        count_bytes(con, len);
    }
    return ret;
}
