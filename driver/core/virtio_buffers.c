/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers posted for the device to fill; see virtio/virtio_buffers.h. Everything is under the
 * virtqueue's lock once the queue is set up. */
#include "core.h"
#include "virtio/virtio_buffers.h"

#define DEFAULT_ALIGN 8u

static unsigned entries_per_buffer(const struct virtio_buffers_config *cfg)
{
    return cfg->split != 0 ? 2u : 1u;
}

/* ---- memory ---- */

void virtio_buffers_free(struct virtio_buffers *b)
{
    virtio_port_ctx_t ctx;

    if (b->vq.dev == NULL) {
        return; /* never set up */
    }
    ctx = b->vq.dev->window.ctx;
    if (b->mem != NULL && b->cfg.streaming) {
        virtio_port_free(ctx, b->mem);
    } else if (b->mem != NULL) {
        virtio_port_dma_free(ctx, b->mem, b->mem_bytes, b->mem_dma);
    }
    if (b->bufs != NULL) {
        virtio_port_free(ctx, b->bufs);
    }
    b->mem = NULL;
    b->bufs = NULL;
}

static int alloc_memory(struct virtio_buffers *b)
{
    virtio_port_ctx_t ctx = b->vq.dev->window.ctx;
    uint32_t align = b->cfg.align != 0 ? b->cfg.align : DEFAULT_ALIGN;
    uintptr_t first;

    b->stride = (b->cfg.bytes + align - 1u) & ~(align - 1u);
    b->mem_bytes = (size_t)b->count * b->stride + (b->cfg.streaming ? align : 0u);
    b->bufs = virtio_port_alloc(ctx, b->count * sizeof(b->bufs[0]));
    b->mem = b->cfg.streaming ? virtio_port_alloc(ctx, b->mem_bytes)
                              : virtio_port_dma_alloc(ctx, b->mem_bytes, align, &b->mem_dma);
    if (b->bufs == NULL || b->mem == NULL) {
        virtio_buffers_free(b);
        return -ENOMEM;
    }
    first = ((uintptr_t)b->mem + align - 1u) & ~((uintptr_t)align - 1u);
    for (uint16_t i = 0; i < b->count; i++) {
        b->bufs[i].data = b->mem + (first - (uintptr_t)b->mem) + (size_t)i * b->stride;
        b->bufs[i].dma = b->mem_dma + (uint64_t)i * b->stride;
        b->bufs[i].index = i;
    }
    return 0;
}

int virtio_buffers_setup(struct virtio_device *dev, struct virtio_buffers *b,
                         const struct virtio_buffers_config *cfg)
{
    unsigned per = entries_per_buffer(cfg);
    const struct virtqueue_config vq_cfg = {
        .index = cfg->index,
        .size = (uint16_t)(cfg->count * per),
        .size_min = (uint16_t)(cfg->count_min * per),
        .callback = cfg->callback,
    };
    int ret = virtio_queue_setup(dev, &b->vq, &vq_cfg);
    uint16_t count;

    if (ret != 0) {
        return ret;
    }
    count = (uint16_t)(b->vq.size / per);
    if (b->bufs != NULL && (count != b->count || cfg->bytes != b->cfg.bytes ||
                            cfg->align != b->cfg.align || cfg->streaming != b->cfg.streaming)) {
        virtio_buffers_free(b); /* from the life before this reset */
    }
    b->cfg = *cfg;
    b->count = count;
    ret = b->bufs == NULL ? alloc_memory(b) : 0;
    for (uint16_t i = 0; ret == 0 && i < count; i++) {
        b->bufs[i].state = VIRTIO_BUFFER_HELD;
    }
    b->waiting = 0;
    return ret;
}

/* ---- to the device and back ---- */

static int map(const struct virtio_buffers *b, struct virtio_buffer *buf)
{
    if (!b->cfg.streaming) {
        return 0;
    }
    return virtio_port_dma_map(b->vq.dev->window.ctx, buf->data, b->cfg.bytes,
                               VIRTIO_DMA_FROM_DEVICE, &buf->dma);
}

