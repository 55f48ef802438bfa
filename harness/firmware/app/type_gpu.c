/* SPDX-License-Identifier: Apache-2.0 */
/* GPUs: what is on a screen the host sees. */
#include "scn_gpu.h"
#include "type.h"

#include "le.h"
#include "mailbox_client.h"

static struct virtio_gpu gpus[SCN_DEVICES_MAX];
static struct scn_gpu_track track[SCN_DEVICES_MAX];
static uint8_t frames[SCN_GPU_FRAMES] __attribute__((aligned(4096)));
static struct scn_gpu_env gpu_env;

/* The picture stays in the mailbox. */
static bool scanout(struct scn_env *env, unsigned i, unsigned number, const uint8_t **pixels,
                    uint32_t *width, uint32_t *height)
{
    const struct mailbox_question q = {.op = MAILBOX_GPU_SCANOUT, .args = {i, number}};
    int shown = mailbox_ask(&q);
    const uint8_t *p;
    size_t len;

    (void)env;
    *pixels = NULL;
    *width = 0;
    *height = 0;
    if (shown != 1) {
        return false;
    }
    len = mailbox_answer(&p);
    if (len < 8u || len - 8u < (uint64_t)le32_at(p) * le32_at(p + 4) * 4u) {
        return false;
    }
    *width = le32_at(p);
    *height = le32_at(p + 4);
    *pixels = p + 8;
    return true;
}

static const struct scn_gpu_ops ops = {.scanout = scanout};

static void attach(struct scn_env *env, const struct scenario *sc)
{
    (void)sc;
    gpu_env = (struct scn_gpu_env){.ops = &ops, .gpus = gpus, .track = track, .frames = frames};
    env->gpu = &gpu_env;
}

const struct app_type app_gpu = {
    .name = "gpu",
    .type = SCN_GPU,
    .device_id = VIRTIO_ID_GPU,
    .scenarios = scn_gpu_scenarios,
    .num_scenarios = &scn_gpu_count,
    .attach = attach,
    .recover = scn_gpu_recover,
};
