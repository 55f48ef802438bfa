/* SPDX-License-Identifier: Apache-2.0 */
/* The network device in the sweep: on the other end of the wire is a peer, or the wire comes back.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scn_net.h"
#include "sweep_device.h"
#include "virtio_model/model_net.h"

struct dev_net {
    struct scn_net_env env; /* first: the operations find the rest through it */
    struct model_net *models[SCN_DEVICES_MAX];
    struct virtio_net nets[SCN_DEVICES_MAX];
    struct scn_net_track track[SCN_DEVICES_MAX];
    struct model_pcap *pcaps[SCN_DEVICES_MAX];
};

static struct model_net *model_of(struct scn_env *env, unsigned i)
{
    return ((struct dev_net *)env->net)->models[i];
}

/* ---- what happens at the device ---- */

static bool inject(struct scn_env *env, unsigned i, unsigned pair, const void *frame, uint32_t len,
                   const struct virtio_net_offload *offload)
{
    struct model_net_offload o;

    if (offload == NULL) {
        return model_net_receive(model_of(env, i), pair, frame, len, NULL) == 0;
    }
    o = (struct model_net_offload){
        .flags = (uint8_t)((offload->needs_csum ? 1u : 0u) | (offload->csum_valid ? 2u : 0u)),
        .gso_type = (uint8_t)(offload->gso | (offload->ecn ? 0x80u : 0u)),
        .hdr_len = offload->hdr_len,
        .gso_size = offload->gso_size,
        .csum_start = offload->csum_start,
        .csum_offset = offload->csum_offset,
    };
    return model_net_receive(model_of(env, i), pair, frame, len, &o) == 0;
}

static void set_link(struct scn_env *env, unsigned i, bool up)
{
    model_net_set_link(model_of(env, i), up);
}

static void ask_announce(struct scn_env *env, unsigned i)
{
    model_net_ask_announce(model_of(env, i));
}

static void hold_transmit(struct scn_env *env, unsigned i, bool hold)
{
    model_net_hold_transmit(model_of(env, i), hold);
}

static void seen(struct scn_env *env, unsigned i, struct scn_net_seen *out)
{
    const struct model_net_state *s = model_net_state(model_of(env, i));

    *out = (struct scn_net_seen){
        .promisc = s->promisc,
        .allmulti = s->allmulti,
        .num_unicast = s->n_unicast,
        .num_multicast = s->n_multicast,
        .pairs = s->pairs,
        .announces = s->announces,
        .offloads = s->offloads,
    };
    memcpy(out->mac, s->mac, sizeof(out->mac));
}

static const struct scn_net_ops net_ops = {
    .inject = inject,
    .set_link = set_link,
    .ask_announce = ask_announce,
    .hold_transmit = hold_transmit,
    .seen = seen,
};

/* ---- what the sweep asks for ---- */

static int create(void **state)
{
    struct dev_net *d = calloc(1, sizeof(*d));

    if (d == NULL) {
        d->env = (struct scn_net_env){
            .ops = &net_ops, .nets = d->nets, .track = d->track, .wire = SCN_NET_PEER};
    }
    d->env = (struct scn_net_env){
        .ops = &net_ops, .nets = d->nets, .track = d->track, .wire = SCN_NET_PEER};
    *state = d;
    return 0;
}

static void destroy(void *state)
{
    struct dev_net *d = state;

    for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
        if (d->pcaps[i] != NULL && model_pcap_close(d->pcaps[i]) != 0) {
            fprintf(stderr, "virtio-sweep: the capture of net %u could not be written\n", i);
        }
    }
    free(d);
}

/* All but the bytes of the frames, which are the most of it and mean nothing by themselves. */
static void clear_track(struct scn_net_track *t)
{
    for (unsigned s = 0; s < SCN_NET_SLOTS; s++) {
        memset(&t->slots[s], 0, offsetof(struct scn_net_slot, data));
        t->slots[s].expect_len = 0;
        memset(&t->slots[s].offload, 0, sizeof(t->slots[s].offload));
    }
    memset(&t->first_error, 0, sizeof(*t) - offsetof(struct scn_net_track, first_error));
}

/* A capture of both directions, when somebody wants to look at it; ends with the state. */
static void open_capture(struct dev_net *d, unsigned i, struct model_pcap **pcap)
{
    char path[4096];

    if (sweep_artifacts == NULL) {
        return;
    }
    (void)snprintf(path, sizeof(path), "%s/net%u.pcap", sweep_artifacts, i);
    if (d->pcaps[i] == NULL && model_pcap_open(&d->pcaps[i], path) != 0) {
        d->pcaps[i] = NULL;
    }
    *pcap = d->pcaps[i];
}

static int add(void *state, struct scn_env *env, struct model_board *board,
               const struct model_device_config *dev, const struct scenario *sc, unsigned i,
               unsigned slot)
{
    static const struct scn_net_needs usual = {.wire = SCN_NET_PEER};
    const struct scn_net_needs *needs = sc->needs.more != NULL ? sc->needs.more : &usual;
    struct dev_net *d = state;
    struct model_net_config cfg = {
        .dev = *dev,
        .wire = needs->wire == SCN_NET_PEER ? MODEL_NET_PEER : MODEL_NET_LOOPBACK,
        .mac = {0x52, 0x54, 0, 0x12, 0x34, (uint8_t)(0x56u + i)},
        .max_virtqueue_pairs = needs->pairs,
        .mtu = needs->mtu,
        .speed = needs->speed_mbps != 0 ? needs->speed_mbps : 1000u,
        .duplex = needs->speed_mbps != 0 ? needs->duplex : 1u,
    };

    open_capture(d, i, &cfg.pcap);
    memset(&d->nets[i], 0, sizeof(d->nets[i]));
    clear_track(&d->track[i]);
    d->env.wire = needs->wire;
    env->net = &d->env;
    return model_net_add(board, slot, &cfg, &d->models[i]);
}

static void calm(void *state, unsigned i)
{
    struct dev_net *d = state;

    model_net_hold_transmit(d->models[i], false);
    model_net_set_link(d->models[i], true);
}

#define DEFAULT_FEATURES                                                                           \
    (VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS | VIRTIO_NET_F_MRG_RXBUF | VIRTIO_NET_F_CTRL_VQ |      \
     VIRTIO_NET_F_CTRL_RX | VIRTIO_NET_F_CTRL_VLAN | VIRTIO_NET_F_CTRL_MAC_ADDR |                  \
     VIRTIO_NET_F_GUEST_ANNOUNCE | VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM)

const struct sweep_device sweep_net = {
    .name = "net",
    .type = SCN_NET,
    .area = MODEL_AREA_NET,
    .scenarios = scn_net_scenarios,
    .num_scenarios = &scn_net_count,
    .features = DEFAULT_FEATURES,
    .hostile_variants = 24,
    .queue_num_max = 32,
    .create = create,
    .destroy = destroy,
    .add = add,
    .calm = calm,
    .recover = scn_net_recover,
};
