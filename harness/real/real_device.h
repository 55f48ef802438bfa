/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run on QEMU knows of a device type: its scenarios, the ways to start QEMU's device, what
 * is on the other side of it (disk images, a network peer, a character device, ...), and how to
 * judge what is left behind. One table entry a type (real_devices.c), one file a type (real_blk.c,
 * ...).
 */
#ifndef HARNESS_REAL_DEVICE_H
#define HARNESS_REAL_DEVICE_H

#include "real_machine.h"
#include "real_plan.h"

struct real_device {
    const char *name; /* first part of a replay id */
    enum scn_type type;
    const struct scenario *scenarios;
    const unsigned *num_scenarios;
    const struct real_variant *variants;
    unsigned num_variants;

    /* Before QEMU starts: the state of a run, with files in `dir`; its part of the environment,
     * whose windows are counted already. 0, or -errno and a text in `why`. */
    int (*create)(void **state, struct scn_env *env, const struct real_spec *spec, const char *dir,
                  char *why, size_t why_size);
    /* The arguments of QEMU for device i (in window i). 0 or -errno. */
    int (*args)(void *state, struct qemu_args *args, unsigned i);
    /* QEMU runs: connects what has to be. May be NULL. */
    int (*started)(void *state, struct real_machine *m, char *why, size_t why_size);
    int (*recover)(struct scn_env *env, const struct scenario *sc);
    /* QEMU has ended (its files are written back). 0, or a text in `why` that says what is wrong.
     * May be NULL. */
    int (*judge)(void *state, struct scn_env *env, char *why, size_t why_size);
    void (*destroy)(void *state);
};

extern const struct real_device real_blk, real_net, real_console, real_gpu, real_input;
extern const struct real_device *const real_devices[];
extern const unsigned real_device_count;

#define REAL_PROPS_MAX 256u

/* Properties of any virtio-mmio device that a variant adds, with the comma before them. */
const char *real_variant_props(const struct real_spec *spec, char *buf, size_t size);

#endif
