/* SPDX-License-Identifier: Apache-2.0 */
/* See rig.h. */
#include "rig.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "virtio_model/model_rules.h"

static struct rig *rig_of(struct host_backend *be)
{
    return (struct rig *)be;
}

/* ---- the port's calls, looked at on their way ---- */

static void spy_write(struct host_backend *be, uint64_t addr, unsigned width, uint64_t value)
{
    struct rig *r = rig_of(be);

    if (r->num_writes < RIG_WRITES) {
        r->writes[r->num_writes].reg = (uint16_t)(addr - r->window.base);
        r->writes[r->num_writes].value = (uint32_t)value;
        r->num_writes++;
    }
    r->model.mmio_write(be, addr, width, value);
}

static void spy_barrier(struct host_backend *be, enum host_barrier kind)
{
    struct rig *r = rig_of(be);

    r->barriers++;
    r->model.barrier(be, kind);
}

static void unlocked(const struct rig *r, const char *what)
{
    cr_assert_eq(r->mask_depth, 0u, "%s with %u locks held", what, r->mask_depth);
}

static void *spy_dma_alloc(struct host_backend *be, size_t size, size_t align, uint64_t *dma)
{
    unlocked(rig_of(be), "dma_alloc");
    return rig_of(be)->model.dma_alloc(be, size, align, dma);
}

static void spy_dma_free(struct host_backend *be, void *ptr, size_t size, uint64_t dma)
{
    unlocked(rig_of(be), "dma_free");
    rig_of(be)->model.dma_free(be, ptr, size, dma);
}

static void *spy_heap_alloc(struct host_backend *be, size_t size)
{
    unlocked(rig_of(be), "alloc");
    return rig_of(be)->model.heap_alloc(be, size);
}

static void spy_heap_free(struct host_backend *be, void *ptr)
{
    unlocked(rig_of(be), "free");
    rig_of(be)->model.heap_free(be, ptr);
}

static void spy_delay(struct host_backend *be, uint64_t us)
{
    unlocked(rig_of(be), "delay");
    rig_of(be)->model.delay_us(be, us);
}

static bool spy_idle(struct host_backend *be, uint64_t until_us)
{
    unlocked(rig_of(be), "event_wait");
    return rig_of(be)->model.idle(be, until_us);
}

static void spy_mask(struct host_backend *be)
{
    struct rig *r = rig_of(be);

    r->mask_depth++;
    r->mask_depth_max = r->mask_depth > r->mask_depth_max ? r->mask_depth : r->mask_depth_max;
    r->model.irq_mask(be);
}

static void spy_unmask(struct host_backend *be)
{
    rig_of(be)->mask_depth--;
    rig_of(be)->model.irq_unmask(be);
}

static void spy_log(struct host_backend *be, int level, const char *line)
{
    struct rig *r = rig_of(be);

    r->log_lines++;
    snprintf(r->last_line, sizeof(r->last_line), "%s", line);
    r->model.log(be, level, line);
}

static void use_spies(struct rig *r)
{
    struct host_backend *h = &r->backend.host;

    r->model = *h;
    h->mmio_write = spy_write;
    h->barrier = spy_barrier;
    h->dma_alloc = spy_dma_alloc;
    h->dma_free = spy_dma_free;
    h->heap_alloc = spy_heap_alloc;
    h->heap_free = spy_heap_free;
    h->delay_us = spy_delay;
    h->idle = spy_idle;
    h->irq_mask = spy_mask;
    h->irq_unmask = spy_unmask;
    h->log = spy_log;
}

/* ---- making ---- */

uint8_t rig_pattern(uint64_t sector, unsigned offset)
{
    return (uint8_t)(sector * 7u + offset * 3u + (offset >> 8) + 1u);
}

bool rig_holds_pattern(const void *buf, uint64_t sector, uint32_t num_sectors)
{
    const uint8_t *p = buf;

    for (uint32_t i = 0; i < num_sectors * 512u; i++) {
        if (p[i] != rig_pattern(sector + i / 512u, i % 512u)) {
            return false;
        }
    }
    return true;
}

static void on_interrupt(void *ctx, unsigned slot)
{
    struct rig *r = ctx;

    (void)slot;
    if (r->answer_irqs) {
        (void)virtio_blk_interrupt(&r->blk);
    }
}

static uint32_t or_default(uint32_t value, uint32_t fallback)
{
    return value != 0 ? value : fallback;
}

