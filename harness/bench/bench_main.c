/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-bench: what the block driver costs per operation, on the model; and the comparison with
 * the budget that is kept with the sources. */
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
    const char *device, *transport, *ring, *op, *budget;
    unsigned repeat;
    bool tsv;
};

static void usage(FILE *f)
{
    fputs("Usage: virtio-bench [OPTION...]\n"
          "Prints what a 4 KiB read, a 4 KiB write and 32 batched 4 KiB reads cost the virtio-blk\n"
          "driver, for every transport and ring, averaged per operation. The figures are counted\n"
          "on the device model and the same on every machine.\n"
          "\n"
          "  --device NAME     sync (answers inside the notification) or lazy (one by one, later)\n"
          "  --transport NAME  legacy or modern\n"
          "  --ring NAME       split, split+event_idx, ...\n"
          "  --op NAME         read-4k, write-4k or read-4k-x32\n"
          "  --repeat N        operations to average over (default 64)\n"
          "  --tsv             the register accesses only, in the form of a budget\n"
          "  --budget FILE     compare the register accesses with a budget: none may be more than\n"
          "                    10 % above it\n"
          "  --help            this text\n"
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

static void check_names(const struct options *o)
{
    static const char *const transports[] = {"legacy", "modern"};
    bool known = o->ring == NULL;

    check_name("device", o->device, bench_device_names, BENCH_DEVICE_COUNT, "sync or lazy");
    check_name("transport", o->transport, transports, 2, "legacy or modern");
    check_name("op", o->op, bench_op_names, BENCH_OP_COUNT, "read-4k, write-4k or read-4k-x32");
    for (unsigned i = 0; i < ring_variant_count; i++) {
        known = known || strcmp(o->ring, ring_variants[i].name) == 0;
    }
    if (!known) {
        wrong("ring", o->ring, "one of virtio-sweep --list");
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
        {"device", required_argument, NULL, 'd'},
        {"transport", required_argument, NULL, 't'},
        {"ring", required_argument, NULL, 'r'},
        {"op", required_argument, NULL, 'o'},
        {"repeat", required_argument, NULL, 'n'},
        {"tsv", no_argument, NULL, 'v'},
        {"budget", required_argument, NULL, 'b'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int opt;

    *o = (struct options){.repeat = 64};
    while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (opt) {
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
           (o->device == NULL || strcmp(o->device, bench_device_names[c->device]) == 0) &&
           (o->transport == NULL || strcmp(o->transport, c->modern ? "modern" : "legacy") == 0) &&
           (o->ring == NULL || strcmp(o->ring, ring_variants[c->ring].name) == 0) &&
           (o->op == NULL || strcmp(o->op, bench_op_names[c->op]) == 0);
}

/* Steps to the next case; false at the end. Start with a zeroed one, `first` true. */
static bool next_case(struct bench_case *c, bool first)
{
    if (first) {
        return true;
    }
    c->op = (enum bench_op)(c->op + 1);
    if (c->op != BENCH_OP_COUNT) {
        return true;
    }
    c->op = (enum bench_op)0;
    if (++c->ring != ring_variant_count) {
        return true;
    }
    c->ring = 0;
    c->modern = !c->modern;
    if (c->modern) {
        return true;
    }
    c->device = (enum bench_device)(c->device + 1);
    return c->device != BENCH_DEVICE_COUNT;
}

static void print_head(const struct options *o)
{
    if (o->tsv) {
        printf("# Register accesses per operation: the budget that virtio-bench --budget compares "
               "with.\n# Made by virtio-bench --tsv.\n"
               "#device\ttransport\tring\toperation\taccesses\n");
        return;
    }
    printf("%-7s%-10s%-34s%-13s", "device", "transport", "ring", "operation");
    for (unsigned i = 0; i < BENCH_FIGURE_COUNT; i++) {
        printf(" %11s", bench_figure_names[i]);
    }
    putchar('\n');
}

static void print_row(const struct options *o, const struct bench_case *c,
                      const struct bench_result *r)
{
    const char *transport = c->modern ? "modern" : "legacy";

    if (o->tsv) {
        printf("%s\t%s\t%s\t%s\t%.2f\n", bench_device_names[c->device], transport,
               ring_variants[c->ring].name, bench_op_names[c->op], r->figures[BENCH_ACCESSES]);
        return;
    }
    printf("%-7s%-10s%-34s%-13s", bench_device_names[c->device], transport,
           ring_variants[c->ring].name, bench_op_names[c->op]);
    for (unsigned i = 0; i < BENCH_FIGURE_COUNT; i++) {
        printf(" %11.2f", r->figures[i]);
    }
    putchar('\n');
}

/* ---- budget ---- */

/* The row of a case, or a negative number when the file has none. */
static double budget_of(FILE *f, const struct bench_case *c)
{
    char line[LINE_MAX_LEN];
    char key[LINE_MAX_LEN];
    int len = snprintf(key, sizeof(key), "%s\t%s\t%s\t%s\t", bench_device_names[c->device],
                       c->modern ? "modern" : "legacy", ring_variants[c->ring].name,
                       bench_op_names[c->op]);

    rewind(f);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (strncmp(line, key, (size_t)len) == 0) {
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

    if (!good) {
        printf("FAIL %s %s %s %s: %.2f register accesses, ", bench_device_names[c->device],
               c->modern ? "modern" : "legacy", ring_variants[c->ring].name, bench_op_names[c->op],
               got);
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

    for (bool more = next_case(&c, true); more; more = next_case(&c, false)) {
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
    }
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
