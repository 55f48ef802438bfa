/* SPDX-License-Identifier: Apache-2.0 */
/* The device tree of the board with all devices, as it is and with one thing wrong at a time. */
#include <criterion/criterion.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "board_dt.h"

#define SPARE 512 /* bytes for what a test adds */

static char blob[16384];
static size_t blob_size;
static struct board_dt board;
static char why[256];

static void load(void)
{
    FILE *file = fopen(RTV_BOARD_DTB, "rb");
    char raw[8192];
    size_t n;

    cr_assert_not_null(file, "cannot open %s", RTV_BOARD_DTB);
    n = fread(raw, 1, sizeof(raw), file);
    (void)fclose(file);
    cr_assert_gt(n, 0u);
    cr_assert_lt(n, sizeof(raw));
    cr_assert_eq(fdt_open_into(raw, blob, (int)n + SPARE), 0);
    blob_size = n + SPARE;
}

static int node(const char *path)
{
    int at = fdt_path_offset(blob, path);

    cr_assert_geq(at, 0, "no node %s", path);
    return at;
}

static int window(unsigned n)
{
    char path[64];

    snprintf(path, sizeof(path), "/soc/virtio_mmio@%x", 0x10001000u + n * 0x1000u);
    return node(path);
}

static int read_board(void)
{
    return board_dt_read(blob, blob_size, &board, why, sizeof(why));
}

static void expect_refused(int error, const char *where, const char *text)
{
    int got = read_board();

    cr_assert_eq(got, error, "got %d (%s), expected %d", got, why, error);
    cr_assert_not_null(strstr(why, where), "%s, expected it to name %s", why, where);
    cr_assert_not_null(strstr(why, text), "%s, expected it to say %s", why, text);
    cr_assert_eq(board.num_windows, 0u);
}

Test(board_dt, two_devices_of_each_type)
{
    load();
    cr_assert_eq(read_board(), 0, "%s", why);
    cr_assert_eq(board.num_windows, 10u);
    for (unsigned i = 0; i < 10u; i++) {
        cr_assert_eq(board.windows[i].base, 0x10001000u + i * 0x1000u);
        cr_assert_eq(board.windows[i].size, 0x1000u);
        cr_assert_eq(board.windows[i].irq, i + 1u);
        cr_assert_eq(board.windows[i].type, i / 2u, "window %u: %s", i,
                     board_dt_type_name(board.windows[i].type));
    }
}

Test(board_dt, disabled_nodes_are_left_out)
{
    load();
    cr_assert_eq(fdt_setprop_string(blob, window(3), "status", "disabled"), 0);
    cr_assert_eq(fdt_setprop_string(blob, window(4), "status", "okay"), 0);
    cr_assert_eq(read_board(), 0, "%s", why);
    cr_assert_eq(board.num_windows, 9u);
    cr_assert_eq(board.windows[3].base, 0x10005000u);
}

