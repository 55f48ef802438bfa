/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs that dtc would not make: good ones with bytes changed, cut, or grown with libfdt.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trees.h"

/* Offsets in the header (Devicetree Specification v0.4 section 5.2). */
enum {
    TOTALSIZE = 4,
    OFF_STRUCT = 8,
    OFF_STRINGS = 12,
    OFF_RSVMAP = 16,
    VERSION = 20,
    LAST_COMP = 24,
    SIZE_STRINGS = 32,
    SIZE_STRUCT = 36,
};

static uint32_t get(unsigned offset)
{
    return fdt32_ld((const fdt32_t *)(const void *)(tree + offset));
}

static void put(unsigned offset, uint32_t value)
{
    fdt32_st(tree + offset, value);
}

/* The blob that is loaded is refused, for this reason and by both functions. */
static void expect_no_tree(const char *reason)
{
    char why[VIRTIO_FDT_TEXT_MAX];
    struct seen *got = discover();

    cr_assert_eq(got->ret, -EINVAL, "%s: returned %d, expected %d", reason, got->ret, -EINVAL);
    cr_assert_eq(got->num_skips, 1u, "%s: %u messages", reason, got->num_skips);
    cr_assert_eq(got->found.skipped + got->found.windows + got->found.disabled, 0u);
    cr_assert_eq(got->skips[0].error, -EINVAL);
    cr_assert_not_null(strstr(got->skips[0].text, reason), "\"%s\", expected it to say \"%s\"",
                       got->skips[0].text, reason);
    cr_assert_eq(virtio_fdt_check(tree, tree_size, why), -EINVAL);
    cr_assert_str_eq(why, got->skips[0].text);
    cr_assert_eq(virtio_fdt_check(tree, tree_size, NULL), -EINVAL);
}

Test(blob, header_fields)
{
    static const struct {
        unsigned offset;
        uint32_t value;
        const char *reason;
    } wrong[] = {
        {0, 0xd00dfeee, "magic 0xd00dfeee, expected 0xd00dfeed"},
        {0, 0xedfe0dd0, "magic 0xedfe0dd0, expected 0xd00dfeed"},
        {TOTALSIZE, 0xffffffff, "totalsize 4294967295, expected at most"},
        {TOTALSIZE, 0x7fffffff, "totalsize 2147483647, expected at most"},
        {TOTALSIZE, 39, "off_dt_struct"},
        {TOTALSIZE, 0, "off_dt_struct"},
        {VERSION, 16, "version 16, compatible with 16, expected 17"},
        {VERSION, 0, "version 0,"},
        {LAST_COMP, 18, "compatible with 18"},
        {OFF_STRUCT, 0xfffffff0, "off_dt_struct 0xfffffff0"},
        {OFF_STRUCT, 0, "off_dt_struct 0x0"},
        {OFF_STRUCT, 57, "off_dt_struct 0x39"},
        {SIZE_STRUCT, 0xffffffc8, "size 0xffffffc8"},
        {SIZE_STRUCT, 0, "structure: broken or cut at 0x0"},
        {OFF_STRINGS, 0x7ffffff0, "off_dt_strings 0x7ffffff0"},
        {OFF_STRINGS, 0xffffffff, "off_dt_strings 0xffffffff"},
        {SIZE_STRINGS, 0xffffffff, "size 0xffffffff"},
        {SIZE_STRINGS, 4, "without a name"},
        {OFF_RSVMAP, 0xfffffff8, "off_mem_rsvmap 0xfffffff8"},
        {OFF_RSVMAP, 44, "off_mem_rsvmap 0x2c"},
    };

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        tree_load("qemu-riscv64");
        put(wrong[i].offset, wrong[i].value);
        expect_no_tree(wrong[i].reason);
    }
    tree_free();
}

