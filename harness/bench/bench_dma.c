/* SPDX-License-Identifier: Apache-2.0 */
/* See bench_dma.h. */
#include "bench_dma.h"

#include <stdlib.h>

#define IN_REACH UINT64_MAX /* now */

static struct bench_dma *dma_of(struct host_backend *be)
{
    return (struct bench_dma *)be;
}

/* A place for a new range: that of one which no operation can ask about any more. */
static struct bench_dma_range *place(struct bench_dma *d)
{
    struct bench_dma_range *grown;

    for (size_t i = 0; i < d->num_ranges; i++) {
        if (d->ranges[i].last < d->operation) {
            return &d->ranges[i];
        }
    }
    grown = realloc(d->ranges, (d->num_ranges + 1u) * sizeof(*grown));
    if (grown == NULL) {
        d->failed = true;
        return NULL;
    }
    d->ranges = grown;
    return &d->ranges[d->num_ranges++];
}

static void enter(struct bench_dma *d, const void *ptr, size_t len)
{
    struct bench_dma_range *r = place(d);

    if (r != NULL) {
        *r = (struct bench_dma_range){(uintptr_t)ptr, len, IN_REACH};
    }
}

static void leave(struct bench_dma *d, const void *ptr, size_t len)
{
    for (size_t i = 0; i < d->num_ranges; i++) {
        struct bench_dma_range *r = &d->ranges[i];

        if (r->last == IN_REACH && r->start == (uintptr_t)ptr && r->len == len) {
            r->last = d->operation;
            return;
        }
    }
}

static void *dma_alloc(struct host_backend *be, size_t size, size_t align, uint64_t *dma)
{
    struct bench_dma *d = dma_of(be);
    void *ptr = d->model.dma_alloc(be, size, align, dma);

    if (ptr != NULL) {
        enter(d, ptr, size);
    }
    return ptr;
}

static void dma_free(struct host_backend *be, void *ptr, size_t size, uint64_t dma)
{
    leave(dma_of(be), ptr, size);
    dma_of(be)->model.dma_free(be, ptr, size, dma);
}

static int dma_map(struct host_backend *be, void *buf, size_t len, enum host_dma_dir dir,
                   uint64_t *dma)
{
    struct bench_dma *d = dma_of(be);
    int ret = d->model.dma_map(be, buf, len, dir, dma);

    if (ret == 0) {
        enter(d, buf, len);
    }
    return ret;
}

static void dma_unmap(struct host_backend *be, uint64_t dma, void *buf, size_t len,
                      enum host_dma_dir dir)
{
    leave(dma_of(be), buf, len);
    dma_of(be)->model.dma_unmap(be, dma, buf, len, dir);
}

void bench_dma_use(struct bench_dma *d, struct model_board *board)
{
    model_backend_use(&d->backend, board);
    d->model = d->backend.host;
    d->backend.host.dma_alloc = dma_alloc;
    d->backend.host.dma_free = dma_free;
    d->backend.host.dma_map = dma_map;
    d->backend.host.dma_unmap = dma_unmap;
}

void bench_dma_free(struct bench_dma *d)
{
    free(d->ranges);
    d->ranges = NULL;
    d->num_ranges = 0;
}

void bench_dma_payload(struct bench_dma *d, const void *ptr, size_t len)
{
    uintptr_t start = (uintptr_t)ptr;

    for (size_t i = 0; i < d->num_ranges; i++) {
        const struct bench_dma_range *r = &d->ranges[i];

        if (r->last >= d->operation && start >= r->start && start - r->start <= r->len &&
            len <= r->len - (start - r->start)) {
            return;
        }
    }
    d->copied += len;
}
