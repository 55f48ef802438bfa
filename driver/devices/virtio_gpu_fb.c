/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame buffer: one or two resources of the size of the screen (virtio v1.2 sections 5.7.6.1 to
 * 5.7.6.3).
 */
#include "virtio_gpu_priv.h"

static int make_buffer(struct virtio_gpu_fb *fb, unsigned i, uint64_t timeout_us)
{
    const struct virtio_gpu_mem mem = {fb->mem[i], fb->stride * fb->height};
    int ret = virtio_gpu_create(fb->gpu, (enum virtio_gpu_format)fb->format, fb->width, fb->height,
                                &fb->ids[i], timeout_us);

    return ret != 0 ? ret : virtio_gpu_attach(fb->gpu, fb->ids[i], &mem, 1, timeout_us);
}

static struct virtio_gpu_rect whole(const struct virtio_gpu_fb *fb)
{
    return (struct virtio_gpu_rect){0, 0, fb->width, fb->height};
}

int virtio_gpu_fb_init(struct virtio_gpu_fb *fb, struct virtio_gpu *gpu, unsigned scanout,
                       enum virtio_gpu_format format, uint32_t width, uint32_t height,
                       void *const mem[2], uint64_t timeout_us)
{
    struct virtio_gpu_rect rect;
    int ret = 0;

    memset(fb, 0, sizeof(*fb));
    if (mem[0] == NULL || width == 0 || width > VIRTIO_GPU_MODE_MAX || height == 0 ||
        height > VIRTIO_GPU_MODE_MAX) {
        return -EINVAL;
    }
    fb->gpu = gpu;
    fb->scanout = scanout;
    fb->format = (uint8_t)format;
    fb->width = width;
    fb->height = height;
    fb->stride = width * GPU_PIXEL_BYTES;
    fb->mem[0] = mem[0];
    fb->mem[1] = mem[1];
    fb->buffers = mem[1] != NULL ? 2u : 1u;
    for (unsigned i = 0; i < fb->buffers && ret == 0; i++) {
        ret = make_buffer(fb, i, timeout_us);
    }
    if (ret == 0) {
        rect = whole(fb);
        fb->shown = true; /* or may be, should it fail */
        ret = virtio_gpu_set_scanout(gpu, scanout, fb->ids[0], &rect, timeout_us);
    }
    if (ret != 0) {
        (void)virtio_gpu_fb_deinit(fb, timeout_us);
        return ret;
    }
    fb->back = (uint8_t)(fb->buffers - 1u);
    return 0;
}

/* False: a reset voided it, or it never was. */
static bool exists(struct virtio_gpu *gpu, uint32_t id)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool found = virtio_gpu_find(gpu, id) != NULL;

    virtio_gpu_unlock(gpu, flags);
    return found;
}

int virtio_gpu_fb_deinit(struct virtio_gpu_fb *fb, uint64_t timeout_us)
{
    int ret = 0;

    if (fb->gpu == NULL) {
        return 0;
    }
    if (fb->shown && (exists(fb->gpu, fb->ids[0]) || exists(fb->gpu, fb->ids[1]))) {
        ret = virtio_gpu_set_scanout(fb->gpu, fb->scanout, 0, NULL, timeout_us);
    }
    fb->shown = fb->shown && ret != 0;
    for (unsigned i = 0; i < 2u; i++) {
        int error =
            exists(fb->gpu, fb->ids[i]) ? virtio_gpu_unref(fb->gpu, fb->ids[i], timeout_us) : 0;

        fb->ids[i] = error == 0 ? 0 : fb->ids[i];
        ret = ret != 0 ? ret : error;
    }
    return ret;
}

int virtio_gpu_fb_present(struct virtio_gpu_fb *fb, const struct virtio_gpu_rect *damage,
                          unsigned count, uint64_t timeout_us)
{
    const struct virtio_gpu_rect all = whole(fb);
    /* What was never transferred must not be shown. */
    bool everything = damage == NULL || !fb->filled[fb->back];
    const struct gpu_update u = {
        .id = fb->ids[fb->back],
        .damage = everything ? &all : damage,
        .count = everything ? 1u : count,
        .transfer = true,
        .flush = fb->buffers == 1u,
        .show = fb->buffers == 2u,
        .scanout = fb->scanout,
    };
    int ret;

    if (fb->gpu == NULL) {
        return -EINVAL;
    }
    ret = virtio_gpu_update_run(fb->gpu, &u, timeout_us);
    if (ret == 0) {
        fb->filled[fb->back] = true;
    }
    if (ret == 0 && fb->buffers == 2u) {
        fb->back = (uint8_t)(1u - fb->back);
    }
    return ret;
}
