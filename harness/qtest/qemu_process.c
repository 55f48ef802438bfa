/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting, watching and ending the QEMU child; see qemu_process.h. Its temporary files are made
 * in qemu_files.c.
 */
#include "qemu_process.h"
#include "qemu_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOP_GRACE_MS  2000u
#define KILL_GRACE_MS  10000u
#define CHILD_DEATH_FD 3

const struct qemu_target qemu_target_riscv64 = {
    .binary = "qemu-system-riscv64",
    .variable = "RTV_QEMU_RISCV64",
    .package = "qemu-system-misc",
};

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Looks `name` up in PATH. 0, -ENOENT, -ENAMETOOLONG. */
static int search_path(const char *name, char *path, size_t size)
{
    const char *dirs = getenv("PATH");

    if (!dirs)
        dirs = "/usr/local/bin:/usr/bin:/bin";
    for (;;) {
        size_t len = strcspn(dirs, ":");
        int n = snprintf(path, size, "%.*s/%s", (int)len, len ? dirs : ".", name);

        if (len == 0)
            n = snprintf(path, size, "./%s", name);
        if (n < 0 || (size_t)n >= size)
            return -ENAMETOOLONG;
        if (is_program(path))
            return 0;
        if (!dirs[len])
            return -ENOENT;
        dirs += len + 1;
    }
}

int qemu_process_find(const struct qemu_target *target, char *path, size_t size,
                      struct qemu_message *msg)
{
    const char *wish = getenv(target->variable);
    const char *name = wish && *wish ? wish : target->binary;
    bool named = name == wish;
    int err = 0;

    if (!strchr(name, '/'))
        err = search_path(name, path, size);
    else if (snprintf(path, size, "%s", name) >= (int)size)
        err = -ENAMETOOLONG;
    else if (!is_program(path))
        err = access(path, F_OK) ? -ENOENT : -EACCES;
    if (err == -ENOENT)
        qemu_message_set(msg,
                         "%s not found%s%s%s; install it (Debian: apt-get install %s) or set %s to "
                         "a %s binary",
                         name, named ? " (named by " : " in PATH", named ? target->variable : "",
                         named ? ")" : "", target->package, target->variable, target->binary);
    else if (err)
        qemu_message_set(msg, "%s%s%s%s: %s", name, named ? " (" : "",
                         named ? target->variable : "", named ? ")" : "",
                         err == -EACCES ? "not an executable file" : strerror(-err));
    return err;
}

static void build_args(const struct qemu_process *p, const struct qemu_process_config *cfg,
                       struct qemu_args *args)
{
    static const char *const fixed[] = {"-accel",   "tcg",  "-nodefaults", "-no-user-config",
                                        "-display", "none", NULL};

    qemu_args_add(args, "%s", p->binary);
    qemu_args_add_list(args, cfg->machine);
    qemu_args_add_list(args, fixed);
    qemu_args_add(args, "-m");
    qemu_args_add(args, "%" PRIu64 "M", cfg->ram_bytes >> 20);
    qemu_args_add(args, "-object");
    qemu_args_add(args, "memory-backend-file,id=ram,size=%" PRIu64 "M,share=on,mem-path=%s",
                  cfg->ram_bytes >> 20, p->ram_path);
    if (cfg->qtest) {
        qemu_args_add(args, "-qtest-log");
        qemu_args_add(args, "none");
        qemu_args_add(args, "-qtest");
        qemu_args_add(args, "unix:%s", p->qtest_path);
    }
    if (cfg->console) {
        qemu_args_add(args, "-chardev");
        qemu_args_add(args, "socket,id=console,path=%s", p->console_path);
        qemu_args_add(args, "-serial");
        qemu_args_add(args, "chardev:console");
    }
    qemu_args_add(args, "-qmp");
    qemu_args_add(args, "unix:%s", p->qmp_path);
    if (cfg->modern) {
        qemu_args_add(args, "-global");
        qemu_args_add(args, "virtio-mmio.force-legacy=false");
    }
    qemu_args_add_list(args, cfg->extra_args);
}

