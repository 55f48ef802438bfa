/* SPDX-License-Identifier: Apache-2.0 */
/* See worker.h. */
#include "worker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virtio_model/model_rules.h"

/* Every order of device steps is enumerated to this many choices; deeper ones take the first way.
 */
#define ORDER_DEPTH      32u
#define EXHAUSTIVE_DEPTH 40u
/* Failures of one unit that are told one by one. */
#define FAILURES_TOLD 3u

struct worker {
    const struct pool_options *options;
    struct worker_shared *shared;
    struct runner *runner;
    FILE *runs_file;
    int fd;
    unsigned told; /* failures of this unit */
};

static void tell_failure(struct worker *w, const char *id, const char *text)
{
    char line[RUN_ID_MAX + RUN_TEXT_MAX + 4u]; /* below PIPE_BUF: written as one */
    int len = snprintf(line, sizeof(line), "%s\t%s\n", id, text);

    if (w->told++ < FAILURES_TOLD && len > 0) {
        (void)!write(w->fd, line, (size_t)len);
    }
}

static void json_text(FILE *f, const char *text)
{
    fputc('"', f);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            fputc('\\', f);
        }
        fputc((unsigned char)*p < 0x20 ? ' ' : *p, f);
    }
    fputc('"', f);
}

static void record_run(struct worker *w, const char *id, const struct run_result *r)
{
    fprintf(w->runs_file, "{\"id\":\"%s\",\"passed\":%s,\"struck\":%s,\"outcome\":%d,", id,
            r->passed ? "true" : "false", r->struck ? "true" : "false", r->outcome);
    fprintf(w->runs_file, "\"virtual_us\":%" PRIu64 ",\"text\":", r->virtual_ns / 1000u);
    json_text(w->runs_file, r->text);
    fputs("}\n", w->runs_file);
}

static void run_once(struct worker *w, const struct run_spec *spec, struct model_choices *choices,
                     struct run_result *r)
{
    struct pool_result *sums = &w->shared->result;
    struct pool_cell *cell = pool_cell_of(sums, spec);
    char id[RUN_ID_MAX];

    /* The path of an ordered run is known afterwards; the id in hand serves if it crashes. */
    (void)run_id_format(spec, choices, w->shared->current, sizeof(w->shared->current));
    runner_run(w->runner, spec, choices, r);
    atomic_fetch_add_explicit(&w->shared->runs, 1, memory_order_relaxed);
    cell->runs++;
    sums->runs++;
    if (r->struck) {
        cell->struck++;
        cell->max_k = spec->fault.k > cell->max_k ? spec->fault.k : cell->max_k;
    }
    if (r->passed && w->runs_file == NULL) {
        return;
    }
    (void)run_id_format(spec, choices, id, sizeof(id));
    if (!r->passed) {
        cell->failed++;
        sums->failed++;
        tell_failure(w, id, r->text);
    }
    if (w->runs_file != NULL) {
        record_run(w, id, r);
    }
}

/* One schedule: every opportunity, until the fault is not reached any more. */
static void run_opportunities(struct worker *w, struct run_spec *spec, uint32_t max_k)
{
    struct run_result r;

    if (spec->fault.id == MODEL_FAULT_NONE) {
        run_once(w, spec, NULL, &r);
        return;
    }
    for (spec->fault.k = 1;; spec->fault.k++) {
        run_once(w, spec, NULL, &r);
        if (!r.struck || spec->fault.k == max_k) {
            return;
        }
    }
}

static void run_orders(struct worker *w, const struct run_spec *spec)
{
    struct model_choices choices;
    struct run_result r;

    model_choices_begin(&choices, spec->order == RUN_ORDERS ? ORDER_DEPTH : EXHAUSTIVE_DEPTH);
    do {
        run_once(w, spec, &choices, &r);
    } while (model_choices_next(&choices));
    w->shared->result.truncated |= choices.truncated;
}

static void run_unit(struct worker *w, const struct plan_unit *unit)
{
    struct run_spec spec = unit->spec;

    w->told = 0;
    if (unit->seeds == 0) {
        run_orders(w, &spec);
        return;
    }
    for (unsigned i = 0; i < unit->seeds; i++) {
        spec.seed = w->options->seed + unit->first + i;
        run_opportunities(w, &spec, unit->max_k);
    }
}

static void open_runs_file(struct worker *w, unsigned self)
{
    char path[4096];

    if (w->options->runs_file == NULL) {
        return;
    }
    snprintf(path, sizeof(path), "%s.%u", w->options->runs_file, self);
    w->runs_file = fopen(path, "a");
    if (w->runs_file == NULL) {
        perror(path);
        _exit(2);
    }
}

_Noreturn void worker_main(const struct plan *plan, const struct pool_options *options,
                           struct pool_shared *shared, unsigned self, int fd)
{
    struct worker w = {.options = options, .shared = &shared->workers[self], .fd = fd};
    size_t unit;

    open_runs_file(&w, self);
    if (runner_new(&w.runner) != 0) {
        fprintf(stderr, "virtio-sweep: worker %u: no memory for a board\n", self);
        _exit(2);
    }
    while ((unit = atomic_fetch_add(&shared->next_unit, 1)) < plan->count) {
        atomic_store(&w.shared->unit, unit);
        run_unit(&w, &plan->units[unit]);
    }
    atomic_store(&w.shared->unit, SIZE_MAX);
    for (size_t i = 0; i < model_rule_count() && i < POOL_RULES_MAX; i++) {
        w.shared->result.rule_checks[i] += runner_rule_checks(w.runner, i);
    }
    runner_free(w.runner);
    if (w.runs_file != NULL) {
        fclose(w.runs_file);
    }
    exit(0); /* sanitizers look for leaks at a regular exit */
}
