/* SPDX-License-Identifier: Apache-2.0 */
/* Named objects and devices, with the checks that RT-Thread's device layer makes. */
#include <string.h>

#include "kernel.h"

static rt_list_t objects = RT_LIST_OBJECT_INIT(objects);

void kernel_objects_boot(void)
{
    rt_list_init(&objects);
}

void kernel_object_init(rt_object_t object, enum rt_object_class_type type, const char *name)
{
    memset(object->name, 0, sizeof(object->name));
    rt_strncpy(object->name, name, RT_NAME_MAX - 1);
    object->type = (rt_uint8_t)type;
    object->flag = 0;
    rt_list_insert_before(&objects, &object->list);
}

void kernel_object_detach(rt_object_t object)
{
    rt_list_remove(&object->list);
    object->type = RT_Object_Class_Null;
}

rt_object_t rt_object_find(const char *name, rt_uint8_t type)
{
    rt_list_t *at;

    rt_list_for_each(at, &objects)
    {
        rt_object_t object = rt_list_entry(at, struct rt_object, list);

        if (object->type == type && rt_strncmp(object->name, name, RT_NAME_MAX) == 0) {
            return object;
        }
    }
    return RT_NULL;
}

unsigned rthost_objects(rt_uint8_t type)
{
    unsigned n = 0;
    rt_list_t *at;

    rt_list_for_each(at, &objects)
    {
        n += rt_list_entry(at, struct rt_object, list)->type == type;
    }
    return n;
}

/* ---- devices ---- */

#ifdef RT_USING_DEVICE_OPS
#define OPERATION(dev, name) ((dev)->ops != RT_NULL ? (dev)->ops->name : RT_NULL)
#else
#define OPERATION(dev, name) ((dev)->name)
#endif

static void check(rt_device_t dev)
{
    RT_ASSERT(dev != RT_NULL);
    RT_ASSERT(dev->parent.type == RT_Object_Class_Device);
}

rt_device_t rt_device_find(const char *name)
{
    rt_object_t object = rt_object_find(name, RT_Object_Class_Device);

    return object != RT_NULL ? rt_list_entry(object, struct rt_device, parent) : RT_NULL;
}

rt_err_t rt_device_register(rt_device_t dev, const char *name, rt_uint16_t flags)
{
    if (dev == RT_NULL || rt_device_find(name) != RT_NULL) {
        return -RT_ERROR;
    }
    kernel_object_init(&dev->parent, RT_Object_Class_Device, name);
    dev->flag = flags;
    dev->ref_count = 0;
    dev->open_flag = 0;
    return RT_EOK;
}

rt_err_t rt_device_unregister(rt_device_t dev)
{
    check(dev);
    kernel_object_detach(&dev->parent);
    return RT_EOK;
}

rt_err_t rt_device_init(rt_device_t dev)
{
    rt_err_t result = RT_EOK;

    if (OPERATION(dev, init) != RT_NULL && (dev->flag & RT_DEVICE_FLAG_ACTIVATED) == 0) {
        result = OPERATION(dev, init)(dev);
        dev->flag |= result == RT_EOK ? RT_DEVICE_FLAG_ACTIVATED : 0;
    }
    return result;
}

rt_err_t rt_device_open(rt_device_t dev, rt_uint16_t oflag)
{
    rt_err_t result;

    check(dev);
    result = rt_device_init(dev);
    if (result != RT_EOK) {
        return result;
    }
    dev->flag |= RT_DEVICE_FLAG_ACTIVATED;
    if ((dev->flag & RT_DEVICE_FLAG_STANDALONE) != 0 &&
        (dev->open_flag & RT_DEVICE_OFLAG_OPEN) != 0) {
        return -RT_EBUSY;
    }
    if (OPERATION(dev, open) != RT_NULL) {
        result = OPERATION(dev, open)(dev, oflag);
    } else {
        dev->open_flag = oflag & RT_DEVICE_OFLAG_MASK;
    }
    if (result == RT_EOK || result == -RT_ENOSYS) {
        dev->open_flag |= RT_DEVICE_OFLAG_OPEN;
        dev->ref_count++;
        RT_ASSERT(dev->ref_count != 0);
    }
    return result;
}

rt_err_t rt_device_close(rt_device_t dev)
{
    rt_err_t result = RT_EOK;

    check(dev);
    if (dev->ref_count == 0) {
        return -RT_ERROR;
    }
    if (--dev->ref_count != 0) {
        return RT_EOK;
    }
    if (OPERATION(dev, close) != RT_NULL) {
        result = OPERATION(dev, close)(dev);
    }
    if (result == RT_EOK || result == -RT_ENOSYS) {
        dev->open_flag = RT_DEVICE_OFLAG_CLOSE;
    }
    return result;
}

static bool refused(rt_device_t dev, bool offered)
{
    check(dev);
    if (dev->ref_count == 0 || !offered) {
        rt_set_errno(dev->ref_count == 0 ? -RT_ERROR : -RT_ENOSYS);
        return true;
    }
    return false;
}

rt_ssize_t rt_device_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size)
{
    return refused(dev, OPERATION(dev, read) != RT_NULL)
               ? 0
               : OPERATION(dev, read)(dev, pos, buffer, size);
}

rt_ssize_t rt_device_write(rt_device_t dev, rt_off_t pos, const void *buffer, rt_size_t size)
{
    return refused(dev, OPERATION(dev, write) != RT_NULL)
               ? 0
               : OPERATION(dev, write)(dev, pos, buffer, size);
}

rt_err_t rt_device_control(rt_device_t dev, int cmd, void *arg)
{
    check(dev);
    return OPERATION(dev, control) != RT_NULL ? OPERATION(dev, control)(dev, cmd, arg) : -RT_ENOSYS;
}

rt_err_t rt_device_set_rx_indicate(rt_device_t dev,
                                   rt_err_t (*rx_ind)(rt_device_t dev, rt_size_t size))
{
    check(dev);
    dev->rx_indicate = rx_ind;
    return RT_EOK;
}

rt_err_t rt_device_set_tx_complete(rt_device_t dev,
                                   rt_err_t (*tx_done)(rt_device_t dev, void *buffer))
{
    check(dev);
    dev->tx_complete = tx_done;
    return RT_EOK;
}
