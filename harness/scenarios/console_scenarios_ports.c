/* SPDX-License-Identifier: Apache-2.0 */
/* Console scenarios about several ports and what is said of them (MULTIPORT). Where a fault takes
 * the feature away, port 0 is used instead: reduced mode works. */
#include "console_scenarios.h"

/* Events of control messages, as the other side sends them (virtio v1.2 section 5.3.6.2). */
enum { ADD = 1, REMOVE = 2, READY = 3, CONSOLE = 4, RESIZE = 5, OPEN = 6, NAME = 7 };

/* Opens the device; *reduced: there is port 0 and nothing else. */
static int open_ports(struct scn_env *env, bool *reduced)
{
    int ret = scn_con_open(env, 0, NULL);

    *reduced = ret == 0 && !scn_con_multiport(env, 0);
    return ret != 0 ? ret : scn_con_ready(env, 0, 0);
}

static bool says(struct scn_env *env, unsigned port, const char *name)
{
    struct virtio_console_port_info info;

    return virtio_console_get_port(scn_con(env, 0), port, &info) == 0 &&
           memcmp(info.name, name, strlen(name) + 1u) == 0;
}

/* Names and nominations come behind PORT_OPEN or ahead of it. */
static int wait_name(struct scn_env *env, unsigned port, const char *name)
{
    for (unsigned n = 0; n < 200u; n++) {
        if (says(env, port, name)) {
            return 0;
        }
        if (!virtio_device_is_live(&scn_con(env, 0)->dev)) {
            return -EIO;
        }
        scn_con_pass(env, 0, n < 50u ? 100u : 5000u);
    }
    return -ETIMEDOUT;
}

static bool is_console(const struct virtio_console_port_info *info)
{
    return info->present && info->is_console && info->guest_open;
}

int scn_run_con_ports(struct scn_env *env)
{
    bool reduced;
    int ret = open_ports(env, &reduced);

    for (unsigned port = 1; port < 3u && ret == 0 && !reduced; port++) {
        ret = scn_con_ready(env, 0, port);
    }
    for (unsigned n = 0; n < 2u && ret == 0; n++) {
        for (unsigned port = 0; port < (reduced ? 1u : 3u) && ret == 0; port++) {
            ret = scn_con_exchange(env, 0, port, 10u + port);
        }
    }
    if (ret == 0 && !reduced) {
        ret = scn_con_wait(env, 0, 0, is_console);
        ret = ret != 0 ? ret : wait_name(env, 1, "org.example.data");
        ret = ret != 0 ? ret : virtio_console_close(scn_con(env, 0), 1);
        ret = ret != 0 ? ret : scn_con_exchange(env, 0, 2, 5);
    }
    return scn_con_close(env, 0, ret);
}

/* Port 2 is added, used, taken away; twice. */
int scn_run_con_plug(struct scn_env *env)
{
    struct virtio_console *con = scn_con(env, 0);
    uint8_t *buf = env->scratch;
    bool reduced;
    int ret = open_ports(env, &reduced);

    for (unsigned n = 0; n < 2u && ret == 0 && !reduced; n++) {
        ret = env->console->ops->add_port(env, 0, 2, "plugged", false);
        ret = ret != 0 ? ret : scn_con_ready(env, 0, 2);
        ret = ret != 0 ? ret : scn_con_exchange(env, 0, 2, 30);
        ret = ret != 0 ? ret : wait_name(env, 2, "plugged");
        ret = ret != 0 ? ret : env->console->ops->remove_port(env, 0, 2);
        ret = ret != 0 ? ret : scn_con_wait(env, 0, 2, scn_con_is_absent);
        if (ret == 0) {
            int got = virtio_console_read_wait(con, 2, buf, 1, 1000);

            SCN_EXPECT(env, got == -ENODEV || got == -EIO);
            got = virtio_console_write(con, 2, buf, 1);
            SCN_EXPECT(env, got == -ENODEV || got == -EIO);
        }
        ret = ret != 0 ? ret : scn_con_taken(env, 0, 0);
        scn_con_forget(env, 0);
        ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 5);
    }
    return scn_con_close(env, 0, ret);
}

/* Port 1 goes while its output is held: the writers are told, once, and the memory is theirs again
 * only then. */
