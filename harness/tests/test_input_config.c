/* SPDX-License-Identifier: Apache-2.0 */
/* What an input device says about itself (virtio v1.2 section 5.8.4), in good faith and in bad;
 * parameters; what may be sent to it. */
#include <criterion/criterion.h>

#include "input_rig.h"

static struct input_rig r;

static void expect_refused(const struct virtio_input_params *params, int error, const char *why)
{
    cr_assert_eq(input_rig_probe(&r, params), error);
    cr_assert_not_null(strstr(r.f.last_line, why), "%s", r.f.last_line);
    cr_assert_eq(r.in.dev.state, VIRTIO_STATE_ABSENT);
    cr_assert_eq(r.f.dma_blocks + r.f.heap_blocks, 0u);
}

Test(input_config, everything_is_read)
{
    const struct virtio_input_info *info = virtio_input_get_info(&r.in);

    for (uint32_t version = 1; version <= 2; version++) {
        input_rig_make(&r, version);
        (void)input_rig_item(&r, 2, 0, "17", 2);
        (void)input_rig_item(&r, 0x10, 0, "\5", 1);
        cr_assert_eq(input_rig_probe(&r, NULL), 0, "%s", r.f.last_line);
        cr_assert_str_eq(info->name, "a name");
        cr_assert_str_eq(info->serial, "17");
        cr_assert(info->has_devids);
        cr_assert_eq(info->devids.bustype, 6u);
        cr_assert_eq(info->devids.vendor, 0x0627u);
        cr_assert_eq(info->devids.product, 0x1234u);
        cr_assert_eq(info->devids.version, 1u);
        cr_assert_eq(info->prop_bits[0], 5u);
        cr_assert_eq(info->ev_types, 1u | 1u << 1 | 1u << 3 | 1u << 0x11);
        cr_assert_eq(info->abs_valid, 1u);
        cr_assert_eq(info->abs[0].min, 0);
        cr_assert_eq(info->abs[0].max, 100);
        cr_assert_eq(info->abs[0].fuzz, 3u);
        cr_assert_eq(info->abs[0].flat, 4u);
        cr_assert_eq(info->abs[0].res, 5u);
        cr_assert(virtio_input_has(&r.in, VIRTIO_INPUT_EV_KEY, 31));
        cr_assert(!virtio_input_has(&r.in, VIRTIO_INPUT_EV_KEY, 32));
        cr_assert(!virtio_input_has(&r.in, VIRTIO_INPUT_EV_KEY, 65535));
        input_rig_close(&r);
    }
}

/* Section 5.8.5.1: both bytes for every query, and no other byte ever. */
Test(input_config, writes_select_and_subsel_and_nothing_else)
{
    unsigned selects;
    unsigned subsels;

    input_rig_make(&r, 2);
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    selects = fake_count(&r.f, R_CONFIG, true);
    subsels = fake_count(&r.f, R_CONFIG + 1, true);
    cr_assert_eq(selects, subsels);
    cr_assert_gt(selects, 10u);
    for (unsigned off = 2; off < FAKE_CONFIG; off++) {
        cr_assert_eq(fake_count(&r.f, R_CONFIG + off, true), 0u, "config byte %u written", off);
    }
    input_rig_close(&r);
}

Test(input_config, strings_are_bounded_and_printable)
{
    char name[VIRTIO_INPUT_STRING_MAX];

    memset(name, 'x', sizeof(name));
    name[3] = '\n';
    name[4] = '\x80';
    input_rig_make(&r, 2);
    (void)input_rig_item(&r, 1, 0, name, sizeof(name));
    (void)input_rig_item(&r, 2, 0, "ab\0cd", 5); /* terminated, although none should be */
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    cr_assert_eq(strlen(r.in.info.name), sizeof(name));
    cr_assert_eq(strncmp(r.in.info.name, "xxx??xxx", 8), 0, "%s", r.in.info.name);
    cr_assert_str_eq(r.in.info.serial, "ab");
    input_rig_close(&r);
}

