/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of a console port: who is called back how often, what an interrupt and a write cost, and
 * that a request in place completes once. */
#include <criterion/criterion.h>

#include "console_rig.h"

#define MULTIPORT VIRTIO_CONSOLE_F_MULTIPORT

static struct console_rig r;
static char buf[4096];

static void expect_read(uint32_t len, const char *text)
{
    int got = virtio_console_read(&r.con, 0, buf, len);

    cr_assert_eq(got, (int)strlen(text), "read %d bytes, expected %zu", got, strlen(text));
    cr_assert_eq(memcmp(buf, text, strlen(text)), 0);
}

static bool interrupts_wanted(unsigned queue)
{
    return (fake_avail(&r.f, queue)[0] & 1u) == 0;
}

Test(console_streams, buffers_are_read_in_pieces_and_together)
{
    console_rig_open(&r, 0);
    console_rig_input(&r, "hello");
    console_rig_input(&r, ", ");
    console_rig_input(&r, "world");
    expect_read(2, "he");
    expect_read(7, "llo, wo");
    expect_read(100, "rld");
    cr_assert_eq(virtio_console_read(&r.con, 0, buf, 1), -EAGAIN);
    console_rig_close(&r);
}

Test(console_streams, rx_ready_comes_once_after_a_short_read)
{
    console_rig_open(&r, 0);
    console_rig_input(&r, "a");
    cr_assert_eq(r.rx_ready, 1u);
    cr_assert(!interrupts_wanted(0), "there is something to read: no more interrupts");
    console_rig_input(&r, "b");
    cr_assert_eq(r.rx_ready, 1u, "called again without a read");
    expect_read(2, "ab");
    console_rig_input(&r, "c");
    cr_assert_eq(r.rx_ready, 1u, "that read was full");
    expect_read(2, "c");
    cr_assert(interrupts_wanted(0), "a short read waits for more");
    console_rig_input(&r, "d");
    cr_assert_eq(r.rx_ready, 2u);
    console_rig_close(&r);
}

Test(console_streams, empty_buffers_are_passed_over_and_posted_again)
{
    console_rig_open(&r, 0);
    for (unsigned i = 0; i < 10u; i++) {
        console_rig_fill(&r, 0, NULL, 0, 0);
        console_rig_interrupt(&r, 1);
        cr_assert_eq(r.rx_ready, 0u);
    }
    console_rig_input(&r, "x");
    expect_read(1, "x");
    console_rig_close(&r);
}

Test(console_streams, input_for_a_closed_port_is_discarded_and_counted)
{
    struct virtio_console_stats stats;

    console_rig_open(&r, MULTIPORT);
    console_rig_input(&r, "unread");
    cr_assert_eq(virtio_console_close(&r.con, 0), 0);
    console_rig_expect(&r, 0, MSG_OPEN, 0);
    console_rig_input(&r, "nobody");
    cr_assert_eq(virtio_console_read(&r.con, 0, buf, 1), -EPIPE);
    cr_assert_eq(virtio_console_open(&r.con, 0), 0);
    console_rig_expect(&r, 0, MSG_OPEN, 1);
    cr_assert_eq(virtio_console_read(&r.con, 0, buf, 1), -EAGAIN);
    virtio_console_get_stats(&r.con, &stats);
    cr_assert_eq(stats.rx_discarded, 12u);
    console_rig_input(&r, "me");
    expect_read(2, "me");
    console_rig_close(&r);
}

Test(console_streams, writing_costs_one_notification_and_no_interrupt)
{
    console_rig_open(&r, 0);
    fake_forget(&r.f);
    cr_assert_eq(virtio_console_write(&r.con, 0, "0123456789abcdefXYZ", 19), 19);
    cr_assert_eq(fake_count(&r.f, R_QUEUE_NOTIFY, true), 1u);
    cr_assert_eq(r.f.accesses, 1u);
    cr_assert(!interrupts_wanted(1), "nobody waits for room");
    console_rig_expect_output(&r, "0123456789abcdef");
    console_rig_expect_output(&r, "XYZ");
    cr_assert_eq(virtio_console_outstanding(&r.con, 0), 0u);
    console_rig_close(&r);
}

Test(console_streams, tx_ready_comes_once_when_there_is_room)
{
    console_rig_open(&r, 0);
    memset(buf, 'x', sizeof(buf));
    cr_assert_eq(virtio_console_write(&r.con, 0, buf, 100), 64, "four slots of 16");
    cr_assert_eq(virtio_console_write(&r.con, 0, buf, 100), -EAGAIN);
    cr_assert(interrupts_wanted(1), "somebody waits for room");
    cr_assert_eq(virtio_console_outstanding(&r.con, 0), 4u);
    cr_assert_eq(r.tx_ready, 0u);
    console_rig_expect_output(&r, "xxxxxxxxxxxxxxxx");
    console_rig_interrupt(&r, 1);
    cr_assert_eq(r.tx_ready, 1u);
    console_rig_expect_output(&r, "xxxxxxxxxxxxxxxx");
    console_rig_interrupt(&r, 1);
    cr_assert_eq(r.tx_ready, 1u, "called again without a refusal");
    cr_assert_eq(virtio_console_write(&r.con, 0, buf, 32), 32);
    console_rig_close(&r);
}

