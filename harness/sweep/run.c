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

#include "model_backend.h"
#include "outcome.h"
#include "virtio_model/model_blk.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_rules.h"
#include "virtio_model/model_trace.h"

#define DISK_SECTORS 256u
#define DISK_BYTES   (DISK_SECTORS * VIRTIO_BLK_SECTOR_SIZE)

/* More than any legal combination of deadlines adds up to. */
#define TIME_LIMIT_NS   UINT64_C(120000000000)
#define STEP_LIMIT      400000u
#define STEP_LIMIT_LONG 40000000u

struct runner {
    struct scn_env env; /* first: the environment's calls get it */
    struct model_board *board;
    struct model_backend backend;
    struct model_blk *models[SCN_DEVICES_MAX];
    uint8_t *ram[SCN_DEVICES_MAX];      /* image of each disk, as the device sees it */
    uint8_t *pristine[SCN_DEVICES_MAX]; /* generation 0 of all sectors */
    struct virtio_blk blks[SCN_DEVICES_MAX];
    uint8_t *scratch;
    struct {
        bool (*fn)(void *arg);
        void *arg;
    } irqs[MODEL_MAX_DEVICES];
    jmp_buf runaway;
    enum model_runaway why;
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
    model_blk_set_capacity(((struct runner *)env)->models[window], sectors);
}

static void env_pause(struct scn_env *env, unsigned window, bool on)
{
    model_device_pause(model_blk_device(((struct runner *)env)->models[window]), on);
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

int runner_new(struct runner **out)
{
    const struct model_board_config cfg = {0};
    struct runner *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        return -ENOMEM;
    }
    r->scratch = malloc(SCN_SCRATCH);
    for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
        r->ram[i] = malloc(DISK_BYTES);
        r->pristine[i] = malloc(DISK_BYTES);
        if (r->ram[i] == NULL || r->pristine[i] == NULL) {
            runner_free(r);
            return -ENOMEM;
        }
        for (uint32_t s = 0; s < DISK_SECTORS; s++) {
            scn_pattern(i, s, 0, r->pristine[i] + (size_t)s * VIRTIO_BLK_SECTOR_SIZE);
        }
        memcpy(r->ram[i], r->pristine[i], DISK_BYTES);
    }
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
    for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
        free(r->ram[i]);
        free(r->pristine[i]);
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
    bool is_long = (scn_blk_scenarios[spec->scenario].flags & SCN_LONG) != 0 ||
                   spec->fault.id == MODEL_FAULT_IDX_WRAP;

    *cfg = (struct model_board_config){
        .seed = spec->seed,
        .schedule = spec->order == RUN_ORDERS       ? MODEL_SCHED_ORDER
                    : spec->order == RUN_EXHAUSTIVE ? MODEL_SCHED_EXHAUSTIVE
                    : spec->seed == 0               ? MODEL_SCHED_SYNC
                    : spec->seed == 1               ? MODEL_SCHED_LAZY
                                                    : MODEL_SCHED_RANDOM,
        .choices = choices,
        .step_limit = is_long ? STEP_LIMIT_LONG : STEP_LIMIT,
        .time_limit_ns = TIME_LIMIT_NS,
        .on_runaway = on_runaway,
        .on_runaway_ctx = r,
    };
}

#define DEFAULT_FEATURES                                                                           \
    (VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_GEOMETRY | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH |   \
     VIRTIO_BLK_F_TOPOLOGY | VIRTIO_BLK_F_CONFIG_WCE | VIRTIO_BLK_F_DISCARD |                      \
     VIRTIO_BLK_F_WRITE_ZEROES | VIRTIO_BLK_F_LIFETIME | VIRTIO_BLK_F_SECURE_ERASE |               \
     VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM)

static uint32_t or_default(uint32_t value, uint32_t fallback)
{
    return value != 0 ? value : fallback;
}

static int add_disk(struct runner *r, const struct run_spec *spec, unsigned i)
{
    const struct model_fault_row *row = model_fault_row(spec->fault.id);
    const struct scn_needs *needs = &scn_blk_scenarios[spec->scenario].needs;
    uint64_t features =
        (DEFAULT_FEATURES | needs->features | ring_variants[spec->ring].features) & ~needs->without;
    struct model_blk_config cfg = {
        .dev.version = spec->modern ? 2 : 1,
        .dev.features = features | (row != NULL ? row->needs_features : 0),
        .dev.queue_num_max = needs->queue_num_max,
        .ram = r->ram[i],
        .capacity_sectors = DISK_SECTORS,
        .size_max = or_default(needs->size_max, 4096),
        .seg_max = or_default(needs->seg_max, 16),
        .blk_size = or_default(needs->blk_size, 512),
        .physical_block_exp = 1,
        .min_io_size = 1,
        .opt_io_size = 8,
        .writeback = 1,
        .num_queues = needs->num_queues,
        .max_discard_sectors = or_default(needs->max_erase_sectors, 128),
        .max_discard_seg = or_default(needs->max_erase_seg, 4),
        .discard_sector_alignment = 1,
        .max_write_zeroes_sectors = or_default(needs->max_erase_sectors, 128),
        .max_write_zeroes_seg = or_default(needs->max_erase_seg, 4),
        .max_secure_erase_sectors = or_default(needs->max_erase_sectors, 128),
        .max_secure_erase_seg = or_default(needs->max_erase_seg, 4),
        .secure_erase_sector_alignment = 1,
        .cylinders = 1,
        .heads = 4,
        .sectors = 64,
        .id = "rt-virtio model disk",
        .pre_eol_info = 1,
        .lifetime_a = 2,
        .lifetime_b = 3,
    };

    return model_blk_add(r->board, i, &cfg, &r->models[i]);
}

