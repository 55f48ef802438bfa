/* SPDX-License-Identifier: Apache-2.0 */
/* One worker process of the pool. */
#ifndef SWEEP_WORKER_H
#define SWEEP_WORKER_H

#include <stdatomic.h>
#include <stdio.h>

#include "pool.h"

/* Shared between the parent and one worker; the worker writes, the parent looks. */
struct worker_shared {
    atomic_ullong runs;        /* also the heartbeat of the watchdog */
    atomic_size_t unit;        /* in hand, SIZE_MAX: none */
    char current[RUN_ID_MAX];  /* id of the run in progress */
    struct pool_result result; /* this worker's sums */
};

struct pool_shared {
    atomic_size_t next_unit;
    struct worker_shared workers[POOL_JOBS_MAX];
};

/* Runs units until there are none; failures go to fd as lines "id\ttext\n". Does not return. */
_Noreturn void worker_main(const struct plan *plan, const struct pool_options *options,
                           struct pool_shared *shared, unsigned self, int fd);

#endif
