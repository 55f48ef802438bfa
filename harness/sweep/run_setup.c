/* SPDX-License-Identifier: Apache-2.0 */
/* The board of a run: devices, windows, and what scenarios ask of their environment. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board_all.h"
#include "dev_blk.h"
#include "runner.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_rules.h"
#include "virtio_model/model_trace.h"

/* More than any legal combination of deadlines adds up to. */
#define TIME_LIMIT_NS         UINT64_C(120000000000)
#define TIME_LIMIT_ENDLESS_NS UINT64_C(100000000000000)
#define STEP_LIMIT            400000u
#define STEP_LIMIT_LONG       40000000u

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

/* Puts device i of a type into a window, which is also its slot on the model board. */
static int place(struct runner *r, const struct run_spec *spec, const struct sweep_device *type,
                 unsigned i, const struct virtio_window *window)
{
    const struct model_fault_row *row = model_fault_row(spec->fault.id);
    const struct scenario *sc = run_scenario(spec);
    unsigned slot = (unsigned)((window->base - MODEL_WINDOW_BASE) / MODEL_WINDOW_SIZE);
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
    r->env.windows[slot] = *window;
    r->env.windows[slot].polled = sc->needs.polled;
    if (i == 0) {
        r->env.first[type->type] = slot;
    }
    r->env.count[type->type]++;
    r->env.num_windows++;
    model_irq_connect(r->board, slot, false);
    return type->add(r->state[type->type], &r->env, r->board, &dev, sc, i, slot);
}

static int make_state(struct runner *r, const struct sweep_device *type)
{
    return r->state[type->type] == NULL ? type->create(&r->state[type->type]) : 0;
}

/* A board with devices of one type, in the first windows. */
static int place_some(struct runner *r, const struct run_spec *spec)
{
    const struct sweep_device *type = sweep_devices[spec->device];
    unsigned devices = run_scenario(spec)->needs.devices;
    int ret = make_state(r, type);

    for (unsigned i = 0; i < (devices != 0 ? devices : 1u) && ret == 0; i++) {
        const struct virtio_window window = {
            .base = (uintptr_t)model_window_base(i), .size = MODEL_WINDOW_SIZE, .irq = i};

        ret = place(r, spec, type, i, &window);
    }
    return ret;
}

/* The board with all types, as its device tree describes it. */
static int place_all(struct runner *r, const struct run_spec *spec)
{
    static const enum scn_type types[BOARD_DT_TYPES] = {
        [BOARD_DT_BLK] = SCN_BLK, [BOARD_DT_NET] = SCN_NET,     [BOARD_DT_CONSOLE] = SCN_CONSOLE,
        [BOARD_DT_GPU] = SCN_GPU, [BOARD_DT_INPUT] = SCN_INPUT,
    };
    const struct board_dt *board;
    int ret = board_all(&board);

    for (unsigned w = 0; ret == 0 && w < board->num_windows; w++) {
        const struct board_dt_window *dt = &board->windows[w];
        const struct sweep_device *type = device_type(types[dt->type]);
        const struct virtio_window window = {
            .base = (uintptr_t)dt->base, .size = (size_t)dt->size, .irq = dt->irq};

        /* The windows of a model board, one type after the other. */
        if (dt->base != model_window_base(w) || dt->size != MODEL_WINDOW_SIZE ||
            w >= SCN_WINDOWS_MAX || w != r->env.num_windows ||
            (w > 0 && dt->type < board->windows[w - 1u].type)) {
            return -EINVAL;
        }
        ret = make_state(r, type);
        ret = ret != 0 ? ret : place(r, spec, type, r->env.count[type->type], &window);
    }
    return ret;
}

int runner_set_up(struct runner *r, const struct run_spec *spec, struct model_choices *choices)
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
    if (ret == 0) {
        ret = device->add != NULL ? place_some(r, spec) : place_all(r, spec);
    }
    return ret;
}
