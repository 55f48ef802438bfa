/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life cycle of a device (virtio v1.2 sections 2.1, 2.4, 3.1, 3.3, 4.2.3.1): identification,
 * DRIVER_OK, giving up, reset. The rule behind all of it: memory that the device was given is the
 * device's until Status reads 0.
 */
#include "core.h"

#define POLL_DELAY_MAX_US 1000u

static enum virtio_state get_state(struct virtio_device *dev)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);
    enum virtio_state state = dev->state;

    virtio_port_unlock(&dev->lock, flags);
    return state;
}

void virtio_set_state(struct virtio_device *dev, enum virtio_state state)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);

    dev->state = state;
    virtio_port_unlock(&dev->lock, flags);
}

void virtio_status_write(struct virtio_device *dev, uint32_t status)
{
    dev->status = status;
    virtio_reg_write(dev, REG_STATUS, status);
}

/* ---- identification ---- */

static int check_window(const struct virtio_window *window)
{
    if (window->size < REG_CONFIG) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: window of %u bytes, expected at least %u",
                        (unsigned)window->size, (unsigned)REG_CONFIG);
        return -EINVAL;
    }
    if ((window->base & 3u) != 0) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: window at 0x%x, expected 4-byte alignment",
                        (unsigned)window->base);
        return -EINVAL;
    }
    return 0;
}

/* Section 4.2.3.1.1: MagicValue and Version, then DeviceID, and nothing else if that is 0. */
static int identify(struct virtio_device *dev)
{
    uint32_t magic = virtio_reg_read(dev, REG_MAGIC_VALUE);

    if (magic != VIRTIO_MMIO_MAGIC) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: MagicValue 0x%x, expected 0x%x", (unsigned)magic,
                        VIRTIO_MMIO_MAGIC);
        return -ENODEV;
    }
    dev->version = virtio_reg_read(dev, REG_VERSION);
    if (dev->version != VIRTIO_MMIO_VERSION_LEGACY && dev->version != VIRTIO_MMIO_VERSION_MODERN) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: Version %u, expected 1 or 2",
                        (unsigned)dev->version);
        return -ENOTSUP;
    }
    dev->device_id = virtio_reg_read(dev, REG_DEVICE_ID);
    if (dev->device_id == VIRTIO_ID_NONE) {
        return -ENXIO;
    }
    dev->vendor_id = virtio_reg_read(dev, REG_VENDOR_ID);
    return 0;
}

int virtio_device_probe(struct virtio_device *dev, const struct virtio_window *window,
                        const struct virtio_driver_ops *ops)
{
    int ret;

    if (dev->state != VIRTIO_STATE_ABSENT) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: probe of a device in state %u",
                        (unsigned)dev->state);
        return -EINVAL;
    }
    ret = check_window(window);
    if (ret != 0) {
        return ret;
    }
    memset(dev, 0, sizeof(*dev));
    dev->window = *window;
    dev->ops = ops;
    virtio_port_lock_init(&dev->lock);
    ret = identify(dev);
    if (ret == 0) {
        dev->state = VIRTIO_STATE_PROBED;
    }
    return ret;
}

/* ---- DRIVER_OK ---- */

int virtio_device_ready(struct virtio_device *dev)
{
    uint32_t status = dev->status | VIRTIO_STATUS_DRIVER_OK;

    if (dev->state != VIRTIO_STATE_FEATURES_OK) {
        return -EBUSY;
    }
    /* Live before the write: the first interrupt may come inside of it. */
    dev->owes_quiesced = true;
    dev->quiesced_error = -EIO;
    virtio_set_state(dev, VIRTIO_STATE_LIVE);
    virtio_status_write(dev, status);
    if (virtio_reg_read(dev, REG_STATUS) != status) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u: Status does not keep 0x%x",
                        (unsigned)dev->device_id, (unsigned)status);
        virtio_device_break(dev, -EIO);
        return -EIO;
    }
    if (virtio_queues_start(dev)) {
        /* Buffers posted before DRIVER_OK may be used before the queues are live: the interrupt
         * for them found nothing to serve. */
        (void)virtio_poll(dev);
    }
    return 0;
}

bool virtio_device_is_live(const struct virtio_device *dev)
{
    return dev->state == VIRTIO_STATE_LIVE;
}

/* ---- giving up and reset ---- */

