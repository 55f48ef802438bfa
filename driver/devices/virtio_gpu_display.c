/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Displays of the GPU: what the device says of them, and what it says when they change (virtio v1.2
 * sections 5.7.4.2, 5.7.5, 5.7.6.8).
 *
 * However many events a device announces, there is one query in flight because of them, one
 * remembered, and a limit to their rate: a device may answer each query with another event.
 */
#include "virtio_gpu_priv.h"

/* Refreshes because of events: at most so many in that time. */
#define RATE_MAX     16u
#define RATE_TIME_US 100000u

/* A mode that nothing can be drawn for counts as a display that is off. */
static bool believable(const struct virtio_gpu_rect *r)
{
    return r->width != 0 && r->width <= VIRTIO_GPU_MODE_MAX && r->height != 0 &&
           r->height <= VIRTIO_GPU_MODE_MAX && r->x <= UINT32_MAX - r->width &&
           r->y <= UINT32_MAX - r->height;
}

static void take_displays(struct virtio_gpu *gpu, const struct gpu_wire_displays *answer)
{
    struct virtio_gpu_display now[VIRTIO_GPU_SCANOUTS_MAX];
    virtio_port_irqflags_t flags;

    memset(now, 0, sizeof(now));
    for (unsigned i = 0; i < gpu->num_scanouts; i++) {
        const struct gpu_wire_display *mode = &answer->modes[i];
        struct virtio_gpu_display *d = &now[i];

        d->rect.x = virtio_le32(mode->rect.x);
        d->rect.y = virtio_le32(mode->rect.y);
        d->rect.width = virtio_le32(mode->rect.width);
        d->rect.height = virtio_le32(mode->rect.height);
        d->enabled = mode->enabled != 0 && believable(&d->rect);
        if (mode->enabled != 0 && !d->enabled) {
            virtio_port_log(VIRTIO_LOG_WARNING,
                            "virtio-gpu: scanout %u: mode %u x %u, expected 1 to %u: taken as off",
                            i, (unsigned)d->rect.width, (unsigned)d->rect.height,
                            VIRTIO_GPU_MODE_MAX);
        }
    }
    flags = virtio_gpu_lock(gpu);
    memcpy(gpu->displays, now, sizeof(now));
    virtio_gpu_unlock(gpu, flags);
}

unsigned virtio_gpu_get_displays(struct virtio_gpu *gpu, struct virtio_gpu_display *out)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    unsigned n = gpu->num_scanouts;

    memcpy(out, gpu->displays, sizeof(gpu->displays));
    virtio_gpu_unlock(gpu, flags);
    return n;
}

/* ---- the query ---- */

static int send_query(struct virtio_gpu *gpu, virtio_command_done done, void *cookie)
{
    struct gpu_wire_header command;
    const struct virtio_piece piece = {&command, sizeof(command)};
    int ret;

    virtio_gpu_header(gpu, &command, GPU_GET_DISPLAY_INFO, 0);
    ret = virtio_command_submit(&gpu->control, &piece, 1, NULL, sizeof(struct gpu_wire_displays),
                                done, cookie);
    if (ret == 0) {
        virtio_command_kick(&gpu->control);
    }
    return ret;
}

static int query_result(struct virtio_gpu *gpu, int error, const void *answer, uint32_t len)
{
    const struct gpu_expected expected = {GPU_OK_DISPLAY_INFO, sizeof(struct gpu_wire_displays), 0};

    if (error == 0) {
        error = virtio_gpu_check(gpu, answer, len, &expected);
    }
    if (error == 0) {
        take_displays(gpu, answer);
    }
    return error;
}

static void query_done(struct virtio_command_queue *q, void *cookie, int error, const void *answer,
                       uint32_t len)
{
    struct virtio_gpu_op *op = cookie;

    (void)q;
    virtio_gpu_op_done(op, query_result(op->gpu, error, answer, len));
}

int virtio_gpu_query_displays(struct virtio_gpu *gpu, struct virtio_gpu_display *out,
                              uint64_t timeout_us)
{
    struct virtio_gpu_op *op;
    int ret;

    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    op = virtio_gpu_op_take(gpu, true);
    if (op == NULL) {
        return -EAGAIN;
    }
    ret = send_query(gpu, query_done, op);
    if (ret != 0) {
        virtio_gpu_op_drop(op);
        return ret;
    }
    ret = virtio_gpu_op_wait(op, timeout_us);
    if (ret == 0) {
        (void)virtio_gpu_get_displays(gpu, out);
    }
    return ret;
}

