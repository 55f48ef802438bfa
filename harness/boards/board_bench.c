/* SPDX-License-Identifier: Apache-2.0 */
/* See board_bench.h. */
#include "board_bench.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "board_jobs.h"
#include "board_serve.h"

#define LIMIT_S       60u
#define CONSOLE_LINES 20u
#define PLAIN         "split+event_idx+indirect"

/* For the children, which get nothing but a run. */
static struct board_cost_table *the_table;
static bool the_watched;

struct run {
    struct scn_env env; /* of the far side */
    struct board_machine machine;
    const struct board_options *options;
    const struct real_spec *spec;
    const struct real_device *device;
    void *state; /* of the device type */
    struct board_result *result;
    struct board_ask ask;
    struct board_answer answer;
};

__attribute__((format(printf, 2, 3))) static int fail(struct run *r, const char *fmt, ...)
{
    va_list args;

    if (r->result->code == BOARD_PASS) {
        va_start(args, fmt);
        (void)vsnprintf(r->result->text, sizeof(r->result->text), fmt, args);
        va_end(args);
        r->result->code = BOARD_FAILURES;
    }
    return -EIO;
}

/* ---- QEMU ---- */

static int add_args(void *ctx, struct qemu_args *args)
{
    struct run *r = ctx;

    qemu_args_add(args, "-icount");
    qemu_args_add(args, "shift=0");
    return r->device->args(r->state, args, 0);
}

static int start(struct run *r)
{
    char bootargs[64];
    char why[256] = "";
    const struct board_machine_config cfg = {
        .board = r->options->board,
        .firmware = r->options->firmware,
        .bootargs = bootargs,
        .modern = r->spec->modern,
        .args = add_args,
        .ctx = r,
        .echo = r->options->verbose ? stdout : NULL,
    };

    (void)snprintf(bootargs, sizeof(bootargs), "scenario=%s:bench watchdog=%u", r->device->name,
                   LIMIT_S - 10u);
    if (board_machine_start(&r->machine, &cfg) != 0) {
        (void)fail(r, "%s", r->machine.message.text);
        r->result->code = BOARD_NO_QEMU;
        return -EIO;
    }
    if (r->device->started != NULL &&
        r->device->started(r->state, &r->machine.real, why, sizeof(why)) != 0) {
        return fail(r, "%s", why);
    }
    return board_machine_go(&r->machine) == 0 ? 0 : fail(r, "%s", r->machine.message.text);
}

static int serve(struct run *r)
{
    char why[256];

    if (!board_mailbox_take(r->machine.mailbox, &r->ask)) {
        return 0;
    }
    if (board_serve(&r->env, &r->ask, &r->answer, why, sizeof(why)) != 0) {
        return fail(r, "%s", why);
    }
    board_mailbox_reply(r->machine.mailbox, &r->ask, &r->answer);
    return 0;
}

static int attend(struct run *r)
{
    uint64_t deadline_us = line_now_us() + LIMIT_S * UINT64_C(1000000);

    for (;;) {
        switch (board_machine_wait(&r->machine, deadline_us)) {
        case BOARD_ASKED:
            if (serve(r) != 0) {
                return -EIO;
            }
            break;
        case BOARD_LATE:
            return fail(r, "no end within %u s, the guest was killed", LIMIT_S);
        case BOARD_WRONG:
            return fail(r, "%s", r->machine.message.text);
        case BOARD_ENDED:
        default:
            return 0;
        }
    }
}

/* ---- figures ---- */

static bool read_cost(const char *line, struct board_cost *cost)
{
    return sscanf(line, "cost %31s %u %" SCNu64 " %" SCNu64 " %" SCNu32 " %" SCNu32 " %" SCNu32,
                  cost->name, &cost->units, &cost->call, &cost->answer, &cost->reads, &cost->writes,
                  &cost->stack_bytes) == 7 &&
           cost->units != 0;
}

/* All lines of the console, from the one that says what they are about. */
static int read_costs(struct run *r, struct board_costs *out)
{
    char title[64];
    const char *line;

    (void)snprintf(title, sizeof(title), "\nbench %s %s %s\n", r->device->name,
                   r->spec->modern ? "modern" : "legacy",
                   the_watched ? "accesses" : "instructions");
    r->machine.text[r->machine.text_len] = '\0';
    line = strstr(r->machine.text, title);
    if (line == NULL) {
        return fail(r, "no line '%.*s' on the console: not the cost firmware that was expected",
                    (int)strlen(title) - 2, title + 1);
    }
    for (line++; line != NULL; line = strchr(line, '\n'), line = line != NULL ? line + 1 : NULL) {
        if (strncmp(line, "cost ", 5) != 0) {
            continue;
        }
        if (out->count == BENCH_OPS || !read_cost(line, &out->costs[out->count])) {
            return fail(r, "'%.*s' on the console, expected at most %u lines of 7 fields",
                        (int)strcspn(line, "\n"), line, BENCH_OPS);
        }
        out->count++;
    }
    out->ran = out->count != 0;
    return out->ran ? 0 : fail(r, "no figures on the console, expected some");
}

