/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which virtio-mmio windows a board has, read from its flattened device tree with libfdt: the
 * binding is Linux's Documentation/devicetree/bindings/virtio/mmio.yaml (virtio v1.2 section
 * 4.2.1). Optional: a board that knows its windows does not need it. The same code runs on the host
 * and on the target; it allocates nothing and looks at nothing but the blob.
 *
 * The blob is not trusted: no access beyond its size, every loop bounded by it. A node that does
 * not make sense is skipped and reported by its path, and the others are still found; a blob that
 * is no device tree is refused as a whole. Context: any, for as long as the blob stays unchanged.
 */
#ifndef VIRTIO_DISCOVERY_H
#define VIRTIO_DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRTIO_FDT_PATH_MAX   96u    /* bytes with the end; longer paths are cut */
#define VIRTIO_FDT_TEXT_MAX   192u   /* of a message, likewise */
#define VIRTIO_FDT_IRQ_CELLS  4u     /* of an interrupt specifier, at most */
#define VIRTIO_FDT_WINDOW_MIN 0x100u /* bytes: the registers without any configuration space */
#define VIRTIO_FDT_WINDOWS    256u   /* windows that are checked for overlap, at most */
#define VIRTIO_FDT_DEPTH      16u    /* levels below the root that are looked at */

/* An interrupt as its controller wants it described. */
struct virtio_fdt_irq {
    uint32_t parent;                      /* phandle of the interrupt controller */
    int parent_node;                      /* its offset in the blob */
    unsigned num_cells;                   /* 0: the node has no interrupt, and must be polled */
    uint32_t cells[VIRTIO_FDT_IRQ_CELLS]; /* in CPU byte order */
};

/* A node that is compatible with "virtio,mmio", enabled and well formed. */
struct virtio_fdt_node {
    char path[VIRTIO_FDT_PATH_MAX];
    int node;      /* offset in the blob */
    uint64_t base; /* CPU physical address, translated through the ranges of its parents */
    uint64_t size; /* bytes, at least VIRTIO_FDT_WINDOW_MIN */
    struct virtio_fdt_irq irq;
    bool dma_coherent; /* the property, here or inherited (unless dma-noncoherent is nearer) */
};

struct virtio_fdt_found {
    unsigned windows;  /* handed out */
    unsigned disabled; /* status other than "okay" or "ok", here or above */
    unsigned skipped;  /* malformed, reported */
};

struct virtio_fdt_ops {
    /* A window, in the order of the tree. Not 0 ends the walk with that value. */
    int (*window)(void *ctx, const struct virtio_fdt_node *node);
    /* What was skipped and why, in a line that names the node, the property, its value and what was
     * expected; disabled nodes are not reported. May be NULL. */
    void (*skipped)(void *ctx, int error, const char *text);
};

/*
 * Walks the tree in `blob`, of which `size` bytes may be looked at. *found (may be NULL) counts, on
 * an error up to there. Returns 0 or
 *   -EINVAL  no device tree: NULL, not 8-byte aligned, too small, wrong magic or version,
 * truncated, broken structure; ops->skipped says which -ENODEV  a device tree without any usable
 * window what ops->window returned A node is skipped with -EINVAL   reg missing, of the wrong
 * length, size 0 or below VIRTIO_FDT_WINDOW_MIN, beyond the address space, not 4-byte aligned;
 * #address-cells or #size-cells not 0..2; interrupts of the wrong length, a parent that is missing,
 * a cycle of phandles, or no controller -ENOTSUP  more interrupt cells than VIRTIO_FDT_IRQ_CELLS,
 * an interrupt-map, a parent without usable ranges, deeper than VIRTIO_FDT_DEPTH -EEXIST   the
 * window overlaps one that came before (also that of a node whose interrupt was refused) -ENOSPC
 * more than VIRTIO_FDT_WINDOWS
 */
int virtio_fdt_discover(const void *blob, size_t size, const struct virtio_fdt_ops *ops, void *ctx,
                        struct virtio_fdt_found *found);

/*
 * For board code that looks for other devices in the same tree. virtio_fdt_check: 0 or -EINVAL as
 * above, `why` (at least VIRTIO_FDT_TEXT_MAX bytes, or NULL) says which.
 */
int virtio_fdt_check(const void *blob, size_t size, char *why);
/* The region `index` of a node's reg, as a CPU address. 0, -ENOENT (there is none), -EINVAL,
 * -ENOTSUP. The blob was checked. */
int virtio_fdt_reg(const void *blob, int node, unsigned index, uint64_t *base, uint64_t *size);
/* The first interrupt of a node, 0 or as above; a node without gets num_cells 0 and 0. */
int virtio_fdt_interrupt(const void *blob, int node, struct virtio_fdt_irq *irq);

#endif
