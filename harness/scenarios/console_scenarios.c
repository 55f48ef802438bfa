/* SPDX-License-Identifier: Apache-2.0 */
/* Console scenarios: one port, streams in both directions, and the table of all. */
#include "console_scenarios.h"

int scn_run_con_bring_up(struct scn_env *env)
{
    struct virtio_console_port_info info;
    int ret = scn_con_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_con_wait(env, 0, 0, scn_con_is_host_open);
    if (ret == 0) {
        SCN_EXPECT(env, virtio_console_get_port(scn_con(env, 0), 0, &info) == 0);
        SCN_EXPECT(env, (info.cols == 0) == (info.rows == 0));
        SCN_EXPECT(env, info.name[VIRTIO_CONSOLE_NAME_MAX] == '\0');
        scn_con_pass(env, 0, 100);
        ret = virtio_device_check(&scn_con(env, 0)->dev);
    }
    return scn_con_close(env, 0, ret);
}

/* Small enough for every order of what the device does. */
int scn_run_con_write_1(struct scn_env *env)
{
    const struct virtio_console_params params = {.rx_buffers = 1, .tx_slots = 1};
    int ret = scn_con_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    if (ret == 0) {
        uint8_t byte;

        scn_con_fill(env, 0, 0, &byte, 1);
        ret = virtio_console_write(scn_con(env, 0), 0, &byte, 1);
        scn_con_wrote(env, 0, 0, ret == 1 ? 1u : 0u);
        ret = ret == 1 ? virtio_device_check(&scn_con(env, 0)->dev) : ret;
    }
    return scn_con_close(env, 0, ret);
}

int scn_run_con_exchange(struct scn_env *env)
{
    int ret = scn_con_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 12);
    return scn_con_close(env, 0, ret);
}

/* Both directions at once, more than the rings hold, in pieces that fit nothing. */
int scn_run_con_stream(struct scn_env *env)
{
    const struct virtio_console_params params = {.rx_buffers = 4, .tx_slots = 4, .buf_bytes = 64};
    int ret = scn_con_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        ret = scn_con_feed(env, 0, 0, 555);
        ret = ret != 0 ? ret : scn_con_write(env, 0, 0, 333, 111);
        ret = ret != 0 ? ret : scn_con_read(env, 0, 0, 555, 37);
        ret = ret != 0 ? ret : scn_con_taken(env, 0, 0);
    }
    return scn_con_close(env, 0, ret);
}

/* There is nothing to read; what comes nevertheless is wrong. */
static int expect_nothing(struct scn_env *env)
{
    int got = virtio_console_read(scn_con(env, 0), 0, env->scratch, 64);

    if (got > 0) {
        scn_con_check(env, 0, 0, env->scratch, (uint32_t)got);
    }
    return got > 0 || got == -EAGAIN ? 0 : got;
}

/* One buffer is read in several calls; one call reads several buffers. */
int scn_run_con_pieces(struct scn_env *env)
{
    const struct virtio_console_params params = {.rx_buffers = 4, .buf_bytes = 16};
    int ret = scn_con_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    ret = ret != 0 ? ret : scn_con_feed(env, 0, 0, 50);
    ret = ret != 0 ? ret : scn_con_read(env, 0, 0, 5, 5);
    ret = ret != 0 ? ret : scn_con_read(env, 0, 0, 45, 45);
    if (ret == 0) {
        ret = expect_nothing(env);
    }
    return scn_con_close(env, 0, ret);
}

/* More requests than the ring takes: refused, and taken when there is room. */
int scn_run_con_in_place(struct scn_env *env)
{
    const struct virtio_console_params params = {.tx_slots = 4};
    struct scn_con_async *a = scn_con_async_begin(env, 0);
    int ret = scn_con_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    for (unsigned n = 0; n < 10u && ret == 0; n++) {
        for (unsigned tries = 0; tries < 200u; tries++) {
            ret = scn_con_async_submit(a, 0, 0, n * 1024u, 700);
            if (ret != -EAGAIN) {
                break;
            }
            scn_con_pass(env, 0, tries < 50u ? 100u : 5000u);
        }
        ret = ret == -EAGAIN ? -ETIMEDOUT : ret;
    }
    ret = ret != 0 ? ret : scn_con_async_wait(a, 0);
    if (ret == 0) {
        scn_con_async_expect_all(a);
        ret = scn_con_taken(env, 0, 0);
    }
    return scn_con_close(env, 0, ret);
}

