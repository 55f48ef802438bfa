/* SPDX-License-Identifier: Apache-2.0 */
/* String functions of the firmware: what the driver, libfdt and the firmware itself use. Flags as
 * for mem.c. */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t strlen(const char *s)
{
    return strnlen(s, SIZE_MAX);
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n] != '\0') {
        n++;
    }
    return n;
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c) {
            return (char *)(uintptr_t)s;
        }
        if (*s == '\0') {
            return NULL;
        }
    }
}

char *strrchr(const char *s, int c)
{
    const char *last = NULL;

    for (;; s++) {
        if (*s == (char)c) {
            last = s;
        }
        if (*s == '\0') {
            return (char *)(uintptr_t)last;
        }
    }
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++) {
        unsigned char x = (unsigned char)*a;
        unsigned char y = (unsigned char)*b;

        if (x != y) {
            return x < y ? -1 : 1;
        }
        if (x == '\0') {
            break;
        }
    }
    return 0;
}

/* 0..35, or 36 for what is no digit. */
static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'z') {
        return (unsigned)(c - 'a') + 10u;
    }
    if (c >= 'A' && c <= 'Z') {
        return (unsigned)(c - 'A') + 10u;
    }
    return 36u;
}

/* Skips "0x" where it is a prefix, and settles base 0. */
static const char *skip_prefix(const char *s, unsigned *base)
{
    bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit_of(s[2]) < 16u;

    if (*base == 0) {
        *base = hex ? 16u : s[0] == '0' ? 8u : 10u;
    }
    return hex && *base == 16u ? s + 2 : s;
}

unsigned long strtoul(const char *restrict s, char **restrict end, int base)
{
    const char *at = s;
    const char *digits;
    unsigned radix = (unsigned)base;
    unsigned long value = 0;
    bool negative;
    bool over = false;

    while (*at == ' ' || (*at >= '\t' && *at <= '\r')) {
        at++;
    }
    negative = *at == '-';
    at += negative || *at == '+' ? 1 : 0;
    at = skip_prefix(at, &radix);
    for (digits = at; digit_of(*at) < radix; at++) {
        unsigned long digit = digit_of(*at);

        over = over || value > (ULONG_MAX - digit) / radix;
        value = value * radix + digit;
    }
    if (end != NULL) {
        *end = (char *)(uintptr_t)(at == digits ? s : at);
    }
    if (over) {
        return ULONG_MAX;
    }
    return negative ? 0ul - value : value;
}
