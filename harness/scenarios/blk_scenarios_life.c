/* SPDX-License-Identifier: Apache-2.0 */
/* Block scenarios about resets, removal, deadlines, a changing disk, and long lives. */
#include "blk_scenarios.h"

#define SECTOR VIRTIO_BLK_SECTOR_SIZE

/* 6 requests on the ring, as many of them finished as the device has got to. */
static int start_some(struct scn_env *env, struct scn_async **out)
{
    int ret = scn_open(env, 0, NULL);
    struct scn_async *a = scn_async_begin(env, 0);

    *out = a;
    if (ret != 0) {
        return ret;
    }
    for (unsigned i = 0; i < 6u; i++) {
        (void)scn_async_add(a, i % 2u ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ, 20u + i * 4u, 4,
                            (size_t)i * 4u * SECTOR, 5);
    }
    return scn_async_submit(a);
}

int scn_run_reset_busy(struct scn_env *env)
{
    struct scn_async *a;
    int ret = start_some(env, &a);

    if (ret == 0) {
        ret = virtio_blk_reset(&env->blks[0], 0);
        if (ret == 0) {
            scn_async_expect_all(a);
            SCN_EXPECT(env, virtio_blk_outstanding(&env->blks[0]) == 0);
        }
    }
    ret = ret != 0 ? ret : scn_read(env, 0, 20, 24);
    ret = ret != 0 ? ret : scn_write(env, 0, 20, 24, 6);
    return scn_close(env, 0, ret);
}

int scn_run_remove_busy(struct scn_env *env)
{
    struct scn_async *a;
    int ret = start_some(env, &a);
    bool started = ret == 0;

    ret = scn_close(env, 0, ret);
    if (ret == 0 && started) {
        scn_async_expect_all(a);
    }
    return ret;
}

int scn_run_queue_reset(struct scn_env *env)
{
    struct scn_async *a;
    int ret = start_some(env, &a);

    if (ret == 0) {
        ret = virtio_blk_reset_queue(&env->blks[0], 0, 0);
        if (ret == -ENOTSUP) {
            /* Not offered, or offered and not done: the queue goes on as if nothing was. */
            ret = scn_async_wait(a, SCN_TIMEOUT_US);
        }
        if (ret == 0) {
            scn_async_expect_all(a);
        }
    }
    ret = ret != 0 ? ret : scn_read(env, 0, 18, 30);
    return scn_close(env, 0, ret);
}

/* The read times out; its buffer stays the device's until the late completion comes. */
int scn_run_time_out(struct scn_env *env)
{
    struct virtio_blk *blk = &env->blks[0];
    int ret = scn_open(env, 0, NULL);
    int late;

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    env->ops->pause(env, 0, true);
    late = virtio_blk_read(blk, 4, env->scratch, 2, 20000);
    SCN_EXPECT(env, late != 0);
    SCN_EXPECT(env, late != -ETIMEDOUT || virtio_blk_outstanding(blk) == 1u ||
                        !virtio_device_is_live(&blk->dev));
    env->ops->pause(env, 0, false);
    ret = late == -ETIMEDOUT ? 0 : late;
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 8);
    for (unsigned i = 0; i < 100u && ret == 0 && virtio_blk_outstanding(blk) != 0; i++) {
        virtio_port_delay_us(1000);
        (void)virtio_blk_poll(blk);
    }
    if (ret == 0 && virtio_blk_outstanding(blk) != 0) {
        ret = -ETIMEDOUT;
    }
    return scn_close(env, 0, ret);
}

static void note_capacity(struct virtio_blk *blk, uint64_t capacity_sectors)
{
    uint64_t *seen = blk->params.cookie;

    *seen = capacity_sectors;
}

int scn_run_capacity(struct scn_env *env)
{
    uint64_t seen = 0;
    struct virtio_blk_params params = {.capacity_changed = note_capacity, .cookie = &seen};
    struct virtio_blk *blk = &env->blks[0];
    uint64_t full = 0;
    int ret = scn_open(env, 0, &params);

    if (ret == 0) {
        full = blk->info.capacity_sectors;
        env->ops->set_capacity(env, 0, 64);
        ret = scn_read(env, 0, 0, 8);
    }
    if (ret == 0) {
        /* The announcement may still be on its way; a read beyond fails either way. */
        int beyond = virtio_blk_read(blk, 64, env->scratch, 1, SCN_TIMEOUT_US);

        SCN_EXPECT(env, beyond != 0);
        env->ops->set_capacity(env, 0, full);
        ret = scn_read(env, 0, 0, 8);
    }
    for (unsigned i = 0; i < 20u && ret == 0 && seen != full; i++) {
        virtio_port_delay_us(1000);
        (void)virtio_blk_poll(blk);
    }
    if (ret == 0) {
        ret = seen == full ? scn_read(env, 0, 60, 8) : -EIO;
    }
    ret = scn_close(env, 0, ret);
    blk->params.cookie = NULL;
    blk->params.capacity_changed = NULL;
    return ret;
}

/* 70,000 requests in batches, so that avail.idx and used.idx pass 65535 on every ring. */
int scn_run_wrap(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    for (unsigned n = 0; n < 70000u && ret == 0; n += 7u) {
        struct scn_async *a = scn_async_begin(env, 0);

        for (unsigned i = 0; i < 7u; i++) {
            (void)scn_async_add(a, VIRTIO_BLK_READ, (n + i) % 200u, 1, (size_t)i * SECTOR, 0);
        }
        ret = scn_async_submit(a);
        ret = ret != 0 ? ret : scn_async_wait(a, SCN_TIMEOUT_US);
    }
    return scn_close(env, 0, ret);
}
