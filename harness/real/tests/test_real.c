/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver on QEMU disks that fail, refuse, sleep, grow or vanish; each on both transports.
 */
#include "real_fixture.h"
#include "real_stream.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(real_legacy, .timeout = 60);
TestSuite(real_modern, .timeout = 60);

#define ON_BOTH(name)                                                                              \
    Test(real_legacy, name)                                                                        \
    {                                                                                              \
        name(false);                                                                               \
    }                                                                                              \
    Test(real_modern, name)                                                                        \
    {                                                                                              \
        name(true);                                                                                \
    }

/* A raw image below blkdebug, which fails what its rules say. */
#define BLKDEBUG                                                                                   \
    "driver=raw,node-name=d0,file.driver=blkdebug,file.image.driver=file,"                         \
    "file.image.filename=%s,file.inject-error.0.errno=5,"

/* ---- errors of the device ---- */

static void read_error_once(bool modern)
{
    struct fixture *f = fixture_open(
        modern,
        &(struct fixture_options){.blockdev = BLKDEBUG
                                  "file.inject-error.0.event=read_aio,"
                                  "file.inject-error.0.sector=8,file.inject-error.0.once=on"});

    cr_expect_eq(fixture_read(f, 0, 8), 0);
    cr_expect_eq(fixture_read(f, 8, 8), -EIO);
    cr_expect(virtio_device_is_live(&f->blk.dev), "an error is no reason for a reset");
    cr_expect_eq(fixture_read(f, 8, 8), 0);
    cr_expect_eq(fixture_write(f, 8, 8, 1), 0);
    cr_expect_eq(fixture_read(f, 0, 32), 0);
    fixture_close(f);
}
ON_BOTH(read_error_once)

static void read_error_always(bool modern)
{
    struct fixture *f = fixture_open(
        modern, &(struct fixture_options){.blockdev = BLKDEBUG "file.inject-error.0.event=read_aio,"
                                                               "file.inject-error.0.sector=20"});

    for (unsigned i = 0; i < 5u; i++) {
        cr_expect_eq(fixture_read(f, 16, 8), -EIO);
        cr_expect_eq(fixture_read(f, 24, 8), 0);
    }
    cr_expect_eq(virtio_blk_reset(&f->blk, 0), 0);
    cr_expect_eq(fixture_read(f, 20, 1), -EIO, "a reset does not mend a disk");
    cr_expect_eq(fixture_read(f, 21, 1), 0);
    fixture_close(f);
}
ON_BOTH(read_error_always)

static void write_error(bool modern)
{
    struct fixture *f = fixture_open(
        modern,
        &(struct fixture_options){.blockdev = BLKDEBUG
                                  "file.inject-error.0.event=write_aio,"
                                  "file.inject-error.0.sector=16,file.inject-error.0.once=on"});

    cr_expect_eq(fixture_write(f, 16, 4, 1), -EIO);
    f->disk.may[16] = f->disk.may[17] = f->disk.may[18] = f->disk.may[19] = 1u; /* as before */
    cr_expect_eq(fixture_read(f, 12, 12), 0);
    cr_expect_eq(fixture_write(f, 16, 4, 2), 0);
    cr_expect_eq(fixture_read(f, 12, 12), 0);
    fixture_close(f);
}
ON_BOTH(write_error)

static void flush_error(bool modern)
{
    struct fixture *f = fixture_open(
        modern, &(struct fixture_options){.blockdev = BLKDEBUG "file.inject-error.0.event=none,"
                                                               "file.inject-error.0.iotype=flush,"
                                                               "file.inject-error.0.once=on"});

    cr_expect_eq(fixture_write(f, 3, 1, 1), 0);
    cr_expect_eq(virtio_blk_flush(&f->blk, 0), -EIO);
    cr_expect_eq(virtio_blk_flush(&f->blk, 0), 0);
    fixture_close(f);
}
ON_BOTH(flush_error)

/* ---- one of many ---- */

#define MANY 8u

struct many {
    struct virtio_blk_req reqs[MANY];
    struct virtio_blk_seg segs[MANY];
    int results[MANY];
    unsigned calls[MANY];
    volatile bool all;
    unsigned left;
};
static struct many many;

static void many_done(struct virtio_blk_req *req, int result)
{
    size_t i = (size_t)(req - many.reqs);

    many.results[i] = result;
    many.calls[i]++;
    many.all = --many.left == 0;
}

/* Reads of 8 sectors each, handed over together. */
static void read_many(struct fixture *f)
{
    struct virtio_blk_req *reqs[MANY];
    virtio_port_event_t never;
    int error = 0;

    memset(&many, 0, sizeof(many));
    many.left = MANY;
    for (unsigned i = 0; i < MANY; i++) {
        many.segs[i] = (struct virtio_blk_seg){f->buf + i * 4096u, 4096};
        many.reqs[i] = (struct virtio_blk_req){.op = VIRTIO_BLK_READ,
                                               .sector = i * 8u,
                                               .segs = &many.segs[i],
                                               .num_segs = 1,
                                               .done = many_done};
        reqs[i] = &many.reqs[i];
    }
    cr_assert_eq(virtio_blk_submit_batch(&f->blk, reqs, MANY, &error), MANY);
    virtio_port_event_init(&never);
    for (unsigned ms = 0; ms < 5000u && !many.all; ms++) {
        (void)virtio_wait(&f->blk.dev, &never, &many.all, 1000);
    }
    virtio_port_event_deinit(&never);
    cr_assert(many.all);
}

