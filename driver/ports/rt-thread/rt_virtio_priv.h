/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rt_device glue files share (private to driver/ports/rt-thread).
 *
 * A glue file implements rt_virtio_<kind>_attach(): allocate the instance zeroed, probe the driver
 * with the window as it is given, choose a name, connect the interrupt, register the rt_device;
 * what fails undoes what came before. rt_virtio_<kind>_init() is in rt_virtio.c and calls it.
 *
 *     rt_err_t rt_virtio_blk_attach(const struct virtio_window *window)
 *     {
 *         ... error = virtio_blk_probe(&disk->blk, window, &params);
 *         if (error != 0) return rt_virtio_error(error);
 *         rt_virtio_name("virtio-blk", name);
 *         result = rt_virtio_irq_connect(&disk->blk.dev, virtio_interrupt, name);
 *         ... rt_device_register(&disk->parent, name, flags);
 *
 * The window comes with `polled` set: until rt_virtio_irq_connect() the core looks by itself, so
 * that a probe may wait for answers before the interrupt is there, or the scheduler runs. The
 * driver's callbacks run from within rt_virtio_irq_connect() on: what they use has to exist.
 * Memory that needs no DMA: virtio_port_alloc(NULL, size), zeroed and aligned to 16 bytes (with
 * RT_ALIGN_SIZE 4, rt_malloc aligns to 4 on 64-bit machines too).
 *
 * A lock of one's own in the glue: virtio_port_lock_t with virtio_port_lock() and _unlock(), held
 * for short; a thread that has to wait does so on a virtio_port_event_t, with a deadline
 * (virtio_port.h). Context: thread unless it says otherwise.
 */
#ifndef RT_VIRTIO_PRIV_H
#define RT_VIRTIO_PRIV_H

#include <rtthread.h>

#include "rt_virtio.h"

/* What an rt_device's read and write return: signed in some versions, and the version number does
 * not tell which. */
#ifdef RT_USING_DEVICE_OPS
typedef __typeof__(((struct rt_device_ops *)0)->read(RT_NULL, 0, RT_NULL, 0)) rt_virtio_ssize_t;
#else
typedef __typeof__(((struct rt_device *)0)->read(RT_NULL, 0, RT_NULL, 0)) rt_virtio_ssize_t;
#endif

/* 0 or a negative errno value to RT_EOK or a negative RT_E* value. Context: any. */
rt_err_t rt_virtio_error(int error);

/* The first name of prefix0, prefix1, ... that no rt_device has, cut to RT_NAME_MAX bytes with its
 * end. `name` has RT_NAME_MAX bytes. */
void rt_virtio_name(const char *prefix, char *name);

/* Describes a window by what board code gives: a CPU address (board code maps it itself with
 * RT_USING_SMART) and an interrupt. */
void rt_virtio_window(rt_ubase_t *mmio_base, rt_uint32_t irq, struct virtio_window *window);

/*
 * From here on `fn` (virtio_interrupt, or a wrapper that calls it) serves the probed device's
 * interrupt, and dev->window.polled is false. A device without an interrupt stays polled, and a
 * timer calls `fn` and virtio_poll() at every tick, in the tick's interrupt. An interrupt serves
 * one device.
 *   -RT_EBUSY   the interrupt has a device already, or the device an interrupt
 *   -RT_ENOMEM
 */
rt_err_t rt_virtio_irq_connect(struct virtio_device *dev, bool (*fn)(struct virtio_device *),
                               const char *name);
/* When it returns, `fn` neither runs nor will be called; harmless if it was never connected. */
void rt_virtio_irq_disconnect(struct virtio_device *dev);

/* In the glue files, each built when its RT_USING_VIRTIO_* is set. */
rt_err_t rt_virtio_blk_attach(const struct virtio_window *window);
rt_err_t rt_virtio_net_attach(const struct virtio_window *window);
rt_err_t rt_virtio_console_attach(const struct virtio_window *window);
rt_err_t rt_virtio_gpu_attach(const struct virtio_window *window);
rt_err_t rt_virtio_input_attach(const struct virtio_window *window);

#endif
