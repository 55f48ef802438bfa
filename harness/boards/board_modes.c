/* SPDX-License-Identifier: Apache-2.0 */
/* See board_modes.h. */
#include "board_modes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "board_compare.h"
#include "board_jobs.h"

#define PLAIN    "split+event_idx+indirect"
#define VARIANTS PLAIN ",polled"
/* Without indirect descriptors all of a chain lies in the ring, where it is compared. */
#define COMPARABLE PLAIN ",split"

void board_complain(const char *fmt, ...)
{
    va_list args;

    (void)fputs("virtio-board: ", stderr);
    va_start(args, fmt);
    (void)vfprintf(stderr, fmt, args);
    va_end(args);
    (void)fputc('\n', stderr);
}

/* ---- QEMU ---- */

enum board_code board_check_qemu(const struct board *board)
{
    struct qemu_message msg = {""};
    char path[256];
    unsigned version = 0;

    if (qemu_process_find(&board->qemu, path, sizeof(path), &msg) != 0 ||
        qemu_process_version(path, &version, &msg) != 0) {
        board_complain("%s", msg.text);
        return BOARD_NO_QEMU;
    }
    if (version < BOARD_QEMU_VERSION) {
        board_complain("%s is QEMU %u.%u, expected %u.%u or newer (for -netdev dgram)", path,
                       version / 100u, version % 100u, BOARD_QEMU_VERSION / 100u,
                       BOARD_QEMU_VERSION % 100u);
        return BOARD_OLD_QEMU;
    }
    return BOARD_PASS;
}

/* ---- scenarios ---- */

struct tally {
    const struct board_options *options;
    unsigned runs, failed;
    unsigned by_interrupt; /* runs whose device has its interrupt connected */
    uint64_t interrupts;
    enum board_code code; /* of the first failure */
};

static void in_child(const struct board_options *o, const struct real_spec *spec, const char *dir,
                     struct board_result *result)
{
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not take the trace with it */
    board_run(o, spec, dir, NULL, stdout, result);
}

static void on_end(void *ctx, const struct real_spec *spec, const struct board_result *result)
{
    struct tally *t = ctx;
    bool polled = real_spec_scenario(spec)->needs.polled || real_spec_variant(spec)->polled;
    char id[BOARD_ID_MAX];

    t->runs++;
    if (!polled) {
        t->by_interrupt++;
        t->interrupts += result->interrupts;
    }
    if (result->code != BOARD_PASS) {
        t->failed++;
        t->code = t->code == BOARD_PASS ? result->code : t->code;
        return;
    }
    board_id_format(t->options->board, spec, id, sizeof(id));
    (void)printf("PASS %-60s %5" PRIu32 " reads %5" PRIu32 " writes %4" PRIu32 " irqs %5" PRIu32
                 " stack %6.1f ms\n",
                 id, result->reads, result->writes, result->interrupts, result->stack_bytes,
                 (double)result->us / 1000.0);
}

static enum board_code sum_up(const struct tally *t, int ret)
{
    if (ret == -EINTR) {
        (void)printf("stopped by a signal after %u runs, %u failed\n", t->runs, t->failed);
        return BOARD_FAILURES;
    }
    if (ret != 0) {
        board_complain("processes and temporary files: %s", strerror(-ret));
        return BOARD_FAILURES;
    }
    if (t->runs == 0) {
        board_complain("the filters together select nothing that board %s can play, expected at "
                       "least one run",
                       t->options->board->name);
        return BOARD_USAGE;
    }
    (void)printf("%u runs on board %s, %u failed", t->runs, t->options->board->name, t->failed);
    if (t->by_interrupt != 0) {
        (void)printf(", %" PRIu64 " interrupts", t->interrupts);
    }
    (void)printf("\n");
    return t->code;
}

/* Long enough for what is in it, and then there is the alarm clock. */
static unsigned process_limit_s(const struct board_options *o)
{
    return (o->limit_s != 0 ? o->limit_s : 180u) + 60u;
}

