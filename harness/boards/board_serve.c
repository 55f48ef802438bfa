/* SPDX-License-Identifier: Apache-2.0 */
/* See board_serve.h. */
#include "board_serve.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "real_console.h"
#include "scn_console.h"
#include "scn_gpu.h"
#include "scn_input.h"
#include "scn_net.h"

#define NAME_MAX_BYTES 63u
#define EVENTS_MAX     8u
#define MALFORMED      INT32_MIN /* the question; no operation returns this */

typedef int32_t serve_fn(struct scn_env *env, const struct board_ask *ask, struct board_bytes *out);

static int32_t hello(struct scn_env *env, const struct board_ask *ask, struct board_bytes *out)
{
    if (ask->args[0] != env->num_windows) {
        return -ENODEV;
    }
    for (unsigned i = 0; i < env->count[SCN_BLK]; i++) {
        board_put(out, 4, env->disks[i].sectors);
    }
    return 0;
}

/* ---- network ---- */

static int32_t net_inject(struct scn_env *env, const struct board_ask *ask, struct board_bytes *out)
{
    (void)out;
    return env->net->ops->inject(env, ask->args[0], ask->args[1], ask->data, ask->len, NULL) ? 1
                                                                                             : 0;
}

static int32_t net_set_link(struct scn_env *env, const struct board_ask *ask,
                            struct board_bytes *out)
{
    (void)out;
    env->net->ops->set_link(env, ask->args[0], ask->args[1] != 0);
    return 0;
}

static int32_t net_ask_announce(struct scn_env *env, const struct board_ask *ask,
                                struct board_bytes *out)
{
    (void)out;
    env->net->ops->ask_announce(env, ask->args[0]);
    return 0;
}

static int32_t net_seen(struct scn_env *env, const struct board_ask *ask, struct board_bytes *out)
{
    struct scn_net_seen seen;

    env->net->ops->seen(env, ask->args[0], &seen);
    board_put(out, 4, seen.promisc ? 1u : 0u);
    board_put(out, 4, seen.allmulti ? 1u : 0u);
    board_put(out, 4, seen.num_unicast);
    board_put(out, 4, seen.num_multicast);
    board_put(out, 4, seen.pairs);
    board_put(out, 4, seen.announces);
    board_put(out, 8, seen.offloads);
    board_put_bytes(out, seen.mac, sizeof(seen.mac));
    board_put(out, 2, 0);
    return 0;
}

/* ---- console ---- */

static int32_t console_feed(struct scn_env *env, const struct board_ask *ask,
                            struct board_bytes *out)
{
    (void)out;
    return env->console->ops->feed(env, ask->args[0], ask->args[1], ask->data, ask->len);
}

static int32_t console_take(struct scn_env *env, const struct board_ask *ask,
                            struct board_bytes *out)
{
    uint32_t len = ask->args[2] < MAILBOX_DATA ? ask->args[2] : MAILBOX_DATA;
    int n = env->console->ops->take(env, ask->args[0], ask->args[1], out->data, len);

    out->at = n > 0 ? (size_t)n : 0;
    return n;
}

static int32_t console_drop(struct scn_env *env, const struct board_ask *ask,
                            struct board_bytes *out)
{
    (void)out;
    env->console->ops->drop(env, ask->args[0], ask->args[1]);
    return 0;
}

static int32_t console_set_open(struct scn_env *env, const struct board_ask *ask,
                                struct board_bytes *out)
{
    (void)out;
    env->console->ops->set_open(env, ask->args[0], ask->args[1], ask->args[2] != 0);
    return 0;
}

static int32_t console_add_port(struct scn_env *env, const struct board_ask *ask,
                                struct board_bytes *out)
{
    char name[NAME_MAX_BYTES + 1u];

    (void)out;
    if (ask->len > NAME_MAX_BYTES) {
        return MALFORMED;
    }
    memcpy(name, ask->data, ask->len);
    name[ask->len] = '\0';
    return env->console->ops->add_port(env, ask->args[0], ask->args[1],
                                       ask->args[3] != 0 ? name : NULL, ask->args[2] != 0);
}

static int32_t console_remove_port(struct scn_env *env, const struct board_ask *ask,
                                   struct board_bytes *out)
{
    (void)out;
    return env->console->ops->remove_port(env, ask->args[0], ask->args[1]);
}

static int32_t console_emergency(struct scn_env *env, const struct board_ask *ask,
                                 struct board_bytes *out)
{
    char last[16] = "";
    uint32_t size = ask->args[1] < sizeof(last) ? ask->args[1] : (uint32_t)sizeof(last);
    uint32_t count = env->console->ops->emergency(env, ask->args[0], last, size);

    board_put_bytes(out, last, count < size ? count : size);
    return (int32_t)count;
}

static int32_t console_around(struct scn_env *env, const struct board_ask *ask,
                              struct board_bytes *out)
{
    (void)out;
    real_console_around_emergency(env, ask->args[0], ask->args[1] != 0);
    return 0;
}

