/* SPDX-License-Identifier: Apache-2.0 */
/* One case: a fresh board, a few operations to get going, then the ones that count. */
#include <stdlib.h>

#include "bench_type.h"
#include "virtio_model/model_mem.h"
#include "virtio_model/model_rules.h"

#define WARM_UP 8u
#define PASS_NS 20000u /* above the service time of the model */

const char *const bench_device_names[] = {"sync", "lazy"};
const char *const bench_figure_names[] = {"accesses", "reads",       "writes",   "notifies",
                                          "irqs",     "descriptors", "barriers", "payload",
                                          "bounced",  "copied"};
const struct bench_type *const bench_types[] = {&bench_blk, &bench_net, &bench_console, &bench_gpu,
                                                &bench_input};
const unsigned bench_type_count = sizeof(bench_types) / sizeof(bench_types[0]);

/* ---- cases ---- */

const char *bench_type_name(const struct bench_type *type)
{
    return type->name;
}

const struct bench_op *bench_type_op(const struct bench_type *type, unsigned i)
{
    return i < type->num_ops ? &type->ops[i] : NULL;
}

bool bench_case_exists(const struct bench_case *c)
{
    unsigned transport = c->modern ? MODEL_T_MODERN : MODEL_T_LEGACY;

    return (ring_variants[c->ring].transports & transport) != 0;
}

const struct bench_op *bench_case_op(const struct bench_case *c)
{
    return bench_type_op(bench_types[c->type], c->op);
}

int bench_case_format(const struct bench_case *c, char separator, char *text, size_t size)
{
    return snprintf(text, size, "%s%c%s%c%s%c%s%c%s", bench_types[c->type]->name, separator,
                    bench_device_names[c->device], separator, c->modern ? "modern" : "legacy",
                    separator, ring_variants[c->ring].name, separator, bench_case_op(c)->name);
}

/* ---- set-up ---- */

static void count_barrier(struct host_backend *be, enum host_barrier kind)
{
    struct bench *b = (struct bench *)be;

    b->barriers++;
    b->model_barrier(be, kind);
}

static void on_interrupt(void *ctx, unsigned slot)
{
    const struct bench *b = ctx;

    (void)slot;
    if (b->dev != NULL) {
        (void)virtio_interrupt(b->dev);
    }
}

static int set_up(struct bench *b, const struct bench_case *c)
{
    const struct model_board_config board = {
        .schedule = c->device == BENCH_DEVICE_SYNC ? MODEL_SCHED_SYNC : MODEL_SCHED_LAZY,
        .step_limit = UINT64_MAX,
        .time_limit_ns = UINT64_MAX,
    };
    const struct model_device_config dev = {
        .version = c->modern ? 2 : 1,
        .features = b->type->features | ring_variants[c->ring].features,
    };
    /* The line stays connected when the driver polls: an interrupt that it did not suppress is seen
     * among the figures. */
    const struct virtio_window window = {
        .base = (uintptr_t)model_window_base(0), .size = MODEL_WINDOW_SIZE, .polled = b->op->poll};
    int ret = model_board_create(&b->board, &board);

    if (ret != 0) {
        return ret;
    }
    bench_dma_use(&b->dma, b->board);
    b->model_barrier = b->dma.backend.host.barrier;
    b->dma.backend.host.barrier = count_barrier;
    model_set_irq_handler(b->board, on_interrupt, b);
    (void)virtio_port_event_init(&b->event);
    return b->type->set_up(b, &dev, &window);
}

/* ---- for the operations ---- */

void bench_signal(struct bench *b)
{
    b->done = true;
    virtio_port_event_signal(&b->event);
}

int bench_wait(struct bench *b)
{
    return virtio_wait(b->dev, &b->event, &b->done, BENCH_TIMEOUT_US);
}

void bench_pass(struct bench *b)
{
    model_delay(b->board, PASS_NS);
}

/* harness/bench/instructions counts what runs below this function and knows it by its name. It does
 * something after the call, so that it is still there when the call returns. */
__attribute__((noinline)) int bench_counted(struct bench *b, unsigned n);

__attribute__((noinline)) int bench_counted(struct bench *b, unsigned n)
{
    int ret = b->op->run(b, b->op, n);

    b->counted++;
    return ret;
}

/* ---- figures ---- */

static void take(const struct bench *b, uint64_t figures[BENCH_FIGURE_COUNT])
{
    struct model_device_counters c;
    struct model_mem_usage mem;

    model_device_counters(b->model, &c);
    model_mem_usage(b->board, &mem);
    figures[BENCH_ACCESSES] = c.mmio_reads + c.mmio_writes;
    figures[BENCH_READS] = c.mmio_reads;
    figures[BENCH_WRITES] = c.mmio_writes;
    figures[BENCH_NOTIFIES] = c.notifies;
    figures[BENCH_IRQS] = c.irqs;
    figures[BENCH_DESCRIPTORS] = c.descriptors;
    figures[BENCH_BARRIERS] = b->barriers;
    figures[BENCH_PAYLOAD] = c.bytes_read + c.bytes_written;
    figures[BENCH_BOUNCED] = mem.bounced_bytes;
    figures[BENCH_COPIED] = b->dma.copied;
}

static int measure(struct bench *b, unsigned repeat, struct bench_result *result)
{
    uint64_t before[BENCH_FIGURE_COUNT];
    uint64_t after[BENCH_FIGURE_COUNT];
    int ret = 0;

    if (b->op->max != 0 && repeat > b->op->max) {
        repeat = b->op->max;
    }
    for (unsigned n = 0; n < WARM_UP && ret == 0; n++) {
        b->dma.operation++;
        ret = b->op->run(b, b->op, n);
    }
    take(b, before);
    for (unsigned n = 0; n < repeat && ret == 0; n++) {
        b->dma.operation++;
        ret = bench_counted(b, n);
    }
    take(b, after);
    for (unsigned i = 0; i < BENCH_FIGURE_COUNT; i++) {
        result->figures[i] = (double)(after[i] - before[i]) / repeat;
    }
    return ret == 0 && b->dma.failed ? -ENOMEM : ret;
}

static int finish(struct bench *b, int ret)
{
    int removed = b->type->tear_down(b);

    ret = ret != 0 ? ret : removed;
    if (ret == 0 && model_board_finish(b->board) != 0) {
        fprintf(stderr, "virtio-bench: %s: %s\n", model_violation_at(b->board, 0)->rule,
                model_violation_at(b->board, 0)->text);
        ret = -EPROTO;
    }
    return ret;
}

static void destroy(struct bench *b)
{
    if (b->board != NULL) {
        model_board_destroy(b->board);
    }
    bench_dma_free(&b->dma);
    free(b->state);
    free(b);
}

int bench_run(const struct bench_case *c, unsigned repeat, struct bench_result *result)
{
    struct bench *b = calloc(1, sizeof(*b));
    char name[128];
    int ret;

    if (b == NULL) {
        return -ENOMEM;
    }
    b->type = bench_types[c->type];
    b->op = bench_case_op(c);
    b->state = calloc(1, b->type->state_size);
    ret = b->state != NULL ? set_up(b, c) : -ENOMEM;
    if (ret == 0) {
        ret = finish(b, measure(b, repeat, result));
    }
    if (ret != 0) {
        (void)bench_case_format(c, ' ', name, sizeof(name));
        fprintf(stderr, "virtio-bench: %s: %s\n", name, strerror(-ret));
    }
    destroy(b);
    return ret;
}
