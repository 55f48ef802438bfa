/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripted host on the other end of the wire (model_net_peer.h): ARP (RFC 826), ICMP echo
 * (RFC 792), UDP echo (RFC 862), and frames of a local experimental Ethertype. Whatever is
 * malformed, fragmented or meant for somebody else gets no answer.
 */
#include <string.h>

#include "net_frame.h"
#include "virtio_model/model_net_peer.h"

#define ARP_BYTES    28u
#define ICMP_HEADER  8u
#define ICMP_REPLY   0u
#define ICMP_REQUEST 8u
#define UDP_ECHO     7u
#define TTL          64u

struct peer {
    uint8_t mac[6], ipv4[4];
    const uint8_t *frame; /* the question */
    size_t len;
    uint8_t *out;
};

static const uint8_t zero[6];

static struct peer who(const struct model_net_peer_config *cfg)
{
    static const uint8_t usual_mac[6] = {0x52, 0x55, 0x0a, 0x00, 0x02, 0x02};
    static const uint8_t usual_ipv4[4] = {10, 0, 2, 2};
    struct peer p = {.frame = NULL};

    memcpy(p.mac, memcmp(cfg->mac, zero, 6) ? cfg->mac : usual_mac, 6);
    memcpy(p.ipv4, memcmp(cfg->ipv4, zero, 4) ? cfg->ipv4 : usual_ipv4, 4);
    return p;
}

static bool to_me(const struct peer *p)
{
    return memcmp(p->frame, p->mac, 6) == 0;
}

static bool to_all(const struct peer *p)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    return memcmp(p->frame, broadcast, 6) == 0;
}

/* Ethernet header of the answer: back to the sender. */
static void address(const struct peer *p)
{
    memcpy(p->out, p->frame + 6, 6);
    memcpy(p->out + 6, p->mac, 6);
    memcpy(p->out + 12, p->frame + 12, 2);
}

static size_t answer_arp(const struct peer *p)
{
    static const uint8_t request[8] = {0, 1, 0x08, 0x00, 6, 4, 0, 1};
    const uint8_t *arp = p->frame + ETH_HEADER;
    uint8_t *out = p->out + ETH_HEADER;

    if (p->len < ETH_HEADER + ARP_BYTES || memcmp(arp, request, sizeof(request)) != 0 ||
        memcmp(arp + 8, p->frame + 6, 6) != 0 || memcmp(arp + 24, p->ipv4, 4) != 0)
        return 0;
    address(p);
    memcpy(out, request, sizeof(request));
    out[7] = 2; /* reply */
    memcpy(out + 8, p->mac, 6);
    memcpy(out + 14, p->ipv4, 4);
    memcpy(out + 18, arp + 8, 10); /* to the sender's addresses */
    return ETH_HEADER + ARP_BYTES;
}

static size_t answer_echo(const struct peer *p)
{
    address(p);
    memcpy(p->out + ETH_HEADER, p->frame + ETH_HEADER, p->len - ETH_HEADER);
    return p->len;
}

/* ---- IPv4 ---- */

static bool icmp_request(const struct peer *p, const struct net_layers *in)
{
    const uint8_t *icmp = p->frame + in->l4;
    const size_t len = in->end - in->l4;

    return len >= ICMP_HEADER && icmp[0] == ICMP_REQUEST && icmp[1] == 0 &&
           net_fold(net_sum(icmp, len, 0)) == 0xffff;
}

static bool udp_request(const struct peer *p, const struct net_layers *in)
{
    const uint8_t *udp = p->frame + in->l4;

    return load_be16(udp + 2) == UDP_ECHO && load_be16(udp + 4) == in->end - in->l4 &&
           net_transport_good(p->frame, in);
}

/* An IPv4 header without options for `payload` bytes that are in place behind it. */
static void ipv4_header(const struct peer *p, const struct net_layers *in, size_t payload)
{
    uint8_t *ip = p->out + ETH_HEADER;

    memset(ip, 0, IPV4_HEADER);
    ip[0] = 0x45;
    store_be16(ip + 2, (uint16_t)(IPV4_HEADER + payload));
    ip[6] = 0x40; /* not to be fragmented */
    ip[8] = TTL;
    ip[9] = in->proto;
    memcpy(ip + 12, p->ipv4, 4);
    memcpy(ip + 16, p->frame + in->l3 + 12, 4);
    store_be16(ip + 10, (uint16_t)~net_fold(net_sum(ip, IPV4_HEADER, 0)));
}

static void finish_icmp(uint8_t *icmp, size_t len)
{
    icmp[0] = ICMP_REPLY;
    store_be16(icmp + ICMP_CSUM_AT, 0);
    store_be16(icmp + ICMP_CSUM_AT, (uint16_t)~net_fold(net_sum(icmp, len, 0)));
}

static void finish_udp(uint8_t *frame, size_t len)
{
    struct net_layers in;
    uint8_t ports[4];

    net_parse(frame, len, &in);
    memcpy(ports, frame + in.l4, 4);
    memcpy(frame + in.l4, ports + 2, 2);
    memcpy(frame + in.l4 + 2, ports, 2);
    store_be16(frame + in.l4 + UDP_CSUM_AT, net_fold(net_pseudo_sum(frame, &in)));
    net_complete_checksum(frame, len, in.l4, UDP_CSUM_AT);
}

static size_t answer_ipv4(const struct peer *p, const struct net_layers *in)
{
    const uint8_t *ip = p->frame + in->l3;
    const size_t payload = in->end - in->l4;

    if (in->ip_version != 4 || in->l4 == 0 || !net_ipv4_header_good(p->frame, in) ||
        memcmp(ip + 16, p->ipv4, 4) != 0 || in->l3 + (size_t)load_be16(ip + 2) != in->end)
        return 0;
    if (!(in->proto == IP_PROTO_ICMP && icmp_request(p, in)) &&
        !(in->proto == IP_PROTO_UDP && udp_request(p, in)))
        return 0;
    address(p);
    memcpy(p->out + ETH_HEADER + IPV4_HEADER, p->frame + in->l4, payload);
    ipv4_header(p, in, payload);
    if (in->proto == IP_PROTO_ICMP)
        finish_icmp(p->out + ETH_HEADER + IPV4_HEADER, payload);
    else
        finish_udp(p->out, ETH_HEADER + IPV4_HEADER + payload);
    return ETH_HEADER + IPV4_HEADER + payload;
}

size_t model_net_peer_answer(const struct model_net_peer_config *peer, const uint8_t *frame,
                             size_t len, uint8_t *out, size_t out_size)
{
    struct peer p = who(peer);
    struct net_layers in;

    /* No answer is longer than its question. */
    if (len < ETH_HEADER || len > out_size)
        return 0;
    p.frame = frame;
    p.len = len;
    p.out = out;
    net_parse(frame, len, &in);
    if ((frame[6] & 1) != 0 || in.tagged)
        return 0;
    if (in.ethertype == ETH_TYPE_ARP && (to_me(&p) || to_all(&p)))
        return answer_arp(&p);
    if (in.ethertype == ETH_TYPE_IPV4 && to_me(&p))
        return answer_ipv4(&p, &in);
    if (in.ethertype == MODEL_NET_PEER_ECHO && (to_me(&p) || to_all(&p)))
        return answer_echo(&p);
    return 0;
}
