/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bringing up, resetting and removing a device have in common, whatever its type (virtio v1.2
 * section 3.1): identify, start, give up on failure, release only what the device no longer owns.
 */
#include "core.h"

/* Frees everything, unless the device may still use it. */
static int release(struct virtio_device *dev)
{
    if (!virtio_device_owns_nothing(dev)) {
        return -EBUSY;
    }
    dev->ops->free(dev);
    return virtio_device_release(dev);
}

/* On failure the device is told so, and reset, at whatever stage it was. */
static int start(struct virtio_device *dev, uint64_t timeout_us)
{
    int ret = dev->ops->start(dev, timeout_us);

    if (ret == 0) {
        return 0;
    }
    if (dev->state == VIRTIO_STATE_ACKNOWLEDGED || dev->state == VIRTIO_STATE_FEATURES_OK) {
        (void)virtio_device_fail(dev, timeout_us);
    } else if (dev->state == VIRTIO_STATE_LIVE || dev->state == VIRTIO_STATE_BROKEN) {
        (void)virtio_device_reset(dev, timeout_us);
    }
    return ret;
}

int virtio_driver_probe(struct virtio_device *dev, const struct virtio_window *window,
                        const struct virtio_driver_ops *ops, uint64_t features_off,
                        uint64_t reset_timeout_us)
{
    int ret = virtio_device_probe(dev, window, ops);

    if (ret != 0) {
        return ret;
    }
    dev->features_off = features_off;
    if (dev->device_id != ops->device_id) {
        virtio_port_log(VIRTIO_LOG_ERROR, "%s: DeviceID %u, expected %u", ops->name,
                        (unsigned)dev->device_id, (unsigned)ops->device_id);
        ret = -ENODEV;
    } else {
        ret = start(dev, reset_timeout_us);
    }
    if (ret != 0) {
        (void)release(dev);
    }
    return ret;
}

int virtio_driver_remove(struct virtio_device *dev, uint64_t timeout_us)
{
    int ret;

    if (dev->state == VIRTIO_STATE_ABSENT) {
        return 0;
    }
    ret = virtio_device_reset(dev, timeout_us);
    return ret != 0 ? ret : release(dev);
}

int virtio_driver_reset(struct virtio_device *dev, uint64_t timeout_us)
{
    int ret;

    if (dev->state == VIRTIO_STATE_ABSENT) {
        return -ENODEV;
    }
    ret = virtio_device_reset(dev, timeout_us);
    return ret != 0 ? ret : start(dev, timeout_us);
}
