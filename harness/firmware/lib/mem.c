/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory functions of the firmware: words where both sides are aligned alike, bytes otherwise, no
 * misaligned access. To be compiled with -fno-builtin, and by gcc with
 * -fno-tree-loop-distribute-patterns: a compiler that recognises a loop as memcpy would make these
 * call themselves.
 */
#include <stdint.h>
#include <string.h>

typedef unsigned long __attribute__((may_alias)) word;
#define WORD sizeof(word)

/* Both can be read as words once the first is. */
static size_t aligned_alike(const void *a, const void *b)
{
    return (((uintptr_t)a ^ (uintptr_t)b) & (WORD - 1u)) == 0;
}

static size_t to_alignment(const void *p)
{
    return (0u - (uintptr_t)p) & (WORD - 1u);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    unsigned char *d = dst;
    const unsigned char *s = src;

    if (n >= 2u * WORD && aligned_alike(d, s)) {
        for (size_t head = to_alignment(d); head > 0; head--, n--) {
            *d++ = *s++;
        }
        for (; n >= 4u * WORD; n -= 4u * WORD, d += 4u * WORD, s += 4u * WORD) {
            word w0 = ((const word *)s)[0];
            word w1 = ((const word *)s)[1];
            word w2 = ((const word *)s)[2];
            word w3 = ((const word *)s)[3];

            ((word *)d)[0] = w0;
            ((word *)d)[1] = w1;
            ((word *)d)[2] = w2;
            ((word *)d)[3] = w3;
        }
        for (; n >= WORD; n -= WORD, d += WORD, s += WORD) {
            *(word *)d = *(const word *)s;
        }
    }
    while (n-- > 0) {
        *d++ = *s++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    unsigned char *d = dst;
    const unsigned char *s = src;

    if ((uintptr_t)d - (uintptr_t)s >= n) {
        /* The destination starts before the source, or behind its end: upwards is safe. */
        if (aligned_alike(d, s)) {
            for (size_t head = to_alignment(d); head > 0 && n > 0; head--, n--) {
                *d++ = *s++;
            }
            for (; n >= WORD; n -= WORD, d += WORD, s += WORD) {
                *(word *)d = *(const word *)s;
            }
        }
        while (n-- > 0) {
            *d++ = *s++;
        }
    } else {
        while (n-- > 0) {
            d[n] = s[n];
        }
    }
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    unsigned char *d = dst;
    word pattern = (unsigned char)c * (~(word)0 / 0xffu);

    if (n >= 2u * WORD) {
        for (size_t head = to_alignment(d); head > 0; head--, n--) {
            *d++ = (unsigned char)c;
        }
        for (; n >= WORD; n -= WORD, d += WORD) {
            *(word *)d = pattern;
        }
    }
    while (n-- > 0) {
        *d++ = (unsigned char)c;
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a;
    const unsigned char *y = b;

    if (n >= WORD && ((uintptr_t)x & (WORD - 1u)) == 0 && aligned_alike(x, y)) {
        while (n >= WORD && *(const word *)x == *(const word *)y) {
            x += WORD;
            y += WORD;
            n -= WORD;
        }
    }
    for (; n > 0; n--, x++, y++) {
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
    return 0;
}

void *memchr(const void *s, int c, size_t n)
{
    const unsigned char *p = s;

    for (; n > 0; n--, p++) {
        if (*p == (unsigned char)c) {
            return (void *)(uintptr_t)p;
        }
    }
    return NULL;
}
