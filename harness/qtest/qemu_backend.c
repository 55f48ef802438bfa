/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct host_backend on a QEMU process; see qemu_backend.h.
 */
#include "qemu_backend.h"
#include "qemu_irq.h"
#include "qemu_process.h"
#include "qmp.h"
#include "qtest_proto.h"
#include "shared_ram.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define RAM_BUS            UINT64_C(0x80000000)
#define RAM_BYTES          (UINT64_C(64) << 20)
#define RAM_FIRST          (UINT64_C(1) << 20) /* below: the loop of the sleeping CPU */
#define DEFAULT_TIMEOUT_MS 10000u
#define LAST_WORDS_MS      1000u
#define DEAD_WAIT_US       1000u

struct qemu_backend {
    struct host_backend host; /* first: the table's functions get a pointer to it */
    struct qemu_backend_config cfg;
    struct qemu_process process;
    struct qtest qtest;
    struct qmp qmp;
    struct qemu_irq irq;
    struct shared_ram ram;
    struct qemu_backend_usage usage; /* the part counted here */
    struct qemu_message error;
};

static struct qemu_backend *self(struct host_backend *be)
{
    return (struct qemu_backend *)(void *)be;
}

__attribute__((format(printf, 2, 3))) static void note(struct qemu_backend *qb, const char *format,
                                                       ...)
{
    char line[256];
    va_list ap;

    if (!qb->cfg.log)
        return;
    va_start(ap, format);
    (void)vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    qb->cfg.log(qb->cfg.ctx, 0, line);
}

/* Says in qb->error why the conversation ended, once. */
static void explain(struct qemu_backend *qb, int err)
{
    char last_words[1400];

    if (qb->error.text[0])
        return;
    if (err == -EPIPE)
        (void)qemu_process_wait(&qb->process, LAST_WORDS_MS);
    qemu_process_epitaph(&qb->process, last_words, sizeof(last_words));
    if (err == -EPIPE)
        qemu_message_set(&qb->error, "QEMU ended: %s", last_words);
    else if (err == -ETIMEDOUT)
        qemu_message_set(&qb->error, "no answer from QEMU within %u ms; %s", qb->cfg.timeout_ms,
                         last_words);
    else
        qemu_message_set(&qb->error, "talking to QEMU: %s; %s", strerror(-err), last_words);
    note(qb, "%s", qb->error.text);
}

static void misuse(struct qemu_backend *qb, const char *what, uint64_t dma, size_t size)
{
    qb->usage.misuses++;
    note(qb, "misuse: %s (dma 0x%" PRIx64 ", %zu bytes)", what, dma, size);
}

/* ---- registers ---- */

static uint64_t be_mmio_read(struct host_backend *be, uint64_t bus_addr, unsigned width)
{
    struct qemu_backend *qb = self(be);
    uint64_t ones = width < 8 ? (UINT64_C(1) << (8 * width)) - 1 : UINT64_MAX;
    uint64_t value = ones;
    int err;

    qb->usage.register_reads++;
    err = qtest_read(&qb->qtest, width, bus_addr, &value);
    if (err == -EINVAL)
        misuse(qb, "register read of a wrong width", bus_addr, width);
    else if (err)
        explain(qb, err);
    value = err ? ones : value;
    if (qb->cfg.access)
        qb->cfg.access(qb->cfg.ctx, false, bus_addr, width, value);
    qemu_irq_deliver(&qb->irq);
    return value;
}

