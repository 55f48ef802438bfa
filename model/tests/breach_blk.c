/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches in block requests, and of the memory contract. */
#include "breach.h"

#define B(name) static void name(struct hand *h)

#define DISCARD      HB(13)
#define WRITE_ZEROES HB(14)
#define SECURE_ERASE HB(16)

static uint8_t buf[4096];

static void request(struct hand *h, uint32_t type, uint64_t sector, uint32_t len, bool in)
{
    hand_submit(h, 0, type, sector, buf, len, in);
    hand_wait(h, 0, 1000000);
}

static void ranges(struct hand *h, uint32_t type, unsigned n, uint32_t flags)
{
    memset(buf, 0, sizeof(buf));
    for (unsigned i = 0; i < n; i++) {
        buf[16 * i + 8] = 1;
        buf[16 * i + 12] = (uint8_t)flags;
    }
    request(h, type, 0, 16 * n, false);
}

B(past_capacity)
{
    request(h, 0, HAND_IMAGE_SECTORS - 1, 1024, true);
}
B(overflow)
{
    request(h, 0, UINT64_MAX, 512, true);
}
B(odd_length)
{
    request(h, 0, 0, 500, true);
}
B(flush_sector)
{
    request(h, 4, 7, 0, false);
}
B(flush_data)
{
    request(h, 4, 0, 512, false);
}
B(id_length)
{
    request(h, 8, 0, 19, true);
}
B(id_sector)
{
    request(h, 8, 3, 20, true);
}
B(wrong_direction)
{
    request(h, 0, 0, 512, false);
}
B(write_ro)
{
    request(h, 1, 0, 512, false);
}
B(reserved_word)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    h->req[0].header[4] = 1;
    hand_publish(h, 0);
    hand_kick(h);
    hand_wait(h, 0, 1000000);
}
B(no_status)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    h->ring[12] = 0; /* the header is the whole chain */
    hand_publish(h, 0);
    hand_kick(h);
    hand_wait(h, 0, 1000000);
}
B(size_max)
{
    request(h, 0, 0, 4096, true);
}
B(range_length)
{
    memset(buf, 0, 32);
    request(h, 11, 0, 20, false);
}
B(discard_unmap)
{
    ranges(h, 11, 1, 1);
}
B(discard_segments)
{
    ranges(h, 11, 3, 0);
}
B(zeroes_segments)
{
    ranges(h, 13, 3, 0);
}
B(erase_segments)
{
    ranges(h, 14, 3, 0);
}
B(barrier_bit)
{
    request(h, 0x80000000u, 0, 512, true);
}
B(framing)
{
    /* header and data in one element: not without ANY_LAYOUT */
    hand_fill(h, 0, 1, 0, buf, 512, false);
    uint32_t len = 8;
    uint64_t gpa = h->req[0].header_gpa + 8;
    memcpy(h->ring + 8, &len, 4);
    memcpy(h->ring + 16, &gpa, 8);
    memcpy(h->ring + 24, &len, 4);
    hand_publish(h, 0);
    hand_kick(h);
    hand_wait(h, 0, 1000000);
}
B(zoned_accepted)
{
    (void)h;
}
B(zoned_fields)
{
    hand_cfg(h, 72, 4);
}
static void host_managed(struct hand *h, uint64_t wanted)
{
    const struct model_board_config bc = {0};
    const struct model_blk_config cfg = {.dev = {.version = 2, .features = HB(17) | HB(13)},
                                         .zoned_model = 1};
    hand_board_cfg(h, &bc, &cfg);
    hand_identify(h);
    hand_reset(h);
    hand_negotiate(h, wanted);
}
B(managed_as_plain)
{
    host_managed(h, 0);
}
B(managed_discard)
{
    host_managed(h, HB(13));
}
B(mq_unagreed)
{
    (void)h; /* see the start: queue 1 is set up below */
    h->ring = NULL;
    hand_reset(h);
    hand_negotiate(h, 0);
    hand_wr(h, 0x30, 1);
    hand_queue_memory(h, 8);
    hand_rd(h, 0x44);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 8);
    const uint64_t part[3] = {h->ring_gpa, h->ring_gpa + h->avail_off, h->ring_gpa + h->used_off};
    for (unsigned i = 0; i < 3; i++) {
        hand_wr(h, 0x80 + 0x10 * i, (uint32_t)part[i]);
        hand_wr(h, 0x84 + 0x10 * i, (uint32_t)(part[i] >> 32));
    }
    hand_wr(h, 0x44, 1);
    hand_driver_ok(h);
    hand_fill(h, 0, 0, 0, buf, 512, true);
    hand_publish(h, 0);
    hand_wr(h, 0x50, 1);
    hand_wait(h, 0, 1000000);
}

