/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU in the sweep: what a viewer sees is compared with what was drawn. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scn_gpu.h"
#include "sweep_device.h"
#include "virtio_model/model_gpu.h"

struct dev_gpu {
    struct scn_gpu_env env; /* first: the operations find the rest through it */
    struct model_gpu *models[SCN_DEVICES_MAX];
    struct virtio_gpu gpus[SCN_DEVICES_MAX];
    struct scn_gpu_track track[SCN_DEVICES_MAX];
    uint8_t frames[SCN_GPU_FRAMES];
};

static const struct model_gpu_mode modes[MODEL_GPU_SCANOUTS] = {
    {true, 0, 0, 640, 480},
    {true, 640, 0, 800, 600},
};

static struct model_gpu *model_of(struct scn_env *env, unsigned i)
{
    return ((struct dev_gpu *)env->gpu)->models[i];
}

/* ---- what is seen and done from outside ---- */

/* Every picture that a scenario looks at, when somebody else wants to look at it, too. */
static void save_picture(struct scn_env *env, unsigned i, unsigned n)
{
    static unsigned number;
    char path[4096];

    if (sweep_artifacts != NULL) {
        (void)snprintf(path, sizeof(path), "%s/gpu%u-scanout%u-%03u.ppm", sweep_artifacts, i, n,
                       number++);
        (void)model_gpu_save(model_of(env, i), n, path);
    }
}

static bool scanout(struct scn_env *env, unsigned i, unsigned n, const uint8_t **pixels,
                    uint32_t *width, uint32_t *height)
{
    save_picture(env, i, n);
    return model_gpu_scanout(model_of(env, i), n, pixels, width, height);
}

static void set_mode(struct scn_env *env, unsigned i, unsigned n, bool enabled, uint32_t width,
                     uint32_t height)
{
    const struct model_gpu_mode mode = {enabled, modes[n].x, modes[n].y, width, height};

    model_gpu_set_mode(model_of(env, i), n, &mode);
}

static void cursor(struct scn_env *env, unsigned i, struct scn_gpu_cursor *out)
{
    struct model_gpu_cursor c;

    model_gpu_cursor(model_of(env, i), &c);
    *out = (struct scn_gpu_cursor){
        .visible = c.visible,
        .scanout = c.scanout,
        .x = c.x,
        .y = c.y,
        .hot_x = c.hot_x,
        .hot_y = c.hot_y,
        .pixels = c.pixels,
    };
}

static const struct scn_gpu_ops gpu_ops = {
    .scanout = scanout,
    .set_mode = set_mode,
    .cursor = cursor,
};

/* ---- what the sweep asks for ---- */

static int create(void **state)
{
    struct dev_gpu *d = calloc(1, sizeof(*d));

    if (d == NULL) {
        return -ENOMEM;
    }
    d->env = (struct scn_gpu_env){&gpu_ops, d->gpus, d->track, d->frames};
    *state = d;
    return 0;
}

static int add(void *state, struct scn_env *env, struct model_board *board,
               const struct model_device_config *dev, const struct scenario *sc, unsigned i,
               unsigned slot)
{
    const bool own = strcmp(sc->device, "gpu") == 0; /* else the needs are another type's */
    const struct scn_gpu_needs *needs = own ? sc->needs.more : NULL;
    struct dev_gpu *d = state;
    struct model_gpu_config cfg = {
        .dev = *dev,
        .num_scanouts = needs != NULL && needs->scanouts != 0 ? needs->scanouts : 2u,
        .memory_limit = needs != NULL ? needs->memory_limit : 0u,
    };

    memcpy(cfg.modes, modes, sizeof(cfg.modes));
    memset(&d->gpus[i], 0, sizeof(d->gpus[i]));
    memset(&d->track[i].fb, 0, sizeof(d->track[i].fb));
    d->track[i].changes = 0;
    env->gpu = &d->env;
    return model_gpu_add(board, slot, &cfg, &d->models[i]);
}

const struct sweep_device sweep_gpu = {
    .name = "gpu",
    .type = SCN_GPU,
    .area = MODEL_AREA_GPU,
    .scenarios = scn_gpu_scenarios,
    .num_scenarios = &scn_gpu_count,
    .features = VIRTIO_GPU_F_EDID | VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM,
    .hostile_variants = 16,
    .create = create,
    .destroy = free,
    .add = add,
    .recover = scn_gpu_recover,
};
