/* SPDX-License-Identifier: Apache-2.0 */
/* Formatted text of the firmware: %s %c %d %i %u %x %p %%, with l, ll, z, a width, '-' and zero
 * padding. Context: any. */
#include <stdarg.h>

#include "board.h"

struct sink {
    char *buf; /* NULL: the console */
    size_t size;
    size_t len; /* of the whole text */
    char last;
};

struct spec {
    bool left, zero;
    unsigned width;
    unsigned longs;
    bool size;
};

static void put(struct sink *sink, char c)
{
    if (sink->buf == NULL) {
        board_putc(c);
    } else if (sink->len + 1u < sink->size) {
        sink->buf[sink->len] = c;
    }
    sink->len++;
    sink->last = c;
}

static void pad(struct sink *sink, char c, size_t len, unsigned width)
{
    for (; len < width; len++) {
        put(sink, c);
    }
}

static void put_padded(struct sink *sink, const struct spec *spec, const char *text, size_t len)
{
    if (!spec->left) {
        pad(sink, ' ', len, spec->width);
    }
    for (size_t i = 0; i < len; i++) {
        put(sink, text[i]);
    }
    if (spec->left) {
        pad(sink, ' ', len, spec->width);
    }
}

static void put_string(struct sink *sink, const struct spec *spec, const char *text)
{
    size_t len = 0;

    text = text != NULL ? text : "(null)";
    while (text[len] != '\0') {
        len++;
    }
    put_padded(sink, spec, text, len);
}

static void put_number(struct sink *sink, const struct spec *spec, uint64_t value, unsigned base,
                       bool negative)
{
    char text[21];
    size_t at = sizeof(text);
    size_t sign = negative ? 1u : 0u;
    struct spec rest = *spec;

    do {
        text[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (spec->zero && !spec->left) {
        if (negative) {
            put(sink, '-');
        }
        pad(sink, '0', sizeof(text) - at + sign, spec->width);
        rest.width = 0; /* it is padded */
        sign = 0;
    }
    if (sign != 0) {
        text[--at] = '-';
    }
    put_padded(sink, &rest, text + at, sizeof(text) - at);
}

static const char *parse(struct spec *spec, const char *fmt)
{
    *spec = (struct spec){.left = false};
    for (; *fmt == '-' || *fmt == '0'; fmt++) {
        spec->left = spec->left || *fmt == '-';
        spec->zero = spec->zero || *fmt == '0';
    }
    for (; *fmt >= '0' && *fmt <= '9'; fmt++) {
        spec->width = spec->width * 10u + (unsigned)(*fmt - '0');
    }
    for (; *fmt == 'l' || *fmt == 'z'; fmt++) {
        spec->longs += *fmt == 'l' ? 1u : 0u;
        spec->size = spec->size || *fmt == 'z';
    }
    return fmt;
}

/* va_list is an array type on some machines, which cannot be handed on by address. */
struct args {
    va_list list;
};

static uint64_t take_unsigned(struct args *args, const struct spec *spec)
{
    if (spec->longs >= 2u) {
        return va_arg(args->list, unsigned long long);
    }
    if (spec->size) {
        return va_arg(args->list, size_t);
    }
    return spec->longs == 1u ? va_arg(args->list, unsigned long) : va_arg(args->list, unsigned);
}

static int64_t take_signed(struct args *args, const struct spec *spec)
{
    if (spec->longs >= 2u) {
        return va_arg(args->list, long long);
    }
    if (spec->size) {
        return va_arg(args->list, ptrdiff_t);
    }
    return spec->longs == 1u ? va_arg(args->list, long) : va_arg(args->list, int);
}

static void convert(struct sink *sink, const struct spec *spec, char conversion, struct args *args)
{
    int64_t value;
    char c;

    switch (conversion) {
    case 's':
        put_string(sink, spec, va_arg(args->list, const char *));
        break;
    case 'c':
        c = (char)va_arg(args->list, int);
        put_padded(sink, spec, &c, 1);
        break;
    case 'd':
    case 'i':
        value = take_signed(args, spec);
        put_number(sink, spec, value < 0 ? 0u - (uint64_t)value : (uint64_t)value, 10, value < 0);
        break;
    case 'u':
        put_number(sink, spec, take_unsigned(args, spec), 10, false);
        break;
    case 'x':
        put_number(sink, spec, take_unsigned(args, spec), 16, false);
        break;
    case 'p':
        put(sink, '0');
        put(sink, 'x');
        put_number(sink, spec, (uintptr_t)va_arg(args->list, void *), 16, false);
        break;
    default: /* %% and what we do not have */
        put(sink, conversion);
        break;
    }
}

static void format(struct sink *sink, const char *fmt, struct args *args)
{
    while (*fmt != '\0') {
        struct spec spec;

        if (*fmt != '%') {
            put(sink, *fmt++);
            continue;
        }
        fmt = parse(&spec, fmt + 1);
        if (*fmt != '\0') {
            convert(sink, &spec, *fmt++, args);
        }
    }
}

void board_printf(const char *fmt, ...)
{
    struct sink sink = {.buf = NULL};
    struct args args;

    va_start(args.list, fmt);
    format(&sink, fmt, &args);
    va_end(args.list);
    if (sink.last != '\n') {
        put(&sink, '\n');
    }
}

int board_snprintf(char *buf, size_t size, const char *fmt, ...)
{
    char none;
    struct sink sink = {.buf = size != 0 ? buf : &none, .size = size};
    struct args args;

    va_start(args.list, fmt);
    format(&sink, fmt, &args);
    va_end(args.list);
    if (size != 0) {
        buf[sink.len < size ? sink.len : size - 1u] = '\0';
    }
    return (int)sink.len;
}
