/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU operations: what changed of a frame buffer is shown, and the cursor moves. */
#include "bench_type.h"
#include "virtio/virtio_gpu.h"
#include "virtio_model/model_gpu.h"

#define WIDTH  640u
#define HEIGHT 480u
#define PIXEL  4u
#define PART   64u /* pixels both ways */

#define PASSES_MAX 1000u

struct gpu_state {
    struct virtio_gpu gpu;
    struct virtio_gpu_fb fb;
    struct model_gpu *model;
    uint8_t screen[HEIGHT][WIDTH][PIXEL];
};

static int set_up(struct bench *b, const struct model_device_config *dev,
                  const struct virtio_window *window)
{
    struct gpu_state *s = b->state;
    void *const mem[2] = {s->screen, NULL};
    const struct model_gpu_config cfg = {.dev = *dev};
    int ret = model_gpu_add(b->board, 0, &cfg, &s->model);

    if (ret != 0) {
        return ret;
    }
    b->model = model_gpu_device(s->model);
    b->dev = &s->gpu.dev;
    ret = virtio_gpu_probe(&s->gpu, window, NULL);
    ret = ret != 0 ? ret
                   : virtio_gpu_fb_init(&s->fb, &s->gpu, 0, VIRTIO_GPU_FORMAT_B8G8R8X8, WIDTH,
                                        HEIGHT, mem, BENCH_TIMEOUT_US);
    /* The first time all of it is shown, whatever the damage. */
    return ret != 0 ? ret : virtio_gpu_fb_present(&s->fb, NULL, 0, BENCH_TIMEOUT_US);
}

static int tear_down(struct bench *b)
{
    struct gpu_state *s = b->state;
    int ret = virtio_gpu_fb_deinit(&s->fb, BENCH_TIMEOUT_US);
    int removed = virtio_gpu_remove(&s->gpu, 0);

    return ret != 0 ? ret : removed;
}

/* ---- screen ---- */

static void draw(struct gpu_state *s, const struct virtio_gpu_rect *r, unsigned n)
{
    for (uint32_t y = r->y; y < r->y + r->height; y++) {
        for (uint32_t x = r->x; x < r->x + r->width; x++) {
            uint8_t *pixel = s->screen[y][x];

            pixel[0] = (uint8_t)(x + n);
            pixel[1] = (uint8_t)(y - n);
            pixel[2] = (uint8_t)(x * y + n);
        }
    }
}

/* Blue, green, red in memory; red, green, blue to the viewer. */
static int check_screen(struct gpu_state *s, const struct virtio_gpu_rect *r)
{
    const uint8_t *shown;
    uint32_t width;
    uint32_t height;

    if (!model_gpu_scanout(s->model, 0, &shown, &width, &height) || width != WIDTH ||
        height != HEIGHT) {
        return -EIO;
    }
    for (uint32_t y = r->y; y < r->y + r->height; y++) {
        for (uint32_t x = r->x; x < r->x + r->width; x++) {
            const uint8_t *drawn = s->screen[y][x];
            const uint8_t *seen = shown + ((size_t)y * WIDTH + x) * PIXEL;

            if (seen[0] != drawn[2] || seen[1] != drawn[1] || seen[2] != drawn[0]) {
                return -EIO;
            }
        }
    }
    return 0;
}

/* op->size: width of what changes; all of the screen, or a square. */
static int update(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct gpu_state *s = b->state;
    const struct virtio_gpu_rect all = {0, 0, WIDTH, HEIGHT};
    const struct virtio_gpu_rect part = {16u * (n % 32u), 12u * (n % 32u), PART, PART};
    const struct virtio_gpu_rect *r = op->size == WIDTH ? &all : &part;
    int ret;

    draw(s, r, n);
    ret = virtio_gpu_fb_present(&s->fb, r, 1, BENCH_TIMEOUT_US);
    for (uint32_t y = r->y; y < r->y + r->height; y++) {
        bench_dma_payload(&b->dma, s->screen[y][r->x], (size_t)r->width * PIXEL);
    }
    return ret != 0 ? ret : check_screen(s, r);
}

/* ---- cursor ---- */

static int move(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct gpu_state *s = b->state;
    struct model_gpu_cursor cursor;
    int ret = virtio_gpu_cursor_move(&s->gpu, 0, 1u + n % WIDTH, 1u + n % HEIGHT);

    (void)op;
    if (ret != 0) {
        return ret;
    }
    for (unsigned i = 0; i < PASSES_MAX && virtio_gpu_outstanding(&s->gpu) != 0; i++) {
        bench_pass(b);
    }
    model_gpu_cursor(s->model, &cursor);
    return cursor.x == 1u + n % WIDTH && cursor.y == 1u + n % HEIGHT ? 0 : -EIO;
}

static const struct bench_op ops[] = {
    {.name = "update-640x480",
     .units = 1,
     .unit = "update",
     .max = 8,
     .size = WIDTH,
     .run = update},
    {.name = "update-64x64", .units = 1, .unit = "update", .max = 8, .size = PART, .run = update},
    {.name = "cursor-move", .units = 1, .unit = "move", .run = move},
};

const struct bench_type bench_gpu = {
    .name = "gpu",
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .features = VIRTIO_GPU_F_EDID,
    .state_size = sizeof(struct gpu_state),
    .set_up = set_up,
    .tear_down = tear_down,
};
