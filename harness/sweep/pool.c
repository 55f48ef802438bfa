/* SPDX-License-Identifier: Apache-2.0 */
/* See pool.h. */
#include "pool.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "worker.h"

#define TICK_MS      100
#define PLAIN_LINE_S 10.0

struct pool {
    const struct plan *plan;
    const struct pool_options *options;
    struct pool_result *result;
    struct pool_shared *shared;
    int pipe[2];
    pid_t pids[POOL_JOBS_MAX];
    unsigned long long seen_runs[POOL_JOBS_MAX];
    double seen_at[POOL_JOBS_MAX];
    bool killed[POOL_JOBS_MAX];
    char line[4096]; /* of the pipe, not yet ended */
    size_t line_len;
    double start, told_at;
    int error;
};

static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int start_worker(struct pool *p, unsigned i)
{
    fflush(NULL);
    p->pids[i] = fork();
    if (p->pids[i] < 0) {
        return -errno;
    }
    if (p->pids[i] == 0) {
        close(p->pipe[0]);
        worker_main(p->plan, p->options, p->shared, i, p->pipe[1]);
    }
    p->killed[i] = false;
    p->seen_at[i] = now_s();
    return 0;
}

/* ---- what workers tell ---- */

static void take_line(struct pool *p)
{
    char *tab = strchr(p->line, '\t');

    if (tab != NULL) {
        *tab = '\0';
        p->options->failed(p->options->ctx, p->line, tab + 1);
    }
}

static void read_pipe(struct pool *p)
{
    struct pollfd fd = {.fd = p->pipe[0], .events = POLLIN};
    char buf[4096];
    ssize_t n;

    while (poll(&fd, 1, 0) > 0 && (fd.revents & POLLIN) != 0) {
        n = read(p->pipe[0], buf, sizeof(buf));
        if (n <= 0) {
            return;
        }
        for (ssize_t i = 0; i < n; i++) {
            if (buf[i] == '\n') {
                p->line[p->line_len] = '\0';
                take_line(p);
                p->line_len = 0;
            } else if (p->line_len + 1u < sizeof(p->line)) {
                p->line[p->line_len++] = buf[i];
            }
        }
    }
}

/* ---- workers that end ---- */

