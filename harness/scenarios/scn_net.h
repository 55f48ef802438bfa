/* SPDX-License-Identifier: Apache-2.0 */
/* What the network scenarios share: opening, frames that are accounted for one by one, frames of
 * the usual protocols, faults of the caller's side. */
#ifndef SCN_NET_H
#define SCN_NET_H

#include "scenario.h"
#include "virtio/virtio_net.h"

#define SCN_NET_TIMEOUT_US UINT64_C(1000000)
#define SCN_NET_SLOTS      24u     /* frames on their way at a time */
#define SCN_NET_BYTES      3072u   /* of a frame, at most */
#define SCN_NET_FRAME      1514u   /* the longest plain one with the usual mtu */
#define SCN_NET_ECHO       0x88b5u /* Ethertype that the peer sends back */
#define SCN_NET_JUNK       0x88b6u /* Ethertype that nobody is interested in */

/* What is on the other end of the wire. */
enum scn_net_wire {
    SCN_NET_PEER,     /* 10.0.2.2 at 52:55:0a:00:02:02 answers ARP, ICMP echo and SCN_NET_ECHO */
    SCN_NET_LOOPBACK, /* every frame comes back */
};
/* scn_needs.more; fields that are 0 mean the usual. */
struct scn_net_needs {
    enum scn_net_wire wire;
    uint16_t pairs, mtu;
    uint32_t speed_mbps;
    uint8_t duplex;
};

/* What the device has been told, as far as scenarios look at it. */
struct scn_net_seen {
    bool promisc, allmulti;
    uint8_t mac[VIRTIO_NET_MAC_LEN];
    unsigned num_unicast, num_multicast, pairs, announces;
    uint64_t offloads;
};

/* What happens at the device; NULL where the back end cannot. */
struct scn_net_ops {
    /* A frame comes in from the wire, for that pair. False: the device has no room for it. */
    bool (*inject)(struct scn_env *env, unsigned i, unsigned pair, const void *frame, uint32_t len,
                   const struct virtio_net_offload *offload);
    void (*set_link)(struct scn_env *env, unsigned i, bool up);
    void (*ask_announce)(struct scn_env *env, unsigned i);
    void (*hold_transmit)(struct scn_env *env, unsigned i, bool hold);
    void (*seen)(struct scn_env *env, unsigned i, struct scn_net_seen *out);
};

/* A frame that is sent, or expected, or both. */
struct scn_net_slot {
    struct virtio_net_tx tx;
    struct virtio_net_seg segs[VIRTIO_NET_SEGS_MAX];
    struct scn_net_track *track;
    unsigned calls; /* of done */
    bool in_flight; /* sent, not done */
    bool played;    /* sent by a fault of our side, which is not played upon again */
    bool due;       /* must still come in */
    bool may;       /* may still come in: sent before a reset */
    uint32_t len;
    uint8_t data[SCN_NET_BYTES];
    uint32_t expect_len;
    uint8_t expect[SCN_NET_BYTES];
    struct virtio_net_offload offload; /* that it comes in with */
};
struct scn_net_track {
    struct scn_env *env;
    unsigned dev;
    struct scn_net_slot slots[SCN_NET_SLOTS];
    int first_error; /* of a frame that was sent */
    unsigned rx_ready, tx_ready, link_calls, announce_calls, received;
    bool link_up, draining, playing;
};

struct scn_net_env {
    const struct scn_net_ops *ops;
    struct virtio_net *nets;     /* SCN_DEVICES_MAX of them, zeroed */
    struct scn_net_track *track; /* likewise */
    enum scn_net_wire wire;
    bool wire_remembers; /* what was under way when a device was removed may come in at the next */
};

struct virtio_net *scn_net(struct scn_env *env, unsigned i);
struct scn_net_track *scn_net_track(struct scn_env *env, unsigned i);

/* Brings up device i with params (NULL: defaults; the callbacks are ours) and connects its
 * interrupt; ends a scenario that has come to `ret`, as scn_close in scn_blk.h. */
int scn_net_open(struct scn_env *env, unsigned i, const struct virtio_net_params *params);
int scn_net_close(struct scn_env *env, unsigned i, int ret);

/* ---- frames ---- */

/* A free slot; NULL: all are on their way. */
struct scn_net_slot *scn_net_slot(struct scn_env *env, unsigned i);
/* A frame of seeded content to the other end, that comes back (SCN_NET_ECHO). */
struct scn_net_slot *scn_net_echo(struct scn_env *env, unsigned i, uint32_t len, uint32_t seed);
struct scn_net_slot *scn_net_arp(struct scn_env *env, unsigned i);
struct scn_net_slot *scn_net_ping(struct scn_env *env, unsigned i, uint32_t payload, uint16_t seq);
/* A frame from the wire, of seeded content: expected when `wanted`. */
int scn_net_inject(struct scn_env *env, unsigned i, unsigned pair, const uint8_t *dst, uint32_t len,
                   uint32_t seed, bool wanted);

/* Headers for scenarios that make frames of their own: IPv4 with UDP or TCP (proto 17 or 6) to the
 * other end, the checksum field holding the sum of the pseudo header; then the sum completed. */
void scn_net_ipv4(struct scn_env *env, unsigned i, uint8_t proto, uint32_t len, uint32_t seed,
                  uint8_t *frame);
void scn_net_complete(uint8_t *frame, uint32_t len, uint32_t start, uint32_t offset);
extern const uint8_t scn_net_peer_mac[VIRTIO_NET_MAC_LEN];

/* Sends the slot's frame in pieces of its segs (num_segs 0: in one); a full ring is waited for. The
 * driver's answer, or -ETIMEDOUT: tx_ready never came. */
int scn_net_send(struct scn_env *env, unsigned i, struct scn_net_slot *slot);
/* The same without waiting: -EAGAIN. For callbacks. */
int scn_net_try(struct scn_env *env, unsigned i, struct scn_net_slot *slot);
/* Sends several with one notification. */
int scn_net_send_all(struct scn_env *env, unsigned i, struct scn_net_slot *const *slots,
                     unsigned count);
/* Reads what is there and compares it; 0 or -EIO. */
int scn_net_drain(struct scn_env *env, unsigned i);
/* Compares one received frame with what may come. */
void scn_net_check(struct scn_env *env, unsigned i, const struct virtio_net_buf *frame);
/* Nothing is on its way any more. */
bool scn_net_idle(struct scn_env *env, unsigned i);
/* Reads until nothing is on its way. The first error of a sent frame, -EIO, -ETIMEDOUT. */
int scn_net_wait(struct scn_env *env, unsigned i);
/* Lets time pass, so that the device gets on. */
void scn_net_pass(struct scn_env *env, unsigned i, uint64_t us);
/* After a reset or removal: every frame sent has completed once; what was expected need not come
 * any more. */
void scn_net_forget(struct scn_env *env, unsigned i);

/* Sends a seeded frame, waits until it is back. */
int scn_net_exchange(struct scn_env *env, unsigned i, uint32_t len, uint32_t seed);

/* scn_net_plays.c: the faults of the caller's side; as in scn_blk.h. */
int scn_net_play_after_open(struct scn_env *env, unsigned i);
int scn_net_play_before_send(struct scn_env *env, unsigned i);
int scn_net_play_before_close(struct scn_env *env, unsigned i);
void scn_net_play_done(struct scn_env *env, unsigned i); /* from the callback */

#endif
