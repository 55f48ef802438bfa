/* SPDX-License-Identifier: Apache-2.0 */
/* Network scenarios about receiving. */
#include "net_scenarios.h"

/* Frames of 11 buffers in a ring of 16: every other one is cut by the wrap. */
int scn_run_net_merged(struct scn_env *env)
{
    const struct virtio_net_params params = {.rx_buffers = 16, .rx_buf_bytes = 128};
    int ret = scn_net_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_net_exchange(env, 0, SCN_NET_FRAME, 1);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 100, 2);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 900, 3);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, SCN_NET_FRAME - 1u, 4);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 129, 5);
    return scn_net_close(env, 0, ret);
}

/* Frames of 3 buffers at once, the last of which is not full: what is said to be missing of one
 * must not be taken from the next. */
int scn_run_net_merged_burst(struct scn_env *env)
{
    const struct virtio_net_params params = {.rx_buffers = 16, .rx_buf_bytes = 128};
    struct virtio_net *net = scn_net(env, 0);
    int ret = scn_net_open(env, 0, &params);

    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        ret = scn_net_inject(env, 0, 0, net->info.mac, 300u + n, n, true);
    }
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    return scn_net_close(env, 0, ret);
}

/* Everything is taken in, in spite of only 4 buffers; each loss would be missed. */
int scn_run_net_flood(struct scn_env *env)
{
    const struct virtio_net_params params = {.rx_buffers = 4};
    struct virtio_net *net = scn_net(env, 0);
    int ret = scn_net_open(env, 0, &params);

    for (unsigned n = 0; n < 12u && ret == 0; n++) {
        ret = scn_net_inject(env, 0, 0, net->info.mac, 64u + n, n, true);
    }
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    return scn_net_close(env, 0, ret);
}

/* With one buffer, what becomes of it shows at the next frame: it still has the frame before in it,
 * and when it could not be posted again there is no other. */
int scn_run_net_one_buffer(struct scn_env *env)
{
    const struct virtio_net_params params = {.rx_buffers = 1};
    int ret = scn_net_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 200, 1);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 200, 2);
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 90, 3);
    return scn_net_close(env, 0, ret);
}

/* Takes `want` frames and keeps them. 0, -EIO or -ETIMEDOUT, *got says how many. */
static int hold(struct scn_env *env, struct virtio_net_buf **frames, unsigned want, unsigned *got)
{
    uint64_t deadline = virtio_port_now_us() + SCN_NET_TIMEOUT_US;
    struct virtio_net *net = scn_net(env, 0);

    for (*got = 0; *got < want;) {
        int n = virtio_net_receive(net, 0, frames + *got, want - *got);

        if (n < 0) {
            return n;
        }
        *got += (unsigned)n;
        if (*got < want && virtio_port_now_us() >= deadline) {
            return -ETIMEDOUT;
        }
        if (*got < want) {
            scn_net_pass(env, 0, 5000);
        }
    }
    return 0;
}

static int hold_and_return(struct scn_env *env)
{
    struct virtio_net *net = scn_net(env, 0);
    struct virtio_net_buf *frames[4];
    struct virtio_net_buf *swapped[4];
    unsigned want = net->info.rx_buffers < 4u ? net->info.rx_buffers : 4u;
    unsigned got;
    int ret = 0;

    for (unsigned n = 0; n < want; n++) {
        ret = scn_net_send(env, 0, scn_net_echo(env, 0, 80u + n, n));
        if (ret != 0) {
            return ret;
        }
    }
    /* Where the ring is short, some came while the others were sent. */
    for (unsigned n = want = 0; n < SCN_NET_SLOTS && want < 4u; n++) {
        want += scn_net_track(env, 0)->slots[n].due ? 1u : 0u;
    }
    ret = hold(env, frames, want, &got);
    if (got != 0) {
        SCN_EXPECT(env, virtio_net_remove(net, 0) == -EBUSY);
        SCN_EXPECT(env, virtio_net_reset(net, 0) == -EBUSY);
    }
    for (unsigned n = 0; n < got; n++) {
        scn_net_check(env, 0, frames[n]);
        swapped[got - 1u - n] = frames[n];
    }
    SCN_EXPECT(env, virtio_net_return(net, swapped, got) == 0);
    if (got != 0) {
        SCN_EXPECT(env, virtio_net_return(net, swapped, 1) == -EINVAL); /* a second time */
    }
    return ret;
}

int scn_run_net_held(struct scn_env *env)
{
    const struct virtio_net_params params = {.rx_buffers = 8};
    int ret = scn_net_open(env, 0, &params);

    for (unsigned round = 0; round < 2u && ret == 0; round++) {
        ret = hold_and_return(env);
        ret = ret != 0 ? ret : scn_net_wait(env, 0);
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 500, 9);
    return scn_net_close(env, 0, ret);
}

