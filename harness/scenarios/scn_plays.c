/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that the caller's side plays, after the rows of the fault table that say "Harness:". */
#include "scn_blk.h"

/* Buffers of their own: the scenario's may be the device's at that moment. */
#define PLAY_BYTES  65536u
#define PLAY_OFFSET (SCN_SCRATCH - 2u * PLAY_BYTES)

static uint8_t *play_buffer(struct scn_env *env)
{
    return env->scratch + PLAY_OFFSET;
}

static int strikes(struct scn_env *env, enum scn_play play)
{
    return env->ops->play != NULL ? env->ops->play(env, play) : -1;
}

/* Runs the rings up, one request at a time, to where their indices wrap. */
static int run_up(struct scn_env *env, unsigned i, unsigned variant)
{
    struct virtio_blk *blk = &env->blks[i];
    struct virtqueue *vq = &blk->queues[0].vq;
    uint32_t count = blk->info.block_size / VIRTIO_BLK_SECTOR_SIZE;
    uint32_t to = variant == 0 ? 65535u : variant == 1 ? 65536u - vq->size : 32767u;
    int ret = 0;

    for (uint32_t n = 0; n < to && ret == 0; n++) {
        ret = virtio_blk_read(blk, 0, play_buffer(env), count, SCN_TIMEOUT_US);
    }
    return ret;
}

int scn_play_after_open(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_IDX_WRAP);

    return variant >= 0 ? run_up(env, i, (unsigned)variant) : 0;
}

/* ---- before a read ---- */

static void never_done(struct virtio_blk_req *req, int result)
{
    struct scn_env *env = req->cookie;

    (void)result;
    SCN_EXPECT(env, req->done == NULL); /* a refused request must not complete */
}

static int zero_length(struct scn_env *env, unsigned i, unsigned variant)
{
    const struct virtio_blk_seg segs[2] = {{play_buffer(env), 512}, {play_buffer(env) + 512, 0}};
    struct virtio_blk_req req = {.op = VIRTIO_BLK_READ,
                                 .segs = variant == 0 ? &segs[1] : segs,
                                 .num_segs = variant == 0 ? 1u : 2u,
                                 .done = never_done,
                                 .cookie = env};

    return virtio_blk_submit(&env->blks[i], &req);
}

static struct virtio_blk_seg long_list[64];

/* As many elements as the queue has descriptors: split by the driver, completed as one. */
static int long_chain(struct scn_env *env, unsigned i)
{
    struct scn_async *a = scn_async_begin_play(env, i);
    struct virtio_blk_req *req = scn_async_add(a, VIRTIO_BLK_READ, 0, 1, PLAY_OFFSET, 0);
    unsigned count = env->blks[i].queues[0].vq.size;
    uint32_t bytes = env->blks[i].info.block_size;
    int ret;

    for (unsigned n = 0; n < count && n < 64u && (n + 1u) * bytes <= PLAY_BYTES; n++) {
        long_list[n] = (struct virtio_blk_seg){play_buffer(env) + (size_t)n * bytes, bytes};
        req->num_segs = n + 1u;
    }
    req->segs = long_list;
    ret = scn_async_submit(a);
    return ret != 0 ? ret : scn_async_wait(a, SCN_TIMEOUT_US);
}

struct callback_play {
    struct scn_env *env;
    unsigned dev, variant;
    struct virtio_blk_req req, other;
    struct virtio_blk_seg seg;
    bool other_pending;
    int result;
};
static struct callback_play callback_plays[SCN_DEVICES_MAX];

static void other_done(struct virtio_blk_req *req, int result)
{
    struct callback_play *p = req->cookie;

    (void)result;
    SCN_EXPECT(p->env, p->other_pending);
    p->other_pending = false;
}

static void play_done(struct virtio_blk_req *req, int result)
{
    struct callback_play *p = req->cookie;
    struct virtio_blk *blk = &p->env->blks[p->dev];

    p->result = result;
    switch (p->variant) {
    case 0: /* submits another request */
        p->other_pending = true;
        if (virtio_blk_submit(blk, &p->other) != 0) {
            p->other_pending = false;
        }
        break;
    case 1: /* cancels a request: there is none to cancel by now, or it is refused or done */
        SCN_EXPECT(p->env, virtio_blk_cancel(blk, &p->other) != 0 || !p->other_pending);
        break;
    default: /* resets the device: refused, as documented */
        SCN_EXPECT(p->env, virtio_blk_reset(blk, 0) == -EBUSY);
        break;
    }
}

static int callback(struct scn_env *env, unsigned i, unsigned variant)
{
    struct callback_play *p = &callback_plays[i];
    struct virtio_blk *blk = &env->blks[i];
    const volatile bool never_true = false;
    virtio_port_event_t never;
    int ret;

    memset(p, 0, sizeof(*p));
    p->env = env;
    p->dev = i;
    p->variant = variant;
    p->seg = (struct virtio_blk_seg){play_buffer(env), blk->info.block_size};
    p->req = (struct virtio_blk_req){
        .op = VIRTIO_BLK_READ, .segs = &p->seg, .num_segs = 1, .done = play_done, .cookie = p};
    p->other = p->req;
    p->other.done = other_done;
    ret = virtio_blk_submit(blk, &p->req);
    if (ret == 0 && variant == 1u) {
        p->other_pending = true;
        ret = virtio_blk_submit(blk, &p->other);
    }
    virtio_port_event_init(&never);
    for (unsigned ms = 0; ms < 1000u && ret == 0 && virtio_blk_outstanding(blk) != 0; ms++) {
        (void)virtio_wait(&blk->dev, &never, &never_true, 1000);
    }
    if (ret == 0 && virtio_blk_outstanding(blk) != 0) {
        ret = -ETIMEDOUT;
    }
    return ret != 0 ? ret : p->result;
}

int scn_play_before_io(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_ZERO_LEN);
    int ret = 0;

    if (variant >= 0) {
        ret = zero_length(env, i, (unsigned)variant);
    }
    if (ret == 0 && strikes(env, SCN_PLAY_LOOP) >= 0) {
        ret = long_chain(env, i);
    }
    variant = ret == 0 ? strikes(env, SCN_PLAY_CALLBACK) : -1;
    return variant >= 0 ? callback(env, i, (unsigned)variant) : ret;
}

/* ---- before the end ---- */

/* Requests in flight while the device is reset or removed: each completes once, with an error
 * unless the device was quicker. */
static int busy_end(struct scn_env *env, unsigned i, unsigned variant)
{
    struct scn_async *a = scn_async_begin_play(env, i);
    uint32_t count = env->blks[i].info.block_size / VIRTIO_BLK_SECTOR_SIZE;
    int ret;

    for (unsigned n = 0; n < 3u; n++) {
        (void)scn_async_add(a, VIRTIO_BLK_READ, (uint64_t)n * count, count,
                            PLAY_OFFSET + (size_t)n * 4096u, 0);
    }
    ret = scn_async_submit(a);
    if (ret == 0) {
        ret =
            variant == 0 ? virtio_blk_reset(&env->blks[i], 0) : virtio_blk_remove(&env->blks[i], 0);
    }
    if (ret == 0) {
        scn_async_expect_all(a);
        ret = a->first_error;
    }
    return ret;
}

int scn_play_before_close(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_TEARDOWN_BUSY);

    return variant >= 0 ? busy_end(env, i, (unsigned)variant) : 0;
}
