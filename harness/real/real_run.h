/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scenario on one QEMU machine, and its verdict: the scenario's own outcome, the device used
 * again afterwards, nothing leaked, the device left reset, and the image, looked at without the
 * driver, holds what the scenario says.
 */
#ifndef HARNESS_REAL_RUN_H
#define HARNESS_REAL_RUN_H

#include <stdio.h>

#include "real_plan.h"

struct real_result {
    bool passed;
    bool no_qemu; /* QEMU is missing or did not start */
    int outcome;  /* of the scenario: 0 or a negative errno */
    uint64_t reads, writes, interrupts, us;
    char text[1024];    /* why it failed */
    char command[2048]; /* QEMU's command line; "" when it was not started */
};

/* Runs in this process, with images in the directory `dir`, which is empty. trace: the driver's
 * log and every register access; NULL for none. */
void real_run(const struct real_spec *spec, const char *dir, FILE *trace,
              struct real_result *result);

/* The same in a child process and a directory of its own, so that a crash or a hang is a verdict.
 * keep: the directory stays and its name is printed. Returns 0, or -EINTR when a signal asked the
 * program to stop. */
struct real_child_options {
    bool verbose, keep;
    unsigned watchdog_s;
};
int real_run_apart(const struct real_spec *spec, const struct real_child_options *options,
                   struct real_result *result);

#endif
