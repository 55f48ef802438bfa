/* SPDX-License-Identifier: Apache-2.0 */
/* See soak.h. */
#include "soak.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "outcome.h"
#include "traffic.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_rules.h"
#include "virtio_model/model_trace.h"

/* Operations between one fault and the next, on average, and that a fault stays. */
#define CALM_OPERATIONS  96u
#define FAULT_OPERATIONS 48u
#define FIRST_K_MAX      12u
/* One operation in so many is a reset, or a removal and a new bring-up; more often while a fault is
 * armed, as many strike there. */
#define RESET_EVERY  251u
#define REPLUG_EVERY 499u
#define ARMED_EVERY  23u
#define TRIES        4u

struct life {
    struct runner *runner;
    struct scn_env *env;
    struct model_board *board;
    struct soak_counts *counts;
    uint32_t random;
    uint32_t operations;
    bool armed;
    uint32_t left;        /* operations until the fault comes or goes */
    unsigned data_errors; /* those that a fault is to answer for */
    struct model_fault_plan fault;
    char *text;
    size_t text_size;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void fail(struct life *l, const char *fmt, ...)
{
    va_list args;

    if (!l->failed) {
        va_start(args, fmt);
        (void)vsnprintf(l->text, l->text_size, fmt, args);
        va_end(args);
    }
    l->failed = true;
}

/* ---- faults ---- */

static bool usable(const struct life *l, const struct model_fault_row *row)
{
    unsigned transport = l->env->seed % 2u != 0 ? MODEL_T_MODERN : MODEL_T_LEGACY;

    /* Corruption proves the data check, elsewhere; rows for features that are not offered never
     * strike. */
    return row != NULL && (row->allowed & MODEL_OUT_DATA) == 0 &&
           (row->transports & transport) != 0;
}

static void arm(struct life *l)
{
    const struct model_fault_row *row = NULL;

    while (!usable(l, row)) {
        l->fault.id = (enum model_fault_id)(1u + scn_random(&l->random) % model_fault_count());
        row = model_fault_row(l->fault.id);
        /* Played by callers, 65,536 times over, or from a callback that sets what the traffic sets
         * and compares at the time: not in a mix. */
        if (l->fault.id == MODEL_FAULT_IDX_WRAP || l->fault.id == MODEL_FAULT_EVT_65536 ||
            l->fault.id == MODEL_FAULT_CALLBACK) {
            row = NULL;
        }
    }
    l->fault.variant = scn_random(&l->random) % row->variants;
    l->fault.k = 1u + scn_random(&l->random) % FIRST_K_MAX;
    l->fault.persistent =
        (row->modes & MODEL_MODE_PERSISTENT) != 0 &&
        ((row->modes & MODEL_MODE_TRANSIENT) == 0 || (scn_random(&l->random) & 1u) != 0);
    model_fault_arm(l->board, &l->fault);
    l->armed = true;
    l->left = 1u + scn_random(&l->random) % (2u * FAULT_OPERATIONS);
    l->counts->faults_armed++;
}

/* Some area's outcomes say that the data may differ. */
static bool may_differ(const struct model_fault_plan *fault)
{
    for (unsigned area = MODEL_AREA_BLK; area <= MODEL_AREA_INP; area++) {
        if ((model_fault_allowed(fault, (enum model_fault_area)area) & MODEL_OUT_DATA_MAY) != 0) {
            return true;
        }
    }
    return false;
}

static void check_data(struct life *l)
{
    if (l->env->data_errors != l->data_errors && !(l->armed && may_differ(&l->fault))) {
        fail(l, "data check: %u items reported as good differ, expected none",
             l->env->data_errors - l->data_errors);
    }
    l->data_errors = l->env->data_errors;
}

/* Without a fault every device comes back. */
static void reset_all(struct life *l)
{
    for (unsigned n = 0; n < l->env->num_windows; n++) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(l->env, n, &i);
        int ret = -1;

        for (unsigned tries = 0; tries < TRIES && ret != 0; tries++) {
            ret = t->reset(l->env, i);
            ret = ret == -ENODEV ? t->open(l->env, i) : ret; /* a bring-up had failed */
        }
        l->counts->resets++;
        if (ret != 0) {
            fail(l, "%s %u after the fault: %s, expected OK", t->name, i, outcome_name(ret));
        }
    }
}

static void disarm(struct life *l)
{
    bool struck = model_fault_strikes(l->board) != 0;

    check_data(l);
    model_fault_cease(l->board);
    runner_calm(l->runner);
    l->left = 1u + scn_random(&l->random) % (2u * CALM_OPERATIONS);
    if (struck) {
        l->counts->faults_struck++;
        reset_all(l); /* any of them may have been hit and not have noticed yet */
        check_data(l);
    }
    model_fault_disarm(l->board);
    l->armed = false;
}

