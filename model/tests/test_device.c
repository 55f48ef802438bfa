/* SPDX-License-Identifier: Apache-2.0 */
/* What the device side has to do: register values, suppression, profiles, block semantics. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hand.h"

static struct hand h;
static uint8_t buf[4096];
static const struct model_board_config lazy = {.schedule = MODEL_SCHED_LAZY};
static const struct model_board_config sync_now = {.schedule = MODEL_SCHED_SYNC};

#define CLEAN() cr_assert_eq(model_violation_count(h.board), 0u, "%s", hand_breaches(&h))

static void put16(uint8_t *p, uint16_t v)
{
    memcpy(p, &v, 2);
}

Test(device, reset_values_and_read_back)
{
    for (unsigned v = 1; v <= 2; v++) {
        hand_board(&h, &lazy, v, HB(9));
        hand_up(&h, 0, 16);
        cr_assert_eq(hand_rd(&h, v == 1 ? 0x40 : 0x44), v == 1 ? h.ring_gpa / 4096 : 1);
        cr_assert_eq(hand_rd(&h, 0x0c), 0x554d4551u);
        hand_wr(&h, 0x70, 0);
        cr_assert_eq(hand_rd(&h, 0x70), 0u);
        cr_assert_eq(hand_rd(&h, 0x60), 0u);
        hand_wr(&h, 0x30, 0);
        cr_assert_eq(hand_rd(&h, v == 1 ? 0x40 : 0x44), 0u);
        hand_wr(&h, 0x30, 1);
        cr_assert_eq(hand_rd(&h, 0x34), 0u);
        hand_down(&h);
        CLEAN();
    }
    hand_close(&h);
}

Test(device, asynchronous_reset)
{
    struct model_blk_config cfg = {.dev = {.version = 2, .reset_ns = 100000}};

    hand_board_cfg(&h, &lazy, &cfg);
    hand_up(&h, 0, 16);
    hand_wr(&h, 0x70, 0);
    cr_assert_neq(hand_rd(&h, 0x70), 0u);
    model_delay(h.board, 200000);
    cr_assert_eq(hand_rd(&h, 0x70), 0u);
    hand_down(&h);
    CLEAN();
    hand_close(&h);
}

/* Interrupts wanted or not: flags, used_event, NOTIFY_ON_EMPTY. */
static unsigned interrupts_for_one(unsigned version, uint64_t f, uint16_t flags, int event)
{
    struct model_device_counters c;

    hand_board(&h, &sync_now, version, f);
    hand_up(&h, f, 8);
    put16(h.avail, flags);
    if (event >= 0)
        put16(h.avail + 4 + 16, (uint16_t)event);
    model_irq_mask(h.board);
    hand_submit(&h, 0, 0, 0, buf, 512, true);
    const uint32_t isr = hand_rd(&h, 0x60);
    hand_poll(&h);
    cr_assert(h.req[0].done);
    model_irq_unmask(h.board);
    model_device_counters(h.dev, &c);
    cr_assert_eq(c.irqs, isr & 1);
    cr_assert_eq(c.bytes_written, 513u);
    cr_assert_eq(c.bytes_read, 16u);
    cr_assert_eq(c.chains, 1u);
    hand_down(&h);
    CLEAN();
    return isr & 1;
}

Test(device, used_buffer_notification)
{
    cr_assert_eq(interrupts_for_one(2, 0, 0, -1), 1u);
    cr_assert_eq(interrupts_for_one(2, 0, 1, -1), 0u);
    cr_assert_eq(interrupts_for_one(2, 0, 1, 0), 0u); /* used_event is ignored */
    cr_assert_eq(interrupts_for_one(2, HF_EVENT_IDX, 0, 0), 1u);
    cr_assert_eq(interrupts_for_one(2, HF_EVENT_IDX, 0, 1), 0u);
    cr_assert_eq(interrupts_for_one(2, HF_EVENT_IDX, 0, 0xffff), 0u);
    cr_assert_eq(interrupts_for_one(1, HB(24), 1, -1), 1u); /* NOTIFY_ON_EMPTY */
    cr_assert_eq(interrupts_for_one(1, 0, 1, -1), 0u);
    hand_close(&h);
}

