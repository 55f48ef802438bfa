/* SPDX-License-Identifier: Apache-2.0 */
/* One run and its verdict; see run.h. */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev_blk.h"
#include "model_backend.h"
#include "outcome.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_rules.h"
#include "virtio_model/model_trace.h"

/* More than any legal combination of deadlines adds up to. */
#define TIME_LIMIT_NS         UINT64_C(120000000000)
#define TIME_LIMIT_ENDLESS_NS UINT64_C(100000000000000)
#define STEP_LIMIT            400000u
#define STEP_LIMIT_LONG       40000000u

struct runner {
    struct scn_env env; /* first: the environment's calls get it */
    struct model_board *board;
    struct model_backend backend;
    void *state[SCN_TYPES]; /* of the device types, made when first needed */
    /* The devices on the board, in the order of their windows. */
    struct placed {
        const struct sweep_device *type;
        unsigned i; /* which one of its type */
    } placed[SCN_WINDOWS_MAX];
    uint8_t *scratch;
    struct {
        bool (*fn)(void *arg);
        void *arg;
    } irqs[MODEL_MAX_DEVICES];
    jmp_buf runaway;
    enum model_runaway why;
    bool endless;          /* runner_place: no limits but those of a board */
    char expect_text[200]; /* first SCN_EXPECT that did not hold */
};

/* ---- what scenarios ask of their environment ---- */

static void env_fail(struct scn_env *env, const char *file, int line, const char *text)
{
    struct runner *r = (struct runner *)env;
    const char *base = strrchr(file, '/');

    if (env->failures == 1) {
        snprintf(r->expect_text, sizeof(r->expect_text), "%s:%d: expected %s",
                 base != NULL ? base + 1 : file, line, text);
    }
    model_trace_note(r->board, "scenario: expected %s", text);
}

static void env_irq(struct scn_env *env, unsigned window, bool (*fn)(void *arg), void *arg)
{
    struct runner *r = (struct runner *)env;

    r->irqs[window].fn = fn;
    r->irqs[window].arg = arg;
    model_irq_connect(r->board, window, fn != NULL);
}

static void env_set_capacity(struct scn_env *env, unsigned window, uint64_t sectors)
{
    dev_blk_set_capacity(((struct runner *)env)->state[SCN_BLK], window, sectors);
}

static void env_pause(struct scn_env *env, unsigned window, bool on)
{
    model_device_pause(model_board_device(((struct runner *)env)->board, window), on);
}

static int env_play(struct scn_env *env, enum scn_play play)
{
    static const enum model_fault_id ids[] = {
        [SCN_PLAY_IDX_WRAP] = MODEL_FAULT_IDX_WRAP,
        [SCN_PLAY_ZERO_LEN] = MODEL_FAULT_ZERO_LEN,
        [SCN_PLAY_LOOP] = MODEL_FAULT_LOOP,
        [SCN_PLAY_TEARDOWN_BUSY] = MODEL_FAULT_TEARDOWN_BUSY,
        [SCN_PLAY_CALLBACK] = MODEL_FAULT_CALLBACK,
    };
    struct model_board *board = ((struct runner *)env)->board;

    return model_fault_hit(board, ids[play]) ? (int)model_fault_variant(board) : -1;
}

static const struct scn_env_ops env_ops = {
    .fail = env_fail,
    .irq = env_irq,
    .set_capacity = env_set_capacity,
    .pause = env_pause,
    .play = env_play,
};

static void on_interrupt(void *ctx, unsigned slot)
{
    struct runner *r = ctx;

    if (r->irqs[slot].fn != NULL) {
        (void)r->irqs[slot].fn(r->irqs[slot].arg);
    }
}

static void on_runaway(void *ctx, enum model_runaway why)
{
    struct runner *r = ctx;

    r->why = why;
    longjmp(r->runaway, 1);
}

/* ---- making and setting up ---- */

const struct scenario *run_scenario(const struct run_spec *spec)
{
    return &sweep_devices[spec->device]->scenarios[spec->scenario];
}

