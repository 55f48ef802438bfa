/* SPDX-License-Identifier: Apache-2.0 */
/* GPU scenarios: events, several devices, resets, removal, time. */
#include "gpu_scenarios.h"

static const struct virtio_gpu_rect screen = {0, 0, SCN_GPU_WIDTH, SCN_GPU_HEIGHT};

/* Without its memory a resource cannot be drawn; with other memory it can. */
int scn_run_gpu_detach(struct scn_env *env)
{
    const uint32_t bytes = SCN_GPU_WIDTH * SCN_GPU_HEIGHT * 4u;
    const struct virtio_gpu_mem other = {scn_gpu_memory(env, 0) + bytes, bytes};
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    uint32_t id = 0;
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    if (ret == 0) {
        id = env->gpu->track[0].fb.ids[0];
        ret = virtio_gpu_detach(gpu, id, SCN_GPU_TIMEOUT_US);
    }
    if (ret == 0 && virtio_device_is_live(&gpu->dev)) {
        SCN_EXPECT(env, virtio_gpu_update(gpu, id, &screen, 1, SCN_GPU_TIMEOUT_US) == -EINVAL);
        SCN_EXPECT(env, virtio_gpu_detach(gpu, id, SCN_GPU_TIMEOUT_US) == -EINVAL);
    }
    scn_gpu_draw(0, other.ptr, SCN_GPU_WIDTH, VIRTIO_GPU_FORMAT_B8G8R8X8, &screen, 7);
    ret = ret != 0 ? ret : virtio_gpu_attach(gpu, id, &other, 1, SCN_GPU_TIMEOUT_US);
    ret = ret != 0 ? ret : virtio_gpu_update(gpu, id, &screen, 1, SCN_GPU_TIMEOUT_US);
    if (ret == 0) {
        scn_gpu_check_plain(env, 0, 0, &screen, 7);
    }
    return scn_gpu_close(env, 0, ret == 0 ? virtio_gpu_fb_deinit(&env->gpu->track[0].fb, 0) : ret);
}

/* ---- events ---- */

static bool is_mode(struct scn_env *env, unsigned scanout, bool enabled, uint32_t width,
                    uint32_t height)
{
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];
    const struct virtio_gpu_display *d = &displays[scanout];

    (void)virtio_gpu_get_displays(scn_gpu(env, 0), displays);
    return d->enabled == enabled &&
           (!enabled || (d->rect.width == width && d->rect.height == height));
}

/* What a device with its displays elsewhere would say. */
static int other_displays(struct scn_env *env, unsigned changes)
{
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];

    return virtio_gpu_get_displays(scn_gpu(env, 0), displays) != 3u ||
                   env->gpu->track[0].changes != changes
               ? -EPROTO
               : -ETIMEDOUT;
}

/* The device still shows an event that the driver should have cleared (section 5.7.4.2). One that
 * is not live must not be asked, and is not done with it. */
static bool is_event_pending(struct scn_env *env)
{
    struct virtio_device *dev = &scn_gpu(env, 0)->dev;

    return !virtio_device_is_live(dev) || (virtio_config_read32(dev, 0) & 1u) != 0;
}

/* Waits for the news, drawing now and then as a user of the screen does. */
static int change(struct scn_env *env, unsigned scanout, bool enabled, uint32_t width,
                  uint32_t height)
{
    uint64_t deadline = virtio_port_now_us() + SCN_GPU_TIMEOUT_US;
    uint64_t errors = scn_gpu_errors(env, 0);
    unsigned before = env->gpu->track[0].changes;
    unsigned passes = 0;
    int ret = 0;

    env->gpu->ops->set_mode(env, 0, scanout, enabled, width, height);
    while (ret == 0 && (!is_mode(env, scanout, enabled, width, height) ||
                        env->gpu->track[0].changes == before || is_event_pending(env))) {
        if (!virtio_device_is_live(&scn_gpu(env, 0)->dev) || scn_gpu_errors(env, 0) != errors) {
            return -EIO;
        }
        if (virtio_port_now_us() >= deadline) {
            return other_displays(env, before);
        }
        scn_gpu_pass(env, 0, 1000);
        if (++passes % 200u == 0) {
            ret = virtio_gpu_update(scn_gpu(env, 0), env->gpu->track[0].fb.ids[0], &screen, 1,
                                    SCN_GPU_TIMEOUT_US);
        }
    }
    return ret;
}

