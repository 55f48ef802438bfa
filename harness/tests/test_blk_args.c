/* SPDX-License-Identifier: Apache-2.0 */
/* What virtio_blk_* refuses, and that nothing of it reaches the device: not one register access,
 * nothing mapped, no callback. */
#include <criterion/criterion.h>

#include "rig.h"

static struct rig r;
static uint8_t buf[64 * 512];
static uint64_t before;

static void open_with(uint64_t features, uint32_t blk_size)
{
    rig_open(&r, &(struct rig_options){.features = features, .blk_size = blk_size}, NULL);
    before = rig_accesses(&r);
}

static void close_untouched(void)
{
    struct model_blk_stats stats;

    model_blk_stats(r.disk, &stats);
    cr_assert_eq(rig_accesses(&r), before, "something reached the device");
    cr_assert_eq(stats.reads + stats.writes + stats.flushes + stats.discards, 0u);
    cr_assert_eq(rig_memory(&r).mappings, 0u);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 0u);
    rig_close(&r);
}

Test(blk_args, ranges_in_overflow_safe_arithmetic)
{
    static const struct {
        uint64_t sector;
        uint32_t count;
        int expected;
    } rows[] = {
        {RIG_SECTORS, 1, -ERANGE},
        {RIG_SECTORS - 1u, 2, -ERANGE},
        {0, RIG_SECTORS + 1u, -ERANGE},
        {UINT64_MAX, 1, -ERANGE},
        {UINT64_MAX - 7u, 8, -ERANGE},
        {UINT64_MAX - 7u, 16, -ERANGE},
        {UINT64_C(1) << 55, 8, -ERANGE},
        {UINT64_C(1) << 63, 8, -ERANGE},
        {0, 0, -EINVAL},
        {RIG_SECTORS, 0, -EINVAL},
        {0, 0x800000u, -EINVAL}, /* 4 GiB */
        {0, UINT32_MAX, -EINVAL},
    };

    open_with(0, 0);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_assert_eq(virtio_blk_read(&r.blk, rows[i].sector, buf, rows[i].count, 0),
                     rows[i].expected, "row %u, read", i);
        cr_assert_eq(virtio_blk_write(&r.blk, rows[i].sector, buf, rows[i].count, 0),
                     rows[i].expected, "row %u, write", i);
    }
    close_untouched();
}

Test(blk_args, the_last_sector_is_in_range)
{
    open_with(0, 0);
    cr_assert_eq(virtio_blk_read(&r.blk, RIG_SECTORS - 1u, buf, 1, 0), 0);
    cr_assert(rig_holds_pattern(buf, RIG_SECTORS - 1u, 1));
    cr_assert_eq(virtio_blk_read(&r.blk, RIG_SECTORS - 64u, buf, 64, 0), 0);
    rig_close(&r);
}

Test(blk_args, null_buffer_is_einval)
{
    open_with(0, 0);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, NULL, 1, 0), -EINVAL);
    cr_assert_eq(virtio_blk_write(&r.blk, 0, NULL, 1, 0), -EINVAL);
    close_untouched();
}

Test(blk_args, blocks_of_4096_must_be_aligned)
{
    open_with(VIRTIO_BLK_F_BLK_SIZE, 4096);
    for (uint32_t i = 1; i < 8u; i++) {
        cr_assert_eq(virtio_blk_read(&r.blk, i, buf, 8, 0), -EINVAL);
        cr_assert_eq(virtio_blk_read(&r.blk, 8, buf, i, 0), -EINVAL);
        cr_assert_eq(virtio_blk_write(&r.blk, 8, buf, 8 + i, 0), -EINVAL);
    }
    close_untouched();
}

Test(blk_args, read_only_is_erofs)
{
    open_with(VIRTIO_BLK_F_RO | VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_WRITE_ZEROES, 0);
    cr_assert_eq(virtio_blk_write(&r.blk, 0, buf, 1, 0), -EROFS);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_DISCARD, 0, 8, 0, 0), -EROFS);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_WRITE_ZEROES, 0, 8, 0, 0), -EROFS);
    close_untouched();
}

