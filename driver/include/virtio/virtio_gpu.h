/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-gpu driver, 2D (virtio v1.2 section 5.7). Legacy transports are driven too: the fields are
 * little-endian on both.
 *
 * Two levels: commands one by one (create a resource, attach memory, set a scanout, transfer,
 * flush, cursor), and a frame buffer (struct virtio_gpu_fb) that does what a display needs with one
 * or two buffers and damage rectangles.
 *
 * Memory: struct virtio_gpu is the caller's, zeroed before its first use, and must stay in place
 * until virtio_gpu_remove() returned 0. Memory attached to a resource is the caller's and is mapped
 * for the device to read until it is detached, or the device reset. Attaching takes a little memory
 * for the list of its pieces; nothing else allocates after probe. Context: as in virtio/virtio.h;
 * calls with a deadline are for threads, timeout_us 0 means VIRTIO_IO_TIMEOUT_US. No call may be
 * under way when virtio_gpu_remove() is.
 */
#ifndef VIRTIO_GPU_H
#define VIRTIO_GPU_H

#include "virtio/virtio_command.h"

#define VIRTIO_GPU_SCANOUTS_MAX 16u
#define VIRTIO_GPU_EDID_MAX     1024u
#define VIRTIO_GPU_CURSOR_SIZE  64u /* pixels, both ways */
#ifndef VIRTIO_GPU_RESOURCES_MAX
#define VIRTIO_GPU_RESOURCES_MAX 16u /* that a build can keep at a time */
#endif
#ifndef VIRTIO_GPU_BACKING_MAX
#define VIRTIO_GPU_BACKING_MAX 2048u /* pieces of memory of a resource */
#endif
#ifndef VIRTIO_GPU_UPDATES_MAX
#define VIRTIO_GPU_UPDATES_MAX 8u /* updates and queries in flight */
#endif
#define VIRTIO_GPU_DAMAGE_MAX 8u     /* rectangles of one update; more are merged */
#define VIRTIO_GPU_MODE_MAX   16384u /* pixels: larger modes are not believed */

/* Four bytes a pixel; the name gives them in memory order. */
enum virtio_gpu_format {
    VIRTIO_GPU_FORMAT_B8G8R8A8 = 1,
    VIRTIO_GPU_FORMAT_B8G8R8X8 = 2,
    VIRTIO_GPU_FORMAT_A8R8G8B8 = 3,
    VIRTIO_GPU_FORMAT_X8R8G8B8 = 4,
    VIRTIO_GPU_FORMAT_R8G8B8A8 = 67,
    VIRTIO_GPU_FORMAT_X8B8G8R8 = 68,
    VIRTIO_GPU_FORMAT_A8B8G8R8 = 121,
    VIRTIO_GPU_FORMAT_R8G8B8X8 = 134,
};

struct virtio_gpu;

struct virtio_gpu_rect {
    uint32_t x, y, width, height; /* pixels */
};
struct virtio_gpu_display {
    bool enabled; /* and its mode believable: 1 to VIRTIO_GPU_MODE_MAX pixels both ways */
    struct virtio_gpu_rect rect;
};
struct virtio_gpu_mem {
    void *ptr;
    uint32_t len; /* bytes, not 0 */
};

/* Private, as all of struct virtio_gpu but params and stats. */
struct virtio_gpu_mapping {
    void *ptr;
    uint64_t dma;
    uint32_t len;
};
struct virtio_gpu_resource {
    uint32_t id; /* 0: free */
    uint32_t width, height;
    uint16_t updates; /* in flight: the memory is in use */
    bool busy;        /* a create, attach, detach or unref is under way, which owns what follows */
    bool stale;       /* reset meanwhile: that call cleans up */
    bool doomed;      /* whether the device has the memory is not known: not used before a reset */
    bool filled;      /* all of it was transferred at some time: it can be a cursor */
    uint32_t num_mem; /* pieces mapped */
    struct virtio_gpu_mapping *mem;
    void *entries; /* of the attach command, while the device may read them */
    uint64_t entries_dma;
    size_t entries_bytes;
};

/* Commands that end as one: an update or a query. */
struct virtio_gpu_op;
struct virtio_gpu_fenced {
    struct virtio_gpu_op *op;
    uint64_t fence; /* 0: none */
};

struct virtio_gpu_params {
    uint16_t commands;     /* control commands in flight, power of two from 4 to 256; 0: 16 */
    uint16_t cursors;      /* cursor commands in flight, power of two; 0: 4 */
    bool fences;           /* every transfer and flush carries a fence; those of a resource of the
                              size of a cursor always do (section 5.7.6.6) */
    uint64_t features_off; /* feature bits not to use although offered */
    uint64_t reset_timeout_us;
    /* The displays changed and were read again (virtio_gpu_get_displays, _get_edid). Any context;
     * no call with a deadline from here. A device that announces changes at a mad rate is read
     * again at a sane one, the last time with the next command. */
    void (*displays_changed)(struct virtio_gpu *gpu);
    void *cookie;
};

