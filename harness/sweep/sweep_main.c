/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-sweep: the driver through its fault scenarios on the model. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outcome.h"
#include "report.h"
#include "virtio_model/model_rules.h"

enum { EXIT_PASS = 0, EXIT_FAILURES = 1, EXIT_USAGE = 2 };

struct options {
    struct plan_filter filter;
    struct pool_options pool;
    const char *replay, *junit, *json;
    bool list, rules;
};

static void usage(FILE *f)
{
    fputs(
        "Usage: virtio-sweep [OPTION...]\n"
        "Takes the virtio driver through its scenarios on the device model, striking every fault\n"
        "at every opportunity, and prints a verdict matrix.\n"
        "\n"
        "  --device LIST      only these (comma-separated; a name may end in *)\n"
        "  --transport LIST   legacy, modern\n"
        "  --ring LIST        split, split+event_idx, ...\n"
        "  --scenario LIST    read-4k, ...\n"
        "  --fault LIST       U-ID-DUP, U-*, none, ...\n"
        "  --list             what there is to choose from\n"
        "  --rules            the rule book afterwards, with how often each rule was looked at\n"
        "  --seed N           first schedule (default 0: synchronous, 1: lazy, others random)\n"
        "  --seeds N          schedules per fault (default 3)\n"
        "  --thorough         every fault on every ring with every schedule (takes long; without\n"
        "                     it common faults on devices other than blk are spread over them)\n"
        "  --max-k N          not beyond the N-th opportunity (default: until none is left)\n"
        "  --jobs N           worker processes (default: one per core)\n"
        "  --watchdog N       seconds of real time for one run (default 20)\n"
        "  --replay ID        one run again, with its trace\n"
        "  --artifacts DIR    with --replay: captures (net0.pcap) and pictures (gpu0-...ppm)\n"
        "  --json FILE        totals, matrix and failures\n"
        "  --json-runs        with --json: one record a run as well\n"
        "  --junit FILE       the matrix as test cases\n"
        "  --help             this text\n"
        "\n"
        "Exit code: 0 all passed, 1 failures, 2 wrong usage.\n",
        f);
}

/* ---- options ---- */

enum {
    OPT_DEVICE = 256,
    OPT_TRANSPORT,
    OPT_RING,
    OPT_SCENARIO,
    OPT_FAULT,
    OPT_LIST,
    OPT_RULES,
    OPT_SEED,
    OPT_SEEDS,
    OPT_MAX_K,
    OPT_JOBS,
    OPT_WATCHDOG,
    OPT_REPLAY,
    OPT_ARTIFACTS,
    OPT_THOROUGH,
    OPT_JSON,
    OPT_JSON_RUNS,
    OPT_JUNIT,
    OPT_HELP,
};

static const struct option long_options[] = {
    {"device", required_argument, NULL, OPT_DEVICE},
    {"transport", required_argument, NULL, OPT_TRANSPORT},
    {"ring", required_argument, NULL, OPT_RING},
    {"scenario", required_argument, NULL, OPT_SCENARIO},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"list", no_argument, NULL, OPT_LIST},
    {"rules", no_argument, NULL, OPT_RULES},
    {"seed", required_argument, NULL, OPT_SEED},
    {"seeds", required_argument, NULL, OPT_SEEDS},
    {"max-k", required_argument, NULL, OPT_MAX_K},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"watchdog", required_argument, NULL, OPT_WATCHDOG},
    {"replay", required_argument, NULL, OPT_REPLAY},
    {"artifacts", required_argument, NULL, OPT_ARTIFACTS},
    {"thorough", no_argument, NULL, OPT_THOROUGH},
    {"json", required_argument, NULL, OPT_JSON},
    {"json-runs", no_argument, NULL, OPT_JSON_RUNS},
    {"junit", required_argument, NULL, OPT_JUNIT},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static uint64_t number(const char *option, const char *text, uint64_t min, uint64_t max)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < min ||
        value > max) {
        fprintf(stderr,
                "virtio-sweep: --%s '%s', expected a number from %" PRIu64 " to %" PRIu64 "\n",
                option, text, min, max);
        exit(EXIT_USAGE);
    }
    return value;
}

static void take_option(struct options *o, int opt)
{
    switch (opt) {
    case OPT_DEVICE:
        o->filter.device = optarg;
        break;
    case OPT_TRANSPORT:
        o->filter.transport = optarg;
        break;
    case OPT_RING:
        o->filter.ring = optarg;
        break;
    case OPT_SCENARIO:
        o->filter.scenario = optarg;
        break;
    case OPT_FAULT:
        o->filter.fault = optarg;
        break;
    case OPT_LIST:
        o->list = true;
        break;
    case OPT_RULES:
        o->rules = true;
        break;
    case OPT_SEED:
        o->filter.seed = number("seed", optarg, 0, UINT64_MAX - 1000000u);
        break;
    case OPT_SEEDS:
        o->filter.seeds = (unsigned)number("seeds", optarg, 1, 100000);
        break;
    case OPT_MAX_K:
        o->filter.max_k = (uint32_t)number("max-k", optarg, 1, UINT32_MAX);
        break;
    case OPT_JOBS:
        o->pool.jobs = (unsigned)number("jobs", optarg, 1, POOL_JOBS_MAX);
        break;
    case OPT_WATCHDOG:
        o->pool.watchdog_s = (unsigned)number("watchdog", optarg, 1, 3600);
        break;
    case OPT_REPLAY:
        o->replay = optarg;
        break;
    case OPT_THOROUGH:
        o->filter.thorough = true;
        break;
    case OPT_ARTIFACTS:
        sweep_artifacts = optarg;
        break;
    case OPT_JSON:
        o->json = optarg;
        break;
    case OPT_JSON_RUNS:
        o->pool.runs_file = "";
        break;
    case OPT_JUNIT:
        o->junit = optarg;
        break;
    case OPT_HELP:
        usage(stdout);
        exit(EXIT_PASS);
    default:
        fputs("Try 'virtio-sweep --help'.\n", stderr);
        exit(EXIT_USAGE);
    }
}

