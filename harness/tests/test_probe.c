/* SPDX-License-Identifier: Apache-2.0 */
/* Identification of a register window (virtio v1.2 sections 4.2.2.2, 4.2.3.1.1): one error each for
 * what can be wrong, and nothing written in any case. */
#include <criterion/criterion.h>

#include "fake.h"
#include "virtio/virtio_blk.h"

static struct fake f;
static struct virtio_device dev;
static const struct virtio_driver_ops ops;

static int probe(const struct virtio_window *window)
{
    memset(&dev, 0, sizeof(dev));
    return virtio_device_probe(&dev, window, &ops);
}

static void expect_untouched(unsigned reads)
{
    cr_assert_eq(f.writes, 0u);
    cr_assert_eq(f.reads, reads);
    cr_assert_eq(dev.state, VIRTIO_STATE_ABSENT);
}

Test(probe, identifies_both_versions_without_a_write)
{
    for (uint32_t version = 1; version <= 2u; version++) {
        const struct virtio_window window = fake_window();

        fake_init(&f, version);
        cr_assert_eq(probe(&window), 0);
        cr_assert_eq(dev.state, VIRTIO_STATE_PROBED);
        cr_assert_eq(dev.version, version);
        cr_assert_eq(dev.device_id, VIRTIO_ID_BLOCK);
        cr_assert_eq(dev.vendor_id, 0x1af4u);
        cr_assert_eq(virtio_is_legacy(&dev), version == 1u);
        cr_assert_eq(f.writes, 0u);
        cr_assert_eq(f.reads, 4u);
    }
}

Test(probe, window_of_zero_or_too_small_is_einval)
{
    static const size_t sizes[] = {0, 1, 0x70, 0xff};

    for (unsigned i = 0; i < 4u; i++) {
        struct virtio_window window = fake_window();

        fake_init(&f, 2);
        window.size = sizes[i];
        cr_assert_eq(probe(&window), -EINVAL);
        expect_untouched(0);
        cr_assert_eq(f.log_lines, 1u);
        cr_assert_not_null(strstr(f.last_line, "window of"), "%s", f.last_line);
        cr_assert_not_null(strstr(f.last_line, "expected at least 256"), "%s", f.last_line);
    }
}

Test(probe, window_without_config_space_is_enough)
{
    struct virtio_window window = fake_window();

    fake_init(&f, 2);
    window.size = 0x100;
    cr_assert_eq(probe(&window), 0);
}

Test(probe, unaligned_window_is_einval)
{
    for (unsigned off = 1; off < 4u; off++) {
        struct virtio_window window = fake_window();

        fake_init(&f, 2);
        window.base += off;
        cr_assert_eq(probe(&window), -EINVAL);
        expect_untouched(0);
        cr_assert_not_null(strstr(f.last_line, "4-byte alignment"), "%s", f.last_line);
    }
}

Test(probe, wrong_magic_is_enodev)
{
    static const uint32_t magics[] = {0, 0xffffffff, 0x76697274, 0x74726977};
    const struct virtio_window window = fake_window();

    for (unsigned i = 0; i < 4u; i++) {
        fake_init(&f, 2);
        f.magic = magics[i];
        cr_assert_eq(probe(&window), -ENODEV);
        expect_untouched(1);
        cr_assert_not_null(strstr(f.last_line, "MagicValue"), "%s", f.last_line);
    }
}

Test(probe, unknown_version_is_enotsup)
{
    static const uint32_t versions[] = {0, 3, 0x100, 0xffffffff};
    const struct virtio_window window = fake_window();

    for (unsigned i = 0; i < 4u; i++) {
        fake_init(&f, versions[i]);
        cr_assert_eq(probe(&window), -ENOTSUP);
        expect_untouched(2);
        cr_assert_not_null(strstr(f.last_line, "expected 1 or 2"), "%s", f.last_line);
    }
}

Test(probe, placeholder_is_skipped_quietly)
{
    for (uint32_t version = 1; version <= 2u; version++) {
        const struct virtio_window window = fake_window();

        fake_init(&f, version);
        f.device_id = VIRTIO_ID_NONE;
        cr_assert_eq(probe(&window), -ENXIO);
        expect_untouched(3); /* MagicValue, Version, DeviceID */
        cr_assert_eq(f.log_lines, 0u, "%s", f.last_line);
        cr_assert_eq(f.lock_depth, 0u);
    }
}

Test(probe, other_device_is_enodev_for_the_block_driver)
{
    static struct virtio_blk blk;
    const struct virtio_window window = fake_window();

    fake_init(&f, 2);
    f.device_id = VIRTIO_ID_NET;
    cr_assert_eq(virtio_blk_probe(&blk, &window, NULL), -ENODEV);
    cr_assert_eq(f.writes, 0u, "the device of somebody else was written to");
    cr_assert_eq(blk.dev.state, VIRTIO_STATE_ABSENT);
    cr_assert_eq(f.heap_blocks + f.dma_blocks, 0u);
    cr_assert_not_null(strstr(f.last_line, "DeviceID 1, expected 2"), "%s", f.last_line);
}

