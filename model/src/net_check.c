/* SPDX-License-Identifier: Apache-2.0 */
/* The rules about a transmitted frame and its header, v1.2 5.1.6.2.1. */
#include "net.h"

struct tx {
    struct model_net *net;
    const struct chain *chain;
    const struct net_header *h;
    const uint8_t *frame;
    size_t len;
    struct net_layers in;
};

#define LABEL(t)    (t)->chain->q->index, (t)->chain->head
#define BOARD(t)    (t)->net->dev.board
#define SLOT(t)     (t)->net->dev.slot
#define HAS(t, bit) dev_has(&(t)->net->dev, bit)
#define WHERE       "queue %u chain %u: "
#define CHECK(t, n, cond, ...)                                                                     \
    rule_check(BOARD(t), MODEL_RULE_DRV_NET_##n, cond, SLOT(t), WHERE __VA_ARGS__)

/* ---- flags ---- */

static bool check_flags(const struct tx *t)
{
    const unsigned flags = t->h->flags;

    bool ok =
        CHECK(t, 045, (flags & H_DATA_VALID) == 0, "flags %#x with DATA_VALID", LABEL(t), flags);
    ok &= CHECK(t, 046, (flags & H_RSC_INFO) == 0, "flags %#x with RSC_INFO", LABEL(t), flags);
    ok &= CHECK(t, 115, (flags & H_TUNNEL_CSUM) == 0,
                "flags %#x with the outer checksum flag, which needs HOST_UDP_TUNNEL_GSO_CSUM",
                LABEL(t), flags);
    ok &= CHECK(t, 055, (flags & H_SECURITY) == 0,
                "flags %#x with a security flag, which nothing over mmio can set up", LABEL(t),
                flags);
    const unsigned others = flags & ~(H_DATA_VALID | H_RSC_INFO | H_TUNNEL_CSUM | H_SECURITY);
    ok &= CHECK(t, 023, HAS(t, N_CSUM) || others == 0, "flags %#x without CSUM, expected 0",
                LABEL(t), flags);
    /* Unknown flags are ignored (DEV-NET-015). */
    CHECK(t, 022, t->h->num_buffers == 0, "num_buffers %u, expected 0", LABEL(t),
          t->h->num_buffers);
    return ok;
}

/* ---- checksums ---- */

static bool check_partial(const struct tx *t)
{
    const struct net_header *h = t->h;
    const unsigned at = net_checksum_at(&t->in);
    const unsigned said = (unsigned)h->csum_start + h->csum_offset;

    if (!CHECK(t, 038, h->csum_start >= ETH_HEADER && said + 2u <= t->len,
               "csum_start %u + csum_offset %u in a frame of %zu bytes", LABEL(t), h->csum_start,
               h->csum_offset, t->len))
        return false;
    if (t->in.ip_version == 4)
        CHECK(t, 036, net_ipv4_header_good(t->frame, &t->in),
              "NEEDS_CSUM on a packet whose IPv4 header checksum is wrong", LABEL(t));
    if (at == 0)
        return true;
    if (!CHECK(t, 038, h->csum_start == t->in.l4 && said == at,
               "csum_start %u csum_offset %u, the checksum of protocol %u is at %u", LABEL(t),
               h->csum_start, h->csum_offset, t->in.proto, at))
        return false;
    if (h->gso_type != GSO_NONE)
        return true; /* each segment has a pseudo header of its own */
    /* With the pseudo header's sum in the field the sum over the packet completes to a right one.
     */
    const uint16_t pseudo = net_fold(net_pseudo_sum(t->frame, &t->in));
    CHECK(t, 037, load_be16(t->frame + at) == pseudo,
          "the checksum field holds %#x, expected the sum of the pseudo header %#x", LABEL(t),
          load_be16(t->frame + at), pseudo);
    return true;
}

static bool check_checksum(const struct tx *t)
{
    if (t->h->flags & H_NEEDS_CSUM)
        return check_partial(t);
    if (!HAS(t, N_CSUM) && t->in.l4 != 0 &&
        (t->in.ip_version == 6 || net_ipv4_header_good(t->frame, &t->in)))
        CHECK(t, 024, net_transport_good(t->frame, &t->in),
              "the checksum of protocol %u is wrong, and CSUM was not agreed", LABEL(t),
              t->in.proto);
    return true;
}

/* ---- segmentation ---- */

static bool check_type(const struct tx *t)
{
    const unsigned type = t->h->gso_type & ~GSO_ECN;

    if (!CHECK(t, 110, (type & GSO_TUNNEL) == 0,
               "gso_type %#x with a tunnel bit, which needs HOST_UDP_TUNNEL_GSO", LABEL(t),
               t->h->gso_type))
        return false;
    if (!CHECK(t, 039, t->h->gso_type == GSO_NONE || (t->net->dev.agreed & HOST_SEGMENTS) != 0,
               "gso_type %#x with no segmentation feature agreed", LABEL(t), t->h->gso_type))
        return false;
    switch (type) {
    case GSO_NONE:
        return true;
    case GSO_TCPV4:
        return CHECK(t, 026, HAS(t, N_HOST_TSO4), "TCPV4 without HOST_TSO4", LABEL(t));
    case GSO_TCPV6:
        return CHECK(t, 028, HAS(t, N_HOST_TSO6), "TCPV6 without HOST_TSO6", LABEL(t));
    case GSO_UDP:
        return CHECK(t, 030, HAS(t, N_HOST_UFO), "UDP without HOST_UFO", LABEL(t));
    case GSO_UDP_L4:
        return CHECK(t, 032, HAS(t, N_HOST_USO), "UDP_L4 without HOST_USO", LABEL(t));
    default:
        return CHECK(t, 039, false, "gso_type %#x, which does not exist", LABEL(t), type);
    }
}

static bool check_ecn(const struct tx *t)
{
    const bool flagged = (t->h->gso_type & GSO_ECN) != 0;
    const bool tcp = t->in.l4 != 0 && t->in.proto == IP_PROTO_TCP;
    const bool in_frame = tcp && (t->frame[t->in.l4 + 13] & TCP_FLAGS_ECN) != 0;

    if (HAS(t, N_HOST_ECN)) {
        CHECK(t, 034, !in_frame || flagged, "a segment with ECN, gso_type %#x does not say so",
              LABEL(t), t->h->gso_type);
        return true;
    }
    return CHECK(t, 033, !in_frame && !flagged, "gso_type %#x, ECN %s without HOST_ECN", LABEL(t),
                 t->h->gso_type, in_frame ? "in the packet" : "flagged");
}

static bool check_segmentation(const struct tx *t)
{
    const struct net_header *h = t->h;

    bool ok = CHECK(t, 040, (h->flags & H_NEEDS_CSUM) != 0, "gso_type %#x without NEEDS_CSUM",
                    LABEL(t), h->gso_type);
    ok &= CHECK(t, 041, h->gso_size != 0, "gso_type %#x with gso_size 0", LABEL(t), h->gso_type);
    ok &= check_ecn(t);
    if (t->in.headers_end == 0)
        return ok;
    if (HAS(t, N_GUEST_HDRLEN))
        CHECK(t, 042, h->hdr_len == t->in.headers_end, "hdr_len %u, the headers have %u bytes",
              LABEL(t), h->hdr_len, t->in.headers_end);
    else
        CHECK(t, 043, h->hdr_len >= t->in.headers_end, "hdr_len %u, the headers have %u bytes",
              LABEL(t), h->hdr_len, t->in.headers_end);
    return ok;
}

bool net_check_header(struct model_net *net, const struct chain *chain, const struct net_header *h,
                      const uint8_t *frame, size_t len)
{
    struct tx t = {net, chain, h, frame, len, {0}};

    net_parse(frame, len, &t.in);
    if (!check_flags(&t) || !check_type(&t))
        return false;
    if (h->gso_type == GSO_NONE) {
        if (dev_has(&net->dev, N_MTU) && !net_config_lied(net) &&
            !CHECK(&t, 012, len <= net_plain_max(net, frame, len),
                   "frame of %zu bytes, mtu %u allows %zu", LABEL(&t), len, net->cfg.mtu,
                   net_plain_max(net, frame, len)))
            return false;
    } else if (!check_segmentation(&t)) {
        return false;
    }
    return check_checksum(&t);
}
