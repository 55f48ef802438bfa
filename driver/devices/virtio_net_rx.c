/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receiving (virtio v1.2 section 5.1.6.3, 5.1.6.4): frames are put together from used buffers,
 * checked, and handed over in place.
 *
 * Everything is under the virtqueue's lock. What a used buffer says is believed only as far as it
 * fits what was posted and agreed on: anything else drops the frame, with its reason counted, and
 * its buffers go back to the device.
 */
#include "virtio_net_priv.h"

/* Before a buffer is posted its header is overwritten: a device that says it wrote one and did not
 * is found out. Its used entry was an old one, perhaps, and the buffer is the device's still. */
#define HEADER_BLANK 0xff
/* Buffers of a merged frame become visible together (section 5.1.6.4.1); devices that write the
 * used index for each of them get this long. */
#define MERGE_WAIT_US 10000u
/* Caches are maintained for a buffer and for nothing of its neighbours. */
#define BUFFER_ALIGN 64u

#define MERGED_BYTES_DEFAULT 2048u
#define FRAME_USUAL          1518u

static struct virtio_net_buf *buf_of(const struct virtio_net_rxq *q,
                                     const struct virtio_buffer *buffer)
{
    return &q->bufs[buffer->index];
}

/* ---- life ---- */

static void rx_used(struct virtqueue *vq);

/* Bytes of a buffer, header included, and how many it takes for the largest frame. */
static uint32_t buffer_bytes(const struct virtio_net *net, uint32_t *needed)
{
    uint32_t whole = net->hdr_len + net->rx_frame_max;
    uint32_t bytes = net->params.rx_buf_bytes;

    *needed = 1;
    if (!virtio_has_feature(&net->dev, VIRTIO_NET_F_MRG_RXBUF)) {
        bytes = bytes > FRAME_USUAL ? bytes : FRAME_USUAL; /* section 5.1.6.3.1, whatever the mtu */
        return net->hdr_len + (bytes > net->rx_frame_max ? bytes : net->rx_frame_max);
    }
    bytes = net->hdr_len + (bytes != 0 ? bytes : MERGED_BYTES_DEFAULT);
    while ((uint64_t)*needed * bytes < whole) {
        *needed *= 2u;
    }
    return bytes;
}

static int alloc_bufs(struct virtio_net_rxq *q)
{
    if (q->bufs != NULL && q->num_bufs != q->b.count) {
        virtio_port_free(q->net->dev.window.ctx, q->bufs);
        q->bufs = NULL; /* from the life before this reset */
    }
    if (q->bufs == NULL) {
        q->bufs = virtio_port_alloc(q->net->dev.window.ctx, q->b.count * sizeof(q->bufs[0]));
    }
    if (q->bufs == NULL) {
        return -ENOMEM;
    }
    q->num_bufs = q->b.count;
    for (uint16_t i = 0; i < q->b.count; i++) {
        q->bufs[i].buffer = &q->b.bufs[i];
        q->bufs[i].next = NULL;
        q->bufs[i].held = false;
        q->bufs[i].pair = q->pair;
    }
    return 0;
}

static int setup_buffers(struct virtio_net_rxq *q, uint32_t bytes, uint32_t needed)
{
    struct virtio_net *net = q->net;
    const struct virtio_buffers_config cfg = {
        .index = (uint16_t)(2u * q->pair),
        .count = net->params.rx_buffers > needed ? net->params.rx_buffers : (uint16_t)needed,
        .count_min = (uint16_t)needed,
        .bytes = bytes,
        .align = BUFFER_ALIGN,
        .split = virtio_net_header_apart(net) ? net->hdr_len : 0,
        .streaming = true,
        .callback = rx_used,
    };

    return virtio_buffers_setup(&net->dev, &q->b, &cfg);
}

int virtio_net_rx_setup(struct virtio_net *net, uint8_t pair)
{
    struct virtio_net_rxq *q = &net->rx[pair];
    uint32_t needed;
    uint32_t bytes = buffer_bytes(net, &needed);
    int ret;

    q->net = net;
    q->pair = pair;
    q->partial = NULL;
    q->missing = 0;
    q->off = false;
    q->held = 0;
    ret = setup_buffers(q, bytes, needed);
    while (ret == -ENOTSUP && needed > 1u) {
        /* The ring is too short for the largest frame in so many buffers: fewer, and longer. */
        needed /= 2u;
        bytes *= 2u;
        ret = setup_buffers(q, bytes, needed);
    }
    return ret != 0 ? ret : alloc_bufs(q);
}

