/* SPDX-License-Identifier: Apache-2.0 */
/* Graphic devices ("virtio-gpu0", ...) for board code and applications. */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_GPU_H
#define RT_VIRTIO_COMPAT_VIRTIO_GPU_H

#include "virtio.h"
#include "virtio/virtio_gpu.h"

#define VIRTIO_GPU_FORMAT_BPP   32
#define VIRTIO_GPU_FORMAT_PIXEL 4 /* bytes */

#define VIRTIO_GPU_CURSOR_WIDTH  64
#define VIRTIO_GPU_CURSOR_HEIGHT 64
/* Bytes of a cursor's picture. */
#define VIRTIO_GPU_CURSOR_IMG_SIZE                                                                 \
    (VIRTIO_GPU_CURSOR_WIDTH * VIRTIO_GPU_CURSOR_HEIGHT * VIRTIO_GPU_FORMAT_PIXEL)
#define VIRTIO_GPU_INVALID_PMODE_ID RT_UINT32_MAX

/* rt_device_control of a graphic device, beside RTGRAPHIC_CTRL_*. */
enum {
    VIRTIO_DEVICE_CTRL_GPU_SET_PRIMARY = 0x20, /* the first display that is on is the one used */
    VIRTIO_DEVICE_CTRL_GPU_CREATE_2D, /* frame buffer; argument: RTGRAPHIC_PIXEL_FORMAT_* */

    VIRTIO_DEVICE_CTRL_CURSOR_SETUP,   /* picture of VIRTIO_GPU_CURSOR_IMG_SIZE bytes; shown */
    VIRTIO_DEVICE_CTRL_CURSOR_SET_IMG, /* another picture */
    VIRTIO_DEVICE_CTRL_CURSOR_MOVE,    /* rt_uint32_t[2]: x, y */
};

#endif