Test(device, qemu_profile)
{
    struct model_blk_config cfg = {
        .dev = {.version = 2, .profile = MODEL_PROFILE_QEMU, .features = HB(40)}};

    hand_board_cfg(&h, &lazy, &cfg);
    hand_identify(&h);
    hand_reset(&h);
    hand_wr(&h, 0x70, 1);
    hand_wr(&h, 0x70, 3);
    hand_wr(&h, 0x70, 0xb); /* without VERSION_1 */
    cr_assert_eq(hand_rd(&h, 0x70), 0xbu);
    cr_assert_eq(model_mmio_read(h.board, model_window_base(0) + 0x60, 2), 0u);
    cr_assert_eq(hand_cfg(&h, 500, 1), 0xffu);
    cr_assert_eq(hand_rd(&h, 0xb0), UINT32_MAX);
    hand_reset(&h);
    hand_negotiate(&h, HB(40));
    hand_queue_memory(&h, 8);
    hand_queue_program(&h);
    hand_driver_ok(&h);
    hand_wr(&h, 0xc0, 1);
    cr_assert_eq(hand_rd(&h, 0xc0), 0u);
    cr_assert_eq(hand_rd(&h, 0x44), 1u); /* not implemented */
    hand_close(&h);
}

Test(device, queue_reset)
{
    hand_board(&h, &sync_now, 2, HB(40));
    hand_up(&h, HB(40), 8);
    hand_submit(&h, 0, 0, 0, buf, 512, true);
    cr_assert(hand_wait(&h, 0, 1000000));
    hand_wr(&h, 0xc0, 1);
    cr_assert_eq(hand_rd(&h, 0xc0), 0u);
    cr_assert_eq(hand_rd(&h, 0x44), 0u);
    memset(h.ring, 0, h.ring_bytes);
    h.avail_idx = h.last_used = 0;
    hand_queue_program(&h);
    hand_submit(&h, 0, 0, 1, buf, 512, true);
    cr_assert(hand_wait(&h, 0, 1000000));
    cr_assert_arr_eq(buf, h.image + 512, 512);
    hand_down(&h);
    CLEAN();
    hand_close(&h);
}

Test(device, strict_refuses_features)
{
    struct model_blk_config cfg = {
        .dev = {.version = 2, .features = HB(9) | HB(6), .features_required = HB(9)}};

    hand_board_cfg(&h, &lazy, &cfg);
    hand_identify(&h);
    hand_reset(&h);
    hand_negotiate(&h, HB(6));
    cr_assert_eq(hand_rd(&h, 0x70), 3u);
    hand_reset(&h);
    hand_negotiate(&h, HB(9));
    cr_assert_eq(hand_rd(&h, 0x70), 0xbu);
    cr_assert_eq(model_device_features(h.dev), HB(9) | HF_VERSION_1);
    hand_down(&h);
    CLEAN();
    hand_close(&h);
}

static void send(uint32_t type, uint64_t sector, uint32_t len, bool in)
{
    hand_submit(&h, 0, type, sector, buf, len, in);
    cr_assert(hand_wait(&h, 0, 1000000));
}

