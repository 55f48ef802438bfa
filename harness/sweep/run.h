/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run: a scenario on a fresh model board with at most one fault, and its verdict. What a run is
 * made of has a text form, the replay id:
 *
 *   blk:modern:split+event_idx:read-4k:U-ID-DUP/0@3+:17
 *   |   |      |               |       |        | | |
 *   |   |      |               |       |        | | schedule: 0 synchronous, 1 lazy, n a random
 *   |   |      |               |       |        | |   one, o<path> and x<path> one of all orders
 *   |   |      |               |       |        | + persistent (from the k-th on)
 *   |   |      |               |       |        k-th opportunity
 *   |   |      |               |       fault / variant, or "none"
 *   device, transport, ring    scenario
 */
#ifndef SWEEP_RUN_H
#define SWEEP_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenario.h"
#include "sweep_device.h"
#include "virtio_model/model_choices.h"
#include "virtio_model/model_fault.h"

struct ring_variant {
    const char *name;
    unsigned transports; /* enum model_fault_transport */
    uint64_t features;
};
extern const struct ring_variant ring_variants[];
extern const unsigned ring_variant_count;

enum run_order { RUN_SEEDED, RUN_ORDERS, RUN_EXHAUSTIVE };

struct run_spec {
    unsigned device; /* index into sweep_devices */
    bool modern;
    unsigned ring;     /* index into ring_variants */
    unsigned scenario; /* index into the device's scenarios */
    struct model_fault_plan fault;
    enum run_order order;
    uint64_t seed;
};

const struct scenario *run_scenario(const struct run_spec *spec);

#define RUN_ID_MAX   160u
#define RUN_TEXT_MAX 512u

struct run_result {
    bool passed;
    bool struck; /* the fault struck at least once */
    int outcome; /* 0 or the scenario's negative errno */
    unsigned breaches;
    uint64_t virtual_ns;
    char text[RUN_TEXT_MAX]; /* why it failed: what was expected, what came */
};

struct runner; /* a board and its disks, reused run after run */

/* Returns 0 or -ENOMEM. The runner is the caller's until runner_free. */
int runner_new(struct runner **out);
void runner_free(struct runner *r);
/* Lines of the trace go to sink until it is NULL again. */
void runner_trace(struct runner *r, void (*sink)(void *ctx, const char *line), void *ctx);
/* choices: for RUN_ORDERS and RUN_EXHAUSTIVE, driven by the caller; else NULL. */
void runner_run(struct runner *r, const struct run_spec *spec, struct model_choices *choices,
                struct run_result *result);
/* Evaluations of rule i of the rule book so far. */
uint64_t runner_rule_checks(const struct runner *r, size_t i);

/* ---- for programs that play by themselves (harness/soak) ---- */
/* A fresh board with the devices of the spec's scenario; nothing is run. 0 or a negative errno. */
int runner_place(struct runner *r, const struct run_spec *spec);
struct scn_env *runner_env(struct runner *r);
struct model_board *runner_board(struct runner *r);
/* The first SCN_EXPECT that did not hold, or NULL. */
const char *runner_expect_text(const struct runner *r);
/* Undoes what was done on the devices' side: pauses, held queues, links that are down. */
void runner_calm(struct runner *r);
/* What the devices hold that they should not; last: for the last time on this board. */
unsigned runner_verify(struct runner *r, bool last);
/* Calls play(ctx); false when it used up the board's steps or virtual time and was cut short. */
bool runner_protect(struct runner *r, void (*play)(void *ctx), void *ctx);

/* Text form; choices give the path of an ordered run. Returns the length. */
int run_id_format(const struct run_spec *spec, const struct model_choices *choices, char *buf,
                  size_t size);
/* Back; choices get the path of an ordered run. On -EINVAL `why` says which part is wrong and what
 * was expected. */
int run_id_parse(const char *text, struct run_spec *spec, struct model_choices *choices, char *why,
                 size_t why_size);

#endif
