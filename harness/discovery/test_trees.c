/* SPDX-License-Identifier: Apache-2.0 */
/* Every tree of fixtures/device-trees: what is found, what is left out and what is said about it.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "trees.h"

#define MAX_ 24u

struct window {
    const char *path;
    uint64_t base, size;
    uint32_t parent; /* phandle */
    unsigned num_cells;
    uint32_t cells[VIRTIO_FDT_IRQ_CELLS];
    bool dma_coherent;
};

/* A node that is left out: the text starts with its path and says `why`. */
struct skip {
    int error;
    const char *path, *why;
};

struct expected {
    struct window windows[MAX_]; /* up to one without path */
    struct skip skips[MAX_];
    unsigned disabled;
};

static void check_window(unsigned i, const struct virtio_fdt_node *got, const struct window *want)
{
    cr_assert_str_eq(got->path, want->path, "window %u: %s, expected %s", i, got->path, want->path);
    cr_assert_eq(got->node, node_at(want->path), "%s: node %d", got->path, got->node);
    cr_assert_eq(got->base, want->base, "%s: base 0x%llx, expected 0x%llx", got->path,
                 (unsigned long long)got->base, (unsigned long long)want->base);
    cr_assert_eq(got->size, want->size, "%s: size 0x%llx, expected 0x%llx", got->path,
                 (unsigned long long)got->size, (unsigned long long)want->size);
    cr_assert_eq(got->irq.num_cells, want->num_cells, "%s: %u interrupt cells, expected %u",
                 got->path, got->irq.num_cells, want->num_cells);
    cr_assert_eq(got->irq.parent, want->parent, "%s: interrupt parent %u, expected %u", got->path,
                 (unsigned)got->irq.parent, (unsigned)want->parent);
    for (unsigned c = 0; c < VIRTIO_FDT_IRQ_CELLS; c++) {
        cr_assert_eq(got->irq.cells[c], want->cells[c], "%s: interrupt cell %u 0x%x, expected 0x%x",
                     got->path, c, (unsigned)got->irq.cells[c], (unsigned)want->cells[c]);
    }
    cr_assert_eq(got->dma_coherent, want->dma_coherent, "%s: dma_coherent %d, expected %d",
                 got->path, got->dma_coherent, want->dma_coherent);
}

static void check_skip(int error, const char *text, const struct skip *want)
{
    char start[VIRTIO_FDT_TEXT_MAX];

    snprintf(start, sizeof(start), "%s: ", want->path);
    cr_assert_eq(error, want->error, "\"%s\": error %d, expected %d", text, error, want->error);
    cr_assert_eq(strncmp(text, start, strlen(start)), 0, "\"%s\", expected it to start with \"%s\"",
                 text, start);
    cr_assert_not_null(strstr(text + strlen(start), want->why), "\"%s\", expected it to say \"%s\"",
                       text, want->why);
}

static void check(const char *name, const struct expected *want)
{
    struct seen *got;
    unsigned windows = 0;
    unsigned skips = 0;

    tree_load(name);
    got = discover();
    for (; want->windows[windows].path != NULL; windows++) {
        cr_assert_lt(windows, got->num_nodes, "%s missing", want->windows[windows].path);
        check_window(windows, &got->nodes[windows], &want->windows[windows]);
    }
    cr_assert_eq(got->num_nodes, windows, "%u windows, expected %u", got->num_nodes, windows);
    for (; want->skips[skips].path != NULL; skips++) {
        cr_assert_lt(skips, got->num_skips, "%s was not left out", want->skips[skips].path);
        check_skip(got->skips[skips].error, got->skips[skips].text, &want->skips[skips]);
    }
    cr_assert_eq(got->num_skips, skips, "%u left out, expected %u", got->num_skips, skips);
    cr_assert_eq(got->found.skipped, skips);
    cr_assert_eq(got->found.disabled, want->disabled, "%u disabled, expected %u",
                 got->found.disabled, want->disabled);
    cr_assert_eq(got->ret, windows != 0 ? 0 : -ENODEV, "returned %d", got->ret);
    tree_free();
}

/* ---- boards ---- */

