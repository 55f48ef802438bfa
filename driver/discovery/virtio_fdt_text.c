/* SPDX-License-Identifier: Apache-2.0 */
/* Messages without a libc: the few conversions that they need, into a buffer that may be too small.
 */
#include "virtio_fdt_priv.h"

#include <stdarg.h>

void vfdt_text_start(struct vfdt_text *text, char *buf, size_t size)
{
    text->buf = buf;
    text->size = size;
    text->len = 0;
    buf[0] = '\0';
}

static void put(struct vfdt_text *text, char c)
{
    if (text->len + 1u < text->size) {
        text->buf[text->len++] = c >= ' ' && c <= '~' ? c : '?';
        text->buf[text->len] = '\0';
    }
}

void vfdt_add(struct vfdt_text *text, const char *s)
{
    while (*s != '\0' && text->len + 1u < text->size) {
        put(text, *s++);
    }
}

static void put_number(struct vfdt_text *text, unsigned long long value, unsigned base)
{
    char digits[20]; /* of 2^64 in the smallest base, 10 */
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (n > 0) {
        put(text, digits[--n]);
    }
}

static void put_signed(struct vfdt_text *text, long long value)
{
    if (value < 0) {
        put(text, '-');
    }
    put_number(text, value < 0 ? 0ull - (unsigned long long)value : (unsigned long long)value, 10);
}

static void put_start(const struct vfdt_why *why, struct vfdt_text *text)
{
    char path[VIRTIO_FDT_PATH_MAX];

    vfdt_text_start(text, why->text, VIRTIO_FDT_TEXT_MAX);
    if (why->at != NULL) {
        vfdt_path(why->at, why->at->depth, path);
        vfdt_add(text, path);
    } else {
        vfdt_add(text, "device tree");
    }
    vfdt_add(text, ": ");
}

int vfdt_refuse(const struct vfdt_why *why, int error, const char *fmt, ...)
{
    struct vfdt_text text;
    va_list args;

    if (why->text == NULL) {
        return error;
    }
    put_start(why, &text);
    va_start(args, fmt);
    for (; *fmt != '\0'; fmt++) {
        bool is_wide = fmt[0] == '%' && fmt[1] == 'l'; /* always as "ll" */

        if (*fmt != '%') {
            put(&text, *fmt);
            continue;
        }
        fmt += is_wide ? 3 : 1;
        if (*fmt == 's') {
            vfdt_add(&text, va_arg(args, const char *));
        } else if (*fmt == 'd') {
            put_signed(&text, is_wide ? va_arg(args, long long) : va_arg(args, int));
        } else {
            put_number(&text, is_wide ? va_arg(args, unsigned long long) : va_arg(args, unsigned),
                       *fmt == 'x' ? 16u : 10u);
        }
    }
    va_end(args);
    return error;
}
