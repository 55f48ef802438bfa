/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures go to the console, a line each, sums over the measured rounds:
 *
 *   cost <operation> <units> <instructions of the call> <of the answer> <reads> <writes> <stack>
 *
 * stack: bytes below the caller of the driver, the most there ever were.
 */
#ifndef FIRMWARE_BENCH_METER_H
#define FIRMWARE_BENCH_METER_H

#include "bench.h"

/* Finds out what measuring itself costs. Once, first. */
void bench_calibrate(void);
/* Probes the device; a polled one's figures are told as "probe-polled", whose instructions contain
 * waiting. */
int bench_probe(const struct bench_type *type, const struct virtio_window *window);
/* Runs an operation again and again and tells its figures; 0 or a negative errno value after a line
 * on the console. */
int bench_rounds(const struct bench_op *op, const char *suffix);

#endif
