/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scanouts of the GPU, v1.2 5.7.6.8: the display modes, what each scanout shows, and the pictures,
 * which change only where and when the driver flushes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "gpu.h"

uint32_t gpu_display_info(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    uint32_t enabled = 0;

    for (unsigned i = 0; i < gpu->num_scanouts; i++) {
        const struct model_gpu_mode *m = &gpu->mode[i];
        uint8_t *p = cmd->answer->bytes + GPU_HEADER_BYTES + i * GPU_MODE_BYTES;
        store_le32(p, m->x);
        store_le32(p + 4, m->y);
        store_le32(p + 8, m->width);
        store_le32(p + 12, m->height);
        store_le32(p + 16, m->enabled);
        enabled |= (uint32_t)m->enabled << i;
    }
    if (!gpu->display_told)
        gpu->first_enabled = enabled;
    gpu->display_told = true;
    return R_OK_DISPLAY_INFO;
}

/* ---- what a scanout shows ---- */

void gpu_scanout_off(struct gpu_scanout *s)
{
    free(s->picture);
    memset(s, 0, sizeof(*s));
}

static uint8_t *black(const struct gpu_rect *r)
{
    const size_t n = (size_t)r->width * r->height;
    uint8_t *p = calloc(n, GPU_PIXEL_BYTES);

    for (size_t i = 0; p && i < n; i++)
        p[i * GPU_PIXEL_BYTES + 3] = 255;
    return p;
}

/* A driver that shows something has asked before what there is to show it on. */
static void check_asked(const struct gpu_command *cmd, uint32_t scanout)
{
    const struct model_gpu *gpu = cmd->gpu;
    const struct model_device *dev = &gpu->dev;

    rule_check(dev->board, MODEL_RULE_DRV_GPU_005, gpu->display_asked, dev->slot,
               "%s in chain %u: display information was never asked for", GPU_LABEL(cmd));
    /* Which displays there are, the driver does not know for certain once a fault has struck. */
    if (dev_has(dev, G_EDID) && (gpu->first_enabled >> scanout & 1) != 0 &&
        !dev->board->fault_strikes)
        rule_check(dev->board, MODEL_RULE_DRV_GPU_006, (gpu->edid_asked >> scanout & 1) != 0,
                   dev->slot, "%s in chain %u: the EDID of scanout %u was never asked for",
                   GPU_LABEL(cmd), scanout);
}

uint32_t gpu_set_scanout(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    struct model_device *dev = &gpu->dev;
    const struct gpu_rect shown = gpu_rect_at(cmd, 24);
    const uint32_t scanout = load_le32(cmd->raw + 40), id = load_le32(cmd->raw + 44);

    if (scanout >= gpu->num_scanouts)
        return R_ERR_INVALID_SCANOUT;
    struct gpu_scanout *s = &gpu->scanout[scanout];
    if (id == 0) {
        gpu_scanout_off(s);
        return R_OK_NODATA;
    }
    check_asked(cmd, scanout);
    const struct gpu_resource *r = gpu_known(cmd, id, MODEL_RULE_DRV_GPU_009);
    if (!r)
        return R_ERR_INVALID_RESOURCE;
    if (!rule_check(dev->board, MODEL_RULE_DRV_GPU_009, r->attached || gpu->refused, dev->slot,
                    "%s in chain %u: resource %u has no backing", GPU_LABEL(cmd), id) ||
        !r->attached)
        return R_ERR_UNSPEC;
    if (!rule_check(dev->board, MODEL_RULE_DRV_GPU_015, gpu_inside(&shown, r->width, r->height),
                    dev->slot, "%s in chain %u: %ux%u at %u,%u of resource %u, which is %ux%u",
                    GPU_LABEL(cmd), shown.width, shown.height, shown.x, shown.y, id, r->width,
                    r->height))
        return R_ERR_INVALID_PARAM;
    /* A page flip leaves the old picture up until the new one is flushed. */
    if (!s->picture || s->shown.width != shown.width || s->shown.height != shown.height) {
        uint8_t *picture = black(&shown);
        if (!picture)
            return R_ERR_OUT_OF_MEMORY;
        free(s->picture);
        s->picture = picture;
    }
    s->resource_id = id;
    s->shown = shown;
    return R_OK_NODATA;
}

