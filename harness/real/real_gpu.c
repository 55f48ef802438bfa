/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's virtio-gpu device: what is on a scanout is seen by way of a screendump, a PPM file in the
 * run's directory. The cursor is not part of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "real_device.h"
#include "real_files.h"
#include "scn_gpu.h"

#define BOTH     .legacy = true, .modern = true
#define SIDE_MAX 4096u
/* The grey of the text that QEMU shows, on black, where nothing is scanned out. */
#define NOTICE_GREY 0xaau

static const struct real_variant variants[] = {
    {"split+event_idx+indirect", "as QEMU offers it", "", 0, BOTH, .plain = true},
    {"split+event_idx", "no indirect descriptors", "indirect_desc=off", 0, BOTH},
    {"split+indirect", "no event index", "event_idx=off", 0, BOTH},
    {"split", "neither of the two", "event_idx=off,indirect_desc=off", 0, BOTH},
    {"polled", "no interrupt connected", "", 0, BOTH, .polled = true},
    {"more-offered", "packed rings, IOMMU and blob resources are offered, too",
     "packed=on,iommu_platform=on", 0, .modern = true},
};

struct state {
    struct scn_gpu_env env; /* first: the operations find the rest through it */
    struct virtio_gpu gpus[SCN_DEVICES_MAX];
    struct scn_gpu_track track[SCN_DEVICES_MAX];
    const struct real_spec *spec;
    struct real_machine *machine;
    char ppm[REAL_PATH_MAX + 16u];
    uint8_t *picture; /* the last one; the caller of `scanout` looks at it */
};

static struct state *state_of(struct scn_env *env)
{
    return (struct state *)env->gpu;
}

/* ---- pictures ---- */

/* The pixels of a binary PPM (R, G, B each) as R, G, B and a fourth byte. malloc'ed; NULL: it is
 * none. */
static uint8_t *read_ppm(const char *path, uint32_t *width, uint32_t *height)
{
    FILE *in = fopen(path, "rb");
    uint8_t *pixels = NULL;
    uint32_t w = 0;
    uint32_t h = 0;
    size_t n;

    if (in == NULL) {
        return NULL;
    }
    if (fscanf(in, "P6 %" SCNu32 " %" SCNu32 " 255", &w, &h) == 2 && fgetc(in) == '\n' &&
        w - 1u < SIDE_MAX && h - 1u < SIDE_MAX) {
        pixels = malloc((size_t)w * h * 4u);
    }
    n = (size_t)w * h;
    for (size_t p = 0; pixels != NULL && p < n; p++) {
        pixels[p * 4u + 3u] = 0;
        if (fread(&pixels[p * 4u], 3, 1, in) != 1) {
            free(pixels);
            pixels = NULL;
        }
    }
    (void)fclose(in);
    *width = w;
    *height = h;
    return pixels;
}

/* QEMU's notice that the output is not active, or a part of it: nothing but black and its grey. */
static bool is_notice(const uint8_t *pixels, size_t n)
{
    for (size_t p = 0; p < n; p++) {
        const uint8_t *rgb = &pixels[p * 4u];

        if ((rgb[0] != 0 && rgb[0] != NOTICE_GREY) || rgb[1] != rgb[0] || rgb[2] != rgb[0]) {
            return false;
        }
    }
    return true;
}

static bool scanout(struct scn_env *env, unsigned i, unsigned number, const uint8_t **pixels,
                    uint32_t *width, uint32_t *height)
{
    struct state *s = state_of(env);

    free(s->picture);
    s->picture = NULL;
    if (real_machine_qmp(s->machine, NULL,
                         "{\"execute\":\"screendump\",\"arguments\":{\"filename\":\"%s\","
                         "\"device\":\"gpu%u\",\"head\":%u}}",
                         s->ppm, i, number) == 0) {
        s->picture = read_ppm(s->ppm, width, height);
        (void)unlink(s->ppm);
    }
    *pixels = s->picture;
    return s->picture != NULL && !is_notice(s->picture, (size_t)*width * *height);
}

static const struct scn_gpu_ops ops = {.scanout = scanout};

/* ---- what the run asks for ---- */

static void destroy(void *state)
{
    struct state *s = state;

    free(s->picture);
    free(s->env.frames);
    free(s);
}

static int create(void **state, struct scn_env *env, const struct real_spec *spec, const char *dir,
                  char *why, size_t why_size)
{
    struct state *s = calloc(1, sizeof(*s));
    uint8_t *frames = malloc(SCN_GPU_FRAMES);

    if (s == NULL || frames == NULL) {
        free(s);
        free(frames);
        (void)snprintf(why, why_size, "no memory for a run");
        return -ENOMEM;
    }
    *state = s;
    s->env =
        (struct scn_gpu_env){.ops = &ops, .gpus = s->gpus, .track = s->track, .frames = frames};
    s->spec = spec;
    (void)snprintf(s->ppm, sizeof(s->ppm), "%s/screen.ppm", dir);
    env->gpu = &s->env;
    return 0;
}

/* 640 x 480 is what scenarios know; QEMU's own default is another. */
static int args(void *state, struct qemu_args *out, unsigned i)
{
    const struct state *s = state;
    const struct scn_needs *needs = &real_spec_scenario(s->spec)->needs;
    const struct scn_gpu_needs *more = needs->more;
    char props[REAL_PROPS_MAX];
    char memory[48] = "";

    if (more != NULL && more->memory_limit != 0) {
        (void)snprintf(memory, sizeof(memory), ",max_hostmem=%" PRIu64, more->memory_limit);
    }
    qemu_args_add(out, "-device");
    qemu_args_add(out,
                  "virtio-gpu-device,id=gpu%u,bus=virtio-mmio-bus.%u,xres=640,yres=480,"
                  "max_outputs=%" PRIu32 "%s%s%s",
                  i, i, more != NULL && more->scanouts != 0 ? more->scanouts : 1u, memory,
                  (needs->without & VIRTIO_GPU_F_EDID) != 0 ? ",edid=off" : "",
                  real_variant_props(s->spec, props, sizeof(props)));
    return 0;
}

static int started(void *state, struct real_machine *m, char *why, size_t why_size)
{
    (void)why;
    (void)why_size;
    ((struct state *)state)->machine = m;
    return 0;
}

const struct real_device real_gpu = {
    .name = "gpu",
    .type = SCN_GPU,
    .scenarios = scn_gpu_scenarios,
    .num_scenarios = &scn_gpu_count,
    .variants = variants,
    .num_variants = sizeof(variants) / sizeof(variants[0]),
    .create = create,
    .args = args,
    .started = started,
    .recover = scn_gpu_recover,
    .destroy = destroy,
};
