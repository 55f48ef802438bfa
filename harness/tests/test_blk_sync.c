/* SPDX-License-Identifier: Apache-2.0 */
/* Synchronous calls and their deadlines: what is given up is still the device's. */
#include <criterion/criterion.h>

#include "rig.h"

static struct rig r;
static uint8_t buf[VIRTIO_BLK_SYNC_MAX + 1u][512];

static void open_paused(bool polled)
{
    rig_open(&r, &(struct rig_options){.schedule = MODEL_SCHED_LAZY, .polled = polled}, NULL);
    model_device_pause(r.device, true);
}

static void time_out_keeps_the_buffer(bool polled)
{
    uint64_t start;

    open_paused(polled);
    memset(buf[0], 0x5c, 512);
    start = model_now_ns(r.board);
    cr_assert_eq(virtio_blk_read(&r.blk, 5, buf[0], 1, 20000), -ETIMEDOUT);
    cr_assert_geq(model_now_ns(r.board) - start, UINT64_C(19999000), "came back too early");
    cr_assert_leq(model_now_ns(r.board) - start, UINT64_C(22000000), "came back too late");
    cr_assert_eq(rig_memory(&r).mappings, 1u, "the buffer is the device's still");
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 1u);
    cr_assert(virtio_device_is_live(&r.blk.dev), "a late request breaks nothing");
    model_device_pause(r.device, false);
    cr_assert_eq(buf[0][0], 0x5c, "written before the device gave it back");
    rig_run(&r, 2000);
    cr_assert_eq(rig_memory(&r).mappings, 0u, "the late completion gives it back");
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 0u);
    cr_assert(rig_holds_pattern(buf[0], 5, 1));
    rig_close(&r);
}

Test(blk_sync, time_out_keeps_the_buffer_until_the_late_completion)
{
    time_out_keeps_the_buffer(false);
}

Test(blk_sync, time_out_keeps_the_buffer_polled)
{
    time_out_keeps_the_buffer(true);
}

Test(blk_sync, time_out_then_reset_gives_the_buffer_back)
{
    open_paused(false);
    cr_assert_eq(virtio_blk_read(&r.blk, 5, buf[0], 1, 20000), -ETIMEDOUT);
    model_device_pause(r.device, false);
    cr_assert_eq(virtio_blk_reset(&r.blk, 0), 0);
    cr_assert_eq(rig_memory(&r).mappings, 0u);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 0u);
    cr_assert_eq(virtio_blk_read(&r.blk, 5, buf[0], 1, 0), 0);
    cr_assert(rig_holds_pattern(buf[0], 5, 1));
    rig_close(&r);
}

Test(blk_sync, default_deadline)
{
    uint64_t start;

    open_paused(false);
    start = model_now_ns(r.board);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf[0], 1, 0), -ETIMEDOUT);
    cr_assert_geq((model_now_ns(r.board) - start) / 1000u, VIRTIO_IO_TIMEOUT_US - 1u);
    cr_assert_leq((model_now_ns(r.board) - start) / 1000u, VIRTIO_IO_TIMEOUT_US + 5000u);
    model_device_pause(r.device, false);
    rig_close(&r);
}

