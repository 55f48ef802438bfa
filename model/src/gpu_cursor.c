/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor of the GPU, v1.2 5.7.6.6 and 5.7.6.10: its image is loaded when it is updated. */
#include <string.h>

#include "bytes.h"
#include "gpu.h"

/* Word offsets in struct virtio_gpu_update_cursor and in TRANSFER_TO_HOST_2D. */
#define CURSOR_RESOURCE_AT   40u
#define TRANSFER_RESOURCE_AT 48u

/* The driver must have seen the pixels arrive before it names them on the other queue. */
void gpu_cursor_taken(struct model_gpu *gpu, struct chain *chain)
{
    struct model_device *dev = &gpu->dev;
    uint32_t id, other;

    if (gpu_peek(chain, CURSOR_RESOURCE_AT, &id) != C_UPDATE_CURSOR || id == 0)
        return;
    for (unsigned i = 0; i < dev->n_inflight; i++) {
        struct chain *c = dev->inflight[i];
        if (c->q->index != GPU_CONTROLQ || ring_told_used(c->q, c->head))
            continue;
        const bool loading = gpu_peek(c, TRANSFER_RESOURCE_AT, &other) == C_TRANSFER_2D;
        rule_check(dev->board, MODEL_RULE_DRV_GPU_029, !loading || other != id, dev->slot,
                   "UPDATE_CURSOR in chain %u: resource %u is still being loaded by chain %u",
                   chain->head, id, c->head);
    }
}

static void load_image(struct model_gpu *gpu, const struct gpu_resource *r)
{
    const struct gpu_format *f = r->format;

    for (unsigned i = 0; i < GPU_CURSOR_SIDE * GPU_CURSOR_SIDE; i++) {
        const uint8_t *from = r->pixels + (size_t)i * GPU_PIXEL_BYTES;
        uint8_t *to = gpu->cursor_pixels + (size_t)i * GPU_PIXEL_BYTES;
        to[0] = from[f->red];
        to[1] = from[f->green];
        to[2] = from[f->blue];
        to[3] = f->alpha >= 0 ? from[f->alpha] : 255;
    }
}

/* The image named by the command; the type of the answer. */
static uint32_t choose_image(struct gpu_command *cmd, uint32_t id)
{
    struct model_gpu *gpu = cmd->gpu;
    struct model_device *dev = &gpu->dev;
    const struct gpu_resource *r = gpu_known(cmd, id, MODEL_RULE_DRV_GPU_011);

    if (!r)
        return R_ERR_INVALID_RESOURCE;
    if (!rule_check(dev->board, MODEL_RULE_DRV_GPU_011,
                    r->width == GPU_CURSOR_SIDE && r->height == GPU_CURSOR_SIDE, dev->slot,
                    "%s in chain %u: resource %u is %ux%u, expected 64x64", GPU_LABEL(cmd), id,
                    r->width, r->height))
        return R_ERR_INVALID_PARAM;
    const bool whole = r->loaded.width == r->width && r->loaded.height == r->height;
    rule_check(dev->board, MODEL_RULE_DRV_GPU_011, gpu->refused || (whole && r->load_fenced),
               dev->slot, "%s in chain %u: resource %u was %s", GPU_LABEL(cmd), id,
               whole ? "filled without a fence" : "not filled");
    load_image(gpu, r);
    return R_OK_NODATA;
}

uint32_t gpu_update_cursor(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    const uint32_t id = load_le32(cmd->raw + CURSOR_RESOURCE_AT);
    const uint32_t scanout = load_le32(cmd->raw + 24);

    if (scanout >= gpu->num_scanouts)
        return R_ERR_INVALID_SCANOUT;
    const uint32_t result = id ? choose_image(cmd, id) : R_OK_NODATA;
    if (result != R_OK_NODATA)
        return result;
    gpu->cursor.scanout = scanout;
    gpu->cursor.x = load_le32(cmd->raw + 28);
    gpu->cursor.y = load_le32(cmd->raw + 32);
    gpu->cursor.resource_id = id;
    gpu->cursor.hot_x = load_le32(cmd->raw + 44);
    gpu->cursor.hot_y = load_le32(cmd->raw + 48);
    gpu->cursor.visible = id != 0;
    gpu->stats.cursor_updates++;
    return R_OK_NODATA;
}

uint32_t gpu_move_cursor(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    const uint32_t scanout = load_le32(cmd->raw + 24);

    if (scanout >= gpu->num_scanouts)
        return R_ERR_INVALID_SCANOUT;
    gpu->cursor.scanout = scanout;
    gpu->cursor.x = load_le32(cmd->raw + 28);
    gpu->cursor.y = load_le32(cmd->raw + 32);
    gpu->stats.cursor_moves++;
    return R_OK_NODATA;
}

void model_gpu_cursor(const struct model_gpu *gpu, struct model_gpu_cursor *out)
{
    *out = gpu->cursor;
    out->pixels = gpu->cursor.visible ? gpu->cursor_pixels : NULL;
}