/* ---- gpu ---- */

static int32_t gpu_scanout(struct scn_env *env, const struct board_ask *ask,
                           struct board_bytes *out)
{
    const uint8_t *pixels = NULL;
    uint32_t width = 0;
    uint32_t height = 0;

    if (!env->gpu->ops->scanout(env, ask->args[0], ask->args[1], &pixels, &width, &height)) {
        return 0;
    }
    board_put(out, 4, width);
    board_put(out, 4, height);
    board_put_bytes(out, pixels, (size_t)width * height * 4u);
    return 1;
}

/* ---- input ---- */

static int32_t input_report(struct scn_env *env, const struct board_ask *ask,
                            struct board_bytes *out)
{
    struct virtio_input_event events[EVENTS_MAX];
    struct board_bytes in = {.data = ask->data, .room = ask->len};
    uint32_t n = ask->args[1];

    (void)out;
    if (n > EVENTS_MAX || ask->len != n * MAILBOX_EVENT_BYTES) {
        return MALFORMED;
    }
    for (uint32_t e = 0; e < n; e++) {
        events[e].type = (uint16_t)board_get(&in, 2);
        events[e].code = (uint16_t)board_get(&in, 2);
        events[e].value = (uint32_t)board_get(&in, 4);
    }
    return env->input->ops->report(env, ask->args[0], events, n) ? 1 : 0;
}

/* ---- the table ---- */

static const struct row {
    uint32_t op;
    const char *name;
    enum scn_type type; /* SCN_TYPES: any */
    serve_fn *serve;
} rows[] = {
    {MAILBOX_HELLO, "hello", SCN_TYPES, hello},
    {MAILBOX_NET_INJECT, "net.inject", SCN_NET, net_inject},
    {MAILBOX_NET_SET_LINK, "net.set_link", SCN_NET, net_set_link},
    {MAILBOX_NET_ASK_ANNOUNCE, "net.ask_announce", SCN_NET, net_ask_announce},
    {MAILBOX_NET_SEEN, "net.seen", SCN_NET, net_seen},
    {MAILBOX_CONSOLE_FEED, "console.feed", SCN_CONSOLE, console_feed},
    {MAILBOX_CONSOLE_TAKE, "console.take", SCN_CONSOLE, console_take},
    {MAILBOX_CONSOLE_DROP, "console.drop", SCN_CONSOLE, console_drop},
    {MAILBOX_CONSOLE_SET_OPEN, "console.set_open", SCN_CONSOLE, console_set_open},
    {MAILBOX_CONSOLE_ADD_PORT, "console.add_port", SCN_CONSOLE, console_add_port},
    {MAILBOX_CONSOLE_REMOVE_PORT, "console.remove_port", SCN_CONSOLE, console_remove_port},
    {MAILBOX_CONSOLE_EMERGENCY, "console.emergency", SCN_CONSOLE, console_emergency},
    {MAILBOX_CONSOLE_AROUND, "console.around", SCN_CONSOLE, console_around},
    {MAILBOX_GPU_SCANOUT, "gpu.scanout", SCN_GPU, gpu_scanout},
    {MAILBOX_INPUT_REPORT, "input.report", SCN_INPUT, input_report},
};

static const struct row *find(uint32_t op)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].op == op) {
            return &rows[i];
        }
    }
    return NULL;
}

const char *board_op_name(uint32_t op)
{
    const struct row *row = find(op);

    return row != NULL ? row->name : op == MAILBOX_DONE ? "done" : NULL;
}

int board_serve(struct scn_env *env, const struct board_ask *ask, struct board_answer *answer,
                char *why, size_t why_size)
{
    struct board_bytes out = {.data = answer->data, .room = MAILBOX_DATA};
    const struct row *row = find(ask->op);

    answer->len = 0;
    answer->result = -EINVAL;
    if (row == NULL || (row->type != SCN_TYPES && env->count[row->type] == 0)) {
        (void)snprintf(why, why_size,
                       "mailbox: question %" PRIu32 " asks for operation %" PRIu32
                       "%s%s, expected one of the run's devices",
                       ask->number, ask->op, row != NULL ? " " : "", row != NULL ? row->name : "");
        return -EINVAL;
    }
    if (row->type != SCN_TYPES && ask->args[0] >= env->count[row->type]) {
        (void)snprintf(why, why_size, "mailbox: %s of device %" PRIu32 ", expected one below %u",
                       row->name, ask->args[0], env->count[row->type]);
        return -EINVAL;
    }
    answer->result = row->serve(env, ask, &out);
    if (answer->result == MALFORMED || !board_bytes_fit(&out)) {
        answer->result = -EINVAL;
        (void)snprintf(why, why_size,
                       "mailbox: %s, question %" PRIu32 ", %" PRIu32
                       " bytes: arguments or answer out of range",
                       row->name, ask->number, ask->len);
        return -EINVAL;
    }
    answer->len = (uint32_t)out.at;
    return 0;
}
