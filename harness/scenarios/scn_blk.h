/* SPDX-License-Identifier: Apache-2.0 */
/* What the block scenarios share: opening, tracked I/O, asynchronous requests. */
#ifndef SCN_BLK_H
#define SCN_BLK_H

#include "scenario.h"

#define SCN_TIMEOUT_US UINT64_C(1000000)
#define SCN_ASYNC_MAX  32u

/* Brings up device i with params (NULL: defaults) and connects its interrupt. */
int scn_open(struct scn_env *env, unsigned i, const struct virtio_blk_params *params);
/* Ends a scenario that has come to `ret`: removes the device, or leaves it after an error when the
 * environment says so. Returns ret, or the error of the removal. */
int scn_close(struct scn_env *env, unsigned i, int ret);

/* Synchronous, tracked: what was read is compared, what was written is remembered. */
int scn_read(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count);
int scn_write(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count, unsigned gen);

/* Tracking for callers with buffers of their own. */
void scn_fill(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count, unsigned gen,
              void *buf);
void scn_check(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count, const void *buf);
void scn_may_become(struct scn_env *env, unsigned i, uint64_t sector, uint64_t count, unsigned gen);
void scn_has_become(struct scn_env *env, unsigned i, uint64_t sector, uint64_t count, unsigned gen);

/* scn_plays.c: the faults of the caller's side. Each is an opportunity; 0 when it did not strike or
 * was borne as the driver promises, else the error that came of it. */
int scn_play_after_open(struct scn_env *env, unsigned i);
int scn_play_before_io(struct scn_env *env, unsigned i);
int scn_play_before_close(struct scn_env *env, unsigned i);

/* Asynchronous requests with their buffers, each completing exactly once. */
struct scn_async {
    struct scn_env *env;
    unsigned dev, count; /* requests in use */
    unsigned completed;
    int first_error;
    struct scn_async_req {
        struct virtio_blk_req req;
        struct virtio_blk_seg segs[8];
        struct scn_async *owner;
        unsigned calls;
        unsigned gen; /* of a write */
        unsigned resubmits;
    } reqs[SCN_ASYNC_MAX];
};
struct scn_async *scn_async_begin(struct scn_env *env, unsigned dev);
/* A second set, for scn_plays.c: the scenario's own may be in flight. */
struct scn_async *scn_async_begin_play(struct scn_env *env, unsigned dev);
/* Adds a request of one segment, `sectors` long, into scratch memory at `offset`. */
struct virtio_blk_req *scn_async_add(struct scn_async *a, enum virtio_blk_op op, uint64_t sector,
                                     uint32_t sectors, size_t offset, unsigned gen);
/* Submits all of them with one notification; 0 or the first refusal. */
int scn_async_submit(struct scn_async *a);
/* Waits until all accepted ones completed; checks that each did so once, and its data. Returns the
 * first error of a completion or -ETIMEDOUT. */
int scn_async_wait(struct scn_async *a, uint64_t timeout_us);
/* After a reset or removal: everything accepted has completed, once. */
void scn_async_expect_all(struct scn_async *a);

#endif