struct virtio_gpu_stats {
    uint64_t commands, errors; /* errors: answered with an error, or wrongly */
    uint64_t transfers, flushes, cursor_updates, cursor_moves;
    uint64_t cursor_lost; /* moves that a later one overtook before they could be sent */
    uint64_t events;      /* display events served */
};

typedef void (*virtio_gpu_done)(struct virtio_gpu *gpu, void *cookie, int result);

struct virtio_gpu_op {
    struct virtio_sync sync; /* says whether it is taken */
    struct virtio_gpu *gpu;
    struct virtio_gpu_resource *res;
    virtio_gpu_done done;
    void *cookie;
    uint16_t issued, pending;
    bool waited; /* somebody waits for `sync`: done does not count */
    bool fills;  /* all of the resource is transferred */
    int result;
    struct virtio_gpu_fenced commands[2u * VIRTIO_GPU_DAMAGE_MAX];
    /* An EDID query: whose, and where it goes unless nobody waits any more. */
    unsigned scanout;
    uint8_t *out;
    uint32_t *out_len;
};

struct virtio_gpu {
    struct virtio_device dev; /* first: the core's callbacks get it */
    struct virtio_gpu_params params;
    struct virtio_gpu_stats stats; /* under dev.lock, as what follows */
    struct virtio_command_queue control, cursor;
    uint32_t num_scanouts;
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];
    struct virtio_gpu_resource resources[VIRTIO_GPU_RESOURCES_MAX];
    uint32_t next_id;
    uint64_t next_fence;
    uint8_t *edids; /* VIRTIO_GPU_EDID_MAX bytes a scanout */
    uint16_t edids_made;
    uint16_t edid_len[VIRTIO_GPU_SCANOUTS_MAX]; /* 0: none heard */
    uint16_t capacity; /* control commands of updates at a time; one more is for display events */
    struct {
        uint64_t since_us; /* the rate is counted from here */
        uint16_t count;
        bool running;    /* a query is under way because of an event */
        bool again;      /* and another is due */
        uint32_t edids;  /* scanouts to be asked for theirs yet, a bit each */
        unsigned asking; /* the one that is being asked */
    } refresh;
    bool move_due; /* a cursor move that found the queue full */
    struct {
        uint32_t scanout, x, y;
    } move;
    struct virtio_gpu_op ops[VIRTIO_GPU_UPDATES_MAX];
};

/*
 * Brings up a GPU and asks for its displays and their EDIDs. params may be NULL. Life cycle and
 * errors as virtio_driver_probe, _remove and _reset, and -EINVAL  a parameter -EPROTO  num_scanouts
 * is 0 or above 16 what virtio_gpu_query_displays returns After a reset there are no resources:
 * their ids are void, their memory is unmapped. An id is not given out again.
 */
int virtio_gpu_probe(struct virtio_gpu *gpu, const struct virtio_window *window,
                     const struct virtio_gpu_params *params);
int virtio_gpu_remove(struct virtio_gpu *gpu, uint64_t timeout_us);
int virtio_gpu_reset(struct virtio_gpu *gpu, uint64_t timeout_us);

/*
 * Commands. Besides what is said at each:
 *   -EIO        refused by the device for a reason without a number here, an answer of the wrong
 *               type, length or fence, or not live
 *   -ECANCELED  reset meanwhile
 *   -ENOMEM     the device is out of memory, or memory could not be had or mapped
 *   -EINVAL     an argument (number, format, rectangle outside, size 0), here or at the device
 *   -ETIMEDOUT  not answered in time
 *   -EAGAIN     too many commands in flight
 *   -EBUSY      another call changes the resource, or an update of it is in flight
 * A call that fails has changed nothing that can be relied on. The memory behind a resource is the
 * caller's again when virtio_gpu_detach or _unref returned 0, when virtio_gpu_attach returned
 * anything but 0, -ETIMEDOUT and -EIO, or after a reset: until then the device may read it. After
 * -ETIMEDOUT, and after an attach that was answered wrongly, the resource itself is of no use any
 * more: -EIO, until a reset.
 */
/* Asks for the displays again; the answer is also kept. out: VIRTIO_GPU_SCANOUTS_MAX of them. */
int virtio_gpu_query_displays(struct virtio_gpu *gpu, struct virtio_gpu_display *out,
                              uint64_t timeout_us);
/* As last heard. Context: any. Returns the number of scanouts. */
unsigned virtio_gpu_get_displays(struct virtio_gpu *gpu, struct virtio_gpu_display *out);
/* Asks a monitor what it says of itself; the answer is also kept. Up to VIRTIO_GPU_EDID_MAX bytes;
 * *len how many. -ENOTSUP: EDID not agreed; -EPROTO: not an EDID (size, header, checksum). */
int virtio_gpu_query_edid(struct virtio_gpu *gpu, unsigned scanout, uint8_t *edid, uint32_t *len,
                          uint64_t timeout_us);
/* As last heard: at start, after a display event, or because of a query. Context: any. Returns the
 * number of bytes, 0: none. */
