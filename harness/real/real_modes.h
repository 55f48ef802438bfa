/* SPDX-License-Identifier: Apache-2.0 */
/* What virtio-real can do besides running scenarios. All return the exit code of the program, after
 * a message that names the file or the device and what is wrong with it. */
#ifndef HARNESS_REAL_MODES_H
#define HARNESS_REAL_MODES_H

#include <stdio.h>

#include "real_plan.h"

enum real_exit {
    REAL_EXIT_PASS = 0,
    REAL_EXIT_FAILURES = 1, /* the driver, or the device, failed */
    REAL_EXIT_USAGE = 2,    /* wrong usage, or a file that cannot be used */
    REAL_EXIT_NO_QEMU = 3,  /* QEMU is missing or did not start */
};

/* Reads all of an image through the driver into a new file `out`, which appears, or replaces an
 * older one, only when it is complete. */
int real_copy(const char *image, const char *out, bool modern, FILE *trace);

/* Writes all of `file` through the driver into an image, from `sector` on, and flushes. Sizes and
 * access are checked before the first byte is written. */
int real_write(const char *file, const char *image, uint64_t sector, bool modern, FILE *trace);

/* Prints requests a second for 4 KiB reads, one at a time and 32 in flight, `seconds` each. */
int real_bench(const struct real_filter *filter, unsigned seconds);

/* Runs a scenario on the model with QEMU's profile and on QEMU and prints where the driver's
 * register accesses differ, features and addresses aside. */
int real_compare(const struct real_filter *filter, FILE *trace);

/* Prints a message behind the name of the program. */
void real_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
