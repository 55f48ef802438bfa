/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request of a virtio disk, from the caller's thread to its end.
 *
 * Any number of threads may be in here at the same time: each request is on its own way, and none
 * of them holds a lock, or anything else that another one needs, while it waits. So a thread of
 * high priority never waits for one of low priority to run.
 *
 * A buffer belongs to the device until its request completes. When a request does not complete in
 * time, the device is reset before the caller is told: only then is the buffer safe to be used or
 * freed. The requests of other threads that fall victim to it are made again.
 */
#include <rtthread.h>

#include "rt_virtio_priv.h"

#ifdef RT_USING_VIRTIO_BLK

#include "rt_virtio_blk_priv.h"

#define TRIES            3u       /* of a request that was lost in a reset */
#define RESET_TRIES      10u      /* while another core is in the device's interrupt */
#define RESET_BACKOFF_US 5000000u /* a dead device is not reset more often */

/* ---- more calls at a time than the driver has room for ---- */

static void extra_done(struct virtio_blk_req *req, int result)
{
    struct disk_extra *x = req->cookie;

    virtio_sync_done(&x->blk->dev, &x->sync, result);
}

static struct disk_extra *first_extra(struct rt_virtio_disk *disk)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&disk->lock);
    struct disk_extra *x = disk->extras;

    virtio_port_unlock(&disk->lock, flags);
    return x;
}

/* NULL: no memory. */
static struct disk_extra *new_extra(struct rt_virtio_disk *disk)
{
    struct disk_extra *x = rt_calloc(1, sizeof(*x));
    virtio_port_irqflags_t flags;

    if (x == RT_NULL) {
        return RT_NULL;
    }
    if (virtio_sync_init(&x->sync) != 0) {
        rt_free(x);
        return RT_NULL;
    }
    x->blk = &disk->blk;
    (void)virtio_sync_take(&disk->blk.dev, &x->sync);
    flags = virtio_port_lock(&disk->lock);
    x->next = disk->extras;
    disk->extras = x;
    virtio_port_unlock(&disk->lock, flags);
    return x;
}

static struct disk_extra *take_extra(struct rt_virtio_disk *disk)
{
    struct disk_extra *x = first_extra(disk);

    while (x != RT_NULL && !virtio_sync_take(&disk->blk.dev, &x->sync)) {
        x = x->next;
    }
    return x != RT_NULL ? x : new_extra(disk);
}

/* All of the driver's own waiting calls are taken. To wait for one of them would be to wait for
 * another thread, of whatever priority, to run. */
static int issue_extra(struct rt_virtio_disk *disk, const struct disk_io *io)
{
    bool transfer = io->op == VIRTIO_BLK_READ || io->op == VIRTIO_BLK_WRITE;
    struct disk_extra *x = take_extra(disk);
    int error;

    if (x == RT_NULL) {
        return -ENOMEM;
    }
    x->seg.ptr = io->buffer;
    x->seg.len = transfer ? (uint32_t)io->sectors * VIRTIO_BLK_SECTOR_SIZE : 0;
    x->req = (struct virtio_blk_req){
        .op = io->op,
        .queue = VIRTIO_BLK_QUEUE_ANY,
        .sector = io->sector,
        .num_sectors = io->sectors,
        .segs = &x->seg,
        .num_segs = transfer ? 1u : 0u,
        .done = extra_done,
        .cookie = x,
    };
    error = virtio_blk_submit(&disk->blk, &x->req);
    if (error == 0) {
        error = virtio_sync_wait(&disk->blk.dev, &x->sync, RT_VIRTIO_BLK_TIMEOUT_US);
    }
    if (error != -ETIMEDOUT) {
        virtio_sync_give_back(&disk->blk.dev, &x->sync);
    }
    return error;
}

/* ---- one request ---- */

static int try_once(struct rt_virtio_disk *disk, const struct disk_io *io)
{
    int error;

    switch (io->op) {
    case VIRTIO_BLK_READ:
        error = virtio_blk_read(&disk->blk, io->sector, io->buffer, (uint32_t)io->sectors,
                                RT_VIRTIO_BLK_TIMEOUT_US);
        break;
    case VIRTIO_BLK_WRITE:
        error = virtio_blk_write(&disk->blk, io->sector, io->buffer, (uint32_t)io->sectors,
                                 RT_VIRTIO_BLK_TIMEOUT_US);
        break;
    case VIRTIO_BLK_FLUSH:
        error = virtio_blk_flush(&disk->blk, RT_VIRTIO_BLK_TIMEOUT_US);
        break;
    default:
        error = virtio_blk_erase(&disk->blk, io->op, io->sector, io->sectors, 0,
                                 RT_VIRTIO_BLK_TIMEOUT_US);
        break;
    }
    return error;
}

/* ---- a device that does not answer, or is broken ---- */

static int reset(struct rt_virtio_disk *disk)
{
    int error = virtio_blk_reset(&disk->blk, 0);

    for (unsigned i = 1; i < RESET_TRIES && error == -EBUSY; i++) {
        (void)rt_thread_mdelay(1);
        error = virtio_blk_reset(&disk->blk, 0);
    }
    disk->next_reset_us = virtio_port_now_us() + RESET_BACKOFF_US;
    rt_kprintf("%.*s: reset after an error or a time-out: %d\n", RT_NAME_MAX,
               disk->parent.parent.name, error);
    return error;
}

/* [recovery] A device that timed out may have the caller's buffer still: nothing but an empty
 * device or a reset will do. In the other cases somebody else may have been here before. */
static int make_live(struct rt_virtio_disk *disk, bool timed_out)
{
    bool live = virtio_device_is_live(&disk->blk.dev);

    if (live && (!timed_out || virtio_blk_outstanding(&disk->blk) == 0)) {
        return 0;
    }
    if (!timed_out && virtio_port_now_us() < disk->next_reset_us) {
        return -EIO;
    }
    return reset(disk);
}

static int recover(struct rt_virtio_disk *disk, int why)
{
    rt_tick_t ticks = rt_tick_from_millisecond((rt_int32_t)RT_VIRTIO_BLK_TIMEOUT_MS);
    int error;

    /* Bounded: whoever has it resets the device, which has a deadline. */
    if (rt_mutex_take(&disk->recovery, (rt_int32_t)ticks) != RT_EOK) {
        return -EBUSY;
    }
    error = make_live(disk, why == -ETIMEDOUT);
    (void)rt_mutex_release(&disk->recovery);
    return error;
}

bool rt_virtio_disk_is_lost(const struct rt_virtio_disk *disk, int error)
{
    return error == -ETIMEDOUT || error == -ECANCELED ||
           (error == -EIO && !virtio_device_is_live(&disk->blk.dev));
}

int rt_virtio_disk_rescue(struct rt_virtio_disk *disk, const struct disk_io *io, int error)
{
    for (unsigned tries = 1;; tries++) {
        if (error == -EAGAIN) {
            error = issue_extra(disk, io);
        }
        if (!rt_virtio_disk_is_lost(disk, error) || recover(disk, error) != 0 ||
            error == -ETIMEDOUT || tries == TRIES) {
            return error;
        }
        error = try_once(disk, io); /* doing it twice does no harm */
    }
}

int rt_virtio_disk_request(struct rt_virtio_disk *disk, const struct disk_io *io)
{
    int error = try_once(disk, io);

    return error == 0 ? 0 : rt_virtio_disk_rescue(disk, io, error);
}

#endif
