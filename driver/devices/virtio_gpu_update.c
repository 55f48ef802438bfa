/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the caller's memory to the screen (virtio v1.2 section 5.7.6.2): what changed is transferred
 * and flushed, as few rectangles as that takes, all commands with one notification.
 */
#include "virtio_gpu_priv.h"

/* ---- damage ---- */

static uint32_t area(const struct virtio_gpu_rect *r)
{
    return r->width * r->height; /* inside a resource: at most 2^28 */
}

static struct virtio_gpu_rect united(const struct virtio_gpu_rect *a,
                                     const struct virtio_gpu_rect *b)
{
    uint32_t right = a->x + a->width > b->x + b->width ? a->x + a->width : b->x + b->width;
    uint32_t bottom = a->y + a->height > b->y + b->height ? a->y + a->height : b->y + b->height;
    struct virtio_gpu_rect r = {
        .x = a->x < b->x ? a->x : b->x,
        .y = a->y < b->y ? a->y : b->y,
    };

    r.width = right - r.x;
    r.height = bottom - r.y;
    return r;
}

/* Pixels that two rectangles cost more when they are one; negative when they overlap. */
static int32_t cost(const struct virtio_gpu_rect *a, const struct virtio_gpu_rect *b)
{
    struct virtio_gpu_rect both = united(a, b);

    return (int32_t)area(&both) - (int32_t)area(a) - (int32_t)area(b);
}

/* The two of the list whose union costs least. */
static int32_t cheapest(const struct virtio_gpu_rect *list, unsigned n, unsigned *first,
                        unsigned *second)
{
    int32_t best = INT32_MAX;

    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = i + 1u; j < n; j++) {
            int32_t c = cost(&list[i], &list[j]);

            if (c < best) {
                best = c;
                *first = i;
                *second = j;
            }
        }
    }
    return best;
}

/* Merges until nothing is gained and there are at most `max`. Each round takes one away. */
static unsigned merge(struct virtio_gpu_rect *list, unsigned n, unsigned max)
{
    unsigned i = 0;
    unsigned j = 0;

    while (n > 1u && (cheapest(list, n, &i, &j) <= 0 || n > max)) {
        list[i] = united(&list[i], &list[j]);
        list[j] = list[--n];
    }
    return n;
}

/* Gathers the damage in `list` (VIRTIO_GPU_DAMAGE_MAX + 1 places). Returns how many rectangles it
 * is, 0: one of them is not inside the resource. */
static unsigned gather(const struct gpu_update *u, uint32_t width, uint32_t height, unsigned max,
                       struct virtio_gpu_rect *list)
{
    unsigned n = 0;

    for (unsigned i = 0; i < u->count; i++) {
        if (!virtio_gpu_rect_inside(&u->damage[i], width, height)) {
            return 0;
        }
        list[n++] = u->damage[i];
        if (n > max) {
            n = merge(list, n, max);
        }
    }
    return merge(list, n, max);
}

/* ---- commands ---- */

/* `n` commands have ended, or will not be sent. */
static void put(struct virtio_gpu_op *op, unsigned n, int error)
{
    struct virtio_gpu *gpu = op->gpu;
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    bool last;

    if (error != 0 && op->result == 0) {
        op->result = error;
    }
    op->pending = (uint16_t)(op->pending - n);
    last = op->pending == 0;
    virtio_gpu_unlock(gpu, flags);
    if (last) {
        virtio_gpu_resource_put(gpu, op->res, op->fills && op->result == 0);
        virtio_gpu_op_done(op, op->result);
    }
}

static void command_done(struct virtio_command_queue *q, void *cookie, int error,
                         const void *answer, uint32_t len)
{
    const struct virtio_gpu_fenced *fenced = cookie;
    const struct gpu_expected expected = {GPU_OK_NODATA, sizeof(struct gpu_wire_header),
                                          fenced->fence};
    struct virtio_gpu_op *op = fenced->op;

    (void)q;
    if (error == 0) {
        error = virtio_gpu_check(op->gpu, answer, len, &expected);
    }
    put(op, 1, error);
}

/* Puts one command on the ring; its header is filled in here. The last one of an update may be
 * answered before this returns, and the update be over. */
static int issue(struct virtio_gpu_op *op, uint32_t type, struct gpu_wire_header *command,
                 uint32_t len)
{
    struct virtio_gpu *gpu = op->gpu;
    struct virtio_gpu_fenced *fenced = &op->commands[op->issued++];
    const struct virtio_piece piece = {command, len};
    virtio_port_irqflags_t flags;
    int ret;

    fenced->op = op;
    fenced->fence =
        gpu->params.fences || virtio_gpu_is_cursor(op->res) ? virtio_gpu_new_fence(gpu) : 0;
    virtio_gpu_header(gpu, command, type, fenced->fence);
    ret = virtio_command_submit(&gpu->control, &piece, 1, NULL, sizeof(struct gpu_wire_header),
                                command_done, fenced);
    if (ret != 0) {
        op->issued--;
        return ret;
    }
    flags = virtio_gpu_lock(gpu);
    gpu->stats.transfers += type == GPU_TRANSFER_TO_HOST_2D ? 1u : 0u;
    gpu->stats.flushes += type == GPU_RESOURCE_FLUSH ? 1u : 0u;
    virtio_gpu_unlock(gpu, flags);
    return 0;
}

