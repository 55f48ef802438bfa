/* SPDX-License-Identifier: Apache-2.0 */
/* See board_dt.h. */
#include "board_dt.h"

#include <errno.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COMPATIBLE "virtio,mmio"
#define PATH_MAX_  128
#define DEPTH_MAX  16u /* of a window below the root */

static const char *const type_names[BOARD_DT_TYPES] = {
    [BOARD_DT_BLK] = "blk", [BOARD_DT_NET] = "net",     [BOARD_DT_CONSOLE] = "console",
    [BOARD_DT_GPU] = "gpu", [BOARD_DT_INPUT] = "input",
};

const char *board_dt_type_name(enum board_dt_type type)
{
    return (unsigned)type < BOARD_DT_TYPES ? type_names[type] : "?";
}

/* One reading: the tree, and where to say what is wrong with it. */
struct reader {
    const void *fdt;
    char *why;
    size_t why_size;
};

__attribute__((format(printf, 4, 5))) static int refuse(const struct reader *r, int node, int error,
                                                        const char *fmt, ...)
{
    char path[PATH_MAX_];
    char text[PATH_MAX_];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (node < 0) {
        snprintf(r->why, r->why_size, "%s", text);
    } else {
        if (fdt_get_path(r->fdt, node, path, (int)sizeof(path)) != 0) {
            snprintf(path, sizeof(path), "node at offset %d", node);
        }
        snprintf(r->why, r->why_size, "%s: %s", path, text);
    }
    return error;
}

static uint32_t cell(const void *property, unsigned i)
{
    fdt32_t raw;

    memcpy(&raw, (const char *)property + i * sizeof(raw), sizeof(raw));
    return fdt32_to_cpu(raw);
}

/* One or two cells. */
static uint64_t number(const void *property, unsigned first, int cells)
{
    uint64_t high = cells == 2 ? cell(property, first) : 0;

    return high << 32 | cell(property, first + (unsigned)cells - 1u);
}

/* ---- properties of a window ---- */

/* The node's address is that of the CPU: every bus above says that it does not translate. */
static int check_buses(const struct reader *r, int node)
{
    int bus = fdt_parent_offset(r->fdt, node);

    for (unsigned depth = 0; bus > 0 && depth < DEPTH_MAX; depth++) {
        int len = 0;

        if (fdt_getprop(r->fdt, bus, "ranges", &len) == NULL) {
            return refuse(r, bus, -EINVAL,
                          "no ranges, expected an empty one: the CPU cannot reach "
                          "what is below");
        }
        if (len != 0) {
            return refuse(r, bus, -ENOTSUP, "ranges of %d bytes, expected an empty one", len);
        }
        bus = fdt_parent_offset(r->fdt, bus);
    }
    return bus == 0 ? 0 : refuse(r, node, -EINVAL, "more than %u levels deep", DEPTH_MAX);
}

static int read_reg(const struct reader *r, int node, struct board_dt_window *w)
{
    int parent = fdt_parent_offset(r->fdt, node);
    int address_cells = fdt_address_cells(r->fdt, parent);
    int size_cells = fdt_size_cells(r->fdt, parent);
    int len = 0;
    const void *reg = fdt_getprop(r->fdt, node, "reg", &len);

    if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2) {
        return refuse(r, parent, -EINVAL, "#address-cells %d, #size-cells %d, expected 1 or 2",
                      address_cells, size_cells);
    }
    if (reg == NULL || len != (address_cells + size_cells) * 4) {
        return refuse(r, node, -EINVAL, "reg of %d bytes, expected one entry of %d",
                      reg == NULL ? 0 : len, (address_cells + size_cells) * 4);
    }
    w->base = number(reg, 0, address_cells);
    w->size = number(reg, (unsigned)address_cells, size_cells);
    if ((w->base & 3u) != 0 || w->size < BOARD_DT_WINDOW_MIN || w->size > UINT64_MAX - w->base) {
        return refuse(
            r, node, -EINVAL,
            "reg 0x%llx of 0x%llx bytes, expected a multiple of 4 and at least 0x%x bytes",
            (unsigned long long)w->base, (unsigned long long)w->size, BOARD_DT_WINDOW_MIN);
    }
    return check_buses(r, node);
}

/* The property of the node, or of the nearest one above that has it. */
static int find_interrupt_parent(const struct reader *r, int node)
{
    for (unsigned depth = 0; node >= 0 && depth <= DEPTH_MAX; depth++) {
        int len = 0;
        const void *phandle = fdt_getprop(r->fdt, node, "interrupt-parent", &len);

        if (phandle != NULL && len != 4) {
            return -FDT_ERR_BADPHANDLE;
        }
        if (phandle != NULL) {
            return fdt_node_offset_by_phandle(r->fdt, cell(phandle, 0));
        }
        node = fdt_parent_offset(r->fdt, node);
    }
    return -FDT_ERR_NOTFOUND;
}

