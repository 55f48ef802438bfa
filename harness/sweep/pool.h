/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a plan in several worker processes, so that a crash or a real-time hang of the driver is a
 * verdict and not the end of the sweep. Workers take unit after unit from a shared counter; what
 * they find is kept in shared memory and told through a pipe.
 */
#ifndef SWEEP_POOL_H
#define SWEEP_POOL_H

#include "plan.h"

#define POOL_JOBS_MAX    64u
#define POOL_FAULTS_MAX  256u
#define POOL_RULES_MAX   1024u
#define POOL_DEVICES_MAX 8u

/* One cell of the matrix: a fault on a device type and a transport. */
struct pool_cell {
    uint64_t runs;   /* scenarios run */
    uint64_t struck; /* in which the fault struck */
    uint64_t failed;
    uint32_t max_k; /* deepest opportunity struck */
};

struct pool_result {
    struct pool_cell cells[POOL_FAULTS_MAX][POOL_DEVICES_MAX][2]; /* [fault][device][modern] */
    uint64_t runs, failed, crashed, hung;
    uint64_t rule_checks[POOL_RULES_MAX];
    bool truncated; /* an enumeration of orders ran into its depth limit */
    double seconds;
};

struct pool_options {
    unsigned jobs;
    uint64_t seed;
    unsigned watchdog_s;   /* real time for one run */
    bool progress;         /* a line that is rewritten; else plain lines now and then */
    const char *runs_file; /* one JSON record a run, NULL: none */
    /* A run that failed. Called in the parent, in no particular order. */
    void (*failed)(void *ctx, const char *id, const char *text);
    void *ctx;
};

static inline struct pool_cell *pool_cell_of(struct pool_result *result,
                                             const struct run_spec *spec)
{
    return &result->cells[spec->fault.id][spec->device][spec->modern ? 1 : 0];
}

/* Returns 0, or a negative errno value when the pool itself could not work. */
int pool_run(const struct plan *plan, const struct pool_options *options,
             struct pool_result *result);

#endif
