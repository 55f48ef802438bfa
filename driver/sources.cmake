# SPDX-License-Identifier: Apache-2.0
# The files of the driver, relative to this folder.
set(RTV_DRIVER_SOURCES
    core/split_ring.c
    core/virtio_config.c
    core/virtio_device.c
    core/virtio_features.c
    core/virtio_irq.c
    core/virtqueue_setup.c
    devices/virtio_blk.c
    devices/virtio_blk_chain.c
    devices/virtio_blk_config.c
    devices/virtio_blk_queue.c
    devices/virtio_blk_sync.c)
