/* SPDX-License-Identifier: Apache-2.0 */
/* Handshake and feature negotiation (virtio v1.2 sections 2.1, 2.2, 3.1.1, 6): 64 bits wide, in
 * order, nothing accepted that was not offered. */
#include <criterion/criterion.h>

#include "fake.h"

static struct fake f;
static struct virtio_device dev;
static struct virtqueue vq;
static const struct virtio_driver_ops ops;

#define ACKNOWLEDGED (VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER)

static void begin(uint32_t version, uint64_t offered)
{
    const struct virtio_window window = fake_window();

    fake_init(&f, version);
    f.device_features = offered;
    memset(&dev, 0, sizeof(dev));
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
    cr_assert_eq(virtio_device_begin(&dev, 0), 0);
    cr_assert_eq(f.status, ACKNOWLEDGED);
}

static void expect_refused(uint64_t features, const char *why)
{
    unsigned writes = f.writes;

    cr_assert_eq(virtio_set_features(&dev, features), -EINVAL);
    cr_assert_eq(f.writes, writes, "something was written");
    cr_assert_not_null(strstr(f.last_line, why), "%s", f.last_line);
    cr_assert_eq(dev.state, VIRTIO_STATE_ACKNOWLEDGED);
    cr_assert_eq(dev.features, 0u);
}

Test(features, offered_set_is_64_bits_wide)
{
    const uint64_t offered = VIRTIO_FEATURE(0) | VIRTIO_FEATURE(31) | VIRTIO_FEATURE(32) |
                             VIRTIO_FEATURE(33) | VIRTIO_FEATURE(63);

    begin(2, offered);
    cr_assert_eq(virtio_get_features(&dev), offered);
}

Test(features, legacy_device_has_the_low_word_only)
{
    begin(1, UINT64_MAX);
    cr_assert_eq(virtio_get_features(&dev), UINT32_MAX);
    cr_assert_eq(fake_count(&f, R_DEVICE_FEATURES, false), 1u);
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_EVENT_IDX), 0);
    cr_assert_eq(f.driver_features, VIRTIO_F_EVENT_IDX);
    cr_assert_eq(fake_count(&f, R_DRIVER_FEATURES, true), 1u);
    cr_assert_eq(f.page_size, 4096u);
    cr_assert_eq(f.status, ACKNOWLEDGED, "FEATURES_OK is not for legacy devices");
}

Test(features, offered_words_are_read_once)
{
    begin(2, VIRTIO_F_VERSION_1);
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_VERSION_1), 0);
    cr_assert_eq(fake_count(&f, R_DEVICE_FEATURES, false), 2u);
}

Test(features, unoffered_bit_is_refused)
{
    const uint64_t offered = VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX;

    begin(2, offered);
    expect_refused(offered | VIRTIO_F_INDIRECT_DESC, "not offered");
    expect_refused(offered | VIRTIO_F_RING_RESET, "not offered");
    expect_refused(offered | VIRTIO_FEATURE(63), "not offered");
    cr_assert_eq(virtio_set_features(&dev, offered), 0);
}

Test(features, bit_without_its_prerequisite_is_refused)
{
    begin(2, VIRTIO_F_VERSION_1 | VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_FLUSH);
    expect_refused(VIRTIO_F_VERSION_1 | VIRTIO_BLK_F_CONFIG_WCE, "depends on");
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_VERSION_1 | VIRTIO_BLK_F_CONFIG_WCE |
                                               VIRTIO_BLK_F_FLUSH),
                 0);
}

Test(features, transport_bits_depend_on_version_1)
{
    static const uint64_t bits[] = {VIRTIO_F_ACCESS_PLATFORM, VIRTIO_F_ORDER_PLATFORM,
                                    VIRTIO_F_NOTIFICATION_DATA, VIRTIO_F_RING_RESET};

    for (unsigned i = 0; i < 4u; i++) {
        begin(2, bits[i]); /* offered without VERSION_1 */
        expect_refused(bits[i], "depends on");
    }
}

