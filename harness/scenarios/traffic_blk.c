/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic of block devices: tracked reads and writes, waited for or several in flight. */
#include "scn_blk.h"
#include "traffic.h"

#define TRAFFIC_SECTORS 128u
#define BATCH_MAX       4u

/* Requests under way are awaited before the next batch: their buffers are those of the set. */
static struct scn_async *in_flight[SCN_DEVICES_MAX];

static int settle(unsigned i)
{
    struct scn_async *a = in_flight[i];

    in_flight[i] = NULL;
    return a != NULL ? scn_async_wait(a, SCN_TIMEOUT_US) : 0;
}

static int traffic_open(struct scn_env *env, unsigned i)
{
    in_flight[i] = NULL;
    return scn_open(env, i, NULL);
}

/* Device i has a part of the scratch memory of its own. */
static int start_batch(struct scn_env *env, unsigned i, uint32_t random)
{
    struct scn_async *a = scn_async_begin(env, i);
    unsigned n = 1u + (random >> 8) % BATCH_MAX;

    for (unsigned k = 0; k < n; k++) {
        uint64_t sector = (random >> 10) % (TRAFFIC_SECTORS / 16u) * 16u + k * 4u;
        bool write = (random >> (20u + k) & 1u) != 0;

        (void)scn_async_add(a, write ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ, sector, 4,
                            (size_t)(i * BATCH_MAX + k) * 2048u, 1u + (random >> 24) % 8u);
    }
    in_flight[i] = a;
    return scn_async_submit(a);
}

static int traffic_step(struct scn_env *env, unsigned i, uint32_t random)
{
    uint64_t sector = (random >> 8) % (TRAFFIC_SECTORS - 8u);
    uint32_t count = 1u + (random >> 16) % 8u;
    int ret;

    if (in_flight[i] != NULL && (random & 1u) == 0) {
        return 0; /* left in flight while others have their turn */
    }
    ret = settle(i);
    if (ret != 0) {
        return ret;
    }
    switch (random >> 2 & 3u) {
    case 0:
        return scn_read(env, i, sector, count);
    case 1:
        return scn_write(env, i, sector, count, 1u + (random >> 24) % 8u);
    default:
        return start_batch(env, i, random);
    }
}

static int traffic_drain(struct scn_env *env, unsigned i)
{
    (void)env;
    return settle(i);
}

static void expect_all(unsigned i)
{
    if (in_flight[i] != NULL) {
        scn_async_expect_all(in_flight[i]);
    }
    in_flight[i] = NULL;
}

static int traffic_reset(struct scn_env *env, unsigned i)
{
    int ret = virtio_blk_reset(&env->blks[i], 0);

    if (ret == 0) {
        expect_all(i);
    }
    return ret;
}

static int traffic_close(struct scn_env *env, unsigned i, int ret)
{
    int closed = scn_close(env, i, ret);

    if (env->blks[i].dev.state == VIRTIO_STATE_ABSENT) {
        expect_all(i);
    }
    return closed;
}

const struct scn_traffic scn_blk_traffic = {
    .name = "blk",
    .type = SCN_BLK,
    .open = traffic_open,
    .step = traffic_step,
    .drain = traffic_drain,
    .reset = traffic_reset,
    .close = traffic_close,
};
