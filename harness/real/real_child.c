/* SPDX-License-Identifier: Apache-2.0 */
/* A run in a process of its own, watched; see real_run.h. Linux. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "real_files.h"
#include "real_run.h"

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
}

/* Interrupted from the keyboard, the program still has to remove its files. */
static void catch_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal};

    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGHUP, &act, NULL);
}

static _Noreturn void child(const struct real_spec *spec, const char *dir, bool verbose, int out,
                            pid_t parent)
{
    struct sigaction act = {.sa_handler = SIG_DFL};
    struct real_result result;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { /* it died before prctl */
        _exit(1);
    }
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGHUP, &act, NULL);
    real_run(spec, dir, verbose ? stdout : NULL, &result);
    /* One write: shorter than a pipe takes. */
    exit(write(out, &result, sizeof(result)) == (ssize_t)sizeof(result) ? 0 : 1);
}

static uint64_t now_ms(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

static void lost(struct real_result *result, const char *text)
{
    result->passed = false;
    (void)snprintf(result->text, sizeof(result->text), "%s", text);
}

/* Takes the result from the pipe, if it comes in time; false: the watchdog or a signal. */
static bool await_result(int in, unsigned watchdog_s, struct real_result *result, bool *got)
{
    uint64_t deadline = now_ms() + (uint64_t)watchdog_s * 1000u;
    struct pollfd fd = {.fd = in, .events = POLLIN};

    *got = false;
    for (;;) {
        uint64_t now = now_ms();
        int n;

        if (stop_asked || now >= deadline) {
            return false;
        }
        n = poll(&fd, 1, (int)(deadline - now));
        if (n > 0) {
            *got = read(in, result, sizeof(*result)) == (ssize_t)sizeof(*result);
            return true;
        }
    }
}

static void watch(pid_t pid, int in, unsigned watchdog_s, struct real_result *result)
{
    bool in_time;
    bool got;
    int status = 0;
    char text[96];

    in_time = await_result(in, watchdog_s, result, &got);
    if (!in_time) {
        (void)kill(pid, SIGKILL); /* QEMU goes with it */
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!got) {
        *result = (struct real_result){0};
        real_remove_leftovers((long)pid);
    }
    if (!in_time) {
        (void)snprintf(text, sizeof(text), "hang: not over after %u s", watchdog_s);
        lost(result, text);
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(text, sizeof(text), "crash: signal %d", WTERMSIG(status));
        lost(result, text);
    } else if (WEXITSTATUS(status) != 0 && (!got || result->passed)) {
        (void)snprintf(text, sizeof(text), "crash or leak: the process exited with status %d",
                       WEXITSTATUS(status));
        lost(result, text);
    }
}

int real_run_apart(const struct real_spec *spec, const struct real_child_options *options,
                   struct real_result *result)
{
    char dir[REAL_PATH_MAX];
    pid_t parent = getpid();
    int ends[2];
    pid_t pid;

    *result = (struct real_result){0};
    catch_signals();
    if (real_dir_make(dir, sizeof(dir)) != 0) {
        lost(result, "no temporary directory could be made below TMPDIR or /tmp");
        return 0;
    }
    if (pipe(ends) != 0) {
        lost(result, strerror(errno));
        real_dir_remove(dir);
        return 0;
    }
    (void)fflush(NULL); /* or the child writes it once more */
    pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        child(spec, dir, options->verbose, ends[1], parent);
    }
    (void)close(ends[1]);
    if (pid < 0) {
        lost(result, "no process could be started");
    } else {
        watch(pid, ends[0], options->watchdog_s, result);
    }
    (void)close(ends[0]);
    if (options->keep) {
        (void)printf("     images kept in %s\n", dir);
    } else {
        real_dir_remove(dir);
    }
    return stop_asked ? -EINTR : 0;
}
