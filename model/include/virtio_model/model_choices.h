/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enumerates every sequence of bounded choices that a run makes:
 *
 *     model_choices_begin(&c, max_depth);
 *     do {
 *         run();                       // calls model_choose(&c, n) wherever it has n ways to go on
 *     } while (model_choices_next(&c));
 *
 * Depth-first, odometer order; the run must be deterministic but for the choices. Choices beyond
 * max_depth answer 0 and set `truncated`. The struct is the caller's; nothing is allocated.
 */
#ifndef VIRTIO_MODEL_CHOICES_H
#define VIRTIO_MODEL_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_CHOICES_MAX 64u

struct model_choices {
    uint8_t pick[MODEL_CHOICES_MAX];  /* the choice taken at each depth */
    uint8_t bound[MODEL_CHOICES_MAX]; /* how many there were */
    unsigned depth;                   /* choices made in this run */
    unsigned fixed;                   /* leading choices given by the odometer */
    unsigned max_depth;
    bool frozen;    /* from here on every choice is 0 and none is recorded */
    bool truncated; /* some run asked for more than max_depth choices */
};

/* max_depth is clamped to MODEL_CHOICES_MAX. */
void model_choices_begin(struct model_choices *c, unsigned max_depth);
/* One of 0..n-1. n is clamped to 1..255; with n < 2 nothing is recorded. */
unsigned model_choose(struct model_choices *c, unsigned n);
/* Ends the enumeration within this run: what follows (a recovery, a tear-down) is not varied. */
void model_choices_freeze(struct model_choices *c);
/* Prepares the next run; false when every sequence has been run. */
bool model_choices_next(struct model_choices *c);

/* The path of the run as text "0.2.1" (empty path: "-") for replay ids, and back. to_text returns
 * the length written or -ENOSPC; from_text returns 0 or -EINVAL, and gives a single run. */
int model_choices_to_text(const struct model_choices *c, char *buf, size_t size);
int model_choices_from_text(struct model_choices *c, const char *text);

#endif
