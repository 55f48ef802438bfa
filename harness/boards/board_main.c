/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-board: our firmware on a QEMU board, and the far side of its devices.
 *
 * For the tests of a cross build, one a board, transport and device:
 *
 *   virtio-board --board riscv64 --firmware FILE --transport modern --device blk
 *
 * runs every scenario that QEMU can play and that is not a long one, on the device as QEMU offers
 * it and once more polled (no interrupt connected): the variants split+event_idx+indirect and
 * polled, one run at a time unless --jobs says otherwise. It fails, too, when not one interrupt was
 * taken in all the runs that are not polled. About 440 runs a board in all, 20 to 40 s.
 *
 *   virtio-board --board riscv64 --firmware FILE --compare
 *
 * is one more test a board: the driver there does what it does here, register by register and ring
 * by ring. Exit codes: enum board_code in board_run.h.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "board_bench.h"
#include "board_modes.h"

enum mode { MODE_SCENARIOS, MODE_LIST, MODE_REPLAY, MODE_COMPARE };

struct args {
    enum mode mode;
    struct board_options options;
    struct board_selection selection;
    const char *board;
    const char *replay;
};

static void usage(FILE *f)
{
    (void)fputs(
        "Usage: virtio-board --board NAME --firmware FILE [OPTION...]\n"
        "       virtio-board --firmware FILE --replay ID\n"
        "       virtio-board --board NAME --firmware FILE --compare [OPTION...]\n"
        "       virtio-board --bench --help\n"
        "Starts a QEMU board with our firmware and plays the far side of its devices: every "
        "scenario\n"
        "that QEMU can play, each on a board of its own.\n"
        "\n"
        "  --board NAME       riscv64, riscv64-s, riscv32, aarch64, aarch64_be\n"
        "  --firmware FILE    an ELF executable for it\n"
        "  --device LIST      blk, net, ... (comma-separated; a name may end in *)\n"
        "  --transport LIST   legacy, modern\n"
        "  --variant LIST     ways to start the device (default split+event_idx+indirect,\n"
        "                     polled; with --compare split instead of polled)\n"
        "  --scenario LIST    read-4k, ...; long ones such as wrap run only when named\n"
        "  --list             what there is to choose from\n"
        "  --replay ID        one run again, as with --verbose; the id names the board\n"
        "  --compare          the driver's register accesses and rings on the board and in this\n"
        "                     process on the same devices; without --scenario those where both\n"
        "                     depend on the driver alone\n"
        "  --verbose          command line of QEMU, console, questions, every register access\n"
        "  --jobs N           runs at a time (default 1)\n"
        "  --limit N          seconds for one run (default 60; long scenarios 180)\n"
        "  --dtb FILE         in the place of QEMU's own device tree\n"
        "  --keep             do not remove the images\n"
        "  --help             this text\n"
        "\n"
        "RTV_QEMU_RISCV64, RTV_QEMU_RISCV32 and RTV_QEMU_AARCH64 name the QEMU binaries (default:\n"
        "qemu-system-riscv64 and so on in PATH).\n"
        "Exit code: 0 passed, 1 failures, 2 wrong usage, 3 QEMU is missing or did not start,\n"
        "4 QEMU is older than 7.2, 5 the firmware is missing or not for that board, 6 the "
        "firmware\n"
        "found no device tree, 7 it found no virtio,mmio node in it.\n",
        f);
}

/* ---- options ---- */

enum {
    OPT_BOARD = 256,
    OPT_FIRMWARE,
    OPT_DEVICE,
    OPT_TRANSPORT,
    OPT_VARIANT,
    OPT_SCENARIO,
    OPT_LIST,
    OPT_REPLAY,
    OPT_COMPARE,
    OPT_VERBOSE,
    OPT_JOBS,
    OPT_LIMIT,
    OPT_DTB,
    OPT_KEEP,
    OPT_HELP,
};

static const struct option long_options[] = {
    {"board", required_argument, NULL, OPT_BOARD},
    {"firmware", required_argument, NULL, OPT_FIRMWARE},
    {"device", required_argument, NULL, OPT_DEVICE},
    {"transport", required_argument, NULL, OPT_TRANSPORT},
    {"variant", required_argument, NULL, OPT_VARIANT},
    {"scenario", required_argument, NULL, OPT_SCENARIO},
    {"list", no_argument, NULL, OPT_LIST},
    {"replay", required_argument, NULL, OPT_REPLAY},
    {"compare", no_argument, NULL, OPT_COMPARE},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"dtb", required_argument, NULL, OPT_DTB},
    {"keep", no_argument, NULL, OPT_KEEP},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static _Noreturn void wrong_usage(void)
{
    (void)fputs("Try 'virtio-board --help'.\n", stderr);
    exit(BOARD_USAGE);
}

static unsigned number(const char *option, const char *text, unsigned max)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < 1u || value > max) {
        board_complain("--%s '%s', expected a number from 1 to %u", option, text, max);
        wrong_usage();
    }
    return (unsigned)value;
}

