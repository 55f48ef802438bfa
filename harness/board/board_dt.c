/* SPDX-License-Identifier: Apache-2.0 */
/* See board_dt.h. The windows are found by the driver's own discovery; what is added here is the
 * device behind each, and that a board of the model has no flaw at all. */
#include "board_dt.h"

#include <errno.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "virtio/virtio_discovery.h"

static const char *const type_names[BOARD_DT_TYPES] = {
    [BOARD_DT_BLK] = "blk", [BOARD_DT_NET] = "net",     [BOARD_DT_CONSOLE] = "console",
    [BOARD_DT_GPU] = "gpu", [BOARD_DT_INPUT] = "input",
};

const char *board_dt_type_name(enum board_dt_type type)
{
    return (unsigned)type < BOARD_DT_TYPES ? type_names[type] : "?";
}

/* One reading: the tree, where to say what is wrong with it, and the first thing that was. */
struct reader {
    const void *fdt;
    struct board_dt *board;
    char *why;
    size_t why_size;
    int error;
};

/* Keeps the first refusal; always not 0. */
__attribute__((format(printf, 3, 4))) static int refuse(struct reader *r, int error,
                                                        const char *fmt, ...)
{
    va_list args;

    if (r->error == 0) {
        va_start(args, fmt);
        vsnprintf(r->why, r->why_size, fmt, args);
        va_end(args);
        r->error = error;
    }
    return r->error;
}

/* ---- a window ---- */

static int read_interrupt(struct reader *r, const struct virtio_fdt_node *node,
                          struct board_dt_window *w)
{
    char controller[VIRTIO_FDT_PATH_MAX];

    if (node->irq.num_cells == 0) {
        return refuse(r, -EINVAL, "%s: interrupts of 0 bytes, expected one cell", node->path);
    }
    if (node->irq.num_cells != 1u) {
        if (fdt_get_path(r->fdt, node->irq.parent_node, controller, (int)sizeof(controller)) != 0) {
            snprintf(controller, sizeof(controller), "node at offset %d", node->irq.parent_node);
        }
        return refuse(r, -ENOTSUP, "%s: %s: #interrupt-cells %u, expected 1", node->path,
                      controller, node->irq.num_cells);
    }
    w->irq = node->irq.cells[0];
    return w->irq != 0 ? 0
                       : refuse(r, -EINVAL, "%s: interrupts 0, expected at least 1", node->path);
}

static int read_type(struct reader *r, const struct virtio_fdt_node *node,
                     struct board_dt_window *w)
{
    int len = 0;
    const char *name = fdt_getprop(r->fdt, node->node, "rt-virtio,model", &len);

    if (name == NULL || len < 1 || memchr(name, '\0', (size_t)len) != name + len - 1) {
        return refuse(r, -EINVAL, "%s: rt-virtio,model of %d bytes, expected a string", node->path,
                      name == NULL ? 0 : len);
    }
    for (unsigned t = 0; t < BOARD_DT_TYPES; t++) {
        if (strcmp(name, type_names[t]) == 0) {
            w->type = (enum board_dt_type)t;
            return 0;
        }
    }
    return refuse(r, -EINVAL,
                  "%s: rt-virtio,model \"%.32s\", expected blk, net, console, gpu or input",
                  node->path, name);
}

static int check_others(struct reader *r, const struct virtio_fdt_node *node,
                        const struct board_dt_window *w)
{
    for (unsigned i = 0; i < r->board->num_windows; i++) {
        const struct board_dt_window *o = &r->board->windows[i];

        if (w->irq == o->irq) {
            return refuse(r, -EINVAL, "%s: interrupts %u, which the window at 0x%llx has",
                          node->path, (unsigned)w->irq, (unsigned long long)o->base);
        }
    }
    return 0;
}

/* ---- what discovery calls ---- */

static int add_window(void *ctx, const struct virtio_fdt_node *node)
{
    struct reader *r = ctx;
    struct board_dt_window w = {.base = node->base, .size = node->size};
    int ret = read_interrupt(r, node, &w);

    ret = ret != 0 ? ret : read_type(r, node, &w);
    ret = ret != 0 ? ret : check_others(r, node, &w);
    if (ret == 0 && r->board->num_windows == BOARD_DT_WINDOWS_MAX) {
        ret = refuse(r, -ENOSPC, "%s: more than %u windows", node->path, BOARD_DT_WINDOWS_MAX);
    }
    if (ret == 0) {
        r->board->windows[r->board->num_windows++] = w;
    }
    return ret;
}

static void skipped(void *ctx, int error, const char *text)
{
    /* To users of boards an overlap is one of the things that make a node malformed. */
    (void)refuse(ctx, error == -EEXIST ? -EINVAL : error, "%s", text);
}

int board_dt_read(const void *blob, size_t blob_size, struct board_dt *board, char *why,
                  size_t why_size)
{
    static const struct virtio_fdt_ops ops = {add_window, skipped};
    struct reader r = {blob, board, why, why_size, 0};
    char text[VIRTIO_FDT_TEXT_MAX];
    int ret;

    memset(board, 0, sizeof(*board));
    why[0] = '\0';
    if (virtio_fdt_check(blob, blob_size, text) != 0) {
        return refuse(&r, -EINVAL, "no valid device tree of %zu bytes: %s", blob_size, text);
    }
    ret = virtio_fdt_discover(blob, blob_size, &ops, &r, NULL);
    if (r.error == 0 && ret == -ENODEV) {
        ret = refuse(&r, -ENODEV, "no enabled node is compatible with virtio,mmio");
    }
    /* A node that was left out counts as much as one that ended the walk. */
    ret = r.error != 0 ? r.error : ret;
    if (ret != 0) {
        memset(board, 0, sizeof(*board));
    }
    return ret;
}
