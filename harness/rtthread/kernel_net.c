/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ethernet devices and packet buffers. eth_device_ready() and eth_device_linkchange() leave a note,
 * as the mail to RT-Thread's receive thread does; rthost_eth_receive() is that thread's turn.
 */
#include <lwip/stats.h>
#include <netif/ethernetif.h>
#include <string.h>

#include "kernel.h"
#include "rthost_net.h"

/* ---- packet buffers: one block each, PBUF_POOL in chains ---- */

struct stats_ lwip_stats;

struct block {
    struct pbuf pbuf; /* first */
};

static struct pbuf *one_pbuf(u16_t headroom, u16_t len, u16_t tot_len, pbuf_type type)
{
    bool refers = type == PBUF_ROM || type == PBUF_REF;
    size_t room = refers ? 0 : (size_t)headroom + len;
    struct pbuf *p = rt_malloc(sizeof(struct block) + room);

    if (p != NULL) {
        memset(p, 0, sizeof(*p));
        p->payload = refers ? NULL : (uint8_t *)p + sizeof(struct block) + headroom;
        p->len = len;
        p->tot_len = tot_len;
        p->type_internal = (u8_t)type;
        p->ref = 1;
    }
    return p;
}

struct pbuf *pbuf_alloc(pbuf_layer l, u16_t length, pbuf_type type)
{
    u16_t piece = type == PBUF_POOL && length > PBUF_POOL_BUFSIZE ? PBUF_POOL_BUFSIZE : length;
    struct pbuf *head = one_pbuf((u16_t)l, piece, length, type);
    struct pbuf *tail = head;

    for (u16_t left = (u16_t)(length - piece); left != 0 && head != NULL;
         left = (u16_t)(left - piece)) {
        piece = left < PBUF_POOL_BUFSIZE ? left : PBUF_POOL_BUFSIZE;
        tail->next = one_pbuf(0, piece, left, type);
        if (tail->next == NULL) {
            (void)pbuf_free(head);
            return NULL;
        }
        tail = tail->next;
    }
    return head;
}

struct pbuf *pbuf_alloced_custom(pbuf_layer l, u16_t length, pbuf_type type, struct pbuf_custom *p,
                                 void *payload_mem, u16_t payload_mem_len)
{
    if ((size_t)l + length > payload_mem_len) {
        return NULL;
    }
    memset(&p->pbuf, 0, sizeof(p->pbuf));
    p->pbuf.flags = PBUF_FLAG_IS_CUSTOM;
    p->pbuf.payload = payload_mem != NULL ? (uint8_t *)payload_mem + l : NULL;
    p->pbuf.len = p->pbuf.tot_len = length;
    p->pbuf.type_internal = (u8_t)type;
    p->pbuf.ref = 1;
    return &p->pbuf;
}

void pbuf_ref(struct pbuf *p)
{
    if (p != NULL) {
        p->ref++;
    }
}

u8_t pbuf_free(struct pbuf *p)
{
    u8_t freed = 0;

    while (p != NULL) {
        struct pbuf *next = p->next;

        if (p->ref == 0) {
            rthost_panic("pbuf_free of a packet that is free");
        }
        if (--p->ref != 0) {
            break;
        }
        if ((p->flags & PBUF_FLAG_IS_CUSTOM) != 0) {
            ((struct pbuf_custom *)(void *)p)->custom_free_function(p);
        } else {
            rt_free(p);
        }
        freed++;
        p = next;
    }
    return freed;
}

/* Shortens the packet; what is behind goes back. */
void pbuf_realloc(struct pbuf *p, u16_t size)
{
    u16_t less = (u16_t)(p->tot_len - size);

    if (size >= p->tot_len) {
        return;
    }
    while (size > p->len) {
        p->tot_len = (u16_t)(p->tot_len - less);
        size = (u16_t)(size - p->len);
        p = p->next;
    }
    p->len = p->tot_len = size;
    (void)pbuf_free(p->next);
    p->next = NULL;
}

u16_t pbuf_clen(const struct pbuf *p)
{
    u16_t n = 0;

    for (; p != NULL; p = p->next) {
        n++;
    }
    return n;
}

void pbuf_cat(struct pbuf *head, struct pbuf *tail)
{
    for (; head->next != NULL; head = head->next) {
        head->tot_len = (u16_t)(head->tot_len + tail->tot_len);
    }
    head->tot_len = (u16_t)(head->tot_len + tail->tot_len);
    head->next = tail;
}

