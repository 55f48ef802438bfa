/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches in GPU commands, and of the memory behind its resources. */
#include "breach.h"
#include "hand_gpu.h"

#define B(name) static void name(struct hand *h)
#define SIDE    HG_SIDE

static struct hand_gpu g;

static void start_gpu(struct hand *h, const struct breach_case *c)
{
    const struct model_board_config bc = {.schedule = MODEL_SCHED_LAZY};
    const struct model_gpu_config cfg = {.dev = {.version = c->version, .features = c->offered}};

    hg_up(&g, h, &bc, &cfg, c->wanted);
    if (c->start == START_LIVE)
        hg_ask(&g);
}

/* Sends a command that was prepared with a mistake in it. */
static void word(struct hand *h, unsigned at, uint32_t value, uint32_t bytes)
{
    (void)h;
    g.request[at / 4] = value;
    hg_send(&g, &g.ctl, bytes);
}

B(clears_unseen)
{
    model_mmio_write(h->board, model_window_base(0) + 0x104, 4, 1);
}
B(writes_events_read)
{
    model_mmio_write(h->board, model_window_base(0) + 0x100, 4, 0);
}
B(never_asked)
{
    (void)h;
    hg_make(&g, 1);
    hg_scanout(&g, 0, 1, 0, 0, SIDE, SIDE);
}
B(edid_never_asked)
{
    (void)h;
    hg_display_info(&g);
    hg_make(&g, 1);
    hg_scanout(&g, 0, 1, 0, 0, SIDE, SIDE);
}
B(scanout_without_resource)
{
    (void)h;
    hg_scanout(&g, 0, 7, 0, 0, SIDE, SIDE);
}
B(scanout_without_backing)
{
    (void)h;
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
    hg_scanout(&g, 0, 1, 0, 0, SIDE, SIDE);
}
B(transfer_without_backing)
{
    (void)h;
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
    hg_transfer(&g, 1, 0, 0, SIDE, SIDE, 0);
}
B(flush_untransferred)
{
    (void)h;
    hg_make(&g, 1);
    hg_transfer(&g, 1, 0, 0, 8, 8, 0);
    hg_flush(&g, 1, 0, 0, 8, 9);
}
B(cursor_size)
{
    (void)h;
    hg_create(&g, 1, HG_BGRX, 32, 32);
    hg_attach(&g, 1, g.backing_gpa, 32 * 32 * 4);
    g.flags = 1;
    hg_transfer(&g, 1, 0, 0, 32, 32, 0);
    hg_cursor(&g, 0x300, 1, 0, 0);
}
B(cursor_unfilled)
{
    (void)h;
    hg_make(&g, 1);
    hg_cursor(&g, 0x300, 1, 0, 0);
}
B(cursor_unfenced)
{
    (void)h;
    hg_make(&g, 1);
    hg_transfer(&g, 1, 0, 0, SIDE, SIDE, 0);
    hg_cursor(&g, 0x300, 1, 0, 0);
}
B(cursor_missing)
{
    (void)h;
    hg_cursor(&g, 0x300, 9, 0, 0);
}
B(cursor_too_early)
{
    uint32_t transfer[14] = {0x105, 1, 77, 0, 0, 0, 0, 0, SIDE, SIDE, 0, 0, 1, 0};
    uint8_t answer[24];
    const struct hand_part part[2] = {{transfer, sizeof(transfer), false},
                                      {answer, sizeof(answer), true}};

    (void)h;
    hg_make(&g, 1);
    g.flags = 1;
    hg_transfer(&g, 1, 0, 0, SIDE, SIDE, 0);
    hand_queue_put(&g.ctl, part, 2);
    hg_cursor(&g, 0x300, 1, 0, 0);
}
B(ring_index)
{
    (void)h;
    g.flags = 2;
    hg_display_info(&g);
}
B(scanout_outside)
{
    (void)h;
    hg_make(&g, 1);
    hg_scanout(&g, 0, 1, 1, 0, SIDE, SIDE);
}
B(scanout_overflow)
{
    (void)h;
    hg_make(&g, 1);
    hg_scanout(&g, 0, 1, 8, 8, UINT32_MAX - 4, 8);
}
B(id_zero)
{
    (void)h;
    hg_create(&g, 0, HG_BGRX, SIDE, SIDE);
}
B(id_twice)
{
    (void)h;
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
}
B(id_unknown)
{
    (void)h;
    hg_unref(&g, 3);
}
B(entries_more)
{
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
    hg_header(&g, 0x106);
    g.request[6] = 1;
    g.request[8] = (uint32_t)g.backing_gpa;
    g.request[9] = (uint32_t)(g.backing_gpa >> 32);
    g.request[10] = HG_BYTES;
    word(h, 28, 2, 48);
}
B(format_zero)
{
    (void)h;
    hg_create(&g, 1, 0, SIDE, SIDE);
}
B(edid_unagreed)
{
    (void)h;
    hg_edid(&g, 0);
}
B(padding_header)
{
    hg_header(&g, 0x100);
    word(h, 20, 0x100, 24);
}
B(padding_command)
{
    hg_make(&g, 1);
    hg_header(&g, 0x102);
    g.request[6] = 1;
    word(h, 28, 1, 32);
}
B(padding_entry)
{
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
    hg_header(&g, 0x106);
    g.request[6] = g.request[7] = 1;
    g.request[8] = (uint32_t)g.backing_gpa;
    g.request[9] = (uint32_t)(g.backing_gpa >> 32);
    g.request[10] = HG_BYTES;
    word(h, 44, 1, 48);
}
B(capset)
{
    (void)h;
    hg_command(&g, &g.ctl, 0x108, (const uint32_t[]){0, 0}, 2);
}
B(blob)
{
    (void)h;
    hg_command(&g, &g.ctl, 0x10c, (const uint32_t[]){1, 1, 0, 0, 0, 0, 0, 0}, 8);
}
B(scanout_blob)
{
    (void)h;
    hg_command(&g, &g.ctl, 0x10d, NULL, 0);
}
B(map_blob)
{
    (void)h;
    hg_command(&g, &g.ctl, 0x208, NULL, 0);
}
B(nothing)
{
    (void)h;
}
B(freed_attached)
{
    hg_make(&g, 1);
    model_mem_free(h->board, g.backing, HG_BYTES);
    g.backing = NULL;
    hg_transfer(&g, 1, 0, 0, SIDE, SIDE, 0); /* reads nothing, and is not said again */
}
B(unmapped_attached)
{
    static uint8_t data[4096];
    uint64_t gpa;

    hg_create(&g, 1, HG_BGRX, 32, 32);
    model_mem_map(h->board, data, sizeof(data), MODEL_DMA_TO_DEVICE, &gpa);
    hg_attach(&g, 1, gpa, sizeof(data));
    model_mem_unmap(h->board, gpa, data, sizeof(data), MODEL_DMA_TO_DEVICE);
}
B(attached_unmapped)
{
    (void)h;
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
    hg_attach(&g, 1, g.backing_gpa + HG_BYTES, HG_BYTES);
}
B(attached_for_writing)
{
    static uint8_t data[4096];
    uint64_t gpa;

    hg_create(&g, 1, HG_BGRX, 32, 32);
    model_mem_map(h->board, data, sizeof(data), MODEL_DMA_FROM_DEVICE, &gpa);
    hg_attach(&g, 1, gpa, sizeof(data));
}
B(cursor_on_control)
{
    (void)h;
    hg_command(&g, &g.ctl, 0x301, (const uint32_t[]){0, 1, 1, 0, 0, 0, 0, 0}, 8);
}
B(control_on_cursor)
{
    (void)h;
    hg_command(&g, &g.cur, 0x100, NULL, 0);
}
B(transfer_outside)
{
    (void)h;
    hg_make(&g, 1);
    hg_transfer(&g, 1, 0, 1, SIDE, SIDE, SIDE * 4);
}
B(transfer_offset)
{
    (void)h;
    hg_make(&g, 1);
    hg_transfer(&g, 1, 4, 4, 8, 8, 0);
}
B(transfer_beyond_backing)
{
    (void)h;
    hg_create(&g, 1, HG_BGRX, SIDE, SIDE);
    hg_attach(&g, 1, g.backing_gpa, HG_BYTES - 4);
    hg_transfer(&g, 1, 0, 0, SIDE, SIDE, 0);
}
B(flush_outside)
{
    (void)h;
    hg_make(&g, 1);
    hg_flush(&g, 1, SIDE, 0, 1, 1);
}
B(flush_empty)
{
    (void)h;
    hg_make(&g, 1);
    hg_flush(&g, 1, 0, 0, 0, 1);
}
B(no_room)
{
    (void)h;
    g.room = 407;
    hg_display_info(&g);
}
B(no_room_at_all)
{
    (void)h;
    g.room = 0;
    hg_unref(&g, 1);
}
B(half_a_header)
{
    hg_header(&g, 0x100);
    word(h, 0, 0x100, 20);
}
B(half_a_command)
{
    hg_header(&g, 0x101);
    word(h, 24, 1, 36);
}

