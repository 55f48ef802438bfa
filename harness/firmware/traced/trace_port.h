/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What virtio_port.h beside this file puts in the place of port functions: each does what the port
 * does and keeps a record of it (trace.h). Context and arguments are the port's.
 */
#ifndef FIRMWARE_TRACE_PORT_H
#define FIRMWARE_TRACE_PORT_H

/* The port itself: by its path, because the name alone finds the header beside this one. */
#include "../../../driver/ports/baremetal/virtio_port.h"

uint8_t trace_read8(virtio_port_ctx_t ctx, uintptr_t addr);
uint16_t trace_read16(virtio_port_ctx_t ctx, uintptr_t addr);
uint32_t trace_read32(virtio_port_ctx_t ctx, uintptr_t addr);
void trace_write8(virtio_port_ctx_t ctx, uintptr_t addr, uint8_t value);
void trace_write32(virtio_port_ctx_t ctx, uintptr_t addr, uint32_t value);
void trace_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma);

#endif