Test(trees, qemu_riscv64)
{
    static const struct expected want = {
        .windows = {{"/soc/virtio_mmio@10008000", 0x10008000, 0x1000, 3, 1, {8}, false},
                    {"/soc/virtio_mmio@10007000", 0x10007000, 0x1000, 3, 1, {7}, false},
                    {"/soc/virtio_mmio@10001000", 0x10001000, 0x1000, 3, 1, {1}, false}},
    };

    check("qemu-riscv64", &want);
}

Test(trees, qemu_aarch64)
{
    static const struct expected want = {
        .windows = {{"/virtio_mmio@a000000", 0xa000000, 0x200, 0x8002, 3, {0, 16, 1}, true},
                    {"/virtio_mmio@a000200", 0xa000200, 0x200, 0x8002, 3, {0, 17, 1}, true},
                    {"/virtio_mmio@a003e00", 0xa003e00, 0x200, 0x8002, 3, {0, 47, 1}, true}},
    };

    check("qemu-aarch64", &want);
}

Test(trees, no_virtio)
{
    static const struct expected want = {.disabled = 0};

    check("no-virtio", &want);
}

/* ---- which nodes ---- */

Test(trees, compatible)
{
    static const struct expected want = {
        .windows = {{"/second@1000", 0x1000, 0x200, 0, 0, {0}, false}},
    };

    check("compatible", &want);
}

Test(trees, status)
{
    static const struct expected want = {
        .windows = {{"/without@1000", 0x1000, 0x100, 0, 0, {0}, false},
                    {"/okay@1100", 0x1100, 0x100, 0, 0, {0}, false},
                    {"/ok@1200", 0x1200, 0x100, 0, 0, {0}, false}},
        .disabled = 7,
    };

    check("status", &want);
}

Test(trees, deep)
{
    static const struct expected want = {
        .windows = {{"/l1/l2/l3/l4/l5/l6/l7/l8/l9/l10/l11/l12/l13/l14/l15/l16@1000",
                     0x1000,
                     0x100,
                     0,
                     0,
                     {0},
                     false},
                    {"/after@3000", 0x3000, 0x100, 0, 0, {0}, false}},
        .skips = {{-ENOTSUP, "/l1/l2/l3/l4/l5/l6/l7/l8/l9/l10/l11/l12/l13/l14/l15/.../l17@2000",
                   "17 levels deep, expected 1 to 16"}},
    };

    check("deep", &want);
}

Test(trees, coherent)
{
    static const struct expected want = {
        .windows = {{"/not@1000", 0x1000, 0x100, 0, 0, {0}, false},
                    {"/here@1100", 0x1100, 0x100, 0, 0, {0}, true},
                    {"/bus/inherited@1200", 0x1200, 0x100, 0, 0, {0}, true},
                    {"/bus/except@1300", 0x1300, 0x100, 0, 0, {0}, false},
                    {"/bus/deeper/inherited@1400", 0x1400, 0x100, 0, 0, {0}, true},
                    {"/after@1500", 0x1500, 0x100, 0, 0, {0}, false}},
    };

    check("coherent", &want);
}

/* ---- reg ---- */

Test(trees, cells)
{
    static const struct expected want = {
        .windows = {{"/bus7/virtio", 0x100001000, 0x200, 0, 0, {0}, false},
                    {"/bus8/virtio", 0x1000, 0x200, 0, 0, {0}, false}},
        .skips = {{-EINVAL, "/bus0/virtio", "/bus0: #address-cells 0, "},
                  {-EINVAL, "/bus1/virtio", "/bus1: #address-cells 3, "},
                  {-EINVAL, "/bus2/virtio", "/bus2: #address-cells 4294967295, "},
                  {-EINVAL, "/bus3/virtio", "#size-cells 3, expected 1 or 2"},
                  {-EINVAL, "/bus4/virtio", "#size-cells 1073741825, expected 1 or 2"},
                  {-EINVAL, "/bus5/virtio", "is not of 4 bytes"},
                  {-EINVAL, "/bus6/virtio", "reg 0x1000 of 0x0 bytes, expected "}},
    };

    check("cells", &want);
}