const struct breach_case breach_blk[] = {
    {"DRV-BLK-001", 2, START_LIVE, HB(12), 0, mq_unagreed, false},
    {"DRV-BLK-003", 2, START_LIVE, HB(1), HB(1), size_max, false},
    {"DRV-BLK-008", 2, START_LIVE, HB(17), HB(17), zoned_accepted, true},
    {"DRV-BLK-009", 2, START_RAW, 0, 0, managed_discard, true},
    {"DRV-BLK-011", 2, START_RAW, 0, 0, managed_as_plain, false},
    {"DRV-BLK-013", 2, START_LIVE, HB(17), 0, zoned_fields, false},
    {"DRV-BLK-014", 2, START_LIVE, 0, 0, no_status, false},
    {"DRV-BLK-014", 2, START_LIVE, 0, 0, wrong_direction, false},
    {"DRV-BLK-015", 2, START_LIVE, 0, 0, reserved_word, false},
    {"DRV-BLK-015", 2, START_LIVE, 0, 0, id_sector, false},
    {"DRV-BLK-019", 2, START_LIVE, 0, 0, past_capacity, false},
    {"DRV-BLK-019", 1, START_LIVE, 0, 0, overflow, false},
    {"DRV-BLK-020", 2, START_LIVE, HB(5), HB(5), write_ro, false},
    {"DRV-BLK-021", 2, START_LIVE, HB(9), HB(9), flush_sector, false},
    {"DRV-BLK-022", 2, START_LIVE, HB(9), HB(9), flush_data, false},
    {"DRV-BLK-023", 2, START_LIVE, 0, 0, odd_length, false},
    {"DRV-BLK-024", 2, START_LIVE, DISCARD, DISCARD, range_length, false},
    {"DRV-BLK-025", 2, START_LIVE, 0, 0, id_length, false},
    {"DRV-BLK-026", 2, START_LIVE, DISCARD, DISCARD, discard_segments, false},
    {"DRV-BLK-027", 2, START_LIVE, SECURE_ERASE, SECURE_ERASE, erase_segments, false},
    {"DRV-BLK-028", 2, START_LIVE, WRITE_ZEROES, WRITE_ZEROES, zeroes_segments, false},
    {"DRV-BLK-031", 2, START_LIVE, DISCARD, DISCARD, discard_unmap, false},
    {"DRV-LEG-034", 1, START_LIVE, 0, 0, barrier_bit, false},
    {"DRV-LEG-038", 1, START_LIVE, 0, 0, framing, true},
};
const size_t breach_blk_count = sizeof(breach_blk) / sizeof(breach_blk[0]);

/* ---- memory ---- */

static void take_one(struct hand *h)
{
    hand_submit(h, 0, 0, 0, buf, 512, true);
    model_idle(h->board, model_now_ns(h->board) + 1); /* taken, not served (LAZY) */
}

