/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources of the GPU and the memory behind them (virtio v1.2 section 5.7.6.8).
 *
 * A resource is a slot of a fixed table. The call that changes one marks it busy and is its owner
 * until it is done; everybody else looks at it under the device's lock. Memory that was attached is
 * unmapped when the device has said that it let it go, or was reset, and on no other word.
 */
#include "virtio_gpu_priv.h"

struct virtio_gpu_resource *virtio_gpu_find(struct virtio_gpu *gpu, uint32_t id)
{
    for (unsigned i = 0; id != 0 && i < VIRTIO_GPU_RESOURCES_MAX; i++) {
        if (gpu->resources[i].id == id) {
            return &gpu->resources[i];
        }
    }
    return NULL;
}

/* ---- memory ---- */

static void unmap_all(struct virtio_gpu *gpu, struct virtio_gpu_resource *res)
{
    while (res->num_mem > 0) {
        struct virtio_gpu_mapping *m = &res->mem[--res->num_mem];

        virtio_port_dma_unmap(gpu->dev.window.ctx, m->dma, m->ptr, m->len, VIRTIO_DMA_TO_DEVICE);
    }
}

static void free_entries(struct virtio_gpu *gpu, struct virtio_gpu_resource *res)
{
    if (res->entries != NULL) {
        virtio_port_dma_free(gpu->dev.window.ctx, res->entries, res->entries_bytes,
                             res->entries_dma);
    }
    res->entries = NULL;
}

/* Context: thread, as memory can only be freed there. */
static void drop_memory(struct virtio_gpu *gpu, struct virtio_gpu_resource *res)
{
    unmap_all(gpu, res);
    free_entries(gpu, res);
    if (res->mem != NULL) {
        virtio_port_free(gpu->dev.window.ctx, res->mem);
    }
    res->mem = NULL;
}

static int map_all(struct virtio_gpu *gpu, struct virtio_gpu_resource *res,
                   const struct virtio_gpu_mem *mem, unsigned count)
{
    struct gpu_wire_entry *entries = res->entries;

    while (res->num_mem < count) {
        struct virtio_gpu_mapping *m = &res->mem[res->num_mem];
        struct gpu_wire_entry *e = &entries[res->num_mem];

        m->ptr = mem[res->num_mem].ptr;
        m->len = mem[res->num_mem].len;
        if (virtio_port_dma_map(gpu->dev.window.ctx, m->ptr, m->len, VIRTIO_DMA_TO_DEVICE,
                                &m->dma) != 0) {
            return -ENOMEM;
        }
        e->addr = virtio_le64(m->dma);
        e->length = virtio_le32(m->len);
        e->padding = 0;
        res->num_mem++;
    }
    return 0;
}

static int take_memory(struct virtio_gpu *gpu, struct virtio_gpu_resource *res,
                       const struct virtio_gpu_mem *mem, unsigned count)
{
    virtio_port_ctx_t ctx = gpu->dev.window.ctx;
    int ret = -ENOMEM;

    res->entries_bytes = count * sizeof(struct gpu_wire_entry);
    res->mem = virtio_port_alloc(ctx, count * sizeof(res->mem[0]));
    res->entries = virtio_port_dma_alloc(ctx, res->entries_bytes, 16, &res->entries_dma);
    if (res->mem != NULL && res->entries != NULL) {
        ret = map_all(gpu, res, mem, count);
    }
    if (ret != 0) {
        drop_memory(gpu, res);
    }
    return ret;
}

/* The device was reset and nobody uses the resource, which is the caller's: it is no more. The
 * lists are freed by the next owner, as this may be an interrupt. */
static void make_void(struct virtio_gpu *gpu, struct virtio_gpu_resource *res)
{
    virtio_port_irqflags_t flags;

    unmap_all(gpu, res);
    flags = virtio_gpu_lock(gpu);
    res->id = 0;
    res->stale = false;
    res->doomed = false;
    res->busy = false;
    virtio_gpu_unlock(gpu, flags);
}

void virtio_gpu_resources_void(struct virtio_gpu *gpu)
{
    for (unsigned i = 0; i < VIRTIO_GPU_RESOURCES_MAX; i++) {
        struct virtio_gpu_resource *res = &gpu->resources[i];
        virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
        bool mine = !res->busy && res->updates == 0;

        res->stale = !mine; /* the call that uses it finds out when it ends */
        res->busy = res->busy || mine;
        virtio_gpu_unlock(gpu, flags);
        if (mine) {
            make_void(gpu, res);
        }
    }
}

void virtio_gpu_resource_put(struct virtio_gpu *gpu, struct virtio_gpu_resource *res, bool filled)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool mine;

    res->updates--;
    res->filled = res->filled || filled;
    mine = res->stale && !res->busy && res->updates == 0;
    res->busy = res->busy || mine;
    virtio_gpu_unlock(gpu, flags);
    if (mine) {
        make_void(gpu, res);
    }
}

