/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that the caller's side plays with an input device; see scn_plays.c. */
#include "scn_input.h"

static int strikes(struct scn_env *env, enum scn_play play)
{
    return env->ops->play != NULL ? env->ops->play(env, play) : -1;
}

/* Runs the event queue up, one empty report at a time, to where its indices wrap. */
static int run_up(struct scn_env *env, unsigned i, unsigned variant)
{
    uint32_t size = scn_input(env, i)->events.vq.size;
    uint32_t to = variant == 0 ? 65535u : variant == 1 ? 65536u - size : 32767u;
    int ret = 0;

    for (uint32_t n = 0; n < to && ret == 0; n++) {
        ret = scn_input_report(env, i, NULL, 0);
        if (n % 16u == 15u && ret == 0) {
            ret = scn_input_wait(env, i);
        }
    }
    return ret != 0 ? ret : scn_input_wait(env, i);
}

int scn_input_play_after_open(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_IDX_WRAP);

    return variant >= 0 ? run_up(env, i, (unsigned)variant) : 0;
}

int scn_input_play_before_wait(struct scn_env *env, unsigned i)
{
    struct virtio_input_event event;
    int variant = strikes(env, SCN_PLAY_ZERO_LEN);

    if (variant < 0) {
        return 0;
    }
    return virtio_input_read(scn_input(env, i), variant == 0 ? &event : NULL, 0);
}

/* The callback sends, reads, or tries to reset. */
void scn_input_play_ready(struct scn_env *env, unsigned i)
{
    struct virtio_input *in = scn_input(env, i);
    int variant = strikes(env, SCN_PLAY_CALLBACK);
    int ret;

    switch (variant) {
    case 0:
        ret = virtio_input_set_led(in, 1, false);
        SCN_EXPECT(env, ret == 0 || ret == -ENOTSUP || ret == -EAGAIN || ret == -EIO);
        break;
    case 1: /* nothing here can be cancelled; what is there is taken away */
        scn_input_drain(env, i, 16);
        break;
    case 2:
        SCN_EXPECT(env, virtio_input_reset(in, 0) == -EBUSY);
        break;
    default:
        break;
    }
}

/* Events and status events in flight while the device is reset or removed: whatever is still out
 * comes back, and what was not read is counted. */
static int busy_end(struct scn_env *env, unsigned i, unsigned variant)
{
    struct virtio_input *in = scn_input(env, i);
    int ret = scn_input_key(env, i, 30, true);

    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        ret = virtio_input_set_led(in, 1, (n & 1u) != 0);
        ret = ret == -ENOTSUP ? 0 : ret;
    }
    if (ret == 0) {
        ret = variant == 0 ? virtio_input_reset(in, 0) : virtio_input_remove(in, 0);
        SCN_EXPECT(env, ret != 0 || virtio_input_outstanding(in) == 0);
        scn_input_forget(env, i);
    }
    return ret;
}

int scn_input_play_before_close(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_TEARDOWN_BUSY);

    return variant >= 0 ? busy_end(env, i, (unsigned)variant) : 0;
}
