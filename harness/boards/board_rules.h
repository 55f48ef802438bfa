/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties of the driver that QEMU lets pass, checked on the trace of a run (virtio v1.2 section
 * 4.2.2.2). The model checks far more (model/src/rule_rows_*.h); here is what only shows with the
 * interrupt controller of a board.
 */
#ifndef HARNESS_BOARD_RULES_H
#define HARNESS_BOARD_RULES_H

#include "board_mailbox.h"

/* What InterruptStatus said is acknowledged, all of it and nothing else, before it is read again
 * and before the run is over. True: it holds in what is left of the trace; else `why` says where it
 * does not. */
bool board_rules_hold(const struct mailbox *mb, char *why, size_t why_size);

#endif
