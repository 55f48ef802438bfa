/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-real --bench: 4 KiB reads a second through the driver on QEMU. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "real_files.h"
#include "real_machine.h"
#include "real_modes.h"

#define DEPTH      32u
#define BLOCK      4096u
#define SECTORS    (BLOCK / VIRTIO_BLK_SECTOR_SIZE)
#define DISK_BYTES (16u << 20)
#define BLOCKS     (DISK_BYTES / BLOCK)

struct bench {
    struct real_machine machine;
    struct virtio_blk blk;
    struct virtio_blk_req reqs[DEPTH];
    struct virtio_blk_seg segs[DEPTH];
    unsigned char buffers[DEPTH][BLOCK];
    virtio_port_event_t event;
    volatile bool all_done;
    unsigned left;
    int error;
};

static void done(struct virtio_blk_req *req, int result)
{
    struct bench *b = req->cookie;

    b->error = b->error != 0 ? b->error : result;
    if (--b->left == 0) {
        b->all_done = true;
        virtio_port_event_signal(&b->event);
    }
}

/* One round of `depth` reads with one notification. */
static int read_round(struct bench *b, unsigned depth, uint64_t block)
{
    struct virtio_blk_req *reqs[DEPTH];
    int error;

    for (unsigned i = 0; i < depth; i++) {
        b->segs[i] = (struct virtio_blk_seg){b->buffers[i], BLOCK};
        b->reqs[i] = (struct virtio_blk_req){.op = VIRTIO_BLK_READ,
                                             .sector = (block + i) % BLOCKS * SECTORS,
                                             .segs = &b->segs[i],
                                             .num_segs = 1,
                                             .done = done,
                                             .cookie = b};
        reqs[i] = &b->reqs[i];
    }
    b->left = depth;
    b->all_done = false;
    if (virtio_blk_submit_batch(&b->blk, reqs, depth, &error) != depth) {
        return error;
    }
    error = virtio_wait(&b->blk.dev, &b->event, &b->all_done, 0);
    return error != 0 ? error : b->error;
}

static int measure(struct bench *b, const char *transport, unsigned depth, unsigned seconds)
{
    struct qemu_backend_usage before;
    struct qemu_backend_usage after;
    uint64_t start_us = virtio_port_now_us();
    uint64_t us = 0;
    uint64_t reads = 0;
    int ret = 0;

    qemu_backend_usage(b->machine.qb, &before);
    while (us < (uint64_t)seconds * 1000000u && ret == 0) {
        ret = read_round(b, depth, reads);
        reads += depth;
        us = virtio_port_now_us() - start_us;
    }
    qemu_backend_usage(b->machine.qb, &after);
    if (ret != 0) {
        real_complain("%s, %u in flight: %s", transport, depth, strerror(-ret));
        return REAL_EXIT_FAILURES;
    }
    (void)printf("%s: 4 KiB reads, %2u in flight: %8.0f a second, %5.2f register reads and %5.2f "
                 "writes each\n",
                 transport, depth, (double)reads * 1e6 / (double)us,
                 (double)(after.register_reads - before.register_reads) / (double)reads,
                 (double)(after.register_writes - before.register_writes) / (double)reads);
    return REAL_EXIT_PASS;
}

static bool interrupt(void *arg)
{
    return virtio_blk_interrupt(arg);
}

static int on_machine(struct bench *b, const char *transport, unsigned seconds)
{
    const struct virtio_blk_params params = {.queue_size = 128};
    struct virtio_window window = real_machine_window(0, false);
    int code = REAL_EXIT_FAILURES;
    int ret;

    real_machine_connect(&b->machine, 0, interrupt, &b->blk);
    ret = virtio_blk_probe(&b->blk, &window, &params);
    if (ret == 0) {
        virtio_port_event_init(&b->event);
        code = measure(b, transport, 1, seconds);
        if (code == REAL_EXIT_PASS) {
            code = measure(b, transport, DEPTH, seconds);
        }
        ret = virtio_blk_remove(&b->blk, 0);
        virtio_port_event_deinit(&b->event);
    }
    if (ret != 0) {
        real_complain("%s: %s", transport, strerror(-ret));
        code = REAL_EXIT_FAILURES;
    }
    return code;
}

static int bench_transport(bool modern, const char *image, unsigned seconds)
{
    struct real_machine_config cfg = {
        .modern = modern, .drives[0] = {.path = image, .read_only = true}, .num_drives = 1};
    struct bench *b = calloc(1, sizeof(*b));
    int code;

    if (b == NULL) {
        real_complain("no memory");
        return REAL_EXIT_FAILURES;
    }
    if (real_machine_open(&b->machine, &cfg) != 0) {
        real_complain("%s", b->machine.message.text);
        free(b);
        return REAL_EXIT_NO_QEMU;
    }
    code = on_machine(b, modern ? "modern" : "legacy", seconds);
    if (real_machine_close(&b->machine) != 0) {
        real_complain("%s", b->machine.message.text);
        code = REAL_EXIT_FAILURES;
    }
    free(b);
    return code;
}

/* A disk of bytes that are not zero, so that reads read. */
static int make_image(const char *path)
{
    static unsigned char block[BLOCK];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int ret = 0;

    if (fd < 0) {
        return -errno;
    }
    memset(block, 0xb7, sizeof(block));
    for (uint64_t i = 0; i < BLOCKS && ret == 0; i++) {
        ret = real_pwrite(fd, block, sizeof(block), i * BLOCK);
    }
    (void)close(fd);
    return ret;
}

int real_bench(const struct real_filter *filter, unsigned seconds)
{
    char dir[REAL_PATH_MAX];
    char image[REAL_PATH_MAX];
    int code = REAL_EXIT_PASS;
    int ret = real_dir_make(dir, sizeof(dir));

    real_image_name(dir, 0, image, sizeof(image));
    ret = ret != 0 ? ret : make_image(image);
    if (ret != 0) {
        real_complain("%s: %s", image, strerror(-ret));
        code = REAL_EXIT_FAILURES;
    }
    for (unsigned modern = 0; modern < 2u && code == REAL_EXIT_PASS; modern++) {
        if (real_transport_selected(filter, modern != 0)) {
            code = bench_transport(modern != 0, image, seconds);
        }
    }
    real_dir_remove(dir);
    return code;
}
