/* SPDX-License-Identifier: Apache-2.0 */
/* Breaches in setting up and using a queue: registers, rings, barriers, notifications. */
#include "breach.h"

#define B(name) static void name(struct hand *h)

static uint8_t buf[1024];

static void put16(uint8_t *p, uint16_t v)
{
    memcpy(p, &v, 2);
}

/* Makes descriptor 0 of the table and publishes it as one chain, with a kick. */
static void offer(struct hand *h, uint16_t head)
{
    put16(h->avail + 4 + 2 * (h->avail_idx % h->num), head);
    hand_publish(h, 0);
    hand_kick(h);
    model_delay(h->board, 100000);
}

static void set_desc(struct hand *h, unsigned i, uint64_t addr, uint32_t len, uint16_t flags,
                     uint16_t next)
{
    uint8_t *p = h->ring + 16 * i;
    memcpy(p, &addr, 8);
    memcpy(p + 8, &len, 4);
    put16(p + 12, flags);
    put16(p + 14, next);
}

/* A coherent page, leaked by the case; the runner frees nothing and checks before finish. */
static uint64_t page(struct hand *h, uint8_t **ptr)
{
    uint64_t gpa = 0;
    uint8_t *p = model_mem_alloc(h->board, 4096, 16, &gpa);
    memset(p, 0, 4096);
    if (ptr)
        *ptr = p;
    return gpa;
}

/* set-up, version 2 */
B(no_queue_sel)
{
    hand_rd(h, 0x34);
}
B(num_before_max)
{
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x44);
    hand_wr(h, 0x38, 8);
}
B(num_before_ready)
{
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 8);
}
B(num_for_absent)
{
    hand_wr(h, 0x30, 5);
    hand_rd(h, 0x44);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 8);
}
B(num_over_max)
{
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x44);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 128);
}
B(num_not_power)
{
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x44);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 12);
}
B(num_while_ready)
{
    hand_wr(h, 0x38, 8);
}
B(ready_unprogrammed)
{
    hand_wr(h, 0x30, 0);
    hand_wr(h, 0x44, 1);
}
B(ready_missing_half)
{
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x44);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 8);
    hand_wr(h, 0x80, 0);
    hand_wr(h, 0x44, 1);
}
B(not_zeroed)
{
    h->ring[5] = 1;
    hand_queue_program(h);
}
B(used_flags_set)
{
    h->used[0] = 1;
    hand_queue_program(h);
}
B(avail_idx_set)
{
    h->avail[2] = 1;
    hand_queue_program(h);
}
B(misaligned_ring)
{
    h->ring_gpa += 2;
    h->num = 8;
    hand_queue_program(h);
}
B(unmapped_ring)
{
    h->ring_gpa += 0x100000;
    hand_queue_program(h);
}
B(not_read_back_before_again)
{
    hand_wr(h, 0x44, 0);
    hand_rd(h, 0x34);
    hand_wr(h, 0x44, 1);
}
B(stop_and_free)
{
    hand_wr(h, 0x44, 0);
    model_mem_free(h->board, h->ring, h->ring_bytes);
}
B(queue_reset_unagreed)
{
    hand_wr(h, 0xc0, 1);
}
B(queue_reset_free)
{
    hand_wr(h, 0xc0, 1);
    model_mem_free(h->board, h->ring, h->ring_bytes);
}
B(queue_reset_again)
{
    hand_wr(h, 0xc0, 1);
    memset(h->ring, 0, h->ring_bytes);
    hand_queue_program(h);
}

B(queue_reset_half_set_up)
{
    hand_wr(h, 0xc0, 1);
    hand_rd(h, 0xc0);
    hand_wr(h, 0x44, 1);
}