Test(blk_sync, all_slots_waiting_is_eagain_until_one_comes_back)
{
    char id[VIRTIO_BLK_ID_LEN + 1u];

    open_paused(false);
    for (unsigned i = 0; i < VIRTIO_BLK_SYNC_MAX; i++) {
        cr_assert_eq(virtio_blk_read(&r.blk, i, buf[i], 1, 1000), -ETIMEDOUT, "call %u", i);
    }
    cr_assert_eq(virtio_blk_read(&r.blk, 9, buf[8], 1, 1000), -EAGAIN);
    cr_assert_eq(virtio_blk_write(&r.blk, 9, buf[8], 1, 1000), -EAGAIN);
    cr_assert_eq(virtio_blk_get_id(&r.blk, id, 1000), -EAGAIN);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), VIRTIO_BLK_SYNC_MAX);
    model_device_pause(r.device, false);
    rig_run(&r, 5000);
    cr_assert_eq(virtio_blk_outstanding(&r.blk), 0u);
    for (unsigned i = 0; i < VIRTIO_BLK_SYNC_MAX; i++) {
        cr_assert(rig_holds_pattern(buf[i], i, 1), "late read %u", i);
    }
    for (unsigned i = 0; i < 3u * VIRTIO_BLK_SYNC_MAX; i++) {
        cr_assert_eq(virtio_blk_read(&r.blk, 9, buf[8], 1, 0), 0, "a slot was lost");
    }
    rig_close(&r);
}

Test(blk_sync, slots_of_given_up_calls_are_freed_by_a_reset)
{
    open_paused(false);
    for (unsigned round = 0; round < 3u; round++) {
        model_device_pause(r.device, true);
        for (unsigned i = 0; i < VIRTIO_BLK_SYNC_MAX; i++) {
            cr_assert_eq(virtio_blk_read(&r.blk, i, buf[i], 1, 1000), -ETIMEDOUT);
        }
        model_device_pause(r.device, false);
        cr_assert_eq(virtio_blk_reset(&r.blk, 0), 0);
    }
    cr_assert_eq(virtio_blk_read(&r.blk, 9, buf[8], 1, 0), 0);
    rig_close(&r);
}

Test(blk_sync, answers_are_terminated_and_copied)
{
    char id[VIRTIO_BLK_ID_LEN + 2u];

    rig_open(&r, &(struct rig_options){0}, NULL);
    memset(id, 'x', sizeof(id));
    cr_assert_eq(virtio_blk_get_id(&r.blk, id, 0), 0);
    cr_assert_str_eq(id, "twenty characters id");
    cr_assert_eq(id[VIRTIO_BLK_ID_LEN + 1u], 'x', "wrote beyond the buffer");
    rig_close(&r);
}

Test(blk_sync, lost_interrupt_is_found_before_the_deadline)
{
    rig_open(&r, &(struct rig_options){.schedule = MODEL_SCHED_LAZY}, NULL);
    r.answer_irqs = false;
    model_irq_connect(r.board, 0, false);
    cr_assert_eq(virtio_blk_read(&r.blk, 3, buf[0], 1, 1000000), 0);
    cr_assert_leq(model_now_ns(r.board), UINT64_C(1000000000));
    cr_assert_eq(virtio_blk_read(&r.blk, 4, buf[0], 1, 1000), 0, "the last look at the deadline");
    rig_close(&r);
}

Test(blk_sync, device_errors_are_eio_and_enotsup)
{
    rig_open(&r, &(struct rig_options){0}, NULL);
    rig_arm(&r, MODEL_FAULT_BLK_IOERR, 0, 1, false);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf[0], 1, 0), -EIO);
    rig_arm(&r, MODEL_FAULT_BLK_UNSUPP, 0, 1, false);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf[0], 1, 0), -ENOTSUP);
    rig_arm(&r, MODEL_FAULT_BLK_STATUS_UNWRITTEN, 0, 1, false);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf[0], 1, 0), -EIO);
    model_fault_disarm(r.board);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf[0], 1, 0), 0, "the device is still live");
    rig_close(&r);
}

Test(blk_sync, buffer_that_cannot_be_mapped_is_enomem_for_that_request_only)
{
    rig_open(&r, &(struct rig_options){0}, NULL);
    rig_arm(&r, MODEL_FAULT_DMA_MAP, 0, 1, false);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf[0], 1, 0), -ENOMEM);
    cr_assert_eq(rig_memory(&r).mappings, 0u);
    cr_assert_eq(virtio_blk_read(&r.blk, 0, buf[0], 1, 0), 0);
    rig_close(&r);
}