Test(device, block_requests)
{
    const uint64_t f = HB(9) | HB(11) | HB(13) | HB(14) | HB(15) | HB(16);
    struct model_blk_config cfg = {.dev = {.version = 2, .features = f},
                                   .max_discard_sectors = 8,
                                   .max_discard_seg = 1,
                                   .max_write_zeroes_sectors = 8,
                                   .max_write_zeroes_seg = 1,
                                   .max_secure_erase_sectors = 8,
                                   .max_secure_erase_seg = 1,
                                   .writeback = 1,
                                   .pre_eol_info = 1,
                                   .lifetime_a = 2,
                                   .lifetime_b = 3,
                                   .id = "serial"};
    struct model_blk_stats st;

    hand_board_cfg(&h, &sync_now, &cfg);
    hand_up(&h, f, 16);
    memset(buf, 0x77, 512);
    send(1, 5, 512, false);
    cr_assert_eq(h.image[5 * 512], 0x77);
    model_blk_stats(h.blk, &st);
    cr_assert_eq(st.unflushed, 1u);
    send(4, 0, 0, false);
    send(8, 0, 20, true);
    cr_assert_str_eq((char *)buf, "serial");
    cr_assert_eq(h.req[0].used_len, 21u);
    send(10, 0, 6, true);
    cr_assert_eq(buf[0] + 10 * buf[2] + 100 * buf[4], 321);
    memset(buf, 0, 16);
    buf[0] = 5;
    buf[8] = 1;
    send(13, 0, 16, false);
    cr_assert_eq(h.req[0].result, 0);
    cr_assert_eq(h.image[5 * 512 + 511], 0);
    send(11, 0, 16, false);
    cr_assert_neq(h.image[5 * 512], 0);
    send(14, 0, 16, false);
    cr_assert_eq(h.req[0].result, 0);
    send(99, 0, 512, true);
    cr_assert_eq(h.req[0].result, 2);
    cr_assert_eq(hand_cfg(&h, 32, 1), 1u);
    model_mmio_write(h.board, model_window_base(0) + 0x120, 1, 0);
    cr_assert_eq(hand_cfg(&h, 32, 1), 0u);
    model_blk_stats(h.blk, &st);
    cr_assert_eq(st.writes, 1u);
    cr_assert_eq(st.flushes, 1u);
    cr_assert_eq(st.discards + st.write_zeroes + st.secure_erases, 3u);
    cr_assert_eq(st.get_ids + st.lifetimes, 2u);
    cr_assert_eq(st.errors, 1u);
    cr_assert_eq(st.unflushed, 0u);
    hand_down(&h);
    CLEAN();
    hand_close(&h);
}

Test(device, file_image_and_read_only)
{
    char path[] = "/tmp/model-blk-XXXXXX";
    const int fd = mkstemp(path);
    struct model_blk_config cfg = {.dev = {.version = 1}, .path = path};

    cr_assert_geq(fd, 0);
    memset(buf, 0x3c, sizeof(buf));
    cr_assert_eq(write(fd, buf, sizeof(buf)), (ssize_t)sizeof(buf));
    hand_board_cfg(&h, &sync_now, &cfg);
    hand_up(&h, 0, 16);
    cr_assert_eq(hand_cfg(&h, 0, 4), 8u);
    memset(buf, 0, sizeof(buf));
    send(0, 1, 1024, true);
    cr_assert_eq(buf[1023], 0x3c);
    memset(buf, 0x55, 512);
    send(1, 7, 512, false);
    cr_assert_eq(pread(fd, buf + 512, 512, 7 * 512), 512);
    cr_assert_eq(buf[512], 0x55);
    hand_down(&h);
    CLEAN();
    cfg.dev.features = HB(5);
    hand_board_cfg(&h, &sync_now, &cfg);
    hand_up(&h, HB(5), 16);
    send(1, 7, 512, false);
    cr_assert_eq(h.req[0].result, 1);
    cr_assert(hand_only(&h, "DRV-BLK-020"));
    hand_close(&h);
    close(fd);
    unlink(path);
}

static unsigned lines;
static void count_line(void *ctx, const char *line)
{
    (void)ctx;
    cr_assert_null(strchr(line, '\n'));
    lines++;
}

Test(device, trace_counts_events_and_names_registers)
{
    hand_board(&h, &lazy, 2, 0);
    model_trace_to(h.board, count_line, NULL);
    hand_identify(&h);
    model_trace_note(h.board, "a note");
    cr_assert_eq(lines, 4u);
    cr_assert_eq(model_trace_position(h.board), 4u);
    model_trace_to(h.board, NULL, NULL);
    hand_rd(&h, 0);
    cr_assert_eq(lines, 4u);
    cr_assert_eq(model_trace_position(h.board), 5u);
    hand_close(&h);
}
