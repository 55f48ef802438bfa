/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame buffer and the cursor of a GPU's rt_device.
 *
 * The memory of both is the device's too while a resource has it. It is given back to the heap only
 * when the driver says that the device has let go of it, and otherwise kept for the next attempt.
 */
#include "rt_virtio_gpu_priv.h"

#ifdef RT_USING_VIRTIO_GPU

/* RT-Thread's names give the bytes of a pixel in memory order; those of three bytes are taken with
 * a fourth that is not shown. */
static const struct {
    rt_uint8_t rt;
    rt_uint8_t virtio;
} formats[] = {
    {RTGRAPHIC_PIXEL_FORMAT_RGB888, VIRTIO_GPU_FORMAT_R8G8B8X8},
    {RTGRAPHIC_PIXEL_FORMAT_BGR888, VIRTIO_GPU_FORMAT_B8G8R8X8},
    {RTGRAPHIC_PIXEL_FORMAT_ARGB888, VIRTIO_GPU_FORMAT_A8R8G8B8},
    {RTGRAPHIC_PIXEL_FORMAT_ABGR888, VIRTIO_GPU_FORMAT_A8B8G8R8},
};

/* 0: not one that the device has. */
static rt_uint8_t to_virtio_format(rt_ubase_t format)
{
    for (unsigned i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].rt == format) {
            return formats[i].virtio;
        }
    }
    return 0;
}

bool rt_vgpu_display_size(struct rt_vgpu *g, rt_uint32_t *width, rt_uint32_t *height)
{
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];
    unsigned count = virtio_gpu_get_displays(&g->gpu, displays);

    for (unsigned i = 0; i < count; i++) {
        const struct virtio_gpu_rect *rect = &displays[i].rect;

        if (displays[i].enabled && rect->width <= RT_VGPU_WIDTH_MAX &&
            rect->height <= RT_VGPU_HEIGHT_MAX) {
            g->scanout = g->pixels == NULL ? i : g->scanout;
            *width = rect->width;
            *height = rect->height;
            return true;
        }
    }
    return false;
}

/* ---- frame buffer ---- */

/* Takes the frame buffer from the device; its memory stays. */
static int let_go(struct rt_vgpu *g)
{
    int error;

    g->pixels = NULL;
    error = virtio_gpu_fb_deinit(&g->fb, 0);
    if (error == 0) {
        rt_memset(&g->fb, 0, sizeof(g->fb));
    }
    return error;
}

static void free_memory(struct rt_vgpu *g)
{
    if (g->mem != NULL) {
        rt_free_align(g->mem);
    }
    g->mem = NULL;
    g->mem_bytes = 0;
}

/* Keeps what is there when it has the right size: who was told its address may go on with it. */
static rt_err_t get_memory(struct rt_vgpu *g, rt_uint32_t width, rt_uint32_t height)
{
    rt_uint32_t bytes = RT_ALIGN(width * height * RT_VGPU_PIXEL_BYTES, RT_VGPU_PAGE_BYTES);

    if (g->mem_bytes != bytes) {
        free_memory(g);
        g->mem = rt_malloc_align(bytes, RT_VGPU_PAGE_BYTES);
        if (g->mem == NULL) {
            return -RT_ENOMEM;
        }
        g->mem_bytes = bytes;
    }
    rt_memset(g->mem, 0, bytes);
    return RT_EOK;
}

/* A device that broke takes part again after a reset, which voids all it was told. */
static int revive(struct rt_vgpu *g)
{
    int error;

    if (virtio_device_is_live(&g->gpu.dev)) {
        return 0;
    }
    error = virtio_gpu_reset(&g->gpu, 0);
    if (error == 0) {
        g->cursor.id = 0;
        g->cursor.attached = false;
        g->cursor.shown = false;
    }
    return error;
}

static rt_err_t make_screen(struct rt_vgpu *g, rt_uint8_t format, rt_uint32_t width,
                            rt_uint32_t height)
{
    void *mem[2] = {NULL, NULL};
    rt_err_t result = get_memory(g, width, height);
    int error;

    if (result != RT_EOK) {
        return result;
    }
    mem[0] = g->mem;
    error = virtio_gpu_fb_init(&g->fb, &g->gpu, g->scanout, (enum virtio_gpu_format)format, width,
                               height, mem, 0);
    if (error != 0) {
        if (let_go(g) == 0) {
            free_memory(g);
        }
        return rt_virtio_error(error);
    }
    g->width = width;
    g->height = height;
    g->pixels = g->mem;
    return RT_EOK;
}

