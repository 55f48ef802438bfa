/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generic timer: time, sleep and watchdog. The virtual timer wakes a sleeper. The physical
 * timer is the watchdog's alone and is raised as FIQ where the interrupt controller can do that, so
 * that a critical section that never ends is noticed, too. Nothing counts ticks: the counter is the
 * time.
 */
#include <libfdt.h>

#include "board.h"
#include "cpu.h"
#include "virtio/virtio_errno.h"
#include "virtio_bare.h"

#define TIMER_ENABLE 1u
#define TIMER_FIRED  4u /* ISTATUS */
#define US_PER_S     UINT64_C(1000000)

/* Places in the interrupts of an "arm,armv8-timer" node. */
enum { IRQ_SECURE, IRQ_PHYSICAL, IRQ_VIRTUAL };

static uint64_t ticks_from_us(uint64_t us)
{
    uint64_t hz = read_cntfrq();
    uint64_t s = us / US_PER_S;

    if (s >= (UINT64_MAX >> 1) / hz) {
        return UINT64_MAX >> 1; /* never, and still a date in the future */
    }
    /* Rounded up: who sleeps until a time does not wake before it. */
    return s * hz + (us % US_PER_S * hz + US_PER_S - 1) / US_PER_S;
}

uint64_t virtio_bare_now_us(void)
{
    uint64_t hz = read_cntfrq();
    uint64_t ticks = read_cntvct();

    return ticks / hz * US_PER_S + ticks % hz * US_PER_S / hz;
}

/* A waiting interrupt ends `wfi` although it is masked: what comes between the caller's look and
 * here is not slept over. */
void virtio_bare_idle(uint64_t until_us)
{
    uint64_t masks;

    write_cntv_cval(ticks_from_us(until_us));
    write_cntv_ctl(TIMER_ENABLE);
    __asm__ volatile("mrs %0, daif\n\t"
                     "dsb sy\n\t"
                     "wfi\n\t"
                     "msr daifclr, #3\n\t"
                     "isb\n\t"
                     "msr daif, %0"
                     : "=&r"(masks)
                     :
                     : "memory");
    write_cntv_ctl(0);
}

/* The line stays raised until the timer is off. */
static bool wake(void *arg)
{
    (void)arg;
    write_cntv_ctl(0);
    return true;
}

void board_watchdog(uint64_t deadline_us)
{
    write_cntp_ctl(0);
    if (deadline_us != 0) {
        /* The two counters differ by an offset under a hypervisor. */
        write_cntp_cval(ticks_from_us(deadline_us) + (read_cntpct() - read_cntvct()));
        write_cntp_ctl(TIMER_ENABLE);
    }
}

void aarch64_fiq(void)
{
    if ((read_cntp_ctl() & (TIMER_ENABLE | TIMER_FIRED)) != (TIMER_ENABLE | TIMER_FIRED)) {
        return; /* withdrawn meanwhile */
    }
    write_cntp_ctl(0);
    board_printf("watchdog: the deadline has come, at pc 0x%lx", (unsigned long)read_elr());
    board_post_mortem();
    board_exit(BOARD_EXIT_WATCHDOG);
}

static bool watchdog_as_irq(void *arg)
{
    (void)arg;
    aarch64_fiq();
    return true;
}

/* The specifier at `place` in a node's interrupts, whose first one is *first. */
static int timer_line(const void *fdt, int node, const struct virtio_fdt_irq *first, unsigned place,
                      unsigned *number)
{
    struct virtio_fdt_irq irq = *first;
    int bytes = 0;
    const fdt32_t *cells = fdt_getprop(fdt, node, "interrupts", &bytes);
    unsigned from = place * first->num_cells;

    if (cells == NULL || (unsigned)bytes / sizeof(*cells) < from + first->num_cells) {
        board_printf("timer: %d bytes of interrupts, expected at least %u", bytes,
                     (unsigned)((from + first->num_cells) * sizeof(*cells)));
        return -EINVAL;
    }
    for (unsigned i = 0; i < first->num_cells; i++) {
        irq.cells[i] = fdt32_ld(cells + from + i);
    }
    return board_irq_number(&irq, number);
}

static int find_lines(const void *fdt, unsigned *physical, unsigned *virtual)
{
    int node = fdt_node_offset_by_compatible(fdt, -1, "arm,armv8-timer");
    struct virtio_fdt_irq first;
    int ret;

    if (node < 0) {
        board_printf("device tree: no timer, expected a node compatible with arm,armv8-timer");
        return -ENODEV;
    }
    ret = virtio_fdt_interrupt(fdt, node, &first);
    if (ret != 0 || first.num_cells == 0) {
        board_printf("timer: interrupts missing or malformed (%d)", ret);
        return ret != 0 ? ret : -EINVAL;
    }
    ret = timer_line(fdt, node, &first, IRQ_PHYSICAL, physical);
    return ret != 0 ? ret : timer_line(fdt, node, &first, IRQ_VIRTUAL, virtual);
}

int aarch64_timer_init(const void *fdt)
{
    unsigned physical;
    unsigned virtual;
    int ret;

    if (read_cntfrq() == 0) {
        board_printf("timer: CNTFRQ_EL0 is 0, expected the frequency in Hz");
        return -EINVAL;
    }
    write_cntv_ctl(0);
    write_cntp_ctl(0);
    ret = find_lines(fdt, &physical, &virtual);
    if (ret != 0) {
        return ret;
    }
    board_irq_connect(virtual, wake, NULL);
    if (!board_irq_urgent(physical)) {
        board_printf("timer: no FIQ; the watchdog does not bite while interrupts are masked");
    }
    board_irq_connect(physical, watchdog_as_irq, NULL);
    return 0;
}
