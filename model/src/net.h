/* SPDX-License-Identifier: Apache-2.0 */
/* The network device model inside: its state, and what its files give one another. */
#ifndef MODEL_NET_INTERNAL_H
#define MODEL_NET_INTERNAL_H

#include "device.h"
#include "net_frame.h"
#include "virtio_model/model_net.h"

/* Feature bits, v1.2 5.1.3 and later versions. */
#define N_CSUM          0u
#define N_GUEST_CSUM    1u
#define N_CTRL_OFFLOADS 2u
#define N_MTU           3u
#define N_MAC           5u
#define N_GSO           6u
#define N_GUEST_TSO4    7u
#define N_GUEST_TSO6    8u
#define N_GUEST_ECN     9u
#define N_GUEST_UFO     10u
#define N_HOST_TSO4     11u
#define N_HOST_TSO6     12u
#define N_HOST_ECN      13u
#define N_HOST_UFO      14u
#define N_MRG_RXBUF     15u
#define N_STATUS        16u
#define N_CTRL_VQ       17u
#define N_CTRL_RX       18u
#define N_CTRL_VLAN     19u
#define N_CTRL_RX_EXTRA 20u
#define N_ANNOUNCE      21u
#define N_MQ            22u
#define N_CTRL_MAC_ADDR 23u
#define N_DEVICE_STATS  50u
#define N_HASH_TUNNEL   51u
#define N_VQ_NOTF_COAL  52u
#define N_NOTF_COAL     53u
#define N_GUEST_USO4    54u
#define N_GUEST_USO6    55u
#define N_HOST_USO      56u
#define N_HASH_REPORT   57u
#define N_GUEST_HDRLEN  59u
#define N_RSS           60u
#define N_RSC_EXT       61u
#define N_STANDBY       62u
#define N_SPEED_DUPLEX  63u

#define GUEST_SEGMENTS                                                                             \
    (FBIT(N_GUEST_TSO4) | FBIT(N_GUEST_TSO6) | FBIT(N_GUEST_UFO) | FBIT(N_GUEST_USO4) |            \
     FBIT(N_GUEST_USO6))
#define GUEST_OFFLOADS (FBIT(N_GUEST_CSUM) | FBIT(N_GUEST_ECN) | GUEST_SEGMENTS)
#define HOST_SEGMENTS  (FBIT(N_HOST_TSO4) | FBIT(N_HOST_TSO6) | FBIT(N_HOST_UFO) | FBIT(N_HOST_USO))

/* struct virtio_net_hdr, v1.2 5.1.6. */
#define HDR_LONG        12u
#define HDR_SHORT       10u /* legacy without MRG_RXBUF */
#define H_NEEDS_CSUM    1u
#define H_DATA_VALID    2u
#define H_RSC_INFO      4u
#define H_TUNNEL_CSUM   8u
#define H_SECURITY      0x70u
#define GSO_NONE        0u
#define GSO_TCPV4       1u
#define GSO_UDP         3u
#define GSO_TCPV6       4u
#define GSO_UDP_L4      5u
#define GSO_TUNNEL      0x60u
#define GSO_ECN         0x80u
#define FRAME_MAX       65550u
#define FRAME_PLAIN     1514u
#define PACKET_MAX      (HDR_LONG + FRAME_MAX)
#define MTU_DEFAULT     1500u
#define PAIRS_MAX       ((MODEL_MAX_QUEUES - 1) / 2)
#define BACKLOG_DEFAULT 64u
#define STATUS_LINK_UP  1u
#define STATUS_ANNOUNCE 2u

/* Indices into net_fields; those up to NF_RSS_KEY are the fields of the fault CFG-HOSTILE. The
 * bytes of the MAC address are fields of their own, as each is read by an access of its own. */
enum net_field {
    NF_STATUS,
    NF_MAX_PAIRS,
    NF_MTU,
    NF_SPEED,
    NF_DUPLEX,
    NF_MAC0,
    NF_MAC5 = NF_MAC0 + 5,
    NF_RSS_KEY,
    NF_RSS_TABLE,
    NF_HASH_TYPES,
    NF_COUNT,
};
#define NET_CONFIG_BYTES 24u

struct net_header {
    uint8_t flags, gso_type;
    uint16_t hdr_len, gso_size, csum_start, csum_offset, num_buffers;
};

/* A frame that waits for a buffer. */
struct net_frame {
    struct net_frame *next;
    size_t len;
    struct model_net_offload offload;
    uint8_t bytes[];
};

struct net_pair {
    struct net_frame *head, **tail;
    bool tx_stuck;    /* NET-TX-STUCK: not served until reset */
    bool populated;   /* said once: the receive queue was looked at */
    uint16_t cut_idx; /* avail index of the transmit queue when the pair was disabled */
};

/* NET-MRG-SPLIT: what a frame still owes after its first buffer. */
struct net_rest {
    bool active, stopped;
    unsigned pair;
    size_t done, len;
    uint8_t bytes[PACKET_MAX];
};

enum net_role { NET_RX, NET_TX, NET_CTRL, NET_NO_ROLE };