int scn_run_con_unplug_busy(struct scn_env *env)
{
    struct scn_con_async *a = scn_con_async_begin(env, 0);
    struct virtio_console *con = scn_con(env, 0);
    bool reduced;
    int ret = open_ports(env, &reduced);

    if (ret != 0 || reduced) {
        return scn_con_close(env, 0, ret);
    }
    ret = scn_con_ready(env, 0, 1);
    env->console->ops->hold_transmit(env, 0, true);
    ret = ret != 0 ? ret : scn_con_write(env, 0, 1, 40, 20);
    ret = ret != 0 ? ret : scn_con_async_submit(a, 0, 1, 0, 100);
    ret = ret == -EAGAIN ? 0 : ret; /* a ring that small is full by now */
    ret = ret != 0 ? ret : env->console->ops->remove_port(env, 0, 1);
    ret = ret != 0 ? ret : scn_con_wait(env, 0, 1, scn_con_is_absent);
    if (ret == 0) {
        ret = virtio_console_write(con, 1, env->scratch, 1);
        SCN_EXPECT(env, ret == -ENODEV || ret == -EIO);
        ret = ret == -ENODEV ? 0 : ret;
    }
    env->console->ops->hold_transmit(env, 0, false);
    ret = ret != 0 ? ret : scn_con_async_wait(a, 0);
    ret = ret == -EPIPE ? 0 : ret;
    /* What was copied comes back too: else the port that comes next would get it. */
    for (unsigned n = 0; n < 200u && ret == 0 && virtio_console_outstanding(con, 1) != 0; n++) {
        scn_con_pass(env, 0, n < 50u ? 100u : 5000u);
    }
    ret = ret == 0 && virtio_console_outstanding(con, 1) != 0 ? -ETIMEDOUT : ret;
    if (a->completed == 1u) {
        SCN_EXPECT(env, a->first_error != 0);
    }
    scn_con_forget(env, 0);
    ret = ret != 0 ? ret : env->console->ops->add_port(env, 0, 1, NULL, false);
    ret = ret != 0 ? ret : scn_con_ready(env, 0, 1);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 1, 25);
    return scn_con_close(env, 0, ret);
}

/* What was sent before the other side closed is still there to be read. */
int scn_run_con_other_side(struct scn_env *env)
{
    struct virtio_console *con = scn_con(env, 0);
    uint8_t *buf = env->scratch;
    bool reduced;
    int ret = open_ports(env, &reduced);

    if (ret != 0 || reduced) {
        return scn_con_close(env, 0, ret);
    }
    ret = scn_con_ready(env, 0, 1);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 1, 6);
    ret = ret != 0 ? ret : scn_con_feed(env, 0, 1, 9);
    ret = ret != 0 ? ret : scn_con_read(env, 0, 1, 1, 1);
    ret = ret != 0 ? ret : scn_con_taken(env, 0, 1); /* of a callback, too */
    if (ret == 0) {
        env->console->ops->set_open(env, 0, 1, false);
        ret = scn_con_wait(env, 0, 1, scn_con_is_host_closed);
    }
    ret = ret != 0 ? ret : scn_con_read(env, 0, 1, 8, 3);
    if (ret == 0) {
        int got = virtio_console_read_wait(con, 1, buf, 1, 1000);

        scn_con_check(env, 0, 1, buf, got > 0 ? 1u : 0u); /* nothing should come */
        SCN_EXPECT(env, got > 0 || got == -EPIPE || got == -EIO);
        got = virtio_console_write(con, 1, buf, 1);
        SCN_EXPECT(env, got == -EPIPE || got == -EIO);
        env->console->ops->set_open(env, 0, 1, true);
        ret = scn_con_wait(env, 0, 1, scn_con_is_host_open);
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 1, 7);
    return scn_con_close(env, 0, ret);
}

/* ---- messages of a script ---- */

static int say(struct scn_env *env, uint32_t id, uint16_t event, uint16_t value, const char *extra,
               uint32_t len)
{
    int ret = -EAGAIN;

    for (unsigned n = 0; n < 100u && ret == -EAGAIN; n++) {
        ret = env->console->ops->control(env, 0, id, event, value, extra, len, 0);
        if (ret == -EAGAIN) {
            scn_con_pass(env, 0, 1000);
        }
    }
    return ret == -EAGAIN ? -ETIMEDOUT : ret;
}

static int describe(struct scn_env *env, uint32_t id, unsigned what)
{
    static const uint8_t size[4] = {100, 0, 40, 0};

    switch (what) {
    case 0:
        return say(env, id, CONSOLE, 1, NULL, 0);
    case 1:
        return say(env, id, NAME, 1, "any order", 9);
    case 2:
        return say(env, id, OPEN, 1, NULL, 0);
    default:
        return say(env, id, RESIZE, 0, (const char *)size, 4);
    }
}

static bool is_described(const struct virtio_console_port_info *info)
{
    return info->present && info->is_console && info->host_open && info->guest_open &&
           info->cols == 100u && info->rows == 40u && memcmp(info->name, "any order", 10) == 0;
}

/* The four things that are said of a new port, in all 24 orders. */
int scn_run_con_orders(struct scn_env *env)
{
    bool reduced;
    int ret = open_ports(env, &reduced);

    for (unsigned order = 0; order < 24u && ret == 0 && !reduced; order++) {
        unsigned left[4] = {0, 1, 2, 3};
        unsigned code = order;

        ret = say(env, 3, ADD, 0, NULL, 0);
        for (unsigned n = 4; n > 0 && ret == 0; n--) {
            unsigned pick = code % n;

            code /= n;
            ret = describe(env, 3, left[pick]);
            left[pick] = left[n - 1u];
        }
        ret = ret != 0 ? ret : scn_con_wait(env, 0, 3, is_described);
        ret = ret != 0 ? ret : say(env, 3, REMOVE, 0, NULL, 0);
        ret = ret != 0 ? ret : scn_con_wait(env, 0, 3, scn_con_is_absent);
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 6);
    return scn_con_close(env, 0, ret);
}

