/* SPDX-License-Identifier: Apache-2.0 */
/* Network devices ("virtio-net0", ...) for board code. */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_NET_H
#define RT_VIRTIO_COMPAT_VIRTIO_NET_H

#include "virtio.h"

#ifdef RT_USING_VIRTIO_NET

#include <netif/ethernetif.h>

#include "virtio/virtio_net.h"

#define VIRTIO_NET_QUEUE_RX 0
#define VIRTIO_NET_QUEUE_TX 1
#define VIRTIO_NET_MSS      1514 /* bytes of an Ethernet frame, as it was always called here */

#endif

#endif