/* set-up, version 1 */
B(legacy_no_page_size)
{
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x40);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 8);
}
B(legacy_bad_page_size)
{
    hand_wr(h, 0x28, 5000);
}
B(legacy_max_in_use)
{
    hand_rd(h, 0x34);
}
static void legacy_prepare(struct hand *h, uint32_t num)
{
    hand_wr(h, 0x28, 4096);
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x40);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, num);
}
B(legacy_num_before_pfn)
{
    hand_wr(h, 0x28, 4096);
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x34);
    hand_wr(h, 0x38, 8);
}
B(legacy_num_before_max)
{
    hand_wr(h, 0x28, 4096);
    hand_wr(h, 0x30, 0);
    hand_rd(h, 0x40);
    hand_wr(h, 0x38, 8);
}
B(legacy_over_max)
{
    legacy_prepare(h, 128);
}
B(legacy_no_align)
{
    legacy_prepare(h, 8);
    hand_wr(h, 0x40, 1);
}
B(legacy_no_num)
{
    hand_wr(h, 0x28, 4096);
    hand_wr(h, 0x30, 0);
    hand_wr(h, 0x3c, 4096);
    hand_wr(h, 0x40, 1);
}
B(legacy_not_ram)
{
    legacy_prepare(h, 8);
    hand_wr(h, 0x3c, 4096);
    hand_wr(h, 0x40, 1);
}
B(legacy_footprint)
{
    h->num = 64; /* the memory is for 16 */
    hand_queue_program(h);
}
B(legacy_high)
{
    const struct model_fault_plan plan = {.id = MODEL_FAULT_Q_PFN_32BIT, .k = 1};
    model_fault_arm(h->board, &plan);
    hand_queue_memory(h, 16);
    hand_queue_program(h);
}
B(legacy_v2_register)
{
    hand_rd(h, 0x44);
}

/* notifications */
B(kick_early)
{
    hand_wr(h, 0x50, 0);
}
B(kick_wrong_queue)
{
    hand_wr(h, 0x50, 1);
}
B(kick_high_bits)
{
    hand_wr(h, 0x50, 0x10000);
}
B(kick_wrong_data)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    hand_publish(h, 0);
    hand_wr(h, 0x50, 0x50000);
}
B(kick_repeated_data)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    hand_publish(h, 0);
    hand_wr(h, 0x50, 0x10000);
    hand_wr(h, 0x50, 0x20000);
}
B(kick_unwanted)
{
    hand_submit(h, 0, 0, 0, buf, 512, true); /* LAZY: still awake, NO_NOTIFY set */
    model_barrier(h->board, MODEL_BARRIER_FULL);
    hand_fill(h, 1, 0, 0, buf + 512, 512, true);
    hand_publish(h, 1);
    hand_kick(h);
}
B(kick_missing)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    hand_publish(h, 0);
    model_idle(h->board, model_now_ns(h->board) + 1000000);
}
B(no_write_barrier)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    put16(h->avail + 2, ++h->avail_idx);
    model_barrier(h->board, MODEL_BARRIER_FULL);
    hand_kick(h);
}
B(no_full_barrier)
{
    hand_fill(h, 0, 0, 0, buf, 512, true);
    model_barrier(h->board, MODEL_BARRIER_WRITE);
    put16(h->avail + 2, ++h->avail_idx);
    hand_kick(h);
}
B(idx_backwards)
{
    put16(h->avail + 2, 0xffff);
    model_barrier(h->board, MODEL_BARRIER_FULL);
}
B(avail_flags)
{
    h->avail[0] = 3;
    hand_submit(h, 0, 0, 0, buf, 512, true);
    hand_wait(h, 0, 1000000);
}

