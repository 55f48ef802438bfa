/* SPDX-License-Identifier: Apache-2.0 */
/* What changed of a frame buffer of 640 x 480 pixels is shown: all of it, and a square. */
#include "bench.h"
#include "virtio/virtio_gpu.h"

#define WIDTH  640u
#define HEIGHT 480u
#define PART   64u

static struct virtio_gpu gpu;
static struct virtio_gpu_fb fb;
static uint32_t screen[HEIGHT][WIDTH] __attribute__((aligned(4096)));
static unsigned completed;
static int error;

static int probe(const struct virtio_window *window)
{
    return virtio_gpu_probe(&gpu, window, NULL);
}

static int ready(void)
{
    void *const mem[2] = {screen, NULL};
    int ret = virtio_gpu_fb_init(&fb, &gpu, 0, VIRTIO_GPU_FORMAT_B8G8R8X8, WIDTH, HEIGHT, mem, 0);

    return ret != 0 ? ret : virtio_gpu_fb_present(&fb, NULL, 0, 0);
}

static int remove(void)
{
    int ret = virtio_gpu_fb_deinit(&fb, 0);
    int removed = virtio_gpu_remove(&gpu, 0);

    return ret != 0 ? ret : removed;
}

static void done(struct virtio_gpu *g, void *cookie, int result)
{
    (void)g;
    (void)cookie;
    completed++;
    error = result;
}

/* op->size: pixels of width; all of the screen, or a square. */
static int update(const struct bench_op *op, unsigned n)
{
    const struct virtio_gpu_rect all = {0, 0, WIDTH, HEIGHT};
    const struct virtio_gpu_rect part = {16u * n, 12u * n, PART, PART};
    const struct virtio_gpu_rect *rect = op->size == WIDTH ? &all : &part;
    struct virtqueue *vq = &gpu.control.vq;
    int ret;

    completed = 0;
    bench_count();
    ret = virtio_gpu_update_async(&gpu, fb.ids[0], rect, 1, done, NULL);
    bench_stop(BENCH_ASK);
    ret = ret == 0 ? bench_await(vq, vq->published, true) : bench_wrong(op, "asked", 0, ret);
    if (ret != 0) {
        return ret;
    }
    bench_serve(&gpu.dev);
    return completed == 1u && error == 0 ? 0
           : completed != 1u             ? bench_wrong(op, "callbacks", 1, (long)completed)
                                         : bench_wrong(op, "result", 0, error);
}

static const struct bench_op ops[] = {
    {"update-640x480", 1, WIDTH, update},
    {"update-64x64", 1, PART, update},
};

const struct bench_type bench_gpu = {
    .name = "gpu",
    .device_id = VIRTIO_ID_GPU,
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .dev = &gpu.dev,
    .probe = probe,
    .ready = ready,
    .remove = remove,
};