bool virtio_device_try_quiesce(struct virtio_device *dev)
{
    virtio_port_irqflags_t flags;
    bool owed;

    if (get_state(dev) != VIRTIO_STATE_BROKEN || virtio_reg_read(dev, REG_STATUS) != 0) {
        return get_state(dev) == VIRTIO_STATE_RESET;
    }
    /* Several contexts may see the 0; one of them hands back the requests. */
    flags = virtio_port_lock(&dev->lock);
    owed = dev->state == VIRTIO_STATE_BROKEN && dev->owes_quiesced;
    if (dev->state == VIRTIO_STATE_BROKEN) {
        dev->state = VIRTIO_STATE_RESET;
        dev->status = 0;
    }
    if (owed) {
        dev->owes_quiesced = false;
        dev->dispatching++;
    }
    virtio_port_unlock(&dev->lock, flags);
    if (owed) {
        dev->ops->quiesced(dev, dev->quiesced_error);
        flags = virtio_port_lock(&dev->lock);
        dev->dispatching--;
        virtio_port_unlock(&dev->lock, flags);
    }
    return true;
}

void virtio_device_break(struct virtio_device *dev, int error)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);
    bool was_live = dev->state == VIRTIO_STATE_LIVE;

    if (was_live) {
        dev->state = VIRTIO_STATE_BROKEN;
        dev->quiesced_error = error;
        dev->stats.protocol_errors++;
    }
    virtio_port_unlock(&dev->lock, flags);
    if (was_live) {
        virtio_queues_kill(dev, true);
        virtio_status_write(dev, dev->status | VIRTIO_STATUS_FAILED);
        virtio_reg_write(dev, REG_STATUS, 0);
    }
    (void)virtio_device_try_quiesce(dev);
}

/* Reset, and no other core is still handing back requests. */
static bool is_quiet(struct virtio_device *dev)
{
    virtio_port_irqflags_t flags;
    bool busy;

    if (!virtio_device_try_quiesce(dev)) {
        return false;
    }
    flags = virtio_port_lock(&dev->lock);
    busy = dev->dispatching != 0;
    virtio_port_unlock(&dev->lock, flags);
    return !busy;
}

static int wait_for_reset(struct virtio_device *dev, uint64_t timeout_us)
{
    uint64_t deadline = virtio_port_now_us() + timeout_us;
    uint32_t delay_us = 1;

    while (!is_quiet(dev)) {
        if (virtio_port_now_us() >= deadline) {
            virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u: Status 0x%x after reset",
                            (unsigned)dev->device_id, (unsigned)virtio_reg_read(dev, REG_STATUS));
            return -ETIMEDOUT;
        }
        virtio_port_delay_us(delay_us);
        delay_us = delay_us < POLL_DELAY_MAX_US / 2u ? delay_us * 2u : POLL_DELAY_MAX_US;
    }
    return 0;
}

int virtio_device_reset(struct virtio_device *dev, uint64_t timeout_us)
{
    virtio_port_irqflags_t flags;
    enum virtio_state state;
    bool busy;

    if (dev->state == VIRTIO_STATE_ABSENT) {
        return -ENODEV;
    }
    flags = virtio_port_lock(&dev->lock);
    busy = dev->dispatching != 0;
    state = dev->state;
    if (!busy && state != VIRTIO_STATE_BROKEN) {
        dev->state = VIRTIO_STATE_STOPPING;
        dev->quiesced_error = -ECANCELED;
    }
    virtio_port_unlock(&dev->lock, flags);
    if (busy) {
        return -EBUSY;
    }
    if (state != VIRTIO_STATE_BROKEN) {
        virtio_queues_kill(dev, false);
        virtio_queues_stop(dev);
        virtio_set_state(dev, VIRTIO_STATE_BROKEN);
    }
    virtio_reg_write(dev, REG_STATUS, 0);
    return wait_for_reset(dev, timeout_us != 0 ? timeout_us : VIRTIO_RESET_TIMEOUT_US);
}

int virtio_device_fail(struct virtio_device *dev, uint64_t reset_timeout_us)
{
    if (dev->state == VIRTIO_STATE_ACKNOWLEDGED || dev->state == VIRTIO_STATE_FEATURES_OK) {
        virtio_status_write(dev, dev->status | VIRTIO_STATUS_FAILED);
    }
    return virtio_device_reset(dev, reset_timeout_us);
}

bool virtio_device_owns_nothing(const struct virtio_device *dev)
{
    bool nothing = dev->queues == NULL || dev->state == VIRTIO_STATE_RESET ||
                   dev->state == VIRTIO_STATE_PROBED || dev->state == VIRTIO_STATE_ABSENT;

    return nothing && dev->state != VIRTIO_STATE_LIVE && dev->dispatching == 0;
}

int virtio_device_release(struct virtio_device *dev)
{
    if (!virtio_device_owns_nothing(dev)) {
        return -EBUSY;
    }
    virtio_queues_free(dev);
    dev->state = VIRTIO_STATE_ABSENT;
    return 0;
}
