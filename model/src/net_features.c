/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature bits of the network device, v1.2 5.1.3 and 5.1.4.2: what depends on what, what ought to
 * be accepted, and what is not modelled and therefore refused.
 */
#include "net.h"

const struct feature_dep net_deps[NET_DEPS] = {
    {N_CTRL_RX, N_CTRL_VQ},       {N_CTRL_VLAN, N_CTRL_VQ},
    {N_ANNOUNCE, N_CTRL_VQ},      {N_MQ, N_CTRL_VQ},
    {N_CTRL_MAC_ADDR, N_CTRL_VQ}, {N_CTRL_OFFLOADS, N_CTRL_VQ},
    {N_GUEST_TSO4, N_GUEST_CSUM}, {N_GUEST_TSO6, N_GUEST_CSUM},
    {N_GUEST_UFO, N_GUEST_CSUM},  {N_GUEST_USO4, N_GUEST_CSUM},
    {N_GUEST_USO6, N_GUEST_CSUM}, {N_HOST_TSO4, N_CSUM},
    {N_HOST_TSO6, N_CSUM},        {N_HOST_UFO, N_CSUM},
    {N_HOST_USO, N_CSUM},         {N_RSS, N_CTRL_VQ},
    {N_NOTF_COAL, N_CTRL_VQ},     {N_VQ_NOTF_COAL, N_CTRL_VQ},
    {N_HASH_TUNNEL, N_CTRL_VQ},   {N_DEVICE_STATS, N_CTRL_VQ},
};

/* Features that are historic, or whose commands are not modelled. */
static const struct {
    uint8_t bit;
    enum model_rule_id rule;
    const char *name;
} unmodelled[] = {
    {N_GSO, MODEL_RULE_DRV_LEG_017, "GSO"},
    {N_RSS, MODEL_RULE_DRV_NET_092, "RSS"},
    {N_HASH_REPORT, MODEL_RULE_DRV_NET_089, "HASH_REPORT"},
    {N_HASH_TUNNEL, MODEL_RULE_DRV_NET_071, "HASH_TUNNEL"},
    {N_NOTF_COAL, MODEL_RULE_DRV_NET_102, "NOTF_COAL"},
    {N_VQ_NOTF_COAL, MODEL_RULE_DRV_NET_099, "VQ_NOTF_COAL"},
    {N_DEVICE_STATS, MODEL_RULE_DRV_NET_103, "DEVICE_STATS"},
    {N_RSC_EXT, MODEL_RULE_DRV_NET_062, "RSC_EXT"},
    {N_STANDBY, MODEL_RULE_DRV_NET_013, "STANDBY"},
};

/* Prerequisites that a pair of bits in the table cannot say. */
static bool closed(struct model_device *dev, uint64_t f)
{
    struct model_board *board = dev->board;

    bool ok = rule_check(board, MODEL_RULE_DRV_NET_003,
                         (f & FBIT(N_HOST_ECN)) == 0 ||
                             (f & (FBIT(N_HOST_TSO4) | FBIT(N_HOST_TSO6))) != 0,
                         dev->slot, "HOST_ECN accepted without HOST_TSO4 or HOST_TSO6");
    ok &= rule_check(board, MODEL_RULE_DRV_NET_003,
                     (f & FBIT(N_GUEST_ECN)) == 0 ||
                         (f & (FBIT(N_GUEST_TSO4) | FBIT(N_GUEST_TSO6))) != 0,
                     dev->slot, "GUEST_ECN accepted without GUEST_TSO4 or GUEST_TSO6");
    if ((f & FBIT(N_CTRL_VQ)) == 0) {
        rule_check(board, MODEL_RULE_DRV_NET_016, (f & FBIT(N_HASH_REPORT)) == 0, dev->slot,
                   "HASH_REPORT accepted without CTRL_VQ");
        ok &= rule_check(board, MODEL_RULE_DRV_NET_017, (f & FBIT(N_CTRL_RX_EXTRA)) == 0, dev->slot,
                         "CTRL_RX_EXTRA accepted without CTRL_VQ");
    }
    return ok;
}

static void check_wanted(struct model_device *dev, enum model_rule_id rule, unsigned bit,
                         uint64_t f, const char *name)
{
    if (dev->offered & dev->shown & FBIT(bit))
        rule_check(dev->board, rule, (f & FBIT(bit)) != 0, dev->slot, "%s offered and not accepted",
                   name);
}

static bool judge(struct model_device *dev, uint64_t f)
{
    bool ok = closed(dev, f);

    check_wanted(dev, MODEL_RULE_DRV_NET_005, N_MAC, f, "MAC");
    if (!net_config_lied(to_net(dev)))
        check_wanted(dev, MODEL_RULE_DRV_NET_010, N_MTU, f, "MTU");
    for (unsigned i = 0; i < sizeof(unmodelled) / sizeof(unmodelled[0]); i++)
        ok &= rule_check(dev->board, unmodelled[i].rule, (f & FBIT(unmodelled[i].bit)) == 0,
                         dev->slot, "%s accepted, which is not modelled", unmodelled[i].name);
    return ok;
}

bool net_accepts(struct model_device *dev, uint64_t features)
{
    return judge(dev, features);
}

void net_agreed(struct model_device *dev)
{
    struct model_net *net = to_net(dev);

    /* A strict modern device was asked before whether it accepts. */
    if (!dev_modern(dev) || !dev_strict(dev))
        judge(dev, dev->agreed);
    net->state.offloads = dev->agreed & GUEST_OFFLOADS;
    net_refresh_config(dev);
}
