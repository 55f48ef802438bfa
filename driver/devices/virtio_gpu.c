/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-gpu, 2D: life of the device and its events (virtio v1.2 sections 3.1, 5.7.2 to 5.7.5). */
#include "virtio_gpu_priv.h"

#define QUEUE_CONTROL 0u
#define QUEUE_CURSOR  1u

#define COMMANDS_DEFAULT  16u
#define COMMANDS_MIN      4u /* a flip takes three, a display event one */
#define COMMANDS_MAX      256u
#define CURSORS_DEFAULT   4u
#define DESCS_PER_COMMAND 2u /* without an indirect table; an attach has one more */

enum {
    CFG_EVENTS_READ = 0,
    CFG_EVENTS_CLEAR = 4,
    CFG_NUM_SCANOUTS = 8,
};

void virtio_gpu_get_stats(struct virtio_gpu *gpu, struct virtio_gpu_stats *stats)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);

    *stats = gpu->stats;
    virtio_gpu_unlock(gpu, flags);
}

unsigned virtio_gpu_outstanding(struct virtio_gpu *gpu)
{
    return virtio_command_outstanding(&gpu->control) + virtio_command_outstanding(&gpu->cursor);
}

/* ---- config space: little-endian on legacy devices too ---- */

static uint32_t swap_legacy(const struct virtio_device *dev, uint32_t v)
{
    return virtio_is_legacy(dev) ? virtio_le32(v) : v;
}

static uint32_t config_read(struct virtio_device *dev, unsigned offset)
{
    return swap_legacy(dev, virtio_config_read32(dev, offset));
}

static void read_num_scanouts(struct virtio_device *dev, void *out)
{
    *(uint32_t *)out = config_read(dev, CFG_NUM_SCANOUTS);
}

static int read_config(struct virtio_gpu *gpu)
{
    uint32_t scanouts;
    uint32_t scratch;
    int ret =
        virtio_config_snapshot(&gpu->dev, read_num_scanouts, &scanouts, &scratch, sizeof(scanouts));

    if (ret != 0) {
        return ret;
    }
    if (scanouts == 0 || scanouts > VIRTIO_GPU_SCANOUTS_MAX) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-gpu: config field num_scanouts is %u, expected 1 to %u",
                        (unsigned)scanouts, VIRTIO_GPU_SCANOUTS_MAX);
        return -EPROTO;
    }
    gpu->num_scanouts = scanouts;
    return 0;
}

/* ---- what the core calls ---- */

static void config_changed(struct virtio_device *dev)
{
    struct virtio_gpu *gpu = (struct virtio_gpu *)dev;
    virtio_port_irqflags_t flags;

    if ((config_read(dev, CFG_EVENTS_READ) & GPU_EVENT_DISPLAY) == 0) {
        return;
    }
    /* Cleared before the query: what happens after it is an event of its own. */
    virtio_config_write32(dev, CFG_EVENTS_CLEAR, swap_legacy(dev, GPU_EVENT_DISPLAY));
    flags = virtio_gpu_lock(gpu);
    gpu->stats.events++;
    virtio_gpu_unlock(gpu, flags);
    virtio_gpu_refresh(gpu);
}

static void quiesced(struct virtio_device *dev, int error)
{
    struct virtio_gpu *gpu = (struct virtio_gpu *)dev;

    virtio_command_fail(&gpu->control, error);
    virtio_command_fail(&gpu->cursor, error);
    virtio_gpu_resources_void(gpu);
}

static void control_room(struct virtio_command_queue *q)
{
    virtio_gpu_refresh_due((struct virtio_gpu *)q->vq.dev);
}

static void cursor_room(struct virtio_command_queue *q)
{
    virtio_gpu_move_due((struct virtio_gpu *)q->vq.dev);
}

static int setup_control(struct virtio_gpu *gpu)
{
    const struct virtio_command_config cfg = {
        .index = QUEUE_CONTROL,
        .size = (uint16_t)(gpu->params.commands * DESCS_PER_COMMAND),
        .slots = gpu->params.commands,
        .waiters = gpu->params.commands,
        .out_max = GPU_COMMAND_MAX,
        .in_max = virtio_has_feature(&gpu->dev, VIRTIO_GPU_F_EDID)
                      ? sizeof(struct gpu_wire_edid)
                      : sizeof(struct gpu_wire_displays),
        .room = control_room,
    };
    int ret = virtio_command_setup(&gpu->dev, &gpu->control, &cfg);
    unsigned room;

    if (ret != 0) {
        return ret;
    }
    room = gpu->control.vq.indirect_max != 0 ? gpu->control.vq.size
                                             : gpu->control.vq.size / DESCS_PER_COMMAND;
    room = room < gpu->control.num_slots ? room : gpu->control.num_slots;
    if (room < COMMANDS_MIN) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-gpu: control queue with room for %u commands, expected %u", room,
                        COMMANDS_MIN);
        return -ENOTSUP;
    }
    gpu->capacity = (uint16_t)(room - 1u);
    return 0;
}

