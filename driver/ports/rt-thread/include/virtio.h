/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What board code and applications of RT-Thread know by the name of virtio.h: registers, device
 * ids, the functions that board code calls, and the driver's own device interface.
 *
 * Feature bits are the driver's 64-bit masks (virtio/virtio_spec.h), not bit numbers. The window,
 * interrupts and names of boards (VIRTIO_MMIO_BASE, VIRTIO_IRQ_BASE, ...) are the boards' to
 * define.
 */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_H
#define RT_VIRTIO_COMPAT_VIRTIO_H

#include <rthw.h>
#include <rtthread.h>

#if RT_NAME_MAX < 16
#error "RT_NAME_MAX must be at least 16"
#endif

/* Which version board code that compares it with a register takes; see Kconfig. Both are driven. */
#ifndef RT_USING_VIRTIO_VERSION
#ifdef RT_USING_VIRTIO_MODERN
#define RT_USING_VIRTIO_VERSION 0x2
#else
#define RT_USING_VIRTIO_VERSION 0x1
#endif
#endif

#include "rt_virtio.h"

#include "virtio_mmio.h"
#include "virtio_queue.h"

#define VIRTIO_MAGIC_VALUE 0x74726976 /* "virt" */

#define VIRTIO_F_RING_INDIRECT_DESC VIRTIO_F_INDIRECT_DESC
#define VIRTIO_F_RING_EVENT_IDX     VIRTIO_F_EVENT_IDX

#define VIRTIO_PAGE_SHIFT       12
#define VIRTIO_PAGE_SIZE        (1 << VIRTIO_PAGE_SHIFT)
#define VIRTIO_PAGE_ALIGN(addr) (RT_ALIGN(addr, VIRTIO_PAGE_SIZE))

#ifdef RT_USING_SMART
#define VIRTIO_VA2PA(vaddr) ((rt_ubase_t)rt_kmem_v2p(vaddr))
#define VIRTIO_PA2VA(paddr) ((rt_ubase_t)rt_ioremap((void *)paddr, VIRTIO_PAGE_SIZE))
#else
#define VIRTIO_VA2PA(vaddr) ((rt_ubase_t)vaddr)
#define VIRTIO_PA2VA(paddr) ((rt_ubase_t)paddr)
#endif

/* Device types, section 5. */
enum {
    VIRTIO_DEVICE_ID_INVALID = 0,
    VIRTIO_DEVICE_ID_NET = 1,
    VIRTIO_DEVICE_ID_BLOCK = 2,
    VIRTIO_DEVICE_ID_CONSOLE = 3,
    VIRTIO_DEVICE_ID_RNG = 4,
    VIRTIO_DEVICE_ID_BALLOON = 5,
    VIRTIO_DEVICE_ID_IOMEM = 6,
    VIRTIO_DEVICE_ID_RPMSG = 7,
    VIRTIO_DEVICE_ID_SCSI = 8,
    VIRTIO_DEVICE_ID_9P = 9,
    VIRTIO_DEVICE_ID_MAC80211_WLAN = 10,
    VIRTIO_DEVICE_ID_RPROC_SERIAL = 11,
    VIRTIO_DEVICE_ID_CAIF = 12,
    VIRTIO_DEVICE_ID_MEM_BALLOON = 13,
    VIRTIO_DEVICE_ID_GPU = 16,
    VIRTIO_DEVICE_ID_TIME = 17,
    VIRTIO_DEVICE_ID_INPUT = 18,
    VIRTIO_DEVICE_ID_SOCKET = 19,
    VIRTIO_DEVICE_ID_CRYPTO = 20,
    VIRTIO_DEVICE_ID_SIG_DIS_MOD = 21,
    VIRTIO_DEVICE_ID_PSTORE = 22,
    VIRTIO_DEVICE_ID_IOMMU = 23,
    VIRTIO_DEVICE_ID_MEM = 24,
    VIRTIO_DEVICE_ID_AUDIO = 25,
    VIRTIO_DEVICE_ID_FS = 26,
    VIRTIO_DEVICE_ID_PMEM = 27,
    VIRTIO_DEVICE_ID_RPMB = 28,
    VIRTIO_DEVICE_ID_MAC80211_HWSIM = 29,
    VIRTIO_DEVICE_ID_VIDEO_ENCODER = 30,
    VIRTIO_DEVICE_ID_VIDEO_DECODER = 31,
    VIRTIO_DEVICE_ID_SCMI = 32,
    VIRTIO_DEVICE_ID_NITRO_SEC_MOD = 33,
    VIRTIO_DEVICE_ID_I2C_ADAPTER = 34,
    VIRTIO_DEVICE_ID_WATCHDOG = 35,
    VIRTIO_DEVICE_ID_CAN = 36,
    VIRTIO_DEVICE_ID_DMABUF = 37,
    VIRTIO_DEVICE_ID_PARAM_SERV = 38,
    VIRTIO_DEVICE_ID_AUDIO_POLICY = 39,
    VIRTIO_DEVICE_ID_BT = 40,
    VIRTIO_DEVICE_ID_GPIO = 41,
    VIRTIO_DEVICE_ID_RDMA = 42,

    VIRTIO_DEVICE_TYPE_SIZE
};

/* An entry of board code's table, indexed by DeviceID; check the id before. */
typedef rt_err_t (*virtio_device_init_handler)(rt_ubase_t *mmio_base, rt_uint32_t irq);

/* The life cycle under the names it had; virtio/virtio.h has the functions that can say no. */
rt_inline void virtio_reset_device(struct virtio_device *dev)
{
    (void)virtio_device_reset(dev, 0);
}
rt_inline void virtio_status_acknowledge_driver(struct virtio_device *dev)
{
    (void)virtio_device_begin(dev, 0);
}
rt_inline void virtio_status_driver_ok(struct virtio_device *dev)
{
    (void)virtio_device_ready(dev);
}
rt_inline void virtio_interrupt_ack(struct virtio_device *dev)
{
    (void)virtio_interrupt(dev);
}

#endif