enum board_code board_scenarios(const struct board_options *o, const struct board_selection *sel)
{
    struct tally t = {.options = o};
    const struct board_jobs jobs = {.options = o,
                                    .at_once = o->verbose ? 1u : sel->jobs,
                                    .keep = sel->keep,
                                    .limit_s = process_limit_s(o),
                                    .run = in_child,
                                    .ended = on_end,
                                    .ctx = &t};
    struct real_filter f = sel->filter;
    enum board_code code;

    f.variant = f.variant != NULL ? f.variant : VARIANTS;
    code = sum_up(&t, board_jobs_run(&jobs, &f));
    if (code == BOARD_PASS && t.by_interrupt > 1u && t.interrupts == 0) {
        board_complain("no interrupt in %u runs on board %s that are not polled, expected some",
                       t.by_interrupt, o->board->name);
        code = BOARD_FAILURES;
    }
    return code;
}

enum board_code board_replay(const struct board_options *o, const struct board_selection *sel,
                             const char *id)
{
    struct tally t = {.options = o};
    const struct board_jobs jobs = {.options = o,
                                    .at_once = 1,
                                    .keep = sel->keep,
                                    .limit_s = process_limit_s(o),
                                    .run = in_child,
                                    .ended = on_end,
                                    .ctx = &t};
    struct real_spec spec;
    char why[256];

    if (real_id_parse(id, &spec, why, sizeof(why)) != 0) {
        board_complain("%s", why);
        return BOARD_USAGE;
    }
    return sum_up(&t, board_jobs_run_one(&jobs, &spec));
}

/* ---- comparison ---- */

static void compare_in_child(const struct board_options *o, const struct real_spec *spec,
                             const char *dir, struct board_result *result)
{
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    board_compare(o, spec, dir, result);
}

static void on_compared(void *ctx, const struct real_spec *spec, const struct board_result *result)
{
    struct tally *t = ctx;

    (void)spec;
    t->runs++;
    t->failed += result->code != BOARD_PASS ? 1u : 0u;
    t->code = t->code == BOARD_PASS ? result->code : t->code;
}

/* Scenarios where the driver's accesses depend neither on how many requests complete at a time nor
 * on how fast. */
static const struct {
    const char *device, *scenarios;
} comparable[] = {
    {"blk", "bring-up,read-*,write-read,flush,identify,writeback,block-4096,bad-arguments,"
            "two-disks"},
    {"net", "bring-up,ping,echo,tiny,batch,merged,scatter,bad-arguments"},
    {"console", "bring-up,exchange,in-place,emergency*,bad-arguments"},
    {"gpu", "bring-up,edid,draw*,formats,damage,flip,scatter-gather,scanout,fences,bad-arguments,"
            "exhaust,detach,two-gpus"},
    {"input", "bring-up,identify*,keys,motion,tablet,stream*,interleaved,bad-arguments,small-ring,"
              "leds,repeat,led-burst,two,callback-rules"},
};

enum board_code board_compare_all(const struct board_options *o, const struct board_selection *sel)
{
    struct tally t = {.options = o};
    const struct board_jobs jobs = {.options = o,
                                    .at_once = o->verbose ? 1u : sel->jobs,
                                    .limit_s = 10u * process_limit_s(o),
                                    .run = compare_in_child,
                                    .ended = on_compared,
                                    .ctx = &t};
    struct real_filter f = sel->filter;
    int ret = 0;

    f.variant = f.variant != NULL ? f.variant : COMPARABLE;
    if (f.scenario != NULL) {
        return sum_up(&t, board_jobs_run(&jobs, &f));
    }
    for (size_t i = 0; i < sizeof(comparable) / sizeof(comparable[0]) && ret == 0; i++) {
        struct real_filter one = f;

        one.scenario = comparable[i].scenarios;
        one.device = comparable[i].device;
        if (real_device_selected(&f, one.device)) {
            ret = board_jobs_run(&jobs, &one);
        }
    }
    return sum_up(&t, ret);
}