static int setup_cursor(struct virtio_gpu *gpu)
{
    const struct virtio_command_config cfg = {
        .index = QUEUE_CURSOR,
        .size = (uint16_t)(gpu->params.cursors * DESCS_PER_COMMAND),
        .slots = gpu->params.cursors,
        .out_max = sizeof(struct gpu_wire_cursor),
        .in_max = sizeof(struct gpu_wire_header),
        .room = cursor_room,
    };

    return virtio_command_setup(&gpu->dev, &gpu->cursor, &cfg);
}

static int init_ops(struct virtio_gpu *gpu)
{
    int ret = 0;

    for (unsigned i = 0; i < VIRTIO_GPU_UPDATES_MAX && ret == 0; i++) {
        ret = virtio_sync_init(&gpu->ops[i].sync);
    }
    return ret;
}

/* A monitor that cannot say what it is can still be drawn on. */
static int ask_displays(struct virtio_gpu *gpu)
{
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];
    int ret = virtio_gpu_query_displays(gpu, displays, 0);

    for (unsigned i = 0; i < gpu->num_scanouts && ret == 0; i++) {
        if (displays[i].enabled && virtio_has_feature(&gpu->dev, VIRTIO_GPU_F_EDID)) {
            ret = virtio_gpu_query_edid(gpu, i, NULL, NULL, 0);
            ret = ret != -ETIMEDOUT && virtio_device_is_live(&gpu->dev) ? 0 : ret;
        }
    }
    return ret;
}

static int start(struct virtio_device *dev, uint64_t timeout_us)
{
    struct virtio_gpu *gpu = (struct virtio_gpu *)dev;
    int ret = init_ops(gpu);

    memset(&gpu->refresh, 0, sizeof(gpu->refresh));
    gpu->move_due = false;
    if (ret == 0) {
        ret = virtio_device_negotiate(dev, VIRTIO_GPU_F_EDID, 0, 0, timeout_us);
    }
    if (ret == 0) {
        ret = read_config(gpu);
    }
    if (ret == 0) {
        ret = setup_control(gpu);
    }
    if (ret == 0) {
        ret = setup_cursor(gpu);
    }
    if (ret == 0) {
        ret = virtio_gpu_edids_make(gpu);
    }
    if (ret == 0) {
        ret = virtio_device_ready(dev);
    }
    return ret != 0 ? ret : ask_displays(gpu);
}

static void free_all(struct virtio_device *dev)
{
    struct virtio_gpu *gpu = (struct virtio_gpu *)dev;

    virtio_gpu_resources_free(gpu);
    virtio_gpu_edids_free(gpu);
    virtio_command_free(&gpu->cursor);
    virtio_command_free(&gpu->control);
    for (unsigned i = 0; i < VIRTIO_GPU_UPDATES_MAX; i++) {
        virtio_sync_deinit(&gpu->ops[i].sync);
    }
}

static const struct virtio_driver_ops gpu_ops = {
    .name = "virtio-gpu",
    .device_id = VIRTIO_ID_GPU,
    .start = start,
    .free = free_all,
    .config_changed = config_changed,
    .quiesced = quiesced,
};

/* ---- bring-up ---- */

static bool power_of_two(unsigned v)
{
    return v != 0 && (v & (v - 1u)) == 0;
}

static int check_params(struct virtio_gpu *gpu, const struct virtio_gpu_params *params)
{
    struct virtio_gpu_params *p = &gpu->params;

    if (params != NULL) {
        *p = *params;
    }
    p->commands = p->commands != 0 ? p->commands : COMMANDS_DEFAULT;
    p->cursors = p->cursors != 0 ? p->cursors : CURSORS_DEFAULT;
    if (!power_of_two(p->commands) || p->commands < COMMANDS_MIN || p->commands > COMMANDS_MAX) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-gpu: commands %u, expected a power of two from %u to %u",
                        (unsigned)p->commands, COMMANDS_MIN, COMMANDS_MAX);
        return -EINVAL;
    }
    if (!power_of_two(p->cursors) || p->cursors < 2u || p->cursors > COMMANDS_MAX) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-gpu: cursors %u, expected a power of two from 2 to %u",
                        (unsigned)p->cursors, COMMANDS_MAX);
        return -EINVAL;
    }
    return 0;
}

int virtio_gpu_probe(struct virtio_gpu *gpu, const struct virtio_window *window,
                     const struct virtio_gpu_params *params)
{
    int ret;

    if (gpu->dev.state != VIRTIO_STATE_ABSENT) {
        return -EINVAL;
    }
    memset(gpu, 0, sizeof(*gpu));
    ret = check_params(gpu, params);
    if (ret != 0) {
        return ret;
    }
    return virtio_driver_probe(&gpu->dev, window, &gpu_ops, gpu->params.features_off,
                               gpu->params.reset_timeout_us);
}

int virtio_gpu_remove(struct virtio_gpu *gpu, uint64_t timeout_us)
{
    return virtio_driver_remove(&gpu->dev, timeout_us);
}

int virtio_gpu_reset(struct virtio_gpu *gpu, uint64_t timeout_us)
{
    return virtio_driver_reset(&gpu->dev, timeout_us);
}
