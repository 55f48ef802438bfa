/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic: small operations of a device that can be mixed with those of other devices, one after
 * the other, on a board with several. Each type keeps account of what it has under way, so that
 * data which arrives is compared whatever happened in between.
 */
#ifndef SCN_TRAFFIC_H
#define SCN_TRAFFIC_H

#include "scenario.h"

struct scn_traffic {
    const char *name;
    enum scn_type type;
    /* Brings device i of the type up and forgets what was. 0 or the driver's error. */
    int (*open)(struct scn_env *env, unsigned i);
    /* One operation, chosen by `random`: starts something, or takes what has come. Waits for
     * nothing longer than one request. 0 or the driver's error. */
    int (*step)(struct scn_env *env, unsigned i, uint32_t random);
    /* Waits until nothing is under way; everything that had to arrive has. */
    int (*drain)(struct scn_env *env, unsigned i);
    /* Resets the device; what was under way has failed, once. */
    int (*reset)(struct scn_env *env, unsigned i);
    /* Removes the device; what was under way has failed, once. Returns ret, or the error of the
     * removal when ret is 0. */
    int (*close)(struct scn_env *env, unsigned i, int ret);
};

extern const struct scn_traffic scn_blk_traffic, scn_net_traffic, scn_console_traffic,
    scn_gpu_traffic, scn_input_traffic;
extern const struct scn_traffic *const scn_traffics[SCN_TYPES];
/* The n-th device of a board, in the order of types, and which one of its type it is. */
const struct scn_traffic *scn_traffic_at(const struct scn_env *env, unsigned n, unsigned *i);

/* A generator of its own: scenarios must not depend on a library's. */
static inline uint32_t scn_random(uint32_t *state)
{
    uint32_t x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

#endif