int virtio_net_rx_fill(struct virtio_net_rxq *q)
{
    int ret;

    virtqueue_lock(&q->b.vq);
    if (q->net->params.rx_ready == NULL) {
        virtqueue_disable_cb(&q->b.vq);
    }
    for (uint16_t i = 0; i < q->b.count; i++) {
        memset(q->b.bufs[i].data, HEADER_BLANK, q->net->hdr_len);
    }
    virtqueue_unlock(&q->b.vq);
    ret = virtio_buffers_fill(&q->b);
    if (ret == -ENOMEM && q->b.waiting < q->b.count) {
        virtqueue_lock(&q->b.vq);
        q->stats.rx_no_map += q->b.waiting;
        virtqueue_unlock(&q->b.vq);
        ret = 0; /* it runs on fewer; the others are tried again */
    }
    return ret;
}

void virtio_net_rx_reclaim(struct virtio_net_rxq *q)
{
    if (q->b.vq.dev == NULL) {
        return;
    }
    virtqueue_lock(&q->b.vq);
    q->stats.rx_reset += virtqueue_pending(&q->b.vq);
    for (struct virtio_net_buf *buf = q->partial; buf != NULL; buf = buf->next) {
        q->stats.rx_reset++;
    }
    q->partial = NULL;
    q->missing = 0;
    virtqueue_unlock(&q->b.vq);
    virtio_buffers_reclaim(&q->b);
}

void virtio_net_rx_free(struct virtio_net_rxq *q)
{
    virtio_net_rx_reclaim(q);
    if (q->bufs != NULL) {
        virtio_port_free(q->net->dev.window.ctx, q->bufs);
    }
    q->bufs = NULL;
    virtio_buffers_free(&q->b);
}

/* ---- buffers back to the device; all [locked] ---- */

static void repost(struct virtio_net_rxq *q, struct virtio_net_buf *buf)
{
    memset(buf->buffer->data, HEADER_BLANK, q->net->hdr_len);
    if (virtio_buffers_post(&q->b, buf->buffer) == -ENOMEM) {
        q->stats.rx_no_map++;
    }
}

static void repost_all(struct virtio_net_rxq *q, struct virtio_net_buf *buf)
{
    while (buf != NULL) {
        struct virtio_net_buf *next = buf->next;

        buf->next = NULL;
        repost(q, buf);
        buf = next;
    }
}

static struct virtio_net_buf *drop(struct virtio_net_rxq *q, struct virtio_net_buf *buf,
                                   uint64_t *reason)
{
    (*reason)++;
    repost_all(q, buf);
    return NULL;
}

/* The frame whose rest should have come; `missing` says what is to be skipped of it. */
static void drop_partial(struct virtio_net_rxq *q, uint16_t missing, uint64_t *reason)
{
    if (q->partial != NULL) {
        (void)drop(q, q->partial, reason); /* else it was counted before */
    }
    q->partial = NULL;
    q->missing = missing;
}

/* ---- what the header says ---- */

static uint64_t guest_feature(uint8_t gso)
{
    switch (gso) {
    case VIRTIO_NET_GSO_TCPV4:
        return VIRTIO_NET_F_GUEST_TSO4;
    case VIRTIO_NET_GSO_TCPV6:
        return VIRTIO_NET_F_GUEST_TSO6;
    case VIRTIO_NET_GSO_UDP:
        return VIRTIO_NET_F_GUEST_UFO;
    default:
        return 0;
    }
}

/* False: it says what was not agreed on. Flags that nobody knows are ignored (section 5.1.6.4.2).
 */
static bool read_offload(const struct virtio_net_rxq *q, const struct net_wire_header *h,
                         struct virtio_net_offload *o)
{
    const struct virtio_device *dev = &q->net->dev;
    bool csum = virtio_has_feature(dev, VIRTIO_NET_F_GUEST_CSUM);
    bool be = q->b.vq.big_endian;
    uint64_t feature;

    memset(o, 0, sizeof(*o));
    o->csum_valid = csum && (h->flags & NET_HDR_F_DATA_VALID) != 0;
    if ((h->flags & NET_HDR_F_NEEDS_CSUM) != 0) {
        o->needs_csum = true;
        o->csum_start = virtio_swap16(h->csum_start, be);
        o->csum_offset = virtio_swap16(h->csum_offset, be);
    }
    if (o->needs_csum && !csum) {
        return false;
    }
    if (h->gso_type == VIRTIO_NET_GSO_NONE) {
        return true;
    }
    o->gso = h->gso_type & (uint8_t)~NET_HDR_GSO_ECN;
    o->ecn = (h->gso_type & NET_HDR_GSO_ECN) != 0;
    o->hdr_len = virtio_swap16(h->hdr_len, be);
    o->gso_size = virtio_swap16(h->gso_size, be);
    feature = guest_feature(o->gso);
    return feature != 0 && virtio_has_feature(dev, feature) && o->needs_csum && o->gso_size != 0 &&
           (!o->ecn || virtio_has_feature(dev, VIRTIO_NET_F_GUEST_ECN));
}

