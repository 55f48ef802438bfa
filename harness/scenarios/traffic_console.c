/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic of consoles: bytes in both directions of port 0, compared by their position. */
#include "scn_console.h"
#include "traffic.h"

#define PIECE_MAX 120u
#define UNREAD_MAX                                                                                 \
    1000u /* below what streams and buffers take, so that nothing has to be refused */

static uint32_t on_its_way(const struct scn_console_stream *s)
{
    return s->sent - s->got;
}

static int traffic_open(struct scn_env *env, unsigned i)
{
    int ret = scn_con_open(env, i, NULL);

    return ret != 0 ? ret : scn_con_ready(env, i, 0);
}

static int traffic_step(struct scn_env *env, unsigned i, uint32_t random)
{
    struct scn_console_track *t = &env->console->track[i];
    uint32_t len = 1u + (random >> 8) % PIECE_MAX;
    uint32_t in = on_its_way(&t->in[0]);

    switch (random & 3u) {
    case 0:
        return in < UNREAD_MAX ? scn_con_feed(env, i, 0, len) : 0;
    case 1:
        return in != 0 ? scn_con_read(env, i, 0, len < in ? len : in, 1u + (random >> 16) % 64u)
                       : 0;
    case 2:
        return on_its_way(&t->out[0]) < UNREAD_MAX
                   ? scn_con_write(env, i, 0, len, 1u + (random >> 16) % 64u)
                   : 0;
    default:
        return scn_con_taken(env, i, 0);
    }
}

static int traffic_drain(struct scn_env *env, unsigned i)
{
    uint32_t in = on_its_way(&env->console->track[i].in[0]);
    int ret = in != 0 ? scn_con_read(env, i, 0, in, 64) : 0;

    return ret != 0 ? ret : scn_con_taken(env, i, 0);
}

static int traffic_reset(struct scn_env *env, unsigned i)
{
    int ret;

    scn_con_forget(env, i); /* what has not come yet would come after the reset */
    ret = virtio_console_reset(scn_con(env, i), 0);
    scn_con_forget(env, i);
    return ret != 0 ? ret : scn_con_ready(env, i, 0);
}

static int traffic_close(struct scn_env *env, unsigned i, int ret)
{
    scn_con_forget(env, i);
    ret = scn_con_close(env, i, ret);
    scn_con_forget(env, i);
    return ret;
}

const struct scn_traffic scn_console_traffic = {
    .name = "console",
    .type = SCN_CONSOLE,
    .open = traffic_open,
    .step = traffic_step,
    .drain = traffic_drain,
    .reset = traffic_reset,
    .close = traffic_close,
};
