/* SPDX-License-Identifier: Apache-2.0 */
/* Life of a block device: bring-up, resets that hang, removal, coming back. */
#include <criterion/criterion.h>

#include "rig.h"

static struct rig r;
static struct rig_req q[4];
static uint8_t buf[512];

#define RING_FEATURES (VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC)

static void submit_some(void)
{
    for (unsigned i = 0; i < 4u; i++) {
        rig_req_init(&r, &q[i], VIRTIO_BLK_READ, i * 8u, 8);
        cr_assert_eq(virtio_blk_submit(&r.blk, &q[i].req), 0);
    }
}

static void expect_calls(unsigned calls, int result)
{
    for (unsigned i = 0; i < 4u; i++) {
        cr_assert_eq(q[i].calls, calls, "request %u completed %u times", i, q[i].calls);
        cr_assert(calls == 0 || q[i].result == result, "request %u: %d", i, q[i].result);
    }
}

Test(blk_life, status_writes_of_a_whole_life)
{
    static const uint32_t modern[] = {0, 0x1, 0x3, 0xb, 0xf, 0}, legacy[] = {0, 0x1, 0x3, 0x7, 0};

    for (unsigned version = 1; version <= 2u; version++) {
        const uint32_t *expected = version == 1u ? legacy : modern;
        unsigned count = version == 1u ? 5 : 6;
        unsigned n = 0;

        rig_open(&r, &(struct rig_options){.version = version, .features = RING_FEATURES}, NULL);
        cr_assert_eq(model_device_status(r.device), expected[count - 2u]);
        cr_assert_eq(virtio_blk_remove(&r.blk, 0), 0);
        for (unsigned i = 0; i < r.num_writes; i++) {
            if (r.writes[i].reg == 0x70) {
                cr_assert_lt(n, count);
                cr_assert_eq(r.writes[i].value, expected[n], "version %u, write %u: 0x%x", version,
                             n, (unsigned)r.writes[i].value);
                n++;
            }
        }
        cr_assert_eq(n, count);
        rig_expect_clean(&r);
    }
}

Test(blk_life, high_features_reach_the_device)
{
    const uint64_t high = VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM |
                          VIRTIO_F_NOTIFICATION_DATA | VIRTIO_F_RING_RESET;

    rig_open(&r, &(struct rig_options){.features = high | RING_FEATURES}, NULL);
    cr_assert_eq(model_device_features(r.device), high | RING_FEATURES | VIRTIO_F_VERSION_1);
    cr_assert(virtio_has_feature(&r.blk.dev, high));
    cr_assert_eq(virtio_blk_read(&r.blk, 1, buf, 1, 0), 0);
    rig_close(&r);
}

Test(blk_life, refused_features_ok_is_tried_again_with_less)
{
    rig_make(&r, &(struct rig_options){.features = RING_FEATURES | VIRTIO_F_ACCESS_PLATFORM});
    rig_arm(&r, MODEL_FAULT_FOK_REJECT, 2, 1, true); /* while a ring feature is accepted */
    cr_assert_eq(rig_probe(&r, NULL), 0);
    cr_assert_eq(model_device_features(r.device), VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
    cr_assert_eq(virtio_blk_read(&r.blk, 1, buf, 1, 0), 0);
    rig_close(&r);
}

Test(blk_life, features_ok_refused_for_good_leaves_nothing)
{
    rig_make(&r, &(struct rig_options){.features = RING_FEATURES});
    rig_arm(&r, MODEL_FAULT_FOK_REJECT, 0, 1, true);
    cr_assert_eq(rig_probe(&r, NULL), -ENOTSUP);
    cr_assert_eq(r.blk.dev.state, VIRTIO_STATE_ABSENT);
    cr_assert_eq(model_device_status(r.device), 0u);
    rig_expect_clean(&r);
}

Test(blk_life, placeholder_on_the_model)
{
    rig_make(&r, &(struct rig_options){0});
    cr_assert_eq(model_placeholder_add(r.board, 1, 2), 0);
    r.window.base = (uintptr_t)model_window_base(1);
    cr_assert_eq(rig_probe(&r, NULL), -ENXIO);
    cr_assert_eq(r.log_lines, 0u, "%s", r.last_line);
    cr_assert_eq(r.num_writes, 0u);
    rig_expect_clean(&r);
}

Test(blk_life, capacity_change_is_told_and_kept)
{
    struct virtio_blk_info info;

    rig_open(&r, &(struct rig_options){0}, NULL);
    model_blk_set_capacity(r.disk, 100);
    rig_run(&r, 1000);
    virtio_blk_get_info(&r.blk, &info);
    cr_assert_eq(info.capacity_sectors, 100u);
    cr_assert_eq(virtio_blk_read(&r.blk, 100, buf, 1, 0), -ERANGE);
    cr_assert_eq(virtio_blk_read(&r.blk, 99, buf, 1, 0), 0);
    rig_close(&r);
}

Test(blk_life, torn_capacity_is_read_again)
{
    for (uint32_t k = 1; k <= 4u; k++) {
        struct virtio_blk_info info;

        rig_make(&r, &(struct rig_options){0});
        rig_arm(&r, MODEL_FAULT_CFG_TORN, 0, k, false);
        cr_assert_eq(rig_probe(&r, NULL), 0);
        virtio_blk_get_info(&r.blk, &info);
        cr_assert_eq(info.capacity_sectors, RIG_SECTORS);
        rig_close(&r);
    }
}

Test(blk_life, remove_with_requests_in_flight_completes_each_once)
{
    rig_open(&r, &(struct rig_options){.schedule = MODEL_SCHED_LAZY}, NULL);
    submit_some();
    cr_assert_eq(virtio_blk_remove(&r.blk, 0), 0);
    expect_calls(1, -ECANCELED);
    rig_expect_clean(&r);
}

/* The reset hangs: nothing is given back, nothing completes; later it works. */
static void remove_while_the_reset_is_stuck(unsigned version)
{
    struct model_mem_usage before, after;
    uint64_t start;

    rig_open(&r,
             &(struct rig_options){
                 .version = version, .schedule = MODEL_SCHED_LAZY, .features = RING_FEATURES},
             NULL);
    submit_some();
    before = rig_memory(&r);
    rig_arm(&r, MODEL_FAULT_RESET_SLOW, 2, 1, true);
    start = model_now_ns(r.board);
    cr_assert_eq(virtio_blk_remove(&r.blk, 10000), -ETIMEDOUT);
    cr_assert_geq(model_now_ns(r.board) - start, UINT64_C(9999000));
    cr_assert_leq(model_now_ns(r.board) - start, UINT64_C(120000000));
    after = rig_memory(&r);
    cr_assert_eq(after.mappings, before.mappings, "a buffer was taken from the device");
    cr_assert_eq(after.coherent_blocks, before.coherent_blocks, "a ring was freed");
    expect_calls(0, 0);
    cr_assert_eq(virtio_blk_remove(&r.blk, 10000), -ETIMEDOUT, "still stuck");
    cr_assert_eq(virtio_blk_reset(&r.blk, 10000), -ETIMEDOUT, "still stuck");
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf, 1, 0), -EIO);
    expect_calls(0, 0);
    model_fault_disarm(r.board);
    cr_assert_eq(virtio_blk_remove(&r.blk, 0), 0);
    expect_calls(1, -ECANCELED);
    cr_assert_eq(r.blk.dev.state, VIRTIO_STATE_ABSENT);
    rig_expect_clean(&r);
}

