/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's log lines, for the bare-metal port: formatted on the stack, cut to LINE_BYTES, and
 * handed to the board. Context: any. */
#include "virtio_port.h"

#define LINE_BYTES 160u

struct line {
    char text[LINE_BYTES];
    size_t len;
};

static void put(struct line *line, char c)
{
    if (line->len < LINE_BYTES - 1u) {
        line->text[line->len++] = c;
    }
}

static void put_text(struct line *line, const char *text)
{
    while (*text != '\0') {
        put(line, *text++);
    }
}

static void put_number(struct line *line, uint32_t value, uint32_t base)
{
    char digits[10];
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (n > 0) {
        put(line, digits[--n]);
    }
}

static void put_signed(struct line *line, int value)
{
    if (value < 0) {
        put(line, '-');
    }
    put_number(line, value < 0 ? 0u - (uint32_t)value : (uint32_t)value, 10);
}

void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
{
    struct line line = {.len = 0};
    va_list args;

    va_start(args, fmt);
    for (; *fmt != '\0'; fmt++) {
        if (fmt[0] != '%' || fmt[1] == '\0') {
            put(&line, *fmt);
            continue;
        }
        switch (*++fmt) {
        case 's':
            put_text(&line, va_arg(args, const char *));
            break;
        case 'd':
            put_signed(&line, va_arg(args, int));
            break;
        case 'u':
            put_number(&line, va_arg(args, unsigned), 10);
            break;
        case 'x':
            put_number(&line, va_arg(args, unsigned), 16);
            break;
        default:
            put(&line, *fmt); /* the contract has no other; a %% ends up here */
            break;
        }
    }
    va_end(args);
    line.text[line.len] = '\0';
    virtio_bare_log((int)level, line.text);
}
