/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generic Interrupt Controller v2 (IHI 0048), one core. All lines are group 1 and come as IRQ; one
 * urgent line can be group 0 and come as FIQ.
 *
 * Edges get lost where levels do not. A virtio device holds its line up while InterruptStatus is
 * not 0; QEMU's tree calls that line edge-triggered, and then only a rise from 0 counts. A cause
 * that arrives after the handler has read InterruptStatus, and is not among those it acknowledges,
 * leaves the line up: no edge, and no interrupt ever again. So the handler of an edge-triggered
 * line is called until it finds nothing (one more read of InterruptStatus each time), after which
 * the line is known to have been down once. A level-triggered line asks again by itself. Calling
 * the line level-triggered in spite of the tree would be cheaper and wrong elsewhere: a hypervisor
 * may signal such a line by pulses. Edges that come while a line is off, or while its handler runs,
 * are latched by the controller; nothing here clears them.
 */
#include <libfdt.h>

#include "board.h"
#include "cpu.h"
#include "gicv2.h"
#include "mmio.h"
#include "virtio/virtio_errno.h"

#define GICD_CTLR       0x000u
#define GICD_TYPER      0x004u
#define GICD_IGROUPR    0x080u
#define GICD_ISENABLER  0x100u
#define GICD_ICENABLER  0x180u
#define GICD_ISPENDR    0x200u
#define GICD_ICACTIVER  0x380u
#define GICD_IPRIORITYR 0x400u /* a byte a line */
#define GICD_ITARGETSR  0x800u /* a byte a line */
#define GICD_ICFGR      0xc00u /* two bits a line, the upper one: edge */
#define GICC_CTLR       0x000u
#define GICC_PMR        0x004u
#define GICC_BPR        0x008u
#define GICC_IAR        0x00cu
#define GICC_EOIR       0x010u

#define CTLR_GROUP0     1u
#define CTLR_GROUP1     2u
#define CTLR_ACK_BOTH   4u /* AckCtl: one IAR for both groups */
#define CTLR_FIQ        8u /* group 0 is FIQ */
#define IAR_LINE        0x3ffu
#define PRIORITY        0xa0u
#define PRIORITY_URGENT 0u
#define PRIORITY_ALL    0xffu

#define LINES_MAX 256u /* more than any virt machine has; the rest stays off */
#define FIRST_PPI 16u
#define FIRST_SPI 32u
/* Calls of the handler of an edge-triggered line in a row; then others have their turn. */
#define EDGE_CALLS 16u

/* Specifier: type, number, flags (bindings/interrupt-controller/arm,gic.yaml). */
#define CELLS      3u
#define TYPE_SPI   0u
#define TYPE_PPI   1u
#define FLAGS_TYPE 0xfu
#define EDGE_RISE  1u
#define EDGE_FALL  2u
#define LEVEL_HIGH 4u
#define LEVEL_LOW  8u

static struct {
    uintptr_t dist, cpu;
    int node;
    unsigned lines;
    bool groups;
    struct {
        bool (*fn)(void *arg);
        void *arg;
        bool edge;
    } line[LINES_MAX];
} gic;

static uintptr_t word_of(unsigned reg, unsigned number)
{
    return gic.dist + reg + number / 32u * 4u;
}
static uint32_t bit_of(unsigned number)
{
    return UINT32_C(1) << number % 32u;
}

