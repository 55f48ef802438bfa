/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-real: the driver on QEMU's own virtio devices. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real_machine.h"
#include "real_modes.h"
#include "real_run.h"

enum mode {
    MODE_SCENARIOS,
    MODE_LIST,
    MODE_REPLAY,
    MODE_COPY,
    MODE_WRITE,
    MODE_BENCH,
    MODE_COMPARE
};

struct options {
    enum mode mode;
    struct real_filter filter;
    struct real_child_options child;
    unsigned watchdog_s; /* 0: by the length of the scenario */
    const char *replay;
    uint64_t sector;
    unsigned seconds;
    const char *program;
    char **files; /* arguments that are not options */
    int num_files;
};

static void usage(FILE *f)
{
    (void)fputs(
        "Usage: virtio-real [OPTION...]\n"
        "       virtio-real --copy IMAGE OUT [--transport NAME]\n"
        "       virtio-real --write FILE IMAGE [--sector N] [--transport NAME]\n"
        "       virtio-real --bench | --compare [--transport NAME]\n"
        "Runs the virtio driver on QEMU's virtio devices. Without a mode: every scenario that "
        "QEMU\n"
        "can play, with disks, networks and so on of its own, which are checked without the "
        "driver.\n"
        "\n"
        "  --device LIST      blk, net, ... (comma-separated; a name may end in *)\n"
        "  --transport LIST   legacy, modern\n"
        "  --variant LIST     ways to start the device: split+event_idx, polled, ...\n"
        "  --scenario LIST    read-4k, ...; long ones such as wrap run only when named\n"
        "  --list             what there is to choose from\n"
        "  --replay ID        one run again, as with --verbose\n"
        "  --verbose          command line of QEMU, log of the driver, every register access\n"
        "  --watchdog N       seconds for one run (default 20; long scenarios 120)\n"
        "  --keep             do not remove the images\n"
        "\n"
        "  --copy             read all of IMAGE through the driver into the new file OUT\n"
        "  --write            write FILE through the driver into IMAGE\n"
        "  --sector N         where in IMAGE to begin (default 0)\n"
        "                     --copy and --write use transport modern unless told otherwise\n"
        "  --bench            4 KiB reads a second, one at a time and 32 in flight\n"
        "  --seconds N        for each figure of --bench (default 1)\n"
        "  --compare          the driver's register accesses on the model and on QEMU\n"
        "                     (scenarios bring-up and read-4k unless told otherwise)\n"
        "  --help             this text\n"
        "\n"
        "RTV_QEMU_RISCV64 names the QEMU binary (default: qemu-system-riscv64 in PATH).\n"
        "Exit code: 0 passed, 1 failures, 2 wrong usage or a file that cannot be used,\n"
        "3 QEMU is missing or did not start.\n",
        f);
}

/* ---- options ---- */

enum {
    OPT_DEVICE = 256,
    OPT_TRANSPORT,
    OPT_VARIANT,
    OPT_SCENARIO,
    OPT_LIST,
    OPT_REPLAY,
    OPT_VERBOSE,
    OPT_WATCHDOG,
    OPT_KEEP,
    OPT_COPY,
    OPT_WRITE,
    OPT_SECTOR,
    OPT_BENCH,
    OPT_SECONDS,
    OPT_COMPARE,
    OPT_HELP,
};

static const struct option long_options[] = {
    {"device", required_argument, NULL, OPT_DEVICE},
    {"transport", required_argument, NULL, OPT_TRANSPORT},
    {"variant", required_argument, NULL, OPT_VARIANT},
    {"scenario", required_argument, NULL, OPT_SCENARIO},
    {"list", no_argument, NULL, OPT_LIST},
    {"replay", required_argument, NULL, OPT_REPLAY},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"watchdog", required_argument, NULL, OPT_WATCHDOG},
    {"keep", no_argument, NULL, OPT_KEEP},
    {"copy", no_argument, NULL, OPT_COPY},
    {"write", no_argument, NULL, OPT_WRITE},
    {"sector", required_argument, NULL, OPT_SECTOR},
    {"bench", no_argument, NULL, OPT_BENCH},
    {"seconds", required_argument, NULL, OPT_SECONDS},
    {"compare", no_argument, NULL, OPT_COMPARE},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static _Noreturn void wrong_usage(void)
{
    (void)fputs("Try 'virtio-real --help'.\n", stderr);
    exit(REAL_EXIT_USAGE);
}

static uint64_t number(const char *option, const char *text, uint64_t min, uint64_t max)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < min ||
        value > max) {
        real_complain("--%s '%s', expected a number from %" PRIu64 " to %" PRIu64, option, text,
                      min, max);
        exit(REAL_EXIT_USAGE);
    }
    return value;
}

static void set_mode(struct options *o, enum mode mode)
{
    if (o->mode != MODE_SCENARIOS && o->mode != mode) {
        real_complain("expected one of --list, --replay, --copy, --write, --bench, --compare");
        wrong_usage();
    }
    o->mode = mode;
}