/* ---- pictures ---- */

static uint32_t max32(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t min32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void copy_line(const struct gpu_format *f, const uint8_t *from, uint8_t *to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++, from += GPU_PIXEL_BYTES, to += GPU_PIXEL_BYTES) {
        to[0] = from[f->red];
        to[1] = from[f->green];
        to[2] = from[f->blue];
        to[3] = 255;
    }
}

/* Both rectangles lie within the resource. */
static void show(struct gpu_scanout *s, const struct gpu_resource *r, const struct gpu_rect *box)
{
    const uint32_t left = max32(s->shown.x, box->x), top = max32(s->shown.y, box->y);
    const uint32_t right = min32(s->shown.x + s->shown.width, box->x + box->width);
    const uint32_t bottom = min32(s->shown.y + s->shown.height, box->y + box->height);

    for (uint32_t y = top; left < right && y < bottom; y++) {
        const size_t from = (size_t)y * r->width + left;
        const size_t to = (size_t)(y - s->shown.y) * s->shown.width + (left - s->shown.x);
        copy_line(r->format, r->pixels + from * GPU_PIXEL_BYTES, s->picture + to * GPU_PIXEL_BYTES,
                  right - left);
    }
}

static bool covers(const struct gpu_rect *box, const struct gpu_rect *r)
{
    return r->x >= box->x && r->y >= box->y && r->x + r->width <= box->x + box->width &&
           r->y + r->height <= box->y + box->height;
}

uint32_t gpu_flush(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    struct model_device *dev = &gpu->dev;
    const struct gpu_rect box = gpu_rect_at(cmd, 24);
    const struct gpu_resource *r = gpu_known(cmd, load_le32(cmd->raw + 40), MODEL_RULE_DRV_GPU_016);

    if (!r)
        return R_ERR_INVALID_RESOURCE;
    if (!rule_check(dev->board, MODEL_RULE_DRV_GPU_031, gpu_inside(&box, r->width, r->height),
                    dev->slot, "%s in chain %u: %ux%u at %u,%u of resource %u, which is %ux%u",
                    GPU_LABEL(cmd), box.width, box.height, box.x, box.y, r->id, r->width,
                    r->height))
        return R_ERR_INVALID_PARAM;
    rule_check(dev->board, MODEL_RULE_DRV_GPU_010, gpu->refused || covers(&r->loaded, &box),
               dev->slot, "%s in chain %u: %ux%u at %u,%u of resource %u, never transferred",
               GPU_LABEL(cmd), box.width, box.height, box.x, box.y, r->id);
    for (unsigned i = 0; i < gpu->num_scanouts; i++)
        if (gpu->scanout[i].resource_id == r->id)
            show(&gpu->scanout[i], r, &box);
    gpu->stats.flushes++;
    return R_OK_NODATA;
}

bool model_gpu_scanout(struct model_gpu *gpu, unsigned scanout, const uint8_t **pixels,
                       uint32_t *width, uint32_t *height)
{
    if (scanout >= gpu->num_scanouts || !gpu->scanout[scanout].picture)
        return false;
    *pixels = gpu->scanout[scanout].picture;
    *width = gpu->scanout[scanout].shown.width;
    *height = gpu->scanout[scanout].shown.height;
    return true;
}

int model_gpu_save(struct model_gpu *gpu, unsigned scanout, const char *path)
{
    const uint8_t *p;
    uint32_t width, height;

    if (!model_gpu_scanout(gpu, scanout, &p, &width, &height))
        return -ENOENT;
    FILE *f = fopen(path, "wb");
    if (!f)
        return -errno;
    bool ok = fprintf(f, "P6\n%u %u\n255\n", width, height) > 0;
    for (size_t i = 0; ok && i < (size_t)width * height; i++)
        ok = fwrite(p + i * GPU_PIXEL_BYTES, 1, 3, f) == 3;
    if (fclose(f) != 0)
        ok = false;
    return ok ? 0 : -EIO;
}
