/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's Arm virt machine with an AArch64 CPU, of either byte order. Two addresses are known
 * beforehand: that of the device tree, which QEMU puts at the start of RAM when it loads an ELF
 * file and tells nobody, and the console's, because somebody has to say when there is no tree.
 * Everything else is found in the tree.
 */
#include <libfdt.h>

#include "board.h"
#include "cpu.h"
#include "gicv2.h"
#include "image.h"
#include "pl011.h"
#include "virtio/virtio_errno.h"

#define EARLY_UART ((uintptr_t)0x09000000)
#define RAM_START  ((uintptr_t)0x40000000)
#define PAGE       ((uintptr_t)4096)

static uintptr_t uart = EARLY_UART;
static const void *tree; /* once board_init has had it */

_Static_assert(BOARD_STACK_FILL == BOARD_STACK_FILL_VALUE, "start.S fills the stack");

/* Looks at 4 bytes: the address may be anything. */
static const void *tree_at(uintptr_t addr)
{
    static const uint8_t magic[4] = {0xd0, 0x0d, 0xfe, 0xed};
    const uint8_t *bytes = (const uint8_t *)addr;

    if (addr < RAM_START || addr % 8u != 0) {
        return NULL;
    }
    for (unsigned i = 0; i < sizeof(magic); i++) {
        if (*(const volatile uint8_t *)(bytes + i) != magic[i]) {
            return NULL;
        }
    }
    return bytes;
}

void aarch64_main(uintptr_t loader_arg, unsigned level)
{
    const void *fdt = tree_at(loader_arg);

    pl011_enable(uart);
    if (level == 3) {
        board_printf("entered at EL3, expected EL1 or EL2: start the machine without secure=on");
        board_exit(BOARD_EXIT_BOARD);
    }
    __asm__ volatile("msr daifclr, #4" ::: "memory"); /* SError: from now on it has a report */
    aarch64_pmu_init();
    board_main(fdt != NULL ? fdt : tree_at(RAM_START));
}

static void find_console(const void *fdt)
{
    int node = fdt_node_offset_by_compatible(fdt, -1, "arm,pl011");
    uint64_t base;
    uint64_t size;

    if (node < 0 || virtio_fdt_reg(fdt, node, 0, &base, &size) != 0) {
        board_printf("board: no node compatible with arm,pl011 and a reg, taking 0x%lx",
                     (unsigned long)uart);
    } else if ((uintptr_t)base != uart) {
        uart = (uintptr_t)base;
        pl011_enable(uart);
    }
}

int board_init(const void *fdt)
{
    int ret;

    find_console(fdt);
    ret = gicv2_init(fdt);
    if (ret == 0) {
        ret = aarch64_timer_init(fdt);
    }
    if (ret == 0) {
        tree = fdt;
        __asm__ volatile("msr daifclr, #3" ::: "memory"); /* IRQ, and FIQ for the watchdog */
    }
    return ret;
}

void board_putc(char c)
{
    pl011_putc(uart, c);
}

void board_stack(const uint32_t **lowest, size_t *bytes)
{
    *lowest = stack_bottom;
    *bytes = (size_t)((uintptr_t)stack_top - (uintptr_t)stack_bottom);
}

/* The piece of RAM that holds the image, from the image's end; up to the device tree if that lies
 * behind. */
void board_free_memory(void **base, size_t *bytes)
{
    uintptr_t start = ((uintptr_t)image_end + PAGE - 1u) & ~(PAGE - 1u);
    uintptr_t fdt = (uintptr_t)tree;
    uint64_t ram;
    uint64_t size;
    uint64_t end;
    int node;

    *base = (void *)start;
    *bytes = 0;
    if (tree == NULL) {
        return;
    }
    node = fdt_node_offset_by_prop_value(tree, -1, "device_type", "memory", sizeof("memory"));
    if (node < 0 || virtio_fdt_reg(tree, node, 0, &ram, &size) != 0 || size > UINT64_MAX - ram) {
        return;
    }
    end = ram + size;
    if (fdt >= start && fdt < end) {
        end = fdt & ~(PAGE - 1u);
    }
    if (start >= ram && start < end) {
        *bytes = (size_t)(end - start);
    }
}

void board_exit(int code)
{
    aarch64_semihosting_exit((unsigned)code);
}
