/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that the caller's side plays with a network device; see scn_plays.c. */
#include "scn_net.h"

#define RUN_UP_BATCH 8u

static int strikes(struct scn_env *env, enum scn_play play)
{
    return env->ops->play != NULL ? env->ops->play(env, play) : -1;
}

/* Runs the rings of the first pair up to where their indices wrap. */
static int run_up(struct scn_env *env, unsigned i, unsigned variant)
{
    uint32_t size = scn_net(env, i)->tx[0].vq.size;
    uint32_t to = variant == 0 ? 65535u : variant == 1 ? 65536u - size : 32767u;
    int ret = 0;

    for (uint32_t n = 0; n < to && ret == 0;) {
        struct scn_net_slot *slots[RUN_UP_BATCH];
        unsigned count = to - n < RUN_UP_BATCH ? (unsigned)(to - n) : RUN_UP_BATCH;

        for (unsigned s = 0; s < count; s++) {
            slots[s] = scn_net_echo(env, i, 20u + s, n + s);
        }
        ret = scn_net_send_all(env, i, slots, count);
        ret = ret != 0 ? ret : scn_net_wait(env, i);
        n += count;
    }
    return ret;
}

int scn_net_play_after_open(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_IDX_WRAP);

    return variant >= 0 ? run_up(env, i, (unsigned)variant) : 0;
}

/* ---- before a frame is sent ---- */

static void never_done(struct virtio_net_tx *tx, int result)
{
    struct scn_env *env = tx->cookie;

    (void)result;
    SCN_EXPECT(env, tx->done == NULL); /* a refused frame must not complete */
}

static int zero_length(struct scn_env *env, unsigned i, unsigned variant)
{
    static const uint8_t frame[64];
    const struct virtio_net_seg segs[2] = {{frame, sizeof(frame)}, {frame, 0}};
    struct virtio_net_tx tx = {.segs = variant == 0 ? &segs[1] : segs,
                               .num_segs = variant == 0 ? 1u : 2u,
                               .done = never_done,
                               .cookie = env};

    return virtio_net_send(scn_net(env, i), &tx);
}

/* As many elements as the queue has descriptors: more than agreed on is refused as documented. */
static int long_chain(struct scn_env *env, unsigned i)
{
    static struct virtio_net_seg segs[64];
    static const uint8_t byte[4];
    unsigned size = scn_net(env, i)->tx[0].vq.size;
    struct virtio_net_tx tx = {
        .segs = segs, .num_segs = size < 64u ? size : 64u, .done = never_done, .cookie = env};
    int ret;

    for (unsigned s = 0; s < tx.num_segs; s++) {
        segs[s] = (struct virtio_net_seg){byte, 4};
    }
    ret = virtio_net_send(scn_net(env, i), &tx);
    return ret == -EMSGSIZE ? 0 : ret;
}

int scn_net_play_before_send(struct scn_env *env, unsigned i)
{
    int variant;
    int ret = 0;

    if (scn_net_track(env, i)->playing) {
        return 0;
    }
    variant = strikes(env, SCN_PLAY_ZERO_LEN);
    if (variant >= 0) {
        ret = zero_length(env, i, (unsigned)variant);
    }
    if (ret == 0 && strikes(env, SCN_PLAY_LOOP) >= 0) {
        ret = long_chain(env, i);
    }
    return ret;
}

/* ---- in a callback ---- */

void scn_net_play_done(struct scn_env *env, unsigned i)
{
    struct scn_net_track *t = scn_net_track(env, i);
    struct virtio_net *net = scn_net(env, i);
    struct scn_net_slot *slot;
    int variant = t->playing ? -1 : strikes(env, SCN_PLAY_CALLBACK);
    int ret;

    t->playing = true; /* what the callback causes is not played upon */
    switch (variant) {
    case 0: /* sends another frame */
        slot = scn_net_echo(env, i, 90, 5);
        if (slot != NULL) {
            slot->played = true;
            ret = scn_net_try(env, i, slot);
            SCN_EXPECT(env, ret == 0 || ret == -EAGAIN || ret == -EIO || ret == -ENETDOWN);
        }
        break;
    case 1: /* nothing here can be cancelled; what is there is taken away */
        (void)virtio_net_reclaim(net, 0);
        break;
    case 2: /* resets the device: refused where the driver called us, not where we called it */
        SCN_EXPECT(env, net->dev.dispatching == 0 || virtio_net_reset(net, 0) == -EBUSY);
        break;
    default:
        break;
    }
    t->playing = false;
}

/* ---- before the end ---- */

/* Frames in flight while the device is reset or removed: each completes once. */
static int busy_end(struct scn_env *env, unsigned i, unsigned variant)
{
    struct scn_net_slot *slots[3];
    unsigned count = 0;
    int error;
    int ret;

    while (count < 3u && (slots[count] = scn_net_echo(env, i, 60u + count, count)) != NULL) {
        count++;
    }
    ret = scn_net_send_all(env, i, slots, count);
    if (ret == 0) {
        ret = variant == 0 ? virtio_net_reset(scn_net(env, i), 0)
                           : virtio_net_remove(scn_net(env, i), 0);
    }
    if (ret == 0) {
        error = scn_net_track(env, i)->first_error;
        scn_net_forget(env, i);
        ret = error;
    }
    return ret;
}

int scn_net_play_before_close(struct scn_env *env, unsigned i)
{
    int variant = strikes(env, SCN_PLAY_TEARDOWN_BUSY);

    return variant >= 0 ? busy_end(env, i, (unsigned)variant) : 0;
}