/* Where in the pieces of a resource's memory a walk is: it only goes on, never back. */
struct sync_walk {
    const struct virtio_gpu_resource *res;
    uint32_t piece;
    uint64_t at; /* byte of the resource where the piece begins */
};

static void sync_bytes(struct virtio_gpu_op *op, struct sync_walk *w, uint64_t from, uint64_t to)
{
    while (w->piece < w->res->num_mem && w->at < to) {
        const struct virtio_gpu_mapping *m = &w->res->mem[w->piece];
        uint64_t first = from > w->at ? from - w->at : 0;
        uint64_t last = to - w->at < m->len ? to - w->at : m->len;

        if (first < last) {
            virtio_port_dma_sync(op->gpu->dev.window.ctx, m->dma, m->ptr, (size_t)first,
                                 (size_t)(last - first), VIRTIO_DMA_TO_DEVICE);
        }
        if (to < w->at + m->len) {
            return; /* the next bytes may be in this piece, too */
        }
        w->at += m->len;
        w->piece++;
    }
}

/* Shows the device what was drawn, row by row unless the rows are whole. The memory stays while an
 * update counts. */
static void sync_rect(struct virtio_gpu_op *op, uint32_t width, const struct virtio_gpu_rect *r)
{
    bool whole = r->width == width;
    uint32_t runs = whole ? 1u : r->height;
    uint64_t bytes = (uint64_t)r->width * (whole ? r->height : 1u) * GPU_PIXEL_BYTES;
    struct sync_walk w = {.res = op->res};

    for (uint32_t row = 0; row < runs; row++) {
        uint64_t from = ((uint64_t)(r->y + row) * width + r->x) * GPU_PIXEL_BYTES;

        sync_bytes(op, &w, from, from + bytes);
    }
}

static int issue_transfer(struct virtio_gpu_op *op, uint32_t id, uint32_t width,
                          const struct virtio_gpu_rect *r)
{
    struct gpu_wire_transfer command;
    uint64_t pixel = (uint64_t)r->y * width + r->x;

    sync_rect(op, width, r);
    memset(&command, 0, sizeof(command));
    command.rect = virtio_gpu_wire_rect(r);
    command.offset = virtio_le64(pixel * GPU_PIXEL_BYTES);
    command.resource_id = virtio_le32(id);
    return issue(op, GPU_TRANSFER_TO_HOST_2D, &command.header, sizeof(command));
}

static int issue_flush(struct virtio_gpu_op *op, uint32_t id, const struct virtio_gpu_rect *r)
{
    struct gpu_wire_flush command;

    memset(&command, 0, sizeof(command));
    command.rect = virtio_gpu_wire_rect(r);
    command.resource_id = virtio_le32(id);
    return issue(op, GPU_RESOURCE_FLUSH, &command.header, sizeof(command));
}

static int issue_show(struct virtio_gpu_op *op, unsigned scanout, uint32_t id,
                      const struct virtio_gpu_rect *r)
{
    struct gpu_wire_set_scanout command;

    memset(&command, 0, sizeof(command));
    command.rect = virtio_gpu_wire_rect(r);
    command.scanout_id = virtio_le32((uint32_t)scanout);
    command.resource_id = virtio_le32(id);
    return issue(op, GPU_SET_SCANOUT, &command.header, sizeof(command));
}

static int issue_all(struct virtio_gpu_op *op, const struct gpu_update *u,
                     const struct virtio_gpu_rect *list, unsigned n,
                     const struct virtio_gpu_rect *whole)
{
    int ret = 0;

    for (unsigned i = 0; u->transfer && i < n && ret == 0; i++) {
        ret = issue_transfer(op, u->id, whole->width, &list[i]);
    }
    if (u->show && ret == 0) {
        ret = issue_show(op, u->scanout, u->id, whole);
    }
    if (u->show && ret == 0) {
        return issue_flush(op, u->id, whole); /* the screen shows something else altogether */
    }
    for (unsigned i = 0; u->flush && i < n && ret == 0; i++) {
        ret = issue_flush(op, u->id, &list[i]);
    }
    return ret;
}

/* ---- updates ---- */

/* Ties a new update to its resource. */
static int use_resource(struct virtio_gpu *gpu, uint32_t id, struct virtio_gpu_op *op,
                        struct virtio_gpu_rect *whole)
{
    virtio_port_irqflags_t flags = virtio_gpu_lock(gpu);
    struct virtio_gpu_resource *res = virtio_gpu_find(gpu, id);
    int ret = 0;

