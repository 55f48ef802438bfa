/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU machine with virtio devices. The driver runs here, in this process: the command line, the
 * host port switched over to it, interrupts routed to a function for each window; one such machine
 * is current at a time. Or it runs elsewhere, in the machine itself (harness/boards), and only QMP
 * is left to talk to. Errors are negative errno values; `message` says more.
 */
#ifndef HARNESS_REAL_MACHINE_H
#define HARNESS_REAL_MACHINE_H

#include <stdio.h>

#include "qemu_backend.h"
#include "qmp.h"
#include "scenario.h"

#define REAL_WINDOWS 8u /* of QEMU's riscv virt machine */

struct real_drive {
    const char *path;     /* raw image, or */
    const char *blockdev; /* an option of -blockdev that makes the node d0 (d1, ...) */
    bool read_only;       /* of `path` */
    const char *props;    /* more properties of the virtio-blk device; NULL or "": none */
};

struct real_machine_config {
    bool modern;
    struct real_drive drives[SCN_DEVICES_MAX]; /* drive i goes into window i */
    unsigned num_drives;
    /* Further arguments of QEMU; NULL: none. 0 or a negative errno value. */
    int (*args)(void *ctx, struct qemu_args *args);
    void *ctx;
    FILE *trace; /* command line, driver's log, register accesses; NULL: none */
};

struct real_machine {
    struct qemu_backend *qb; /* the driver runs here; NULL: elsewhere */
    struct qmp *qmp;         /* elsewhere: the conversation with QEMU, whoever started it owns it */
    struct qemu_message message;
    FILE *trace;
    struct {
        bool (*fn)(void *arg);
        void *arg;
    } irqs[REAL_WINDOWS];
};

/* The arguments for a virtio-blk device in window i. 0, or -ENAMETOOLONG for the name of an image.
 */
int real_machine_drive(struct qemu_args *args, const struct real_drive *drive, unsigned i);

/* Starts QEMU and makes it the driver's back end. The machine is the caller's and stays in place
 * until closed; on error nothing is left behind and message.text says why. What qemu_backend_open
 * returns, and -ENAMETOOLONG for the name of an image. */
int real_machine_open(struct real_machine *m, const struct real_machine_config *cfg);

/* False: neither its registers nor its data are within reach; who runs the driver looks at them. */
bool real_machine_driver_is_here(const struct real_machine *m);

/* The interrupt of a window calls fn(arg); NULL disconnects it. */
void real_machine_connect(struct real_machine *m, unsigned window, bool (*fn)(void *arg),
                          void *arg);

/* Sends a QMP command, formatted as by printf, and waits for its reply, the JSON line of which goes
 * into *reply (NULL: not wanted), valid until the next call. What qmp_execute returns, -EMSGSIZE:
 * too long. */
int real_machine_qmp(struct real_machine *m, const char **reply, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Describes window i to the driver. */
struct virtio_window real_machine_window(unsigned i, bool polled);

/* Ends QEMU, which writes back its disks. What qemu_backend_close returns, with message.text. */
int real_machine_close(struct real_machine *m);

/* Name of the register at an offset of the window, "config+4" within the configuration space. */
const char *real_register_name(unsigned offset, char *buf, size_t size);

/* "EIO" for -EIO and so on; a number when there is no name. */
const char *real_error_name(int error);

#endif
