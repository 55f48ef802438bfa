/* SPDX-License-Identifier: Apache-2.0 */
/* What the GPU model has to do: answers, pixels, the cursor, events, the order of commands. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hand_gpu.h"

static struct hand h;
static struct hand_gpu g;
static const struct model_board_config lazy = {.schedule = MODEL_SCHED_LAZY};

#define CLEAN() cr_assert_eq(model_violation_count(h.board), 0u, "%s", hand_breaches(&h))
#define OK      0x1100u
#define SIDE    HG_SIDE

static void up(unsigned version)
{
    const struct model_gpu_config cfg = {.dev = {.version = version, .features = HG_EDID}};

    hg_up(&g, &h, &lazy, &cfg, HG_EDID);
    hg_ask(&g);
}

static void down(void)
{
    hg_down(&g);
    CLEAN();
    hand_close(&h);
}

/* ---- questions ---- */

Test(gpu, display_information_of_both_versions)
{
    for (unsigned v = 1; v <= 2; v++) {
        up(v);
        cr_assert_eq(hand_cfg(&h, 8, 4), 1u);
        cr_assert_eq(hand_cfg(&h, 12, 4), 0u);
        cr_assert_eq(hg_display_info(&g), 0x1101u);
        cr_assert_eq(g.used, 408u);
        cr_assert_eq(hg_word(&g, 32), 640u);
        cr_assert_eq(hg_word(&g, 36), 480u);
        cr_assert_eq(hg_word(&g, 40), 1u);
        cr_assert_eq(hg_word(&g, 64), 0u);
        hg_down(&g);
        CLEAN();
    }
    hand_close(&h);
}

Test(gpu, edid_has_the_mode_and_a_checksum)
{
    const struct model_gpu_mode mode = {true, 0, 0, 1366, 768};
    uint8_t sum = 0;

    up(2);
    model_gpu_set_mode(g.gpu, 0, &mode);
    cr_assert_eq(hg_edid(&g, 0), 0x1104u);
    cr_assert_eq(g.used, 1056u);
    cr_assert_eq(hg_word(&g, 24), 128u);
    const uint8_t *edid = g.answer + 32;
    for (unsigned i = 0; i < 128; i++)
        sum = (uint8_t)(sum + edid[i]);
    cr_assert_eq(sum, 0u);
    cr_assert_eq(memcmp(edid, "\0\xff\xff\xff\xff\xff\xff\0", 8), 0);
    cr_assert_eq(edid[56] | (edid[58] & 0xf0u) << 4, 1366u);
    cr_assert_eq(edid[59] | (edid[61] & 0xf0u) << 4, 768u);
    cr_assert_eq(hg_edid(&g, 1), 0x1202u);
    down();
}

Test(gpu, display_event_and_its_acknowledgement)
{
    const struct model_gpu_mode mode = {true, 0, 0, 800, 600};

    for (unsigned v = 1; v <= 2; v++) {
        up(v);
        const unsigned runs = h.handler_runs;
        model_gpu_set_mode(g.gpu, 0, &mode);
        model_delay(h.board, 1000);
        cr_assert_eq(h.handler_runs, runs + 1);
        cr_assert_eq(hand_cfg(&h, 0, 4), 1u);
        model_mmio_write(h.board, model_window_base(0) + 0x104, 4, 1);
        cr_assert_eq(hand_cfg(&h, 0, 4), 0u);
        hg_display_info(&g);
        cr_assert_eq(hg_word(&g, 32), 800u);
        hg_down(&g);
        CLEAN();
    }
    hand_close(&h);
}

/* ---- pixels ---- */