/* ---- because of an event ---- */

/* Nothing of this refresh is under way any more; `again`: it is to be done once more. */
static void refresh_end(struct virtio_gpu *gpu, bool again)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);

    gpu->refresh.running = false;
    gpu->refresh.again = gpu->refresh.again || again;
    virtio_gpu_unlock(gpu, flags);
}

static void announce(struct virtio_gpu *gpu)
{
    refresh_end(gpu, false); /* what is due meanwhile is sent when there is room, which is soon */
    if (gpu->params.displays_changed != NULL) {
        gpu->params.displays_changed(gpu);
    }
}

/* The next scanout whose EDID is to be asked for. */
static bool next_edid(struct virtio_gpu *gpu)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool found = false;

    for (unsigned i = 0; i < gpu->num_scanouts && !found; i++) {
        if ((gpu->refresh.edids >> i & 1u) != 0) {
            gpu->refresh.edids &= ~(1u << i);
            gpu->refresh.asking = i;
            found = true;
        }
    }
    virtio_gpu_unlock(gpu, flags);
    return found;
}

static void refresh_edid_done(struct virtio_command_queue *q, void *cookie, int error,
                              const void *answer, uint32_t len);

static void refresh_edids(struct virtio_gpu *gpu)
{
    int ret;

    if (!next_edid(gpu)) {
        announce(gpu);
        return;
    }
    ret = virtio_gpu_send_edid(gpu, gpu->refresh.asking, refresh_edid_done, gpu);
    if (ret != 0) {
        refresh_end(gpu, ret == -EAGAIN);
    }
}

static void refresh_edid_done(struct virtio_command_queue *q, void *cookie, int error,
                              const void *answer, uint32_t len)
{
    struct virtio_gpu *gpu = cookie;

    (void)q;
    (void)virtio_gpu_edid_result(gpu, gpu->refresh.asking, error, answer, len);
    refresh_edids(gpu);
}

static void refresh_done(struct virtio_command_queue *q, void *cookie, int error,
                         const void *answer, uint32_t len)
{
    struct virtio_gpu *gpu = cookie;
    uint32_t enabled = 0;

    (void)q;
    if (query_result(gpu, error, answer, len) != 0) {
        refresh_end(gpu, false);
        return;
    }
    for (unsigned i = 0; i < gpu->num_scanouts; i++) {
        enabled |= gpu->displays[i].enabled ? 1u << i : 0u;
    }
    gpu->refresh.edids = virtio_has_feature(&gpu->dev, VIRTIO_GPU_F_EDID) ? enabled : 0u;
    refresh_edids(gpu);
}

/* True: the caller sends the query. Else it is remembered. */
static bool refresh_begin(struct virtio_gpu *gpu)
{
    uint64_t now = virtio_port_now_us();
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool send;

    if (now - gpu->refresh.since_us >= RATE_TIME_US) {
        gpu->refresh.since_us = now;
        gpu->refresh.count = 0;
    }
    send = !gpu->refresh.running && gpu->refresh.count < RATE_MAX;
    gpu->refresh.again = !send;
    if (send) {
        gpu->refresh.running = true;
        gpu->refresh.count++;
    }
    virtio_gpu_unlock(gpu, flags);
    return send;
}

void virtio_gpu_refresh(struct virtio_gpu *gpu)
{
    /* Twice: the commands that were in the way may all have been answered meanwhile. */
    for (unsigned i = 0; i < 2u && refresh_begin(gpu); i++) {
        int ret = send_query(gpu, refresh_done, gpu);

        if (ret == 0) {
            return;
        }
        refresh_end(gpu, ret == -EAGAIN);
        if (ret != -EAGAIN || virtio_command_outstanding(&gpu->control) != 0) {
            return; /* the answers to those are the next chance */
        }
    }
}

void virtio_gpu_refresh_due(struct virtio_gpu *gpu)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool due = gpu->refresh.again && !gpu->refresh.running;

    virtio_gpu_unlock(gpu, flags);
    if (due) {
        virtio_gpu_refresh(gpu);
    }
}