static void take_option(struct options *o, int opt)
{
    static const struct {
        int opt;
        enum mode mode;
    } modes[] = {{OPT_LIST, MODE_LIST},   {OPT_REPLAY, MODE_REPLAY}, {OPT_COPY, MODE_COPY},
                 {OPT_WRITE, MODE_WRITE}, {OPT_BENCH, MODE_BENCH},   {OPT_COMPARE, MODE_COMPARE}};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (opt == modes[i].opt) {
            set_mode(o, modes[i].mode);
            o->replay = opt == OPT_REPLAY ? optarg : o->replay;
            return;
        }
    }
    switch (opt) {
    case OPT_DEVICE:
        o->filter.device = optarg;
        break;
    case OPT_TRANSPORT:
        o->filter.transport = optarg;
        break;
    case OPT_VARIANT:
        o->filter.variant = optarg;
        break;
    case OPT_SCENARIO:
        o->filter.scenario = optarg;
        break;
    case OPT_VERBOSE:
        o->child.verbose = true;
        break;
    case OPT_WATCHDOG:
        o->watchdog_s = (unsigned)number("watchdog", optarg, 1, 3600);
        break;
    case OPT_KEEP:
        o->child.keep = true;
        break;
    case OPT_SECTOR:
        o->sector = number("sector", optarg, 0, INT64_MAX / VIRTIO_BLK_SECTOR_SIZE);
        break;
    case OPT_SECONDS:
        o->seconds = (unsigned)number("seconds", optarg, 1, 3600);
        break;
    case OPT_HELP:
        usage(stdout);
        exit(REAL_EXIT_PASS);
    default:
        wrong_usage();
    }
}

static void parse(struct options *o, int argc, char **argv)
{
    char why[256];
    int opt;
    int wanted;

    *o = (struct options){.seconds = 1, .program = argv[0]};
    while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        take_option(o, opt);
    }
    o->files = argv + optind;
    o->num_files = argc - optind;
    wanted = o->mode == MODE_COPY || o->mode == MODE_WRITE ? 2 : 0;
    if (o->num_files != wanted) {
        if (o->num_files > wanted) {
            real_complain("'%s', expected %s", o->files[wanted],
                          wanted == 0 ? "an option" : "two files");
        } else {
            real_complain("expected %s",
                          o->mode == MODE_COPY ? "--copy IMAGE OUT" : "--write FILE IMAGE");
        }
        wrong_usage();
    }
    if (real_filter_check(&o->filter, why, sizeof(why)) != 0) {
        real_complain("%s", why);
        wrong_usage();
    }
}

/* ---- scenarios ---- */

static void report(const struct options *o, const struct real_spec *spec,
                   const struct real_result *result)
{
    char id[REAL_ID_MAX];

    real_id_format(spec, id, sizeof(id));
    (void)printf("%s %-48s %4" PRIu64 " reads %5" PRIu64 " writes %4" PRIu64 " irqs %6.1f ms\n",
                 result->passed ? "PASS" : "FAIL", id, result->reads, result->writes,
                 result->interrupts, (double)result->us / 1000.0);
    if (result->passed) {
        return;
    }
    (void)printf("     %s\n", result->text);
    if (result->command[0] != '\0') {
        (void)printf("     %s\n", result->command);
    }
    (void)printf("     replay: %s --replay %s\n", o->program, id);
}

static int run_one(struct options *o, const struct real_spec *spec, struct real_result *result)
{
    bool is_long = (real_spec_scenario(spec)->flags & SCN_LONG) != 0;
    int ret;

    o->child.watchdog_s = o->watchdog_s != 0 ? o->watchdog_s : is_long ? 120u : 20u;
    ret = real_run_apart(spec, &o->child, result);
    if (ret == 0 && result->no_qemu) {
        real_complain("%s", result->text);
    } else if (ret == 0) {
        report(o, spec, result);
    }
    return ret;
}

static int scenarios(struct options *o)
{
    unsigned runs = 0;
    unsigned failed = 0;
    struct real_result result;
    struct real_spec spec;
    bool more;

    for (more = real_plan_first(&o->filter, &spec); more;
         more = real_plan_next(&o->filter, &spec)) {
        if (run_one(o, &spec, &result) != 0) {
            (void)printf("stopped by a signal after %u runs, %u failed\n", runs, failed);
            return REAL_EXIT_FAILURES;
        }
        if (result.no_qemu) {
            return REAL_EXIT_NO_QEMU;
        }
        runs++;
        failed += result.passed ? 0u : 1u;
    }
    (void)printf("%u runs on QEMU, %u failed\n", runs, failed);
    return failed != 0 ? REAL_EXIT_FAILURES : REAL_EXIT_PASS;
}

static int replay(struct options *o)
{
    struct real_result result;
    struct real_spec spec;
    char why[256];

    if (real_id_parse(o->replay, &spec, why, sizeof(why)) != 0) {
        real_complain("%s", why);
        return REAL_EXIT_USAGE;
    }
    o->child.verbose = true;
    if (run_one(o, &spec, &result) != 0) {
        return REAL_EXIT_FAILURES;
    }
    return result.no_qemu ? REAL_EXIT_NO_QEMU : result.passed ? REAL_EXIT_PASS : REAL_EXIT_FAILURES;
}

int main(int argc, char **argv)
{
    struct options o;
    FILE *trace;
    bool modern;

    parse(&o, argc, argv);
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not take the trace with it */
    trace = o.child.verbose ? stdout : NULL;
    modern = real_transport_selected(&o.filter, true);
    switch (o.mode) {
    case MODE_LIST:
        real_plan_list(stdout);
        return REAL_EXIT_PASS;
    case MODE_REPLAY:
        return replay(&o);
    case MODE_COPY:
        return real_copy(o.files[0], o.files[1], modern, trace);
    case MODE_WRITE:
        return real_write(o.files[0], o.files[1], o.sector, modern, trace);
    case MODE_BENCH:
        return real_bench(&o.filter, o.seconds);
    case MODE_COMPARE:
        return real_compare(&o.filter, trace);
    case MODE_SCENARIOS:
    default:
        return scenarios(&o);
    }
}
