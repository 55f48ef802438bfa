/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The emergency field of a console (virtio v1.2 sections 5.3.4, 5.3.5): one character per register
 * write, on a device in any state. Uses nothing but the window: the rest of the driver may be what
 * has failed.
 */
#include "../core/core.h"
#include "virtio_console_priv.h"

int virtio_console_emergency(const struct virtio_window *window, char c)
{
    /* What the register helpers look at; no device is probed here. */
    struct virtio_device dev = {.window = *window};
    uint32_t value;

    if (window->size < (size_t)REG_CONFIG + CON_CFG_EMERG_WR + sizeof(uint32_t)) {
        return -EINVAL;
    }
    if (virtio_reg_read(&dev, REG_MAGIC_VALUE) != VIRTIO_MMIO_MAGIC) {
        return -ENODEV;
    }
    dev.version = virtio_reg_read(&dev, REG_VERSION);
    if (dev.version != VIRTIO_MMIO_VERSION_LEGACY && dev.version != VIRTIO_MMIO_VERSION_MODERN) {
        return -ENOTSUP;
    }
    dev.device_id = virtio_reg_read(&dev, REG_DEVICE_ID);
    if (dev.device_id != VIRTIO_ID_CONSOLE) {
        return dev.device_id == VIRTIO_ID_NONE ? -ENXIO : -ENODEV;
    }
    virtio_reg_write(&dev, REG_DEVICE_FEATURES_SEL, 0);
    if ((virtio_reg_read(&dev, REG_DEVICE_FEATURES) & VIRTIO_CONSOLE_F_EMERG_WRITE) == 0) {
        return -ENOTSUP;
    }
    value = (unsigned char)c;
    if (virtio_is_big_endian(&dev)) {
        /* Only the least significant byte counts. QEMU 7.2 takes this field as little-endian even
         * where all others have the guest's order: the character stands at both ends. */
        value |= value << 24;
    }
    virtio_port_write32(window->ctx, window->base + REG_CONFIG + CON_CFG_EMERG_WR,
                        virtio_swap32(value, virtio_is_big_endian(&dev)));
    return 0;
}
