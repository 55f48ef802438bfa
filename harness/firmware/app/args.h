/* SPDX-License-Identifier: Apache-2.0 */
/* The boot arguments of the scenario firmware: words key=value, from /chosen/bootargs. */
#ifndef FIRMWARE_ARGS_H
#define FIRMWARE_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#define ARGS_NAME_MAX 48u

struct app_args {
    char type[ARGS_NAME_MAX];     /* scenario=<type>:<name> */
    char scenario[ARGS_NAME_MAX]; /* its name */
    bool polled;                  /* polled=0|1: no interrupt is connected */
    bool host;                    /* host=0|1: there is a host at the mailbox (default 1) */
    unsigned devices;             /* devices=1..2: 0 when not given */
    uint64_t features_off;        /* off=N: features not to be used */
    uint32_t seed;                /* seed=N */
    uint32_t watchdog_s;          /* watchdog=N: seconds, default 30 */
    unsigned provoke; /* provoke=1: an exception; 2: a hang; tests of the board itself */
};

/* Numbers are decimal, or hexadecimal after 0x. False: a word means nothing, or there is no
 * scenario; a line on the console names it and what was expected. */
bool args_parse(const char *text, struct app_args *args);

#endif
