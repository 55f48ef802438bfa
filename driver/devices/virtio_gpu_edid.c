/* SPDX-License-Identifier: Apache-2.0 */
/* What a monitor says of itself (virtio v1.2 section 5.7.6.8, VESA E-EDID 1.3 section 3). */
#include "virtio_gpu_priv.h"

#define EDID_BLOCK      128u
#define EDID_EXTENSIONS 126u /* offset: blocks that follow the first */

static bool sum_is_zero(const uint8_t *block)
{
    uint8_t sum = 0;

    for (unsigned i = 0; i < EDID_BLOCK; i++) {
        sum = (uint8_t)(sum + block[i]);
    }
    return sum == 0;
}

/* The bytes of a well-formed EDID of at most `size` bytes; 0: it is not one. Devices may say that
 * all of their buffer is valid: how much is meant stands in the first block. */
static uint32_t edid_bytes(const uint8_t *edid, uint32_t size)
{
    static const uint8_t magic[8] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
    uint32_t bytes;

    if (size < EDID_BLOCK || size > VIRTIO_GPU_EDID_MAX ||
        memcmp(edid, magic, sizeof(magic)) != 0) {
        return 0;
    }
    bytes = (1u + edid[EDID_EXTENSIONS]) * EDID_BLOCK;
    if (bytes > size) {
        return 0;
    }
    for (uint32_t at = 0; at < bytes; at += EDID_BLOCK) {
        if (!sum_is_zero(edid + at)) {
            return 0;
        }
    }
    return bytes;
}

int virtio_gpu_edid_result(struct virtio_gpu *gpu, unsigned scanout, int error, const void *answer,
                           uint32_t len)
{
    const struct gpu_expected expected = {GPU_OK_EDID, sizeof(struct gpu_wire_edid), 0};
    const struct gpu_wire_edid *a = answer;
    virtio_port_irqflags_t flags;
    uint32_t bytes = 0;

    if (error == 0) {
        error = virtio_gpu_public(virtio_gpu_check(gpu, answer, len, &expected));
    }
    if (error == 0) {
        bytes = edid_bytes(a->edid, virtio_le32(a->size));
        if (bytes == 0) {
            virtio_port_log(VIRTIO_LOG_WARNING, "virtio-gpu: scanout %u: %u bytes are not an EDID",
                            scanout, (unsigned)virtio_le32(a->size));
            error = -EPROTO;
        }
    }
    flags = virtio_gpu_lock(gpu);
    if (bytes != 0) {
        memcpy(gpu->edids + (size_t)scanout * VIRTIO_GPU_EDID_MAX, a->edid, bytes);
    }
    gpu->edid_len[scanout] = (uint16_t)bytes;
    virtio_gpu_unlock(gpu, flags);
    return error;
}

uint32_t virtio_gpu_get_edid(struct virtio_gpu *gpu, unsigned scanout, uint8_t *edid)
{
    virtio_port_irqflags_t flags;
    uint32_t bytes;

    if (scanout >= VIRTIO_GPU_SCANOUTS_MAX) {
        return 0;
    }
    flags = virtio_gpu_lock(gpu);
    bytes = gpu->edid_len[scanout];
    if (bytes != 0) {
        memcpy(edid, gpu->edids + (size_t)scanout * VIRTIO_GPU_EDID_MAX, bytes);
    }
    virtio_gpu_unlock(gpu, flags);
    return bytes;
}

int virtio_gpu_send_edid(struct virtio_gpu *gpu, unsigned scanout, virtio_command_done done,
                         void *cookie)
{
    struct gpu_wire_number command = {.id = virtio_le32((uint32_t)scanout)};
    const struct virtio_piece piece = {&command, sizeof(command)};
    int ret;

    virtio_gpu_header(gpu, &command.header, GPU_GET_EDID, 0);
    ret = virtio_command_submit(&gpu->control, &piece, 1, NULL, sizeof(struct gpu_wire_edid), done,
                                cookie);
    if (ret == 0) {
        virtio_command_kick(&gpu->control);
    }
    return ret;
}

static void query_done(struct virtio_command_queue *q, void *cookie, int error, const void *answer,
                       uint32_t len)
{
    struct virtio_gpu_op *op = cookie;
    struct virtio_gpu *gpu = op->gpu;
    virtio_port_irqflags_t flags;

    (void)q;
    error = virtio_gpu_edid_result(gpu, op->scanout, error, answer, len);
    flags = virtio_gpu_lock(gpu);
    if (error == 0 && !op->sync.abandoned && op->out != NULL) {
        *op->out_len = gpu->edid_len[op->scanout];
        memcpy(op->out, gpu->edids + (size_t)op->scanout * VIRTIO_GPU_EDID_MAX, *op->out_len);
    }
    virtio_gpu_unlock(gpu, flags);
    virtio_sync_done(&gpu->dev, &op->sync, error);
}

int virtio_gpu_query_edid(struct virtio_gpu *gpu, unsigned scanout, uint8_t *edid, uint32_t *len,
                          uint64_t timeout_us)
{
    struct virtio_gpu_op *op;
    int ret;

    if (len != NULL) {
        *len = 0;
    }
    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    if (!virtio_has_feature(&gpu->dev, VIRTIO_GPU_F_EDID)) {
        return -ENOTSUP;
    }
    if (scanout >= gpu->num_scanouts) {
        return -EINVAL;
    }
    op = virtio_gpu_op_take(gpu, true);
    if (op == NULL) {
        return -EAGAIN;
    }
    op->scanout = scanout;
    op->out = edid;
    op->out_len = len;
    ret = virtio_gpu_send_edid(gpu, scanout, query_done, op);
    if (ret != 0) {
        virtio_gpu_op_drop(op);
        return ret;
    }
    return virtio_gpu_op_wait(op, timeout_us);
}

/* ---- memory for what was heard ---- */

void virtio_gpu_edids_free(struct virtio_gpu *gpu)
{
    if (gpu->edids != NULL) {
        virtio_port_free(gpu->dev.window.ctx, gpu->edids);
    }
    gpu->edids = NULL;
}

int virtio_gpu_edids_make(struct virtio_gpu *gpu)
{
    memset(gpu->edid_len, 0, sizeof(gpu->edid_len));
    if (!virtio_has_feature(&gpu->dev, VIRTIO_GPU_F_EDID)) {
        return 0;
    }
    if (gpu->edids_made != gpu->num_scanouts) {
        virtio_gpu_edids_free(gpu);
    }
    if (gpu->edids == NULL) {
        gpu->edids =
            virtio_port_alloc(gpu->dev.window.ctx, (size_t)gpu->num_scanouts * VIRTIO_GPU_EDID_MAX);
        gpu->edids_made = (uint16_t)gpu->num_scanouts;
    }
    return gpu->edids != NULL ? 0 : -ENOMEM;
}
