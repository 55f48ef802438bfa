/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small QMP client: enough to find a device in QEMU's object tree and to send commands whose
 * replies the caller reads as text (block_resize, input-send-event, screendump, ...). Asynchronous
 * events are skipped. Single-threaded; errors as in qtest_proto.h.
 */
#ifndef HARNESS_QTEST_QMP_H
#define HARNESS_QTEST_QMP_H

#include "line_channel.h"

/* A conversation. Owned by the caller. */
struct qmp {
    struct line_channel ch;
    uint64_t timeout_us; /* for each reply */
    int failed;
};

/* Waits for QEMU on `listen_fd`, then leaves capability negotiation. `death_fd` as for
 * line_accept. `m` is valid for qmp_close even after an error. */
int qmp_open(struct qmp *m, int listen_fd, int death_fd, uint64_t timeout_us);

/* Sends one JSON command without line ends and waits for its reply. `*reply` (may be NULL) is the
 * whole JSON line, valid until the next call. -EREMOTEIO when it is an error reply. */
int qmp_execute(struct qmp *m, const char *json, const char **reply);

/* Name of the first child of type `type` below the QOM path `parent`. 0, -ENOENT, -ENAMETOOLONG. */
int qmp_find_child(struct qmp *m, const char *parent, const char *type, char *name, size_t size);

/* Ends the conversation; harmless when it has ended. */
void qmp_close(struct qmp *m);

#endif
