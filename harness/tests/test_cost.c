/* SPDX-License-Identifier: Apache-2.0 */
/* Register accesses of an operation, exactly: each is a trap to the hypervisor. The whole table is
 * harness/bench/budget.tsv. */
#include <criterion/criterion.h>

#include "rig.h"

static struct rig r;
static uint8_t buf[32][4096];
static struct rig_req q[32];

static struct model_device_counters counters(void)
{
    struct model_device_counters c;

    model_device_counters(r.device, &c);
    return c;
}

/* QueueNotify, InterruptStatus, InterruptACK. */
static void single_read(unsigned version, enum model_schedule schedule, uint64_t features)
{
    struct model_device_counters before, after;
    uint64_t bounced;

    rig_open(&r,
             &(struct rig_options){.version = version, .schedule = schedule, .features = features},
             NULL);
    for (unsigned i = 0; i < 10u; i++) {
        before = counters();
        bounced = rig_memory(&r).bounced_bytes;
        cr_assert_eq(virtio_blk_read(&r.blk, 8u * i, buf[0], 8, 0), 0);
        after = counters();
        cr_assert_eq(after.mmio_reads - before.mmio_reads, 1u, "version %u", version);
        cr_assert_eq(after.mmio_writes - before.mmio_writes, 2u, "version %u", version);
        cr_assert_eq(after.notifies - before.notifies, 1u);
        cr_assert_eq(after.irqs - before.irqs, 1u);
        cr_assert_eq(after.bytes_written - before.bytes_written, 4097u, "data and status");
        /* Once by the model's map and unmap; the driver itself copies nothing. */
        cr_assert_leq(rig_memory(&r).bounced_bytes - bounced, 2u * 4096u);
    }
    rig_close(&r);
}

Test(cost, one_4k_read_is_three_register_accesses)
{
    for (unsigned version = 1; version <= 2u; version++) {
        for (unsigned s = MODEL_SCHED_SYNC; s <= MODEL_SCHED_LAZY; s++) {
            single_read(version, (enum model_schedule)s, 0);
            single_read(version, (enum model_schedule)s, VIRTIO_F_EVENT_IDX);
            single_read(version, (enum model_schedule)s, VIRTIO_F_INDIRECT_DESC);
        }
    }
}

/* 32 reads that the ring takes at once, and a device that serves them inside the notification: one
 * notification, one interrupt. */
static void batched_reads(unsigned version, uint64_t features, uint16_t ring)
{
    struct virtio_blk_req *reqs[32];
    struct model_device_counters before, after;
    int error;

    rig_open(&r,
             &(struct rig_options){.version = version, .features = features, .queue_num_max = ring},
             &(struct virtio_blk_params){.queue_size = ring});
    for (unsigned i = 0; i < 32u; i++) {
        rig_req_init(&r, &q[i], VIRTIO_BLK_READ, 8u * i, 8);
        reqs[i] = &q[i].req;
    }
    before = counters();
    cr_assert_eq(virtio_blk_submit_batch(&r.blk, reqs, 32, &error), 32u);
    rig_run(&r, 2000);
    after = counters();
    for (unsigned i = 0; i < 32u; i++) {
        cr_assert_eq(q[i].calls, 1u);
        cr_assert(rig_holds_pattern(q[i].buf, 8u * i, 8));
    }
    cr_assert_eq(after.notifies - before.notifies, 1u);
    cr_assert_eq(after.irqs - before.irqs, 1u);
    cr_assert_eq(after.mmio_writes - before.mmio_writes, 2u);
    rig_close(&r);
}

Test(cost, 32_batched_reads_are_one_notification_and_one_interrupt)
{
    for (unsigned version = 1; version <= 2u; version++) {
        batched_reads(version, 0, 128);
        batched_reads(version, VIRTIO_F_EVENT_IDX, 128);
        batched_reads(version, VIRTIO_F_INDIRECT_DESC, 32);
        batched_reads(version, VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX, 32);
    }
}
