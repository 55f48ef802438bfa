/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-gpu as an RT-Thread graphic device virtio-gpuN, on the first scanout with a display.
 *
 * The frame buffer is made by VIRTIO_DEVICE_CTRL_GPU_CREATE_2D in a format of the caller's choice,
 * by RTGRAPHIC_CTRL_SET_MODE also in a size of it, or else by the first RTGRAPHIC_CTRL_GET_INFO.
 * A mode of another size moves it: whoever draws asks again with GET_INFO.
 *
 * Context: thread, but for CURSOR_MOVE, read, write and drawing, which are for any.
 */
#include "rt_virtio_gpu_priv.h"

#include "virtio_gpu.h"

#ifdef RT_USING_VIRTIO_GPU

static struct rt_vgpu *to_gpu(rt_device_t dev)
{
    return (struct rt_vgpu *)(void *)dev;
}

/* ---- bytes of the frame buffer ---- */

/* How many of `size` bytes from `pos` there are; 0 and errno when none. */
static rt_size_t range(const struct rt_vgpu *g, rt_off_t pos, rt_size_t size)
{
    rt_size_t room = g->pixels != NULL ? g->mem_bytes : 0;

    if (pos < 0 || (rt_size_t)pos >= room) {
        rt_set_errno(-RT_EINVAL);
        return 0;
    }
    room -= (rt_size_t)pos;
    return size < room ? size : room;
}

static rt_virtio_ssize_t gpu_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size)
{
    const struct rt_vgpu *g = to_gpu(dev);
    rt_size_t bytes = buffer != NULL ? range(g, pos, size) : 0;

    if (bytes != 0) {
        rt_memcpy(buffer, g->pixels + pos, bytes);
    }
    return (rt_virtio_ssize_t)bytes;
}

static rt_virtio_ssize_t gpu_write(rt_device_t dev, rt_off_t pos, const void *buffer,
                                   rt_size_t size)
{
    const struct rt_vgpu *g = to_gpu(dev);
    rt_size_t bytes = buffer != NULL ? range(g, pos, size) : 0;

    if (bytes != 0) {
        rt_memcpy(g->pixels + pos, buffer, bytes);
    }
    return (rt_virtio_ssize_t)bytes;
}

/* ---- commands ---- */

static rt_err_t get_info(struct rt_vgpu *g, struct rt_device_graphic_info *info)
{
    rt_uint32_t width = 0, height = 0;

    if (g->pixels == NULL) {
        /* The size is worth telling when there is no memory for a frame buffer. */
        (void)rt_vgpu_screen_create(g, RTGRAPHIC_PIXEL_FORMAT_BGR888, 0, 0);
    }
    if (g->pixels != NULL) {
        width = g->width;
        height = g->height;
    } else if (!rt_vgpu_display_size(g, &width, &height)) {
        return -RT_ERROR;
    }
    rt_memset(info, 0, sizeof(*info));
    info->pixel_format = g->format;
    info->bits_per_pixel = RT_VGPU_PIXEL_BITS;
    info->pitch = (rt_uint16_t)(width * RT_VGPU_PIXEL_BYTES);
    info->width = (rt_uint16_t)width;
    info->height = (rt_uint16_t)height;
    info->framebuffer = g->pixels;
    info->smem_len = g->pixels != NULL ? g->mem_bytes : 0;
    return RT_EOK;
}

static rt_err_t set_mode(struct rt_vgpu *g, const struct rt_device_graphic_info *info)
{
    if (info->bits_per_pixel != 0 && info->bits_per_pixel != RT_VGPU_PIXEL_BITS) {
        return -RT_EINVAL;
    }
    return rt_vgpu_screen_create(g, info->pixel_format, info->width, info->height);
}

/* With an argument that must be there. [locked] */
static rt_err_t control_with(struct rt_vgpu *g, int cmd, void *args)
{
    switch (cmd) {
    case RTGRAPHIC_CTRL_GET_INFO:
    case RTGRAPHIC_CTRL_GET_MODE:
        return get_info(g, args);
    case RTGRAPHIC_CTRL_SET_MODE:
        return set_mode(g, args);
    case VIRTIO_DEVICE_CTRL_CURSOR_SETUP:
        return rt_vgpu_cursor_set(g, args);
    case VIRTIO_DEVICE_CTRL_CURSOR_SET_IMG:
        return g->cursor.shown ? rt_vgpu_cursor_set(g, args) : -RT_ERROR;
    default:
        return -RT_EINVAL;
    }
}

