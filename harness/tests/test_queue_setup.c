/* SPDX-License-Identifier: Apache-2.0 */
/* Making and taking down virtqueues (virtio v1.2 sections 4.2.3.2, 4.2.4, 2.6.1): sizes, errors,
 * what the device is told, memory. */
#include <criterion/criterion.h>

#include "fake.h"

static struct fake f;
static struct virtio_device dev;
static struct virtqueue vq;

static void ignore(struct virtqueue *q)
{
    (void)q;
}

static void nobody_waits(struct virtio_device *d, int error)
{
    (void)d;
    (void)error;
}

static int setup(uint16_t size, uint16_t size_min)
{
    const struct virtqueue_config cfg = {.size = size, .size_min = size_min, .callback = ignore};

    return virtio_queue_setup(&dev, &vq, &cfg);
}

static void start(uint32_t version)
{
    fake_init(&f, version);
    memset(&vq, 0, sizeof(vq));
    fake_negotiate(&f, &dev);
    fake_forget(&f);
}

static void done(void)
{
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_eq(virtio_device_release(&dev), 0);
    cr_assert_eq(f.heap_blocks + f.dma_blocks, 0u);
}

Test(queue_setup, illegal_sizes_are_einval)
{
    static const uint16_t sizes[][2] = {{0, 1},     {16, 0}, {0, 0},     {3, 1},
                                        {16, 3},    {24, 8}, {32769, 4}, {49152, 4},
                                        {65535, 4}, {8, 16}, {1, 32768}, {1000, 1000}};

    start(2);
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        cr_assert_eq(setup(sizes[i][0], sizes[i][1]), -EINVAL, "size %u, min %u",
                     (unsigned)sizes[i][0], (unsigned)sizes[i][1]);
        cr_assert_eq(f.accesses, 0u);
        cr_assert_not_null(strstr(f.last_line, "expected powers of two"), "%s", f.last_line);
    }
    cr_assert_eq(f.allocs, 0u);
    done();
}

/* QueueNumMax against what is wanted: the largest legal size that both can live with. */
Test(queue_setup, size_is_the_smaller_of_both)
{
    static const struct {
        uint32_t max;
        uint16_t want, expected;
    } rows[] = {{1024, 32, 32},
                {16, 32, 16},
                {17, 32, 16},
                {31, 32, 16},
                {5, 32, 4},
                {3, 32, 2},
                {1, 32, 1},
                {32768, 32768, 32768},
                {65535, 64, 64},
                {0xffffffff, 8, 8},
                {0x10000, 32768, 32768}};

    for (uint32_t version = 1; version <= 2u; version++) {
        for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            start(version);
            f.q[0].num_max = rows[i].max;
            cr_assert_eq(setup(rows[i].want, 1), 0, "row %u", i);
            cr_assert_eq(vq.size, rows[i].expected, "row %u: %u", i, (unsigned)vq.size);
            cr_assert_eq(f.q[0].num, rows[i].expected);
            done();
        }
    }
}

Test(queue_setup, too_small_or_absent_is_enotsup)
{
    static const uint32_t maxima[] = {0, 1, 2, 3};

    for (unsigned i = 0; i < 4u; i++) {
        start(2);
        f.q[0].num_max = maxima[i];
        cr_assert_eq(setup(32, 4), -ENOTSUP);
        cr_assert_not_null(strstr(f.last_line, "QueueNumMax"), "%s", f.last_line);
        cr_assert_eq(fake_count(&f, R_QUEUE_NUM, true), 0u);
        cr_assert_eq(f.allocs, 0u);
        done();
    }
}

Test(queue_setup, wrong_time_is_ebusy)
{
    const struct virtio_window window = fake_window();
    static const struct virtio_driver_ops ops = {.quiesced = nobody_waits};

    fake_init(&f, 2);
    memset(&dev, 0, sizeof(dev));
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
    cr_assert_eq(setup(16, 1), -EBUSY);
    cr_assert_eq(virtio_device_begin(&dev, 0), 0);
    cr_assert_eq(setup(16, 1), -EBUSY);
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_VERSION_1), 0);
    cr_assert_eq(setup(16, 1), 0);
    cr_assert_eq(virtio_device_ready(&dev), 0);
    cr_assert_eq(setup(16, 1), -EBUSY, "a live queue was set up again");
    done();
}

Test(queue_setup, in_use_after_reset_is_ebusy)
{
    for (uint32_t version = 1; version <= 2u; version++) {
        start(version);
        f.q[0].ready = 1;
        f.q[0].pfn = 1;
        cr_assert_eq(setup(16, 1), -EBUSY);
        cr_assert_eq(fake_count(&f, R_QUEUE_READY, true), 0u);
        cr_assert_eq(fake_count(&f, R_QUEUE_PFN, true), 0u);
        cr_assert_eq(f.allocs, 0u);
        done();
    }
}