Test(trees, reg)
{
    static const struct expected want = {
        .windows = {{"/bus32/top", 0xfffff000, 0x1000, 0, 0, {0}, false},
                    {"/smallest", 0x3000, 0x100, 0, 0, {0}, false}},
        .skips = {{-EINVAL, "/missing", "reg of 0 bytes, expected one entry of 16"},
                  {-EINVAL, "/empty", "reg of 0 bytes, expected one entry of 16"},
                  {-EINVAL, "/short", "reg of 12 bytes, expected one entry of 16"},
                  {-EINVAL, "/odd", "reg of 15 bytes, expected one entry of 16"},
                  {-EINVAL, "/two", "reg of 32 bytes, expected one entry of 16"},
                  {-EINVAL, "/zero-size", "reg 0x1000 of 0x0 bytes, expected "},
                  {-EINVAL, "/small", "of 0xff bytes, expected a multiple of 4 and at least 0x100"},
                  {-EINVAL, "/unaligned", "reg 0x1002 of 0x200 bytes, expected a multiple of 4"},
                  {-EINVAL, "/wraps", "reg 0xfffffffffffffe00 of 0x1000 bytes, beyond"},
                  {-EINVAL, "/top", "reg 0xfffffffffffffe00 of 0x200 bytes, beyond"},
                  {-EINVAL, "/huge", "reg 0x1000 of 0xffffffffffffffff bytes, beyond"},
                  {-EINVAL, "/bus32/wraps", "reg 0xfffff000 of 0x1004 bytes, beyond"}},
    };

    check("reg", &want);
}

Test(trees, high)
{
    static const struct expected want = {
        .windows =
            {{"/virtio@100000000", 0x100000000, 0x200, 0, 0, {0}, false},
             {"/virtio@ffffff0000000000", 0xffffff0000000000, 0x200001000, 0, 0, {0}, false}},
    };

    check("high", &want);
}

Test(trees, overlap)
{
    static const struct expected want = {
        .windows = {{"/first@2000", 0x2000, 0x1000, 0, 0, {0}, false},
                    {"/below@1f00", 0x1f00, 0x100, 0, 0, {0}, false},
                    {"/above@3000", 0x3000, 0x100, 0, 0, {0}, false},
                    {"/enabled@8000", 0x8000, 0x100, 0, 0, {0}, false}},
        .skips = {{-EEXIST, "/same@2000",
                   "reg 0x2000 of 0x1000 bytes overlaps the window at 0x2000"},
                  {-EEXIST, "/begin@1f04", "overlaps the window at 0x2000"},
                  {-EEXIST, "/end@2ffc", "overlaps the window at 0x2000"},
                  {-EEXIST, "/inside@2400", "overlaps the window at 0x2000"},
                  {-EEXIST, "/around@1000", "overlaps the window at 0x2000"},
                  {-EEXIST, "/bus@0/translated@800", "reg 0x2800 of 0x100 bytes overlaps"},
                  {-EINVAL, "/no-parent@9000", "no interrupt-parent"},
                  {-EEXIST, "/claimed@9000", "overlaps the window at 0x9000"}},
        .disabled = 1,
    };

    check("overlap", &want);
}

Test(trees, ranges)
{
    static const struct expected want = {
        .windows =
            {{"/identity/a@1000", 0x1000, 0x100, 0, 0, {0}, false},
             {"/one-level/b@4f00", 0x860000f00, 0x100, 0, 0, {0}, false},
             {"/one-level/c@0", 0x50000000, 0x100, 0, 0, {0}, false},
             {"/two-levels/inner/d@200", 0x70008200, 0x200, 0, 0, {0}, false},
             {"/two-levels/through/e@100000000", 0x70000000, 0x200, 0, 0, {0}, false},
             {"/everything/f@fffffffffffff000", 0xfffffffffffff000, 0x200, 0, 0, {0}, false}},
    };

    check("ranges", &want);
}

Test(trees, bad_ranges)
{
    static const struct expected want = {
        .windows = {{"/top/last@0", 0xffffff00, 0x100, 0, 0, {0}, false}},
        .skips = {{-ENOTSUP, "/missing/a@1000", "/missing: no ranges, expected some"},
                  {-ENOTSUP, "/length/b@0",
                   "/length: ranges of 8 bytes, expected a multiple of 12"},
                  {-ENOTSUP, "/outside/before@1000", "/outside: ranges do not have 0x1000"},
                  {-ENOTSUP, "/outside/across@f80", "ranges do not have 0xf80 of 0x100 bytes"},
                  {-ENOTSUP, "/outside/nothing@2000", "ranges do not have 0x2000 of 0x100 bytes"},
                  {-ENOTSUP, "/outside/larger@0", "ranges do not have 0x0 of 0x1004 bytes"},
                  {-ENOTSUP, "/low/below@0", "ranges do not have 0x0 of 0x100 bytes"},
                  {-EINVAL, "/top/beyond@80", "/top: ranges lead beyond the address space"},
                  {-EINVAL, "/wide/inner/wraps@0", "/wide/inner: ranges lead beyond"},
                  {-EINVAL, "/wide/inner/wraps@10", "/wide/inner: ranges lead beyond"},
                  {-ENOTSUP, "/pci/isa/c@0", "/pci: #address-cells 3"},
                  {-ENOTSUP, "/sizes/inner/d@0", "/sizes: #address-cells 1, #size-cells 3"}},
    };

    check("bad-ranges", &want);
}

