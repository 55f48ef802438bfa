/* SPDX-License-Identifier: Apache-2.0 */
/* One run and its verdict; see run.h. */
#include "runner.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "outcome.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_rules.h"
#include "virtio_model/model_trace.h"

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
    if (runner_set_up(r, spec, choices) != 0) {
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
    return runner_set_up(r, spec, NULL);
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
