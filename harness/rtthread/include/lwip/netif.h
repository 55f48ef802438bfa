/* SPDX-License-Identifier: Apache-2.0 */
/* The part of lwIP's interface structure that a network driver sees. */
#ifndef LWIP_HDR_NETIF_H
#define LWIP_HDR_NETIF_H

#include "lwip/err.h"
#include "lwip/pbuf.h"

#define NETIF_MAX_HWADDR_LEN 6U
#define NETIF_FLAG_UP        0x01U
#define NETIF_FLAG_BROADCAST 0x02U
#define NETIF_FLAG_LINK_UP   0x04U
#define NETIF_FLAG_ETHARP    0x08U
#define NETIF_FLAG_ETHERNET  0x10U
#define NETIF_FLAG_IGMP      0x20U

struct netif {
    struct netif *next;
    err_t (*input)(struct pbuf *p, struct netif *inp);
    err_t (*linkoutput)(struct netif *netif, struct pbuf *p);
    void *state;
    u16_t mtu;
    u8_t hwaddr[NETIF_MAX_HWADDR_LEN];
    u8_t hwaddr_len;
    u8_t flags;
    char name[2];
    u8_t num;
};

#endif
