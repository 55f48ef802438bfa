/* SPDX-License-Identifier: Apache-2.0 */
/* Block scenarios: the plain life of a disk. */
#include "blk_scenarios.h"

int scn_run_bring_up(struct scn_env *env)
{
    return scn_close(env, 0, scn_open(env, 0, NULL));
}

int scn_run_read_1(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_read(env, 0, 3, 1);
    return scn_close(env, 0, ret);
}

int scn_run_read_4k(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_read(env, 0, 8, 8);
    return scn_close(env, 0, ret);
}

int scn_run_write_read(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_write(env, 0, 16, 8, 1);
    ret = ret != 0 ? ret : scn_write(env, 0, 20, 1, 2);
    ret = ret != 0 ? ret : scn_read(env, 0, 15, 10);
    return scn_close(env, 0, ret);
}

int scn_run_flush(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_write(env, 0, 0, 1, 1);
    ret = ret != 0 ? ret : virtio_blk_flush(&env->blks[0], SCN_TIMEOUT_US);
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 1);
    return scn_close(env, 0, ret);
}

static int erase(struct scn_env *env, enum virtio_blk_op op, uint64_t sector, uint64_t count,
                 unsigned gen)
{
    int ret;

    scn_may_become(env, 0, sector, count, gen);
    ret = virtio_blk_erase(&env->blks[0], op, sector, count, 0, SCN_TIMEOUT_US);
    if (ret == 0) {
        scn_has_become(env, 0, sector, count, gen);
    }
    return ret;
}

/* More sectors than one range and one chain may cover: split, and complete as one. */
int scn_run_erase(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);
    bool secure = ret == 0 && virtio_has_feature(&env->blks[0].dev, VIRTIO_BLK_F_SECURE_ERASE);

    ret = ret != 0 ? ret : erase(env, VIRTIO_BLK_WRITE_ZEROES, 5, 40, SCN_GEN_ZERO);
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 64);
    ret = ret != 0 ? ret : erase(env, VIRTIO_BLK_DISCARD, 64, 33, SCN_GEN_ANY);
    ret = ret != 0 ? ret : scn_read(env, 0, 60, 40);
    if (ret == 0 && secure) {
        ret = erase(env, VIRTIO_BLK_SECURE_ERASE, 100, 10, SCN_GEN_ANY);
    }
    return scn_close(env, 0, ret);
}

int scn_run_identify(struct scn_env *env)
{
    char id[VIRTIO_BLK_ID_LEN + 1u];
    struct virtio_blk_lifetime lifetime;
    int ret = scn_open(env, 0, NULL);

    ret = ret != 0 ? ret : virtio_blk_get_id(&env->blks[0], id, SCN_TIMEOUT_US);
    if (ret == 0) {
        SCN_EXPECT(env, id[VIRTIO_BLK_ID_LEN] == '\0');
        /* What every disk here is called, or BLK-ID-NOTERM: all bytes in use. */
        if (memcmp(id, "rt-virtio", 9) != 0 && strlen(id) != VIRTIO_BLK_ID_LEN) {
            env->data_errors++;
        }
    }
    if (ret == 0 && virtio_has_feature(&env->blks[0].dev, VIRTIO_BLK_F_LIFETIME)) {
        ret = virtio_blk_get_lifetime(&env->blks[0], &lifetime, SCN_TIMEOUT_US);
    }
    return scn_close(env, 0, ret);
}

int scn_run_writeback(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    ret = ret != 0 ? ret : virtio_blk_set_writeback(&env->blks[0], true, SCN_TIMEOUT_US);
    ret = ret != 0 ? ret : scn_write(env, 0, 7, 2, 1);
    ret = ret != 0 ? ret : virtio_blk_set_writeback(&env->blks[0], false, SCN_TIMEOUT_US);
    if (ret == 0 && virtio_blk_get_writeback(&env->blks[0])) {
        ret = -EIO; /* the device says otherwise than it was told */
    }
    ret = ret != 0 ? ret : scn_read(env, 0, 6, 4);
    return scn_close(env, 0, ret);
}