Test(blob, no_memory_to_look_at)
{
    char why[VIRTIO_FDT_TEXT_MAX];
    char *shifted;

    cr_assert_eq(virtio_fdt_check(NULL, 100, why), -EINVAL);
    cr_assert_str_eq(why, "device tree: NULL");
    tree_load("qemu-riscv64");
    cr_assert_eq(virtio_fdt_check(tree, tree_size, why), 0, "%s", why);
    cr_assert_str_eq(why, "");
    cr_assert_eq(virtio_fdt_check(tree, 0, why), -EINVAL);
    cr_assert_str_eq(why, "device tree: size 0, expected at least the header of 40 bytes");
    shifted = malloc(tree_size + 4u);
    cr_assert_not_null(shifted);
    memcpy(shifted + 4, tree, tree_size);
    cr_assert_eq(virtio_fdt_check(shifted + 4, tree_size, why), -EINVAL);
    cr_assert_str_eq(why, "device tree: address that ends in 4, expected a multiple of 8");
    free(shifted);
    tree_free();
}

/* What follows the tree is nobody's business, and what comes before its end is. */
Test(blob, every_length)
{
    size_t whole;

    tree_load("qemu-riscv64");
    whole = tree_size;
    tree_resize(whole + 100u);
    cr_assert_eq(discover()->num_nodes, 3u);
    for (size_t n = whole; n-- > 0;) {
        tree_resize(n);
        cr_assert_eq(discover()->ret, -EINVAL, "%zu of %zu bytes", n, whole);
    }
    tree_free();
}

/* The same, with a header that says so: blocks that are cut. */
Test(blob, every_totalsize)
{
    uint32_t whole;

    tree_load("qemu-riscv64");
    whole = get(TOTALSIZE);
    for (uint32_t n = whole - 1u; n >= 40u; n--) {
        tree_resize(n);
        put(TOTALSIZE, n);
        cr_assert_eq(discover()->ret, -EINVAL, "totalsize %u of %u", (unsigned)n, (unsigned)whole);
    }
    tree_free();
}

/* A structure block that ends early, at every tag. */
Test(blob, every_structure_size)
{
    uint32_t whole;

    tree_load("qemu-riscv64");
    whole = get(SIZE_STRUCT);
    for (uint32_t n = 0; n < whole; n++) {
        put(SIZE_STRUCT, n);
        cr_assert_eq(discover()->ret, -EINVAL, "structure of %u of %u bytes", (unsigned)n,
                     (unsigned)whole);
    }
    tree_free();
}

/* ---- tags ---- */

/* The word at `index` of the structure block becomes `value`. */
static void put_tag(unsigned index, uint32_t value)
{
    put(get(OFF_STRUCT) + index * 4u, value);
}

/* Of the structure block: the last words are END_NODE of a child, END_NODE of the root, END. */
static unsigned last_tag(void)
{
    return get(SIZE_STRUCT) / 4u - 1u;
}

Test(blob, tags_out_of_place)
{
    tree_load("no-virtio");
    put_tag(0, FDT_PROP); /* no node around it */
    expect_no_tree("out of place");
    tree_load("no-virtio");
    put_tag(0, FDT_END);
    expect_no_tree("structure: tag 9 at 0x0, out of place");
    tree_load("no-virtio");
    put_tag(0, FDT_END_NODE);
    expect_no_tree("structure: tag 2 at 0x0, out of place");
    tree_load("no-virtio");
    put_tag(1, 0x41000000); /* a root named "A" */
    expect_no_tree("structure: tag 1 at 0x0, out of place");
    tree_load("no-virtio");
    put_tag(0, FDT_NOP);
    expect_no_tree("structure: tag 4 at 0x0, out of place");
    tree_load("no-virtio");
    put_tag(0, 77);
    expect_no_tree("structure: broken or cut at 0x0");
    tree_load("no-virtio");
    put_tag(last_tag(), FDT_NOP);
    expect_no_tree("structure: tag 4");
    tree_load("no-virtio");
    put_tag(last_tag() - 1u, FDT_NOP); /* the root stays open */
    expect_no_tree("structure: tag 9");
    tree_load("no-virtio");
    put_tag(last_tag(), FDT_END_NODE);
    expect_no_tree("structure: tag 2");
    tree_load("no-virtio");
    put_tag(last_tag() - 2u, FDT_END_NODE);
    put_tag(last_tag() - 1u, FDT_BEGIN_NODE); /* a second root: its name is the end tag */
    expect_no_tree("structure: broken or cut");
    tree_free();
}

