/* SPDX-License-Identifier: Apache-2.0 */
/* See fake.h. */
#include "fake.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct fake *fake_of(struct host_backend *be)
{
    return (struct fake *)be;
}

/* ---- registers ---- */

static void note(struct fake *f, const struct fake_access *a)
{
    if (f->accesses < FAKE_ACCESSES) {
        f->log[f->accesses] = *a;
    }
    f->accesses++;
    if (a->write) {
        f->writes++;
    } else {
        f->reads++;
    }
}

static struct fake_queue *selected(struct fake *f)
{
    static struct fake_queue absent;

    if (f->queue_sel < FAKE_QUEUES) {
        return &f->q[f->queue_sel];
    }
    absent = (struct fake_queue){0};
    return &absent;
}

static uint32_t read_status(struct fake *f)
{
    if (f->status == 0 && f->reset_left > 0) {
        f->reset_left--;
        return VIRTIO_STATUS_ACKNOWLEDGE;
    }
    return f->status;
}

static uint32_t read_reg(struct fake *f, unsigned reg)
{
    switch (reg) {
    case R_MAGIC:
        return f->magic;
    case R_VERSION:
        return f->version;
    case R_DEVICE_ID:
        return f->device_id;
    case R_VENDOR_ID:
        return f->vendor_id;
    case R_DEVICE_FEATURES:
        return f->device_sel < 2u ? (uint32_t)(f->device_features >> (32u * f->device_sel)) : 0u;
    case R_QUEUE_NUM_MAX:
        return selected(f)->num_max;
    case R_QUEUE_PFN:
        return selected(f)->pfn;
    case R_QUEUE_READY:
        return selected(f)->ready;
    case R_INTERRUPT_STATUS:
        return f->isr;
    case R_STATUS:
        return read_status(f);
    case R_CONFIG_GENERATION:
        return f->generation;
    default:
        return 0;
    }
}

static uint64_t mmio_read(struct host_backend *be, uint64_t addr, unsigned width)
{
    struct fake *f = fake_of(be);
    struct fake_access a = {.width = (uint8_t)width, .reg = (uint16_t)(addr - FAKE_BASE)};

    cr_assert(addr >= FAKE_BASE && addr - FAKE_BASE < R_CONFIG + FAKE_CONFIG);
    if (f->on_read != NULL) {
        f->on_read(f, &a);
    }
    if (a.reg < R_CONFIG) {
        cr_assert_eq(width, 4u, "register 0x%x read with width %u", (unsigned)a.reg, width);
        a.value = read_reg(f, a.reg);
    } else {
        memcpy(&a.value, &f->config[a.reg - R_CONFIG], width);
    }
    note(f, &a);
    return a.value;
}

static void reset(struct fake *f)
{
    f->status = 0;
    f->reset_left = f->reset_reads;
    f->isr = 0;
    f->driver_features = 0;
    for (unsigned i = 0; i < FAKE_QUEUES; i++) {
        f->q[i] = (struct fake_queue){.num_max = f->q[i].num_max};
    }
}

static void put_half(uint64_t *where, unsigned high, uint32_t value)
{
    *where = high ? (*where & 0xffffffffu) | (uint64_t)value << 32
                  : (*where & ~UINT64_C(0xffffffff)) | value;
}

static void write_queue(struct fake *f, unsigned reg, uint32_t value)
{
    struct fake_queue *q = selected(f);

    switch (reg) {
    case R_QUEUE_NUM:
        q->num = value;
        break;
    case R_QUEUE_ALIGN:
        q->align = value;
        break;
    case R_QUEUE_PFN: /* legacy: one address says it all (section 2.7.2) */
        q->pfn = value;
        q->desc = (uint64_t)value * f->page_size;
        q->driver = q->desc + 16u * (uint64_t)q->num;
        q->device = (q->driver + 2u * (3u + (uint64_t)q->num) + 4095u) & ~UINT64_C(4095);
        break;
    case R_QUEUE_READY:
        q->ready = value;
        break;
    case R_QUEUE_DESC_LOW:
    case R_QUEUE_DESC_LOW + 4:
        put_half(&q->desc, reg & 4u, value);
        break;
    case R_QUEUE_DRIVER_LOW:
    case R_QUEUE_DRIVER_LOW + 4:
        put_half(&q->driver, reg & 4u, value);
        break;
    case R_QUEUE_DEVICE_LOW:
    case R_QUEUE_DEVICE_LOW + 4:
        put_half(&q->device, reg & 4u, value);
        break;
    default:
        cr_assert_fail("write of 0x%x to register 0x%x", (unsigned)value, reg);
    }
}