/* Time passes and nobody looks: what rx_ready does not announce stays where it is. */
static int wait_unpolled(struct scn_env *env, unsigned *seen)
{
    struct scn_net_track *t = scn_net_track(env, 0);

    for (unsigned n = 0; n < 2000u && !scn_net_idle(env, 0); n++) {
        if (t->rx_ready != *seen) {
            int ret;

            *seen = t->rx_ready;
            ret = scn_net_drain(env, 0);
            if (ret != 0) {
                return ret;
            }
        }
        virtio_port_delay_us(100);
    }
    if (!scn_net_idle(env, 0)) {
        return virtio_device_is_live(&scn_net(env, 0)->dev) ? -ETIMEDOUT : -EIO;
    }
    return t->first_error;
}

/* Everywhere else waiting looks now and then, which hides a lost wake-up. */
int scn_run_net_wake_up(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);
    unsigned seen = 0;

    for (unsigned round = 0; round < 4u && ret == 0; round++) {
        for (unsigned n = 0; n < 3u && ret == 0; n++) {
            ret = scn_net_send(env, 0, scn_net_echo(env, 0, 60u + n, round));
        }
        ret = ret != 0 ? ret : wait_unpolled(env, &seen);
    }
    return scn_net_close(env, 0, ret);
}

/* A frame with a VLAN tag, for us. */
static bool inject_tagged(struct scn_env *env, uint16_t id, bool wanted)
{
    struct scn_net_slot *slot = scn_net_slot(env, 0);
    uint8_t *p = slot->expect;

    memset(p, 0x3c, 80);
    memcpy(p, scn_net(env, 0)->info.mac, VIRTIO_NET_MAC_LEN);
    memcpy(p + 6, scn_net_peer_mac, VIRTIO_NET_MAC_LEN);
    p[12] = 0x81;
    p[13] = 0;
    p[14] = (uint8_t)(id >> 8);
    p[15] = (uint8_t)id;
    p[16] = SCN_NET_ECHO >> 8;
    p[17] = SCN_NET_ECHO & 0xffu;
    slot->expect_len = 80;
    slot->due = wanted;
    return env->net->ops->inject(env, 0, 0, p, 80, NULL);
}

/* What was kept out would come in as a frame that nobody expects. It is sent ahead of one that is
 * let in: when that has come, the device has decided on all of them, and the filter may change. */
static int filter_some(struct scn_env *env)
{
    static const uint8_t group[2][VIRTIO_NET_MAC_LEN] = {{1, 0, 0x5e, 0, 0, 1},
                                                         {1, 0, 0x5e, 0, 0, 2}};
    static const uint8_t other[VIRTIO_NET_MAC_LEN] = {2, 0, 0, 0, 0, 9};
    struct virtio_net *net = scn_net(env, 0);
    int ret = virtio_net_set_promisc(net, false, SCN_NET_TIMEOUT_US); /* some begin with all */

    ret =
        ret != 0 ? ret : virtio_net_set_mac_filter(net, NULL, 0, &group[0], 1, SCN_NET_TIMEOUT_US);
    ret = ret != 0 ? ret : scn_net_inject(env, 0, 0, group[1], 71, 2, false);
    ret = ret != 0 ? ret : scn_net_inject(env, 0, 0, other, 72, 3, false);
    ret = ret != 0 ? ret : scn_net_inject(env, 0, 0, group[0], 70, 1, true);
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    ret = ret != 0 ? ret : virtio_net_set_allmulti(net, true, SCN_NET_TIMEOUT_US);
    ret = ret != 0 ? ret : scn_net_inject(env, 0, 0, group[1], 73, 4, true);
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    ret = ret != 0 ? ret : virtio_net_set_promisc(net, true, SCN_NET_TIMEOUT_US);
    ret = ret != 0 ? ret : scn_net_inject(env, 0, 0, other, 74, 5, true);
    ret = ret != 0 ? ret : scn_net_wait(env, 0);
    ret = ret != 0 ? ret : virtio_net_set_promisc(net, false, SCN_NET_TIMEOUT_US);
    ret = ret != 0 ? ret : virtio_net_set_mac(net, other, SCN_NET_TIMEOUT_US);
    ret = ret != 0 ? ret : scn_net_inject(env, 0, 0, other, 75, 6, true);
    return ret != 0 ? ret : scn_net_wait(env, 0);
}

static int filter_tags(struct scn_env *env)
{
    struct virtio_net *net = scn_net(env, 0);
    int ret = virtio_net_vlan_add(net, 100, SCN_NET_TIMEOUT_US);

    if (ret == 0) {
        (void)inject_tagged(env, 101, false);
        (void)inject_tagged(env, 100, true);
        ret = scn_net_wait(env, 0);
    }
    ret = ret != 0 ? ret : virtio_net_vlan_del(net, 100, SCN_NET_TIMEOUT_US);
    if (ret == 0) {
        (void)inject_tagged(env, 100, false);
        ret = scn_net_exchange(env, 0, 90, 7);
    }
    return ret;
}

int scn_run_net_filters(struct scn_env *env)
{
    int ret = scn_net_open(env, 0, NULL);

    ret = ret != 0 ? ret : filter_some(env);
    ret = ret != 0 ? ret : filter_tags(env);
    return scn_net_close(env, 0, ret);
}