/* Nothing comes, nothing is taken: the calls come back at their deadline, and lose nothing. */
int scn_run_con_deadline(struct scn_env *env)
{
    const struct virtio_console_params params = {.tx_slots = 4, .buf_bytes = 32};
    struct virtio_console *con = scn_con(env, 0);
    uint8_t *buf = env->scratch;
    uint64_t start;
    int ret = scn_con_open(env, 0, &params);
    int got;

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    if (ret != 0) {
        return scn_con_close(env, 0, ret);
    }
    start = virtio_port_now_us();
    got = virtio_console_read_wait(con, 0, buf, 8, 5000);
    SCN_EXPECT(env, got < 0);
    SCN_EXPECT(env, got != -ETIMEDOUT || virtio_port_now_us() - start >= 5000u);
    ret = got == -ETIMEDOUT ? 0 : got;
    if (ret == 0 && env->console->ops->hold_transmit != NULL) {
        env->console->ops->hold_transmit(env, 0, true);
        scn_con_fill(env, 0, 0, buf, 200);
        env->console->track[0].out[0].writing = true;
        got = virtio_console_write_wait(con, 0, buf, 200, 5000);
        env->console->track[0].out[0].writing = false;
        SCN_EXPECT(env, got < 0 || (uint32_t)got <= 4u * 32u);
        scn_con_wrote(env, 0, 0, got > 0 ? (uint32_t)got : 0);
        SCN_EXPECT(env, got < 0 || virtio_console_write_wait(con, 0, buf, 1, 5000) < 0);
        env->console->ops->hold_transmit(env, 0, false);
        ret = got > 0 ? 0 : got;
        ret = ret != 0 ? ret : scn_con_taken(env, 0, 0);
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 9);
    return scn_con_close(env, 0, ret);
}

/* Writes until there is no room: how many bytes were taken. */
static int fill_ring(struct scn_env *env)
{
    uint8_t *buf = env->scratch;
    int total = 0;
    int wrote;

    env->console->track[0].out[0].writing = true;
    for (unsigned n = 0; n < 64u; n++) {
        scn_con_fill(env, 0, 0, buf, 160);
        wrote = virtio_console_write(scn_con(env, 0), 0, buf, 160);
        if (wrote <= 0) {
            break;
        }
        scn_con_wrote(env, 0, 0, (uint32_t)wrote);
        total += wrote;
    }
    env->console->track[0].out[0].writing = false;
    return wrote == -EAGAIN ? total : wrote;
}

/* No room, then room: tx_ready comes once, and everything that was accepted arrives. */
int scn_run_con_back_pressure(struct scn_env *env)
{
    const struct virtio_console_params params = {.tx_slots = 4, .buf_bytes = 32};
    const unsigned *told = &env->console->track[0].tx_ready[0];
    unsigned before = 0;
    unsigned entries;
    int ret = scn_con_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    if (ret == 0) {
        before = *told;
        env->console->ops->hold_transmit(env, 0, true);
        ret = fill_ring(env);
        entries = scn_con(env, 0)->ports[0].tx.size;
        SCN_EXPECT(env, ret < 0 || (unsigned)ret == entries * 32u);
        SCN_EXPECT(env, ret < 0 || *told == before);
        SCN_EXPECT(env, ret < 0 || virtio_console_outstanding(scn_con(env, 0), 0) == entries ||
                            !virtio_device_is_live(&scn_con(env, 0)->dev));
        env->console->ops->hold_transmit(env, 0, false);
        ret = ret > 0 ? 0 : ret;
    }
    for (unsigned n = 0; n < 200u && ret == 0 && *told == before; n++) {
        scn_con_pass(env, 0, n < 50u ? 100u : 5000u);
        ret = virtio_device_is_live(&scn_con(env, 0)->dev) ? 0 : -EIO;
    }
    if (ret == 0 && *told == before) {
        ret = -ETIMEDOUT;
    }
    ret = ret != 0 ? ret : scn_con_taken(env, 0, 0);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 40);
    return scn_con_close(env, 0, ret);
}