Test(blob, second_root_and_late_property)
{
    uint32_t structure;
    uint32_t size;

    /* Behind the strings, where there is room: {} {} end, and { {} property } end. */
    for (unsigned variant = 0; variant < 2u; variant++) {
        static const uint32_t tags[2][9] = {
            {FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END},
            {FDT_BEGIN_NODE, 0, FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_PROP, 0, 0, FDT_END_NODE},
        };

        tree_load("no-virtio");
        structure = (uint32_t)(tree_size + 7u) & ~7u;
        size = sizeof(tags[0]) + 4u;
        tree_resize(structure + size);
        put(TOTALSIZE, structure + size);
        put(OFF_STRUCT, structure);
        put(SIZE_STRUCT, size);
        for (unsigned i = 0; i < 9u; i++) {
            put_tag(i, tags[variant][i]);
        }
        put_tag(9, FDT_END);
        expect_no_tree(variant == 0 ? "structure: tag 1 at 0xc, out of place"
                                    : "structure: tag 3 at 0x14, out of place");
    }
    tree_free();
}

/* libfdt 1.6.1 adds such a length to the offset and goes on where it comes out. */
Test(blob, property_lengths_that_wrap)
{
    static const uint32_t lengths[] = {0xffffffff, 0xfffffffd, 0xfffffff4,
                                       0x80000000, 0x7fffffff, 0x10000};
    const struct fdt_property *prop;

    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        tree_load("qemu-riscv64");
        prop = fdt_get_property(tree, node_at("/soc/serial@10000000"), "reg", NULL);
        cr_assert_not_null(prop);
        put((unsigned)((const char *)prop - tree) + 4u, lengths[i]);
        expect_no_tree("structure: ");
    }
    /* From 0 to -1 and -3, which come out at the same next tag. */
    for (unsigned i = 0; i < 2u; i++) {
        tree_load("qemu-riscv64");
        prop = fdt_get_property(tree, node_at("/soc"), "ranges", NULL);
        cr_assert_not_null(prop);
        put((unsigned)((const char *)prop - tree) + 4u, lengths[i]);
        expect_no_tree("structure: ");
    }
    tree_free();
}

Test(blob, property_names)
{
    const struct fdt_property *prop;
    uint32_t strings;

    tree_load("qemu-riscv64");
    prop = fdt_get_property(tree, 0, "compatible", NULL);
    cr_assert_not_null(prop);
    put((unsigned)((const char *)prop - tree) + 8u, 0xffffff00);
    expect_no_tree("without a name");
    tree_load("qemu-riscv64");
    prop = fdt_get_property(tree, 0, "compatible", NULL);
    put((unsigned)((const char *)prop - tree) + 8u, get(SIZE_STRINGS));
    expect_no_tree("without a name");

    /* A new strings block at the end: 255 bytes are a name, 256 are not. */
    for (unsigned len = 255u; len <= 256u; len++) {
        tree_load("no-virtio");
        tree_grow(512);
        cr_assert_eq(fdt_setprop_u32(tree, 0, "x", 1), 0);
        strings = get(OFF_STRINGS) + get(SIZE_STRINGS);
        cr_assert_lt(strings + len + 1u, tree_size);
        memset(tree + strings - 2u, 'x', len);
        tree[strings - 2u + len] = '\0';
        put(SIZE_STRINGS, get(SIZE_STRINGS) - 2u + len + 1u);
        if (len == 256u) {
            expect_no_tree("expected at most 255 bytes");
        } else {
            cr_assert_eq(discover()->ret, -ENODEV);
        }
    }
    tree_free();
}