static void set_mode(struct args *a, enum mode mode)
{
    if (a->mode != MODE_SCENARIOS && a->mode != mode) {
        board_complain("expected one of --list, --replay, --compare");
        wrong_usage();
    }
    a->mode = mode;
}

static void take_mode(struct args *a, int opt)
{
    switch (opt) {
    case OPT_LIST:
        set_mode(a, MODE_LIST);
        break;
    case OPT_REPLAY:
        set_mode(a, MODE_REPLAY);
        a->replay = optarg;
        break;
    case OPT_COMPARE:
        set_mode(a, MODE_COMPARE);
        break;
    case OPT_HELP:
        usage(stdout);
        exit(BOARD_PASS);
    default:
        wrong_usage();
    }
}

static void take_option(struct args *a, int opt)
{
    switch (opt) {
    case OPT_BOARD:
        a->board = optarg;
        break;
    case OPT_FIRMWARE:
        a->options.firmware = optarg;
        break;
    case OPT_DEVICE:
        a->selection.filter.device = optarg;
        break;
    case OPT_TRANSPORT:
        a->selection.filter.transport = optarg;
        break;
    case OPT_VARIANT:
        a->selection.filter.variant = optarg;
        break;
    case OPT_SCENARIO:
        a->selection.filter.scenario = optarg;
        break;
    case OPT_VERBOSE:
        a->options.verbose = true;
        break;
    case OPT_JOBS:
        a->selection.jobs = number("jobs", optarg, 32);
        break;
    case OPT_LIMIT:
        a->options.limit_s = number("limit", optarg, 3600);
        break;
    case OPT_DTB:
        a->options.dtb = optarg;
        break;
    case OPT_KEEP:
        a->selection.keep = true;
        break;
    default:
        take_mode(a, opt);
        break;
    }
}

static void parse(struct args *a, int argc, char **argv)
{
    int opt;

    *a = (struct args){.selection.jobs = 1, .options.program = argv[0]};
    while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        take_option(a, opt);
    }
    if (optind != argc) {
        board_complain("'%s', expected an option", argv[optind]);
        wrong_usage();
    }
}

/* ---- what everything needs ---- */

/* The board, from its name or the first part of the replay id. */
static const struct board *choose_board(const struct args *a, const char **rest)
{
    char name[32];
    size_t len = a->replay != NULL ? strcspn(a->replay, ":") : 0;
    const char *wanted = a->replay != NULL ? name : a->board;
    const struct board *board;

    (void)snprintf(name, sizeof(name), "%.*s", (int)len, a->replay != NULL ? a->replay : "");
    if (wanted == NULL) {
        board_complain("--board is missing, expected a name that --list shows");
        wrong_usage();
    }
    board = board_find(wanted);
    if (board == NULL) {
        board_complain("board '%s', expected a name that --list shows", wanted);
        wrong_usage();
    }
    if (a->replay != NULL && a->board != NULL && strcmp(a->board, wanted) != 0) {
        board_complain("--board '%s', but the replay id is one of board '%s'", a->board, wanted);
        wrong_usage();
    }
    *rest = a->replay != NULL && a->replay[len] == ':' ? a->replay + len + 1 : "";
    return board;
}

static enum board_code check_firmware(const struct args *a)
{
    char why[512];

    if (a->options.firmware == NULL) {
        board_complain("--firmware is missing, expected an ELF file for board %s",
                       a->options.board->name);
        return BOARD_USAGE;
    }
    if (board_check_firmware(a->options.board, a->options.firmware, why, sizeof(why)) != 0) {
        board_complain("%s", why);
        return BOARD_NO_FIRMWARE;
    }
    return BOARD_PASS;
}

static void list(void)
{
    (void)printf("boards:\n");
    for (unsigned i = 0; i < board_count; i++) {
        (void)printf("  %-26s%s\n", boards[i].name, boards[i].what);
    }
    real_plan_list(stdout);
}

int main(int argc, char **argv)
{
    struct args a;
    const char *id;
    char why[256];
    enum board_code code;

    if (argc > 1 && strcmp(argv[1], "--bench") == 0) {
        return board_bench_main(argc - 1, argv + 1);
    }
    parse(&a, argc, argv);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (a.mode == MODE_LIST) {
        list();
        return BOARD_PASS;
    }
    a.options.board = choose_board(&a, &id);
    if (real_filter_check(&a.selection.filter, why, sizeof(why)) != 0) {
        board_complain("%s", why);
        wrong_usage();
    }
    code = check_firmware(&a);
    code = code != BOARD_PASS ? code : board_check_qemu(a.options.board);
    if (code != BOARD_PASS) {
        return (int)code;
    }
    switch (a.mode) {
    case MODE_REPLAY:
        a.options.verbose = true;
        return (int)board_replay(&a.options, &a.selection, id);
    case MODE_COMPARE:
        return (int)board_compare_all(&a.options, &a.selection);
    case MODE_LIST:
    case MODE_SCENARIOS:
    default:
        return (int)board_scenarios(&a.options, &a.selection);
    }
}