void virtio_gpu_resources_free(struct virtio_gpu *gpu)
{
    for (unsigned i = 0; i < VIRTIO_GPU_RESOURCES_MAX; i++) {
        drop_memory(gpu, &gpu->resources[i]);
        gpu->resources[i].id = 0;
    }
}

/* ---- owners ---- */

/* Makes the caller the owner of a resource that nobody uses. */
static int begin(struct virtio_gpu *gpu, uint32_t id, struct virtio_gpu_resource **out)
{
    virtio_port_irqflags_t flags;
    struct virtio_gpu_resource *res;
    int ret = 0;

    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    flags = virtio_gpu_lock(gpu);
    res = virtio_gpu_find(gpu, id);
    if (res == NULL) {
        ret = virtio_gpu_no_resource(gpu);
    } else if (res->doomed) {
        ret = -EIO;
    } else if (res->busy || res->updates != 0) {
        ret = -EBUSY;
    } else {
        res->busy = true;
    }
    virtio_gpu_unlock(gpu, flags);
    *out = res;
    return ret;
}

/* Ends the ownership; `gone`: the resource is no more. */
static void end(struct virtio_gpu *gpu, struct virtio_gpu_resource *res, bool gone)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);

    if (res->stale) {
        virtio_gpu_unlock(gpu, flags);
        drop_memory(gpu, res);
        gone = true;
        flags = virtio_gpu_lock(gpu);
    }
    if (gone) {
        res->id = 0;
        res->doomed = false;
    }
    res->stale = false;
    res->busy = false;
    virtio_gpu_unlock(gpu, flags);
}

/* A free slot with a new id, owned by the caller. */
static struct virtio_gpu_resource *new_resource(struct virtio_gpu *gpu)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    struct virtio_gpu_resource *res = NULL;

    for (unsigned i = 0; i < VIRTIO_GPU_RESOURCES_MAX && res == NULL; i++) {
        struct virtio_gpu_resource *r = &gpu->resources[i];

        if (r->id == 0 && !r->busy && r->updates == 0) {
            res = r;
        }
    }
    if (res != NULL) {
        do {
            gpu->next_id++;
        } while (gpu->next_id == 0 || virtio_gpu_find(gpu, gpu->next_id) != NULL);
        res->id = gpu->next_id;
        res->busy = true;
        res->filled = false;
    }
    virtio_gpu_unlock(gpu, flags);
    return res;
}

/* ---- commands ---- */

static bool known_format(enum virtio_gpu_format format)
{
    switch (format) {
    case VIRTIO_GPU_FORMAT_B8G8R8A8:
    case VIRTIO_GPU_FORMAT_B8G8R8X8:
    case VIRTIO_GPU_FORMAT_A8R8G8B8:
    case VIRTIO_GPU_FORMAT_X8R8G8B8:
    case VIRTIO_GPU_FORMAT_R8G8B8A8:
    case VIRTIO_GPU_FORMAT_X8B8G8R8:
    case VIRTIO_GPU_FORMAT_A8B8G8R8:
    case VIRTIO_GPU_FORMAT_R8G8B8X8:
        return true;
    }
    return false;
}

int virtio_gpu_create(struct virtio_gpu *gpu, enum virtio_gpu_format format, uint32_t width,
                      uint32_t height, uint32_t *id, uint64_t timeout_us)
{
    struct gpu_wire_create command;
    struct virtio_gpu_resource *res;
    uint64_t fence = 0;
    int ret;

    *id = 0;
    if (!known_format(format) || width == 0 || width > VIRTIO_GPU_MODE_MAX || height == 0 ||
        height > VIRTIO_GPU_MODE_MAX) {
        return -EINVAL;
    }
    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    res = new_resource(gpu);
    if (res == NULL) {
        return -ENOSPC;
    }
    drop_memory(gpu, res); /* lists that a reset left */
    res->width = width;
    res->height = height;
    if (virtio_gpu_is_cursor(res)) {
        fence = virtio_gpu_new_fence(gpu);
    }
    virtio_gpu_header(gpu, &command.header, GPU_RESOURCE_CREATE_2D, fence);
    command.resource_id = virtio_le32(res->id);
    command.format = virtio_le32((uint32_t)format);
    command.width = virtio_le32(width);
    command.height = virtio_le32(height);
    ret = virtio_gpu_run(gpu, &command, sizeof(command), NULL, fence, timeout_us);
    *id = ret == 0 ? res->id : 0;
    /* Whatever the device made of it: the id is not used again. */
    end(gpu, res, ret != 0);
    return virtio_gpu_public(ret);
}

/* RESOURCE_UNREF or DETACH_BACKING. */
static int run_number(struct virtio_gpu *gpu, uint32_t type, const struct virtio_gpu_resource *res,
                      uint64_t timeout_us)
{
    struct gpu_wire_number command = {.id = virtio_le32(res->id)};

    virtio_gpu_header(gpu, &command.header, type, 0);
    return virtio_gpu_run(gpu, &command, sizeof(command), NULL, 0, timeout_us);
}