static void only_one_fails(bool modern)
{
    /* Without merging, so that QEMU does not fail the neighbours, too. */
    struct fixture *f = fixture_open(
        modern, &(struct fixture_options){.blockdev = BLKDEBUG "file.inject-error.0.event=read_aio,"
                                                               "file.inject-error.0.sector=27",
                                          .props = "request-merging=off"});

    read_many(f);
    for (unsigned i = 0; i < MANY; i++) {
        cr_expect_eq(many.calls[i], 1);
        cr_expect_eq(many.results[i], i == 3u ? -EIO : 0, "request %u: %s", i,
                     real_error_name(many.results[i]));
        for (unsigned s = 0; s < 8u && i != 3u; s++) {
            cr_expect(scn_disk_holds(&f->disk, i * 8u + s, f->buf + (i * 8u + s) * 512u));
        }
    }
    fixture_close(f);
}
ON_BOTH(only_one_fails)

/* What virtio-real --copy does on a disk with a bad sector. */
static void stream_stops_at_an_error(bool modern)
{
    struct fixture *f = fixture_open(
        modern, &(struct fixture_options){.blockdev = BLKDEBUG "file.inject-error.0.event=read_aio,"
                                                               "file.inject-error.0.sector=130",
                                          .props = "request-merging=off"});
    char path[REAL_PATH_MAX];
    struct real_stream_job job = {.count = FIXTURE_SECTORS};

    real_image_name(f->dir, 1, path, sizeof(path));
    job.fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    cr_assert_geq(job.fd, 0);
    cr_expect_eq(real_stream(&f->blk, &job), -EIO);
    cr_expect_eq(job.bad_sector, 128);
    cr_expect_not(job.file_failed);
    cr_expect_eq(virtio_blk_outstanding(&f->blk), 0);
    (void)close(job.fd);
    fixture_close(f);
}
ON_BOTH(stream_stops_at_an_error)

/* ---- refusals ---- */

static void read_only_refuses(bool modern)
{
    struct fixture *f = fixture_open(modern, &(struct fixture_options){.read_only = true});

    cr_expect(f->blk.info.read_only);
    cr_expect_eq(virtio_blk_write(&f->blk, 0, f->buf, 1, 0), -EROFS);
    cr_expect_eq(virtio_blk_erase(&f->blk, VIRTIO_BLK_WRITE_ZEROES, 0, 8, 0, 0), -EROFS);
    cr_expect_eq(virtio_blk_erase(&f->blk, VIRTIO_BLK_DISCARD, 0, 8, 0, 0), -EROFS);
    cr_expect_eq(fixture_read(f, 0, 64), 0);
    fixture_close(f); /* and the file is as it was */
}
ON_BOTH(read_only_refuses)

static void blocks_of_4096(bool modern)
{
    struct fixture *f = fixture_open(
        modern,
        &(struct fixture_options){.props = "logical_block_size=4096,physical_block_size=4096"});

    cr_expect_eq(f->blk.info.block_size, 4096);
    cr_expect_eq(f->blk.info.capacity_sectors, FIXTURE_SECTORS, "sectors are of 512 bytes always");
    cr_expect_eq(virtio_blk_read(&f->blk, 0, f->buf, 1, 0), -EINVAL);
    cr_expect_eq(virtio_blk_read(&f->blk, 4, f->buf, 8, 0), -EINVAL);
    cr_expect_eq(virtio_blk_write(&f->blk, 8, f->buf, 12, 0), -EINVAL);
    cr_expect_eq(fixture_write(f, 8, 16, 1), 0);
    cr_expect_eq(fixture_read(f, 0, 32), 0);
    cr_expect_eq(fixture_write(f, FIXTURE_SECTORS - 8u, 8, 2), 0);
    cr_expect_eq(virtio_blk_read(&f->blk, FIXTURE_SECTORS, f->buf, 8, 0), -ERANGE);
    fixture_close(f);
}
ON_BOTH(blocks_of_4096)

/* QEMU 7.2 offers RING_RESET on virtio-mmio and does nothing. */
static void queue_reset_is_not_implemented(bool modern)
{
    struct fixture *f = fixture_open(modern, &(struct fixture_options){0});

    cr_expect_eq(virtio_blk_reset_queue(&f->blk, 0, 100000), -ENOTSUP);
    cr_expect(virtio_device_is_live(&f->blk.dev));
    cr_expect_eq(fixture_write(f, 0, 8, 1), 0);
    cr_expect_eq(fixture_read(f, 0, 16), 0);
    fixture_close(f);
}
ON_BOTH(queue_reset_is_not_implemented)