/* Offsets that lead out of the frame. */
static bool offload_fits(const struct virtio_net_offload *o, uint32_t frame_len)
{
    return (!o->needs_csum || (uint32_t)o->csum_start + o->csum_offset + 2u <= frame_len) &&
           o->hdr_len <= frame_len;
}

/* ---- putting frames together; all [locked] ---- */

/* All buffers are there. Returns the frame, or NULL when it is no good. */
static struct virtio_net_buf *finish(struct virtio_net_rxq *q)
{
    struct virtio_net_buf *first = q->partial;

    q->partial = NULL;
    if (first->frame_len > q->net->rx_frame_max) {
        return drop(q, first, &q->stats.rx_long);
    }
    if (!offload_fits(&first->offload, first->frame_len)) {
        return drop(q, first, &q->stats.rx_bad_header);
    }
    first->held = true;
    q->held++;
    q->stats.rx_frames++;
    q->stats.rx_bytes += first->frame_len;
    return first;
}

/* A buffer that starts a frame. */
static struct virtio_net_buf *begin(struct virtio_net_rxq *q, struct virtio_net_buf *buf,
                                    uint32_t len)
{
    struct net_wire_header header = {0};
    uint32_t hdr_len = q->net->hdr_len;
    uint32_t count = 1;

    if (len < hdr_len + VIRTIO_NET_FRAME_MIN) {
        return drop(q, buf, &q->stats.rx_short);
    }
    memcpy(&header, buf->buffer->data, hdr_len);
    if (virtio_has_feature(&q->net->dev, VIRTIO_NET_F_MRG_RXBUF)) {
        count = virtio_swap16(header.num_buffers, q->b.vq.big_endian);
    }
    /* More than the device has, or a first buffer that is not full, cannot be. */
    if (count == 0 || count - 1u > q->b.vq.num_chains || (count > 1u && len != q->b.cfg.bytes)) {
        return drop(q, buf, &q->stats.rx_bad_merge);
    }
    q->missing = (uint16_t)(count - 1u);
    q->partial_us = q->missing != 0 ? virtio_port_now_us() : 0;
    if (!read_offload(q, &header, &buf->offload)) {
        return drop(q, buf, &q->stats.rx_bad_header);
    }
    buf->data = (uint8_t *)buf->buffer->data + hdr_len;
    buf->len = len - hdr_len;
    buf->frame_len = buf->len;
    buf->num_bufs = (uint16_t)count;
    q->partial = buf;
    q->partial_tail = buf;
    return q->missing == 0 ? finish(q) : NULL;
}

/* A further buffer of a merged frame; it has no header (section 5.1.6.4). */
static struct virtio_net_buf *proceed(struct virtio_net_rxq *q, struct virtio_net_buf *buf,
                                      uint32_t len)
{
    struct virtio_net_buf *first = q->partial;

    q->missing--;
    if (first == NULL) {
        repost(q, buf);
        return NULL;
    }
    q->partial_tail->next = buf;
    q->partial_tail = buf;
    /* All but the last are full: where one is not, the frame has ended, whatever was announced. */
    if (len == 0 || (q->missing != 0 && len != q->b.cfg.bytes)) {
        drop_partial(q, 0, &q->stats.rx_bad_merge);
        return NULL;
    }
    if (len > q->net->rx_frame_max - first->frame_len) {
        drop_partial(q, q->missing, &q->stats.rx_long);
        return NULL;
    }
    buf->data = buf->buffer->data;
    buf->len = len;
    first->frame_len += len;
    return q->missing == 0 ? finish(q) : NULL;
}

/* The rest of a frame that did not come in time will not be taken for it any more. */
static void expire(struct virtio_net_rxq *q)
{
    if (q->missing != 0 && virtio_port_now_us() - q->partial_us > MERGE_WAIT_US) {
        drop_partial(q, 0, &q->stats.rx_bad_merge);
    }
}