static void write_reg(struct fake *f, unsigned reg, uint32_t value)
{
    switch (reg) {
    case R_DEVICE_FEATURES_SEL:
        f->device_sel = value;
        break;
    case R_DRIVER_FEATURES_SEL:
        f->driver_sel = value;
        break;
    case R_DRIVER_FEATURES:
        put_half(&f->driver_features, f->driver_sel, value);
        break;
    case R_GUEST_PAGE_SIZE:
        f->page_size = value;
        break;
    case R_QUEUE_SEL:
        f->queue_sel = value;
        break;
    case R_QUEUE_NOTIFY:
        f->notifies++;
        f->notified = value;
        break;
    case R_INTERRUPT_ACK:
        f->isr &= ~value;
        break;
    case R_STATUS:
        if (value == 0) {
            reset(f);
        } else {
            f->status = value & f->status_keep;
        }
        break;
    case R_QUEUE_RESET:
        break;
    default:
        write_queue(f, reg, value);
        break;
    }
}

static void mmio_write(struct host_backend *be, uint64_t addr, unsigned width, uint64_t value)
{
    struct fake *f = fake_of(be);
    struct fake_access a = {true, (uint8_t)width, (uint16_t)(addr - FAKE_BASE), (uint32_t)value};

    cr_assert(addr >= FAKE_BASE && addr - FAKE_BASE < R_CONFIG + FAKE_CONFIG);
    if (a.reg < R_CONFIG) {
        cr_assert_eq(width, 4u, "register 0x%x written with width %u", (unsigned)a.reg, width);
        write_reg(f, a.reg, a.value);
    } else {
        memcpy(&f->config[a.reg - R_CONFIG], &a.value, width);
    }
    note(f, &a);
    if (f->on_write != NULL) {
        f->on_write(f, &a);
    }
}

/* ---- the host side ---- */

static void barrier(struct host_backend *be, enum host_barrier kind)
{
    if (fake_of(be)->on_barrier != NULL) {
        fake_of(be)->on_barrier(fake_of(be), kind);
    }
}

/* What may sleep or take long must not be called with a lock held. */
static void unlocked(const struct fake *f, const char *what)
{
    cr_assert_eq(f->lock_depth, 0u, "%s with %u locks held", what, f->lock_depth);
}

static bool alloc_fails(struct fake *f)
{
    f->allocs++;
    return f->fail_alloc != 0 && --f->fail_alloc == 0;
}

static struct fake_block *block_at(struct fake *f, const void *ptr)
{
    for (unsigned i = 0; i < FAKE_BLOCKS; i++) {
        if (f->blocks[i].ptr == ptr) {
            return &f->blocks[i];
        }
    }
    cr_assert_fail("no allocation at %p", ptr);
    return NULL;
}

static void *dma_alloc(struct host_backend *be, size_t size, size_t align, uint64_t *dma)
{
    struct fake *f = fake_of(be);
    struct fake_block *block;

    unlocked(f, "dma_alloc");
    if (alloc_fails(f)) {
        return NULL;
    }
    block = block_at(f, NULL);
    block->ptr = aligned_alloc(align, (size + align - 1u) & ~(align - 1u));
    cr_assert_not_null(block->ptr);
    memset(block->ptr, 0xa5, size); /* contents are undefined: make them nasty */
    block->size = size;
    block->dma = (f->next_dma + align - 1u) & ~(uint64_t)(align - 1u);
    f->next_dma = block->dma + size;
    f->dma_blocks++;
    *dma = block->dma;
    return block->ptr;
}

static void dma_free(struct host_backend *be, void *ptr, size_t size, uint64_t dma)
{
    struct fake *f = fake_of(be);
    struct fake_block *block = block_at(f, ptr);

    unlocked(f, "dma_free");
    cr_assert_eq(size, block->size);
    cr_assert_eq(dma, block->dma);
    f->dma_blocks--;
    free(ptr);
    *block = (struct fake_block){0};
}

static int dma_map(struct host_backend *be, void *buf, size_t len, enum host_dma_dir dir,
                   uint64_t *dma)
{
    (void)len;
    (void)dir;
    fake_of(be)->mappings++;
    *dma = (uint64_t)(uintptr_t)buf + FAKE_MAP_OFFSET;
    return 0;
}

static void dma_unmap(struct host_backend *be, uint64_t dma, void *buf, size_t len,
                      enum host_dma_dir dir)
{
    (void)len;
    (void)dir;
    cr_assert_eq(dma, (uint64_t)(uintptr_t)buf + FAKE_MAP_OFFSET);
    fake_of(be)->mappings--;
}

static void dma_sync(struct host_backend *be, uint64_t dma, void *buf, size_t offset, size_t len,
                     enum host_dma_dir dir)
{
    (void)be;
    (void)offset;
    (void)len;
    (void)dir;
    cr_assert_eq(dma, (uint64_t)(uintptr_t)buf + FAKE_MAP_OFFSET); /* memory is shared as it is */
}

