/* SPDX-License-Identifier: Apache-2.0 */
/* See board_machine.h. */
#include "board_machine.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_US    UINT64_C(10000000) /* for each answer of QEMU */
#define TEXT_MAX     (256u << 10)
#define ANNOUNCEMENT "mailbox 0x"
#define LAST_WORDS   1000u

/* ---- start ---- */

static int add_arguments(const struct board_machine_config *cfg, struct qemu_args *args)
{
    qemu_args_add(args, "-S"); /* until the far side is connected */
    qemu_args_add(args, "-kernel");
    qemu_args_add(args, "%s", cfg->firmware);
    qemu_args_add(args, "-append");
    qemu_args_add(args, "%s", cfg->bootargs);
    if (cfg->dtb != NULL) {
        qemu_args_add(args, "-dtb");
        qemu_args_add(args, "%s", cfg->dtb);
    }
    if (cfg->args != NULL) {
        int ret = cfg->args(cfg->ctx, args);

        if (ret != 0) {
            return ret;
        }
    }
    return args->failed ? -ENOMEM : 0;
}

static int start_process(struct board_machine *m, const struct board_machine_config *cfg)
{
    struct qemu_args args = {0};
    int ret = add_arguments(cfg, &args);

    if (ret != 0) {
        qemu_message_set(&m->message, "the command line of QEMU: %s", strerror(-ret));
    } else {
        const struct qemu_process_config process = {
            .target = &cfg->board->qemu,
            .machine = cfg->board->machine,
            .ram_bytes = BOARD_RAM_BYTES,
            .console = true,
            .modern = cfg->modern,
            .extra_args = (const char *const *)args.argv,
        };

        ret = qemu_process_start(&m->process, &process, &m->message);
    }
    qemu_args_free(&args);
    return ret;
}

static int connect_ends(struct board_machine *m)
{
    struct qemu_process *p = &m->process;
    char last_words[1400];
    int ret =
        line_accept(&m->console, p->console_listen_fd, p->death_fd, line_now_us() + ANSWER_US);

    /* The answer to its first command shows that the machine is built. */
    ret = ret != 0 ? ret : qmp_open(&m->qmp, p->qmp_listen_fd, p->death_fd, ANSWER_US);
    if (ret == 0) {
        qemu_process_unlink(p);
        return 0;
    }
    if (ret == -EPIPE) {
        (void)qemu_process_wait(p, LAST_WORDS);
    }
    qemu_process_epitaph(p, last_words, sizeof(last_words));
    qemu_message_set(&m->message, "QEMU did not start: %s: %s\n  %s", strerror(-ret), last_words,
                     p->command);
    return ret;
}

int board_machine_start(struct board_machine *m, const struct board_machine_config *cfg)
{
    int ret;

    memset(m, 0, sizeof(*m));
    m->board = cfg->board;
    m->echo = cfg->echo;
    m->real.qmp = &m->qmp;
    m->real.trace = cfg->echo;
    m->qmp.ch.fd = m->console.fd = -1;
    m->process.death_fd = m->process.stderr_fd = -1;
    m->process.qtest_listen_fd = m->process.console_listen_fd = m->process.qmp_listen_fd = -1;
    m->text = malloc(TEXT_MAX);
    ret = m->text != NULL ? start_process(m, cfg) : -ENOMEM;
    if (ret == 0 && m->echo != NULL) {
        (void)fprintf(m->echo, "  %s\n", m->process.command);
    }
    ret = ret != 0 ? ret : connect_ends(m);
    if (ret != 0) {
        board_machine_free(m);
    }
    return ret;
}

int board_machine_go(struct board_machine *m)
{
    int ret = real_machine_qmp(&m->real, NULL, "{\"execute\":\"cont\"}");

    if (ret == -EPIPE) { /* the guest was faster with its end than QEMU with the answer */
        ret = 0;
    }
    if (ret != 0) {
        qemu_message_set(&m->message, "QEMU does not start the guest: %s", strerror(-ret));
    }
    return ret;
}

/* ---- console ---- */

static int find_mailbox(struct board_machine *m, const char *number)
{
    uint64_t at = strtoull(number, NULL, 16);
    uint64_t offset = at - m->board->ram_base;
    char why[160];

    if (at % 8u != 0 || at < m->board->ram_base || offset > BOARD_RAM_BYTES ||
        BOARD_RAM_BYTES - offset < sizeof(struct mailbox)) {
        qemu_message_set(&m->message,
                         "the firmware says that its mailbox is at 0x%" PRIx64
                         ", expected a place in the RAM at 0x%" PRIx64,
                         at, m->board->ram_base);
        return -EINVAL;
    }
    m->mailbox = (struct mailbox *)(void *)((uint8_t *)m->process.ram + offset);
    if (board_mailbox_check(m->mailbox, why, sizeof(why)) != 0) {
        m->mailbox = NULL;
        qemu_message_set(&m->message, "%s at 0x%" PRIx64, why, at);
        return -EINVAL;
    }
    return 0;
}