/* ---- interrupts ---- */

Test(trees, interrupts)
{
    static const struct expected want = {
        .windows = {{"/from-root@1000", 0x1000, 0x100, 0x11, 1, {7}, false},
                    {"/own@2000", 0x2000, 0x100, 0x12, 2, {7, 0x80000000}, false},
                    {"/none@3000", 0x3000, 0x100, 0, 0, {0}, false},
                    {"/extended@4000", 0x4000, 0x100, 0x14, 4, {1, 2, 3, 0xffffffff}, false},
                    {"/both@5000", 0x5000, 0x100, 0x12, 2, {5, 6}, false},
                    {"/bus/deeper/grandparent@6000", 0x6000, 0x100, 0x12, 2, {3, 4}, false},
                    {"/indirect@7000", 0x7000, 0x100, 0x12, 2, {1, 2}, false},
                    {"/above/below@8000", 0x8000, 0x100, 0, 3, {1, 2, 3}, false}},
    };

    check("interrupts", &want);
}

Test(trees, bad_interrupts)
{
    static const struct expected want = {
        .windows = {{"/good@2100", 0x2100, 0x100, 0x11, 1, {21}, false}},
        .skips = {{-EINVAL, "/no-parent@1000", "no interrupt-parent, expected one here or above"},
                  {-EINVAL, "/missing@1100", "interrupt-parent 0x99, no node has this phandle"},
                  {-EINVAL, "/null@1200", "interrupt-parent 0x0, no node has this phandle"},
                  {-EINVAL, "/all-ones@1300",
                   "interrupt-parent 0xffffffff, no node has this phandle"},
                  {-EINVAL, "/no-controller@1500",
                   "leads to /no-controller, which is no controller"},
                  {-EINVAL, "/no-cells@1600", "/no-cells: #interrupt-cells 0, expected 1 to 4"},
                  {-EINVAL, "/zero@1700", "/zero: #interrupt-cells 0, expected 1 to 4"},
                  {-ENOTSUP, "/five@1800", "/five: #interrupt-cells 5, expected 1 to 4"},
                  {-ENOTSUP, "/nexus@1a00", "/nexus with interrupt-map, expected a controller"},
                  {-EINVAL, "/empty@1b00", "interrupts of 0 bytes, expected one entry of 4"},
                  {-EINVAL, "/three-bytes@1c00", "interrupts of 3 bytes, expected one entry of 4"},
                  {-EINVAL, "/two@1d00", "interrupts of 8 bytes, expected one entry of 4"},
                  {-EINVAL, "/extended-empty@1e00", "interrupts-extended of 0 bytes, expected"},
                  {-EINVAL, "/extended-short@1f00", "interrupts-extended of 4 bytes, expected one"},
                  {-EINVAL, "/extended-missing@2000", "interrupt-parent 0x99, no node"}},
    };

    check("bad-interrupts", &want);
}

Test(trees, cycle)
{
    static const struct expected want = {
        .windows = {{"/far@1600", 0x1600, 0x100, 0x15, 1, {1}, false}},
        .skips = {{-EINVAL, "/to-self@1000", "the last /self: a cycle?"},
                  {-EINVAL, "/to-ping@1100", "the last /pong: a cycle?"},
                  {-EINVAL, "/own-parent@1200", "the last /own-parent@1200: a cycle?"},
                  {-EINVAL, "/bus/child@1300", "the last /bus/child@1300: a cycle?"},
                  {-EINVAL, "/nexus/child@1400", "the last /nexus: a cycle?"},
                  {-EINVAL, "/too-far@1500", "no controller after 4 phandles, the last /step4"}},
    };

    check("cycle", &want);
}
