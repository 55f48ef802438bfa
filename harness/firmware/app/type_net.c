/* SPDX-License-Identifier: Apache-2.0 */
/* Network devices: the wire, the link and what QEMU knows of the filter are the host's. */
#include "scn_net.h"
#include "type.h"

#include "le.h"
#include "mailbox_client.h"
#include "trace.h"

#define CONFIG_STATUS   0x106u /* section 5.1.4 */
#define STATUS_ANNOUNCE 2u

static struct virtio_net nets[SCN_DEVICES_MAX];
static struct scn_net_track track[SCN_DEVICES_MAX];
static struct scn_net_env net_env;

/* ---- what happens at the device ---- */

static bool inject(struct scn_env *env, unsigned i, unsigned pair, const void *frame, uint32_t len,
                   const struct virtio_net_offload *offload)
{
    const struct mailbox_question q = {
        .op = MAILBOX_NET_INJECT, .args = {i, pair}, .data = frame, .data_len = len};

    (void)env;
    /* What comes over QEMU's wire is a plain frame, and its device has one pair. */
    return pair == 0 && offload == NULL && mailbox_ask(&q) == 1;
}

static void set_link(struct scn_env *env, unsigned i, bool up)
{
    const struct mailbox_question q = {.op = MAILBOX_NET_SET_LINK, .args = {i, up ? 1u : 0u}};

    (void)env;
    (void)mailbox_ask(&q);
}

static void ask_announce(struct scn_env *env, unsigned i)
{
    const struct mailbox_question q = {.op = MAILBOX_NET_ASK_ANNOUNCE, .args = {i}};

    (void)env;
    (void)mailbox_ask(&q);
}

static uint32_t get32(const uint8_t **p)
{
    uint32_t value = le32_at(*p);

    *p += 4;
    return value;
}

/* The order of the fields is the mailbox's. */
static void seen(struct scn_env *env, unsigned i, struct scn_net_seen *out)
{
    const struct mailbox_question q = {.op = MAILBOX_NET_SEEN, .args = {i}};
    const uint8_t *p;

    memset(out, 0, sizeof(*out));
    if (mailbox_ask(&q) != 0 || mailbox_answer(&p) < MAILBOX_SEEN_BYTES) {
        return;
    }
    out->promisc = get32(&p) != 0;
    out->allmulti = get32(&p) != 0;
    out->num_unicast = get32(&p);
    out->num_multicast = get32(&p);
    out->pairs = get32(&p);
    out->announces = get32(&p);
    out->offloads = get32(&p);
    out->offloads |= (uint64_t)get32(&p) << 32;
    memcpy(out->mac, p, sizeof(out->mac));
    /* Asked for and still pending in the status field of the config space: not announced yet. */
    if (out->announces != 0 &&
        (trace_peek16(env->first[SCN_NET] + i, CONFIG_STATUS) & STATUS_ANNOUNCE) != 0) {
        out->announces--;
    }
}

static const struct scn_net_ops ops = {
    .inject = inject, .set_link = set_link, .ask_announce = ask_announce, .seen = seen};

/* ---- the type ---- */

static void attach(struct scn_env *env, const struct scenario *sc)
{
    const struct scn_net_needs *more = sc->needs.more;

    net_env = (struct scn_net_env){.ops = &ops,
                                   .nets = nets,
                                   .track = track,
                                   .wire_remembers = true,
                                   .wire = more != NULL ? more->wire : SCN_NET_PEER};
    env->net = &net_env;
}

const struct app_type app_net = {
    .name = "net",
    .type = SCN_NET,
    .device_id = VIRTIO_ID_NET,
    .scenarios = scn_net_scenarios,
    .num_scenarios = &scn_net_count,
    .attach = attach,
    .recover = scn_net_recover,
};
