/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU by hand, see hand_gpu.h. */
#include "hand_gpu.h"

#include <criterion/criterion.h>

#define QUEUE_SIZE 16u

void hg_up(struct hand_gpu *g, struct hand *h, const struct model_board_config *bc,
           const struct model_gpu_config *cfg, uint64_t wanted)
{
    memset(g, 0, sizeof(*g));
    g->h = h;
    g->room = HG_ANSWER;
    g->fence_id = 1000;
    hand_board_bare(h, bc);
    cr_assert_eq(model_gpu_add(h->board, h->slot, cfg, &g->gpu), 0);
    hand_attach(h, model_gpu_device(g->gpu), 16, cfg->dev.version);
    hand_identify(h);
    hand_reset(h);
    hand_negotiate(h, wanted);
    hand_queue_open(h, &g->ctl, 0, QUEUE_SIZE);
    hand_queue_open(h, &g->cur, 1, QUEUE_SIZE);
    g->backing = model_mem_alloc(h->board, HG_BYTES, 4096, &g->backing_gpa);
    cr_assert_not_null(g->backing);
    for (unsigned i = 0; i < HG_BYTES; i++)
        g->backing[i] = (uint8_t)(i * 11 + i / 251);
    hand_driver_ok(h);
}

void hg_ask(struct hand_gpu *g)
{
    hg_display_info(g);
    if (g->h->features & HG_EDID)
        hg_edid(g, 0);
}

void hg_down(struct hand_gpu *g)
{
    hand_reset(g->h);
    hand_queue_close(&g->ctl);
    hand_queue_close(&g->cur);
    if (g->backing)
        model_mem_free(g->h->board, g->backing, HG_BYTES);
    g->backing = NULL;
    model_board_finish(g->h->board);
}

uint32_t hg_word(const struct hand_gpu *g, unsigned offset)
{
    uint32_t v;

    memcpy(&v, g->answer + offset, sizeof(v));
    return v;
}

void hg_header(struct hand_gpu *g, uint32_t type)
{
    memset(g->request, 0, sizeof(g->request));
    g->request[0] = type;
    g->request[1] = g->flags;
    if (g->flags & 1) {
        g->fence_id++;
        memcpy(&g->request[2], &g->fence_id, sizeof(g->fence_id));
    }
}

uint32_t hg_send(struct hand_gpu *g, struct hand_queue *q, uint32_t bytes)
{
    const struct hand_part part[2] = {{g->request, bytes, false}, {g->answer, g->room, true}};

    memset(g->answer, 0xee, sizeof(g->answer));
    hand_queue_put(q, part, g->room ? 2 : 1);
    return hand_queue_wait(q, &g->used) < 0 ? UINT32_MAX : hg_word(g, 0);
}

uint32_t hg_command(struct hand_gpu *g, struct hand_queue *q, uint32_t type, const uint32_t *body,
                    unsigned n)
{
    hg_header(g, type);
    if (n)
        memcpy(&g->request[6], body, n * sizeof(body[0]));
    return hg_send(g, q, 24 + 4 * n);
}

uint32_t hg_display_info(struct hand_gpu *g)
{
    return hg_command(g, &g->ctl, 0x100, NULL, 0);
}

uint32_t hg_edid(struct hand_gpu *g, uint32_t scanout)
{
    return hg_command(g, &g->ctl, 0x10a, (const uint32_t[]){scanout, 0}, 2);
}

uint32_t hg_create(struct hand_gpu *g, uint32_t id, uint32_t format, uint32_t w, uint32_t h)
{
    return hg_command(g, &g->ctl, 0x101, (const uint32_t[]){id, format, w, h}, 4);
}

uint32_t hg_unref(struct hand_gpu *g, uint32_t id)
{
    return hg_command(g, &g->ctl, 0x102, (const uint32_t[]){id, 0}, 2);
}

uint32_t hg_attach(struct hand_gpu *g, uint32_t id, uint64_t gpa, uint32_t len)
{
    const uint32_t body[6] = {id, 1, (uint32_t)gpa, (uint32_t)(gpa >> 32), len, 0};

    return hg_command(g, &g->ctl, 0x106, body, 6);
}

uint32_t hg_detach(struct hand_gpu *g, uint32_t id)
{
    return hg_command(g, &g->ctl, 0x107, (const uint32_t[]){id, 0}, 2);
}

uint32_t hg_scanout(struct hand_gpu *g, uint32_t scanout, uint32_t id, uint32_t x, uint32_t y,
                    uint32_t w, uint32_t h)
{
    return hg_command(g, &g->ctl, 0x103, (const uint32_t[]){x, y, w, h, scanout, id}, 6);
}

uint32_t hg_transfer(struct hand_gpu *g, uint32_t id, uint32_t x, uint32_t y, uint32_t w,
                     uint32_t h, uint64_t offset)
{
    const uint32_t body[8] = {x, y, w, h, (uint32_t)offset, (uint32_t)(offset >> 32), id, 0};

    return hg_command(g, &g->ctl, 0x105, body, 8);
}

uint32_t hg_flush(struct hand_gpu *g, uint32_t id, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    return hg_command(g, &g->ctl, 0x104, (const uint32_t[]){x, y, w, h, id, 0}, 6);
}

uint32_t hg_cursor(struct hand_gpu *g, uint32_t type, uint32_t id, uint32_t x, uint32_t y)
{
    return hg_command(g, &g->cur, type, (const uint32_t[]){0, x, y, 0, id, 3, 5, 0}, 8);
}

uint32_t hg_make(struct hand_gpu *g, uint32_t id)
{
    const uint32_t made = hg_create(g, id, HG_BGRX, HG_SIDE, HG_SIDE);
    const uint32_t attached = hg_attach(g, id, g->backing_gpa, HG_BYTES);

    return made == 0x1100 ? attached : made;
}
