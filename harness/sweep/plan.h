/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep runs. A unit is everything about one run but k and the seed: transport, ring,
 * scenario, fault with variant and mode; it is run for every seed, and for k = 1, 2, ... until the
 * scenario completes without reaching the fault (SQLite's anomaly tests do it so): the end of the
 * loop is the proof that every opportunity was struck.
 */
#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H

#include "run.h"

/* Comma-separated lists of names; NULL: all. A fault may end in '*'. */
struct plan_filter {
    const char *device, *transport, *ring, *scenario, *fault;
    uint64_t seed;  /* first schedule */
    unsigned seeds; /* schedules per unit */
    uint32_t max_k; /* 0: to the end */
    bool thorough;  /* every fault on every ring with every schedule, see plan_make */
};

struct plan_unit {
    struct run_spec spec; /* fault.k and seed are set by the runner */
    unsigned first;       /* schedules are seed + first, seed + first + 1, ... */
    unsigned seeds;       /* of them to run, 0: every order */
    uint32_t max_k;       /* opportunities to strike, 0: all */
};

struct plan {
    struct plan_unit *units;
    size_t count;
};

/*
 * The rings and interrupts of all devices are driven by the same code, which the block device
 * exercises with every common fault on every ring with every schedule. The common faults on the
 * other devices are spread over rings and schedules instead: one schedule each on three rings; all
 * of it with `thorough`, or when faults are named. Every opportunity k is struck either way.
 *
 * Returns 0; -ENOMEM; -EINVAL with a message in `why` naming the filter and what it takes. */
int plan_make(const struct plan_filter *filter, struct plan *plan, char *why, size_t why_size);
void plan_free(struct plan *plan);
/* Everything that can be named in a filter or a replay id, on standard output. */
void plan_list(void);

#endif