/* One display gets another mode, another one comes and goes; the picture stays as it is. */
int scn_run_gpu_display_event(struct scn_env *env)
{
    struct virtio_gpu_stats stats;
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret : change(env, 0, true, 1024, 768);
    ret = ret != 0 ? ret : change(env, 2, true, 320, 200);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 2);
    ret = ret != 0 ? ret : change(env, 2, false, 0, 0);
    if (ret == 0) {
        virtio_gpu_get_stats(scn_gpu(env, 0), &stats);
        SCN_EXPECT(env, stats.events >= 3u);
    }
    return scn_gpu_end(env, 0, ret);
}

/* ---- several ---- */

int scn_run_gpu_two(struct scn_env *env)
{
    const struct virtio_gpu_rect part = {4, 4, 8, 8};
    int ret = scn_gpu_begin(env, 0, NULL, 1);
    int other = ret != 0 ? ret : scn_gpu_begin(env, 1, NULL, 2);

    ret = other;
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 1, NULL, 0, 2);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, &part, 1, 3);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 1, NULL, 0, 4);
    if (ret == 0) {
        scn_gpu_check(env, 0, 0, 0);
    }
    ret = scn_gpu_screen_end(env, 0, ret);
    ret = scn_gpu_end(env, 1, ret);
    return scn_gpu_close(env, 0, ret);
}

/* Sleeps for long, without a call that looks after the device. */
int scn_run_gpu_wake_up(struct scn_env *env)
{
    struct scn_gpu_async *a = scn_gpu_async_begin(env, 0, false);
    virtio_port_event_t never;
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    if (ret == 0 && virtio_port_event_init(&never) == 0) {
        uint64_t deadline = virtio_port_now_us() + SCN_GPU_TIMEOUT_US;

        scn_gpu_fill(env, 0, NULL, 0, 1);
        ret = scn_gpu_async_add(a, &screen, 1);
        while (ret == 0 && a->completed == 0 && virtio_port_now_us() < deadline) {
            virtio_port_event_wait(&never, 1000);
        }
        virtio_port_event_deinit(&never);
        ret = ret != 0 ? ret : a->completed == 0 ? -ETIMEDOUT : a->first_error;
    }
    if (ret == 0) {
        scn_gpu_check(env, 0, 0, 0);
    }
    return scn_gpu_end(env, 0, ret);
}

/* ---- ends ---- */

static int fly(struct scn_env *env, struct scn_gpu_async *a)
{
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    for (unsigned n = 0; n < 4u && ret == 0; n++) {
        const struct virtio_gpu_rect r = {n * 8u, n, 5, 9};

        ret = scn_gpu_async_add(a, &r, 1);
    }
    return ret == -EAGAIN && a->count != 0 ? 0 : ret; /* a small ring */
}

/* Every update ends once, the old ids mean nothing, and the screen can be made again. */
int scn_run_gpu_reset_busy(struct scn_env *env)
{
    struct scn_gpu_async *a = scn_gpu_async_begin(env, 0, false);
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    int ret = fly(env, a);
    uint32_t id = env->gpu->track[0].fb.ids[0];

    ret = ret != 0 ? ret : virtio_gpu_reset(gpu, 0);
    if (ret == 0) {
        scn_gpu_async_expect_all(a);
        SCN_EXPECT(env, virtio_gpu_update(gpu, id, &screen, 1, SCN_GPU_TIMEOUT_US) == -EINVAL ||
                            !virtio_device_is_live(&gpu->dev));
        SCN_EXPECT(env, virtio_gpu_fb_deinit(&env->gpu->track[0].fb, 0) == 0);
        ret = scn_gpu_screen(env, 0, SCN_GPU_WIDTH, SCN_GPU_HEIGHT, 1);
    }
    SCN_EXPECT(env, ret != 0 || env->gpu->track[0].fb.ids[0] != id);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 2);
    return scn_gpu_end(env, 0, ret);
}

int scn_run_gpu_remove_busy(struct scn_env *env)
{
    struct scn_gpu_async *a = scn_gpu_async_begin(env, 0, false);
    int ret = fly(env, a);

    ret = scn_gpu_close(env, 0, ret);
    if (scn_gpu(env, 0)->dev.state == VIRTIO_STATE_ABSENT) {
        scn_gpu_async_expect_all(a);
    }
    return ret;
}

#define LATE_US 20000u

