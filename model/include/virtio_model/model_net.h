/* SPDX-License-Identifier: Apache-2.0 */
/* Network device model (virtio v1.2 section 5.1): loopback, a scripted peer, a capture file. */
#ifndef VIRTIO_MODEL_NET_H
#define VIRTIO_MODEL_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio_model/model_device.h"
#include "virtio_model/model_net_peer.h"

struct model_net;
struct model_pcap;

enum model_net_wire {
    MODEL_NET_SINK,     /* transmitted frames go to the sink and the capture only */
    MODEL_NET_LOOPBACK, /* every transmitted frame is received again, unchanged */
    MODEL_NET_PEER,     /* a scripted peer answers (model_net_peer.h) */
};

struct model_net_config {
    struct model_device_config dev;
    enum model_net_wire wire;
    struct model_net_peer_config peer; /* of MODEL_NET_PEER */
    /* Fields shown in config space when their feature bit is offered. */
    uint8_t mac[6];               /* all 0: 52:54:00:12:34:56 */
    uint16_t max_virtqueue_pairs; /* 0: 1; at most 31 */
    uint16_t mtu;                 /* 0: 1500 */
    uint32_t speed;               /* Mbit/s */
    uint8_t duplex;               /* 1 full, 0 half, 0xff unknown */
    bool link_down;               /* at start; STATUS */
    unsigned backlog;             /* frames kept for a driver without buffers, 0: 64; more are
                                     dropped and counted */
    struct model_pcap *pcap;      /* the caller's; frames of both directions; may be NULL */
    /* Every frame that the driver transmitted, header checked and taken off; may be NULL. */
    void (*sink)(void *ctx, unsigned pair, const uint8_t *frame, size_t len);
    void *sink_ctx;
};

/* Adds a device in a slot of the board, which owns it. 0; -EINVAL (as model_blk_add, or too many
 * pairs), -ENOMEM. */
int model_net_add(struct model_board *board, unsigned slot, const struct model_net_config *cfg,
                  struct model_net **out);
struct model_device *model_net_device(struct model_net *net);

/* What a received frame's header says beside num_buffers; all 0 for a plain frame. */
struct model_net_offload {
    uint8_t flags; /* 1 NEEDS_CSUM, 2 DATA_VALID */
    uint8_t gso_type;
    uint16_t hdr_len, gso_size, csum_start, csum_offset;
};
/* A frame comes in from the wire, for pair 0..: filtered by the receive mode, then given to the
 * driver when it has a buffer. offload NULL: none. 0; -EINVAL (frame of 0 bytes or above 65,550);
 * -ENOBUFS the backlog is full; -ENETDOWN the link is down. Filtered out is 0 and counted. */
int model_net_receive(struct model_net *net, unsigned pair, const void *frame, size_t len,
                      const struct model_net_offload *offload);
/* The link goes down or up; announced when STATUS was agreed. */
void model_net_set_link(struct model_net *net, bool up);
/* Asks the driver to announce itself (GUEST_ANNOUNCE). */
void model_net_ask_announce(struct model_net *net);
/* From now on the transmit queues are not served (NET-TX-STUCK without a fault), until on again. */
void model_net_hold_transmit(struct model_net *net, bool hold);

#define MODEL_NET_MACS_MAX 64u
struct model_net_state { /* as the control queue left it */
    bool promisc, allmulti, alluni, nomulti, nouni, nobcast;
    uint8_t mac[6];
    unsigned n_unicast, n_multicast;
    uint8_t unicast[MODEL_NET_MACS_MAX][6], multicast[MODEL_NET_MACS_MAX][6];
    bool vlan[4096];
    unsigned pairs;        /* in use */
    uint64_t offloads;     /* GUEST_OFFLOADS */
    unsigned announces;    /* ANNOUNCE_ACK commands */
    bool announce_pending; /* asked for, not acknowledged */
};
const struct model_net_state *model_net_state(const struct model_net *net);

struct model_net_stats {
    uint64_t tx_frames, tx_bytes, rx_frames, rx_bytes;
    uint64_t tx_refused;  /* malformed: also a rule breach */
    uint64_t rx_filtered; /* by receive mode or VLAN */
    uint64_t rx_overrun;  /* backlog full */
    uint64_t rx_merged;   /* frames in more than one buffer */
    uint64_t rx_unfit;    /* too large for mtu or buffers, or a segmentation not agreed */
    uint64_t tx_lost;     /* transmitted while the link was down */
    uint64_t ctrl, ctrl_errors;
};
void model_net_stats(const struct model_net *net, struct model_net_stats *out);
unsigned model_net_backlog(const struct model_net *net); /* frames waiting for a buffer */

/* A capture file (pcap, Ethernet, nanosecond stamps of virtual time). 0 or -errno. */
int model_pcap_open(struct model_pcap **out, const char *path);
int model_pcap_write(struct model_pcap *pcap, uint64_t ns, const void *frame, size_t len);
int model_pcap_close(struct model_pcap *pcap);

#endif
