/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio-mmio windows of the board, by what is in them. */
#ifndef FIRMWARE_WINDOWS_H
#define FIRMWARE_WINDOWS_H

#include "virtio/virtio.h"
#include "virtio/virtio_discovery.h"

struct app_window {
    struct virtio_window window; /* polled: the tree gives no interrupt */
    uint32_t version;
    char path[VIRTIO_FDT_PATH_MAX];
};

/* Reads all windows out of the tree, in the order of their addresses; a line on the console for
 * each node that makes no sense. 0, -ENODEV (there is none), or what virtio_fdt_discover returns.
 * The blob was checked. */
int windows_collect(const void *fdt, size_t size);
/* Finds the first `max` windows with that device. Returns how many there are, or a negative errno
 * value of board_irq_number. Logs what there is when there are fewer. */
int windows_pick(uint32_t device_id, struct app_window *out, unsigned max);

#endif
