/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which frames the driver wants, v1.2 5.1.6.5.1 to 5.1.6.5.3. Where the driver has no means to say
 * so (no CTRL_RX for multicast, an address of its own that it cannot tell) everything passes.
 */
#include <string.h>

#include "net.h"

static bool listed(const uint8_t table[][6], unsigned n, const uint8_t *mac)
{
    for (unsigned i = 0; i < n; i++)
        if (memcmp(table[i], mac, 6) == 0)
            return true;
    return false;
}

static bool multicast_passes(const struct model_net *net, const uint8_t *mac)
{
    const struct model_net_state *s = &net->state;

    if (s->nomulti)
        return false;
    return s->allmulti || !dev_has(&net->dev, N_CTRL_RX) ||
           listed(s->multicast, s->n_multicast, mac);
}

static bool unicast_passes(const struct model_net *net, const uint8_t *mac)
{
    const struct model_net_state *s = &net->state;
    /* Without MAC the driver made an address up; with the command it can tell it. */
    const bool known = dev_has(&net->dev, N_MAC) || dev_has(&net->dev, N_CTRL_MAC_ADDR);

    if (s->nouni)
        return false;
    return s->alluni || !known || memcmp(s->mac, mac, 6) == 0 ||
           listed(s->unicast, s->n_unicast, mac);
}

bool net_filter_passes(const struct model_net *net, const uint8_t *frame, size_t len)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct net_layers in;

    if (net->state.promisc || len < ETH_HEADER)
        return true;
    net_parse(frame, len, &in);
    if (in.tagged && dev_has(&net->dev, N_CTRL_VLAN) && !net->state.vlan[in.vlan])
        return false;
    if (memcmp(frame, broadcast, 6) == 0)
        return !net->state.nobcast;
    return (frame[0] & 1) != 0 ? multicast_passes(net, frame) : unicast_passes(net, frame);
}