/* A line is complete: text[line_start .. text_len), ended by a 0 behind it. */
static int on_line(struct board_machine *m)
{
    const char *line = m->text + m->line_start;

    if (m->echo != NULL) {
        (void)fprintf(m->echo, "  | %s\n", line);
    }
    if (m->mailbox == NULL && strncmp(line, ANNOUNCEMENT, strlen(ANNOUNCEMENT)) == 0) {
        return find_mailbox(m, line + strlen(ANNOUNCEMENT) - 2u);
    }
    return 0;
}

/* Room for one more character and the 0 behind it: the older half goes. */
static void make_room(struct board_machine *m)
{
    size_t gone = m->line_start > TEXT_MAX / 2u ? TEXT_MAX / 2u : m->line_start;

    if (m->text_len + 2u <= TEXT_MAX) {
        return;
    }
    gone = gone != 0 ? gone : m->text_len; /* a line without end */
    memmove(m->text, m->text + gone, m->text_len - gone);
    m->text_len -= gone;
    m->line_start = m->line_start >= gone ? m->line_start - gone : 0;
}

static int on_character(struct board_machine *m, char c)
{
    int ret = 0;

    if (c == MAILBOX_BELL || c == '\r' || c == '\0') {
        return 0;
    }
    make_room(m);
    if (c == '\n') {
        m->text[m->text_len] = '\0';
        ret = on_line(m);
    }
    m->text[m->text_len++] = c;
    if (c == '\n') {
        m->line_start = m->text_len;
    }
    return ret;
}

/* Takes what has come. */
static int read_console(struct board_machine *m)
{
    char some[4096];
    ssize_t n = read(m->console.fd, some, sizeof(some));
    int ret = 0;

    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        m->console_ended = true;
    }
    for (ssize_t i = 0; i < n; i++) {
        int one = on_character(m, some[i]);

        ret = ret != 0 ? ret : one;
    }
    return ret;
}

static bool is_asked(const struct board_machine *m)
{
    return m->mailbox != NULL && __atomic_load_n(&m->mailbox->request, __ATOMIC_ACQUIRE) !=
                                     __atomic_load_n(&m->mailbox->reply, __ATOMIC_ACQUIRE);
}

enum board_event board_machine_wait(struct board_machine *m, uint64_t deadline_us)
{
    while (!is_asked(m)) {
        struct pollfd fds[2] = {{.fd = m->console_ended ? -1 : m->console.fd, .events = POLLIN},
                                {.fd = m->process.death_fd, .events = POLLIN}};
        uint64_t now_us = line_now_us();

        if (now_us >= deadline_us) {
            return BOARD_LATE;
        }
        if (poll(fds, 2, (int)((deadline_us - now_us) / 1000u) + 1) < 0) {
            continue; /* a signal */
        }
        if (fds[0].revents != 0) {
            if (read_console(m) != 0) {
                return BOARD_WRONG;
            }
        } else if (fds[1].revents != 0) {
            m->ended = true;
            return BOARD_ENDED;
        }
    }
    return BOARD_ASKED;
}

/* ---- end ---- */

void board_machine_where(struct board_machine *m, char *text, size_t size)
{
    static const char *const names[] = {" pc ", "PC="};
    const char *reply = "";

    text[0] = '\0';
    if (m->process.pid == 0 ||
        real_machine_qmp(&m->real, &reply,
                         "{\"execute\":\"human-monitor-command\",\"arguments\":{"
                         "\"command-line\":\"info registers\"}}") != 0) {
        return;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && text[0] == '\0'; i++) {
        const char *at = strstr(reply, names[i]);

        if (at != NULL) {
            at += strlen(names[i]);
            at += strspn(at, " ");
            (void)snprintf(text, size, "pc %.*s", (int)strcspn(at, " \\"), at);
        }
    }
}

int board_machine_end(struct board_machine *m)
{
    struct qemu_process *p = &m->process;
    /* Between its last descriptor and its exit status lies an instant. */
    if (!qemu_process_wait(p, m->ended ? LAST_WORDS : 0)) {
        qemu_process_kill(p);
        return -ETIMEDOUT;
    }
    return p->status != -1 && WIFEXITED(p->status) ? WEXITSTATUS(p->status) : -EPIPE;
}

void board_machine_print_console(const struct board_machine *m, unsigned lines, FILE *out)
{
    const char *end = m->text + m->text_len;
    const char *from = end;

    while (from > m->text && (from[-1] != '\n' || from == end || lines-- > 1u)) {
        from--;
    }
    while (from < end) {
        const char *newline = memchr(from, '\n', (size_t)(end - from));
        const char *stop = newline != NULL ? newline : end;

        (void)fprintf(out, "  | %.*s\n", (int)(stop - from), from);
        from = stop + 1;
    }
}

void board_machine_free(struct board_machine *m)
{
    if (m->text == NULL) { /* not started */
        return;
    }
    (void)qemu_process_stop(&m->process);
    qmp_close(&m->qmp);
    line_close(&m->console);
    free(m->text);
    m->text = NULL;
    m->mailbox = NULL;
}
