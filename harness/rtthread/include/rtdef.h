/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of the RT-Thread kernel, as far as the component uses them: what v5.0.0 declares, written
 * anew for the host. Members that only the real kernel touches are left out.
 */
#ifndef __RT_DEF_H__
#define __RT_DEF_H__

#include <rtconfig.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RT_VERSION_MAJOR                       5
#define RT_VERSION_MINOR                       0
#define RT_VERSION_PATCH                       0
#define RT_VERSION_CHECK(major, minor, revise) ((major)*10000 + (minor)*100 + (revise))
#define RTTHREAD_VERSION                       RT_VERSION_CHECK(RT_VERSION_MAJOR, RT_VERSION_MINOR, RT_VERSION_PATCH)

typedef int rt_bool_t;
typedef signed long rt_base_t;
typedef unsigned long rt_ubase_t;
typedef int8_t rt_int8_t;
typedef int16_t rt_int16_t;
typedef int32_t rt_int32_t;
typedef int64_t rt_int64_t;
typedef uint8_t rt_uint8_t;
typedef uint16_t rt_uint16_t;
typedef uint32_t rt_uint32_t;
typedef uint64_t rt_uint64_t;
typedef size_t rt_size_t;
typedef ssize_t rt_ssize_t;
typedef rt_base_t rt_err_t;
typedef rt_uint32_t rt_tick_t;
typedef rt_base_t rt_off_t;

#define RT_TRUE          1
#define RT_FALSE         0
#define RT_NULL          0
#define RT_UINT8_MAX     UINT8_MAX
#define RT_UINT16_MAX    UINT16_MAX
#define RT_UINT32_MAX    UINT32_MAX
#define RT_TICK_MAX      RT_UINT32_MAX
#define RT_SEM_VALUE_MAX RT_UINT16_MAX

#define RT_UNUSED(x)               ((void)(x))
#define rt_section(x)              __attribute__((section(x)))
#define rt_used                    __attribute__((used))
#define rt_align(n)                __attribute__((aligned(n)))
#define rt_weak                    __attribute__((weak))
#define rt_inline                  static __inline
#define RT_ALIGN(size, align)      (((size) + (align)-1) & ~((align)-1))
#define RT_ALIGN_DOWN(size, align) ((size) & ~((align)-1))

/* RT_USING_COMPONENTS_INIT is off: a test calls what it needs. */
#define INIT_EXPORT(fn, level)
#define INIT_BOARD_EXPORT(fn)
#define INIT_PREV_EXPORT(fn)
#define INIT_DEVICE_EXPORT(fn)
#define INIT_COMPONENT_EXPORT(fn)
#define INIT_ENV_EXPORT(fn)
#define INIT_APP_EXPORT(fn)
#define MSH_CMD_EXPORT(command, desc)
#define RTM_EXPORT(symbol)

#define RT_EOK      0
#define RT_ERROR    1
#define RT_ETIMEOUT 2
#define RT_EFULL    3
#define RT_EEMPTY   4
#define RT_ENOMEM   5
#define RT_ENOSYS   6
#define RT_EBUSY    7
#define RT_EIO      8
#define RT_EINTR    9
#define RT_EINVAL   10
#define RT_ETRAP    11
#define RT_ENOENT   12
#define RT_ENOSPC   13

struct rt_list_node {
    struct rt_list_node *next;
    struct rt_list_node *prev;
};
typedef struct rt_list_node rt_list_t;

enum rt_object_class_type {
    RT_Object_Class_Null = 0x00,
    RT_Object_Class_Thread = 0x01,
    RT_Object_Class_Semaphore = 0x02,
    RT_Object_Class_Mutex = 0x03,
    RT_Object_Class_Event = 0x04,
    RT_Object_Class_Device = 0x09,
    RT_Object_Class_Timer = 0x0a,
    RT_Object_Class_Unknown = 0x0f,
    RT_Object_Class_Static = 0x80
};

struct rt_object {
    char name[RT_NAME_MAX];
    rt_uint8_t type;
    rt_uint8_t flag;
    rt_list_t list;
};
typedef struct rt_object *rt_object_t;

#define RT_TIMER_FLAG_DEACTIVATED 0x0
#define RT_TIMER_FLAG_ACTIVATED   0x1
#define RT_TIMER_FLAG_ONE_SHOT    0x0
#define RT_TIMER_FLAG_PERIODIC    0x2
#define RT_TIMER_FLAG_HARD_TIMER  0x0
#define RT_TIMER_FLAG_SOFT_TIMER  0x4
#define RT_TIMER_CTRL_SET_TIME    0x0
#define RT_TIMER_SKIP_LIST_LEVEL  1

struct rt_timer {
    struct rt_object parent;
    rt_list_t row[RT_TIMER_SKIP_LIST_LEVEL];
    void (*timeout_func)(void *parameter);
    void *parameter;
    rt_tick_t init_tick;
    rt_tick_t timeout_tick;
};
typedef struct rt_timer *rt_timer_t;

struct rt_thread {
    char name[RT_NAME_MAX];
    rt_uint8_t type;
    rt_uint8_t flags;
    rt_list_t list;
    rt_err_t error;
    rt_uint8_t current_priority;
    rt_uint8_t init_priority;
    void *host; /* struct rthost_thread, in place of stack and registers */
};
typedef struct rt_thread *rt_thread_t;

#define RT_IPC_FLAG_FIFO   0x00
#define RT_IPC_FLAG_PRIO   0x01
#define RT_WAITING_FOREVER -1
#define RT_WAITING_NO      0

struct rt_ipc_object {
    struct rt_object parent;
    rt_list_t suspend_thread;
};

struct rt_semaphore {
    struct rt_ipc_object parent;
    rt_uint16_t value;
    rt_uint16_t reserved;
};
typedef struct rt_semaphore *rt_sem_t;

struct rt_mutex {
    struct rt_ipc_object parent;
    rt_uint8_t ceiling_priority;
    rt_uint8_t priority;
    rt_uint8_t hold;
    rt_uint8_t reserved;
    struct rt_thread *owner;
    rt_list_t taken_list;
};
typedef struct rt_mutex *rt_mutex_t;

#define RT_EVENT_FLAG_AND   0x01
#define RT_EVENT_FLAG_OR    0x02
#define RT_EVENT_FLAG_CLEAR 0x04

struct rt_event {
    struct rt_ipc_object parent;
    rt_uint32_t set;
};
typedef struct rt_event *rt_event_t;

#include "rtdef_device.h"

#endif
