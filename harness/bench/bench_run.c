/* SPDX-License-Identifier: Apache-2.0 */
/* One case: a fresh board, a few operations to get going, then the ones that count. */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_backend.h"
#include "virtio_model/model_blk.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_mem.h"
#include "virtio_model/model_rules.h"

#define SECTORS      512u
#define BLOCK        4096u
#define BLOCKS       (SECTORS * 512u / BLOCK)
#define BATCH        32u
#define WARM_UP      8u
#define TIMEOUT_US   1000000u
#define BLK_FEATURES (VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH)

const char *const bench_device_names[] = {"sync", "lazy"};
const char *const bench_op_names[] = {"read-4k", "write-4k", "read-4k-x32"};
const char *const bench_figure_names[] = {"accesses",    "reads",    "writes",  "notifies", "irqs",
                                          "descriptors", "barriers", "payload", "bounced"};

struct bench {
    struct model_backend backend; /* first */
    void (*model_barrier)(struct host_backend *be, enum host_barrier kind);
    uint64_t barriers, counted;
    struct model_board *board;
    struct model_blk *disk;
    struct virtio_blk blk;
    struct virtio_blk_req reqs[BATCH];
    struct virtio_blk_seg segs[BATCH];
    struct virtio_blk_req *list[BATCH];
    virtio_port_event_t event;
    volatile bool done;
    unsigned left;
    int error;
    uint8_t ram[SECTORS * 512u];
    uint8_t bufs[BATCH][BLOCK];
};

bool bench_case_exists(const struct bench_case *c)
{
    unsigned transport = c->modern ? MODEL_T_MODERN : MODEL_T_LEGACY;

    return (ring_variants[c->ring].transports & transport) != 0;
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
    (void)slot;
    (void)virtio_blk_interrupt(&((struct bench *)ctx)->blk);
}

static int set_up(struct bench *b, const struct bench_case *c)
{
    const struct model_board_config board = {
        .schedule = c->device == BENCH_DEVICE_SYNC ? MODEL_SCHED_SYNC : MODEL_SCHED_LAZY,
        .step_limit = UINT64_MAX,
        .time_limit_ns = UINT64_MAX,
    };
    const struct model_blk_config disk = {
        .dev = {.version = c->modern ? 2 : 1,
                .features = BLK_FEATURES | ring_variants[c->ring].features},
        .ram = b->ram,
        .capacity_sectors = SECTORS,
        .seg_max = 32,
        .blk_size = 512,
        .writeback = 1,
    };
    const struct virtio_window window = {.base = (uintptr_t)model_window_base(0),
                                         .size = MODEL_WINDOW_SIZE};
    int ret = model_board_create(&b->board, &board);

    if (ret != 0) {
        return ret;
    }
    for (uint32_t i = 0; i < sizeof(b->ram); i++) {
        b->ram[i] = (uint8_t)(i * 31u + (i >> 9));
    }
    model_backend_use(&b->backend, b->board);
    b->model_barrier = b->backend.host.barrier;
    b->backend.host.barrier = count_barrier;
    model_set_irq_handler(b->board, on_interrupt, b);
    ret = model_blk_add(b->board, 0, &disk, &b->disk);
    return ret != 0 ? ret : virtio_blk_probe(&b->blk, &window, NULL);
}

/* ---- the operations ---- */

static void req_done(struct virtio_blk_req *req, int result)
{
    struct bench *b = req->cookie;

    b->error = b->error != 0 ? b->error : result;
    if (--b->left == 0) {
        b->done = true;
        virtio_port_event_signal(&b->event);
    }
}

static int read_batch(struct bench *b)
{
    int error;
    int ret;

    b->left = BATCH;
    b->done = false;
    if (virtio_blk_submit_batch(&b->blk, b->list, BATCH, &error) != BATCH) {
        return error;
    }
    ret = virtio_wait(&b->blk.dev, &b->event, &b->done, TIMEOUT_US);
    return ret != 0 ? ret : b->error;
}

static void prepare_batch(struct bench *b)
{
    for (unsigned i = 0; i < BATCH; i++) {
        b->segs[i] = (struct virtio_blk_seg){b->bufs[i], BLOCK};
        b->reqs[i] = (struct virtio_blk_req){.op = VIRTIO_BLK_READ,
                                             .sector = i * (BLOCK / 512u),
                                             .segs = &b->segs[i],
                                             .num_segs = 1,
                                             .queue = VIRTIO_BLK_QUEUE_ANY,
                                             .done = req_done,
                                             .cookie = b};
        b->list[i] = &b->reqs[i];
    }
}

