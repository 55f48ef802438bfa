/* SPDX-License-Identifier: Apache-2.0 */
/* Semaphores, completions, mutexes and events. */
#include <ipc/completion.h>
#include <rthw.h>

#include "kernel.h"

static void ipc_init(struct rt_ipc_object *ipc, enum rt_object_class_type type, const char *name)
{
    kernel_object_init(&ipc->parent, type, name);
    rt_list_init(&ipc->suspend_thread);
}

static rt_err_t timed_out(rt_int32_t timeout, bool (*ready)(void *), void *arg, const char *what)
{
    if (ready(arg)) {
        return RT_EOK;
    }
    if (timeout == RT_WAITING_NO) {
        return -RT_ETIMEOUT;
    }
    return kernel_wait(ready, arg, timeout, what) ? RT_EOK : -RT_ETIMEOUT;
}

/* ---- semaphores ---- */

rt_err_t rt_sem_init(rt_sem_t sem, const char *name, rt_uint32_t value, rt_uint8_t flag)
{
    RT_ASSERT(value <= RT_SEM_VALUE_MAX && flag <= RT_IPC_FLAG_PRIO);
    ipc_init(&sem->parent, RT_Object_Class_Semaphore, name);
    sem->value = (rt_uint16_t)value;
    return RT_EOK;
}

rt_err_t rt_sem_detach(rt_sem_t sem)
{
    kernel_object_detach(&sem->parent.parent);
    return RT_EOK;
}

rt_sem_t rt_sem_create(const char *name, rt_uint32_t value, rt_uint8_t flag)
{
    rt_sem_t sem = rt_malloc(sizeof(*sem));

    if (sem != RT_NULL) {
        (void)rt_sem_init(sem, name, value, flag);
    }
    return sem;
}

rt_err_t rt_sem_delete(rt_sem_t sem)
{
    kernel_object_detach(&sem->parent.parent);
    rt_free(sem);
    return RT_EOK;
}

static bool sem_ready(void *arg)
{
    return ((rt_sem_t)arg)->value != 0;
}

rt_err_t rt_sem_take(rt_sem_t sem, rt_int32_t timeout)
{
    rt_err_t result = timed_out(timeout, sem_ready, sem, "rt_sem_take");

    if (result == RT_EOK) {
        sem->value--;
    }
    return result;
}

rt_err_t rt_sem_trytake(rt_sem_t sem)
{
    return rt_sem_take(sem, RT_WAITING_NO);
}

rt_err_t rt_sem_release(rt_sem_t sem)
{
    if (sem->value == RT_SEM_VALUE_MAX) {
        return -RT_EFULL;
    }
    sem->value++;
    kernel_preempt();
    return RT_EOK;
}

/* ---- completions ---- */

void rt_completion_init(struct rt_completion *completion)
{
    completion->flag = 0;
    rt_list_init(&completion->suspended_list);
}

static bool completion_ready(void *arg)
{
    return ((struct rt_completion *)arg)->flag != 0;
}

rt_err_t rt_completion_wait(struct rt_completion *completion, rt_int32_t timeout)
{
    rt_list_t me;
    rt_err_t result;

    if (!rt_list_isempty(&completion->suspended_list)) {
        rthost_panic("rt_completion_wait by a second thread");
    }
    rt_list_insert_after(&completion->suspended_list, &me);
    result = timed_out(timeout, completion_ready, completion, "rt_completion_wait");
    rt_list_remove(&me);
    if (result == RT_EOK || timeout != RT_WAITING_NO) {
        completion->flag = 0;
    }
    return result;
}

void rt_completion_done(struct rt_completion *completion)
{
    completion->flag = 1;
    kernel_preempt();
}

/* ---- mutexes: recursive, with priority inheritance ---- */

rt_err_t rt_mutex_init(rt_mutex_t mutex, const char *name, rt_uint8_t flag)
{
    (void)flag;
    ipc_init(&mutex->parent, RT_Object_Class_Mutex, name);
    mutex->owner = RT_NULL;
    mutex->hold = 0;
    return RT_EOK;
}

rt_err_t rt_mutex_detach(rt_mutex_t mutex)
{
    kernel_object_detach(&mutex->parent.parent);
    return RT_EOK;
}

rt_mutex_t rt_mutex_create(const char *name, rt_uint8_t flag)
{
    rt_mutex_t mutex = rt_malloc(sizeof(*mutex));

    if (mutex != RT_NULL) {
        (void)rt_mutex_init(mutex, name, flag);
    }
    return mutex;
}

rt_err_t rt_mutex_delete(rt_mutex_t mutex)
{
    kernel_object_detach(&mutex->parent.parent);
    rt_free(mutex);
    return RT_EOK;
}

static bool mutex_ready(void *arg)
{
    return ((rt_mutex_t)arg)->owner == RT_NULL;
}

rt_err_t rt_mutex_take(rt_mutex_t mutex, rt_int32_t timeout)
{
    rt_thread_t me = rt_thread_self();
    rt_err_t result = RT_EOK;

    if (rt_interrupt_get_nest() != 0) {
        rthost_panic("rt_mutex_take in an interrupt handler");
    }
    if (mutex->owner != me) {
        if (mutex->owner != RT_NULL && me->current_priority < mutex->owner->current_priority) {
            mutex->owner->current_priority = me->current_priority;
        }
        result = timed_out(timeout, mutex_ready, mutex, "rt_mutex_take");
    }
    if (result == RT_EOK) {
        mutex->owner = me;
        mutex->hold++;
    }
    return result;
}

rt_err_t rt_mutex_trytake(rt_mutex_t mutex)
{
    return rt_mutex_take(mutex, RT_WAITING_NO);
}

rt_err_t rt_mutex_release(rt_mutex_t mutex)
{
    if (mutex->owner != rt_thread_self()) {
        return -RT_ERROR;
    }
    if (--mutex->hold == 0) {
        mutex->owner->current_priority = mutex->owner->init_priority;
        mutex->owner = RT_NULL;
        kernel_preempt();
    }
    return RT_EOK;
}

/* ---- events ---- */

struct event_wait {
    rt_event_t event;
    rt_uint32_t set;
    rt_uint8_t opt;
};

rt_err_t rt_event_init(rt_event_t event, const char *name, rt_uint8_t flag)
{
    (void)flag;
    ipc_init(&event->parent, RT_Object_Class_Event, name);
    event->set = 0;
    return RT_EOK;
}

rt_err_t rt_event_detach(rt_event_t event)
{
    kernel_object_detach(&event->parent.parent);
    return RT_EOK;
}

rt_err_t rt_event_send(rt_event_t event, rt_uint32_t set)
{
    event->set |= set;
    kernel_preempt();
    return RT_EOK;
}

static bool event_ready(void *arg)
{
    const struct event_wait *w = arg;
    rt_uint32_t got = w->event->set & w->set;

    return (w->opt & RT_EVENT_FLAG_AND) != 0 ? got == w->set : got != 0;
}

rt_err_t rt_event_recv(rt_event_t event, rt_uint32_t set, rt_uint8_t opt, rt_int32_t timeout,
                       rt_uint32_t *recved)
{
    struct event_wait w = {event, set, opt};
    rt_err_t result = timed_out(timeout, event_ready, &w, "rt_event_recv");

    if (result == RT_EOK) {
        if (recved != RT_NULL) {
            *recved = event->set & set;
        }
        event->set &= (opt & RT_EVENT_FLAG_CLEAR) != 0 ? ~set : RT_UINT32_MAX;
    }
    return result;
}
