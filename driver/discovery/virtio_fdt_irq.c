/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interrupts, interrupts-extended and the way to the controller (Devicetree Specification v0.4
 * section 2.4): the node's interrupt-parent or, when it has none, that of the nearest node above,
 * unless one on the way up takes interrupts itself. interrupt-map is not translated.
 */
#include "virtio_fdt_priv.h"

#include <string.h>

/* From node to node before a controller has to come: who needs more goes around in circles. It
 * also bounds the work, each step being a walk over the tree. */
#define STEPS_MAX 4u

static bool same_ref(struct vfdt_ref a, struct vfdt_ref b)
{
    return a.kind == b.kind && a.value == b.value;
}

static bool seek(struct vfdt_at *at, const void *fdt, struct vfdt_ref ref)
{
    return ref.kind == VFDT_REF_PHANDLE ? vfdt_seek_phandle(at, fdt, ref.value)
                                        : vfdt_seek_node(at, fdt, (int)ref.value);
}

/* Whether there is a next node to look at; `to` is the one that said so, NULL: the node itself. */
static int check_ref(const struct vfdt_why *why, struct vfdt_ref ref, const struct vfdt_at *to)
{
    char path[VIRTIO_FDT_PATH_MAX];

    if (ref.kind == VFDT_REF_BAD) {
        return vfdt_refuse(why, -EINVAL, "interrupt-parent of the wrong length, expected 4 bytes");
    }
    if (ref.kind != VFDT_REF_NONE) {
        return 0;
    }
    if (to == NULL) {
        return vfdt_refuse(why, -EINVAL, "no interrupt-parent, expected one here or above");
    }
    vfdt_path(to, to->depth, path);
    return vfdt_refuse(why, -EINVAL, "interrupt-parent leads to %s, which is no controller", path);
}

/* How many cells the controller at `to` wants. */
static int read_cells(const struct vfdt_why *why, const struct vfdt_at *to, unsigned *num_cells)
{
    const struct vfdt_prop *p = &to->props[VFDT_INTERRUPT_CELLS];
    uint32_t cells = p->len == 4 ? (uint32_t)vfdt_cells(p->value, 1) : 0;
    char path[VIRTIO_FDT_PATH_MAX];

    *num_cells = cells;
    if (cells >= 1u && cells <= VIRTIO_FDT_IRQ_CELLS) {
        return 0;
    }
    vfdt_path(to, to->depth, path);
    return vfdt_refuse(why, cells == 0 ? -EINVAL : -ENOTSUP,
                       "%s: #interrupt-cells %u, expected 1 to %u", path, (unsigned)cells,
                       VIRTIO_FDT_IRQ_CELLS);
}

/* Follows `ref` to an interrupt controller. */
static int find_controller(const struct vfdt_why *why, struct vfdt_ref ref,
                           struct vfdt_controller *found)
{
    struct vfdt_at to;
    char path[VIRTIO_FDT_PATH_MAX];

    for (unsigned step = 0; step < STEPS_MAX; step++) {
        int ret = check_ref(why, ref, step == 0 ? NULL : &to);

        if (ret != 0) {
            return ret;
        }
        if (!seek(&to, why->at->fdt, ref)) {
            return vfdt_refuse(why, -EINVAL, "interrupt-parent 0x%llx, no node has this phandle",
                               (unsigned long long)ref.value);
        }
        if (to.props[VFDT_INTERRUPT_CONTROLLER].len >= 0) {
            found->phandle = vfdt_phandle(&to);
            found->node = to.node;
            return read_cells(why, &to, &found->num_cells);
        }
        if (to.props[VFDT_INTERRUPT_MAP].len >= 0) {
            vfdt_path(&to, to.depth, path);
            return vfdt_refuse(why, -ENOTSUP,
                               "interrupt-parent %s with interrupt-map, expected a controller",
                               path);
        }
        ref = vfdt_irq_parent(&to);
    }
    vfdt_path(&to, to.depth, path);
    return vfdt_refuse(why, -EINVAL,
                       "interrupt-parent: no controller after %u phandles, the last %s: a cycle?",
                       STEPS_MAX, path);
}

/* A specifier, or several, in `len` bytes. */
static int check_len(const struct vfdt_why *why, const char *name, int len, unsigned entry,
                     bool is_only, bool is_list)
{
    bool is_one = len == (int)entry;

    /* Further specifiers of a list may be of another length. */
    if (is_one ||
        (!is_only && len > (int)entry && (is_list || (entry != 0 && (unsigned)len % entry == 0)))) {
        return 0;
    }
    return vfdt_refuse(why, -EINVAL, "%s of %d bytes, expected one entry of %u", name, len, entry);
}

int vfdt_irq(const struct vfdt_why *why, bool only_one, struct vfdt_controller *last,
             struct virtio_fdt_irq *irq)
{
    const struct vfdt_prop *plain = &why->at->props[VFDT_INTERRUPTS];
    const struct vfdt_prop *extended = &why->at->props[VFDT_INTERRUPTS_EXTENDED];
    bool is_extended = extended->len >= 0;
    const struct vfdt_prop *from = is_extended ? extended : plain;
    unsigned before = is_extended ? 4u : 0u; /* bytes: the phandle */
    struct vfdt_ref ref = {VFDT_REF_PHANDLE, 0};
    int ret;

    memset(irq, 0, sizeof(*irq));
    if (from->len < 0) {
        return 0;
    }
    if (is_extended && from->len < 4) {
        return vfdt_refuse(why, -EINVAL, "interrupts-extended of %d bytes, expected at least 8",
                           from->len);
    }
    if (is_extended) {
        ref.value = (uint32_t)vfdt_cells(from->value, 1);
    } else {
        ref = vfdt_irq_parent(why->at);
    }
    if (last->ref.kind == VFDT_REF_NONE || !same_ref(last->ref, ref)) {
        last->ref.kind = VFDT_REF_NONE;
        ret = find_controller(why, ref, last);
        if (ret != 0) {
            return ret;
        }
        last->ref = ref;
    }
    ret = check_len(why, is_extended ? "interrupts-extended" : "interrupts", from->len,
                    before + last->num_cells * 4u, only_one, is_extended);
    if (ret != 0) {
        return ret;
    }
    irq->parent = last->phandle;
    irq->parent_node = last->node;
    irq->num_cells = last->num_cells;
    for (unsigned i = 0; i < last->num_cells; i++) {
        irq->cells[i] = (uint32_t)vfdt_cells(from->value + before + (size_t)i * 4u, 1);
    }
    return 0;
}