Test(gpu, every_format_shows_its_colours)
{
    static const struct {
        uint32_t code;
        uint8_t r, g, b;
    } format[8] = {{1, 2, 1, 0},  {2, 2, 1, 0},  {3, 1, 2, 3},   {4, 1, 2, 3},
                   {67, 0, 1, 2}, {68, 3, 2, 1}, {121, 3, 2, 1}, {134, 0, 1, 2}};
    const uint8_t *p;
    uint32_t w, height;

    up(2);
    for (uint32_t f = 0; f < 8; f++) {
        cr_assert_eq(hg_create(&g, f + 1, format[f].code, SIDE, SIDE), OK);
        cr_assert_eq(hg_attach(&g, f + 1, g.backing_gpa, HG_BYTES), OK);
        cr_assert_eq(hg_scanout(&g, 0, f + 1, 0, 0, SIDE, SIDE), OK);
        cr_assert_eq(hg_transfer(&g, f + 1, 0, 0, SIDE, SIDE, 0), OK);
        cr_assert_eq(hg_flush(&g, f + 1, 0, 0, SIDE, SIDE), OK);
        cr_assert(model_gpu_scanout(g.gpu, 0, &p, &w, &height));
        cr_assert_eq(w, SIDE);
        for (unsigned i = 0; i < SIDE * SIDE; i++) {
            const uint8_t *px = g.backing + 4 * (size_t)i;
            const uint8_t want[4] = {px[format[f].r], px[format[f].g], px[format[f].b], 255};
            cr_assert_eq(memcmp(p + 4 * (size_t)i, want, 4), 0, "format %u pixel %u",
                         format[f].code, i);
        }
    }
    cr_assert_eq(model_gpu_resources(g.gpu), 8u);
    down();
}

static bool same(const uint8_t *p, uint32_t width, uint32_t x, uint32_t y, uint32_t bx, uint32_t by)
{
    const uint8_t *want = g.backing + 4 * ((size_t)by * SIDE + bx);
    const uint8_t *got = p + 4 * ((size_t)y * width + x);

    return got[0] == want[2] && got[1] == want[1] && got[2] == want[0] && got[3] == 255;
}

Test(gpu, only_what_was_flushed_is_seen)
{
    const uint8_t *p;
    uint32_t w, height;

    up(2);
    hg_make(&g, 5);
    cr_assert_eq(hg_scanout(&g, 0, 5, 8, 16, 32, 24), OK);
    cr_assert(model_gpu_scanout(g.gpu, 0, &p, &w, &height));
    cr_assert_eq(w, 32u);
    cr_assert_eq(height, 24u);
    cr_assert_eq(p[0] | p[1] | p[2], 0);
    cr_assert_eq(hg_transfer(&g, 5, 4, 12, 20, 20, 4 * (12 * SIDE + 4)), OK);
    model_gpu_scanout(g.gpu, 0, &p, &w, &height);
    cr_assert_eq(p[0] | p[1] | p[2], 0);
    cr_assert_eq(hg_flush(&g, 5, 4, 12, 20, 20), OK);
    model_gpu_scanout(g.gpu, 0, &p, &w, &height);
    cr_assert(same(p, w, 0, 0, 8, 16));
    cr_assert(same(p, w, 15, 15, 23, 31));
    cr_assert_eq(p[4 * 16] | p[4 * 16 + 1] | p[4 * 16 + 2], 0);
    g.backing[4 * (16 * SIDE + 8)] ^= 0xff; /* what is drawn afterwards is not seen */
    model_gpu_scanout(g.gpu, 0, &p, &w, &height);
    cr_assert_not(same(p, w, 0, 0, 8, 16));
    cr_assert_eq(hg_scanout(&g, 0, 0, 0, 0, 0, 0), OK);
    cr_assert_not(model_gpu_scanout(g.gpu, 0, &p, &w, &height));
    down();
}