static int read_interrupt(const struct reader *r, int node, struct board_dt_window *w)
{
    int controller = find_interrupt_parent(r, node);
    int len = 0;
    const void *cells;
    const void *irq = fdt_getprop(r->fdt, node, "interrupts", &len);

    if (irq == NULL || len != 4) {
        return refuse(r, node, -EINVAL, "interrupts of %d bytes, expected one cell",
                      irq == NULL ? 0 : len);
    }
    if (controller < 0 || fdt_getprop(r->fdt, controller, "interrupt-controller", NULL) == NULL) {
        return refuse(r, node, -EINVAL, "interrupt-parent names no interrupt controller");
    }
    cells = fdt_getprop(r->fdt, controller, "#interrupt-cells", &len);
    if (cells == NULL || len != 4 || cell(cells, 0) != 1u) {
        return refuse(r, controller, -ENOTSUP, "#interrupt-cells %u, expected 1",
                      cells == NULL || len != 4 ? 0u : cell(cells, 0));
    }
    w->irq = cell(irq, 0);
    return w->irq != 0 ? 0 : refuse(r, node, -EINVAL, "interrupts 0, expected at least 1");
}

static int read_type(const struct reader *r, int node, struct board_dt_window *w)
{
    int len = 0;
    const char *name = fdt_getprop(r->fdt, node, "rt-virtio,model", &len);

    if (name == NULL || len < 1 || memchr(name, '\0', (size_t)len) != name + len - 1) {
        return refuse(r, node, -EINVAL, "rt-virtio,model of %d bytes, expected a string",
                      name == NULL ? 0 : len);
    }
    for (unsigned t = 0; t < BOARD_DT_TYPES; t++) {
        if (strcmp(name, type_names[t]) == 0) {
            w->type = (enum board_dt_type)t;
            return 0;
        }
    }
    return refuse(r, node, -EINVAL,
                  "rt-virtio,model \"%.32s\", expected blk, net, console, gpu or input", name);
}

static int check_others(const struct reader *r, int node, const struct board_dt *board,
                        const struct board_dt_window *w)
{
    for (unsigned i = 0; i < board->num_windows; i++) {
        const struct board_dt_window *o = &board->windows[i];

        if (w->base < o->base + o->size && o->base < w->base + w->size) {
            return refuse(r, node, -EINVAL, "reg 0x%llx overlaps the window at 0x%llx",
                          (unsigned long long)w->base, (unsigned long long)o->base);
        }
        if (w->irq == o->irq) {
            return refuse(r, node, -EINVAL, "interrupts %u, which the window at 0x%llx has",
                          (unsigned)w->irq, (unsigned long long)o->base);
        }
    }
    return 0;
}

/* ---- the tree ---- */

static bool is_enabled(const struct reader *r, int node)
{
    int len = 0;
    const char *status = fdt_getprop(r->fdt, node, "status", &len);

    return status == NULL || (len == 5 && memcmp(status, "okay", 5) == 0) ||
           (len == 3 && memcmp(status, "ok", 3) == 0);
}

static int add_window(const struct reader *r, int node, struct board_dt *board)
{
    struct board_dt_window w = {0};
    int ret = read_reg(r, node, &w);

    ret = ret != 0 ? ret : read_interrupt(r, node, &w);
    ret = ret != 0 ? ret : read_type(r, node, &w);
    ret = ret != 0 ? ret : check_others(r, node, board, &w);
    if (ret == 0 && board->num_windows == BOARD_DT_WINDOWS_MAX) {
        ret = refuse(r, node, -ENOSPC, "more than %u windows", BOARD_DT_WINDOWS_MAX);
    }
    if (ret == 0) {
        board->windows[board->num_windows++] = w;
    }
    return ret;
}

int board_dt_read(const void *blob, size_t blob_size, struct board_dt *board, char *why,
                  size_t why_size)
{
    const struct reader r = {blob, why, why_size};
    int ret = 0;
    int node;

    memset(board, 0, sizeof(*board));
    why[0] = '\0';
    if (blob == NULL || fdt_check_full(blob, blob_size) != 0) {
        return refuse(&r, -1, -EINVAL, "no valid device tree of %zu bytes", blob_size);
    }
    node = fdt_node_offset_by_compatible(blob, -1, COMPATIBLE);
    while (node >= 0 && ret == 0) {
        ret = is_enabled(&r, node) ? add_window(&r, node, board) : 0;
        node = fdt_node_offset_by_compatible(blob, node, COMPATIBLE);
    }
    if (ret == 0 && board->num_windows == 0) {
        ret = refuse(&r, -1, -ENODEV, "no enabled node is compatible with " COMPATIBLE);
    }
    if (ret != 0) {
        memset(board, 0, sizeof(*board));
    }
    return ret;
}