int runner_new(struct runner **out)
{
    const struct model_board_config cfg = {0};
    struct runner *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        return -ENOMEM;
    }
    r->scratch = malloc(SCN_SCRATCH);
    if (r->scratch == NULL || model_board_create(&r->board, &cfg) != 0) {
        runner_free(r);
        return -ENOMEM;
    }
    *out = r;
    return 0;
}

void runner_free(struct runner *r)
{
    if (r->board != NULL) {
        model_board_destroy(r->board);
    }
    for (unsigned i = 0; i < sweep_device_count; i++) {
        const struct sweep_device *type = sweep_devices[i];

        if (type->destroy != NULL && r->state[type->type] != NULL) {
            type->destroy(r->state[type->type]);
        }
    }
    free(r->scratch);
    free(r);
}

void runner_trace(struct runner *r, void (*sink)(void *ctx, const char *line), void *ctx)
{
    model_trace_to(r->board, sink, ctx);
}

uint64_t runner_rule_checks(const struct runner *r, size_t i)
{
    return model_rule_checks(r->board, i);
}

static void board_config(struct runner *r, const struct run_spec *spec,
                         struct model_choices *choices, struct model_board_config *cfg)
{
    bool is_long =
        (run_scenario(spec)->flags & SCN_LONG) != 0 || spec->fault.id == MODEL_FAULT_IDX_WRAP;

    *cfg = (struct model_board_config){
        .seed = spec->seed,
        .schedule = spec->order == RUN_ORDERS       ? MODEL_SCHED_ORDER
                    : spec->order == RUN_EXHAUSTIVE ? MODEL_SCHED_EXHAUSTIVE
                    : spec->seed == 0               ? MODEL_SCHED_SYNC
                    : spec->seed == 1               ? MODEL_SCHED_LAZY
                                                    : MODEL_SCHED_RANDOM,
        .choices = choices,
        .step_limit = is_long || r->endless ? STEP_LIMIT_LONG : STEP_LIMIT,
        .time_limit_ns = r->endless ? TIME_LIMIT_ENDLESS_NS : TIME_LIMIT_NS,
        .on_runaway = on_runaway,
        .on_runaway_ctx = r,
    };
}

static const struct sweep_device *device_type(enum scn_type type)
{
    for (unsigned i = 0; i < sweep_device_count; i++) {
        if (sweep_devices[i]->type == type) {
            return sweep_devices[i];
        }
    }
    return NULL;
}

static int place(struct runner *r, const struct run_spec *spec, const struct sweep_device *type,
                 unsigned i)
{
    const struct model_fault_row *row = model_fault_row(spec->fault.id);
    const struct scenario *sc = run_scenario(spec);
    unsigned slot = r->env.num_windows;
    uint64_t features = type->features | ring_variants[spec->ring].features;
    struct model_device_config dev = {.version = spec->modern ? 2 : 1,
                                      .queue_num_max = sc->needs.queue_num_max != 0
                                                           ? sc->needs.queue_num_max
                                                           : type->queue_num_max};

    if (type == sweep_devices[spec->device]) {
        features = (features | sc->needs.features) & ~sc->needs.without;
    }
    dev.features = features | (row != NULL ? row->needs_features : 0);
    r->placed[slot] = (struct placed){type, i};
    r->env.windows[slot] = (struct virtio_window){.base = (uintptr_t)model_window_base(slot),
                                                  .size = MODEL_WINDOW_SIZE,
                                                  .irq = slot,
                                                  .polled = sc->needs.polled};
    if (i == 0) {
        r->env.first[type->type] = slot;
    }
    r->env.count[type->type]++;
    r->env.num_windows++;
    model_irq_connect(r->board, slot, false);
    return type->add(r->state[type->type], &r->env, r->board, &dev, sc, i, slot);
}

/* Puts the devices of one type on the board. */
static int place_all(struct runner *r, const struct run_spec *spec, const struct sweep_device *type)
{
    unsigned devices = run_scenario(spec)->needs.devices;
    int ret = r->state[type->type] == NULL ? type->create(&r->state[type->type]) : 0;

    for (unsigned i = 0; i < (devices != 0 ? devices : 1u) && ret == 0; i++) {
        ret = place(r, spec, type, i);
    }
    return ret;
}

