/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which version a QEMU binary is; see qemu_process.h.
 */
#include "line_channel.h"
#include "qemu_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_LIMIT_US UINT64_C(10000000)
#define EXPECTED        "QEMU emulator version "

static _Noreturn void ask(const char *path, int out)
{
    (void)dup2(out, STDOUT_FILENO);
    (void)execl(path, path, "--version", (char *)NULL);
    _exit(127);
}

/* What comes until the other end is closed or `size` is full. 0, -ETIMEDOUT. */
static int read_answer(int fd, char *text, size_t size)
{
    uint64_t deadline_us = line_now_us() + ANSWER_LIMIT_US;
    struct pollfd pfd = {.fd = fd, .events = POLLIN};
    size_t len = 0;
    ssize_t n = 1;

    while (n > 0 && len + 1 < size) {
        uint64_t now_us = line_now_us();

        if (now_us >= deadline_us || poll(&pfd, 1, (int)((deadline_us - now_us) / 1000u + 1)) == 0)
            return -ETIMEDOUT;
        n = read(fd, text + len, size - 1 - len);
        len += n > 0 ? (size_t)n : 0;
    }
    text[len] = '\0';
    return 0;
}

static int parse(const char *path, const char *text, unsigned *version, struct qemu_message *msg)
{
    unsigned major;
    unsigned minor;

    if (sscanf(text, EXPECTED "%u.%u", &major, &minor) != 2) {
        qemu_message_set(msg, "%s --version says '%.*s', expected '" EXPECTED "...'", path,
                         (int)strcspn(text, "\n"), text);
        return -EPROTO;
    }
    *version = major * 100u + minor;
    return 0;
}

int qemu_process_version(const char *path, unsigned *version, struct qemu_message *msg)
{
    char text[256] = "";
    int ends[2];
    pid_t pid;
    int err;

    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    pid = fork();
    if (pid == 0)
        ask(path, ends[1]);
    (void)close(ends[1]);
    err = pid < 0 ? -EAGAIN : read_answer(ends[0], text, sizeof(text));
    (void)close(ends[0]);
    if (pid > 0) {
        (void)kill(pid, SIGKILL); /* it has said all that is wanted */
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (err) {
        qemu_message_set(msg, "%s --version: %s", path, strerror(-err));
        return err;
    }
    return parse(path, text, version, msg);
}