/* Backing in pieces whose ends lie in the middle of lines and pixels, listed in a second buffer. */
Test(gpu, backing_of_many_entries)
{
    uint32_t entry[7][4];
    const uint8_t *p;
    uint32_t w, height, at = 0;

    up(2);
    cr_assert_eq(hg_create(&g, 1, HG_BGRX, SIDE, SIDE), OK);
    for (unsigned i = 0; i < 7; i++) {
        const uint64_t gpa = g.backing_gpa + at;
        const uint32_t len = i == 6 ? HG_BYTES - at : 1001 + 500 * i;
        entry[i][0] = (uint32_t)gpa;
        entry[i][1] = (uint32_t)(gpa >> 32);
        entry[i][2] = len;
        entry[i][3] = 0;
        at += len;
    }
    hg_header(&g, 0x106);
    g.request[6] = 1;
    g.request[7] = 7;
    const struct hand_part part[4] = {{g.request, 32, false},
                                      {entry[0], 40, false},
                                      {(uint8_t *)entry[0] + 40, sizeof(entry) - 40, false},
                                      {g.answer, 24, true}};
    hand_queue_put(&g.ctl, part, 4);
    cr_assert_geq(hand_queue_wait(&g.ctl, &g.used), 0);
    cr_assert_eq(hg_word(&g, 0), OK);
    cr_assert_eq(hg_scanout(&g, 0, 1, 0, 0, SIDE, SIDE), OK);
    cr_assert_eq(hg_transfer(&g, 1, 0, 0, SIDE, 32, 0), OK);
    cr_assert_eq(hg_transfer(&g, 1, 0, 32, 63, 32, 4 * 32 * SIDE), OK);
    cr_assert_eq(hg_flush(&g, 1, 0, 0, SIDE, SIDE), OK);
    model_gpu_scanout(g.gpu, 0, &p, &w, &height);
    for (uint32_t i = 0; i < SIDE * SIDE; i++)
        if (i / SIDE < 32 || i % SIDE != 63)
            cr_assert(same(p, w, i % SIDE, i / SIDE, i % SIDE, i / SIDE), "pixel %u", i);
    cr_assert_eq(hg_detach(&g, 1), OK);
    cr_assert_eq(hg_detach(&g, 1), 0x1200u);
    down();
}

Test(gpu, saves_a_picture)
{
    char path[] = "/tmp/model-gpu-XXXXXX";
    char head[16] = {0};
    uint8_t px[3];
    const int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    up(2);
    cr_assert_lt(model_gpu_save(g.gpu, 0, path), 0);
    hg_make(&g, 1);
    hg_scanout(&g, 0, 1, 0, 0, SIDE, SIDE);
    hg_transfer(&g, 1, 0, 0, SIDE, SIDE, 0);
    hg_flush(&g, 1, 0, 0, SIDE, SIDE);
    cr_assert_eq(model_gpu_save(g.gpu, 0, path), 0);
    cr_assert_eq(pread(fd, head, 13, 0), 13);
    cr_assert_str_eq(head, "P6\n64 64\n255\n");
    cr_assert_eq(lseek(fd, 0, SEEK_END), 13 + 3 * SIDE * SIDE);
    cr_assert_eq(pread(fd, px, 3, 13 + 3 * 65), 3);
    cr_assert_eq(px[0], g.backing[4 * 65 + 2]);
    close(fd);
    unlink(path);
    down();
}

/* ---- answers ---- */

Test(gpu, fences_come_back)
{
    up(2);
    hg_create(&g, 1, HG_BGRX, 4, 4);
    cr_assert_eq(hg_word(&g, 4) | hg_word(&g, 8) | hg_word(&g, 12) | hg_word(&g, 16), 0u);
    g.flags = 1;
    g.fence_id = UINT64_C(0xfedcba9876543210);
    hg_header(&g, 0x100);
    g.request[4] = 7;
    cr_assert_eq(hg_send(&g, &g.ctl, 24), 0x1101u);
    cr_assert_eq(hg_word(&g, 4), 1u);
    cr_assert_eq(hg_word(&g, 8), 0x76543211u);
    cr_assert_eq(hg_word(&g, 12), 0xfedcba98u);
    cr_assert_eq(hg_word(&g, 16), 7u);
    cr_assert_eq(hg_word(&g, 20), 0u);
    down();
}

