/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's riscv32 and riscv64 virt machines. Everything is found in the device tree; until that was
 * read, or when there is none, console and exit are where the machine has them, because somebody
 * has to say so.
 */
#include <libfdt.h>

#include "virtio_bare_cpu.h"
#include "virtio/virtio_errno.h"

#include "../arch/riscv/cpu.h"
#include "../arch/riscv/riscv.h"
#include "board.h"
#include "mmio.h"
#include "ns16550.h"
#include "plic.h"

#define EARLY_UART   0x10000000u
#define EARLY_FINISH 0x00100000u

#define FINISH_PASS 0x5555u
#define FINISH_FAIL 0x3333u /* the exit status in the upper half */

extern uint8_t image_end[]; /* riscv.ld */

static struct {
    uintptr_t uart, finish;
    uint64_t free_start, free_end;
} board = {.uart = EARLY_UART, .finish = EARLY_FINISH};

void board_putc(char c)
{
    ns16550_putc(board.uart, c);
}

void board_exit(int code)
{
    mmio_write32(board.finish, code == 0 ? FINISH_PASS : (uint32_t)code << 16 | FINISH_FAIL);
    for (;;) {
        __asm__ volatile("wfi");
    }
}

/* The registers of the first node that is compatible; *base stays when there is none. */
static void find_registers(const void *fdt, const char *compatible, uintptr_t *base)
{
    int node = fdt_node_offset_by_compatible(fdt, -1, compatible);
    uint64_t start;
    uint64_t size;

    if (node >= 0 && virtio_fdt_reg(fdt, node, 0, &start, &size) == 0 && size >= 4u &&
        start <= UINTPTR_MAX - size) {
        *base = (uintptr_t)start;
    } else {
        board_printf("board: no node compatible with %s and a reg, taking 0x%lx", compatible,
                     (unsigned long)*base);
    }
}

/* From the end of the image to the end of its memory, or to the tree if that lies there. */
static int find_memory(const void *fdt)
{
    uint64_t image = (uint64_t)(uintptr_t)image_end;
    uint64_t tree = (uint64_t)(uintptr_t)fdt;
    int node = -1;
    uint64_t start;
    uint64_t size;

    for (;;) {
        node = fdt_node_offset_by_prop_value(fdt, node, "device_type", "memory", 7);
        if (node < 0) {
            board_printf("board: no memory node with the image at 0x%llx",
                         (unsigned long long)image);
            return -ENODEV;
        }
        for (unsigned i = 0; virtio_fdt_reg(fdt, node, i, &start, &size) == 0; i++) {
            if (image < start || image - start >= size) {
                continue;
            }
            board.free_start = (image + 4095u) & ~UINT64_C(4095);
            board.free_end = start + size;
            if (tree >= image && tree < board.free_end) {
                board.free_end = tree;
            }
            return 0;
        }
    }
}

int board_init(const void *fdt)
{
    char why[VIRTIO_FDT_TEXT_MAX];
    int ret;

    if (virtio_fdt_check(fdt, BOARD_FDT_MAX, why) != 0) {
        board_printf("board: %s", why);
        return -EINVAL;
    }
    find_registers(fdt, "ns16550a", &board.uart);
    find_registers(fdt, "sifive,test0", &board.finish);
    ret = find_memory(fdt);
    if (ret == 0) {
        ret = timer_init(fdt);
    }
    if (ret == 0) {
        ret = plic_init(fdt, cpu_hart(), IRQ_EXTERNAL);
    }
    if (ret == 0) {
        cpu_interrupts_on();
    }
    return ret;
}

void board_free_memory(void **base, size_t *bytes)
{
    uint64_t end = board.free_end < UINTPTR_MAX ? board.free_end : UINTPTR_MAX;

    *base = (void *)(uintptr_t)board.free_start;
    *bytes = end > board.free_start ? (size_t)(end - board.free_start) & ~(size_t)4095 : 0u;
}

int board_irq_number(const struct virtio_fdt_irq *irq, unsigned *number)
{
    if (irq->num_cells == 0 || irq->parent_node != plic_node()) {
        board_printf("board: interrupt parent 0x%x is not the interrupt controller",
                     (unsigned)irq->parent);
        return -ENODEV;
    }
    if (irq->num_cells != 1u || irq->cells[0] == 0 || irq->cells[0] > plic_lines()) {
        board_printf("board: interrupt of %u cells, %u first: expected 1 cell, 1 to %u",
                     irq->num_cells, (unsigned)irq->cells[0], plic_lines());
        return -EINVAL;
    }
    *number = irq->cells[0];
    return 0;
}

void board_irq_connect(unsigned number, bool (*fn)(void *arg), void *arg)
{
    unsigned long flags = virtio_bare_irq_save();

    plic_connect(number, fn, arg);
    virtio_bare_irq_restore(flags);
}

void board_external_interrupt(void)
{
    plic_serve();
}
