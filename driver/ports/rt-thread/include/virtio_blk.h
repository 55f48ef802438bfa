/* SPDX-License-Identifier: Apache-2.0 */
/* Block devices ("virtio-blk0", ...) for board code and applications. */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_BLK_H
#define RT_VIRTIO_COMPAT_VIRTIO_BLK_H

#include "virtio.h"
#include "virtio/virtio_blk.h"

#define VIRTIO_BLK_QUEUE            0
#define VIRTIO_BLK_BYTES_PER_SECTOR 512

#endif
