/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cursor (virtio v1.2 sections 5.7.6.6, 5.7.6.10). Its commands have a queue of their own, so
 * that the cursor moves while the screen is drawn, and nobody waits for them.
 */
#include "virtio_gpu_priv.h"

/* Devices answer these with nothing at all (QEMU), or as other commands. */
static void cursor_done(struct virtio_command_queue *q, void *cookie, int error, const void *answer,
                        uint32_t len)
{
    const struct gpu_expected expected = {GPU_OK_NODATA, sizeof(struct gpu_wire_header), 0};

    (void)q;
    if (error == 0 && len != 0) {
        (void)virtio_gpu_check(cookie, answer, len, &expected);
    }
}

static int send(struct virtio_gpu *gpu, uint32_t type, struct gpu_wire_cursor *command)
{
    const struct virtio_piece piece = {command, sizeof(*command)};
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool was_due = gpu->move_due;
    int ret;

    gpu->move_due = false; /* older than this: not to be sent after it */
    virtio_gpu_unlock(gpu, flags);
    virtio_gpu_header(gpu, &command->header, type, 0);
    ret = virtio_command_submit(&gpu->cursor, &piece, 1, NULL, sizeof(struct gpu_wire_header),
                                cursor_done, gpu);
    flags = virtio_gpu_lock(gpu);
    if (ret != 0) {
        gpu->move_due = gpu->move_due || was_due;
    } else {
        gpu->stats.cursor_updates += type == GPU_UPDATE_CURSOR ? 1u : 0u;
        gpu->stats.cursor_moves += type == GPU_MOVE_CURSOR ? 1u : 0u;
        gpu->stats.cursor_lost += was_due ? 1u : 0u;
    }
    virtio_gpu_unlock(gpu, flags);
    if (ret != 0) {
        return ret;
    }
    virtio_command_kick(&gpu->cursor);
    return 0;
}

static int check_image(struct virtio_gpu *gpu, uint32_t id)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    const struct virtio_gpu_resource *res = virtio_gpu_find(gpu, id);
    int ret = 0;

    if (res == NULL || !virtio_gpu_is_cursor(res) || res->doomed) {
        ret = virtio_gpu_no_resource(gpu);
    } else if (res->busy || res->updates != 0) {
        ret = -EBUSY;
    } else if (!res->filled) {
        ret = -EINVAL;
    }
    virtio_gpu_unlock(gpu, flags);
    return ret;
}

int virtio_gpu_cursor_update(struct virtio_gpu *gpu, unsigned scanout, uint32_t id, uint32_t hot_x,
                             uint32_t hot_y, uint32_t x, uint32_t y)
{
    struct gpu_wire_cursor command = {
        .scanout_id = virtio_le32((uint32_t)scanout),
        .x = virtio_le32(x),
        .y = virtio_le32(y),
        .resource_id = virtio_le32(id),
        .hot_x = virtio_le32(hot_x),
        .hot_y = virtio_le32(hot_y),
    };
    int ret;

    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    if (scanout >= gpu->num_scanouts || hot_x >= VIRTIO_GPU_CURSOR_SIZE ||
        hot_y >= VIRTIO_GPU_CURSOR_SIZE) {
        return -EINVAL;
    }
    ret = id != 0 ? check_image(gpu, id) : 0;
    return ret != 0 ? ret : send(gpu, GPU_UPDATE_CURSOR, &command);
}

static int send_move(struct virtio_gpu *gpu, uint32_t scanout, uint32_t x, uint32_t y)
{
    struct gpu_wire_cursor command = {
        .scanout_id = virtio_le32(scanout), .x = virtio_le32(x), .y = virtio_le32(y)};

    return send(gpu, GPU_MOVE_CURSOR, &command);
}

int virtio_gpu_cursor_move(struct virtio_gpu *gpu, unsigned scanout, uint32_t x, uint32_t y)
{
    virtio_port_irqflags_t flags;
    int ret;

    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    if (scanout >= gpu->num_scanouts) {
        return -EINVAL;
    }
    ret = send_move(gpu, scanout, x, y);
    if (ret != -EAGAIN) {
        return ret;
    }
    flags = virtio_gpu_lock(gpu);
    gpu->stats.cursor_lost += gpu->move_due ? 1u : 0u;
    gpu->move_due = true;
    gpu->move.scanout = scanout;
    gpu->move.x = x;
    gpu->move.y = y;
    virtio_gpu_unlock(gpu, flags);
    /* The room may have come between the two. */
    if (virtio_command_outstanding(&gpu->cursor) == 0) {
        virtio_gpu_move_due(gpu);
    }
    return 0;
}

void virtio_gpu_move_due(struct virtio_gpu *gpu)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool due = gpu->move_due;
    uint32_t scanout = gpu->move.scanout;
    uint32_t x = gpu->move.x;
    uint32_t y = gpu->move.y;

    gpu->move_due = false;
    virtio_gpu_unlock(gpu, flags);
    if (due && send_move(gpu, scanout, x, y) == -EAGAIN) {
        flags = virtio_gpu_lock(gpu);
        gpu->move_due = true; /* others were quicker; their answers are the next chance */
        virtio_gpu_unlock(gpu, flags);
    }
}
