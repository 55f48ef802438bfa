/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that the caller's side plays with a console; see scn_plays.c. */
#include "scn_console.h"

#define PLAY_AT (SCN_SCRATCH - 98304u)

static int strikes(struct scn_env *env, enum scn_play play)
{
    return env->ops->play != NULL ? env->ops->play(env, play) : -1;
}

/* Runs the data queues up, one byte at a time each way, to where their indices wrap. */
static int run_up(struct scn_env *env, unsigned i, unsigned variant)
{
    uint32_t size = scn_con(env, i)->ports[0].tx.size;
    uint32_t to = variant == 0 ? 65535u : variant == 1 ? 65536u - size : 32767u;
    int ret = scn_con_ready(env, i, 0);

    for (uint32_t n = 0; n < to && ret == 0; n++) {
        ret = scn_con_exchange(env, i, 0, 1);
    }
    return ret;
}

int scn_con_play_after_open(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_IDX_WRAP);

    return variant >= 0 ? run_up(env, i, (unsigned)variant) : 0;
}

static void never_done(struct virtio_console_tx *tx, int result)
{
    struct scn_env *env = tx->cookie;

    (void)result;
    SCN_EXPECT(env, tx->done == NULL); /* a refused request must not complete */
}

/* Nothing at all, given in place or copied. */
int scn_con_play_before_read(struct scn_env *env, unsigned i, unsigned port)
{
    static struct virtio_console_tx tx;
    int variant = strikes(env, SCN_PLAY_ZERO_LEN);

    if (variant < 0) {
        return 0;
    }
    tx = (struct virtio_console_tx){.ptr = env->scratch + PLAY_AT, .done = never_done};
    tx.cookie = env;
    return variant == 0 ? virtio_console_submit(scn_con(env, i), port, &tx)
                        : virtio_console_write(scn_con(env, i), port, tx.ptr, 0);
}

/* The callback writes, looks at the port, or tries to reset. */
void scn_con_play_event(struct scn_env *env, unsigned i, unsigned port)
{
    struct virtio_console *con = scn_con(env, i);
    struct virtio_console_port_info info;
    bool writing = env->console->track[i].out[port].writing;
    int variant = writing ? -1 : strikes(env, SCN_PLAY_CALLBACK);
    uint8_t byte;
    int ret;

    switch (variant) {
    case 0:
        scn_con_fill(env, i, port, &byte, 1);
        ret = virtio_console_write(con, port, &byte, 1);
        SCN_EXPECT(env, ret == 1 || ret == -EAGAIN || ret == -EPIPE || ret == -EIO);
        scn_con_wrote(env, i, port, ret == 1 ? 1u : 0u);
        break;
    case 1: /* nothing here can be cancelled; what is there is looked at */
        SCN_EXPECT(env, virtio_console_get_port(con, port, &info) == 0);
        SCN_EXPECT(env, virtio_console_outstanding(con, port) <= con->ports[port].tx.size);
        break;
    case 2:
        SCN_EXPECT(env, virtio_console_reset(con, 0) == -EBUSY);
        break;
    default:
        break;
    }
}

/* Output in flight while the device is reset or removed: each request completes once. */
static int busy_end(struct scn_env *env, unsigned i, unsigned variant)
{
    struct scn_con_async *a = scn_con_async_begin_play(env, i);
    struct virtio_console *con = scn_con(env, i);
    int ret = scn_con_ready(env, i, 0);

    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        ret = scn_con_async_submit(a, i, 0, PLAY_AT + n * 1024u, 100);
        ret = ret == -EAGAIN ? 0 : ret;
    }
    if (ret == 0) {
        scn_con_forget(env, i);
        ret = variant == 0 ? virtio_console_reset(con, 0) : virtio_console_remove(con, 0);
        scn_con_forget(env, i);
    }
    if (ret == 0) {
        scn_con_async_expect_all(a);
        ret = a->first_error;
    }
    return ret;
}

int scn_con_play_before_close(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_TEARDOWN_BUSY);

    return variant >= 0 ? busy_end(env, i, (unsigned)variant) : 0;
}
