/* SPDX-License-Identifier: Apache-2.0 */
/* Network scenarios about the control queue, the link, resets and removal. */
#include "net_scenarios.h"

#define T SCN_NET_TIMEOUT_US

/* What the device is seen to hold after the commands that it has carried out. */
static void expect_seen(struct scn_env *env, bool on, const uint8_t *mac)
{
    struct scn_net_seen seen;

    if (env->net->ops->seen == NULL || !virtio_device_is_live(&scn_net(env, 0)->dev)) {
        return; /* a device that asked to be reset has been, and holds nothing */
    }
    env->net->ops->seen(env, 0, &seen);
    if (seen.promisc != on || seen.allmulti != on || seen.num_unicast != (on ? 1u : 0u) ||
        seen.num_multicast != (on ? 2u : 0u) || memcmp(seen.mac, mac, VIRTIO_NET_MAC_LEN) != 0) {
        env->data_errors++;
    }
}

static int commands(struct scn_env *env)
{
    static const uint8_t unicast[1][VIRTIO_NET_MAC_LEN] = {{2, 0, 0, 0, 0, 7}};
    static const uint8_t multicast[2][VIRTIO_NET_MAC_LEN] = {{1, 0, 0x5e, 0, 0, 1},
                                                             {0x33, 0x33, 0, 0, 0, 1}};
    static const uint8_t mac[VIRTIO_NET_MAC_LEN] = {2, 1, 2, 3, 4, 5};
    struct virtio_net *net = scn_net(env, 0);
    uint8_t before[VIRTIO_NET_MAC_LEN];
    int ret;

    memcpy(before, net->info.mac, sizeof(before));
    ret = virtio_net_set_promisc(net, true, T);
    ret = ret != 0 ? ret : virtio_net_set_allmulti(net, true, T);
    ret = ret != 0 ? ret : virtio_net_set_mac_filter(net, unicast, 1, multicast, 2, T);
    ret = ret != 0 ? ret : virtio_net_set_mac(net, mac, T);
    if (ret == 0) {
        expect_seen(env, true, mac);
        SCN_EXPECT(env, memcmp(net->info.mac, mac, sizeof(mac)) == 0);
        ret = scn_net_exchange(env, 0, 90, 1);
    }
    ret = ret != 0 ? ret : virtio_net_set_promisc(net, false, T);
    ret = ret != 0 ? ret : virtio_net_set_allmulti(net, false, T);
    ret = ret != 0 ? ret : virtio_net_set_mac_filter(net, NULL, 0, NULL, 0, T);
    ret = ret != 0 ? ret : virtio_net_set_mac(net, before, T);
    if (ret == 0) {
        expect_seen(env, false, before);
    }
    ret = ret != 0 ? ret : virtio_net_vlan_add(net, 4094, T);
    return ret != 0 ? ret : virtio_net_vlan_del(net, 4094, T);
}

int scn_run_net_control(struct scn_env *env)
{
    const uint64_t needed =
        VIRTIO_NET_F_CTRL_RX | VIRTIO_NET_F_CTRL_VLAN | VIRTIO_NET_F_CTRL_MAC_ADDR;
    int ret = scn_net_open(env, 0, NULL);

    if (ret == 0 && virtio_has_feature(&scn_net(env, 0)->dev, needed)) {
        ret = commands(env);
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 100, 2);
    return scn_net_close(env, 0, ret);
}

static int exchange_on_all(struct scn_env *env, unsigned pairs)
{
    int ret = 0;

    for (unsigned pair = 0; pair < pairs && ret == 0; pair++) {
        struct scn_net_slot *slot = scn_net_echo(env, 0, 70u + pair, pair);

        slot->tx.pair = (uint8_t)pair;
        ret = scn_net_send(env, 0, slot);
    }
    return ret != 0 ? ret : scn_net_wait(env, 0);
}

int scn_run_net_pairs(struct scn_env *env)
{
    struct virtio_net *net = scn_net(env, 0);
    unsigned most = 1;
    int ret = scn_net_open(env, 0, NULL);

    if (ret == 0) {
        most = net->info.pairs_max;
        SCN_EXPECT(env, virtio_net_set_pairs(net, most + 1u, T) == -EINVAL);
        ret = exchange_on_all(env, most); /* all of it on the first pair, for now */
    }
    if (ret == 0 && most > 1u) {
        ret = virtio_net_set_pairs(net, most, T);
        SCN_EXPECT(env, ret != 0 || net->info.pairs == most);
        ret = ret != 0 ? ret : exchange_on_all(env, most);
        ret = ret != 0 ? ret : virtio_net_set_pairs(net, 1, T);
        ret = ret != 0 ? ret : exchange_on_all(env, most);
    }
    return scn_net_close(env, 0, ret);
}

int scn_run_net_offloads(struct scn_env *env)
{
    const uint64_t guest = VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_GUEST_TSO4;
    const struct virtio_net_params params = {.offloads = guest | VIRTIO_NET_F_CTRL_GUEST_OFFLOADS};
    struct virtio_net *net = scn_net(env, 0);
    struct scn_net_seen seen;
    int ret = scn_net_open(env, 0, &params);

    if (ret == 0 && virtio_has_feature(&net->dev, params.offloads)) {
        SCN_EXPECT(env, virtio_net_set_offloads(net, VIRTIO_NET_F_GUEST_TSO6, T) == -EINVAL);
        ret = virtio_net_set_offloads(net, 0, T);
        ret = ret != 0 ? ret : virtio_net_set_offloads(net, guest, T);
        if (ret == 0 && env->net->ops->seen != NULL && virtio_device_is_live(&net->dev)) {
            env->net->ops->seen(env, 0, &seen);
            env->data_errors += seen.offloads != guest ? 1u : 0u;
        }
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 80, 1);
    return scn_net_close(env, 0, ret);
}

