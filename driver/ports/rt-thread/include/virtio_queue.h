/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's virtqueues; nothing outside of the component uses them. */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_QUEUE_H
#define RT_VIRTIO_COMPAT_VIRTIO_QUEUE_H

#include "virtio/virtqueue.h"

#endif
