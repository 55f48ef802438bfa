/* SPDX-License-Identifier: Apache-2.0 */
/* Input device model (virtio v1.2 section 5.8): keyboard, mouse, tablet, touch screen. */
#ifndef VIRTIO_MODEL_INPUT_H
#define VIRTIO_MODEL_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio_model/model_device.h"

struct model_input;

enum model_input_kind {
    MODEL_INPUT_KEYBOARD, /* EV_KEY 1..., EV_LED, EV_REP */
    MODEL_INPUT_MOUSE,    /* EV_KEY buttons, EV_REL x, y, wheel */
    MODEL_INPUT_TABLET,   /* EV_KEY buttons, EV_ABS x, y 0..32767 */
    MODEL_INPUT_TOUCH,    /* EV_ABS multi-touch (slot, tracking id, x, y), BTN_TOUCH, direct */
};

struct model_input_config {
    struct model_device_config dev;
    enum model_input_kind kind;
    const char *name;   /* NULL: one that goes with the kind */
    const char *serial; /* NULL: none */
    unsigned backlog;   /* events kept for a driver without buffers, 0: 64; more are dropped */
};

/* Adds a device in a slot of the board, which owns it. 0; -EINVAL (as model_blk_add), -ENOMEM. */
int model_input_add(struct model_board *board, unsigned slot, const struct model_input_config *cfg,
                    struct model_input **out);
struct model_device *model_input_device(struct model_input *in);

/* An event happens. False: the backlog is full and the event is gone (as is the rest up to the
 * next SYN_REPORT, which says SYN_DROPPED nowhere: a device has no way to). That SYN_REPORT still
 * comes, in a place kept for it, when some of its report did. A reset empties the backlog. */
bool model_input_push(struct model_input *in, uint16_t type, uint16_t code, uint32_t value);
/* A seeded stream of `count` events of the device's kind, in reports; how many were taken. */
unsigned model_input_push_random(struct model_input *in, uint64_t seed, unsigned count);
unsigned model_input_backlog(const struct model_input *in); /* waiting for a buffer */
/* Status events are not served, until on again. */
void model_input_hold_status(struct model_input *in, bool hold);

/* LED `code` as the driver set it, and the repeat settings (0 delay, 1 period). */
bool model_input_led(const struct model_input *in, unsigned code);
uint32_t model_input_repeat(const struct model_input *in, unsigned code);

struct model_input_stats {
    uint64_t pushed, delivered, dropped;
    uint64_t status_events, status_refused; /* refused: malformed, also a rule breach */
    uint64_t selects;                       /* writes of select or subsel */
};
void model_input_stats(const struct model_input *in, struct model_input_stats *out);

#endif
