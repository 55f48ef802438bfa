/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures of a board and the budget that they are held to: lines of four fields with tabs between
 * them - board, transport ("-": it does not matter), figure, value - and comments after '#'.
 */
#ifndef HARNESS_BOARD_FIGURES_H
#define HARNESS_BOARD_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define FIGURES_OVER_PERCENT 10.0 /* that a figure may be above its budget */

struct board_figure {
    char board[16], transport[8], name[56];
    double value;
    bool seen; /* of a budget: it was measured */
};
struct board_figures {
    struct board_figure *all;
    size_t count, room;
};

/* 0 or -ENOMEM. */
int board_figures_add(struct board_figures *f, const char *board, const char *transport,
                      const char *name, double value);
/* NULL: there is none. */
struct board_figure *board_figures_find(const struct board_figures *f, const char *board,
                                        const char *transport, const char *name);
/* Adds those of a file ("-": standard input). 0; -errno and a text in `why`, which names the line.
 */
int board_figures_read(struct board_figures *f, const char *path, char *why, size_t why_size);
void board_figures_print(const struct board_figures *f, FILE *out);
void board_figures_free(struct board_figures *f);

/* Compares what was measured on a board with its budget and prints every figure that is more than
 * FIGURES_OVER_PERCENT above it, has none, or has one and was not measured; of the budget, only
 * lines for sizes ("size:") or for all else. How many these are. */
unsigned board_figures_compare(const struct board_figures *measured, struct board_figures *budget,
                               const char *board, bool sizes, FILE *out);

#endif
