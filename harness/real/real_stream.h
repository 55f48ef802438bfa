/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves a run of sectors between a disk of the driver and a file, asynchronously: requests of 64
 * KiB, several in flight, new ones handed over with one notification. Errors are negative errno
 * values.
 */
#ifndef HARNESS_REAL_STREAM_H
#define HARNESS_REAL_STREAM_H

#include "virtio/virtio_blk.h"

#define REAL_STREAM_DEPTH   8u
#define REAL_STREAM_SECTORS 128u /* of a request */

struct real_stream_job {
    bool to_disk;        /* file to disk; false: disk to file */
    uint64_t sector;     /* first one on the disk */
    uint64_t count;      /* sectors */
    int fd;              /* the file; sector `sector` is its first */
    bool file_failed;    /* out: the error is one of the file, not of the disk */
    uint64_t bad_sector; /* out: of the request that failed */
};

/* 0, or the first error. Nothing is in flight any more when it returns: after a request that did
 * not complete in 30 s the device is reset. */
int real_stream(struct virtio_blk *blk, struct real_stream_job *job);

#endif