static int operation(struct bench *b, enum bench_op op, unsigned n)
{
    uint64_t sector = (n % BLOCKS) * (BLOCK / 512u);

    switch (op) {
    case BENCH_READ_4K:
        return virtio_blk_read(&b->blk, sector, b->bufs[0], BLOCK / 512u, TIMEOUT_US);
    case BENCH_WRITE_4K:
        return virtio_blk_write(&b->blk, sector, b->bufs[0], BLOCK / 512u, TIMEOUT_US);
    case BENCH_READ_4K_X32:
        return read_batch(b);
    case BENCH_OP_COUNT:
        break;
    }
    return -EINVAL;
}

/* harness/bench/instructions counts what runs below this function and knows it by its name. It does
 * something after the call, so that it is still there when the call returns. */
__attribute__((noinline)) int bench_counted(struct bench *b, enum bench_op op, unsigned n);

__attribute__((noinline)) int bench_counted(struct bench *b, enum bench_op op, unsigned n)
{
    int ret = operation(b, op, n);

    b->counted++;
    return ret;
}

/* A figure of something that went wrong is worth nothing. */
static int check_data(const struct bench *b, enum bench_op op, unsigned n)
{
    unsigned count = op == BENCH_READ_4K_X32 ? BATCH : 1u;
    unsigned first = op == BENCH_READ_4K_X32 ? 0 : n % BLOCKS;

    for (unsigned i = 0; i < count; i++) {
        if (memcmp(b->bufs[i], b->ram + (size_t)(first + i) * BLOCK, BLOCK) != 0) {
            return -EIO;
        }
    }
    return 0;
}

static int operate(struct bench *b, enum bench_op op, unsigned n, bool counted)
{
    int ret;

    memset(b->bufs[0], (int)n, BLOCK);
    ret = counted ? bench_counted(b, op, n) : operation(b, op, n);
    return ret != 0 ? ret : check_data(b, op, n);
}

/* ---- figures ---- */

static void take(const struct bench *b, uint64_t figures[BENCH_FIGURE_COUNT])
{
    struct model_device_counters c;
    struct model_mem_usage mem;

    model_device_counters(model_blk_device(b->disk), &c);
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
}

static int measure(struct bench *b, const struct bench_case *c, unsigned repeat,
                   struct bench_result *result)
{
    uint64_t before[BENCH_FIGURE_COUNT];
    uint64_t after[BENCH_FIGURE_COUNT];
    int ret = 0;

    prepare_batch(b);
    (void)virtio_port_event_init(&b->event);
    for (unsigned n = 0; n < WARM_UP && ret == 0; n++) {
        ret = operate(b, c->op, n, false);
    }
    take(b, before);
    for (unsigned n = 0; n < repeat && ret == 0; n++) {
        ret = operate(b, c->op, n, true);
    }
    take(b, after);
    for (unsigned i = 0; i < BENCH_FIGURE_COUNT; i++) {
        result->figures[i] = (double)(after[i] - before[i]) / repeat;
    }
    return ret;
}

static int finish(struct bench *b, int ret)
{
    int removed = virtio_blk_remove(&b->blk, 0);

    ret = ret != 0 ? ret : removed;
    if (ret == 0 && model_board_finish(b->board) != 0) {
        fprintf(stderr, "virtio-bench: %s: %s\n", model_violation_at(b->board, 0)->rule,
                model_violation_at(b->board, 0)->text);
        ret = -EPROTO;
    }
    return ret;
}

int bench_run(const struct bench_case *c, unsigned repeat, struct bench_result *result)
{
    struct bench *b = calloc(1, sizeof(*b));
    int ret;

    if (b == NULL) {
        return -ENOMEM;
    }
    ret = set_up(b, c);
    if (ret == 0) {
        ret = finish(b, measure(b, c, repeat, result));
    }
    if (ret != 0) {
        fprintf(stderr, "virtio-bench: %s %s %s %s: %s\n", bench_device_names[c->device],
                c->modern ? "modern" : "legacy", ring_variants[c->ring].name, bench_op_names[c->op],
                strerror(-ret));
    }
    if (b->board != NULL) {
        model_board_destroy(b->board);
    }
    free(b);
    return ret;
}
