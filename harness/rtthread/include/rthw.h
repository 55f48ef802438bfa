/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of RT-Thread's hardware interface that the component uses. RT_USING_CACHE is off, as on
 * the riscv board: cache operations and rt_hw_dsb() are nothing, and HWREG* are plain accesses,
 * which on the host reach no device.
 */
#ifndef __RT_HW_H__
#define __RT_HW_H__

#include <rtthread.h>

#ifndef RT_CPU_CACHE_LINE_SZ
#define RT_CPU_CACHE_LINE_SZ 32
#endif

enum RT_HW_CACHE_OPS {
    RT_HW_CACHE_FLUSH = 0x01,
    RT_HW_CACHE_INVALIDATE = 0x02,
};
#define rt_hw_cpu_dcache_ops(...)

typedef void (*rt_isr_handler_t)(int vector, void *param);
void rt_hw_interrupt_mask(int vector);
void rt_hw_interrupt_umask(int vector);
rt_isr_handler_t rt_hw_interrupt_install(int vector, rt_isr_handler_t handler, void *param,
                                         const char *name);

#ifdef RT_USING_SMP
#include <cpuport.h>
struct rt_spinlock {
    rt_hw_spinlock_t lock;
};
rt_base_t rt_hw_local_irq_disable(void);
void rt_hw_local_irq_enable(rt_base_t level);
#define rt_hw_interrupt_disable rt_cpus_lock
#define rt_hw_interrupt_enable  rt_cpus_unlock
void rt_hw_spin_lock_init(rt_hw_spinlock_t *lock);
void rt_hw_spin_lock(rt_hw_spinlock_t *lock);
void rt_hw_spin_unlock(rt_hw_spinlock_t *lock);
int rt_hw_cpu_id(void);
#else
rt_base_t rt_hw_interrupt_disable(void);
void rt_hw_interrupt_enable(rt_base_t level);
typedef int rt_spinlock_t;
#endif

void rt_hw_us_delay(rt_uint32_t us);

#define rt_hw_isb()
#define rt_hw_dmb()
#define rt_hw_dsb()

#endif
