/* SPDX-License-Identifier: Apache-2.0 */
/* The walk itself: many nodes, its cost, a walk that is ended, and the functions for other devices.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trees.h"

static int ignore_window(void *ctx, const struct virtio_fdt_node *node)
{
    (void)ctx;
    (void)node;
    return 0;
}

static const struct virtio_fdt_ops ignoring = {ignore_window, NULL};

/* ---- trees that are written here ---- */

static char *made;
static int made_size;

static void ok(int error)
{
    cr_assert_eq(error, 0, "libfdt: %s", fdt_strerror(error));
}

static void start(int size)
{
    made_size = size;
    made = calloc(1, (size_t)size);
    cr_assert_not_null(made);
    ok(fdt_create(made, size));
    ok(fdt_finish_reservemap(made));
    ok(fdt_begin_node(made, ""));
    ok(fdt_property_u32(made, "#address-cells", 1));
    ok(fdt_property_u32(made, "#size-cells", 1));
}

/* A node whose interrupt goes to `parent`. */
static void add(unsigned i, uint32_t parent)
{
    fdt32_t reg[2] = {cpu_to_fdt32(0x1000u + i * 0x200u), cpu_to_fdt32(0x200)};
    char name[32];

    snprintf(name, sizeof(name), "virtio@%x", 0x1000u + i * 0x200u);
    ok(fdt_begin_node(made, name));
    ok(fdt_property_string(made, "compatible", "virtio,mmio"));
    ok(fdt_property(made, "reg", reg, sizeof(reg)));
    ok(fdt_property_u32(made, "interrupts", i));
    ok(fdt_property_u32(made, "interrupt-parent", parent));
    ok(fdt_end_node(made));
}

static void add_controller(uint32_t phandle)
{
    char name[32];

    snprintf(name, sizeof(name), "controller%u", (unsigned)phandle);
    ok(fdt_begin_node(made, name));
    ok(fdt_property(made, "interrupt-controller", NULL, 0));
    ok(fdt_property_u32(made, "#interrupt-cells", 1));
    ok(fdt_property_u32(made, "phandle", phandle));
    ok(fdt_end_node(made));
}

static struct seen *finish(void)
{
    struct seen *got;

    ok(fdt_end_node(made));
    ok(fdt_finish(made));
    got = discover_in(made, (size_t)made_size, 0);
    free(made);
    return got;
}

Test(walk, two_hundred_nodes)
{
    struct seen *got;

    start(65536);
    for (unsigned i = 0; i < 200u; i++) {
        add(i, 1);
    }
    add_controller(1);
    got = finish();
    cr_assert_eq(got->ret, 0);
    cr_assert_eq(got->num_nodes, 200u);
    for (unsigned i = 0; i < 200u; i++) {
        cr_assert_eq(got->nodes[i].base, 0x1000u + i * 0x200u);
        cr_assert_eq(got->nodes[i].irq.cells[0], i);
        cr_assert_eq(got->nodes[i].irq.parent, 1u);
    }
    cr_assert_eq(got->num_skips, 0u);
}

Test(walk, more_nodes_than_can_be_checked)
{
    struct seen *got;

    start(65536);
    for (unsigned i = 0; i < VIRTIO_FDT_WINDOWS + 2u; i++) {
        add(i, 1);
    }
    add_controller(1);
    got = finish();
    cr_assert_eq(got->ret, 0);
    cr_assert_eq(got->num_nodes, VIRTIO_FDT_WINDOWS);
    cr_assert_eq(got->num_skips, 2u);
    cr_assert_eq(got->skips[0].error, -ENOSPC);
    cr_assert_str_eq(got->skips[0].text,
                     "/virtio@21000: reg 0x21000, but there are 256 windows already");
}

/* Each node asks for another parent than the one before, and those lead nowhere: the most work that
 * a blob can ask for. What bounds it is VIRTIO_FDT_WINDOWS; without, this takes ten times as long.
 */
Test(walk, cost_is_bounded)
{
    const unsigned asking = 3000;
    clock_t begin;
    double seconds;
    struct virtio_fdt_found found;

    start(1 << 19);
    for (unsigned i = 0; i < asking; i++) {
        add(i, 0x1000u + i % 200u);
    }
    for (unsigned i = 0; i < 2000u; i++) {
        ok(fdt_begin_node(made, ""));
        ok(fdt_property_u32(made, "interrupt-parent", 0x1000u + i % 200u));
        ok(fdt_property_u32(made, "phandle", i < 1800u ? 0x8000u : 0x1000u + i % 200u));
        ok(fdt_end_node(made));
    }
    ok(fdt_end_node(made));
    ok(fdt_finish(made));
    begin = clock();
    cr_assert_eq(virtio_fdt_discover(made, (size_t)made_size, &ignoring, NULL, &found), -ENODEV);
    seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    cr_assert_eq(found.skipped, asking);
    cr_assert_lt(seconds, 15.0, "%.1f s of CPU time, expected about 1", seconds);
    free(made);
}

/* ---- a walk that is ended, and counts ---- */

