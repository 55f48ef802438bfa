/* SPDX-License-Identifier: Apache-2.0 */
/* One scenario on the devices that were found, and its verdict. */
#ifndef FIRMWARE_RUN_H
#define FIRMWARE_RUN_H

#include "args.h"
#include "mailbox.h"
#include "type.h"
#include "windows.h"

struct app_run {
    const struct app_type *type;
    const struct scenario *scenario;
    const struct app_window *windows;
    unsigned num_windows; /* 1..SCN_DEVICES_MAX */
};

/* Runs it, uses the devices once more, and collects what is to be known; the verdict's fields are
 * in CPU order. */
void app_run(const struct app_run *run, const struct app_args *args,
             struct mailbox_verdict *verdict);
/* All is as it has to be. Else `why` (at least APP_WHY_MAX bytes) names what came first. */
#define APP_WHY_MAX 320u
bool app_passed(const struct mailbox_verdict *verdict, char *why);

#endif
