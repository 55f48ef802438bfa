/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boards described by a device tree: which virtio-mmio windows there are, with their interrupts and
 * the device that the model is to put behind each (fixtures/boards).
 *
 * The blob is not trusted. A node that does not make sense refuses the whole board, by its path.
 */
#ifndef BOARD_DT_H
#define BOARD_DT_H

#include <stddef.h>
#include <stdint.h>

#define BOARD_DT_WINDOWS_MAX 16u
#define BOARD_DT_WINDOW_MIN  0x100u /* bytes: the registers without any configuration space */

/* "rt-virtio,model" */
enum board_dt_type {
    BOARD_DT_BLK,
    BOARD_DT_NET,
    BOARD_DT_CONSOLE,
    BOARD_DT_GPU,
    BOARD_DT_INPUT,
    BOARD_DT_TYPES,
};

struct board_dt_window {
    uint64_t base, size;
    uint32_t irq;
    enum board_dt_type type;
};

struct board_dt {
    struct board_dt_window windows[BOARD_DT_WINDOWS_MAX]; /* in the order of the tree */
    unsigned num_windows;
};

/*
 * Reads the enabled nodes that are compatible with "virtio,mmio". Returns 0, or a negative errno
 * value with a line in `why` (`why_size` bytes, at least 1) that names the node, the property and
 * what was expected; *board is then empty.
 *   -EINVAL  no device tree, or a node is malformed
 *   -ENOTSUP an address that the CPU cannot reach through the ranges above, or an interrupt of more
 *            than one cell
 *   -ENOSPC  more windows than BOARD_DT_WINDOWS_MAX
 *   -ENODEV  no window at all
 */
int board_dt_read(const void *blob, size_t blob_size, struct board_dt *board, char *why,
                  size_t why_size);

const char *board_dt_type_name(enum board_dt_type type);

#endif
