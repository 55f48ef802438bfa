/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-soak: see soak.h. Every core works on lives of its own. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

#define JOBS_MAX        64u
#define LIFE_OPERATIONS 4000u

enum { EXIT_PASS = 0, EXIT_FAILURES = 1, EXIT_USAGE = 2 };

struct options {
    uint64_t operations, seed;
    unsigned jobs;
    bool one_life, trace;
    const char *program;
};

/* Between the processes. */
struct shared {
    atomic_ullong next_life;
    atomic_bool stop;
    struct soak_counts counts[JOBS_MAX];
};

static void usage(FILE *f)
{
    (void)fputs("Usage: virtio-soak [OPTION...]\n"
                "Mixed traffic over two devices of every type on the device model, with faults,\n"
                "resets and removals at random, until a number of operations is done.\n"
                "\n"
                "  --operations N  (default 10000000)\n"
                "  --seed N        of the first life (default 0)\n"
                "  --jobs N        processes (default: one a core)\n"
                "  --life N        only the life with this seed\n"
                "  --trace         with --life: the model's trace on standard output\n"
                "  --help          this text\n"
                "Exit code: 0 passed, 1 failures, 2 wrong usage.\n",
                f);
}

/* ---- options ---- */

static uint64_t number(const char *option, const char *text, uint64_t min, uint64_t max)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value < min ||
        value > max) {
        (void)fprintf(stderr,
                      "virtio-soak: --%s '%s', expected a number from %" PRIu64 " to %" PRIu64 "\n",
                      option, text, min, max);
        exit(EXIT_USAGE);
    }
    return value;
}