Test(blk_life, remove_while_the_reset_is_stuck_modern)
{
    remove_while_the_reset_is_stuck(2);
}

Test(blk_life, remove_while_the_reset_is_stuck_legacy)
{
    remove_while_the_reset_is_stuck(1);
}

Test(blk_life, slow_reset_is_waited_for)
{
    rig_open(&r, &(struct rig_options){.schedule = MODEL_SCHED_LAZY, .reset_ns = 5000000}, NULL);
    submit_some();
    cr_assert_eq(virtio_blk_reset(&r.blk, 0), 0);
    expect_calls(1, -ECANCELED);
    cr_assert_eq(virtio_blk_read(&r.blk, 7, buf, 1, 0), 0);
    cr_assert(rig_holds_pattern(buf, 7, 1));
    rig_close(&r);
}

Test(blk_life, needs_reset_fails_requests_once_and_reset_recovers)
{
    for (unsigned version = 1; version <= 2u; version++) {
        rig_open(&r, &(struct rig_options){.version = version, .schedule = MODEL_SCHED_LAZY}, NULL);
        submit_some();
        model_device_need_reset(r.device);
        rig_run(&r, 300000);
        expect_calls(1, -EIO);
        cr_assert_not(virtio_device_is_live(&r.blk.dev));
        cr_assert_eq(virtio_blk_read(&r.blk, 0, buf, 1, 0), -EIO);
        cr_assert_eq(virtio_blk_reset(&r.blk, 0), 0);
        cr_assert_eq(virtio_blk_read(&r.blk, 7, buf, 1, 0), 0);
        cr_assert(rig_holds_pattern(buf, 7, 1));
        rig_close(&r);
    }
}

Test(blk_life, fifty_lives)
{
    rig_make(&r, &(struct rig_options){.features = RING_FEATURES});
    for (unsigned i = 0; i < 50u; i++) {
        cr_assert_eq(rig_probe(&r, NULL), 0);
        cr_assert_eq(virtio_blk_read(&r.blk, i, buf, 1, 0), 0);
        cr_assert(rig_holds_pattern(buf, i, 1));
        cr_assert_eq(virtio_blk_reset(&r.blk, 0), 0);
        cr_assert_eq(virtio_blk_read(&r.blk, i + 1u, buf, 1, 0), 0);
        cr_assert_eq(virtio_blk_remove(&r.blk, 0), 0);
        cr_assert_eq(rig_memory(&r).coherent_blocks, 0u);
    }
    rig_expect_clean(&r);
}

Test(blk_life, reset_queue_gives_back_its_requests_and_goes_on)
{
    rig_open(&r,
             &(struct rig_options){.schedule = MODEL_SCHED_LAZY, .features = VIRTIO_F_RING_RESET},
             NULL);
    for (unsigned round = 0; round < 3u; round++) {
        submit_some();
        cr_assert_eq(virtio_blk_reset_queue(&r.blk, 0, 0), 0);
        expect_calls(1, -ECANCELED);
        cr_assert_eq(rig_memory(&r).mappings, 0u);
        cr_assert_eq(virtio_blk_read(&r.blk, 7, buf, 1, 0), 0);
        cr_assert(rig_holds_pattern(buf, 7, 1));
    }
    rig_close(&r);
}
