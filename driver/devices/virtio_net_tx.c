/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transmitting (virtio v1.2 section 5.1.6.2): a header of our own, then the caller's segments.
 *
 * Everything is under the virtqueue's lock, callbacks excepted: transmitted frames are gathered in
 * a list and called back after the lock is released, so that a callback may send again.
 */
#include "virtio_net_priv.h"

#define ETHERTYPE_AT 12u /* bytes from the frame's start */

struct done_list {
    struct virtio_net_tx *head, *tail;
    bool wake;   /* tx_ready is due */
    bool broken; /* the ring is nonsense: the device is to be declared broken */
};

static struct virtio_net_tx_slot *slot_at(const struct virtio_net_txq *q, uint16_t index)
{
    return (struct virtio_net_tx_slot *)(void *)((unsigned char *)q->slots + index * q->slot_bytes);
}

/* ---- memory ---- */

static void tx_used(struct virtqueue *vq);

void virtio_net_tx_free(struct virtio_net_txq *q)
{
    if (q->dma != NULL) {
        virtio_port_dma_free(q->net->dev.window.ctx, q->dma, q->dma_bytes, q->dma_addr);
    }
    if (q->slots != NULL) {
        virtio_port_free(q->net->dev.window.ctx, q->slots);
    }
    q->dma = NULL;
    q->slots = NULL;
}

static int alloc_slots(struct virtio_net_txq *q, uint16_t slots, uint16_t segs)
{
    virtio_port_ctx_t ctx = q->net->dev.window.ctx;

    if (q->slots != NULL && (q->num_slots != slots || q->slot_segs != segs)) {
        virtio_net_tx_free(q); /* from the life before this reset */
    }
    q->num_slots = slots;
    q->slot_segs = segs;
    q->slot_bytes = sizeof(struct virtio_net_tx_slot) + segs * sizeof(struct net_map);
    if (q->slots == NULL) {
        q->dma_bytes = (size_t)slots * sizeof(struct net_wire_header);
        q->slots = virtio_port_alloc(ctx, (size_t)slots * q->slot_bytes);
        q->dma = virtio_port_dma_alloc(ctx, q->dma_bytes, 64, &q->dma_addr);
        if (q->slots == NULL || q->dma == NULL) {
            virtio_net_tx_free(q);
            return -ENOMEM;
        }
    }
    for (uint16_t i = 0; i < slots; i++) {
        slot_at(q, i)->index = i;
        slot_at(q, i)->next_free = (uint16_t)(i + 1u);
    }
    q->free_slot = 0;
    return 0;
}

int virtio_net_tx_setup(struct virtio_net *net, uint8_t pair)
{
    struct virtio_net_txq *q = &net->tx[pair];
    const struct virtqueue_config cfg = {
        .index = (uint16_t)(2u * pair + 1u),
        .size = net->params.tx_entries,
        .size_min = 2, /* header and data */
        .indirect_max = (uint16_t)(net->params.segs_per_frame + 1u),
        .callback = tx_used,
    };
    unsigned chain;
    int ret;

    q->net = net;
    q->pair = pair;
    ret = virtio_queue_setup(&net->dev, &q->vq, &cfg);
    if (ret != 0) {
        return ret;
    }
    /* No chain is longer than the ring, be it in an indirect table (section 2.7.5.3.1). */
    chain = virtqueue_chain_max(&q->vq);
    if (q->vq.indirect_max != 0 && q->vq.indirect_max < chain) {
        chain = q->vq.indirect_max;
    }
    if (chain > net->params.segs_per_frame + 1u) {
        chain = net->params.segs_per_frame + 1u;
    }
    /* The shortest chain has two descriptors, and one when it is indirect. */
    return alloc_slots(q, q->vq.indirect_max != 0 ? q->vq.size : (uint16_t)(q->vq.size / 2u),
                       (uint16_t)(chain - 1u));
}

/* ---- what can be refused before the device is asked ---- */

static uint64_t host_feature(uint8_t gso)
{
    switch (gso) {
    case VIRTIO_NET_GSO_TCPV4:
        return VIRTIO_NET_F_HOST_TSO4;
    case VIRTIO_NET_GSO_TCPV6:
        return VIRTIO_NET_F_HOST_TSO6;
    case VIRTIO_NET_GSO_UDP:
        return VIRTIO_NET_F_HOST_UFO;
    default:
        return 0;
    }
}

