/* SPDX-License-Identifier: Apache-2.0 */
/* What only consoles have on QEMU. */
#ifndef HARNESS_REAL_CONSOLE_H
#define HARNESS_REAL_CONSOLE_H

#include "scenario.h"

/* The driver of device i is about to write an emergency character, or has done so. Only for a
 * driver that runs elsewhere: one that runs here is watched. */
void real_console_around_emergency(struct scn_env *env, unsigned i, bool after);

#endif
