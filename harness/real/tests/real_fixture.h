/* SPDX-License-Identifier: Apache-2.0 */
/* One disk on QEMU with the driver on it, for tests that script the device's misbehaviour. */
#ifndef HARNESS_REAL_FIXTURE_H
#define HARNESS_REAL_FIXTURE_H

#include "real_files.h"
#include "real_machine.h"

#define FIXTURE_SECTORS 256u

struct fixture {
    struct real_machine machine;
    struct virtio_blk blk;
    struct scn_disk disk; /* what the image holds */
    char dir[REAL_PATH_MAX];
    char path[REAL_PATH_MAX];
    uint8_t buf[65536];
};

/* What differs from a plain writable disk; zero: nothing. */
struct fixture_options {
    const char
        *blockdev;     /* -blockdev option; %s in it is the path of the image. NULL: a raw file */
    const char *props; /* of the virtio-blk device */
    bool read_only;
    struct virtio_blk_params params;
};

/* Starts QEMU with an image of generation 0 and brings the driver up. Fails the test when it
 * cannot. */
struct fixture *fixture_open(bool modern, const struct fixture_options *options);
/* Removes the driver, checks that nothing leaked and that the image holds what `disk` says, and
 * removes everything. */
void fixture_close(struct fixture *f);

/* Reads, and compares what was read with the tracked disk. The driver's error. */
int fixture_read(struct fixture *f, uint64_t sector, uint32_t count);
/* Writes a generation; after success the tracked disk holds it, after an error it may. */
int fixture_write(struct fixture *f, uint64_t sector, uint32_t count, unsigned gen);

#endif
