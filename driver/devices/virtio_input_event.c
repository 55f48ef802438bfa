/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of an input device (virtio v1.2 section 5.8.6): from the device's buffers into the queue
 * of the reader, whole reports at a time.
 *
 * Everything here is under the event queue's lock, the callback of the reader excepted. The queue
 * keeps two places free that only SYN_DROPPED and its SYN_REPORT may take: there is room to say
 * that there was no room. In only one case there is none: the reader stands between those two,
 * and behind them everything is full. Then they are owed, and follow when it reads on.
 */
#include "virtio_input_priv.h"

#define FIFO_MASK    (VIRTIO_INPUT_QUEUE - 1u)
#define MARK_EVENTS  2u /* SYN_DROPPED, SYN_REPORT */
#define SYN_CODE_MAX VIRTIO_INPUT_SYN_DROPPED

_Static_assert(VIRTIO_INPUT_QUEUE >= 8u && (VIRTIO_INPUT_QUEUE & FIFO_MASK) == 0,
               "VIRTIO_INPUT_QUEUE is a power of two, 8 or more");

/* ---- the reader's queue ---- */

static uint32_t room(const struct virtio_input *in)
{
    return VIRTIO_INPUT_QUEUE - (in->head - in->tail);
}

static void put(struct virtio_input *in, uint16_t type, uint16_t code, uint32_t value)
{
    in->fifo[in->head++ & FIFO_MASK] = (struct virtio_input_event){type, code, value};
}

/* A SYN_DROPPED of ours that the reader has yet to see. */
static bool mark_unread(const struct virtio_input *in)
{
    return in->marked && in->mark - in->tail < VIRTIO_INPUT_QUEUE;
}

/* Says that events are missing here; no report is half in. False: no room to say so yet. */
static bool put_mark(struct virtio_input *in)
{
    if (mark_unread(in) && in->head == in->mark + MARK_EVENTS) {
        in->owed = false; /* said already, and nothing came in between */
        return true;
    }
    if (room(in) < MARK_EVENTS) {
        return false;
    }
    in->mark = in->head;
    in->marked = true;
    put(in, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_DROPPED, 0);
    put(in, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    in->committed = in->head;
    in->owed = false;
    return true;
}

/* Takes out what has come of this report so far; the rest of it is not wanted any more. */
static void start_dropping(struct virtio_input *in, struct virtio_input_stats *delta)
{
    delta->dropped += in->head - in->committed;
    in->head = in->committed;
    in->dropping = true;
    in->owed = true;
    (void)put_mark(in);
}

/* An event of the report that is being dropped. Its end may be long in coming: when the reader has
 * seen the mark in the meantime, what was dropped since then needs one of its own. */
static void drop(struct virtio_input *in, bool end, struct virtio_input_stats *delta)
{
    delta->dropped++;
    if (end) {
        in->dropping = false;
        if (!mark_unread(in)) {
            in->owed = true;
            (void)put_mark(in);
        }
    }
}

static bool has_bit(const uint8_t *bits, size_t bytes, uint16_t code)
{
    return code / 8u < bytes && ((unsigned)bits[code / 8u] >> (code % 8u) & 1u) != 0;
}

bool virtio_input_has(const struct virtio_input *in, uint16_t type, uint16_t code)
{
    const struct virtio_input_info *info = &in->info;

    switch (type) {
    case VIRTIO_INPUT_EV_KEY:
        return has_bit(info->key_bits, sizeof(info->key_bits), code);
    case VIRTIO_INPUT_EV_REL:
        return has_bit(info->rel_bits, sizeof(info->rel_bits), code);
    case VIRTIO_INPUT_EV_ABS:
        return has_bit(info->abs_bits, sizeof(info->abs_bits), code);
    case VIRTIO_INPUT_EV_LED:
        return has_bit(info->led_bits, sizeof(info->led_bits), code);
    default:
        return false;
    }
}

static bool is_known(const struct virtio_input *in, const struct virtio_input_event *event)
{
    switch (event->type) {
    case VIRTIO_INPUT_EV_SYN:
        return event->code <= SYN_CODE_MAX;
    case VIRTIO_INPUT_EV_KEY:
    case VIRTIO_INPUT_EV_REL:
    case VIRTIO_INPUT_EV_ABS:
    case VIRTIO_INPUT_EV_LED:
        return virtio_input_has(in, event->type, event->code);
    default:
        return event->type <= VIRTIO_INPUT_EV_MAX && (in->info.ev_types >> event->type & 1u) != 0;
    }
}

static void take_event(struct virtio_input *in, const struct virtio_input_event *event,
                       struct virtio_input_stats *delta)
{
    bool end = event->type == VIRTIO_INPUT_EV_SYN && event->code == VIRTIO_INPUT_SYN_REPORT;

    delta->events++;
    if (!is_known(in, event)) {
        delta->unknown++;
        if (in->params.strict) {
            return;
        }
    }
    if (!in->dropping && ((in->owed && !put_mark(in)) || room(in) <= MARK_EVENTS)) {
        start_dropping(in, delta);
    }
    if (in->dropping) {
        drop(in, end, delta);
        return;
    }
    put(in, event->type, event->code, event->value);
    if (end) {
        in->committed = in->head;
        delta->reports++;
    }
}

/* ---- the device's buffers ---- */

/* What an event cannot be: of a type far beyond all, and with just this code and value. */
static const struct input_wire_event poison_event = {0xffffu, 0x6e6fu, 0x65766e74u};

static void poison(const struct virtio_buffer *buf)
{
    volatile struct input_wire_event *wire = buf->data;

    *wire = poison_event;
}

void virtio_input_events_poison(struct virtio_input *in)
{
    for (uint16_t i = 0; i < in->events.count; i++) {
        poison(&in->events.bufs[i]);
    }
}

/* [locked] 0; -EIO: the device has not written the buffer that it gives back. Then it gave back
 * another one than it filled, or too many, and no buffer is what it seems any more. */
static int take_buffer(struct virtio_input *in, struct virtio_buffer *buf, uint32_t len,
                       struct virtio_input_stats *delta)
{
    const struct input_wire_event wire = *(const volatile struct input_wire_event *)buf->data;
    const struct virtio_input_event event = {virtio_swap16(wire.type, false),
                                             virtio_swap16(wire.code, false),
                                             virtio_swap32(wire.value, false)};

    if (len < sizeof(wire)) {
        /* Nobody knows what it was: the report has a hole. */
        delta->malformed++;
        if (!in->dropping) {
            start_dropping(in, delta);
        }
        delta->dropped++;
    } else if (wire.type == poison_event.type && wire.code == poison_event.code &&
               wire.value == poison_event.value) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio-input: used event buffer %u is not written",
                        (unsigned)buf->index);
        return -EIO;
    } else {
        take_event(in, &event, delta);
    }
    poison(buf);
    (void)virtio_buffers_post(&in->events, buf); /* fails only when the queue is dead */
    return 0;
}

