/* SPDX-License-Identifier: Apache-2.0 */
/* What the GPU scenarios share: opening, a screen whose every pixel is known, cursors. */
#ifndef SCN_GPU_H
#define SCN_GPU_H

#include "scenario.h"
#include "virtio/virtio_gpu.h"

#define SCN_GPU_TIMEOUT_US UINT64_C(1000000)
#define SCN_GPU_PIXELS     (640u * 480u) /* of the largest screen */
#define SCN_GPU_SMALL      65536u        /* bytes beside it */
#define SCN_GPU_FRAMES     (SCN_GPU_PIXELS * 4u + SCN_DEVICES_MAX * SCN_GPU_SMALL)
#define SCN_GPU_WIDTH      32u /* of the screens that most scenarios use */
#define SCN_GPU_HEIGHT     16u

/* scn_needs.more; the defaults are one or two scanouts and more memory than anybody asks for.
 * Scanout 0 is enabled with 640 x 480, scanout 1 with 800 x 600, the others are off. */
struct scn_gpu_needs {
    uint32_t scanouts;
    uint64_t memory_limit; /* bytes that resources may take */
};

struct scn_gpu_cursor {
    bool visible;
    uint32_t scanout, x, y, hot_x, hot_y;
    const uint8_t *pixels; /* 64 x 64, R, G, B, A */
};

/* What is seen from outside. */
struct scn_gpu_ops {
    /* The picture on a scanout, R, G, B and a byte without meaning; false: nothing is shown. */
    bool (*scanout)(struct scn_env *env, unsigned i, unsigned scanout, const uint8_t **pixels,
                    uint32_t *width, uint32_t *height);
    /* NULL where the back end cannot: the user changes a display; where the cursor is. */
    void (*set_mode)(struct scn_env *env, unsigned i, unsigned scanout, bool enabled,
                     uint32_t width, uint32_t height);
    void (*cursor)(struct scn_env *env, unsigned i, struct scn_gpu_cursor *out);
};

/* One screen of a device: buffers whose every pixel has the pattern of a generation. */
struct scn_gpu_track {
    struct virtio_gpu_fb fb;
    uint8_t gens[2][SCN_GPU_PIXELS]; /* of each buffer */
    unsigned changes;                /* callbacks: the displays changed */
};

struct scn_gpu_env {
    const struct scn_gpu_ops *ops;
    struct virtio_gpu *gpus;     /* SCN_DEVICES_MAX of them, zeroed */
    struct scn_gpu_track *track; /* SCN_DEVICES_MAX of them, zeroed */
    uint8_t *frames;             /* SCN_GPU_FRAMES bytes */
};

struct virtio_gpu *scn_gpu(struct scn_env *env, unsigned i);
/* Memory of device i for pixels: the large one belongs to device 0. */
uint8_t *scn_gpu_memory(struct scn_env *env, unsigned i);

/* Brings up device i with params (NULL: defaults) and connects its interrupt. */
int scn_gpu_open(struct scn_env *env, unsigned i, const struct virtio_gpu_params *params);
/* Ends a scenario that has come to `ret`: removes the device, or leaves it after an error when the
 * environment says so. Returns ret, or the error of the removal. */
int scn_gpu_close(struct scn_env *env, unsigned i, int ret);
/* Lets time pass, so that the device gets on. */
void scn_gpu_pass(struct scn_env *env, unsigned i, uint64_t us);
/* Waits until no command is in flight. -ETIMEDOUT; -EIO: one of those was not done, as the driver
 * has counted more than `errors` errors. */
int scn_gpu_settle(struct scn_env *env, unsigned i, uint64_t errors);
uint64_t scn_gpu_errors(struct scn_env *env, unsigned i);

/* ---- pictures ---- */

/* Draws the pattern of a generation into pixels of a format, `width` pixels a row. */
void scn_gpu_draw(unsigned dev, void *mem, uint32_t width, enum virtio_gpu_format format,
                  const struct virtio_gpu_rect *r, unsigned gen);
/* The picture on the scanout is the one of the buffer. */
void scn_gpu_check(struct scn_env *env, unsigned i, unsigned scanout, unsigned buffer);
/* ... or that part of a picture of one generation. */
void scn_gpu_check_plain(struct scn_env *env, unsigned i, unsigned scanout,
                         const struct virtio_gpu_rect *part, unsigned gen);

/* A screen on scanout 0 with 1 or 2 buffers, drawn with generation 0 and not yet shown. */
int scn_gpu_screen(struct scn_env *env, unsigned i, uint32_t width, uint32_t height,
                   unsigned buffers);
/* Draws rectangles (NULL: everything) into the back buffer. */
void scn_gpu_fill(struct scn_env *env, unsigned i, const struct virtio_gpu_rect *rects, unsigned n,
                  unsigned gen);
/* The same, presents it, and looks at the screen. */
int scn_gpu_paint(struct scn_env *env, unsigned i, const struct virtio_gpu_rect *rects, unsigned n,
                  unsigned gen);
/* Takes the screen away after a scenario that has come to `ret`; on an error it is left to the
 * removal. */
int scn_gpu_screen_end(struct scn_env *env, unsigned i, int ret);
/* Scenarios in short: a device with a screen of the usual size, opened and closed. */
int scn_gpu_begin(struct scn_env *env, unsigned i, const struct virtio_gpu_params *params,
                  unsigned buffers);
int scn_gpu_end(struct scn_env *env, unsigned i, int ret);

/* ---- several updates in flight ---- */
#define SCN_GPU_ASYNC_MAX 16u
struct scn_gpu_async {
    struct scn_env *env;
    unsigned dev, count, completed;
    unsigned calls[SCN_GPU_ASYNC_MAX];
    int first_error;
    struct scn_gpu_async_one {
        struct scn_gpu_async *owner;
        unsigned index;
    } one[SCN_GPU_ASYNC_MAX];
};
/* The set of device i (its last use must be over); scenarios and plays have one each. */
struct scn_gpu_async *scn_gpu_async_begin(struct scn_env *env, unsigned i, bool play);
/* Starts one for the screen's first buffer. */
int scn_gpu_async_add(struct scn_gpu_async *a, const struct virtio_gpu_rect *damage, unsigned n);
/* Waits for all of them: the first error, or -ETIMEDOUT. */
int scn_gpu_async_wait(struct scn_gpu_async *a);
/* All have ended, each once. */
void scn_gpu_async_expect_all(struct scn_gpu_async *a);

/* ---- scn_gpu_plays.c: the faults of the caller's side; as in scn_blk.h ---- */
int scn_gpu_play_after_open(struct scn_env *env, unsigned i);
int scn_gpu_play_before_paint(struct scn_env *env, unsigned i);
int scn_gpu_play_before_end(struct scn_env *env, unsigned i, bool *played);
void scn_gpu_play_done(struct scn_env *env, unsigned i); /* from a callback */

#endif
