/* SPDX-License-Identifier: Apache-2.0 */
/* Outcomes as names and as the set that the fault table speaks of. */
#ifndef SWEEP_OUTCOME_H
#define SWEEP_OUTCOME_H

#include <stddef.h>
#include <stdint.h>

/* 0 or a negative errno value to its enum model_outcome bit; 0 for one that no row can allow. */
uint32_t outcome_bit(int ret);
/* "OK", "EIO", ... */
const char *outcome_name(int ret);
/* "OK or EIO or ETIMEDOUT" */
void outcome_set_text(uint32_t set, char *buf, size_t size);

#endif