Test(gpu, answers_of_wrong_commands)
{
    const struct model_gpu_config cfg = {.dev = {.version = 2}, .memory_limit = 5 * HG_BYTES / 4};
    struct model_gpu_stats st;

    hg_up(&g, &h, &lazy, &cfg, 0);
    hg_ask(&g);
    cr_assert_eq(hg_make(&g, 1), OK);
    cr_assert_eq(hg_make(&g, 1), 0x1203u);
    cr_assert_eq(hg_create(&g, 0, HG_BGRX, 1, 1), 0x1203u);
    cr_assert_eq(hg_create(&g, 2, 5, 1, 1), 0x1205u);
    cr_assert_eq(hg_create(&g, 2, HG_BGRX, 0, 1), 0x1205u);
    cr_assert_eq(hg_create(&g, 2, HG_BGRX, SIDE, SIDE), 0x1201u);
    cr_assert_eq(hg_create(&g, 2, HG_BGRX, UINT32_MAX, UINT32_MAX), 0x1201u);
    cr_assert_eq(hg_create(&g, 2, HG_BGRX, SIDE / 4, SIDE), OK);
    cr_assert_eq(hg_attach(&g, 1, g.backing_gpa, HG_BYTES), 0x1200u);
    cr_assert_eq(hg_attach(&g, 3, g.backing_gpa, HG_BYTES), 0x1203u);
    cr_assert_eq(hg_scanout(&g, 1, 1, 0, 0, SIDE, SIDE), 0x1202u);
    cr_assert_eq(hg_scanout(&g, 0, 3, 0, 0, SIDE, SIDE), 0x1203u);
    cr_assert_eq(hg_scanout(&g, 0, 1, 1, 0, SIDE, SIDE), 0x1205u);
    cr_assert_eq(hg_scanout(&g, 0, 2, 0, 0, 8, 8), 0x1200u);
    cr_assert_eq(hg_transfer(&g, 1, 0, 0, SIDE, SIDE + 1, 0), 0x1205u);
    cr_assert_eq(hg_transfer(&g, 1, 0, 0, SIDE, SIDE, UINT64_MAX - 3), 0x1205u);
    cr_assert_eq(hg_transfer(&g, 2, 0, 0, 1, 1, 0), 0x1200u);
    cr_assert_eq(hg_flush(&g, 1, UINT32_MAX, 0, 2, 1), 0x1205u);
    cr_assert_eq(hg_flush(&g, 9, 0, 0, 1, 1), 0x1203u);
    cr_assert_eq(hg_edid(&g, 0), 0x1200u);
    cr_assert_eq(hg_command(&g, &g.ctl, 0x200, NULL, 0), 0x1200u);
    cr_assert_eq(g.used, 24u);
    model_gpu_stats(g.gpu, &st);
    cr_assert_eq(st.errors, 20u, "%llu errors", (unsigned long long)st.errors);
    cr_assert_eq(hg_unref(&g, 2), OK);
    cr_assert_eq(hg_unref(&g, 1), OK);
    cr_assert_eq(model_gpu_resources(g.gpu), 0u);
    hg_down(&g);
    hand_close(&h);
}

Test(gpu, unref_and_reset_take_everything_away)
{
    const uint8_t *p;
    uint32_t w, height;

    up(1);
    hg_make(&g, 1);
    hg_scanout(&g, 0, 1, 0, 0, SIDE, SIDE);
    cr_assert_eq(hg_unref(&g, 1), OK);
    cr_assert_not(model_gpu_scanout(g.gpu, 0, &p, &w, &height));
    hg_make(&g, 1);
    hg_scanout(&g, 0, 1, 0, 0, SIDE, SIDE);
    hand_reset(&h);
    cr_assert_eq(model_gpu_resources(g.gpu), 0u);
    cr_assert_not(model_gpu_scanout(g.gpu, 0, &p, &w, &height));
    down();
}

/* ---- cursor ---- */

