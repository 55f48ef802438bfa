/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the QEMU back end share: a disk image with known content, the options that put
 * it into a window, and the check that nothing stayed behind. Failures are Criterion failures of
 * the test under way.
 */
#ifndef HARNESS_QTEST_TESTS_QTEST_FIXTURE_H
#define HARNESS_QTEST_TESTS_QTEST_FIXTURE_H

#include "qemu_backend.h"

#include <stdbool.h>
#include <stdint.h>

#define IMAGE_SECTORS 64u

/* A raw image in a temporary file and the QEMU options for it. */
struct disk {
    char path[128];
    char drive[256];
    char device[128];
    const char *args[5]; /* NULL-terminated, for qemu_backend_config.extra_args */
};

/* Makes the image and the options for `window`. */
void disk_make(struct disk *disk, unsigned window);
void disk_remove(struct disk *disk);

/* Byte `i` of sector `sector` of a new image. */
uint8_t disk_byte(unsigned sector, unsigned i);

/* Opens a back end that must open. */
struct qemu_backend *open_or_fail(const struct qemu_backend_config *cfg);

/* Names of this process left in /dev/shm or the temporary directory. */
unsigned names_left(void);

/* True when the calling process has no child, running or zombie. */
bool no_children(void);

#endif