static const struct breach_case cases[] = {
    {"DRV-GPU-002", 2, START_LIVE, 0, 0, clears_unseen, false},
    {"DRV-MMIO-002", 2, START_LIVE, 0, 0, writes_events_read, false},
    {"DRV-GPU-005", 2, START_MEM, 0, 0, never_asked, false},
    {"DRV-GPU-006", 1, START_MEM, HG_EDID, HG_EDID, edid_never_asked, false},
    {"DRV-GPU-009", 2, START_LIVE, 0, 0, scanout_without_resource, false},
    {"DRV-GPU-009", 2, START_LIVE, 0, 0, scanout_without_backing, false},
    {"DRV-GPU-009", 1, START_LIVE, 0, 0, transfer_without_backing, false},
    {"DRV-GPU-010", 2, START_LIVE, 0, 0, flush_untransferred, false},
    {"DRV-GPU-011", 2, START_LIVE, 0, 0, cursor_size, false},
    {"DRV-GPU-011", 2, START_LIVE, 0, 0, cursor_unfilled, false},
    {"DRV-GPU-011", 2, START_LIVE, 0, 0, cursor_unfenced, false},
    {"DRV-GPU-011", 2, START_LIVE, 0, 0, cursor_missing, false},
    {"DRV-GPU-013", 2, START_LIVE, 0, 0, ring_index, false},
    {"DRV-GPU-015", 2, START_LIVE, 0, 0, scanout_outside, false},
    {"DRV-GPU-015", 2, START_LIVE, 0, 0, scanout_overflow, false},
    {"DRV-GPU-016", 2, START_LIVE, 0, 0, id_zero, false},
    {"DRV-GPU-016", 2, START_LIVE, 0, 0, id_twice, false},
    {"DRV-GPU-016", 2, START_LIVE, 0, 0, id_unknown, false},
    {"DRV-GPU-017", 2, START_LIVE, 0, 0, entries_more, false},
    {"DRV-GPU-018", 2, START_LIVE, 0, 0, format_zero, false},
    {"DRV-GPU-019", 2, START_LIVE, HG_EDID, 0, edid_unagreed, false},
    {"DRV-GPU-020", 2, START_LIVE, 0, 0, padding_header, false},
    {"DRV-GPU-020", 1, START_LIVE, 0, 0, padding_command, false},
    {"DRV-GPU-020", 2, START_LIVE, 0, 0, padding_entry, false},
    {"DRV-GPU-021", 2, START_LIVE, 0, 0, capset, false},
    {"DRV-GPU-021", 2, START_LIVE, HB(0), HB(0), nothing, true},
    {"DRV-GPU-022", 2, START_LIVE, 0, 0, blob, false},
    {"DRV-GPU-022", 2, START_LIVE, HB(3), HB(3), nothing, true},
    {"DRV-GPU-023", 2, START_LIVE, 0, 0, scanout_blob, false},
    {"DRV-GPU-024", 2, START_LIVE, 0, 0, freed_attached, false},
    {"DRV-GPU-024", 1, START_LIVE, 0, 0, unmapped_attached, false},
    {"DRV-GPU-025", 2, START_LIVE, 0, 0, map_blob, false},
    {"DRV-GPU-026", 2, START_LIVE, HB(3) | HB(5), HB(3) | HB(5), nothing, true},
    {"DRV-GPU-028", 2, START_LIVE, 0, 0, cursor_on_control, false},
    {"DRV-GPU-028", 2, START_LIVE, 0, 0, control_on_cursor, false},
    {"DRV-GPU-029", 2, START_LIVE, 0, 0, cursor_too_early, false},
    {"DRV-GPU-031", 2, START_LIVE, 0, 0, transfer_outside, false},
    {"DRV-GPU-031", 2, START_LIVE, 0, 0, transfer_offset, false},
    {"DRV-GPU-031", 2, START_LIVE, 0, 0, transfer_beyond_backing, false},
    {"DRV-GPU-031", 1, START_LIVE, 0, 0, flush_outside, false},
    {"DRV-GPU-031", 2, START_LIVE, 0, 0, flush_empty, false},
    {"DRV-GPU-032", 2, START_LIVE, 0, 0, no_room, false},
    {"DRV-GPU-032", 2, START_LIVE, 0, 0, no_room_at_all, false},
    {"DRV-GPU-032", 1, START_LIVE, 0, 0, half_a_header, false},
    {"DRV-GPU-032", 2, START_LIVE, 0, 0, half_a_command, false},
    {"DRV-GPU-033", 2, START_LIVE, HB(0) | HB(4), HB(0) | HB(4), nothing, true},
    {"MEM-006", 2, START_LIVE, 0, 0, attached_unmapped, false},
    {"MEM-007", 2, START_LIVE, 0, 0, attached_for_writing, false},
};

const struct breach_set breach_gpu_set = {cases, sizeof(cases) / sizeof(cases[0]), start_gpu};
