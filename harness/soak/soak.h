/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A soak: boards with every type of device, two of each, traffic mixed over all of them, and now
 * and then a fault, a reset or a removal. A board lives for some thousand operations; then all is
 * taken down, and nothing may be left. One seed gives one run; a life is replayed by its seed.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"

struct soak_counts {
    uint64_t operations, lives, faults_armed, faults_struck, errors, resets, replugs;
};

/* One life: `operations` on the board of `seed`, counted into `counts` as they happen. trace: lines
 * of the model's trace go to standard output. Returns true when all was well; else `text` says what
 * was expected and what came. */
bool soak_life(struct runner *r, uint64_t seed, uint32_t operations, struct soak_counts *counts,
               char *text, size_t text_size);

#endif
