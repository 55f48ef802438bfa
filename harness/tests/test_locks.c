/* SPDX-License-Identifier: Apache-2.0 */
/* Lock discipline: never taken twice, at most two at once, none held in a callback or in a call
 * that may sleep. (The rig and the scripted device watch the last two in every other suite.) */
#include <criterion/criterion.h>
#include <signal.h>

#include "rig.h"

static struct rig r;
static unsigned capacity_calls, capacity_masked;

Test(locks, taking_a_lock_twice_is_found_out, .signal = SIGABRT)
{
    virtio_port_lock_t lock;

    rig_make(&r, &(struct rig_options){0});
    virtio_port_lock_init(&lock);
    (void)virtio_port_lock(&lock);
    (void)virtio_port_lock(&lock);
}

static void capacity_changed(struct virtio_blk *blk, uint64_t capacity_sectors)
{
    (void)blk;
    (void)capacity_sectors;
    capacity_calls++;
    capacity_masked += r.mask_depth != 0 ? 1u : 0u;
}

/* Completions by interrupt, by poll, by cancel, by reset; on every schedule. */
static void every_way_to_complete(enum model_schedule schedule, unsigned version, uint64_t seed)
{
    static struct rig_req q[12];
    const struct virtio_blk_params params = {.capacity_changed = capacity_changed};

    rig_open(&r,
             &(struct rig_options){.version = version,
                                   .schedule = schedule,
                                   .seed = seed,
                                   .features = VIRTIO_F_EVENT_IDX,
                                   .queue_num_max = 8},
             &params);
    for (unsigned i = 0; i < 12u; i++) {
        rig_req_init(&r, &q[i], i % 2u ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ, i * 8u, 2);
        cr_assert_eq(virtio_blk_submit(&r.blk, &q[i].req), 0);
    }
    (void)virtio_blk_cancel(&r.blk, &q[11].req);
    model_blk_set_capacity(r.disk, 200);
    rig_run(&r, 30);
    (void)virtio_blk_outstanding(&r.blk);
    cr_assert_eq(virtio_blk_reset(&r.blk, 0), 0);
    for (unsigned i = 0; i < 12u; i++) {
        cr_assert_eq(q[i].calls, 1u);
        cr_assert_not(q[i].masked, "request %u completed with a lock held", i);
    }
    model_blk_set_capacity(r.disk, 150);
    rig_run(&r, 1000);
    cr_assert_eq(r.mask_depth, 0u);
    cr_assert_geq(r.mask_depth_max, 1u);
    rig_close(&r);
}

Test(locks, none_is_held_in_callbacks)
{
    for (unsigned version = 1; version <= 2u; version++) {
        every_way_to_complete(MODEL_SCHED_SYNC, version, 0);
        every_way_to_complete(MODEL_SCHED_LAZY, version, 0);
        for (uint64_t seed = 0; seed < 50u; seed++) {
            every_way_to_complete(MODEL_SCHED_RANDOM, version, seed);
        }
    }
    cr_assert_gt(capacity_calls, 0u);
    cr_assert_eq(capacity_masked, 0u, "capacity_changed ran with a lock held");
}

/* A waiting thread polls (a lost interrupt is found so) while interrupts are on: the interrupt may
 * come between its read of InterruptStatus and its acknowledge. Each event is acknowledged once
 * (DRV-MMIO-019), and nothing is lost. */
Test(locks, poll_with_an_interrupt_in_its_middle)
{
    static struct rig_req q[8];

    for (uint64_t seed = 0; seed < 100u; seed++) {
        rig_open(&r, &(struct rig_options){.schedule = MODEL_SCHED_RANDOM, .seed = seed}, NULL);
        for (unsigned i = 0; i < 8u; i++) {
            rig_req_init(&r, &q[i], VIRTIO_BLK_READ, i * 8u, 2);
            cr_assert_eq(virtio_blk_submit(&r.blk, &q[i].req), 0);
            (void)virtio_blk_poll(&r.blk);
        }
        for (unsigned n = 0; n < 100u && virtio_blk_outstanding(&r.blk) != 0; n++) {
            (void)virtio_blk_poll(&r.blk);
            virtio_port_delay_us(1);
        }
        for (unsigned i = 0; i < 8u; i++) {
            cr_assert_eq(q[i].calls, 1u, "seed %u, request %u", (unsigned)seed, i);
        }
        rig_close(&r);
    }
}

/* The device breaks the protocol while requests are in flight: that way out holds no lock either.
 */
Test(locks, none_is_held_when_the_device_breaks)
{
    static struct rig_req q[3];

    for (unsigned version = 1; version <= 2u; version++) {
        rig_open(&r, &(struct rig_options){.version = version, .schedule = MODEL_SCHED_LAZY}, NULL);
        rig_arm(&r, MODEL_FAULT_U_ID_RANGE, 0, 2, false);
        for (unsigned i = 0; i < 3u; i++) {
            rig_req_init(&r, &q[i], VIRTIO_BLK_READ, i * 8u, 2);
            cr_assert_eq(virtio_blk_submit(&r.blk, &q[i].req), 0);
        }
        rig_run(&r, 300000);
        cr_assert_eq(q[0].result, 0);
        for (unsigned i = 0; i < 3u; i++) {
            cr_assert_eq(q[i].calls, 1u);
            cr_assert_not(q[i].masked);
            cr_assert(i == 0 || q[i].result == -EIO);
        }
        model_fault_disarm(r.board);
        rig_close(&r);
    }
}
