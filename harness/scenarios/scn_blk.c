/* SPDX-License-Identifier: Apache-2.0 */
/* See scn_blk.h. */
#include "scn_blk.h"

#define SYNC_OFFSET (SCN_SCRATCH - 65536u) /* of the buffer that scn_read and scn_write use */

static bool blk_irq(void *arg)
{
    return virtio_blk_interrupt(arg);
}

int scn_open(struct scn_env *env, unsigned i, const struct virtio_blk_params *params)
{
    struct virtio_blk_params p = {0};
    int ret;

    if (params != NULL) {
        p = *params;
    }
    p.features_off |= env->features_off;
    /* Connected first: an early interrupt must find a handler that can stand it. */
    if (!env->windows[i].polled) {
        env->ops->irq(env, i, blk_irq, &env->blks[i]);
    }
    ret = virtio_blk_probe(&env->blks[i], &env->windows[i], &p);
    if (ret != 0) {
        /* Nothing is held, unless the device could not be made to let go of it. */
        SCN_EXPECT(env, env->blks[i].dev.state == VIRTIO_STATE_ABSENT ||
                            env->blks[i].dev.state == VIRTIO_STATE_BROKEN);
    } else {
        SCN_EXPECT(env, !virtio_has_feature(&env->blks[i].dev, VIRTIO_BLK_F_CONFIG_WCE) ||
                            virtio_has_feature(&env->blks[i].dev, VIRTIO_BLK_F_FLUSH));
    }
    return ret != 0 ? ret : scn_play_after_open(env, i);
}

int scn_close(struct scn_env *env, unsigned i, int ret)
{
    int removed;

    ret = ret != 0 ? ret : scn_play_before_close(env, i);
    if (ret != 0 && env->keep_on_error) {
        return ret;
    }
    removed = virtio_blk_remove(&env->blks[i], 0);
    if (removed == 0) {
        env->ops->irq(env, i, NULL, NULL);
    }
    return ret != 0 ? ret : removed;
}

/* ---- tracking ---- */

static bool tracked(const struct scn_env *env, unsigned i, uint64_t sector)
{
    return sector < env->disks[i].sectors;
}

void scn_may_become(struct scn_env *env, unsigned i, uint64_t sector, uint64_t count, unsigned gen)
{
    for (uint64_t s = sector; s < sector + count && tracked(env, i, s); s++) {
        env->disks[i].may[s] = (uint16_t)(env->disks[i].may[s] | (1u << gen));
    }
}

void scn_has_become(struct scn_env *env, unsigned i, uint64_t sector, uint64_t count, unsigned gen)
{
    for (uint64_t s = sector; s < sector + count && tracked(env, i, s); s++) {
        env->disks[i].may[s] = (uint16_t)(1u << gen);
    }
}

void scn_fill(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count, unsigned gen,
              void *buf)
{
    for (uint32_t n = 0; n < count; n++) {
        scn_pattern(env->disks[i].number, sector + n, gen,
                    (unsigned char *)buf + (size_t)n * VIRTIO_BLK_SECTOR_SIZE);
    }
}

void scn_check(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count, const void *buf)
{
    for (uint32_t n = 0; n < count; n++) {
        const unsigned char *p = (const unsigned char *)buf + (size_t)n * VIRTIO_BLK_SECTOR_SIZE;

        if (!scn_disk_holds(&env->disks[i], sector + n, p)) {
            env->data_errors++;
        }
    }
}

int scn_read(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count)
{
    uint8_t *buf = env->scratch + SYNC_OFFSET;
    int ret = scn_play_before_io(env, i);

    if (ret != 0) {
        return ret;
    }
    memset(buf, 0x5c, (size_t)count * VIRTIO_BLK_SECTOR_SIZE);
    ret = virtio_blk_read(&env->blks[i], sector, buf, count, SCN_TIMEOUT_US);
    if (ret == 0) {
        scn_check(env, i, sector, count, buf);
    }
    return ret;
}

int scn_write(struct scn_env *env, unsigned i, uint64_t sector, uint32_t count, unsigned gen)
{
    uint8_t *buf = env->scratch + SYNC_OFFSET;
    int ret;

    scn_fill(env, i, sector, count, gen, buf);
    scn_may_become(env, i, sector, count, gen);
    ret = virtio_blk_write(&env->blks[i], sector, buf, count, SCN_TIMEOUT_US);
    if (ret == 0) {
        scn_has_become(env, i, sector, count, gen);
    }
    return ret;
}

/* ---- asynchronous ---- */

static struct scn_async async_pool[2][SCN_DEVICES_MAX];

static struct scn_async *begin(struct scn_async *a, struct scn_env *env, unsigned dev)
{
    a->env = env;
    a->dev = dev;
    a->count = 0;
    a->completed = 0;
    a->first_error = 0;
    return a;
}

struct scn_async *scn_async_begin(struct scn_env *env, unsigned dev)
{
    return begin(&async_pool[0][dev], env, dev);
}

struct scn_async *scn_async_begin_play(struct scn_env *env, unsigned dev)
{
    return begin(&async_pool[1][dev], env, dev);
}

