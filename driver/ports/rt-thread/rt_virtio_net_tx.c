/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames to be sent, from lwIP to the driver: the pbufs of a chain as they are, each one a segment,
 * with a reference held until the device has taken the frame. Copied is what lwIP does not allow to
 * be kept, and a chain of more pbufs than the device takes segments.
 *
 * A pbuf is freed by a thread and never in the interrupt, where lwIP's memory is out of bounds:
 * frames that are done wait in a list for the next thread in eth_tx or eth_rx, and eth_rx is asked
 * for when nobody is on the way there.
 */
#include <rtthread.h>

#ifdef RT_USING_VIRTIO_NET

#include "rt_virtio_net_priv.h"

#include <lwip/init.h>

#define ROOM_WAIT_US     100000u  /* for a full ring to move, before the frame is lost */
#define RESET_BACKOFF_US 1000000u /* between attempts to bring a broken device back */

/* ---- done ---- */

static void tx_done(struct virtio_net_tx *tx, int result)
{
    struct nic_sending *sending = (struct nic_sending *)(void *)tx;
    struct rt_virtio_nic *nic = tx->cookie;
    virtio_port_irqflags_t flags = virtio_port_lock(&nic->lock);
    bool first = nic->sent == NULL && nic->senders == 0;

    (void)result; /* the driver counts it; nobody can be told */
    sending->next = nic->sent;
    nic->sent = sending;
    nic->stuck = false;
    virtio_port_unlock(&nic->lock, flags);
    if (first) {
        rt_virtio_nic_poke(nic);
    }
}

void rt_virtio_nic_tx_ready(struct virtio_net *net, unsigned pair)
{
    struct rt_virtio_nic *nic = net->params.cookie;

    (void)pair;
    virtio_port_event_signal(&nic->room);
}

static void give_back(struct rt_virtio_nic *nic, struct nic_sending *sending)
{
    virtio_port_irqflags_t flags;

    if (sending->pbuf != NULL) {
        (void)pbuf_free(sending->pbuf);
    }
    flags = virtio_port_lock(&nic->lock);
    sending->next = nic->sending_free;
    nic->sending_free = sending;
    virtio_port_unlock(&nic->lock, flags);
}

void rt_virtio_nic_release(struct rt_virtio_nic *nic)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&nic->lock);
    struct nic_sending *sent = nic->sent;

    nic->sent = NULL;
    virtio_port_unlock(&nic->lock, flags);
    while (sent != NULL) {
        struct nic_sending *next = sent->next;

        give_back(nic, sent);
        sent = next;
    }
}

/* ---- what a frame consists of ---- */

/* Whether the memory behind a pbuf may change once eth_tx has returned. */
static bool is_volatile(const struct pbuf *p)
{
#if defined(PBUF_NEEDS_COPY)
    return PBUF_NEEDS_COPY(p) != 0;
#elif LWIP_VERSION_MAJOR >= 2
    return p->type == PBUF_REF;
#else
    (void)p;
    return true; /* the TCP of lwIP 1 writes to segments that are on their way */
#endif
}

/* The chain's pbufs as segments; 0: it has to be copied. */
static unsigned gather(struct pbuf *p, struct virtio_net_seg *segs)
{
    uint32_t skip = ETH_PAD_SIZE;
    unsigned n = 0;

    for (struct pbuf *q = p; q != NULL; q = q->len < q->tot_len ? q->next : NULL) {
        if (is_volatile(q)) {
            return 0;
        }
        if (q->len <= skip) {
            skip -= q->len;
            continue;
        }
        if (n == NIC_TX_SEGS) {
            return 0;
        }
        segs[n].ptr = (const uint8_t *)q->payload + skip;
        segs[n].len = q->len - skip;
        skip = 0;
        n++;
    }
    return n;
}

static int keep(struct nic_sending *sending, struct pbuf *p)
{
    pbuf_ref(p);
    sending->pbuf = p;
    return 0;
}

static int keep_copy(struct nic_sending *sending, struct pbuf *p)
{
    u16_t len;

    if (p->tot_len <= ETH_PAD_SIZE) {
        return -EINVAL;
    }
    len = (u16_t)(p->tot_len - ETH_PAD_SIZE);
    sending->pbuf = pbuf_alloc(PBUF_RAW, len, PBUF_RAM);
    if (sending->pbuf == NULL) {
        return -ENOMEM;
    }
    (void)pbuf_copy_partial(p, sending->pbuf->payload, len, ETH_PAD_SIZE);
    sending->segs[0].ptr = sending->pbuf->payload;
    sending->segs[0].len = len;
    sending->tx.num_segs = 1;
    return 0;
}

/* ---- room ---- */