/* Sleeps until a counter moves; nobody looks after the device meanwhile. */
static int sleep_until_more(struct scn_env *env, const unsigned *counter, unsigned before)
{
    for (unsigned n = 0; n < 1000u; n++) {
        if (*(const volatile unsigned *)counter != before) {
            return 0;
        }
        if (!virtio_device_is_live(&scn_con(env, 0)->dev)) {
            return -EIO;
        }
        scn_con_sleep(1000);
    }
    return -ETIMEDOUT;
}

/* Nobody polls: rx_ready and tx_ready alone say when to go on. */
int scn_run_con_wake_up(struct scn_env *env)
{
    const struct virtio_console_params params = {.rx_buffers = 4, .tx_slots = 4, .buf_bytes = 16};
    struct scn_console_track *t = &env->console->track[0];
    struct virtio_console *con = scn_con(env, 0);
    uint8_t *buf = env->scratch;
    int ret = scn_con_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    for (unsigned n = 0; n < 6u && ret == 0; n++) {
        unsigned before = t->rx_ready[0];
        int got;

        ret = expect_nothing(env);
        ret = ret != 0 ? ret : scn_con_feed(env, 0, 0, 40);
        for (unsigned left = 40; ret == 0 && left != 0;) {
            ret = sleep_until_more(env, &t->rx_ready[0], before);
            before = t->rx_ready[0];
            got = ret == 0 ? virtio_console_read(con, 0, buf, left + 1u) : ret;
            if (got > 0) {
                scn_con_check(env, 0, 0, buf, (uint32_t)got);
                left -= (unsigned)got <= left ? (unsigned)got : left;
            }
            ret = got > 0 || got == -EAGAIN ? 0 : got;
        }
    }
    for (unsigned n = 0; n < 6u && ret == 0; n++) {
        unsigned before = t->tx_ready[0];

        env->console->ops->hold_transmit(env, 0, true);
        ret = fill_ring(env);
        env->console->ops->hold_transmit(env, 0, false);
        ret = ret >= 0 ? sleep_until_more(env, &t->tx_ready[0], before) : ret;
    }
    ret = ret != 0 ? ret : scn_con_taken(env, 0, 0);
    return scn_con_close(env, 0, ret);
}

static bool is_132_by_50(const struct virtio_console_port_info *info)
{
    return info->cols == 132u && info->rows == 50u;
}

/* The size is known from the start, and followed. */
int scn_run_con_size(struct scn_env *env)
{
    struct virtio_console_port_info info;
    int ret = scn_con_open(env, 0, NULL);
    bool sized;

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    if (ret != 0) {
        return scn_con_close(env, 0, ret);
    }
    sized = virtio_has_feature(&scn_con(env, 0)->dev, VIRTIO_CONSOLE_F_SIZE);
    SCN_EXPECT(env, virtio_console_get_port(scn_con(env, 0), 0, &info) == 0);
    SCN_EXPECT(env, sized || info.cols == 0);
    if (sized) {
        env->console->ops->resize(env, 0, 0, 132, 50);
        ret = scn_con_wait(env, 0, 0, is_132_by_50);
        if (ret == -ETIMEDOUT && !scn_con_multiport(env, 0)) {
            ret = -EPROTO; /* the config space says otherwise than it was told */
        }
    }
    if (sized && ret == 0) {
        SCN_EXPECT(env, env->console->track[0].events[0][VIRTIO_CONSOLE_PORT_RESIZED] != 0);
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 8);
    return scn_con_close(env, 0, ret);
}

/* A last word is possible before and after everything else, and meanwhile. */
static int emergency(struct scn_env *env, bool live)
{
    const struct virtio_window *window = &env->windows[env->first[SCN_CONSOLE]];
    char said[3];
    int ret = virtio_console_emergency(window, 'a');

    if (ret != 0) {
        return ret;
    }
    ret = live ? 0 : virtio_console_emergency(window, 'b');
    ret = ret != 0 ? ret : scn_con_open(env, 0, NULL);
    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    if (ret == 0 && live) {
        ret = virtio_console_emergency(window, 'b');
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 8);
    ret = scn_con_close(env, 0, ret);
    ret = ret != 0 ? ret : virtio_console_emergency(window, 'c');
    if (ret == 0 && env->console->ops->emergency != NULL) {
        if (env->console->ops->emergency(env, 0, said, 3) < 3u || memcmp(said, "abc", 3) != 0) {
            env->data_errors++;
        }
    }
    return ret;
}