Test(walk, ended_by_the_caller)
{
    struct seen *got;

    tree_load("qemu-riscv64");
    got = discover_in(tree, tree_size, 2);
    cr_assert_eq(got->ret, STOPPED, "returned %d, expected %d", got->ret, STOPPED);
    cr_assert_eq(got->found.windows, 2u);
    tree_free();
}

Test(walk, without_messages_and_counts)
{
    tree_load("reg");
    cr_assert_eq(virtio_fdt_discover(tree, tree_size, &ignoring, NULL, NULL), 0);
    cr_assert_eq(virtio_fdt_discover(tree, 10, &ignoring, NULL, NULL), -EINVAL);
    tree_free();
}

/* ---- for other devices ---- */

Test(walk, reg_of_other_devices)
{
    static const struct {
        const char *path;
        unsigned index;
        int ret;
        uint64_t base, size;
    } regs[] = {
        {"/soc/serial@10000000", 0, 0, 0x10000000, 0x100},
        {"/soc/serial@10000000", 1, -ENOENT, 0, 0},
        {"/soc/serial@10000000", 0x10000000, -ENOENT, 0, 0},
        {"/soc/serial@10000000", UINT32_MAX, -ENOENT, 0, 0},
        {"/soc/plic@c000000", 0, 0, 0xc000000, 0x600000},
        {"/memory@80000000", 0, 0, 0x80000000, 0x8000000},
        {"/soc", 0, -ENOENT, 0, 0},
        {"/cpus/cpu@0", 0, -ENOTSUP, 0, 0}, /* a number, no address: /cpus has no ranges */
        {"/", 0, -ENOTSUP, 0, 0},
    };

    tree_load("qemu-riscv64");
    for (unsigned i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
        uint64_t base = 0;
        uint64_t size = 0;
        int ret = virtio_fdt_reg(tree, node_at(regs[i].path), regs[i].index, &base, &size);

        cr_assert_eq(ret, regs[i].ret, "%s[%u]: %d, expected %d", regs[i].path, regs[i].index, ret,
                     regs[i].ret);
        cr_assert(ret != 0 || (base == regs[i].base && size == regs[i].size), "%s: 0x%llx 0x%llx",
                  regs[i].path, (unsigned long long)base, (unsigned long long)size);
    }
    tree_load("qemu-aarch64");
    for (unsigned i = 0; i < 3u; i++) {
        uint64_t base = 0;
        uint64_t size = 0;
        int ret = virtio_fdt_reg(tree, node_at("/intc@8000000"), i, &base, &size);

        cr_assert_eq(ret, i < 2u ? 0 : -ENOENT);
        cr_assert(ret != 0 || base == 0x8000000u + i * 0x10000u);
    }
    tree_free();
}

Test(walk, reg_of_wrong_nodes)
{
    uint64_t base;
    uint64_t size;

    tree_load("reg");
    cr_assert_eq(virtio_fdt_reg(tree, -1, 0, &base, &size), -EINVAL);
    cr_assert_eq(virtio_fdt_reg(tree, node_at("/two") + 4, 0, &base, &size), -EINVAL);
    cr_assert_eq(virtio_fdt_reg(tree, 1 << 20, 0, &base, &size), -EINVAL);
    cr_assert_eq(virtio_fdt_reg(tree, node_at("/two"), 1, &base, &size), 0);
    cr_assert_eq(base, 0x2000u);
    cr_assert_eq(virtio_fdt_reg(tree, node_at("/short"), 0, &base, &size), -EINVAL);
    cr_assert_eq(virtio_fdt_reg(tree, node_at("/empty"), 0, &base, &size), -ENOENT);
    tree_free();
}

Test(walk, interrupts_of_other_devices)
{
    struct virtio_fdt_irq irq;

    tree_load("qemu-aarch64");
    cr_assert_eq(virtio_fdt_interrupt(tree, node_at("/timer"), &irq), 0);
    cr_assert_eq(irq.num_cells, 3u);
    cr_assert(irq.cells[0] == 1u && irq.cells[1] == 13u && irq.cells[2] == 0x104u);
    cr_assert_eq(irq.parent_node, node_at("/intc@8000000"));
    cr_assert_eq(virtio_fdt_interrupt(tree, node_at("/memory@40000000"), &irq), 0);
    cr_assert_eq(irq.num_cells, 0u);
    cr_assert_eq(virtio_fdt_interrupt(tree, -1, &irq), -EINVAL);

    tree_load("qemu-riscv64");
    cr_assert_eq(virtio_fdt_interrupt(tree, node_at("/soc/plic@c000000"), &irq), 0);
    cr_assert(irq.num_cells == 1u && irq.cells[0] == 11u);
    cr_assert_eq(irq.parent_node, node_at("/cpus/cpu@0/interrupt-controller"));
    tree_load("bad-interrupts");
    cr_assert_eq(virtio_fdt_interrupt(tree, node_at("/two@1d00"), &irq), 0);
    cr_assert_eq(irq.cells[0], 1u);
    cr_assert_eq(virtio_fdt_interrupt(tree, node_at("/three-bytes@1c00"), &irq), -EINVAL);
    cr_assert_eq(virtio_fdt_interrupt(tree, node_at("/five@1800"), &irq), -ENOTSUP);
    tree_free();
}
