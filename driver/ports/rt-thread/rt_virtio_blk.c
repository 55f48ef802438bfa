/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio disk as an rt_device of class Block: "virtio-blk0", ...
 *
 * Positions and sizes are in logical blocks of the device, which is what the geometry says in
 * bytes_per_sector. Payload goes to and from the caller's buffer without a copy, from any number of
 * threads at the same time. What a request goes through is in rt_virtio_blk_io.c.
 *
 * Memory: an instance stays for as long as the system runs. Context: thread.
 */
#include <rtthread.h>

#include "rt_virtio_priv.h"

#ifdef RT_USING_VIRTIO_BLK

#include "rt_virtio_blk_priv.h"

#define PIECE_SECTORS 2048u /* 1 MiB: long transfers are made, and fail, in such pieces */

static struct rt_virtio_disk *disk_of(rt_device_t dev)
{
    return (struct rt_virtio_disk *)(void *)dev;
}

/* ---- read and write ---- */

/* Goes on after the device refused a piece: in halves, down to the block that cannot be had. So the
 * caller is told how far it got, and about twice log2 of the blocks are the price. */
static int transfer_pieces(struct rt_virtio_disk *disk, struct disk_io *io, uint64_t sectors,
                           uint64_t piece)
{
    uint64_t block = UINT64_C(1) << disk->block_shift;
    uint64_t end = io->sector + sectors;
    int error = 0;

    while (io->sector != end) {
        io->sectors = end - io->sector < piece ? end - io->sector : piece;
        error = rt_virtio_disk_request(disk, io);
        if (error == 0) {
            io->sector += io->sectors;
            io->buffer = (uint8_t *)io->buffer + io->sectors * VIRTIO_BLK_SECTOR_SIZE;
        } else if (error == -EIO && io->sectors > block && !rt_virtio_disk_is_lost(disk, error)) {
            piece = io->sectors >> (disk->block_shift + 1u) << disk->block_shift;
        } else {
            break;
        }
    }
    return error;
}

/* Whether all of it is on the disk, before a part of it is asked for. */
static int check_range(struct rt_virtio_disk *disk, const struct disk_io *io)
{
    struct virtio_blk_info info;

    virtio_blk_get_info(&disk->blk, &info);
    if (io->sector >= info.capacity_sectors || io->sectors > info.capacity_sectors - io->sector) {
        return -ERANGE;
    }
    return io->op == VIRTIO_BLK_WRITE && info.read_only ? -EROFS : 0;
}

/* A transfer that fits into one request and failed with `error`. */
static int transfer_again(struct rt_virtio_disk *disk, struct disk_io *io, int error)
{
    uint64_t half = io->sectors >> (disk->block_shift + 1u) << disk->block_shift;

    error = rt_virtio_disk_rescue(disk, io, error);
    if (error == 0) {
        io->sector += io->sectors;
    } else if (error == -EIO && half != 0 && !rt_virtio_disk_is_lost(disk, error)) {
        error = transfer_pieces(disk, io, io->sectors, half);
    }
    return error;
}

/* A transfer of many requests. */
static int transfer_long(struct rt_virtio_disk *disk, struct disk_io *io)
{
    int error = check_range(disk, io);

    return error != 0 ? error : transfer_pieces(disk, io, io->sectors, PIECE_SECTORS);
}

/* Everything but the usual. Returns the blocks done. */
static rt_size_t transfer_slow(struct rt_virtio_disk *disk, struct disk_io *io, int error)
{
    uint64_t begin = io->sector;

    error = error != 0 ? transfer_again(disk, io, error) : transfer_long(disk, io);
    if (error != 0) {
        rt_set_errno(rt_virtio_error(error));
    }
    return (rt_size_t)((io->sector - begin) >> disk->block_shift);
}

static rt_size_t refuse(int error)
{
    rt_set_errno(rt_virtio_error(error));
    return 0;
}

static rt_size_t transfer(struct rt_virtio_disk *disk, enum virtio_blk_op op, rt_off_t pos,
                          void *buffer, rt_size_t count)
{
    uint64_t sector = (uint64_t)pos << disk->block_shift;
    uint64_t sectors = (uint64_t)count << disk->block_shift;
    struct disk_io io;
    int error = 0;

    if (count == 0 || buffer == RT_NULL) {
        return refuse(-EINVAL);
    }
    if (pos < 0 || sector >> disk->block_shift != (uint64_t)pos ||
        sectors >> disk->block_shift != count) {
        return refuse(-ERANGE);
    }
    if (sectors <= PIECE_SECTORS) {
        /* The driver refuses what is out of range or not to be written. */
        error = op == VIRTIO_BLK_READ
                    ? virtio_blk_read(&disk->blk, sector, buffer, (uint32_t)sectors,
                                      RT_VIRTIO_BLK_TIMEOUT_US)
                    : virtio_blk_write(&disk->blk, sector, buffer, (uint32_t)sectors,
                                       RT_VIRTIO_BLK_TIMEOUT_US);
        if (error == 0) {
            return count;
        }
    }
    io = (struct disk_io){op, sector, sectors, buffer};
    return transfer_slow(disk, &io, error);
}

static rt_virtio_ssize_t disk_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t count)
{
    return (rt_virtio_ssize_t)transfer(disk_of(dev), VIRTIO_BLK_READ, pos, buffer, count);
}

static rt_virtio_ssize_t disk_write(rt_device_t dev, rt_off_t pos, const void *buffer,
                                    rt_size_t count)
{
    /* The request has one pointer for both directions; a write is only read from. */
    const union {
        const void *source;
        void *buffer;
    } data = {.source = buffer};

    return (rt_virtio_ssize_t)transfer(disk_of(dev), VIRTIO_BLK_WRITE, pos, data.buffer, count);
}