static void be_mmio_write(struct host_backend *be, uint64_t bus_addr, unsigned width, uint64_t val)
{
    struct qemu_backend *qb = self(be);
    int err;

    qb->usage.register_writes++;
    if (qb->cfg.access)
        qb->cfg.access(qb->cfg.ctx, true, bus_addr, width, val);
    /* QEMU's device threads look at the rings from another process: what was written to them must
     * be there before the socket tells of it. The system call orders it; this says so. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    err = qtest_write(&qb->qtest, width, bus_addr, val);
    if (err == -EINVAL)
        misuse(qb, "register write of a wrong width", bus_addr, width);
    else if (err)
        explain(qb, err);
    qemu_irq_deliver(&qb->irq);
}

static void be_barrier(struct host_backend *be, enum host_barrier kind)
{
    self(be)->usage.barriers++;
    switch (kind) {
    case HOST_BARRIER_READ:
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        break;
    case HOST_BARRIER_WRITE:
        __atomic_thread_fence(__ATOMIC_RELEASE);
        break;
    case HOST_BARRIER_FULL:
    default:
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        break;
    }
}

/* ---- memory ---- */

static void *be_dma_alloc(struct host_backend *be, size_t size, size_t align, uint64_t *dma)
{
    struct qemu_backend *qb = self(be);
    struct ram_extent *extent = shared_ram_alloc(&qb->ram, size, align, RAM_COHERENT);

    if (!extent)
        return NULL;
    *dma = shared_ram_bus(&qb->ram, extent);
    return shared_ram_pointer(&qb->ram, extent);
}

static void be_dma_free(struct host_backend *be, void *ptr, size_t size, uint64_t dma)
{
    struct qemu_backend *qb = self(be);
    struct ram_extent *extent = shared_ram_find(&qb->ram, dma);

    if (!ptr && !size)
        return;
    if (!extent || extent->kind != RAM_COHERENT) {
        misuse(qb, "dma_free of an address that is not allocated", dma, size);
        return;
    }
    if (extent->size != size || shared_ram_pointer(&qb->ram, extent) != ptr)
        misuse(qb, "dma_free with another size or pointer than dma_alloc gave", dma, size);
    shared_ram_free(&qb->ram, extent);
}

static int be_dma_map(struct host_backend *be, void *buf, size_t len, enum host_dma_dir dir,
                      uint64_t *dma)
{
    struct qemu_backend *qb = self(be);
    struct ram_extent *extent;

    if (!buf || !len || !((unsigned)dir & HOST_DMA_BOTH) || ((unsigned)dir & ~3u))
        return -EINVAL;
    extent = shared_ram_alloc(&qb->ram, len, 0, RAM_BOUNCE);
    if (!extent)
        return -ENOMEM;
    extent->buffer = buf;
    extent->dir = (unsigned)dir;
    memcpy(shared_ram_pointer(&qb->ram, extent), buf, len);
    qb->usage.bounced_in_bytes += len;
    *dma = shared_ram_bus(&qb->ram, extent);
    return 0;
}

static void be_dma_unmap(struct host_backend *be, uint64_t dma, void *buf, size_t len,
                         enum host_dma_dir dir)
{
    struct qemu_backend *qb = self(be);
    struct ram_extent *extent = shared_ram_find(&qb->ram, dma);

    if (!extent || extent->kind != RAM_BOUNCE) {
        misuse(qb, "dma_unmap of an address that is not mapped", dma, len);
        return;
    }
    if (extent->size != len || extent->buffer != buf || extent->dir != (unsigned)dir)
        misuse(qb, "dma_unmap with other arguments than dma_map", dma, len);
    if (extent->dir & HOST_DMA_FROM_DEVICE) {
        memcpy(extent->buffer, shared_ram_pointer(&qb->ram, extent), extent->size);
        qb->usage.bounced_out_bytes += extent->size;
    }
    shared_ram_free(&qb->ram, extent);
}

static void be_dma_sync(struct host_backend *be, uint64_t dma, void *buf, size_t offset, size_t len,
                        enum host_dma_dir dir)
{
    struct qemu_backend *qb = self(be);
    struct ram_extent *extent = shared_ram_find(&qb->ram, dma);
    unsigned char *ram;

    if (!extent || extent->kind != RAM_BOUNCE || extent->buffer != buf || offset > extent->size ||
        len > extent->size - offset) {
        misuse(qb, "dma_sync of an address that is not mapped so", dma, len);
        return;
    }
    ram = shared_ram_pointer(&qb->ram, extent);
    if ((unsigned)dir & HOST_DMA_TO_DEVICE) {
        memcpy(ram + offset, (const unsigned char *)buf + offset, len);
        qb->usage.bounced_in_bytes += len;
    } else {
        memcpy((unsigned char *)buf + offset, ram + offset, len);
        qb->usage.bounced_out_bytes += len;
    }
}

static void *be_heap_alloc(struct host_backend *be, size_t size)
{
    struct qemu_backend *qb = self(be);
    void *ptr = size ? calloc(1, size) : NULL;

    if (ptr) {
        qb->usage.heap_in_use++;
        qb->usage.heap_in_use_bytes += malloc_usable_size(ptr);
    }
    return ptr;
}

static void be_heap_free(struct host_backend *be, void *ptr)
{
    struct qemu_backend *qb = self(be);

    if (!ptr)
        return;
    qb->usage.heap_in_use--;
    qb->usage.heap_in_use_bytes -= malloc_usable_size(ptr);
    free(ptr);
}

/* ---- time and interrupts ---- */

static uint64_t be_now_us(struct host_backend *be)
{
    (void)be;
    return line_now_us();
}

static void be_delay_us(struct host_backend *be, uint64_t us)
{
    struct qemu_backend *qb = self(be);

    qemu_irq_delay(&qb->irq, line_now_us() + us);
    if (qb->qtest.failed)
        explain(qb, qb->qtest.failed);
}

static bool be_idle(struct host_backend *be, uint64_t until_us)
{
    struct qemu_backend *qb = self(be);
    uint64_t soon;

    if (qemu_irq_wait(&qb->irq, until_us))
        return true;
    if (!qb->qtest.failed)
        return false;
    /* Nothing will ever come; do not let a caller spin at full speed until its deadline. */
    explain(qb, qb->qtest.failed);
    soon = line_now_us() + DEAD_WAIT_US;
    qemu_irq_delay(&qb->irq, until_us < soon ? until_us : soon);
    return false;
}

static void be_irq_mask(struct host_backend *be)
{
    qemu_irq_mask(&self(be)->irq);
}

static void be_irq_unmask(struct host_backend *be)
{
    struct qemu_backend *qb = self(be);

    if (!qb->irq.mask_depth)
        misuse(qb, "irq_unmask without irq_mask", 0, 0);
    qemu_irq_unmask(&qb->irq);
}

static void be_log(struct host_backend *be, int level, const char *line)
{
    struct qemu_backend *qb = self(be);

    if (qb->cfg.log)
        qb->cfg.log(qb->cfg.ctx, level, line);
}

static const struct host_backend qemu_table = {
    .name = "qemu",
    .mmio_read = be_mmio_read,
    .mmio_write = be_mmio_write,
    .barrier = be_barrier,
    .dma_alloc = be_dma_alloc,
    .dma_free = be_dma_free,
    .dma_map = be_dma_map,
    .dma_unmap = be_dma_unmap,
    .dma_sync = be_dma_sync,
    .heap_alloc = be_heap_alloc,
    .heap_free = be_heap_free,
    .now_us = be_now_us,
    .delay_us = be_delay_us,
    .idle = be_idle,
    .irq_mask = be_irq_mask,
    .irq_unmask = be_irq_unmask,
    .log = be_log,
};

/* ---- life ---- */

static int connect_all(struct qemu_backend *qb)
{
    uint64_t timeout_us = (uint64_t)qb->cfg.timeout_ms * 1000u;
    struct qemu_process *p = &qb->process;
    int err = qtest_open(&qb->qtest, p->qtest_listen_fd, p->death_fd, timeout_us);

    if (!err)
        err = qmp_open(&qb->qmp, p->qmp_listen_fd, p->death_fd, timeout_us);
    if (!err) {
        qemu_process_unlink(p);
        err = qemu_irq_setup(&qb->irq, &qb->qtest, &qb->qmp, qb->cfg.poll_interrupts);
    }
    if (err)
        explain(qb, err);
    else if (qb->irq.polling && !qb->cfg.poll_interrupts)
        note(qb, "interrupt lines cannot be intercepted, polling InterruptStatus instead");
    return err;
}

/* Its CPU runs wfi in a loop at the start of RAM. */
static const char *const sleeping_machine[] = {
    "-M",      "virt,memory-backend=ram",
    "-bios",   "none",
    "-device", "loader,addr=0x80000000,data=0xffdff06f10500073,data-len=8",
    NULL};

int qemu_backend_open(struct qemu_backend **out, const struct qemu_backend_config *cfg)
{
    const struct qemu_process_config process_cfg = {.target = &qemu_target_riscv64,
                                                    .machine = sleeping_machine,
                                                    .ram_bytes = RAM_BYTES,
                                                    .qtest = true,
                                                    .modern = cfg->modern,
                                                    .extra_args = cfg->extra_args};
    struct qemu_backend *qb = calloc(1, sizeof(*qb));
    int err;

    *out = NULL;
    qemu_message_set(cfg->message, "%s", "");
    if (!qb) {
        qemu_message_set(cfg->message, "out of memory");
        return -ENOMEM;
    }
    qb->host = qemu_table;
    qb->cfg = *cfg;
    qb->cfg.extra_args = NULL; /* QEMU has its own copy; the caller's need not stay */
    if (!qb->cfg.timeout_ms)
        qb->cfg.timeout_ms = DEFAULT_TIMEOUT_MS;
    qb->qtest.ch.fd = qb->qmp.ch.fd = -1;
    err = qemu_process_start(&qb->process, &process_cfg, &qb->error);
    if (!err) {
        shared_ram_init(&qb->ram, qb->process.ram, RAM_BUS, (size_t)RAM_FIRST, (size_t)RAM_BYTES);
        err = connect_all(qb);
    }
    if (err) {
        qemu_message_set(cfg->message, "%s%s%s", qb->error.text, qb->process.command ? "\n  " : "",
                         qb->process.command ? qb->process.command : "");
        qb->cfg.message = NULL; /* said already */
        (void)qemu_backend_close(qb);
        return err;
    }
    *out = qb;
    return 0;
}

int qemu_backend_close(struct qemu_backend *qb)
{
    int err;
    int stopped;

    if (!qb)
        return 0;
    err = qb->qtest.failed;
    if (!err && qemu_process_wait(&qb->process, 0))
        err = -EPIPE;
    if (err)
        explain(qb, err);
    shared_ram_fini(&qb->ram);
    stopped = qemu_process_stop(&qb->process);
    if (!err && stopped) {
        err = stopped;
        qemu_message_set(&qb->error, "QEMU did not end when asked to and was killed");
    }
    if (err)
        qemu_message_set(qb->cfg.message, "%s", qb->error.text);
    qtest_close(&qb->qtest);
    qmp_close(&qb->qmp);
    free(qb);
    return err;
}

struct host_backend *qemu_backend_host(struct qemu_backend *qb)
{
    return &qb->host;
}

void qemu_backend_set_irq(struct qemu_backend *qb, host_irq_handler handler, void *ctx)
{
    qb->irq.handler = handler;
    qb->irq.ctx = ctx;
}

void qemu_backend_irq_connect(struct qemu_backend *qb, unsigned i, bool on)
{
    qemu_irq_connect(&qb->irq, i, on);
    if (on)
        qemu_irq_deliver(&qb->irq);
}

uint64_t qemu_backend_window(unsigned i)
{
    return qemu_irq_window(i);
}

uint64_t qemu_backend_window_size(void)
{
    return qemu_irq_window(1) - qemu_irq_window(0);
}

unsigned qemu_backend_window_irq(unsigned i)
{
    return i + 1;
}

void qemu_backend_usage(const struct qemu_backend *qb, struct qemu_backend_usage *usage)
{
    *usage = qb->usage;
    usage->irqs_raised = qb->qtest.raises;
    usage->irqs_delivered = qb->irq.delivered;
    usage->irq_storms = qb->irq.storms;
    usage->irq_polling = qb->irq.polling;
    usage->irq_mask_depth = qb->irq.mask_depth;
    usage->dma_in_use = qb->ram.in_use[RAM_COHERENT];
    usage->map_in_use = qb->ram.in_use[RAM_BOUNCE];
    usage->dma_in_use_bytes = qb->ram.in_use_bytes;
    usage->dma_peak_bytes = qb->ram.peak_bytes;
}

size_t qemu_backend_report_leaks(const struct qemu_backend *qb, FILE *out)
{
    size_t count = shared_ram_report(&qb->ram, out);

    if (qb->usage.heap_in_use)
        (void)fprintf(out, "  heap_alloc %zu pieces, %zu bytes\n", qb->usage.heap_in_use,
                      qb->usage.heap_in_use_bytes);
    return count + qb->usage.heap_in_use;
}

int qemu_backend_error(const struct qemu_backend *qb, const char **text)
{
    if (text)
        *text = qb->error.text;
    return qb->qtest.failed;
}

const char *qemu_backend_command(const struct qemu_backend *qb)
{
    return qb->process.command;
}

long qemu_backend_pid(const struct qemu_backend *qb)
{
    return (long)qb->process.pid;
}

int qemu_backend_qmp(struct qemu_backend *qb, const char *json, const char **reply)
{
    return qmp_execute(&qb->qmp, json, reply);
}
