/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RISC-V: time, the sleep of virtio_bare.h and the watchdog, which share one comparator. Machine
 * mode has the CLINT's registers, found in the device tree; supervisor mode the time CSR and the
 * SBI's TIME extension. The rate is that of /cpus in both.
 */
#include <libfdt.h>

#include "virtio_bare.h"
#include "virtio/virtio_errno.h"

#include "board.h"
#include "cpu.h"
#include "mmio.h"
#include "riscv.h"

#define NEVER UINT64_MAX

static struct {
    uint64_t rate;           /* ticks a second; 0: not found yet */
    uint64_t watchdog, idle; /* when to fire, in ticks */
    uintptr_t time, compare; /* registers of machine mode */
} timer = {.watchdog = NEVER, .idle = NEVER};

/* ---- the comparator and the counter ---- */

#ifdef VIRTIO_BARE_SMODE

#define SBI_TIME 0x54494d45ul /* extension "TIME", function 0: set_timer */

static int find_timer(const void *fdt)
{
    (void)fdt;
    return 0;
}

static uint64_t ticks(void)
{
#if __riscv_xlen == 64
    unsigned long count;

    CSR_READ(time, count);
    return count;
#else
    unsigned long high;
    unsigned long low;
    unsigned long again;

    do {
        CSR_READ(timeh, high);
        CSR_READ(time, low);
        CSR_READ(timeh, again);
    } while (high != again);
    return (uint64_t)high << 32 | low;
#endif
}

static void set_compare(uint64_t at)
{
    register unsigned long a0 __asm__("a0") = (unsigned long)at;
    register unsigned long a1 __asm__("a1") = (unsigned long)(at >> 32); /* read on 32 bits only */
    register unsigned long a6 __asm__("a6") = 0;
    register unsigned long a7 __asm__("a7") = SBI_TIME;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

#else

#define CLINT_COMPARE 0x4000u /* 8 bytes a hart */
#define CLINT_TIME    0xbff8u

static int find_timer(const void *fdt)
{
    static const char *const names[] = {"sifive,clint0", "riscv,clint0"};
    uint64_t base;
    uint64_t size;

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int node = fdt_node_offset_by_compatible(fdt, -1, names[i]);

        if (node >= 0 && virtio_fdt_reg(fdt, node, 0, &base, &size) == 0 &&
            size >= CLINT_TIME + 8u && base <= UINTPTR_MAX - size) {
            timer.time = (uintptr_t)base + CLINT_TIME;
            timer.compare = (uintptr_t)base + CLINT_COMPARE + 8u * (uintptr_t)cpu_hart();
            return 0;
        }
    }
    board_printf("board: no timer: expected a node compatible with sifive,clint0 or riscv,clint0, "
                 "and a reg of 0xc000 bytes");
    return -ENODEV;
}

/* In two halves on every CPU: the upper one hardly ever moves in between. */
static uint64_t ticks(void)
{
    uint32_t high;
    uint32_t low;

    do {
        high = mmio_read32(timer.time + 4u);
        low = mmio_read32(timer.time);
    } while (high != mmio_read32(timer.time + 4u));
    return (uint64_t)high << 32 | low;
}

static void set_compare(uint64_t at)
{
    mmio_write32(timer.compare + 4u, UINT32_MAX); /* no wrong deadline between the two halves */
    mmio_write32(timer.compare, (uint32_t)at);
    mmio_write32(timer.compare + 4u, (uint32_t)(at >> 32));
}

#endif

/* ---- microseconds ---- */

#define SECOND_US UINT64_C(1000000)

uint64_t virtio_bare_now_us(void)
{
    uint64_t now;

    if (timer.rate == 0) {
        return 0;
    }
    now = ticks();
    return now / timer.rate * SECOND_US + now % timer.rate * SECOND_US / timer.rate;
}

/* Rounded up: when it fires, virtio_bare_now_us() has got there. */
static uint64_t ticks_at(uint64_t us)
{
    uint64_t seconds = us / SECOND_US;

    if (seconds >= NEVER / timer.rate - 1u) {
        return NEVER;
    }
    return seconds * timer.rate + (us % SECOND_US * timer.rate + SECOND_US - 1u) / SECOND_US;
}

/* ---- who uses the comparator ---- */

static void rearm(void)
{
    set_compare(timer.idle < timer.watchdog ? timer.idle : timer.watchdog);
}

int timer_init(const void *fdt)
{
    int cpus = fdt_path_offset(fdt, "/cpus");
    int len = 0;
    const fdt32_t *rate = cpus >= 0 ? fdt_getprop(fdt, cpus, "timebase-frequency", &len) : NULL;
    int ret;

    if (rate == NULL || len != 4 || fdt32_to_cpu(*rate) == 0) {
        board_printf("board: /cpus: timebase-frequency is missing or 0, expected one cell");
        return -EINVAL;
    }
    ret = find_timer(fdt);
    if (ret == 0) {
        timer.rate = fdt32_to_cpu(*rate);
        rearm();
    }
    return ret;
}

void timer_watch(void)
{
    unsigned long epc;

    if (timer.watchdog == NEVER || ticks() < timer.watchdog) {
        return;
    }
    timer.watchdog = NEVER;
    CSR_READ(CSR_EPC, epc);
    board_printf("watchdog: the deadline has come, at pc 0x%lx", epc);
    board_post_mortem();
    board_exit(BOARD_EXIT_WATCHDOG);
}

void timer_fired(void)
{
    timer.idle = NEVER;
    rearm();
}

void board_watchdog(uint64_t deadline_us)
{
    unsigned long flags;

    if (timer.rate == 0) {
        return; /* no timer, no board_init */
    }
    CSR_READ(CSR_STATUS, flags);
    CSR_CLEAR(CSR_STATUS, STATUS_IE);
    timer.watchdog = deadline_us != 0 ? ticks_at(deadline_us) : NEVER;
    rearm();
    CSR_SET(CSR_STATUS, flags & STATUS_IE);
}

void virtio_bare_idle(uint64_t until_us)
{
    timer.idle = ticks_at(until_us);
    rearm();
    /* Ends for a pending interrupt although it is masked; the two instructions after it take it:
     * the CPU has to look at the mask after each write to it. */
    __asm__ volatile("wfi" : : : "memory");
    CSR_SET(CSR_STATUS, STATUS_IE);
    CSR_CLEAR(CSR_STATUS, STATUS_IE);
    timer.idle = NEVER;
    rearm();
}
