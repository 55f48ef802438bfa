/* SPDX-License-Identifier: Apache-2.0 */
/* Asynchronous requests of the block driver: batches, cancelling, the ring full, callbacks. */
#include <criterion/criterion.h>

#include "rig.h"

#define MANY 40u

static struct rig r;
static struct rig_req q[MANY];
static struct virtio_blk_req *reqs[MANY];

/* A disk that does nothing until rig_run, `ring` entries in its queue, without indirect tables: a
 * one-segment request takes 3 of them. */
static void open_ring(uint16_t ring)
{
    rig_open(&r, &(struct rig_options){.schedule = MODEL_SCHED_LAZY, .queue_num_max = ring}, NULL);
    for (unsigned i = 0; i < MANY; i++) {
        rig_req_init(&r, &q[i], VIRTIO_BLK_READ, i * 4u, 2);
        reqs[i] = &q[i].req;
    }
}

static void expect_read(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        cr_assert_eq(q[i].calls, 1u, "request %u completed %u times", i, q[i].calls);
        cr_assert_eq(q[i].result, 0, "request %u: %d", i, q[i].result);
        cr_assert(rig_holds_pattern(q[i].buf, q[i].req.sector, 2), "request %u", i);
    }
}

Test(blk_async, batch_is_one_notification)
{
    struct model_device_counters c;
    int error = -1;

    open_ring(128);
    r.blk.params.queue_size = 32;
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, reqs, 10, &error), 10u);
    cr_assert_eq(error, 0);
    model_device_counters(r.device, &c);
    cr_assert_eq(c.notifies, 1u);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 10u);
    rig_run(&r, 2000);
    expect_read(0, 10);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 0u);
    rig_close(&r);
}

Test(blk_async, more_than_the_ring_takes_waits_in_order)
{
    int error;

    open_ring(4);
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, reqs, MANY, &error), MANY);
    cr_assert_eq(error, 0);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        cr_assert_eq(q[i].calls, 0u);
    }
    rig_run(&r, 10000);
    expect_read(0, MANY);
    rig_close(&r);
}

/* The bad one ends the batch: what is before it is accepted, the rest is still the caller's. */
Test(blk_async, batch_is_accepted_up_to_the_first_refusal)
{
    for (unsigned bad = 0; bad < 6u; bad++) {
        int error = 0;

        open_ring(64);
        q[bad].req.sector = RIG_SECTORS;
        cr_assert_eq(virtio_blk_submit_batch(&r.blk, reqs, 6, &error), bad);
        cr_assert_eq(error, -ERANGE);
        cr_assert_eq(virtio_blk_outstanding(&r.blk), bad);
        rig_run(&r, 2000);
        expect_read(0, bad);
        for (unsigned i = bad; i < 6u; i++) {
            cr_assert_eq(q[i].calls, 0u, "request %u was refused and completed", i);
            cr_assert_eq(virtio_blk_cancel(&r.blk, &q[i].req), -EINVAL);
        }
        q[bad].req.sector = 0;
        cr_assert_eq(virtio_blk_submit_batch(&r.blk, &reqs[bad], 6u - bad, &error), 6u - bad);
        rig_run(&r, 2000);
        expect_read(0, 6);
        rig_close(&r);
    }
}

Test(blk_async, batch_refuses_each_error_with_its_own)
{
    static struct rig_req other;
    struct virtio_blk_req *two[2] = {&q[0].req, &other.req};
    int error;

    open_ring(64);
    rig_req_init(&r, &other, VIRTIO_BLK_DISCARD, 0, 0);
    other.req.num_sectors = 8;
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, two, 2, &error), 1u);
    cr_assert_eq(error, -ENOTSUP);
    two[1] = &q[0].req; /* in use by now */
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, two, 2, &error), 0u);
    cr_assert_eq(error, -EINVAL);
    two[0] = &q[1].req;
    two[1] = &q[1].req; /* twice in one batch */
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, two, 2, &error), 1u);
    cr_assert_eq(error, -EINVAL);
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, two, 0, &error), 0u);
    cr_assert_eq(error, 0);
    rig_run(&r, 2000);
    expect_read(0, 2);
    rig_close(&r);
}

Test(blk_async, cancel_of_what_the_device_has_not_seen)
{
    int error;

    open_ring(4); /* one chain on the ring, the rest waits */
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, reqs, 5, &error), 5u);
    cr_assert_eq(virtio_blk_cancel(&r.blk, &q[3].req), 0);
    cr_assert_eq(q[3].calls, 1u, "completes before cancel returns");
    cr_assert_eq(q[3].result, -ECANCELED);
    cr_assert_eq(virtio_blk_cancel(&r.blk, &q[3].req), -EINVAL, "not submitted any more");
    cr_assert_eq(virtio_blk_cancel(&r.blk, &q[4].req), 0); /* the last of the list */
    cr_assert_eq(virtio_blk_cancel(&r.blk, &q[1].req), 0); /* the first */
    cr_assert_eq(virtio_blk_cancel(&r.blk, &q[0].req), -EBUSY, "the device has it");
    cr_assert_eq(q[0].calls, 0u);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 2u);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q[4].req), 0, "free again");
    rig_run(&r, 5000);
    expect_read(0, 1);
    expect_read(2, 3);
    cr_assert_eq(q[4].calls, 2u);
    cr_assert_eq(q[4].result, 0);
    cr_assert_eq(q[3].calls, 1u);
    rig_close(&r);
}

