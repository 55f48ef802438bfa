/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's end of the mailbox in the guest's RAM (harness/firmware/include/mailbox.h): little-
 * endian there, whatever the guest is, numbers of this machine here. The guest writes it while we
 * look and may write anything: every field is read once and checked before it is used.
 */
#ifndef HARNESS_BOARD_MAILBOX_H
#define HARNESS_BOARD_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mailbox.h"

/* A question as it was when it was taken. */
struct board_ask {
    uint32_t number; /* of the question */
    uint32_t op;     /* enum mailbox_op, mailbox_place */
    uint32_t args[8];
    uint8_t *data; /* MAILBOX_DATA bytes of the caller's, `len` of them filled */
    uint32_t len;
};

/* What goes back. */
struct board_answer {
    int32_t result;
    uint8_t *data; /* MAILBOX_DATA bytes of the caller's */
    uint32_t len;
};

/* 0, or -EINVAL and a text in `why` that says what is wrong with the mailbox. */
int board_mailbox_check(const struct mailbox *mb, char *why, size_t why_size);

/* Takes the question that has no answer yet. False: there is none. */
bool board_mailbox_take(const struct mailbox *mb, struct board_ask *ask);
/* Answers it. */
void board_mailbox_reply(struct mailbox *mb, const struct board_ask *ask,
                         const struct board_answer *answer);

/* Fields of data, in order: a cursor that never leaves the bytes it was begun with. */
struct board_bytes {
    uint8_t *data;
    size_t room;
    size_t at; /* beyond `room`: there was not enough */
};
uint64_t board_get(struct board_bytes *b, unsigned width);
void board_put(struct board_bytes *b, unsigned width, uint64_t value);
void board_put_bytes(struct board_bytes *b, const void *bytes, size_t len);
bool board_bytes_fit(const struct board_bytes *b);

/* MAILBOX_DONE: the verdict in numbers of this machine. False: the data are too short. */
bool board_verdict_read(const struct board_ask *ask, struct mailbox_verdict *out);

/* ---- the trace ---- */

/* Entries ever, and the oldest one that is still there. */
uint32_t board_trace_count(const struct mailbox *mb);
uint32_t board_trace_first(const struct mailbox *mb);
struct mailbox_access board_trace_at(const struct mailbox *mb, uint32_t n);
/* The last of them in words, that many lines: one for those that are the same in a row. */
void board_trace_print(const struct mailbox *mb, uint32_t lines, FILE *out);

#endif
