/* SPDX-License-Identifier: Apache-2.0 */
/* See real_run.h. */
#include "real_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "real_device.h"

#define REG_STATUS 0x070u

struct run {
    struct scn_env env; /* first: the environment's calls get it */
    struct real_machine machine;
    const struct real_device *device;
    void *state;           /* of the device type */
    char expect_text[256]; /* first SCN_EXPECT that did not hold */
    FILE *trace;
};

__attribute__((format(printf, 2, 3))) static void fail(struct real_result *result, const char *fmt,
                                                       ...)
{
    va_list args;

    if (result->passed) {
        va_start(args, fmt);
        (void)vsnprintf(result->text, sizeof(result->text), fmt, args);
        va_end(args);
    }
    result->passed = false;
}

static void note(struct run *r, const char *text)
{
    if (r->trace != NULL) {
        (void)fprintf(r->trace, "  -- %s\n", text);
    }
}

/* ---- what scenarios ask of their environment ---- */

static void env_fail(struct scn_env *env, const char *file, int line, const char *text)
{
    struct run *r = (struct run *)env;
    const char *base = strrchr(file, '/');
    char now[sizeof(r->expect_text)];

    (void)snprintf(now, sizeof(now), "%s:%d: expected %s", base != NULL ? base + 1 : file, line,
                   text);
    note(r, now);
    if (env->failures == 1) {
        memcpy(r->expect_text, now, sizeof(now));
    }
}

static void env_irq(struct scn_env *env, unsigned window, bool (*fn)(void *arg), void *arg)
{
    real_machine_connect(&((struct run *)env)->machine, window, fn, arg);
}

static int env_play(struct scn_env *env, enum scn_play play)
{
    (void)env;
    (void)play;
    return -1;
}

/* No actions at block devices: scenarios that need them are SCN_NO_QEMU. */
static const struct scn_env_ops env_ops = {.fail = env_fail, .irq = env_irq, .play = env_play};

/* ---- setting up ---- */

static int add_args(void *ctx, struct qemu_args *args)
{
    struct run *r = ctx;
    int ret = 0;

    for (unsigned i = 0; i < r->env.num_windows && ret == 0; i++) {
        ret = r->device->args(r->state, args, i);
    }
    return ret;
}

static int start(struct run *r, const struct real_spec *spec, struct real_result *result)
{
    bool polled = real_spec_scenario(spec)->needs.polled || real_spec_variant(spec)->polled;
    const struct real_machine_config cfg = {
        .modern = spec->modern, .args = add_args, .ctx = r, .trace = r->trace};
    char why[256];
    int ret;

    for (unsigned i = 0; i < r->env.num_windows; i++) {
        r->env.windows[i] = real_machine_window(i, polled);
    }
    ret = real_machine_open(&r->machine, &cfg);
    if (ret != 0) {
        fail(result, "%s", r->machine.message.text);
        result->no_qemu = true;
        return ret;
    }
    (void)snprintf(result->command, sizeof(result->command), "%s",
                   qemu_backend_command(r->machine.qb));
    if (r->device->started != NULL) {
        ret = r->device->started(r->state, &r->machine, why, sizeof(why));
    }
    if (ret != 0) {
        fail(result, "%s", why);
        (void)real_machine_close(&r->machine);
    }
    return ret;
}

/* ---- verdict ---- */

static void judge_scenario(struct run *r, const struct scenario *sc, struct real_result *result)
{
    int ret;

    result->outcome = sc->run(&r->env);
    if (result->outcome != 0) {
        fail(result, "outcome %s, expected OK", real_error_name(result->outcome));
    }
    note(r, "the scenario is over, the device is used again");
    ret = r->device->recover(&r->env, sc);
    if (ret != 0) {
        fail(result, "use after the scenario: %s, expected OK", real_error_name(ret));
    }
    if (r->env.failures != 0) {
        fail(result, "%s", r->expect_text);
    }
    if (r->env.data_errors != 0) {
        fail(result, "%u items reported as good differ, expected none", r->env.data_errors);
    }
}

/* What the driver left behind. */
static void judge_end(struct run *r, struct real_result *result)
{
    struct host_backend *be = qemu_backend_host(r->machine.qb);
    struct qemu_backend_usage usage;
    const char *text;

    note(r, "over; what is left behind:");
    qemu_backend_usage(r->machine.qb, &usage);
    result->reads = usage.register_reads;
    result->writes = usage.register_writes;
    result->interrupts = usage.irqs_delivered;
    for (unsigned i = 0; i < r->env.num_windows; i++) {
        uint64_t status = be->mmio_read(be, qemu_backend_window(i) + REG_STATUS, 4);

        if (status != 0) {
            fail(result, "window %u: Status 0x%" PRIx64 " at the end, expected 0", i, status);
        }
    }
    if (usage.dma_in_use + usage.map_in_use + usage.heap_in_use != 0) {
        (void)qemu_backend_report_leaks(r->machine.qb, stdout);
        fail(result, "left: %zu dma_alloc, %zu dma_map, %zu heap_alloc, expected none",
             usage.dma_in_use, usage.map_in_use, usage.heap_in_use);
    }
    if (usage.misuses != 0 || usage.irq_storms != 0 || usage.irq_mask_depth != 0) {
        fail(result,
             "%" PRIu64 " misuses of the port, %" PRIu64
             " interrupts not served, mask depth %u, expected 0 of each",
             usage.misuses, usage.irq_storms, usage.irq_mask_depth);
    }
    if (qemu_backend_error(r->machine.qb, &text) != 0) {
        fail(result, "%s", text);
    }
}

static void run_and_judge(struct run *r, const struct real_spec *spec, struct real_result *result)
{
    uint64_t begin_us;
    char why[512];
    int ret;

    if (start(r, spec, result) != 0) {
        return;
    }
    begin_us = host_current->now_us(host_current);
    judge_scenario(r, real_spec_scenario(spec), result);
    result->us = host_current->now_us(host_current) - begin_us;
    judge_end(r, result);
    ret = real_machine_close(&r->machine);
    if (ret != 0) {
        fail(result, "%s", r->machine.message.text);
    }
    if (r->device->judge != NULL && r->device->judge(r->state, &r->env, why, sizeof(why)) != 0) {
        fail(result, "%s", why);
    }
}

void real_run(const struct real_spec *spec, const char *dir, FILE *trace,
              struct real_result *result)
{
    struct run *r = calloc(1, sizeof(*r));
    uint8_t devices = real_spec_scenario(spec)->needs.devices;
    char why[256] = "";

    *result = (struct real_result){.passed = true};
    if (r == NULL || (r->env.scratch = malloc(SCN_SCRATCH)) == NULL) {
        free(r);
        fail(result, "no memory for a run");
        return;
    }
    r->trace = trace;
    r->env.ops = &env_ops;
    r->device = real_devices[spec->device];
    r->env.num_windows = devices != 0 ? devices : 1u;
    r->env.count[r->device->type] = r->env.num_windows;
    if (r->device->create(&r->state, &r->env, spec, dir, why, sizeof(why)) != 0) {
        fail(result, "%s", why[0] != '\0' ? why : "no memory for a run");
    } else {
        run_and_judge(r, spec, result);
    }
    if (r->state != NULL) {
        r->device->destroy(r->state);
    }
    free(r->env.scratch);
    free(r);
}