static bool mem_is_enough(const struct virtio_gpu_resource *res, const struct virtio_gpu_mem *mem,
                          unsigned count)
{
    uint64_t total = 0;

    for (unsigned i = 0; i < count; i++) {
        if (mem[i].ptr == NULL || mem[i].len == 0) {
            return false;
        }
        total += mem[i].len;
    }
    return total >= (uint64_t)res->width * res->height * GPU_PIXEL_BYTES;
}

/* The resource is the caller's. */
static int attach(struct virtio_gpu *gpu, struct virtio_gpu_resource *res,
                  const struct virtio_gpu_mem *mem, unsigned count, uint64_t timeout_us)
{
    struct gpu_wire_number command = {.id = virtio_le32(res->id), .count = virtio_le32(count)};
    struct virtio_sg entries;
    int ret;

    if (res->num_mem != 0) {
        return -EBUSY;
    }
    if (!mem_is_enough(res, mem, count)) {
        return -EINVAL;
    }
    ret = take_memory(gpu, res, mem, count);
    if (ret != 0) {
        return ret;
    }
    entries.dma = res->entries_dma;
    entries.len = (uint32_t)res->entries_bytes;
    virtio_gpu_header(gpu, &command.header, GPU_RESOURCE_ATTACH_BACKING, 0);
    ret = virtio_gpu_run(gpu, &command, sizeof(command), &entries, 0, timeout_us);
    if (ret == 0) {
        free_entries(gpu, res);
    } else if (ret == -ETIMEDOUT || ret == -EPROTO) {
        res->doomed = true; /* it may have the memory, or take it yet */
    } else {
        drop_memory(gpu, res);
    }
    return ret;
}

int virtio_gpu_attach(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_mem *mem,
                      unsigned count, uint64_t timeout_us)
{
    struct virtio_gpu_resource *res;
    int ret;

    if (mem == NULL || count == 0) {
        return -EINVAL;
    }
    if (count > VIRTIO_GPU_BACKING_MAX) {
        return -EMSGSIZE;
    }
    ret = begin(gpu, id, &res);
    if (ret != 0) {
        return ret;
    }
    ret = attach(gpu, res, mem, count, timeout_us);
    end(gpu, res, false);
    return virtio_gpu_public(ret);
}

/* The resource is the caller's. */
static int detach(struct virtio_gpu *gpu, struct virtio_gpu_resource *res, uint64_t timeout_us)
{
    int ret = run_number(gpu, GPU_RESOURCE_DETACH_BACKING, res, timeout_us);

    if (ret == 0) {
        drop_memory(gpu, res);
    } else if (ret == -ETIMEDOUT) {
        res->doomed = true;
    }
    return ret;
}

int virtio_gpu_detach(struct virtio_gpu *gpu, uint32_t id, uint64_t timeout_us)
{
    struct virtio_gpu_resource *res;
    int ret = begin(gpu, id, &res);

    if (ret != 0) {
        return ret;
    }
    ret = res->num_mem == 0 ? -EINVAL : detach(gpu, res, timeout_us);
    end(gpu, res, false);
    return virtio_gpu_public(ret);
}

int virtio_gpu_unref(struct virtio_gpu *gpu, uint32_t id, uint64_t timeout_us)
{
    struct virtio_gpu_resource *res;
    int ret = begin(gpu, id, &res);

    if (ret != 0) {
        return ret;
    }
    if (res->num_mem != 0) {
        ret = detach(gpu, res, timeout_us);
    }
    if (ret != -ETIMEDOUT) {
        /* Without the resource there is no memory behind it, so this is worth a try anyway. */
        ret = run_number(gpu, GPU_RESOURCE_UNREF, res, timeout_us);
    }
    if (ret == 0) {
        drop_memory(gpu, res);
    } else if (ret == -ETIMEDOUT) {
        res->doomed = true;
    }
    end(gpu, res, ret == 0);
    return virtio_gpu_public(ret);
}

int virtio_gpu_set_scanout(struct virtio_gpu *gpu, unsigned scanout, uint32_t id,
                           const struct virtio_gpu_rect *rect, uint64_t timeout_us)
{
    struct gpu_wire_set_scanout command;
    const struct virtio_gpu_resource *res;
    virtio_port_irqflags_t flags;
    bool usable;

    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    if (scanout >= gpu->num_scanouts) {
        return -EINVAL;
    }
    memset(&command, 0, sizeof(command));
    if (id != 0) {
        flags = virtio_gpu_lock(gpu);
        res = virtio_gpu_find(gpu, id);
        usable = rect != NULL && res != NULL && !res->doomed && res->num_mem != 0 &&
                 virtio_gpu_rect_inside(rect, res->width, res->height);
        virtio_gpu_unlock(gpu, flags);
        if (!usable) {
            return virtio_gpu_no_resource(gpu);
        }
        command.rect = virtio_gpu_wire_rect(rect);
    }
    virtio_gpu_header(gpu, &command.header, GPU_SET_SCANOUT, 0);
    command.scanout_id = virtio_le32((uint32_t)scanout);
    command.resource_id = virtio_le32(id);
    return virtio_gpu_public(virtio_gpu_run(gpu, &command, sizeof(command), NULL, 0, timeout_us));
}