static void add_disk(struct rig *r, const struct rig_options *o)
{
    const struct model_blk_config cfg = {
        .dev = {.version = or_default(o->version, 2),
                .features = o->features,
                .queue_num_max = o->queue_num_max,
                .service_ns = o->service_ns,
                .reset_ns = o->reset_ns},
        .ram = r->ram,
        .capacity_sectors = RIG_SECTORS,
        .size_max = or_default(o->size_max, 65536),
        .seg_max = or_default(o->seg_max, 32),
        .blk_size = or_default(o->blk_size, 512),
        .writeback = 1,
        .num_queues = o->num_queues,
        .max_discard_sectors = 64,
        .max_discard_seg = 4,
        .discard_sector_alignment = 1,
        .max_write_zeroes_sectors = 64,
        .max_write_zeroes_seg = 4,
        .max_secure_erase_sectors = 64,
        .max_secure_erase_seg = 4,
        .secure_erase_sector_alignment = 1,
        .id = "twenty characters id",
    };

    cr_assert_eq(model_blk_add(r->board, 0, &cfg, &r->disk), 0);
    r->device = model_blk_device(r->disk);
}

void rig_make(struct rig *r, const struct rig_options *o)
{
    const struct model_board_config cfg = {.seed = o->seed, .schedule = o->schedule};

    memset(r, 0, sizeof(*r));
    for (uint32_t i = 0; i < sizeof(r->ram); i++) {
        r->ram[i] = rig_pattern(i / 512u, i % 512u);
    }
    cr_assert_eq(model_board_create(&r->board, &cfg), 0);
    r->window = (struct virtio_window){
        .base = (uintptr_t)model_window_base(0), .size = MODEL_WINDOW_SIZE, .polled = o->polled};
    model_backend_use(&r->backend, r->board);
    use_spies(r);
    model_set_irq_handler(r->board, on_interrupt, r);
    r->answer_irqs = true;
    add_disk(r, o);
    model_irq_connect(r->board, 0, !o->polled);
}

void rig_select(struct rig *r)
{
    host_current = &r->backend.host;
}

int rig_probe(struct rig *r, const struct virtio_blk_params *params)
{
    return virtio_blk_probe(&r->blk, &r->window, params);
}

void rig_open(struct rig *r, const struct rig_options *o, const struct virtio_blk_params *params)
{
    rig_make(r, o);
    cr_assert_eq(rig_probe(r, params), 0, "%s", r->last_line);
}

/* ---- the end ---- */

struct model_mem_usage rig_memory(const struct rig *r)
{
    struct model_mem_usage usage;

    model_mem_usage(r->board, &usage);
    return usage;
}

void rig_expect_clean(struct rig *r)
{
    struct model_mem_usage usage = rig_memory(r);
    unsigned breaches = model_board_finish(r->board);
    const struct model_violation *v = model_violation_at(r->board, 0);

    cr_assert_eq(breaches, 0u, "%u breaches, first %s: %s", breaches, v != NULL ? v->rule : "",
                 v != NULL ? v->text : "");
    cr_assert_eq(usage.coherent_blocks + usage.mappings + usage.heap_blocks, 0u,
                 "%u coherent blocks, %u mappings, %u heap blocks left", usage.coherent_blocks,
                 usage.mappings, usage.heap_blocks);
    cr_assert_eq(r->mask_depth, 0u);
    cr_assert_leq(r->mask_depth_max, 2u, "%u locks at once", r->mask_depth_max);
    model_board_destroy(r->board);
    r->board = NULL;
}

void rig_close(struct rig *r)
{
    rig_select(r);
    cr_assert_eq(virtio_blk_remove(&r->blk, 0), 0);
    rig_expect_clean(r);
}

/* ---- for tests ---- */

uint64_t rig_accesses(const struct rig *r)
{
    struct model_device_counters c;

    model_device_counters(r->device, &c);
    return c.mmio_reads + c.mmio_writes;
}

void rig_arm(struct rig *r, enum model_fault_id id, unsigned variant, uint32_t k, bool persistent)
{
    const struct model_fault_plan plan = {id, variant, k, persistent};

    model_fault_arm(r->board, &plan);
}

void rig_run(struct rig *r, uint64_t us)
{
    const volatile bool never = false;
    virtio_port_event_t event;

    (void)virtio_port_event_init(&event);
    (void)virtio_wait(&r->blk.dev, &event, &never, us);
    virtio_port_event_deinit(&event);
}

static void req_done(struct virtio_blk_req *req, int result)
{
    struct rig_req *q = req->cookie;

    q->calls++;
    q->result = result;
    q->masked = q->masked || q->rig->mask_depth != 0;
}

void rig_req_init(struct rig *r, struct rig_req *q, enum virtio_blk_op op, uint64_t sector,
                  uint32_t num_sectors)
{
    memset(q, 0, sizeof(*q));
    q->rig = r;
    q->seg = (struct virtio_blk_seg){q->buf, num_sectors * 512u};
    q->req = (struct virtio_blk_req){.op = op,
                                     .sector = sector,
                                     .segs = &q->seg,
                                     .num_segs = num_sectors != 0 ? 1u : 0u,
                                     .queue = VIRTIO_BLK_QUEUE_ANY,
                                     .done = req_done,
                                     .cookie = q};
}
