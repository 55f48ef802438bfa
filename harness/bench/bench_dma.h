/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells copies of the driver from hand-over in place: which memory the device could reach is known
 * from the calls of the port (dma_alloc, dma_map). Data that the caller gives or gets in other
 * memory must have been copied by the driver.
 */
#ifndef HARNESS_BENCH_DMA_H
#define HARNESS_BENCH_DMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model_backend.h"

struct bench_dma_range {
    uintptr_t start;
    size_t len;
    uint64_t last; /* operation in which the device could reach it last */
};

struct bench_dma {
    struct model_backend backend; /* first */
    struct host_backend model;    /* what the calls are handed on to */
    struct bench_dma_range *ranges;
    size_t num_ranges;
    uint64_t operation; /* counts them */
    uint64_t copied;    /* bytes, so far */
    bool failed;        /* out of memory: the figure is not to be had */
};

/* Makes the back end current on the board, calls observed. */
void bench_dma_use(struct bench_dma *d, struct model_board *board);
void bench_dma_free(struct bench_dma *d);
/* The data of this operation that the caller handed over or got, piece by piece. */
void bench_dma_payload(struct bench_dma *d, const void *ptr, size_t len);

#endif