/* A used buffer that ought to start a frame, as it was posted. */
static bool is_unwritten(const struct virtio_net_rxq *q, const struct virtio_net_buf *buf,
                         uint32_t len)
{
    const uint8_t *header = buf->buffer->data;
    uint8_t all = HEADER_BLANK;

    if (q->missing != 0 || len < q->net->hdr_len) {
        return false;
    }
    for (unsigned n = 0; n < q->net->hdr_len; n++) {
        all &= header[n];
    }
    if (all == HEADER_BLANK) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio-net: used buffer %u of queue %u without a header",
                        (unsigned)buf->buffer->index, (unsigned)q->b.vq.index);
    }
    return all == HEADER_BLANK;
}

/* ---- the caller's side ---- */

/* Interrupts on again; true: something came in meanwhile. [locked] */
static bool rearm(struct virtio_net_rxq *q)
{
    q->off = false;
    return q->net->params.rx_ready != NULL && !q->net->dev.window.polled &&
           virtqueue_enable_cb(&q->b.vq);
}

/* Nothing is published meanwhile: the device cannot return more buffers than it has been given
 * before, and one that goes on is broken. Returns frames, *error set when it is. [locked] */
static unsigned gather(struct virtio_net_rxq *q, struct virtio_net_buf **frames, unsigned max,
                       int *error)
{
    uint32_t budget = q->b.count;
    struct virtio_buffer *buffer;
    unsigned n = 0;
    uint32_t len;
    int ret;

    do {
        while (n < max && (ret = virtio_buffers_take(&q->b, &buffer, &len)) != 0) {
            struct virtio_net_buf *buf;

            buf = ret > 0 ? buf_of(q, buffer) : NULL;
            if (buf == NULL || budget-- == 0 || is_unwritten(q, buf, len)) {
                *error = -EIO;
                return n;
            }
            buf->next = NULL;
            buf = q->missing != 0 ? proceed(q, buf, len) : begin(q, buf, len);
            if (buf != NULL) {
                frames[n++] = buf;
            }
        }
    } while (n < max && rearm(q));
    return n;
}

int virtio_net_receive(struct virtio_net *net, unsigned pair, struct virtio_net_buf **frames,
                       unsigned max)
{
    struct virtio_net_rxq *q;
    unsigned n;
    int error = 0;

    if (!virtio_device_is_live(&net->dev)) {
        return -EIO;
    }
    if (pair >= net->num_pairs || (frames == NULL && max != 0)) {
        return -EINVAL;
    }
    q = &net->rx[pair];
    virtqueue_lock(&q->b.vq);
    virtio_buffers_retry(&q->b);
    expire(q);
    n = gather(q, frames, max, &error);
    virtqueue_kick(&q->b.vq);
    virtqueue_unlock(&q->b.vq);
    if (error != 0) {
        virtio_device_break(&net->dev, error);
    }
    return n != 0 || error == 0 ? (int)n : error;
}

static void leave(struct virtio_net_rxq *q)
{
    if (q != NULL) {
        virtio_buffers_retry(&q->b);
        virtqueue_kick(&q->b.vq);
        virtqueue_unlock(&q->b.vq);
    }
}

int virtio_net_return(struct virtio_net *net, struct virtio_net_buf *const *frames, unsigned count)
{
    struct virtio_net_rxq *q = NULL;
    int ret = 0;

    for (unsigned i = 0; i < count; i++) {
        struct virtio_net_buf *frame = frames[i];

        if (frame == NULL || frame->pair >= net->num_pairs || !frame->held) {
            ret = -EINVAL;
            continue;
        }
        if (q != &net->rx[frame->pair]) {
            leave(q);
            q = &net->rx[frame->pair];
            virtqueue_lock(&q->b.vq);
        }
        frame->held = false;
        q->held--;
        repost_all(q, frame);
    }
    leave(q);
    return ret;
}

/* The virtqueue's callback: says once that there is something, until it was all taken. */
static void rx_used(struct virtqueue *vq)
{
    struct virtio_net_rxq *q = (struct virtio_net_rxq *)vq;
    struct virtio_net *net = q->net;
    bool ready = false;

    if (net->params.rx_ready == NULL) {
        return;
    }
    virtqueue_lock(vq);
    if (!q->off && vq->live) {
        ready = virtqueue_pending(vq) != 0 || rearm(q);
    }
    if (ready) {
        q->off = true;
        if (!net->dev.window.polled) {
            virtqueue_disable_cb(vq);
        }
    }
    virtqueue_unlock(vq);
    if (ready) {
        net->params.rx_ready(net, q->pair);
    }
}
