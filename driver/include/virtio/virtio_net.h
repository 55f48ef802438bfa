/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-net driver (virtio v1.2 section 5.1), legacy and modern.
 *
 * Receiving: the driver keeps the receive queues full of its own buffers. virtio_net_receive()
 * hands frames over in place; the caller gives the buffers back when it has read them. Between
 * `rx_ready` and the call that finds the queue empty, interrupts of that queue are off: a poll loop
 * costs no register access. Without rx_ready they are never on.
 *
 * Transmitting: virtio_net_send() maps the caller's segments and puts them on the ring; `done` runs
 * once when the device no longer owns them. A full ring is -EAGAIN, and `tx_ready` says when to try
 * again. Nothing is dropped in silence: every frame that is not delivered is counted with its
 * reason.
 *
 * Frames are Ethernet frames without checksum field, 14 bytes and more.
 *
 * Memory: struct virtio_net is the caller's, zeroed before its first use, and must stay in place
 * until virtio_net_remove() returned 0. Context: as in virtio/virtio.h.
 */
#ifndef VIRTIO_NET_H
#define VIRTIO_NET_H

#include "virtio/virtio_buffers.h"
#include "virtio/virtio_command.h"

#define VIRTIO_NET_MAC_LEN       6u
#define VIRTIO_NET_FRAME_MIN     14u    /* Ethernet header */
#define VIRTIO_NET_FRAME_GSO_MAX 65550u /* 64 KiB of IP behind an Ethernet header */

/* Queue pairs that a build can use; entries of the MAC filter (unicast and multicast together). */
#ifndef VIRTIO_NET_PAIRS_MAX
#define VIRTIO_NET_PAIRS_MAX 4u
#endif
#ifndef VIRTIO_NET_MAC_FILTER_MAX
#define VIRTIO_NET_MAC_FILTER_MAX 32u
#endif
/* Segments of a transmitted frame, at most: bounds the driver's stack use. */
#define VIRTIO_NET_SEGS_MAX 20u

struct virtio_net;
struct virtio_net_tx;
struct virtio_net_tx_slot;

/* What travels beside a frame (section 5.1.6); all 0 for a plain frame. */
enum virtio_net_gso {
    VIRTIO_NET_GSO_NONE = 0,
    VIRTIO_NET_GSO_TCPV4 = 1,
    VIRTIO_NET_GSO_UDP = 3,
    VIRTIO_NET_GSO_TCPV6 = 4,
};
struct virtio_net_offload {
    bool needs_csum;     /* checksum from csum_start to the end, to be put at start + offset */
    bool csum_valid;     /* received: the device has verified the checksum */
    bool ecn;            /* gso: the segments carry ECN */
    uint8_t gso;         /* enum virtio_net_gso */
    uint16_t hdr_len;    /* gso: bytes of headers to be put before each segment */
    uint16_t gso_size;   /* gso: payload bytes of a segment */
    uint16_t csum_start; /* bytes from the frame's start */
    uint16_t csum_offset;
};

/* One buffer of a received frame. Fields of the frame are valid in its first buffer. The caller may
 * read and change data[0..len) until it gives the frame back. */
struct virtio_net_buf {
    struct virtio_net_buf *next; /* further buffers of this frame, NULL: the last */
    uint8_t *data;
    uint32_t len;
    uint32_t frame_len;
    uint16_t num_bufs;
    uint8_t pair; /* queue pair that it came from */
    struct virtio_net_offload offload;
    void *cookie; /* the caller's, while it holds the frame */

    /* Private to the driver. */
    struct virtio_buffer *buffer;
    bool held; /* by the caller: it may be given back */
};

struct virtio_net_seg {
    const void *ptr;
    uint32_t len; /* bytes, not 0 */
};

/* A frame to transmit. Struct, segment array and segments are the caller's and must stay in place,
 * untouched, until done. */
struct virtio_net_tx {
    const struct virtio_net_seg *segs;
    unsigned num_segs;
    uint8_t pair; /* modulo the number in use */
    struct virtio_net_offload offload;
    /* Called exactly once: 0 the device has taken the frame; -ECANCELED (reset or removed); -EIO
     * (the device broke). May send again; may not wait, reset or remove. Any context. */
    void (*done)(struct virtio_net_tx *tx, int result);
    void *cookie; /* the caller's */

    /* Private to the driver, between send and done. */
    struct virtio_net_tx *next;
    int result;
    bool busy;
};

/* Every frame that was lost or refused, and why. */
struct virtio_net_stats {
    uint64_t rx_frames, rx_bytes, tx_frames, tx_bytes;
    uint64_t rx_short;      /* shorter than header and Ethernet header */
    uint64_t rx_long;       /* longer than the largest frame agreed on */
    uint64_t rx_bad_merge;  /* num_buffers 0, too many, or buffers that never came */
    uint64_t rx_bad_header; /* gso or checksum fields that contradict the frame or the features */
    uint64_t rx_reset;      /* buffers received, and lost in a reset before the caller took them */
    uint64_t rx_no_map;     /* buffers that could not be posted at once (counted, not lost) */
    uint64_t tx_full;       /* -EAGAIN */
    uint64_t tx_refused;    /* -EINVAL, -EMSGSIZE, -ENOTSUP, -ENETDOWN, -ENOMEM, -EIO */
    uint64_t tx_failed;     /* completed with an error */
    uint64_t ctrl_failed;   /* control commands without a good answer */
};