Test(gpu, cursor_is_loaded_moved_and_hidden)
{
    struct model_gpu_cursor c;
    struct model_gpu_stats st;

    up(2);
    hg_create(&g, 3, 1, SIDE, SIDE);
    hg_attach(&g, 3, g.backing_gpa, HG_BYTES);
    g.flags = 1;
    hg_transfer(&g, 3, 0, 0, SIDE, SIDE, 0);
    g.flags = 0;
    model_gpu_cursor(g.gpu, &c);
    cr_assert(!c.visible && !c.pixels);
    cr_assert_eq(hg_cursor(&g, 0x300, 3, 10, 20), OK);
    model_gpu_cursor(g.gpu, &c);
    cr_assert(c.visible && c.pixels);
    cr_assert_eq(c.x + 100 * c.y + 10000 * c.hot_x + 100000 * c.hot_y, 532010u);
    cr_assert_eq(c.pixels[4 * 77], g.backing[4 * 77 + 2]);
    cr_assert_eq(c.pixels[4 * 77 + 3], g.backing[4 * 77 + 3]);
    cr_assert_eq(hg_cursor(&g, 0x301, 99, 11, 21), OK); /* the resource is not looked at */
    model_gpu_cursor(g.gpu, &c);
    cr_assert(c.visible && c.x == 11 && c.y == 21 && c.resource_id == 3);
    cr_assert_eq(hg_cursor(&g, 0x300, 0, 1, 1), OK);
    model_gpu_cursor(g.gpu, &c);
    cr_assert(!c.visible && !c.pixels);
    g.room = 0; /* no answer wanted */
    hg_cursor(&g, 0x301, 0, 5, 6);
    cr_assert_eq(g.used, 0u);
    model_gpu_cursor(g.gpu, &c);
    cr_assert_eq(c.x, 5u);
    model_gpu_stats(g.gpu, &st);
    cr_assert_eq(st.cursor_updates * 10 + st.cursor_moves, 22u);
    cr_assert_eq(st.fences, 1u);
    down();
}

Test(gpu, qemu_answers_no_cursor_command)
{
    const struct model_gpu_config cfg = {
        .dev = {.version = 2, .profile = MODEL_PROFILE_QEMU},
    };
    struct model_gpu_cursor c;

    hg_up(&g, &h, &lazy, &cfg, 0);
    cr_assert_eq(hg_cursor(&g, 0x301, 0, 9, 9), 0xa5a5a5a5u); /* unwritten: the mapping's poison */
    cr_assert_eq(g.used, 0u);
    model_gpu_cursor(g.gpu, &c);
    cr_assert_eq(c.x, 9u);
    down();
}

/* ---- order ---- */

/* A whole frame without a wait in between, answered in any order. */
Test(gpu, commands_are_carried_out_in_order, .timeout = 60)
{
    static const uint32_t body[5][14] = {
        {0x101, 0, 0, 0, 0, 0, 1, HG_BGRX, SIDE, SIDE},
        {0x106, 0, 0, 0, 0, 0, 1, 1},
        {0x103, 0, 0, 0, 0, 0, 0, 0, SIDE, SIDE, 0, 1},
        {0x105, 0, 0, 0, 0, 0, 0, 0, SIDE, SIDE, 0, 0, 1, 0},
        {0x104, 0, 0, 0, 0, 0, 0, 0, SIDE, SIDE, 1, 0},
    };
    static const uint32_t bytes[5] = {40, 48, 48, 56, 48};
    static uint32_t request[5][14];
    static uint8_t answer[5][24];
    const struct model_gpu_config cfg = {.dev = {.version = 2}};
    const uint8_t *p;
    uint32_t w, height;

    for (unsigned seed = 1; seed <= 200; seed++) {
        const struct model_board_config bc = {.schedule = MODEL_SCHED_RANDOM, .seed = seed};
        hg_up(&g, &h, &bc, &cfg, 0);
        hg_ask(&g);
        memcpy(request, body, sizeof(body));
        memcpy(&request[1][8], &g.backing_gpa, 8);
        request[1][10] = HG_BYTES;
        for (unsigned i = 0; i < 5; i++) {
            const struct hand_part part[2] = {{request[i], bytes[i], false},
                                              {answer[i], sizeof(answer[i]), true}};
            hand_queue_put(&g.ctl, part, 2);
        }
        for (unsigned i = 0; i < 5; i++)
            cr_assert_geq(hand_queue_wait(&g.ctl, NULL), 0);
        for (unsigned i = 0; i < 5; i++)
            cr_assert_eq(answer[i][0] | answer[i][1] << 8, OK, "seed %u command %u", seed, i);
        cr_assert(model_gpu_scanout(g.gpu, 0, &p, &w, &height));
        cr_assert(same(p, w, 63, 63, 63, 63));
        hg_down(&g);
        CLEAN();
    }
    hand_close(&h);
}
