/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutations that know device trees, so that most inputs get past the header: libfdt changes a
 * property, a node or a reference; only some of the time bytes are changed as they come.
 */
#include "fuzz_fdt.h"

#include <libfdt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "virtio/virtio_discovery.h"

#define ROOM 65536u

/* A tree that is being changed. */
struct change {
    char *fdt;
    uint32_t random;
};

static uint32_t below(struct change *c, uint32_t bound)
{
    c->random = c->random * 1664525u + 1013904223u;
    return bound == 0 ? 0 : (c->random >> 8) % bound;
}

static const char *pick_name(struct change *c)
{
    static const char *const names[] = {
        "compatible",
        "status",
        "reg",
        "ranges",
        "#address-cells",
        "#size-cells",
        "interrupts",
        "interrupt-parent",
        "interrupts-extended",
        "#interrupt-cells",
        "interrupt-map",
        "interrupt-controller",
        "phandle",
        "linux,phandle",
        "dma-coherent",
        "dma-noncoherent",
        "x",
    };

    return names[below(c, sizeof(names) / sizeof(names[0]))];
}

static uint32_t pick_cell(struct change *c)
{
    static const uint32_t cells[] = {
        0,     1,      2,      3,      4,      5,          0x11,       0x12,       0x100,     0xfc,
        0x200, 0x1000, 0x1002, 0x2000, 0x4000, 0x7fffffff, 0x80000000, 0xffffff00, 0xffffffff};

    return below(c, 4) == 0 ? below(c, 0xffffff)
                            : cells[below(c, sizeof(cells) / sizeof(cells[0]))];
}

/* Any node, from the root on. */
static int pick_node(struct change *c)
{
    uint32_t skip = below(c, 24);
    int node = fdt_next_node(c->fdt, -1, NULL);

    for (int next = node; next >= 0 && skip > 0; skip--) {
        node = next;
        next = fdt_next_node(c->fdt, node, NULL);
    }
    return node;
}

/* Any property of a node, as offset; below 0 when it has none. */
static int pick_property(struct change *c, int node)
{
    uint32_t skip = below(c, 8);
    int property = fdt_first_property_offset(c->fdt, node);

    for (int next = property; next >= 0 && skip > 0; skip--) {
        property = next;
        next = fdt_next_property_offset(c->fdt, property);
    }
    return property;
}

/* ---- changes ---- */

static void set_cells(struct change *c)
{
    fdt32_t cells[12];
    uint32_t n = below(c, 9) == 0 ? below(c, 12) : 1u + below(c, 5);

    for (uint32_t i = 0; i < n; i++) {
        cells[i] = cpu_to_fdt32(pick_cell(c));
    }
    (void)fdt_setprop(c->fdt, pick_node(c), pick_name(c), cells,
                      (int)(n * 4u) - (below(c, 16) == 0 && n > 0 ? 1 : 0));
}

static void set_one_cell(struct change *c)
{
    int property = pick_property(c, pick_node(c));
    int len = 0;
    const char *value = property < 0 ? NULL : fdt_getprop_by_offset(c->fdt, property, NULL, &len);

    if (value != NULL && len >= 4) {
        fdt32_st(c->fdt + (value - c->fdt) + (size_t)below(c, (uint32_t)len / 4u) * 4u,
                 pick_cell(c));
    }
}

static void set_string(struct change *c)
{
    static const char *const strings[] = {"virtio,mmio", "simple-bus", "okay", "ok", "disabled"};
    uint32_t i = below(c, 5);

    (void)fdt_setprop(c->fdt, pick_node(c), i < 2u ? "compatible" : "status", strings[i],
                      (int)strlen(strings[i]) + 1);
}

static void copy_property(struct change *c)
{
    int property = pick_property(c, pick_node(c));
    char copy[256];
    char name_copy[64];
    const char *name = NULL;
    int len = 0;
    const void *value = property < 0 ? NULL : fdt_getprop_by_offset(c->fdt, property, &name, &len);

    if (value != NULL && len >= 0 && len <= (int)sizeof(copy) && strlen(name) < sizeof(name_copy)) {
        memcpy(copy, value, (size_t)len);
        memcpy(name_copy, name, strlen(name) + 1u);
        (void)fdt_setprop(c->fdt, pick_node(c), name_copy, copy, len);
    }
}

static void remove_something(struct change *c)
{
    int node = pick_node(c);

    switch (below(c, 4)) {
    case 0:
        (void)fdt_nop_property(c->fdt, node, pick_name(c));
        break;
    case 1:
        (void)(node > 0 ? fdt_del_node(c->fdt, node) : 0);
        break;
    default:
        (void)fdt_delprop(c->fdt, node, pick_name(c));
        break;
    }
}

static void add_node(struct change *c)
{
    char name[] = "n@0";
    fdt32_t reg[2] = {cpu_to_fdt32(pick_cell(c)), cpu_to_fdt32(pick_cell(c))};
    int node;

    name[2] = (char)('0' + below(c, 75));
    node = fdt_add_subnode(c->fdt, pick_node(c), name);
    if (node >= 0 && below(c, 3) != 0) {
        (void)fdt_setprop(c->fdt, node, "reg", reg, sizeof(reg));
        (void)fdt_setprop_string(c->fdt, node, "compatible", "virtio,mmio");
    }
}

static void change(struct change *c)
{
    static void (*const changes[])(struct change *) = {
        set_cells,     set_cells,     set_one_cell,     set_one_cell, set_string,
        copy_property, copy_property, remove_something, add_node,
    };

    for (uint32_t n = 1u + below(c, 4); n > 0; n--) {
        changes[below(c, sizeof(changes) / sizeof(changes[0]))](c);
    }
}

/* ---- libFuzzer ---- */

/* The bytes as a header that is believed, when they are long enough for one. */
static void fix_header(uint8_t *data, size_t size)
{
    static const uint32_t header[] = {FDT_MAGIC, 0, 56, 0, 40, 17, 16, 0};

    if (size < 72u) {
        return;
    }
    for (unsigned i = 0; i < 8u; i++) {
        fdt32_st(data + (size_t)i * 4u, i == 1u ? (uint32_t)size : header[i]);
    }
    fdt32_st(data + 12, (uint32_t)size - 16u); /* strings, at the end */
    fdt32_st(data + 32, 16);
    fdt32_st(data + 36, ((uint32_t)size - 72u) & ~3u);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static uint64_t room[ROOM / 8u];
    struct change c = {(char *)room, seed};
    size_t total;

    if (below(&c, 8) == 0 || size > ROOM / 2u) {
        size = LLVMFuzzerMutate(data, size, max_size);
        if (below(&c, 2) == 0) {
            fix_header(data, size);
        }
        return size;
    }
    memcpy(room, data, size);
    if (virtio_fdt_check(room, size, NULL) != 0 || fdt_open_into(room, room, (int)ROOM) != 0) {
        fix_header(data, size);
        return LLVMFuzzerMutate(data, size, max_size);
    }
    change(&c);
    (void)fdt_pack(room);
    total = fdt_totalsize(room);
    if (total > max_size) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    memcpy(data, room, total);
    return total;
}