/* The child from fork to exec: system calls only, the parent may have threads. */
static _Noreturn void run_child(const struct qemu_process *p, char *const *argv, pid_t parent,
                                int death_fd)
{
    static const char failed[] = "cannot be executed\n";
    static const int defaults[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigset_t none;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before prctl */
        _exit(127);
    (void)sigemptyset(&none);
    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        (void)sigaction(defaults[i], &act, NULL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)dup2(p->stderr_fd, STDOUT_FILENO);
    (void)dup2(p->stderr_fd, STDERR_FILENO);
    /* This descriptor lives as long as QEMU does; dup2 of a descriptor to itself would keep its
     * close-on-exec flag. */
    if (death_fd == CHILD_DEATH_FD)
        (void)fcntl(death_fd, F_SETFD, 0);
    else
        (void)dup2(death_fd, CHILD_DEATH_FD);
    (void)close_range(CHILD_DEATH_FD + 1, UINT_MAX, 0);
    (void)execv(p->binary, argv);
    if (write(STDERR_FILENO, failed, sizeof(failed) - 1) < 0)
        _exit(126);
    _exit(127);
}

static int spawn(struct qemu_process *p, char *const *argv)
{
    pid_t parent = getpid();
    int ends[2];
    int err = 0;

    p->stderr_fd = memfd_create("qemu-stderr", MFD_CLOEXEC);
    if (p->stderr_fd < 0 || pipe2(ends, O_CLOEXEC))
        return -errno;
    p->death_fd = ends[0];
    p->pid = fork();
    if (p->pid == 0)
        run_child(p, argv, parent, ends[1]);
    if (p->pid < 0) {
        err = -errno;
        p->pid = 0;
    }
    (void)close(ends[1]);
    return err;
}

int qemu_process_start(struct qemu_process *p, const struct qemu_process_config *cfg,
                       struct qemu_message *msg)
{
    struct qemu_args args = {0};
    int err;

    memset(p, 0, sizeof(*p));
    p->status = -1;
    p->death_fd = p->stderr_fd = -1;
    p->qtest_listen_fd = p->console_listen_fd = p->qmp_listen_fd = -1;
    p->ram_bytes = cfg->ram_bytes;
    err = qemu_process_find(cfg->target, p->binary, sizeof(p->binary), msg);
    if (!err)
        err = qemu_files_make(p, cfg, msg);
    if (err)
        goto fail;
    build_args(p, cfg, &args);
    p->command = args.failed ? NULL : qemu_args_to_shell(&args);
    err = p->command ? spawn(p, args.argv) : -ENOMEM;
    if (err)
        qemu_message_set(msg, "cannot start %s: %s", p->binary, strerror(-err));
fail:
    qemu_args_free(&args);
    if (err)
        (void)qemu_process_stop(p);
    return err;
}

void qemu_process_unlink(struct qemu_process *p)
{
    qemu_files_unlink(p);
}

bool qemu_process_wait(struct qemu_process *p, unsigned timeout_ms)
{
    struct pollfd death = {.fd = p->death_fd, .events = POLLIN};

    if (!p->pid)
        return true;
    if (poll(&death, 1, (int)timeout_ms) == 0)
        timeout_ms = 0;
    /* Between the closing of its descriptors and its being a zombie lies an instant. */
    for (unsigned tries = 0; p->pid && tries <= timeout_ms; tries++) {
        pid_t got = waitpid(p->pid, &p->status, WNOHANG);

        if (got == p->pid) {
            p->pid = 0;
        } else if (got < 0 && errno == ECHILD) { /* the caller ignores SIGCHLD */
            p->status = -1;
            p->pid = 0;
        } else if (tries < timeout_ms) {
            (void)poll(NULL, 0, 1);
        }
    }
    return !p->pid;
}

/* The last bytes the process wrote, without trailing space. */
static void read_tail(const struct qemu_process *p, char *text, size_t size)
{
    off_t end = p->stderr_fd >= 0 ? lseek(p->stderr_fd, 0, SEEK_END) : 0;
    off_t from = end > (off_t)size - 1 ? end - ((off_t)size - 1) : 0;
    ssize_t n = end > 0 ? pread(p->stderr_fd, text, size - 1, from) : 0;

    if (n < 0)
        n = 0;
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
        n--;
    text[n] = '\0';
}

void qemu_process_epitaph(struct qemu_process *p, char *text, size_t size)
{
    char tail[1024];
    char how[64] = "ended";

    read_tail(p, tail, sizeof(tail));
    if (p->pid)
        (void)snprintf(how, sizeof(how), "is running");
    else if (p->status != -1 && WIFEXITED(p->status))
        (void)snprintf(how, sizeof(how), "exited with status %d", WEXITSTATUS(p->status));
    else if (p->status != -1 && WIFSIGNALED(p->status))
        (void)snprintf(how, sizeof(how), "was killed by signal %d", WTERMSIG(p->status));
    (void)snprintf(text, size, "%s %s%s%s", p->binary, how, *tail ? ": " : "", tail);
}

void qemu_process_print_command(const struct qemu_process *p, FILE *out)
{
    (void)fprintf(out, "%s\n", p->command ? p->command : "(not started)");
}

void qemu_process_kill(struct qemu_process *p)
{
    if (!p->pid)
        return;
    p->killed = true;
    (void)kill(p->pid, SIGKILL);
    (void)qemu_process_wait(p, KILL_GRACE_MS);
}

/* Ends a running process. 0, -EPIPE when it had ended before, -ETIMEDOUT when killed. */
static int end_process(struct qemu_process *p)
{
    if (!p->pid)
        return -EPIPE;
    if (qemu_process_wait(p, 0))
        return -EPIPE;
    (void)kill(p->pid, SIGTERM);
    if (qemu_process_wait(p, STOP_GRACE_MS))
        return 0;
    qemu_process_kill(p);
    return -ETIMEDOUT;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

int qemu_process_stop(struct qemu_process *p)
{
    bool started = p->death_fd >= 0;
    int err = started ? end_process(p) : 0;

    qemu_files_unlink(p);
    close_fd(&p->death_fd);
    close_fd(&p->stderr_fd);
    close_fd(&p->qtest_listen_fd);
    close_fd(&p->console_listen_fd);
    close_fd(&p->qmp_listen_fd);
    if (p->ram)
        (void)munmap(p->ram, (size_t)p->ram_bytes);
    p->ram = NULL;
    free(p->command);
    p->command = NULL;
    return err;
}