Test(blk_args, operations_not_agreed_are_enotsup)
{
    struct virtio_blk_lifetime lifetime;
    static struct rig_req q;

    open_with(0, 0);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_DISCARD, 0, 8, 0, 0), -ENOTSUP);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_WRITE_ZEROES, 0, 8, 0, 0), -ENOTSUP);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_SECURE_ERASE, 0, 8, 0, 0), -ENOTSUP);
    cr_assert_eq(virtio_blk_get_lifetime(&r.blk, &lifetime, 0), -ENOTSUP);
    cr_assert_eq(virtio_blk_set_writeback(&r.blk, true, 0), -ENOTSUP);
    rig_req_init(&r, &q, VIRTIO_BLK_FLUSH, 0, 0);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -ENOTSUP);
    cr_assert_eq(q.calls, 0u);
    /* The cache is write-through then (section 5.2.5.2): there is nothing to flush. */
    cr_assert_eq(virtio_blk_flush(&r.blk, 0), 0);
    cr_assert_not(virtio_blk_get_writeback(&r.blk));
    close_untouched();
}

Test(blk_args, erase_takes_its_operations_only)
{
    static const enum virtio_blk_op ops[] = {VIRTIO_BLK_READ, VIRTIO_BLK_WRITE, VIRTIO_BLK_FLUSH,
                                             VIRTIO_BLK_GET_ID, VIRTIO_BLK_GET_LIFETIME};

    open_with(VIRTIO_BLK_F_DISCARD | VIRTIO_BLK_F_WRITE_ZEROES | VIRTIO_BLK_F_FLUSH, 0);
    for (unsigned i = 0; i < 5u; i++) {
        cr_assert_eq(virtio_blk_erase(&r.blk, ops[i], 0, 8, 0, 0), -EINVAL);
    }
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_DISCARD, 0, 0, 0, 0), -EINVAL);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_DISCARD, RIG_SECTORS, 1, 0, 0), -ERANGE);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_DISCARD, 1, UINT64_MAX, 0, 0), -ERANGE);
    cr_assert_eq(virtio_blk_erase(&r.blk, VIRTIO_BLK_WRITE_ZEROES, UINT64_MAX, 2, 0, 0), -ERANGE);
    close_untouched();
}

static int submit_segs(const struct virtio_blk_seg *segs, unsigned n)
{
    static struct rig_req q;

    rig_req_init(&r, &q, VIRTIO_BLK_READ, 0, 1);
    q.req.segs = segs;
    q.req.num_segs = n;
    return virtio_blk_submit(&r.blk, &q.req);
}

Test(blk_args, segments)
{
    const struct virtio_blk_seg good = {buf, 512}, empty = {buf, 0}, odd = {buf, 511},
                                odd2 = {buf, 513}, null = {NULL, 512};
    const struct virtio_blk_seg mixed[3] = {good, empty, good};
    const struct virtio_blk_seg halves[2] = {{buf, 256}, {buf + 256, 256}};

    open_with(0, 0);
    cr_assert_eq(submit_segs(&empty, 1), -EINVAL);
    cr_assert_eq(submit_segs(&odd, 1), -EINVAL);
    cr_assert_eq(submit_segs(&odd2, 1), -EINVAL);
    cr_assert_eq(submit_segs(&null, 1), -EINVAL);
    cr_assert_eq(submit_segs(mixed, 3), -EINVAL);
    cr_assert_eq(submit_segs(halves, 2), -EINVAL);
    cr_assert_eq(submit_segs(&good, 0), -EINVAL);
    cr_assert_eq(submit_segs(NULL, 0), -EINVAL);
    close_untouched();
}

Test(blk_args, request_itself)
{
    static struct rig_req q;

    open_with(0, 0);
    rig_req_init(&r, &q, VIRTIO_BLK_READ, 0, 1);
    q.req.done = NULL;
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -EINVAL);
    rig_req_init(&r, &q, (enum virtio_blk_op)99, 0, 1);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -EINVAL);
    rig_req_init(&r, &q, VIRTIO_BLK_GET_ID, 0, 0);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -EINVAL, "GET_ID without a buffer");
    rig_req_init(&r, &q, VIRTIO_BLK_GET_ID, 0, 1);
    q.seg.len = VIRTIO_BLK_ID_LEN - 1u;
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -EINVAL, "GET_ID into 19 bytes");
    cr_assert_eq(virtio_blk_cancel(&r.blk, &q.req), -EINVAL, "cancel of what was not submitted");
    cr_assert_eq(virtio_blk_reset_queue(&r.blk, 1, 0), -EINVAL, "no such queue");
    cr_assert_eq(virtio_blk_reset_queue(&r.blk, UINT32_MAX, 0), -EINVAL);
    cr_assert_eq(virtio_blk_reset_queue(&r.blk, 0, 0), -ENOTSUP, "RING_RESET not agreed");
    cr_assert_eq(virtio_blk_probe(&r.blk, &r.window, NULL), -EINVAL, "in use already");
    close_untouched();
}