static void async_done(struct virtio_blk_req *req, int result)
{
    struct scn_async_req *r = req->cookie;
    struct scn_async *a = r->owner;

    r->calls++;
    SCN_EXPECT(a->env, r->calls == 1u);
    a->completed++;
    if (result != 0) {
        a->first_error = a->first_error != 0 ? a->first_error : result;
        return;
    }
    for (unsigned s = 0; s < req->num_segs; s++) {
        uint64_t sector = req->sector;
        uint32_t count = req->segs[s].len / VIRTIO_BLK_SECTOR_SIZE;

        for (unsigned before = 0; before < s; before++) {
            sector += req->segs[before].len / VIRTIO_BLK_SECTOR_SIZE;
        }
        if (req->op == VIRTIO_BLK_READ) {
            scn_check(a->env, a->dev, sector, count, req->segs[s].ptr);
        } else if (req->op == VIRTIO_BLK_WRITE) {
            scn_has_become(a->env, a->dev, sector, count, r->gen);
        }
    }
}

struct virtio_blk_req *scn_async_add(struct scn_async *a, enum virtio_blk_op op, uint64_t sector,
                                     uint32_t sectors, size_t offset, unsigned gen)
{
    struct scn_async_req *r = &a->reqs[a->count++];
    uint8_t *buf = a->env->scratch + offset;

    memset(&r->req, 0, sizeof(r->req));
    r->owner = a;
    r->calls = 0;
    r->gen = gen;
    r->resubmits = 0;
    r->segs[0].ptr = buf;
    r->segs[0].len = sectors * VIRTIO_BLK_SECTOR_SIZE;
    r->req.op = op;
    r->req.sector = sector;
    r->req.segs = r->segs;
    r->req.num_segs = sectors != 0 ? 1u : 0u;
    r->req.done = async_done;
    r->req.cookie = r;
    if (op == VIRTIO_BLK_WRITE) {
        scn_fill(a->env, a->dev, sector, sectors, gen, buf);
        scn_may_become(a->env, a->dev, sector, sectors, gen);
    } else if (sectors != 0) {
        memset(buf, 0x5c, (size_t)sectors * VIRTIO_BLK_SECTOR_SIZE);
    }
    return &r->req;
}

int scn_async_submit(struct scn_async *a)
{
    struct virtio_blk_req *reqs[SCN_ASYNC_MAX];
    int error;

    for (unsigned i = 0; i < a->count; i++) {
        reqs[i] = &a->reqs[i].req;
    }
    a->count = virtio_blk_submit_batch(&a->env->blks[a->dev], reqs, a->count, &error);
    return error;
}

int scn_async_wait(struct scn_async *a, uint64_t timeout_us)
{
    struct virtio_blk *blk = &a->env->blks[a->dev];
    uint64_t deadline = virtio_port_now_us() + timeout_us;
    virtio_port_event_t never;
    volatile bool done = false;

    virtio_port_event_init(&never);
    while (a->completed < a->count && virtio_port_now_us() < deadline) {
        /* Sleeps in short slices: nobody signals this event. */
        (void)virtio_wait(&blk->dev, &never, &done, 1000);
    }
    virtio_port_event_deinit(&never);
    if (a->completed < a->count) {
        return -ETIMEDOUT;
    }
    return a->first_error;
}

void scn_async_expect_all(struct scn_async *a)
{
    SCN_EXPECT(a->env, a->completed == a->count);
    for (unsigned i = 0; i < a->count; i++) {
        SCN_EXPECT(a->env, a->reqs[i].calls == 1u);
    }
}

/* ---- recovery ---- */

static int use_once(struct scn_env *env, unsigned i)
{
    uint32_t count = env->blks[i].info.block_size / VIRTIO_BLK_SECTOR_SIZE;
    int ret = scn_read(env, i, 0, count);

    if (ret == 0 && !env->blks[i].info.read_only) {
        ret = scn_write(env, i, 0, count, 12);
    }
    return ret != 0 ? ret : scn_read(env, i, 0, count);
}

static int recover_one(struct scn_env *env, unsigned i)
{
    int ret = 0;

    if (env->blks[i].dev.state != VIRTIO_STATE_ABSENT) {
        ret = virtio_blk_reset(&env->blks[i], 0);
        SCN_EXPECT(env, virtio_blk_outstanding(&env->blks[i]) == 0);
        ret = ret != 0 ? ret : use_once(env, i);
        ret = ret != 0 ? ret : scn_close(env, i, 0);
    }
    ret = ret != 0 ? ret : scn_open(env, i, NULL);
    ret = ret != 0 ? ret : use_once(env, i);
    return ret != 0 ? ret : scn_close(env, i, 0);
}

int scn_blk_recover(struct scn_env *env, const struct scenario *sc)
{
    unsigned devices = sc->needs.devices != 0 ? sc->needs.devices : 1u;
    int ret = 0;

    for (unsigned i = 0; i < devices && ret == 0; i++) {
        ret = recover_one(env, i);
    }
    return ret;
}
