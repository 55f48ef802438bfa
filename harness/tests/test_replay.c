/* SPDX-License-Identifier: Apache-2.0 */
/* One seed, one trace: two boards with the same seed, used in turn, show the same events byte for
 * byte, and another seed shows others. No state hides outside of a board and its driver. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "rig.h"
#include "virtio_model/model_trace.h"

#define TRACE_MAX 600000u

static struct rig a, b;
static char traces[2][TRACE_MAX];
static size_t lens[2];

static void collect(void *ctx, const char *line)
{
    unsigned i = ctx == &a ? 0 : 1;
    size_t len = strlen(line);

    cr_assert_lt(lens[i] + len + 1u, TRACE_MAX);
    memcpy(traces[i] + lens[i], line, len);
    traces[i][lens[i] + len] = '\n';
    lens[i] += len + 1u;
}

static void begin(struct rig *r, unsigned version, uint64_t seed)
{
    rig_make(r, &(struct rig_options){.version = version,
                                      .schedule = MODEL_SCHED_RANDOM,
                                      .seed = seed,
                                      .features = VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC});
    lens[r == &a ? 0 : 1] = 0;
    model_trace_to(r->board, collect, r);
    cr_assert_eq(rig_probe(r, NULL), 0);
}

static void step(struct rig *r, unsigned i)
{
    static struct rig_req q[2][4];
    struct rig_req *mine = q[r == &a ? 0 : 1];

    rig_select(r);
    for (unsigned n = 0; n < 4u; n++) {
        rig_req_init(r, &mine[n], (i + n) % 3u == 0 ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ,
                     (i * 4u + n) * 2u, 2);
        cr_assert_eq(virtio_blk_submit(&r->blk, &mine[n].req), 0);
    }
    rig_run(r, 500);
    for (unsigned n = 0; n < 4u; n++) {
        cr_assert_eq(mine[n].calls, 1u);
    }
}

static void end(struct rig *r)
{
    rig_select(r);
    rig_close(r);
}

static bool run_both(unsigned version, uint64_t seed_a, uint64_t seed_b)
{
    begin(&a, version, seed_a);
    begin(&b, version, seed_b);
    for (unsigned i = 0; i < 10u; i++) {
        step(&a, i);
        step(&b, i);
    }
    end(&b);
    end(&a);
    cr_assert_gt(lens[0], 1000u);
    return lens[0] == lens[1] && memcmp(traces[0], traces[1], lens[0]) == 0;
}

Test(replay, same_seed_same_trace)
{
    for (unsigned version = 1; version <= 2u; version++) {
        for (uint64_t seed = 1; seed <= 10u; seed++) {
            cr_assert(run_both(version, seed, seed), "version %u, seed %u", version,
                      (unsigned)seed);
        }
    }
}

Test(replay, another_seed_another_trace)
{
    cr_assert_not(run_both(2, 1, 2));
}
