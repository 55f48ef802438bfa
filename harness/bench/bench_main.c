/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-bench: what the drivers cost per operation, on the model; and the comparison with the
 * budget that is kept with the sources. */
#include "bench.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_GOOD = 0, EXIT_BAD = 1, EXIT_USAGE = 2 };

#define BUDGET_MARGIN 0.10
#define LINE_MAX_LEN  256

struct options {
    const char *type, *device, *transport, *ring, *op, *budget;
    unsigned repeat;
    bool tsv;
};

static void usage(FILE *f)
{
    fputs("Usage: virtio-bench [OPTION...]\n"
          "Prints what the operations of the drivers cost (reads and writes, frames, console\n"
          "output, screen updates, input events), for every transport and ring, averaged per\n"
          "operation; where one consists of several frames or events, a second line has the\n"
          "figures of one of them. The figures are counted on the device model and the same on\n"
          "every machine.\n"
          "\n"
          "  --type NAME       blk, net, console, gpu or input\n"
          "  --device NAME     sync (answers inside the notification) or lazy (one by one, later)\n"
          "  --transport NAME  legacy or modern\n"
          "  --ring NAME       split, split+event_idx, ...\n"
          "  --op NAME         one of --list\n"
          "  --repeat N        operations to average over (default 64; long ones: 8 at most)\n"
          "  --list            the operations: type, name, how many of what it consists of, and\n"
          "                    over how many it is averaged at most (0: any number)\n"
          "  --tsv             the register accesses only, in the form of a budget\n"
          "  --budget FILE     compare the register accesses with a budget: none may be more than\n"
          "                    10 % above it\n"
          "  --help            this text\n"
          "\n"
          "Figures: register accesses, of these reads, writes and notifications; interrupts;\n"
          "descriptors; barriers; payload: bytes that the device read and wrote; bounced: bytes\n"
          "that the port of the model copied for map, sync and unmap; copied: bytes that the\n"
          "driver copied, which are the caller's data in memory that was neither mapped for the\n"
          "device nor coherent. A byte that is copied twice on its way counts once.\n"
          "\n"
          "Exit code: 0 good, 1 over budget or failed, 2 wrong usage.\n",
          f);
}

/* ---- options ---- */

static _Noreturn void wrong(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "virtio-bench: --%s '%s', expected %s\n", option, value, expected);
    exit(EXIT_USAGE);
}

static void check_name(const char *option, const char *value, const char *const *names, size_t n,
                       const char *expected)
{
    for (size_t i = 0; i < n; i++) {
        if (value == NULL || strcmp(value, names[i]) == 0) {
            return;
        }
    }
    wrong(option, value, expected);
}

