/* SPDX-License-Identifier: Apache-2.0 */
/* Console devices ("virtio-console0", ...) and their ports ("vport0p1", ...) for board code and
 * applications. */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_CONSOLE_H
#define RT_VIRTIO_COMPAT_VIRTIO_CONSOLE_H

#include "virtio.h"
#include "virtio/virtio_console.h"

#ifndef RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR
#define RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR 4
#endif

/* rt_device_control of a console device; no argument. */
enum {
    VIRTIO_DEVICE_CTRL_CONSOLE_PORT_CREATE = 0x20, /* registers the next port */
    VIRTIO_DEVICE_CTRL_CONSOLE_PORT_DESTROY,       /* takes the last one back */
};

#endif