Test(blk_args, request_in_use_is_einval)
{
    static struct rig_req q;

    rig_open(&r, &(struct rig_options){.schedule = MODEL_SCHED_LAZY}, NULL);
    rig_req_init(&r, &q, VIRTIO_BLK_READ, 4, 8);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), 0);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -EINVAL);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 1u);
    rig_run(&r, 1000);
    cr_assert_eq(q.calls, 1u);
    cr_assert_eq(q.result, 0);
    cr_assert(rig_holds_pattern(q.buf, 4, 8));
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), 0, "free again after its callback");
    rig_run(&r, 1000);
    cr_assert_eq(q.calls, 2u);
    rig_close(&r);
}

/* A logical block of 4096 in nine pieces, where a chain has eight. */
Test(blk_args, block_in_too_many_segments_is_emsgsize)
{
    static struct rig_req q;
    struct virtio_blk_seg segs[8];

    rig_open(&r, &(struct rig_options){.features = VIRTIO_BLK_F_BLK_SIZE, .blk_size = 4096},
             &(struct virtio_blk_params){.segs_per_req = 4});
    for (unsigned i = 0; i < 8u; i++) {
        segs[i] = (struct virtio_blk_seg){buf + i * 512u, 512};
    }
    rig_req_init(&r, &q, VIRTIO_BLK_READ, 8, 8);
    q.req.segs = segs;
    q.req.num_segs = 8;
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -EMSGSIZE);
    rig_run(&r, 1000);
    cr_assert_eq(q.calls, 0u, "refused and completed");
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 0u);
    cr_assert_eq(virtio_blk_read(&r.blk, 8, buf, 8, 0), 0, "the queue is wedged");
    rig_close(&r);
}

Test(blk_args, calls_on_a_device_that_is_not_there)
{
    static struct virtio_blk absent;
    static struct rig_req q;
    struct virtio_blk_req *reqs[1] = {&q.req};
    char id[VIRTIO_BLK_ID_LEN + 1u] = "x";
    struct virtio_blk_info info;
    int error = 0;

    rig_make(&r, &(struct rig_options){0});
    rig_req_init(&r, &q, VIRTIO_BLK_READ, 0, 1);
    cr_assert_eq(virtio_blk_read(&absent, 0, buf, 1, 0), -EIO);
    cr_assert_eq(virtio_blk_write(&absent, 0, buf, 1, 0), -EIO);
    cr_assert_eq(virtio_blk_flush(&absent, 0), -EIO);
    cr_assert_eq(virtio_blk_get_id(&absent, id, 0), -EIO);
    cr_assert_eq(id[0], '\0');
    cr_assert_eq(virtio_blk_submit(&absent, &q.req), -EIO);
    cr_assert_eq(virtio_blk_submit_batch(&absent, reqs, 1, &error), 0u);
    cr_assert_eq(error, -EIO);
    cr_assert_eq(virtio_blk_cancel(&absent, &q.req), -EINVAL);
    cr_assert_eq(virtio_blk_outstanding(&absent), 0u);
    cr_assert_eq(virtio_blk_reset(&absent, 0), -ENODEV);
    cr_assert_eq(virtio_blk_remove(&absent, 0), 0);
    cr_assert_not(virtio_blk_interrupt(&absent));
    cr_assert_not(virtio_blk_poll(&absent));
    virtio_blk_get_info(&absent, &info);
    cr_assert_eq(q.calls, 0u);
    cr_assert_eq(rig_accesses(&r), 0u);
    rig_expect_clean(&r);
}

Test(blk_args, calls_after_removal_touch_nothing)
{
    static struct rig_req q;
    char id[VIRTIO_BLK_ID_LEN + 1u];

    open_with(VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_CONFIG_WCE, 0);
    cr_assert_eq(virtio_blk_remove(&r.blk, 0), 0);
    before = rig_accesses(&r);
    rig_req_init(&r, &q, VIRTIO_BLK_READ, 0, 1);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf, 1, 0), -EIO);
    cr_assert_eq(virtio_blk_flush(&r.blk, 0), -EIO);
    cr_assert_eq(virtio_blk_get_id(&r.blk, id, 0), -EIO);
    cr_assert_eq(virtio_blk_set_writeback(&r.blk, false, 0), -EIO);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q.req), -EIO);
    cr_assert_eq(virtio_blk_reset(&r.blk, 0), -ENODEV);
    cr_assert_eq(virtio_blk_remove(&r.blk, 0), 0);
    cr_assert_not(virtio_blk_interrupt(&r.blk));
    cr_assert_not(virtio_blk_poll(&r.blk));
    (void)virtio_blk_get_writeback(&r.blk);
    cr_assert_eq(rig_accesses(&r), before, "a removed device was touched");
    rig_expect_clean(&r);
}
