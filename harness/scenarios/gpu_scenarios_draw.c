/* SPDX-License-Identifier: Apache-2.0 */
/* GPU scenarios: pictures and cursors. */
#include "gpu_scenarios.h"

#define CURSOR_BYTES (VIRTIO_GPU_CURSOR_SIZE * VIRTIO_GPU_CURSOR_SIZE * 4u)

static const struct virtio_gpu_rect screen = {0, 0, SCN_GPU_WIDTH, SCN_GPU_HEIGHT};

int scn_run_gpu_draw(struct scn_env *env)
{
    const struct virtio_gpu_rect part = {5, 3, 11, 7};
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, &part, 1, 2);
    return scn_gpu_end(env, 0, ret);
}

int scn_run_gpu_draw_large(struct scn_env *env)
{
    const struct virtio_gpu_rect parts[3] = {{0, 0, 64, 64}, {576, 416, 64, 64}, {300, 1, 7, 470}};
    int ret = scn_gpu_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_gpu_screen(env, 0, 640, 480, 1);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, parts, 3, 2);
    return scn_gpu_end(env, 0, ret);
}

/* ---- resources by hand ---- */

/* A resource of the size of the usual screen over `count` pieces of memory. */
static int make(struct scn_env *env, enum virtio_gpu_format format,
                const struct virtio_gpu_mem *mem, unsigned count, uint32_t *id)
{
    int ret = virtio_gpu_create(scn_gpu(env, 0), format, SCN_GPU_WIDTH, SCN_GPU_HEIGHT, id,
                                SCN_GPU_TIMEOUT_US);

    return ret != 0 ? ret : virtio_gpu_attach(scn_gpu(env, 0), *id, mem, count, SCN_GPU_TIMEOUT_US);
}

static int show(struct scn_env *env, uint32_t id, const struct virtio_gpu_rect *rect)
{
    return virtio_gpu_set_scanout(scn_gpu(env, 0), 0, id, rect, SCN_GPU_TIMEOUT_US);
}

static int one_format(struct scn_env *env, enum virtio_gpu_format format, unsigned gen)
{
    const struct virtio_gpu_mem mem = {scn_gpu_memory(env, 0), SCN_GPU_WIDTH * SCN_GPU_HEIGHT * 4u};
    uint32_t id;
    int ret = make(env, format, &mem, 1, &id);

    scn_gpu_draw(0, mem.ptr, SCN_GPU_WIDTH, format, &screen, gen);
    ret = ret != 0 ? ret : show(env, id, &screen);
    ret = ret != 0 ? ret : virtio_gpu_update(scn_gpu(env, 0), id, &screen, 1, SCN_GPU_TIMEOUT_US);
    if (ret == 0) {
        scn_gpu_check_plain(env, 0, 0, &screen, gen);
    }
    ret = ret != 0 ? ret : show(env, 0, NULL);
    return ret != 0 ? ret : virtio_gpu_unref(scn_gpu(env, 0), id, SCN_GPU_TIMEOUT_US);
}

int scn_run_gpu_formats(struct scn_env *env)
{
    static const enum virtio_gpu_format formats[] = {
        VIRTIO_GPU_FORMAT_B8G8R8A8, VIRTIO_GPU_FORMAT_B8G8R8X8, VIRTIO_GPU_FORMAT_A8R8G8B8,
        VIRTIO_GPU_FORMAT_X8R8G8B8, VIRTIO_GPU_FORMAT_R8G8B8A8, VIRTIO_GPU_FORMAT_X8B8G8R8,
        VIRTIO_GPU_FORMAT_A8B8G8R8, VIRTIO_GPU_FORMAT_R8G8B8X8,
    };
    int ret = scn_gpu_open(env, 0, NULL);

    for (unsigned i = 0; i < sizeof(formats) / sizeof(formats[0]) && ret == 0; i++) {
        ret = one_format(env, formats[i], i + 1u);
    }
    return scn_gpu_close(env, 0, ret);
}

