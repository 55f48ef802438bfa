/* SPDX-License-Identifier: Apache-2.0 */
/* The block operations: 4 KiB reads and writes, and reads in batches. */
#include "bench_type.h"
#include "virtio/virtio_blk.h"
#include "virtio_model/model_blk.h"

#define SECTORS 512u
#define BLOCK   4096u
#define BLOCKS  (SECTORS * 512u / BLOCK)

struct blk_state {
    struct virtio_blk blk;
    struct virtio_blk_req reqs[BENCH_BATCH];
    struct virtio_blk_seg segs[BENCH_BATCH];
    struct virtio_blk_req *list[BENCH_BATCH];
    unsigned left;
    int error;
    uint8_t ram[SECTORS * 512u];
    uint8_t bufs[BENCH_BATCH][BLOCK];
};

static void req_done(struct virtio_blk_req *req, int result)
{
    struct bench *b = req->cookie;
    struct blk_state *s = b->state;

    s->error = s->error != 0 ? s->error : result;
    if (--s->left == 0) {
        bench_signal(b);
    }
}

static void prepare_batch(struct bench *b)
{
    struct blk_state *s = b->state;

    for (unsigned i = 0; i < BENCH_BATCH; i++) {
        s->segs[i] = (struct virtio_blk_seg){s->bufs[i], BLOCK};
        s->reqs[i] = (struct virtio_blk_req){.op = VIRTIO_BLK_READ,
                                             .sector = (uint64_t)i * (BLOCK / 512u),
                                             .segs = &s->segs[i],
                                             .num_segs = 1,
                                             .queue = VIRTIO_BLK_QUEUE_ANY,
                                             .done = req_done,
                                             .cookie = b};
        s->list[i] = &s->reqs[i];
    }
}

static int set_up(struct bench *b, const struct model_device_config *dev,
                  const struct virtio_window *window)
{
    struct blk_state *s = b->state;
    const struct model_blk_config cfg = {
        .dev = *dev,
        .ram = s->ram,
        .capacity_sectors = SECTORS,
        .seg_max = 32,
        .blk_size = 512,
        .writeback = 1,
    };
    struct model_blk *disk;
    int ret;

    for (uint32_t i = 0; i < sizeof(s->ram); i++) {
        s->ram[i] = (uint8_t)(i * 31u + (i >> 9));
    }
    ret = model_blk_add(b->board, 0, &cfg, &disk);
    if (ret != 0) {
        return ret;
    }
    b->model = model_blk_device(disk);
    b->dev = &s->blk.dev;
    prepare_batch(b);
    return virtio_blk_probe(&s->blk, window, NULL);
}

static int tear_down(struct bench *b)
{
    return virtio_blk_remove(&((struct blk_state *)b->state)->blk, 0);
}

/* ---- the operations ---- */

static int check(struct bench *b, unsigned first, unsigned count)
{
    struct blk_state *s = b->state;

    for (unsigned i = 0; i < count; i++) {
        bench_dma_payload(&b->dma, s->bufs[i], BLOCK);
        if (memcmp(s->bufs[i], s->ram + (size_t)(first + i) * BLOCK, BLOCK) != 0) {
            return -EIO;
        }
    }
    return 0;
}

static int read_block(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct blk_state *s = b->state;
    unsigned block = n % BLOCKS;
    int ret;

    (void)op;
    memset(s->bufs[0], (int)n, BLOCK);
    ret = virtio_blk_read(&s->blk, (uint64_t)block * (BLOCK / 512u), s->bufs[0], BLOCK / 512u,
                          BENCH_TIMEOUT_US);
    return ret != 0 ? ret : check(b, block, 1);
}

static int write_block(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct blk_state *s = b->state;
    unsigned block = n % BLOCKS;
    int ret;

    (void)op;
    memset(s->bufs[0], (int)n, BLOCK);
    ret = virtio_blk_write(&s->blk, (uint64_t)block * (BLOCK / 512u), s->bufs[0], BLOCK / 512u,
                           BENCH_TIMEOUT_US);
    return ret != 0 ? ret : check(b, block, 1);
}

static int read_batch(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct blk_state *s = b->state;
    int error = 0;
    int ret;

    (void)op;
    memset(s->bufs, (int)n, sizeof(s->bufs));
    s->left = BENCH_BATCH;
    b->done = false;
    if (virtio_blk_submit_batch(&s->blk, s->list, BENCH_BATCH, &error) != BENCH_BATCH) {
        return error;
    }
    ret = bench_wait(b);
    ret = ret != 0 ? ret : s->error;
    return ret != 0 ? ret : check(b, 0, BENCH_BATCH);
}

static const struct bench_op ops[] = {
    {.name = "read-4k", .units = 1, .unit = "request", .run = read_block},
    {.name = "write-4k", .units = 1, .unit = "request", .run = write_block},
    {.name = "read-4k-x32", .units = BENCH_BATCH, .unit = "request", .run = read_batch},
};

const struct bench_type bench_blk = {
    .name = "blk",
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .features = VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH,
    .state_size = sizeof(struct blk_state),
    .set_up = set_up,
    .tear_down = tear_down,
};
