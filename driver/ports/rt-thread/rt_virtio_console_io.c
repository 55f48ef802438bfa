/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading from and writing to a port (rt_virtio_console_port.c).
 *
 * Reading gives what there is and does not wait, unless the port was opened with
 * RT_DEVICE_FLAG_RX_BLOCKING. Writing waits for room, up to the driver's deadline, when the caller
 * may sleep; not with RT_DEVICE_FLAG_TX_NON_BLOCKING, and not with RT_DEVICE_FLAG_STREAM, which is
 * how rt_kprintf() opens its console: what does not fit is lost there rather than the system
 * stopped because nobody reads its log. STREAM also makes "\r\n" of each newline.
 *
 * Both return the number of bytes and set errno when it is less than was asked for.
 */
#include "rt_virtio_console_priv.h"

#ifdef RT_USING_VIRTIO_CONSOLE

/* Of serial_v2.h, which not every configuration has. */
#ifndef RT_DEVICE_FLAG_RX_BLOCKING
#define RT_DEVICE_FLAG_RX_BLOCKING 0x1000
#endif
#ifndef RT_DEVICE_FLAG_TX_BLOCKING
#define RT_DEVICE_FLAG_TX_BLOCKING 0x4000
#endif
#ifndef RT_DEVICE_FLAG_TX_NON_BLOCKING
#define RT_DEVICE_FLAG_TX_NON_BLOCKING 0x8000
#endif

/* Of a newline-translated line, copied at a time. Not more than a buffer of the driver, so that a
 * write takes all of it or nothing. */
#define STREAM_BYTES 128u
/* Counts are ints in the driver. */
#define IO_BYTES_MAX 0x40000000u

/* Not in an interrupt, not before the scheduler runs, not while it is locked: rt_kprintf() comes
 * from everywhere. */
bool rt_vcon_may_sleep(void)
{
    return rt_interrupt_get_nest() == 0 && rt_thread_self() != RT_NULL && rt_critical_level() == 0;
}

static rt_uint16_t mode_of(struct rt_vcon_port *port)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&port->lock);
    rt_uint16_t mode = port->mode;

    virtio_port_unlock(&port->lock, flags);
    return mode;
}

static rt_uint32_t clip(rt_size_t size)
{
    return size < IO_BYTES_MAX ? (rt_uint32_t)size : IO_BYTES_MAX;
}

/* Waits until there is something, the other side or the port has gone, or the device fails. The
 * driver's waits have a deadline each and look at the device. */
static int read_blocking(struct rt_vcon_port *port, void *buffer, rt_uint32_t len)
{
    int ret;

    if (rt_mutex_take(&port->reading, RT_WAITING_FOREVER) != RT_EOK) {
        return -EIO;
    }
    do {
        ret = virtio_console_read_wait(&port->con->console, port->nr, buffer, len, 0);
    } while (ret == -ETIMEDOUT);
    (void)rt_mutex_release(&port->reading);
    return ret;
}

rt_virtio_ssize_t rt_vcon_port_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size)
{
    struct rt_vcon_port *port = (struct rt_vcon_port *)(void *)dev;
    int ret;

    (void)pos; /* a stream has none */
    if (size == 0) {
        return 0;
    }
    if ((mode_of(port) & RT_DEVICE_FLAG_RX_BLOCKING) != 0 && rt_vcon_may_sleep()) {
        ret = read_blocking(port, buffer, clip(size));
    } else {
        ret = virtio_console_read(&port->con->console, port->nr, buffer, clip(size));
    }
    if (ret < 0) {
        rt_set_errno(ret == -EAGAIN ? -RT_EEMPTY : rt_virtio_error(ret));
        return 0;
    }
    return (rt_virtio_ssize_t)ret;
}

static int write_waiting(struct rt_vcon_port *port, const void *buffer, rt_uint32_t len)
{
    int ret;

    if (rt_mutex_take(&port->writing, RT_WAITING_FOREVER) != RT_EOK) {
        return -EIO;
    }
    ret = virtio_console_write_wait(&port->con->console, port->nr, buffer, len, 0);
    (void)rt_mutex_release(&port->writing);
    return ret;
}

static int write_some(struct rt_vcon_port *port, const void *buffer, rt_uint32_t len, bool wait)
{
    return wait ? write_waiting(port, buffer, len)
                : virtio_console_write(&port->con->console, port->nr, buffer, len);
}

/* Fills `out` from `in` with newlines translated; *used how many bytes of `in` are in it. */
static rt_uint32_t translate(const char *in, rt_size_t size, char out[STREAM_BYTES],
                             rt_size_t *used)
{
    rt_uint32_t len = 0;
    rt_size_t i = 0;

    while (i < size && len + 2u <= STREAM_BYTES) {
        if (in[i] == '\n') {
            out[len++] = '\r';
        }
        out[len++] = in[i++];
    }
    *used = i;
    return len;
}

/* Returns how many bytes of the caller's were written, or an error when there were none. */
static int write_stream(struct rt_vcon_port *port, const char *in, rt_size_t size, bool wait)
{
    rt_size_t done = 0;

    while (done < size) {
        char out[STREAM_BYTES];
        rt_size_t used;
        rt_uint32_t len = translate(in + done, size - done, out, &used);
        int ret = write_some(port, out, len, wait);

        if (ret < 0 && done == 0) {
            return ret;
        }
        if (ret < 0 || (rt_uint32_t)ret < len) {
            break;
        }
        done += used;
    }
    return (int)done;
}

/* See the head of this file. */
static bool waits_for_room(rt_uint16_t mode)
{
    if ((mode & RT_DEVICE_FLAG_TX_BLOCKING) == 0 &&
        (mode & (RT_DEVICE_FLAG_STREAM | RT_DEVICE_FLAG_TX_NON_BLOCKING)) != 0) {
        return false;
    }
    return rt_vcon_may_sleep();
}

rt_virtio_ssize_t rt_vcon_port_write(rt_device_t dev, rt_off_t pos, const void *buffer,
                                     rt_size_t size)
{
    struct rt_vcon_port *port = (struct rt_vcon_port *)(void *)dev;
    rt_uint16_t mode = mode_of(port);
    bool wait = waits_for_room(mode);
    int ret;

    (void)pos;
    if (size == 0) {
        return 0;
    }
    if (buffer == NULL) {
        ret = -EINVAL;
    } else if ((mode & RT_DEVICE_FLAG_STREAM) != 0) {
        ret = write_stream(port, buffer, clip(size), wait);
    } else {
        ret = write_some(port, buffer, clip(size), wait);
    }
    if (ret < 0) {
        rt_set_errno(rt_virtio_error(ret));
        return 0;
    }
    if ((rt_size_t)ret < size) {
        rt_set_errno(rt_virtio_error(wait ? -ETIMEDOUT : -EAGAIN));
    }
    return (rt_virtio_ssize_t)ret;
}

#endif /* RT_USING_VIRTIO_CONSOLE */
