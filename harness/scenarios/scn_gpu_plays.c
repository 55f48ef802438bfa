/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that the caller's side plays with a GPU; see scn_plays.c. */
#include "scn_gpu.h"

#define LONG_LIST 64u

static int strikes(struct scn_env *env, enum scn_play play)
{
    return env->ops->play != NULL ? env->ops->play(env, play) : -1;
}

/* Runs the control queue up, one command at a time, to where its indices wrap. */
static int run_up(struct scn_env *env, unsigned i, unsigned variant)
{
    struct virtio_gpu *gpu = scn_gpu(env, i);
    uint32_t to = variant == 0 ? 65535u : variant == 1 ? 65536u - gpu->control.vq.size : 32767u;
    int ret = 0;

    for (uint32_t n = 0; n < to && ret == 0; n++) {
        ret = virtio_gpu_set_scanout(gpu, 0, 0, NULL, SCN_GPU_TIMEOUT_US);
    }
    return ret;
}

int scn_gpu_play_after_open(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_IDX_WRAP);

    return variant >= 0 ? run_up(env, i, (unsigned)variant) : 0;
}

/* ---- before a picture ---- */

static int zero_length(struct scn_env *env, unsigned i, unsigned variant)
{
    const struct virtio_gpu_rect rects[2] = {{0, 0, 4, 4}, {8, 8, 0, 4}};
    uint32_t id = env->gpu->track[i].fb.ids[0];

    return variant == 0 ? virtio_gpu_transfer(scn_gpu(env, i), id, &rects[1], SCN_GPU_TIMEOUT_US)
                        : virtio_gpu_update(scn_gpu(env, i), id, rects, 2, SCN_GPU_TIMEOUT_US);
}

/* More rectangles than there are descriptors: merged by the driver into what fits. */
static int long_list(struct scn_env *env, unsigned i)
{
    struct virtio_gpu_rect rects[LONG_LIST];

    for (unsigned n = 0; n < LONG_LIST; n++) {
        rects[n] = (struct virtio_gpu_rect){n * 5u % (SCN_GPU_WIDTH - 1u),
                                            n * 3u % (SCN_GPU_HEIGHT - 1u), 2, 1};
    }
    return virtio_gpu_update(scn_gpu(env, i), env->gpu->track[i].fb.ids[0], rects, LONG_LIST,
                             SCN_GPU_TIMEOUT_US);
}

static int callback_variant = -1;
static bool callback_other_pending;

static void other_done(struct virtio_gpu *gpu, void *cookie, int result)
{
    struct scn_env *env = cookie;

    (void)gpu;
    (void)result;
    SCN_EXPECT(env, callback_other_pending);
    callback_other_pending = false;
}

void scn_gpu_play_done(struct scn_env *env, unsigned i)
{
    const struct virtio_gpu_rect dot = {1, 1, 1, 1};
    int variant = callback_variant;

    callback_variant = -1;
    if (variant == 2) {
        SCN_EXPECT(env, virtio_gpu_reset(scn_gpu(env, i), 0) == -EBUSY);
    } else if (variant >= 0) { /* another one; there is none that could be cancelled */
        callback_other_pending = true;
        if (virtio_gpu_update_async(scn_gpu(env, i), env->gpu->track[i].fb.ids[0], &dot, 1,
                                    other_done, env) != 0) {
            callback_other_pending = false;
        }
    }
}

static int callback(struct scn_env *env, unsigned i, int variant)
{
    const struct virtio_gpu_rect all = {0, 0, SCN_GPU_WIDTH, SCN_GPU_HEIGHT};
    struct scn_gpu_async *a = scn_gpu_async_begin(env, i, true);
    int ret;

    callback_variant = variant;
    callback_other_pending = false;
    ret = scn_gpu_async_add(a, &all, 1);
    ret = ret != 0 ? ret : scn_gpu_async_wait(a);
    callback_variant = -1;
    return ret != 0 ? ret : scn_gpu_settle(env, i, scn_gpu_errors(env, i));
}

int scn_gpu_play_before_paint(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_ZERO_LEN);
    int ret = 0;

    if (variant >= 0) {
        ret = zero_length(env, i, (unsigned)variant);
    }
    /* These draw what is there already; only on a screen that was shown once. */
    if (!env->gpu->track[i].fb.filled[0]) {
        return ret;
    }
    if (ret == 0 && strikes(env, SCN_PLAY_LOOP) >= 0) {
        ret = long_list(env, i);
    }
    variant = ret == 0 ? strikes(env, SCN_PLAY_CALLBACK) : -1;
    return variant >= 0 ? callback(env, i, variant) : ret;
}

/* ---- before the end ---- */

/* Updates in flight while the device is reset or removed: each ends once, with an error unless the
 * device was quicker. */
static int busy_end(struct scn_env *env, unsigned i, unsigned variant)
{
    struct scn_gpu_async *a = scn_gpu_async_begin(env, i, true);
    int ret = 0;

    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        const struct virtio_gpu_rect r = {n * 8u, n * 4u, 6, 4};

        ret = scn_gpu_async_add(a, &r, 1);
    }
    ret = ret == -EAGAIN && a->count != 0 ? 0 : ret; /* a small ring */
    if (ret == 0) {
        ret = variant == 0 ? virtio_gpu_reset(scn_gpu(env, i), 0)
                           : virtio_gpu_remove(scn_gpu(env, i), 0);
    }
    if (ret == 0) {
        scn_gpu_async_expect_all(a);
        ret = a->first_error;
    }
    return ret;
}

int scn_gpu_play_before_end(struct scn_env *env, unsigned i, bool *played)
{
    int variant = env->gpu->track[i].fb.filled[0] ? strikes(env, SCN_PLAY_TEARDOWN_BUSY) : -1;

    *played = variant >= 0;
    return variant >= 0 ? busy_end(env, i, (unsigned)variant) : 0;
}
