/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's virtio-net device on a wire of our own (real_wire.h). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "real_device.h"
#include "real_wire.h"
#include "scn_net.h"

#define CONFIG_STATUS   0x106u /* section 5.1.4 */
#define STATUS_ANNOUNCE 2u
#define BOTH            .legacy = true, .modern = true

static const struct real_variant variants[] = {
    {"split+event_idx+indirect", "as QEMU offers it", "", 0, BOTH, .plain = true},
    {"split+event_idx", "no indirect descriptors", "indirect_desc=off", 0, BOTH},
    {"split+indirect", "no event index", "event_idx=off", 0, BOTH},
    {"split", "neither of the two", "event_idx=off,indirect_desc=off", 0, BOTH},
    {"polled", "no interrupt connected", "", 0, BOTH, .polled = true},
    {"one-buffer", "frames are not merged, nor their descriptors", "mrg_rxbuf=off,any_layout=off",
     VIRTIO_NET_F_MRG_RXBUF, BOTH},
    {"no-control", "no control queue, but the features that need one", "ctrl_vq=off",
     VIRTIO_NET_F_CTRL_VQ | VIRTIO_NET_F_GUEST_ANNOUNCE, BOTH},
    {"mtu-9000", "frames of up to 9014 bytes", "host_mtu=9000", VIRTIO_NET_F_MTU, BOTH},
    {"more-offered", "packed rings and IOMMU are offered, too", "packed=on,iommu_platform=on", 0,
     .modern = true},
};

struct state {
    struct scn_net_env env; /* first: the operations find the rest through it */
    struct virtio_net nets[SCN_DEVICES_MAX];
    struct scn_net_track track[SCN_DEVICES_MAX];
    const struct real_spec *spec;
    struct real_machine *machine;
    struct real_wires wires;
    unsigned announces[SCN_DEVICES_MAX]; /* asked for */
};

static struct state *state_of(struct scn_env *env)
{
    return (struct state *)env->net;
}

/* ---- what happens at the device ---- */

static bool inject(struct scn_env *env, unsigned i, unsigned pair, const void *frame, uint32_t len,
                   const struct virtio_net_offload *offload)
{
    /* A datagram is a plain frame, and QEMU has one pair. */
    return pair == 0 && offload == NULL &&
           real_wires_send(&state_of(env)->wires, i, frame, len) == 0;
}

static void set_link(struct scn_env *env, unsigned i, bool up)
{
    (void)real_machine_qmp(
        state_of(env)->machine, NULL,
        "{\"execute\":\"set_link\",\"arguments\":{\"name\":\"nic%u\",\"up\":%s}}", i,
        up ? "true" : "false");
}

/* QEMU sends a RARP frame as well, which the peer ignores. */
static void ask_announce(struct scn_env *env, unsigned i)
{
    (void)real_machine_qmp(state_of(env)->machine, NULL,
                           "{\"execute\":\"announce-self\",\"arguments\":{\"initial\":50,"
                           "\"max\":50,\"rounds\":1,\"step\":50,\"interfaces\":[\"nic%u\"]}}",
                           i);
    state_of(env)->announces[i]++;
}

/* True when the reply has the member with this value. */
static bool says(const char *reply, const char *member, const char *value)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "\"%s\": %s", member, value);
    return strstr(reply, text) != NULL;
}

/* Strings in a list of the reply. */
static unsigned count_of(const char *reply, const char *member)
{
    char text[64];
    const char *p;
    unsigned quotes = 0;

    (void)snprintf(text, sizeof(text), "\"%s\": [", member);
    p = strstr(reply, text);
    for (p = p != NULL ? p + strlen(text) : ""; *p != '\0' && *p != ']'; p++) {
        quotes += *p == '"' ? 1u : 0u;
    }
    return quotes / 2u;
}

/* Read past the driver, which has the same field in view. Where it runs elsewhere, so is the field,
 * and who runs the driver does this. */
static bool announce_is_pending(const struct state *s, unsigned i)
{
    return real_machine_driver_is_here(s->machine) &&
           (host_current->mmio_read(host_current, qemu_backend_window(i) + CONFIG_STATUS, 2) &
            STATUS_ANNOUNCE) != 0;
}

static void seen(struct scn_env *env, unsigned i, struct scn_net_seen *out)
{
    struct state *s = state_of(env);
    const char *reply;
    const char *mac;

    memset(out, 0, sizeof(*out));
    if (real_machine_qmp(s->machine, &reply,
                         "{\"execute\":\"query-rx-filter\",\"arguments\":{\"name\":\"nic%u\"}}",
                         i) != 0) {
        return;
    }
    out->promisc = says(reply, "promiscuous", "true");
    out->allmulti = says(reply, "multicast", "\"all\"");
    out->num_unicast = count_of(reply, "unicast-table");
    out->num_multicast = count_of(reply, "multicast-table");
    mac = strstr(reply, "\"main-mac\": \"");
    if (mac != NULL) {
        (void)sscanf(
            mac + 13, "%2" SCNx8 ":%2" SCNx8 ":%2" SCNx8 ":%2" SCNx8 ":%2" SCNx8 ":%2" SCNx8,
            &out->mac[0], &out->mac[1], &out->mac[2], &out->mac[3], &out->mac[4], &out->mac[5]);
    }
    out->pairs = 1;
    /* Asked for, and no longer pending in the status field of the config space. */
    if (s->announces[i] != 0) {
        out->announces = s->announces[i] - (announce_is_pending(s, i) ? 1u : 0u);
    }
}

static const struct scn_net_ops ops = {
    .inject = inject, .set_link = set_link, .ask_announce = ask_announce, .seen = seen};

