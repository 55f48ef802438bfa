/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs in processes of their own, several at a time: a crash of this program is then a verdict,
 * too, and whoever is killed leaves no QEMU and no files behind. Linux.
 */
#ifndef HARNESS_BOARD_JOBS_H
#define HARNESS_BOARD_JOBS_H

#include "board_run.h"

struct board_jobs {
    const struct board_options *options;
    unsigned at_once; /* 1 or more */
    bool keep;        /* directories with images stay and are named */
    unsigned limit_s; /* for a process */
    /* In the child: one run with files in `dir`; what it writes to stdout is shown. */
    void (*run)(const struct board_options *o, const struct real_spec *spec, const char *dir,
                struct board_result *result);
    /* In this process, for each run that has ended. */
    void (*ended)(void *ctx, const struct real_spec *spec, const struct board_result *result);
    void *ctx;
};

/* All runs that the filter selects. 0, or -EINTR when a signal asked the program to stop, after
 * killing what ran; what processes and files said. */
int board_jobs_run(const struct board_jobs *jobs, const struct real_filter *filter);
/* This run. */
int board_jobs_run_one(const struct board_jobs *jobs, const struct real_spec *spec);

#endif
