/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reg and ranges (Devicetree Specification v0.4 sections 2.3.5, 2.3.6, 2.3.8): an address in the
 * numbering of the node's bus, and what the CPU sees of it.
 */
#include "virtio_fdt_priv.h"

/* Of one ranges property. No bus has as many; it bounds the work for each node below. */
#define RANGES_MAX 256u

/* Beyond 2^64, or 2^32 where addresses have one cell. The end itself has to be a number. */
static bool is_beyond(uint64_t base, uint64_t size, unsigned cells)
{
    return size > UINT64_MAX - base || (cells == 1u && base + size > (uint64_t)1 << 32);
}

static bool are_cells(int64_t cells, int64_t least)
{
    return cells >= least && cells <= 2;
}

static int refuse_bus(const struct vfdt_why *why, int depth, int error, const char *text)
{
    char bus[VIRTIO_FDT_PATH_MAX];

    vfdt_path(why->at, depth, bus);
    return vfdt_refuse(why, error, "%s: %s", bus, text);
}

static int refuse_cells(const struct vfdt_why *why, int depth, int error)
{
    const struct vfdt_level *level = &why->at->levels[depth];
    char bus[VIRTIO_FDT_PATH_MAX];

    if (level->address_cells < 0 || level->size_cells < 0) {
        return refuse_bus(why, depth, error, "#address-cells or #size-cells is not of 4 bytes");
    }
    vfdt_path(why->at, depth, bus);
    return vfdt_refuse(why, error, "%s: #address-cells %lld, #size-cells %lld, expected 1 or 2",
                       bus, (long long)level->address_cells, (long long)level->size_cells);
}

/* ---- ranges ---- */

/* Takes *base through the ranges of levels[depth]. */
static int translate_bus(const struct vfdt_why *why, int depth, uint64_t *base, uint64_t size)
{
    const struct vfdt_level *bus = &why->at->levels[depth];
    const struct vfdt_level *up = &why->at->levels[depth - 1];
    unsigned child = (unsigned)bus->address_cells;
    unsigned above = (unsigned)up->address_cells;
    unsigned entry = (child + above + (unsigned)bus->size_cells) * 4u;
    char path[VIRTIO_FDT_PATH_MAX];
    const unsigned char *range = bus->ranges.value;
    unsigned len = (unsigned)bus->ranges.len;

    if (len % entry != 0 || len / entry > RANGES_MAX) {
        vfdt_path(why->at, depth, path);
        return vfdt_refuse(why, -ENOTSUP,
                           "%s: ranges of %u bytes, expected a multiple of %u, at most %u of them",
                           path, len, entry, RANGES_MAX);
    }
    for (unsigned i = 0; i < len / entry; i++, range += entry) {
        uint64_t from = vfdt_cells(range, child);
        uint64_t to = vfdt_cells(range + (size_t)child * 4u, above);
        uint64_t room = vfdt_cells(range + ((size_t)child + above) * 4u, (unsigned)bus->size_cells);

        if (*base < from || *base - from >= room || size > room - (*base - from)) {
            continue;
        }
        if (to > UINT64_MAX - (*base - from) || is_beyond(to + (*base - from), size, above)) {
            return refuse_bus(why, depth, -EINVAL, "ranges lead beyond the address space");
        }
        *base = to + (*base - from);
        return 0;
    }
    vfdt_path(why->at, depth, path);
    return vfdt_refuse(why, -ENOTSUP, "%s: ranges do not have 0x%llx of 0x%llx bytes", path,
                       (unsigned long long)*base, (unsigned long long)size);
}

/* From the numbering of the parent to that of the root, which is the CPU's. */
static int translate(const struct vfdt_why *why, uint64_t *base, uint64_t size)
{
    for (int depth = why->at->depth - 1; depth > 0; depth--) {
        const struct vfdt_level *bus = &why->at->levels[depth];
        int ret;

        if (bus->ranges.len < 0) {
            return refuse_bus(why, depth, -ENOTSUP,
                              "no ranges, expected some: the CPU cannot reach what is below");
        }
        if (bus->ranges.len == 0) {
            continue; /* the same numbers on both sides */
        }
        if (!are_cells(bus->address_cells, 1) || !are_cells(bus->size_cells, 0)) {
            return refuse_cells(why, depth, -ENOTSUP);
        }
        if (!are_cells(why->at->levels[depth - 1].address_cells, 1)) {
            return refuse_cells(why, depth - 1, -ENOTSUP);
        }
        ret = translate_bus(why, depth, base, size);
        if (ret != 0) {
            return ret;
        }
    }
    return 0;
}

/* ---- reg ---- */

int vfdt_reg(const struct vfdt_why *why, uint32_t index, uint64_t *base, uint64_t *size)
{
    const struct vfdt_at *at = why->at;
    const struct vfdt_prop *reg = &at->props[VFDT_REG];
    const struct vfdt_level *bus;
    unsigned address_cells;
    unsigned entry;
    const unsigned char *cells;
    unsigned first;

    if (at->depth < 1 || vfdt_is_deep(at)) {
        return vfdt_refuse(why, -ENOTSUP, "%d levels deep, expected 1 to %u", at->depth,
                           VIRTIO_FDT_DEPTH);
    }
    bus = &at->levels[at->depth - 1];
    if (!are_cells(bus->address_cells, 1) || !are_cells(bus->size_cells, 0)) {
        return refuse_cells(why, at->depth - 1, -EINVAL);
    }
    address_cells = (unsigned)bus->address_cells;
    entry = (address_cells + (unsigned)bus->size_cells) * 4u;
    if (index == VFDT_ONLY_ONE && reg->len != (int)entry) {
        return vfdt_refuse(why, -EINVAL, "reg of %d bytes, expected one entry of %u",
                           reg->len < 0 ? 0 : reg->len, entry);
    }
    if (reg->len > 0 && (unsigned)reg->len % entry != 0) {
        return vfdt_refuse(why, -EINVAL, "reg of %d bytes, expected a multiple of %u", reg->len,
                           entry);
    }
    first = index == VFDT_ONLY_ONE ? 0 : index;
    if (reg->len <= 0 || first >= (unsigned)reg->len / entry) {
        return vfdt_refuse(why, -ENOENT, "reg of %d bytes, expected at least %u entries of %u",
                           reg->len < 0 ? 0 : reg->len, first + 1u, entry);
    }
    cells = reg->value + (size_t)first * entry;
    *base = vfdt_cells(cells, address_cells);
    *size = vfdt_cells(cells + (size_t)address_cells * 4u, (unsigned)bus->size_cells);
    if (is_beyond(*base, *size, address_cells)) {
        return vfdt_refuse(why, -EINVAL, "reg 0x%llx of 0x%llx bytes, beyond the address space",
                           (unsigned long long)*base, (unsigned long long)*size);
    }
    return translate(why, base, *size);
}
