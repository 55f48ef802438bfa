/* SPDX-License-Identifier: Apache-2.0 */
/* See board_jobs.h. */
#include "board_jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "real_files.h"

#define JOBS_MAX 64u

struct job {
    pid_t pid; /* 0: free */
    int out;   /* what it wrote; -1: straight to our stdout */
    struct real_spec spec;
    char dir[REAL_PATH_MAX];
    struct board_result *result; /* in memory that both processes see */
};

struct crew {
    const struct board_jobs *jobs;
    struct job all[JOBS_MAX];
    unsigned busy;
};

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
}

/* Interrupted from the keyboard, the program still has to remove its files. No SA_RESTART: a wait
 * for a child is to end. */
static void catch_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal};

    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGHUP, &act, NULL);
}

static _Noreturn void child(const struct crew *c, struct job *j, pid_t parent)
{
    struct sigaction act = {.sa_handler = SIG_DFL};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { /* it died before prctl */
        _exit(1);
    }
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGHUP, &act, NULL);
    (void)alarm(c->jobs->limit_s);
    if (j->out >= 0 && (dup2(j->out, STDOUT_FILENO) < 0 || dup2(j->out, STDERR_FILENO) < 0)) {
        _exit(1);
    }
    c->jobs->run(c->jobs->options, &j->spec, j->dir, j->result);
    exit(0);
}

/* ---- start ---- */

static int begin(struct crew *c, struct job *j, const struct real_spec *spec)
{
    pid_t parent = getpid();
    int ret;

    j->spec = *spec;
    *j->result = (struct board_result){.code = BOARD_FAILURES};
    ret = real_dir_make(j->dir, sizeof(j->dir));
    if (ret != 0) {
        return ret;
    }
    j->out = c->jobs->at_once > 1u ? memfd_create("run", MFD_CLOEXEC) : -1;
    (void)fflush(NULL); /* or the child writes it once more */
    j->pid = fork();
    if (j->pid == 0) {
        child(c, j, parent);
    }
    if (j->pid < 0) {
        ret = -errno;
        j->pid = 0;
        real_dir_remove(j->dir);
        return ret;
    }
    c->busy++;
    return 0;
}

/* ---- end ---- */

static void show(int fd)
{
    char some[4096];
    off_t at = 0;
    ssize_t n;

    while (fd >= 0 && (n = pread(fd, some, sizeof(some), at)) > 0) {
        (void)fwrite(some, 1, (size_t)n, stdout);
        at += n;
    }
}

static void end(struct crew *c, struct job *j, int status)
{
    const struct board_options *o = c->jobs->options;
    struct board_result *result = j->result;
    char id[BOARD_ID_MAX];

    show(j->out);
    if (!stop_asked && (WIFSIGNALED(status) || WEXITSTATUS(status) != 0)) {
        result->code = BOARD_FAILURES;
        (void)snprintf(result->text, sizeof(result->text),
                       "the process of the run ended with %s %d, expected status 0",
                       WIFSIGNALED(status) ? "signal" : "status",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        board_id_format(o->board, &j->spec, id, sizeof(id));
        (void)printf("FAIL %s\n     %s\n     replay: %s --firmware %s --replay %s\n", id,
                     result->text, o->program, o->firmware, id);
    }
    if (WIFSIGNALED(status)) {
        real_remove_leftovers((long)j->pid);
    }
    if (c->jobs->keep) {
        (void)printf("     files kept in %s\n", j->dir);
    } else {
        real_dir_remove(j->dir);
    }
    if (j->out >= 0) {
        (void)close(j->out);
    }
    if (!stop_asked) {
        c->jobs->ended(c->jobs->ctx, &j->spec, result);
    }
    j->pid = 0;
    c->busy--;
}

/* Waits until one has ended. */
static int wait_one(struct crew *c)
{
    int status;
    pid_t pid = waitpid(-1, &status, 0);

    for (unsigned i = 0; i < JOBS_MAX && pid > 0; i++) {
        if (c->all[i].pid == pid) {
            end(c, &c->all[i], status);
        }
    }
    if (stop_asked) {
        return -EINTR;
    }
    return pid < 0 && errno != EINTR ? -errno : 0;
}

static void stop_all(struct crew *c)
{
    for (unsigned i = 0; i < JOBS_MAX; i++) {
        int status = 0;

        if (c->all[i].pid == 0) {
            continue;
        }
        (void)kill(c->all[i].pid, SIGKILL); /* QEMU goes with it */
        while (waitpid(c->all[i].pid, &status, 0) < 0 && errno == EINTR) {
        }
        end(c, &c->all[i], status);
    }
}

/* ---- the crew ---- */

static struct crew *crew_new(const struct board_jobs *jobs)
{
    struct crew *c = calloc(1, sizeof(*c));
    struct board_result *results;

    if (c == NULL) {
        return NULL;
    }
    results = mmap(NULL, sizeof(*results) * JOBS_MAX, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (results == MAP_FAILED) {
        free(c);
        return NULL;
    }
    c->jobs = jobs;
    for (unsigned i = 0; i < JOBS_MAX; i++) {
        c->all[i].result = &results[i];
    }
    catch_signals();
    return c;
}

static int crew_end(struct crew *c, int ret)
{
    while (ret == 0 && c->busy != 0) {
        ret = wait_one(c);
    }
    stop_all(c);
    (void)munmap(c->all[0].result, sizeof(*c->all[0].result) * JOBS_MAX);
    free(c);
    return ret;
}

/* Starts it as soon as there is room. */
static int hand_over(struct crew *c, const struct real_spec *spec)
{
    unsigned most = c->jobs->at_once < JOBS_MAX ? c->jobs->at_once : JOBS_MAX;
    unsigned i = 0;
    int ret = 0;

    while (c->busy >= most && ret == 0) {
        ret = wait_one(c);
    }
    while (c->all[i].pid != 0) {
        i++;
    }
    if (ret == 0 && stop_asked) {
        ret = -EINTR;
    }
    return ret != 0 ? ret : begin(c, &c->all[i], spec);
}

int board_jobs_run(const struct board_jobs *jobs, const struct real_filter *filter)
{
    struct crew *c = crew_new(jobs);
    struct real_spec spec;
    int ret = 0;

    if (c == NULL) {
        return -ENOMEM;
    }
    for (bool more = real_plan_first(filter, &spec); more && ret == 0;
         more = real_plan_next(filter, &spec)) {
        ret = hand_over(c, &spec);
    }
    return crew_end(c, ret);
}

int board_jobs_run_one(const struct board_jobs *jobs, const struct real_spec *spec)
{
    struct crew *c = crew_new(jobs);

    return c == NULL ? -ENOMEM : crew_end(c, hand_over(c, spec));
}
