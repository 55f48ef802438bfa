/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware asks to happen at the far side of its devices, done by the operations of an
 * environment of this process. The table at the end of mailbox.h is what this implements.
 */
#ifndef HARNESS_BOARD_SERVE_H
#define HARNESS_BOARD_SERVE_H

#include "board_mailbox.h"
#include "scenario.h"

/* Fills result and len of the answer, and data. 0, or -EINVAL and a text in `why`: nobody can have
 * meant that question; its result is -EINVAL then, too. MAILBOX_DONE is not for here. */
int board_serve(struct scn_env *env, const struct board_ask *ask, struct board_answer *answer,
                char *why, size_t why_size);

/* "net.inject" and so on; NULL: there is no such operation. */
const char *board_op_name(uint32_t op);

#endif
