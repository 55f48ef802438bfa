/* SPDX-License-Identifier: Apache-2.0 */
/* What the firmware asks, as bytes, and the operations of the far side behind it. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "board_mailbox.h"
#include "board_serve.h"
#include "real_console.h"
#include "scn_console.h"
#include "scn_gpu.h"
#include "scn_input.h"
#include "scn_net.h"

/* ---- a far side that notes what it is asked ---- */

static struct {
    char text[512];
    uint8_t bytes[64];
    uint32_t len;
} said;

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(said.text, sizeof(said.text), fmt, args);
    va_end(args);
}

static bool net_inject(struct scn_env *env, unsigned i, unsigned pair, const void *frame,
                       uint32_t len, const struct virtio_net_offload *offload)
{
    (void)env;
    say("inject %u %u %u %s", i, pair, len, offload == NULL ? "plain" : "offload");
    memcpy(said.bytes, frame, len);
    said.len = len;
    return pair == 0;
}

static void net_set_link(struct scn_env *env, unsigned i, bool up)
{
    (void)env;
    say("set_link %u %d", i, up);
}

static void net_ask_announce(struct scn_env *env, unsigned i)
{
    (void)env;
    say("ask_announce %u", i);
}

static void net_seen(struct scn_env *env, unsigned i, struct scn_net_seen *out)
{
    (void)env;
    say("seen %u", i);
    *out = (struct scn_net_seen){.promisc = true,
                                 .mac = {1, 2, 3, 4, 5, 6},
                                 .num_unicast = 0x11223344u,
                                 .num_multicast = 5,
                                 .pairs = 1,
                                 .announces = 7,
                                 .offloads = UINT64_C(0x8877665544332211)};
}

static const struct scn_net_ops net_ops = {.inject = net_inject,
                                           .set_link = net_set_link,
                                           .ask_announce = net_ask_announce,
                                           .seen = net_seen};

static int con_feed(struct scn_env *env, unsigned i, unsigned port, const void *bytes, uint32_t len)
{
    (void)env;
    say("feed %u %u %u %.*s", i, port, len, (int)len, (const char *)bytes);
    return port == 9 ? -19 : (int)len - 1;
}

static int con_take(struct scn_env *env, unsigned i, unsigned port, void *bytes, uint32_t len)
{
    (void)env;
    say("take %u %u %u", i, port, len);
    memcpy(bytes, "abc", 3);
    return port == 9 ? -19 : 3;
}

static void con_drop(struct scn_env *env, unsigned i, unsigned port)
{
    (void)env;
    say("drop %u %u", i, port);
}

static void con_set_open(struct scn_env *env, unsigned i, unsigned port, bool open)
{
    (void)env;
    say("set_open %u %u %d", i, port, open);
}

static int con_add_port(struct scn_env *env, unsigned i, unsigned port, const char *name,
                        bool console)
{
    (void)env;
    say("add_port %u %u %s %d", i, port, name != NULL ? name : "(none)", console);
    return -22;
}

static int con_remove_port(struct scn_env *env, unsigned i, unsigned port)
{
    (void)env;
    say("remove_port %u %u", i, port);
    return 0;
}

static uint32_t con_emergency(struct scn_env *env, unsigned i, char *buf, uint32_t size)
{
    (void)env;
    say("emergency %u %u", i, size);
    memcpy(buf, "xyz", size < 3u ? size : 3u);
    return 2;
}

static const struct scn_console_ops con_ops = {.feed = con_feed,
                                               .take = con_take,
                                               .drop = con_drop,
                                               .set_open = con_set_open,
                                               .add_port = con_add_port,
                                               .remove_port = con_remove_port,
                                               .emergency = con_emergency};

/* In the place of real_console.c's. */
void real_console_around_emergency(struct scn_env *env, unsigned i, bool after)
{
    (void)env;
    say("around %u %d", i, after);
}

static uint32_t picture_side = 2;

static bool gpu_scanout(struct scn_env *env, unsigned i, unsigned scanout, const uint8_t **pixels,
                        uint32_t *width, uint32_t *height)
{
    static uint8_t picture[2048u * 2048u * 4u];

    (void)env;
    say("scanout %u %u", i, scanout);
    picture[0] = 0x12;
    picture[15] = 0x34;
    *pixels = picture;
    *width = *height = picture_side;
    return scanout == 0;
}

static const struct scn_gpu_ops gpu_ops = {.scanout = gpu_scanout};

static bool input_report(struct scn_env *env, unsigned i, const struct virtio_input_event *events,
                         unsigned n)
{
    (void)env;
    say("report %u %u: %u %u %x, %u %u %x", i, n, events[0].type, events[0].code, events[0].value,
        events[1].type, events[1].code, events[1].value);
    return n == 2;
}

