/* SPDX-License-Identifier: Apache-2.0 */
/* See virtio/virtio_discovery.h. One walk, with less than 8 KiB of stack. */
#include "virtio_fdt_priv.h"

#include <string.h>

struct window {
    uint64_t base, size;
};

struct run {
    struct vfdt_at at;
    const struct virtio_fdt_ops *ops;
    void *ctx;
    struct virtio_fdt_found found;
    struct vfdt_controller controller; /* the one that was looked up last */
    char text[VIRTIO_FDT_TEXT_MAX];
    /* Every region that made sense, whether or not the rest of its node did. */
    struct window windows[VIRTIO_FDT_WINDOWS];
    unsigned num_windows;
};

static void report(const struct run *run, int error)
{
    if (run->ops->skipped != NULL) {
        run->ops->skipped(run->ctx, error, run->text);
    }
}

/* Keeps the window, unless another has some of it. */
static int claim(struct run *run, const struct vfdt_why *why, uint64_t base, uint64_t size)
{
    for (unsigned i = 0; i < run->num_windows; i++) {
        const struct window *w = &run->windows[i];

        if (base < w->base + w->size && w->base < base + size) {
            return vfdt_refuse(
                why, -EEXIST, "reg 0x%llx of 0x%llx bytes overlaps the window at 0x%llx",
                (unsigned long long)base, (unsigned long long)size, (unsigned long long)w->base);
        }
    }
    if (run->num_windows == VIRTIO_FDT_WINDOWS) {
        return vfdt_refuse(why, -ENOSPC, "reg 0x%llx, but there are %u windows already",
                           (unsigned long long)base, VIRTIO_FDT_WINDOWS);
    }
    run->windows[run->num_windows].base = base;
    run->windows[run->num_windows].size = size;
    run->num_windows++;
    return 0;
}

static int read_node(struct run *run, struct virtio_fdt_node *node)
{
    const struct vfdt_why why = {&run->at, run->text};
    int ret = vfdt_reg(&why, VFDT_ONLY_ONE, &node->base, &node->size);

    if (ret != 0) {
        return ret;
    }
    if (node->base % 4u != 0 || node->size < VIRTIO_FDT_WINDOW_MIN) {
        return vfdt_refuse(
            &why, -EINVAL,
            "reg 0x%llx of 0x%llx bytes, expected a multiple of 4 and at least 0x%llx bytes",
            (unsigned long long)node->base, (unsigned long long)node->size,
            (unsigned long long)VIRTIO_FDT_WINDOW_MIN);
    }
    ret = claim(run, &why, node->base, node->size);
    if (ret != 0) {
        return ret;
    }
    node->node = run->at.node;
    node->dma_coherent = vfdt_is_coherent(&run->at);
    vfdt_path(&run->at, run->at.depth, node->path);
    return vfdt_irq(&why, true, &run->controller, &node->irq);
}

/* What ops->window says; 0 for a node that is left out. */
static int visit(struct run *run)
{
    struct virtio_fdt_node node;
    int ret;

    if (!vfdt_is_compatible(&run->at, "virtio,mmio")) {
        return 0;
    }
    if (vfdt_is_disabled(&run->at)) {
        run->found.disabled++;
        return 0;
    }
    memset(&node, 0, sizeof(node));
    ret = read_node(run, &node);
    if (ret != 0) {
        run->found.skipped++;
        report(run, ret);
        return 0;
    }
    run->found.windows++;
    return run->ops->window(run->ctx, &node);
}

int virtio_fdt_discover(const void *blob, size_t size, const struct virtio_fdt_ops *ops, void *ctx,
                        struct virtio_fdt_found *found)
{
    struct run run;
    int ret;

    memset(&run, 0, sizeof(run));
    run.ops = ops;
    run.ctx = ctx;
    ret = virtio_fdt_check(blob, size, run.text);
    if (ret != 0) {
        report(&run, ret);
    } else {
        for (bool more = vfdt_first(&run.at, blob); more && ret == 0; more = vfdt_next(&run.at)) {
            ret = visit(&run);
        }
        ret = ret == 0 && run.found.windows == 0 ? -ENODEV : ret;
    }
    if (found != NULL) {
        *found = run.found;
    }
    return ret;
}

/* ---- for other devices in the same tree ---- */

int virtio_fdt_reg(const void *blob, int node, unsigned index, uint64_t *base, uint64_t *size)
{
    struct vfdt_at at;
    const struct vfdt_why why = {&at, NULL};

    if (index == VFDT_ONLY_ONE) {
        return -ENOENT;
    }
    return vfdt_seek_node(&at, blob, node) ? vfdt_reg(&why, index, base, size) : -EINVAL;
}

int virtio_fdt_interrupt(const void *blob, int node, struct virtio_fdt_irq *irq)
{
    struct vfdt_at at;
    const struct vfdt_why why = {&at, NULL};
    struct vfdt_controller controller = {{VFDT_REF_NONE, 0}, 0, 0, 0};

    return vfdt_seek_node(&at, blob, node) ? vfdt_irq(&why, false, &controller, irq) : -EINVAL;
}
