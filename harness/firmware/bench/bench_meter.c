/* SPDX-License-Identifier: Apache-2.0 */
/* The meters, and the rounds of an operation. */
#include "bench_meter.h"

#include "board.h"
#include "le.h"

#define REG_INTERRUPT_STATUS 0x060u
#define WAIT_US              UINT64_C(400000) /* of virtual time, which runs behind while looping */
#define WARM_UP              2u /* rounds that do not count: the first ones find things as new */
#define ROUNDS               8u
#define CLEARANCE            160u /* of the frames that are alive while the stack is filled */
#define DEPTH_MAX            16384u

static struct meter {
    uint64_t instructions[BENCH_PARTS];
    struct bench_accesses accesses;
    uint32_t stack; /* bytes, the most of all sections */
    /* The section that is being counted. */
    uint64_t begin;
    struct bench_accesses begin_accesses;
    uintptr_t top;
    uint64_t empty; /* what a section costs that nothing happens in */
} meter;

/* ---- stack ---- */

/* The filled part of the stack below `top`, in words. */
static volatile uint32_t *filled(uintptr_t top, size_t *words)
{
    const uint32_t *lowest;
    uintptr_t from;
    size_t bytes;

    board_stack(&lowest, &bytes);
    from = top - CLEARANCE - DEPTH_MAX;
    from = from > (uintptr_t)lowest ? from : (uintptr_t)lowest;
    from = (from + 3u) & ~(uintptr_t)3u;
    *words = (top - CLEARANCE - from) / sizeof(uint32_t);
    return (volatile uint32_t *)from;
}

static void fill_stack(uintptr_t top)
{
    size_t words;
    volatile uint32_t *p = filled(top, &words);

    for (size_t i = 0; i < words; i++) {
        p[i] = BOARD_STACK_FILL;
    }
}

static void measure_stack(uintptr_t top)
{
    size_t words;
    const volatile uint32_t *p = filled(top, &words);
    uint32_t used;

    while (words > 0 && *p == BOARD_STACK_FILL) {
        p++;
        words--;
    }
    used = (uint32_t)(top - (uintptr_t)p);
    meter.stack = used > meter.stack ? used : meter.stack;
}

/* ---- sections ---- */

__attribute__((noinline)) void bench_count(void)
{
    meter.top = (uintptr_t)__builtin_frame_address(0);
    fill_stack(meter.top);
    bench_accesses(&meter.begin_accesses);
    meter.begin = board_instret();
}

__attribute__((noinline)) void bench_stop(enum bench_part part)
{
    uint64_t end = board_instret();
    struct bench_accesses accesses;

    bench_accesses(&accesses);
    measure_stack(meter.top);
    meter.instructions[part] += end - meter.begin - meter.empty;
    meter.accesses.reads += accesses.reads - meter.begin_accesses.reads;
    meter.accesses.writes += accesses.writes - meter.begin_accesses.writes;
}

static void clear(void)
{
    uint64_t empty = meter.empty;

    meter = (struct meter){.empty = empty};
}

void bench_calibrate(void)
{
    clear();
    meter.empty = 0;
    for (unsigned i = 0; i < 2u; i++) {
        meter.instructions[BENCH_ASK] = 0;
        bench_count();
        bench_stop(BENCH_ASK);
    }
    meter.empty = meter.instructions[BENCH_ASK];
}

/* ---- waiting ---- */

uint16_t bench_used(const struct virtqueue *vq)
{
    uint16_t raw = vq->used[1];

    return virtio_is_legacy(vq->dev) ? raw : le16(raw);
}

/* Past whoever watches. QEMU's main loop completes a request and raises the interrupt in one go,
 * during which a register access has to wait: behind this one, both are done. */
static uint32_t interrupt_status(const struct virtio_device *dev)
{
    return le32(virtio_bare_read32(dev->window.base + REG_INTERRUPT_STATUS));
}

int bench_await(const struct virtqueue *vq, uint16_t used, bool interrupt)
{
    uint64_t begin_us = virtio_port_now_us();

    interrupt = interrupt && !vq->dev->window.polled;
    while (bench_used(vq) != used || (interrupt && interrupt_status(vq->dev) == 0)) {
        if (virtio_port_now_us() - begin_us > WAIT_US) {
            board_printf("queue %u: used index %u, InterruptStatus %u after %u ms; expected %u%s",
                         vq->index, bench_used(vq), (unsigned)interrupt_status(vq->dev),
                         (unsigned)(WAIT_US / 1000u), used, interrupt ? " and an interrupt" : "");
            return -ETIMEDOUT;
        }
    }
    (void)interrupt_status(vq->dev);
    return 0;
}

void bench_serve(struct virtio_device *dev)
{
    unsigned long flags = virtio_bare_irq_save();

    if (dev->window.polled) {
        bench_count();
        (void)virtio_poll(dev);
        bench_stop(BENCH_ANSWER);
    } else {
        bench_count();
        (void)virtio_interrupt(dev);
        bench_stop(BENCH_ANSWER);
    }
    virtio_bare_irq_restore(flags);
}

int bench_wrong(const struct bench_op *op, const char *what, long expected, long got)
{
    board_printf("%s: %s %ld, expected %ld", op->name, what, got, expected);
    return -EIO;
}

/* ---- rounds ---- */

static void tell(const char *name, const char *suffix, unsigned units)
{
    board_printf("cost %s%s %u %llu %llu %u %u %u", name, suffix, units,
                 (unsigned long long)meter.instructions[BENCH_ASK],
                 (unsigned long long)meter.instructions[BENCH_ANSWER],
                 (unsigned)meter.accesses.reads, (unsigned)meter.accesses.writes,
                 (unsigned)meter.stack);
}

int bench_rounds(const struct bench_op *op, const char *suffix)
{
    int ret = 0;

    for (unsigned n = 0; n < WARM_UP + ROUNDS && ret == 0; n++) {
        if (n == WARM_UP) {
            clear();
        }
        ret = op->run(op, n);
    }
    if (ret != 0) {
        board_printf("%s%s: error %d", op->name, suffix, ret);
        return ret;
    }
    tell(op->name, suffix, op->units * ROUNDS);
    return 0;
}

int bench_probe(const struct bench_type *type, const struct virtio_window *window)
{
    int ret;

    clear();
    bench_count();
    ret = type->probe(window);
    bench_stop(BENCH_ASK);
    if (ret != 0) {
        board_printf("%s: probe: error %d", type->name, ret);
    } else if (window->polled) {
        tell("probe", "-polled", 1);
    }
    return ret;
}
