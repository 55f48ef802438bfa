/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over a checked tree, in time that grows with the blob: every node is read once, and what
 * it hands down is kept for as long as the walk is below it.
 */
#include "virtio_fdt_priv.h"

#include <string.h>

#define NAME(key, text) [key] = {text, sizeof(text) - 1u}

static const struct {
    const char *text;
    size_t len;
} names[VFDT_KEYS] = {
    NAME(VFDT_COMPATIBLE, "compatible"),
    NAME(VFDT_STATUS, "status"),
    NAME(VFDT_REG, "reg"),
    NAME(VFDT_RANGES, "ranges"),
    NAME(VFDT_ADDRESS_CELLS, "#address-cells"),
    NAME(VFDT_SIZE_CELLS, "#size-cells"),
    NAME(VFDT_INTERRUPTS, "interrupts"),
    NAME(VFDT_INTERRUPTS_EXTENDED, "interrupts-extended"),
    NAME(VFDT_INTERRUPT_PARENT, "interrupt-parent"),
    NAME(VFDT_INTERRUPT_CELLS, "#interrupt-cells"),
    NAME(VFDT_INTERRUPT_CONTROLLER, "interrupt-controller"),
    NAME(VFDT_INTERRUPT_MAP, "interrupt-map"),
    NAME(VFDT_PHANDLE, "phandle"),
    NAME(VFDT_LINUX_PHANDLE, "linux,phandle"),
    NAME(VFDT_DMA_COHERENT, "dma-coherent"),
    NAME(VFDT_DMA_NONCOHERENT, "dma-noncoherent"),
};

/* ---- properties ---- */

uint64_t vfdt_cells(const unsigned char *cells, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count * 4u; i++) {
        value = value << 8 | cells[i];
    }
    return value;
}

static void keep(struct vfdt_at *at, const char *name, const void *value, int len)
{
    size_t name_len = strlen(name);

    for (unsigned k = 0; k < VFDT_KEYS; k++) {
        /* The first of two by the same name, as libfdt has it. */
        if (names[k].len == name_len && memcmp(names[k].text, name, name_len) == 0 &&
            at->props[k].len < 0) {
            at->props[k].value = value;
            at->props[k].len = len;
            return;
        }
    }
}

static void read_props(struct vfdt_at *at)
{
    int offset = fdt_first_property_offset(at->fdt, at->node);

    for (unsigned k = 0; k < VFDT_KEYS; k++) {
        at->props[k].value = NULL;
        at->props[k].len = -1;
    }
    while (offset >= 0) {
        const char *name = NULL;
        int len = 0;
        const void *value = fdt_getprop_by_offset(at->fdt, offset, &name, &len);

        if (value != NULL && len >= 0) {
            keep(at, name, value, len);
        }
        offset = fdt_next_property_offset(at->fdt, offset);
    }
}

static const struct vfdt_level *parent(const struct vfdt_at *at)
{
    return at->depth > 0 && !vfdt_is_deep(at) ? &at->levels[at->depth - 1] : NULL;
}

bool vfdt_is_compatible(const struct vfdt_at *at, const char *what)
{
    const struct vfdt_prop *list = &at->props[VFDT_COMPATIBLE];

    return list->len > 0 && list->value[list->len - 1] == '\0' &&
           fdt_stringlist_contains((const char *)list->value, list->len, what) != 0;
}

bool vfdt_is_disabled(const struct vfdt_at *at)
{
    const struct vfdt_prop *status = &at->props[VFDT_STATUS];
    const struct vfdt_level *up = parent(at);

    if (up != NULL && up->disabled) {
        return true;
    }
    return status->len >= 0 && !(status->len == 5 && memcmp(status->value, "okay", 5) == 0) &&
           !(status->len == 3 && memcmp(status->value, "ok", 3) == 0);
}

bool vfdt_is_coherent(const struct vfdt_at *at)
{
    const struct vfdt_level *up = parent(at);

    if (at->props[VFDT_DMA_COHERENT].len >= 0) {
        return true;
    }
    return at->props[VFDT_DMA_NONCOHERENT].len < 0 && up != NULL && up->coherent;
}