Test(features, version_1_may_not_be_left_out)
{
    begin(2, VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX);
    expect_refused(VIRTIO_F_EVENT_IDX, "VERSION_1");
    expect_refused(0, "VERSION_1");
}

/* CONFIG_WCE is bit 11 of block devices; elsewhere the bit has no prerequisite. */
Test(features, prerequisites_are_those_of_the_device_type)
{
    begin(2, VIRTIO_F_VERSION_1 | VIRTIO_FEATURE(11));
    dev.device_id = VIRTIO_ID_INPUT;
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_VERSION_1 | VIRTIO_FEATURE(11)), 0);
}

Test(features, only_between_begin_and_ready)
{
    const struct virtio_window window = fake_window();

    fake_init(&f, 2);
    memset(&dev, 0, sizeof(dev));
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
    cr_assert_eq(virtio_set_features(&dev, 0), -EBUSY);
    cr_assert_eq(f.writes, 0u);
    fake_live(&f, &dev, &vq, NULL);
    fake_forget(&f);
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_VERSION_1), -EBUSY);
    cr_assert_eq(f.accesses, 0u);
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_VERSION_1), -EBUSY);
    cr_assert_eq(virtio_device_release(&dev), 0);
}

Test(features, high_word_bits_survive_negotiation)
{
    const uint64_t high = VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM |
                          VIRTIO_F_NOTIFICATION_DATA | VIRTIO_F_RING_RESET;

    begin(2, VIRTIO_F_VERSION_1);
    f.device_features = VIRTIO_F_VERSION_1 | high;
    cr_assert_eq(virtio_device_negotiate(&dev, 0, 0, 0, 0), 0);
    cr_assert_eq(dev.features, VIRTIO_F_VERSION_1 | high);
    cr_assert_eq(f.driver_features, VIRTIO_F_VERSION_1 | high);
    cr_assert(virtio_has_feature(&dev, VIRTIO_FEATURE(33)));
    cr_assert(virtio_has_feature(&dev, VIRTIO_FEATURE(36)));
    cr_assert(virtio_has_feature(&dev, VIRTIO_FEATURE(38)));
    cr_assert(virtio_has_feature(&dev, VIRTIO_FEATURE(40)));
    cr_assert_not(virtio_has_feature(&dev, VIRTIO_FEATURE(33) | VIRTIO_FEATURE(34)));
    cr_assert_not(virtio_has_feature(&dev, VIRTIO_FEATURE(35)));
}

Test(features, reserved_and_unknown_bits_are_never_accepted)
{
    begin(2, UINT64_MAX);
    cr_assert_eq(virtio_device_negotiate(&dev, 0, 0, 0, 0), 0);
    cr_assert_eq(f.driver_features, VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC |
                                        VIRTIO_F_EVENT_IDX | VIRTIO_F_ACCESS_PLATFORM |
                                        VIRTIO_F_ORDER_PLATFORM | VIRTIO_F_NOTIFICATION_DATA |
                                        VIRTIO_F_RING_RESET);
    begin(1, UINT64_MAX);
    cr_assert_eq(virtio_device_negotiate(&dev, UINT64_MAX & ~VIRTIO_FEATURE(30), 0, 0, 0), 0);
    cr_assert_eq(f.driver_features >> 32, 0u);
}

Test(features, features_off_wins_over_wanted)
{
    begin(2, VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX | VIRTIO_BLK_F_RO);
    dev.features_off = VIRTIO_F_EVENT_IDX | VIRTIO_BLK_F_RO;
    cr_assert_eq(virtio_device_negotiate(&dev, VIRTIO_BLK_F_RO, 0, 0, 0), 0);
    cr_assert_eq(f.driver_features, VIRTIO_F_VERSION_1);
}

