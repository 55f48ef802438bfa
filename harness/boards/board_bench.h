/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the driver costs on a board: runs of the cost firmware (harness/firmware/bench), one a
 * device type and transport, under QEMU's -icount, where instructions are counted exactly.
 */
#ifndef HARNESS_BOARD_BENCH_H
#define HARNESS_BOARD_BENCH_H

#include "board_modes.h"

#define BENCH_DEVICES 8u  /* at least real_device_count */
#define BENCH_OPS     32u /* of a device type */

/* A line "cost" of the firmware: sums over all its rounds (bench_meter.h there). */
struct board_cost {
    char name[32];
    unsigned units;
    uint64_t call, answer; /* instructions */
    uint32_t reads, writes, stack_bytes;
};
struct board_costs {
    bool ran;
    unsigned count;
    struct board_cost costs[BENCH_OPS];
};
/* By device type (index into real_devices) and transport (1: modern). In memory shared with child
 * processes: board_costs_new, NULL: there is none. */
struct board_cost_table {
    struct board_costs of[BENCH_DEVICES][2];
};
struct board_cost_table *board_costs_new(void);

/* Runs o->firmware, which watches register accesses or does not, for each device type and transport
 * that the selection's filter lets through. A failure is described on stdout. */
enum board_code board_bench_run(const struct board_options *o, const struct board_selection *sel,
                                bool watched, struct board_cost_table *table);

/* virtio-board --bench: its own options, argv[0] being the name of the program. Returns the exit
 * code. */
int board_bench_main(int argc, char **argv);

#endif
