/* SPDX-License-Identifier: Apache-2.0 */
/* Console scenarios about resets, removal, two devices, and long lives. */
#include "console_scenarios.h"

static int run_two(struct scn_env *env, unsigned port)
{
    int second = -ENODEV;
    int ret = scn_con_open(env, 0, NULL);
    bool opened = ret == 0;

    if (ret == 0) {
        second = scn_con_open(env, 1, NULL);
        ret = second;
    }
    if (ret == 0 && !(scn_con_multiport(env, 0) && scn_con_multiport(env, 1))) {
        port = 0;
    }
    for (unsigned i = 0; i < 2u && ret == 0; i++) {
        ret = scn_con_ready(env, i, port);
    }
    for (unsigned n = 0; n < 2u && ret == 0; n++) {
        for (unsigned i = 0; i < 2u && ret == 0; i++) {
            ret = scn_con_feed(env, i, port, 20u + i);
            ret = ret != 0 ? ret : scn_con_write(env, i, port, 30u + i, 16);
        }
        for (unsigned i = 0; i < 2u && ret == 0; i++) {
            ret = scn_con_read(env, i, port, 20u + i, 64);
            ret = ret != 0 ? ret : scn_con_taken(env, i, port);
        }
    }
    if (second == 0) {
        ret = scn_con_close(env, 1, ret);
    }
    return opened ? scn_con_close(env, 0, ret) : ret;
}

int scn_run_con_two(struct scn_env *env)
{
    return run_two(env, 0);
}

int scn_run_con_two_ports(struct scn_env *env)
{
    return run_two(env, 1);
}

/* Both directions with something on its way. */
static int start_some(struct scn_env *env, struct scn_con_async **out)
{
    struct scn_con_async *a = scn_con_async_begin(env, 0);
    int ret = scn_con_open(env, 0, NULL);

    *out = a;
    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    ret = ret != 0 ? ret : scn_con_feed(env, 0, 0, 300);
    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        ret = scn_con_async_submit(a, 0, 0, n * 1024u, 100);
        ret = ret != 0 ? ret : scn_con_write(env, 0, 0, 10, 10);
        ret = ret == -EAGAIN ? 0 : ret; /* a small ring may be full */
    }
    return ret;
}

int scn_run_con_reset_busy(struct scn_env *env)
{
    struct scn_con_async *a;
    int ret = start_some(env, &a);

    if (ret == 0) {
        scn_con_forget(env, 0); /* what has not come yet would come after the reset */
        ret = virtio_console_reset(scn_con(env, 0), 0);
        if (ret == 0) {
            scn_con_async_expect_all(a);
            SCN_EXPECT(env, virtio_console_outstanding(scn_con(env, 0), 0) == 0);
        }
        scn_con_forget(env, 0);
    }
    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, 0, 30);
    return scn_con_close(env, 0, ret);
}

/* The ports go with the reset and come again; with them everything that was known. */
int scn_run_con_reset_ports(struct scn_env *env)
{
    struct scn_console_track *t = &env->console->track[0];
    int ret = scn_con_open(env, 0, NULL);
    unsigned port = ret == 0 && scn_con_multiport(env, 0) ? 1u : 0u;
    unsigned removed;
    bool was_live;

    ret = ret != 0 ? ret : scn_con_ready(env, 0, port);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, port, 11);
    ret = ret != 0 ? ret : scn_con_taken(env, 0, port); /* of a callback, too */
    removed = t->events[port][VIRTIO_CONSOLE_PORT_REMOVED];
    was_live = virtio_device_is_live(&scn_con(env, 0)->dev);
    if (ret == 0) {
        ret = virtio_console_reset(scn_con(env, 0), 0);
        SCN_EXPECT(env, ret != 0 || port == 0 || !was_live ||
                            t->events[port][VIRTIO_CONSOLE_PORT_REMOVED] > removed);
        port = scn_con_multiport(env, 0) ? port : 0;
    }
    ret = ret != 0 ? ret : scn_con_ready(env, 0, port);
    ret = ret != 0 ? ret : scn_con_exchange(env, 0, port, 12);
    return scn_con_close(env, 0, ret);
}

int scn_run_con_remove_busy(struct scn_env *env)
{
    struct scn_con_async *a;
    int ret = start_some(env, &a);
    bool started = ret == 0;

    ret = scn_con_close(env, 0, ret);
    if (ret == 0 && started) {
        scn_con_async_expect_all(a);
    }
    return ret;
}

/* 70,000 buffers each way, so that avail.idx and used.idx pass 65535 on both rings. */
int scn_run_con_wrap(struct scn_env *env)
{
    const struct virtio_console_params params = {.buf_bytes = 4};
    int ret = scn_con_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_con_ready(env, 0, 0);
    for (unsigned n = 0; n < 70000u && ret == 0; n += 25u) {
        ret = scn_con_feed(env, 0, 0, 100);
        ret = ret != 0 ? ret : scn_con_write(env, 0, 0, 100, 100);
        ret = ret != 0 ? ret : scn_con_read(env, 0, 0, 100, 50);
        ret = ret != 0 ? ret : scn_con_taken(env, 0, 0);
    }
    return scn_con_close(env, 0, ret);
}
