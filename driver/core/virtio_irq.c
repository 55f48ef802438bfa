/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts, polling and waiting (virtio v1.2 sections 2.3, 4.2.3.4).
 *
 * InterruptStatus is acknowledged before the rings are scanned: what the device uses after the
 * acknowledge raises the line again, what it used before is found by the scan.
 */
#include "core.h"

/* A sleeping waiter looks after the device this often: a lost interrupt costs at most this. */
#define WAIT_SLICE_US 250000u
/* A polling waiter starts with short sleeps, and sleeps an eighth of what it has waited so far. */
#define POLL_SLICE_MIN_US 10u
#define POLL_SLICE_MAX_US 1000u

/* What the device announces, acknowledged. Undefined bits are ignored (section 4.2.2.2). */
static uint32_t take_cause(struct virtio_device *dev)
{
    uint32_t cause =
        virtio_reg_read(dev, REG_INTERRUPT_STATUS) & (VIRTIO_IRQ_USED_BUFFER | VIRTIO_IRQ_CONFIG);

    if (cause != 0) {
        virtio_reg_write(dev, REG_INTERRUPT_ACK, cause);
    }
    return cause;
}

/* Takes the right to run callbacks, and what there is to serve; false when the device is not live.
 * What an early or late interrupt announces is acknowledged and dropped: a level-triggered line
 * that is left alone would keep the CPU in its handler for ever. Reading and acknowledging is one
 * step under the lock: nobody acknowledges what another context has been shown. */
static bool dispatch_enter(struct virtio_device *dev, enum virtio_state *state, uint32_t *cause)
{
    virtio_port_irqflags_t flags;

    *cause = 0;
    if (dev->state == VIRTIO_STATE_ABSENT) {
        *state = VIRTIO_STATE_ABSENT; /* never identified: there may be no lock and no window */
        return false;
    }
    flags = virtio_port_lock(&dev->lock);
    *state = dev->state;
    if (*state == VIRTIO_STATE_LIVE) {
        dev->dispatching++;
    }
    if (*state != VIRTIO_STATE_ABSENT) {
        *cause = take_cause(dev);
    }
    virtio_port_unlock(&dev->lock, flags);
    return *state == VIRTIO_STATE_LIVE;
}

static void dispatch_leave(struct virtio_device *dev, bool spurious)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);

    dev->dispatching--;
    if (spurious) {
        dev->stats.spurious++;
    } else {
        dev->stats.interrupts++;
    }
    virtio_port_unlock(&dev->lock, flags);
}

static void serve(struct virtio_device *dev, uint32_t cause)
{
    if ((cause & VIRTIO_IRQ_CONFIG) != 0 && virtio_device_check(dev) == 0 &&
        dev->ops->config_changed != NULL) {
        dev->ops->config_changed(dev);
    }
    if ((cause & VIRTIO_IRQ_USED_BUFFER) != 0) {
        /* The bit speaks for every queue (section 4.2.3.4). */
        for (struct virtqueue *vq = dev->queues; vq != NULL; vq = vq->next) {
            vq->callback(vq);
        }
    }
}

bool virtio_interrupt(struct virtio_device *dev)
{
    enum virtio_state state;
    uint32_t cause;

    if (!dispatch_enter(dev, &state, &cause)) {
        if (state == VIRTIO_STATE_BROKEN) {
            (void)virtio_device_try_quiesce(dev);
        }
        return false;
    }
    serve(dev, cause);
    dispatch_leave(dev, cause == 0);
    return cause != 0;
}

bool virtio_poll(struct virtio_device *dev)
{
    enum virtio_state state;
    uint32_t cause;

    if (!dispatch_enter(dev, &state, &cause)) {
        return state == VIRTIO_STATE_BROKEN && virtio_device_try_quiesce(dev);
    }
    serve(dev, cause | VIRTIO_IRQ_USED_BUFFER);
    dispatch_leave(dev, false);
    return true;
}

int virtio_device_check(struct virtio_device *dev)
{
    uint32_t status;

    if (!virtio_device_is_live(dev)) {
        return -EIO;
    }
    status = virtio_reg_read(dev, REG_STATUS);
    if (status == dev->status) {
        return 0;
    }
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u: Status 0x%x, expected 0x%x",
                    (unsigned)dev->device_id, (unsigned)status, (unsigned)dev->status);
    virtio_device_break(dev, -EIO);
    return -EIO;
}

static uint64_t wait_slice(const struct virtio_device *dev, uint64_t waited_us)
{
    uint64_t slice = waited_us / 8u;

    if (!dev->window.polled) {
        return WAIT_SLICE_US;
    }
    slice = slice > POLL_SLICE_MIN_US ? slice : POLL_SLICE_MIN_US;
    return slice < POLL_SLICE_MAX_US ? slice : POLL_SLICE_MAX_US;
}

int virtio_wait(struct virtio_device *dev, virtio_port_event_t *event, const volatile bool *done,
                uint64_t timeout_us)
{
    uint64_t start = virtio_port_now_us();
    uint64_t deadline = start + (timeout_us != 0 ? timeout_us : VIRTIO_IO_TIMEOUT_US);

    while (!*done) {
        uint64_t now;
        uint64_t slice;

        if (dev->window.polled) {
            (void)virtio_poll(dev);
        }
        now = virtio_port_now_us();
        if (*done || now >= deadline) {
            break;
        }
        slice = wait_slice(dev, now - start);
        virtio_port_event_wait(event, deadline - now < slice ? deadline - now : slice);
        if (!*done && !dev->window.polled && virtio_port_now_us() - now >= slice) {
            (void)virtio_poll(dev);
        }
    }
    if (!*done) {
        /* The last look: an interrupt may have been lost, or the device may have failed. */
        (void)virtio_poll(dev);
        (void)virtio_device_check(dev);
    }
    return *done ? 0 : -ETIMEDOUT;
}