/* ---- operations ---- */

static int operate(struct life *l, const struct scn_traffic *t, unsigned i)
{
    uint32_t random = scn_random(&l->random);
    int ret;

    if (random % (l->armed ? ARMED_EVERY : RESET_EVERY) == 0) {
        l->counts->resets++;
        return t->reset(l->env, i);
    }
    if (random % (l->armed ? ARMED_EVERY + 2u : REPLUG_EVERY) == 0) {
        l->counts->replugs++;
        ret = t->close(l->env, i, 0);
        return ret != 0 ? ret : t->open(l->env, i);
    }
    return t->step(l->env, i, scn_random(&l->random));
}

static void one(struct life *l)
{
    unsigned i;
    const struct scn_traffic *t =
        scn_traffic_at(l->env, scn_random(&l->random) % l->env->num_windows, &i);
    int ret = operate(l, t, i);
    bool struck = l->armed && model_fault_strikes(l->board) != 0;

    l->counts->operations++;
    if (ret != 0 && !struck) {
        fail(l, "%s %u: %s without a fault, expected OK", t->name, i, outcome_name(ret));
    }
    l->counts->errors += ret != 0 ? 1u : 0u;
    check_data(l);
    if (l->env->failures != 0) {
        fail(l, "%s", runner_expect_text(l->runner));
    }
    if (ret != 0 && struck) {
        disarm(l);
    } else if (l->left == 0) {
        if (l->armed) {
            disarm(l);
        } else {
            arm(l);
        }
    } else {
        l->left--;
    }
}

/* ---- a life ---- */

static void bring_up(struct life *l)
{
    for (unsigned n = 0; n < l->env->num_windows; n++) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(l->env, n, &i);
        int ret = t->open(l->env, i);

        if (ret != 0) {
            fail(l, "%s %u: bring-up %s, expected OK", t->name, i, outcome_name(ret));
        }
    }
}

static void take_down(struct life *l)
{
    for (unsigned n = 0; n < l->env->num_windows; n++) {
        unsigned i;
        const struct scn_traffic *t = scn_traffic_at(l->env, n, &i);
        int ret = t->drain(l->env, i);

        ret = t->close(l->env, i, ret);
        if (ret != 0) {
            fail(l, "%s %u: taken down with %s, expected OK", t->name, i, outcome_name(ret));
        }
    }
}

static void play(void *ctx)
{
    struct life *l = ctx;

    bring_up(l);
    for (uint32_t n = 0; n < l->operations && !l->failed; n++) {
        one(l);
    }
    if (l->armed) {
        disarm(l);
    }
    take_down(l);
    check_data(l);
}

static void judge(struct life *l)
{
    unsigned wrong = runner_verify(l->runner, true);
    unsigned breaches = model_board_finish(l->board);
    const struct model_violation *v = model_violation_at(l->board, 0);

    if (wrong != 0) {
        fail(l, "%u items on the devices are not what was written, expected none", wrong);
    }
    if (breaches != 0 && v != NULL) {
        fail(l, "%u rule breaches, expected none; first %s at event %" PRIu64 ": %s", breaches,
             v->rule, v->trace_pos, v->text);
    }
}

static unsigned all_devices(void)
{
    unsigned d = 0;

    while (d < sweep_device_count && sweep_devices[d]->add != NULL) {
        d++;
    }
    return d;
}

bool soak_life(struct runner *r, uint64_t seed, uint32_t operations, struct soak_counts *counts,
               char *text, size_t text_size)
{
    const struct run_spec spec = {
        .device = all_devices(),
        .modern = seed % 2u != 0,
        .ring = (unsigned)(seed / 2u % ring_variant_count) % (seed % 2u != 0 ? 5u : 4u),
        .seed = seed + 2u, /* 0 and 1 are no random schedules */
    };
    struct life l = {.runner = r,
                     .counts = counts,
                     .random = (uint32_t)(seed * 2654435761u) | 1u,
                     .operations = operations,
                     .left = CALM_OPERATIONS,
                     .text = text,
                     .text_size = text_size};

    counts->lives++;
    if (runner_place(r, &spec) != 0) {
        fail(&l, "the model could not be set up");
        return false;
    }
    l.env = runner_env(r);
    l.env->seed = (uint32_t)seed;
    l.board = runner_board(r);
    if (!runner_protect(r, play, &l)) {
        fail(&l, "hang: the limit of steps or of virtual time, expected every call to end");
    }
    judge(&l);
    return !l.failed;
}
