/* SPDX-License-Identifier: Apache-2.0 */
/* The RISC-V platform-level interrupt controller (specification 1.0.0). */
#include <libfdt.h>

#include "virtio/virtio_errno.h"

#include "board.h"
#include "mmio.h"
#include "plic.h"

#define LINES_MAX      128u    /* those above are refused; the virt machine has 96 */
#define ENABLE         0x2000u /* behind the priorities, a word a line; 0x80 a context, a bit a line */
#define ENABLE_STRIDE  0x80u
#define CONTEXT        0x200000u /* + 0x1000 a context: threshold, then claim and complete */
#define CONTEXT_STRIDE 0x1000u
#define CLAIM          4u

static struct {
    int node;
    unsigned lines;
    uintptr_t base, enable, context;
    struct {
        bool (*fn)(void *arg);
        void *arg;
    } handlers[LINES_MAX + 1u];
} plic;

/* The node's property as cells; NULL when it is missing or no whole number of cells. */
static const fdt32_t *cells_of(const void *fdt, int node, const char *name, unsigned *count)
{
    int len = 0;
    const fdt32_t *cells = fdt_getprop(fdt, node, name, &len);

    *count = cells != NULL && len % 4 == 0 ? (unsigned)len / 4u : 0u;
    return *count != 0 ? cells : NULL;
}

/* The phandle of the hart's own controller, the child of its cpu node; 0: not found. */
static uint32_t hart_controller(const void *fdt, unsigned long hart)
{
    int cpus = fdt_path_offset(fdt, "/cpus");
    int cpu;

    fdt_for_each_subnode(cpu, fdt, cpus)
    {
        unsigned count;
        const fdt32_t *cells = cells_of(fdt, cpu, "reg", &count);
        int child;

        if (cells == NULL || fdt32_to_cpu(cells[count - 1u]) != hart) {
            continue;
        }
        fdt_for_each_subnode(child, fdt, cpu)
        {
            if (fdt_getprop(fdt, child, "interrupt-controller", NULL) != NULL) {
                return fdt_get_phandle(fdt, child);
            }
        }
    }
    return 0;
}

/* Contexts have no name: the n-th pair of interrupts-extended is context n. */
static int find_context(const void *fdt, int node, uint32_t parent, unsigned cause)
{
    unsigned count;
    const fdt32_t *cells = cells_of(fdt, node, "interrupts-extended", &count);

    for (unsigned i = 0; cells != NULL && parent != 0 && i + 1u < count; i += 2u) {
        if (fdt32_to_cpu(cells[i]) == parent && fdt32_to_cpu(cells[i + 1u]) == cause) {
            return (int)(i / 2u);
        }
    }
    return -ENODEV;
}

static int find_node(const void *fdt)
{
    static const char *const names[] = {"riscv,plic0", "sifive,plic-1.0.0"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int node = fdt_node_offset_by_compatible(fdt, -1, names[i]);

        if (node >= 0) {
            return node;
        }
    }
    board_printf("board: no interrupt controller: expected a node compatible with riscv,plic0 or "
                 "sifive,plic-1.0.0");
    return -ENODEV;
}

static void all_off(void)
{
    for (unsigned line = 1; line <= plic.lines; line++) {
        mmio_write32(plic.base + 4u * (uintptr_t)line, 0);
    }
    for (unsigned word = 0; word <= plic.lines / 32u; word++) {
        mmio_write32(plic.enable + 4u * (uintptr_t)word, 0);
    }
    mmio_write32(plic.context, 0); /* threshold: everything above 0 gets through */
}

int plic_init(const void *fdt, unsigned long hart, unsigned cause)
{
    int node = find_node(fdt);
    const fdt32_t *cells;
    unsigned count;
    uint64_t base;
    uint64_t size;
    int context;

    if (node < 0) {
        return node;
    }
    context = find_context(fdt, node, hart_controller(fdt, hart), cause);
    if (context < 0) {
        board_printf("board: %s: interrupts-extended has no pair of hart %lu and interrupt %u",
                     fdt_get_name(fdt, node, NULL), hart, cause);
        return -EINVAL;
    }
    cells = cells_of(fdt, node, "riscv,ndev", &count);
    if (virtio_fdt_reg(fdt, node, 0, &base, &size) != 0 || cells == NULL ||
        size < CONTEXT + CONTEXT_STRIDE * ((uint64_t)(unsigned)context + 1u) ||
        base > UINTPTR_MAX - size) {
        board_printf("board: %s: reg or riscv,ndev missing or wrong, or reg too small for context "
                     "%d",
                     fdt_get_name(fdt, node, NULL), context);
        return -EINVAL;
    }
    plic.node = node;
    plic.lines = fdt32_to_cpu(cells[0]) < LINES_MAX ? fdt32_to_cpu(cells[0]) : LINES_MAX;
    plic.base = (uintptr_t)base;
    plic.enable = plic.base + ENABLE + ENABLE_STRIDE * (uintptr_t)(unsigned)context;
    plic.context = plic.base + CONTEXT + CONTEXT_STRIDE * (uintptr_t)(unsigned)context;
    all_off();
    return 0;
}

int plic_node(void)
{
    return plic.node;
}

unsigned plic_lines(void)
{
    return plic.lines;
}

void plic_connect(unsigned line, bool (*fn)(void *arg), void *arg)
{
    uintptr_t enable = plic.enable + 4u * (uintptr_t)(line / 32u);
    uint32_t lines = mmio_read32(enable);
    uint32_t bit = UINT32_C(1) << line % 32u;

    plic.handlers[line].fn = fn;
    plic.handlers[line].arg = arg;
    mmio_write32(plic.base + 4u * (uintptr_t)line, fn != NULL ? 1u : 0u);
    mmio_write32(enable, fn != NULL ? lines | bit : lines & ~bit);
}

void plic_serve(void)
{
    uint32_t line = mmio_read32(plic.context + CLAIM);

    if (line == 0 || line > plic.lines) {
        return; /* it went away meanwhile */
    }
    if (plic.handlers[line].fn != NULL) {
        (void)plic.handlers[line].fn(plic.handlers[line].arg);
    }
    mmio_write32(plic.context + CLAIM, line);
}
