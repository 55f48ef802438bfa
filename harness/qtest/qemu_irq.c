/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt lines, mask and delivery; see qemu_irq.h.
 */
#include "qemu_irq.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WINDOW_BASE  UINT64_C(0x10001000)
#define WINDOW_SIZE  UINT64_C(0x1000)
#define PLIC_TYPE    "riscv.sifive.plic"
#define PLIC_PARENT  "/machine/unattached"
#define UNUSED_INPUT 9u /* between the last window (8) and the UART (10) */
#define FIRST_INPUT  1u
#define POLL_NS      50000

/* Register offsets that the fallback reads (section 4.2.2). */
#define REG_DEVICE_ID        0x008u
#define REG_INTERRUPT_STATUS 0x060u

uint64_t qemu_irq_window(unsigned i)
{
    return WINDOW_BASE + i * WINDOW_SIZE;
}

/* Drives an input nothing else uses and looks whether both changes are reported. */
static int prove_interception(struct qtest *q, const char *path)
{
    int err = qtest_set_irq_in(q, path, UNUSED_INPUT, true);

    if (err)
        return err;
    if (!qtest_irq_level(q, UNUSED_INPUT))
        return -ENOTSUP;
    err = qtest_set_irq_in(q, path, UNUSED_INPUT, false);
    if (err)
        return err;
    q->raises = 0;
    return qtest_irq_level(q, UNUSED_INPUT) ? -ENOTSUP : 0;
}

static int intercept(struct qtest *q, struct qmp *qmp)
{
    char name[64];
    char path[128];
    int err = qmp_find_child(qmp, PLIC_PARENT, PLIC_TYPE, name, sizeof(name));

    if (err)
        return err;
    (void)snprintf(path, sizeof(path), PLIC_PARENT "/%s", name);
    err = qtest_intercept_irq_in(q, path);
    return err ? err : prove_interception(q, path);
}

static void find_live_windows(struct qemu_irq *irq)
{
    for (unsigned i = 0; i < QEMU_WINDOWS; i++) {
        uint64_t id = 0;

        if (qtest_read(irq->qtest, 4, qemu_irq_window(i) + REG_DEVICE_ID, &id) == 0 && id != 0)
            irq->live |= 1u << i;
    }
}

int qemu_irq_setup(struct qemu_irq *irq, struct qtest *qtest, struct qmp *qmp, bool force_polling)
{
    memset(irq, 0, sizeof(*irq));
    irq->qtest = qtest;
    irq->connected = (1u << QEMU_WINDOWS) - 1;
    irq->polling = force_polling || intercept(qtest, qmp) != 0;
    if (irq->polling)
        find_live_windows(irq);
    return qtest->failed;
}

static void poll_status(struct qemu_irq *irq)
{
    irq->polled = 0;
    for (unsigned i = 0; i < QEMU_WINDOWS; i++) {
        uint64_t status = 0;

        if (!((irq->live & irq->connected) >> i & 1))
            continue;
        irq->status_reads++;
        if (qtest_read(irq->qtest, 4, qemu_irq_window(i) + REG_INTERRUPT_STATUS, &status) == 0 &&
            status != 0)
            irq->polled |= 1u << i;
    }
}

void qemu_irq_connect(struct qemu_irq *irq, unsigned window, bool on)
{
    if (on)
        irq->connected |= 1u << window;
    else
        irq->connected &= ~(1u << window);
}

/* Bit i set when the line of window i is raised and connected. */
static unsigned raised(const struct qemu_irq *irq)
{
    unsigned levels = irq->polling ? irq->polled : (unsigned)(irq->qtest->levels[0] >> FIRST_INPUT);

    return levels & irq->connected;
}

void qemu_irq_deliver(struct qemu_irq *irq)
{
    unsigned rounds = 0;

    if (irq->mask_depth || irq->in_handler || !irq->handler)
        return;
    irq->in_handler = true;
    while (raised(irq) && rounds++ < QEMU_IRQ_REPEAT) {
        for (unsigned i = 0; i < QEMU_WINDOWS; i++) {
            if (!(raised(irq) >> i & 1))
                continue;
            irq->delivered++;
            irq->handler(irq->ctx, i + FIRST_INPUT);
        }
        if (irq->polling)
            poll_status(irq);
    }
    if (raised(irq))
        irq->storms++;
    irq->in_handler = false;
}

/* Waits for news of the lines until `until_us`: 0, -ETIMEDOUT, or what ended the conversation. */
static int wait_for_change(struct qemu_irq *irq, uint64_t until_us)
{
    while (irq->polling) {
        struct timespec pause = {.tv_nsec = POLL_NS};

        poll_status(irq);
        if (irq->qtest->failed)
            return irq->qtest->failed;
        if (irq->polled)
            return 0;
        if (line_now_us() >= until_us)
            return -ETIMEDOUT;
        (void)nanosleep(&pause, NULL);
    }
    return qtest_poll_irqs(irq->qtest, until_us);
}

bool qemu_irq_wait(struct qemu_irq *irq, uint64_t until_us)
{
    /* Polled levels are old by now, look again. They are kept for the unmask after a masked wait.
     */
    irq->polled = 0;
    while (!raised(irq)) {
        if (wait_for_change(irq, until_us) != 0)
            return false;
    }
    qemu_irq_deliver(irq);
    /* A line that stays raised would end every wait at once: the deadline still has to come. */
    return irq->mask_depth || !raised(irq) || line_now_us() < until_us;
}

static void sleep_until(uint64_t until_us)
{
    struct timespec ts = {.tv_sec = (time_t)(until_us / 1000000u),
                          .tv_nsec = (long)(until_us % 1000000u) * 1000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
        continue;
}

void qemu_irq_delay(struct qemu_irq *irq, uint64_t until_us)
{
    while (line_now_us() < until_us) {
        int err = wait_for_change(irq, until_us);

        if (err && err != -ETIMEDOUT)
            sleep_until(until_us);
        if (!raised(irq))
            continue;
        qemu_irq_deliver(irq);
        if (raised(irq) && irq->polling)
            sleep_until(until_us); /* masked or unserved: it will not get lower by looking */
    }
}

void qemu_irq_mask(struct qemu_irq *irq)
{
    irq->mask_depth++;
}

void qemu_irq_unmask(struct qemu_irq *irq)
{
    if (irq->mask_depth && --irq->mask_depth == 0)
        qemu_irq_deliver(irq);
}
