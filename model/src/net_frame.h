/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is inside an Ethernet frame, as far as checksums and segmentation need it: one VLAN tag,
 * IPv4 and IPv6 without extension headers, TCP, UDP, ICMP; and the Internet checksum (RFC 1071).
 * Knows nothing of virtio.
 */
#ifndef MODEL_NET_FRAME_H
#define MODEL_NET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETH_HEADER    14u
#define ETH_VLAN      4u
#define ETH_TYPE_IPV4 0x0800u
#define ETH_TYPE_ARP  0x0806u
#define ETH_TYPE_VLAN 0x8100u
#define ETH_TYPE_IPV6 0x86ddu
#define IP_PROTO_ICMP 1u
#define IP_PROTO_TCP  6u
#define IP_PROTO_UDP  17u
#define TCP_FLAGS_ECN 0xc0u /* CWR and ECE */
#define TCP_CSUM_AT   16u
#define UDP_CSUM_AT   6u
#define UDP_HEADER    8u
#define ICMP_CSUM_AT  2u
#define IPV4_HEADER   20u
#define IPV6_HEADER   40u

struct net_layers {
    uint16_t ethertype; /* behind the tag */
    bool tagged;
    uint16_t vlan;        /* id, with tagged */
    unsigned ip_version;  /* 4, 6, or 0: no such packet in it */
    unsigned l3, l4;      /* offsets; l4 0: no transport header that can be looked at */
    uint8_t proto;        /* with l4 */
    unsigned headers_end; /* with l4 and TCP or UDP: where the payload begins, else 0 */
    size_t end;           /* of the IP packet, at most the frame's */
};

static inline uint16_t load_be16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline void store_be16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/* Sum of 16-bit words in network order, an odd byte at the end padded; folded by net_fold(). */
uint32_t net_sum(const uint8_t *p, size_t len, uint32_t sum);
uint16_t net_fold(uint32_t sum);

/* Takes the frame apart. A malformed or fragmented packet has l4 0; `len` may be anything. */
void net_parse(const uint8_t *frame, size_t len, struct net_layers *out);

/* The IPv4 header's own checksum is right. */
bool net_ipv4_header_good(const uint8_t *frame, const struct net_layers *in);

/* Where the transport checksum is in the frame; 0: the protocol has none that is known here. */
unsigned net_checksum_at(const struct net_layers *in);

/* Sum of the pseudo header of the transport protocol; not folded. */
uint32_t net_pseudo_sum(const uint8_t *frame, const struct net_layers *in);

/* The transport checksum over packet and pseudo header is right (an absent one of UDP as well). */
bool net_transport_good(const uint8_t *frame, const struct net_layers *in);

/* Completes a partial checksum: the sum over [start, end) is stored at start + offset. The caller
 * has seen to it that both bytes are inside. */
void net_complete_checksum(uint8_t *frame, size_t len, unsigned start, unsigned offset);

#endif
