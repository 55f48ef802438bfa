/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end of QEMU's network devices: a unix datagram socket each, one frame a datagram, and
 * one thread that answers what comes. Linux. Errors are negative errno values.
 */
#ifndef HARNESS_REAL_WIRE_H
#define HARNESS_REAL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#define REAL_WIRES_MAX 2u

/* Wires, begun as all zero. The caller's; in place until real_wires_close. */
struct real_wires {
    struct real_wire {
        struct sockaddr_un here, there; /* our socket's name, QEMU's */
        int fd;
        /* Of the thread, until real_wires_close. */
        uint64_t received, answered, lost; /* frames; lost: QEMU did not take the answer */
    } wires[REAL_WIRES_MAX];
    unsigned count;
    bool loopback; /* every frame comes back, else the peer of model_net_peer.h answers */
    bool running;
    int stop_fd;
    unsigned long thread; /* a pthread_t */
};

/* Makes `count` sockets in the directory. On error the caller closes what is there. -ENAMETOOLONG:
 * the directory's name. */
int real_wires_make(struct real_wires *w, unsigned count, bool loopback, const char *dir);
/* QEMU has made its sockets: from now on frames are answered. */
int real_wires_start(struct real_wires *w);
/* Puts a frame onto a wire. -EAGAIN: QEMU does not take any more at the moment. */
int real_wires_send(struct real_wires *w, unsigned i, const void *frame, size_t len);
/* Ends the thread, closes the sockets; the counts stay. Harmless at any stage, also twice. */
void real_wires_close(struct real_wires *w);

#endif
