/* SPDX-License-Identifier: Apache-2.0 */
/* See board_run.h. */
#include "board_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "board_rules.h"
#include "board_serve.h"

#define LIMIT_S       60u
#define LIMIT_LONG_S  180u
#define END_US        UINT64_C(5000000) /* from the verdict to the end of QEMU */
#define CONSOLE_LINES 40u
#define TRACE_LINES   40u

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
    bool has_verdict;
    struct mailbox_verdict verdict;
    char where[96]; /* the guest was when it was given up */
};

__attribute__((format(printf, 3, 4))) static void fail(struct run *r, enum board_code code,
                                                       const char *fmt, ...)
{
    va_list args;

    if (r->result->code == BOARD_PASS) {
        va_start(args, fmt);
        (void)vsnprintf(r->result->text, sizeof(r->result->text), fmt, args);
        va_end(args);
        r->result->code = code;
    }
}

void board_id_format(const struct board *board, const struct real_spec *spec, char *buf,
                     size_t size)
{
    int n = snprintf(buf, size, "%s:", board->name);

    real_id_format(spec, buf + n, size - (size_t)n);
}

/* ---- start ---- */

static int add_args(void *ctx, struct qemu_args *args)
{
    struct run *r = ctx;
    int ret = 0;

    for (unsigned i = 0; i < r->env.num_windows && ret == 0; i++) {
        ret = r->device->args(r->state, args, i);
    }
    return ret;
}

static unsigned limit_s(const struct run *r)
{
    bool is_long = (real_spec_scenario(r->spec)->flags & SCN_LONG) != 0;

    return r->options->limit_s != 0 ? r->options->limit_s : is_long ? LIMIT_LONG_S : LIMIT_S;
}

/* The firmware's own watchdog comes first, it knows more. */
static void put_bootargs(const struct run *r, char *buf, size_t size)
{
    const struct scenario *sc = real_spec_scenario(r->spec);
    bool polled = sc->needs.polled || real_spec_variant(r->spec)->polled;
    unsigned limit = limit_s(r);

    (void)snprintf(buf, size, "scenario=%s:%s devices=%u polled=%u watchdog=%u", r->device->name,
                   sc->name, r->env.num_windows, polled ? 1u : 0u,
                   limit > 10u ? limit - 5u : limit);
}

static int start(struct run *r)
{
    char bootargs[128];
    char why[256] = "";
    const struct board_machine_config cfg = {
        .board = r->options->board,
        .firmware = r->options->firmware,
        .bootargs = bootargs,
        .dtb = r->options->dtb,
        .modern = r->spec->modern,
        .args = add_args,
        .ctx = r,
        .echo = r->options->verbose ? stdout : NULL,
    };
    int ret;

    put_bootargs(r, bootargs, sizeof(bootargs));
    ret = board_machine_start(&r->machine, &cfg);
    if (ret != 0) {
        fail(r, BOARD_NO_QEMU, "%s", r->machine.message.text);
        return ret;
    }
    if (r->device->started != NULL) {
        ret = r->device->started(r->state, &r->machine.real, why, sizeof(why));
    }
    if (ret != 0) {
        fail(r, BOARD_FAILURES, "%s", why);
        return ret;
    }
    ret = board_machine_go(&r->machine);
    if (ret != 0) {
        fail(r, BOARD_FAILURES, "%s", r->machine.message.text);
    }
    return ret;
}

/* ---- questions ---- */

/* False: the firmware has asked something impossible. */
static bool serve(struct run *r)
{
    char why[256];

    if (!board_mailbox_take(r->machine.mailbox, &r->ask)) {
        return true;
    }
    if (r->ask.op == MAILBOX_DONE) {
        r->has_verdict = board_verdict_read(&r->ask, &r->verdict);
        if (!r->has_verdict) {
            fail(r, BOARD_FAILURES, "the verdict has %" PRIu32 " bytes, expected %zu", r->ask.len,
                 sizeof(r->verdict));
        }
        r->answer.result = 0;
        r->answer.len = 0;
    } else if (board_serve(&r->env, &r->ask, &r->answer, why, sizeof(why)) != 0) {
        fail(r, BOARD_FAILURES, "%s", why);
    }
    if (r->machine.echo != NULL) {
        const char *name = board_op_name(r->ask.op);

        (void)fprintf(r->machine.echo,
                      "  asked: %s(%" PRIu32 ", %" PRIu32 ", %" PRIu32 ", ...) = %" PRId32 "\n",
                      name != NULL ? name : "?", r->ask.args[0], r->ask.args[1], r->ask.args[2],
                      r->answer.result);
    }
    board_mailbox_reply(r->machine.mailbox, &r->ask, &r->answer);
    return r->result->code == BOARD_PASS;
}

