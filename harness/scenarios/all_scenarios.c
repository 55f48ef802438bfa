/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of a board with every type of device, two of each: nobody disturbs anybody else. */
#include "traffic.h"

#define STEPS 160u

const struct scn_traffic *const scn_traffics[SCN_TYPES] = {
    [SCN_BLK] = &scn_blk_traffic,         [SCN_NET] = &scn_net_traffic,
    [SCN_CONSOLE] = &scn_console_traffic, [SCN_GPU] = &scn_gpu_traffic,
    [SCN_INPUT] = &scn_input_traffic,
};

const struct scn_traffic *scn_traffic_at(const struct scn_env *env, unsigned n, unsigned *i)
{
    unsigned t = 0;

    while (t + 1u < SCN_TYPES && n >= env->count[t]) {
        n -= env->count[t++];
    }
    *i = n;
    return scn_traffics[t];
}

static int open_all(struct scn_env *env, unsigned *opened)
{
    int ret = 0;

    for (*opened = 0; *opened < env->num_windows && ret == 0;) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(env, *opened, &i);

        ret = t->open(env, i);
        *opened += ret == 0 ? 1u : 0u;
    }
    return ret;
}

static int close_all(struct scn_env *env, unsigned opened, int ret)
{
    while (opened > 0) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(env, --opened, &i);
        int closed = t->close(env, i, 0);

        ret = ret != 0 ? ret : closed;
    }
    return ret;
}

static int drain_all(struct scn_env *env, unsigned opened)
{
    int ret = 0;

    for (unsigned n = 0; n < opened && ret == 0; n++) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(env, n, &i);

        ret = t->drain(env, i);
    }
    return ret;
}

static int step_some(struct scn_env *env, uint32_t *random, unsigned steps)
{
    int ret = 0;

    for (unsigned s = 0; s < steps && ret == 0; s++) {
        unsigned i;
        const struct scn_traffic *t =
            scn_traffic_at(env, scn_random(random) % env->num_windows, &i);

        ret = t->step(env, i, scn_random(random));
    }
    return ret;
}

static int all_up(struct scn_env *env)
{
    unsigned opened;
    int ret = open_all(env, &opened);

    return close_all(env, opened, ret);
}

static int all_traffic(struct scn_env *env)
{
    uint32_t random = env->seed * 2654435761u + 1u;
    unsigned opened;
    int ret = open_all(env, &opened);

    ret = ret != 0 ? ret : step_some(env, &random, STEPS);
    ret = ret != 0 ? ret : drain_all(env, opened);
    return close_all(env, opened, ret);
}

/* One device after the other is reset while the others have requests under way. */
static int all_reset(struct scn_env *env)
{
    uint32_t random = env->seed * 2654435761u + 2u;
    unsigned opened;
    int ret = open_all(env, &opened);

    for (unsigned n = 0; n < env->num_windows && ret == 0; n++) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(env, n, &i);

        ret = step_some(env, &random, 20);
        ret = ret != 0 ? ret : t->reset(env, i);
    }
    ret = ret != 0 ? ret : step_some(env, &random, 40);
    ret = ret != 0 ? ret : drain_all(env, opened);
    return close_all(env, opened, ret);
}

/* ... or removed and brought up again. */
static int all_replug(struct scn_env *env)
{
    uint32_t random = env->seed * 2654435761u + 3u;
    unsigned opened;
    int ret = open_all(env, &opened);

    for (unsigned n = 0; n < env->num_windows && ret == 0; n++) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(env, n, &i);

        ret = step_some(env, &random, 15);
        ret = ret != 0 ? ret : t->close(env, i, 0);
        ret = ret != 0 ? ret : t->open(env, i);
    }
    ret = ret != 0 ? ret : drain_all(env, opened);
    return close_all(env, opened, ret);
}

const struct scenario scn_all_scenarios[] = {
    {"all",
     "all-up",
     "all devices brought up, and removed in reverse order",
     SCN_NO_FAULTS,
     {.devices = 2},
     all_up},
    {"all",
     "all-traffic",
     "interleaved traffic of all devices",
     SCN_NO_FAULTS,
     {.devices = 2},
     all_traffic},
    {"all",
     "all-reset",
     "each device reset while the others work",
     SCN_NO_FAULTS,
     {.devices = 2},
     all_reset},
    {"all",
     "all-replug",
     "each device removed and brought back while the others work",
     SCN_NO_FAULTS,
     {.devices = 2},
     all_replug},
};
const unsigned scn_all_count = sizeof(scn_all_scenarios) / sizeof(scn_all_scenarios[0]);

int scn_all_recover(struct scn_env *env, const struct scenario *sc)
{
    (void)sc;
    return all_up(env);
}
