/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files of this folder. A tree that passed virtio_fdt_check is walked node by node; a
 * walk keeps what a node inherits from the nodes above it, so that nobody has to search for
 * parents: libfdt finds those only by starting again at the root.
 */
#ifndef VIRTIO_FDT_PRIV_H
#define VIRTIO_FDT_PRIV_H

#include <libfdt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio/virtio_discovery.h"
#include "virtio/virtio_errno.h"

/* ---- messages ---- */

/* A text that is built up in a buffer of `size` bytes, cut where it is full, always terminated.
 * What is not printable ASCII becomes '?': names come from the blob and end up on terminals. */
struct vfdt_text {
    char *buf;
    size_t size, len;
};

void vfdt_text_start(struct vfdt_text *text, char *buf, size_t size);
void vfdt_add(struct vfdt_text *text, const char *s);

/* ---- walk ---- */

/* The properties that anybody here looks at, collected in one pass over the node. */
enum vfdt_key {
    VFDT_COMPATIBLE,
    VFDT_STATUS,
    VFDT_REG,
    VFDT_RANGES,
    VFDT_ADDRESS_CELLS,
    VFDT_SIZE_CELLS,
    VFDT_INTERRUPTS,
    VFDT_INTERRUPTS_EXTENDED,
    VFDT_INTERRUPT_PARENT,
    VFDT_INTERRUPT_CELLS,
    VFDT_INTERRUPT_CONTROLLER,
    VFDT_INTERRUPT_MAP,
    VFDT_PHANDLE,
    VFDT_LINUX_PHANDLE,
    VFDT_DMA_COHERENT,
    VFDT_DMA_NONCOHERENT,
    VFDT_KEYS,
};

struct vfdt_prop {
    const unsigned char *value;
    int len; /* bytes, -1: the node does not have it */
};

/* Where interrupts go: to a node by its phandle, or to a node above by its offset. */
enum vfdt_ref_kind { VFDT_REF_NONE, VFDT_REF_PHANDLE, VFDT_REF_NODE, VFDT_REF_BAD };

struct vfdt_ref {
    enum vfdt_ref_kind kind;
    uint32_t value;
};

/* What a node hands down. */
struct vfdt_level {
    int node;
    int64_t address_cells, size_cells; /* of its children; -1: not one cell */
    struct vfdt_prop ranges;
    struct vfdt_ref irq; /* of children that do not say otherwise */
    bool coherent, disabled;
};

/* A place in the tree. */
struct vfdt_at {
    const void *fdt;
    int node;
    int depth; /* 0: the root; the parent is levels[depth - 1], up to VIRTIO_FDT_DEPTH */
    struct vfdt_prop props[VFDT_KEYS];
    struct vfdt_level levels[VIRTIO_FDT_DEPTH];
};

/* The root; false: there is none. */
bool vfdt_first(struct vfdt_at *at, const void *fdt);
/* The next node in the order of the tree; false: that was the last. */
bool vfdt_next(struct vfdt_at *at);
bool vfdt_seek_node(struct vfdt_at *at, const void *fdt, int node);
bool vfdt_seek_phandle(struct vfdt_at *at, const void *fdt, uint32_t phandle);

/* Too far down for its parents to be known. */
static inline bool vfdt_is_deep(const struct vfdt_at *at)
{
    return at->depth > (int)VIRTIO_FDT_DEPTH;
}

bool vfdt_is_compatible(const struct vfdt_at *at, const char *what);
bool vfdt_is_disabled(const struct vfdt_at *at); /* or something above it */
bool vfdt_is_coherent(const struct vfdt_at *at);
uint32_t vfdt_phandle(const struct vfdt_at *at); /* 0: it has none */
struct vfdt_ref vfdt_irq_parent(const struct vfdt_at *at);
/* Of the node itself (depth == at->depth) or of one above; VIRTIO_FDT_PATH_MAX bytes. */
void vfdt_path(const struct vfdt_at *at, int depth, char *path);

/* Big-endian cells at any address; 0, 1 or 2 of them. */
uint64_t vfdt_cells(const unsigned char *cells, unsigned count);

/* ---- what a node says ---- */

/* Whose fault something is (NULL: of the blob as a whole), and where to write it
 * (VIRTIO_FDT_TEXT_MAX bytes, NULL: nowhere). */
struct vfdt_why {
    const struct vfdt_at *at;
    char *text;
};

/* Writes "path of the node: message" and returns `error`. Of printf: %s %d %u %llx %lld %llu. */
__attribute__((format(printf, 3, 4))) int vfdt_refuse(const struct vfdt_why *why, int error,
                                                      const char *fmt, ...);

/* Which entries of a list are asked for: an index, or the only one there may be. */
#define VFDT_ONLY_ONE UINT32_MAX

/* 0, -ENOENT, -EINVAL or -ENOTSUP; see virtio_fdt_reg. */
int vfdt_reg(const struct vfdt_why *why, uint32_t index, uint64_t *base, uint64_t *size);

/* An interrupt controller, and which reference led there. */
struct vfdt_controller {
    struct vfdt_ref ref; /* VFDT_REF_NONE: not filled in yet */
    uint32_t phandle;
    int node;
    unsigned num_cells;
};

/* The first interrupt; *last is the controller that was found last, since most nodes share one. */
int vfdt_irq(const struct vfdt_why *why, bool only_one, struct vfdt_controller *last,
             struct virtio_fdt_irq *irq);

#endif
