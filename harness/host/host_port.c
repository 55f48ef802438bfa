/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the host port that are not worth inlining. */
#include "virtio_port.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct host_backend *host_current;

_Noreturn void host_deadlock(const void *lock)
{
    fprintf(stderr, "dead lock: lock %p taken twice\n", lock);
    abort();
}

void virtio_port_log(enum virtio_log_level level, const char *fmt, ...)
{
    char line[256];
    va_list args;

    if (host_current->log == NULL) {
        return;
    }
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    host_current->log(host_current, (int)level, line);
}
