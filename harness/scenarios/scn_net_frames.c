/* SPDX-License-Identifier: Apache-2.0 */
/* Frames for the network scenarios, and what is to come back for them. */
#include "scn_net.h"
#include "traffic.h"

const uint8_t scn_net_peer_mac[VIRTIO_NET_MAC_LEN] = {0x52, 0x55, 0x0a, 0x00, 0x02, 0x02};
static const uint8_t peer_ip[4] = {10, 0, 2, 2};
static const uint8_t broadcast[VIRTIO_NET_MAC_LEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

#define ETH_LEN  14u
#define IP_LEN   20u
#define ICMP_LEN 8u

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static uint32_t sum16(const uint8_t *p, uint32_t len, uint32_t sum)
{
    for (uint32_t i = 0; i < len; i++) {
        sum += (i & 1u) != 0 ? p[i] : (uint32_t)p[i] << 8;
    }
    return sum;
}

static uint32_t fold(uint32_t sum)
{
    while (sum > 0xffffu) {
        sum = (sum & 0xffffu) + (sum >> 16);
    }
    return sum;
}

static void fill(uint8_t *p, uint32_t len, uint32_t seed)
{
    uint32_t random = seed * 2654435761u + 1u;

    for (uint32_t i = 0; i < len; i++) {
        p[i] = (uint8_t)(scn_random(&random) >> 8);
    }
}

/* Our address of that device in 10.0.2.0/24. */
static void own_ip(unsigned i, uint8_t *ip)
{
    memcpy(ip, peer_ip, 4);
    ip[3] = (uint8_t)(15u + i);
}

static void ethernet(struct scn_env *env, unsigned i, const uint8_t *dst, uint32_t type,
                     uint8_t *frame)
{
    memcpy(frame, dst, VIRTIO_NET_MAC_LEN);
    memcpy(frame + 6, scn_net(env, i)->info.mac, VIRTIO_NET_MAC_LEN);
    put16(frame + 12, type);
}

/* What comes back is at first what was sent; from the peer, with its address and ours. */
static void expect_back(struct scn_env *env, unsigned i, struct scn_net_slot *slot)
{
    memcpy(slot->expect, slot->data, slot->len);
    slot->expect_len = slot->len;
    if (env->net->wire == SCN_NET_PEER) {
        memcpy(slot->expect, scn_net(env, i)->info.mac, VIRTIO_NET_MAC_LEN);
        memcpy(slot->expect + 6, scn_net_peer_mac, VIRTIO_NET_MAC_LEN);
    }
    slot->due = true;
}

struct scn_net_slot *scn_net_echo(struct scn_env *env, unsigned i, uint32_t len, uint32_t seed)
{
    struct scn_net_slot *slot = scn_net_slot(env, i);

    if (slot != NULL) {
        slot->len = len;
        ethernet(env, i,
                 env->net->wire == SCN_NET_PEER ? scn_net_peer_mac : scn_net(env, i)->info.mac,
                 SCN_NET_ECHO, slot->data);
        fill(slot->data + ETH_LEN, len - ETH_LEN, seed);
        expect_back(env, i, slot);
    }
    return slot;
}

struct scn_net_slot *scn_net_arp(struct scn_env *env, unsigned i)
{
    static const uint8_t request[8] = {0, 1, 0x08, 0x00, 6, 4, 0, 1};
    struct scn_net_slot *slot = scn_net_slot(env, i);
    uint8_t *arp;

    if (slot == NULL) {
        return NULL;
    }
    arp = slot->data + ETH_LEN;
    slot->len = ETH_LEN + 28u;
    ethernet(env, i, broadcast, 0x0806, slot->data);
    memcpy(arp, request, sizeof(request));
    memcpy(arp + 8, scn_net(env, i)->info.mac, VIRTIO_NET_MAC_LEN);
    own_ip(i, arp + 14);
    memset(arp + 18, 0, VIRTIO_NET_MAC_LEN);
    memcpy(arp + 24, peer_ip, 4);
    expect_back(env, i, slot);
    arp = slot->expect + ETH_LEN;
    arp[7] = 2; /* the answer, with sender and target changed about */
    memcpy(arp + 8, scn_net_peer_mac, VIRTIO_NET_MAC_LEN);
    memcpy(arp + 14, peer_ip, 4);
    memcpy(arp + 18, slot->data + ETH_LEN + 8, 10);
    return slot;
}

/* An IPv4 header without options, not to be fragmented. */
static void ip_header(uint8_t *ip, const uint8_t *src, const uint8_t *dst, uint8_t proto,
                      uint32_t len)
{
    memset(ip, 0, IP_LEN);
    ip[0] = 0x45;
    put16(ip + 2, len);
    ip[6] = 0x40;
    ip[8] = 64;
    ip[9] = proto;
    memcpy(ip + 12, src, 4);
    memcpy(ip + 16, dst, 4);
    put16(ip + 10, ~fold(sum16(ip, IP_LEN, 0)) & 0xffffu);
}

static void icmp_sum(uint8_t *icmp, uint32_t len)
{
    put16(icmp + 2, 0);
    put16(icmp + 2, ~fold(sum16(icmp, len, 0)) & 0xffffu);
}

struct scn_net_slot *scn_net_ping(struct scn_env *env, unsigned i, uint32_t payload, uint16_t seq)
{
    struct scn_net_slot *slot = scn_net_slot(env, i);
    uint8_t ip[4];
    uint8_t *icmp;

    if (slot == NULL) {
        return NULL;
    }
    own_ip(i, ip);
    slot->len = ETH_LEN + IP_LEN + ICMP_LEN + payload;
    ethernet(env, i, scn_net_peer_mac, 0x0800, slot->data);
    ip_header(slot->data + ETH_LEN, ip, peer_ip, 1, slot->len - ETH_LEN);
    icmp = slot->data + ETH_LEN + IP_LEN;
    memset(icmp, 0, ICMP_LEN);
    icmp[0] = 8;
    put16(icmp + 4, 0x5254);
    put16(icmp + 6, seq);
    fill(icmp + ICMP_LEN, payload, seq);
    icmp_sum(icmp, ICMP_LEN + payload);
    expect_back(env, i, slot);
    ip_header(slot->expect + ETH_LEN, peer_ip, ip, 1, slot->len - ETH_LEN);
    icmp = slot->expect + ETH_LEN + IP_LEN;
    icmp[0] = 0;
    icmp_sum(icmp, ICMP_LEN + payload);
    return slot;
}

int scn_net_inject(struct scn_env *env, unsigned i, unsigned pair, const uint8_t *dst, uint32_t len,
                   uint32_t seed, bool wanted)
{
    uint8_t frame[SCN_NET_FRAME];
    struct scn_net_slot *slot = wanted ? scn_net_slot(env, i) : NULL;
    uint8_t *data = slot != NULL ? slot->expect : frame;

    if (wanted && slot == NULL) {
        return -EAGAIN;
    }
    memcpy(data, dst, VIRTIO_NET_MAC_LEN);
    memcpy(data + 6, scn_net_peer_mac, VIRTIO_NET_MAC_LEN);
    put16(data + 12, SCN_NET_ECHO);
    fill(data + ETH_LEN, len - ETH_LEN, seed);
    if (slot != NULL) {
        slot->expect_len = len;
        slot->due = true;
    }
    if (!env->net->ops->inject(env, i, pair, data, len, NULL)) {
        if (slot != NULL) {
            slot->due = false;
        }
        return -ETIMEDOUT; /* lost on its way: it would never come */
    }
    return 0;
}

/* ---- transport protocols ---- */

void scn_net_ipv4(struct scn_env *env, unsigned i, uint8_t proto, uint32_t len, uint32_t seed,
                  uint8_t *frame)
{
    uint8_t *ip = frame + ETH_LEN;
    uint8_t *l4 = ip + IP_LEN;
    uint32_t l4_len = len - ETH_LEN - IP_LEN;
    uint8_t own[4];
    uint32_t pseudo;

    own_ip(i, own);
    ethernet(env, i, env->net->wire == SCN_NET_PEER ? scn_net_peer_mac : scn_net(env, i)->info.mac,
             0x0800, frame);
    ip_header(ip, own, peer_ip, proto, len - ETH_LEN);
    fill(l4, l4_len, seed);
    put16(l4, 40000);
    put16(l4 + 2, 9);
    pseudo = fold(sum16(ip + 12, 8, proto + l4_len));
    if (proto == 17u) {
        put16(l4 + 4, l4_len);
        put16(l4 + 6, pseudo);
    } else {
        l4[12] = 0x50; /* header of 20 bytes */
        l4[13] = 0x10; /* ACK */
        put16(l4 + 16, pseudo);
    }
}

void scn_net_complete(uint8_t *frame, uint32_t len, uint32_t start, uint32_t offset)
{
    uint32_t sum = ~fold(sum16(frame + start, len - start, 0)) & 0xffffu;

    put16(frame + start + offset, sum != 0 ? sum : 0xffffu);
}