/* Refused before it reaches the device; reading works. */
int scn_run_read_only(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    if (ret == 0) {
        uint8_t *buf = env->scratch;
        int refused = virtio_blk_write(&env->blks[0], 0, buf, 1, SCN_TIMEOUT_US);
        /* Not negotiated (FEAT-NONE) is the device's right: it then has to refuse itself. */
        bool ro = virtio_has_feature(&env->blks[0].dev, VIRTIO_BLK_F_RO);

        SCN_EXPECT(env, refused != 0);
        SCN_EXPECT(env, !ro || refused == -EROFS || refused == -EIO);
    }
    ret = ret != 0 ? ret : scn_read(env, 0, 2, 2);
    return scn_close(env, 0, ret);
}

/* Logical blocks of 4096: aligned works, unaligned is refused. */
int scn_run_block_4096(struct scn_env *env)
{
    int ret = scn_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_write(env, 0, 8, 16, 1);
    ret = ret != 0 ? ret : scn_read(env, 0, 0, 32);
    if (ret == 0 && env->blks[0].info.block_size == 4096u) {
        SCN_EXPECT(env, virtio_blk_read(&env->blks[0], 1, env->scratch, 8, 0) == -EINVAL);
        SCN_EXPECT(env, virtio_blk_read(&env->blks[0], 8, env->scratch, 1, 0) == -EINVAL);
    }
    return scn_close(env, 0, ret);
}