rt_err_t rt_vgpu_screen_create(struct rt_vgpu *g, rt_ubase_t format, rt_uint32_t width,
                               rt_uint32_t height)
{
    rt_uint8_t virtio_format = to_virtio_format(format);
    rt_err_t result;
    int error;

    if (virtio_format == 0 || width > RT_VGPU_WIDTH_MAX || height > RT_VGPU_HEIGHT_MAX) {
        return -RT_EINVAL;
    }
    error = revive(g);
    if (error == 0) {
        error = let_go(g);
    }
    if (error != 0) {
        return rt_virtio_error(error);
    }
    if (width == 0 || height == 0) {
        if (!rt_vgpu_display_size(g, &width, &height)) {
            return -RT_ERROR; /* no display */
        }
    }
    result = make_screen(g, virtio_format, width, height);
    g->format = result == RT_EOK ? (rt_uint8_t)format : g->format;
    return result;
}

rt_err_t rt_vgpu_screen_update(struct rt_vgpu *g, const struct rt_device_rect_info *info)
{
    struct virtio_gpu_rect rect = {0, 0, g->width, g->height};

    if (g->pixels == NULL) {
        return -RT_ERROR;
    }
    if (info != NULL) {
        if (info->x >= g->width || info->y >= g->height || info->width == 0 || info->height == 0) {
            return -RT_EINVAL;
        }
        rect.x = info->x;
        rect.y = info->y;
        rect.width = info->width < g->width - rect.x ? info->width : g->width - rect.x;
        rect.height = info->height < g->height - rect.y ? info->height : g->height - rect.y;
    }
    return rt_virtio_error(virtio_gpu_fb_present(&g->fb, &rect, 1, 0));
}

rt_err_t rt_vgpu_screen_power(struct rt_vgpu *g, bool on)
{
    const struct virtio_gpu_rect rect = {0, 0, g->width, g->height};

    if (g->pixels == NULL) {
        return on ? rt_vgpu_screen_create(g, RTGRAPHIC_PIXEL_FORMAT_BGR888, 0, 0) : RT_EOK;
    }
    return rt_virtio_error(
        virtio_gpu_set_scanout(&g->gpu, g->scanout, on ? g->fb.ids[0] : 0, on ? &rect : NULL, 0));
}

/* ---- cursor ---- */

/* A resource with memory, from which a half-made one is removed first. */
static int make_cursor(struct rt_vgpu *g)
{
    struct virtio_gpu_mem mem = {NULL, RT_VGPU_CURSOR_BYTES};
    int error = 0;

    if (g->cursor.attached) {
        return 0;
    }
    if (g->cursor.id != 0) {
        error = virtio_gpu_unref(&g->gpu, g->cursor.id, 0);
        g->cursor.id = error == 0 ? 0 : g->cursor.id;
    }
    if (error == 0 && g->cursor.mem == NULL) {
        g->cursor.mem = rt_malloc_align(RT_VGPU_CURSOR_BYTES, RT_VGPU_PAGE_BYTES);
        error = g->cursor.mem != NULL ? 0 : -ENOMEM;
    }
    if (error == 0) {
        error = virtio_gpu_create(&g->gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, VIRTIO_GPU_CURSOR_SIZE,
                                  VIRTIO_GPU_CURSOR_SIZE, &g->cursor.id, 0);
    }
    if (error == 0) {
        mem.ptr = g->cursor.mem;
        error = virtio_gpu_attach(&g->gpu, g->cursor.id, &mem, 1, 0);
        g->cursor.attached = error == 0;
    }
    return error;
}

rt_err_t rt_vgpu_cursor_set(struct rt_vgpu *g, const void *image)
{
    const struct virtio_gpu_rect all = {0, 0, VIRTIO_GPU_CURSOR_SIZE, VIRTIO_GPU_CURSOR_SIZE};
    rt_uint32_t width, height;
    int error;

    if (g->pixels == NULL && !rt_vgpu_display_size(g, &width, &height)) {
        return -RT_ERROR; /* no display */
    }
    error = make_cursor(g);
    if (error == 0) {
        rt_memcpy(g->cursor.mem, image, RT_VGPU_CURSOR_BYTES);
        error = virtio_gpu_transfer(&g->gpu, g->cursor.id, &all, 0);
    }
    if (error == 0) {
        error = virtio_gpu_cursor_update(&g->gpu, g->scanout, g->cursor.id, 0, 0, g->cursor.x,
                                         g->cursor.y);
    }
    g->cursor.shown = g->cursor.shown || error == 0;
    return rt_virtio_error(error);
}

rt_err_t rt_vgpu_cursor_move(struct rt_vgpu *g, uint32_t x, uint32_t y)
{
    if (!g->cursor.shown) {
        return -RT_ERROR;
    }
    g->cursor.x = x;
    g->cursor.y = y;
    return rt_virtio_error(virtio_gpu_cursor_move(&g->gpu, g->scanout, x, y));
}

#endif /* RT_USING_VIRTIO_GPU */
