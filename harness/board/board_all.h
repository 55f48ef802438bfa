/* SPDX-License-Identifier: Apache-2.0 */
/* The board with two devices of every type, fixtures/boards/all-devices.dts. */
#ifndef BOARD_ALL_H
#define BOARD_ALL_H

#include "board_dt.h"

/* Read once; what board_dt_read returns. */
int board_all(const struct board_dt **board);

#endif