/* chains */
B(head_out_of_range)
{
    offer(h, 200);
}
B(next_out_of_range)
{
    set_desc(h, 0, page(h, NULL), 16, 1, 99);
    offer(h, 0);
}
B(chain_loops)
{
    set_desc(h, 0, page(h, NULL), 16, 1, 1);
    set_desc(h, 1, page(h, NULL), 16, 1, 0);
    offer(h, 0);
}
B(chain_4g)
{
    set_desc(h, 0, page(h, NULL), 0xffffffff, 1, 1);
    set_desc(h, 1, page(h, NULL), 16, 0, 0);
    offer(h, 0);
}
B(readable_after_writable)
{
    set_desc(h, 0, page(h, NULL), 16, 3, 1);
    set_desc(h, 1, page(h, NULL), 16, 0, 0);
    offer(h, 0);
}
B(outstanding_reused)
{
    hand_submit(h, 0, 0, 0, buf, 512, true);
    model_device_pause(h->dev, false);
    model_idle(h->board, model_now_ns(h->board) + 1); /* taken, not completed */
    offer(h, 0);
}
B(changed_while_outstanding)
{
    hand_submit(h, 0, 0, 0, buf, 512, true);
    model_idle(h->board, model_now_ns(h->board) + 1);
    h->ring[8] ^= 1;
    model_idle(h->board, model_now_ns(h->board) + 1000000);
}
B(indirect_unagreed)
{
    set_desc(h, 0, page(h, NULL), 16, 4, 0);
    offer(h, 0);
}
B(indirect_with_next)
{
    set_desc(h, 0, page(h, NULL), 16, 5, 1);
    offer(h, 0);
}
B(indirect_length)
{
    set_desc(h, 0, page(h, NULL), 24, 4, 0);
    offer(h, 0);
}
B(indirect_nested)
{
    uint8_t *t;
    uint64_t gpa = page(h, &t);
    set_desc(h, 0, gpa, 32, 4, 0);
    memcpy(t, h->ring, 16);
    offer(h, 0);
}
B(indirect_too_long)
{
    uint8_t *t;
    uint64_t gpa = page(h, &t), data = page(h, NULL);
    for (unsigned i = 0; i < 17; i++) {
        set_desc(h, 1, data, 1, i < 16 ? 1 : 0, (uint16_t)(i + 1));
        memcpy(t + 16 * i, h->ring + 16, 16);
    }
    set_desc(h, 0, gpa, 17 * 16, 4, 0);
    offer(h, 0);
}
B(mixed_too_long)
{
    for (unsigned i = 0; i < 16; i++)
        set_desc(h, i, page(h, NULL), 1, i < 15 ? 1 : 0, (uint16_t)(i + 1));
    uint8_t *t;
    uint64_t gpa = page(h, &t);
    memcpy(t, h->ring, 16);
    t[12] = 1;
    t[14] = 1;
    memcpy(t + 16, h->ring + 15 * 16, 16);
    set_desc(h, 15, gpa, 32, 4, 0);
    offer(h, 0);
}
B(not_ram)
{
    set_desc(h, 0, 0x1000, 16, 0, 0);
    offer(h, 0);
}
B(in_order_head)
{
    set_desc(h, 3, page(h, NULL), 16, 0, 0);
    offer(h, 3);
}
B(in_order_next)
{
    set_desc(h, 0, page(h, NULL), 16, 1, 2);
    set_desc(h, 2, page(h, NULL), 16, 0, 0);
    offer(h, 0);
}
B(in_order_table)
{
    uint8_t *t;
    uint64_t gpa = page(h, &t);
    set_desc(h, 0, gpa + 100, 16, 1, 2);
    memcpy(t, h->ring, 16);
    set_desc(h, 0, gpa + 200, 16, 0, 0);
    memcpy(t + 32, h->ring, 16);
    set_desc(h, 0, gpa, 48, 4, 0);
    offer(h, 0);
}