/* Pieces that end within a row and within a pixel's neighbourhood; the first is a few pixels. */
int scn_run_gpu_scatter(struct scn_env *env)
{
    static const uint32_t lengths[5] = {12, 500, 128, 1400, 8};
    uint8_t *linear = scn_gpu_memory(env, 0);
    struct virtio_gpu_mem mem[5];
    uint32_t at = 0;
    uint32_t id = 0;
    int ret = scn_gpu_open(env, 0, NULL);

    scn_gpu_draw(0, linear, SCN_GPU_WIDTH, VIRTIO_GPU_FORMAT_B8G8R8A8, &screen, 3);
    for (unsigned i = 0; i < 5u; i++) {
        /* In reverse order, with holes between them. */
        mem[i].ptr = linear + 8192u + (4u - i) * 2048u + i * 64u;
        mem[i].len = lengths[i];
        memcpy(mem[i].ptr, linear + at, lengths[i]);
        at += lengths[i];
    }
    ret = ret != 0 ? ret : make(env, VIRTIO_GPU_FORMAT_B8G8R8A8, mem, 5, &id);
    ret = ret != 0 ? ret : show(env, id, &screen);
    ret = ret != 0 ? ret : virtio_gpu_update(scn_gpu(env, 0), id, &screen, 1, SCN_GPU_TIMEOUT_US);
    if (ret == 0) {
        scn_gpu_check_plain(env, 0, 0, &screen, 3);
    }
    ret = ret != 0 ? ret : show(env, 0, NULL);
    ret = ret != 0 ? ret : virtio_gpu_unref(scn_gpu(env, 0), id, SCN_GPU_TIMEOUT_US);
    return scn_gpu_close(env, 0, ret);
}

/* ---- what changed ---- */

static uint64_t transfers(struct scn_env *env)
{
    struct virtio_gpu_stats stats;

    virtio_gpu_get_stats(scn_gpu(env, 0), &stats);
    return stats.transfers;
}

/* Paints, and expects so many transfers, or what a small ring takes. */
static int paint_in(struct scn_env *env, const struct virtio_gpu_rect *rects, unsigned n,
                    unsigned gen, unsigned expected)
{
    unsigned room = scn_gpu(env, 0)->capacity / 2u;
    uint64_t before = transfers(env);
    int ret;

    scn_gpu_fill(env, 0, rects, n, gen);
    ret = virtio_gpu_fb_present(&env->gpu->track[0].fb, rects, n, SCN_GPU_TIMEOUT_US);
    if (ret == 0) {
        scn_gpu_check(env, 0, 0, 0);
        SCN_EXPECT(env, transfers(env) - before == (expected < room ? expected : room));
    }
    return ret;
}

int scn_run_gpu_damage(struct scn_env *env)
{
    static const struct virtio_gpu_rect apart[3] = {{0, 0, 2, 2}, {20, 1, 3, 3}, {7, 9, 5, 5}};
    static const struct virtio_gpu_rect side_by_side[2] = {{4, 4, 6, 5}, {10, 4, 3, 5}};
    static const struct virtio_gpu_rect overlap[3] = {{2, 2, 10, 10}, {3, 3, 2, 2}, {2, 6, 10, 8}};
    struct virtio_gpu_rect many[12];
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    for (unsigned i = 0; i < 12u; i++) {
        many[i] = (struct virtio_gpu_rect){i % 4u * 8u + i % 3u, i / 4u * 6u, 2, 1};
    }
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret : paint_in(env, apart, 3, 2, 3);
    ret = ret != 0 ? ret : paint_in(env, side_by_side, 2, 3, 1);
    ret = ret != 0 ? ret : paint_in(env, overlap, 3, 4, 1);
    ret = ret != 0 ? ret : paint_in(env, many, 12, 5, VIRTIO_GPU_DAMAGE_MAX);
    return scn_gpu_end(env, 0, ret);
}

int scn_run_gpu_flip(struct scn_env *env)
{
    static const struct virtio_gpu_rect parts[2] = {{1, 1, 8, 3}, {20, 10, 8, 5}};
    int ret = scn_gpu_begin(env, 0, NULL, 2);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 2);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, parts, 2, 3);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, &parts[1], 1, 4);
    return scn_gpu_end(env, 0, ret);
}

