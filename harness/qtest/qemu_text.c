/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argument vectors, shell quoting and messages; see qemu_text.h.
 */
#include "qemu_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void qemu_message_set(struct qemu_message *msg, const char *format, ...)
{
    va_list ap;

    if (!msg)
        return;
    va_start(ap, format);
    (void)vsnprintf(msg->text, sizeof(msg->text), format, ap);
    va_end(ap);
}

/* Takes ownership of `arg` (NULL: an allocation failed before). */
static void args_push(struct qemu_args *args, char *arg)
{
    if (arg && args->count + 1 >= args->room) {
        size_t room = args->room ? args->room * 2 : 64;
        char **argv = realloc(args->argv, room * sizeof(*argv));

        if (!argv) {
            free(arg);
            arg = NULL;
        } else {
            args->argv = argv;
            args->room = room;
        }
    }
    if (!arg) {
        args->failed = true;
        return;
    }
    args->argv[args->count++] = arg;
    args->argv[args->count] = NULL;
}

void qemu_args_add(struct qemu_args *args, const char *format, ...)
{
    va_list ap;
    char *arg = NULL;

    va_start(ap, format);
    if (vasprintf(&arg, format, ap) < 0)
        arg = NULL;
    va_end(ap);
    args_push(args, arg);
}

void qemu_args_add_list(struct qemu_args *args, const char *const *list)
{
    for (; list && *list; list++)
        args_push(args, strdup(*list));
}

void qemu_args_free(struct qemu_args *args)
{
    for (size_t i = 0; i < args->count; i++)
        free(args->argv[i]);
    free(args->argv);
    memset(args, 0, sizeof(*args));
}

static void put_quoted(FILE *out, const char *arg)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=.,:/@%";

    if (*arg && strspn(arg, plain) == strlen(arg)) {
        (void)fputs(arg, out);
        return;
    }
    (void)fputc('\'', out);
    for (; *arg; arg++) {
        if (*arg == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fputc(*arg, out);
    }
    (void)fputc('\'', out);
}

char *qemu_args_to_shell(const struct qemu_args *args)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (size_t i = 0; i < args->count; i++) {
        if (i)
            (void)fputc(' ', out);
        put_quoted(out, args->argv[i]);
    }
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

int qemu_escape_option(const char *name, char *out, size_t size)
{
    size_t n = 0;

    for (; *name; name++) {
        size_t width = *name == ',' ? 2 : 1;

        if (n + width >= size)
            return -ENAMETOOLONG;
        if (width == 2)
            out[n++] = ',';
        out[n++] = *name;
    }
    if (n >= size)
        return -ENAMETOOLONG;
    out[n] = '\0';
    return 0;
}
