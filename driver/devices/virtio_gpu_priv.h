/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the GPU driver share: commands and answers on the wire (virtio v1.2 sections
 * 5.7.6.7 to 5.7.6.10), all little-endian, and the ways to send them. */
#ifndef VIRTIO_GPU_PRIV_H
#define VIRTIO_GPU_PRIV_H

#include "virtio/virtio_gpu.h"
#include "../core/virtio_endian.h"

enum {
    GPU_GET_DISPLAY_INFO = 0x100,
    GPU_RESOURCE_CREATE_2D = 0x101,
    GPU_RESOURCE_UNREF = 0x102,
    GPU_SET_SCANOUT = 0x103,
    GPU_RESOURCE_FLUSH = 0x104,
    GPU_TRANSFER_TO_HOST_2D = 0x105,
    GPU_RESOURCE_ATTACH_BACKING = 0x106,
    GPU_RESOURCE_DETACH_BACKING = 0x107,
    GPU_GET_EDID = 0x10a,
    GPU_UPDATE_CURSOR = 0x300,
    GPU_MOVE_CURSOR = 0x301,
    GPU_OK_NODATA = 0x1100,
    GPU_OK_DISPLAY_INFO = 0x1101,
    GPU_OK_EDID = 0x1104,
    GPU_ERR_UNSPEC = 0x1200,
    GPU_ERR_OUT_OF_MEMORY = 0x1201,
    GPU_ERR_INVALID_SCANOUT_ID = 0x1202,
    GPU_ERR_INVALID_RESOURCE_ID = 0x1203,
    GPU_ERR_INVALID_CONTEXT_ID = 0x1204,
    GPU_ERR_INVALID_PARAMETER = 0x1205,
    GPU_ERR_LAST = 0x12ff,
};
#define GPU_FLAG_FENCE    1u
#define GPU_EVENT_DISPLAY 1u
#define GPU_PIXEL_BYTES   4u

struct gpu_wire_header {
    uint32_t type;
    uint32_t flags;
    uint64_t fence_id;
    uint32_t ctx_id;
    uint32_t padding;
};
struct gpu_wire_rect {
    uint32_t x, y, width, height;
};
/* GET_EDID, RESOURCE_UNREF, ATTACH_BACKING, DETACH_BACKING. */
struct gpu_wire_number {
    struct gpu_wire_header header;
    uint32_t id;    /* of the resource; the scanout */
    uint32_t count; /* entries that follow ATTACH_BACKING, else 0 */
};
struct gpu_wire_create {
    struct gpu_wire_header header;
    uint32_t resource_id;
    uint32_t format;
    uint32_t width, height;
};
struct gpu_wire_set_scanout {
    struct gpu_wire_header header;
    struct gpu_wire_rect rect;
    uint32_t scanout_id;
    uint32_t resource_id;
};
struct gpu_wire_flush {
    struct gpu_wire_header header;
    struct gpu_wire_rect rect;
    uint32_t resource_id;
    uint32_t padding;
};
struct gpu_wire_transfer {
    struct gpu_wire_header header;
    struct gpu_wire_rect rect;
    uint64_t offset;
    uint32_t resource_id;
    uint32_t padding;
};
struct gpu_wire_entry {
    uint64_t addr;
    uint32_t length;
    uint32_t padding;
};
struct gpu_wire_cursor {
    struct gpu_wire_header header;
    uint32_t scanout_id;
    uint32_t x, y;
    uint32_t pos_padding;
    uint32_t resource_id;
    uint32_t hot_x, hot_y;
    uint32_t padding;
};
struct gpu_wire_display {
    struct gpu_wire_rect rect;
    uint32_t enabled;
    uint32_t flags;
};
struct gpu_wire_displays {
    struct gpu_wire_header header;
    struct gpu_wire_display modes[VIRTIO_GPU_SCANOUTS_MAX];
};
struct gpu_wire_edid {
    struct gpu_wire_header header;
    uint32_t size;
    uint32_t padding;
    uint8_t edid[VIRTIO_GPU_EDID_MAX];
};
#define GPU_COMMAND_MAX sizeof(struct gpu_wire_transfer)

_Static_assert(sizeof(struct gpu_wire_header) == 24, "section 5.7.6.7");
_Static_assert(sizeof(struct gpu_wire_transfer) == 56, "section 5.7.6.8");
_Static_assert(sizeof(struct gpu_wire_cursor) == 56, "section 5.7.6.10");
_Static_assert(sizeof(struct gpu_wire_displays) == 408, "section 5.7.6.8");
_Static_assert(sizeof(struct gpu_wire_edid) == 1056, "section 5.7.6.8");

/* ---- virtio_gpu_command.c ---- */

/* What an answer should be like. */
struct gpu_expected {
    uint32_t type;
    uint32_t min_len;
    uint64_t fence; /* 0: none was asked for */
};
/* 0; what an error answer means (-ENOMEM, -EINVAL, -EIO); -EPROTO: the answer is nonsense, and what
 * became of the command is not known. Context: any. */
int virtio_gpu_check(struct virtio_gpu *gpu, const void *answer, uint32_t len,
                     const struct gpu_expected *expected);