static void *heap_alloc(struct host_backend *be, size_t size)
{
    struct fake *f = fake_of(be);

    unlocked(f, "alloc");
    if (alloc_fails(f)) {
        return NULL;
    }
    f->heap_blocks++;
    return calloc(1, size);
}

static void heap_free(struct host_backend *be, void *ptr)
{
    struct fake *f = fake_of(be);

    unlocked(f, "free");
    f->heap_blocks--;
    free(ptr);
}

static uint64_t now_us(struct host_backend *be)
{
    return fake_of(be)->time_us;
}

static void delay_us(struct host_backend *be, uint64_t us)
{
    unlocked(fake_of(be), "delay");
    cr_assert_leq(us, 1000u, "the port contract promises at most 1000 us at a time");
    fake_of(be)->time_us += us;
}

static bool idle(struct host_backend *be, uint64_t until_us)
{
    struct fake *f = fake_of(be);

    unlocked(f, "event_wait");
    if (f->handler != NULL && f->isr != 0) {
        (void)f->handler(f->handler_arg);
        return true;
    }
    f->time_us = until_us;
    return false;
}

static void irq_mask(struct host_backend *be)
{
    struct fake *f = fake_of(be);

    f->lock_depth++;
    f->lock_depth_max = f->lock_depth > f->lock_depth_max ? f->lock_depth : f->lock_depth_max;
    cr_assert_leq(f->lock_depth, 2u, "the port contract promises at most two locks");
}

static void irq_unmask(struct host_backend *be)
{
    fake_of(be)->lock_depth--;
}

static void log_line(struct host_backend *be, int level, const char *line)
{
    struct fake *f = fake_of(be);

    (void)level;
    f->log_lines++;
    snprintf(f->last_line, sizeof(f->last_line), "%s", line);
}

/* ---- for tests ---- */

void fake_init(struct fake *f, uint32_t version)
{
    memset(f, 0, sizeof(*f));
    f->host =
        (struct host_backend){"fake",   mmio_read, mmio_write, barrier,    dma_alloc, dma_free,
                              dma_map,  dma_unmap, dma_sync,   heap_alloc, heap_free, now_us,
                              delay_us, idle,      irq_mask,   irq_unmask, log_line};
    f->magic = 0x74726976;
    f->version = version;
    f->device_id = VIRTIO_ID_BLOCK;
    f->vendor_id = 0x1af4;
    f->device_features = version == 2u ? VIRTIO_F_VERSION_1 : 0;
    f->status_keep = 0xff;
    f->q[0].num_max = 16;
    f->next_dma = FAKE_DMA_BASE;
    host_current = &f->host;
}

struct virtio_window fake_window(void)
{
    return (struct virtio_window){.base = FAKE_BASE, .size = R_CONFIG + FAKE_CONFIG};
}

unsigned fake_count(const struct fake *f, unsigned reg, bool write)
{
    unsigned n = 0;

    cr_assert_leq(f->accesses, FAKE_ACCESSES, "the log of accesses is full");
    for (unsigned i = 0; i < f->accesses; i++) {
        n += f->log[i].reg == reg && f->log[i].write == write ? 1u : 0u;
    }
    return n;
}

unsigned fake_written(const struct fake *f, unsigned reg, uint32_t *values, unsigned max)
{
    unsigned n = 0;

    cr_assert_leq(f->accesses, FAKE_ACCESSES, "the log of accesses is full");
    for (unsigned i = 0; i < f->accesses; i++) {
        if (f->log[i].reg == reg && f->log[i].write) {
            if (n < max) {
                values[n] = f->log[i].value;
            }
            n++;
        }
    }
    return n;
}

void fake_forget(struct fake *f)
{
    f->accesses = 0;
    f->reads = 0;
    f->writes = 0;
}

static void nobody_waits(struct virtio_device *dev, int error)
{
    (void)dev;
    (void)error;
}

void fake_negotiate(struct fake *f, struct virtio_device *dev)
{
    static const struct virtio_driver_ops no_ops = {.quiesced = nobody_waits};
    struct virtio_window window = fake_window();

    memset(dev, 0, sizeof(*dev));
    cr_assert_eq(virtio_device_probe(dev, &window, &no_ops), 0);
    cr_assert_eq(virtio_device_begin(dev, 0), 0);
    cr_assert_eq(virtio_set_features(dev, f->device_features), 0);
}

static void nothing_used(struct virtqueue *vq)
{
    (void)vq;
}

void fake_live(struct fake *f, struct virtio_device *dev, struct virtqueue *vq,
               const struct virtqueue_config *cfg)
{
    const struct virtqueue_config plain = {.size = 16, .size_min = 1, .callback = nothing_used};

    fake_negotiate(f, dev);
    cr_assert_eq(virtio_queue_setup(dev, vq, cfg != NULL ? cfg : &plain), 0);
    cr_assert_eq(virtio_device_ready(dev), 0);
}
