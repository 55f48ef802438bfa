/* SPDX-License-Identifier: Apache-2.0 */
/* Consoles: the host holds the other end of every port, and plugs and unplugs ports. */
#include "scn_console.h"
#include "type.h"

#include "mailbox_client.h"
#include "trace.h"

#define CONFIG_EMERG_WR 0x108u /* section 5.3.4 */

static struct virtio_console cons[SCN_DEVICES_MAX];
static struct scn_console_track track[SCN_DEVICES_MAX];
static struct scn_console_env console_env;
static unsigned first_window;

/* ---- what happens at the other side ---- */

static int feed(struct scn_env *env, unsigned i, unsigned port, const void *bytes, uint32_t len)
{
    const struct mailbox_question q = {
        .op = MAILBOX_CONSOLE_FEED, .args = {i, port}, .data = bytes, .data_len = len};

    (void)env;
    return mailbox_ask(&q);
}

static int take(struct scn_env *env, unsigned i, unsigned port, void *bytes, uint32_t len)
{
    const struct mailbox_question q = {.op = MAILBOX_CONSOLE_TAKE, .args = {i, port, len}};
    int took = mailbox_ask(&q);
    const uint8_t *p;
    size_t n = took > 0 ? mailbox_answer(&p) : 0;

    (void)env;
    if (took <= 0) {
        return took;
    }
    n = n < len ? n : len;
    n = n < (size_t)took ? n : (size_t)took;
    memcpy(bytes, p, n);
    return (int)n;
}

static void drop(struct scn_env *env, unsigned i, unsigned port)
{
    const struct mailbox_question q = {.op = MAILBOX_CONSOLE_DROP, .args = {i, port}};

    (void)env;
    (void)mailbox_ask(&q);
}

static void set_open(struct scn_env *env, unsigned i, unsigned port, bool open)
{
    const struct mailbox_question q = {.op = MAILBOX_CONSOLE_SET_OPEN,
                                       .args = {i, port, open ? 1u : 0u}};

    (void)env;
    (void)mailbox_ask(&q);
}

static int add_port(struct scn_env *env, unsigned i, unsigned port, const char *name, bool console)
{
    const struct mailbox_question q = {.op = MAILBOX_CONSOLE_ADD_PORT,
                                       .args = {i, port, console ? 1u : 0u, name != NULL ? 1u : 0u},
                                       .data = name,
                                       .data_len = name != NULL ? strlen(name) : 0};

    (void)env;
    return mailbox_ask(&q);
}

static int remove_port(struct scn_env *env, unsigned i, unsigned port)
{
    const struct mailbox_question q = {.op = MAILBOX_CONSOLE_REMOVE_PORT, .args = {i, port}};

    (void)env;
    return mailbox_ask(&q);
}

static uint32_t emergency(struct scn_env *env, unsigned i, char *buf, uint32_t size)
{
    const struct mailbox_question q = {.op = MAILBOX_CONSOLE_EMERGENCY, .args = {i, size}};
    int count = mailbox_ask(&q);
    const uint8_t *p;
    size_t n;

    (void)env;
    if (count <= 0) {
        return 0;
    }
    n = mailbox_answer(&p);
    memcpy(buf, p, n < size ? n : size);
    return (uint32_t)count;
}

static const struct scn_console_ops ops = {.feed = feed,
                                           .take = take,
                                           .drop = drop,
                                           .emergency = emergency,
                                           .set_open = set_open,
                                           .add_port = add_port,
                                           .remove_port = remove_port};

/* Emergency characters come out where port 0 does: the host has to see each one being written. */
static void around(unsigned window, bool behind)
{
    const struct mailbox_question q = {.op = MAILBOX_CONSOLE_AROUND,
                                       .args = {window - first_window, behind ? 1u : 0u}};

    (void)mailbox_ask(&q);
}

/* ---- the type ---- */

static void attach(struct scn_env *env, const struct scenario *sc)
{
    (void)sc;
    console_env = (struct scn_console_env){&ops, cons, track};
    env->console = &console_env;
    first_window = env->first[SCN_CONSOLE];
    trace_around(CONFIG_EMERG_WR, around);
}

const struct app_type app_console = {
    .name = "console",
    .type = SCN_CONSOLE,
    .device_id = VIRTIO_ID_CONSOLE,
    .scenarios = scn_console_scenarios,
    .num_scenarios = &scn_console_count,
    .attach = attach,
    .recover = scn_console_recover,
};
