/* SPDX-License-Identifier: Apache-2.0 */
/* What virtio-board can do; each returns the exit code of the program. */
#ifndef HARNESS_BOARD_MODES_H
#define HARNESS_BOARD_MODES_H

#include "board_run.h"

/* Which runs, and how. */
struct board_selection {
    struct real_filter filter;
    unsigned jobs; /* at a time */
    bool keep;     /* files of the runs */
};

/* The scenarios that the filter selects, on the default variants unless it names some. */
enum board_code board_scenarios(const struct board_options *o, const struct board_selection *sel);

/* One run, by its id without the board. */
enum board_code board_replay(const struct board_options *o, const struct board_selection *sel,
                             const char *id);

/* The board against this process (board_compare.h). */
enum board_code board_compare_all(const struct board_options *o, const struct board_selection *sel);

/* BOARD_PASS, or what is wrong with the QEMU of the board after a message. */
enum board_code board_check_qemu(const struct board *board);

/* Prints a message behind the name of the program. */
void board_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