static const struct scn_input_ops input_ops = {.report = input_report};

/* ---- a run of each type ---- */

static struct scn_net_env net = {.ops = &net_ops};
static struct scn_console_env con = {.ops = &con_ops};
static struct scn_gpu_env gpu = {.ops = &gpu_ops};
static struct scn_input_env input = {.ops = &input_ops};
static struct scn_env env;
static struct board_ask ask;
static struct board_answer answer;
static char why[256];

static void set_up(void)
{
    env = (struct scn_env){
        .num_windows = 2, .net = &net, .console = &con, .gpu = &gpu, .input = &input};
    for (unsigned t = 0; t < SCN_TYPES; t++) {
        env.count[t] = 2;
    }
    ask.data = calloc(1, MAILBOX_DATA);
    answer.data = calloc(1, MAILBOX_DATA);
    cr_assert(ask.data != NULL && answer.data != NULL);
}

static void tear_down(void)
{
    free(ask.data);
    free(answer.data);
}

TestSuite(board_serve, .init = set_up, .fini = tear_down);

static int serve(uint32_t op, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3, const char *data)
{
    ask.op = op;
    ask.args[0] = a0;
    ask.args[1] = a1;
    ask.args[2] = a2;
    ask.args[3] = a3;
    ask.len = (uint32_t)strlen(data);
    memcpy(ask.data, data, ask.len);
    said.text[0] = '\0';
    return board_serve(&env, &ask, &answer, why, sizeof(why));
}

static void expect_said(const char *wanted)
{
    cr_expect_str_eq(said.text, wanted, "operation %u: '%s', expected '%s'", ask.op, said.text,
                     wanted);
}

static void expect_answer(int32_t result, uint32_t bytes)
{
    cr_expect_eq(answer.result, result, "operation %u: result %d, expected %d", ask.op,
                 (int)answer.result, (int)result);
    cr_expect_eq(answer.len, bytes, "operation %u: %u bytes, expected %u", ask.op, answer.len,
                 bytes);
}

Test(board_serve, hello)
{
    env.disks[0].sectors = 256;
    env.disks[1].sectors = 0x01020304;
    cr_assert_eq(serve(MAILBOX_HELLO, 2, 0, 0, 0, ""), 0);
    expect_answer(0, 8);
    cr_expect_arr_eq(answer.data, "\x00\x01\x00\x00\x04\x03\x02\x01", 8);
    cr_assert_eq(serve(MAILBOX_HELLO, 1, 0, 0, 0, ""), 0);
    expect_answer(-19, 0);
}

Test(board_serve, net)
{
    static const uint8_t seen[MAILBOX_SEEN_BYTES] = {
        1, 0, 0, 0, 0,    0,    0,    0,    0x44, 0x33, 0x22, 0x11, 5, 0, 0, 0, 1, 0, 0, 0,
        7, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 1, 2, 3, 4, 5, 6, 0, 0};

    cr_assert_eq(serve(MAILBOX_NET_INJECT, 1, 0, 0, 0, "frame"), 0);
    expect_said("inject 1 0 5 plain");
    cr_expect_arr_eq(said.bytes, "frame", 5);
    expect_answer(1, 0);
    cr_assert_eq(serve(MAILBOX_NET_INJECT, 1, 1, 0, 0, ""), 0);
    expect_answer(0, 0);
    cr_assert_eq(serve(MAILBOX_NET_SET_LINK, 0, 1, 0, 0, ""), 0);
    expect_said("set_link 0 1");
    cr_assert_eq(serve(MAILBOX_NET_ASK_ANNOUNCE, 1, 0, 0, 0, ""), 0);
    expect_said("ask_announce 1");
    cr_assert_eq(serve(MAILBOX_NET_SEEN, 1, 0, 0, 0, ""), 0);
    expect_said("seen 1");
    expect_answer(0, MAILBOX_SEEN_BYTES);
    cr_expect_arr_eq(answer.data, seen, sizeof(seen));
}

