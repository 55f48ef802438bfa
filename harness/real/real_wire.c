/* SPDX-License-Identifier: Apache-2.0 */
/* See real_wire.h. */
#include "real_wire.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "real_files.h"
#include "virtio_model/model_net_peer.h"

#define FRAME_MAX       65600u
#define ETHERTYPE_RARP  0x8035u /* QEMU's own announcements: nobody expects them back */
#define WAIT_FOR_ROOM_S 2
#define WAIT_TO_SEND_MS 200

static int make_wire(struct real_wire *wire, unsigned i, const char *dir)
{
    char name[16];
    int ret;

    (void)snprintf(name, sizeof(name), "peer%u", i);
    ret = real_socket_name(&wire->here, dir, name);
    (void)snprintf(name, sizeof(name), "qemu%u", i);
    ret = ret != 0 ? ret : real_socket_name(&wire->there, dir, name);
    if (ret != 0) {
        return ret;
    }
    wire->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (wire->fd < 0 ||
        bind(wire->fd, (const struct sockaddr *)&wire->here, sizeof(wire->here)) != 0) {
        return -errno;
    }
    return 0;
}

int real_wires_make(struct real_wires *w, unsigned count, bool loopback, const char *dir)
{
    int ret = 0;

    w->loopback = loopback;
    w->stop_fd = eventfd(0, EFD_CLOEXEC);
    for (w->count = 0; w->count < count && w->count < REAL_WIRES_MAX && ret == 0; w->count++) {
        w->wires[w->count].fd = -1;
        ret = make_wire(&w->wires[w->count], w->count, dir);
    }
    return w->stop_fd < 0 ? -ENOMEM : ret;
}

/* ---- the thread ---- */

static size_t answer(const struct real_wires *w, const uint8_t *frame, size_t len, uint8_t *out)
{
    static const struct model_net_peer_config peer; /* all 0: the usual one */

    if (!w->loopback) {
        return model_net_peer_answer(&peer, frame, len, out, FRAME_MAX);
    }
    if (len < 14u || (frame[12] << 8 | frame[13]) == ETHERTYPE_RARP) {
        return 0;
    }
    memcpy(out, frame, len);
    return len;
}

/* False: nobody takes it, or the end has come. */
static bool send_answer(const struct real_wires *w, const struct real_wire *wire,
                        const uint8_t *frame, size_t len)
{
    struct pollfd fds[2] = {{.fd = wire->fd, .events = POLLOUT},
                            {.fd = w->stop_fd, .events = POLLIN}};

    for (;;) {
        if (send(wire->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len) {
            return true;
        }
        if ((errno != EAGAIN && errno != ENOBUFS && errno != EINTR) ||
            poll(fds, 2, WAIT_FOR_ROOM_S * 1000) <= 0 || fds[1].revents != 0) {
            return false;
        }
    }
}

static void serve(const struct real_wires *w, struct real_wire *wire)
{
    static uint8_t frame[FRAME_MAX], out[FRAME_MAX]; /* of the only thread */
    ssize_t len = recv(wire->fd, frame, sizeof(frame), MSG_DONTWAIT);
    size_t out_len;

    if (len <= 0) {
        return;
    }
    wire->received++;
    out_len = answer(w, frame, (size_t)len, out);
    if (out_len == 0) {
        return;
    }
    if (send_answer(w, wire, out, out_len)) {
        wire->answered++;
    } else {
        wire->lost++;
    }
}

static void *serve_all(void *arg)
{
    struct real_wires *w = arg;
    struct pollfd fds[REAL_WIRES_MAX + 1u] = {{.fd = w->stop_fd, .events = POLLIN}};

    for (unsigned i = 0; i < w->count; i++) {
        fds[i + 1u] = (struct pollfd){.fd = w->wires[i].fd, .events = POLLIN};
    }
    while (poll(fds, w->count + 1u, -1) >= 0 || errno == EINTR) {
        if (fds[0].revents != 0) {
            break;
        }
        for (unsigned i = 0; i < w->count; i++) {
            if ((fds[i + 1u].revents & POLLIN) != 0) {
                serve(w, &w->wires[i]);
            } else if (fds[i + 1u].revents != 0) {
                fds[i + 1u].fd = -1; /* QEMU is gone */
            }
        }
    }
    return NULL;
}

/* ---- start and end ---- */

int real_wires_start(struct real_wires *w)
{
    pthread_t thread;
    int ret;

    for (unsigned i = 0; i < w->count; i++) {
        const struct real_wire *wire = &w->wires[i];

        if (connect(wire->fd, (const struct sockaddr *)&wire->there, sizeof(wire->there)) != 0) {
            return -errno;
        }
    }
    ret = pthread_create(&thread, NULL, serve_all, w);
    if (ret == 0) {
        w->thread = thread;
        w->running = true;
    }
    return -ret;
}

int real_wires_send(struct real_wires *w, unsigned i, const void *frame, size_t len)
{
    struct pollfd fd = {.fd = w->wires[i].fd, .events = POLLOUT};

    /* QEMU has its own thread, which may be late; the driver's, which is this one, is not awaited.
     */
    do {
        if (send(fd.fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len) {
            return 0;
        }
        if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR) {
            return -errno;
        }
    } while (poll(&fd, 1, WAIT_TO_SEND_MS) > 0);
    return -EAGAIN;
}

void real_wires_close(struct real_wires *w)
{
    if (w->running) {
        (void)eventfd_write(w->stop_fd, 1);
        (void)pthread_join(w->thread, NULL);
        w->running = false;
    }
    for (unsigned i = 0; i < w->count; i++) {
        if (w->wires[i].fd >= 0) {
            (void)close(w->wires[i].fd);
        }
    }
    if (w->count != 0 && w->stop_fd >= 0) {
        (void)close(w->stop_fd);
    }
    w->count = 0;
}
