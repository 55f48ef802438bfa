/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-blk%d through rt_device_read() and the rest, on both transports. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "rt_rig.h"
#include "rt_virtio.h"

#define BLK_F_RO       (UINT64_C(1) << 5)
#define BLK_F_BLK_SIZE (UINT64_C(1) << 6)
#define BLK_F_FLUSH    (UINT64_C(1) << 9)
#define BLK_F_DISCARD  (UINT64_C(1) << 13)

enum { LEGACY = 1, MODERN = 2 };

static struct rt_rig rig;
static uint8_t buf[64 * 512];

static rt_device_t start(unsigned version, uint64_t features, uint32_t blk_size)
{
    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_disk(&rig, 0, version, features, blk_size);
    cr_assert_eq(rt_virtio_blk_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK, "%s",
                 rthost_console());
    return rt_rig_open("virtio-blk0");
}

static void fails(rt_ssize_t done, rt_err_t error)
{
    cr_assert_eq(done, 0, "%zd blocks", done);
    cr_assert_eq(rt_get_errno(), error, "errno %ld", rt_get_errno());
}

static void works(rt_device_t disk)
{
    memset(buf, 0, sizeof(buf));
    cr_assert_eq(rt_device_read(disk, 1, buf, 4), 4, "errno %ld; console: %s", rt_get_errno(),
                 rthost_console());
    cr_assert(rt_rig_holds(buf, 0, 1, 4));
}

/* The component keeps its devices for as long as the system runs, so each run is a process. */
#define ON_BOTH_TRANSPORTS(name)                                                                   \
    ParameterizedTestParameters(rt_blk, name)                                                      \
    {                                                                                              \
        static unsigned versions[] = {LEGACY, MODERN};                                             \
                                                                                                   \
        return cr_make_param_array(unsigned, versions, 2);                                         \
    }                                                                                              \
    ParameterizedTest(unsigned *version, rt_blk, name)

