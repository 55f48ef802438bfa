/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Received frames, from the driver to lwIP: lent in place where lwIP has custom pbufs, else copied
 * once. Lengths are the driver's, which has checked what the device says.
 *
 * eth_rx is called by RT-Thread's receive thread until it returns nothing, after a mail that
 * rx_ready sends. So it may say "nothing" only when the driver has no more, or a further mail is on
 * its way. A lent frame comes back from whatever thread frees its pbuf.
 */
#include <rtthread.h>

#ifdef RT_USING_VIRTIO_NET

#include "rt_virtio_net_priv.h"

#define DROPS_MAX 32u /* in a row, before others have their turn */

/* ---- frames that are lent ---- */

#if LWIP_SUPPORT_CUSTOM_PBUF

static struct nic_loan *take_loan(struct rt_virtio_nic *nic)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&nic->lock);
    struct nic_loan *loan = nic->loans_free;

    if (loan != NULL) {
        nic->loans_free = loan->next;
    }
    virtio_port_unlock(&nic->lock, flags);
    return loan;
}

static void free_loan(struct pbuf *p)
{
    struct nic_loan *loan = (struct nic_loan *)(void *)p;
    struct rt_virtio_nic *nic = loan->nic;
    struct virtio_net_buf *frame = loan->frame;
    virtio_port_irqflags_t flags = virtio_port_lock(&nic->lock);

    loan->next = nic->loans_free;
    nic->loans_free = loan;
    virtio_port_unlock(&nic->lock, flags);
    (void)virtio_net_return(&nic->net, &frame, 1);
}

/* NULL: too many are lent already, or the frame is in several buffers. */
static struct pbuf *lend(struct rt_virtio_nic *nic, struct virtio_net_buf *frame)
{
    struct nic_loan *loan;

    if (frame->num_bufs != 1u || frame->len > UINT16_MAX - ETH_PAD_SIZE) {
        return NULL;
    }
    loan = take_loan(nic);
    if (loan == NULL) {
        return NULL;
    }
    loan->frame = frame;
    loan->pbuf.custom_free_function = free_loan;
    /* The padding before the frame is in the header's place, which is longer and has been read. */
    return pbuf_alloced_custom(PBUF_RAW, (u16_t)(frame->len + ETH_PAD_SIZE), PBUF_REF, &loan->pbuf,
                               frame->data - ETH_PAD_SIZE, (u16_t)(frame->len + ETH_PAD_SIZE));
}

static void init_loans(struct rt_virtio_nic *nic)
{
    for (unsigned i = 0; i < NIC_LENDS; i++) {
        nic->loans[i].nic = nic;
        nic->loans[i].next = nic->loans_free;
        nic->loans_free = &nic->loans[i];
    }
}

#else

static struct pbuf *lend(struct rt_virtio_nic *nic, struct virtio_net_buf *frame)
{
    (void)nic;
    (void)frame;
    return NULL;
}

static void init_loans(struct rt_virtio_nic *nic)
{
    (void)nic;
}

#endif

/* ---- frames that are copied ---- */

/* NULL: no memory, or more than a pbuf can say. The frame stays the caller's. */
static struct pbuf *copy(const struct virtio_net_buf *frame)
{
    struct pbuf *p = NULL;
    uint8_t *to;

    if (frame->frame_len <= UINT16_MAX - ETH_PAD_SIZE) {
        p = pbuf_alloc(PBUF_RAW, (u16_t)(frame->frame_len + ETH_PAD_SIZE), PBUF_RAM);
    }
    if (p == NULL) {
        return NULL;
    }
    to = (uint8_t *)p->payload + ETH_PAD_SIZE;
    for (const struct virtio_net_buf *buf = frame; buf != NULL; buf = buf->next) {
        rt_memcpy(to, buf->data, buf->len);
        to += buf->len;
    }
    return p;
}

/* ---- one after the other ---- */

static struct virtio_net_buf *next_frame(struct rt_virtio_nic *nic)
{
    if (nic->next_frame == nic->num_frames) {
        int n = virtio_net_receive(&nic->net, 0, nic->frames, NIC_RX_BATCH);

        nic->next_frame = 0;
        nic->num_frames = n > 0 ? (unsigned)n : 0u;
    }
    return nic->next_frame < nic->num_frames ? nic->frames[nic->next_frame++] : NULL;
}

struct pbuf *rt_virtio_nic_rx(rt_device_t dev)
{
    struct rt_virtio_nic *nic = rt_virtio_nic_of(dev);
    struct virtio_net_buf *frame;

    rt_virtio_nic_release(nic);
    if (nic->parent.netif != NULL && nic->parent.netif->mtu > nic->mtu) {
        nic->parent.netif->mtu = nic->mtu; /* RT-Thread sets its own when it adds the interface */
    }
    for (unsigned drops = 0; drops < DROPS_MAX; drops++) {
        struct pbuf *p;

        frame = next_frame(nic);
        if (frame == NULL) {
            return NULL;
        }
        p = lend(nic, frame);
        if (p != NULL) {
            return p;
        }
        p = copy(frame);
        (void)virtio_net_return(&nic->net, &frame, 1);
        if (p != NULL) {
            return p;
        }
        LINK_STATS_INC(link.memerr);
        LINK_STATS_INC(link.drop);
    }
    rt_virtio_nic_poke(nic);
    return NULL;
}

void rt_virtio_nic_rx_ready(struct virtio_net *net, unsigned pair)
{
    (void)pair;
    rt_virtio_nic_poke(net->params.cookie);
}

void rt_virtio_nic_rx_init(struct rt_virtio_nic *nic)
{
    init_loans(nic);
}

#endif
