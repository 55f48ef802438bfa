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

/* What an early or late interrupt announces was acknowledged and is dropped: a level-triggered line
 * that is left alone would keep the CPU in its handler for ever. */
static VIRTIO_COLD bool not_live(struct virtio_device *dev, enum virtio_state state)
{
    return state == VIRTIO_STATE_BROKEN && virtio_device_try_quiesce(dev);
}

static void leave(struct virtio_device *dev, bool spurious)
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

/* Serves what the device announces, and what the caller adds to it. Reading and acknowledging is
 * one step under the lock: nobody acknowledges what another context has been shown. */
static bool dispatch(struct virtio_device *dev, uint32_t always)
{
    virtio_port_irqflags_t flags;
    enum virtio_state state;
    uint32_t cause;

    if (dev->state == VIRTIO_STATE_ABSENT) {
        return false; /* never identified: there may be no lock and no window */
    }
    flags = virtio_port_lock(&dev->lock);
    state = dev->state;
    if (state == VIRTIO_STATE_LIVE) {
        dev->dispatching++;
    }
    cause = state != VIRTIO_STATE_ABSENT ? take_cause(dev) : 0;
    virtio_port_unlock(&dev->lock, flags);
    if (state != VIRTIO_STATE_LIVE) {
        return not_live(dev, state) && always != 0;
    }
    cause |= always;
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
    leave(dev, cause == 0);
    return cause != 0;
}

bool virtio_interrupt(struct virtio_device *dev)
{
    return dispatch(dev, 0);
}

bool virtio_poll(struct virtio_device *dev)
{
    return dispatch(dev, VIRTIO_IRQ_USED_BUFFER);
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