Test(blob, reservations_without_end)
{
    uint32_t end;

    tree_load("no-virtio");
    end = (uint32_t)tree_size & ~7u;
    tree_resize(end + 16u);
    memset(tree + end, 0xff, 16u);
    put(TOTALSIZE, end + 16u);
    put(OFF_RSVMAP, end);
    expect_no_tree("memory reservation block");
    memset(tree + end, 0, 16u);
    cr_assert_eq(discover()->ret, -ENODEV);
    tree_free();
}

/* ---- what dtc refuses to write ---- */

static void expect_first_skip(int error, const char *text)
{
    struct seen *got = discover();

    cr_assert_geq(got->num_skips, 1u, "nothing was left out, expected \"%s\"", text);
    cr_assert_eq(got->skips[0].error, error, "%s: error %d, expected %d", got->skips[0].text,
                 got->skips[0].error, error);
    cr_assert_not_null(strstr(got->skips[0].text, text), "\"%s\", expected \"%s\"",
                       got->skips[0].text, text);
}

Test(blob, single_cells_of_two)
{
    tree_load("qemu-aarch64");
    tree_grow(64);
    cr_assert_eq(fdt_setprop_u64(tree, 0, "interrupt-parent", 1), 0);
    expect_first_skip(-EINVAL, "/virtio_mmio@a000000: interrupt-parent of the wrong length");
    tree_load("qemu-aarch64");
    tree_grow(64);
    cr_assert_eq(fdt_setprop_u64(tree, node_at("/intc@8000000"), "#interrupt-cells", 3), 0);
    expect_first_skip(-EINVAL, "/intc@8000000: #interrupt-cells 0, expected 1 to 4");
    tree_load("qemu-aarch64");
    tree_grow(64);
    cr_assert_eq(fdt_setprop_u64(tree, node_at("/intc@8000000"), "phandle", 0x8002), 0);
    expect_first_skip(-EINVAL, "interrupt-parent 0x8002, no node has this phandle");
    tree_free();
}

/* Names come from the blob and messages go to terminals. */
Test(blob, names_that_cannot_be_printed)
{
    char *name;

    tree_load("overlap");
    name = strstr(fdt_get_name(tree, node_at("/same@2000"), NULL), "same");
    name[0] = '\033';
    name[1] = '\377';
    expect_first_skip(-EEXIST, "/??me@2000: reg 0x2000");
    tree_free();
}

Test(blob, long_paths_are_cut)
{
    char name[200];
    struct seen *got;
    int node;

    memset(name, 'n', sizeof(name) - 1u);
    name[sizeof(name) - 1u] = '\0';
    tree_load("no-virtio");
    tree_grow(1024);
    node = fdt_add_subnode(tree, 0, name);
    cr_assert_geq(node, 0);
    cr_assert_eq(fdt_setprop_string(tree, node, "compatible", "virtio,mmio"), 0);
    got = discover();
    cr_assert_eq(got->num_skips, 1u);
    cr_assert_not_null(strstr(got->skips[0].text, "nnn: reg of 0 bytes, expected one entry of 8"),
                       "%s", got->skips[0].text);
    cr_assert_eq(fdt_appendprop_addrrange(tree, 0, node, "reg", 0x4000, 0x100), 0);
    got = discover();
    cr_assert_eq(got->num_nodes, 1u);
    cr_assert_eq(strlen(got->nodes[0].path), VIRTIO_FDT_PATH_MAX - 1u);
    cr_assert_eq(got->nodes[0].node, node);

    /* And messages: two paths are more than one can have. */
    cr_assert_eq(fdt_setprop_u32(tree, node, "#address-cells", 3), 0);
    node = fdt_add_subnode(tree, node, "v");
    cr_assert_geq(node, 0);
    cr_assert_eq(fdt_setprop_string(tree, node, "compatible", "virtio,mmio"), 0);
    got = discover();
    cr_assert_eq(got->num_skips, 1u);
    cr_assert_eq(strlen(got->skips[0].text), VIRTIO_FDT_TEXT_MAX - 1u);
    tree_free();
}