int scn_run_con_names(struct scn_env *env)
{
    static const struct {
        const char *name;
        uint8_t len;
        const char *kept;
    } rows[] = {
        {"plain", 5, "plain"},
        {"ends\0here", 9, "ends"},
        {"\033[2Jclear", 9, "?[2Jclear"},
        {"\xc3\xa4\x7f%s", 5, "???%s"},
        {"", 0, "???%s"}, /* no name: the old one stays */
        {"0123456789012345678901234567890123456789", 40, "01234567890123456789012345678901"},
    };
    bool reduced;
    int ret = open_ports(env, &reduced);

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]) && ret == 0 && !reduced; i++) {
        ret = say(env, 0, NAME, 1, rows[i].name, rows[i].len);
        ret = ret != 0 ? ret : wait_name(env, 0, rows[i].kept);
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 6);
    return scn_con_close(env, 0, ret);
}

/* All but two: 4 and 2^31 are numbers of a port where max_nr_ports is hostile too. */
static bool all_ignored(struct scn_env *env, uint64_t before, unsigned count)
{
    struct virtio_console_stats stats;

    if (!virtio_device_is_live(&scn_con(env, 0)->dev)) {
        return false;
    }

    virtio_console_get_stats(scn_con(env, 0), &stats);
    return stats.control_bad >= before + count - 2u;
}

/* Each is counted and changes nothing; the ports work as before. */
int scn_run_con_hostile(struct scn_env *env)
{
    static const struct {
        uint32_t id;
        uint16_t event, value;
        uint32_t extra;
        uint32_t cut;
    } rows[] = {
        {0, ADD, 0, 0, 0},         {0, READY, 1, 0, 0},          {0, 0, 1, 0, 0},
        {4, ADD, 0, 0, 0},         {UINT32_MAX, ADD, 0, 0, 0},   {UINT32_MAX, REMOVE, 0, 0, 0},
        {3, REMOVE, 0, 0, 0},      {3, OPEN, 1, 0, 0},           {3, NAME, 1, 4, 0},
        {2, CONSOLE, 1, 0, 0},     {2, RESIZE, 0, 4, 0},         {0, 99, 7, 0, 0},
        {0, 0xffff, 0xffff, 0, 0}, {0, RESIZE, 0, 0, 0},         {0, RESIZE, 0, 3, 0},
        {0, RESIZE, 0, 4, 0},      {0, OPEN, 2, 0, 0},           {0, REMOVE, 0, 0, 7},
        {0, REMOVE, 0, 0, 1},      {0x80000000u, NAME, 0, 4, 0},
    };
    static const uint8_t zeros[4];
    static const uint8_t half[4] = {0x41, 0x41, 0x41, 0}; /* of a size that must not show */
    const unsigned count = sizeof(rows) / sizeof(rows[0]);
    struct virtio_console_port_info info;
    struct virtio_console_stats before;
    bool reduced;
    int ret = open_ports(env, &reduced);

    ret = ret != 0 || reduced ? ret : scn_con_ready(env, 0, 1);
    if (ret != 0 || reduced) {
        return scn_con_close(env, 0, ret);
    }
    virtio_console_get_stats(scn_con(env, 0), &before);
    for (unsigned port = 2; port < 4u && ret == 0; port++) {
        ret = virtio_console_get_port(scn_con(env, 0), port, &info); /* has it queues? */
    }
    for (unsigned i = 0; i < count && ret == 0; i++) {
        ret = env->console->ops->control(env, 0, rows[i].id, rows[i].event, rows[i].value,
                                         rows[i].extra < 4u ? half : zeros, rows[i].extra,
                                         rows[i].cut);
    }
    for (unsigned n = 0; n < 200u && ret == 0 && !all_ignored(env, before.control_bad, count);
         n++) {
        scn_con_pass(env, 0, n < 50u ? 100u : 5000u);
        ret = virtio_device_is_live(&scn_con(env, 0)->dev) ? 0 : -EIO;
    }
    if (ret == 0 && !all_ignored(env, before.control_bad, count)) {
        ret = -ETIMEDOUT;
    }
    if (ret == 0) {
        SCN_EXPECT(env, virtio_console_get_port(scn_con(env, 0), 3, &info) == 0 && !info.present);
        (void)virtio_console_get_port(scn_con(env, 0), 0, &info);
        env->data_errors += info.cols == 0x4141u ? 1u : 0u;
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 6);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 1, 6);
    return scn_con_close(env, 0, ret);
}

/* Port 11 of 12 is more than this build has, port 1 is not. */
int scn_run_con_too_many(struct scn_env *env)
{
    struct virtio_console_port_info info;
    bool reduced;
    int ret = open_ports(env, &reduced);

    if (ret == 0 && !reduced) {
        SCN_EXPECT(env, virtio_console_get_port(scn_con(env, 0), 11, &info) == -ENODEV);
        ret = scn_con_ready(env, 0, 1);
        ret = ret != 0 ? ret : scn_con_exchange(env, 0, 1, 6);
    }
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 6);
    return scn_con_close(env, 0, ret);
}