static void give_up(struct run *r, const char *what, uint64_t us)
{
    board_machine_where(&r->machine, r->where, sizeof(r->where));
    fail(r, BOARD_FAILURES, "%s within %.0f s, the guest was killed%s%s", what, (double)us / 1e6,
         r->where[0] != '\0' ? " at " : "", r->where);
}

static void attend(struct run *r)
{
    uint64_t limit_us = (uint64_t)limit_s(r) * 1000000u;
    uint64_t deadline_us = line_now_us() + limit_us;
    bool had_verdict = false;

    for (;;) {
        switch (board_machine_wait(&r->machine, deadline_us)) {
        case BOARD_ASKED:
            if (!serve(r)) {
                return;
            }
            if (r->has_verdict && !had_verdict) {
                deadline_us = line_now_us() + END_US;
                had_verdict = true;
            }
            break;
        case BOARD_LATE:
            give_up(r,
                    r->has_verdict       ? "no end after the verdict"
                    : r->machine.mailbox ? "hang: no verdict"
                                         : "hang: no mailbox announced",
                    r->has_verdict ? END_US : limit_us);
            return;
        case BOARD_WRONG:
            fail(r, BOARD_FAILURES, "%s", r->machine.message.text);
            return;
        case BOARD_ENDED:
        default:
            return;
        }
    }
}

/* ---- verdict ---- */

/* What the firmware calls its end when it has not come to a verdict. */
static void judge_status(struct run *r, int status)
{
    static const struct {
        int status;
        enum board_code code;
        const char *text;
    } ends[] = {
        {BOARD_EXIT_USAGE, BOARD_FAILURES, "the firmware does not understand its boot arguments"},
        {BOARD_EXIT_NO_TREE, BOARD_NO_TREE, "the firmware found no device tree, or a broken one"},
        {BOARD_EXIT_NO_VIRTIO, BOARD_NO_VIRTIO,
         "the firmware found no virtio,mmio node in the device tree"},
        {BOARD_EXIT_NO_DEVICE, BOARD_FAILURES, "the firmware found too few devices of the type"},
        {BOARD_EXIT_NO_HOST, BOARD_FAILURES, "the firmware had no answer from the mailbox"},
        {BOARD_EXIT_BOARD, BOARD_FAILURES, "the firmware could not set up the board"},
        {BOARD_EXIT_TRAP, BOARD_FAILURES, "an exception in the firmware"},
        {BOARD_EXIT_WATCHDOG, BOARD_FAILURES, "hang: the firmware's watchdog has ended it"},
    };
    char last_words[1400];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (ends[i].status == status) {
            fail(r, ends[i].code, "board %s: %s (exit status %d, expected 0)",
                 r->options->board->name, ends[i].text, status);
        }
    }
    if (status == BOARD_EXIT_PASS && r->has_verdict) {
        return;
    }
    if (status == BOARD_EXIT_FAIL && r->has_verdict) {
        return; /* the verdict says why */
    }
    qemu_process_epitaph(&r->machine.process, last_words, sizeof(last_words));
    fail(r, BOARD_FAILURES, "%s; expected %sstatus 0", last_words,
         r->has_verdict ? "" : "a verdict of the firmware and ");
}

static void judge_verdict(struct run *r)
{
    const struct mailbox_verdict *v = &r->verdict;
    bool polled = real_spec_scenario(r->spec)->needs.polled || real_spec_variant(r->spec)->polled;

    if (v->outcome != 0) {
        fail(r, BOARD_FAILURES, "outcome %s, expected OK", real_error_name(v->outcome));
    }
    if (v->failures != 0) {
        fail(r, BOARD_FAILURES, "%" PRIu32 " expectations failed; first %s", v->failures,
             v->expect);
    }
    if (v->recovery != 0) {
        fail(r, BOARD_FAILURES, "use after the scenario: %s, expected OK",
             real_error_name(v->recovery));
    }
    if (v->data_errors != 0) {
        fail(r, BOARD_FAILURES, "%" PRIu32 " items reported as good differ, expected none",
             v->data_errors);
    }
    for (unsigned i = 0; i < r->env.num_windows; i++) {
        if (v->status[i] != 0) {
            fail(r, BOARD_FAILURES, "device %u: Status 0x%" PRIx32 " at the end, expected 0", i,
                 v->status[i]);
        }
    }
    if (v->private_pieces + v->dma_pieces + v->mapped != 0) {
        fail(r, BOARD_FAILURES,
             "left: %" PRIu32 " private, %" PRIu32 " dma_alloc, %" PRIu32 " dma_map, expected none",
             v->private_pieces, v->dma_pieces, v->mapped);
    }
    if (polled && v->interrupts != 0) {
        fail(r, BOARD_FAILURES, "%" PRIu32 " interrupts, expected none: the device is polled",
             v->interrupts);
    }
    r->result->reads = v->reads;
    r->result->writes = v->writes;
    r->result->interrupts = v->interrupts;
    r->result->stack_bytes = v->stack_bytes;
    for (unsigned i = 0; i < SCN_DEVICES_MAX; i++) {
        memcpy(r->env.disks[i].may, v->may[i], sizeof(r->env.disks[i].may));
    }
}