/* ---- in place ---- */

static struct virtio_console_tx tx;
static unsigned calls;
static int last;

static void done(struct virtio_console_tx *t, int result)
{
    cr_assert_eq(t, &tx);
    cr_assert_eq(r.f.lock_depth, 0u);
    calls++;
    last = result;
}

static int submit(const char *text)
{
    tx.ptr = text;
    tx.len = (uint32_t)strlen(text);
    tx.done = done;
    return virtio_console_submit(&r.con, 0, &tx);
}

Test(console_streams, request_in_place_completes_once)
{
    console_rig_open(&r, 0);
    cr_assert_eq(submit("in place"), 0);
    cr_assert_eq(r.f.mappings, 1u);
    cr_assert_eq(submit("in place"), -EINVAL, "the struct is in use");
    console_rig_expect_output(&r, "in place");
    cr_assert_eq(calls, 0u);
    console_rig_interrupt(&r, 1);
    cr_assert_eq(calls, 1u);
    cr_assert_eq(last, 0);
    cr_assert_eq(r.f.mappings, 0u);
    cr_assert_eq(submit("again"), 0);
    cr_assert_eq(virtio_console_reset(&r.con, 0), 0);
    cr_assert_eq(calls, 2u);
    cr_assert_eq(last, -ECANCELED);
    cr_assert_eq(r.f.mappings, 0u);
    console_rig_close(&r);
}

/* The device still reads the memory: it is the caller's again only when the device says so. */
Test(console_streams, request_of_a_removed_port_completes_when_it_comes_back)
{
    console_rig_open(&r, MULTIPORT);
    cr_assert_eq(submit("too late"), 0);
    console_rig_say(&r, 0, MSG_REMOVE, 0, NULL, 0);
    cr_assert_eq(calls, 0u);
    cr_assert_eq(r.f.mappings, 1u);
    cr_assert_eq(virtio_console_write(&r.con, 0, "x", 1), -ENODEV);
    console_rig_say(&r, 0, MSG_ADD, 0, NULL, 0);
    console_rig_expect(&r, 0, MSG_PORT_READY, 1);
    console_rig_expect_output(&r, "too late");
    console_rig_interrupt(&r, 1);
    cr_assert_eq(calls, 1u);
    cr_assert_eq(last, -EPIPE, "got %d: the port it was for has gone", last);
    console_rig_close(&r);
}

Test(console_streams, nonsense_in_the_ring_breaks_the_device_once)
{
    console_rig_open(&r, 0);
    cr_assert_eq(submit("lost"), 0);
    fake_use(&r.f, 1, 99, 0);
    console_rig_interrupt(&r, 1);
    cr_assert_eq(calls, 1u);
    cr_assert_eq(last, -EIO);
    cr_assert_eq(virtio_console_read(&r.con, 0, buf, 1), -EIO);
    cr_assert_eq(virtio_console_write(&r.con, 0, buf, 1), -EIO);
    cr_assert_eq(virtio_console_reset(&r.con, 0), 0);
    cr_assert_eq(virtio_console_write(&r.con, 0, "back", 4), 4);
    console_rig_close(&r);
    cr_assert_eq(calls, 1u);
}

/* Where the length is all there is to go by, a legacy device is not forgiven either. */
Test(console_streams, input_longer_than_its_buffer_is_refused)
{
    for (uint32_t version = 1; version <= 2u; version++) {
        console_rig_make(&r, version, 0);
        cr_assert_eq(console_rig_probe(&r), 0);
        console_rig_fill(&r, 0, "x", 1, 17);
        console_rig_interrupt(&r, 1);
        cr_assert_eq(virtio_console_read(&r.con, 0, buf, 64), -EIO, "version %u", version);
        console_rig_close(&r);
    }
}

Test(console_streams, deadlines_are_kept)
{
    uint64_t start;

    console_rig_open(&r, 0);
    start = r.f.time_us;
    cr_assert_eq(virtio_console_read_wait(&r.con, 0, buf, 1, 3000), -ETIMEDOUT);
    cr_assert_geq(r.f.time_us - start, 3000u);
    memset(buf, 'x', sizeof(buf));
    cr_assert_eq(virtio_console_write_wait(&r.con, 0, buf, 70, 3000), 64);
    cr_assert_eq(virtio_console_write_wait(&r.con, 0, buf, 1, 3000), -ETIMEDOUT);
    cr_assert_leq(r.f.time_us - start, 20000u);
    console_rig_close(&r);
}
