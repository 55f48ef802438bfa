/* SPDX-License-Identifier: Apache-2.0 */
/* Heap, console, strings, the start and the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

#define CONSOLE_BYTES 16384u

static struct {
    char console[CONSOLE_BYTES];
    size_t used;
    unsigned blocks;
    unsigned fail_at;
    int error;
} s;

void rthost_boot(void (*irq_connect)(void *ctx, int vector, bool on), void *ctx)
{
    memset(&s, 0, sizeof(s));
    kernel_objects_boot();
    kernel_timers_boot();
    kernel_irq_boot(irq_connect, ctx);
    kernel_threads_boot();
}

void rthost_shutdown(void)
{
    if (kernel_irqs_masked() || rt_critical_level() != 0) {
        rthost_panic("the end comes with interrupts masked or the scheduler locked");
    }
    kernel_threads_shutdown();
}

void rthost_panic(const char *fmt, ...)
{
    va_list args;

    fputs("rtthread: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\nconsole:\n%s\n", s.console);
    abort();
}

void rt_assert_handler(const char *ex, const char *func, rt_size_t line)
{
    rthost_panic("(%s) assertion failed at function: %s, line number: %zu", ex, func, line);
}

/* ---- heap: the C library's, which sanitizers watch; filled, since RT-Thread's is not zeroed ----
 */

static bool exhausted(void)
{
    return s.fail_at != 0 && --s.fail_at == 0;
}

void rthost_heap_fail_at(unsigned n)
{
    s.fail_at = n;
}

unsigned rthost_heap_blocks(void)
{
    return s.blocks;
}

void *rt_malloc_align(rt_size_t size, rt_size_t align)
{
    void *ptr = RT_NULL;

    if (rt_interrupt_get_nest() != 0) {
        rthost_panic("memory is allocated in an interrupt handler");
    }
    align = align < sizeof(void *) ? sizeof(void *) : align;
    if (size == 0 || exhausted() || posix_memalign(&ptr, align, size) != 0) {
        return RT_NULL;
    }
    s.blocks++;
    return memset(ptr, 0xa5, size);
}

void rt_free_align(void *ptr)
{
    s.blocks -= ptr != RT_NULL;
    free(ptr);
}

void *rt_malloc(rt_size_t nbytes)
{
    return rt_malloc_align(nbytes, RT_ALIGN_SIZE);
}

void rt_free(void *ptr)
{
    rt_free_align(ptr);
}

void *rt_calloc(rt_size_t count, rt_size_t size)
{
    void *ptr = size != 0 && count > SIZE_MAX / size ? RT_NULL : rt_malloc(count * size);

    return ptr != RT_NULL ? memset(ptr, 0, count * size) : RT_NULL;
}

void *rt_realloc(void *ptr, rt_size_t nbytes)
{
    if (ptr == RT_NULL) {
        return rt_malloc(nbytes);
    }
    if (nbytes == 0) {
        rt_free(ptr);
        return RT_NULL;
    }
    return exhausted() ? RT_NULL : realloc(ptr, nbytes);
}

/* ---- console ---- */

const char *rthost_console(void)
{
    return s.console;
}

void rt_kputs(const char *str)
{
    size_t len = strlen(str);

    len = len < CONSOLE_BYTES / 2u ? len : CONSOLE_BYTES / 2u;
    if (s.used + len >= CONSOLE_BYTES) {
        memmove(s.console, s.console + CONSOLE_BYTES / 2u, CONSOLE_BYTES / 2u);
        s.used -= CONSOLE_BYTES / 2u;
    }
    memcpy(s.console + s.used, str, len);
    s.used += len;
    s.console[s.used] = '\0';
}

int rt_kprintf(const char *fmt, ...)
{
    char line[RT_CONSOLEBUF_SIZE];
    va_list args;
    int ret;

    va_start(args, fmt);
    ret = rt_vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    rt_kputs(line);
    return ret;
}

int rt_vsnprintf(char *buf, rt_size_t size, const char *fmt, va_list args)
{
    return vsnprintf(buf, size, fmt, args);
}

int rt_snprintf(char *buf, rt_size_t size, const char *format, ...)
{
    va_list args;
    int ret;

    va_start(args, format);
    ret = vsnprintf(buf, size, format, args);
    va_end(args);
    return ret;
}

int rt_vsprintf(char *dest, const char *format, va_list arg_ptr)
{
    return vsprintf(dest, format, arg_ptr);
}

int rt_sprintf(char *buf, const char *format, ...)
{
    va_list args;
    int ret;

    va_start(args, format);
    ret = vsprintf(buf, format, args);
    va_end(args);
    return ret;
}

/* ---- errors: a thread has one of its own, handlers share one ---- */

rt_err_t rt_get_errno(void)
{
    return *_rt_errno();
}

void rt_set_errno(rt_err_t no)
{
    *_rt_errno() = (int)no;
    if (rt_interrupt_get_nest() == 0 && rt_thread_self() != RT_NULL) {
        rt_thread_self()->error = no;
    }
}

int *_rt_errno(void)
{
    static _Thread_local int error;

    return rt_interrupt_get_nest() == 0 ? &error : &s.error;
}

const char *rt_strerror(rt_err_t error)
{
    static const char *const names[] = {"OK",     "ERROR",  "ETIMOUT", "ERSFULL", "ERSEPTY",
                                        "ENOMEM", "ENOSYS", "EBUSY",   "EIO",     "EINTRPT",
                                        "EINVAL", "ETRAP",  "ENOENT",  "ENOSPC"};
    rt_err_t n = error < 0 ? -error : error;

    return n < (rt_err_t)(sizeof(names) / sizeof(names[0])) ? names[n] : "EUNKNOW";
}

/* ---- strings ---- */

void *rt_memset(void *src, int c, rt_ubase_t n)
{
    return memset(src, c, n);
}

void *rt_memcpy(void *dest, const void *src, rt_ubase_t n)
{
    return memcpy(dest, src, n);
}

void *rt_memmove(void *dest, const void *src, rt_size_t n)
{
    return memmove(dest, src, n);
}

rt_int32_t rt_memcmp(const void *cs, const void *ct, rt_size_t count)
{
    return memcmp(cs, ct, count);
}

rt_size_t rt_strnlen(const char *s1, rt_ubase_t maxlen)
{
    const char *end = memchr(s1, '\0', maxlen);

    return end != NULL ? (rt_size_t)(end - s1) : maxlen;
}

rt_size_t rt_strlen(const char *src)
{
    return strlen(src);
}

char *rt_strncpy(char *dest, const char *src, rt_size_t n)
{
    rt_size_t len = rt_strnlen(src, n);

    memcpy(dest, src, len);
    memset(dest + len, 0, n - len);
    return dest;
}

rt_int32_t rt_strncmp(const char *cs, const char *ct, rt_size_t count)
{
    return strncmp(cs, ct, count);
}

rt_int32_t rt_strcmp(const char *cs, const char *ct)
{
    return strcmp(cs, ct);
}
