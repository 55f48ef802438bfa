/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting, for the bare-metal port. Context: thread. */
#include "virtio_port.h"

void virtio_port_delay_us(uint32_t us)
{
    uint64_t start = virtio_bare_now_us();

    while (virtio_bare_now_us() - start <= us) {
    }
}

/* Interrupts are masked between the look at the event and the sleep, which lets them in: a signal
 * that comes in between wakes the CPU at once. Any interrupt ends the wait; the caller looks at its
 * own condition and comes again. */
void virtio_port_event_wait(virtio_port_event_t *event, uint64_t timeout_us)
{
    uint64_t now = virtio_bare_now_us();
    unsigned long flags = virtio_bare_irq_save();

    if (!event->signalled) {
        virtio_bare_idle(timeout_us < UINT64_MAX - now ? now + timeout_us : UINT64_MAX);
    }
    event->signalled = false;
    virtio_bare_irq_restore(flags);
}
