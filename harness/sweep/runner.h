/* SPDX-License-Identifier: Apache-2.0 */
/* A runner inside: its board and what is on it (run_setup.c), and the verdict on a run (run.c). */
#ifndef SWEEP_RUNNER_H
#define SWEEP_RUNNER_H

#include <setjmp.h>

#include "model_backend.h"
#include "run.h"

struct runner {
    struct scn_env env; /* first: the environment's calls get it */
    struct model_board *board;
    struct model_backend backend;
    void *state[SCN_TYPES]; /* of the device types, made when first needed */
    /* The devices on the board, in the order of their windows. */
    struct placed {
        const struct sweep_device *type;
        unsigned i; /* which one of its type */
    } placed[SCN_WINDOWS_MAX];
    uint8_t *scratch;
    struct {
        bool (*fn)(void *arg);
        void *arg;
    } irqs[MODEL_MAX_DEVICES];
    jmp_buf runaway;
    enum model_runaway why;
    bool endless;          /* runner_place: no limits but those of a board */
    char expect_text[200]; /* first SCN_EXPECT that did not hold */
};

/* A fresh board with the devices of the spec, the environment ready. 0 or a negative errno value.
 */
int runner_set_up(struct runner *r, const struct run_spec *spec, struct model_choices *choices);

#endif
