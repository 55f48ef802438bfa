/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-board --bench: measures, and prints a report or a table, or compares with a budget. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "board_bench.h"
#include "board_bench_report.h"

#define TIMES     3u
#define TIMES_MAX 9u

struct args {
    struct board_options options;
    struct board_selection selection;
    const char *watched, *figures, *budget;
    unsigned times;
    bool tsv;
};

static void usage(FILE *f)
{
    (void)fputs(
        "Usage: virtio-board --bench --board NAME [--firmware FILE --watched FILE]\n"
        "                    [--figures FILE] [OPTION...]\n"
        "What the driver costs on a board: instructions, register accesses and stack of its\n"
        "operations, from runs of the cost firmware. Without --tsv and --budget a report.\n"
        "\n"
        "  --firmware FILE    <board>-bench.elf: instructions and stack, the same in each of\n"
        "                     --times runs or it is a failure\n"
        "  --watched FILE     <board>-bench-watched.elf: register accesses\n"
        "  --times N          (default 3)\n"
        "  --figures FILE     figures that others measured, in the form of --tsv; -: standard\n"
        "                     input (harness/boards/sizes)\n"
        "  --tsv              figures as lines of the budget\n"
        "  --budget FILE      fails when a figure is more than 10 % above its budget, has none,\n"
        "                     or one of the budget was not measured\n"
        "  --device LIST, --transport LIST, --jobs N, --verbose, --help\n"
        "\n"
        "Exit code: as virtio-board.\n",
        f);
}

/* ---- options ---- */

static _Noreturn void wrong_usage(void)
{
    (void)fputs("Try 'virtio-board --bench --help'.\n", stderr);
    exit(BOARD_USAGE);
}

static unsigned number(const char *option, const char *text, unsigned max)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < 1u || value > max) {
        board_complain("--%s '%s', expected a number from 1 to %u", option, text, max);
        wrong_usage();
    }
    return (unsigned)value;
}