/* Whether a type, or any of them, has an operation of that name. */
static bool op_known(const struct options *o)
{
    for (unsigned t = 0; t < bench_type_count; t++) {
        const struct bench_op *op;

        if (o->type != NULL && strcmp(o->type, bench_type_name(bench_types[t])) != 0) {
            continue;
        }
        for (unsigned i = 0; (op = bench_type_op(bench_types[t], i)) != NULL; i++) {
            if (strcmp(o->op, op->name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void check_names(const struct options *o)
{
    static const char *const transports[] = {"legacy", "modern"};
    bool type_known = o->type == NULL;
    bool ring_known = o->ring == NULL;

    for (unsigned i = 0; i < bench_type_count; i++) {
        type_known = type_known || strcmp(o->type, bench_type_name(bench_types[i])) == 0;
    }
    if (!type_known) {
        wrong("type", o->type, "blk, net, console, gpu or input");
    }
    check_name("device", o->device, bench_device_names, BENCH_DEVICE_COUNT, "sync or lazy");
    check_name("transport", o->transport, transports, 2, "legacy or modern");
    for (unsigned i = 0; i < ring_variant_count; i++) {
        ring_known = ring_known || strcmp(o->ring, ring_variants[i].name) == 0;
    }
    if (!ring_known) {
        wrong("ring", o->ring, "one of virtio-sweep --list");
    }
    if (o->op != NULL && !op_known(o)) {
        wrong("op", o->op, "one of virtio-bench --list");
    }
}

static void list(void)
{
    for (unsigned t = 0; t < bench_type_count; t++) {
        const struct bench_op *op;

        for (unsigned i = 0; (op = bench_type_op(bench_types[t], i)) != NULL; i++) {
            printf("%s\t%s\t%u\t%s\t%u\n", bench_type_name(bench_types[t]), op->name, op->units,
                   op->unit, op->max);
        }
    }
}

static unsigned parse_repeat(const char *text)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < 1u ||
        value > 1000000u) {
        wrong("repeat", text, "a number from 1 to 1000000");
    }
    return (unsigned)value;
}

static void parse(struct options *o, int argc, char **argv)
{
    static const struct option long_options[] = {
        {"type", required_argument, NULL, 'y'},
        {"device", required_argument, NULL, 'd'},
        {"transport", required_argument, NULL, 't'},
        {"ring", required_argument, NULL, 'r'},
        {"op", required_argument, NULL, 'o'},
        {"repeat", required_argument, NULL, 'n'},
        {"list", no_argument, NULL, 'l'},
        {"tsv", no_argument, NULL, 'v'},
        {"budget", required_argument, NULL, 'b'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int opt;

    *o = (struct options){.repeat = 64};
    while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (opt) {
        case 'y':
            o->type = optarg;
            break;
        case 'd':
            o->device = optarg;
            break;
        case 't':
            o->transport = optarg;
            break;
        case 'r':
            o->ring = optarg;
            break;
        case 'o':
            o->op = optarg;
            break;
        case 'n':
            o->repeat = parse_repeat(optarg);
            break;
        case 'l':
            list();
            exit(EXIT_GOOD);
        case 'v':
            o->tsv = true;
            break;
        case 'b':
            o->budget = optarg;
            break;
        case 'h':
            usage(stdout);
            exit(EXIT_GOOD);
        default:
            fputs("Try 'virtio-bench --help'.\n", stderr);
            exit(EXIT_USAGE);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "virtio-bench: '%s', expected an option\nTry 'virtio-bench --help'.\n",
                argv[optind]);
        exit(EXIT_USAGE);
    }
    check_names(o);
}

/* ---- going through the cases ---- */

static bool selected(const struct options *o, const struct bench_case *c)
{
    return bench_case_exists(c) &&
           (o->type == NULL || strcmp(o->type, bench_type_name(bench_types[c->type])) == 0) &&
           (o->device == NULL || strcmp(o->device, bench_device_names[c->device]) == 0) &&
           (o->transport == NULL || strcmp(o->transport, c->modern ? "modern" : "legacy") == 0) &&
           (o->ring == NULL || strcmp(o->ring, ring_variants[c->ring].name) == 0) &&
           (o->op == NULL || strcmp(o->op, bench_case_op(c)->name) == 0);
}

/* Steps to the next case; false at the end. Start with a zeroed one. */
static bool next_case(struct bench_case *c)
{
    c->op++;
    if (bench_case_op(c) != NULL) {
        return true;
    }
    c->op = 0;
    if (++c->ring != ring_variant_count) {
        return true;
    }
    c->ring = 0;
    c->modern = !c->modern;
    if (c->modern) {
        return true;
    }
    c->device = (enum bench_device)(c->device + 1);
    if (c->device != BENCH_DEVICE_COUNT) {
        return true;
    }
    c->device = (enum bench_device)0;
    return ++c->type != bench_type_count;
}

#define ROW_FORMAT "%-8s%-7s%-10s%-34s%-18s"

static void print_head(const struct options *o)
{
    if (o->tsv) {
        printf("# Register accesses per operation: the budget that virtio-bench --budget compares "
               "with.\n# Made by virtio-bench --tsv.\n"
               "#type\tdevice\ttransport\tring\toperation\taccesses\n");
        return;
    }
    printf(ROW_FORMAT, "type", "device", "transport", "ring", "operation");
    for (unsigned i = 0; i < BENCH_FIGURE_COUNT; i++) {
        printf(" %11s", bench_figure_names[i]);
    }
    putchar('\n');
}

static void print_figures(const struct bench_result *r, unsigned units)
{
    for (unsigned i = 0; i < BENCH_FIGURE_COUNT; i++) {
        printf(" %11.2f", r->figures[i] / units);
    }
    putchar('\n');
}

static void print_row(const struct options *o, const struct bench_case *c,
                      const struct bench_result *r)
{
    const struct bench_op *op = bench_case_op(c);
    char text[LINE_MAX_LEN];

    if (o->tsv) {
        (void)bench_case_format(c, '\t', text, sizeof(text));
        printf("%s\t%.2f\n", text, r->figures[BENCH_ACCESSES]);
        return;
    }
    printf(ROW_FORMAT, bench_type_name(bench_types[c->type]), bench_device_names[c->device],
           c->modern ? "modern" : "legacy", ring_variants[c->ring].name, op->name);
    print_figures(r, 1);
    if (op->units > 1u) {
        (void)snprintf(text, sizeof(text), "  per %s", op->unit);
        printf(ROW_FORMAT, "", "", "", "", text);
        print_figures(r, op->units);
    }
}

/* ---- budget ---- */

/* The row of a case, or a negative number when the file has none. */
static double budget_of(FILE *f, const struct bench_case *c)
{
    char line[LINE_MAX_LEN];
    char key[LINE_MAX_LEN];
    size_t len = (size_t)bench_case_format(c, '\t', key, sizeof(key));

    rewind(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (strncmp(line, key, len) == 0 && line[len] == '\t') {
            char *end;
            double value = strtod(line + len, &end);

            return *end == '\n' && end != line + len ? value : -1.0;
        }
    }
    return -1.0;
}

static bool within_budget(FILE *f, const struct bench_case *c, const struct bench_result *r)
{
    double budget = budget_of(f, c);
    double got = r->figures[BENCH_ACCESSES];
    bool good = budget >= 0 && got <= budget * (1.0 + BUDGET_MARGIN);
    char text[LINE_MAX_LEN];

    if (!good) {
        (void)bench_case_format(c, ' ', text, sizeof(text));
        printf("FAIL %s: %.2f register accesses, ", text, got);
        if (budget >= 0) {
            printf("budget %.2f\n", budget);
        } else {
            puts("no budget");
        }
    }
    return good;
}

static int run(const struct options *o, FILE *budget)
{
    struct bench_case c = {0};
    struct bench_result r;
    unsigned cases = 0;
    unsigned failed = 0;

    do {
        if (!selected(o, &c)) {
            continue;
        }
        if (cases++ == 0 && budget == NULL) {
            print_head(o);
        }
        if (bench_run(&c, o->repeat, &r) != 0) {
            failed++;
        } else if (budget == NULL) {
            print_row(o, &c, &r);
        } else {
            failed += within_budget(budget, &c, &r) ? 0u : 1u;
        }
    } while (next_case(&c));
    if (budget != NULL) {
        printf("%u cases, %u over budget\n", cases, failed);
    }
    if (cases == 0) {
        fputs("virtio-bench: the options together select nothing, expected at least one case\n",
              stderr);
        return EXIT_USAGE;
    }
    return failed == 0 ? EXIT_GOOD : EXIT_BAD;
}

int main(int argc, char **argv)
{
    struct options o;
    FILE *budget = NULL;
    int ret;

    parse(&o, argc, argv);
    if (o.budget != NULL) {
        budget = fopen(o.budget, "r");
        if (budget == NULL) {
            fprintf(stderr, "virtio-bench: --budget %s: %s\n", o.budget, strerror(errno));
            return EXIT_USAGE;
        }
    }
    ret = run(&o, budget);
    if (budget != NULL) {
        fclose(budget);
    }
    return ret;
}