static void count_crash(struct pool *p, unsigned i, int status)
{
    struct worker_shared *w = &p->shared->workers[i];
    size_t unit = atomic_load(&w->unit);
    const struct run_spec *spec;
    char text[160];

    if (unit >= p->plan->count) {
        p->error = -ECHILD; /* ended badly with nothing in hand: not the driver's doing */
        return;
    }
    spec = &p->plan->units[unit].spec;
    pool_cell_of(&w->result, spec)->failed++;
    pool_cell_of(&w->result, spec)->runs++;
    w->result.failed++;
    w->result.runs++;
    if (p->killed[i]) {
        w->result.hung++;
        snprintf(text, sizeof(text), "hang: no end within %u s of real time",
                 p->options->watchdog_s);
    } else {
        w->result.crashed++;
        snprintf(text, sizeof(text), "crash: worker ended with %s %d, expected it to go on",
                 WIFSIGNALED(status) ? "signal" : "exit code",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    p->options->failed(p->options->ctx, w->current, text);
}

/* Returns how many workers are still at work. A crashed one is replaced and goes on with the next
 * unit. */
static unsigned reap(struct pool *p)
{
    unsigned running = 0;

    for (unsigned i = 0; i < p->options->jobs && p->error == 0; i++) {
        int status;

        if (p->pids[i] <= 0) {
            continue;
        }
        if (waitpid(p->pids[i], &status, WNOHANG) == 0) {
            running++;
            continue;
        }
        p->pids[i] = 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            continue;
        }
        count_crash(p, i, status);
        if (p->error == 0 && start_worker(p, i) == 0) {
            running++;
        }
    }
    return running;
}

static void watch(struct pool *p)
{
    double now = now_s();

    for (unsigned i = 0; i < p->options->jobs; i++) {
        unsigned long long runs = atomic_load(&p->shared->workers[i].runs);

        if (runs != p->seen_runs[i]) {
            p->seen_runs[i] = runs;
            p->seen_at[i] = now;
        } else if (p->pids[i] > 0 && !p->killed[i] &&
                   now - p->seen_at[i] > (double)p->options->watchdog_s) {
            p->killed[i] = true;
            kill(p->pids[i], SIGKILL);
        }
    }
}

/* ---- progress ---- */

static void progress(struct pool *p, bool last)
{
    double now = now_s();
    size_t next = atomic_load(&p->shared->next_unit);
    double done = p->plan->count != 0 ? (double)(next < p->plan->count ? next : p->plan->count) /
                                            (double)p->plan->count
                                      : 1.0;
    double elapsed = now - p->start;
    unsigned long long runs = 0;

    if (!last && now - p->told_at < (p->options->progress ? 0.2 : PLAIN_LINE_S)) {
        return;
    }
    for (unsigned i = 0; i < p->options->jobs; i++) {
        runs += atomic_load(&p->shared->workers[i].runs);
    }
    p->told_at = now;
    if (p->options->progress) {
        fprintf(stderr, "\r%5.1f %%  %llu scenarios  %.0f/s  ETA %.0f s   %s", done * 100.0, runs,
                elapsed > 0 ? (double)runs / elapsed : 0.0,
                done > 0 ? elapsed / done - elapsed : 0.0, last ? "\n" : "");
    } else if (!last) {
        fprintf(stderr, "%.0f %% %llu scenarios %.0f/s\n", done * 100.0, runs,
                elapsed > 0 ? (double)runs / elapsed : 0.0);
    }
}

/* ---- the whole ---- */

static void add_result(struct pool_result *sum, const struct pool_result *w)
{
    struct pool_cell *to = &sum->cells[0][0][0];
    const struct pool_cell *from = &w->cells[0][0][0];

    for (size_t i = 0; i < sizeof(sum->cells) / sizeof(*to); i++) {
        to[i].runs += from[i].runs;
        to[i].struck += from[i].struck;
        to[i].failed += from[i].failed;
        to[i].max_k = from[i].max_k > to[i].max_k ? from[i].max_k : to[i].max_k;
    }
    for (unsigned i = 0; i < POOL_RULES_MAX; i++) {
        sum->rule_checks[i] += w->rule_checks[i];
    }
    sum->runs += w->runs;
    sum->failed += w->failed;
    sum->crashed += w->crashed;
    sum->hung += w->hung;
    sum->truncated |= w->truncated;
}

static void supervise(struct pool *p)
{
    struct pollfd fd = {.fd = p->pipe[0], .events = POLLIN};

    while (reap(p) > 0 && p->error == 0) {
        (void)poll(&fd, 1, TICK_MS);
        read_pipe(p);
        watch(p);
        progress(p, false);
    }
    read_pipe(p);
    progress(p, true);
    for (unsigned i = 0; i < p->options->jobs; i++) {
        if (p->pids[i] > 0) {
            kill(p->pids[i], SIGKILL);
            waitpid(p->pids[i], NULL, 0);
        }
        add_result(p->result, &p->shared->workers[i].result);
    }
}

int pool_run(const struct plan *plan, const struct pool_options *options,
             struct pool_result *result)
{
    struct pool *p = calloc(1, sizeof(*p));
    int ret = 0;

    memset(result, 0, sizeof(*result));
    if (p == NULL) {
        return -ENOMEM;
    }
    p->plan = plan;
    p->options = options;
    p->result = result;
    p->start = now_s();
    p->told_at = p->start;
    p->shared =
        mmap(NULL, sizeof(*p->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p->shared == MAP_FAILED || pipe(p->pipe) != 0) {
        ret = -errno;
        free(p);
        return ret;
    }
    for (unsigned i = 0; i < options->jobs && ret == 0; i++) {
        atomic_store(&p->shared->workers[i].unit, SIZE_MAX);
        ret = start_worker(p, i);
    }
    p->error = ret;
    supervise(p);
    ret = p->error;
    result->seconds = now_s() - p->start;
    close(p->pipe[0]);
    close(p->pipe[1]);
    munmap(p->shared, sizeof(*p->shared));
    free(p);
    return ret;
}
