/* SPDX-License-Identifier: Apache-2.0 */
/* The mailbox in the guest's RAM, byte by byte; images of rings; the board table. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "board_mailbox.h"
#include "board_rings.h"
#include "board_rules.h"
#include "board_table.h"

static struct board_ask ask;
static struct board_answer answer;
static char why[256];

static void set_up(void)
{
    ask.data = calloc(1, MAILBOX_DATA);
    answer.data = calloc(1, MAILBOX_DATA);
    cr_assert(ask.data != NULL && answer.data != NULL);
}

static void tear_down(void)
{
    free(ask.data);
    free(answer.data);
}

TestSuite(board_data, .init = set_up, .fini = tear_down);

/* ---- the mailbox ---- */

/* Bytes as a guest of any kind leaves them, at the places that the contract says. */
static void put(struct mailbox *mb, size_t offset, uint32_t value)
{
    uint8_t *p = (uint8_t *)mb + offset;

    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}

static struct mailbox *mailbox_new(void)
{
    struct mailbox *mb = calloc(1, sizeof(*mb));

    cr_assert(mb != NULL);
    put(mb, 0, MAILBOX_MAGIC);
    put(mb, 4, sizeof(*mb));
    return mb;
}

Test(board_data, questions)
{
    struct mailbox *mb = mailbox_new();

    cr_assert_eq(board_mailbox_check(mb, why, sizeof(why)), 0);
    cr_expect(!board_mailbox_take(mb, &ask));
    put(mb, 8, 0x01020304);  /* request */
    put(mb, 16, 64);         /* op */
    put(mb, 24 + 28, 0xabc); /* args[7] */
    put(mb, 56, 3);          /* data_len */
    memcpy(mb->data, "xyz", 3);
    cr_assert(board_mailbox_take(mb, &ask));
    cr_expect_eq(ask.number, 0x01020304u);
    cr_expect_eq(ask.op, 64u);
    cr_expect_eq(ask.args[7], 0xabcu);
    cr_expect_eq(ask.len, 3u);
    cr_expect_arr_eq(ask.data, "xyz", 3);
    answer.result = -5;
    answer.len = 2;
    memcpy(answer.data, "ok", 2);
    board_mailbox_reply(mb, &ask, &answer);
    cr_expect_arr_eq((uint8_t *)mb + 12, "\x04\x03\x02\x01", 4);
    cr_expect_arr_eq((uint8_t *)mb + 20, "\xfb\xff\xff\xff", 4);
    cr_expect_arr_eq((uint8_t *)mb + 56, "\x02\x00\x00\x00", 4);
    cr_expect_arr_eq(mb->data, "ok", 2);
    cr_expect(!board_mailbox_take(mb, &ask));
    put(mb, 8, 0x01020305);
    put(mb, 56, UINT32_MAX); /* a length that nobody can mean */
    cr_assert(board_mailbox_take(mb, &ask));
    cr_expect_eq(ask.len, MAILBOX_DATA);
    put(mb, 4, 100);
    cr_expect_eq(board_mailbox_check(mb, why, sizeof(why)), -22);
    free(mb);
}

Test(board_data, verdict)
{
    struct mailbox_verdict v;

    memset(ask.data, 0, sizeof(v));
    ask.len = sizeof(v);
    memcpy(ask.data, "\xfb\xff\xff\xff\x92\xff\xff\xff\x01\x00\x00\x00\x02\x00\x00\x00", 16);
    ask.data[20] = 0x0f;               /* status[1] */
    ask.data[36] = 7;                  /* reads */
    ask.data[52] = 9;                  /* free_bytes_peak */
    ask.data[56 + 2u * 512u + 2u] = 3; /* may[1][1] */
    ask.data[56 + 2u * 512u + 3u] = 0x80;
    memset(ask.data + 56 + 4u * 512u, 'e', 256);
    cr_assert(board_verdict_read(&ask, &v));
    cr_expect_eq(v.outcome, -5);
    cr_expect_eq(v.recovery, -110);
    cr_expect_eq(v.failures, 1u);
    cr_expect_eq(v.data_errors, 2u);
    cr_expect_eq(v.status[1], 0x0fu);
    cr_expect_eq(v.reads, 7u);
    cr_expect_eq(v.free_bytes_peak, 9u);
    cr_expect_eq(v.may[1][1], 0x8003u);
    cr_expect_eq(strlen(v.expect), 255u);
    ask.len--;
    cr_expect(!board_verdict_read(&ask, &v), "a verdict that is one byte short was taken");
}