ON_BOTH_TRANSPORTS(reads_what_the_disk_holds_and_what_was_written)
{
    rt_device_t disk = start(*version, BLK_F_FLUSH, 0);

    works(disk);
    memset(buf, 0x5a, 512 * 3);
    cr_assert_eq(rt_device_write(disk, 200, buf, 3), 3);
    cr_assert_eq(memcmp(rig.ram[0] + 200 * 512, buf, 512 * 3), 0);
    cr_assert_eq(rt_device_control(disk, RT_DEVICE_CTRL_BLK_SYNC, RT_NULL), RT_EOK);
    cr_assert_eq(rt_device_read(disk, 198, buf, 2), 2);
    cr_assert(rt_rig_holds(buf, 0, 198, 2));
    cr_assert_eq(rt_device_close(disk), RT_EOK);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(geometry_and_positions_are_in_logical_blocks)
{
    rt_device_t disk = start(*version, BLK_F_BLK_SIZE, 4096);
    struct rt_device_blk_geometry geometry;

    cr_assert_eq(rt_device_control(disk, RT_DEVICE_CTRL_BLK_GETGEOME, &geometry), RT_EOK);
    cr_assert_eq(geometry.bytes_per_sector, 4096u);
    cr_assert_eq(geometry.sector_count, RT_RIG_SECTORS / 8u);
    cr_assert_eq(rt_device_read(disk, RT_RIG_SECTORS / 8 - 1, buf, 1), 1);
    cr_assert(rt_rig_holds(buf, 0, RT_RIG_SECTORS - 8u, 8));
    fails(rt_device_read(disk, RT_RIG_SECTORS / 8, buf, 1), -RT_EINVAL);
    cr_assert_neq(rt_device_control(disk, RT_DEVICE_CTRL_BLK_GETGEOME, RT_NULL), RT_EOK);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(read_beyond_capacity_and_other_nonsense_is_refused)
{
    rt_device_t disk = start(*version, 0, 0);
    struct model_blk_stats before, after;

    model_blk_stats(rig.disks[0], &before);
    fails(rt_device_read(disk, RT_RIG_SECTORS, buf, 1), -RT_EINVAL);
    fails(rt_device_read(disk, RT_RIG_SECTORS - 1, buf, 2), -RT_EINVAL);
    fails(rt_device_write(disk, RT_RIG_SECTORS - 1, buf, 2), -RT_EINVAL);
    fails(rt_device_read(disk, -1, buf, 1), -RT_EINVAL);
    fails(rt_device_read(disk, INT64_MAX, buf, 1), -RT_EINVAL);
    fails(rt_device_read(disk, 0, buf, SIZE_MAX), -RT_EINVAL);
    fails(rt_device_read(disk, 0, buf, 0), -RT_EINVAL);
    fails(rt_device_read(disk, 0, RT_NULL, 1), -RT_EINVAL);
    model_blk_stats(rig.disks[0], &after);
    cr_assert_eq(after.reads, before.reads);
    cr_assert_eq(after.writes, before.writes);
    works(disk);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(io_error_is_an_error_and_no_assertion)
{
    rt_device_t disk = start(*version, 0, 0);

    rt_rig_arm(&rig, MODEL_FAULT_BLK_IOERR, 0, 1, true);
    fails(rt_device_read(disk, 0, buf, 1), -RT_EIO);
    fails(rt_device_write(disk, 0, buf, 1), -RT_EIO);
    model_fault_disarm(rig.board);
    works(disk);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(a_read_only_disk_refuses_writes)
{
    rt_device_t disk;

    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_disk(&rig, 0, *version, BLK_F_RO, 0);
    cr_assert_eq(rt_virtio_blk_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    disk = rt_rig_open("virtio-blk0");
    cr_assert_eq(disk->flag & RT_DEVICE_FLAG_RDWR, RT_DEVICE_FLAG_RDONLY);
    fails(rt_device_write(disk, 0, buf, 1), -RT_EIO);
    works(disk);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(erase_is_refused_where_the_device_cannot)
{
    struct rt_device_blk_sectors range = {8, 15};
    rt_device_t disk = start(*version, 0, 0);

    cr_assert_eq(rt_device_control(disk, RT_DEVICE_CTRL_BLK_ERASE, &range), -RT_ENOSYS);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(erase_takes_a_range_that_is_on_the_disk)
{
    struct rt_device_blk_sectors range = {8, 15};
    rt_device_t disk = start(*version, BLK_F_DISCARD, 0);

    cr_assert_eq(rt_device_control(disk, RT_DEVICE_CTRL_BLK_ERASE, &range), RT_EOK);
    range = (struct rt_device_blk_sectors){15, 8};
    cr_assert_eq(rt_device_control(disk, RT_DEVICE_CTRL_BLK_ERASE, &range), -RT_EINVAL);
    range = (struct rt_device_blk_sectors){0, UINT64_MAX};
    cr_assert_eq(rt_device_control(disk, RT_DEVICE_CTRL_BLK_ERASE, &range), -RT_EINVAL);
    rt_rig_close(&rig);
}

Test(rt_blk, two_block_devices_legacy_and_modern_side_by_side)
{
    rt_device_t first, second;

    rt_rig_boot(&rig, MODEL_SCHED_RANDOM, 3);
    rt_rig_add_disk(&rig, 0, LEGACY, 0, 0);
    rt_rig_add_disk(&rig, 1, MODERN, 0, 0);
    for (unsigned slot = 0; slot < 2; slot++) {
        cr_assert_eq(rt_virtio_blk_init(rt_rig_window(slot), rt_rig_irq(slot)), RT_EOK);
    }
    first = rt_rig_open("virtio-blk0");
    second = rt_rig_open("virtio-blk1");
    cr_assert_eq(rt_device_read(first, 9, buf, 2), 2);
    cr_assert(rt_rig_holds(buf, 0, 9, 2));
    cr_assert_eq(rt_device_read(second, 9, buf, 2), 2);
    cr_assert(rt_rig_holds(buf, 1, 9, 2));
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(an_empty_window_or_another_device_registers_nothing)
{
    const struct rt_virtio_windows windows = {
        .base = (rt_ubase_t)model_window_base(0), .size = 0x1000, .irq = RT_RIG_IRQ, .count = 2};

    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_disk(&rig, 0, *version, 0, 0);
    rt_rig_add_disk(&rig, 1, *version, 0, 0);
    rt_rig_arm(&rig, MODEL_FAULT_ID_UNKNOWN, 0, 1, true);
    cr_assert_eq(rt_virtio_probe_windows(&windows), 0u);
    cr_assert_eq(rthost_objects(RT_Object_Class_Device), 0u);
    model_fault_disarm(rig.board);
    cr_assert_eq(rt_virtio_probe_windows(&windows), 2u);
    works(rt_rig_open("virtio-blk0"));
    rt_rig_close(&rig);
}

/* The kind is configured, the machine does not have it, or has something else in the window. */
ON_BOTH_TRANSPORTS(device_without_gpu_when_gpu_is_configured)
{
    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_disk(&rig, 0, *version, 0, 0);
    cr_assert_neq(rt_virtio_gpu_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    cr_assert_neq(rt_virtio_input_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    cr_assert_neq(rt_virtio_console_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    cr_assert_neq(rt_virtio_net_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    cr_assert_eq(rthost_objects(RT_Object_Class_Device), 0u);
    cr_assert_eq(rt_virtio_blk_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    works(rt_rig_open("virtio-blk0"));
    rt_rig_close(&rig);
}

/* ---- threads ---- */

#define READERS 12u

static struct reader {
    rt_device_t disk;
    unsigned i, done;
    uint8_t buf[2 * 512];
} readers[READERS];

static void read_some(void *parameter)
{
    struct reader *r = parameter;

    for (unsigned n = 0; n < 8; n++) {
        uint64_t sector = (r->i * 17u + n * 5u) % (RT_RIG_SECTORS - 2u);

        memset(r->buf, 0, sizeof(r->buf));
        if (rt_device_read(r->disk, (rt_off_t)sector, r->buf, 2) == 2 &&
            rt_rig_holds(r->buf, 0, sector, 2)) {
            r->done++;
        }
    }
}

ParameterizedTestParameters(rt_blk, many_threads_have_requests_in_flight_out_of_order)
{
    static unsigned seeds[] = {2, 3, 4, 5, 6, 7, 8, 9};

    return cr_make_param_array(unsigned, seeds, sizeof(seeds) / sizeof(seeds[0]));
}

/* Of all priorities: who is preempted in the middle of a request must not hold up the others. */
ParameterizedTest(unsigned *seed, rt_blk, many_threads_have_requests_in_flight_out_of_order)
{
    rt_thread_t threads[READERS];
    struct model_blk_stats stats;
    rt_device_t disk;

    rt_rig_boot(&rig, MODEL_SCHED_RANDOM, *seed);
    rt_rig_add_disk(&rig, 0, *seed % 2u + 1u, 0, 0);
    cr_assert_eq(rt_virtio_blk_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    disk = rt_rig_open("virtio-blk0");
    model_device_pause(model_board_device(rig.board, 0), true);
    for (unsigned i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.disk = disk, .i = i};
        threads[i] = rt_thread_create("reader", read_some, &readers[i], 4096,
                                      (rt_uint8_t)(4u + (i * 7u) % 13u), 10);
        cr_assert_eq(rt_thread_startup(threads[i]), RT_EOK);
    }
    (void)rt_thread_mdelay(5);
    model_device_pause(model_board_device(rig.board, 0), false);
    (void)rt_thread_mdelay(1000);
    for (unsigned i = 0; i < READERS; i++) {
        cr_assert_eq(readers[i].done, 8u, "reader %u: %u", i, readers[i].done);
        cr_assert_eq(rt_thread_delete(threads[i]), RT_EOK);
    }
    model_blk_stats(rig.disks[0], &stats);
    cr_assert_gt(stats.max_in_flight, 2u);
    rt_rig_close(&rig);
}

/* ---- devices that lie, forget and die ---- */

struct lie {
    unsigned version, variant;
    enum model_fault_id id;
    bool persistent;
};

static void free_lies(struct criterion_test_params *params)
{
    cr_free(params->params);
}

/* The first so many variants, once and for ever, on both transports. */
static struct criterion_test_params lies(enum model_fault_id id, unsigned variants)
{
    struct lie *all = cr_malloc(sizeof(*all) * variants * 4u);

    for (unsigned i = 0; i < variants * 4u; i++) {
        all[i] = (struct lie){(i & 1u) != 0 ? MODERN : LEGACY, i / 4u, id, (i & 2u) != 0};
    }
    return cr_make_param_array(struct lie, all, variants * 4u, free_lies);
}

#define SURVIVES(name, fault, variants)                                                            \
    ParameterizedTestParameters(rt_blk, name)                                                      \
    {                                                                                              \
        return lies(fault, variants);                                                              \
    }                                                                                              \
    ParameterizedTest(struct lie *lie, rt_blk, name)                                               \
    {                                                                                              \
        survives(lie);                                                                             \
    }

/* What is returned is right or an error, in bounded time; and the disk works once it is sane. */
static void survives(const struct lie *lie)
{
    const struct model_fault_row *row = model_fault_row(lie->id);
    rt_device_t disk = start(lie->version, BLK_F_FLUSH | row->needs_features, 0);
    rt_tick_t before = rt_tick_get();
    rt_ssize_t done;

    rt_rig_arm(&rig, lie->id, lie->variant, 1, lie->persistent);
    memset(buf, 0, sizeof(buf));
    done = rt_device_read(disk, 5, buf, 2);
    cr_assert(done == 2 ? rt_rig_holds(buf, 0, 5, 2) : done >= 0 && rt_get_errno() != RT_EOK,
              "%zd blocks, errno %ld", done, rt_get_errno());
    cr_assert_leq(rt_tick_get() - before, 60000u, "%u ms", (unsigned)(rt_tick_get() - before));
    cr_assert_neq(model_fault_strikes(rig.board), 0u, "the fault did not strike");
    model_fault_disarm(rig.board);
    (void)rt_thread_mdelay(6000); /* a dead device is not reset more often than that */
    (void)rt_device_read(disk, 5, buf, 2);
    works(disk);
    rt_rig_close(&rig);
}

SURVIVES(issue_11326_used_id_beyond_the_ring, MODEL_FAULT_U_ID_RANGE, 3u)
SURVIVES(issue_11326_used_id_of_no_request, MODEL_FAULT_U_ID_NONHEAD, 2u)
SURVIVES(issue_11326_used_id_twice, MODEL_FAULT_U_ID_DUP, 2u)
SURVIVES(issue_11327_used_length_too_long, MODEL_FAULT_U_LEN_LONG, 3u)
SURVIVES(issue_11327_used_length_too_short, MODEL_FAULT_U_LEN_SHORT, 3u)
SURVIVES(used_index_jumps, MODEL_FAULT_U_IDX_JUMP, 4u)
SURVIVES(lost_interrupt, MODEL_FAULT_IRQ_LOST, 1u)
SURVIVES(notification_ignored, MODEL_FAULT_NOTIFY_IGNORED, 1u)
SURVIVES(device_needs_reset, MODEL_FAULT_STAT_NEEDS_RESET, 2u)
SURVIVES(status_byte_never_written, MODEL_FAULT_BLK_STATUS_UNWRITTEN, 1u)

/* ---- memory ---- */

#define ALLOCATIONS 16u

ParameterizedTestParameters(rt_blk, every_allocation_may_fail_while_it_is_set_up)
{
    static unsigned n[2u * ALLOCATIONS];

    for (unsigned i = 0; i < 2u * ALLOCATIONS; i++) {
        n[i] = i;
    }
    return cr_make_param_array(unsigned, n, 2u * ALLOCATIONS);
}

ParameterizedTest(unsigned *n, rt_blk, every_allocation_may_fail_while_it_is_set_up)
{
    unsigned blocks;

    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_disk(&rig, 0, LEGACY + *n % 2u, 0, 0);
    blocks = rthost_heap_blocks();
    rthost_heap_fail_at(*n / 2u + 1u);
    if (rt_virtio_blk_init(rt_rig_window(0), rt_rig_irq(0)) != RT_EOK) {
        rthost_heap_fail_at(0);
        cr_assert_eq(rthost_heap_blocks(), blocks);
        cr_assert_eq(rthost_objects(RT_Object_Class_Device), 0u);
        cr_assert_eq(rthost_objects(RT_Object_Class_Mutex), 0u);
        cr_assert_eq(rthost_objects(RT_Object_Class_Semaphore), 0u);
        cr_assert_eq(rt_virtio_blk_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK);
    }
    rthost_heap_fail_at(0);
    works(rt_rig_open("virtio-blk0"));
    rt_rig_close(&rig);
}
