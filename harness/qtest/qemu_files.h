/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names that a QEMU process needs for an instant: a private directory, sockets in it and the
 * file behind the guest's RAM. For qemu_process.c only.
 */
#ifndef HARNESS_QTEST_QEMU_FILES_H
#define HARNESS_QTEST_QEMU_FILES_H

#include "qemu_process.h"

/* Makes directory, RAM file and the listening sockets that are asked for and maps the RAM, into
 * `p`, whose ram_bytes is set. On error the caller undoes what is there with qemu_process_stop. */
int qemu_files_make(struct qemu_process *p, const struct qemu_process_config *cfg,
                    struct qemu_message *msg);

/* Removes the names that still exist. */
void qemu_files_unlink(struct qemu_process *p);

#endif
