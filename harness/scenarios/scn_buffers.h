/* SPDX-License-Identifier: Apache-2.0 */
/* No receive buffer gets lost: nothing fails when a driver forgets one now and then, until the
 * device has none left. Scenarios count them before they end. */
#ifndef SCN_BUFFERS_H
#define SCN_BUFFERS_H

#include "virtio/virtio_buffers.h"

/* Each buffer of a queue that works is the device's, waits for a mapping, or is one of the
 * `elsewhere` that the driver is said to hold. */
static inline bool scn_buffers_complete(const struct virtio_buffers *b, unsigned elsewhere)
{
    return !b->vq.ready || b->vq.num_chains + b->waiting + elsewhere == b->count;
}

#endif