/* What the device is told is the layout of section 2.7 in addresses, not in pointers. */
Test(queue_setup, modern_addresses)
{
    start(2);
    cr_assert_eq(setup(16, 1), 0);
    cr_assert_eq(fake_at(&f, f.q[0].desc, vq.ring_bytes), vq.ring);
    cr_assert_eq(f.q[0].desc % 16u, 0u);
    cr_assert_geq(f.q[0].driver, f.q[0].desc + 16u * 16u);
    cr_assert_eq(f.q[0].driver % 2u, 0u);
    cr_assert_geq(f.q[0].device, f.q[0].driver + 6u + 2u * 16u);
    cr_assert_eq(f.q[0].device % 4u, 0u);
    cr_assert_geq(f.q[0].desc + vq.ring_bytes, f.q[0].device + 6u + 8u * 16u);
    cr_assert_eq(f.q[0].ready, 1u);
    for (size_t i = 0; i < vq.ring_bytes; i++) {
        cr_assert_eq(((unsigned char *)vq.ring)[i], 0u, "byte %zu of the ring", i);
    }
    done();
}

Test(queue_setup, legacy_page_number_and_layout)
{
    start(1);
    cr_assert_eq(setup(16, 1), 0);
    cr_assert_eq(fake_at(&f, (uint64_t)f.q[0].pfn * 4096u, vq.ring_bytes), vq.ring);
    cr_assert_eq(f.q[0].align, 4096u);
    cr_assert_eq((const volatile void *)fake_used(&f, 0), (const volatile void *)vq.used);
    cr_assert_eq(vq.ring_bytes % 4096u, 0u);
    done();
}

Test(queue_setup, legacy_ring_beyond_the_page_number_is_erange)
{
    start(1);
    f.next_dma = UINT64_C(1) << 44;
    cr_assert_eq(setup(16, 1), -ERANGE);
    cr_assert_eq(fake_count(&f, R_QUEUE_PFN, true), 0u);
    cr_assert_not_null(strstr(f.last_line, "expected 32 bits"), "%s", f.last_line);
    done();
}

static void forget_queue(struct fake *fake, const struct fake_access *a)
{
    if (a->write && (a->reg == R_QUEUE_READY || a->reg == R_QUEUE_PFN) && a->value != 0) {
        fake->q[0].ready = 0;
        fake->q[0].pfn = 0;
    }
}

Test(queue_setup, queue_that_is_not_taken_is_eio)
{
    for (uint32_t version = 1; version <= 2u; version++) {
        start(version);
        f.on_write = forget_queue;
        cr_assert_eq(setup(16, 1), -EIO);
        cr_assert_not(vq.ready);
        done();
    }
}

Test(queue_setup, no_memory_for_the_ring_is_enomem)
{
    for (unsigned n = 1; n <= 2u; n++) {
        start(2);
        f.fail_alloc = n;
        cr_assert_eq(setup(16, 1), -ENOMEM);
        cr_assert_eq(f.heap_blocks + f.dma_blocks, 0u);
        cr_assert_eq(fake_count(&f, R_QUEUE_READY, true), 0u);
        cr_assert_eq(setup(16, 1), 0, "memory is back");
        done();
    }
}

static int setup_indirect(uint16_t indirect_max)
{
    const struct virtqueue_config cfg = {
        .size = 16, .size_min = 1, .indirect_max = indirect_max, .callback = ignore};

    return virtio_queue_setup(&dev, &vq, &cfg);
}

static void start_indirect(void)
{
    fake_init(&f, 2);
    f.device_features |= VIRTIO_F_INDIRECT_DESC;
    memset(&vq, 0, sizeof(vq));
    fake_negotiate(&f, &dev);
}

Test(queue_setup, without_memory_for_indirect_tables_it_goes_without)
{
    start_indirect();
    f.fail_alloc = 3;
    cr_assert_eq(setup_indirect(4), 0);
    cr_assert_eq(f.fail_alloc, 0u);
    cr_assert_eq(vq.indirect_max, 0u);
    cr_assert_eq(virtqueue_chain_max(&vq), 16u);
    done();
}

Test(queue_setup, indirect_tables_only_when_agreed)
{
    start(2);
    cr_assert_eq(setup_indirect(4), 0);
    cr_assert_eq(vq.indirect_max, 0u);
    cr_assert_eq(f.dma_blocks, 1u);
    done();
    start_indirect();
    cr_assert_eq(setup_indirect(4), 0);
    cr_assert_eq(vq.indirect_max, 4u);
    cr_assert_eq(f.dma_blocks, 2u);
    done();
}