struct virtio_net_info {
    uint8_t mac[VIRTIO_NET_MAC_LEN];
    bool mac_from_device; /* else locally administered, or set by the caller */
    uint16_t mtu;         /* bytes of payload: the device's (MTU) or 1500 */
    uint32_t frame_max;   /* bytes that virtio_net_send takes without gso: mtu + 14; with a VLAN tag
                             4 more */
    bool link_up;         /* true also when the device cannot tell (STATUS not agreed) */
    uint16_t pairs;       /* in use */
    uint16_t pairs_max;   /* that driver and device have */
    uint32_t speed_mbps;  /* 0: not known */
    int8_t full_duplex;   /* 1, 0; -1: not known */
    uint16_t rx_buffers;  /* of each pair */
};

struct virtio_net_params {
    uint16_t rx_buffers;     /* of each pair, power of two; 0: 64. More when the largest frame would
                                not fit into all of them */
    uint16_t tx_entries;     /* ring entries of a transmit queue, power of two; 0: 64 */
    uint16_t max_pairs;      /* 0: as many as device and build allow; 1 is used until
                                virtio_net_set_pairs() */
    uint16_t segs_per_frame; /* 0: 8, at most VIRTIO_NET_SEGS_MAX */
    uint32_t rx_buf_bytes; /* of payload, 64 and more; 0: what the largest frame needs, or 2048 when
                              buffers can be merged. More when they cannot, or the ring is short */
    /* Offloads that the caller can deal with (VIRTIO_NET_F_CSUM, GUEST_CSUM, HOST_*, GUEST_*, with
     * CTRL_GUEST_OFFLOADS); agreed on when offered. 0: plain frames only. */
    uint64_t offloads;
    uint64_t features_off;           /* feature bits not to use although offered */
    uint64_t reset_timeout_us;       /* 0: VIRTIO_RESET_TIMEOUT_US */
    uint8_t mac[VIRTIO_NET_MAC_LEN]; /* for a device without one; all 0: made from the window */
    /* Any context, no lock held; each may be NULL. */
    void (*rx_ready)(struct virtio_net *net, unsigned pair); /* call virtio_net_receive */
    void (*tx_ready)(struct virtio_net *net, unsigned pair); /* room again after -EAGAIN */
    void (*link_changed)(struct virtio_net *net, bool up);
    /* The device asks for gratuitous frames; it is acknowledged when this returns. */
    void (*announce)(struct virtio_net *net);
    void *cookie;
};

struct virtio_net_rxq {
    struct virtio_buffers b; /* first: the core's callback gets it */
    struct virtio_net *net;
    uint8_t pair;
    struct virtio_net_buf *bufs; /* one for each buffer */
    uint16_t num_bufs;
    /* A merged frame that is not complete: its buffers (NULL: it is being dropped), how many are
     * still to come, and when it began. */
    struct virtio_net_buf *partial, *partial_tail;
    uint16_t missing;
    uint64_t partial_us;
    bool off;                      /* interrupts: between rx_ready and empty */
    uint32_t held;                 /* frames with the caller */
    struct virtio_net_stats stats; /* under the queue's lock */
};
struct virtio_net_txq {
    struct virtqueue vq; /* first */
    struct virtio_net *net;
    uint8_t pair;
    struct virtio_net_tx_slot *slots;
    uint16_t num_slots, free_slot;
    uint16_t slot_segs;
    size_t slot_bytes;
    void *dma; /* headers */
    uint64_t dma_addr;
    size_t dma_bytes;
    bool starved;                  /* -EAGAIN was said: tx_ready is owed */
    struct virtio_net_stats stats; /* under the queue's lock */
};

struct virtio_net {
    struct virtio_device dev; /* first: the core's callbacks get it */
    struct virtio_net_params params;
    struct virtio_net_info info;   /* under dev.lock */
    struct virtio_net_stats stats; /* under dev.lock; what no queue counts */
    struct virtio_net_rxq rx[VIRTIO_NET_PAIRS_MAX];
    struct virtio_net_txq tx[VIRTIO_NET_PAIRS_MAX];
    struct virtio_command_queue ctrl;
    bool has_ctrl;
    uint8_t hdr_len;    /* 10 or 12 */
    uint16_t num_pairs; /* set up */
    uint32_t rx_frame_max, tx_frame_max;
    /* Under dev.lock: an acknowledgement is under way; it waits for a free command slot. */
    bool announcing, ack_owed;
};

/*
 * Brings up a network device. params may be NULL. Life cycle and errors as virtio_blk_probe,
 * _remove and _reset (virtio_driver_*), and
 *   -EINVAL  a parameter
 *   -EPROTO  a config field contradicts the specification; the log names it
 * Buffers that the caller holds across a reset or removal must be given back before the call:
 *   -EBUSY   the caller still holds received frames
 * After virtio_net_reset the receive mode, filters, MAC address and pairs are those of a fresh
 * device; the caller sets them again.
 */