Test(board_dt, wrong_reg_is_refused)
{
    static const struct {
        uint64_t base, size;
    } wrong[] = {{0x10001002, 0x1000}, {0x10001000, 0xff}, {UINT64_MAX - 3u, 0x1000}};

    for (unsigned i = 0; i < 3u; i++) {
        fdt64_t reg[2] = {cpu_to_fdt64(wrong[i].base), cpu_to_fdt64(wrong[i].size)};

        load();
        cr_assert_eq(fdt_setprop(blob, window(0), "reg", reg, sizeof(reg)), 0);
        expect_refused(-EINVAL, "/soc/virtio_mmio@10001000", "reg 0x");
    }
    load();
    cr_assert_eq(fdt_delprop(blob, window(2), "reg"), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10003000", "reg of 0 bytes");
    load();
    cr_assert_eq(fdt_setprop_u64(blob, window(2), "reg", 0x10003000), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10003000", "reg of 8 bytes");
    load();
    cr_assert_eq(fdt_setprop_u32(blob, node("/soc"), "#size-cells", 3), 0);
    expect_refused(-EINVAL, "/soc", "#size-cells 3");
}

Test(board_dt, overlap_and_shared_interrupts_are_refused)
{
    fdt64_t reg[2] = {cpu_to_fdt64(0x10001ffc), cpu_to_fdt64(0x1000)};

    load();
    cr_assert_eq(fdt_setprop(blob, window(9), "reg", reg, sizeof(reg)), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@1000a000", "overlaps the window at 0x10001000");
    load();
    cr_assert_eq(fdt_setprop_u32(blob, window(5), "interrupts", 2), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10006000", "which the window at 0x10002000 has");
}

Test(board_dt, wrong_interrupts_are_refused)
{
    load();
    cr_assert_eq(fdt_setprop_u32(blob, window(1), "interrupts", 0), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10002000", "interrupts 0");
    load();
    cr_assert_eq(fdt_setprop_u64(blob, window(1), "interrupts", 2), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10002000", "interrupts of 8 bytes");
    load();
    cr_assert_eq(fdt_delprop(blob, window(1), "interrupts"), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10002000", "interrupts of 0 bytes");
    load();
    cr_assert_eq(fdt_setprop_u32(blob, node("/soc"), "interrupt-parent", 77), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10001000", "interrupt-parent");
    load();
    cr_assert_eq(fdt_delprop(blob, node("/soc"), "interrupt-parent"), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10001000", "interrupt-parent");
}

Test(board_dt, interrupts_of_more_cells_are_refused)
{
    const fdt32_t cells[3] = {0, cpu_to_fdt32(1), 0};
    int plic;

    load();
    plic = node("/soc/interrupt-controller@c000000");
    cr_assert_eq(fdt_setprop_u32(blob, plic, "#interrupt-cells", 3), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10001000", "interrupts of 4 bytes");
    cr_assert_eq(fdt_setprop(blob, window(0), "interrupts", cells, sizeof(cells)), 0);
    expect_refused(-ENOTSUP, "/soc/interrupt-controller@c000000", "#interrupt-cells 3");
}

Test(board_dt, unknown_models_are_refused)
{
    load();
    cr_assert_eq(fdt_setprop_string(blob, window(6), "rt-virtio,model", "rng"), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10007000", "\"rng\"");
    load();
    cr_assert_eq(fdt_setprop(blob, window(6), "rt-virtio,model", "gpu", 3), 0); /* no NUL */
    expect_refused(-EINVAL, "/soc/virtio_mmio@10007000", "expected a string");
    load();
    cr_assert_eq(fdt_delprop(blob, window(6), "rt-virtio,model"), 0);
    expect_refused(-EINVAL, "/soc/virtio_mmio@10007000", "rt-virtio,model of 0 bytes");
}

Test(board_dt, buses_that_the_cpu_cannot_reach_through_are_refused)
{
    load();
    cr_assert_eq(fdt_setprop_u64(blob, node("/soc"), "ranges", 1), 0);
    expect_refused(-ENOTSUP, "/soc: ", "ranges of 8 bytes");
    load();
    cr_assert_eq(fdt_delprop(blob, node("/soc"), "ranges"), 0);
    expect_refused(-ENOTSUP, "/soc: ", "no ranges");
}

Test(board_dt, no_tree_or_no_window)
{
    char name[16];

    load();
    blob[0] = 0;
    expect_refused(-EINVAL, "no valid device tree", "");
    cr_assert_eq(board_dt_read(NULL, 0, &board, why, sizeof(why)), -EINVAL);
    load();
    for (size_t n = 0; n < blob_size - SPARE; n += 61u) {
        int got = board_dt_read(blob, n, &board, why, sizeof(why));

        cr_assert_eq(got, -EINVAL, "%zu bytes of it: %d, expected %d", n, got, -EINVAL);
    }
    for (unsigned i = 0; i < 10u; i++) {
        cr_assert_eq(fdt_setprop_string(blob, window(i), "compatible", "other"), 0);
    }
    expect_refused(-ENODEV, "virtio,mmio", "no enabled node");
    snprintf(name, sizeof(name), "%s", board_dt_type_name(BOARD_DT_TYPES));
    cr_assert_str_eq(name, "?");
}
