/* SPDX-License-Identifier: Apache-2.0 */
/* The driver as others would compile it: nobody watches its register accesses. */
#include "bench.h"

const bool bench_watches = false;

void bench_watch(struct mailbox *mailbox, const struct virtio_window *window, bool legacy)
{
    (void)mailbox;
    (void)window;
    (void)legacy;
}

void bench_accesses(struct bench_accesses *out)
{
    out->reads = 0;
    out->writes = 0;
}
