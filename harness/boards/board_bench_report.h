/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a board out of what was measured, and the report of them. */
#ifndef HARNESS_BOARD_BENCH_REPORT_H
#define HARNESS_BOARD_BENCH_REPORT_H

#include "board_bench.h"
#include "board_figures.h"

struct board_bench_figures {
    struct board_cost_table *plain, *watched;
    struct board_figures figures;
};

/* Fills in figures: "<type>:<operation>:instructions" and ":accesses", each per request, frame,
 * event, ..., and "<type>:stack", bytes. 0 or -ENOMEM. */
int board_bench_collect(struct board_bench_figures *b, const struct board *board);
/* In words, beside what is aimed at. firmware: what was measured, or NULL. */
void board_bench_report(const struct board_bench_figures *b, const struct board *board,
                        const char *firmware, FILE *out);

#endif