static int check_offload(const struct virtio_net *net, const struct virtio_net_offload *o,
                         uint32_t len)
{
    bool gso = o->gso != VIRTIO_NET_GSO_NONE;

    if ((o->needs_csum && !virtio_has_feature(&net->dev, VIRTIO_NET_F_CSUM)) ||
        (o->ecn && !virtio_has_feature(&net->dev, VIRTIO_NET_F_HOST_ECN)) ||
        (gso && host_feature(o->gso) != 0 &&
         !virtio_has_feature(&net->dev, host_feature(o->gso)))) {
        return -ENOTSUP;
    }
    if (o->needs_csum && (uint32_t)o->csum_start + o->csum_offset + 2u > len) {
        return -EINVAL;
    }
    if (!gso) {
        return o->ecn ? -EINVAL : 0;
    }
    /* Segments are checksummed by whoever cuts them (section 5.1.6.2.1). */
    return host_feature(o->gso) == 0 || !o->needs_csum || o->gso_size == 0 || o->hdr_len > len ||
                   o->hdr_len <= o->csum_start
               ? -EINVAL
               : 0;
}

static bool is_tagged(const struct virtio_net_tx *tx)
{
    const uint8_t *head = tx->segs[0].ptr;
    unsigned type;

    if (tx->segs[0].len < VIRTIO_NET_FRAME_MIN) {
        return false;
    }
    type = (unsigned)head[ETHERTYPE_AT] << 8 | head[ETHERTYPE_AT + 1u];
    return type == 0x8100u || type == 0x88a8u;
}

static int check_length(const struct virtio_net *net, const struct virtio_net_tx *tx, uint64_t len)
{
    uint64_t max = net->tx_frame_max;

    if (len < VIRTIO_NET_FRAME_MIN) {
        return -EINVAL;
    }
    if (tx->offload.gso != VIRTIO_NET_GSO_NONE) {
        max = VIRTIO_NET_FRAME_GSO_MAX;
    } else if (len > max && is_tagged(tx)) {
        max += NET_TAG_LEN;
    }
    return len > max ? -EMSGSIZE : 0;
}

static int check_frame(const struct virtio_net *net, const struct virtio_net_tx *tx, uint32_t *len)
{
    uint64_t total = 0;
    int ret;

    if (tx->done == NULL || tx->segs == NULL || tx->num_segs == 0) {
        return -EINVAL;
    }
    if (tx->num_segs > net->params.segs_per_frame) {
        return -EMSGSIZE;
    }
    for (unsigned i = 0; i < tx->num_segs; i++) {
        if (tx->segs[i].ptr == NULL || tx->segs[i].len == 0) {
            return -EINVAL;
        }
        total += tx->segs[i].len;
    }
    ret = check_length(net, tx, total);
    *len = (uint32_t)total;
    ret = ret != 0 ? ret : check_offload(net, &tx->offload, *len);
    if (ret == 0 && !virtio_device_is_live(&net->dev)) {
        ret = -EIO;
    }
    return ret == 0 && !virtio_net_link_up(net) ? -ENETDOWN : ret;
}

/* ---- there; all [locked] ---- */

static void write_header(const struct virtio_net_txq *q, const struct virtio_net_offload *o,
                         struct net_wire_header *h)
{
    bool be = q->vq.big_endian;
    bool gso = o->gso != VIRTIO_NET_GSO_NONE;

    memset(h, 0, sizeof(*h)); /* num_buffers is 0 here (section 5.1.6.2.1) */
    if (o->needs_csum) {
        h->flags = NET_HDR_F_NEEDS_CSUM;
        h->csum_start = virtio_swap16(o->csum_start, be);
        h->csum_offset = virtio_swap16(o->csum_offset, be);
    }
    if (gso) {
        h->gso_type = (uint8_t)(o->gso | (o->ecn ? NET_HDR_GSO_ECN : 0u));
        h->hdr_len = virtio_swap16(o->hdr_len, be);
        h->gso_size = virtio_swap16(o->gso_size, be);
    }
}

/* The caller's memory is only read; the port takes a pointer that serves both directions. */
static void *mappable(const void *ptr)
{
    const union {
        const void *source;
        void *segment;
    } u = {.source = ptr};

    return u.segment;
}

static void unmap_segs(struct virtio_net_txq *q, struct virtio_net_tx_slot *slot)
{
    while (slot->num_maps > 0) {
        struct net_map *map = &slot->maps[--slot->num_maps];

        virtio_port_dma_unmap(q->vq.dev->window.ctx, map->dma, mappable(map->ptr), map->len,
                              VIRTIO_DMA_TO_DEVICE);
    }
}