uint32_t virtio_gpu_get_edid(struct virtio_gpu *gpu, unsigned scanout, uint8_t *edid);
/* -ENOSPC: VIRTIO_GPU_RESOURCES_MAX exist already. */
int virtio_gpu_create(struct virtio_gpu *gpu, enum virtio_gpu_format format, uint32_t width,
                      uint32_t height, uint32_t *id, uint64_t timeout_us);
/* Detaches, then forgets the resource; the device may be told again after an error. */
int virtio_gpu_unref(struct virtio_gpu *gpu, uint32_t id, uint64_t timeout_us);
/* The memory behind a resource, rows of width * 4 bytes. -EBUSY it has some; -EMSGSIZE more than
 * VIRTIO_GPU_BACKING_MAX pieces; -EINVAL: too little. */
int virtio_gpu_attach(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_mem *mem,
                      unsigned count, uint64_t timeout_us);
int virtio_gpu_detach(struct virtio_gpu *gpu, uint32_t id, uint64_t timeout_us);
/* Shows `rect` of the resource, which has memory; id 0 turns the scanout off (rect may be NULL). */
int virtio_gpu_set_scanout(struct virtio_gpu *gpu, unsigned scanout, uint32_t id,
                           const struct virtio_gpu_rect *rect, uint64_t timeout_us);
int virtio_gpu_transfer(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_rect *rect,
                        uint64_t timeout_us);
int virtio_gpu_flush(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_rect *rect,
                     uint64_t timeout_us);

/*
 * Transfers and flushes what has changed: rectangles are merged where that costs no pixels, or as
 * few as possible when there are too many; all commands go out with one notification. The
 * asynchronous one returns 0 at once, and done (may be NULL) runs once (any context) with the
 * result; or it returns an error, and done does not run. count is not 0.
 */
int virtio_gpu_update(struct virtio_gpu *gpu, uint32_t id, const struct virtio_gpu_rect *damage,
                      unsigned count, uint64_t timeout_us);
int virtio_gpu_update_async(struct virtio_gpu *gpu, uint32_t id,
                            const struct virtio_gpu_rect *damage, unsigned count,
                            virtio_gpu_done done, void *cookie);

/* The cursor: a resource of 64 x 64 pixels that all of was transferred to once (id 0: none), its
 * hot spot and place; then only places. Neither waits: a move that finds the queue full is sent
 * when there is room, or the one that came after it. -EAGAIN: an update that finds it full; -EBUSY:
 * a transfer is in flight. Context: any. */
int virtio_gpu_cursor_update(struct virtio_gpu *gpu, unsigned scanout, uint32_t id, uint32_t hot_x,
                             uint32_t hot_y, uint32_t x, uint32_t y);
int virtio_gpu_cursor_move(struct virtio_gpu *gpu, unsigned scanout, uint32_t x, uint32_t y);

/* ---- frame buffer ---- */
struct virtio_gpu_fb {
    struct virtio_gpu *gpu;
    unsigned scanout;
    uint32_t width, height, stride; /* stride in bytes */
    uint8_t format;
    uint8_t buffers; /* 1, or 2: drawn into and shown in turns */
    uint8_t back;    /* the one to draw into */
    bool shown;      /* set on the scanout */
    bool filled[2];  /* all of it was presented once */
    uint32_t ids[2];
    void *mem[2]; /* the caller's, stride * height bytes each */
};
/* Makes the resources, attaches the memory (mem[1] NULL: one buffer), shows the first. On failure
 * nothing is left that the device can be told about. The scanout need not be
 * enabled, nor the size that of its mode. Context: thread. */
int virtio_gpu_fb_init(struct virtio_gpu_fb *fb, struct virtio_gpu *gpu, unsigned scanout,
                       enum virtio_gpu_format format, uint32_t width, uint32_t height,
                       void *const mem[2], uint64_t timeout_us);
/* Turns the scanout off and forgets the resources; 0 also when a reset did that. After an error the
 * memory may still be the device's: call it again, or reset. */
int virtio_gpu_fb_deinit(struct virtio_gpu_fb *fb, uint64_t timeout_us);
/* One buffer: updates the damage. Two: transfers what changed in the back buffer since it was last
 * presented, shows it, and makes the other one the back buffer. damage NULL, and the first time:
 * everything. Context: thread. */
int virtio_gpu_fb_present(struct virtio_gpu_fb *fb, const struct virtio_gpu_rect *damage,
                          unsigned count, uint64_t timeout_us);
/* What to draw into. */
static inline void *virtio_gpu_fb_back(const struct virtio_gpu_fb *fb)
{
    return fb->mem[fb->back];
}

/* Commands in flight, on both queues. Context: any. */
unsigned virtio_gpu_outstanding(struct virtio_gpu *gpu);
void virtio_gpu_get_stats(struct virtio_gpu *gpu, struct virtio_gpu_stats *stats);

static inline bool virtio_gpu_interrupt(struct virtio_gpu *gpu)
{
    return virtio_interrupt(&gpu->dev);
}
static inline bool virtio_gpu_poll(struct virtio_gpu *gpu)
{
    return virtio_poll(&gpu->dev);
}

#endif
