/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of the host's RT-Thread, as a BSP's menuconfig would write it. The build adds
 * RT_USING_SMP and RT_USING_DEVICE_OPS, so that one set of tests runs with and without them.
 */
#ifndef RT_CONFIG_H__
#define RT_CONFIG_H__

#define RT_NAME_MAX            16
#define RT_ALIGN_SIZE          8
#define RT_THREAD_PRIORITY_MAX 32
#define RT_TICK_PER_SECOND     1000
#ifdef RT_USING_SMP
#define RT_CPUS_NR 2
#endif

#define ARCH_CPU_64BIT
#define RT_USING_LIBC
#define RT_DEBUG
#define RT_USING_SEMAPHORE
#define RT_USING_MUTEX
#define RT_USING_EVENT
#define RT_USING_HEAP
#define RT_USING_DEVICE
#define RT_USING_CONSOLE
#define RT_CONSOLEBUF_SIZE 256
#define RT_USING_LWIP

/* The component. */
#define RT_USING_VIRTIO
#ifndef RT_USING_VIRTIO_VERSION
#define RT_USING_VIRTIO_VERSION 0x1
#endif
#define RT_USING_VIRTIO_MMIO_ALIGN
#ifndef RTHOST_WITHOUT_BLK
#define RT_USING_VIRTIO_BLK
#endif
#ifndef RTHOST_WITHOUT_NET
#define RT_USING_VIRTIO_NET
#endif
#ifndef RTHOST_WITHOUT_CONSOLE
#define RT_USING_VIRTIO_CONSOLE
#define RT_USING_VIRTIO_CONSOLE_PORT_MAX_NR 4
#endif
#ifndef RTHOST_WITHOUT_GPU
#define RT_USING_VIRTIO_GPU
#endif
#ifndef RTHOST_WITHOUT_INPUT
#define RT_USING_VIRTIO_INPUT
#endif

#endif