/* ---- one run ---- */

static void post_mortem(const struct run *r)
{
    char id[BOARD_ID_MAX];

    board_id_format(r->options->board, r->spec, id, sizeof(id));
    (void)printf("FAIL %s, figures: %s\n", id, r->result->text);
    if (r->machine.process.command != NULL) {
        (void)printf("     %s\n", r->machine.process.command);
    }
    if (r->machine.text != NULL) {
        (void)printf("     the end of the console:\n");
        board_machine_print_console(&r->machine, CONSOLE_LINES, stdout);
    }
}

static void run_and_read(struct run *r)
{
    int status;
    int ret = start(r);

    ret = ret != 0 ? ret : attend(r);
    if (r->machine.text == NULL) { /* QEMU did not start */
        return;
    }
    status = board_machine_end(&r->machine);
    if (ret == 0 && status != 0) {
        ret = fail(r, "exit status %d of the firmware, expected 0", status);
    }
    if (ret == 0) {
        (void)read_costs(r, &the_table->of[r->spec->device][r->spec->modern ? 1 : 0]);
    }
}

static void in_child(const struct board_options *o, const struct real_spec *spec, const char *dir,
                     struct board_result *result)
{
    static struct run r; /* of the only one in this process */
    char why[256] = "";

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    *result = (struct board_result){.code = BOARD_PASS};
    r = (struct run){.options = o, .spec = spec, .result = result};
    r.device = real_devices[spec->device];
    r.env.num_windows = 1;
    r.env.count[r.device->type] = 1;
    r.machine.qmp.ch.fd = r.machine.console.fd = -1;
    r.ask.data = malloc(MAILBOX_DATA);
    r.answer.data = malloc(MAILBOX_DATA);
    if (r.ask.data == NULL || r.answer.data == NULL) {
        (void)fail(&r, "no memory for a run");
    } else if (r.device->create(&r.state, &r.env, spec, dir, why, sizeof(why)) != 0) {
        (void)fail(&r, "%s", why);
    } else {
        run_and_read(&r);
    }
    if (result->code != BOARD_PASS) {
        post_mortem(&r);
    }
    board_machine_free(&r.machine);
    if (r.state != NULL) {
        r.device->destroy(r.state);
    }
    free(r.ask.data);
    free(r.answer.data);
}

/* ---- all of them ---- */

struct board_cost_table *board_costs_new(void)
{
    void *mem = mmap(NULL, sizeof(struct board_cost_table), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return mem != MAP_FAILED ? mem : NULL;
}

static void on_end(void *ctx, const struct real_spec *spec, const struct board_result *result)
{
    enum board_code *code = ctx;

    (void)spec;
    *code = *code == BOARD_PASS ? result->code : *code;
}

enum board_code board_bench_run(const struct board_options *o, const struct board_selection *sel,
                                bool watched, struct board_cost_table *table)
{
    /* The scenario only says what the device is like: one, as QEMU offers it; a mouse. */
    static const char *const scenarios[] = {"bring-up", "motion"};
    enum board_code code = BOARD_PASS;
    const struct board_jobs jobs = {.options = o,
                                    .at_once = o->verbose ? 1u : sel->jobs,
                                    .limit_s = LIMIT_S + 20u,
                                    .run = in_child,
                                    .ended = on_end,
                                    .ctx = &code};
    int ret = 0;

    the_table = table;
    the_watched = watched;
    for (unsigned d = 0; d < real_device_count && d < BENCH_DEVICES && ret == 0; d++) {
        struct real_filter f = sel->filter;

        f.device = real_devices[d]->name;
        f.variant = PLAIN;
        f.scenario = scenarios[real_devices[d]->type == SCN_INPUT ? 1 : 0];
        if (real_device_selected(&sel->filter, f.device)) {
            ret = board_jobs_run(&jobs, &f);
        }
    }
    if (ret != 0) {
        board_complain("the runs on board %s: %s", o->board->name, strerror(-ret));
    }
    return ret != 0 ? BOARD_FAILURES : code;
}
