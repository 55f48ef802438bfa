/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts: the CPU's mask, the controller, spin locks. */
#include <rthw.h>
#include <string.h>

#include "kernel.h"

static struct {
    struct {
        rt_isr_handler_t handler;
        void *param;
    } lines[RTHOST_IRQS];
    void (*connect)(void *ctx, int vector, bool on);
    void *ctx;
    unsigned masked;
    rt_uint8_t nest;
} irq;

void kernel_irq_boot(void (*connect)(void *ctx, int vector, bool on), void *ctx)
{
    memset(&irq, 0, sizeof(irq));
    irq.connect = connect;
    irq.ctx = ctx;
}

bool kernel_irqs_masked(void)
{
    return irq.masked != 0;
}

void kernel_irq_mask(void)
{
    irq.masked++;
    host_current->irq_mask(host_current);
}

/* Pending interrupts come in here; then whoever they woke may take over. */
void kernel_irq_unmask(void)
{
    if (irq.masked == 0) {
        rthost_panic("interrupts enabled more often than disabled");
    }
    irq.masked--;
    host_current->irq_unmask(host_current);
    kernel_preempt();
}

void rthost_interrupt(int vector)
{
    if (vector < 0 || vector >= RTHOST_IRQS || irq.lines[vector].handler == NULL) {
        return;
    }
    rt_interrupt_enter();
    irq.lines[vector].handler(vector, irq.lines[vector].param);
    rt_interrupt_leave();
}

void rt_interrupt_enter(void)
{
    irq.nest++;
}

void rt_interrupt_leave(void)
{
    irq.nest--;
}

rt_uint8_t rt_interrupt_get_nest(void)
{
    return irq.nest;
}

static int checked(int vector)
{
    if (vector < 0 || vector >= RTHOST_IRQS) {
        rthost_panic("interrupt %d: the controller has %d", vector, RTHOST_IRQS);
    }
    return vector;
}

void rt_hw_interrupt_mask(int vector)
{
    irq.connect(irq.ctx, checked(vector), false);
}

void rt_hw_interrupt_umask(int vector)
{
    irq.connect(irq.ctx, checked(vector), true);
}

rt_isr_handler_t rt_hw_interrupt_install(int vector, rt_isr_handler_t handler, void *param,
                                         const char *name)
{
    rt_isr_handler_t old = irq.lines[checked(vector)].handler;

    (void)name;
    irq.lines[vector].handler = handler;
    irq.lines[vector].param = param;
    return old;
}

void rt_hw_us_delay(rt_uint32_t us)
{
    host_current->delay_us(host_current, us);
    kernel_timers_run();
}

/* rt_base_t: how deep the mask was, as a real port keeps the CPU's flag. */
#ifdef RT_USING_SMP
rt_base_t rt_cpus_lock(void)
#else
rt_base_t rt_hw_interrupt_disable(void)
#endif
{
    rt_base_t level = (rt_base_t)irq.masked;

    kernel_irq_mask();
    return level;
}

static void restore(rt_base_t level)
{
    if (level + 1 != (rt_base_t)irq.masked) {
        rthost_panic("interrupts restored out of order: level %ld at depth %u", level, irq.masked);
    }
    kernel_irq_unmask();
}

#ifdef RT_USING_SMP
void rt_cpus_unlock(rt_base_t level)
{
    restore(level);
}

rt_base_t rt_hw_local_irq_disable(void)
{
    return rt_cpus_lock();
}

void rt_hw_local_irq_enable(rt_base_t level)
{
    restore(level);
}

int rt_hw_cpu_id(void)
{
    return 0;
}

void rt_hw_spin_lock_init(rt_hw_spinlock_t *lock)
{
    lock->held = 0;
}

void rt_hw_spin_lock(rt_hw_spinlock_t *lock)
{
    if (lock->held != 0) {
        rthost_panic("dead lock: a spin lock taken twice");
    }
    lock->held = 1;
}

void rt_hw_spin_unlock(rt_hw_spinlock_t *lock)
{
    if (lock->held == 0) {
        rthost_panic("a spin lock released that nobody holds");
    }
    lock->held = 0;
}

void rt_spin_lock_init(struct rt_spinlock *lock)
{
    rt_hw_spin_lock_init(&lock->lock);
}

void rt_spin_lock(struct rt_spinlock *lock)
{
    rt_enter_critical();
    rt_hw_spin_lock(&lock->lock);
}

void rt_spin_unlock(struct rt_spinlock *lock)
{
    rt_hw_spin_unlock(&lock->lock);
    rt_exit_critical();
}

rt_base_t rt_spin_lock_irqsave(struct rt_spinlock *lock)
{
    rt_base_t level = rt_cpus_lock();

    rt_hw_spin_lock(&lock->lock);
    return level;
}

void rt_spin_unlock_irqrestore(struct rt_spinlock *lock, rt_base_t level)
{
    rt_hw_spin_unlock(&lock->lock);
    restore(level);
}
#else
void rt_hw_interrupt_enable(rt_base_t level)
{
    restore(level);
}
#endif
