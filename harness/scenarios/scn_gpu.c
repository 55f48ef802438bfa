/* SPDX-License-Identifier: Apache-2.0 */
/* See scn_gpu.h. */
#include "scn_gpu.h"

struct virtio_gpu *scn_gpu(struct scn_env *env, unsigned i)
{
    return &env->gpu->gpus[i];
}

uint8_t *scn_gpu_memory(struct scn_env *env, unsigned i)
{
    return env->gpu->frames + (i == 0 ? 0 : SCN_GPU_PIXELS * 4u + (size_t)i * SCN_GPU_SMALL);
}

/* ---- opening and closing ---- */

static bool gpu_irq(void *arg)
{
    return virtio_gpu_interrupt(arg);
}

static void displays_changed(struct virtio_gpu *gpu)
{
    struct scn_env *env = gpu->params.cookie;

    env->gpu->track[gpu - env->gpu->gpus].changes++;
}

int scn_gpu_open(struct scn_env *env, unsigned i, const struct virtio_gpu_params *params)
{
    struct virtio_gpu *gpu = scn_gpu(env, i);
    struct virtio_gpu_params p = {0};
    unsigned window = env->first[SCN_GPU] + i;
    int ret;

    if (params != NULL) {
        p = *params;
    }
    p.features_off |= env->features_off;
    p.displays_changed = displays_changed;
    p.cookie = env;
    memset(&env->gpu->track[i].fb, 0, sizeof(env->gpu->track[i].fb));
    env->gpu->track[i].changes = 0;
    /* Connected first: an early interrupt must find a handler that can stand it. */
    if (!env->windows[window].polled) {
        env->ops->irq(env, window, gpu_irq, gpu);
    }
    ret = virtio_gpu_probe(gpu, &env->windows[window], &p);
    if (ret != 0) {
        /* Nothing is held, unless the device could not be made to let go of it. */
        SCN_EXPECT(env,
                   gpu->dev.state == VIRTIO_STATE_ABSENT || gpu->dev.state == VIRTIO_STATE_BROKEN);
    }
    return ret != 0 ? ret : scn_gpu_play_after_open(env, i);
}

int scn_gpu_close(struct scn_env *env, unsigned i, int ret)
{
    int removed;

    if (ret != 0 && env->keep_on_error) {
        return ret;
    }
    removed = virtio_gpu_remove(scn_gpu(env, i), 0);
    if (removed == 0) {
        SCN_EXPECT(env, virtio_gpu_outstanding(scn_gpu(env, i)) == 0);
        env->ops->irq(env, env->first[SCN_GPU] + i, NULL, NULL);
    }
    return ret != 0 ? ret : removed;
}

void scn_gpu_pass(struct scn_env *env, unsigned i, uint64_t us)
{
    const volatile bool never_true = false;
    virtio_port_event_t never;

    if (virtio_port_event_init(&never) == 0) {
        (void)virtio_wait(&scn_gpu(env, i)->dev, &never, &never_true, us);
        virtio_port_event_deinit(&never);
    }
}

uint64_t scn_gpu_errors(struct scn_env *env, unsigned i)
{
    struct virtio_gpu_stats stats;

    virtio_gpu_get_stats(scn_gpu(env, i), &stats);
    return stats.errors;
}

int scn_gpu_settle(struct scn_env *env, unsigned i, uint64_t errors)
{
    struct virtio_gpu *gpu = scn_gpu(env, i);
    uint64_t deadline = virtio_port_now_us() + SCN_GPU_TIMEOUT_US;

    while (virtio_gpu_outstanding(gpu) != 0) {
        if (virtio_port_now_us() >= deadline) {
            return -ETIMEDOUT;
        }
        scn_gpu_pass(env, i, 1000);
    }
    return !virtio_device_is_live(&gpu->dev) || scn_gpu_errors(env, i) != errors ? -EIO : 0;
}

/* ---- pictures ---- */

static void pattern(unsigned dev, uint32_t x, uint32_t y, unsigned gen, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(x * 7u + gen * 31u + dev * 101u);
    rgb[1] = (uint8_t)(y * 5u + gen * 17u + 3u);
    rgb[2] = (uint8_t)((x ^ y) + gen * 59u + dev * 13u);
}

/* Where red, green, blue and the fourth byte of a pixel are. */
static const uint8_t *places(enum virtio_gpu_format format)
{
    static const uint8_t bgra[4] = {2, 1, 0, 3};
    static const uint8_t argb[4] = {1, 2, 3, 0};
    static const uint8_t rgba[4] = {0, 1, 2, 3};
    static const uint8_t abgr[4] = {3, 2, 1, 0};

    switch (format) {
    case VIRTIO_GPU_FORMAT_B8G8R8A8:
    case VIRTIO_GPU_FORMAT_B8G8R8X8:
        return bgra;
    case VIRTIO_GPU_FORMAT_A8R8G8B8:
    case VIRTIO_GPU_FORMAT_X8R8G8B8:
        return argb;
    case VIRTIO_GPU_FORMAT_R8G8B8A8:
    case VIRTIO_GPU_FORMAT_R8G8B8X8:
        return rgba;
    default:
        return abgr;
    }
}

