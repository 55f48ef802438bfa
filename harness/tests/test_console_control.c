/* SPDX-License-Identifier: Apache-2.0 */
/* Control messages, configuration and life of a console (virtio v1.2 sections 5.3.4 to 5.3.6). */
#include <criterion/criterion.h>

#include "console_rig.h"

#define MULTIPORT VIRTIO_CONSOLE_F_MULTIPORT
#define SIZE      VIRTIO_CONSOLE_F_SIZE
#define EMERG     VIRTIO_CONSOLE_F_EMERG_WRITE

static struct console_rig r;
static struct virtio_console_port_info info;

static void get_port(void)
{
    cr_assert_eq(virtio_console_get_port(&r.con, 0, &info), 0);
}

Test(console_control, port_is_answered_and_described)
{
    static const uint16_t size[2] = {132, 50};

    console_rig_make(&r, 2, MULTIPORT);
    cr_assert_eq(console_rig_probe(&r), 0);
    console_rig_expect(&r, 0, MSG_DEVICE_READY, 1);
    console_rig_expect_silence(&r);
    get_port();
    cr_assert(!info.present);
    cr_assert_eq(virtio_console_open(&r.con, 0), -ENODEV);
    console_rig_say(&r, 0, MSG_ADD, 0, NULL, 0);
    console_rig_expect(&r, 0, MSG_PORT_READY, 1);
    console_rig_say(&r, 0, MSG_CONSOLE, 1, NULL, 0);
    console_rig_expect(&r, 0, MSG_OPEN, 1);
    console_rig_say(&r, 0, MSG_NAME, 1, "tty", 3);
    console_rig_say(&r, 0, MSG_RESIZE, 0, size, 4);
    console_rig_say(&r, 0, MSG_OPEN, 1, NULL, 0);
    console_rig_say(&r, 0, MSG_OPEN, 1, NULL, 0);
    console_rig_expect_silence(&r);
    get_port();
    cr_assert(info.present && info.is_console && info.host_open && info.guest_open);
    cr_assert_str_eq(info.name, "tty");
    cr_assert(info.cols == 132u && info.rows == 50u, "got %u by %u", info.cols, info.rows);
    cr_assert_eq(r.events[VIRTIO_CONSOLE_PORT_OPENED], 1u, "news once");
    cr_assert_eq(console_rig_bad(&r), 0u);
    console_rig_close(&r);
    cr_assert_eq(r.events[VIRTIO_CONSOLE_PORT_REMOVED], 1u);
}

Test(console_control, senseless_messages_are_counted_and_change_nothing)
{
    static const struct {
        uint32_t id;
        uint16_t event, value;
        uint32_t extra;
    } rows[] = {{1, MSG_ADD, 0, 0},
                {UINT32_MAX, MSG_ADD, 0, 0},
                {0x80000000u, MSG_REMOVE, 0, 0},
                {0, MSG_ADD, 0, 0},
                {0, MSG_DEVICE_READY, 1, 0},
                {0, MSG_PORT_READY, 1, 0},
                {0, 8, 0, 0},
                {0, 0xffff, 0, 0},
                {0, MSG_RESIZE, 0, 0},
                {0, MSG_RESIZE, 0, 3},
                {0, MSG_RESIZE, 0, 4},
                {0, MSG_OPEN, 2, 0},
                {0, MSG_NAME, 1, 0},
                {0, MSG_NAME, 1, 4},
                {1, MSG_NAME, 1, 4},
                {UINT32_MAX, MSG_OPEN, 1, 0}};
    static const uint8_t zeros[4];
    const unsigned count = sizeof(rows) / sizeof(rows[0]);
    unsigned lines;

    console_rig_open(&r, MULTIPORT);
    lines = r.f.log_lines;
    for (unsigned n = 0; n < 4u; n++) {
        for (unsigned i = 0; i < count; i++) {
            console_rig_say(&r, rows[i].id, rows[i].event, rows[i].value, zeros, rows[i].extra);
            cr_assert_eq(console_rig_bad(&r), n * count + i + 1u, "row %u was not refused", i);
            console_rig_expect_silence(&r);
        }
    }
    cr_assert_leq(r.f.log_lines - lines, 8u, "the log can be flooded");
    get_port();
    cr_assert(info.present && info.host_open && info.guest_open);
    cr_assert_eq(info.name[0], '\0');
    console_rig_close(&r);
}