/* [locked] */
static rt_err_t control_locked(struct rt_vgpu *g, int cmd, void *args)
{
    switch (cmd) {
    case RTGRAPHIC_CTRL_RECT_UPDATE:
        return rt_vgpu_screen_update(g, args);
    case RTGRAPHIC_CTRL_POWERON:
        return rt_vgpu_screen_power(g, true);
    case RTGRAPHIC_CTRL_POWEROFF:
        return rt_vgpu_screen_power(g, false);
    case VIRTIO_DEVICE_CTRL_GPU_CREATE_2D:
        /* The argument is the format itself. */
        return rt_vgpu_screen_create(g, (rt_ubase_t)args, 0, 0);
    default:
        return args != NULL ? control_with(g, cmd, args) : -RT_EINVAL;
    }
}

static rt_err_t move_cursor(struct rt_vgpu *g, const rt_uint32_t *place)
{
    return place != NULL ? rt_vgpu_cursor_move(g, place[0], place[1]) : -RT_EINVAL;
}

static rt_err_t gpu_control(rt_device_t dev, int cmd, void *args)
{
    struct rt_vgpu *g = to_gpu(dev);
    rt_err_t result;

    if (cmd == VIRTIO_DEVICE_CTRL_GPU_SET_PRIMARY) {
        rt_vgpu_set_primary(g);
        return RT_EOK;
    }
    if (cmd == VIRTIO_DEVICE_CTRL_CURSOR_MOVE) {
        return move_cursor(g, args);
    }
    result = rt_mutex_take(&g->lock, RT_WAITING_FOREVER);
    if (result == RT_EOK) {
        result = control_locked(g, cmd, args);
        (void)rt_mutex_release(&g->lock);
    }
    return result;
}

/* ---- bringing one up ---- */

#ifdef RT_USING_DEVICE_OPS
static const struct rt_device_ops gpu_ops = {
    .read = gpu_read,
    .write = gpu_write,
    .control = gpu_control,
};
#endif

static rt_err_t register_gpu(struct rt_vgpu *g, const char *name)
{
    g->parent.type = RT_Device_Class_Graphic;
#ifdef RT_USING_DEVICE_OPS
    g->parent.ops = &gpu_ops;
#else
    g->parent.read = gpu_read;
    g->parent.write = gpu_write;
    g->parent.control = gpu_control;
#endif
    g->parent.user_data = &rt_vgpu_graphic_ops;
    return rt_device_register(&g->parent, name, RT_DEVICE_FLAG_RDWR);
}

/* When the device does not confirm its reset, its memory stays with it for good. */
static void free_gpu(struct rt_vgpu *g)
{
    rt_virtio_irq_disconnect(&g->gpu.dev);
    if (virtio_gpu_remove(&g->gpu, 0) != 0) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio-gpu: not reset, its memory is lost");
        return;
    }
    (void)rt_mutex_detach(&g->lock);
    rt_free(g);
}

static rt_err_t start_gpu(struct rt_vgpu *g, const struct virtio_window *window, const char *name)
{
    rt_err_t result;
    int error = virtio_gpu_probe(&g->gpu, window, NULL);

    if (error != 0) {
        return rt_virtio_error(error);
    }
    result = rt_virtio_irq_connect(&g->gpu.dev, virtio_interrupt, name);
    return result != RT_EOK ? result : register_gpu(g, name);
}

rt_err_t rt_virtio_gpu_attach(const struct virtio_window *window)
{
    char name[RT_NAME_MAX];
    struct rt_vgpu *g = rt_calloc(1, sizeof(*g));
    rt_err_t result;

    if (g == NULL) {
        return -RT_ENOMEM;
    }
    rt_virtio_name("virtio-gpu", name);
    result = rt_mutex_init(&g->lock, name, RT_IPC_FLAG_PRIO);
    if (result != RT_EOK) {
        rt_free(g);
        return result;
    }
    g->format = RTGRAPHIC_PIXEL_FORMAT_BGR888;
    result = start_gpu(g, window, name);
    if (result != RT_EOK) {
        free_gpu(g);
    } else if (rt_vgpu_get_primary() == NULL) {
        rt_vgpu_set_primary(g);
    }
    return result;
}

#endif /* RT_USING_VIRTIO_GPU */