Test(board_data, trace)
{
    struct mailbox *mb = mailbox_new();
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    for (uint32_t n = MAILBOX_TRACE; n < MAILBOX_TRACE + 3u; n++) {
        uint8_t *entry = (uint8_t *)&mb->trace[n % MAILBOX_TRACE];

        memcpy(entry, "\x01\x84\x50\x00\x02\x01\x00\x00", 8);
    }
    mb->trace[1].kind = MAILBOX_INTERRUPT;
    memcpy(&mb->trace[2], "\x00\x01\x09\x01\xff\x00\x00\x00", 8);
    memcpy(&mb->trace[MAILBOX_TRACE - 1u], &mb->trace[0], 8);
    memcpy(&mb->trace[MAILBOX_TRACE - 2u], &mb->trace[0], 8);
    put(mb, 60, MAILBOX_TRACE + 3u); /* trace_count */
    cr_expect_eq(board_trace_count(mb), MAILBOX_TRACE + 3u);
    cr_expect_eq(board_trace_first(mb), 3u);
    board_trace_print(mb, 3, out);
    (void)fclose(out);
    cr_expect_str_eq(text, "    8190  1 W4 QueueNotify        0x102 (3 times)\n"
                           "    8193  1 interrupt\n"
                           "    8194  0 R1 config+9           0xff\n");
    free(text);
    free(mb);
}

/* ---- rules ---- */

/* Whether the rules hold over a trace of 8-byte entries: window, kind, offset, value. */
static bool rules_hold(const char *entries, uint32_t count)
{
    struct mailbox *mb = mailbox_new();
    bool hold;

    memcpy(mb->trace, entries, (size_t)count * 8u);
    put(mb, 60, count); /* trace_count */
    hold = board_rules_hold(mb, why, sizeof(why));
    free(mb);
    return hold;
}

#define READ_STATUS(w, value) w "\x04\x60\x00" value "\x00\x00\x00"
#define ACKNOWLEDGE(w, value) w "\x84\x64\x00" value "\x00\x00\x00"
#define RESET(w)              w "\x84\x70\x00\x00\x00\x00\x00"

Test(board_data, interrupts_are_acknowledged)
{
    cr_expect(rules_hold(READ_STATUS("\x00", "\x00") READ_STATUS("\x00", "\x03")
                             READ_STATUS("\x01", "\x01") ACKNOWLEDGE("\x00", "\x03")
                                 ACKNOWLEDGE("\x01", "\x01") READ_STATUS("\x00", "\x00"),
                         6));
    cr_expect(rules_hold(READ_STATUS("\x00", "\x01") RESET("\x00"), 2));
    cr_expect(!rules_hold(READ_STATUS("\x00", "\x01") READ_STATUS("\x00", "\x01"), 2));
    cr_expect_str_eq(why,
                     "window 0, trace 1: InterruptStatus was 0x1, expected to be acknowledged, "
                     "before InterruptStatus was read again (value 0x1)");
    cr_expect(!rules_hold(READ_STATUS("\x00", "\x03") ACKNOWLEDGE("\x00", "\x01"), 2));
    cr_expect_str_eq(why,
                     "window 0, trace 1: InterruptStatus was 0x3, expected to be acknowledged, "
                     "but another value was written (value 0x1)");
    cr_expect(!rules_hold(READ_STATUS("\x02", "\x02"), 1));
    cr_expect_str_eq(why, "window 2: InterruptStatus was 0x2, expected to be acknowledged, but "
                          "never");
}

/* ---- rings ---- */