/* No chain is longer than the ring, be it in an indirect table (section 2.7.5.3.1). */
Test(queue_setup, indirect_table_is_never_longer_than_the_ring)
{
    start_indirect();
    cr_assert_eq(setup_indirect(200), 0);
    cr_assert_leq(vq.indirect_max, 16u);
    done();
}

Test(queue_setup, second_life_uses_the_same_memory)
{
    void *ring;

    start_indirect();
    cr_assert_eq(setup_indirect(4), 0);
    ring = vq.ring;
    cr_assert_eq(virtio_device_ready(&dev), 0);
    for (unsigned life = 0; life < 3u; life++) {
        unsigned allocs = f.allocs;

        cr_assert_eq(virtio_device_reset(&dev, 0), 0);
        cr_assert_eq(virtio_device_begin(&dev, 0), 0);
        cr_assert_eq(virtio_set_features(&dev, f.device_features), 0);
        cr_assert_eq(setup_indirect(4), 0);
        cr_assert_eq(f.allocs, allocs);
        cr_assert_eq(vq.ring, ring);
        cr_assert_eq(virtio_device_ready(&dev), 0);
        cr_assert_eq(vq.num_free, 16u);
    }
    done();
}

Test(queue_setup, second_life_with_another_size)
{
    start_indirect();
    cr_assert_eq(setup_indirect(4), 0);
    for (uint32_t max = 4; max <= 64u; max *= 2u) {
        cr_assert_eq(virtio_device_reset(&dev, 0), 0);
        f.q[0].num_max = max;
        cr_assert_eq(virtio_device_begin(&dev, 0), 0);
        cr_assert_eq(virtio_set_features(&dev, f.device_features), 0);
        cr_assert_eq(setup_indirect(4), 0);
        cr_assert_eq(vq.size, max < 16u ? max : 16u);
        cr_assert_eq(f.dma_blocks, 2u);
    }
    done();
}

Test(queue_setup, stop_reads_queue_ready_back)
{
    fake_init(&f, 2);
    memset(&vq, 0, sizeof(vq));
    fake_live(&f, &dev, &vq, NULL);
    fake_forget(&f);
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_eq(fake_count(&f, R_QUEUE_READY, true), 1u);
    cr_assert_geq(fake_count(&f, R_QUEUE_READY, false), 1u);
    done();
}

static void keep_queue_ready(struct fake *fake, const struct fake_access *a)
{
    if (a->write && a->reg == R_QUEUE_READY && a->value == 0) {
        fake->q[0].ready = 1;
    }
}

Test(queue_setup, queue_ready_that_stays_set_is_bounded)
{
    fake_init(&f, 2);
    memset(&vq, 0, sizeof(vq));
    fake_live(&f, &dev, &vq, NULL);
    f.on_write = keep_queue_ready;
    f.time_us = 0;
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_leq(f.time_us, 1000000u);
    cr_assert_eq(dev.state, VIRTIO_STATE_RESET);
    cr_assert_eq(virtio_device_release(&dev), 0);
}

Test(queue_setup, release_of_a_live_device_is_ebusy)
{
    fake_init(&f, 2);
    memset(&vq, 0, sizeof(vq));
    fake_live(&f, &dev, &vq, NULL);
    cr_assert_eq(virtio_device_release(&dev), -EBUSY);
    cr_assert_gt(f.dma_blocks, 0u);
    f.reset_reads = 1000000;
    cr_assert_eq(virtio_device_reset(&dev, 1000), -ETIMEDOUT);
    cr_assert_eq(virtio_device_release(&dev), -EBUSY, "the device may still own its memory");
    cr_assert_gt(f.dma_blocks, 0u);
    f.reset_reads = 0;
    done();
}

Test(queue_setup, queue_reset_needs_its_feature)
{
    fake_init(&f, 2);
    memset(&vq, 0, sizeof(vq));
    fake_live(&f, &dev, &vq, NULL);
    fake_forget(&f);
    cr_assert_eq(virtio_queue_reset(&vq, 0), -ENOTSUP);
    cr_assert_eq(f.accesses, 0u);
    cr_assert_eq(virtio_queue_restart(&vq), -EBUSY);
    done();
}

/* QEMU 7.2: RING_RESET offered, QueueReset reads 0 and does nothing. */
Test(queue_setup, queue_reset_that_does_nothing_is_enotsup_and_harmless)
{
    fake_init(&f, 2);
    f.device_features |= VIRTIO_F_RING_RESET;
    memset(&vq, 0, sizeof(vq));
    fake_live(&f, &dev, &vq, NULL);
    cr_assert_eq(virtio_queue_reset(&vq, 0), -ENOTSUP);
    cr_assert(vq.live);
    cr_assert(virtio_device_is_live(&dev));
    done();
}
