/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GPU on the board, v1.2 5.7: creation, features, configuration space with its events, display
 * modes that the user changes, statistics.
 */
#include "gpu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

#define DEFAULT_MEMORY (UINT64_C(64) << 20)
#define DEFAULT_WIDTH  640u
#define DEFAULT_HEIGHT 480u

/* ---- configuration space ---- */

static const struct config_field gpu_fields[GF_COUNT] = {
    [GF_EVENTS_READ] = {0, 4, 1, -1, 0, "events_read"},
    [GF_NUM_SCANOUTS] = {8, 4, 1, -1, 0, "num_scanouts"},
    [GF_NUM_CAPSETS] = {12, 4, 1, -1, 0, "num_capsets"},
    [GF_EVENTS_CLEAR] = {4, 4, 1, -1, CFG_WRITABLE, "events_clear"},
    [GF_BLOB_ALIGNMENT] = {16, 4, 1, G_BLOB_ALIGNMENT, 0, "blob_alignment"},
};

static void gpu_refresh_config(struct model_device *dev)
{
    const struct model_gpu *gpu = to_gpu(dev);

    memset(dev->config, 0, GPU_CONFIG_BYTES);
    store_le32(&dev->config[gpu_fields[GF_EVENTS_READ].off], gpu->events);
    store_le32(&dev->config[gpu_fields[GF_NUM_SCANOUTS].off], gpu->num_scanouts);
}

static void gpu_config_was_read(struct model_device *dev, unsigned field, unsigned part,
                                unsigned width, uint64_t value)
{
    (void)width;
    if (field == GF_EVENTS_READ)
        to_gpu(dev)->events_shown |= (uint32_t)(value << (8 * part));
}

/* Only events_clear is writable. A legacy driver may write it byte by byte. */
static void gpu_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val)
{
    struct model_gpu *gpu = to_gpu(dev);
    const unsigned part = off - gpu_fields[GF_EVENTS_CLEAR].off;
    const uint32_t bits = (uint32_t)(val << (8 * part));

    rule_check(dev->board, MODEL_RULE_DRV_GPU_002, (bits & ~gpu->events_shown) == 0, dev->slot,
               "events_clear <- %#x (%u bytes), events_read showed %#x", bits, width,
               gpu->events_shown);
    gpu->events &= ~bits;
    gpu->events_shown &= ~bits;
    gpu_refresh_config(dev);
}

void gpu_display_event(struct model_gpu *gpu)
{
    gpu->events |= GPU_EVENT_DISPLAY;
    model_device_config_changed(&gpu->dev);
}

/* ---- features ---- */

