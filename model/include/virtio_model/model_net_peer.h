/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small host on the other end of the wire: answers ARP requests for its address, ICMP echo, UDP
 * to port 7 (echo), and sends frames of Ethertype 0x88b5 (local experimental) back with the
 * addresses swapped. Knows nothing of virtio: it serves the model and a real device's socket alike.
 * Nothing is allocated; the struct is the caller's.
 */
#ifndef VIRTIO_MODEL_NET_PEER_H
#define VIRTIO_MODEL_NET_PEER_H

#include <stddef.h>
#include <stdint.h>

#define MODEL_NET_PEER_ECHO 0x88b5u

struct model_net_peer_config {
    uint8_t mac[6];  /* all 0: 52:55:0a:00:02:02 */
    uint8_t ipv4[4]; /* all 0: 10.0.2.2 */
};

/* The answer to one frame into out (out_size bytes); its length, or 0: there is none. */
size_t model_net_peer_answer(const struct model_net_peer_config *peer, const uint8_t *frame,
                             size_t len, uint8_t *out, size_t out_size);

#endif
