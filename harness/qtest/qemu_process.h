/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU child process whose RAM is shared with us and whose QMP end, and on request its qtest end
 * and its serial port, connect to sockets in a private directory. The machine runs: a stopped one
 * moves no network, console or input data. Linux only. Nothing has a fixed name, and every
 * temporary name is gone as soon as QEMU has opened it.
 *
 * The child is killed when the thread that started it ends (PR_SET_PDEATHSIG): start it from a
 * thread that outlives it. It inherits no descriptor beyond 0, 1 and 2. Errors are negative errno
 * values; a struct qemu_message (may be NULL) says more.
 */
#ifndef HARNESS_QTEST_QEMU_PROCESS_H
#define HARNESS_QTEST_QEMU_PROCESS_H

#include "qemu_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Which QEMU: looked up in PATH, unless the environment variable names another. */
struct qemu_target {
    const char *binary;   /* "qemu-system-riscv64" */
    const char *variable; /* "RTV_QEMU_RISCV64" */
    const char *package;  /* of Debian, for messages */
};
extern const struct qemu_target qemu_target_riscv64;

/* Lists end with NULL and are copied by qemu_process_start. */
struct qemu_process_config {
    const struct qemu_target *target;
    const char *const *machine;    /* what the machine is; its RAM is the memory backend "ram" */
    uint64_t ram_bytes;            /* whole MiB */
    bool qtest;                    /* with a qtest end */
    bool console;                  /* its first serial port is ours */
    bool modern;                   /* virtio-mmio version 2; false: version 1 */
    const char *const *extra_args; /* appended as they are; may be NULL */
};

/* The process and what belongs to it. Owned by the caller; filled by qemu_process_start. */
struct qemu_process {
    pid_t pid;             /* 0: not started or gone */
    int status;            /* of waitpid, once it is gone; -1 unknown */
    bool killed;           /* by us: it did not end on request */
    int death_fd;          /* hangs up when the process ends */
    int stderr_fd;         /* what it wrote to stdout and stderr */
    int qtest_listen_fd;   /* QEMU connects here, -1: there is none, ... */
    int console_listen_fd; /* ... here, likewise, ... */
    int qmp_listen_fd;     /* ... and here */
    void *ram;             /* ram_bytes, shared; NULL: none */
    uint64_t ram_bytes;
    char *command; /* the exact command line, for a shell */
    char binary[256];
    char dir[96]; /* "" once it is removed */
    char ram_path[128];
    char qtest_path[128];
    char console_path[128];
    char qmp_path[128];
};

/* Finds the QEMU binary: what the target's variable names (a path, or a name looked up in PATH), or
 * else its binary in PATH. 0; -ENOENT with a message that says how to get it; -EACCES when the file
 * named cannot be executed; -ENAMETOOLONG. */
int qemu_process_find(const struct qemu_target *target, char *path, size_t size,
                      struct qemu_message *msg);

/* Asks the binary for its version, with a limit of 10 s. 0 and major * 100 + minor in *version;
 * -EPROTO with a message when it says something else, -ETIMEDOUT. */
int qemu_process_version(const char *path, unsigned *version, struct qemu_message *msg);

/* Makes directory, sockets and RAM file and starts QEMU; does not wait for it to connect. On error
 * (as above, -ENOMEM, -ENOSPC and what the system calls said) nothing is left behind. */
int qemu_process_start(struct qemu_process *p, const struct qemu_process_config *cfg,
                       struct qemu_message *msg);

/* Removes sockets, directory and RAM file by name; once QEMU has answered the first command, and
 * not before. The memory stays shared. */
void qemu_process_unlink(struct qemu_process *p);

/* Waits for the process to end by itself, at most `timeout_ms`. True when it is gone (reaped). */
bool qemu_process_wait(struct qemu_process *p, unsigned timeout_ms);

/* How the process ended (or that it runs) and the tail of what it wrote, into `text`. */
void qemu_process_epitaph(struct qemu_process *p, char *text, size_t size);

/* The exact command line, one line, to `out`. */
void qemu_process_print_command(const struct qemu_process *p, FILE *out);

/* Kills the process, which cannot tidy up: for one that does not do as it should. */
void qemu_process_kill(struct qemu_process *p);

/* Ends and reaps the process and releases everything; harmless at any stage, also twice. SIGTERM
 * first, so that QEMU writes back its disks, SIGKILL after 2 s. 0, -EPIPE when it had ended before
 * by itself, -ETIMEDOUT when it had to be killed. */
int qemu_process_stop(struct qemu_process *p);

#endif