Test(board_serve, console)
{
    cr_assert_eq(serve(MAILBOX_CONSOLE_FEED, 1, 2, 0, 0, "hello"), 0);
    expect_said("feed 1 2 5 hello");
    expect_answer(4, 0);
    cr_assert_eq(serve(MAILBOX_CONSOLE_FEED, 1, 9, 0, 0, "hello"), 0);
    expect_answer(-19, 0);
    cr_assert_eq(serve(MAILBOX_CONSOLE_TAKE, 0, 3, 100, 0, ""), 0);
    expect_said("take 0 3 100");
    expect_answer(3, 3);
    cr_expect_arr_eq(answer.data, "abc", 3);
    cr_assert_eq(serve(MAILBOX_CONSOLE_TAKE, 0, 9, UINT32_MAX, 0, ""), 0);
    expect_said("take 0 9 2097152");
    expect_answer(-19, 0);
    cr_assert_eq(serve(MAILBOX_CONSOLE_DROP, 1, 4, 0, 0, ""), 0);
    expect_said("drop 1 4");
    cr_assert_eq(serve(MAILBOX_CONSOLE_SET_OPEN, 1, 4, 1, 0, ""), 0);
    expect_said("set_open 1 4 1");
    cr_assert_eq(serve(MAILBOX_CONSOLE_REMOVE_PORT, 0, 5, 0, 0, ""), 0);
    expect_said("remove_port 0 5");
    expect_answer(0, 0);
    cr_assert_eq(serve(MAILBOX_CONSOLE_EMERGENCY, 0, 3, 0, 0, ""), 0);
    expect_said("emergency 0 3");
    expect_answer(2, 2);
    cr_expect_arr_eq(answer.data, "xy", 2);
    cr_assert_eq(serve(MAILBOX_CONSOLE_EMERGENCY, 0, 100, 0, 0, ""), 0);
    expect_said("emergency 0 16");
    cr_assert_eq(serve(MAILBOX_CONSOLE_AROUND, 1, 1, 0, 0, ""), 0);
    expect_said("around 1 1");
}

Test(board_serve, ports)
{
    char long_name[80];

    cr_assert_eq(serve(MAILBOX_CONSOLE_ADD_PORT, 1, 2, 1, 1, "org.test"), 0);
    expect_said("add_port 1 2 org.test 1");
    expect_answer(-22, 0); /* the operation's own answer, no misuse of the mailbox */
    cr_assert_eq(serve(MAILBOX_CONSOLE_ADD_PORT, 1, 2, 0, 0, ""), 0);
    expect_said("add_port 1 2 (none) 0");
    memset(long_name, 'n', sizeof(long_name));
    long_name[64] = '\0';
    cr_expect_eq(serve(MAILBOX_CONSOLE_ADD_PORT, 1, 2, 0, 1, long_name), -22);
    expect_said("");
    cr_expect(strstr(why, "console.add_port") != NULL, "no name of the operation in '%s'", why);
}

Test(board_serve, gpu)
{
    cr_assert_eq(serve(MAILBOX_GPU_SCANOUT, 1, 0, 0, 0, ""), 0);
    expect_said("scanout 1 0");
    expect_answer(1, 8 + 16);
    cr_expect_arr_eq(answer.data, "\x02\x00\x00\x00\x02\x00\x00\x00\x12", 9);
    cr_expect_eq(answer.data[8 + 15], 0x34);
    cr_assert_eq(serve(MAILBOX_GPU_SCANOUT, 0, 1, 0, 0, ""), 0);
    expect_answer(0, 0);
    picture_side = 1024; /* more than the mailbox holds */
    cr_expect_eq(serve(MAILBOX_GPU_SCANOUT, 0, 0, 0, 0, ""), -22);
    expect_answer(-22, 0);
}

Test(board_serve, input)
{
    uint8_t events[16] = {1, 0, 30, 0, 1, 0, 0, 0, 0x02, 0x01, 0x04, 0x03, 0x78, 0x56, 0x34, 0x12};

    ask.op = MAILBOX_INPUT_REPORT;
    ask.args[0] = 1;
    ask.args[1] = 2;
    ask.len = sizeof(events);
    memcpy(ask.data, events, sizeof(events));
    cr_assert_eq(board_serve(&env, &ask, &answer, why, sizeof(why)), 0);
    expect_said("report 1 2: 1 30 1, 258 772 12345678");
    expect_answer(1, 0);
    ask.len--;
    cr_expect_eq(board_serve(&env, &ask, &answer, why, sizeof(why)), -22);
    ask.args[1] = 0x20000002u; /* times 8 it is 16 again */
    ask.len = sizeof(events);
    cr_expect_eq(board_serve(&env, &ask, &answer, why, sizeof(why)), -22);
}

Test(board_serve, nonsense)
{
    cr_expect_eq(serve(12345, 0, 0, 0, 0, ""), -22);
    expect_answer(-22, 0);
    cr_expect(strstr(why, "12345") != NULL, "no number in '%s'", why);
    cr_expect_eq(serve(MAILBOX_NET + 3, 0, 0, 0, 0, ""), -22); /* hold_transmit: not on QEMU */
    cr_expect_eq(serve(MAILBOX_NET_SEEN, 2, 0, 0, 0, ""), -22);
    cr_expect(strstr(why, "below 2") != NULL, "no bound in '%s'", why);
    env.count[SCN_NET] = 0;
    cr_expect_eq(serve(MAILBOX_NET_SEEN, 0, 0, 0, 0, ""), -22);
    expect_said("");
}
