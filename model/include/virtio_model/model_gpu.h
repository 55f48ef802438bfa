/* SPDX-License-Identifier: Apache-2.0 */
/* GPU device model, 2D (virtio v1.2 section 5.7): resources, scanouts and a cursor with pixels. */
#ifndef VIRTIO_MODEL_GPU_H
#define VIRTIO_MODEL_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio_model/model_device.h"

struct model_gpu;

#define MODEL_GPU_SCANOUTS 16u

struct model_gpu_mode {
    bool enabled;
    uint32_t x, y, width, height;
};

struct model_gpu_config {
    struct model_device_config dev;
    uint32_t num_scanouts; /* 0: 1 */
    /* All zero: scanout 0 enabled with 640 x 480. */
    struct model_gpu_mode modes[MODEL_GPU_SCANOUTS];
    uint64_t memory_limit; /* bytes that resources may take, 0: 64 MiB; beyond: OUT_OF_MEMORY */
};

/* Adds a device in a slot of the board, which owns it. 0; -EINVAL (as model_blk_add, or more than
 * 16 scanouts), -ENOMEM. */
int model_gpu_add(struct model_board *board, unsigned slot, const struct model_gpu_config *cfg,
                  struct model_gpu **out);
struct model_device *model_gpu_device(struct model_gpu *gpu);

/* The user changes a display: events_read bit 0 and a configuration change. */
void model_gpu_set_mode(struct model_gpu *gpu, unsigned scanout, const struct model_gpu_mode *mode);

/* What a viewer sees: the part of the resource that the scanout shows, as of the last flush of
 * each pixel, 4 bytes a pixel in the order R, G, B, 255, `width` pixels a row. False: the scanout
 * shows nothing. The pixels are the model's and valid until the next call for this device. */
bool model_gpu_scanout(struct model_gpu *gpu, unsigned scanout, const uint8_t **pixels,
                       uint32_t *width, uint32_t *height);
/* The same as a PPM file (P6). 0; -ENOENT nothing is shown; -errno. */
int model_gpu_save(struct model_gpu *gpu, unsigned scanout, const char *path);

struct model_gpu_cursor {
    bool visible;
    uint32_t scanout, x, y, hot_x, hot_y, resource_id;
    const uint8_t *pixels; /* 64 x 64, R, G, B, A; NULL when it has none */
};
void model_gpu_cursor(const struct model_gpu *gpu, struct model_gpu_cursor *out);

unsigned model_gpu_resources(const struct model_gpu *gpu); /* alive */

struct model_gpu_stats {
    uint64_t commands, errors; /* errors: answered with an error response */
    uint64_t transfers, transferred_bytes, flushes, cursor_updates, cursor_moves, fences;
};
void model_gpu_stats(const struct model_gpu *gpu, struct model_gpu_stats *out);

#endif