/* ---- what the run asks for ---- */

static void destroy(void *state)
{
    real_wires_close(&((struct state *)state)->wires);
    free(state);
}

static int create(void **state, struct scn_env *env, const struct real_spec *spec, const char *dir,
                  char *why, size_t why_size)
{
    const struct scn_net_needs *more = real_spec_scenario(spec)->needs.more;
    struct state *s = calloc(1, sizeof(*s));
    int ret;

    if (s == NULL) {
        (void)snprintf(why, why_size, "no memory for a run");
        return -ENOMEM;
    }
    *state = s;
    s->env = (struct scn_net_env){.ops = &ops,
                                  .nets = s->nets,
                                  .track = s->track,
                                  .wire_remembers = true,
                                  .wire = more != NULL ? more->wire : SCN_NET_PEER};
    s->spec = spec;
    env->net = &s->env;
    ret = real_wires_make(&s->wires, env->num_windows, s->env.wire == SCN_NET_LOOPBACK, dir);
    if (ret != 0) {
        (void)snprintf(why, why_size, "sockets in %s: %s", dir, strerror(-ret));
    }
    return ret;
}

/* What the scenario needs, as properties with the comma before them; behind those of the variant,
 * they win. */
static const char *needs_props(const struct scn_needs *needs, char *buf, size_t size)
{
    static const struct {
        uint64_t feature;
        const char *off;
    } bits[] = {
        {VIRTIO_NET_F_MTU, ",host_mtu=0"},
        {VIRTIO_NET_F_STATUS, ",status=off"},
        {VIRTIO_NET_F_MRG_RXBUF, ",mrg_rxbuf=off"},
        {VIRTIO_NET_F_CTRL_VQ, ",ctrl_vq=off"},
        {VIRTIO_NET_F_CTRL_RX, ",ctrl_rx=off,ctrl_rx_extra=off"},
        {VIRTIO_NET_F_CTRL_VLAN, ",ctrl_vlan=off"},
        {VIRTIO_NET_F_CTRL_MAC_ADDR, ",ctrl_mac_addr=off"},
        {VIRTIO_NET_F_GUEST_ANNOUNCE, ",guest_announce=off"},
    };
    const struct scn_net_needs *more = needs->more;
    FILE *out = fmemopen(buf, size, "w");

    buf[0] = '\0';
    if (out == NULL) {
        return buf;
    }
    if (more != NULL && more->mtu != 0) {
        (void)fprintf(out, ",host_mtu=%" PRIu16, more->mtu);
    }
    for (size_t b = 0; b < sizeof(bits) / sizeof(bits[0]); b++) {
        (void)fputs((needs->without & bits[b].feature) != 0 ? bits[b].off : "", out);
    }
    if (more != NULL && more->speed_mbps != 0) {
        (void)fprintf(out, ",speed=%" PRIu32 ",duplex=%s", more->speed_mbps,
                      more->duplex != 0 ? "full" : "half");
    }
    (void)fclose(out);
    return buf;
}

static int args(void *state, struct qemu_args *out, unsigned i)
{
    const struct state *s = state;
    const struct real_wire *wire = &s->wires.wires[i];
    char props[REAL_PROPS_MAX];
    char needs[REAL_PROPS_MAX];
    char here[2u * sizeof(wire->here.sun_path)];
    char there[2u * sizeof(wire->there.sun_path)];
    int ret = qemu_escape_option(wire->here.sun_path, here, sizeof(here));

    ret = ret != 0 ? ret : qemu_escape_option(wire->there.sun_path, there, sizeof(there));
    qemu_args_add(out, "-netdev");
    qemu_args_add(out,
                  "dgram,id=wire%u,local.type=unix,local.path=%s,remote.type=unix,remote.path=%s",
                  i, there, here);
    qemu_args_add(out, "-device");
    qemu_args_add(out, "virtio-net-device,id=nic%u,netdev=wire%u,bus=virtio-mmio-bus.%u%s%s", i, i,
                  i, real_variant_props(s->spec, props, sizeof(props)),
                  needs_props(&real_spec_scenario(s->spec)->needs, needs, sizeof(needs)));
    return ret;
}

static int started(void *state, struct real_machine *m, char *why, size_t why_size)
{
    struct state *s = state;
    int ret;

    s->machine = m;
    ret = real_wires_start(&s->wires);
    if (ret != 0) {
        (void)snprintf(why, why_size, "the wire of QEMU's network device: %s", strerror(-ret));
    }
    return ret;
}

/* No answer may have been lost on the way into QEMU. */
static int judge(void *state, struct scn_env *env, char *why, size_t why_size)
{
    struct state *s = state;
    unsigned count = s->wires.count;

    (void)env;
    real_wires_close(&s->wires);
    for (unsigned i = 0; i < count; i++) {
        const struct real_wire *wire = &s->wires.wires[i];

        if (wire->lost != 0) {
            (void)snprintf(why, why_size,
                           "wire %u: QEMU did not take %" PRIu64 " of %" PRIu64
                           " answers, expected all",
                           i, wire->lost, wire->answered + wire->lost);
            return -EIO;
        }
    }
    return 0;
}

const struct real_device real_net = {
    .name = "net",
    .type = SCN_NET,
    .scenarios = scn_net_scenarios,
    .num_scenarios = &scn_net_count,
    .variants = variants,
    .num_variants = sizeof(variants) / sizeof(variants[0]),
    .create = create,
    .args = args,
    .started = started,
    .recover = scn_net_recover,
    .judge = judge,
    .destroy = destroy,
};