void scn_gpu_draw(unsigned dev, void *mem, uint32_t width, enum virtio_gpu_format format,
                  const struct virtio_gpu_rect *r, unsigned gen)
{
    const uint8_t *at = places(format);

    for (uint32_t y = r->y; y < r->y + r->height; y++) {
        uint8_t *p = (uint8_t *)mem + ((size_t)y * width + r->x) * 4u;

        for (uint32_t x = r->x; x < r->x + r->width; x++, p += 4) {
            uint8_t rgb[3];

            pattern(dev, x, y, gen, rgb);
            p[at[0]] = rgb[0];
            p[at[1]] = rgb[1];
            p[at[2]] = rgb[2];
            p[at[3]] = 255;
        }
    }
}

/* gens NULL: `gen` all over. */
static void check(struct scn_env *env, unsigned i, unsigned scanout,
                  const struct virtio_gpu_rect *part, const uint8_t *gens, unsigned gen)
{
    const uint8_t *p;
    uint32_t w;
    uint32_t h;

    if (!virtio_device_is_live(&scn_gpu(env, i)->dev)) {
        return; /* found to be broken since, and reset: its pictures went with that */
    }
    if (!env->gpu->ops->scanout(env, i, scanout, &p, &w, &h) || w != part->width ||
        h != part->height) {
        env->data_errors++;
        return;
    }
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++, p += 4) {
            uint8_t rgb[3];

            pattern(i, part->x + x, part->y + y, gens != NULL ? gens[(size_t)y * w + x] : gen, rgb);
            if (memcmp(p, rgb, 3) != 0) {
                env->data_errors++;
                return;
            }
        }
    }
}

void scn_gpu_check(struct scn_env *env, unsigned i, unsigned scanout, unsigned buffer)
{
    const struct scn_gpu_track *t = &env->gpu->track[i];
    const struct virtio_gpu_rect all = {0, 0, t->fb.width, t->fb.height};

    check(env, i, scanout, &all, t->gens[buffer], 0);
}

void scn_gpu_check_plain(struct scn_env *env, unsigned i, unsigned scanout,
                         const struct virtio_gpu_rect *part, unsigned gen)
{
    check(env, i, scanout, part, NULL, gen);
}

/* ---- screens ---- */

int scn_gpu_screen(struct scn_env *env, unsigned i, uint32_t width, uint32_t height,
                   unsigned buffers)
{
    struct scn_gpu_track *t = &env->gpu->track[i];
    const struct virtio_gpu_rect all = {0, 0, width, height};
    uint8_t *base = scn_gpu_memory(env, i);
    void *const mem[2] = {base, buffers == 2u ? base + (size_t)width * height * 4u : NULL};

    for (unsigned b = 0; b < buffers; b++) {
        scn_gpu_draw(i, mem[b], width, VIRTIO_GPU_FORMAT_B8G8R8X8, &all, 0);
        memset(t->gens[b], 0, (size_t)width * height);
    }
    return virtio_gpu_fb_init(&t->fb, scn_gpu(env, i), 0, VIRTIO_GPU_FORMAT_B8G8R8X8, width, height,
                              mem, SCN_GPU_TIMEOUT_US);
}

void scn_gpu_fill(struct scn_env *env, unsigned i, const struct virtio_gpu_rect *rects, unsigned n,
                  unsigned gen)
{
    struct scn_gpu_track *t = &env->gpu->track[i];
    const struct virtio_gpu_rect all = {0, 0, t->fb.width, t->fb.height};

    if (rects == NULL) {
        rects = &all;
        n = 1;
    }
    for (unsigned k = 0; k < n; k++) {
        const struct virtio_gpu_rect *r = &rects[k];

        scn_gpu_draw(i, virtio_gpu_fb_back(&t->fb), t->fb.width, VIRTIO_GPU_FORMAT_B8G8R8X8, r,
                     gen);
        for (uint32_t y = r->y; y < r->y + r->height; y++) {
            memset(&t->gens[t->fb.back][(size_t)y * t->fb.width + r->x], (int)gen, r->width);
        }
    }
}

int scn_gpu_paint(struct scn_env *env, unsigned i, const struct virtio_gpu_rect *rects, unsigned n,
                  unsigned gen)
{
    struct scn_gpu_track *t = &env->gpu->track[i];
    unsigned shown = t->fb.back;
    int ret = scn_gpu_play_before_paint(env, i);

    if (ret != 0) {
        return ret;
    }
    scn_gpu_fill(env, i, rects, n, gen);
    ret = virtio_gpu_fb_present(&t->fb, rects, n, SCN_GPU_TIMEOUT_US);
    if (ret == 0) {
        scn_gpu_check(env, i, 0, shown);
    }
    return ret;
}