/* Shown and not shown; a part only, which must be 16 pixels both ways for QEMU. */
int scn_run_gpu_scanout(struct scn_env *env)
{
    const struct virtio_gpu_rect half = {SCN_GPU_WIDTH / 2u, 0, SCN_GPU_WIDTH / 2u, SCN_GPU_HEIGHT};
    const uint32_t bytes = SCN_GPU_WIDTH * SCN_GPU_HEIGHT * 4u;
    const struct virtio_gpu_mem mem = {scn_gpu_memory(env, 0) + bytes, bytes};
    const uint8_t *p;
    uint32_t w;
    uint32_t h;
    uint32_t id = 0;
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    scn_gpu_draw(0, mem.ptr, SCN_GPU_WIDTH, VIRTIO_GPU_FORMAT_R8G8B8X8, &screen, 6);
    ret = ret != 0 ? ret : make(env, VIRTIO_GPU_FORMAT_R8G8B8X8, &mem, 1, &id);
    ret = ret != 0 ? ret : show(env, id, &half);
    ret = ret != 0 ? ret : virtio_gpu_update(scn_gpu(env, 0), id, &screen, 1, SCN_GPU_TIMEOUT_US);
    if (ret == 0) {
        scn_gpu_check_plain(env, 0, 0, &half, 6);
    }
    ret = ret != 0 ? ret : show(env, 0, NULL);
    if (ret == 0 && env->gpu->ops->scanout(env, 0, 0, &p, &w, &h)) {
        env->data_errors++; /* is still there */
    }
    ret = ret != 0 ? ret : show(env, env->gpu->track[0].fb.ids[0], &screen);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 2);
    ret = ret != 0 ? ret : virtio_gpu_unref(scn_gpu(env, 0), id, SCN_GPU_TIMEOUT_US);
    return scn_gpu_end(env, 0, ret);
}

int scn_run_gpu_fences(struct scn_env *env)
{
    const struct virtio_gpu_params params = {.fences = true};
    const struct virtio_gpu_rect part = {9, 0, 5, 16};
    int ret = scn_gpu_begin(env, 0, &params, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, &part, 1, 2);
    return scn_gpu_end(env, 0, ret);
}

/* ---- many at a time ---- */

/* The n-th of the strips that the screen is cut into. */
static struct virtio_gpu_rect strip(unsigned n)
{
    return (struct virtio_gpu_rect){n % 8u * 4u, n / 8u * 8u, 4, 8};
}

/* Starts `count` updates, each when there is room, and compares the picture at the end. */
static int many(struct scn_env *env, unsigned count)
{
    struct scn_gpu_async *a = scn_gpu_async_begin(env, 0, false);
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    for (unsigned n = 0; n < count && ret == 0; n++) {
        const struct virtio_gpu_rect r = strip(n);

        scn_gpu_fill(env, 0, &r, 1, n + 2u);
        ret = scn_gpu_async_add(a, &r, 1);
        if (ret == -EAGAIN) { /* the ring is full: accepted when those before have ended */
            ret = scn_gpu_async_wait(a);
            ret = ret != 0 ? ret : scn_gpu_settle(env, 0, scn_gpu_errors(env, 0));
            ret = ret != 0 ? ret : scn_gpu_async_add(a, &r, 1);
        }
    }
    ret = ret != 0 ? ret : scn_gpu_async_wait(a);
    if (ret == 0) {
        scn_gpu_async_expect_all(a);
        scn_gpu_check(env, 0, 0, 0);
    }
    return scn_gpu_end(env, 0, ret);
}

int scn_run_gpu_async(struct scn_env *env)
{
    return many(env, 6);
}

int scn_run_gpu_order(struct scn_env *env)
{
    return many(env, 2);
}

int scn_run_gpu_back_pressure(struct scn_env *env)
{
    return many(env, 12);
}

/* ---- cursors ---- */

static int make_cursor(struct scn_env *env, uint32_t *id)
{
    const struct virtio_gpu_rect all = {0, 0, VIRTIO_GPU_CURSOR_SIZE, VIRTIO_GPU_CURSOR_SIZE};
    const struct virtio_gpu_mem mem = {scn_gpu_memory(env, 0), CURSOR_BYTES};
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    int ret = virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, VIRTIO_GPU_CURSOR_SIZE,
                                VIRTIO_GPU_CURSOR_SIZE, id, SCN_GPU_TIMEOUT_US);

    scn_gpu_draw(0, mem.ptr, VIRTIO_GPU_CURSOR_SIZE, VIRTIO_GPU_FORMAT_B8G8R8A8, &all, 4);
    ret = ret != 0 ? ret : virtio_gpu_attach(gpu, *id, &mem, 1, SCN_GPU_TIMEOUT_US);
    if (ret == 0) { /* an image that was not loaded is refused */
        SCN_EXPECT(env, virtio_gpu_cursor_update(gpu, 0, *id, 0, 0, 0, 0) == -EINVAL ||
                            !virtio_device_is_live(&gpu->dev));
    }
    return ret != 0 ? ret : virtio_gpu_transfer(gpu, *id, &all, SCN_GPU_TIMEOUT_US);
}

