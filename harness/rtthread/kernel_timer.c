/* SPDX-License-Identifier: Apache-2.0 */
/* Timers: hard ones, whose functions run as from the tick's interrupt. */
#include "kernel.h"

#define US_PER_TICK (1000000u / RT_TICK_PER_SECOND)

static rt_list_t active = RT_LIST_OBJECT_INIT(active);

void kernel_timers_boot(void)
{
    rt_list_init(&active);
}

/* Ticks to go; at most 0 when it is due. */
static rt_int32_t to_go(const struct rt_timer *timer)
{
    return (rt_int32_t)(timer->timeout_tick - rt_tick_get());
}

static struct rt_timer *first(void)
{
    struct rt_timer *found = RT_NULL;
    rt_list_t *at;

    rt_list_for_each(at, &active)
    {
        struct rt_timer *timer = rt_list_entry(at, struct rt_timer, row[0]);

        if (found == RT_NULL || to_go(timer) < to_go(found)) {
            found = timer;
        }
    }
    return found;
}

uint64_t kernel_timers_next_us(void)
{
    struct rt_timer *timer = first();
    uint64_t now = host_current->now_us(host_current);

    if (timer == RT_NULL) {
        return UINT64_MAX;
    }
    return to_go(timer) <= 0 ? now : (now / US_PER_TICK + (uint64_t)to_go(timer)) * US_PER_TICK;
}

void kernel_timers_run(void)
{
    struct rt_timer *timer;

    while (!kernel_irqs_masked() && rt_interrupt_get_nest() == 0 && (timer = first()) != RT_NULL &&
           to_go(timer) <= 0) {
        (void)rt_timer_stop(timer);
        if ((timer->parent.flag & RT_TIMER_FLAG_PERIODIC) != 0) {
            (void)rt_timer_start(timer);
        }
        rt_interrupt_enter();
        timer->timeout_func(timer->parameter);
        rt_interrupt_leave();
    }
}

void rt_timer_init(rt_timer_t timer, const char *name, void (*timeout)(void *parameter),
                   void *parameter, rt_tick_t time, rt_uint8_t flag)
{
    kernel_object_init(&timer->parent, RT_Object_Class_Timer, name);
    timer->parent.flag = flag & (rt_uint8_t)~RT_TIMER_FLAG_ACTIVATED;
    timer->timeout_func = timeout;
    timer->parameter = parameter;
    timer->init_tick = time;
    rt_list_init(&timer->row[0]);
}

rt_err_t rt_timer_detach(rt_timer_t timer)
{
    (void)rt_timer_stop(timer);
    kernel_object_detach(&timer->parent);
    return RT_EOK;
}

rt_timer_t rt_timer_create(const char *name, void (*timeout)(void *parameter), void *parameter,
                           rt_tick_t time, rt_uint8_t flag)
{
    rt_timer_t timer = rt_malloc(sizeof(*timer));

    if (timer != RT_NULL) {
        rt_timer_init(timer, name, timeout, parameter, time, flag);
    }
    return timer;
}

rt_err_t rt_timer_delete(rt_timer_t timer)
{
    (void)rt_timer_detach(timer);
    rt_free(timer);
    return RT_EOK;
}

rt_err_t rt_timer_start(rt_timer_t timer)
{
    rt_list_remove(&timer->row[0]);
    timer->timeout_tick = rt_tick_get() + timer->init_tick;
    rt_list_insert_before(&active, &timer->row[0]);
    timer->parent.flag |= RT_TIMER_FLAG_ACTIVATED;
    return RT_EOK;
}

rt_err_t rt_timer_stop(rt_timer_t timer)
{
    if ((timer->parent.flag & RT_TIMER_FLAG_ACTIVATED) == 0) {
        return -RT_ERROR;
    }
    rt_list_remove(&timer->row[0]);
    timer->parent.flag &= (rt_uint8_t)~RT_TIMER_FLAG_ACTIVATED;
    return RT_EOK;
}

rt_err_t rt_timer_control(rt_timer_t timer, int cmd, void *arg)
{
    if (cmd == RT_TIMER_CTRL_SET_TIME) {
        timer->init_tick = *(rt_tick_t *)arg;
        return RT_EOK;
    }
    return -RT_ENOSYS;
}