Test(probe, a_failed_probe_can_be_tried_again)
{
    static struct virtio_blk blk;
    const struct virtio_window window = fake_window();

    fake_init(&f, 2);
    f.magic = 0;
    cr_assert_eq(virtio_blk_probe(&blk, &window, NULL), -ENODEV);
    f.magic = 0x74726976;
    f.version = 9;
    cr_assert_eq(virtio_blk_probe(&blk, &window, NULL), -ENOTSUP);
    f.version = 2;
    f.device_id = 0;
    cr_assert_eq(virtio_blk_probe(&blk, &window, NULL), -ENXIO);
    f.device_id = VIRTIO_ID_BLOCK;
    cr_assert_eq(virtio_blk_probe(&blk, &window, NULL), 0);
    cr_assert_eq(virtio_blk_remove(&blk, 0), 0);
    cr_assert_eq(f.heap_blocks + f.dma_blocks, 0u);
}

Test(probe, a_device_in_use_is_einval)
{
    const struct virtio_window window = fake_window();

    fake_init(&f, 2);
    cr_assert_eq(probe(&window), 0);
    fake_forget(&f);
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), -EINVAL);
    cr_assert_eq(f.accesses, 0u);
    cr_assert_eq(dev.state, VIRTIO_STATE_PROBED);
    cr_assert_eq(virtio_device_release(&dev), 0);
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
}

Test(probe, errors_of_block_parameters)
{
    static const struct {
        struct virtio_blk_params params;
        int expected;
    } rows[] = {
        {{.queue_size = 1}, -EINVAL},     {{.queue_size = 2}, -EINVAL},
        {{.queue_size = 3}, -EINVAL},     {{.queue_size = 31}, -EINVAL},
        {{.queue_size = 32769}, -EINVAL}, {{.queue_size = 49152}, -EINVAL},
        {{.queue_size = 65535}, -EINVAL}, {{.segs_per_req = 33}, -EINVAL},
        {{.queue_size = 4}, 0},           {{.queue_size = 32768}, 0},
        {{.segs_per_req = 32}, 0},        {{.max_queues = 65535}, 0},
    };
    const struct virtio_window window = fake_window();

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct virtio_blk blk;

        fake_init(&f, 2);
        memset(&blk, 0, sizeof(blk));
        cr_assert_eq(virtio_blk_probe(&blk, &window, &rows[i].params), rows[i].expected,
                     "row %u: %s", i, f.last_line);
        if (rows[i].expected != 0) {
            cr_assert_eq(f.accesses, 0u, "row %u", i);
            cr_assert_eq(f.log_lines, 1u, "row %u", i);
        } else {
            cr_assert_eq(virtio_blk_remove(&blk, 0), 0);
        }
        cr_assert_eq(f.heap_blocks + f.dma_blocks, 0u, "row %u", i);
    }
}

/* Every allocation of a bring-up fails once: nothing is kept, the device is given up and reset. */
Test(probe, out_of_memory_releases_everything)
{
    const struct virtio_window window = fake_window();

    for (uint32_t version = 1; version <= 2u; version++) {
        for (unsigned n = 1;; n++) {
            static struct virtio_blk blk;
            int ret;

            fake_init(&f, version);
            memset(&blk, 0, sizeof(blk));
            f.fail_alloc = n;
            ret = virtio_blk_probe(&blk, &window, NULL);
            if (f.fail_alloc != 0) {
                cr_assert_gt(n, 4u, "a bring-up takes four allocations");
                cr_assert_eq(ret, 0);
                cr_assert_eq(virtio_blk_remove(&blk, 0), 0);
                break;
            }
            cr_assert_eq(ret, -ENOMEM, "allocation %u: %d", n, ret);
            cr_assert_eq(f.heap_blocks + f.dma_blocks, 0u, "allocation %u", n);
            cr_assert_eq(f.status, 0u, "allocation %u: the device is not left reset", n);
            cr_assert_eq(blk.dev.state, VIRTIO_STATE_ABSENT);
        }
    }
}

static void get_stuck_when_failed(struct fake *fake, const struct fake_access *a)
{
    if (a->write && a->reg == R_STATUS && (a->value & VIRTIO_STATUS_FAILED) != 0) {
        fake->reset_reads = UINT32_MAX;
    }
}

/* The bring-up fails after the device was told of its ring, and the reset that gives up on it
 * hangs: the memory stays with the device, and remove is owed until it works. */
Test(probe, failure_with_a_stuck_reset_is_finished_by_remove)
{
    const struct virtio_window window = fake_window();
    const struct virtio_blk_params params = {.reset_timeout_us = 10000};

    for (uint32_t version = 1; version <= 2u; version++) {
        static struct virtio_blk blk;

        fake_init(&f, version);
        memset(&blk, 0, sizeof(blk));
        f.on_write = get_stuck_when_failed;
        f.fail_alloc = 3;
        cr_assert_eq(virtio_blk_probe(&blk, &window, &params), -ENOMEM);
        cr_assert_eq(blk.dev.state, VIRTIO_STATE_BROKEN);
        cr_assert_eq(f.dma_blocks, 1u, "the ring is the device's still");
        cr_assert_eq(virtio_blk_probe(&blk, &window, &params), -EINVAL);
        cr_assert_eq(virtio_blk_remove(&blk, 10000), -ETIMEDOUT);
        cr_assert_eq(f.dma_blocks, 1u);
        f.reset_reads = 0;
        f.on_write = NULL;
        cr_assert_eq(virtio_blk_remove(&blk, 10000), 0);
        cr_assert_eq(f.heap_blocks + f.dma_blocks, 0u);
        cr_assert_eq(virtio_blk_probe(&blk, &window, &params), 0);
        cr_assert_eq(virtio_blk_remove(&blk, 0), 0);
    }
}