static void parse(struct options *o, int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int opt;

    *o = (struct options){.filter.seeds = 3};
    o->pool.jobs = cores > 0 && cores <= (long)POOL_JOBS_MAX ? (unsigned)cores : 1u;
    o->pool.watchdog_s = 20;
    o->pool.progress = isatty(STDERR_FILENO) == 1;
    while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        take_option(o, opt);
    }
    if (optind < argc) {
        fprintf(stderr, "virtio-sweep: '%s', expected an option\nTry 'virtio-sweep --help'.\n",
                argv[optind]);
        exit(EXIT_USAGE);
    }
    if (o->pool.runs_file != NULL) {
        if (o->json == NULL) {
            fputs("virtio-sweep: --json-runs, expected --json FILE with it\n", stderr);
            exit(EXIT_USAGE);
        }
        o->pool.runs_file = o->json;
    }
    o->pool.seed = o->filter.seed;
}

/* ---- replay ---- */

static void print_line(void *ctx, const char *line)
{
    (void)ctx;
    puts(line);
}

/* False, with a message, for a directory that cannot be written into. */
static bool check_artifacts(void)
{
    if (sweep_artifacts == NULL || access(sweep_artifacts, W_OK | X_OK) == 0) {
        return true;
    }
    fprintf(stderr, "virtio-sweep: --artifacts '%s', expected a directory to write into\n",
            sweep_artifacts);
    return false;
}

static int replay(const char *id)
{
    struct model_choices choices;
    struct run_result result;
    struct run_spec spec;
    struct runner *runner;
    char why[256];

    if (run_id_parse(id, &spec, &choices, why, sizeof(why)) != 0) {
        fprintf(stderr, "virtio-sweep: %s\n", why);
        return EXIT_USAGE;
    }
    if (!check_artifacts()) {
        return EXIT_USAGE;
    }
    if (runner_new(&runner) != 0) {
        fputs("virtio-sweep: no memory for a board\n", stderr);
        return EXIT_FAILURES;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not take the trace with it */
    runner_trace(runner, print_line, NULL);
    runner_run(runner, &spec, spec.order == RUN_SEEDED ? NULL : &choices, &result);
    printf("%s %s\n", result.passed ? "PASS" : "FAIL", id);
    printf("     outcome %s, fault %s, %" PRIu64 " us of virtual time\n",
           outcome_name(result.outcome), result.struck ? "struck" : "not reached",
           result.virtual_ns / 1000u);
    if (!result.passed) {
        printf("     %s\n", result.text);
    }
    runner_free(runner);
    return result.passed ? EXIT_PASS : EXIT_FAILURES;
}

/* ---- sweep ---- */

static int write_reports(const struct options *o, const struct pool_result *result,
                         const struct report *report)
{
    int ret = 0;

    if (o->json != NULL) {
        ret = report_json(o->json, result, report, o->pool.runs_file, o->pool.jobs);
        if (ret != 0) {
            fprintf(stderr, "virtio-sweep: --json %s: %s\n", o->json, strerror(-ret));
        }
    }
    if (ret == 0 && o->junit != NULL) {
        ret = report_junit(o->junit, result, report);
        if (ret != 0) {
            fprintf(stderr, "virtio-sweep: --junit %s: %s\n", o->junit, strerror(-ret));
        }
    }
    return ret;
}

static int sweep(struct options *o, const char *program)
{
    static struct pool_result result;
    struct report report = {.program = program};
    struct plan plan;
    char why[256];
    int ret = plan_make(&o->filter, &plan, why, sizeof(why));

    if (ret != 0) {
        fprintf(stderr, "virtio-sweep: %s\n", ret == -EINVAL ? why : strerror(-ret));
        return EXIT_USAGE;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (o->pool.runs_file != NULL) {
        report_forget_runs(o->pool.runs_file, o->pool.jobs);
    }
    o->pool.failed = report_failed;
    o->pool.ctx = &report;
    ret = pool_run(&plan, &o->pool, &result);
    if (ret != 0) {
        fprintf(stderr, "virtio-sweep: the worker processes failed: %s\n", strerror(-ret));
    }
    report_matrix(&result);
    if (o->rules) {
        report_rules(&result);
    }
    report_summary(&result);
    ret = write_reports(o, &result, &report) != 0 ? -EIO : ret;
    plan_free(&plan);
    report_free(&report);
    return ret != 0 || result.failed != 0 ? EXIT_FAILURES : EXIT_PASS;
}

int main(int argc, char **argv)
{
    struct options o;

    parse(&o, argc, argv);
    if (o.list) {
        plan_list();
        return EXIT_PASS;
    }
    return o.replay != NULL ? replay(o.replay) : sweep(&o, argv[0]);
}
