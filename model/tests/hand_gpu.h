/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU by hand: commands as words, one at a time, with backing memory for one picture. */
#ifndef MODEL_TESTS_HAND_GPU_H
#define MODEL_TESTS_HAND_GPU_H

#include "hand_queue.h"
#include "virtio_model/model_gpu.h"

#define HG_EDID   HB(1)
#define HG_SIDE   64u                     /* of the usual resource */
#define HG_BYTES  (HG_SIDE * HG_SIDE * 4) /* of its backing */
#define HG_ANSWER 1056u
#define HG_BGRX   2u

struct hand_gpu {
    struct hand *h;
    struct model_gpu *gpu;
    struct hand_queue ctl, cur;
    uint8_t *backing;
    uint64_t backing_gpa;
    /* the command and its answer */
    uint32_t request[32];
    uint8_t answer[HG_ANSWER];
    uint32_t used;
    uint32_t room;     /* for the next answers, normally HG_ANSWER */
    uint32_t flags;    /* of the next commands */
    uint64_t fence_id; /* of the next command with a fence, counts up */
};

/* Up to DRIVER_OK with both queues; then the questions of every driver at start. */
void hg_up(struct hand_gpu *g, struct hand *h, const struct model_board_config *bc,
           const struct model_gpu_config *cfg, uint64_t wanted);
void hg_ask(struct hand_gpu *g);
void hg_down(struct hand_gpu *g);

/* Sends what stands in request[]: `bytes` of it; returns the type of the answer, UINT32_MAX when
 * none came. */
uint32_t hg_send(struct hand_gpu *g, struct hand_queue *q, uint32_t bytes);
/* A whole command with `n` words behind the header. */
uint32_t hg_command(struct hand_gpu *g, struct hand_queue *q, uint32_t type, const uint32_t *body,
                    unsigned n);
void hg_header(struct hand_gpu *g, uint32_t type);

uint32_t hg_display_info(struct hand_gpu *g);
uint32_t hg_edid(struct hand_gpu *g, uint32_t scanout);
uint32_t hg_create(struct hand_gpu *g, uint32_t id, uint32_t format, uint32_t w, uint32_t h);
uint32_t hg_unref(struct hand_gpu *g, uint32_t id);
uint32_t hg_attach(struct hand_gpu *g, uint32_t id, uint64_t gpa, uint32_t len);
uint32_t hg_detach(struct hand_gpu *g, uint32_t id);
uint32_t hg_scanout(struct hand_gpu *g, uint32_t scanout, uint32_t id, uint32_t x, uint32_t y,
                    uint32_t w, uint32_t h);
uint32_t hg_transfer(struct hand_gpu *g, uint32_t id, uint32_t x, uint32_t y, uint32_t w,
                     uint32_t h, uint64_t offset);
uint32_t hg_flush(struct hand_gpu *g, uint32_t id, uint32_t x, uint32_t y, uint32_t w, uint32_t h);
uint32_t hg_cursor(struct hand_gpu *g, uint32_t type, uint32_t id, uint32_t x, uint32_t y);
/* Creates resource `id` of the usual size with the backing behind it. */
uint32_t hg_make(struct hand_gpu *g, uint32_t id);

uint32_t hg_word(const struct hand_gpu *g, unsigned offset); /* of the answer */

#endif