/* Fills in the header of a command, and counts it. */
void virtio_gpu_header(struct virtio_gpu *gpu, struct gpu_wire_header *header, uint32_t type,
                       uint64_t fence);
uint64_t virtio_gpu_new_fence(struct virtio_gpu *gpu);
/* Sends a command without data in its answer and waits. What virtio_command_run and
 * virtio_gpu_check return. */
int virtio_gpu_run(struct virtio_gpu *gpu, const void *command, uint32_t len,
                   const struct virtio_sg *extra, uint64_t fence, uint64_t timeout_us);
/* As callers see it: nonsense is -EIO. */
static inline int virtio_gpu_public(int error)
{
    return error == -EPROTO ? -EIO : error;
}

/* Takes a free one, for a call that waits or not; NULL: none. It is given back by
 * virtio_gpu_op_wait, or by virtio_gpu_op_done when nobody waits. */
struct virtio_gpu_op *virtio_gpu_op_take(struct virtio_gpu *gpu, bool waited);
void virtio_gpu_op_drop(struct virtio_gpu_op *op); /* nothing was sent */
void virtio_gpu_op_done(struct virtio_gpu_op *op, int result);
int virtio_gpu_op_wait(struct virtio_gpu_op *op, uint64_t timeout_us);

/* ---- virtio_gpu_display.c ---- */

/* The device changed its displays: asks for them without waiting. Context: any. */
void virtio_gpu_refresh(struct virtio_gpu *gpu);
/* Room on the control queue: sends a query that found none. */
void virtio_gpu_refresh_due(struct virtio_gpu *gpu);

/* ---- virtio_gpu_edid.c ---- */

/* Asks without waiting; done gets an answer for virtio_gpu_edid_result, which keeps it. */
int virtio_gpu_send_edid(struct virtio_gpu *gpu, unsigned scanout, virtio_command_done done,
                         void *cookie);
int virtio_gpu_edid_result(struct virtio_gpu *gpu, unsigned scanout, int error, const void *answer,
                           uint32_t len);
/* Memory to keep them, for as many scanouts as there are now; -ENOMEM. Context: thread. */
int virtio_gpu_edids_make(struct virtio_gpu *gpu);
void virtio_gpu_edids_free(struct virtio_gpu *gpu);

/* ---- virtio_gpu_resource.c ---- */

static inline bool virtio_gpu_rect_inside(const struct virtio_gpu_rect *r, uint32_t width,
                                          uint32_t height)
{
    return r->width != 0 && r->height != 0 && r->x < width && r->y < height &&
           r->width <= width - r->x && r->height <= height - r->y;
}
/* Cursors have duties of their own (section 5.7.6.6). */
static inline bool virtio_gpu_is_cursor(const struct virtio_gpu_resource *res)
{
    return res->width == VIRTIO_GPU_CURSOR_SIZE && res->height == VIRTIO_GPU_CURSOR_SIZE;
}
/* The resource of that id, or NULL. [dev.lock] */
struct virtio_gpu_resource *virtio_gpu_find(struct virtio_gpu *gpu, uint32_t id);
/* What is wrong with an id that is not found: unknown, or gone with the device. */
static inline int virtio_gpu_no_resource(const struct virtio_gpu *gpu)
{
    return virtio_device_is_live(&gpu->dev) ? -EINVAL : -EIO;
}
/* The device was reset and owns nothing: unmaps what it had. Context: any. */
void virtio_gpu_resources_void(struct virtio_gpu *gpu);
/* An update of the resource has ended. Context: any. */
void virtio_gpu_resource_put(struct virtio_gpu *gpu, struct virtio_gpu_resource *res, bool filled);
/* Frees the memory of all of them. Context: thread. */
void virtio_gpu_resources_free(struct virtio_gpu *gpu);

/* ---- virtio_gpu_update.c ---- */

/* Transfers, shows and flushes in one go. */
struct gpu_update {
    uint32_t id;
    const struct virtio_gpu_rect *damage;
    unsigned count;
    bool transfer, flush;
    bool show; /* all of it on `scanout`, and flushes all of it */
    unsigned scanout;
};
int virtio_gpu_update_run(struct virtio_gpu *gpu, const struct gpu_update *update,
                          uint64_t timeout_us);

/* ---- virtio_gpu_cursor.c ---- */

/* Room on the cursor queue: sends the move that found none. */
void virtio_gpu_move_due(struct virtio_gpu *gpu);

/* ---- byte order ---- */

static inline struct gpu_wire_rect virtio_gpu_wire_rect(const struct virtio_gpu_rect *r)
{
    return (struct gpu_wire_rect){virtio_le32(r->x), virtio_le32(r->y), virtio_le32(r->width),
                                  virtio_le32(r->height)};
}

static inline virtio_port_irqflags_t virtio_gpu_lock(struct virtio_gpu *gpu)
{
    return virtio_port_lock(&gpu->dev.lock);
}
static inline void virtio_gpu_unlock(struct virtio_gpu *gpu, virtio_port_irqflags_t flags)
{
    virtio_port_unlock(&gpu->dev.lock, flags);
}

#endif
