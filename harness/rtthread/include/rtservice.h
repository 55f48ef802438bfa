/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, as the RT-Thread kernel offers them. */
#ifndef __RT_SERVICE_H__
#define __RT_SERVICE_H__

#include <rtdef.h>

#define rt_container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define RT_LIST_OBJECT_INIT(object)                                                                \
    {                                                                                              \
        &(object), &(object)                                                                       \
    }
#define rt_list_entry(node, type, member) rt_container_of(node, type, member)
#define rt_list_for_each(pos, head)       for (pos = (head)->next; pos != (head); pos = pos->next)

rt_inline void rt_list_init(rt_list_t *l)
{
    l->next = l;
    l->prev = l;
}

rt_inline void rt_list_insert_after(rt_list_t *l, rt_list_t *n)
{
    n->next = l->next;
    n->prev = l;
    l->next->prev = n;
    l->next = n;
}

rt_inline void rt_list_insert_before(rt_list_t *l, rt_list_t *n)
{
    rt_list_insert_after(l->prev, n);
}

rt_inline void rt_list_remove(rt_list_t *n)
{
    n->next->prev = n->prev;
    n->prev->next = n->next;
    rt_list_init(n);
}

rt_inline int rt_list_isempty(const rt_list_t *l)
{
    return l->next == l;
}

#endif