/* ---- control ---- */

static rt_err_t get_geometry(struct rt_virtio_disk *disk, struct rt_device_blk_geometry *geometry)
{
    /* The field has 32 bits in older releases: no more of the disk is offered than it can say. */
    typedef __typeof__(geometry->sector_count) sector_count_t;
    const uint64_t most = (sector_count_t)~UINT64_C(0);
    struct virtio_blk_info info;
    uint64_t blocks;

    if (geometry == RT_NULL) {
        return -RT_EINVAL;
    }
    virtio_blk_get_info(&disk->blk, &info);
    blocks = info.capacity_sectors >> disk->block_shift;
    rt_memset(geometry, 0, sizeof(*geometry));
    geometry->bytes_per_sector = VIRTIO_BLK_SECTOR_SIZE << disk->block_shift;
    geometry->block_size = geometry->bytes_per_sector;
    geometry->sector_count = (sector_count_t)(blocks < most ? blocks : most);
    return RT_EOK;
}

/* From the first to the last block, as file systems trim: what is in them may be forgotten. */
static rt_err_t erase(struct rt_virtio_disk *disk, const struct rt_device_blk_sectors *blocks)
{
    const struct virtio_device *dev = &disk->blk.dev;
    unsigned shift = disk->block_shift;
    struct disk_io io = {.op = VIRTIO_BLK_DISCARD};

    if (blocks == RT_NULL || blocks->sector_end < blocks->sector_begin) {
        return -RT_EINVAL;
    }
    if (!virtio_has_feature(dev, VIRTIO_BLK_F_DISCARD)) {
        if (!virtio_has_feature(dev, VIRTIO_BLK_F_WRITE_ZEROES)) {
            return -RT_ENOSYS;
        }
        io.op = VIRTIO_BLK_WRITE_ZEROES;
    }
    if ((uint64_t)blocks->sector_end >= UINT64_MAX >> shift) {
        return rt_virtio_error(-ERANGE);
    }
    io.sector = (uint64_t)blocks->sector_begin << shift;
    io.sectors = ((uint64_t)(blocks->sector_end - blocks->sector_begin) + 1u) << shift;
    return rt_virtio_error(rt_virtio_disk_request(disk, &io));
}

static rt_err_t disk_control(rt_device_t dev, int cmd, void *args)
{
    static const struct disk_io flush = {.op = VIRTIO_BLK_FLUSH};
    struct rt_virtio_disk *disk = disk_of(dev);

    switch (cmd) {
    case RT_DEVICE_CTRL_BLK_GETGEOME:
        return get_geometry(disk, args);
    case RT_DEVICE_CTRL_BLK_SYNC:
        return rt_virtio_error(rt_virtio_disk_request(disk, &flush));
    case RT_DEVICE_CTRL_BLK_ERASE:
        return erase(disk, args);
    case RT_DEVICE_CTRL_BLK_AUTOREFRESH:
        return RT_EOK; /* nothing of it is cached here */
    default:
        return -RT_EINVAL;
    }
}

/* ---- life ---- */

#ifdef RT_USING_DEVICE_OPS
static const struct rt_device_ops disk_ops = {
    .read = disk_read, .write = disk_write, .control = disk_control};
#endif

static void describe(struct rt_virtio_disk *disk, rt_uint16_t *flags)
{
    struct virtio_blk_info info;

    virtio_blk_get_info(&disk->blk, &info);
    while (VIRTIO_BLK_SECTOR_SIZE << disk->block_shift < info.block_size) {
        disk->block_shift++;
    }
    *flags =
        RT_DEVICE_FLAG_REMOVABLE | (info.read_only ? RT_DEVICE_FLAG_RDONLY : RT_DEVICE_FLAG_RDWR);
    disk->parent.type = RT_Device_Class_Block;
#ifdef RT_USING_DEVICE_OPS
    disk->parent.ops = &disk_ops;
#else
    disk->parent.read = disk_read;
    disk->parent.write = disk_write;
    disk->parent.control = disk_control;
#endif
}

/* A device that does not confirm its reset may still write: then the memory is never used again. */
static void discard(struct rt_virtio_disk *disk)
{
    if (virtio_blk_remove(&disk->blk, 0) == 0) {
        rt_free(disk);
    }
}

static rt_err_t publish(struct rt_virtio_disk *disk)
{
    char name[RT_NAME_MAX];
    rt_uint16_t flags;
    rt_err_t result;

    describe(disk, &flags);
    rt_virtio_name("virtio-blk", name);
    result = rt_virtio_irq_connect(&disk->blk.dev, virtio_interrupt, name);
    if (result != RT_EOK) {
        return result;
    }
    virtio_port_lock_init(&disk->lock);
    (void)rt_mutex_init(&disk->recovery, name, RT_IPC_FLAG_PRIO);
    result = rt_device_register(&disk->parent, name, flags);
    if (result != RT_EOK) {
        (void)rt_mutex_detach(&disk->recovery);
        rt_virtio_irq_disconnect(&disk->blk.dev);
    }
    return result;
}

rt_err_t rt_virtio_blk_attach(const struct virtio_window *window)
{
    struct rt_virtio_disk *disk = rt_calloc(1, sizeof(*disk));
    rt_err_t result;

    if (disk == RT_NULL) {
        return -RT_ENOMEM;
    }
    result = rt_virtio_error(virtio_blk_probe(&disk->blk, window, RT_NULL));
    if (result == RT_EOK) {
        result = publish(disk);
    }
    if (result != RT_EOK) {
        discard(disk);
    }
    return result;
}

#endif
