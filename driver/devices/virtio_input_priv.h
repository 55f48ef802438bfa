/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the input driver share: its config space and its events on the wire (virtio
 * v1.2 sections 5.8.4, 5.8.6). Everything is little-endian, on legacy transports too. */
#ifndef VIRTIO_INPUT_PRIV_H
#define VIRTIO_INPUT_PRIV_H

#include "virtio/virtio_input.h"
#include "../core/virtio_endian.h"

struct input_wire_event {
    uint16_t type;
    uint16_t code;
    uint32_t value;
};

/* virtio_input_config.c: reads and validates the config space into in->info. -EPROTO, -EIO. */
int virtio_input_read_config(struct virtio_input *in);

/* virtio_input_event.c: the queue between the device and the reader. */

/* Makes no buffer look as if it held an event: before they are given to the device. */
void virtio_input_events_poison(struct virtio_input *in);
/* Used event buffers are there (the virtqueue's callback). */
void virtio_input_events_used(struct virtqueue *vq);
/* The device owns no buffer any more: what was not read is gone, and a SYN_DROPPED says so. */
void virtio_input_events_lost(struct virtio_input *in);

#endif
