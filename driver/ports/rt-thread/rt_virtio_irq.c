/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts of virtio devices, and the timer for those that have none; see rt_virtio_priv.h. */
#include "rt_virtio_priv.h"

#define HANDLER_TIMEOUT_US 1000000u

/* An interrupt, or a timer that stands in for one. Made once and kept: a handler on another core
 * may be on its way in. */
struct line {
    struct line *next;
    rt_uint32_t irq; /* RT_VIRTIO_NO_IRQ: the timer */
    struct rt_timer timer;
    virtio_port_lock_t lock;
    /* Under `lock`. */
    struct virtio_device *dev; /* NULL: free */
    bool (*fn)(struct virtio_device *dev);
    unsigned running; /* handlers between line_enter and line_leave */
};

static struct line *lines;

static struct virtio_device *line_enter(struct line *line)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&line->lock);
    struct virtio_device *dev = line->dev;

    if (dev != NULL) {
        line->running++;
    }
    virtio_port_unlock(&line->lock, flags);
    return dev;
}

static void line_leave(struct line *line)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&line->lock);

    line->running--;
    virtio_port_unlock(&line->lock, flags);
}

static void on_interrupt(int vector, void *param)
{
    struct line *line = param;
    struct virtio_device *dev = line_enter(line);

    (void)vector;
    if (dev != NULL) {
        (void)line->fn(dev);
        line_leave(line);
    }
}

static void on_tick(void *param)
{
    struct line *line = param;
    struct virtio_device *dev = line_enter(line);

    if (dev != NULL) {
        (void)line->fn(dev); /* configuration changes */
        (void)virtio_poll(dev);
        line_leave(line);
    }
}

/* Takes the line of an interrupt, which is made when there is none yet. Thread. */
static rt_err_t take_line(struct virtio_device *dev, bool (*fn)(struct virtio_device *),
                          struct line **taken)
{
    rt_uint32_t irq = dev->window.irq;
    struct line *fresh = virtio_port_alloc(NULL, sizeof(*fresh));
    rt_err_t result = fresh != NULL ? RT_EOK : -RT_ENOMEM;
    struct line *line;
    rt_base_t level = rt_hw_interrupt_disable();

    for (line = lines; line != NULL; line = line->next) {
        if (line->dev == dev ||
            (line->irq == irq && irq != RT_VIRTIO_NO_IRQ && line->dev != NULL)) {
            result = -RT_EBUSY;
        }
    }
    line = lines;
    while (line != NULL && (line->irq != irq || line->dev != NULL)) {
        line = line->next;
    }
    if (result == RT_EOK && line == NULL) {
        line = fresh;
        fresh = NULL;
        line->irq = irq;
        virtio_port_lock_init(&line->lock);
        line->next = lines;
        lines = line;
    }
    if (result == RT_EOK) {
        virtio_port_irqflags_t flags = virtio_port_lock(&line->lock);

        line->fn = fn;
        line->dev = dev;
        virtio_port_unlock(&line->lock, flags);
    }
    rt_hw_interrupt_enable(level);
    virtio_port_free(NULL, fresh);
    *taken = line;
    return result;
}

rt_err_t rt_virtio_irq_connect(struct virtio_device *dev, bool (*fn)(struct virtio_device *),
                               const char *name)
{
    struct line *line = NULL;
    rt_err_t result = take_line(dev, fn, &line);

    if (result != RT_EOK) {
        return result;
    }
    if (line->irq == RT_VIRTIO_NO_IRQ) {
        rt_timer_init(&line->timer, name, on_tick, line, 1, RT_TIMER_FLAG_PERIODIC);
        result = rt_timer_start(&line->timer);
        if (result != RT_EOK) {
            rt_virtio_irq_disconnect(dev);
        }
        return result;
    }
    dev->window.polled = false;
    (void)rt_hw_interrupt_install((int)line->irq, on_interrupt, line, name);
    rt_hw_interrupt_umask((int)line->irq);
    /* The queues were told to be quiet while the device was polled: serving them asks for
     * interrupts, and finds what came meanwhile. */
    (void)virtio_poll(dev);
    return RT_EOK;
}

/* A handler on another core ends soon, or hangs that core. */
static void wait_for_handlers(const struct line *line)
{
    uint64_t start = virtio_port_now_us();

    while (*(const volatile unsigned *)&line->running != 0) {
        if (virtio_port_now_us() - start > HANDLER_TIMEOUT_US) {
            virtio_port_log(VIRTIO_LOG_ERROR, "virtio: interrupt %u: its handler does not return",
                            (unsigned)line->irq);
            return;
        }
    }
}

void rt_virtio_irq_disconnect(struct virtio_device *dev)
{
    virtio_port_irqflags_t flags;
    struct line *line = lines;

    while (line != NULL && line->dev != dev) {
        line = line->next;
    }
    if (line == NULL) {
        return;
    }
    if (line->irq == RT_VIRTIO_NO_IRQ) {
        (void)rt_timer_detach(&line->timer);
    } else {
        rt_hw_interrupt_mask((int)line->irq);
        dev->window.polled = true;
    }
    flags = virtio_port_lock(&line->lock);
    line->dev = NULL;
    virtio_port_unlock(&line->lock, flags);
    wait_for_handlers(line);
}
