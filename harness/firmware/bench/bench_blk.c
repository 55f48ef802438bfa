/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of 4 KiB read and written, one by one and 32 at a time. */
#include "bench.h"
#include "virtio/virtio_blk.h"

#define BLOCK   4096u
#define SECTORS (BLOCK / VIRTIO_BLK_SECTOR_SIZE)

static struct virtio_blk blk;
static uint8_t data[BENCH_BATCH][BLOCK] __attribute__((aligned(4096)));
static struct virtio_blk_seg segs[BENCH_BATCH];
static struct virtio_blk_req reqs[BENCH_BATCH];
static struct virtio_blk_req *list[BENCH_BATCH];
static unsigned completed;
static int error;

static void done(struct virtio_blk_req *req, int result)
{
    (void)req;
    completed++;
    if (result != 0) {
        error = result;
    }
}

static int probe(const struct virtio_window *window)
{
    return virtio_blk_probe(&blk, window, NULL);
}

static int remove(void)
{
    return virtio_blk_remove(&blk, 0);
}

/* What a block holds after the n-th time that it was written. */
static uint8_t pattern(unsigned i, unsigned n)
{
    return (uint8_t)(1u + i * 7u + n);
}

/* op->size: the VIRTIO_BLK_ operation. */
static void prepare(const struct bench_op *op, unsigned n)
{
    bool is_write = op->size == VIRTIO_BLK_WRITE;

    for (unsigned i = 0; i < op->units; i++) {
        segs[i] = (struct virtio_blk_seg){data[i], BLOCK};
        reqs[i] = (struct virtio_blk_req){.op = (enum virtio_blk_op)op->size,
                                          .queue = VIRTIO_BLK_QUEUE_ANY,
                                          .sector = (uint64_t)i * SECTORS,
                                          .segs = &segs[i],
                                          .num_segs = 1,
                                          .done = done};
        list[i] = &reqs[i];
        memset(data[i], is_write ? pattern(i, n) : 0, BLOCK);
    }
    completed = 0;
    error = 0;
}

/* Reading comes behind as many rounds of writing the same blocks. */
static int check(const struct bench_op *op, unsigned last)
{
    if (error != 0 || completed != op->units) {
        return bench_wrong(op, error != 0 ? "result" : "callbacks",
                           error != 0 ? 0 : (long)op->units, error != 0 ? error : (long)completed);
    }
    for (unsigned i = 0; i < op->units; i++) {
        if (data[i][0] != pattern(i, last) || data[i][BLOCK - 1u] != pattern(i, last)) {
            return bench_wrong(op, "byte of the block", pattern(i, last), data[i][0]);
        }
    }
    return 0;
}

static int transfer(const struct bench_op *op, unsigned n)
{
    static unsigned written[2]; /* one, all: the round of the last writing */
    unsigned *last = &written[op->units == 1u ? 0 : 1];
    struct virtqueue *vq = &blk.queues[0].vq;
    unsigned accepted = 1;
    int ret = 0;

    prepare(op, n);
    *last = op->size == VIRTIO_BLK_WRITE ? n : *last;
    if (op->units == 1u) {
        bench_count();
        ret = virtio_blk_submit(&blk, &reqs[0]);
        bench_stop(BENCH_ASK);
    } else {
        bench_count();
        accepted = virtio_blk_submit_batch(&blk, list, op->units, &ret);
        bench_stop(BENCH_ASK);
    }
    if (ret != 0 || accepted != op->units) {
        return bench_wrong(op, "submitted", (long)op->units, ret != 0 ? ret : (long)accepted);
    }
    ret = bench_await(vq, vq->published, true);
    if (ret == 0) {
        bench_serve(&blk.dev);
        ret = check(op, *last);
    }
    return ret;
}

static const struct bench_op ops[] = {
    {"write-4k", 1, VIRTIO_BLK_WRITE, transfer},
    {"read-4k", 1, VIRTIO_BLK_READ, transfer},
    {"write-4k-x32", BENCH_BATCH, VIRTIO_BLK_WRITE, transfer},
    {"read-4k-x32", BENCH_BATCH, VIRTIO_BLK_READ, transfer},
};

const struct bench_type bench_blk = {
    .name = "blk",
    .device_id = VIRTIO_ID_BLOCK,
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .polls = true,
    .dev = &blk.dev,
    .probe = probe,
    .remove = remove,
};
