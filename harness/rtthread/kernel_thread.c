/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and the scheduler; see rthost.h. */
#include <pthread.h>
#include <string.h>

#include "kernel.h"

#define MAIN_PRIORITY 10u
#define US_PER_TICK   (1000000u / RT_TICK_PER_SECOND)

struct rthost_thread {
    struct rt_thread rt; /* first */
    struct rthost_thread *next;
    pthread_t pthread;
    pthread_cond_t turn;
    void (*entry)(void *parameter);
    void *parameter;
    bool (*ready)(void *arg); /* NULL: can run */
    void *arg;
    uint64_t deadline_us;
    uint64_t last_run;
    bool started, ended;
};

static struct {
    pthread_mutex_t big;
    struct rthost_thread main, *list, *current;
    uint64_t runs;
    unsigned critical;
} k = {.big = PTHREAD_MUTEX_INITIALIZER};

static uint64_t now_us(void)
{
    return host_current->now_us(host_current);
}

static void link_thread(struct rthost_thread *t)
{
    pthread_cond_init(&t->turn, NULL);
    t->rt.type = RT_Object_Class_Thread;
    t->rt.host = t;
    t->next = k.list;
    k.list = t;
}

void kernel_threads_boot(void)
{
    memset(&k.main, 0, sizeof(k.main));
    strcpy(k.main.rt.name, "main");
    k.main.rt.init_priority = k.main.rt.current_priority = MAIN_PRIORITY;
    k.main.started = true;
    k.list = NULL;
    k.current = &k.main;
    k.critical = 0;
    link_thread(&k.main);
    pthread_mutex_lock(&k.big);
}

void kernel_threads_shutdown(void)
{
    for (struct rthost_thread *t = k.list; t != NULL; t = t->next) {
        if (t != &k.main) {
            rthost_panic("thread %s has not ended", t->rt.name);
        }
    }
    pthread_mutex_unlock(&k.big);
}

/* ---- who runs ---- */

static bool can_run(const struct rthost_thread *t)
{
    return t->started && !t->ended &&
           (t->ready == NULL || t->ready(t->arg) || now_us() >= t->deadline_us);
}

/* The highest priority; among equals, who waited longest. */
static struct rthost_thread *best(void)
{
    struct rthost_thread *found = NULL;

    for (struct rthost_thread *t = k.list; t != NULL; t = t->next) {
        if (can_run(t) && (found == NULL || t->rt.current_priority < found->rt.current_priority ||
                           (t->rt.current_priority == found->rt.current_priority &&
                            t->last_run < found->last_run))) {
            found = t;
        }
    }
    return found;
}

static uint64_t next_event_us(void)
{
    uint64_t until = kernel_timers_next_us();

    for (const struct rthost_thread *t = k.list; t != NULL; t = t->next) {
        if (t->started && !t->ended && t->ready != NULL && t->deadline_us < until) {
            until = t->deadline_us;
        }
    }
    return until;
}

static struct rthost_thread *next_to_run(void)
{
    struct rthost_thread *t;

    while ((t = best()) == NULL) {
        uint64_t until = next_event_us();
        /* Without a deadline anywhere only a device can help, and devices are not that slow. */
        uint64_t limit = until != UINT64_MAX ? until : now_us() + 100000000u;

        if (!host_current->idle(host_current, limit) && until == UINT64_MAX) {
            rthost_panic("dead lock: every thread waits for ever, %s among them",
                         k.current->rt.name);
        }
        kernel_timers_run();
    }
    return t;
}

static void switch_to(struct rthost_thread *t)
{
    struct rthost_thread *me = k.current;

    t->last_run = ++k.runs;
    if (t == me) {
        return;
    }
    k.current = t;
    pthread_cond_signal(&t->turn);
    while (k.current != me && !me->ended) {
        pthread_cond_wait(&me->turn, &k.big);
    }
}

static void may_wait(const char *what)
{
    if (rt_interrupt_get_nest() != 0 || kernel_irqs_masked() || k.critical != 0) {
        rthost_panic("%s %s", what,
                     rt_interrupt_get_nest() != 0 ? "in an interrupt handler"
                     : k.critical != 0            ? "with the scheduler locked"
                                                  : "with interrupts masked");
    }
}

bool kernel_wait(bool (*ready)(void *arg), void *arg, rt_int32_t ticks, const char *what)
{
    struct rthost_thread *me = k.current;

    may_wait(what);
    me->ready = ready;
    me->arg = arg;
    me->deadline_us = ticks < 0 ? UINT64_MAX : now_us() + (uint64_t)ticks * US_PER_TICK;
    switch_to(next_to_run());
    me->ready = NULL;
    return ready(arg);
}