/* Waits until a counter of the callbacks has moved on from `from`. */
static int wait_for(struct scn_env *env, const unsigned *counter, unsigned from)
{
    uint64_t deadline = virtio_port_now_us() + T;

    while (*counter == from) {
        if (!virtio_device_is_live(&scn_net(env, 0)->dev)) {
            return -EIO;
        }
        if (virtio_port_now_us() >= deadline) {
            return -ETIMEDOUT;
        }
        scn_net_pass(env, 0, 5000);
    }
    return 0;
}

int scn_run_net_announce(struct scn_env *env)
{
    struct scn_net_track *t = scn_net_track(env, 0);
    struct virtio_net *net = scn_net(env, 0);
    struct scn_net_seen seen = {0};
    struct virtio_net_stats stats;
    int ret = scn_net_open(env, 0, NULL);

    if (ret != 0 || !virtio_has_feature(&net->dev, VIRTIO_NET_F_GUEST_ANNOUNCE) ||
        !virtio_has_feature(&net->dev, VIRTIO_NET_F_STATUS) || !net->has_ctrl) {
        return scn_net_close(env, 0, ret);
    }
    for (unsigned round = 0; round < 2u && ret == 0; round++) {
        unsigned calls = t->announce_calls;

        env->net->ops->ask_announce(env, 0);
        ret = wait_for(env, &t->announce_calls, calls);
        ret = ret != 0 ? ret : scn_net_exchange(env, 0, 64, round);
        for (unsigned n = 0; n < 200u && ret == 0 && seen.announces <= round; n++) {
            scn_net_pass(env, 0, 5000);
            env->net->ops->seen(env, 0, &seen);
        }
        if (ret == 0 && seen.announces <= round) {
            virtio_net_get_stats(net, &stats);
            ret = virtio_device_is_live(&net->dev) && stats.ctrl_failed == 0 ? -ETIMEDOUT : -EIO;
        }
    }
    return scn_net_close(env, 0, ret);
}

int scn_run_net_link(struct scn_env *env)
{
    struct scn_net_track *t = scn_net_track(env, 0);
    struct virtio_net *net = scn_net(env, 0);
    struct scn_net_slot *slot;
    unsigned calls;
    int ret = scn_net_open(env, 0, NULL);

    if (ret != 0 || !virtio_has_feature(&net->dev, VIRTIO_NET_F_STATUS)) {
        return scn_net_close(env, 0, ret);
    }
    ret = scn_net_exchange(env, 0, 64, 1);
    for (unsigned round = 0; round < 2u && ret == 0; round++) {
        calls = t->link_calls;
        env->net->ops->set_link(env, 0, false);
        ret = wait_for(env, &t->link_calls, calls);
        if (ret == 0 && !t->link_up) {
            slot = scn_net_echo(env, 0, 65, 2);
            ret = scn_net_send(env, 0, slot);
            SCN_EXPECT(env, ret != 0);
            ret = ret == -ENETDOWN ? 0 : ret;
        }
        calls = t->link_calls;
        env->net->ops->set_link(env, 0, true);
        ret = ret != 0 ? ret : wait_for(env, &t->link_calls, calls);
        ret = ret != 0 ? ret : scn_net_exchange(env, 0, 66, 3);
    }
    return scn_net_close(env, 0, ret);
}

/* A command times out; the late answer gives its slot back, and frames go on. */
int scn_run_net_time_out(struct scn_env *env)
{
    unsigned window = env->first[SCN_NET];
    struct virtio_net *net = scn_net(env, 0);
    int ret = scn_net_open(env, 0, NULL);
    int late;

    if (ret != 0 || !net->has_ctrl || !virtio_has_feature(&net->dev, VIRTIO_NET_F_CTRL_RX)) {
        return scn_net_close(env, 0, ret);
    }
    for (unsigned n = 0; n < 6u && ret == 0; n++) {
        env->ops->pause(env, window, true);
        late = virtio_net_set_promisc(net, (n & 1u) != 0, 20000);
        SCN_EXPECT(env, late != 0);
        env->ops->pause(env, window, false);
        ret = late == -ETIMEDOUT ? 0 : late;
        ret = late == -EAGAIN ? -ETIMEDOUT : ret; /* none of the answers came, not even late */
        ret = ret != 0 ? ret : scn_net_exchange(env, 0, 64, n);
    }
    ret = ret != 0 ? ret : virtio_net_set_promisc(net, false, T);
    return scn_net_close(env, 0, ret == -EAGAIN ? -ETIMEDOUT : ret);
}

/* ---- the end of it ---- */

static int start_some(struct scn_env *env)
{
    struct scn_net_slot *slots[5];
    int ret = scn_net_open(env, 0, NULL);

    if (ret != 0) {
        return ret;
    }
    for (unsigned n = 0; n < 5u; n++) {
        slots[n] = scn_net_echo(env, 0, 100u + n, n);
    }
    ret = scn_net_send_all(env, 0, slots, 5);
    virtio_port_delay_us(1); /* the device has begun */
    return ret;
}

int scn_run_net_reset_busy(struct scn_env *env)
{
    int ret = start_some(env);

    if (ret == 0) {
        ret = virtio_net_reset(scn_net(env, 0), 0);
        if (ret == 0) {
            scn_net_forget(env, 0);
        }
    }
    ret = ret != 0 ? ret : scn_net_exchange(env, 0, 400, 8);
    return scn_net_close(env, 0, ret);
}

int scn_run_net_remove_busy(struct scn_env *env)
{
    int ret = start_some(env);

    return scn_net_close(env, 0, ret); /* and accounts for every frame */
}