/* ---- a disk that changes its size ---- */

static uint64_t announced;
static unsigned announcements;

static void note_capacity(struct virtio_blk *blk, uint64_t capacity_sectors)
{
    (void)blk;
    announced = capacity_sectors;
    announcements++;
}

static void resize(struct fixture *f, uint64_t sectors)
{
    char json[160];
    const char *reply;
    int ret;

    (void)snprintf(json, sizeof(json),
                   "{\"execute\": \"block_resize\", \"arguments\": {\"node-name\": \"d0\", "
                   "\"size\": %llu}}",
                   (unsigned long long)sectors * 512u);
    ret = qemu_backend_qmp(f->machine.qb, json, &reply);
    cr_assert_eq(ret, 0, "%s: %s", json, reply);
    for (unsigned ms = 0; ms < 5000u && announced != sectors; ms++) {
        virtio_port_delay_us(1000);
    }
    cr_assert_eq(announced, sectors);
    cr_expect_eq(f->blk.info.capacity_sectors, sectors);
}

static void resized_while_in_use(bool modern)
{
    struct fixture *f = fixture_open(
        modern, &(struct fixture_options){.params = {.capacity_changed = note_capacity}});

    cr_expect_eq(fixture_read(f, 250, 8), -ERANGE);
    resize(f, 300);
    cr_expect_eq(virtio_blk_read(&f->blk, 250, f->buf, 8, 0), 0);
    cr_expect_eq(virtio_blk_write(&f->blk, 299, f->buf, 1, 0), 0);
    cr_expect_eq(virtio_blk_read(&f->blk, 299, f->buf, 2, 0), -ERANGE);
    resize(f, FIXTURE_SECTORS);
    cr_expect_eq(fixture_read(f, 250, 8), -ERANGE);
    cr_expect_eq(fixture_read(f, 248, 8), 0);
    cr_expect_eq(announcements, 2);
    fixture_close(f);
}
ON_BOTH(resized_while_in_use)

/* ---- a disk that sleeps, a device that vanishes ---- */

#define SLOW_DISK "driver=null-co,node-name=d0,size=131072,read-zeroes=on,latency-ns=200000000"

static void deadline_before_a_slow_disk(bool modern)
{
    struct fixture *f = fixture_open(modern, &(struct fixture_options){.blockdev = SLOW_DISK});

    memset(f->buf, 0x5c, 4096);
    cr_expect_eq(virtio_blk_read(&f->blk, 8, f->buf, 8, 20000), -ETIMEDOUT);
    cr_expect_eq(virtio_blk_outstanding(&f->blk), 1, "the buffer is still the device's");
    cr_expect(virtio_device_is_live(&f->blk.dev));
    cr_expect_eq(virtio_blk_read(&f->blk, 16, f->buf + 4096, 8, 0), 0);
    for (unsigned ms = 0; ms < 2000u && virtio_blk_outstanding(&f->blk) != 0; ms++) {
        virtio_port_delay_us(1000);
    }
    cr_expect_eq(virtio_blk_outstanding(&f->blk), 0);
    cr_expect_eq(f->buf[0], 0, "the late data has come");
    fixture_close(f);
}
ON_BOTH(deadline_before_a_slow_disk)

static void removed_before_a_slow_disk(bool modern)
{
    struct fixture *f = fixture_open(modern, &(struct fixture_options){.blockdev = SLOW_DISK});

    cr_expect_eq(virtio_blk_read(&f->blk, 8, f->buf, 8, 20000), -ETIMEDOUT);
    cr_expect_eq(virtio_blk_reset(&f->blk, 0), 0);
    cr_expect_eq(virtio_blk_outstanding(&f->blk), 0);
    cr_expect_eq(virtio_blk_read(&f->blk, 8, f->buf, 8, 20000), -ETIMEDOUT);
    fixture_close(f);
}
ON_BOTH(removed_before_a_slow_disk)

/* QEMU dies: every register reads all ones. Calls fail in bounded time, and memory that the device
 * may own stays its own. */
static void device_vanishes(bool modern)
{
    struct fixture *f = fixture_open(modern, &(struct fixture_options){0});
    uint64_t start;

    cr_expect_eq(fixture_read(f, 0, 8), 0);
    cr_assert_eq(kill((pid_t)qemu_backend_pid(f->machine.qb), SIGKILL), 0);
    start = virtio_port_now_us();
    cr_expect_neq(virtio_blk_read(&f->blk, 0, f->buf, 8, 100000), 0);
    cr_expect_neq(virtio_blk_reset(&f->blk, 100000), 0);
    cr_expect_eq(virtio_blk_remove(&f->blk, 100000), -ETIMEDOUT);
    cr_expect_lt(virtio_port_now_us() - start, UINT64_C(5000000));
    cr_expect_eq(real_machine_close(&f->machine), -EPIPE);
    cr_expect_not_null(strstr(f->machine.message.text, "signal 9"));
    real_dir_remove(f->dir);
    /* The driver has not let go; its memory stays, reachable from the fixture. */
}
ON_BOTH(device_vanishes)
