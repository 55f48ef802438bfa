/* SPDX-License-Identifier: Apache-2.0 */
/* Events of an input device (virtio v1.2 section 5.8.6): in order, whole reports, nothing missing
 * without a SYN_DROPPED, and what one interrupt costs. */
#include <criterion/criterion.h>

#include "input_rig.h"

#define EV_SYN VIRTIO_INPUT_EV_SYN
#define EV_KEY VIRTIO_INPUT_EV_KEY
#define QUEUE  VIRTIO_INPUT_QUEUE

static struct input_rig r;

/* Empty reports, one event each, until `n` more are in the reader's queue. */
static void fill(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        input_rig_event(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
        input_rig_interrupt(&r);
    }
}

static void skip(unsigned n)
{
    struct virtio_input_event event;

    for (unsigned i = 0; i < n; i++) {
        cr_assert_eq(virtio_input_read(&r.in, &event, 1), 1, "%u of %u", i, n);
    }
}

Test(input_events, report_is_readable_when_it_is_whole)
{
    input_rig_open(&r, NULL);
    input_rig_event(&r, EV_KEY, 30, 1);
    input_rig_event(&r, EV_KEY, 31, 0xfffffff9u);
    input_rig_interrupt(&r);
    input_rig_expect_none(&r);
    cr_assert_eq(r.ready_calls, 0u);
    input_rig_event(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    input_rig_interrupt(&r);
    cr_assert_eq(r.ready_calls, 1u);
    input_rig_expect(&r, EV_KEY, 30, 1);
    input_rig_expect(&r, EV_KEY, 31, 0xfffffff9u);
    input_rig_expect(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    input_rig_expect_none(&r);
    cr_assert_eq(input_rig_stats(&r).events, 3u);
    cr_assert_eq(input_rig_stats(&r).reports, 1u);
    input_rig_close(&r);
}

/* The device may use what was posted before as soon as it sees DRIVER_OK, and interrupt once. */
Test(input_events, event_during_driver_ok_is_not_left_behind)
{
    input_rig_make(&r, 2);
    r.early = true;
    cr_assert_eq(input_rig_probe(&r, NULL), 0);
    cr_assert(!r.early);
    cr_assert_eq(r.ready_calls, 1u);
    input_rig_expect(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    input_rig_close(&r);
}

/* Two register accesses for the interrupt, one notification for all buffers that went back. */
Test(input_events, one_interrupt_takes_a_full_queue)
{
    input_rig_open(&r, NULL);
    for (unsigned i = 0; i < 16u; i++) {
        input_rig_event(&r, i % 2u == 0 ? EV_KEY : EV_SYN, i % 2u == 0 ? 30 : 0, 0);
    }
    cr_assert(!input_rig_event_len(&r, EV_KEY, 30, 0, 8), "more buffers than the ring has");
    fake_forget(&r.f);
    input_rig_interrupt(&r);
    cr_assert_eq(r.f.accesses, 3u, "%u register accesses", r.f.accesses);
    cr_assert_eq(fake_count(&r.f, R_QUEUE_NOTIFY, true), 1u);
    cr_assert_eq(r.ready_calls, 1u);
    skip(16);
    input_rig_expect_none(&r);
    for (unsigned i = 0; i < 16u; i++) {
        input_rig_event(&r, EV_SYN, 0, 0); /* all of them are posted again */
    }
    input_rig_close(&r);
}

Test(input_events, overflow_leaves_a_mark_and_counts)
{
    input_rig_open(&r, NULL);
    fill(QUEUE - 2u);
    input_rig_key(&r, 1);
    input_rig_key(&r, 0);
    cr_assert_eq(input_rig_stats(&r).dropped, 4u);
    skip(QUEUE - 2u);
    input_rig_expect_mark(&r); /* one for both */
    input_rig_expect_none(&r);
    input_rig_key(&r, 1);
    input_rig_expect(&r, EV_KEY, 30, 1);
    input_rig_expect(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    cr_assert_eq(input_rig_stats(&r).dropped, 4u);
    input_rig_close(&r);
}

/* The part of the report that had come in already goes too. */
Test(input_events, report_is_dropped_as_a_whole)
{
    input_rig_open(&r, NULL);
    fill(QUEUE - 4u);
    input_rig_event(&r, EV_KEY, 30, 1);
    input_rig_event(&r, EV_KEY, 31, 1);
    input_rig_interrupt(&r);
    input_rig_event(&r, EV_KEY, 30, 0);
    input_rig_interrupt(&r);
    skip(QUEUE - 4u);
    input_rig_expect_mark(&r); /* at once: the report may never end */
    input_rig_event(&r, EV_KEY, 31, 0);
    input_rig_event(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    input_rig_interrupt(&r);
    input_rig_expect_mark(&r); /* the reader had seen the first one, and more is missing */
    input_rig_expect_none(&r);
    cr_assert_eq(input_rig_stats(&r).dropped, 5u);
    input_rig_close(&r);
}

Test(input_events, endless_report_is_told_at_once)
{
    input_rig_open(&r, NULL);
    for (unsigned i = 0; i < QUEUE + 5u; i++) {
        input_rig_event(&r, EV_KEY, 30, i & 1u);
        input_rig_interrupt(&r);
    }
    cr_assert_eq(r.ready_calls, 1u);
    input_rig_expect_mark(&r);
    input_rig_expect_none(&r);
    cr_assert_eq(input_rig_stats(&r).dropped, QUEUE + 5u);
    input_rig_close(&r);
}

/* The reader stands between SYN_DROPPED and its SYN_REPORT, and the queue is full behind them. */
Test(input_events, owed_mark_follows_when_there_is_room)
{
    input_rig_open(&r, NULL);
    fill(QUEUE - 2u);
    input_rig_key(&r, 1); /* dropped: the mark takes the last two places */
    skip(QUEUE - 2u);
    input_rig_expect(&r, EV_SYN, VIRTIO_INPUT_SYN_DROPPED, 0);
    fill(QUEUE - 1u - 2u); /* room for two more, which are kept for a mark */
    input_rig_key(&r, 1);
    fill(3);
    cr_assert_eq(input_rig_stats(&r).dropped, 2u + 2u + 3u);
    input_rig_expect(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    skip(QUEUE - 1u - 2u);
    input_rig_expect_mark(&r);
    input_rig_expect_none(&r);
    input_rig_close(&r);
}

/* Every number of events that is read before the next loss: what is read and what is counted as
 * dropped add up to what was sent, and no loss is without a mark. */
Test(input_events, nothing_is_lost_without_a_word)
{
    for (unsigned taken = 0; taken < 8u; taken++) {
        struct virtio_input_event event;
        unsigned got = 0;
        unsigned marks = 0;

        input_rig_open(&r, NULL);
        for (unsigned round = 0; round < 40u; round++) {
            for (unsigned i = 0; i < 7u; i++) {
                input_rig_key(&r, 1);
            }
            for (unsigned i = 0; i < taken && virtio_input_read(&r.in, &event, 1) == 1; i++) {
                bool mark = event.type == EV_SYN && event.code == VIRTIO_INPUT_SYN_DROPPED;

                got++;
                marks += mark ? 1u : 0u;
            }
        }
        while (virtio_input_read(&r.in, &event, 1) == 1) {
            got++;
            marks += event.type == EV_SYN && event.code == VIRTIO_INPUT_SYN_DROPPED ? 1u : 0u;
        }
        cr_assert_eq(got - 2u * marks + input_rig_stats(&r).dropped, 40u * 7u * 2u,
                     "%u read, %u marks, %u dropped", got, marks,
                     (unsigned)input_rig_stats(&r).dropped);
        cr_assert_gt(marks, 0u);
        input_rig_close(&r);
    }
}

Test(input_events, short_event_drops_its_report)
{
    for (uint32_t len = 0; len < 8u; len++) {
        input_rig_open(&r, NULL);
        input_rig_event(&r, EV_KEY, 30, 1);
        cr_assert(input_rig_event_len(&r, EV_KEY, 31, 1, len));
        input_rig_event(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
        input_rig_interrupt(&r);
        input_rig_expect_mark(&r);
        input_rig_expect_none(&r);
        cr_assert_eq(input_rig_stats(&r).malformed, 1u);
        cr_assert_eq(input_rig_stats(&r).dropped, 3u);
        input_rig_key(&r, 1);
        input_rig_expect(&r, EV_KEY, 30, 1);
        input_rig_close(&r);
    }
}

/* It says that it wrote eight bytes, and did not: which buffer it did fill nobody knows. */
Test(input_events, buffer_that_was_not_written_breaks_the_device)
{
    input_rig_open(&r, NULL);
    cr_assert(fake_take(&r.f, 0, &r.chain));
    fake_use(&r.f, 0, r.chain.head, 8);
    r.f.isr = 1;
    (void)virtio_input_interrupt(&r.in);
    cr_assert(!virtio_device_is_live(&r.in.dev));
    cr_assert_eq(virtio_input_set_led(&r.in, 0, true), -EIO);
    input_rig_expect_mark(&r); /* the reader is told */
    cr_assert_eq(r.ready_calls, 1u);
    cr_assert_eq(virtio_input_reset(&r.in, 0), 0);
    input_rig_key(&r, 1);
    input_rig_expect(&r, EV_KEY, 30, 1);
    input_rig_close(&r);
}

/* An id twice in one run: the buffer is posted again, but the device has not been shown that. */
Test(input_events, buffer_used_twice_in_a_run_breaks_the_device)
{
    input_rig_open(&r, NULL);
    input_rig_event(&r, EV_KEY, 30, 1);
    fake_use(&r.f, 0, r.chain.head, 8);
    r.f.isr = 1;
    (void)virtio_input_interrupt(&r.in);
    cr_assert(!virtio_device_is_live(&r.in.dev));
    cr_assert_not_null(strstr(r.f.last_line, "no outstanding chain"), "%s", r.f.last_line);
    input_rig_close(&r);
}

Test(input_events, unknown_events_are_delivered_or_dropped)
{
    for (unsigned strict = 0; strict < 2u; strict++) {
        const struct virtio_input_params params = {.strict = strict != 0};

        input_rig_open(&r, &params);
        input_rig_event(&r, EV_KEY, 99, 1);
        input_rig_event(&r, 0xffff, 0xffff, 0xffffffffu);
        input_rig_event(&r, VIRTIO_INPUT_EV_REL, 0, 1);
        input_rig_event(&r, EV_SYN, 7, 1);
        input_rig_key(&r, 1);
        if (strict == 0) {
            input_rig_expect(&r, EV_KEY, 99, 1);
            input_rig_expect(&r, 0xffff, 0xffff, 0xffffffffu);
            input_rig_expect(&r, VIRTIO_INPUT_EV_REL, 0, 1);
            input_rig_expect(&r, EV_SYN, 7, 1);
        }
        input_rig_expect(&r, EV_KEY, 30, 1);
        input_rig_expect(&r, EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
        input_rig_expect_none(&r);
        cr_assert_eq(input_rig_stats(&r).unknown, 4u);
        cr_assert_eq(input_rig_stats(&r).dropped, 0u);
        input_rig_close(&r);
    }
}

Test(input_events, reset_loses_what_was_not_read_and_says_so)
{
    input_rig_open(&r, NULL);
    input_rig_key(&r, 1);
    input_rig_event(&r, EV_KEY, 31, 1);
    input_rig_interrupt(&r);
    input_rig_expect(&r, EV_KEY, 30, 1);
    cr_assert_eq(virtio_input_reset(&r.in, 0), 0);
    cr_assert_eq(input_rig_stats(&r).dropped, 2u); /* a SYN_REPORT and half a report */
    input_rig_expect_mark(&r);
    input_rig_expect_none(&r);
    cr_assert_eq(virtio_input_reset(&r.in, 0), 0);
    cr_assert_eq(input_rig_stats(&r).dropped, 2u);
    input_rig_expect_mark(&r);
    input_rig_key(&r, 0);
    input_rig_expect(&r, EV_KEY, 30, 0);
    input_rig_close(&r);
}

Test(input_events, read_checks_its_arguments)
{
    struct virtio_input_event events[4];

    input_rig_open(&r, NULL);
    cr_assert_eq(virtio_input_read(&r.in, events, 0), -EINVAL);
    cr_assert_eq(virtio_input_read(&r.in, NULL, 1), -EINVAL);
    input_rig_key(&r, 1);
    input_rig_key(&r, 0);
    cr_assert_eq(virtio_input_read(&r.in, events, 3), 3, "a report may be read in pieces");
    cr_assert_eq(virtio_input_read(&r.in, events, 4), 1);
    input_rig_close(&r);
}