static void status_sequence(const uint32_t *expected, unsigned count)
{
    uint32_t values[16];
    unsigned n = fake_written(&f, R_STATUS, values, 16);

    cr_assert_eq(n, count, "%u Status writes, expected %u", n, count);
    for (unsigned i = 0; i < n; i++) {
        cr_assert_eq(values[i], expected[i], "Status write %u is 0x%x, expected 0x%x", i,
                     (unsigned)values[i], (unsigned)expected[i]);
    }
}

/* Position of the first and last access to a register in the log. */
static unsigned position(unsigned reg, uint32_t value, bool any_value)
{
    for (unsigned i = 0; i < f.accesses; i++) {
        if (f.log[i].write && f.log[i].reg == reg && (any_value || f.log[i].value == value)) {
            return i;
        }
    }
    cr_assert_fail("register 0x%x was never written", reg);
    return 0;
}

Test(features, status_order_modern)
{
    static const uint32_t expected[] = {0, 0x1, 0x3, 0xb, 0xf};

    fake_init(&f, 2);
    fake_live(&f, &dev, &vq, NULL);
    status_sequence(expected, 5);
    cr_assert_lt(position(R_STATUS, 0x3, false), position(R_DRIVER_FEATURES, 0, true));
    cr_assert_lt(position(R_DRIVER_FEATURES, 0, true), position(R_STATUS, 0xb, false));
    cr_assert_lt(position(R_STATUS, 0xb, false), position(R_QUEUE_SEL, 0, true));
    cr_assert_lt(position(R_QUEUE_READY, 1, false), position(R_STATUS, 0xf, false));
    cr_assert_eq(f.notifies, 0u);
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_eq(virtio_device_release(&dev), 0);
}

Test(features, status_order_legacy)
{
    static const uint32_t expected[] = {0, 0x1, 0x3, 0x7};

    fake_init(&f, 1);
    fake_live(&f, &dev, &vq, NULL);
    status_sequence(expected, 4);
    cr_assert_lt(position(R_DRIVER_FEATURES, 0, true), position(R_QUEUE_PFN, 0, true));
    cr_assert_lt(position(R_GUEST_PAGE_SIZE, 0, true), position(R_QUEUE_PFN, 0, true));
    cr_assert_lt(position(R_QUEUE_PFN, 0, true), position(R_STATUS, 0x7, false));
    cr_assert_eq(f.notifies, 0u);
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_eq(virtio_device_release(&dev), 0);
}

static unsigned refusals; /* times that FEATURES_OK is still not kept */

static void refuse_features_ok(struct fake *fake, const struct fake_access *a)
{
    if (a->write && a->reg == R_STATUS && a->value == 0xb && refusals > 0) {
        refusals--;
        fake->status &= ~VIRTIO_STATUS_FEATURES_OK;
    }
}

static int negotiate_refused(unsigned times)
{
    begin(2, VIRTIO_F_VERSION_1 | VIRTIO_F_EVENT_IDX | VIRTIO_F_RING_RESET |
                 VIRTIO_F_ACCESS_PLATFORM | VIRTIO_BLK_F_RO | VIRTIO_BLK_F_FLUSH);
    fake_forget(&f);
    refusals = times;
    f.on_write = refuse_features_ok;
    return virtio_device_negotiate(&dev, VIRTIO_BLK_F_RO | VIRTIO_BLK_F_FLUSH, 0, VIRTIO_BLK_F_RO,
                                   0);
}

Test(features, refused_features_ok_is_tried_again_with_less)
{
    static const uint32_t expected[] = {0, 0x1, 0x3, 0xb, 0x8b, 0, 0, 0x1, 0x3, 0xb};

    cr_assert_eq(negotiate_refused(1), 0);
    cr_assert_eq(dev.features, VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM | VIRTIO_BLK_F_RO);
    cr_assert_eq(f.driver_features, dev.features);
    status_sequence(expected, 10);
}

