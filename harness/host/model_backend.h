/* SPDX-License-Identifier: Apache-2.0 */
/* The host port's back end on a model board. */
#ifndef HARNESS_MODEL_BACKEND_H
#define HARNESS_MODEL_BACKEND_H

#include "host_backend.h"

struct model_board;

struct model_backend {
    struct host_backend host; /* first */
    struct model_board *board;
    uint64_t bounced_bytes;
};

/* Makes `be` current on the board, which stays the caller's. */
void model_backend_use(struct model_backend *be, struct model_board *board);

#endif