static int set_up(struct runner *r, const struct run_spec *spec, struct model_choices *choices)
{
    const struct sweep_device *device = sweep_devices[spec->device];
    struct model_board_config cfg;
    struct scn_env *env = &r->env;
    int ret;

    board_config(r, spec, choices, &cfg);
    ret = model_board_reset(r->board, &cfg);
    model_backend_use(&r->backend, r->board);
    model_set_irq_handler(r->board, on_interrupt, r);
    memset(r->irqs, 0, sizeof(r->irqs));
    memset(env, 0, sizeof(*env));
    env->ops = &env_ops;
    env->scratch = r->scratch;
    env->seed = (uint32_t)spec->seed;
    env->keep_on_error = (spec->seed & 1u) != 0 && device->add != NULL;
    if (device->add != NULL) {
        return ret != 0 ? ret : place_all(r, spec, device);
    }
    for (unsigned t = 0; t < SCN_TYPES && ret == 0; t++) { /* a board with all of them */
        ret = place_all(r, spec, device_type((enum scn_type)t));
    }
    return ret;
}

/* ---- verdict ---- */

__attribute__((format(printf, 2, 3))) static void fail(struct run_result *result, const char *fmt,
                                                       ...)
{
    va_list args;

    if (result->passed) {
        va_start(args, fmt);
        vsnprintf(result->text, sizeof(result->text), fmt, args);
        va_end(args);
    }
    result->passed = false;
}

unsigned runner_verify(struct runner *r, bool last)
{
    unsigned wrong = 0;

    for (unsigned w = 0; w < r->env.num_windows; w++) {
        const struct placed *p = &r->placed[w];

        if (p->type->verify != NULL) {
            wrong += p->type->verify(r->state[p->type->type], &r->env, p->i, last);
        }
    }
    return wrong;
}

static uint32_t allowed_for(const struct run_spec *spec, const struct run_result *result)
{
    return result->struck ? model_fault_allowed(&spec->fault, sweep_devices[spec->device]->area)
                          : MODEL_OUT_OK;
}

static void judge_outcome(const struct run_spec *spec, struct run_result *result)
{
    const struct scenario *sc = run_scenario(spec);
    uint32_t allowed = allowed_for(spec, result);
    char expected[160];

    if ((allowed & MODEL_OUT_DATA) != 0) {
        allowed |= MODEL_OUT_OK;
    }
    if ((sc->flags & SCN_MAY_MISS) != 0) {
        allowed |= MODEL_OUT_OK;
        allowed |= result->struck ? MODEL_OUT_ECANCELED | MODEL_OUT_EIO | MODEL_OUT_ETIMEDOUT : 0u;
    }
    if ((outcome_bit(result->outcome) & allowed) == 0) {
        outcome_set_text(allowed, expected, sizeof(expected));
        fail(result, "outcome %s, expected %s", outcome_name(result->outcome), expected);
    }
}

static bool corrupts(const struct model_fault_row *row)
{
    return row != NULL && (row->allowed & MODEL_OUT_DATA) != 0;
}

static void judge_data(const struct run_spec *spec, unsigned wrong, struct run_result *result)
{
    const struct scenario *sc = run_scenario(spec);
    bool must_fire = result->struck && corrupts(model_fault_row(spec->fault.id));
    bool may_fire = must_fire || (allowed_for(spec, result) & MODEL_OUT_DATA_MAY) != 0;
    bool may_miss = result->outcome != 0 || (sc->flags & SCN_MAY_MISS) != 0;

    if (must_fire && wrong == 0 && !may_miss) {
        fail(result, "data check: no mismatch found, expected the corruption to be noticed");
    } else if (!may_fire && wrong != 0) {
        fail(result, "data check: %u items reported as good differ, expected none", wrong);
    }
}

