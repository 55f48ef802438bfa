/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware knows of a device type: its scenarios, the driver structs, and what happens at
 * the far side of its devices, which the host does when it is asked (mailbox.h). One file a type.
 */
#ifndef FIRMWARE_TYPE_H
#define FIRMWARE_TYPE_H

#include "scenario.h"

struct app_type {
    const char *name; /* in scenario=<type>:<name> */
    enum scn_type type;
    uint32_t device_id; /* VIRTIO_ID_* */
    const struct scenario *scenarios;
    const unsigned *num_scenarios;
    /* Fills in its part of the environment, whose windows are counted already. */
    void (*attach)(struct scn_env *env, const struct scenario *sc);
    int (*recover)(struct scn_env *env, const struct scenario *sc);
};

extern const struct app_type app_blk, app_net, app_console, app_gpu, app_input;

#endif