u16_t pbuf_copy_partial(const struct pbuf *p, void *dataptr, u16_t len, u16_t offset)
{
    u16_t done = 0;

    for (; p != NULL && done < len; p = p->next) {
        if (offset >= p->len) {
            offset = (u16_t)(offset - p->len);
        } else {
            u16_t part = (u16_t)(p->len - offset);

            part = part < len - done ? part : (u16_t)(len - done);
            memcpy((uint8_t *)dataptr + done, (const uint8_t *)p->payload + offset, part);
            done = (u16_t)(done + part);
            offset = 0;
        }
    }
    return done;
}

err_t pbuf_take(struct pbuf *buf, const void *dataptr, u16_t len)
{
    u16_t done = 0;

    if (buf == NULL || dataptr == NULL || buf->tot_len < len) {
        return buf == NULL || dataptr == NULL ? ERR_ARG : ERR_MEM;
    }
    for (; done < len; buf = buf->next) {
        u16_t part = buf->len < len - done ? buf->len : (u16_t)(len - done);

        memcpy(buf->payload, (const uint8_t *)dataptr + done, part);
        done = (u16_t)(done + part);
    }
    return ERR_OK;
}

/* ---- Ethernet devices ---- */

rt_err_t eth_device_init_with_flag(struct eth_device *dev, const char *name, rt_uint16_t flag)
{
    struct netif *netif = rt_calloc(1, sizeof(*netif));

    if (netif == RT_NULL) {
        return -RT_ERROR;
    }
    dev->netif = netif;
    dev->flags = flag;
    dev->link_changed = 0;
    dev->rx_notice = 0;
    dev->parent.type = RT_Device_Class_NetIf;
    /* Unchecked in RT-Thread, and here: a second device of a name is not found by it. */
    (void)rt_device_register(&dev->parent, name, RT_DEVICE_FLAG_RDWR);
    netif->name[0] = name[0];
    netif->name[1] = name[1];
    netif->hwaddr_len = NETIF_MAX_HWADDR_LEN;
    netif->mtu = ETHERNET_MTU;
    netif->state = dev;
    (void)rt_device_control(&dev->parent, NIOCTL_GADDR, netif->hwaddr);
    return rthost_eth_start(dev);
}

/* What the TCP/IP thread does when it adds the interface. */
rt_err_t rthost_eth_start(struct eth_device *dev)
{
    rt_err_t result = rt_device_init(&dev->parent);

    if (result == RT_EOK) {
        result = rt_device_open(&dev->parent, RT_DEVICE_FLAG_RDWR);
    }
    if (result == RT_EOK && (dev->flags & ETHIF_LINK_PHYUP) != 0) {
        dev->netif->flags |= NETIF_FLAG_LINK_UP;
    }
    return RT_EOK; /* the caller of eth_device_init is told nothing of it */
}

rt_err_t eth_device_init(struct eth_device *dev, const char *name)
{
    return eth_device_init_with_flag(dev, name, NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP);
}

void eth_device_deinit(struct eth_device *dev)
{
    (void)rt_device_close(&dev->parent);
    (void)rt_device_unregister(&dev->parent);
    rt_free(dev->netif);
    dev->netif = RT_NULL;
}

int eth_system_device_init(void)
{
    return 0;
}

rt_err_t eth_device_ready(struct eth_device *dev)
{
    if (dev->netif == RT_NULL) {
        return -RT_ERROR;
    }
    dev->rx_notice = RT_TRUE;
    return RT_EOK;
}

rt_err_t eth_device_linkchange(struct eth_device *dev, rt_bool_t up)
{
    dev->link_changed = 1;
    dev->link_status = up == RT_TRUE;
    return RT_EOK;
}

unsigned rthost_eth_receive(struct eth_device *dev)
{
    unsigned n = 0;
    struct pbuf *p;

    if (dev->link_changed != 0) {
        dev->link_changed = 0;
        dev->netif->flags = (u8_t)(dev->link_status != 0 ? dev->netif->flags | NETIF_FLAG_LINK_UP
                                                         : dev->netif->flags & ~NETIF_FLAG_LINK_UP);
    }
    if (dev->rx_notice == RT_FALSE) {
        return 0;
    }
    dev->rx_notice = RT_FALSE;
    while ((p = dev->eth_rx(&dev->parent)) != NULL) {
        n++;
        if (dev->netif->input == NULL || dev->netif->input(p, dev->netif) != ERR_OK) {
            (void)pbuf_free(p);
        }
    }
    return n;
}