/* Bits that this model offers only when it is told to, with nothing behind them. */
static bool check_never(struct model_device *dev, uint64_t features)
{
    static const struct {
        uint8_t bit;
        enum model_rule_id rule;
        const char *name;
    } never[] = {{G_VIRGL, MODEL_RULE_DRV_GPU_021, "VIRGL"},
                 {G_RESOURCE_BLOB, MODEL_RULE_DRV_GPU_022, "RESOURCE_BLOB"},
                 {G_CONTEXT_INIT, MODEL_RULE_DRV_GPU_033, "CONTEXT_INIT"},
                 {G_BLOB_ALIGNMENT, MODEL_RULE_DRV_GPU_026, "BLOB_ALIGNMENT"}};

    for (unsigned i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        rule_check(dev->board, never[i].rule, (features & FBIT(never[i].bit)) == 0, dev->slot,
                   "%s accepted by a driver of 2D only", never[i].name);
    return (features & G_NEVER) == 0;
}

/* Where nothing is refused, the judgement comes with the agreement. */
static void gpu_agreed(struct model_device *dev)
{
    if (!dev_modern(dev) || !dev_strict(dev))
        check_never(dev, dev->agreed);
}

/* ---- life ---- */

static void gpu_reset(struct model_device *dev)
{
    struct model_gpu *gpu = to_gpu(dev);

    gpu_drop_all(gpu);
    for (unsigned i = 0; i < MODEL_GPU_SCANOUTS; i++)
        gpu_scanout_off(&gpu->scanout[i]);
    memcpy(gpu->mode, gpu->configured, sizeof(gpu->mode));
    memset(&gpu->cursor, 0, sizeof(gpu->cursor));
    gpu->n_pending = 0;
    gpu->events = gpu->events_shown = 0;
    gpu->display_asked = gpu->display_told = gpu->refused = false;
    gpu->edid_asked = gpu->first_enabled = 0;
    gpu_refresh_config(dev);
}

static void gpu_taken(struct model_device *dev, struct chain *chain)
{
    struct model_gpu *gpu = to_gpu(dev);

    gpu_forget_chain(gpu, chain); /* chains are reused */
    if (chain->q->index == GPU_CURSORQ)
        gpu_cursor_taken(gpu, chain);
    if (dev->board->fault.id != MODEL_FAULT_NONE)
        gpu_fault_taken(gpu, chain);
}

static void gpu_destroy(struct model_device *dev)
{
    struct model_gpu *gpu = to_gpu(dev);

    gpu_drop_all(gpu);
    for (unsigned i = 0; i < MODEL_GPU_SCANOUTS; i++)
        gpu_scanout_off(&gpu->scanout[i]);
    free(gpu->pending);
    gpu->pending = NULL;
    gpu->n_pending = gpu->cap_pending = 0;
}

static const struct feature_dep gpu_deps[] = {{G_CONTEXT_INIT, G_VIRGL},
                                              {G_BLOB_ALIGNMENT, G_RESOURCE_BLOB}};

/* The specification knows no legacy GPU; QEMU offers one, with EDID, and so does this model. */
static const struct device_ops gpu_ops = {
    .device_id = 16,
    .known_features = G_NEVER | FBIT(G_EDID),
    .modern_only = G_NEVER,
    .fields = gpu_fields,
    .n_fields = GF_COUNT,
    .config_len = GPU_CONFIG_BYTES,
    .deps = gpu_deps,
    .n_deps = sizeof(gpu_deps) / sizeof(gpu_deps[0]),
    .odd_features = G_NEVER,
    .bait_features = G_NEVER,
    .torn_field = GF_NUM_SCANOUTS,
    .torn_by = MODEL_GPU_SCANOUTS,
    .n_hostile = GF_EVENTS_CLEAR,
    .accepts = check_never,
    .agreed = gpu_agreed,
    .reset = gpu_reset,
    .config_written = gpu_config_written,
    .taken = gpu_taken,
    .config_shown = gpu_config_shown,
    .config_was_read = gpu_config_was_read,
    .execute = gpu_execute,
    .refresh_config = gpu_refresh_config,
    .memory_going = gpu_memory_going,
    .destroy = gpu_destroy,
};

static bool no_modes(const struct model_gpu_config *cfg)
{
    for (unsigned i = 0; i < MODEL_GPU_SCANOUTS; i++) {
        const struct model_gpu_mode *m = &cfg->modes[i];
        if (m->enabled || m->x || m->y || m->width || m->height)
            return false;
    }
    return true;
}

int model_gpu_add(struct model_board *board, unsigned slot, const struct model_gpu_config *cfg,
                  struct model_gpu **out)
{
    struct model_device *dev;

    if (cfg->num_scanouts > MODEL_GPU_SCANOUTS)
        return -EINVAL;
    int err = device_add(board, slot, sizeof(struct model_gpu), &cfg->dev, &gpu_ops, 2, &dev);
    if (err)
        return err;
    struct model_gpu *gpu = to_gpu(dev);
    memset((uint8_t *)gpu + sizeof(gpu->dev), 0, sizeof(*gpu) - sizeof(gpu->dev));
    gpu->cfg = *cfg;
    gpu->num_scanouts = cfg->num_scanouts ? cfg->num_scanouts : 1;
    gpu->memory_limit = cfg->memory_limit ? cfg->memory_limit : DEFAULT_MEMORY;
    memcpy(gpu->configured, cfg->modes, sizeof(gpu->configured));
    if (no_modes(cfg))
        gpu->configured[0] = (struct model_gpu_mode){true, 0, 0, DEFAULT_WIDTH, DEFAULT_HEIGHT};
    gpu_reset(dev);
    if (out)
        *out = gpu;
    return 0;
}

struct model_device *model_gpu_device(struct model_gpu *gpu)
{
    return &gpu->dev;
}

void model_gpu_set_mode(struct model_gpu *gpu, unsigned scanout, const struct model_gpu_mode *mode)
{
    if (scanout >= gpu->num_scanouts)
        return;
    gpu->configured[scanout] = gpu->mode[scanout] = *mode;
    trace(gpu->dev.board, gpu->dev.slot, "gpu: display %u is %s, %ux%u", scanout,
          mode->enabled ? "on" : "off", mode->width, mode->height);
    gpu_display_event(gpu);
}

unsigned model_gpu_resources(const struct model_gpu *gpu)
{
    unsigned n = 0;

    for (const struct gpu_resource *r = gpu->resources; r; r = r->next)
        n++;
    return n;
}

void model_gpu_stats(const struct model_gpu *gpu, struct model_gpu_stats *out)
{
    *out = gpu->stats;
}
