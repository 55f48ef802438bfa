/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic of network devices: frames to the other end that come back, single or in batches. */
#include "scn_net.h"
#include "traffic.h"

#define BATCH_MAX 6u

static int traffic_open(struct scn_env *env, unsigned i)
{
    const struct virtio_net_params params = {.rx_buffers = 16, .tx_entries = 16};

    return scn_net_open(env, i, &params);
}

static int send_some(struct scn_env *env, unsigned i, uint32_t random)
{
    struct scn_net_slot *slots[BATCH_MAX];
    unsigned want = 1u + (random >> 8) % BATCH_MAX;
    unsigned n = 0;
    int ret;

    while (n < want) {
        struct scn_net_slot *slot =
            scn_net_echo(env, i, 20u + (random >> 4 & 0x3ffu) + n, random + n);

        if (slot == NULL) {
            break;
        }
        slots[n++] = slot;
    }
    ret = n != 0 ? scn_net_send_all(env, i, slots, n) : 0;
    return ret == -EAGAIN ? 0 : ret; /* the ring is full: the rest was not sent */
}

static int traffic_step(struct scn_env *env, unsigned i, uint32_t random)
{
    switch (random & 7u) {
    case 0:
    case 1:
        return scn_net_drain(env, i);
    case 2:
        (void)virtio_net_reclaim(scn_net(env, i), 0);
        return 0;
    case 3:
        return virtio_net_set_promisc(scn_net(env, i), (random & 8u) != 0, SCN_NET_TIMEOUT_US);
    default:
        return send_some(env, i, random);
    }
}

static int traffic_drain(struct scn_env *env, unsigned i)
{
    return scn_net_wait(env, i);
}

static int traffic_reset(struct scn_env *env, unsigned i)
{
    int ret = virtio_net_reset(scn_net(env, i), 0);

    if (ret == 0) {
        scn_net_forget(env, i);
    }
    return ret;
}

const struct scn_traffic scn_net_traffic = {
    .name = "net",
    .type = SCN_NET,
    .open = traffic_open,
    .step = traffic_step,
    .drain = traffic_drain,
    .reset = traffic_reset,
    .close = scn_net_close,
};
