/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sweep knows of a device type: its scenarios, the model device that they run on, and how
 * to judge what is left behind. One table entry a type (sweep_devices.c); one file a type
 * (dev_blk.c, dev_net.c, ...) with the code behind it.
 */
#ifndef SWEEP_DEVICE_H
#define SWEEP_DEVICE_H

#include "scenario.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_device.h"
#include "virtio_model/model_fault.h"

struct sweep_device {
    const char *name; /* first part of a replay id */
    enum scn_type type;
    enum model_fault_area area;
    const struct scenario *scenarios;
    const unsigned *num_scenarios;
    uint64_t features;         /* offered by default, beside those of the ring variant */
    uint16_t queue_num_max;    /* where the scenario does not say; 0: the model's own */
    unsigned hostile_variants; /* of CFG-HOSTILE that mean something here: 4 a config field */

    /* Memory that lasts as long as a runner. 0 or -ENOMEM. */
    int (*create)(void **state);
    void (*destroy)(void *state);
    /* Adds device i of the type to the board in `slot` (also its window index), makes its part of
     * the environment ready (drivers zeroed, tracking fresh). `dev` is filled in: version,
     * features, queue_num_max. 0 or a negative errno value. */
    int (*add)(void *state, struct scn_env *env, struct model_board *board,
               const struct model_device_config *dev, const struct scenario *sc, unsigned i,
               unsigned slot);
    /* The fault is gone: undoes what scenario or fault left at the device (pauses, holds, link). */
    void (*calm)(void *state, unsigned i);
    int (*recover)(struct scn_env *env, const struct scenario *sc);
    /* What the device holds against what the scenario believes: the number of differences. `last`:
     * after the recovery, and for the last time; without it the fault has just struck and nothing
     * may be changed. May be NULL. */
    unsigned (*verify)(void *state, struct scn_env *env, unsigned i, bool last);
};

extern const struct sweep_device sweep_blk, sweep_net, sweep_console, sweep_gpu, sweep_input,
    sweep_all;
/* A directory for what people want to look at after a replay (captures, pictures); NULL: none. */
extern const char *sweep_artifacts;

extern const struct sweep_device *const sweep_devices[];
extern const unsigned sweep_device_count;

#endif
