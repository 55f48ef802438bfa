/* SPDX-License-Identifier: Apache-2.0 */
/* Refuses a port header that does not follow the contract (driver/ports/template/virtio_port.h). */
#ifndef VIRTIO_PORT_CHECK_H
#define VIRTIO_PORT_CHECK_H

#include "virtio_port.h"

#define PORT_FUNCTION(name, type)                                                                  \
    _Static_assert(_Generic(&name, type : 1, default : 0),                                         \
                   #name " must have the type that the port contract gives")

PORT_FUNCTION(virtio_port_read8, uint8_t (*)(virtio_port_ctx_t, uintptr_t));
PORT_FUNCTION(virtio_port_read16, uint16_t (*)(virtio_port_ctx_t, uintptr_t));
PORT_FUNCTION(virtio_port_read32, uint32_t (*)(virtio_port_ctx_t, uintptr_t));
PORT_FUNCTION(virtio_port_write8, void (*)(virtio_port_ctx_t, uintptr_t, uint8_t));
PORT_FUNCTION(virtio_port_write32, void (*)(virtio_port_ctx_t, uintptr_t, uint32_t));
PORT_FUNCTION(virtio_port_mb, void (*)(void));
PORT_FUNCTION(virtio_port_rmb, void (*)(void));
PORT_FUNCTION(virtio_port_wmb, void (*)(void));
PORT_FUNCTION(virtio_port_alloc, void *(*)(virtio_port_ctx_t, size_t));
PORT_FUNCTION(virtio_port_free, void (*)(virtio_port_ctx_t, void *));
PORT_FUNCTION(virtio_port_dma_alloc, void *(*)(virtio_port_ctx_t, size_t, size_t, uint64_t *));
PORT_FUNCTION(virtio_port_dma_free, void (*)(virtio_port_ctx_t, void *, size_t, uint64_t));
PORT_FUNCTION(virtio_port_dma_map,
              int (*)(virtio_port_ctx_t, void *, size_t, enum virtio_dma_dir, uint64_t *));
PORT_FUNCTION(virtio_port_dma_unmap,
              void (*)(virtio_port_ctx_t, uint64_t, void *, size_t, enum virtio_dma_dir));
PORT_FUNCTION(virtio_port_dma_sync,
              void (*)(virtio_port_ctx_t, uint64_t, void *, size_t, size_t, enum virtio_dma_dir));
PORT_FUNCTION(virtio_port_now_us, uint64_t (*)(void));
PORT_FUNCTION(virtio_port_delay_us, void (*)(uint32_t));
PORT_FUNCTION(virtio_port_lock_init, void (*)(virtio_port_lock_t *));
PORT_FUNCTION(virtio_port_lock, virtio_port_irqflags_t (*)(virtio_port_lock_t *));
PORT_FUNCTION(virtio_port_unlock, void (*)(virtio_port_lock_t *, virtio_port_irqflags_t));
PORT_FUNCTION(virtio_port_event_init, int (*)(virtio_port_event_t *));
PORT_FUNCTION(virtio_port_event_deinit, void (*)(virtio_port_event_t *));
PORT_FUNCTION(virtio_port_event_signal, void (*)(virtio_port_event_t *));
PORT_FUNCTION(virtio_port_event_wait, void (*)(virtio_port_event_t *, uint64_t));
PORT_FUNCTION(virtio_port_log, void (*)(enum virtio_log_level, const char *, ...));

#undef PORT_FUNCTION

#endif
