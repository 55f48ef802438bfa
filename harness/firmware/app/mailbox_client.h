/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware's end of the mailbox (mailbox.h): one question at a time, from thread context.
 */
#ifndef FIRMWARE_MAILBOX_CLIENT_H
#define FIRMWARE_MAILBOX_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mailbox.h"

/* How long the host may take for an answer: QEMU's monitor waits for its main loop. */
#define MAILBOX_TIMEOUT_US UINT64_C(10000000)

struct mailbox_question {
    uint32_t op; /* enum mailbox_op, mailbox_place */
    uint32_t args[8];
    const void *data;
    size_t data_len; /* at most MAILBOX_DATA, else -EMSGSIZE */
};

/* Makes the mailbox and says on the console where it is. Without a host nobody is asked: every
 * question has the answer -ENODEV. */
void mailbox_open(bool host);
bool mailbox_has_host(void);
/* The memory that the host sees. */
struct mailbox *mailbox_memory(void);

/*
 * Asks, and sleeps until there is an answer, with interrupts as they are. Returns the answer's
 * result; data with it is good until the next question. No answer in time ends the firmware with
 * BOARD_EXIT_NO_HOST. -EBUSY: asked while another question is under way, by an interrupt handler.
 */
int mailbox_ask(const struct mailbox_question *question);
/* The bytes that came with the answer, and where they are. */
size_t mailbox_answer(const uint8_t **data);
/* The last word, which has no answer. */
void mailbox_tell(const struct mailbox_question *question);

#endif
