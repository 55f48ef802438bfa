/* SPDX-License-Identifier: Apache-2.0 */
/* What a sweep leaves behind: the matrix for people, JSON and JUnit for machines. */
#ifndef SWEEP_REPORT_H
#define SWEEP_REPORT_H

#include "pool.h"

#define REPORT_FAILURES_MAX 1000u

struct report_failure {
    char id[RUN_ID_MAX];
    char text[RUN_TEXT_MAX];
};

struct report {
    const char *program; /* as the user called it, for replay lines */
    struct report_failure *failures;
    size_t count; /* kept; there may have been more */
};

/* Keeps a failure and prints it with its replay line. */
void report_failed(void *report, const char *id, const char *text);
void report_matrix(const struct pool_result *result);
void report_rules(const struct pool_result *result);
void report_summary(const struct pool_result *result);
/* Both write to FILE.tmp and rename: nothing half-written. runs_file: one record a line, joined
 * into the JSON when not NULL (with a suffix .0 to .jobs-1). 0 or -errno. */
int report_json(const char *path, const struct pool_result *result, const struct report *report,
                const char *runs_file, unsigned jobs);
int report_junit(const char *path, const struct pool_result *result, const struct report *report);
/* Takes away what an interrupted sweep left of its records. */
void report_forget_runs(const char *runs_file, unsigned jobs);
void report_free(struct report *report);

#endif