uint32_t vfdt_phandle(const struct vfdt_at *at)
{
    const struct vfdt_prop *p = &at->props[VFDT_PHANDLE];

    if (p->len != 4) {
        p = &at->props[VFDT_LINUX_PHANDLE];
    }
    return p->len == 4 ? (uint32_t)vfdt_cells(p->value, 1) : 0;
}

struct vfdt_ref vfdt_irq_parent(const struct vfdt_at *at)
{
    const struct vfdt_prop *p = &at->props[VFDT_INTERRUPT_PARENT];
    const struct vfdt_level *up = parent(at);
    struct vfdt_ref ref = {VFDT_REF_NONE, 0};

    if (p->len == 4) {
        ref.kind = VFDT_REF_PHANDLE;
        ref.value = (uint32_t)vfdt_cells(p->value, 1);
    } else if (p->len >= 0) {
        ref.kind = VFDT_REF_BAD;
    } else if (up != NULL) {
        ref = up->irq;
    }
    return ref;
}

/* ---- the walk ---- */

static int64_t cell_or(const struct vfdt_prop *p, int64_t otherwise)
{
    if (p->len < 0) {
        return otherwise;
    }
    return p->len == 4 ? (int64_t)vfdt_cells(p->value, 1) : -1;
}

/* Keeps what the node hands down to those below. */
static void hand_down(struct vfdt_at *at)
{
    struct vfdt_level *level = &at->levels[at->depth];

    level->node = at->node;
    level->address_cells = cell_or(&at->props[VFDT_ADDRESS_CELLS], 2);
    level->size_cells = cell_or(&at->props[VFDT_SIZE_CELLS], 1);
    level->ranges = at->props[VFDT_RANGES];
    level->coherent = vfdt_is_coherent(at);
    level->disabled = vfdt_is_disabled(at);
    if (at->props[VFDT_INTERRUPT_CELLS].len >= 0) {
        level->irq.kind = VFDT_REF_NODE;
        level->irq.value = (uint32_t)at->node;
    } else {
        level->irq = vfdt_irq_parent(at);
    }
}

static bool arrive(struct vfdt_at *at, int node)
{
    at->node = node;
    if (node < 0 || at->depth < 0) {
        return false;
    }
    read_props(at);
    return true;
}

bool vfdt_first(struct vfdt_at *at, const void *fdt)
{
    at->fdt = fdt;
    at->depth = -1;
    return arrive(at, fdt_next_node(fdt, -1, &at->depth));
}

bool vfdt_next(struct vfdt_at *at)
{
    if (at->depth < (int)VIRTIO_FDT_DEPTH) {
        hand_down(at);
    }
    return arrive(at, fdt_next_node(at->fdt, at->node, &at->depth));
}

bool vfdt_seek_node(struct vfdt_at *at, const void *fdt, int node)
{
    bool there = vfdt_first(at, fdt);

    while (there && at->node != node) {
        there = vfdt_next(at);
    }
    return there;
}

bool vfdt_seek_phandle(struct vfdt_at *at, const void *fdt, uint32_t phandle)
{
    bool there = phandle != 0 && phandle != UINT32_MAX && vfdt_first(at, fdt);

    while (there && vfdt_phandle(at) != phandle) {
        there = vfdt_next(at);
    }
    return there;
}

/* ---- names ---- */

static void add_name(struct vfdt_text *text, const void *fdt, int node)
{
    const char *name = fdt_get_name(fdt, node, NULL);

    vfdt_add(text, "/");
    vfdt_add(text, name != NULL ? name : "?");
}

void vfdt_path(const struct vfdt_at *at, int depth, char *path)
{
    struct vfdt_text text;

    vfdt_text_start(&text, path, VIRTIO_FDT_PATH_MAX);
    for (int d = 1; d < depth && d < (int)VIRTIO_FDT_DEPTH; d++) {
        add_name(&text, at->fdt, at->levels[d].node);
    }
    if (depth > (int)VIRTIO_FDT_DEPTH) {
        vfdt_add(&text, "/...");
    }
    if (depth == 0) {
        vfdt_add(&text, "/");
    } else {
        add_name(&text, at->fdt, depth == at->depth ? at->node : at->levels[depth].node);
    }
}
