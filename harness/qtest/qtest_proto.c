/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The qtest wire protocol; see qtest_proto.h.
 */
#include "qtest_proto.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_SIZE 512u

static int end_with(struct qtest *q, int err)
{
    if (err && !q->failed) {
        q->failed = err;
        /* Nobody can lower a line any more. */
        memset(q->levels, 0, sizeof(q->levels));
    }
    return err;
}

/* "raise N" or "lower N". */
static int note_irq(struct qtest *q, const char *text)
{
    char *end;
    unsigned long irq;
    bool raise = strncmp(text, "raise ", 6) == 0;

    if (!raise && strncmp(text, "lower ", 6) != 0)
        return -EPROTO;
    errno = 0;
    irq = strtoul(text + 6, &end, 10);
    if (end == text + 6 || *end || errno || irq >= QTEST_IRQ_MAX)
        return -EPROTO;
    if (raise) {
        q->levels[irq / 64] |= UINT64_C(1) << (irq % 64);
        q->raises++;
    } else {
        q->levels[irq / 64] &= ~(UINT64_C(1) << (irq % 64));
    }
    return 0;
}

/* The reply to the command under way; interrupt lines before it are noted. */
static int read_reply(struct qtest *q, const char **reply)
{
    static const struct {
        const char *word;
        int err;
    } verdicts[] = {{"OK", 0}, {"FAIL", -EREMOTEIO}, {"ERR", -EREMOTEIO}};
    uint64_t deadline_us = line_now_us() + q->timeout_us;

    for (;;) {
        char *line;
        int err = line_next(&q->ch, &line, deadline_us);

        if (err)
            return end_with(q, err);
        if (strncmp(line, "IRQ ", 4) == 0) {
            err = note_irq(q, line + 4);
            if (err)
                return end_with(q, err);
            continue;
        }
        for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
            size_t len = strlen(verdicts[i].word);

            if (strncmp(line, verdicts[i].word, len) != 0 || (line[len] && line[len] != ' '))
                continue;
            if (reply)
                *reply = line[len] ? line + len + 1 : line + len;
            return verdicts[i].err;
        }
        return end_with(q, -EPROTO);
    }
}

int qtest_command(struct qtest *q, const char **reply, const char *format, ...)
{
    char text[COMMAND_SIZE];
    va_list ap;
    int len;
    int err;

    if (reply)
        *reply = "";
    if (q->failed)
        return q->failed;
    va_start(ap, format);
    len = vsnprintf(text, sizeof(text) - 1, format, ap);
    va_end(ap);
    if (len < 0 || (size_t)len >= sizeof(text) - 1)
        return -EINVAL;
    text[len++] = '\n';
    q->commands++;
    err = line_send(&q->ch, text, (size_t)len);
    if (err)
        return end_with(q, err);
    return read_reply(q, reply);
}

int qtest_open(struct qtest *q, int listen_fd, int death_fd, uint64_t timeout_us)
{
    int err;

    memset(q, 0, sizeof(*q));
    q->timeout_us = timeout_us;
    err = line_accept(&q->ch, listen_fd, death_fd, line_now_us() + timeout_us);
    if (err)
        return end_with(q, err);
    return qtest_command(q, NULL, "endianness");
}

/* The letter of the command, '\0' for a width that no register has. */
static char width_letter(unsigned width)
{
    static const char letters[] = {0, 'b', 'w', 0, 'l'};

    return width < sizeof(letters) ? letters[width] : '\0';
}

int qtest_read(struct qtest *q, unsigned width, uint64_t addr, uint64_t *value)
{
    char letter = width_letter(width);
    const char *reply;
    char *end;
    int err;

    if (!letter)
        return -EINVAL;
    err = qtest_command(q, &reply, "read%c 0x%" PRIx64, letter, addr);
    if (err)
        return err;
    errno = 0;
    *value = strtoull(reply, &end, 16);
    if (end == reply || *end || errno)
        return end_with(q, -EPROTO);
    return 0;
}

int qtest_write(struct qtest *q, unsigned width, uint64_t addr, uint64_t value)
{
    char letter = width_letter(width);

    if (!letter)
        return -EINVAL;
    return qtest_command(q, NULL, "write%c 0x%" PRIx64 " 0x%" PRIx64, letter, addr, value);
}

int qtest_intercept_irq_in(struct qtest *q, const char *qom_path)
{
    return qtest_command(q, NULL, "irq_intercept_in %s", qom_path);
}

int qtest_set_irq_in(struct qtest *q, const char *qom_path, unsigned irq, bool level)
{
    return qtest_command(q, NULL, "set_irq_in %s unnamed-gpio-in %u %d", qom_path, irq, level);
}

int qtest_poll_irqs(struct qtest *q, uint64_t until_us)
{
    bool any = false;

    while (!q->failed) {
        char *line;
        /* After the first line only what has already arrived. */
        int err = line_next(&q->ch, &line, any ? 0 : until_us);

        if (err == -ETIMEDOUT)
            return any ? 0 : -ETIMEDOUT;
        if (!err)
            err = strncmp(line, "IRQ ", 4) == 0 ? note_irq(q, line + 4) : -EPROTO;
        if (err)
            return end_with(q, err);
        any = true;
    }
    return q->failed;
}

bool qtest_irq_level(const struct qtest *q, unsigned irq)
{
    return irq < QTEST_IRQ_MAX && (q->levels[irq / 64] >> (irq % 64) & 1);
}

void qtest_close(struct qtest *q)
{
    line_close(&q->ch);
    (void)end_with(q, -EPIPE);
}