/* interrupts */
static void deaf(void *ctx, unsigned slot)
{
    (void)ctx;
    (void)slot;
}
static void no_ack(void *ctx, unsigned slot)
{
    (void)slot;
    hand_rd(ctx, 0x60);
}
B(isr_not_read)
{
    model_set_irq_handler(h->board, deaf, h);
    hand_submit(h, 0, 0, 0, buf, 512, true);
    hand_wait(h, 0, 1000000);
}
B(isr_not_acked)
{
    model_set_irq_handler(h->board, no_ack, h);
    hand_submit(h, 0, 0, 0, buf, 512, true);
    hand_wait(h, 0, 1000000);
}

const struct breach_case breach_queue[] = {
    {"DRV-MMIO-025", 2, START_FEAT, 0, 0, no_queue_sel, false},
    {"DRV-MMIO-037", 2, START_FEAT, 0, 0, num_before_max, false},
    {"DRV-MMIO-036", 2, START_FEAT, 0, 0, num_before_ready, false},
    {"DRV-MMIO-037", 2, START_FEAT, 0, 0, num_for_absent, false},
    {"DRV-MMIO-014", 2, START_FEAT, 0, 0, num_over_max, false},
    {"DRV-SPLIT-002", 2, START_FEAT, 0, 0, num_not_power, false},
    {"DRV-MMIO-015", 2, START_LIVE, 0, 0, num_while_ready, false},
    {"DRV-MMIO-039", 2, START_FEAT, 0, 0, ready_unprogrammed, true},
    {"DRV-MMIO-027", 2, START_FEAT, 0, 0, ready_missing_half, false},
    {"DRV-MMIO-038", 2, START_MEM, 0, 0, not_zeroed, false},
    {"DRV-SPLIT-028", 2, START_MEM, 0, 0, used_flags_set, true},
    {"DRV-SPLIT-017", 2, START_MEM, 0, 0, avail_idx_set, true},
    {"DRV-SPLIT-001", 2, START_MEM, 0, 0, misaligned_ring, true},
    {"DRV-SPLIT-003", 2, START_MEM, 0, 0, unmapped_ring, false},
    {"DRV-MMIO-017", 2, START_LIVE, 0, 0, not_read_back_before_again, true},
    {"DRV-MMIO-017", 2, START_LIVE, 0, 0, stop_and_free, false},
    {"DRV-CORE-055", 2, START_LIVE, 0, 0, queue_reset_unagreed, false},
    {"DRV-MMIO-021", 2, START_LIVE, HB(40), HB(40), queue_reset_free, false},
    {"DRV-CORE-020", 2, START_LIVE, HB(40), HB(40), queue_reset_again, false},
    {"DRV-CORE-022", 2, START_LIVE, HB(40), HB(40), queue_reset_half_set_up, false},
    {"DRV-LMMIO-002", 1, START_FEAT, 0, 0, legacy_no_page_size, false},
    {"DRV-LMMIO-002", 1, START_FEAT, 0, 0, legacy_bad_page_size, false},
    {"DRV-LMMIO-003", 1, START_FEAT, 0, 0, no_queue_sel, false},
    {"DRV-LMMIO-004", 1, START_FEAT, 0, 0, legacy_num_before_pfn, false},
    {"DRV-LMMIO-005", 1, START_LIVE, 0, 0, legacy_max_in_use, false},
    {"DRV-LMMIO-006", 1, START_FEAT, 0, 0, legacy_over_max, false},
    {"DRV-LMMIO-007", 1, START_FEAT, 0, 0, legacy_no_align, false},
    {"DRV-LMMIO-008", 1, START_MEM, 0, 0, not_zeroed, false},
    {"DRV-LMMIO-009", 1, START_FEAT, 0, 0, legacy_no_num, false},
    {"DRV-LMMIO-009", 1, START_FEAT, 0, 0, legacy_not_ram, true},
    {"DRV-LMMIO-011", 1, START_FEAT, 0, 0, legacy_high, true},
    {"DRV-LMMIO-012", 1, START_FEAT, 0, 0, legacy_v2_register, false},
    {"DRV-LMMIO-014", 1, START_LIVE, 0, 0, kick_wrong_queue, false},
    {"DRV-LEG-007", 1, START_FEAT, 0, 0, legacy_num_before_max, false},
    {"DRV-LEG-008", 1, START_MEM, 0, 0, legacy_footprint, true},
    {"DRV-CORE-034", 2, START_FEAT, 0, 0, kick_early, true},
    {"DRV-MMIO-040", 2, START_LIVE, 0, 0, kick_wrong_queue, false},
    {"DRV-CORE-024", 2, START_LIVE, 0, 0, kick_high_bits, true},
    {"DRV-CORE-023", 2, START_LIVE, HB(38), HB(38), kick_wrong_data, false},
    {"DRV-CORE-025", 2, START_LIVE, HB(38), HB(38), kick_repeated_data, false},
    {"DRV-SPLIT-030", 2, START_LIVE, 0, 0, kick_unwanted, false},
    {"DRV-SPLIT-034", 2, START_LIVE, HB(29), HB(29), kick_unwanted, false},
    {"DRV-SPLIT-031", 2, START_LIVE, 0, 0, kick_missing, false},
    {"DRV-SPLIT-033", 2, START_LIVE, HB(29), HB(29), kick_missing, false},
    {"DRV-SPLIT-040", 2, START_LIVE, 0, 0, no_write_barrier, false},
    {"DRV-SPLIT-041", 2, START_LIVE, 0, 0, no_full_barrier, false},
    {"DRV-SPLIT-018", 2, START_LIVE, 0, 0, idx_backwards, false},
    {"DRV-SPLIT-019", 2, START_LIVE, 0, 0, avail_flags, false},
    {"DRV-SPLIT-021", 2, START_LIVE, HB(29), HB(29), avail_flags, false},
    {"DRV-SPLIT-038", 2, START_LIVE, 0, 0, head_out_of_range, false},
    {"DRV-SPLIT-037", 2, START_LIVE, 0, 0, next_out_of_range, false},
    {"DRV-SPLIT-009", 2, START_LIVE, 0, 0, chain_loops, false},
    {"DRV-SPLIT-009", 2, START_LIVE, 0, 0, chain_4g, true},
    {"DRV-SPLIT-005", 2, START_LIVE, 0, 0, readable_after_writable, false},
    {"DRV-SPLIT-037", 2, START_LIVE, 0, 0, outstanding_reused, true},
    {"DRV-CORE-036", 2, START_LIVE, 0, 0, changed_while_outstanding, false},
    {"DRV-SPLIT-011", 2, START_LIVE, 0, 0, indirect_unagreed, false},
    {"DRV-SPLIT-014", 2, START_LIVE, HB(28), HB(28), indirect_with_next, false},
    {"DRV-SPLIT-016", 2, START_LIVE, HB(28), HB(28), indirect_length, false},
    {"DRV-SPLIT-012", 2, START_LIVE, HB(28), HB(28), indirect_nested, false},
    {"DRV-SPLIT-013", 2, START_LIVE, HB(28), HB(28), indirect_too_long, false},
    {"DRV-SPLIT-013", 2, START_LIVE, HB(28), HB(28), mixed_too_long, false},
    {"DRV-CORE-048", 2, START_LIVE, 0, 0, not_ram, true},
    {"DRV-SPLIT-007", 2, START_LIVE, HB(35), HB(35), in_order_head, true},
    {"DRV-SPLIT-010", 2, START_LIVE, HB(35), HB(35), in_order_next, true},
    {"DRV-SPLIT-015", 2, START_LIVE, HB(35) | HB(28), HB(35) | HB(28), in_order_table, true},
    {"DRV-MMIO-042", 2, START_LIVE, 0, 0, isr_not_read, true},
    {"DRV-MMIO-044", 2, START_LIVE, 0, 0, isr_not_acked, false},
};
const size_t breach_queue_count = sizeof(breach_queue) / sizeof(breach_queue[0]);
