/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queues by hand, for devices of every type: chains of mapped buffers go in, used entries come out.
 * A chain takes consecutive descriptors, the next free ones from `next` on.
 */
#ifndef MODEL_TESTS_HAND_QUEUE_H
#define MODEL_TESTS_HAND_QUEUE_H

#include "hand.h"

#define HAND_QUEUE_MAX 64u

/* A buffer of a chain. */
struct hand_part {
    void *data;
    uint32_t len;
    bool writable;
};

struct hand_queue {
    struct hand *h;
    unsigned index;
    uint32_t num;
    uint8_t *ring, *avail, *used;
    uint64_t ring_gpa;
    uint32_t ring_bytes;
    uint16_t avail_idx, last_used, next;
    struct {
        struct hand_part part; /* mapped while len is not 0 */
        uint64_t gpa;
        bool more; /* the chain goes on */
    } desc[HAND_QUEUE_MAX];
};

/* A board without a device yet; then the device that the test has added in slot h->slot. */
void hand_board_bare(struct hand *h, const struct model_board_config *bc);
void hand_attach(struct hand *h, struct model_device *dev, uint32_t device_id, unsigned version);

/* Sets up a queue of `num` (up to HAND_QUEUE_MAX) entries, between negotiation and DRIVER_OK. */
void hand_queue_open(struct hand *h, struct hand_queue *q, unsigned index, uint32_t num);
/* Frees everything; the device must have been reset. */
void hand_queue_close(struct hand_queue *q);

/* Makes a chain available and notifies the device; returns its head. */
uint16_t hand_queue_put(struct hand_queue *q, const struct hand_part *part, unsigned n);
/* The same in two steps, for a test that spoils descriptors in between. */
uint16_t hand_queue_fill(struct hand_queue *q, const struct hand_part *part, unsigned n);
void hand_queue_publish(struct hand_queue *q, uint16_t head);
uint8_t *hand_queue_desc(struct hand_queue *q, uint16_t desc); /* its 16 bytes */

/* The next used entry: its head, used length in *len. -1: there is none. Unmaps the chain. */
int hand_queue_get(struct hand_queue *q, uint32_t *len);
/* The same after waiting for up to 1 ms of virtual time. */
int hand_queue_wait(struct hand_queue *q, uint32_t *len);

#endif