Test(console_control, short_messages_are_not_completed_from_older_ones)
{
    console_rig_open(&r, MULTIPORT);
    for (uint32_t len = 0; len < 8u; len++) {
        static const uint8_t remove[8] = {0, 0, 0, 0, MSG_REMOVE, 0, 0, 0};

        console_rig_fill(&r, 2, remove, 8, len);
        console_rig_interrupt(&r, 1);
        cr_assert_eq(console_rig_bad(&r), len + 1u);
    }
    /* Every buffer once more: said to be written, and not. */
    for (unsigned i = 0; i < 64u; i++) {
        console_rig_fill(&r, 2, NULL, 0, 8);
        console_rig_interrupt(&r, 1);
    }
    cr_assert_eq(console_rig_bad(&r), 72u);
    get_port();
    cr_assert(info.present, "an old message was taken for a new one");
    console_rig_close(&r);
}

Test(console_control, names_are_bounded_and_printable)
{
    char name[200];

    console_rig_open(&r, MULTIPORT);
    memset(name, 'n', sizeof(name));
    console_rig_say(&r, 0, MSG_NAME, 1, name, sizeof(name));
    get_port();
    cr_assert_eq(strlen(info.name), VIRTIO_CONSOLE_NAME_MAX);
    console_rig_say(&r, 0, MSG_NAME, 1, "a\033[2J\n\x80z\0hidden", 15);
    get_port();
    cr_assert_str_eq(info.name, "a?[2J??z");
    console_rig_close(&r);
}

/* The device does not serve its control queue: what is owed is said when it does, as it is then. */
Test(console_control, answers_wait_for_room_and_the_last_word_counts)
{
    unsigned said = 0;

    console_rig_open(&r, MULTIPORT);
    for (unsigned i = 0; i < 50u; i++) {
        cr_assert_eq(virtio_console_close(&r.con, 0), 0);
        cr_assert_eq(virtio_console_open(&r.con, 0), 0);
    }
    cr_assert_eq(virtio_console_close(&r.con, 0), 0);
    for (; said < 16u; said++) {
        console_rig_expect(&r, 0, MSG_OPEN, said % 2u);
    }
    console_rig_expect(&r, 0, MSG_OPEN, 0);
    console_rig_expect_silence(&r);
    console_rig_close(&r);
}

/* A nomination is to be answered with "open", even if the caller closes the port meanwhile. */
Test(console_control, nomination_is_answered_before_the_caller_closes)
{
    console_rig_open(&r, MULTIPORT);
    for (unsigned i = 0; i < 8u; i++) {
        cr_assert_eq(virtio_console_close(&r.con, 0), 0);
        cr_assert_eq(virtio_console_open(&r.con, 0), 0);
    }
    console_rig_say(&r, 0, MSG_CONSOLE, 1, NULL, 0);
    cr_assert_eq(virtio_console_close(&r.con, 0), 0);
    for (unsigned i = 0; i < 16u; i++) {
        console_rig_expect(&r, 0, MSG_OPEN, i % 2u);
    }
    console_rig_expect(&r, 0, MSG_OPEN, 1);
    console_rig_expect(&r, 0, MSG_OPEN, 0);
    console_rig_expect_silence(&r);
    console_rig_close(&r);
}

Test(console_control, ports_that_cannot_be_used_are_refused)
{
    console_rig_make(&r, 2, MULTIPORT);
    console_rig_config(&r, 80, 25, UINT32_MAX);
    cr_assert_eq(console_rig_probe(&r), 0, "%s", r.f.last_line);
    console_rig_expect(&r, 0, MSG_DEVICE_READY, 1);
    cr_assert_eq(virtio_console_get_port(&r.con, 1, &info), -ENODEV, "it has no queues");
    console_rig_say(&r, 1, MSG_ADD, 0, NULL, 0);
    console_rig_expect(&r, 1, MSG_PORT_READY, 0);
    console_rig_say(&r, 5000, MSG_ADD, 0, NULL, 0);
    console_rig_expect(&r, 5000, MSG_PORT_READY, 0);
    console_rig_say(&r, 0, MSG_ADD, 0, NULL, 0);
    console_rig_expect(&r, 0, MSG_PORT_READY, 1);
    cr_assert_eq(console_rig_bad(&r), 0u);
    console_rig_close(&r);
}

Test(console_control, no_ports_at_all_is_eproto)
{
    console_rig_make(&r, 2, MULTIPORT);
    console_rig_config(&r, 80, 25, 0);
    cr_assert_eq(console_rig_probe(&r), -EPROTO);
    cr_assert_neq(strstr(r.f.last_line, "max_nr_ports"), NULL, "the log says: %s", r.f.last_line);
    console_rig_close(&r);
}