/* What an update, an EDID and an attach come to while the device sleeps; -ETIMEDOUT. */
static int give_up(struct scn_env *env, uint32_t shown, uint32_t id, uint8_t *edid)
{
    const uint32_t bytes = SCN_GPU_WIDTH * SCN_GPU_HEIGHT * 4u;
    const struct virtio_gpu_mem other = {scn_gpu_memory(env, 0) + bytes, bytes};
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    uint32_t len;
    int late = -ETIMEDOUT;

    for (unsigned n = 0; n < 2u && late == -ETIMEDOUT; n++) {
        late = virtio_gpu_update(gpu, shown, &screen, 1, LATE_US);
    }
    if (late == -ETIMEDOUT && virtio_has_feature(&gpu->dev, VIRTIO_GPU_F_EDID)) {
        late = virtio_gpu_query_edid(gpu, 0, edid, &len, LATE_US);
    }
    late = late == -ETIMEDOUT ? virtio_gpu_attach(gpu, id, &other, 1, LATE_US) : late;
    SCN_EXPECT(env, late != 0);
    if (late == -EAGAIN) {
        return -ETIMEDOUT; /* a small ring, full of what was given up before */
    }
    if (late == -ETIMEDOUT && virtio_device_is_live(&gpu->dev)) {
        SCN_EXPECT(env, virtio_gpu_detach(gpu, shown, LATE_US) == -EBUSY);
        SCN_EXPECT(env, virtio_gpu_unref(gpu, id, LATE_US) == -EIO);
    }
    return late;
}

/* The answers come, to nobody: a command behind them has its own (that of a cursor has a fence),
 * the caller's memory stays as it was, and the updates are over. */
static int outlive(struct scn_env *env, uint32_t shown, const uint8_t *edid)
{
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    uint32_t cursor;
    int ret = virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, VIRTIO_GPU_CURSOR_SIZE,
                                VIRTIO_GPU_CURSOR_SIZE, &cursor, SCN_GPU_TIMEOUT_US);

    scn_gpu_pass(env, 0, 5000);
    SCN_EXPECT(env, edid[0] == 0x5au);
    ret = ret != 0 ? ret : virtio_gpu_detach(gpu, shown, SCN_GPU_TIMEOUT_US);
    return ret == -EBUSY ? -ETIMEDOUT : ret; /* an answer that is later still */
}

/* The device sleeps: updates and an attach are given up. Their memory stays the device's until it
 * wakes up, or the reset; nothing of it is handed out or unmapped before. */
int scn_run_gpu_time_out(struct scn_env *env)
{
    static uint8_t edid[VIRTIO_GPU_EDID_MAX];
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    uint32_t shown = 0;
    uint32_t id = 0;
    int late;
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = ret != 0 ? ret
                   : virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, SCN_GPU_WIDTH,
                                       SCN_GPU_HEIGHT, &id, SCN_GPU_TIMEOUT_US);
    if (ret != 0) {
        return scn_gpu_close(env, 0, ret);
    }
    memset(edid, 0x5a, sizeof(edid));
    shown = env->gpu->track[0].fb.ids[0];
    env->ops->pause(env, env->first[SCN_GPU], true);
    late = give_up(env, shown, id, edid);
    env->ops->pause(env, env->first[SCN_GPU], false);
    if (late != -ETIMEDOUT) {
        return scn_gpu_close(env, 0, late);
    }
    ret = outlive(env, shown, edid);
    ret = ret != 0 ? ret : virtio_gpu_reset(gpu, 0);
    ret = ret != 0 ? ret : scn_gpu_screen(env, 0, SCN_GPU_WIDTH, SCN_GPU_HEIGHT, 1);
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 2);
    return scn_gpu_end(env, 0, ret);
}

int scn_run_gpu_wrap(struct scn_env *env)
{
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    for (uint32_t n = 0; n < 33000u && ret == 0; n++) {
        const struct virtio_gpu_rect r = {n % SCN_GPU_WIDTH, n / 7u % SCN_GPU_HEIGHT, 1, 1};

        scn_gpu_fill(env, 0, &r, 1, n % 200u);
        ret = virtio_gpu_update(scn_gpu(env, 0), env->gpu->track[0].fb.ids[0], &r, 1,
                                SCN_GPU_TIMEOUT_US);
        if (ret == 0 && n % 1000u == 999u) {
            scn_gpu_check(env, 0, 0, 0);
        }
    }
    return scn_gpu_end(env, 0, ret);
}
