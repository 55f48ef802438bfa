/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic of network devices: frames that the other end sends back, one by one and in batches. */
#include "scn_net.h"
#include "traffic.h"

#define BATCH_MAX 4u
#define FRAME_MIN 40u /* long enough to tell one from another */
#define FRAME_MAX 600u

static int traffic_open(struct scn_env *env, unsigned i)
{
    return scn_net_open(env, i, NULL);
}

/* A full ring is no error: what has come is read, and the device gets on. */
static int send(struct scn_env *env, unsigned i, uint32_t random)
{
    struct scn_net_slot *slots[BATCH_MAX];
    unsigned count = 1u + (random >> 8) % BATCH_MAX;
    unsigned n = 0;
    int ret;

    while (n < count && scn_net_slot(env, i) != NULL) {
        uint32_t len = FRAME_MIN + (random >> (9u + n)) % FRAME_MAX;

        slots[n] = scn_net_echo(env, i, len, random + n);
        ret = scn_net_send(env, i, slots[n]);
        if (ret != 0) {
            return ret == -EAGAIN ? scn_net_drain(env, i) : ret;
        }
        n++;
    }
    return n != 0 ? 0 : scn_net_wait(env, i);
}

static int traffic_step(struct scn_env *env, unsigned i, uint32_t random)
{
    switch (random & 3u) {
    case 0:
        return scn_net_drain(env, i);
    case 1:
        return scn_net_wait(env, i);
    default:
        return send(env, i, random);
    }
}

static int traffic_reset(struct scn_env *env, unsigned i)
{
    int ret = virtio_net_reset(scn_net(env, i), 0);

    if (ret == 0) {
        scn_net_forget(env, i);
    }
    return ret;
}

static int traffic_close(struct scn_env *env, unsigned i, int ret)
{
    ret = scn_net_close(env, i, ret);
    if (scn_net(env, i)->dev.state == VIRTIO_STATE_ABSENT) {
        scn_net_forget(env, i);
    }
    return ret;
}

const struct scn_traffic scn_net_traffic = {
    .name = "net",
    .type = SCN_NET,
    .open = traffic_open,
    .step = traffic_step,
    .drain = scn_net_wait,
    .reset = traffic_reset,
    .close = traffic_close,
};
