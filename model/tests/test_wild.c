/* SPDX-License-Identifier: Apache-2.0 */
/* A driver gone wild: random registers, ring bytes, frees and faults. The model has to survive. */
#include <criterion/criterion.h>

#include "hand.h"

static struct hand h;
static uint64_t state;

static uint32_t rnd(uint32_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % n;
}

static void wild_step(void)
{
    static uint8_t buf[512];
    uint64_t addr = model_window_base(0) + 4 * rnd(0x60);

    switch (rnd(12)) {
    case 0:
        model_mmio_read(h.board, addr + rnd(3), 1u << rnd(4));
        break;
    case 1:
        model_mmio_write(h.board, addr, 4, rnd(4) ? rnd(300) : rnd(UINT32_MAX));
        break;
    case 2:
        if (h.ring)
            h.ring[rnd(h.ring_bytes)] = (uint8_t)rnd(256);
        break;
    case 3:
        if (h.ring)
            h.avail[2] = (uint8_t)(h.avail[2] + 1 + rnd(2));
        break;
    case 4:
    case 5:
        hand_kick(&h);
        break;
    case 6:
        model_barrier(h.board, (enum model_barrier)rnd(3));
        break;
    case 7:
        model_idle(h.board, model_now_ns(h.board) + rnd(100000));
        break;
    case 8:
        if (h.ring && rnd(20) == 0) {
            model_mem_free(h.board, h.ring, h.ring_bytes);
            h.ring = NULL;
        }
        break;
    case 9:
        if (h.ring)
            hand_submit(&h, rnd(4), rnd(16), rnd(300), buf, 512, rnd(2) != 0);
        break;
    case 10:
        hand_give_up(&h, rnd(4));
        break;
    default:
        if (rnd(30) == 0)
            model_device_need_reset(h.dev);
        if (rnd(30) == 0)
            hand_wr(&h, 0x70, 0);
        break;
    }
}

Test(wild, survives, .timeout = 120)
{
    for (unsigned run = 0; run < 1500; run++) {
        state = run;
        const struct model_board_config bc = {.seed = run, .schedule = (enum model_schedule)rnd(4)};
        const struct model_blk_config cfg = {
            .dev = {.version = 1 + rnd(2),
                    .profile = (enum model_profile)rnd(2),
                    .features = rnd(2) ? UINT64_C(0x1fffffffff) : rnd(UINT32_MAX),
                    .polling = rnd(5) == 0,
                    .in_order = rnd(5) == 0,
                    .reset_ns = rnd(3) ? 0 : 5000},
            .num_queues = 2,
            .max_discard_seg = 2,
            .max_write_zeroes_seg = 2,
            .max_secure_erase_seg = 2,
        };
        const struct model_fault_plan plan = {
            .id = (enum model_fault_id)rnd((uint32_t)model_fault_count() + 1),
            .variant = rnd(5),
            .k = 1 + rnd(4),
            .persistent = rnd(2) != 0};
        hand_board_cfg(&h, &bc, &cfg);
        hand_identify(&h);
        hand_reset(&h);
        hand_negotiate(&h, rnd(2) ? ~UINT64_C(0) & ~HB(17) : HB(29));
        hand_queue_memory(&h, 8u << rnd(3));
        hand_queue_program(&h);
        hand_driver_ok(&h);
        if (rnd(2))
            model_fault_arm(h.board, &plan);
        for (unsigned n = 20 + rnd(150); n > 0; n--)
            wild_step();
        model_board_finish(h.board);
    }
    hand_close(&h);
}
