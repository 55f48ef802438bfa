/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU board that runs our firmware: its console, the mailbox in its RAM, QMP. Linux; one thread,
 * which outlives it. Errors are negative errno values; `message` says more.
 */
#ifndef HARNESS_BOARD_MACHINE_H
#define HARNESS_BOARD_MACHINE_H

#include <stdio.h>

#include "board_mailbox.h"
#include "board_table.h"
#include "line_channel.h"
#include "real_machine.h"

struct board_machine_config {
    const struct board *board;
    const char *firmware;
    const char *bootargs;
    const char *dtb; /* in the place of QEMU's own device tree; NULL: that one */
    bool modern;
    int (*args)(void *ctx, struct qemu_args *args); /* the devices; NULL: none */
    void *ctx;
    FILE *echo; /* command line and console as they come; NULL: nowhere */
};

struct board_machine {
    struct real_machine real; /* for the far side of the devices */
    struct qemu_process process;
    struct qmp qmp;
    struct line_channel console;
    const struct board *board;
    struct mailbox *mailbox; /* in the guest's RAM; NULL: not announced */
    struct qemu_message message;
    FILE *echo;
    char *text; /* of the console, without bells; the newest part */
    size_t text_len, line_start;
    bool console_ended, ended;
};

enum board_event {
    BOARD_ASKED, /* a question is in the mailbox */
    BOARD_ENDED, /* QEMU has ended; the console is complete */
    BOARD_LATE,  /* the deadline has come */
    BOARD_WRONG, /* the mailbox is not where the guest says it is, or is none: message.text */
};

/* Starts QEMU, but not the guest: its devices can be connected to when this returns. The machine is
 * the caller's and stays in place until board_machine_free; on error nothing is left behind. */
int board_machine_start(struct board_machine *m, const struct board_machine_config *cfg);

/* Starts the guest. What real_machine_qmp returns. */
int board_machine_go(struct board_machine *m);

/* Waits for something to happen until that time (line_now_us). */
enum board_event board_machine_wait(struct board_machine *m, uint64_t deadline_us);

/* Where the guest's CPU is, in QEMU's words; "" when it does not say. */
void board_machine_where(struct board_machine *m, char *text, size_t size);

/* Ends QEMU, if it has not ended. Its exit status, or -EPIPE: a signal ended it, -ETIMEDOUT: it ran
 * and was killed. The mailbox stays readable. */
int board_machine_end(struct board_machine *m);

/* The last lines of the console. */
void board_machine_print_console(const struct board_machine *m, unsigned lines, FILE *out);

void board_machine_free(struct board_machine *m);

#endif
