/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the GPU's rt_device share: a display with its frame buffer and its cursor. */
#ifndef RT_VIRTIO_GPU_PRIV_H
#define RT_VIRTIO_GPU_PRIV_H

#include <rtthread.h>

#include "rt_virtio_priv.h"

#include "virtio/virtio_gpu.h"

#define RT_VGPU_PIXEL_BYTES  4u
#define RT_VGPU_PIXEL_BITS   32u
#define RT_VGPU_PAGE_BYTES   4096u
#define RT_VGPU_CURSOR_BYTES (VIRTIO_GPU_CURSOR_SIZE * VIRTIO_GPU_CURSOR_SIZE * RT_VGPU_PIXEL_BYTES)
/* struct rt_device_graphic_info has 16 bits for a line's bytes. */
#define RT_VGPU_WIDTH_MAX  (0xffffu / RT_VGPU_PIXEL_BYTES)
#define RT_VGPU_HEIGHT_MAX VIRTIO_GPU_MODE_MAX

/* One scanout: the first that has a display. */
struct rt_vgpu {
    struct rt_device parent; /* first: RT-Thread hands it back */
    struct virtio_gpu gpu;
    struct rt_mutex lock; /* commands that change something, one after the other */
    unsigned scanout;
    /* The frame buffer. Drawing takes no lock, as everybody who was told its address draws without
     * one: a change of the mode is for a time when nobody draws. */
    struct virtio_gpu_fb fb;
    rt_uint8_t *pixels; /* of a frame buffer that works; NULL: there is none */
    rt_uint32_t width, height;
    rt_uint8_t format; /* RTGRAPHIC_PIXEL_FORMAT_* */
    void *mem;         /* the device's too, until virtio_gpu_fb_deinit() says 0 */
    rt_uint32_t mem_bytes;
    struct {
        uint32_t id;
        void *mem; /* the device's too, as long as there is an id */
        bool attached, shown;
        uint32_t x, y;
    } cursor;
};

/* rt_virtio_gpu_screen.c; [locked] the caller has the mutex. Context: thread. */
/* The size of the scanout's display as last heard; false when there is none. */
bool rt_vgpu_display_size(struct rt_vgpu *g, rt_uint32_t *width, rt_uint32_t *height);
/* Makes the frame buffer anew. width 0: that of the display. [locked] */
rt_err_t rt_vgpu_screen_create(struct rt_vgpu *g, rt_ubase_t format, rt_uint32_t width,
                               rt_uint32_t height);
/* rect NULL: all of it. What is outside is cut off. [locked] */
rt_err_t rt_vgpu_screen_update(struct rt_vgpu *g, const struct rt_device_rect_info *rect);
/* Shows the frame buffer on the scanout, or turns the scanout off. [locked] */
rt_err_t rt_vgpu_screen_power(struct rt_vgpu *g, bool on);
/* A picture of RT_VGPU_CURSOR_BYTES, which is copied. [locked] */
rt_err_t rt_vgpu_cursor_set(struct rt_vgpu *g, const void *image);
/* Context: any. */
rt_err_t rt_vgpu_cursor_move(struct rt_vgpu *g, uint32_t x, uint32_t y);

/* rt_virtio_gpu_draw.c: RT-Thread's drawing functions have no argument that says where to draw. */
void rt_vgpu_set_primary(struct rt_vgpu *g);
struct rt_vgpu *rt_vgpu_get_primary(void);
extern struct rt_device_graphic_ops rt_vgpu_graphic_ops;

#endif
