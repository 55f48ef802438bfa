/* SPDX-License-Identifier: Apache-2.0 */
/* The hand-written driver of the model's tests, see hand.h. */
#include "hand.h"
#include "hand_queue.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void put16(uint8_t *p, uint16_t v)
{
    memcpy(p, &v, 2);
}
static void put32(uint8_t *p, uint32_t v)
{
    memcpy(p, &v, 4);
}
static void put64(uint8_t *p, uint64_t v)
{
    memcpy(p, &v, 8);
}
static uint16_t get16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, 2);
    return v;
}
static uint32_t get32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

uint32_t hand_rd(struct hand *h, uint32_t off)
{
    return (uint32_t)model_mmio_read(h->board, model_window_base(h->slot) + off, 4);
}

void hand_wr(struct hand *h, uint32_t off, uint32_t val)
{
    if (off == 0x70)
        h->told = val;
    model_mmio_write(h->board, model_window_base(h->slot) + off, 4, val);
}

uint64_t hand_cfg(struct hand *h, uint32_t off, unsigned width)
{
    return model_mmio_read(h->board, model_window_base(h->slot) + 0x100 + off, width);
}

static void handler(void *ctx, unsigned slot)
{
    struct hand *h = ctx;

    (void)slot;
    h->handler_runs++;
    const uint32_t isr = hand_rd(h, 0x60) & 3;
    if (isr)
        hand_wr(h, 0x64, isr);
    if (h->ring)
        hand_poll(h);
}

void hand_board_bare(struct hand *h, const struct model_board_config *bc)
{
    h->told = 0;
    if (!h->board)
        cr_assert_eq(model_board_create(&h->board, bc), 0);
    else
        cr_assert_eq(model_board_reset(h->board, bc), 0);
}

void hand_attach(struct hand *h, struct model_device *dev, uint32_t device_id, unsigned version)
{
    h->dev = dev;
    h->device_id = device_id;
    h->version = version;
    h->barriers = h->irqs = h->read_back = true;
    h->ring = NULL;
    h->completed = h->handler_runs = 0;
    memset(h->req, 0, sizeof(h->req));
    model_set_irq_handler(h->board, handler, h);
}

void hand_board_cfg(struct hand *h, const struct model_board_config *bc,
                    const struct model_blk_config *cfg)
{
    struct model_blk_config c = *cfg;

    hand_board_bare(h, bc);
    for (unsigned i = 0; i < sizeof(h->image); i++)
        h->image[i] = (uint8_t)(i * 7 + i / 512);
    if (!c.ram && !c.path) {
        c.ram = h->image;
        c.capacity_sectors = HAND_IMAGE_SECTORS;
    }
    cr_assert_eq(model_blk_add(h->board, h->slot, &c, &h->blk), 0);
    hand_attach(h, model_blk_device(h->blk), 2, c.dev.version);
}

void hand_board(struct hand *h, const struct model_board_config *bc, unsigned version,
                uint64_t features)
{
    const struct model_blk_config cfg = {
        .dev = {.version = version, .features = features},
        .id = "hand-driven",
    };

    hand_board_cfg(h, bc, &cfg);
}

void hand_close(struct hand *h)
{
    model_board_destroy(h->board);
    h->board = NULL;
}

/* ---- bring-up ---- */

void hand_identify(struct hand *h)
{
    cr_assert_eq(hand_rd(h, 0x000), 0x74726976u);
    cr_assert_eq(hand_rd(h, 0x004), h->version);
    cr_assert_eq(hand_rd(h, 0x008), h->device_id);
}

bool hand_reset(struct hand *h)
{
    if ((h->told & 1) != 0 && (h->told & 0x84) == 0)
        hand_wr(h, 0x70, h->told | 0x80); /* gives up */
    hand_wr(h, 0x70, 0);
    for (unsigned i = 0; h->read_back && hand_rd(h, 0x70) != 0; i++) {
        if (i == 2000)
            return false;
        model_delay(h->board, 1000);
    }
    return true;
}

void hand_negotiate(struct hand *h, uint64_t wanted)
{
    hand_wr(h, 0x70, 1);
    hand_wr(h, 0x70, 3);
    hand_wr(h, 0x14, 0);
    h->offered = hand_rd(h, 0x10);
    if (h->version == 2) {
        hand_wr(h, 0x14, 1);
        h->offered |= (uint64_t)hand_rd(h, 0x10) << 32;
    }
    h->features = h->offered & (wanted | HF_VERSION_1);
    hand_wr(h, 0x24, 0);
    hand_wr(h, 0x20, (uint32_t)h->features);
    if (h->version == 2) {
        hand_wr(h, 0x24, 1);
        hand_wr(h, 0x20, (uint32_t)(h->features >> 32));
        hand_wr(h, 0x70, 0xb);
        if (h->read_back)
            hand_rd(h, 0x70);
    }
}

