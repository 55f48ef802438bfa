/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A struct host_backend whose devices are QEMU's own: register accesses cross a qtest socket to a
 * qemu-system-riscv64 process, rings and buffers live in guest RAM that both processes map. Eight
 * virtio-mmio windows of 4 KiB; a device goes into window i with bus=virtio-mmio-bus.i. Several
 * back ends can be open at once. Linux, single-threaded; open and close from the same thread, which
 * must outlive the back end (QEMU is killed when it ends).
 *
 * Time is real time. A register access cannot report an error through struct host_backend: when
 * QEMU dies or does not answer, reads give all ones from then on, writes do nothing, waits return
 * early, and qemu_backend_error() says what happened.
 *
 * Bounce buffers are copied in for every direction, so that bytes which the device leaves alone
 * come back unchanged, as they would from a mapping without bounce.
 */
#ifndef HARNESS_QTEST_QEMU_BACKEND_H
#define HARNESS_QTEST_QEMU_BACKEND_H

#include "host_backend.h"
#include "qemu_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct qemu_backend;

/* What to start. All zero gives legacy windows, no device, default time-out. Copied by open;
 * `ctx`, the functions and `message` must stay valid until close. */
struct qemu_backend_config {
    bool modern;                   /* virtio-mmio version 2; false: version 1 */
    const char *const *extra_args; /* NULL-terminated: drives, devices, ...; may be NULL */
    unsigned timeout_ms;           /* real time for each reply of QEMU; 0: 10000 */
    bool poll_interrupts;          /* read InterruptStatus instead of intercepting lines */
    /* Diagnostic lines of the driver and of the back end; NULL: dropped. */
    void (*log)(void *ctx, int level, const char *line);
    /* Sees every register access of the driver, a read after its value is known; NULL: none. */
    void (*access)(void *ctx, bool write, uint64_t bus_addr, unsigned width, uint64_t value);
    void *ctx;
    struct qemu_message *message; /* why open or close failed; may be NULL */
};

/* Counts since open, and what is in use now. */
struct qemu_backend_usage {
    uint64_t register_reads; /* by the driver; polling of the back end is not in here */
    uint64_t register_writes;
    uint64_t barriers;
    uint64_t irqs_raised;    /* changes to raised that QEMU reported (0 when polling) */
    uint64_t irqs_delivered; /* handler calls */
    uint64_t irq_storms;     /* a line still raised after the bounded number of handler calls */
    bool irq_polling;        /* the fallback is in use */
    uint64_t bounced_in_bytes;
    uint64_t bounced_out_bytes;
    uint64_t misuses;  /* frees and unmaps that match nothing, and the like; each one is logged */
    size_t dma_in_use; /* dma_alloc not yet freed */
    size_t map_in_use; /* dma_map not yet unmapped */
    size_t dma_in_use_bytes;
    size_t dma_peak_bytes;
    size_t heap_in_use;
    size_t heap_in_use_bytes;
    unsigned irq_mask_depth;
};

/* Starts QEMU and connects to it. 0 and the back end in `*out`; otherwise `*out` is NULL, nothing
 * is left behind and cfg->message says why:
 *   -ENOENT     QEMU is not installed      -EPIPE     QEMU ended; its status and last words
 *   -ETIMEDOUT  it did not answer          -EREMOTEIO it refused a command
 *   -ENOMEM, -ENOSPC, -EACCES and what the system calls said. */
int qemu_backend_open(struct qemu_backend **out, const struct qemu_backend_config *cfg);

/* The table for the host port. Owned by the back end, valid until close. */
struct host_backend *qemu_backend_host(struct qemu_backend *qb);

/* Sets the interrupt handler; NULL for none. It is called with irq = window + 1. */
void qemu_backend_set_irq(struct qemu_backend *qb, host_irq_handler handler, void *ctx);

/* Connects the interrupt line of window `i`, or leaves it unconnected, as for a device that is
 * polled. At first all are connected. */
void qemu_backend_irq_connect(struct qemu_backend *qb, unsigned i, bool on);

/* Bus address, size in bytes and interrupt number of window `i`, 0 to 7. */
uint64_t qemu_backend_window(unsigned i);
uint64_t qemu_backend_window_size(void);
unsigned qemu_backend_window_irq(unsigned i);

/* Fills `usage`. */
void qemu_backend_usage(const struct qemu_backend *qb, struct qemu_backend_usage *usage);

/* One line to `out` for every piece of DMA memory, mapping and sum of heap memory still in use;
 * returns the number of pieces (0: nothing leaked). */
size_t qemu_backend_report_leaks(const struct qemu_backend *qb, FILE *out);

/* The error that ended the conversation with QEMU, or 0; `*text` (may be NULL) says more, valid
 * until close. */
int qemu_backend_error(const struct qemu_backend *qb, const char **text);

/* The exact command line for a shell, valid until close. */
const char *qemu_backend_command(const struct qemu_backend *qb);

/* Process id of QEMU, 0 when it is gone. */
long qemu_backend_pid(const struct qemu_backend *qb);

/* Sends one QMP command, as JSON on one line. 0 or an error (-EREMOTEIO: QEMU refused it);
 * `*reply` (may be NULL) is the JSON reply, valid until the next call. */
int qemu_backend_qmp(struct qemu_backend *qb, const char *json, const char **reply);

/* Ends QEMU (its disks are written back), waits for it and releases everything, also what the
 * caller still held of the DMA memory; heap_alloc memory stays the caller's. 0, -EPIPE when QEMU
 * had died, -ETIMEDOUT when it had to be killed, or the error of qemu_backend_error(); released in
 * every case. NULL is ignored. */
int qemu_backend_close(struct qemu_backend *qb);

#endif
