/* SPDX-License-Identifier: Apache-2.0 */
/* The input driver on the scripted device of fake.h: config items that a test sets, events that it
 * puts into the posted buffers one by one. Included by the suites of the input driver only. */
#ifndef HARNESS_TESTS_INPUT_RIG_H
#define HARNESS_TESTS_INPUT_RIG_H

#include "fake.h"
#include "virtio/virtio_input.h"

#define INPUT_RIG_ITEMS 16u

struct input_rig {
    struct fake f; /* first: the hooks find the rest through it */
    struct virtio_input in;
    struct input_rig_item {
        uint8_t select, subsel, size;
        uint8_t bytes[128];
    } items[INPUT_RIG_ITEMS];
    unsigned num_items;
    bool select_ignored;  /* reads back as written, shows what it showed */
    uint8_t stick_at;     /* from this select on */
    unsigned lose_writes; /* of select, from the first on */
    bool early;           /* an event and its interrupt come while DRIVER_OK is being written */
    unsigned ready_calls;
    bool ready_locked; /* a lock was held */
    struct fake_chain chain;
};

/* A keyboard with the keys 30 and 31, an axis 0 from 0 to 100, and the LEDs 0 and 1. */
void input_rig_make(struct input_rig *r, uint32_t version);
/* Sets or replaces a config item. */
struct input_rig_item *input_rig_item(struct input_rig *r, uint8_t select, uint8_t subsel,
                                      const void *bytes, uint8_t size);
int input_rig_probe(struct input_rig *r, const struct virtio_input_params *params);
void input_rig_open(struct input_rig *r, const struct virtio_input_params *params);
/* Removes the device and asserts that nothing is left. */
void input_rig_close(struct input_rig *r);

/* The device uses a buffer for an event, saying `len` bytes; no interrupt. False: no buffer. */
bool input_rig_event_len(struct input_rig *r, uint16_t type, uint16_t code, uint32_t value,
                         uint32_t len);
void input_rig_event(struct input_rig *r, uint16_t type, uint16_t code, uint32_t value);
/* A key event and the SYN_REPORT, then an interrupt. */
void input_rig_key(struct input_rig *r, uint32_t value);
void input_rig_interrupt(struct input_rig *r);
/* Asserts that the next event read is this one. */
void input_rig_expect(struct input_rig *r, uint16_t type, uint16_t code, uint32_t value);
void input_rig_expect_mark(struct input_rig *r);
void input_rig_expect_none(struct input_rig *r);
struct virtio_input_stats input_rig_stats(struct input_rig *r);

#endif