void hand_queue_memory(struct hand *h, uint32_t num)
{
    const uint32_t align = h->version == 1 ? 4096 : 4;

    h->num = num;
    h->avail_off = 16 * num;
    h->used_off = (h->avail_off + 6 + 2 * num + align - 1) & ~(align - 1);
    h->ring_bytes = h->used_off + 6 + 8 * num;
    h->ring = model_mem_alloc(h->board, h->ring_bytes, h->version == 1 ? 4096 : 16, &h->ring_gpa);
    cr_assert_not_null(h->ring);
    memset(h->ring, 0, h->ring_bytes);
    h->avail = h->ring + h->avail_off;
    h->used = h->ring + h->used_off;
    h->avail_idx = h->last_used = 0;
}

void hand_queue_program(struct hand *h)
{
    hand_wr(h, 0x30, 0);
    if (h->version == 1) {
        hand_wr(h, 0x28, 4096);
        hand_rd(h, 0x40);
        hand_rd(h, 0x34);
        hand_wr(h, 0x38, h->num);
        hand_wr(h, 0x3c, 4096);
        hand_wr(h, 0x40, (uint32_t)(h->ring_gpa / 4096));
        return;
    }
    hand_rd(h, 0x44);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, h->num);
    const uint64_t part[3] = {h->ring_gpa, h->ring_gpa + h->avail_off, h->ring_gpa + h->used_off};
    for (unsigned i = 0; i < 3; i++) {
        hand_wr(h, 0x80 + 0x10 * i, (uint32_t)part[i]);
        hand_wr(h, 0x84 + 0x10 * i, (uint32_t)(part[i] >> 32));
    }
    hand_wr(h, 0x44, 1);
}

void hand_driver_ok(struct hand *h)
{
    hand_wr(h, 0x70, h->version == 1 ? 7 : 0xf);
}

void hand_up(struct hand *h, uint64_t wanted, uint32_t num)
{
    hand_identify(h);
    hand_reset(h);
    hand_negotiate(h, wanted);
    hand_queue_memory(h, num);
    hand_queue_program(h);
    hand_driver_ok(h);
}

void hand_give_up(struct hand *h, unsigned i)
{
    struct hand_request *r = &h->req[i];

    if (!r->busy)
        return;
    r->busy = false;
    if (r->data_len)
        model_mem_unmap(h->board, r->data_gpa, r->data, r->data_len,
                        r->data_in ? MODEL_DMA_FROM_DEVICE : MODEL_DMA_TO_DEVICE);
    r->result = r->status ? *r->status : 0xff;
    model_mem_free(h->board, r->header, 16);
    model_mem_free(h->board, r->status, 1);
    if (r->table)
        model_mem_free(h->board, r->table, 48);
    r->table = NULL;
}

void hand_down(struct hand *h)
{
    hand_reset(h);
    for (unsigned i = 0; i < HAND_MAX_REQUESTS; i++)
        hand_give_up(h, i);
    if (h->ring)
        model_mem_free(h->board, h->ring, h->ring_bytes);
    h->ring = NULL;
    model_board_finish(h->board);
}

/* ---- requests ---- */

static void desc(uint8_t *p, uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
    put64(p, addr);
    put32(p + 8, len);
    put16(p + 12, flags);
    put16(p + 14, next);
}

static bool write_descriptors(struct hand *h, unsigned i)
{
    struct hand_request *r = &h->req[i];
    const bool indirect = (h->features & HF_INDIRECT) != 0;
    uint16_t d = indirect ? 0 : (uint16_t)(3 * i);
    uint8_t *table = h->ring;

    if (indirect) {
        r->table = model_mem_alloc(h->board, 48, 16, &r->table_gpa);
        if (!r->table)
            return false;
        table = r->table;
        desc(h->ring + 16 * (size_t)i, r->table_gpa, r->data_len ? 48 : 32, 4, 0);
    }
    desc(table + 16 * d, r->header_gpa, 16, 1, (uint16_t)(d + 1));
    d++;
    if (r->data_len) {
        desc(table + 16 * d, r->data_gpa, r->data_len, r->data_in ? 3 : 1, (uint16_t)(d + 1));
        d++;
    }
    desc(table + 16 * d, r->status_gpa, 1, 2, 0);
    h->head_of[i] = indirect ? (uint16_t)i : (uint16_t)(3 * i);
    return true;
}

