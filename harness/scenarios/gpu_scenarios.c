/* SPDX-License-Identifier: Apache-2.0 */
/* GPU scenarios: what there is, what is refused, what runs out. */
#include "gpu_scenarios.h"

#define SMALL_BYTES (SCN_GPU_WIDTH * SCN_GPU_HEIGHT * 4u)

int scn_run_gpu_bring_up(struct scn_env *env)
{
    return scn_gpu_close(env, 0, scn_gpu_open(env, 0, NULL));
}

/* What was heard at the start is what is heard when asked again. Nothing is enabled with a mode
 * that nobody could draw. */
int scn_run_gpu_displays(struct scn_env *env)
{
    struct virtio_gpu_display first[VIRTIO_GPU_SCANOUTS_MAX];
    struct virtio_gpu_display again[VIRTIO_GPU_SCANOUTS_MAX];
    int ret = scn_gpu_open(env, 0, NULL);
    unsigned n = 0;

    if (ret == 0) {
        n = virtio_gpu_get_displays(scn_gpu(env, 0), first);
        ret = virtio_gpu_query_displays(scn_gpu(env, 0), again, SCN_GPU_TIMEOUT_US);
    }
    for (unsigned i = 0; i < VIRTIO_GPU_SCANOUTS_MAX && ret == 0; i++) {
        const struct virtio_gpu_rect *r = &again[i].rect;

        SCN_EXPECT(env, !again[i].enabled ||
                            (i < n && r->width >= 1u && r->width <= VIRTIO_GPU_MODE_MAX &&
                             r->height >= 1u && r->height <= VIRTIO_GPU_MODE_MAX));
    }
    if (ret == 0 && (n != 3u || memcmp(first, again, sizeof(first)) != 0 || !again[0].enabled ||
                     again[0].rect.width != 640u || again[0].rect.height != 480u)) {
        ret = -EPROTO; /* not the displays of this device */
    }
    return scn_gpu_close(env, 0, ret);
}

/* VESA E-EDID: the bytes of each block of 128 add up to 0, and the first one says how many there
 * are. */
static bool is_edid(const uint8_t *edid, uint32_t len)
{
    for (uint32_t at = 0; at < len; at += 128u) {
        uint8_t sum = 0;

        for (uint32_t n = at; n < at + 128u; n++) {
            sum = (uint8_t)(sum + edid[n]);
        }
        if (sum != 0) {
            return false;
        }
    }
    return len == (edid[126] + 1u) * 128u;
}

int scn_run_gpu_edid(struct scn_env *env)
{
    static uint8_t asked[VIRTIO_GPU_EDID_MAX];
    static uint8_t kept[VIRTIO_GPU_EDID_MAX];
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    uint32_t len = 0;
    int ret = scn_gpu_open(env, 0, NULL);

    if (ret != 0) {
        return scn_gpu_close(env, 0, ret);
    }
    if (!virtio_has_feature(&gpu->dev, VIRTIO_GPU_F_EDID)) {
        SCN_EXPECT(env, virtio_gpu_query_edid(gpu, 0, asked, &len, 0) == -ENOTSUP || !env->ops);
        SCN_EXPECT(env, virtio_gpu_get_edid(gpu, 0, kept) == 0);
        return scn_gpu_close(env, 0, 0);
    }
    ret = virtio_gpu_query_edid(gpu, 0, asked, &len, SCN_GPU_TIMEOUT_US);
    if (ret == 0) {
        SCN_EXPECT(env, len >= 128u && len <= VIRTIO_GPU_EDID_MAX && len % 128u == 0);
        SCN_EXPECT(env, asked[0] == 0 && asked[1] == 0xffu && asked[7] == 0);
        SCN_EXPECT(env, is_edid(asked, len));
        SCN_EXPECT(env, virtio_gpu_get_edid(gpu, 0, kept) == len);
        SCN_EXPECT(env, memcmp(asked, kept, len) == 0);
    }
    return scn_gpu_close(env, 0, ret);
}