static void barrier(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

static int find(const void *fdt)
{
    uint64_t dist;
    uint64_t cpu;
    uint64_t size;
    int node = fdt_node_offset_by_compatible(fdt, -1, "arm,cortex-a15-gic");
    int ret;

    if (node < 0) {
        node = fdt_node_offset_by_compatible(fdt, -1, "arm,gic-400");
    }
    if (node < 0) {
        board_printf("device tree: no interrupt controller, expected a node compatible with "
                     "arm,cortex-a15-gic or arm,gic-400");
        return -ENODEV;
    }
    ret = virtio_fdt_reg(fdt, node, 0, &dist, &size);
    if (ret == 0) {
        ret = virtio_fdt_reg(fdt, node, 1, &cpu, &size);
    }
    if (ret != 0) {
        board_printf("%s: reg missing or malformed (%d), expected distributor and CPU interface",
                     fdt_get_name(fdt, node, NULL), ret);
        return -EINVAL;
    }
    gic.dist = (uintptr_t)dist;
    gic.cpu = (uintptr_t)cpu;
    gic.node = node;
    return 0;
}

static void set_up_distributor(void)
{
    uint8_t self = mmio_read8(gic.dist + GICD_ITARGETSR); /* of a private line: this core */

    mmio_write32(gic.dist + GICD_CTLR, 0);
    gic.lines = ((mmio_read32(gic.dist + GICD_TYPER) & 0x1fu) + 1u) * 32u;
    if (gic.lines > LINES_MAX) {
        gic.lines = LINES_MAX;
    }
    for (unsigned i = 0; i < gic.lines; i += 32u) {
        mmio_write32(word_of(GICD_ICENABLER, i), UINT32_MAX);
        mmio_write32(word_of(GICD_ICACTIVER, i), UINT32_MAX);
        mmio_write32(word_of(GICD_IGROUPR, i), UINT32_MAX);
    }
    for (unsigned i = 0; i < gic.lines; i++) {
        mmio_write8(gic.dist + GICD_IPRIORITYR + i, PRIORITY);
        if (i >= FIRST_SPI) {
            mmio_write8(gic.dist + GICD_ITARGETSR + i, self);
        }
    }
    /* Seen from the non-secure side of a controller with two, there are no groups. */
    gic.groups = mmio_read32(word_of(GICD_IGROUPR, FIRST_SPI)) != 0;
    mmio_write32(gic.dist + GICD_CTLR, gic.groups ? CTLR_GROUP0 | CTLR_GROUP1 : CTLR_GROUP0);
}

int gicv2_init(const void *fdt)
{
    int ret = find(fdt);

    if (ret != 0) {
        return ret;
    }
    set_up_distributor();
    mmio_write32(gic.cpu + GICC_PMR, PRIORITY_ALL);
    mmio_write32(gic.cpu + GICC_BPR, 0);
    mmio_write32(gic.cpu + GICC_CTLR,
                 gic.groups ? CTLR_GROUP0 | CTLR_GROUP1 | CTLR_ACK_BOTH | CTLR_FIQ : CTLR_GROUP0);
    barrier();
    return 0;
}

/* The trigger comes with the specifier, and is set here, while the line is off. */
static void set_trigger(unsigned number, bool edge)
{
    uintptr_t reg = gic.dist + GICD_ICFGR + number / 16u * 4u;
    uint32_t bit = UINT32_C(2) << number % 16u * 2u;
    uint32_t value = mmio_read32(reg);

    gic.line[number].edge = edge;
    mmio_write32(reg, edge ? value | bit : value & ~bit);
}

/* The controller knows rising edges and high levels; how a private line is wired is its own. */
static bool is_trigger(uint32_t type, uint32_t flags)
{
    return flags == EDGE_RISE || flags == LEVEL_HIGH ||
           (type == TYPE_PPI && (flags == EDGE_FALL || flags == LEVEL_LOW));
}

int board_irq_number(const struct virtio_fdt_irq *irq, unsigned *number)
{
    const uint32_t *cells = irq->cells;
    uint32_t flags = cells[2] & FLAGS_TYPE;
    uint32_t first = cells[0] == TYPE_PPI ? FIRST_PPI : FIRST_SPI;
    uint32_t count = cells[0] == TYPE_PPI ? FIRST_SPI - FIRST_PPI : gic.lines - FIRST_SPI;

    if (gic.lines == 0 || irq->num_cells == 0 || irq->parent_node != gic.node) {
        board_printf("interrupt: parent 0x%x is not the interrupt controller of this board",
                     (unsigned)irq->parent);
        return -ENODEV;
    }
    if (irq->num_cells != CELLS || cells[0] > TYPE_PPI || cells[1] >= count ||
        !is_trigger(cells[0], flags)) {
        board_printf("interrupt: %u cells <%u %u 0x%x>, expected <0 below-%u 1|4> or "
                     "<1 below-16 1|2|4|8>",
                     irq->num_cells, (unsigned)cells[0], (unsigned)cells[1], (unsigned)cells[2],
                     gic.lines - FIRST_SPI);
        return -EINVAL;
    }
    *number = first + cells[1];
    set_trigger(*number, (flags & (EDGE_RISE | EDGE_FALL)) != 0);
    return 0;
}

void board_irq_connect(unsigned number, bool (*fn)(void *arg), void *arg)
{
    if (number >= gic.lines) {
        return;
    }
    mmio_write32(word_of(GICD_ICENABLER, number), bit_of(number));
    barrier();
    gic.line[number].fn = fn;
    gic.line[number].arg = arg;
    if (fn != NULL) {
        barrier();
        mmio_write32(word_of(GICD_ISENABLER, number), bit_of(number));
    }
}

bool board_irq_urgent(unsigned number)
{
    uintptr_t reg = word_of(GICD_IGROUPR, number);

    if (!gic.groups || number >= gic.lines) {
        return false;
    }
    mmio_write8(gic.dist + GICD_IPRIORITYR + number, PRIORITY_URGENT);
    mmio_write32(reg, mmio_read32(reg) & ~bit_of(number));
    return true;
}

static void serve(unsigned number)
{
    bool (*fn)(void *arg) = gic.line[number].fn;
    void *arg = gic.line[number].arg;
    unsigned calls = 1;

    if (fn == NULL) {
        mmio_write32(word_of(GICD_ICENABLER, number), bit_of(number));
        return;
    }
    while (fn(arg) && gic.line[number].edge) {
        if (calls++ == EDGE_CALLS) {
            mmio_write32(word_of(GICD_ISPENDR, number), bit_of(number)); /* as if it rose again */
            break;
        }
    }
}

/* One line at a time: whatever else is pending interrupts again. */
void aarch64_irq(void)
{
    uint32_t iar = mmio_read32(gic.cpu + GICC_IAR);
    unsigned number = iar & IAR_LINE;

    if (number >= gic.lines) {
        return; /* withdrawn meanwhile */
    }
    serve(number);
    barrier(); /* the device has let go of its line before the controller looks again */
    mmio_write32(gic.cpu + GICC_EOIR, iar);
}
