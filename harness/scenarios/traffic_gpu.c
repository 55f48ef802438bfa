/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic of GPUs: rectangles drawn into a small screen, which is looked at after each; cursors. */
#include "scn_gpu.h"
#include "traffic.h"

static int screen(struct scn_env *env, unsigned i)
{
    return scn_gpu_screen(env, i, SCN_GPU_WIDTH, SCN_GPU_HEIGHT, 1);
}

static int traffic_open(struct scn_env *env, unsigned i)
{
    return scn_gpu_begin(env, i, NULL, 1);
}

static int paint(struct scn_env *env, unsigned i, uint32_t random)
{
    struct virtio_gpu_rect rects[2];
    unsigned n = 1u + (random >> 3 & 1u);

    for (unsigned r = 0; r < n; r++) {
        uint32_t bits = random >> (4u + r * 8u);

        rects[r].x = bits % (SCN_GPU_WIDTH - 1u);
        rects[r].y = (bits >> 5) % (SCN_GPU_HEIGHT - 1u);
        rects[r].width = 1u + (bits >> 9) % (SCN_GPU_WIDTH - rects[r].x);
        rects[r].height = 1u + (bits >> 13) % (SCN_GPU_HEIGHT - rects[r].y);
    }
    return scn_gpu_paint(env, i, rects, n, 1u + (random >> 24) % 200u);
}

static int traffic_step(struct scn_env *env, unsigned i, uint32_t random)
{
    int ret;

    switch (random & 7u) {
    case 0:
        return scn_gpu_paint(env, i, NULL, 0, 1u + (random >> 24) % 200u);
    case 1:
    case 2:
        ret = virtio_gpu_cursor_move(scn_gpu(env, i), 0, random >> 8 & 31u, random >> 16 & 15u);
        return ret == -EAGAIN ? 0 : ret;
    default:
        return paint(env, i, random);
    }
}

static int traffic_drain(struct scn_env *env, unsigned i)
{
    return scn_gpu_settle(env, i, scn_gpu_errors(env, i));
}

static int traffic_reset(struct scn_env *env, unsigned i)
{
    int ret = virtio_gpu_reset(scn_gpu(env, i), 0);

    return ret != 0 ? ret : screen(env, i);
}

const struct scn_traffic scn_gpu_traffic = {
    .name = "gpu",
    .type = SCN_GPU,
    .open = traffic_open,
    .step = traffic_step,
    .drain = traffic_drain,
    .reset = traffic_reset,
    .close = scn_gpu_close, /* with its screen: the memory behind it comes back with the reset */
};
