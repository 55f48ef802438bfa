/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queues of the input device, v1.2 5.8.6: events into the driver's buffers, status events
 * (LEDs, repeat rates) out of them, and the faults in both.
 */
#include "bytes.h"
#include "input.h"

#define STORM_MAX 256u

/* A chain of the event queue that can take an event. */
static bool takes_event(const struct chain *chain)
{
    return chain->n_readable == 0 && chain->writable_bytes >= INPUT_EVENT_BYTES;
}

void input_taken(struct model_device *dev, struct chain *chain)
{
    struct model_board *board = dev->board;

    if (chain->q->index == INPUT_EVENTQ) {
        to_input(dev)->misplaced |= !takes_event(chain);
        rule_check(board, MODEL_RULE_DRV_INPUT_006, chain->n_readable == 0, dev->slot,
                   "event queue chain %u has %u readable elements, expected none", chain->head,
                   chain->n_readable);
        if (chain->n_readable == 0)
            rule_check(board, MODEL_RULE_DRV_INPUT_007, chain->writable_bytes >= INPUT_EVENT_BYTES,
                       dev->slot, "event queue chain %u has %llu bytes, expected 8", chain->head,
                       (unsigned long long)chain->writable_bytes);
        return;
    }
    rule_check(board, MODEL_RULE_DRV_INPUT_008, chain->readable_bytes >= INPUT_EVENT_BYTES,
               dev->slot, "status queue chain %u has %llu readable bytes, expected 8", chain->head,
               (unsigned long long)chain->readable_bytes);
    if (fault(board, MODEL_FAULT_INP_STATUS_STUCK))
        chain->due_ns = chain->not_before_ns = UINT64_MAX;
}

bool input_queue_idle(const struct model_device *dev, unsigned queue)
{
    const struct model_input *in = (const struct model_input *)dev;

    return queue == INPUT_EVENTQ && in->waiting == 0 && in->odd_left == 0 && !in->misplaced;
}

bool input_can_complete(const struct model_device *dev, const struct chain *chain)
{
    const struct model_input *in = (const struct model_input *)dev;

    if (chain->q->index == INPUT_STATUSQ)
        return !in->hold_status;
    return in->waiting != 0 || in->odd_left != 0 || !takes_event(chain);
}

/* ---- events ---- */

/* A burst of events that nobody made, more than the queue has buffers. */
static void begin_storm(struct model_input *in, const struct vqueue *q)
{
    const unsigned n = 2 * q->num + 3;

    in->odd_left = n < STORM_MAX ? n : STORM_MAX;
    in->odd = fault_variant(in->dev.board) == 0 ? (struct input_event){EV_SYN, SYN_REPORT, 0}
                                                : (struct input_event){EV_MSC, MSC_SCAN, 0};
}

static struct input_event odd_event(struct model_board *board)
{
    static const struct input_event odd[4] = {
        {0x7f, 0, 1}, {0xffff, 0xffff, 0xffffffffu}, {EV_KEY, 0xffff, 1}, {EV_REL, 0x3ff, 1}};

    return odd[fault_variant(board) & 3];
}

static struct input_event random_event(struct model_board *board)
{
    const uint64_t r = board_random(board);
    const uint16_t type = (r >> 48 & 1) != 0 ? (uint16_t)(r & 0x1f) : (uint16_t)r;

    return (struct input_event){type, (uint16_t)(r >> 16), (uint32_t)board_random(board)};
}

/* One event before that which is due; never two, or a persistent fault would let nothing through.
 */
static bool comes_before(struct model_input *in, struct input_event *e)
{
    struct model_board *board = in->dev.board;

    if (in->preceded)
        return false;
    if (fault(board, MODEL_FAULT_INP_TYPE))
        *e = odd_event(board);
    else if (fault_variant(board) == 0 && fault(board, MODEL_FAULT_INP_HOSTILE))
        *e = random_event(board);
    else
        return false;
    in->preceded = true;
    return true;
}

/* The next event for the driver; those of a fault come in between. */
static struct input_event next_event(struct model_input *in, const struct vqueue *q)
{
    struct model_board *board = in->dev.board;
    struct input_event e;

    if (in->odd_left) {
        in->odd_left--;
        return in->odd;
    }
    if (comes_before(in, &e))
        return e;
    e = in->backlog[in->first];
    in->preceded = false;
    in->first = (in->first + 1) % INPUT_BACKLOG_MAX;
    in->waiting--;
    in->stats.delivered++;
    if (fault(board, MODEL_FAULT_INP_STORM))
        begin_storm(in, q);
    if (e.type != EV_SYN && fault(board, MODEL_FAULT_INP_CORRUPT))
        e.value ^= 1;
    return e;
}

/* Of any order of magnitude. */
static uint32_t random_length(struct model_board *board)
{
    const uint64_t r = board_random(board);

    return (uint32_t)r >> (r >> 32 & 31);
}

static uint32_t deliver(struct model_input *in, struct chain *chain)
{
    struct model_board *board = in->dev.board;
    uint8_t bytes[INPUT_EVENT_BYTES];

    if (!takes_event(chain))
        return 0;
    const struct input_event e = next_event(in, chain->q);
    store_le16(bytes, e.type);
    store_le16(bytes + 2, e.code);
    store_le32(bytes + 4, e.value);
    uint32_t len = INPUT_EVENT_BYTES;
    if (fault(board, MODEL_FAULT_INP_SHORT))
        len = 1 + fault_variant(board) % 7;
    chain_write(chain, 0, bytes, len);
    trace(board, in->dev.slot, "input event %#x %#x %#x", e.type, e.code, e.value);
    if (fault_variant(board) == 1 && fault(board, MODEL_FAULT_INP_HOSTILE))
        len = random_length(board);
    return len;
}

/* ---- status ---- */

static void serve_status(struct model_input *in, struct chain *chain)
{
    uint8_t bytes[INPUT_EVENT_BYTES];

    if (chain_read(chain, 0, bytes, sizeof(bytes)) < sizeof(bytes)) {
        in->stats.status_refused++;
        return;
    }
    const unsigned type = load_le16(bytes), code = load_le16(bytes + 2);
    const uint32_t value = load_le32(bytes + 4);
    in->stats.status_events++;
    trace(in->dev.board, in->dev.slot, "input status %#x %#x %#x", type, code, value);
    if (type == EV_LED && code < INPUT_LEDS)
        in->leds = (uint16_t)(value ? in->leds | 1u << code : in->leds & ~(1u << code));
    else if (type == EV_REP && code <= REP_LAST)
        in->repeat[code] = value;
}

uint32_t input_execute(struct model_device *dev, struct chain *chain)
{
    struct model_input *in = to_input(dev);

    if (chain->q->index == INPUT_EVENTQ)
        return deliver(in, chain);
    serve_status(in, chain);
    return 0;
}