static struct nic_sending *pop(struct rt_virtio_nic *nic)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&nic->lock);
    struct nic_sending *sending = nic->sending_free;

    if (sending != NULL) {
        nic->sending_free = sending->next;
    }
    virtio_port_unlock(&nic->lock, flags);
    return sending;
}

/* Waits for the ring to move; false: it did not until the deadline, or it is known not to. */
static bool wait_room(struct rt_virtio_nic *nic, uint64_t deadline)
{
    uint64_t now = virtio_port_now_us();

    if (nic->stuck) {
        (void)virtio_poll(&nic->net.dev);
        return !nic->stuck;
    }
    if (now >= deadline) {
        nic->stuck = true;
        return false;
    }
    virtio_port_event_wait(&nic->room, deadline - now);
    if (virtio_port_now_us() >= deadline) {
        (void)virtio_poll(&nic->net.dev); /* an interrupt may have been lost */
    }
    return true;
}

static int send(struct rt_virtio_nic *nic, struct nic_sending *sending)
{
    uint64_t deadline = virtio_port_now_us() + ROOM_WAIT_US;
    int error = virtio_net_send(&nic->net, &sending->tx);

    while (error == -EAGAIN && wait_room(nic, deadline)) {
        error = virtio_net_send(&nic->net, &sending->tx);
    }
    return error;
}

/* ---- a broken device ---- */

/* Brought back as soon as lwIP has given back what it was lent; until then frames are lost. */
static void recover(struct rt_virtio_nic *nic)
{
    struct virtio_net_info info;
    uint64_t now = virtio_port_now_us();

    if (rt_mutex_take(&nic->recovery, 0) != RT_EOK) {
        return; /* another thread is at it */
    }
    if (!virtio_device_is_live(&nic->net.dev) && now >= nic->next_reset_us) {
        int error = virtio_net_reset(&nic->net, 0);

        nic->next_reset_us = virtio_port_now_us() + RESET_BACKOFF_US;
        if (error != -EBUSY) {
            rt_kprintf("virtio-net: reset after an error: %d\n", error);
        }
        if (error == 0) {
            virtio_net_get_info(&nic->net, &info);
            rt_virtio_nic_tell_link(nic, info.link_up);
            rt_virtio_nic_poke(nic);
        }
    }
    (void)rt_mutex_release(&nic->recovery);
}

/* ---- eth_tx ---- */

static int send_pbuf(struct rt_virtio_nic *nic, struct nic_sending *sending, struct pbuf *p)
{
    int error;

    sending->tx.num_segs = gather(p, sending->segs);
    error = sending->tx.num_segs != 0 ? keep(sending, p) : keep_copy(sending, p);
    if (error != 0) {
        return error;
    }
    error = send(nic, sending);
    if (error == -EMSGSIZE && sending->tx.num_segs > 1u) {
        /* The device's ring is shorter than what was asked for. */
        struct pbuf *original = sending->pbuf;

        error = keep_copy(sending, original);
        (void)pbuf_free(original);
        error = error != 0 ? error : send(nic, sending);
    }
    return error;
}

static int transmit(struct rt_virtio_nic *nic, struct pbuf *p)
{
    struct nic_sending *sending = pop(nic);
    int error;

    if (sending == NULL) {
        rt_virtio_nic_release(nic);
        sending = pop(nic);
    }
    if (sending == NULL) {
        return -EAGAIN;
    }
    sending->pbuf = NULL;
    error = send_pbuf(nic, sending, p);
    if (error != 0) {
        give_back(nic, sending);
    }
    return error;
}

static void count_sender(struct rt_virtio_nic *nic, int by)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&nic->lock);

    nic->senders += (unsigned)by;
    virtio_port_unlock(&nic->lock, flags);
}

rt_err_t rt_virtio_nic_tx(rt_device_t dev, struct pbuf *p)
{
    struct rt_virtio_nic *nic = rt_virtio_nic_of(dev);
    int error;

    count_sender(nic, 1);
    error = transmit(nic, p);
    count_sender(nic, -1);
    rt_virtio_nic_release(nic); /* after: what is done from now on asks for eth_rx */
    if (error != 0) {
        LINK_STATS_INC(link.drop);
        if (error == -EIO && !virtio_device_is_live(&nic->net.dev)) {
            recover(nic);
        }
    }
    return rt_virtio_error(error);
}

int rt_virtio_nic_tx_init(struct rt_virtio_nic *nic)
{
    for (unsigned i = 0; i < NIC_SENDINGS; i++) {
        struct nic_sending *sending = &nic->sending[i];

        sending->tx.segs = sending->segs;
        sending->tx.done = tx_done;
        sending->tx.cookie = nic;
        sending->next = nic->sending_free;
        nic->sending_free = sending;
    }
    return virtio_port_event_init(&nic->room);
}

void rt_virtio_nic_tx_deinit(struct rt_virtio_nic *nic)
{
    virtio_port_event_deinit(&nic->room);
}

#endif
