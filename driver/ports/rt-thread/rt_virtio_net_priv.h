/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the network glue share: an interface, its frames under way in lwIP and in the
 * device. */
#ifndef RT_VIRTIO_NET_PRIV_H
#define RT_VIRTIO_NET_PRIV_H

#include <rtthread.h>
#include <lwip/pbuf.h>
#include <lwip/stats.h>
#include <netif/ethernetif.h>

#include "rt_virtio_priv.h"

#include "virtio/virtio_net.h"

#ifndef RT_VIRTIO_NET_RX_BUFFERS
#define RT_VIRTIO_NET_RX_BUFFERS 32u /* power of two */
#endif
#ifndef RT_VIRTIO_NET_TX_FRAMES
#define RT_VIRTIO_NET_TX_FRAMES 32u /* power of two */
#endif

/* More than the device's ring takes: those that are done and not freed, and those not yet sent. */
#define NIC_SENDINGS (RT_VIRTIO_NET_TX_FRAMES + 8u)
#define NIC_TX_SEGS  8u
#define NIC_RX_BATCH 8u

/* A custom pbuf has the received frame in place. lwIP has them with IP fragments, or when the board
 * sets LWIP_SUPPORT_CUSTOM_PBUF; without, frames are copied. At most half of the device's buffers
 * are lent: an application that does not read must not keep the device from receiving. */
#if LWIP_SUPPORT_CUSTOM_PBUF
#define NIC_LENDS (RT_VIRTIO_NET_RX_BUFFERS / 2u)
#else
#define NIC_LENDS 0u
#endif

struct rt_virtio_nic;

#if LWIP_SUPPORT_CUSTOM_PBUF
struct nic_loan {
    struct pbuf_custom pbuf; /* first: lwIP hands it to us */
    struct nic_loan *next;
    struct rt_virtio_nic *nic;
    struct virtio_net_buf *frame;
};
#endif

struct nic_sending {
    struct virtio_net_tx tx;
    struct virtio_net_seg segs[NIC_TX_SEGS];
    struct nic_sending *next;
    struct pbuf *pbuf;
};

struct rt_virtio_nic {
    struct eth_device parent; /* first: RT-Thread hands it to us */
    struct virtio_net net;
    uint16_t mtu;
    bool up; /* lwIP has the interface: it may be told of the link */
    struct rt_timer poke;
    struct rt_mutex recovery;
    uint64_t next_reset_us; /* under `recovery` */

    /* Received frames on their way to lwIP: one thread at a time, as eth_rx is called. */
    struct virtio_net_buf *frames[NIC_RX_BATCH];
    unsigned num_frames, next_frame;

    virtio_port_lock_t lock; /* of all that follows */
#if LWIP_SUPPORT_CUSTOM_PBUF
    struct nic_loan *loans_free;
    struct nic_loan loans[NIC_LENDS];
#endif
    struct nic_sending *sending_free;
    struct nic_sending *sent; /* done, pbuf to be freed by a thread */
    unsigned senders;         /* threads in eth_tx, which will look at `sent` */
    bool stuck; /* waited in vain, nothing was sent since; a hint, read without the lock */
    virtio_port_event_t room;
    struct nic_sending sending[NIC_SENDINGS];
};

static inline struct rt_virtio_nic *rt_virtio_nic_of(rt_device_t dev)
{
    return (struct rt_virtio_nic *)(void *)dev;
}

/* rt_virtio_net.c. Has eth_rx called soon, from the thread that does that. Context: any. */
void rt_virtio_nic_poke(struct rt_virtio_nic *nic);
void rt_virtio_nic_tell_link(struct rt_virtio_nic *nic, bool link_up);

/* rt_virtio_net_rx.c */
void rt_virtio_nic_rx_init(struct rt_virtio_nic *nic);
struct pbuf *rt_virtio_nic_rx(rt_device_t dev);
void rt_virtio_nic_rx_ready(struct virtio_net *net, unsigned pair);

/* rt_virtio_net_tx.c */
int rt_virtio_nic_tx_init(struct rt_virtio_nic *nic);
void rt_virtio_nic_tx_deinit(struct rt_virtio_nic *nic);
rt_err_t rt_virtio_nic_tx(rt_device_t dev, struct pbuf *p);
void rt_virtio_nic_tx_ready(struct virtio_net *net, unsigned pair);
/* Frees what the device has sent. Context: thread. */
void rt_virtio_nic_release(struct rt_virtio_nic *nic);

#endif