static void parse(struct options *o, int argc, char **argv)
{
    static const struct option long_options[] = {
        {"operations", required_argument, NULL, 'o'},
        {"seed", required_argument, NULL, 's'},
        {"jobs", required_argument, NULL, 'j'},
        {"life", required_argument, NULL, 'l'},
        {"trace", no_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int opt;

    *o = (struct options){.operations = 10000000u, .program = argv[0]};
    o->jobs = cores > 0 && cores <= (long)JOBS_MAX ? (unsigned)cores : 1u;
    while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (opt) {
        case 'o':
            o->operations = number("operations", optarg, 1, UINT64_MAX / 2u);
            break;
        case 's':
            o->seed = number("seed", optarg, 0, UINT64_MAX / 2u);
            break;
        case 'j':
            o->jobs = (unsigned)number("jobs", optarg, 1, JOBS_MAX);
            break;
        case 'l':
            o->one_life = true;
            o->seed = number("life", optarg, 0, UINT64_MAX / 2u);
            break;
        case 't':
            o->trace = true;
            break;
        case 'h':
            usage(stdout);
            exit(EXIT_PASS);
        default:
            (void)fputs("Try 'virtio-soak --help'.\n", stderr);
            exit(EXIT_USAGE);
        }
    }
    if (optind != argc) {
        (void)fprintf(stderr, "virtio-soak: '%s', expected an option\n", argv[optind]);
        exit(EXIT_USAGE);
    }
}

/* ---- work ---- */

static bool live(const struct options *o, struct runner *r, uint64_t seed,
                 struct soak_counts *counts)
{
    char text[512];

    if (soak_life(r, seed, LIFE_OPERATIONS, counts, text, sizeof(text))) {
        return true;
    }
    (void)printf("FAIL life %" PRIu64 ": %s\n     replay: %s --life %" PRIu64 " --trace\n", seed,
                 text, o->program, seed);
    return false;
}

static _Noreturn void work(const struct options *o, struct shared *shared, unsigned self)
{
    uint64_t lives = (o->operations + LIFE_OPERATIONS - 1u) / LIFE_OPERATIONS;
    struct runner *r;
    bool good = true;
    uint64_t life;

    if (runner_new(&r) != 0) {
        (void)fprintf(stderr, "virtio-soak: no memory for a board\n");
        _exit(EXIT_USAGE);
    }
    while (!atomic_load(&shared->stop) &&
           (life = atomic_fetch_add(&shared->next_life, 1)) < lives) {
        if (!live(o, r, o->seed + life, &shared->counts[self])) {
            good = false;
            atomic_store(&shared->stop, true);
        }
    }
    runner_free(r);
    (void)fflush(stdout);
    exit(good ? EXIT_PASS : EXIT_FAILURES); /* sanitizers look for leaks at a regular exit */
}

static double now_s(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void sum(const struct options *o, const struct shared *shared, struct soak_counts *all)
{
    *all = (struct soak_counts){0};
    for (unsigned i = 0; i < o->jobs; i++) {
        const struct soak_counts *c = &shared->counts[i];

        all->operations += c->operations;
        all->lives += c->lives;
        all->faults_armed += c->faults_armed;
        all->faults_struck += c->faults_struck;
        all->errors += c->errors;
        all->resets += c->resets;
        all->replugs += c->replugs;
    }
}

static void progress(const struct options *o, const struct shared *shared, double start, bool last)
{
    struct soak_counts c;
    double seconds = now_s() - start;

    sum(o, shared, &c);
    (void)fprintf(
        last ? stdout : stderr,
        "%s%3.0f %% %" PRIu64 " operations, %" PRIu64 " lives, %" PRIu64 " faults struck, %" PRIu64
        " errors, %" PRIu64 " resets, %" PRIu64 " replugs, %.0f s, %.0f operations/s%s",
        isatty(2) && !last ? "\r" : "", 100.0 * (double)c.operations / (double)o->operations,
        c.operations, c.lives, c.faults_struck, c.errors, c.resets, c.replugs, seconds,
        seconds > 0 ? (double)c.operations / seconds : 0.0, isatty(2) && !last ? "" : "\n");
}

static int await(const struct options *o, const struct shared *shared)
{
    double start = now_s();
    double told = start;
    unsigned running = o->jobs;
    int code = EXIT_PASS;

    while (running > 0) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);

        if (pid > 0) {
            running--;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_PASS) {
                code = EXIT_FAILURES;
            }
            if (WIFSIGNALED(status)) {
                (void)printf("FAIL crash: signal %d, expected the driver to go on\n",
                             WTERMSIG(status));
            }
            continue;
        }
        if (now_s() - told > (isatty(2) ? 0.5 : 10.0)) {
            told = now_s();
            progress(o, shared, start, false);
        }
        (void)usleep(20000);
    }
    progress(o, shared, start, true);
    return code;
}

static int soak(const struct options *o)
{
    struct shared *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int code;

    if (shared == MAP_FAILED) {
        perror("virtio-soak: mmap");
        return EXIT_USAGE;
    }
    (void)fflush(NULL);
    for (unsigned i = 0; i < o->jobs; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            work(o, shared, i);
        }
        if (pid < 0) {
            perror("virtio-soak: fork");
            return EXIT_USAGE;
        }
    }
    code = await(o, shared);
    (void)munmap(shared, sizeof(*shared));
    return code;
}

static void print_line(void *ctx, const char *line)
{
    (void)ctx;
    (void)puts(line);
}

static int one_life(const struct options *o)
{
    struct soak_counts counts = {0};
    struct runner *r;
    bool good;

    if (runner_new(&r) != 0) {
        (void)fprintf(stderr, "virtio-soak: no memory for a board\n");
        return EXIT_USAGE;
    }
    if (o->trace) {
        runner_trace(r, print_line, NULL);
    }
    good = live(o, r, o->seed, &counts);
    runner_free(r);
    (void)printf("%" PRIu64 " operations, %" PRIu64 " faults struck, %" PRIu64 " errors\n",
                 counts.operations, counts.faults_struck, counts.errors);
    return good ? EXIT_PASS : EXIT_FAILURES;
}

int main(int argc, char **argv)
{
    struct options o;

    parse(&o, argc, argv);
    return o.one_life ? one_life(&o) : soak(&o);
}