/* ---- refused ---- */

static void bad_numbers(struct scn_env *env, struct virtio_gpu *gpu, uint32_t id)
{
    const struct virtio_gpu_rect all = {0, 0, SCN_GPU_WIDTH, SCN_GPU_HEIGHT};
    struct virtio_gpu_mem mem = {scn_gpu_memory(env, 0), SMALL_BYTES};
    uint32_t none = 1;

    SCN_EXPECT(env, virtio_gpu_create(gpu, (enum virtio_gpu_format)5, 8, 8, &none, 0) == -EINVAL);
    SCN_EXPECT(env, none == 0);
    SCN_EXPECT(env, virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, 0, 8, &none, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, 8, VIRTIO_GPU_MODE_MAX + 1u,
                                      &none, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_transfer(gpu, id + 1u, &all, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_flush(gpu, 0, &all, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_unref(gpu, id + 1u, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_detach(gpu, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_attach(gpu, id + 1u, &mem, 1, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_attach(gpu, id, &mem, 1, 0) == -EBUSY);
    SCN_EXPECT(env, virtio_gpu_attach(gpu, id, &mem, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_attach(gpu, id, &mem, VIRTIO_GPU_BACKING_MAX + 1u, 0) == -EMSGSIZE);
    SCN_EXPECT(env, virtio_gpu_set_scanout(gpu, gpu->num_scanouts, id, &all, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_set_scanout(gpu, 0, id + 1u, &all, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_set_scanout(gpu, 0, id, NULL, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_cursor_update(gpu, 0, id, 0, 0, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_cursor_update(gpu, 0, 0, 64, 0, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_cursor_move(gpu, 16, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_update(gpu, id, &all, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_update(gpu, id, NULL, 1, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_gpu_probe(gpu, &env->windows[env->first[SCN_GPU]], NULL) == -EINVAL);
}

static void bad_rectangles(struct scn_env *env, struct virtio_gpu *gpu, uint32_t id)
{
    static const struct virtio_gpu_rect rects[] = {
        {0, 0, SCN_GPU_WIDTH + 1u, 1},
        {0, 0, 1, SCN_GPU_HEIGHT + 1u},
        {SCN_GPU_WIDTH, 0, 1, 1},
        {0, SCN_GPU_HEIGHT, 1, 1},
        {1, 1, UINT32_MAX, 1},
        {1, 1, 1, UINT32_MAX},
        {UINT32_MAX, UINT32_MAX, 2, 2},
        {UINT32_MAX - 3u, 0, 8, 8},
        {0, 0, 0, 1},
        {0, 0, 1, 0},
        {SCN_GPU_WIDTH - 1u, 0, 2, 1},
        {0, SCN_GPU_HEIGHT - 1u, 1, 2},
        {0x80000000u, 0, 0x80000001u, 16},
    };

    for (unsigned i = 0; i < sizeof(rects) / sizeof(rects[0]); i++) {
        const struct virtio_gpu_rect two[2] = {{0, 0, 1, 1}, rects[i]};

        SCN_EXPECT(env, virtio_gpu_transfer(gpu, id, &rects[i], 0) == -EINVAL);
        SCN_EXPECT(env, virtio_gpu_flush(gpu, id, &rects[i], 0) == -EINVAL);
        SCN_EXPECT(env, virtio_gpu_set_scanout(gpu, 0, id, &rects[i], 0) == -EINVAL);
        SCN_EXPECT(env, virtio_gpu_update(gpu, id, two, 2, 0) == -EINVAL);
    }
}

/* Every refusal that needs no device; nothing of it may reach a queue. */
int scn_run_gpu_bad_arguments(struct scn_env *env)
{
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    struct virtio_gpu_stats before;
    struct virtio_gpu_stats after;
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    if (ret == 0) {
        ret = scn_gpu_settle(env, 0, scn_gpu_errors(env, 0));
    }
    if (ret == 0) {
        virtio_gpu_get_stats(gpu, &before);
        bad_numbers(env, gpu, env->gpu->track[0].fb.ids[0]);
        bad_rectangles(env, gpu, env->gpu->track[0].fb.ids[0]);
        virtio_gpu_get_stats(gpu, &after);
        SCN_EXPECT(env, after.commands == before.commands || after.events != 0);
        scn_gpu_check(env, 0, 0, 0);
    }
    return scn_gpu_end(env, 0, ret);
}

/* ---- what runs out ---- */

/* One resource more than the driver can keep; a new one as soon as one is gone, under a new id. */
int scn_run_gpu_exhaust(struct scn_env *env)
{
    uint32_t ids[VIRTIO_GPU_RESOURCES_MAX + 1u] = {0};
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    unsigned n = 0;
    int ret = scn_gpu_open(env, 0, NULL);

    while (ret == 0 && n < VIRTIO_GPU_RESOURCES_MAX) {
        ret =
            virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_R8G8B8A8, 16, 16, &ids[n], SCN_GPU_TIMEOUT_US);
        n += ret == 0 ? 1u : 0u;
    }
    if (ret == 0) {
        SCN_EXPECT(env, virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_R8G8B8A8, 16, 16, &ids[n],
                                          SCN_GPU_TIMEOUT_US) == -ENOSPC);
        ret = virtio_gpu_unref(gpu, ids[3], SCN_GPU_TIMEOUT_US);
        ids[3] = 0;
    }
    if (ret == 0) {
        ret =
            virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_R8G8B8A8, 16, 16, &ids[3], SCN_GPU_TIMEOUT_US);
        SCN_EXPECT(env, ret != 0 || ids[3] > ids[n - 1u]);
    }
    while (ret == 0 && n > 0) {
        ret = virtio_gpu_unref(gpu, ids[--n], SCN_GPU_TIMEOUT_US);
    }
    return scn_gpu_close(env, 0, ret);
}

/* The device has memory for one screen. */
int scn_run_gpu_no_memory(struct scn_env *env)
{
    struct virtio_gpu *gpu = scn_gpu(env, 0);
    uint32_t id = 0;
    int ret = scn_gpu_begin(env, 0, NULL, 1);

    if (ret == 0) {
        int refused = virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, SCN_GPU_WIDTH,
                                        SCN_GPU_HEIGHT, &id, SCN_GPU_TIMEOUT_US);

        SCN_EXPECT(env, refused == 0 || id == 0);
        ret = refused == -ENOMEM ? 0 : refused != 0 ? refused : -EPROTO;
    }
    ret = ret != 0 ? ret : scn_gpu_paint(env, 0, NULL, 0, 1);
    ret = scn_gpu_screen_end(env, 0, ret);
    if (ret == 0 && virtio_device_is_live(&gpu->dev)) { /* there is room again */
        ret = virtio_gpu_create(gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, SCN_GPU_WIDTH, SCN_GPU_HEIGHT, &id,
                                SCN_GPU_TIMEOUT_US);
        ret = ret != 0 ? ret : virtio_gpu_unref(gpu, id, SCN_GPU_TIMEOUT_US);
    }
    return scn_gpu_close(env, 0, ret);
}

static const struct scn_gpu_needs three_scanouts = {.scanouts = 3};
static const struct scn_gpu_needs one_screen = {.memory_limit = SMALL_BYTES + 100u};

#define SCENARIO(nm, fn, wh, fl, ...)                                                              \
    {                                                                                              \
        .device = "gpu", .name = nm, .what = wh, .flags = fl, .needs = {__VA_ARGS__}, .run = fn    \
    }

const struct scenario scn_gpu_scenarios[] = {
    SCENARIO("bring-up", scn_run_gpu_bring_up, "probe and remove", 0, .devices = 1),
    SCENARIO("displays", scn_run_gpu_displays, "display information, twice", 0,
             .more = &three_scanouts),
    SCENARIO("edid", scn_run_gpu_edid, "EDID of a monitor", 0, .devices = 1),
    SCENARIO("draw", scn_run_gpu_draw, "draw, transfer, flush, compare with what is shown",
             SCN_WRAP, .devices = 1),
    SCENARIO("draw-640x480", scn_run_gpu_draw_large, "a full screen, then parts of it",
             SCN_NO_FAULTS, .devices = 1),
    SCENARIO("polled", scn_run_gpu_draw, "no interrupt connected", 0, .polled = true),
    SCENARIO("no-edid", scn_run_gpu_edid, "a device without EDID", SCN_EXHAUSTIVE,
             .without = VIRTIO_GPU_F_EDID),
    SCENARIO("formats", scn_run_gpu_formats, "a picture in each of the eight formats",
             SCN_NO_FAULTS, .devices = 1),
    SCENARIO("damage", scn_run_gpu_damage, "rectangles that changed, merged into few commands", 0,
             .devices = 1),
    SCENARIO("flip", scn_run_gpu_flip, "two buffers, drawn into and shown in turns", 0,
             .devices = 1),
    SCENARIO("scatter-gather", scn_run_gpu_scatter, "a resource in five pieces of memory", 0,
             .devices = 1),
    SCENARIO("scanout", scn_run_gpu_scanout, "a scanout shows a part, another resource, nothing", 0,
             .devices = 1),
    SCENARIO("fences", scn_run_gpu_fences, "every transfer and flush with a fence", 0,
             .devices = 1),
    SCENARIO("async", scn_run_gpu_async, "six updates in flight", 0, .devices = 1),
    SCENARIO("order", scn_run_gpu_order, "two updates in flight, any order of completion",
             SCN_ORDERS | SCN_NO_QEMU, .devices = 1),
    SCENARIO("back-pressure", scn_run_gpu_back_pressure, "more updates than a ring of 8 takes", 0,
             .queue_num_max = 8),
    SCENARIO("cursor", scn_run_gpu_cursor, "a cursor appears, moves, disappears", 0, .devices = 1),
    SCENARIO("cursor-burst", scn_run_gpu_cursor_burst, "more moves than there is room for", 0,
             .devices = 1),
    SCENARIO("bad-arguments", scn_run_gpu_bad_arguments, "everything that the driver must refuse",
             0, .devices = 1),
    SCENARIO("exhaust", scn_run_gpu_exhaust, "all resources that the driver can keep",
             SCN_NO_FAULTS, .devices = 1),
    SCENARIO("no-memory", scn_run_gpu_no_memory, "the device is out of memory", 0,
             .more = &one_screen),
    SCENARIO("detach", scn_run_gpu_detach, "other memory behind a resource", 0, .devices = 1),
    SCENARIO("display-event", scn_run_gpu_display_event, "the user changes a display", SCN_NO_QEMU,
             .more = &three_scanouts),
    SCENARIO("two-gpus", scn_run_gpu_two, "two devices side by side, no cross-talk", 0,
             .devices = 2),
    SCENARIO("wake-up", scn_run_gpu_wake_up, "nobody polls: interrupts alone end updates",
             SCN_INTERRUPTS, .devices = 1),
    SCENARIO("reset-busy", scn_run_gpu_reset_busy, "reset with updates in flight, then redraw",
             SCN_MAY_MISS, .devices = 1),
    SCENARIO("remove-busy", scn_run_gpu_remove_busy, "remove with updates in flight", SCN_MAY_MISS,
             .devices = 1),
    SCENARIO("time-out", scn_run_gpu_time_out, "the device sleeps past a deadline",
             SCN_NO_QEMU | SCN_MAY_MISS, .devices = 1),
    SCENARIO("wrap", scn_run_gpu_wrap, "more than 65536 commands: every index wraps", SCN_LONG,
             .queue_num_max = 16),
};
const unsigned scn_gpu_count = sizeof(scn_gpu_scenarios) / sizeof(scn_gpu_scenarios[0]);
