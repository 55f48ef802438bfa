/* SPDX-License-Identifier: Apache-2.0 */
/* The network driver on the scripted device of fake.h: frames that a test puts into the posted
 * buffers byte by byte, chains that it looks at, control commands that it answers as it likes. */
#ifndef HARNESS_TESTS_NET_RIG_H
#define HARNESS_TESTS_NET_RIG_H

#include "fake.h"
#include "virtio/virtio_net.h"

enum { NET_RIG_RX = 0, NET_RIG_TX = 1, NET_RIG_CTRL = 2 };

struct net_rig {
    struct fake f; /* first: the hooks find the rest through it */
    struct virtio_net net;
    struct fake_chain chain; /* the last one taken */
    unsigned rx_ready, tx_ready, link_calls, announces, done;
    int result;  /* of the last frame sent */
    bool locked; /* a callback ran with a lock held */
    /* Control commands: answered at once with `ack` and `ack_len`, unless silent. */
    bool silent, ack_unwritten;
    uint8_t ack;
    uint32_t ack_len;
    unsigned commands, pieces;
    uint8_t command[256]; /* the last one, all pieces in a row */
    uint32_t command_len, piece_len[4];
};

#define NET_RIG_MAC "\x52\x54\x00\x12\x34\x56"

/* A device with those features beside VERSION_1, queues of 16 entries, link up, mtu 1500. */
void net_rig_make(struct net_rig *r, uint32_t version, uint64_t features);
/* Without parameters: 4 receive buffers, the rest as the driver has it. Interrupts are on. */
int net_rig_probe(struct net_rig *r, const struct virtio_net_params *params);
void net_rig_open(struct net_rig *r, uint32_t version, uint64_t features,
                  const struct virtio_net_params *params);
/* Removes the device and asserts that nothing is left. */
void net_rig_close(struct net_rig *r);

/* ---- receiving ---- */
/* The device takes a buffer, writes `header` (NULL: nothing, zeroes with num_buffers 1 when it is
 * net_rig_plain) and `len` bytes that count up from `first` behind it, and uses it with what it
 * really wrote. The bytes that the driver's buffer has. */
extern const uint8_t net_rig_plain[12];
uint32_t net_rig_fill(struct net_rig *r, const uint8_t *header, uint8_t first, uint32_t len);
/* The same with a used length of its own. */
uint32_t net_rig_fill_len(struct net_rig *r, const uint8_t *header, uint8_t first, uint32_t len,
                          uint32_t used);
void net_rig_interrupt(struct net_rig *r);
/* Asserts that one frame of `len` bytes counting up from `first` is there, in `bufs` buffers. */
struct virtio_net_buf *net_rig_expect(struct net_rig *r, uint8_t first, uint32_t len,
                                      unsigned bufs);
void net_rig_expect_none(struct net_rig *r);
void net_rig_return(struct net_rig *r, struct virtio_net_buf *frame);
struct virtio_net_stats net_rig_stats(struct net_rig *r);

/* ---- transmitting ---- */
/* Makes tx a frame of one segment whose completion is counted. */
void net_rig_frame(struct net_rig *r, struct virtio_net_tx *tx, struct virtio_net_seg *seg,
                   const void *data, uint32_t len);
/* The device takes the next frame; its header and its length without it. */
const uint8_t *net_rig_taken(struct net_rig *r, uint32_t *len);
/* What the device finds in piece n of the chain taken last. */
const uint8_t *net_rig_piece(const struct net_rig *r, unsigned n);

#endif