static const struct option long_options[] = {
    {"board", required_argument, NULL, 'b'},
    {"firmware", required_argument, NULL, 'f'},
    {"watched", required_argument, NULL, 'w'},
    {"figures", required_argument, NULL, 'g'},
    {"budget", required_argument, NULL, 'u'},
    {"transport", required_argument, NULL, 't'},
    {"device", required_argument, NULL, 'd'},
    {"times", required_argument, NULL, 'n'},
    {"jobs", required_argument, NULL, 'j'},
    {"tsv", no_argument, NULL, 's'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static void take_option(struct args *a, int opt)
{
    switch (opt) {
    case 'b':
        a->options.board = board_find(optarg);
        if (a->options.board == NULL) {
            board_complain("board '%s', expected a name that --list shows", optarg);
            wrong_usage();
        }
        break;
    case 'f':
        a->options.firmware = optarg;
        break;
    case 'w':
        a->watched = optarg;
        break;
    case 'g':
        a->figures = optarg;
        break;
    case 'u':
        a->budget = optarg;
        break;
    case 't':
        a->selection.filter.transport = optarg;
        break;
    case 'd':
        a->selection.filter.device = optarg;
        break;
    case 'n':
        a->times = number("times", optarg, TIMES_MAX);
        break;
    case 'j':
        a->selection.jobs = number("jobs", optarg, 32);
        break;
    case 's':
        a->tsv = true;
        break;
    case 'v':
        a->options.verbose = true;
        break;
    case 'h':
        usage(stdout);
        exit(BOARD_PASS);
    default:
        wrong_usage();
    }
}

static void parse(struct args *a, int argc, char **argv)
{
    char why[256];
    int opt;

    *a = (struct args){.selection.jobs = 1, .times = TIMES, .options.program = "virtio-board"};
    while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        take_option(a, opt);
    }
    if (optind != argc) {
        board_complain("'%s', expected an option", argv[optind]);
        wrong_usage();
    }
    if (a->options.board == NULL) {
        board_complain("--board is missing, expected a name that --list shows");
        wrong_usage();
    }
    if ((a->options.firmware == NULL) != (a->watched == NULL)) {
        board_complain("--%s is missing, expected --firmware and --watched, or neither",
                       a->watched == NULL ? "watched" : "firmware");
        wrong_usage();
    }
    if (a->options.firmware == NULL && a->figures == NULL) {
        board_complain("nothing to measure: expected --firmware and --watched, or --figures");
        wrong_usage();
    }
    if (real_filter_check(&a->selection.filter, why, sizeof(why)) != 0) {
        board_complain("%s", why);
        wrong_usage();
    }
}

static enum board_code check_firmware(const struct args *a, const char *path)
{
    char why[512];

    if (board_check_firmware(a->options.board, path, why, sizeof(why)) != 0) {
        board_complain("%s", why);
        return BOARD_NO_FIRMWARE;
    }
    return BOARD_PASS;
}

/* ---- measuring ---- */

/* The instructions of probe contain waiting. */
static bool same(const struct board_cost *a, const struct board_cost *b)
{
    bool waits = strncmp(a->name, "probe", 5) == 0;

    return strcmp(a->name, b->name) == 0 && a->units == b->units &&
           a->stack_bytes == b->stack_bytes &&
           (waits || (a->call == b->call && a->answer == b->answer && a->reads == b->reads &&
                      a->writes == b->writes));
}

static void say_differs(const char *what, const struct board_cost *first,
                        const struct board_cost *c)
{
    (void)printf("FAIL %s %s: not the same in two runs: instructions %llu + %llu and %llu + %llu, "
                 "accesses %u + %u and %u + %u, stack %u and %u; expected equal ones\n",
                 what, c->name, (unsigned long long)first->call, (unsigned long long)first->answer,
                 (unsigned long long)c->call, (unsigned long long)c->answer, first->reads,
                 first->writes, c->reads, c->writes, first->stack_bytes, c->stack_bytes);
}

static enum board_code compare_runs(const struct board_cost_table *first,
                                    const struct board_cost_table *again)
{
    enum board_code code = BOARD_PASS;

    for (unsigned d = 0; d < real_device_count; d++) {
        for (unsigned t = 0; t < 2u; t++) {
            const struct board_costs *a = &first->of[d][t];
            const struct board_costs *b = &again->of[d][t];

            for (unsigned i = 0; i < a->count; i++) {
                if (i >= b->count || !same(&a->costs[i], &b->costs[i])) {
                    say_differs(real_devices[d]->name, &a->costs[i], &b->costs[i]);
                    code = BOARD_FAILURES;
                }
            }
        }
    }
    return code;
}

/* Runs an image a->times times. */
static enum board_code measure(const struct args *a, const char *firmware, bool watched,
                               struct board_cost_table *table)
{
    struct board_options o = a->options;
    struct board_cost_table *again = board_costs_new();
    enum board_code code = check_firmware(a, firmware);

    o.firmware = firmware;
    if (again == NULL) {
        board_complain("no memory for figures");
        return BOARD_FAILURES;
    }
    code = code != BOARD_PASS ? code : board_bench_run(&o, &a->selection, watched, table);
    for (unsigned n = 1; n < a->times && code == BOARD_PASS; n++) {
        memset(again, 0, sizeof(*again));
        code = board_bench_run(&o, &a->selection, watched, again);
        code = code != BOARD_PASS ? code : compare_runs(table, again);
    }
    return code;
}

/* ---- what comes of it ---- */

static enum board_code compare(const struct args *a, const struct board_figures *f)
{
    struct board_figures budget = {NULL, 0, 0};
    const char *board = a->options.board->name;
    unsigned wrong = 0;
    char why[512];

    if (board_figures_read(&budget, a->budget, why, sizeof(why)) != 0) {
        board_complain("%s", why);
        board_figures_free(&budget);
        return BOARD_USAGE;
    }
    if (a->options.firmware != NULL) {
        wrong += board_figures_compare(f, &budget, board, false, stdout);
    }
    if (a->figures != NULL) {
        wrong += board_figures_compare(f, &budget, board, true, stdout);
    }
    (void)printf("%zu figures of board %s, %u not within their budget (%s)\n", f->count, board,
                 wrong, a->budget);
    board_figures_free(&budget);
    return wrong == 0 ? BOARD_PASS : BOARD_FAILURES;
}

static enum board_code use(const struct args *a, const struct board_bench_figures *b)
{
    if (a->tsv) {
        board_figures_print(&b->figures, stdout);
    }
    if (a->budget != NULL) {
        return compare(a, &b->figures);
    }
    if (!a->tsv) {
        board_bench_report(b, a->options.board, a->options.firmware, stdout);
    }
    return BOARD_PASS;
}

int board_bench_main(int argc, char **argv)
{
    struct args a;
    struct board_bench_figures b = {.plain = board_costs_new(), .watched = board_costs_new()};
    enum board_code code = BOARD_PASS;
    char why[512];

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    parse(&a, argc, argv);
    if (b.plain == NULL || b.watched == NULL) {
        board_complain("no memory for figures");
        return BOARD_FAILURES;
    }
    if (a.options.firmware != NULL) {
        code = board_check_qemu(a.options.board);
        code = code != BOARD_PASS ? code : measure(&a, a.options.firmware, false, b.plain);
        code = code != BOARD_PASS ? code : measure(&a, a.watched, true, b.watched);
    }
    if (code == BOARD_PASS && board_bench_collect(&b, a.options.board) != 0) {
        board_complain("no memory for figures");
        code = BOARD_FAILURES;
    }
    if (code == BOARD_PASS && a.figures != NULL &&
        board_figures_read(&b.figures, a.figures, why, sizeof(why)) != 0) {
        board_complain("%s", why);
        code = BOARD_USAGE;
    }
    code = code != BOARD_PASS ? code : use(&a, &b);
    board_figures_free(&b.figures);
    return (int)code;
}