Test(features, features_ok_refused_twice_is_given_up)
{
    cr_assert_eq(negotiate_refused(99), -ENOTSUP);
    cr_assert_eq(refusals, 97u, "two attempts, no more");
    cr_assert_eq(f.status, 0u, "the device is not left reset");
    cr_assert_eq(dev.state, VIRTIO_STATE_RESET);
    cr_assert_eq(virtio_device_release(&dev), 0);
}

Test(features, refused_set_features_alone)
{
    begin(2, VIRTIO_F_VERSION_1);
    refusals = 1;
    f.on_write = refuse_features_ok;
    cr_assert_eq(virtio_set_features(&dev, VIRTIO_F_VERSION_1), -ENOTSUP);
    cr_assert_eq(virtio_device_ready(&dev), -EBUSY);
    cr_assert_eq(virtio_device_fail(&dev, 0), 0);
    cr_assert_eq(fake_count(&f, R_STATUS, true), 6u); /* 0 1 3 b 8b 0 */
}

Test(features, modern_device_without_version_1_is_enotsup)
{
    static const uint32_t expected[] = {0, 0x1, 0x3, 0x83, 0};

    begin(2, VIRTIO_F_EVENT_IDX);
    fake_forget(&f);
    cr_assert_eq(virtio_device_negotiate(&dev, 0, 0, 0, 0), -ENOTSUP);
    status_sequence(expected, 5);
}

Test(features, missing_required_bit_is_enotsup)
{
    begin(2, VIRTIO_F_VERSION_1);
    cr_assert_eq(virtio_device_negotiate(&dev, 0, VIRTIO_FEATURE(40), 0, 0), -ENOTSUP);
    cr_assert_eq(f.status, 0u);
}

Test(features, status_that_does_not_stick_is_eio)
{
    const struct virtio_window window = fake_window();

    for (uint32_t keep = 0; keep <= 2u; keep++) {
        fake_init(&f, 2);
        f.status_keep = keep;
        memset(&dev, 0, sizeof(dev));
        cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
        cr_assert_eq(virtio_device_negotiate(&dev, 0, 0, 0, 0), -EIO, "keeps 0x%x", (unsigned)keep);
    }
}

Test(features, driver_ok_that_does_not_stick_is_eio)
{
    fake_init(&f, 2);
    fake_negotiate(&f, &dev);
    f.status_keep = 0xb;
    cr_assert_eq(virtio_device_ready(&dev), -EIO);
    cr_assert_not(virtio_device_is_live(&dev));
    cr_assert_eq(f.status, 0u, "the device is not left reset");
}

Test(features, reset_is_waited_for)
{
    const struct virtio_window window = fake_window();

    fake_init(&f, 2);
    f.reset_reads = 20;
    memset(&dev, 0, sizeof(dev));
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
    cr_assert_eq(virtio_device_begin(&dev, 0), 0);
    cr_assert_eq(f.reset_left, 0u);
    cr_assert_gt(position(R_STATUS, 1, false), 20u);
}

Test(features, reset_that_never_ends_is_etimedout_in_time)
{
    const struct virtio_window window = fake_window();

    fake_init(&f, 2);
    f.reset_reads = 1000000;
    memset(&dev, 0, sizeof(dev));
    cr_assert_eq(virtio_device_probe(&dev, &window, &ops), 0);
    cr_assert_eq(virtio_device_begin(&dev, 5000), -ETIMEDOUT);
    cr_assert_geq(f.time_us, 5000u);
    cr_assert_leq(f.time_us, 7000u);
    f.time_us = 0;
    cr_assert_eq(virtio_device_begin(&dev, 0), -ETIMEDOUT);
    cr_assert_geq(f.time_us, VIRTIO_RESET_TIMEOUT_US);
    cr_assert_leq(f.time_us, VIRTIO_RESET_TIMEOUT_US + 2000u);
    cr_assert_eq(fake_count(&f, R_DRIVER_FEATURES, true), 0u);
}
