/* SPDX-License-Identifier: Apache-2.0 */
/* A network device driven by hand: up to two pairs and the control queue, buffers of one size. */
#ifndef MODEL_TESTS_HAND_NET_H
#define MODEL_TESTS_HAND_NET_H

#include "hand_queue.h"
#include "virtio_model/model_net.h"

#define HN_CSUM       HB(0)
#define HN_GUEST_CSUM HB(1)
#define HN_OFFLOADS   HB(2)
#define HN_MTU        HB(3)
#define HN_MAC        HB(5)
#define HN_GUEST_TSO4 HB(7)
#define HN_HOST_TSO4  HB(11)
#define HN_HOST_TSO6  HB(12)
#define HN_HOST_ECN   HB(13)
#define HN_MRG        HB(15)
#define HN_STATUS     HB(16)
#define HN_CTRL       HB(17)
#define HN_CTRL_RX    HB(18)
#define HN_VLAN       HB(19)
#define HN_RX_EXTRA   HB(20)
#define HN_ANNOUNCE   HB(21)
#define HN_MQ         HB(22)
#define HN_CTRL_MAC   HB(23)
#define HN_ANY        HB(27)

#define HN_PAIRS    2u
#define HN_BUFFERS  8u
#define HN_BUF_MAX  65600u
#define HN_FRAME    1514u
#define HN_ACK_NONE 0xeeu

struct hand_net {
    struct hand *h;
    struct model_net *net;
    unsigned header; /* bytes */
    uint32_t rx_bytes;
    struct hand_queue rx[HN_PAIRS], tx[HN_PAIRS], ctrl;
    bool has_ctrl;
    uint8_t buf[HN_PAIRS][HN_BUFFERS][HN_BUF_MAX];
    int head_of[HN_PAIRS][HN_BUFFERS]; /* -1: not posted */
    uint8_t tx_header[12], tx_frame[66000];
    uint8_t cmd[2048], ack;
};
extern struct hand_net hn;

/* A board with one network device that offers cfg->dev.features. */
void hn_board(struct hand *h, enum model_schedule schedule, const struct model_net_config *cfg);
/* Bring-up with the features wanted; receive buffers of rx_bytes each (0: none posted). */
void hn_up(uint64_t wanted, unsigned pairs, uint32_t rx_bytes);
void hn_down(void);

void hn_post(unsigned pair, unsigned buffer);
/* Waits for the next used buffer of the pair: its index or -1; not posted again. */
int hn_receive(unsigned pair, uint32_t *len);

/* Sends hn.tx_frame with hn.tx_header, and clears the header. False: never given back. */
bool hn_send(unsigned pair, uint32_t len);
/* A command with data; the ack byte, HN_ACK_NONE: not written. */
uint8_t hn_command(uint8_t class, uint8_t command, const void *data, uint32_t len);

/* An Ethernet frame into hn.tx_frame: header, then bytes that count up. */
void hn_frame(const uint8_t *dst, uint16_t ethertype, uint32_t len);
/* A UDP packet over IPv4 (or a TCP one, headers of 20 bytes), checksums as asked. */
enum hn_csum { HN_CSUM_FULL, HN_CSUM_PARTIAL, HN_CSUM_WRONG };
void hn_packet(const uint8_t *dst, uint8_t proto, uint32_t payload, enum hn_csum csum);
uint16_t hn_sum(const uint8_t *p, size_t len, uint32_t sum); /* folded, not inverted */
void hn_put16(uint8_t *p, uint16_t v);                       /* little-endian */

#endif
