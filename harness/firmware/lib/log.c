/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's log on the console. */
#include "virtio_bare.h"

#include "board.h"

void virtio_bare_log(int level, const char *line)
{
    static const char *const names[] = {"error", "warning", "info"}; /* enum virtio_log_level */

    board_printf("%s: %s", level >= 0 && level < 3 ? names[level] : "log", line);
}