/* Every refusal that needs no device; nothing of it may reach the ring. */
int scn_run_bad_arguments(struct scn_env *env)
{
    struct virtio_blk *blk = &env->blks[0];
    struct virtio_blk_req req = {0};
    int ret = scn_open(env, 0, NULL);
    uint64_t end;

    if (ret != 0) {
        return scn_close(env, 0, ret);
    }
    end = blk->info.capacity_sectors;
    SCN_EXPECT(env, virtio_blk_read(blk, 0, env->scratch, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_blk_read(blk, 0, NULL, 1, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_blk_read(blk, end, env->scratch, 1, 0) == -ERANGE);
    SCN_EXPECT(env, virtio_blk_read(blk, UINT64_MAX, env->scratch, 1, 0) == -ERANGE);
    SCN_EXPECT(env, virtio_blk_read(blk, UINT64_MAX - 3u, env->scratch, 8, 0) == -ERANGE);
    SCN_EXPECT(env, end == 0 || blk->info.read_only ||
                        virtio_blk_write(blk, end - 1u, env->scratch, 2, 0) == -ERANGE);
    SCN_EXPECT(env, virtio_blk_erase(blk, VIRTIO_BLK_READ, 0, 1, 0, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_blk_submit(blk, &req) == -EINVAL);
    SCN_EXPECT(env, virtio_blk_cancel(blk, &req) == -EINVAL);
    SCN_EXPECT(env, virtio_blk_probe(blk, &env->windows[0], NULL) == -EINVAL);
    SCN_EXPECT(env, virtio_blk_outstanding(blk) == 0);
    ret = scn_read(env, 0, 0, 1);
    return scn_close(env, 0, ret);
}

#define SCENARIO(nm, fn, wh, fl, ...)                                                              \
    {                                                                                              \
        .device = "blk", .name = nm, .what = wh, .flags = fl, .needs = {__VA_ARGS__}, .run = fn    \
    }

#define ERASE_FEATURES (VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_WRITE_ZEROES)

const struct scenario scn_blk_scenarios[] = {
    SCENARIO("bring-up", scn_run_bring_up, "probe and remove", 0, .devices = 1),
    SCENARIO("read-1", scn_run_read_1, "one sector, synchronous", SCN_EXHAUSTIVE, .devices = 1),
    SCENARIO("read-4k", scn_run_read_4k, "4 KiB, synchronous", SCN_EXHAUSTIVE, .devices = 1),
    SCENARIO("write-read", scn_run_write_read, "write, overwrite a part, read back", SCN_WRAP,
             .devices = 1),
    SCENARIO("flush", scn_run_flush, "write, flush, read back", 0, .devices = 1),
    SCENARIO("erase", scn_run_erase, "write-zeroes, discard, secure erase; split by limits", 0,
             .features = ERASE_FEATURES, .max_erase_sectors = 8, .max_erase_seg = 2),
    SCENARIO("identify", scn_run_identify, "GET_ID and GET_LIFETIME", SCN_EXHAUSTIVE, .devices = 1),
    SCENARIO("writeback", scn_run_writeback, "switch the cache mode and back", 0,
             .features = VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_FLUSH),
    SCENARIO("read-only", scn_run_read_only, "a write is refused with EROFS", 0,
             .features = VIRTIO_BLK_F_RO),
    SCENARIO("block-4096", scn_run_block_4096, "logical blocks of 4096 bytes", 0,
             .features = VIRTIO_BLK_F_BLK_SIZE, .blk_size = 4096),
    SCENARIO("bad-arguments", scn_run_bad_arguments, "everything that the driver must refuse", 0,
             .devices = 1),
    SCENARIO("polled", scn_run_write_read, "no interrupt connected", 0, .polled = true),
    SCENARIO("batch", scn_run_batch, "8 requests in flight, one notification", SCN_WRAP,
             .devices = 1),
    SCENARIO("order", scn_run_order, "4 reads in flight, any order of completion",
             SCN_ORDERS | SCN_NO_QEMU, .devices = 1),
    SCENARIO("order-5", scn_run_order_5, "5 reads and writes in flight, any order",
             SCN_ORDERS | SCN_NO_QEMU, .devices = 1),
    SCENARIO("scatter", scn_run_scatter, "scatter-gather over 5 buffers", 0, .devices = 1),
    SCENARIO("split", scn_run_split, "64 KiB in pieces of size_max and seg_max", SCN_NO_QEMU,
             .features = VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX, .size_max = 1536,
             .seg_max = 3),
    SCENARIO("ring-full", scn_run_ring_full, "more requests than a ring of 4 takes", SCN_WRAP,
             .queue_num_max = 4),
    SCENARIO("small-queue", scn_run_small_queue, "QueueNumMax 8, wanted 32", SCN_NO_QEMU,
             .queue_num_max = 8),
    SCENARIO("multi-queue", scn_run_multi_queue, "4 request queues side by side", 0,
             .features = VIRTIO_BLK_F_MQ, .num_queues = 4),
    SCENARIO("two-disks", scn_run_two_disks, "two devices side by side, no cross-talk", 0,
             .devices = 2),
    SCENARIO("resubmit", scn_run_resubmit, "a callback submits again", 0, .devices = 1),
    SCENARIO("wake-up", scn_run_wake_up, "nobody polls: interrupts alone bring completions",
             SCN_NO_QEMU, .devices = 1),
    SCENARIO("callback-rules", scn_run_callback_rules, "a callback may not reset or remove",
             SCN_EXHAUSTIVE, .devices = 1),
    SCENARIO("cancel", scn_run_cancel, "cancel what the device has not seen", SCN_MAY_MISS,
             .queue_num_max = 4),
    SCENARIO("reset-busy", scn_run_reset_busy, "reset with requests in flight, then go on",
             SCN_MAY_MISS, .devices = 1),
    SCENARIO("remove-busy", scn_run_remove_busy, "remove with requests in flight",
             SCN_MAY_MISS | SCN_EXHAUSTIVE, .devices = 1),
    SCENARIO("queue-reset", scn_run_queue_reset, "reset of one queue (RING_RESET)",
             SCN_NO_QEMU | SCN_MAY_MISS, .features = VIRTIO_F_RING_RESET),
    SCENARIO("time-out", scn_run_time_out, "the device sleeps past a deadline, then wakes",
             SCN_NO_QEMU | SCN_MAY_MISS, .devices = 1),
    SCENARIO("capacity", scn_run_capacity, "the disk shrinks and grows while in use", SCN_NO_QEMU,
             .devices = 1),
    SCENARIO("wrap", scn_run_wrap, "more than 65536 requests: every index wraps", SCN_LONG,
             .queue_num_max = 16),
};
const unsigned scn_blk_count = sizeof(scn_blk_scenarios) / sizeof(scn_blk_scenarios[0]);
