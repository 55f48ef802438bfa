/* SPDX-License-Identifier: Apache-2.0 */
/* What only block devices have on their device side. */
#ifndef SWEEP_DEV_BLK_H
#define SWEEP_DEV_BLK_H

#include "sweep_device.h"

/* `state` is that of sweep_blk, i counts block devices. */
void dev_blk_set_capacity(void *state, unsigned i, uint64_t sectors);

#endif
