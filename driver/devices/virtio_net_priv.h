/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the network driver share: the header before every frame (virtio v1.2 section
 * 5.1.6) and the halves of a queue pair. */
#ifndef VIRTIO_NET_PRIV_H
#define VIRTIO_NET_PRIV_H

#include "virtio/virtio_net.h"
#include "../core/virtio_endian.h"

/* num_buffers is there on modern devices and with MRG_RXBUF. */
struct net_wire_header {
    uint8_t flags;
    uint8_t gso_type;
    uint16_t hdr_len;
    uint16_t gso_size;
    uint16_t csum_start;
    uint16_t csum_offset;
    uint16_t num_buffers;
};
#define NET_HDR_SHORT 10u
#define NET_HDR_LONG  12u

enum { NET_HDR_F_NEEDS_CSUM = 1, NET_HDR_F_DATA_VALID = 2 };
enum { NET_HDR_GSO_ECN = 0x80 };
enum { NET_S_LINK_UP = 1, NET_S_ANNOUNCE = 2 };

#define NET_TAG_LEN 4u /* of VLAN */

struct net_map {
    const void *ptr;
    uint64_t dma;
    uint32_t len;
};

/* Private state of a frame on the transmit ring; its index is that of its header. */
struct virtio_net_tx_slot {
    struct virtio_net_tx *tx;
    uint32_t bytes;
    uint16_t index;
    uint16_t next_free;
    uint16_t num_maps;
    struct net_map maps[];
};

/* virtio_net_rx.c: the receive half of pair `pair`, made (thread), filled with buffers, taken back
 * when the device owns nothing any more, freed. */
int virtio_net_rx_setup(struct virtio_net *net, uint8_t pair);
int virtio_net_rx_fill(struct virtio_net_rxq *q);
void virtio_net_rx_reclaim(struct virtio_net_rxq *q);
void virtio_net_rx_free(struct virtio_net_rxq *q);

/* virtio_net_tx.c: the transmit half. */
int virtio_net_tx_setup(struct virtio_net *net, uint8_t pair);
/* Completes everything with `error`; the device owns nothing of the queue any more. */
void virtio_net_tx_fail(struct virtio_net_txq *q, int error);
void virtio_net_tx_free(struct virtio_net_txq *q);
/* After a reset: tells whoever was refused that there is room again. */
void virtio_net_tx_wake(struct virtio_net_txq *q);

/* virtio_net_ctrl.c: the control queue, of that index. -ENOTSUP: there is none. */
int virtio_net_ctrl_setup(struct virtio_net *net, uint16_t index);
/* The device wants to be announced: asks the caller to, and acknowledges. Context: any. */
void virtio_net_announce(struct virtio_net *net);
/* Tells the device the address that it did not choose, without waiting. */
void virtio_net_tell_mac(struct virtio_net *net);

/* One field of the description, while others may write it. */
static inline bool virtio_net_link_up(const struct virtio_net *net)
{
    return *(const volatile bool *)&net->info.link_up;
}
static inline uint16_t virtio_net_pairs(const struct virtio_net *net)
{
    return *(const volatile uint16_t *)&net->info.pairs;
}

/* Without ANY_LAYOUT a legacy device wants the header in a descriptor of its own (5.1.6.6). */
static inline bool virtio_net_header_apart(const struct virtio_net *net)
{
    return virtio_is_legacy(&net->dev) && !virtio_has_feature(&net->dev, VIRTIO_F_ANY_LAYOUT);
}

#endif
