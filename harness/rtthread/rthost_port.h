/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forced in front of every source of the driver and the component (-include): the component's own
 * virtio_port.h as it is, and then other names for what touches the machine. Registers, barriers,
 * DMA and the time go to the host back end; locks, events, memory and the log stay what the
 * component makes of RT-Thread. The component's rt_virtio_port.c is compiled without the names.
 */
#ifndef RTHOST_PORT_H
#define RTHOST_PORT_H

#include "virtio_port.h"

#ifndef RTHOST_PORT_PLAIN
#include "host_backend.h"

static inline uint8_t rthost_read8(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return (uint8_t)host_current->mmio_read(host_current, addr, 1);
}
static inline uint16_t rthost_read16(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return (uint16_t)host_current->mmio_read(host_current, addr, 2);
}
static inline uint32_t rthost_read32(virtio_port_ctx_t ctx, uintptr_t addr)
{
    (void)ctx;
    return (uint32_t)host_current->mmio_read(host_current, addr, 4);
}
static inline void rthost_write8(virtio_port_ctx_t ctx, uintptr_t addr, uint8_t value)
{
    (void)ctx;
    host_current->mmio_write(host_current, addr, 1, value);
}
static inline void rthost_write32(virtio_port_ctx_t ctx, uintptr_t addr, uint32_t value)
{
    (void)ctx;
    host_current->mmio_write(host_current, addr, 4, value);
}
static inline void rthost_mb(void)
{
    virtio_port_mb();
    host_current->barrier(host_current, HOST_BARRIER_FULL);
}
static inline void rthost_rmb(void)
{
    virtio_port_rmb();
    host_current->barrier(host_current, HOST_BARRIER_READ);
}
static inline void rthost_wmb(void)
{
    virtio_port_wmb();
    host_current->barrier(host_current, HOST_BARRIER_WRITE);
}
static inline void *rthost_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align,
                                     uint64_t *dma)
{
    (void)ctx;
    return host_current->dma_alloc(host_current, size, align, dma);
}
static inline void rthost_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma)
{
    (void)ctx;
    host_current->dma_free(host_current, ptr, size, dma);
}
static inline int rthost_dma_map(virtio_port_ctx_t ctx, void *buf, size_t len,
                                 enum virtio_dma_dir dir, uint64_t *dma)
{
    (void)ctx;
    return host_current->dma_map(host_current, buf, len, (enum host_dma_dir)dir, dma);
}
static inline void rthost_dma_unmap(virtio_port_ctx_t ctx, uint64_t dma, void *buf, size_t len,
                                    enum virtio_dma_dir dir)
{
    (void)ctx;
    host_current->dma_unmap(host_current, dma, buf, len, (enum host_dma_dir)dir);
}
static inline void rthost_dma_sync(virtio_port_ctx_t ctx, uint64_t dma, void *buf, size_t offset,
                                   size_t len, enum virtio_dma_dir dir)
{
    (void)ctx;
    host_current->dma_sync(host_current, dma, buf, offset, len, (enum host_dma_dir)dir);
}
static inline uint64_t rthost_now_us(void)
{
    return host_current->now_us(host_current);
}
static inline void rthost_delay_us(uint32_t us)
{
    host_current->delay_us(host_current, us);
}

#define virtio_port_read8     rthost_read8
#define virtio_port_read16    rthost_read16
#define virtio_port_read32    rthost_read32
#define virtio_port_write8    rthost_write8
#define virtio_port_write32   rthost_write32
#define virtio_port_mb        rthost_mb
#define virtio_port_rmb       rthost_rmb
#define virtio_port_wmb       rthost_wmb
#define virtio_port_dma_alloc rthost_dma_alloc
#define virtio_port_dma_free  rthost_dma_free
#define virtio_port_dma_map   rthost_dma_map
#define virtio_port_dma_unmap rthost_dma_unmap
#define virtio_port_dma_sync  rthost_dma_sync
#define virtio_port_now_us    rthost_now_us
#define virtio_port_delay_us  rthost_delay_us
#endif

#endif