struct model_net {
    struct model_device dev; /* first */
    struct model_net_config cfg;
    struct model_net_state state;
    struct model_net_stats stats;
    unsigned max_pairs; /* that exist */
    unsigned n_backlog;
    bool link_up, hold_tx;
    bool pairs_set; /* by command, since the reset */
    bool mac_lie;
    bool flap_up;       /* NET-LINK-FLAP: up again when a transmit chain is given back */
    uint8_t mac_read;   /* bytes of the address that the driver ever read, a bit each */
    bool status_read;   /* ever */
    bool first_tx_seen; /* since the reset */
    struct net_pair pair[PAIRS_MAX];
    struct net_rest rest;
    uint8_t packet[PACKET_MAX]; /* of the chain being served */
    uint8_t answer[PACKET_MAX];
};

static inline struct model_net *to_net(struct model_device *dev)
{
    return (struct model_net *)dev;
}

static inline unsigned net_header_bytes(const struct model_device *dev)
{
    return dev_modern(dev) || dev_has(dev, N_MRG_RXBUF) ? HDR_LONG : HDR_SHORT;
}

/* Legacy drivers without ANY_LAYOUT keep to a fixed framing, v1.2 5.1.6.6. */
static inline bool net_fixed_framing(const struct model_device *dev)
{
    return !dev_modern(dev) && !dev_has(dev, F_ANY_LAYOUT);
}

/* ---- net.c ---- */
/* The feature that lets the driver receive this segmentation type; 0: there is none. */
uint64_t net_guest_segment(uint8_t gso_type);
/* What queue `index` is for under the agreed features, and of which pair. */
enum net_role net_role(const struct model_net *net, unsigned index, unsigned *pair);
struct vqueue *net_rx_queue(struct model_net *net, unsigned pair);
struct chain *net_oldest(const struct vqueue *q);
struct vqueue *net_tx_queue(struct model_net *net, unsigned pair);
/* The longest frame that is not to be segmented. */
size_t net_plain_max(const struct model_net *net, const uint8_t *frame, size_t len);
/* A fault lied about a field on which rules depend. */
bool net_config_lied(const struct model_net *net);
void net_capture(struct model_net *net, const uint8_t *frame, size_t len);
void net_link(struct model_net *net, bool up);
/* A frame comes from the wire and passed the filters. */
int net_arrive(struct model_net *net, unsigned pair, const uint8_t *frame, size_t len,
               const struct model_net_offload *offload);

/* ---- net_features.c ---- */
#define NET_DEPS 20u
extern const struct feature_dep net_deps[NET_DEPS];
bool net_accepts(struct model_device *dev, uint64_t features);
void net_agreed(struct model_device *dev);

/* ---- net_config.c ---- */
extern const struct config_field net_fields[NF_COUNT];
void net_refresh_config(struct model_device *dev);
uint64_t net_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value);
void net_config_was_read(struct model_device *dev, unsigned field, unsigned part, unsigned width,
                         uint64_t value);
void net_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val);

/* ---- net_rx.c ---- */
/* The frame goes into the backlog of the pair; filters do not look at it any more. */
int net_rx_enqueue(struct model_net *net, unsigned pair, const uint8_t *frame, size_t len,
                   const struct model_net_offload *offload);
bool net_rx_ready(const struct model_net *net, const struct chain *chain, unsigned pair);
uint32_t net_rx_execute(struct model_net *net, struct chain *chain, unsigned pair);
/* Drops what can never be delivered with the buffers posted; `except` is on its way out. */
void net_rx_settle(struct model_net *net, unsigned pair, const struct chain *except);
void net_rx_forget(struct model_net *net);
/* The pairs in use are fewer: what waits in others moves. */
void net_rx_rehash(struct model_net *net);
void net_rx_check_buffer(struct model_net *net, const struct chain *chain);

/* ---- net_filter.c ---- */
bool net_filter_passes(const struct model_net *net, const uint8_t *frame, size_t len);

/* ---- net_tx.c ---- */
uint32_t net_tx_execute(struct model_net *net, struct chain *chain, unsigned pair);

/* ---- net_check.c: the rules about transmitted headers ---- */
/* False: the frame must be refused. */
bool net_check_header(struct model_net *net, const struct chain *chain, const struct net_header *h,
                      const uint8_t *frame, size_t len);

/* ---- net_ctrl.c ---- */
uint32_t net_ctrl_execute(struct model_net *net, struct chain *chain);

/* ---- net_faults.c ---- */
/* A received frame on its way into its chains. */
struct net_rx {
    struct model_net *net;
    struct chain *first;
    unsigned pair;
    unsigned header;  /* its bytes */
    size_t len;       /* header and frame, in net->packet */
    size_t first_max; /* bytes for the first buffer at most */
    size_t written;   /* bytes really written, from the start */
    unsigned n;       /* buffers */
    bool split;       /* NET-MRG-SPLIT strikes */
    bool lied;        /* the used length of the first buffer is `said` */
    uint32_t said;
};
/* Before the frame is laid out: may ask for two buffers. */
void net_fault_split(struct net_rx *rx);
/* After the header was filled in. */
void net_fault_rx(struct net_rx *rx);
/* NET-RX-EMPTY; false: the frame is lost. */
bool net_fault_arrival(struct model_net *net, unsigned pair);
/* A chain was taken: it may never come back, or the link go down. */
void net_fault_taken_tx(struct model_net *net, struct chain *chain, unsigned pair);
void net_fault_taken_ctrl(struct model_net *net, struct chain *chain);
/* The used length of a chain that brings nothing to the driver. */
uint32_t net_fault_used(struct model_net *net, uint32_t len);

#endif