/* 16 sectors in chains of one sector, on a ring with room for one: partly with the device. */
Test(blk_async, cancel_of_what_is_partly_with_the_device_is_ebusy)
{
    static struct rig_req big;

    rig_open(&r,
             &(struct rig_options){.schedule = MODEL_SCHED_LAZY,
                                   .queue_num_max = 4,
                                   .features = VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX,
                                   .size_max = 512,
                                   .seg_max = 1},
             NULL);
    rig_req_init(&r, &big, VIRTIO_BLK_READ, 16, 8);
    cr_assert_eq(virtio_blk_submit(&r.blk, &big.req), 0);
    cr_assert_eq(virtio_blk_cancel(&r.blk, &big.req), -EBUSY);
    rig_run(&r, 5000);
    cr_assert_eq(big.calls, 1u);
    cr_assert_eq(big.result, 0);
    cr_assert(rig_holds_pattern(big.buf, 16, 8));
    rig_close(&r);
}

Test(blk_async, error_in_the_middle_of_a_split_request_fails_it_once)
{
    for (uint32_t k = 1; k <= 8u; k++) {
        static struct rig_req big;

        rig_open(&r,
                 &(struct rig_options){.schedule = MODEL_SCHED_LAZY,
                                       .queue_num_max = 4,
                                       .features = VIRTIO_BLK_F_SIZE_MAX | VIRTIO_BLK_F_SEG_MAX,
                                       .size_max = 512,
                                       .seg_max = 1},
                 NULL);
        rig_req_init(&r, &big, VIRTIO_BLK_READ, 16, 8);
        rig_arm(&r, MODEL_FAULT_BLK_IOERR, 0, k, false);
        cr_assert_eq(virtio_blk_submit(&r.blk, &big.req), 0);
        rig_run(&r, 5000);
        cr_assert_eq(big.calls, 1u, "chain %u failed", (unsigned)k);
        cr_assert_eq(big.result, -EIO);
        cr_assert_eq(virtio_blk_outstanding(&r.blk), 0u);
        cr_assert_eq(rig_memory(&r).mappings, 0u);
        rig_close(&r);
    }
}

static unsigned chained;

static void submit_next(struct virtio_blk_req *req, int result)
{
    struct rig_req *done = req->cookie;

    done->calls++;
    done->result = result;
    if (result == 0 && ++chained < 20u) {
        cr_assert_eq(virtio_blk_submit(&r.blk, req), 0);
    }
}

Test(blk_async, callback_may_submit_its_own_request_again)
{
    open_ring(64);
    chained = 0;
    q[0].req.done = submit_next;
    cr_assert_eq(virtio_blk_submit(&r.blk, &q[0].req), 0);
    rig_run(&r, 5000);
    cr_assert_eq(chained, 20u);
    cr_assert_eq(q[0].calls, 20u);
    rig_close(&r);
}

static void try_everything(struct virtio_blk_req *req, int result)
{
    struct rig_req *done = req->cookie;

    done->calls++;
    done->result = result;
    cr_assert_eq(virtio_blk_reset(&r.blk, 0), -EBUSY);
    cr_assert_eq(virtio_blk_remove(&r.blk, 0), -EBUSY);
    cr_assert_eq(virtio_device_release(&r.blk.dev), -EBUSY);
}

Test(blk_async, callback_may_not_reset_or_remove)
{
    open_ring(64);
    q[0].req.done = try_everything;
    cr_assert_eq(virtio_blk_submit(&r.blk, &q[0].req), 0);
    rig_run(&r, 2000);
    cr_assert_eq(q[0].calls, 1u);
    cr_assert_eq(q[0].result, 0);
    cr_assert_eq(virtio_blk_submit(&r.blk, &q[1].req), 0, "the device is as it was");
    rig_run(&r, 2000);
    expect_read(1, 2);
    rig_close(&r);
}

Test(blk_async, queues_of_a_multi_queue_device_are_used_in_turn)
{
    struct virtio_blk_info info;

    rig_open(&r,
             &(struct rig_options){
                 .schedule = MODEL_SCHED_LAZY, .features = VIRTIO_BLK_F_MQ, .num_queues = 3},
             NULL);
    virtio_blk_get_info(&r.blk, &info);
    cr_assert_eq(info.num_queues, 3u);
    for (unsigned i = 0; i < 9u; i++) {
        rig_req_init(&r, &q[i], VIRTIO_BLK_READ, i * 4u, 2);
        q[i].req.queue = i < 6u ? VIRTIO_BLK_QUEUE_ANY : (uint8_t)(i + 1u); /* 7, 8, 9: modulo */
        cr_assert_eq(virtio_blk_submit(&r.blk, &q[i].req), 0);
    }
    for (unsigned i = 0; i < 3u; i++) {
        cr_assert_eq(r.blk.queues[i].num_reqs, 3u, "queue %u", i);
    }
    rig_run(&r, 3000);
    expect_read(0, 9);
    rig_close(&r);
}

Test(blk_async, max_queues_limits_what_is_set_up)
{
    struct virtio_blk_info info;

    rig_open(&r, &(struct rig_options){.features = VIRTIO_BLK_F_MQ, .num_queues = 8},
             &(struct virtio_blk_params){.max_queues = 2});
    virtio_blk_get_info(&r.blk, &info);
    cr_assert_eq(info.num_queues, 2u);
    rig_close(&r);
    rig_open(&r, &(struct rig_options){.features = VIRTIO_BLK_F_MQ, .num_queues = 8}, NULL);
    virtio_blk_get_info(&r.blk, &info);
    cr_assert_eq(info.num_queues, VIRTIO_BLK_QUEUES_MAX);
    rig_close(&r);
}
