/* SPDX-License-Identifier: Apache-2.0 */
/* See trace.h and trace_port.h. */
#include "trace.h"

#include "le.h"
#include "trace_port.h"

#define CONFIG_SPACE 0x100u /* registers below it are little-endian on every device */

static struct trace {
    struct mailbox *mailbox;
    struct {
        uintptr_t base;
        size_t size;
        bool legacy;
    } windows[TRACE_WINDOWS];
    unsigned num_windows;
    uint32_t count; /* entries ever */
    struct trace_counts counts;
    uint16_t around_offset;
    void (*around)(unsigned window, bool behind);
    virtio_port_lock_t lock; /* keeps interrupts out between an access and its entry */
} trace;

void trace_begin(struct mailbox *mailbox)
{
    virtio_port_lock_init(&trace.lock);
    trace.mailbox = mailbox;
}

bool trace_window(uintptr_t base, size_t size, bool legacy)
{
    if (trace.num_windows == TRACE_WINDOWS) {
        return false;
    }
    trace.windows[trace.num_windows].base = base;
    trace.windows[trace.num_windows].size = size;
    trace.windows[trace.num_windows].legacy = legacy;
    trace.num_windows++;
    return true;
}

void trace_around(uint16_t offset, void (*fn)(unsigned window, bool behind))
{
    trace.around_offset = offset;
    trace.around = fn;
}

void trace_count(struct trace_counts *counts)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&trace.lock);

    *counts = trace.counts;
    virtio_port_unlock(&trace.lock, flags);
}

/* ---- entries ---- */

/* The window that an address lies in, or num_windows. */
static unsigned window_at(uintptr_t addr)
{
    unsigned w = 0;

    while (w < trace.num_windows && addr - trace.windows[w].base >= trace.windows[w].size) {
        w++;
    }
    return w;
}

/* The lock is held. */
static void put(unsigned window, enum mailbox_access_kind kind, uint16_t offset, uint32_t value)
{
    struct mailbox *m = trace.mailbox;

    if (m != NULL) {
        m->trace[trace.count % MAILBOX_TRACE] = (struct mailbox_access){.window = (uint8_t)window,
                                                                        .kind = (uint8_t)kind,
                                                                        .offset = le16(offset),
                                                                        .value = le32(value)};
        trace.count++;
        m->trace_count = le32(trace.count);
    }
}

static bool is_legacy_config(unsigned window, uintptr_t offset)
{
    return trace.windows[window].legacy && offset >= CONFIG_SPACE;
}

/* What the CPU has read or writes, as the number that it stands for. */
static uint32_t number(unsigned window, uintptr_t offset, unsigned width, uint32_t raw)
{
    if (width == 1u || is_legacy_config(window, offset)) {
        return raw;
    }
    return width == 2u ? le16((uint16_t)raw) : le32(raw);
}

/* The lock is held. */
static void access(uintptr_t addr, enum mailbox_access_kind kind, uint32_t raw)
{
    unsigned w = window_at(addr);
    unsigned width = (unsigned)kind & 0x0fu;
    uintptr_t offset;

    if (w == trace.num_windows) {
        return;
    }
    offset = addr - trace.windows[w].base;
    put(w, kind, (uint16_t)offset, number(w, offset, width, raw));
    if (kind == MAILBOX_WRITE8 || kind == MAILBOX_WRITE32) {
        trace.counts.writes++;
    } else {
        trace.counts.reads++;
    }
}

void trace_interrupt(unsigned window)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&trace.lock);

    put(window, MAILBOX_INTERRUPT, 0, 0);
    trace.counts.interrupts++;
    virtio_port_unlock(&trace.lock, flags);
}

void trace_mark(uint32_t line)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&trace.lock);

    put(0, MAILBOX_MARK, 0, line);
    virtio_port_unlock(&trace.lock, flags);
}

/* ---- the port, watched ---- */

uint8_t trace_read8(virtio_port_ctx_t ctx, uintptr_t addr)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&trace.lock);
    uint8_t value = virtio_port_read8(ctx, addr);

    access(addr, MAILBOX_READ8, value);
    virtio_port_unlock(&trace.lock, flags);
    return value;
}

uint16_t trace_read16(virtio_port_ctx_t ctx, uintptr_t addr)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&trace.lock);
    uint16_t value = virtio_port_read16(ctx, addr);

    access(addr, MAILBOX_READ16, value);
    virtio_port_unlock(&trace.lock, flags);
    return value;
}

uint32_t trace_read32(virtio_port_ctx_t ctx, uintptr_t addr)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&trace.lock);
    uint32_t value = virtio_port_read32(ctx, addr);

    access(addr, MAILBOX_READ32, value);
    virtio_port_unlock(&trace.lock, flags);
    return value;
}

void trace_write8(virtio_port_ctx_t ctx, uintptr_t addr, uint8_t value)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&trace.lock);

    access(addr, MAILBOX_WRITE8, value);
    virtio_port_write8(ctx, addr, value);
    virtio_port_unlock(&trace.lock, flags);
}

static void tell_around(uintptr_t addr, bool behind)
{
    unsigned w = trace.around != NULL ? window_at(addr) : trace.num_windows;

    if (w != trace.num_windows && addr - trace.windows[w].base == trace.around_offset) {
        trace.around(w, behind);
    }
}

void trace_write32(virtio_port_ctx_t ctx, uintptr_t addr, uint32_t value)
{
    virtio_port_irqflags_t flags;

    tell_around(addr, false);
    flags = virtio_port_lock(&trace.lock);
    access(addr, MAILBOX_WRITE32, value);
    virtio_port_write32(ctx, addr, value);
    virtio_port_unlock(&trace.lock, flags);
    tell_around(addr, true);
}

uint16_t trace_peek16(unsigned window, unsigned offset)
{
    uint16_t raw = virtio_port_read16(NULL, trace.windows[window].base + offset);

    return is_legacy_config(window, offset) ? raw : le16(raw);
}

uint32_t trace_peek32(unsigned window, unsigned offset)
{
    uint32_t raw = virtio_port_read32(NULL, trace.windows[window].base + offset);

    return is_legacy_config(window, offset) ? raw : le32(raw);
}

/* ---- memory shared with devices ---- */

static void keep(const void *ptr, size_t size, uint64_t dma)
{
    struct mailbox *m = trace.mailbox;
    uint32_t used = le32(m->rings_len);
    size_t whole = sizeof(struct mailbox_ring) + ((size + 7u) & ~(size_t)7u);
    struct mailbox_ring head = {
        .bytes = le32((uint32_t)size), .serial = le32(trace.count), .dma = le64(dma)};

    if (size == 0 || whole > MAILBOX_RINGS - used) {
        m->rings_lost = le32(le32(m->rings_lost) + 1u);
        return;
    }
    memcpy(&m->rings[used], &head, sizeof(head));
    memcpy(&m->rings[used + sizeof(head)], ptr, size);
    m->rings_len = le32(used + (uint32_t)whole);
}

void trace_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma)
{
    if (trace.mailbox != NULL && ptr != NULL) {
        keep(ptr, size, dma);
    }
    virtio_port_dma_free(ctx, ptr, size, dma);
}