int scn_run_con_emergency(struct scn_env *env)
{
    return emergency(env, false);
}

int scn_run_con_emergency_live(struct scn_env *env)
{
    return emergency(env, true);
}

static void not_called(struct virtio_console_tx *tx, int result)
{
    (void)tx;
    (void)result;
}

/* Every refusal that needs no device; nothing of it may reach the ring. */
int scn_run_con_bad_arguments(struct scn_env *env)
{
    struct virtio_console *con = scn_con(env, 0);
    struct virtio_console_port_info info;
    struct virtio_console_tx tx = {.ptr = env->scratch, .done = not_called};
    uint8_t *buf = env->scratch;
    int ret = scn_con_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    if (ret != 0) {
        return scn_con_close(env, 0, ret);
    }
    SCN_EXPECT(env, virtio_console_read(con, 0, buf, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_console_read(con, 0, NULL, 1) == -EINVAL);
    SCN_EXPECT(env, virtio_console_read_wait(con, 0, NULL, 1, 1000) == -EINVAL);
    SCN_EXPECT(env, virtio_console_write(con, 0, buf, 0) == -EINVAL);
    SCN_EXPECT(env, virtio_console_write_wait(con, 0, NULL, 1, 1000) == -EINVAL);
    SCN_EXPECT(env, virtio_console_submit(con, 0, &tx) == -EINVAL);
    SCN_EXPECT(env, virtio_console_probe(con, &env->windows[0], NULL) == -EINVAL);
    SCN_EXPECT(env, virtio_console_get_port(con, VIRTIO_CONSOLE_PORTS_MAX, &info) == -ENODEV);
    ret = virtio_console_read(con, UINT32_MAX, buf, 1);
    SCN_EXPECT(env, ret == -ENODEV || ret == -EIO);
    ret = virtio_console_write(con, VIRTIO_CONSOLE_PORTS_MAX, buf, 1);
    SCN_EXPECT(env, ret == -ENODEV || ret == -EIO);
    SCN_EXPECT(env, virtio_console_outstanding(con, 0) == 0);
    ret = scn_con_exchange(env, 0, 0, 8);
    return scn_con_close(env, 0, ret);
}

/* ---- the table ---- */

#define SCENARIO(nm, fn, wh, fl, ...)                                                              \
    {                                                                                              \
        .device = "console", .name = nm, .what = wh, .flags = fl, .needs = {__VA_ARGS__},          \
        .run = fn                                                                                  \
    }

#define MULTIPORT VIRTIO_CONSOLE_F_MULTIPORT

static const struct scn_console_needs three_ports = {
    .max_nr_ports = 4,
    .ports = 7,
    .consoles = 1,
    .names = {"console", "org.example.data"},
};
static const struct scn_console_needs two_ports = {.max_nr_ports = 4, .ports = 3, .consoles = 1};
static const struct scn_console_needs twelve_ports = {
    .max_nr_ports = 12, .ports = 0x803, .consoles = 1};

const struct scenario scn_console_scenarios[] = {
    SCENARIO("bring-up", scn_run_con_bring_up, "probe and remove", 0, .devices = 1),
    SCENARIO("write-1", scn_run_con_write_1, "one byte, and removed", SCN_EXHAUSTIVE | SCN_MAY_MISS,
             .devices = 1),
    SCENARIO("exchange", scn_run_con_exchange, "12 bytes each way", SCN_WRAP, .devices = 1),
    SCENARIO("stream", scn_run_con_stream, "both ways, more than the rings hold, odd pieces",
             SCN_WRAP, .devices = 1),
    SCENARIO("pieces", scn_run_con_pieces, "a buffer in several reads, a read of several buffers",
             0, .devices = 1),
    SCENARIO("in-place", scn_run_con_in_place, "the caller's memory, more than the ring takes",
             SCN_WRAP, .devices = 1),
    SCENARIO("deadline", scn_run_con_deadline, "waiting calls come back at their deadline",
             SCN_MAY_MISS, .devices = 1),
    SCENARIO("back-pressure", scn_run_con_back_pressure, "no room, then tx_ready", SCN_NO_QEMU,
             .devices = 1),
    SCENARIO("wake-up", scn_run_con_wake_up, "nobody polls: callbacks alone say when to go on",
             SCN_NO_QEMU, .devices = 1),
    SCENARIO("polled", scn_run_con_stream, "no interrupt connected", 0, .polled = true),
    SCENARIO("size", scn_run_con_size, "columns and rows change (SIZE)", SCN_NO_QEMU,
             .features = VIRTIO_CONSOLE_F_SIZE),
    SCENARIO("size-ports", scn_run_con_size, "the same with several ports (RESIZE)", SCN_NO_QEMU,
             .features = VIRTIO_CONSOLE_F_SIZE | MULTIPORT, .more = &two_ports),
    SCENARIO("emergency", scn_run_con_emergency, "EMERG_WRITE before and after", 0,
             .features = VIRTIO_CONSOLE_F_EMERG_WRITE),
    /* A device that is another one by now is beyond what its driver can bear. */
    SCENARIO("emergency-live", scn_run_con_emergency_live, "EMERG_WRITE while in use",
             SCN_NO_FAULTS, .features = VIRTIO_CONSOLE_F_EMERG_WRITE),
    SCENARIO("bad-arguments", scn_run_con_bad_arguments, "everything that the driver must refuse",
             0, .devices = 1),
    SCENARIO("small-queue", scn_run_con_stream, "QueueNumMax 2, wanted 4", SCN_NO_QEMU,
             .queue_num_max = 2),
    SCENARIO("ports", scn_run_con_ports, "three ports, one a console, two with names", SCN_WRAP,
             .features = MULTIPORT, .more = &three_ports),
    SCENARIO("ports-polled", scn_run_con_ports, "the same without interrupts", 0,
             .features = MULTIPORT, .polled = true, .more = &three_ports),
    SCENARIO("ports-small-queue", scn_run_con_ports, "the same with two entries a queue",
             SCN_NO_QEMU, .features = MULTIPORT, .queue_num_max = 2, .more = &three_ports),
    SCENARIO("plug", scn_run_con_plug, "a port comes, goes, and comes back", 0,
             .features = MULTIPORT, .more = &two_ports),
    SCENARIO("unplug-busy", scn_run_con_unplug_busy, "a port goes with output under way",
             SCN_NO_QEMU | SCN_MAY_MISS, .features = MULTIPORT, .more = &two_ports),
    SCENARIO("other-side", scn_run_con_other_side, "the other side closes, and opens again", 0,
             .features = MULTIPORT, .more = &two_ports),
    SCENARIO("orders", scn_run_con_orders, "what is said of a port, in any order",
             SCN_NO_QEMU | SCN_LONG, .features = MULTIPORT, .more = &two_ports),
    SCENARIO("names", scn_run_con_names, "long, empty and dangerous names", SCN_NO_QEMU,
             .features = MULTIPORT, .more = &two_ports),
    SCENARIO("hostile", scn_run_con_hostile, "control messages that make no sense", SCN_NO_QEMU,
             .features = MULTIPORT, .more = &two_ports),
    SCENARIO("too-many", scn_run_con_too_many, "more ports than are used: refused, others work", 0,
             .features = MULTIPORT, .more = &twelve_ports),
    SCENARIO("two", scn_run_con_two, "two consoles side by side, no cross-talk", 0, .devices = 2),
    SCENARIO("two-ports", scn_run_con_two_ports, "the same, with two ports each", 0,
             .features = MULTIPORT, .devices = 2, .more = &two_ports),
    SCENARIO("reset-busy", scn_run_con_reset_busy, "reset with both directions under way",
             SCN_NO_QEMU | SCN_MAY_MISS, .devices = 1),
    SCENARIO("reset-ports", scn_run_con_reset_ports, "ports are announced again after a reset",
             SCN_MAY_MISS, .features = MULTIPORT, .more = &two_ports),
    SCENARIO("remove-busy", scn_run_con_remove_busy, "remove with output under way", SCN_MAY_MISS,
             .devices = 1),
    SCENARIO("wrap", scn_run_con_wrap, "more than 65536 buffers: every index wraps", SCN_LONG,
             .queue_num_max = 16),
};
const unsigned scn_console_count = sizeof(scn_console_scenarios) / sizeof(scn_console_scenarios[0]);
