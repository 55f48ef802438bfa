/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding virtio-mmio devices on RT-Thread and registering them as rt_devices.
 *
 * A window is driven whatever version its device has, legacy and modern side by side. Board code
 * calls rt_virtio_probe_windows() with the board's table, or rt_virtio_probe_fdt() with its device
 * tree; the rt_virtio_*_init() of older board code probe one window for one kind of device.
 *
 * Nothing that a device says is used as an index or a length unchecked: a window with another magic
 * number, version or device id is passed over. Devices stay for as long as the system runs.
 * Context: thread, or the start-up of the system before the scheduler runs.
 */
#ifndef RT_VIRTIO_H
#define RT_VIRTIO_H

#include <rtthread.h>

#include "virtio_port.h"

#include "virtio/virtio.h"

/* Some boards brought a virtio driver of their own, in a folder of that name. */
#ifndef VIRTIO_VIRTIO_H
#error "another virtio/virtio.h comes first on the include path: remove the board's driver/virtio"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* struct virtio_window, irq: no interrupt is connected, the device is polled from the tick. */
#define RT_VIRTIO_NO_IRQ 0xffffffffu

/* A row of equal windows with consecutive interrupts, as QEMU's boards have them. */
struct rt_virtio_windows {
    rt_ubase_t base; /* physical address of the first */
    rt_ubase_t size; /* bytes of each, at least 0x100 */
    rt_uint32_t irq; /* of the first; RT_VIRTIO_NO_IRQ: none has one */
    rt_uint32_t count;
};

/*
 * Probes one window, given by its CPU address, with the driver that its DeviceID asks for.
 *   -RT_EEMPTY  nothing plugged in: DeviceID 0
 *   -RT_ENOSYS  no virtio device, or one that no configured driver is for
 *   else what the driver's probe said
 */
rt_err_t rt_virtio_probe(const struct virtio_window *window);

/* Probes a row of windows, which are mapped with RT_USING_SMART; returns the number of devices that
 * were registered. */
rt_uint32_t rt_virtio_probe_windows(const struct rt_virtio_windows *windows);

/*
 * Probes all "virtio,mmio" nodes of a flattened device tree of at most `size` bytes; needs libfdt
 * (RT_VIRTIO_USING_FDT). `irq` turns an interrupt specifier into RT-Thread's number, or
 * RT_VIRTIO_NO_IRQ; NULL: the built-in rule for the GIC (type, number, flags) and the PLIC
 * (number). Returns the number of devices registered or -RT_EINVAL (no device tree), -RT_ENOSYS (no
 * libfdt).
 */
rt_base_t rt_virtio_probe_fdt(const void *blob, rt_size_t size,
                              rt_uint32_t (*irq)(const rt_uint32_t *cells, unsigned num_cells));

/* One window, one kind of device: what board code calls from its table. mmio_base is a CPU address:
 * with RT_USING_SMART board code has mapped it. The window is taken to be 0x200 bytes long as on
 * QEMU's boards. */
rt_err_t rt_virtio_blk_init(rt_ubase_t *mmio_base, rt_uint32_t irq);
rt_err_t rt_virtio_net_init(rt_ubase_t *mmio_base, rt_uint32_t irq);
rt_err_t rt_virtio_console_init(rt_ubase_t *mmio_base, rt_uint32_t irq);
rt_err_t rt_virtio_gpu_init(rt_ubase_t *mmio_base, rt_uint32_t irq);
rt_err_t rt_virtio_input_init(rt_ubase_t *mmio_base, rt_uint32_t irq);

#ifdef __cplusplus
}
#endif

#endif
