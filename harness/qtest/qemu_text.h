/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that goes to and comes from QEMU: the argument vector of its command line and the message
 * that explains a failure. No section of the specification; no state outside the caller's structs.
 */
#ifndef HARNESS_QTEST_QEMU_TEXT_H
#define HARNESS_QTEST_QEMU_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Why a call failed, for a person. Owned by the caller; empty text when nothing was said. */
struct qemu_message {
    char text[2048];
};

/* Replaces the text of `msg`, cut to its size. `msg` may be NULL. */
void qemu_message_set(struct qemu_message *msg, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A growing argument vector; start from an all-zero struct. Running out of memory is remembered in
 * `failed`, so that a caller adds everything and checks once. */
struct qemu_args {
    char **argv; /* NULL-terminated */
    size_t count;
    size_t room;
    bool failed;
};

/* Appends one argument, formatted as by printf (copied). */
void qemu_args_add(struct qemu_args *args, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends every string of the NULL-terminated `list` (copied); NULL is an empty list. */
void qemu_args_add_list(struct qemu_args *args, const char *const *list);

/* Releases the vector; the struct can be filled again. */
void qemu_args_free(struct qemu_args *args);

/* The vector as one line that a shell reads back as the same arguments. malloc'ed, the caller
 * frees it; NULL when out of memory. */
char *qemu_args_to_shell(const struct qemu_args *args);

/* Copies a file name for use inside a QEMU option such as -drive file=NAME,...: commas doubled.
 * 0, or -ENAMETOOLONG when `size` bytes do not hold it. */
int qemu_escape_option(const char *name, char *out, size_t size);

#endif
