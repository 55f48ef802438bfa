/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawing into the frame buffer of the primary GPU (rt_graphix_ops). Pixels are four bytes in the
 * format of the frame buffer; lines end before their second coordinate; what lies outside is cut
 * off. Nothing is shown before RTGRAPHIC_CTRL_RECT_UPDATE. Context: any.
 */
#include "rt_virtio_gpu_priv.h"

#ifdef RT_USING_VIRTIO_GPU

static struct rt_vgpu *primary;

void rt_vgpu_set_primary(struct rt_vgpu *g)
{
    primary = g;
}

struct rt_vgpu *rt_vgpu_get_primary(void)
{
    return primary;
}

/* The place of a pixel, or NULL when it is outside or there is nothing to draw on. */
static rt_uint8_t *place(const struct rt_vgpu *g, int x, int y)
{
    if (g == NULL || g->pixels == NULL || x < 0 || y < 0 || (rt_uint32_t)x >= g->width ||
        (rt_uint32_t)y >= g->height) {
        return NULL;
    }
    return g->pixels + ((rt_size_t)y * g->width + (rt_size_t)x) * (rt_size_t)RT_VGPU_PIXEL_BYTES;
}

/* Orders the ends of a line and cuts it to [0, limit). */
static void clip(int *from, int *to, rt_uint32_t limit)
{
    if (*from > *to) {
        int swap = *from;

        *from = *to;
        *to = swap;
    }
    *from = *from < 0 ? 0 : *from;
    *to = *to > (int)limit ? (int)limit : *to;
}

/* `count` pixels of one colour, `step` bytes apart. */
static void fill(rt_uint8_t *at, const char *pixel, int count, rt_size_t step)
{
    rt_uint32_t colour;

    rt_memcpy(&colour, pixel, sizeof(colour)); /* it need not be aligned; the frame buffer is */
    for (; count > 0; count--) {
        *(rt_uint32_t *)(void *)at = colour;
        at += step;
    }
}

static void set_pixel(const char *pixel, int x, int y)
{
    rt_uint8_t *at = place(primary, x, y);

    if (at != NULL) {
        fill(at, pixel, 1, 0);
    }
}

static void get_pixel(char *pixel, int x, int y)
{
    const rt_uint8_t *at = place(primary, x, y);

    if (at != NULL) {
        rt_memcpy(pixel, at, RT_VGPU_PIXEL_BYTES);
    }
}

static void draw_hline(const char *pixel, int x1, int x2, int y)
{
    const struct rt_vgpu *g = primary;
    rt_uint8_t *at;

    if (g == NULL) {
        return;
    }
    clip(&x1, &x2, g->width);
    at = place(g, x1, y);
    if (at != NULL) {
        fill(at, pixel, x2 - x1, RT_VGPU_PIXEL_BYTES);
    }
}

static void draw_vline(const char *pixel, int x, int y1, int y2)
{
    const struct rt_vgpu *g = primary;
    rt_uint8_t *at;

    if (g == NULL) {
        return;
    }
    clip(&y1, &y2, g->height);
    at = place(g, x, y1);
    if (at != NULL) {
        fill(at, pixel, y2 - y1, (rt_size_t)g->width * RT_VGPU_PIXEL_BYTES);
    }
}

static void blit_line(const char *pixels, int x, int y, rt_size_t size)
{
    const struct rt_vgpu *g = primary;
    rt_uint8_t *at = place(g, x, y);

    if (at != NULL) {
        rt_size_t room = g->width - (rt_uint32_t)x;

        rt_memcpy(at, pixels, (size < room ? size : room) * RT_VGPU_PIXEL_BYTES);
    }
}

struct rt_device_graphic_ops rt_vgpu_graphic_ops = {
    .set_pixel = set_pixel,
    .get_pixel = get_pixel,
    .draw_hline = draw_hline,
    .draw_vline = draw_vline,
    .blit_line = blit_line,
};

#endif /* RT_USING_VIRTIO_GPU */