static int map_segs(struct virtio_net_txq *q, struct virtio_net_tx_slot *slot, struct virtio_sg *sg)
{
    const struct virtio_net_tx *tx = slot->tx;

    for (slot->num_maps = 0; slot->num_maps < tx->num_segs; slot->num_maps++) {
        struct net_map *map = &slot->maps[slot->num_maps];

        map->ptr = tx->segs[slot->num_maps].ptr;
        map->len = tx->segs[slot->num_maps].len;
        if (virtio_port_dma_map(q->vq.dev->window.ctx, mappable(map->ptr), map->len,
                                VIRTIO_DMA_TO_DEVICE, &map->dma) != 0) {
            unmap_segs(q, slot);
            return -ENOMEM;
        }
        sg[slot->num_maps] = (struct virtio_sg){map->dma, map->len};
    }
    return 0;
}

/* Whether a chain of that many descriptors fits now: asked before anything is mapped. */
static bool has_room(const struct virtio_net_txq *q, unsigned descs)
{
    return q->free_slot < q->num_slots &&
           q->vq.num_free >= (descs <= q->vq.indirect_max ? 1u : descs);
}

/* Puts a frame on the ring, not yet to be seen. */
static int put(struct virtio_net_txq *q, struct virtio_net_tx *tx, uint32_t len)
{
    struct virtio_sg sg[VIRTIO_NET_SEGS_MAX + 1u];
    struct virtio_net_tx_slot *slot;
    int ret;

    if (!q->vq.ready) {
        return -EIO;
    }
    if (tx->num_segs > q->slot_segs) {
        return -EMSGSIZE; /* the device's ring is shorter than what was asked for */
    }
    if (!has_room(q, tx->num_segs + 1u)) {
        return -EAGAIN;
    }
    slot = slot_at(q, q->free_slot);
    slot->tx = tx;
    slot->bytes = len;
    write_header(q, &tx->offload, &((struct net_wire_header *)q->dma)[slot->index]);
    sg[0].dma = q->dma_addr + (uint64_t)slot->index * sizeof(struct net_wire_header);
    sg[0].len = q->net->hdr_len;
    ret = map_segs(q, slot, &sg[1]);
    if (ret != 0) {
        return ret;
    }
    ret = virtqueue_add(&q->vq, sg, tx->num_segs + 1u, 0, slot);
    if (ret != 0) {
        unmap_segs(q, slot);
        return ret;
    }
    q->free_slot = slot->next_free;
    tx->busy = true;
    return 0;
}

/* ---- and back ---- */

/* [locked] */
static void retire(struct virtio_net_txq *q, struct virtio_net_tx_slot *slot, int result,
                   struct done_list *done)
{
    struct virtio_net_tx *tx = slot->tx;

    unmap_segs(q, slot);
    slot->tx = NULL;
    slot->next_free = q->free_slot;
    q->free_slot = slot->index;
    if (result == 0) {
        q->stats.tx_frames++;
        q->stats.tx_bytes += slot->bytes;
    } else {
        q->stats.tx_failed++;
    }
    tx->result = result;
    tx->next = NULL;
    if (done->head == NULL) {
        done->head = tx;
    } else {
        done->tail->next = tx;
    }
    done->tail = tx;
}

/* Takes back what was transmitted and asks for an interrupt after the next; how many, or -EIO. At
 * most what was outstanding: nothing is added meanwhile. [locked] */
static int take_back(struct virtio_net_txq *q, struct done_list *done)
{
    void *slot;
    uint32_t len;
    int count = 0;
    int ret;

    do {
        while ((ret = virtqueue_get_used(&q->vq, &slot, &len)) > 0) {
            retire(q, slot, 0, done);
            count++;
        }
    } while (ret == 0 && !q->vq.dev->window.polled && virtqueue_enable_cb(&q->vq));
    if (count != 0 && q->starved) {
        q->starved = false;
        done->wake = true;
    }
    done->broken = ret < 0;
    return ret < 0 ? ret : count;
}