B(leak_coherent)
{
    model_mem_alloc(h->board, 16, 0, NULL);
    model_board_finish(h->board);
}
B(leak_mapping)
{
    uint64_t gpa;
    model_mem_map(h->board, buf, 64, MODEL_DMA_BOTH, &gpa);
    model_board_finish(h->board);
}
B(leak_heap)
{
    model_heap_alloc(h->board, 10);
    model_board_finish(h->board);
}
B(unmap_unmapped)
{
    model_mem_unmap(h->board, 0x123, buf, 64, MODEL_DMA_BOTH);
}
B(unmap_length)
{
    uint64_t gpa;
    model_mem_map(h->board, buf, 64, MODEL_DMA_BOTH, &gpa);
    model_mem_unmap(h->board, gpa, buf, 32, MODEL_DMA_BOTH);
}
B(unmap_direction)
{
    uint64_t gpa;
    model_mem_map(h->board, buf, 64, MODEL_DMA_BOTH, &gpa);
    model_mem_unmap(h->board, gpa, buf, 64, MODEL_DMA_TO_DEVICE);
}
B(free_twice)
{
    void *p = model_mem_alloc(h->board, 64, 0, NULL);
    model_mem_free(h->board, p, 64);
    model_mem_free(h->board, p, 64);
}
B(free_foreign)
{
    model_heap_free(h->board, buf);
}
B(free_size)
{
    model_mem_free(h->board, model_mem_alloc(h->board, 64, 0, NULL), 63);
}
B(data_unmapped_early)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    model_mem_unmap(h->board, h->req[0].data_gpa, buf, 512, MODEL_DMA_FROM_DEVICE);
    hand_publish(h, 0);
    hand_kick(h);
    model_delay(h->board, 100000);
}
B(wrong_direction_map)
{
    uint64_t gpa;
    hand_fill(h, 0, 0, 0, buf, 512, true);
    model_mem_map(h->board, buf + 512, 512, MODEL_DMA_TO_DEVICE, &gpa);
    memcpy(h->ring + 16, &gpa, 8);
    hand_publish(h, 0);
    hand_kick(h);
    model_delay(h->board, 100000);
}
B(unmap_outstanding)
{
    take_one(h);
    model_mem_unmap(h->board, h->req[0].data_gpa, buf, 512, MODEL_DMA_FROM_DEVICE);
    model_delay(h->board, 100000);
}
B(unmap_available)
{
    hand_submit(h, 0, 0, 0, buf, 512, true);
    model_mem_unmap(h->board, h->req[0].data_gpa, buf, 512, MODEL_DMA_FROM_DEVICE);
}
B(free_live_ring)
{
    take_one(h);
    model_mem_free(h->board, h->ring, h->ring_bytes);
    model_delay(h->board, 100000);
}
B(free_during_reset)
{
    const struct model_fault_plan plan = {.id = MODEL_FAULT_RESET_SLOW, .variant = 2, .k = 1};
    model_fault_arm(h->board, &plan);
    take_one(h);
    hand_wr(h, 0x70, 0);
    hand_rd(h, 0x70);
    hand_give_up(h, 0);
}
B(free_before_read_back)
{
    hand_wr(h, 0x70, 0);
    model_mem_free(h->board, h->ring, h->ring_bytes);
}
B(left_running)
{
    model_board_finish(h->board);
}

const struct breach_case breach_memory[] = {
    {"MEM-001", 2, START_RAW, 0, 0, leak_coherent, false},
    {"MEM-002", 2, START_RAW, 0, 0, leak_mapping, false},
    {"MEM-003", 2, START_RAW, 0, 0, leak_heap, false},
    {"MEM-004", 2, START_RAW, 0, 0, unmap_unmapped, false},
    {"MEM-004", 2, START_RAW, 0, 0, unmap_length, false},
    {"MEM-004", 2, START_RAW, 0, 0, unmap_direction, false},
    {"MEM-005", 2, START_RAW, 0, 0, free_twice, false},
    {"MEM-005", 2, START_RAW, 0, 0, free_foreign, false},
    {"MEM-005", 2, START_RAW, 0, 0, free_size, false},
    {"MEM-006", 2, START_LIVE, 0, 0, data_unmapped_early, true},
    {"MEM-007", 2, START_LIVE, 0, 0, wrong_direction_map, false},
    {"MEM-008", 2, START_LIVE, 0, 0, left_running, true},
    {"DRV-CORE-037", 2, START_LIVE, 0, 0, unmap_outstanding, true},
    {"DRV-CORE-037", 2, START_LIVE, 0, 0, unmap_available, false},
    {"DRV-CORE-037", 1, START_LIVE, 0, 0, free_live_ring, false},
    {"DRV-CORE-037", 2, START_LIVE, 0, 0, free_during_reset, false},
    {"DRV-CORE-013", 2, START_LIVE, 0, 0, free_before_read_back, false},
};
const size_t breach_memory_count = sizeof(breach_memory) / sizeof(breach_memory[0]);