Test(input_config, wrong_sizes_are_refused_by_name)
{
    static const uint8_t bytes[128];
    static const struct {
        uint8_t select, subsel, size;
        const char *why;
    } wrong[] = {
        {1, 0, 129, "at most 128"},  {2, 0, 255, "at most 128"},    {3, 0, 7, "size is 7"},
        {3, 0, 9, "size is 9"},      {0x11, 1, 200, "size is 200"}, {0x12, 0, 19, "size is 19"},
        {0x12, 0, 21, "size is 21"},
    };

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        input_rig_make(&r, 2);
        (void)input_rig_item(&r, wrong[i].select, wrong[i].subsel, bytes, wrong[i].size);
        expect_refused(NULL, -EPROTO, wrong[i].why);
    }
}

/* A bitmap longer than all known codes is cut; what lies beyond is not announced. */
Test(input_config, long_bitmaps_are_cut)
{
    uint8_t ones[128];

    memset(ones, 0xff, sizeof(ones));
    input_rig_make(&r, 2);
    (void)input_rig_item(&r, 0x11, VIRTIO_INPUT_EV_KEY, ones, 128);
    (void)input_rig_item(&r, 0x11, VIRTIO_INPUT_EV_REL, ones, 128);
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    cr_assert(virtio_input_has(&r.in, VIRTIO_INPUT_EV_KEY, 767));
    cr_assert(!virtio_input_has(&r.in, VIRTIO_INPUT_EV_KEY, 768));
    cr_assert(virtio_input_has(&r.in, VIRTIO_INPUT_EV_REL, 31));
    cr_assert(!virtio_input_has(&r.in, VIRTIO_INPUT_EV_REL, 32));
    cr_assert_eq(r.in.info.abs_bits[0], 1u, "the bitmap behind it was written over");
    input_rig_close(&r);
}

Test(input_config, axis_without_sense_is_not_valid_or_refused)
{
    const struct virtio_input_params strict = {.strict = true};
    static const uint8_t swapped[20] = {5, 0, 0, 0, 4, 0, 0, 0};
    static const uint8_t negative[20] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}; /* -1..0: fine */

    input_rig_make(&r, 2);
    (void)input_rig_item(&r, 0x12, 0, swapped, 20);
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    cr_assert_eq(r.in.info.abs_valid, 0u);
    input_rig_close(&r);
    input_rig_make(&r, 2);
    (void)input_rig_item(&r, 0x12, 0, swapped, 20);
    expect_refused(&strict, -EPROTO, "max below min");
    input_rig_make(&r, 2);
    (void)input_rig_item(&r, 0x12, 0, swapped, 0);
    expect_refused(&strict, -EPROTO, "no ABS_INFO");
    input_rig_make(&r, 2);
    (void)input_rig_item(&r, 0x12, 0, negative, 20);
    cr_assert_eq(input_rig_probe(&r, &strict), 0);
    cr_assert_eq(r.in.info.abs[0].min, -1);
    input_rig_close(&r);
}

/* However well select reads back. */
Test(input_config, window_that_ignores_select_is_noticed)
{
    input_rig_make(&r, 2);
    r.select_ignored = true; /* nothing at all, ever: nothing is believed */
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    cr_assert_eq(r.in.info.ev_types, 1u);
    cr_assert_not_null(strstr(r.f.last_line, "no events"), "%s", r.f.last_line);
    input_rig_close(&r);

    input_rig_make(&r, 2);
    r.select_ignored = true; /* something that passes for each of the items */
    r.f.config[2] = 8;
    expect_refused(NULL, -EPROTO, "does not follow select");

    input_rig_make(&r, 2);
    r.stick_at = 0x10; /* empty from there on */
    expect_refused(NULL, -EPROTO, "the same as before");
}

/* A write that got lost is made again; select reads back as it was. */
Test(input_config, lost_select_is_written_again)
{
    input_rig_make(&r, 2);
    r.lose_writes = 3;
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    cr_assert_str_eq(r.in.info.name, "a name");
    input_rig_close(&r);

    input_rig_make(&r, 2);
    r.lose_writes = 1000;
    expect_refused(NULL, -EPROTO, "expected what was written");
}

/* ---- parameters ---- */