int virtio_net_probe(struct virtio_net *net, const struct virtio_window *window,
                     const struct virtio_net_params *params);
int virtio_net_remove(struct virtio_net *net, uint64_t timeout_us);
int virtio_net_reset(struct virtio_net *net, uint64_t timeout_us);

/* ---- data ---- */

/*
 * Takes up to `max` received frames of a pair; returns how many. Fewer than `max`: there are no
 * more, and `rx_ready` will come for the next. Each is the caller's until virtio_net_return().
 * Context: any, one at a time for a pair.
 *   -EINVAL  no such pair
 *   -EIO     the device is not live
 */
int virtio_net_receive(struct virtio_net *net, unsigned pair, struct virtio_net_buf **frames,
                       unsigned max);
/* Gives frames back; their buffers are posted again with one notification at most. -EINVAL: one was
 * not held (the others are given back). Context: any. */
int virtio_net_return(struct virtio_net *net, struct virtio_net_buf *const *frames, unsigned count);

/*
 * Hands a frame to the device. 0: done will run once (it may have run already). Context: any.
 *   -EINVAL   no segment, a segment of 0 bytes, fewer than 14 bytes in all, offload fields that
 *             contradict the frame, or a struct that is in use
 *   -EMSGSIZE more bytes than info.frame_max (VIRTIO_NET_FRAME_GSO_MAX with gso), or more segments
 *             than params.segs_per_frame
 *   -ENOTSUP  an offload that was not agreed
 *   -EAGAIN   the ring is full: tx_ready will come
 *   -ENETDOWN the link is down
 *   -ENOMEM   a segment could not be mapped
 *   -EIO      the device is not live
 */
int virtio_net_send(struct virtio_net *net, struct virtio_net_tx *tx);
/* The same for several frames of one pair (that of the first) with one notification at most.
 * Returns how many were taken, from the first on; *error says why the next one was not, or 0. */
unsigned virtio_net_send_batch(struct virtio_net *net, struct virtio_net_tx *const *txs,
                               unsigned count, int *error);
/* Takes back what the device has transmitted, without waiting; runs `done` for each. How many.
 * Context: any. */
unsigned virtio_net_reclaim(struct virtio_net *net, unsigned pair);
/* Frames sent and not completed. Context: any. */
unsigned virtio_net_outstanding(struct virtio_net *net);

/* ---- control, section 5.1.6.5 ----
 * timeout_us 0: VIRTIO_IO_TIMEOUT_US. None of these holds up the data path. Context: thread.
 *   -ENOTSUP   the feature was not agreed
 *   -EIO       refused by the device (ack ERR or garbage), or not live
 *   -ETIMEDOUT not answered in time
 *   -EAGAIN    too many commands wait for an answer already
 */
int virtio_net_set_promisc(struct virtio_net *net, bool on, uint64_t timeout_us);
int virtio_net_set_allmulti(struct virtio_net *net, bool on, uint64_t timeout_us);
/* The whole MAC filter table; -EINVAL: more than VIRTIO_NET_MAC_FILTER_MAX in all, or a group
 * address among the unicast ones (or the other way round). */
int virtio_net_set_mac_filter(struct virtio_net *net, const uint8_t (*unicast)[VIRTIO_NET_MAC_LEN],
                              unsigned num_unicast, const uint8_t (*multicast)[VIRTIO_NET_MAC_LEN],
                              unsigned num_multicast, uint64_t timeout_us);
/* -EINVAL: id above 4094. */
int virtio_net_vlan_add(struct virtio_net *net, uint16_t id, uint64_t timeout_us);
int virtio_net_vlan_del(struct virtio_net *net, uint16_t id, uint64_t timeout_us);
/* -EINVAL: a group address or all 0. Without CTRL_MAC_ADDR: legacy config write, or -ENOTSUP. */
int virtio_net_set_mac(struct virtio_net *net, const uint8_t mac[VIRTIO_NET_MAC_LEN],
                       uint64_t timeout_us);
/* Queue pairs in use; -EINVAL: 0, or above info.pairs_max. */
int virtio_net_set_pairs(struct virtio_net *net, unsigned pairs, uint64_t timeout_us);
/* Receive offloads in use, of those agreed (GUEST_* bits); -EINVAL: one was not. */
int virtio_net_set_offloads(struct virtio_net *net, uint64_t offloads, uint64_t timeout_us);

/* ---- what is known; context: any ---- */
void virtio_net_get_info(struct virtio_net *net, struct virtio_net_info *info);
void virtio_net_get_stats(struct virtio_net *net, struct virtio_net_stats *stats);

static inline bool virtio_net_interrupt(struct virtio_net *net)
{
    return virtio_interrupt(&net->dev);
}
static inline bool virtio_net_poll(struct virtio_net *net)
{
    return virtio_poll(&net->dev);
}

#endif
