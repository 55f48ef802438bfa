/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the GPU and their answers (virtio v1.2 sections 5.7.6.5, 5.7.6.7): headers, fences,
 * what an answer means, and who waits for it.
 */
#include "virtio_gpu_priv.h"

uint64_t virtio_gpu_new_fence(struct virtio_gpu *gpu)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    uint64_t fence = ++gpu->next_fence;

    virtio_gpu_unlock(gpu, flags);
    return fence;
}

void virtio_gpu_header(struct virtio_gpu *gpu, struct gpu_wire_header *header, uint32_t type,
                       uint64_t fence)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);

    gpu->stats.commands++;
    virtio_gpu_unlock(gpu, flags);
    memset(header, 0, sizeof(*header));
    header->type = virtio_le32(type);
    if (fence != 0) {
        header->flags = virtio_le32(GPU_FLAG_FENCE);
        header->fence_id = virtio_le64(fence);
    }
}

/* ---- answers ---- */

static int error_meaning(uint32_t type)
{
    switch (type) {
    case GPU_ERR_OUT_OF_MEMORY:
        return -ENOMEM;
    case GPU_ERR_INVALID_SCANOUT_ID:
    case GPU_ERR_INVALID_RESOURCE_ID:
    case GPU_ERR_INVALID_CONTEXT_ID:
    case GPU_ERR_INVALID_PARAMETER:
        return -EINVAL;
    default:
        return -EIO;
    }
}

static int nonsense(const char *what, uint32_t value, uint32_t expected)
{
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio-gpu: %s of an answer is 0x%x, expected 0x%x", what,
                    (unsigned)value, (unsigned)expected);
    return -EPROTO;
}

static int check(const void *answer, uint32_t len, const struct gpu_expected *expected)
{
    struct gpu_wire_header header;
    uint32_t type;

    if (len < sizeof(header)) {
        return nonsense("length", len, sizeof(header));
    }
    memcpy(&header, answer, sizeof(header));
    type = virtio_le32(header.type);
    if (expected->fence != 0) {
        if ((virtio_le32(header.flags) & GPU_FLAG_FENCE) == 0) {
            return nonsense("flags", virtio_le32(header.flags), GPU_FLAG_FENCE);
        }
        if (virtio_le64(header.fence_id) != expected->fence) {
            return nonsense("fence", (uint32_t)virtio_le64(header.fence_id),
                            (uint32_t)expected->fence);
        }
    }
    if (type >= GPU_ERR_UNSPEC && type <= GPU_ERR_LAST) {
        return error_meaning(type);
    }
    if (type != expected->type) {
        return nonsense("type", type, expected->type);
    }
    return len < expected->min_len ? nonsense("length", len, expected->min_len) : 0;
}

int virtio_gpu_check(struct virtio_gpu *gpu, const void *answer, uint32_t len,
                     const struct gpu_expected *expected)
{
    virtio_port_irqflags_t flags;
    int ret = check(answer, len, expected);

    if (ret != 0) {
        flags = virtio_gpu_lock(gpu);
        gpu->stats.errors++;
        virtio_gpu_unlock(gpu, flags);
    }
    return ret;
}

int virtio_gpu_run(struct virtio_gpu *gpu, const void *command, uint32_t len,
                   const struct virtio_sg *extra, uint64_t fence, uint64_t timeout_us)
{
    const struct virtio_piece piece = {command, len};
    const struct gpu_expected expected = {GPU_OK_NODATA, sizeof(struct gpu_wire_header), fence};
    struct gpu_wire_header answer;
    uint32_t got;
    int ret;

    ret = virtio_command_run(&gpu->control, &piece, 1, extra, &answer, sizeof(answer), &got,
                             timeout_us);
    return ret != 0 ? ret : virtio_gpu_check(gpu, &answer, got, &expected);
}

/* ---- who waits ---- */

struct virtio_gpu_op *virtio_gpu_op_take(struct virtio_gpu *gpu, bool waited)
{
    for (unsigned i = 0; i < VIRTIO_GPU_UPDATES_MAX; i++) {
        struct virtio_gpu_op *op = &gpu->ops[i];

        if (virtio_sync_take(&gpu->dev, &op->sync)) {
            op->gpu = gpu;
            op->res = NULL;
            op->done = NULL;
            op->issued = 0;
            op->pending = 0;
            op->waited = waited;
            op->fills = false;
            op->result = 0;
            return op;
        }
    }
    return NULL;
}

void virtio_gpu_op_drop(struct virtio_gpu_op *op)
{
    virtio_sync_give_back(&op->gpu->dev, &op->sync);
}

void virtio_gpu_op_done(struct virtio_gpu_op *op, int result)
{
    struct virtio_gpu *gpu = op->gpu;
    virtio_gpu_done done = op->done;
    void *cookie = op->cookie;

    result = virtio_gpu_public(result);
    if (op->waited) {
        virtio_sync_done(&gpu->dev, &op->sync, result);
        return;
    }
    virtio_gpu_op_drop(op); /* first: done may start the next update */
    if (done != NULL) {
        done(gpu, cookie, result);
    }
}

int virtio_gpu_op_wait(struct virtio_gpu_op *op, uint64_t timeout_us)
{
    int ret = virtio_sync_wait(&op->gpu->dev, &op->sync, timeout_us);

    if (ret != -ETIMEDOUT) {
        virtio_gpu_op_drop(op);
    }
    return ret;
}