static int set_up(struct runner *r, const struct run_spec *spec, struct model_choices *choices)
{
    const struct scenario *sc = &scn_blk_scenarios[spec->scenario];
    struct model_board_config cfg;
    struct scn_env *env = &r->env;
    int ret;

    board_config(r, spec, choices, &cfg);
    ret = model_board_reset(r->board, &cfg);
    model_backend_use(&r->backend, r->board);
    model_set_irq_handler(r->board, on_interrupt, r);
    memset(r->irqs, 0, sizeof(r->irqs));
    memset(r->blks, 0, sizeof(r->blks));
    env->ops = &env_ops;
    env->num_windows = or_default(sc->needs.devices, 1);
    env->scratch = r->scratch;
    env->blks = r->blks;
    env->features_off = 0;
    env->keep_on_error = (spec->seed & 1u) != 0;
    env->data_errors = 0;
    env->failures = 0;
    for (unsigned i = 0; i < env->num_windows && ret == 0; i++) {
        env->windows[i] = (struct virtio_window){.base = (uintptr_t)model_window_base(i),
                                                 .size = MODEL_WINDOW_SIZE,
                                                 .irq = i,
                                                 .polled = sc->needs.polled};
        scn_disk_init(&env->disks[i], i, DISK_SECTORS);
        model_irq_connect(r->board, i, false);
        ret = add_disk(r, spec, i);
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

/* Sectors of the image that are none of what they may be. */
static unsigned check_image(struct runner *r, unsigned i, bool put_back)
{
    unsigned wrong = 0;

    for (uint32_t s = 0; s < DISK_SECTORS; s++) {
        uint8_t *now = r->ram[i] + (size_t)s * VIRTIO_BLK_SECTOR_SIZE;
        const uint8_t *before = r->pristine[i] + (size_t)s * VIRTIO_BLK_SECTOR_SIZE;
        bool same = memcmp(now, before, VIRTIO_BLK_SECTOR_SIZE) == 0;

        if (same && r->env.disks[i].may[s] == 1u) {
            continue; /* never written, never changed */
        }
        wrong += scn_disk_holds(&r->env.disks[i], s, now) ? 0u : 1u;
        if (!same && put_back) {
            memcpy(now, before, VIRTIO_BLK_SECTOR_SIZE);
        }
    }
    return wrong;
}

static void judge_outcome(const struct scenario *sc, const struct model_fault_plan *fault,
                          struct run_result *result)
{
    uint32_t allowed = result->struck ? model_fault_allowed(fault) : MODEL_OUT_OK;
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

static void judge_data(const struct scenario *sc, const struct model_fault_row *row, unsigned wrong,
                       struct run_result *result)
{
    bool must_fire = result->struck && corrupts(row);
    bool may_miss = result->outcome != 0 || (sc->flags & SCN_MAY_MISS) != 0;

    if (must_fire && wrong == 0 && !may_miss) {
        fail(result, "data check: no mismatch found, expected the corruption to be noticed");
    } else if (!must_fire && wrong != 0) {
        fail(result, "data check: %u sectors reported as good differ, expected none", wrong);
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

/* The fault is gone: what is held is reset and works, and a fresh start works. */
static void judge_recovery(struct runner *r, struct model_choices *choices,
                           const struct scenario *sc, bool corrupted, struct run_result *result)
{
    unsigned data_errors = r->env.data_errors;
    int ret;

    model_trace_note(r->board, "harness: fault disarmed, recovery");
    model_fault_disarm(r->board);
    if (choices != NULL) {
        model_choices_freeze(choices);
    }
    for (unsigned i = 0; i < r->env.num_windows; i++) {
        model_device_pause(model_blk_device(r->models[i]), false);
        model_blk_set_capacity(r->models[i], DISK_SECTORS);
    }
    r->env.keep_on_error = false;
    ret = scn_blk_recover(&r->env, sc);
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
    const struct scenario *sc = &scn_blk_scenarios[spec->scenario];
    const struct model_fault_row *row = model_fault_row(spec->fault.id);
    unsigned wrong;

    if (row != NULL) {
        model_fault_arm(r->board, &spec->fault);
    }
    result->outcome = sc->run(&r->env);
    model_trace_note(r->board, "scenario: %s", outcome_name(result->outcome));
    result->struck = row != NULL && model_fault_strikes(r->board) != 0;
    judge_outcome(sc, &spec->fault, result);
    wrong = r->env.data_errors;
    for (unsigned i = 0; i < r->env.num_windows && corrupts(row); i++) {
        wrong += check_image(r, i, false); /* before recovery writes over it */
    }
    judge_recovery(r, choices, sc, corrupts(row), result);
    for (unsigned i = 0; i < r->env.num_windows; i++) {
        wrong += check_image(r, i, true);
    }
    judge_data(sc, row, wrong, result);
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
        for (unsigned i = 0; i < r->env.num_windows; i++) {
            (void)check_image(r, i, true);
        }
    }
    result->virtual_ns = model_now_ns(r->board);
}
