/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small QMP client; see qmp.h. Replies are single lines; a reply without an id has one top-level
 * key, which therefore stands first.
 */
#include "qmp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COMMAND_SIZE 512u

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

int qmp_execute(struct qmp *m, const char *json, const char **reply)
{
    uint64_t deadline_us = line_now_us() + m->timeout_us;
    char *line = NULL;
    int err = m->failed;

    if (reply)
        *reply = "";
    if (strchr(json, '\n'))
        return -EINVAL;
    if (!err)
        err = line_send(&m->ch, json, strlen(json));
    if (!err)
        err = line_send(&m->ch, "\n", 1);
    while (!err) {
        err = line_next(&m->ch, &line, deadline_us);
        if (err)
            break;
        if (reply)
            *reply = line;
        if (starts_with(line, "{\"return\""))
            return 0;
        if (starts_with(line, "{\"error\""))
            return -EREMOTEIO;
    }
    if (reply)
        *reply = "";
    m->failed = err;
    return err;
}

int qmp_open(struct qmp *m, int listen_fd, int death_fd, uint64_t timeout_us)
{
    memset(m, 0, sizeof(*m));
    m->timeout_us = timeout_us;
    m->failed = line_accept(&m->ch, listen_fd, death_fd, line_now_us() + timeout_us);
    return qmp_execute(m, "{\"execute\": \"qmp_capabilities\"}", NULL);
}

/* Value of the string member `key` of the flat object obj[0 .. len); false when it has none. */
static bool object_string(const char *obj, size_t len, const char *key, const char **value,
                          size_t *value_len)
{
    char pattern[32];
    const char *at;
    const char *end;
    size_t pattern_len = (size_t)snprintf(pattern, sizeof(pattern), "\"%s\": \"", key);

    at = memmem(obj, len, pattern, pattern_len);
    if (!at)
        return false;
    at += pattern_len;
    end = memchr(at, '"', len - (size_t)(at - obj));
    if (!end)
        return false;
    *value = at;
    *value_len = (size_t)(end - at);
    return true;
}

/* Looks through the array of {"name": ..., "type": ...} objects of a qom-list reply. */
static int find_in_list(const char *list, const char *wanted, char *name, size_t size)
{
    const char *obj = strchr(list, '[');

    while (obj && (obj = strchr(obj, '{')) != NULL) {
        const char *end = strchr(obj, '}');
        const char *value;
        size_t len;

        if (!end)
            break;
        if (object_string(obj, (size_t)(end - obj), "type", &value, &len) &&
            len == strlen(wanted) && memcmp(value, wanted, len) == 0 &&
            object_string(obj, (size_t)(end - obj), "name", &value, &len)) {
            if (len >= size)
                return -ENAMETOOLONG;
            memcpy(name, value, len);
            name[len] = '\0';
            return 0;
        }
        obj = end;
    }
    return -ENOENT;
}

int qmp_find_child(struct qmp *m, const char *parent, const char *type, char *name, size_t size)
{
    char text[COMMAND_SIZE];
    char wanted[128];
    const char *reply;
    int len;
    int err;

    len = snprintf(text, sizeof(text),
                   "{\"execute\": \"qom-list\", \"arguments\": {\"path\": \"%s\"}}", parent);
    if (len < 0 || (size_t)len >= sizeof(text))
        return -EINVAL;
    len = snprintf(wanted, sizeof(wanted), "child<%s>", type);
    if (len < 0 || (size_t)len >= sizeof(wanted))
        return -EINVAL;
    err = qmp_execute(m, text, &reply);
    return err ? err : find_in_list(reply, wanted, name, size);
}

void qmp_close(struct qmp *m)
{
    line_close(&m->ch);
    m->failed = -EPIPE;
}
