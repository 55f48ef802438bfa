/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of a QEMU machine for code on the host: the levels of the PLIC inputs 1 to 8, which
 * the eight virtio-mmio windows drive, a nesting mask and a handler. The handler runs at register
 * accesses, in waits and when the mask opens, never inside itself. Level semantics: it runs again
 * while a line stays raised, at most QEMU_IRQ_REPEAT times in a row (a line that nobody serves does
 * not stop the program; it gets its next chance at the next such point).
 *
 * Normally QEMU reports every change of a line (qtest irq_intercept_in). When that does not work,
 * or on request, InterruptStatus of the windows that hold a device is polled during waits instead
 * (section 4.2.2 of the specification); a level is then known only at waits and after a handler
 * call, not at register accesses.
 */
#ifndef HARNESS_QTEST_QEMU_IRQ_H
#define HARNESS_QTEST_QEMU_IRQ_H

#include "host_backend.h"
#include "qemu_text.h"
#include "qmp.h"
#include "qtest_proto.h"

#define QEMU_WINDOWS    8u
#define QEMU_IRQ_REPEAT 32u

struct qemu_irq {
    struct qtest *qtest;
    host_irq_handler handler;
    void *ctx;
    unsigned mask_depth;
    bool in_handler;
    bool polling;       /* the fallback */
    unsigned connected; /* bit i set when the line of window i reaches the CPU; all at first */
    unsigned live;      /* polling: bit i set when window i holds a device */
    unsigned polled;    /* polling: bit i set when window i had InterruptStatus != 0 */
    uint64_t delivered; /* handler calls */
    uint64_t storms;    /* times a line was still raised after QEMU_IRQ_REPEAT calls */
    uint64_t status_reads;
};

/* Bus address of window `i` (0 to 7). Its interrupt number is i + 1. */
uint64_t qemu_irq_window(unsigned i);

/* Finds the PLIC, intercepts its inputs and proves with an unused input that changes arrive;
 * otherwise, or with `force_polling`, sets up polling. 0 or the error that ended the qtest
 * conversation. */
int qemu_irq_setup(struct qemu_irq *irq, struct qtest *qtest, struct qmp *qmp, bool force_polling);

/* Calls the handler for raised lines unless masked or inside the handler. */
void qemu_irq_deliver(struct qemu_irq *irq);

/* Connects the line of a window to the CPU, or disconnects it: its level is then ignored. */
void qemu_irq_connect(struct qemu_irq *irq, unsigned window, bool on);

/* Waits until a line is raised, delivers and returns true; false at `until_us`, also when a line
 * that nobody lowers is still raised then, or on an error of the conversation. With the mask closed
 * it returns true without delivering, as wfi does. */
bool qemu_irq_wait(struct qemu_irq *irq, uint64_t until_us);

/* Lets the time until `until_us` pass, delivering what comes. */
void qemu_irq_delay(struct qemu_irq *irq, uint64_t until_us);

/* The nesting mask; opening it delivers. Opening it once too often is ignored. */
void qemu_irq_mask(struct qemu_irq *irq);
void qemu_irq_unmask(struct qemu_irq *irq);

#endif
