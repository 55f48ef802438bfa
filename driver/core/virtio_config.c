/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device configuration space (virtio v1.2 sections 2.5, 4.2.2.2; legacy 2.5.3). Each field is read
 * in its own width; a field wider than 32 bits takes two accesses and is consistent only inside a
 * snapshot.
 */
#include "core.h"

static bool in_window(const struct virtio_device *dev, unsigned offset, unsigned width)
{
    return offset < 0x10000u && dev->window.size >= (size_t)REG_CONFIG + offset + width;
}

static uintptr_t config_addr(const struct virtio_device *dev, unsigned offset)
{
    return dev->window.base + REG_CONFIG + offset;
}

uint8_t virtio_config_read8(struct virtio_device *dev, unsigned offset)
{
    if (!in_window(dev, offset, 1)) {
        return 0;
    }
    return virtio_port_read8(dev->window.ctx, config_addr(dev, offset));
}

uint16_t virtio_config_read16(struct virtio_device *dev, unsigned offset)
{
    if (!in_window(dev, offset, 2)) {
        return 0;
    }
    return virtio_swap16(virtio_port_read16(dev->window.ctx, config_addr(dev, offset)),
                         virtio_is_big_endian(dev));
}

uint32_t virtio_config_read32(struct virtio_device *dev, unsigned offset)
{
    if (!in_window(dev, offset, 4)) {
        return 0;
    }
    return virtio_swap32(virtio_port_read32(dev->window.ctx, config_addr(dev, offset)),
                         virtio_is_big_endian(dev));
}

uint64_t virtio_config_read64(struct virtio_device *dev, unsigned offset)
{
    uint32_t first;
    uint32_t second;

    if (!in_window(dev, offset, 8)) {
        return 0;
    }
    first = virtio_config_read32(dev, offset);
    second = virtio_config_read32(dev, offset + 4u);
    if (virtio_is_big_endian(dev)) {
        return ((uint64_t)first << 32) | second;
    }
    return ((uint64_t)second << 32) | first;
}

void virtio_config_write8(struct virtio_device *dev, unsigned offset, uint8_t value)
{
    if (in_window(dev, offset, 1)) {
        virtio_port_write8(dev->window.ctx, config_addr(dev, offset), value);
    }
}

void virtio_config_write32(struct virtio_device *dev, unsigned offset, uint32_t value)
{
    if (in_window(dev, offset, 4)) {
        virtio_port_write32(dev->window.ctx, config_addr(dev, offset),
                            virtio_swap32(value, virtio_is_big_endian(dev)));
    }
}

typedef void (*config_reader)(struct virtio_device *dev, void *out);

static int snapshot_modern(struct virtio_device *dev, config_reader read, void *out, size_t size)
{
    for (unsigned i = 0; i < VIRTIO_CONFIG_TRIES; i++) {
        uint32_t before = virtio_reg_read(dev, REG_CONFIG_GENERATION);

        memset(out, 0, size);
        read(dev, out);
        if (virtio_reg_read(dev, REG_CONFIG_GENERATION) == before) {
            return 0;
        }
    }
    return -EIO;
}

/* A legacy device has no generation: two equal rounds in a row are the best there is. */
static int snapshot_legacy(struct virtio_device *dev, config_reader read, void *out, void *scratch,
                           size_t size)
{
    memset(out, 0, size);
    read(dev, out);
    for (unsigned i = 0; i < VIRTIO_CONFIG_TRIES; i++) {
        memset(scratch, 0, size);
        read(dev, scratch);
        if (memcmp(out, scratch, size) == 0) {
            return 0;
        }
        memcpy(out, scratch, size);
    }
    return -EIO;
}

int virtio_config_snapshot(struct virtio_device *dev, config_reader read, void *out, void *scratch,
                           size_t size)
{
    int ret = virtio_is_legacy(dev) ? snapshot_legacy(dev, read, out, scratch, size)
                                    : snapshot_modern(dev, read, out, size);

    if (ret != 0) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u: config not stable in %u reads",
                        (unsigned)dev->device_id, VIRTIO_CONFIG_TRIES);
    }
    return ret;
}
