/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet frames taken apart, and their checksums; see net_frame.h. */
#include "net_frame.h"

uint32_t net_sum(const uint8_t *p, size_t len, uint32_t sum)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        sum += load_be16(p + i);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    if (len & 1)
        sum += (uint32_t)p[len - 1] << 8;
    return sum;
}

uint16_t net_fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* ---- taking apart ---- */

static void parse_ipv4(const uint8_t *frame, size_t len, struct net_layers *out)
{
    const uint8_t *ip = frame + out->l3;

    if (len < out->l3 + IPV4_HEADER || ip[0] >> 4 != 4)
        return;
    const unsigned header = (ip[0] & 15u) * 4;
    const size_t total = load_be16(ip + 2);
    if (header < IPV4_HEADER || len < out->l3 + header || (total != 0 && total < header))
        return;
    out->ip_version = 4;
    /* A packet to be segmented may be longer than the field can say. */
    out->end = total == 0 || out->l3 + total > len ? len : out->l3 + total;
    if (load_be16(ip + 6) & 0x3fff) /* a fragment */
        return;
    out->l4 = out->l3 + header;
    out->proto = ip[9];
}

static void parse_ipv6(const uint8_t *frame, size_t len, struct net_layers *out)
{
    const uint8_t *ip = frame + out->l3;

    if (len < out->l3 + IPV6_HEADER || ip[0] >> 4 != 6)
        return;
    const size_t payload = load_be16(ip + 4);
    const size_t end = out->l3 + IPV6_HEADER + payload;
    out->ip_version = 6;
    out->end = payload == 0 || end > len ? len : end;
    out->l4 = out->l3 + IPV6_HEADER;
    out->proto = ip[6];
}

static unsigned transport_header(const uint8_t *frame, const struct net_layers *in)
{
    const size_t left = in->end - in->l4;

    if (in->proto == IP_PROTO_UDP)
        return left >= UDP_HEADER ? UDP_HEADER : 0;
    if (in->proto != IP_PROTO_TCP || left < 20)
        return 0;
    const unsigned header = (frame[in->l4 + 12] >> 4) * 4u;
    return header >= 20 && header <= left ? header : 0;
}

void net_parse(const uint8_t *frame, size_t len, struct net_layers *out)
{
    *out = (struct net_layers){.l3 = ETH_HEADER, .end = len};
    if (len < ETH_HEADER)
        return;
    out->ethertype = load_be16(frame + 12);
    if (out->ethertype == ETH_TYPE_VLAN && len >= ETH_HEADER + ETH_VLAN) {
        out->tagged = true;
        out->vlan = load_be16(frame + 14) & 0xfff;
        out->ethertype = load_be16(frame + 16);
        out->l3 += ETH_VLAN;
    }
    if (out->ethertype == ETH_TYPE_IPV4)
        parse_ipv4(frame, len, out);
    else if (out->ethertype == ETH_TYPE_IPV6)
        parse_ipv6(frame, len, out);
    if (out->l4 == 0)
        return;
    const unsigned header = transport_header(frame, out);
    if (header)
        out->headers_end = out->l4 + header;
    else if (out->proto == IP_PROTO_TCP || out->proto == IP_PROTO_UDP)
        out->l4 = 0; /* cut short */
}

/* ---- checksums ---- */

bool net_ipv4_header_good(const uint8_t *frame, const struct net_layers *in)
{
    const uint8_t *ip = frame + in->l3;

    return net_fold(net_sum(ip, (ip[0] & 15u) * 4u, 0)) == 0xffff;
}

unsigned net_checksum_at(const struct net_layers *in)
{
    if (in->l4 == 0)
        return 0;
    switch (in->proto) {
    case IP_PROTO_TCP:
        return in->l4 + TCP_CSUM_AT;
    case IP_PROTO_UDP:
        return in->l4 + UDP_CSUM_AT;
    default:
        return 0;
    }
}

uint32_t net_pseudo_sum(const uint8_t *frame, const struct net_layers *in)
{
    const uint8_t *ip = frame + in->l3;
    const uint32_t sum = (uint32_t)(in->end - in->l4) + in->proto;

    return in->ip_version == 4 ? net_sum(ip + 12, 8, sum) : net_sum(ip + 8, 32, sum);
}

bool net_transport_good(const uint8_t *frame, const struct net_layers *in)
{
    const unsigned at = net_checksum_at(in);

    if (at == 0)
        return true;
    if (in->proto == IP_PROTO_UDP && in->ip_version == 4 && load_be16(frame + at) == 0)
        return true;
    return net_fold(net_sum(frame + in->l4, in->end - in->l4, net_pseudo_sum(frame, in))) == 0xffff;
}

void net_complete_checksum(uint8_t *frame, size_t len, unsigned start, unsigned offset)
{
    uint16_t sum = (uint16_t)~net_fold(net_sum(frame + start, len - start, 0));

    /* Zero would mean "no checksum" to UDP; both are the same number in one's complement. */
    if (sum == 0)
        sum = 0xffff;
    store_be16(frame + start + offset, sum);
}
