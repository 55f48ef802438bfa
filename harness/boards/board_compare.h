/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-board --compare: the driver on the board against the driver in this process, both on
 * QEMU's devices. The same sources must make the same register accesses and leave the same rings
 * behind, whatever the CPU is.
 */
#ifndef HARNESS_BOARD_COMPARE_H
#define HARNESS_BOARD_COMPARE_H

#include "board_run.h"

/* One scenario on both, with files in `dir`; says on stdout what differs. */
void board_compare(const struct board_options *opt, const struct real_spec *spec, const char *dir,
                   struct board_result *result);

#endif
