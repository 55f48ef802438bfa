/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources of the GPU, v1.2 5.7.6.8: pixels on the device's side, and the guest memory behind
 * them, which no chain holds: the permission map is asked whenever it is used, and it must not go
 * away while it is attached.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "gpu.h"

/* The names of the specification give the order of the bytes in memory. */
static const struct gpu_format formats[] = {
    {1, 2, 1, 0, 3},   /* B8G8R8A8 */
    {2, 2, 1, 0, -1},  /* B8G8R8X8 */
    {3, 1, 2, 3, 0},   /* A8R8G8B8 */
    {4, 1, 2, 3, -1},  /* X8R8G8B8 */
    {67, 0, 1, 2, 3},  /* R8G8B8A8 */
    {68, 3, 2, 1, -1}, /* X8B8G8R8 */
    {121, 3, 2, 1, 0}, /* A8B8G8R8 */
    {134, 0, 1, 2, -1} /* R8G8B8X8 */
};

static const struct gpu_format *find_format(uint32_t code)
{
    for (unsigned i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (formats[i].code == code)
            return &formats[i];
    return NULL;
}

struct gpu_resource *gpu_find(const struct model_gpu *gpu, uint32_t id)
{
    struct gpu_resource *r = gpu->resources;

    while (r && r->id != id)
        r = r->next;
    return r;
}

struct gpu_resource *gpu_known(struct gpu_command *cmd, uint32_t id, enum model_rule_id rule)
{
    struct model_gpu *gpu = cmd->gpu;
    struct gpu_resource *r = gpu_find(gpu, id);

    rule_check(gpu->dev.board, rule, r != NULL || gpu->refused, gpu->dev.slot,
               "%s in chain %u: resource %u does not exist", GPU_LABEL(cmd), id);
    return r;
}

/* ---- rectangles ---- */

struct gpu_rect gpu_rect_at(const struct gpu_command *cmd, unsigned at)
{
    return (struct gpu_rect){load_le32(cmd->raw + at), load_le32(cmd->raw + at + 4),
                             load_le32(cmd->raw + at + 8), load_le32(cmd->raw + at + 12)};
}

bool gpu_inside(const struct gpu_rect *r, uint32_t width, uint32_t height)
{
    return r->width && r->height && r->x < width && r->y < height && r->width <= width - r->x &&
           r->height <= height - r->y;
}

/* Both lie within a resource, so that nothing overflows. */
static void grow(struct gpu_rect *box, const struct gpu_rect *r)
{
    if (box->width == 0) {
        *box = *r;
        return;
    }
    const uint32_t right =
        box->x + box->width > r->x + r->width ? box->x + box->width : r->x + r->width;
    const uint32_t bottom =
        box->y + box->height > r->y + r->height ? box->y + box->height : r->y + r->height;
    box->x = box->x < r->x ? box->x : r->x;
    box->y = box->y < r->y ? box->y : r->y;
    box->width = right - box->x;
    box->height = bottom - box->y;
}

/* ---- life ---- */

static void drop_backing(struct gpu_resource *r)
{
    free(r->entry);
    r->entry = NULL;
    r->n_entries = 0;
    r->backing_bytes = 0;
    r->attached = r->gone = r->disputed = false;
}

static void drop(struct model_gpu *gpu, struct gpu_resource *r)
{
    struct gpu_resource **at = &gpu->resources;

    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    gpu->memory_used -= (uint64_t)r->width * r->height * GPU_PIXEL_BYTES;
    drop_backing(r);
    free(r->pixels);
    free(r);
}

void gpu_drop_all(struct model_gpu *gpu)
{
    while (gpu->resources)
        drop(gpu, gpu->resources);
}

static struct gpu_resource *make(struct model_gpu *gpu, uint32_t width, uint32_t height)
{
    const uint64_t room = (gpu->memory_limit - gpu->memory_used) / GPU_PIXEL_BYTES;

    if (width > room / height)
        return NULL;
    struct gpu_resource *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->pixels = calloc((size_t)width * height, GPU_PIXEL_BYTES);
    if (!r->pixels) {
        free(r);
        return NULL;
    }
    gpu->memory_used += (uint64_t)width * height * GPU_PIXEL_BYTES;
    r->width = width;
    r->height = height;
    r->next = gpu->resources;
    gpu->resources = r;
    return r;
}

uint32_t gpu_create(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    struct model_board *board = gpu->dev.board;
    const uint32_t id = load_le32(cmd->raw + 24), code = load_le32(cmd->raw + 28);
    const uint32_t width = load_le32(cmd->raw + 32), height = load_le32(cmd->raw + 36);
    const struct gpu_format *format = find_format(code);

    if (!rule_check(board, MODEL_RULE_DRV_GPU_016, id != 0, gpu->dev.slot,
                    "%s in chain %u: resource id 0", GPU_LABEL(cmd)))
        return R_ERR_INVALID_RESOURCE;
    if (gpu_find(gpu, id)) {
        rule_check(board, MODEL_RULE_DRV_GPU_016, gpu->refused, gpu->dev.slot,
                   "%s in chain %u: resource %u exists already", GPU_LABEL(cmd), id);
        return R_ERR_INVALID_RESOURCE;
    }
    if (!rule_check(board, MODEL_RULE_DRV_GPU_018, format != NULL, gpu->dev.slot,
                    "%s in chain %u: format %u is none", GPU_LABEL(cmd), code))
        return R_ERR_INVALID_PARAM;
    struct gpu_resource *r = width && height ? make(gpu, width, height) : NULL;
    if (!r) {
        gpu->refused = true;
        return width && height ? R_ERR_OUT_OF_MEMORY : R_ERR_INVALID_PARAM;
    }
    r->id = id;
    r->format = format;
    trace(board, gpu->dev.slot, "gpu: resource %u, %ux%u, format %u", id, width, height, code);
    return R_OK_NODATA;
}

uint32_t gpu_unref(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    const uint32_t id = load_le32(cmd->raw + 24);
    struct gpu_resource *r = gpu_known(cmd, id, MODEL_RULE_DRV_GPU_016);

    if (!r)
        return R_ERR_INVALID_RESOURCE;
    for (unsigned i = 0; i < gpu->num_scanouts; i++)
        if (gpu->scanout[i].resource_id == id)
            gpu_scanout_off(&gpu->scanout[i]);
    drop(gpu, r);
    return R_OK_NODATA;
}

/* ---- backing ---- */

/* The memory of an entry, NULL after having recorded why the device may not have it. */
static const uint8_t *entry_ptr(struct model_gpu *gpu, struct gpu_resource *r,
                                const struct gpu_entry *e)
{
    struct model_board *board = gpu->dev.board;
    enum mem_why why;

    if (r->gone)
        return NULL;
    const uint8_t *p = mem_device_ptr(&board->mem, e->gpa, e->len, MODEL_DMA_TO_DEVICE, &why);
    board->rule_checks[MODEL_RULE_MEM_006]++;
    board->rule_checks[MODEL_RULE_MEM_007]++;
    if (!p) {
        rule_breach(board, why == MEM_WHY_DIRECTION ? MODEL_RULE_MEM_007 : MODEL_RULE_MEM_006,
                    gpu->dev.slot, "backing %#llx+%u of resource %u is %s",
                    (unsigned long long)e->gpa, e->len, r->id,
                    why == MEM_WHY_DIRECTION ? "not mapped for the device to read"
                                             : "not in one mapped block");
        r->gone = true;
    }
    return p;
}

static bool read_entries(struct gpu_command *cmd, struct gpu_resource *r, uint32_t n)
{
    struct model_gpu *gpu = cmd->gpu;

    for (uint32_t i = 0; i < n; i++) {
        struct gpu_entry *e = &r->entry[i];
        uint8_t raw[GPU_ENTRY_BYTES];
        if (chain_read(cmd->chain, 32 + (uint64_t)i * GPU_ENTRY_BYTES, raw, sizeof(raw)) !=
            sizeof(raw))
            return false;
        e->gpa = load_le64(raw);
        e->len = load_le32(raw + 8);
        rule_check(gpu->dev.board, MODEL_RULE_DRV_GPU_020, load_le32(raw + 12) == 0, gpu->dev.slot,
                   "%s in chain %u: padding of entry %u is %#x, expected 0", GPU_LABEL(cmd), i,
                   load_le32(raw + 12));
        if (!entry_ptr(gpu, r, e))
            return false;
        r->backing_bytes += e->len;
        r->n_entries = i + 1;
    }
    return true;
}

uint32_t gpu_attach(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    const uint32_t id = load_le32(cmd->raw + 24), n = load_le32(cmd->raw + 28);
    const uint64_t given = cmd->chain->readable_bytes - 32;

    if (!rule_check(gpu->dev.board, MODEL_RULE_DRV_GPU_017,
                    n != 0 && given == (uint64_t)n * GPU_ENTRY_BYTES, gpu->dev.slot,
                    "%s in chain %u: %u entries announced, %llu bytes of them given",
                    GPU_LABEL(cmd), n, (unsigned long long)given))
        return R_ERR_INVALID_PARAM;
    struct gpu_resource *r = gpu_known(cmd, id, MODEL_RULE_DRV_GPU_016);
    if (!r)
        return R_ERR_INVALID_RESOURCE;
    if (r->attached)
        return R_ERR_UNSPEC;
    r->entry = calloc(n, sizeof(r->entry[0]));
    if (!r->entry) {
        gpu->refused = true;
        return R_ERR_OUT_OF_MEMORY;
    }
    if (!read_entries(cmd, r, n)) {
        drop_backing(r);
        return R_ERR_UNSPEC;
    }
    r->attached = true;
    r->disputed = cmd->struck == MODEL_FAULT_GPU_HOSTILE; /* the answer may be any error */
    return R_OK_NODATA;
}

uint32_t gpu_detach(struct gpu_command *cmd)
{
    struct gpu_resource *r = gpu_known(cmd, load_le32(cmd->raw + 24), MODEL_RULE_DRV_GPU_016);

    if (!r)
        return R_ERR_INVALID_RESOURCE;
    if (!r->attached)
        return R_ERR_UNSPEC;
    drop_backing(r);
    return R_OK_NODATA;
}

/* A faulty ring told the driver that some command is done which was not even begun. */
static bool misled(const struct model_device *dev)
{
    for (unsigned i = 0; i < dev->n_inflight; i++)
        if (ring_told_used(dev->inflight[i]->q, dev->inflight[i]->head))
            return true;
    return false;
}

void gpu_memory_going(struct model_device *dev, uint64_t gpa, uint64_t len)
{
    struct model_gpu *gpu = to_gpu(dev);

    for (struct gpu_resource *r = gpu->resources; r; r = r->next)
        for (uint32_t i = 0; i < r->n_entries && !r->gone; i++) {
            const struct gpu_entry *e = &r->entry[i];
            dev->board->rule_checks[MODEL_RULE_DRV_GPU_024]++;
            if (e->gpa >= gpa + len || gpa >= e->gpa + e->len)
                continue;
            r->gone = true;
            if (!r->disputed && !misled(dev))
                rule_breach(dev->board, MODEL_RULE_DRV_GPU_024, dev->slot,
                            "memory %#llx given back while attached to resource %u%s",
                            (unsigned long long)gpa, r->id,
                            dev->reset_pending ? " (the reset is not done)" : "");
        }
}

/* Copies from the backing at `off`; the caller has seen that it is long enough. */
static bool backing_read(struct model_gpu *gpu, struct gpu_resource *r, uint64_t off, uint8_t *to,
                         uint64_t len)
{
    for (uint32_t i = 0; i < r->n_entries && len; i++) {
        const struct gpu_entry *e = &r->entry[i];
        if (off >= e->len) {
            off -= e->len;
            continue;
        }
        const uint64_t n = len < e->len - off ? len : e->len - off;
        const uint8_t *p = entry_ptr(gpu, r, e);
        if (!p)
            return false;
        memcpy(to, p + off, n);
        gpu->dev.count.bytes_read += n;
        to += n;
        len -= n;
        off = 0;
    }
    return len == 0;
}

/* Bounds of a transfer; false: it cannot be carried out. */
static bool check_transfer(const struct gpu_command *cmd, const struct gpu_resource *r,
                           const struct gpu_rect *box, uint64_t off)
{
    struct model_device *dev = &cmd->gpu->dev;
    const uint64_t stride = (uint64_t)r->width * GPU_PIXEL_BYTES;

    if (!rule_check(dev->board, MODEL_RULE_DRV_GPU_031, gpu_inside(box, r->width, r->height),
                    dev->slot, "%s in chain %u: %ux%u at %u,%u of resource %u, which is %ux%u",
                    GPU_LABEL(cmd), box->width, box->height, box->x, box->y, r->id, r->width,
                    r->height))
        return false;
    const uint64_t expected = box->y * stride + (uint64_t)box->x * GPU_PIXEL_BYTES;
    const uint64_t span = (box->height - 1) * stride + (uint64_t)box->width * GPU_PIXEL_BYTES;
    rule_check(dev->board, MODEL_RULE_DRV_GPU_031, off == expected, dev->slot,
               "%s in chain %u: offset %llu for %u,%u, expected %llu", GPU_LABEL(cmd),
               (unsigned long long)off, box->x, box->y, (unsigned long long)expected);
    return rule_check(dev->board, MODEL_RULE_DRV_GPU_031,
                      off <= r->backing_bytes && span <= r->backing_bytes - off, dev->slot,
                      "%s in chain %u: %llu bytes at %llu of a backing of %llu", GPU_LABEL(cmd),
                      (unsigned long long)span, (unsigned long long)off,
                      (unsigned long long)r->backing_bytes);
}

uint32_t gpu_transfer(struct gpu_command *cmd)
{
    struct model_gpu *gpu = cmd->gpu;
    const struct gpu_rect box = gpu_rect_at(cmd, 24);
    const uint64_t off = load_le64(cmd->raw + 40);
    struct gpu_resource *r = gpu_known(cmd, load_le32(cmd->raw + 48), MODEL_RULE_DRV_GPU_016);

    if (!r)
        return R_ERR_INVALID_RESOURCE;
    if (!rule_check(gpu->dev.board, MODEL_RULE_DRV_GPU_009, r->attached || gpu->refused,
                    gpu->dev.slot, "%s in chain %u: resource %u has no backing", GPU_LABEL(cmd),
                    r->id) ||
        !r->attached)
        return R_ERR_UNSPEC;
    if (!check_transfer(cmd, r, &box, off))
        return R_ERR_INVALID_PARAM;
    const uint64_t stride = (uint64_t)r->width * GPU_PIXEL_BYTES;
    const bool whole = box.width == r->width;
    const uint64_t line = whole ? stride * box.height : (uint64_t)box.width * GPU_PIXEL_BYTES;
    uint8_t *to = r->pixels + box.y * stride + (uint64_t)box.x * GPU_PIXEL_BYTES;
    for (uint32_t y = 0; y < (whole ? 1 : box.height); y++)
        if (!backing_read(gpu, r, off + y * stride, to + y * stride, line))
            return R_ERR_UNSPEC;
    grow(&r->loaded, &box);
    r->load_fenced = (cmd->flags & GPU_FLAG_FENCE) != 0;
    gpu->stats.transfers++;
    gpu->stats.transferred_bytes += (uint64_t)box.width * box.height * GPU_PIXEL_BYTES;
    gpu_fault_corrupt(gpu, r, &box);
    return R_OK_NODATA;
}
