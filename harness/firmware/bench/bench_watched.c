/* SPDX-License-Identifier: Apache-2.0 */
/* Register accesses, of the driver that is compiled for the watched port (traced/). */
#include "bench.h"
#include "trace.h"

const bool bench_watches = true;

void bench_watch(struct mailbox *mailbox, const struct virtio_window *window, bool legacy)
{
    trace_begin(mailbox);
    (void)trace_window(window->base, window->size, legacy);
}

void bench_accesses(struct bench_accesses *out)
{
    struct trace_counts counts;

    trace_count(&counts);
    out->reads = counts.reads;
    out->writes = counts.writes;
}