static void judge_rules(struct runner *r, struct run_result *result)
{
    const struct model_violation *v;

    result->breaches = model_board_finish(r->board);
    v = model_violation_at(r->board, 0);
    if (result->breaches != 0 && v != NULL) {
        fail(result, "%u rule breaches, expected none; first %s at event %" PRIu64 ": %s",
             result->breaches, v->rule, v->trace_pos, v->text);
    }
}

void runner_calm(struct runner *r)
{
    for (unsigned w = 0; w < r->env.num_windows; w++) {
        const struct placed *p = &r->placed[w];

        model_device_pause(model_board_device(r->board, w), false);
        if (p->type->calm != NULL) {
            p->type->calm(r->state[p->type->type], p->i);
        }
    }
}

/* The fault is gone: what is held is reset and works, and a fresh start works. */
static void judge_recovery(struct runner *r, struct model_choices *choices,
                           const struct run_spec *spec, bool corrupted, struct run_result *result)
{
    unsigned data_errors = r->env.data_errors;
    int ret;

    model_trace_note(r->board, "harness: fault disarmed, recovery");
    model_fault_disarm(r->board);
    if (choices != NULL) {
        model_choices_freeze(choices);
    }
    runner_calm(r);
    r->env.keep_on_error = false;
    ret = sweep_devices[spec->device]->recover(&r->env, run_scenario(spec));
    if (ret != 0) {
        fail(result, "recovery without the fault: %s, expected OK", outcome_name(ret));
    }
    if (r->env.data_errors != data_errors && !corrupted) {
        fail(result, "recovery without the fault: wrong data");
    }
}

static void run_and_judge(struct runner *r, const struct run_spec *spec,
                          struct model_choices *choices, struct run_result *result)
{
    const struct scenario *sc = run_scenario(spec);
    const struct model_fault_row *row = model_fault_row(spec->fault.id);
    unsigned wrong;

    if (row != NULL) {
        model_fault_arm(r->board, &spec->fault);
    }
    result->outcome = sc->run(&r->env);
    model_trace_note(r->board, "scenario: %s", outcome_name(result->outcome));
    result->struck = row != NULL && model_fault_strikes(r->board) != 0;
    judge_outcome(spec, result);
    wrong = r->env.data_errors;
    if (corrupts(row)) {
        wrong += runner_verify(r, false); /* before recovery writes over it */
    }
    judge_recovery(r, choices, spec, corrupts(row), result);
    wrong += runner_verify(r, true);
    judge_data(spec, wrong, result);
    if (r->env.failures != 0) {
        fail(result, "%s", r->expect_text);
    }
    judge_rules(r, result);
}

void runner_run(struct runner *r, const struct run_spec *spec, struct model_choices *choices,
                struct run_result *result)
{
    result->passed = true;
    result->struck = false;
    result->outcome = 0;
    result->breaches = 0;
    result->text[0] = '\0';
    if (set_up(r, spec, choices) != 0) {
        fail(result, "the model could not be set up");
        return;
    }
    if (setjmp(r->runaway) == 0) {
        run_and_judge(r, spec, choices, result);
    } else {
        fail(result, "hang: %s used up, expected the driver to come to an end",
             r->why == MODEL_RUNAWAY_TIME ? "120 s of virtual time" : "the limit of steps");
        result->struck = spec->fault.id != MODEL_FAULT_NONE && model_fault_strikes(r->board) != 0;
        (void)runner_verify(r, true);
    }
    result->virtual_ns = model_now_ns(r->board);
}

/* ---- for programs that play by themselves ---- */

int runner_place(struct runner *r, const struct run_spec *spec)
{
    r->endless = true;
    return set_up(r, spec, NULL);
}

struct scn_env *runner_env(struct runner *r)
{
    return &r->env;
}

struct model_board *runner_board(struct runner *r)
{
    return r->board;
}

const char *runner_expect_text(const struct runner *r)
{
    return r->env.failures != 0 ? r->expect_text : NULL;
}

bool runner_protect(struct runner *r, void (*play)(void *ctx), void *ctx)
{
    if (setjmp(r->runaway) != 0) {
        return false;
    }
    play(ctx);
    return true;
}