Test(console_control, size_follows_the_config_space)
{
    console_rig_open(&r, SIZE);
    get_port();
    cr_assert(info.cols == 80u && info.rows == 25u);
    console_rig_config(&r, 132, 50, 0);
    console_rig_interrupt(&r, 2);
    get_port();
    cr_assert(info.cols == 132u && info.rows == 50u, "got %u by %u", info.cols, info.rows);
    cr_assert_eq(r.events[VIRTIO_CONSOLE_PORT_RESIZED], 1u);
    console_rig_config(&r, 0, 50, 0);
    console_rig_interrupt(&r, 2);
    get_port();
    cr_assert_eq(info.cols, 132u, "a size without an area is none");
    cr_assert_eq(r.events[VIRTIO_CONSOLE_PORT_RESIZED], 1u);
    console_rig_close(&r);
}

Test(console_control, fields_of_features_not_agreed_are_not_read)
{
    console_rig_open(&r, 0);
    for (unsigned reg = R_CONFIG; reg < R_CONFIG + 12u; reg++) {
        cr_assert_eq(fake_count(&r.f, reg, false), 0u, "0x%x was read", reg);
    }
    get_port();
    cr_assert_eq(info.cols, 0u);
    console_rig_close(&r);
}

Test(console_control, parameters_are_checked)
{
    static const struct virtio_console_params bad[] = {
        {.rx_buffers = 3},
        {.tx_slots = 5},
        {.rx_buffers = 2048},
        {.buf_bytes = 65537},
        {.max_ports = VIRTIO_CONSOLE_PORTS_MAX + 1u},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        console_rig_make(&r, 2, 0);
        r.params = bad[i];
        cr_assert_eq(console_rig_probe(&r), -EINVAL, "row %u", i);
        cr_assert_eq(r.f.accesses, 0u);
    }
}

Test(console_control, every_allocation_may_fail)
{
    for (unsigned n = 1;; n++) {
        int ret;

        console_rig_make(&r, 2, MULTIPORT | SIZE);
        r.f.fail_alloc = n;
        ret = console_rig_probe(&r);
        if (ret == 0) {
            cr_assert_gt(n, 10u);
            break;
        }
        cr_assert_eq(ret, -ENOMEM, "allocation %u: got %d", n, ret);
        cr_assert_eq(r.con.dev.state, VIRTIO_STATE_ABSENT);
        console_rig_close(&r);
    }
    r.f.fail_alloc = 0;
    console_rig_close(&r);
}

Test(console_control, calls_without_a_device_touch_nothing)
{
    struct virtio_console_stats stats;
    char byte;

    console_rig_make(&r, 2, 0);
    cr_assert_eq(virtio_console_read(&r.con, 0, &byte, 1), -EIO);
    cr_assert_eq(virtio_console_read_wait(&r.con, 0, &byte, 1, 1), -EIO);
    cr_assert_eq(virtio_console_write(&r.con, 0, "x", 1), -EIO);
    cr_assert_eq(virtio_console_open(&r.con, 0), -EIO);
    cr_assert_eq(virtio_console_get_port(&r.con, 0, &info), -ENODEV);
    cr_assert_eq(virtio_console_outstanding(&r.con, 0), 0u);
    cr_assert_eq(virtio_console_reset(&r.con, 0), -ENODEV);
    cr_assert_eq(virtio_console_remove(&r.con, 0), 0);
    virtio_console_get_stats(&r.con, &stats);
    cr_assert_eq(r.f.accesses, 0u);
}

Test(console_control, emergency_needs_nothing_but_the_window)
{
    struct virtio_window window = fake_window();
    uint32_t written[2];

    console_rig_make(&r, 2, EMERG);
    cr_assert_eq(virtio_console_emergency(&window, '\xe4'), 0);
    cr_assert_eq(fake_written(&r.f, R_CONFIG + 8u, written, 2), 1u);
    cr_assert_eq(written[0], 0xe4u, "got 0x%x: the sign was extended", written[0]);
    cr_assert_eq(r.f.status, 0u);
    window.size = R_CONFIG + 11u;
    cr_assert_eq(virtio_console_emergency(&window, 'x'), -EINVAL);
    window = fake_window();
    r.f.device_features &= ~EMERG;
    cr_assert_eq(virtio_console_emergency(&window, 'x'), -ENOTSUP);
    r.f.device_id = VIRTIO_ID_BLOCK;
    cr_assert_eq(virtio_console_emergency(&window, 'x'), -ENODEV);
    r.f.device_id = VIRTIO_ID_NONE;
    cr_assert_eq(virtio_console_emergency(&window, 'x'), -ENXIO);
    r.f.version = 3;
    cr_assert_eq(virtio_console_emergency(&window, 'x'), -ENOTSUP);
    r.f.magic = 0;
    cr_assert_eq(virtio_console_emergency(&window, 'x'), -ENODEV);
    cr_assert_eq(fake_written(&r.f, R_CONFIG + 8u, written, 2), 1u);
}