/* No lock held. */
static void run_callbacks(struct virtio_net_txq *q, const struct done_list *done)
{
    struct virtio_net_tx *tx = done->head;

    if (done->broken) {
        virtio_device_break(q->vq.dev, -EIO);
    }
    while (tx != NULL) {
        struct virtio_net_tx *next = tx->next;

        tx->busy = false;
        tx->done(tx, tx->result); /* may send tx again, or free it */
        tx = next;
    }
    if (done->wake && q->net->params.tx_ready != NULL) {
        q->net->params.tx_ready(q->net, q->pair);
    }
}

static int reclaim(struct virtio_net_txq *q)
{
    struct done_list done = {NULL, NULL, false, false};
    int ret;

    virtqueue_lock(&q->vq);
    ret = take_back(q, &done);
    virtqueue_unlock(&q->vq);
    run_callbacks(q, &done);
    return ret;
}

static void tx_used(struct virtqueue *vq)
{
    (void)reclaim((struct virtio_net_txq *)vq);
}

unsigned virtio_net_reclaim(struct virtio_net *net, unsigned pair)
{
    int ret = pair < net->num_pairs ? reclaim(&net->tx[pair]) : 0;

    return ret > 0 ? (unsigned)ret : 0u;
}

void virtio_net_tx_fail(struct virtio_net_txq *q, int error)
{
    struct done_list done = {NULL, NULL, false, false};
    struct virtio_net_tx_slot *slot;
    uint16_t cursor = 0;

    virtqueue_lock(&q->vq);
    while ((slot = virtqueue_detach(&q->vq, &cursor)) != NULL) {
        retire(q, slot, error, &done);
    }
    virtqueue_unlock(&q->vq);
    run_callbacks(q, &done);
}

void virtio_net_tx_wake(struct virtio_net_txq *q)
{
    struct done_list none = {NULL, NULL, false, false};

    virtqueue_lock(&q->vq);
    none.wake = q->starved;
    q->starved = false;
    virtqueue_unlock(&q->vq);
    run_callbacks(q, &none);
}

/* ---- sending ---- */

/* A full ring is emptied of what was transmitted. When that is not enough, an interrupt has been
 * asked for and the ring looked at again: tx_ready will come. [locked] */
static int put_or_starve(struct virtio_net_txq *q, struct virtio_net_tx *tx, uint32_t len,
                         struct done_list *done)
{
    int ret;

    if (tx->busy) {
        return -EINVAL;
    }
    ret = put(q, tx, len);
    if (ret != -EAGAIN) {
        return ret;
    }
    virtqueue_kick(&q->vq); /* a batch may have filled it */
    ret = take_back(q, done);
    ret = ret < 0 ? ret : put(q, tx, len);
    if (ret == -EAGAIN) {
        q->starved = true;
        done->wake = false; /* who is told now will be told again */
    }
    return ret;
}

static void count_refusal(struct virtio_net_txq *q, int error)
{
    if (error == -EAGAIN) {
        q->stats.tx_full++;
    } else if (error != 0) {
        q->stats.tx_refused++;
    }
}

unsigned virtio_net_send_batch(struct virtio_net *net, struct virtio_net_tx *const *txs,
                               unsigned count, int *error)
{
    struct done_list done = {NULL, NULL, false, false};
    struct virtio_net_txq *q;
    unsigned pairs = virtio_net_pairs(net);
    unsigned n = 0;
    int ret = 0;

    if (net->num_pairs == 0 || count == 0) {
        *error = count == 0 ? 0 : -EIO;
        return 0;
    }
    q = &net->tx[pairs > 1u ? txs[0]->pair % pairs : 0u];
    virtqueue_lock(&q->vq);
    while (n < count && ret == 0) {
        uint32_t len;

        ret = check_frame(net, txs[n], &len);
        ret = ret != 0 ? ret : put_or_starve(q, txs[n], len, &done);
        n += ret == 0 ? 1u : 0u;
    }
    count_refusal(q, ret);
    virtqueue_kick(&q->vq);
    virtqueue_unlock(&q->vq);
    run_callbacks(q, &done);
    *error = ret;
    return n;
}

int virtio_net_send(struct virtio_net *net, struct virtio_net_tx *tx)
{
    int error;

    (void)virtio_net_send_batch(net, &tx, 1, &error);
    return error;
}

unsigned virtio_net_outstanding(struct virtio_net *net)
{
    unsigned total = 0;

    for (unsigned i = 0; i < net->num_pairs; i++) {
        virtqueue_lock(&net->tx[i].vq);
        total += net->tx[i].vq.num_chains;
        virtqueue_unlock(&net->tx[i].vq);
    }
    return total;
}
