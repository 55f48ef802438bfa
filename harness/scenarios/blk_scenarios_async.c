/* SPDX-License-Identifier: Apache-2.0 */
/* Block scenarios with several requests in flight. */
#include "blk_scenarios.h"

#define SECTOR VIRTIO_BLK_SECTOR_SIZE

/* Submits what was added and waits for it; everything accepted completes exactly once. */
static int run_async(struct scn_async *a)
{
    int ret = scn_async_submit(a);

    if (ret == 0) {
        ret = scn_async_wait(a, SCN_TIMEOUT_US);
        if (ret != -ETIMEDOUT) {
            scn_async_expect_all(a);
        }
    }
    return ret;
}

int scn_run_batch(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    for (unsigned i = 0; i < 8u; i++) {
        (void)scn_async_add(a, i % 2u ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ, i * 8u, 8,
                            (size_t)i * 8u * SECTOR, 1);
    }
    ret = run_async(a);
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 64);
    return scn_close(env, 0, ret);
}

static int in_flight(struct scn_env *env, unsigned count)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    for (unsigned i = 0; i < count; i++) {
        (void)scn_async_add(a, i == 4u ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ, 10u + i, 1,
                            (size_t)i * SECTOR, 3);
    }
    ret = run_async(a);
    return scn_close(env, 0, ret);
}

int scn_run_order(struct scn_env *env)
{
    return in_flight(env, 4);
}

int scn_run_order_5(struct scn_env *env)
{
    return in_flight(env, 5);
}

int scn_run_scatter(struct scn_env *env)
{
    static const unsigned lens[] = {1, 3, 2, 1, 1};
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);
    size_t offset = 0;

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    for (unsigned op = 0; op < 2u; op++) {
        struct virtio_blk_req *req = scn_async_add(a, op == 0 ? VIRTIO_BLK_READ : VIRTIO_BLK_WRITE,
                                                   32u + op * 8u, 8, offset, 2);
        struct scn_async_req *r = req->cookie;

        /* The same 8 sectors in five pieces that are not neighbours. */
        for (unsigned i = 0, sector = 0; i < 5u; i++) {
            r->segs[i].ptr = env->scratch + offset;
            r->segs[i].len = lens[i] * SECTOR;
            if (op == 1u) {
                scn_fill(env, 0, req->sector + sector, lens[i], 2, r->segs[i].ptr);
            }
            sector += lens[i];
            offset += (lens[i] + 1u) * (size_t)SECTOR;
        }
        req->num_segs = 5;
        offset += 8u * (size_t)SECTOR;
    }
    ret = run_async(a);
    ret = ret != 0 ? ret : scn_read(env, 0, 30, 20);
    return scn_close(env, 0, ret);
}

int scn_run_split(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    (void)scn_async_add(a, VIRTIO_BLK_WRITE, 1, 100, 0, 1);
    (void)scn_async_add(a, VIRTIO_BLK_READ, 128, 64, 65536, 0);
    ret = run_async(a);
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 110);
    return scn_close(env, 0, ret);
}

/* What does not fit waits, in order, and goes out as the ring empties. */
int scn_run_ring_full(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    for (unsigned i = 0; i < 12u; i++) {
        (void)scn_async_add(a, i % 3u == 0 ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ, i * 2u, 2,
                            (size_t)i * 2u * SECTOR, 4);
    }
    ret = run_async(a);
    return scn_close(env, 0, ret);
}

int scn_run_small_queue(struct scn_env *env)
{
    const struct virtio_blk_params params = {.queue_size = 32};
    int ret = scn_open(env, 0, &params);

    if (ret == 0) {
        SCN_EXPECT(env, env->blks[0].queues[0].vq.size <= 32u);
    }
    ret = ret != 0 ? ret : scn_write(env, 0, 0, 16, 1);
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 16);
    return scn_close(env, 0, ret);
}

int scn_run_multi_queue(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    for (unsigned i = 0; i < 8u && ret == 0; i++) {
        struct virtio_blk_req *req =
            scn_async_add(a, VIRTIO_BLK_READ, i * 4u, 4, (size_t)i * 4u * SECTOR, 0);

        req->queue = (uint8_t)i;
        ret = virtio_blk_submit(&env->blks[0], req);
        a->count -= ret != 0 ? 1u : 0u;
    }
    ret = ret != 0 ? ret : scn_async_wait(a, SCN_TIMEOUT_US);
    ret = ret != 0 ? ret : scn_write(env, 0, 40, 2, 1); /* synchronous calls rotate */
    ret = ret != 0 ? ret : scn_read(env, 0, 39, 4);
    return scn_close(env, 0, ret);
}