int scn_gpu_screen_end(struct scn_env *env, unsigned i, int ret)
{
    bool played = false;

    ret = ret != 0 ? ret : scn_gpu_play_before_end(env, i, &played);
    if (ret == 0 && !played && !virtio_device_is_live(&scn_gpu(env, i)->dev)) {
        ret = -EIO; /* what was drawn is gone, and nobody was told */
    }
    return ret != 0 ? ret : virtio_gpu_fb_deinit(&env->gpu->track[i].fb, SCN_GPU_TIMEOUT_US);
}

int scn_gpu_begin(struct scn_env *env, unsigned i, const struct virtio_gpu_params *params,
                  unsigned buffers)
{
    int ret = scn_gpu_open(env, i, params);

    return ret != 0 ? ret : scn_gpu_screen(env, i, SCN_GPU_WIDTH, SCN_GPU_HEIGHT, buffers);
}

int scn_gpu_end(struct scn_env *env, unsigned i, int ret)
{
    return scn_gpu_close(env, i, scn_gpu_screen_end(env, i, ret));
}

/* ---- several updates in flight ---- */

static struct scn_gpu_async async_pool[2][SCN_DEVICES_MAX];

struct scn_gpu_async *scn_gpu_async_begin(struct scn_env *env, unsigned i, bool play)
{
    struct scn_gpu_async *a = &async_pool[play ? 1 : 0][i];

    memset(a, 0, sizeof(*a));
    a->env = env;
    a->dev = i;
    return a;
}

static void async_done(struct virtio_gpu *gpu, void *cookie, int result)
{
    struct scn_gpu_async_one *one = cookie;
    struct scn_gpu_async *a = one->owner;

    SCN_EXPECT(a->env, gpu == scn_gpu(a->env, a->dev));
    a->calls[one->index]++;
    SCN_EXPECT(a->env, a->calls[one->index] == 1u);
    a->completed++;
    a->first_error = a->first_error != 0 ? a->first_error : result;
    scn_gpu_play_done(a->env, a->dev);
}

int scn_gpu_async_add(struct scn_gpu_async *a, const struct virtio_gpu_rect *damage, unsigned n)
{
    struct scn_gpu_async_one *one = &a->one[a->count];
    int ret;

    one->owner = a;
    one->index = a->count++;
    ret = virtio_gpu_update_async(scn_gpu(a->env, a->dev), a->env->gpu->track[a->dev].fb.ids[0],
                                  damage, n, async_done, one);
    if (ret != 0) {
        SCN_EXPECT(a->env, a->calls[one->index] == 0);
        a->count--;
    }
    return ret;
}

int scn_gpu_async_wait(struct scn_gpu_async *a)
{
    uint64_t deadline = virtio_port_now_us() + SCN_GPU_TIMEOUT_US;

    while (a->completed < a->count && virtio_port_now_us() < deadline) {
        scn_gpu_pass(a->env, a->dev, 1000);
    }
    return a->completed < a->count ? -ETIMEDOUT : a->first_error;
}

void scn_gpu_async_expect_all(struct scn_gpu_async *a)
{
    SCN_EXPECT(a->env, a->completed == a->count);
    for (unsigned i = 0; i < a->count; i++) {
        SCN_EXPECT(a->env, a->calls[i] == 1u);
    }
}

/* ---- recovery ---- */

static int use_once(struct scn_env *env, unsigned i)
{
    const struct virtio_gpu_rect part = {3, 2, 9, 5};
    int ret = scn_gpu_screen(env, i, SCN_GPU_WIDTH, SCN_GPU_HEIGHT, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, i, NULL, 0, 9);
    ret = ret != 0 ? ret : scn_gpu_paint(env, i, &part, 1, 10);
    return scn_gpu_screen_end(env, i, ret);
}

static int recover_one(struct scn_env *env, unsigned i)
{
    struct virtio_gpu *gpu = scn_gpu(env, i);
    int ret = 0;

    if (gpu->dev.state != VIRTIO_STATE_ABSENT) {
        ret = virtio_gpu_reset(gpu, 0);
        SCN_EXPECT(env, ret != 0 || virtio_gpu_outstanding(gpu) == 0);
        ret = ret != 0 ? ret : use_once(env, i);
        ret = ret != 0 ? ret : scn_gpu_close(env, i, 0);
    }
    ret = ret != 0 ? ret : scn_gpu_open(env, i, NULL);
    ret = ret != 0 ? ret : use_once(env, i);
    return ret != 0 ? ret : scn_gpu_close(env, i, 0);
}

int scn_gpu_recover(struct scn_env *env, const struct scenario *sc)
{
    unsigned devices = sc->needs.devices != 0 ? sc->needs.devices : 1u;
    int ret = 0;

    for (unsigned i = 0; i < devices && ret == 0; i++) {
        ret = recover_one(env, i);
    }
    return ret;
}
