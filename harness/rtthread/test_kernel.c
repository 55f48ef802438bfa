/* SPDX-License-Identifier: Apache-2.0 */
/* The host kernel itself: what the component's tests rely on. */
#include <criterion/criterion.h>
#include <ipc/completion.h>
#include <rthw.h>
#include <signal.h>
#include <string.h>

#include "rt_rig.h"

static struct rt_rig rig;

static void boot(void)
{
    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
}

static void down(void)
{
    rt_rig_close(&rig);
}

TestSuite(rt_kernel, .init = boot);

Test(rt_kernel, a_wait_takes_its_ticks_of_virtual_time)
{
    struct rt_semaphore sem;
    rt_tick_t before = rt_tick_get();

    cr_assert_eq(rt_sem_init(&sem, "s", 0, RT_IPC_FLAG_PRIO), RT_EOK);
    cr_assert_eq(rt_sem_take(&sem, 25), -RT_ETIMEOUT);
    cr_assert_eq(rt_tick_get() - before, 25u);
    cr_assert_eq(rt_sem_trytake(&sem), -RT_ETIMEOUT);
    cr_assert_eq(rt_sem_release(&sem), RT_EOK);
    cr_assert_eq(rt_sem_take(&sem, RT_WAITING_FOREVER), RT_EOK);
    cr_assert_eq(rthost_objects(RT_Object_Class_Semaphore), 1u);
    cr_assert_eq(rt_sem_detach(&sem), RT_EOK);
    cr_assert_eq(rthost_objects(RT_Object_Class_Semaphore), 0u);
    down();
}

static char order[16];

static void note(const char *what)
{
    strncat(order, what, sizeof(order) - strlen(order) - 1u);
}

static void waits_for_completion(void *parameter)
{
    note("w");
    cr_assert_eq(rt_completion_wait(parameter, 100), RT_EOK);
    note("W");
}

Test(rt_kernel, who_is_woken_with_a_higher_priority_runs_at_once)
{
    struct rt_completion done;
    rt_thread_t high;

    rt_completion_init(&done);
    high = rt_thread_create("high", waits_for_completion, &done, 4096, 5, 10);
    cr_assert_eq(rt_thread_startup(high), RT_EOK);
    note("1");
    rt_completion_done(&done);
    note("2");
    cr_assert_str_eq(order, "w1W2");
    cr_assert_eq(rt_thread_delete(high), RT_EOK);
    down();
}

Test(rt_kernel, and_not_before_interrupts_are_let_in)
{
    struct rt_completion done;
    rt_thread_t high;
    rt_base_t level;

    rt_completion_init(&done);
    high = rt_thread_create("high", waits_for_completion, &done, 4096, 5, 10);
    cr_assert_eq(rt_thread_startup(high), RT_EOK);
    level = rt_hw_interrupt_disable();
    rt_completion_done(&done);
    note("1");
    rt_hw_interrupt_enable(level);
    note("2");
    cr_assert_str_eq(order, "w1W2");
    cr_assert_eq(rt_thread_delete(high), RT_EOK);
    down();
}

static void locks(void *parameter)
{
    cr_assert_eq(rt_mutex_take(parameter, RT_WAITING_FOREVER), RT_EOK);
    note("l");
    cr_assert_eq(rt_mutex_release(parameter), RT_EOK);
}

Test(rt_kernel, a_mutex_lends_its_owner_the_priority_of_who_waits)
{
    struct rt_mutex mutex;
    rt_thread_t high;

    cr_assert_eq(rt_mutex_init(&mutex, "m", RT_IPC_FLAG_PRIO), RT_EOK);
    cr_assert_eq(rt_mutex_take(&mutex, RT_WAITING_FOREVER), RT_EOK);
    cr_assert_eq(rt_mutex_take(&mutex, RT_WAITING_FOREVER), RT_EOK, "recursive");
    high = rt_thread_create("high", locks, &mutex, 4096, 5, 10);
    cr_assert_eq(rt_thread_startup(high), RT_EOK);
    cr_assert_eq(rt_thread_self()->current_priority, 5);
    cr_assert_eq(rt_mutex_release(&mutex), RT_EOK);
    cr_assert_str_eq(order, "");
    cr_assert_eq(rt_mutex_release(&mutex), RT_EOK);
    cr_assert_str_eq(order, "l");
    cr_assert_eq(rt_thread_self()->current_priority, rt_thread_self()->init_priority);
    cr_assert_eq(rt_thread_delete(high), RT_EOK);
    down();
}

static void count(void *parameter)
{
    cr_assert_eq(rt_interrupt_get_nest(), 1);
    ++*(unsigned *)parameter;
}

Test(rt_kernel, a_periodic_timer_runs_as_from_an_interrupt)
{
    struct rt_timer timer;
    unsigned n = 0;

    rt_timer_init(&timer, "t", count, &n, 10, RT_TIMER_FLAG_PERIODIC);
    cr_assert_eq(rt_timer_start(&timer), RT_EOK);
    cr_assert_eq(rt_thread_mdelay(35), RT_EOK);
    cr_assert_eq(n, 3u);
    cr_assert_eq(rt_timer_stop(&timer), RT_EOK);
    cr_assert_eq(rt_thread_mdelay(35), RT_EOK);
    cr_assert_eq(n, 3u);
    cr_assert_eq(rt_timer_detach(&timer), RT_EOK);
    down();
}

Test(rt_kernel, memory_is_counted_and_can_run_out)
{
    void *p = rt_malloc(100);
    void *q;

    rthost_heap_fail_at(2);
    q = rt_malloc_align(64, 64);
    cr_assert_eq((uintptr_t)q % 64u, 0u);
    cr_assert_eq(rt_calloc(1, 8), NULL);
    cr_assert_eq(rthost_heap_blocks(), 2u);
    rt_free(p);
    rt_free_align(q);
    cr_assert_eq(rthost_heap_blocks(), 0u);
    down();
}

Test(rt_kernel, a_wait_with_interrupts_masked_ends_the_process, .signal = SIGABRT)
{
    struct rt_semaphore sem;

    (void)rt_sem_init(&sem, "s", 0, RT_IPC_FLAG_PRIO);
    (void)rt_hw_interrupt_disable();
    (void)rt_sem_take(&sem, 10);
}

Test(rt_kernel, so_does_a_wait_that_nobody_can_end, .signal = SIGABRT)
{
    struct rt_semaphore sem;

    (void)rt_sem_init(&sem, "s", 0, RT_IPC_FLAG_PRIO);
    (void)rt_sem_take(&sem, RT_WAITING_FOREVER);
}

Test(rt_kernel, so_does_a_failed_assertion, .signal = SIGABRT)
{
    RT_ASSERT(rt_tick_get() == RT_TICK_MAX);
}

Test(rt_kernel, what_is_printed_is_kept)
{
    rt_kprintf("%s-%d\n", "a", 7);
    rt_kputs("b\n");
    cr_assert_str_eq(rthost_console(), "a-7\nb\n");
    down();
}