int scn_run_two_disks(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    int second = ret != 0 ? ret : scn_open(env, 1, NULL);

    ret = second;
    for (unsigned round = 0; round < 2u && ret == 0; round++) {
        for (unsigned dev = 0; dev < 2u && ret == 0; dev++) {
            ret = scn_write(env, dev, 10u + round * 4u, 4, 1u + round + dev);
            ret = ret != 0 ? ret : scn_read(env, dev, 8, 16);
        }
    }
    second = scn_close(env, 1, ret);
    ret = scn_close(env, 0, ret);
    return ret != 0 ? ret : second;
}

/* ---- callbacks ---- */

static void resubmit_done(struct virtio_blk_req *req, int result)
{
    struct scn_async_req *r = req->cookie;
    struct scn_async *a = r->owner;

    if (result == 0) {
        scn_check(a->env, a->dev, req->sector, req->segs[0].len / SECTOR, req->segs[0].ptr);
    }
    if (result == 0 && r->resubmits < 5u) {
        r->resubmits++;
        req->sector += 2;
        result = virtio_blk_submit(&a->env->blks[a->dev], req);
        if (result == 0) {
            return;
        }
    }
    r->calls++;
    a->completed++;
    a->first_error = a->first_error != 0 ? a->first_error : result;
}

int scn_run_resubmit(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    for (unsigned i = 0; i < 3u; i++) {
        scn_async_add(a, VIRTIO_BLK_READ, i * 16u, 2, (size_t)i * 2u * SECTOR, 0)->done =
            resubmit_done;
    }
    ret = run_async(a);
    return scn_close(env, 0, ret);
}

/* Time passes and nobody looks: what no interrupt announces stays where it is. */
static int wait_unpolled(struct scn_async *a)
{
    for (unsigned i = 0; i < 2000u && a->completed < a->count; i++) {
        virtio_port_delay_us(100);
    }
    return a->completed < a->count ? -ETIMEDOUT : a->first_error;
}

/* Everywhere else waiting polls now and then, which hides a lost wake-up. */
int scn_run_wake_up(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    for (unsigned round = 0; round < 4u && ret == 0; round++) {
        struct scn_async *a = scn_async_begin(env, 0);

        for (unsigned i = 0; i < 6u && ret == 0; i++) {
            struct virtio_blk_req *req =
                scn_async_add(a, VIRTIO_BLK_READ, round * 8u + i, 1, (size_t)i * SECTOR, 0);

            ret = virtio_blk_submit(&env->blks[0], req);
            a->count -= ret != 0 ? 1u : 0u;
        }
        ret = ret != 0 ? ret : wait_unpolled(a);
    }
    return scn_close(env, 0, ret);
}

static void rules_done(struct virtio_blk_req *req, int result)
{
    struct scn_async_req *r = req->cookie;
    struct scn_async *a = r->owner;
    struct virtio_blk *blk = &a->env->blks[a->dev];

    SCN_EXPECT(a->env, virtio_blk_reset(blk, 0) == -EBUSY || result != 0);
    SCN_EXPECT(a->env, virtio_blk_remove(blk, 0) == -EBUSY || result != 0);
    SCN_EXPECT(a->env, virtio_blk_cancel(blk, req) == -EINVAL);
    if (result == 0) {
        scn_check(a->env, a->dev, req->sector, req->segs[0].len / SECTOR, req->segs[0].ptr);
    }
    r->calls++;
    a->completed++;
    a->first_error = a->first_error != 0 ? a->first_error : result;
}

int scn_run_callback_rules(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    scn_async_add(a, VIRTIO_BLK_READ, 0, 1, 0, 0)->done = rules_done;
    ret = run_async(a);
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 1);
    return scn_close(env, 0, ret);
}

int scn_run_cancel(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);
    unsigned cancelled = 0;

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    for (unsigned i = 0; i < 10u; i++) {
        (void)scn_async_add(a, VIRTIO_BLK_READ, i, 1, (size_t)i * SECTOR, 0);
    }
    ret = scn_async_submit(a);
    for (unsigned i = 0; i < a->count && ret == 0; i++) {
        struct scn_async_req *r = &a->reqs[a->count - 1u - i];
        int got = virtio_blk_cancel(&env->blks[0], &r->req);

        /* Not seen by the device, seen, or completed already. */
        SCN_EXPECT(env, got == 0 || got == -EBUSY || (got == -EINVAL && r->calls == 1u));
        SCN_EXPECT(env, got != 0 || r->calls == 1u);
        cancelled += got == 0 ? 1u : 0u;
    }
    ret = ret != 0 ? ret : scn_async_wait(a, SCN_TIMEOUT_US);
    if (ret == -ECANCELED && cancelled != 0) {
        ret = 0;
    }
    return scn_close(env, 0, ret);
}