static void unmap(const struct virtio_buffers *b, const struct virtio_buffer *buf)
{
    if (b->cfg.streaming) {
        virtio_port_dma_unmap(b->vq.dev->window.ctx, buf->dma, buf->data, b->cfg.bytes,
                              VIRTIO_DMA_FROM_DEVICE);
    }
}

static int add(struct virtio_buffers *b, struct virtio_buffer *buf)
{
    struct virtio_sg sg[2] = {{buf->dma, b->cfg.bytes}};

    if (b->cfg.split != 0) {
        sg[0].len = b->cfg.split;
        sg[1].dma = buf->dma + b->cfg.split;
        sg[1].len = b->cfg.bytes - b->cfg.split;
    }
    return virtqueue_add(&b->vq, sg, 0, entries_per_buffer(&b->cfg), buf);
}

static void set_state(struct virtio_buffers *b, struct virtio_buffer *buf,
                      enum virtio_buffer_state state)
{
    b->waiting = (uint16_t)(b->waiting - (buf->state == VIRTIO_BUFFER_WAITING ? 1u : 0u) +
                            (state == VIRTIO_BUFFER_WAITING ? 1u : 0u));
    buf->state = (uint8_t)state;
}

int virtio_buffers_post(struct virtio_buffers *b, struct virtio_buffer *buf)
{
    int ret;

    if (!b->vq.ready) {
        return -EIO;
    }
    ret = map(b, buf);
    if (ret != 0) {
        set_state(b, buf, VIRTIO_BUFFER_WAITING);
        return -ENOMEM;
    }
    ret = add(b, buf);
    if (ret != 0) {
        unmap(b, buf); /* not while the ring has an entry for every buffer */
        set_state(b, buf, VIRTIO_BUFFER_WAITING);
        return ret;
    }
    set_state(b, buf, VIRTIO_BUFFER_POSTED);
    return 0;
}

int virtio_buffers_fill(struct virtio_buffers *b)
{
    int ret = 0;

    virtqueue_lock(&b->vq);
    for (uint16_t i = 0; i < b->count; i++) {
        if (b->bufs[i].state == VIRTIO_BUFFER_HELD) {
            int posted = virtio_buffers_post(b, &b->bufs[i]);

            ret = ret != 0 ? ret : posted;
        }
    }
    virtqueue_kick(&b->vq);
    virtqueue_unlock(&b->vq);
    return ret;
}

void virtio_buffers_retry(struct virtio_buffers *b)
{
    for (uint16_t i = 0; b->waiting != 0 && i < b->count; i++) {
        if (b->bufs[i].state == VIRTIO_BUFFER_WAITING && virtio_buffers_post(b, &b->bufs[i]) != 0) {
            return;
        }
    }
}

int virtio_buffers_take(struct virtio_buffers *b, struct virtio_buffer **buf, uint32_t *len)
{
    void *cookie;
    int ret = virtqueue_get_used(&b->vq, &cookie, len);

    if (ret > 0) {
        *buf = cookie;
        unmap(b, *buf);
        set_state(b, *buf, VIRTIO_BUFFER_HELD);
    }
    return ret;
}

void virtio_buffers_reclaim(struct virtio_buffers *b)
{
    struct virtio_buffer *buf;
    uint16_t cursor = 0;

    if (b->vq.dev == NULL) {
        return;
    }
    virtqueue_lock(&b->vq);
    while ((buf = virtqueue_detach(&b->vq, &cursor)) != NULL) {
        unmap(b, buf);
        set_state(b, buf, VIRTIO_BUFFER_HELD);
    }
    for (uint16_t i = 0; b->bufs != NULL && i < b->count; i++) {
        set_state(b, &b->bufs[i], VIRTIO_BUFFER_HELD);
    }
    virtqueue_unlock(&b->vq);
}