    if (res == NULL || (res->num_mem == 0 && !res->busy)) {
        ret = virtio_gpu_no_resource(gpu);
    } else if (res->doomed) {
        ret = -EIO;
    } else if (res->busy) {
        ret = -EBUSY;
    } else {
        *whole = (struct virtio_gpu_rect){0, 0, res->width, res->height};
        res->updates++;
        op->res = res;
    }
    virtio_gpu_unlock(gpu, flags);
    return ret;
}

static unsigned commands_of(const struct gpu_update *u, unsigned rects)
{
    return (u->transfer ? rects : 0u) + (u->flush ? rects : 0u) + (u->show ? 2u : 0u);
}

/* Rectangles that an update may have, so that all of its commands fit on the ring at a time. */
static unsigned rects_max(const struct virtio_gpu *gpu, const struct gpu_update *u)
{
    unsigned max = VIRTIO_GPU_DAMAGE_MAX;

    while (max > 1u && commands_of(u, max) > gpu->capacity) {
        max--;
    }
    return max;
}

static int start(struct virtio_gpu_op *op, const struct gpu_update *u)
{
    struct virtio_gpu *gpu = op->gpu;
    struct virtio_gpu_rect list[VIRTIO_GPU_DAMAGE_MAX + 1u];
    struct virtio_gpu_rect whole = {0, 0, 0, 0};
    unsigned n;
    int ret = use_resource(gpu, u->id, op, &whole);

    if (ret != 0) {
        virtio_gpu_op_drop(op);
        return ret;
    }
    n = gather(u, whole.width, whole.height, rects_max(gpu, u), list);
    op->pending = (uint16_t)commands_of(u, n);
    op->fills = u->transfer && n == 1u && area(&list[0]) == area(&whole);
    if (n == 0) {
        ret = -EINVAL;
    } else if (virtio_command_outstanding(&gpu->control) + op->pending >
               gpu->capacity + (gpu->refresh.running ? 1u : 0u)) {
        ret = -EAGAIN; /* better nothing than half of it */
    } else {
        ret = issue_all(op, u, list, n, &whole);
    }
    if (ret != 0 && op->issued == 0) {
        virtio_gpu_resource_put(gpu, op->res, false);
        virtio_gpu_op_drop(op);
        return ret;
    }
    virtio_command_kick(&gpu->control);
    if (ret != 0) { /* half of it after all: it ends with those that were sent */
        put(op, commands_of(u, n) - op->issued, ret);
    }
    return 0;
}

static int check(const struct virtio_gpu *gpu, const struct gpu_update *u)
{
    if (!virtio_device_is_live(&gpu->dev)) {
        return -EIO;
    }
    return u->damage == NULL || u->count == 0 || (u->show && u->scanout >= gpu->num_scanouts)
               ? -EINVAL
               : 0;
}

int virtio_gpu_update_run(struct virtio_gpu *gpu, const struct gpu_update *update,
                          uint64_t timeout_us)
{
    struct virtio_gpu_op *op;
    int ret = check(gpu, update);

    if (ret != 0) {
        return ret;
    }
    op = virtio_gpu_op_take(gpu, true);
    if (op == NULL) {
        return -EAGAIN;
    }
    ret = start(op, update);
    return ret != 0 ? ret : virtio_gpu_op_wait(op, timeout_us);
}

int virtio_gpu_transfer(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_rect *rect,
                        uint64_t timeout_us)
{
    const struct gpu_update u = {.id = id, .damage = rect, .count = 1, .transfer = true};

    return virtio_gpu_update_run(gpu, &u, timeout_us);
}

int virtio_gpu_flush(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_rect *rect,
                     uint64_t timeout_us)
{
    const struct gpu_update u = {.id = id, .damage = rect, .count = 1, .flush = true};

    return virtio_gpu_update_run(gpu, &u, timeout_us);
}

int virtio_gpu_update(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_rect *damage,
                      unsigned count, uint64_t timeout_us)
{
    const struct gpu_update u = {
        .id = id, .damage = damage, .count = count, .transfer = true, .flush = true};

    return virtio_gpu_update_run(gpu, &u, timeout_us);
}

int virtio_gpu_update_async(struct virtio_gpu *gpu, uint32_t id,
                            const struct virtio_gpu_rect *damage, unsigned count,
                            virtio_gpu_done done, void *cookie)
{
    const struct gpu_update u = {
        .id = id, .damage = damage, .count = count, .transfer = true, .flush = true};
    struct virtio_gpu_op *op;
    int ret = check(gpu, &u);

    if (ret != 0) {
        return ret;
    }
    op = virtio_gpu_op_take(gpu, false);
    if (op == NULL) {
        return -EAGAIN;
    }
    op->done = done;
    op->cookie = cookie;
    return start(op, &u);
}
