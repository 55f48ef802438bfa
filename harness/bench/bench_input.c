/* SPDX-License-Identifier: Apache-2.0 */
/* The input operations: 1000 events of a mouse, reports of three events each. */
#include "bench_type.h"
#include "virtio/virtio_input.h"
#include "virtio_model/model_input.h"

#define EVENTS  1000u
#define REPORT  3u
#define BURST   30u /* events that are there at once, in the operation of that name */
#define BACKLOG 1024u
#define EV_REL  VIRTIO_INPUT_EV_REL

struct input_state {
    struct virtio_input in;
    struct model_input *mouse;
    struct virtio_input_event events[VIRTIO_INPUT_QUEUE];
};

static void ready(struct virtio_input *in)
{
    bench_signal(in->params.cookie);
}

static int set_up(struct bench *b, const struct model_device_config *dev,
                  const struct virtio_window *window)
{
    struct input_state *s = b->state;
    const struct model_input_config cfg = {
        .dev = *dev, .kind = MODEL_INPUT_MOUSE, .backlog = BACKLOG};
    const struct virtio_input_params params = {.ready = ready, .cookie = b};
    int ret = model_input_add(b->board, 0, &cfg, &s->mouse);

    if (ret != 0) {
        return ret;
    }
    b->model = model_input_device(s->mouse);
    b->dev = &s->in.dev;
    return virtio_input_probe(&s->in, window, &params);
}

static int tear_down(struct bench *b)
{
    return virtio_input_remove(&((struct input_state *)b->state)->in, 0);
}

/* ---- the operations ---- */

/* The i-th event of an operation: x and y, closed by a SYN_REPORT; 1000 being no multiple of 3, the
 * last one closes a report of one event more. */
static struct virtio_input_event event_at(unsigned i, unsigned n)
{
    uint16_t place = (uint16_t)(i % REPORT);

    if (i == EVENTS - 2u) {
        return (struct virtio_input_event){EV_REL, 0, n};
    }
    if (i == EVENTS - 1u || place == REPORT - 1u) {
        return (struct virtio_input_event){VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0};
    }
    return (struct virtio_input_event){EV_REL, place, i + n};
}

static bool same(const struct virtio_input_event *a, const struct virtio_input_event *b)
{
    return a->type == b->type && a->code == b->code && a->value == b->value;
}

/* Reads until events [0, until) have come; *got of them have already. */
static int read_until(struct bench *b, unsigned until, unsigned *got, unsigned n)
{
    struct input_state *s = b->state;

    while (*got < until) {
        int count;
        int ret;

        b->done = false;
        count = virtio_input_read(&s->in, s->events, VIRTIO_INPUT_QUEUE);
        if (count < 0) {
            return count;
        }
        for (int e = 0; e < count; e++) {
            struct virtio_input_event expected = event_at((*got)++, n);

            if (!same(&s->events[e], &expected)) {
                return -EIO;
            }
        }
        bench_dma_payload(&b->dma, s->events, (size_t)count * sizeof(s->events[0]));
        ret = *got < until ? bench_wait(b) : 0;
        if (ret != 0) {
            return ret;
        }
    }
    return 0;
}

/* op->size: events at once; all of a report at least. */
static int read_events(struct bench *b, const struct bench_op *op, unsigned n)
{
    struct input_state *s = b->state;
    unsigned got = 0;
    int ret = 0;

    for (unsigned i = 0; i < EVENTS && ret == 0; i++) {
        struct virtio_input_event e = event_at(i, n);

        if (!model_input_push(s->mouse, e.type, e.code, e.value)) {
            return -ENOBUFS;
        }
        if (((i + 1u) % op->size == 0 && i + 1u < EVENTS - 1u) || i + 1u == EVENTS) {
            ret = read_until(b, i + 1u, &got, n);
        }
    }
    return ret;
}

static const struct bench_op ops[] = {
    {.name = "events-1000",
     .units = EVENTS,
     .unit = "event",
     .max = 8,
     .size = REPORT,
     .run = read_events},
    {.name = "events-1000-burst",
     .units = EVENTS,
     .unit = "event",
     .max = 8,
     .size = BURST,
     .run = read_events},
};

const struct bench_type bench_input = {
    .name = "input",
    .ops = ops,
    .num_ops = sizeof(ops) / sizeof(ops[0]),
    .state_size = sizeof(struct input_state),
    .set_up = set_up,
    .tear_down = tear_down,
};