Test(input_config, parameters_are_checked)
{
    const struct virtio_input_params events = {.event_buffers = 3};
    const struct virtio_input_params status = {.status_buffers = 6};
    const struct virtio_input_params huge = {.event_buffers = 65535};

    input_rig_make(&r, 2);
    expect_refused(&events, -EINVAL, "event_buffers 3");
    expect_refused(&status, -EINVAL, "status_buffers 6");
    expect_refused(&huge, -EINVAL, "event_buffers 65535");
    cr_assert_eq(r.f.accesses, 0u);
    r.f.device_id = VIRTIO_ID_BLOCK;
    expect_refused(NULL, -ENODEV, "DeviceID 2, expected 18");
}

Test(input_config, calls_on_what_was_never_probed)
{
    struct virtio_input_event event;

    memset(&r, 0, sizeof(r));
    cr_assert_eq(virtio_input_read(&r.in, &event, 1), 0);
    cr_assert_eq(virtio_input_set_led(&r.in, 0, true), -EIO);
    cr_assert_eq(virtio_input_outstanding(&r.in), 0u);
    cr_assert_eq(virtio_input_reset(&r.in, 0), -ENODEV);
    cr_assert_eq(virtio_input_remove(&r.in, 0), 0);
}

/* ---- to the device ---- */

Test(input_send, only_what_was_announced)
{
    input_rig_open(&r, NULL);
    cr_assert_eq(virtio_input_send(&r.in, VIRTIO_INPUT_EV_KEY, 30, 1), -ENOTSUP);
    cr_assert_eq(virtio_input_send(&r.in, VIRTIO_INPUT_EV_REP, 0, 1), -ENOTSUP);
    cr_assert_eq(virtio_input_send(&r.in, 0x20, 0, 1), -ENOTSUP);
    cr_assert_eq(virtio_input_send(&r.in, 0xffff, 0, 1), -ENOTSUP);
    cr_assert_eq(virtio_input_set_led(&r.in, 2, true), -ENOTSUP);
    cr_assert_eq(fake_avail(&r.f, 1)[1], 0u);
    cr_assert_eq(virtio_input_set_led(&r.in, 1, true), 0);
    cr_assert(fake_take(&r.f, 1, &r.chain));
    cr_assert_eq(r.chain.count, 1u);
    cr_assert_eq(r.chain.writable, 0u);
    cr_assert_eq(r.chain.piece[0].len, 8u);
    cr_assert_eq(memcmp(fake_at(&r.f, r.chain.piece[0].addr, 8), "\x11\0\1\0\1\0\0\0", 8), 0);
    cr_assert_eq(virtio_input_outstanding(&r.in), 1u);
    fake_use(&r.f, 1, r.chain.head, 0);
    input_rig_interrupt(&r);
    cr_assert_eq(virtio_input_outstanding(&r.in), 0u);
    input_rig_close(&r);
}

Test(input_send, no_room_is_told_and_counted)
{
    const struct virtio_input_params params = {.status_buffers = 4};

    input_rig_open(&r, &params);
    for (unsigned i = 0; i < 4u; i++) {
        cr_assert_eq(virtio_input_set_led(&r.in, 0, true), 0);
    }
    cr_assert_eq(virtio_input_set_led(&r.in, 0, true), -EAGAIN);
    cr_assert_eq(input_rig_stats(&r).status_sent, 4u);
    cr_assert_eq(input_rig_stats(&r).status_busy, 1u);
    cr_assert_eq(virtio_input_reset(&r.in, 0), 0);
    cr_assert_eq(virtio_input_outstanding(&r.in), 0u);
    cr_assert_eq(virtio_input_set_led(&r.in, 0, true), 0);
    input_rig_close(&r);
    cr_assert_eq(virtio_input_set_led(&r.in, 0, true), -EIO);
}

Test(input_send, device_without_status_queue_still_tells)
{
    input_rig_make(&r, 2);
    r.f.q[1].num_max = 0;
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    cr_assert_eq(virtio_input_set_led(&r.in, 0, true), -ENOTSUP);
    cr_assert_eq(virtio_input_outstanding(&r.in), 0u);
    input_rig_key(&r, 1);
    input_rig_expect(&r, VIRTIO_INPUT_EV_KEY, 30, 1);
    input_rig_close(&r);
}