/* The image as drawn by make_cursor. */
static bool is_image(const uint8_t *pixels)
{
    static uint8_t expected[CURSOR_BYTES];
    const struct virtio_gpu_rect all = {0, 0, VIRTIO_GPU_CURSOR_SIZE, VIRTIO_GPU_CURSOR_SIZE};

    scn_gpu_draw(0, expected, VIRTIO_GPU_CURSOR_SIZE, VIRTIO_GPU_FORMAT_R8G8B8A8, &all, 4);
    return pixels == NULL || memcmp(pixels, expected, CURSOR_BYTES) == 0;
}

/* The commands so far are done, and the cursor is there (or nowhere). */
static int expect_cursor(struct scn_env *env, bool visible, uint32_t x, uint32_t y, uint64_t errors)
{
    struct scn_gpu_cursor c;
    int ret = scn_gpu_settle(env, 0, errors);

    if (ret != 0 || env->gpu->ops->cursor == NULL) {
        return ret;
    }
    env->gpu->ops->cursor(env, 0, &c);
    if (c.visible != visible ||
        (visible && (c.x != x || c.y != y || c.scanout != 0 || !is_image(c.pixels)))) {
        env->data_errors++;
    }
    return 0;
}

int scn_run_gpu_cursor(struct scn_env *env)
{
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    uint64_t errors = 0;
    uint32_t id = 0;
    int ret = scn_gpu_open(env, 0, NULL);

    ret = ret != 0 ? ret : make_cursor(env, &id);
    if (ret == 0) {
        errors = scn_gpu_errors(env, 0);
        ret = virtio_gpu_cursor_update(gpu, 0, id, 3, 5, 100, 50);
    }
    ret = ret != 0 ? ret : expect_cursor(env, true, 100, 50, errors);
    ret = ret != 0 ? ret : virtio_gpu_cursor_move(gpu, 0, 620, 470);
    ret = ret != 0 ? ret : expect_cursor(env, true, 620, 470, errors);
    ret = ret != 0 ? ret : virtio_gpu_cursor_update(gpu, 0, 0, 0, 0, 0, 0);
    ret = ret != 0 ? ret : expect_cursor(env, false, 0, 0, errors);
    ret = ret != 0 ? ret : virtio_gpu_unref(gpu, id, SCN_GPU_TIMEOUT_US);
    return scn_gpu_close(env, 0, ret);
}

/* Whatever is dropped on the way, the cursor ends up where it was moved last. */
int scn_run_gpu_cursor_burst(struct scn_env *env)
{
    const struct virtio_gpu_params params = {.cursors = 2};
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    struct virtio_gpu_stats stats;
    uint64_t errors = 0;
    uint32_t id = 0;
    int ret = scn_gpu_open(env, 0, &params);

    ret = ret != 0 ? ret : make_cursor(env, &id);
    if (ret == 0) {
        errors = scn_gpu_errors(env, 0);
        ret = virtio_gpu_cursor_update(gpu, 0, id, 0, 0, 1, 1);
    }
    for (uint32_t n = 0; n < 20u && ret == 0; n++) {
        ret = virtio_gpu_cursor_move(gpu, 0, 10u + n, 200u - n);
    }
    ret = ret != 0 ? ret : expect_cursor(env, true, 29, 181, errors);
    if (ret == 0) {
        virtio_gpu_get_stats(gpu, &stats);
        SCN_EXPECT(env, stats.cursor_moves + stats.cursor_lost == 20u);
    }
    ret = ret != 0 ? ret : virtio_gpu_unref(gpu, id, SCN_GPU_TIMEOUT_US);
    return scn_gpu_close(env, 0, ret);
}
