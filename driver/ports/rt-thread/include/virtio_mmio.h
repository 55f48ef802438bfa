/* SPDX-License-Identifier: Apache-2.0 */
/* The registers of a virtio-mmio window as board code looks at them (section 4.2.2, and 4.2.4 for
 * legacy devices). The drivers do not use this. */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_MMIO_H
#define RT_VIRTIO_COMPAT_VIRTIO_MMIO_H

#include <rtdef.h>

/* Packed or not is board code's choice. Packed alone would tell the compiler that a register may be
 * anywhere, and on a CPU without unaligned access it then reads them bytewise: QEMU answers 0. */
#ifdef RT_USING_VIRTIO_MMIO_ALIGN
#define RT_VIRTIO_MMIO_PACKED __attribute__((packed, aligned(4)))
#else
#define RT_VIRTIO_MMIO_PACKED
#endif

struct virtio_mmio_config {
    rt_uint32_t magic;               /* 0x000 R, "virt" */
    rt_uint32_t version;             /* 0x004 R, 1 legacy, 2 modern */
    rt_uint32_t device_id;           /* 0x008 R, 0: nothing plugged in */
    rt_uint32_t vendor_id;           /* 0x00c R */
    rt_uint32_t device_features;     /* 0x010 R */
    rt_uint32_t device_features_sel; /* 0x014 W */
    rt_uint32_t res0[2];
    rt_uint32_t driver_features;     /* 0x020 W */
    rt_uint32_t driver_features_sel; /* 0x024 W */
    rt_uint32_t guest_page_size;     /* 0x028 W, legacy */
    rt_uint32_t res1[1];
    rt_uint32_t queue_sel;     /* 0x030 W */
    rt_uint32_t queue_num_max; /* 0x034 R */
    rt_uint32_t queue_num;     /* 0x038 W */
    rt_uint32_t queue_align;   /* 0x03c W, legacy */
    rt_uint32_t queue_pfn;     /* 0x040 RW, legacy */
    rt_uint32_t queue_ready;   /* 0x044 RW, modern */
    rt_uint32_t res2[2];
    rt_uint32_t queue_notify; /* 0x050 W */
    rt_uint32_t res3[3];
    rt_uint32_t interrupt_status; /* 0x060 R */
    rt_uint32_t interrupt_ack;    /* 0x064 W */
    rt_uint32_t res4[2];
    rt_uint32_t status; /* 0x070 RW */
    rt_uint32_t res5[3];
    rt_uint32_t queue_desc_low;  /* 0x080 W, modern, as all that follow */
    rt_uint32_t queue_desc_high; /* 0x084 W */
    rt_uint32_t res6[2];
    rt_uint32_t queue_driver_low;  /* 0x090 W */
    rt_uint32_t queue_driver_high; /* 0x094 W */
    rt_uint32_t res7[2];
    rt_uint32_t queue_device_low;  /* 0x0a0 W */
    rt_uint32_t queue_device_high; /* 0x0a4 W */
    rt_uint32_t res8[21];
    rt_uint32_t config_generation; /* 0x0fc R */
    rt_uint32_t config[];          /* 0x100, both */
} RT_VIRTIO_MMIO_PACKED;

#endif
