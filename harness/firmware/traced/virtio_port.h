/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare-metal port, watched: register accesses and memory that is given back go into the mailbox
 * (trace.h). With this folder on the include path instead of driver/ports/baremetal, the driver's
 * sources are compiled as they are; the names below lead them to functions that call the port's.
 */
#ifndef TRACED_VIRTIO_PORT_H
#define TRACED_VIRTIO_PORT_H

#include "trace_port.h"

#define virtio_port_read8    trace_read8
#define virtio_port_read16   trace_read16
#define virtio_port_read32   trace_read32
#define virtio_port_write8   trace_write8
#define virtio_port_write32  trace_write32
#define virtio_port_dma_free trace_dma_free

#endif