bool hand_fill(struct hand *h, unsigned i, uint32_t type, uint64_t sector, uint8_t *data,
               uint32_t len, bool data_in)
{
    struct hand_request *r = &h->req[i];

    memset(r, 0, sizeof(*r));
    r->header = model_mem_alloc(h->board, 16, 16, &r->header_gpa);
    r->status = model_mem_alloc(h->board, 1, 0, &r->status_gpa);
    r->busy = true;
    if (!r->header || !r->status)
        goto fail;
    put32(r->header, type);
    put32(r->header + 4, 0);
    put64(r->header + 8, sector);
    *r->status = 0xff;
    r->data = data;
    r->data_in = data_in;
    if (len &&
        model_mem_map(h->board, data, len, data_in ? MODEL_DMA_FROM_DEVICE : MODEL_DMA_TO_DEVICE,
                      &r->data_gpa) != 0)
        goto fail;
    r->data_len = len;
    if (!write_descriptors(h, i))
        goto fail;
    put16(h->avail + 4 + 2 * (h->avail_idx % h->num), h->head_of[i]);
    return true;
fail:
    hand_give_up(h, i);
    return false;
}

void hand_publish(struct hand *h, unsigned i)
{
    (void)i;
    if (h->barriers)
        model_barrier(h->board, MODEL_BARRIER_WRITE);
    put16(h->avail + 2, ++h->avail_idx);
    if (h->barriers)
        model_barrier(h->board, MODEL_BARRIER_FULL);
}

bool hand_kick_wanted(const struct hand *h, uint16_t old_idx)
{
    if (h->features & HF_EVENT_IDX) {
        const uint16_t event = get16(h->used + 4 + 8 * h->num);
        return (uint16_t)(h->avail_idx - event - 1) < (uint16_t)(h->avail_idx - old_idx);
    }
    return (get16(h->used) & 1) == 0;
}

void hand_kick(struct hand *h)
{
    hand_wr(h, 0x50, 0);
}

void hand_submit(struct hand *h, unsigned i, uint32_t type, uint64_t sector, uint8_t *data,
                 uint32_t len, bool data_in)
{
    if (!hand_fill(h, i, type, sector, data, len, data_in))
        return;
    hand_publish(h, i);
    if (hand_kick_wanted(h, (uint16_t)(h->avail_idx - 1)))
        hand_kick(h);
}

void hand_poll(struct hand *h)
{
    for (;;) {
        const uint16_t idx = get16(h->used + 2);
        model_barrier(h->board, MODEL_BARRIER_READ);
        if (idx == h->last_used) {
            if (!(h->features & HF_EVENT_IDX))
                return;
            put16(h->avail + 4 + 2 * h->num, h->last_used); /* used_event */
            model_barrier(h->board, MODEL_BARRIER_FULL);
            if (get16(h->used + 2) == h->last_used)
                return;
            continue;
        }
        if ((uint16_t)(idx - h->last_used) > h->num)
            return; /* a broken ring */
        const uint8_t *e = h->used + 4 + 8 * (h->last_used % h->num);
        const uint32_t id = get32(e), len = get32(e + 4);
        h->last_used++;
        for (unsigned i = 0; i < HAND_MAX_REQUESTS; i++)
            if (h->req[i].busy && h->head_of[i] == id) {
                h->req[i].used_len = len;
                h->req[i].done = true;
                h->req[i].order = h->completed++;
                hand_give_up(h, i);
                break;
            }
    }
}

bool hand_wait(struct hand *h, unsigned i, uint64_t ns)
{
    const uint64_t until = model_now_ns(h->board) + ns;

    while (!h->req[i].done) {
        if (!model_idle(h->board, until)) {
            hand_poll(h);
            return h->req[i].done;
        }
        if (!h->irqs)
            hand_poll(h);
    }
    return true;
}

/* ---- verdicts ---- */

const char *hand_breaches(const struct hand *h)
{
    static char text[1024];
    size_t n = 0;

    text[0] = '\0';
    for (unsigned i = 0; model_violation_at(h->board, i) && n < sizeof(text) - 200; i++) {
        const struct model_violation *v = model_violation_at(h->board, i);
        n += (size_t)snprintf(text + n, sizeof(text) - n, "[%s: %s] ", v->rule, v->text);
    }
    return text;
}

bool hand_breached(const struct hand *h, const char *rule)
{
    for (unsigned i = 0; model_violation_at(h->board, i); i++)
        if (strcmp(model_violation_at(h->board, i)->rule, rule) == 0)
            return true;
    return false;
}

bool hand_only(const struct hand *h, const char *rule)
{
    for (unsigned i = 0; model_violation_at(h->board, i); i++)
        if (strcmp(model_violation_at(h->board, i)->rule, rule) != 0)
            return false;
    return model_violation_count(h->board) > 0;
}
