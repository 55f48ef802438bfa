/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines with deadlines over a unix socket; see line_channel.h.
 */
#include "line_channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LINE_FIRST_SIZE 4096u
#define LINE_MAX_SIZE   (1u << 20)
#define SEND_LIMIT_S    10

/* Looks at the socket that often before sleeping on it (about 20 us). QEMU answers a register read
 * in less; going to sleep and being woken takes several times as long: 113,000 reads a second
 * instead of 18,000 on an otherwise idle machine, 40,000 instead of 60,000 on a saturated one. */
#define RECEIVE_SPINS 60u

uint64_t line_now_us(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

int line_listen(const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    int fd;
    int err;

    if (strlen(path) >= sizeof(addr.sun_path))
        return -ENAMETOOLONG;
    memcpy(addr.sun_path, path, strlen(path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1)) {
        err = -errno;
        (void)close(fd);
        return err;
    }
    return fd;
}

/* Number of ready descriptors, 0 at the deadline, or a negative errno. */
static int poll_until(struct pollfd *fds, nfds_t count, uint64_t deadline_us)
{
    for (;;) {
        uint64_t now = line_now_us();
        uint64_t left = deadline_us > now ? deadline_us - now : 0;
        struct timespec ts;
        int n;

        if (left > 3600u * UINT64_C(1000000))
            left = 3600u * UINT64_C(1000000);
        ts.tv_sec = (time_t)(left / 1000000u);
        ts.tv_nsec = (long)(left % 1000000u) * 1000;
        n = ppoll(fds, count, &ts, NULL);
        if (n > 0)
            return n;
        if (n < 0 && errno != EINTR)
            return -errno;
        if (line_now_us() >= deadline_us)
            return 0;
    }
}

int line_accept(struct line_channel *ch, int listen_fd, int death_fd, uint64_t deadline_us)
{
    struct pollfd fds[2] = {{.fd = listen_fd, .events = POLLIN},
                            {.fd = death_fd, .events = POLLIN}};
    struct timeval limit = {.tv_sec = SEND_LIMIT_S};
    int n = poll_until(fds, 2, deadline_us);

    memset(ch, 0, sizeof(*ch));
    ch->fd = -1;
    if (n < 0)
        return n;
    if (n == 0)
        return -ETIMEDOUT;
    if (!fds[0].revents)
        return -EPIPE;
    ch->fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (ch->fd < 0)
        return -errno;
    if (setsockopt(ch->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)))
        return -errno;
    return 0;
}

int line_send(struct line_channel *ch, const char *text, size_t len)
{
    while (len) {
        ssize_t n = send(ch->fd, text, len, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return -ETIMEDOUT;
        if (n < 0)
            return errno == ECONNRESET ? -EPIPE : -errno;
        text += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A complete line from what has arrived, or NULL. */
static char *take_line(struct line_channel *ch)
{
    char *start;
    char *end;

    if (ch->tail == ch->head)
        return NULL;
    start = ch->buf + ch->head;
    end = memchr(start, '\n', ch->tail - ch->head);
    if (!end)
        return NULL;
    ch->head = (size_t)(end - ch->buf) + 1;
    *end = '\0';
    if (end > start && end[-1] == '\r')
        end[-1] = '\0';
    return start;
}

/* Moves the unfinished line to the front and makes space behind it. */
static int make_room(struct line_channel *ch)
{
    size_t size;
    char *buf;

    if (ch->head) {
        memmove(ch->buf, ch->buf + ch->head, ch->tail - ch->head);
        ch->tail -= ch->head;
        ch->head = 0;
    }
    if (ch->tail < ch->size)
        return 0;
    if (ch->size >= LINE_MAX_SIZE)
        return -EPROTO;
    size = ch->size ? ch->size * 2 : LINE_FIRST_SIZE;
    buf = realloc(ch->buf, size);
    if (!buf)
        return -ENOMEM;
    ch->buf = buf;
    ch->size = size;
    return 0;
}

/* Takes what has arrived. 0, -EAGAIN when nothing has, -EPIPE at the end of the stream. */
static int receive_now(struct line_channel *ch)
{
    ssize_t n = recv(ch->fd, ch->buf + ch->tail, ch->size - ch->tail, MSG_DONTWAIT);

    if (n == 0 || (n < 0 && errno == ECONNRESET))
        return -EPIPE;
    if (n < 0)
        return errno == EINTR ? -EAGAIN : -errno;
    ch->tail += (size_t)n;
    return 0;
}

static int receive(struct line_channel *ch, uint64_t deadline_us)
{
    struct pollfd fd = {.fd = ch->fd, .events = POLLIN};
    unsigned spins = deadline_us > 0 ? RECEIVE_SPINS : 1;
    int err = make_room(ch);

    if (err)
        return err;
    for (; spins; spins--) {
        err = receive_now(ch);
        if (err != -EAGAIN)
            return err;
    }
    err = poll_until(&fd, 1, deadline_us);
    if (err <= 0)
        return err ? err : -ETIMEDOUT;
    err = receive_now(ch);
    return err == -EAGAIN ? 0 : err;
}

int line_next(struct line_channel *ch, char **line, uint64_t deadline_us)
{
    for (;;) {
        int err;

        *line = take_line(ch);
        if (*line)
            return 0;
        if (ch->fd < 0)
            return -EPIPE;
        err = receive(ch, deadline_us);
        if (err)
            return err;
    }
}

void line_close(struct line_channel *ch)
{
    if (ch->fd >= 0)
        (void)close(ch->fd);
    free(ch->buf);
    memset(ch, 0, sizeof(*ch));
    ch->fd = -1;
}
