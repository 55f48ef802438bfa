/* SPDX-License-Identifier: Apache-2.0 */
/* The device trees that this machine's QEMU makes for its virt boards (-M virt,dumpdtb=FILE). */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */

#include <criterion/criterion.h>
#include <libfdt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trees.h"

struct board {
    const char *qemu; /* and what it needs to start */
    unsigned windows;
    uint64_t first, last, size; /* in the order of addresses */
    unsigned num_cells, irq_cell;
    uint32_t first_irq;
    bool dma_coherent;
    const char *controller; /* compatible */
};

static void load_board(const char *qemu)
{
    char folder[] = "/tmp/rtv-dtb-XXXXXX";
    char file[64];
    char command[256];

    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/board.dtb", folder);
    snprintf(command, sizeof(command),
             "timeout 30 %s -nic none -display none -M virt,dumpdtb=%s >/dev/null 2>&1", qemu,
             file);
    cr_assert_eq(system(command), 0, "failed: %s", command);
    tree_load_file(file);
    (void)remove(file);
    (void)remove(folder);
}

static void check(const struct board *board)
{
    const struct seen *got;

    load_board(board->qemu);
    got = discover();
    cr_assert_eq(got->ret, 0, "%s", got->num_skips != 0 ? got->skips[0].text : "");
    cr_assert_eq(got->num_skips, 0u, "%s", got->skips[0].text);
    cr_assert_eq(got->num_nodes, board->windows, "%u windows, expected %u", got->num_nodes,
                 board->windows);
    for (unsigned i = 0; i < got->num_nodes; i++) {
        const struct virtio_fdt_node *node = &got->nodes[i];
        uint64_t number = (node->base - board->first) / board->size;

        cr_assert(node->base >= board->first && node->base <= board->last, "%s at 0x%llx",
                  node->path, (unsigned long long)node->base);
        cr_assert_eq(node->size, board->size, "%s: size 0x%llx", node->path,
                     (unsigned long long)node->size);
        cr_assert_eq(node->dma_coherent, board->dma_coherent, "%s", node->path);
        cr_assert_eq(node->irq.num_cells, board->num_cells, "%s: %u interrupt cells", node->path,
                     node->irq.num_cells);
        cr_assert_eq(node->irq.cells[board->irq_cell], board->first_irq + number, "%s: irq %u",
                     node->path, (unsigned)node->irq.cells[board->irq_cell]);
        cr_assert_eq(fdt_node_check_compatible(tree, node->irq.parent_node, board->controller), 0,
                     "%s: its controller is not %s", node->path, board->controller);
        cr_assert_eq(fdt_node_offset_by_phandle(tree, node->irq.parent), node->irq.parent_node);
    }
    tree_free();
}

static void check_riscv(const char *qemu)
{
    const struct board board = {.qemu = qemu,
                                .windows = 8,
                                .first = 0x10001000,
                                .last = 0x10008000,
                                .size = 0x1000,
                                .num_cells = 1,
                                .first_irq = 1,
                                .controller = "riscv,plic0"};

    check(&board);
}

Test(boards, riscv64)
{
    check_riscv("qemu-system-riscv64 -bios none");
}

Test(boards, riscv32)
{
    check_riscv("qemu-system-riscv32 -bios none");
}

Test(boards, aarch64)
{
    static const struct board board = {.qemu = "qemu-system-aarch64 -cpu cortex-a53",
                                       .windows = 32,
                                       .first = 0xa000000,
                                       .last = 0xa003e00,
                                       .size = 0x200,
                                       .num_cells = 3,
                                       .irq_cell = 1,
                                       .first_irq = 16,
                                       .dma_coherent = true,
                                       .controller = "arm,cortex-a15-gic"};

    check(&board);
}