static void judge(struct run *r, int status)
{
    char why[512] = "";

    if (r->result->code == BOARD_PASS) {
        judge_status(r, status);
    }
    if (r->has_verdict) {
        judge_verdict(r);
    }
    if (r->result->code == BOARD_PASS && status != 0) {
        fail(r, BOARD_FAILURES, "exit status %d of the firmware, expected 0", status);
    }
    if (r->has_verdict && !board_rules_hold(r->machine.mailbox, why, sizeof(why))) {
        fail(r, BOARD_FAILURES, "%s", why);
    }
    if (r->has_verdict && r->device->judge != NULL &&
        r->device->judge(r->state, &r->env, why, sizeof(why)) != 0) {
        fail(r, BOARD_FAILURES, "%s", why);
    }
}

/* ---- what a failure shows ---- */

static void post_mortem(struct run *r, FILE *out)
{
    const struct board_machine *m = &r->machine;
    const struct board_options *o = r->options;
    char id[BOARD_ID_MAX];

    board_id_format(o->board, r->spec, id, sizeof(id));
    (void)fprintf(out, "FAIL %s\n     %s\n", id, r->result->text);
    if (m->process.command != NULL) {
        (void)fprintf(out, "     %s\n", m->process.command);
    }
    (void)fprintf(out, "     replay: %s --firmware %s%s%s --replay %s\n", o->program, o->firmware,
                  o->dtb != NULL ? " --dtb " : "", o->dtb != NULL ? o->dtb : "", id);
    if (m->text == NULL) {
        return;
    }
    (void)fprintf(out, "     the end of the console:\n");
    board_machine_print_console(m, CONSOLE_LINES, out);
    if (m->mailbox == NULL) {
        (void)fprintf(out, "     no trace: the firmware has announced no mailbox\n");
        return;
    }
    (void)fprintf(out, "     the end of the trace, of %" PRIu32 " entries:\n",
                  board_trace_count(m->mailbox));
    board_trace_print(m->mailbox, TRACE_LINES, out);
}

/* ---- one run ---- */

static void run_and_judge(struct run *r, const struct board_watch *watch)
{
    uint64_t begin_us = line_now_us();
    int status;

    if (start(r) == 0) {
        attend(r);
    }
    if (r->machine.text == NULL) { /* QEMU did not start */
        return;
    }
    status = board_machine_end(&r->machine);
    r->result->us = line_now_us() - begin_us;
    if (r->options->verbose && r->machine.mailbox != NULL) {
        board_trace_print(r->machine.mailbox, MAILBOX_TRACE, stdout);
    }
    judge(r, status);
    if (watch != NULL) {
        watch->look(watch->ctx, &r->machine);
    }
}

static struct run *run_new(const struct board_options *o, const struct real_spec *spec,
                           struct board_result *result)
{
    struct run *r = calloc(1, sizeof(*r));
    uint8_t devices = real_spec_scenario(spec)->needs.devices;

    if (r == NULL) {
        return NULL;
    }
    r->options = o;
    r->spec = spec;
    r->result = result;
    r->device = real_devices[spec->device];
    r->env.num_windows = devices != 0 ? devices : 1u;
    r->env.count[r->device->type] = r->env.num_windows;
    r->ask.data = malloc(MAILBOX_DATA);
    r->answer.data = malloc(MAILBOX_DATA);
    return r;
}

static void run_free(struct run *r)
{
    board_machine_free(&r->machine);
    if (r->state != NULL) {
        r->device->destroy(r->state);
    }
    free(r->ask.data);
    free(r->answer.data);
    free(r);
}

void board_run(const struct board_options *o, const struct real_spec *spec, const char *dir,
               const struct board_watch *watch, FILE *out, struct board_result *result)
{
    struct run *r = run_new(o, spec, result);
    char why[256] = "no memory for a run";

    *result = (struct board_result){.code = BOARD_PASS};
    if (r == NULL || r->ask.data == NULL || r->answer.data == NULL) {
        result->code = BOARD_FAILURES;
        (void)snprintf(result->text, sizeof(result->text), "%s", why);
        free(r);
        return;
    }
    r->machine.qmp.ch.fd = r->machine.console.fd = -1;
    if (r->device->create(&r->state, &r->env, spec, dir, why, sizeof(why)) != 0) {
        fail(r, BOARD_FAILURES, "%s", why);
    } else {
        run_and_judge(r, watch);
    }
    if (result->code != BOARD_PASS) {
        post_mortem(r, out);
    }
    run_free(r);
}