static void add_stats(struct virtio_input *in, const struct virtio_input_stats *delta)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&in->dev.lock);
    bool first = in->stats.malformed == 0 && delta->malformed != 0;

    in->stats.events += delta->events;
    in->stats.reports += delta->reports;
    in->stats.dropped += delta->dropped;
    in->stats.malformed += delta->malformed;
    in->stats.unknown += delta->unknown;
    virtio_port_unlock(&in->dev.lock, flags);
    if (first) { /* and not for each: a bad device is bad at length */
        virtio_port_log(VIRTIO_LOG_WARNING, "virtio-input: event of too few bytes, expected %u",
                        (unsigned)sizeof(struct input_wire_event));
    }
}

/*
 * Takes what is there, gives the buffers back with one notification. They are published after the
 * last look at the used ring only: until then the device cannot use more than it was given before,
 * so that a storm cannot keep this loop busy, and what it uses later interrupts again.
 */
void virtio_input_events_used(struct virtqueue *vq)
{
    struct virtio_input *in = (struct virtio_input *)(void *)vq->dev;
    struct virtio_input_stats delta = {0};
    struct virtio_buffer *buf;
    uint32_t before;
    uint32_t len;
    bool readable;
    int ret;

    virtqueue_lock(vq);
    before = in->committed;
    do {
        while ((ret = virtio_buffers_take(&in->events, &buf, &len)) > 0) {
            ret = take_buffer(in, buf, len, &delta);
            if (ret != 0) {
                break;
            }
        }
    } while (ret == 0 && !vq->dev->window.polled && virtqueue_enable_cb(vq));
    virtqueue_kick(vq);
    readable = in->committed != before;
    virtqueue_unlock(vq);
    if (delta.events != 0 || delta.malformed != 0) {
        add_stats(in, &delta);
    }
    if (ret < 0) {
        virtio_device_break(vq->dev, -EIO);
    }
    if (readable && in->params.ready != NULL) {
        in->params.ready(in);
    }
}

void virtio_input_events_lost(struct virtio_input *in)
{
    struct virtio_input_stats delta = {0};

    virtqueue_lock(&in->events.vq);
    delta.dropped = in->head - in->tail;
    if (mark_unread(in)) {
        delta.dropped -= MARK_EVENTS; /* never were events of the device */
    }
    in->head = in->committed = in->tail;
    in->dropping = false;
    in->marked = false;
    (void)put_mark(in); /* it is empty */
    virtqueue_unlock(&in->events.vq);
    add_stats(in, &delta);
    if (in->params.ready != NULL) {
        in->params.ready(in);
    }
}

/* ---- the reader ---- */

int virtio_input_read(struct virtio_input *in, struct virtio_input_event *events, unsigned max)
{
    unsigned n = 0;

    if (max == 0 || events == NULL) {
        return -EINVAL;
    }
    if (in->dev.state == VIRTIO_STATE_ABSENT || in->events.vq.dev == NULL) {
        return 0; /* no queue, nor its lock */
    }
    if (max > VIRTIO_INPUT_QUEUE) {
        max = VIRTIO_INPUT_QUEUE; /* a count that fits an int, and bounds the time under the lock */
    }
    virtqueue_lock(&in->events.vq);
    while (n < max && in->tail != in->committed) {
        events[n++] = in->fifo[in->tail++ & FIFO_MASK];
        if (in->owed) {
            (void)put_mark(in);
        }
    }
    virtqueue_unlock(&in->events.vq);
    return (int)n;
}