void kernel_preempt(void)
{
    struct rthost_thread *t;

    if (k.current == NULL || rt_interrupt_get_nest() != 0 || kernel_irqs_masked() ||
        k.critical != 0) {
        return;
    }
    t = best();
    if (t != NULL && t->rt.current_priority < k.current->rt.current_priority) {
        switch_to(t);
    }
}

/* ---- RT-Thread's calls ---- */

static void *thread_main(void *arg)
{
    struct rthost_thread *t = arg;

    pthread_mutex_lock(&k.big);
    while (k.current != t) {
        pthread_cond_wait(&t->turn, &k.big);
    }
    t->entry(t->parameter);
    if (kernel_irqs_masked() || k.critical != 0) {
        rthost_panic("thread %s ends with interrupts masked", t->rt.name);
    }
    t->ended = true;
    switch_to(next_to_run());
    pthread_mutex_unlock(&k.big);
    return NULL;
}

rt_thread_t rt_thread_create(const char *name, void (*entry)(void *parameter), void *parameter,
                             rt_uint32_t stack_size, rt_uint8_t priority, rt_uint32_t tick)
{
    struct rthost_thread *t = rt_malloc(sizeof(*t));

    if (t == NULL || stack_size == 0 || tick == 0) {
        rt_free(t);
        return RT_NULL;
    }
    memset(t, 0, sizeof(*t));
    rt_strncpy(t->rt.name, name, RT_NAME_MAX - 1);
    t->rt.init_priority = t->rt.current_priority = priority;
    t->entry = entry;
    t->parameter = parameter;
    link_thread(t);
    return &t->rt;
}

rt_err_t rt_thread_startup(rt_thread_t thread)
{
    struct rthost_thread *t = thread->host;

    t->started = true;
    if (pthread_create(&t->pthread, NULL, thread_main, t) != 0) {
        rthost_panic("no thread for %s", t->rt.name);
    }
    kernel_preempt();
    return RT_EOK;
}

/* Of a thread that has not been started, or has ended: on the host the creator cleans up. */
rt_err_t rt_thread_delete(rt_thread_t thread)
{
    struct rthost_thread *t = thread->host;
    struct rthost_thread **at = &k.list;

    if (t->started) {
        if (!t->ended) {
            rthost_panic("thread %s is deleted while it runs", t->rt.name);
        }
        pthread_mutex_unlock(&k.big);
        pthread_join(t->pthread, NULL);
        pthread_mutex_lock(&k.big);
    }
    while (*at != t) {
        at = &(*at)->next;
    }
    *at = t->next;
    pthread_cond_destroy(&t->turn);
    rt_free(t);
    return RT_EOK;
}

rt_thread_t rt_thread_self(void)
{
    return k.current != NULL ? &k.current->rt : RT_NULL;
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

rt_err_t rt_thread_delay(rt_tick_t tick)
{
    (void)kernel_wait(never, NULL, (rt_int32_t)tick, "rt_thread_delay");
    return RT_EOK;
}

rt_err_t rt_thread_mdelay(rt_int32_t ms)
{
    return rt_thread_delay(rt_tick_from_millisecond(ms));
}

rt_err_t rt_thread_yield(void)
{
    return rt_thread_delay(0);
}

void rt_enter_critical(void)
{
    k.critical++;
}

void rt_exit_critical(void)
{
    if (k.critical == 0) {
        rthost_panic("rt_exit_critical without rt_enter_critical");
    }
    k.critical--;
    kernel_preempt();
}

rt_uint16_t rt_critical_level(void)
{
    return (rt_uint16_t)k.critical;
}

rt_tick_t rt_tick_get(void)
{
    return (rt_tick_t)(now_us() / US_PER_TICK);
}

rt_tick_t rt_tick_get_millisecond(void)
{
    return (rt_tick_t)(now_us() / 1000u);
}

rt_tick_t rt_tick_from_millisecond(rt_int32_t ms)
{
    return ms < 0 ? (rt_tick_t)RT_WAITING_FOREVER
                  : (rt_tick_t)(((rt_int64_t)ms * RT_TICK_PER_SECOND + 999) / 1000);
}

void rthost_run_us(uint64_t us)
{
    (void)rt_thread_delay((rt_tick_t)((us + US_PER_TICK - 1u) / US_PER_TICK));
}