static char *text_of_rings(bool modern, bool big_endian, const uint8_t *bytes, size_t len)
{
    struct board_rings *r = calloc(1, sizeof(*r));
    char *text = NULL;
    size_t size = 0;

    cr_assert(r != NULL);
    r->modern = modern;
    r->big_endian = big_endian;
    r->out = open_memstream(&text, &size);
    board_rings_write(r, 1, 0x030, 3); /* QueueSel */
    board_rings_write(r, 1, 0x038, 2); /* QueueNum */
    if (modern) {
        static const unsigned places[3] = {0x80, 0x90, 0xa0};
        static const uint64_t at[3] = {0x40, 0x60, 0x70};

        for (unsigned a = 0; a < 3u; a++) {
            board_rings_write(r, 1, places[a], 0x2000 + at[a]);
            board_rings_write(r, 1, places[a] + 4u, 5);
        }
        board_rings_given_back(r, UINT64_C(0x500002000), bytes, len); /* not yet a ring */
        cr_expect_eq(r->found, 0u);
        board_rings_write(r, 1, 0x044, 1);
    } else {
        board_rings_write(r, 1, 0x028, 4096);
        board_rings_write(r, 1, 0x03c, 64);
        board_rings_write(r, 1, 0x040, 2);
    }
    board_rings_given_back(r, 0x1000, bytes, len); /* something else */
    board_rings_given_back(r, modern ? UINT64_C(0x500002000) : 0x2000, bytes, len);
    cr_expect_eq(r->found, 3u, "%u rings, expected 3", r->found);
    board_rings_given_back(r, modern ? UINT64_C(0x500002000) : 0x2000, bytes, len); /* again */
    cr_expect_eq(r->found, 3u, "%u rings, expected 3", r->found);
    (void)fclose(r->out);
    free(r);
    return text;
}

static const char rings_text[] = "window 1 queue 3 size 2\n"
                                 "  desc[0] len 16 flags 0x1 next 1\n"
                                 "  desc[1] len 258 flags 0x2 next 0\n"
                                 "window 1 queue 3 size 2\n"
                                 "  avail idx 3\n"
                                 "  avail[0] 0\n"
                                 "  avail[1] 1\n"
                                 "window 1 queue 3 size 2\n"
                                 "  used idx 2\n"
                                 "  used[0] id 0 len 17\n"
                                 "  used[1] id 1 len 772\n";

Test(board_data, rings_modern)
{
    static const uint8_t bytes[0x100] = {
        [0x48] = 16, [0x4c] = 1, [0x4e] = 1,  [0x58] = 2, [0x59] = 1, [0x5c] = 2, [0x62] = 3,
        [0x66] = 1,  [0x72] = 2, [0x78] = 17, [0x7c] = 1, [0x80] = 4, [0x81] = 3};
    char *text = text_of_rings(true, true, bytes, sizeof(bytes)); /* modern: little-endian */

    cr_expect_str_eq(text, rings_text);
    free(text);
}

Test(board_data, rings_legacy)
{
    static const uint8_t little[0x100] = {
        [0x08] = 16, [0x0c] = 1, [0x0e] = 1,  [0x18] = 2, [0x19] = 1, [0x1c] = 2, [0x22] = 3,
        [0x26] = 1,  [0x42] = 2, [0x48] = 17, [0x4c] = 1, [0x50] = 4, [0x51] = 3};
    static const uint8_t big[0x100] = {
        [0x0b] = 16, [0x0d] = 1, [0x0f] = 1,  [0x1a] = 1, [0x1b] = 2, [0x1d] = 2, [0x23] = 3,
        [0x27] = 1,  [0x43] = 2, [0x4b] = 17, [0x4f] = 1, [0x52] = 3, [0x53] = 4};
    char *text = text_of_rings(false, false, little, sizeof(little));

    cr_expect_str_eq(text, rings_text);
    free(text);
    text = text_of_rings(false, true, big, sizeof(big));
    cr_expect_str_eq(text, rings_text);
    free(text);
}

Test(board_data, rings_differ)
{
    cr_expect_eq(board_rings_differences("a\nb\n", "a\nb\n", NULL), 0u);
    cr_expect_eq(board_rings_differences("a\nb\n", "a\nc\n", NULL), 1u);
    cr_expect_eq(board_rings_differences("a\nb\n", "a\n", NULL), 1u);
    cr_expect_eq(board_rings_differences("", "a\nb\n", NULL), 2u);
}

/* ---- boards ---- */

Test(board_data, table)
{
    cr_expect_eq(board_find("riscv128"), NULL);
    cr_assert(board_count >= 5u);
    for (unsigned i = 0; i < board_count; i++) {
        cr_expect_eq(board_find(boards[i].name), &boards[i]);
    }
    cr_expect(board_find("aarch64_be")->big_endian);
    cr_expect_eq(board_find("riscv32")->elf_bits, 32);
}
