/* SPDX-License-Identifier: Apache-2.0 */
/* What the input scenarios share: opening, events that are accounted for one by one, LEDs. */
#ifndef SCN_INPUT_H
#define SCN_INPUT_H

#include "scenario.h"
#include "virtio/virtio_input.h"

#define SCN_INPUT_TIMEOUT_US UINT64_C(1000000)
#define SCN_INPUT_EXPECTED   2048u /* events on their way, a power of two */
#define SCN_INPUT_REPORT_MAX 256u

enum scn_input_kind {
    SCN_INPUT_KEYBOARD,
    SCN_INPUT_MOUSE,
    SCN_INPUT_TABLET,
    SCN_INPUT_TOUCH,
};
/* scn_needs.more; the defaults are a keyboard without a serial number. */
struct scn_input_needs {
    enum scn_input_kind kind;
    const char *serial;
};

/* What happens at the device. */
struct scn_input_ops {
    /* A report: what changed, without the SYN_REPORT that ends it. False: it did not happen, the
     * device has no room. */
    bool (*report)(struct scn_env *env, unsigned i, const struct virtio_input_event *events,
                   unsigned n);
    /* NULL where the back end cannot: one event as it is; status events are left unserved; what a
     * LED shows; the repeat setting `code`. */
    bool (*push)(struct scn_env *env, unsigned i, uint16_t type, uint16_t code, uint32_t value);
    void (*hold_status)(struct scn_env *env, unsigned i, bool hold);
    bool (*led)(struct scn_env *env, unsigned i, uint16_t code);
    uint32_t (*repeat)(struct scn_env *env, unsigned i, uint16_t code);
    /* Likewise what the device is called. With it the scenarios know all that it says of itself. */
    const char *(*name)(struct scn_env *env, unsigned i);
};

/* Events that happened against events that were read. Whole reports are compared; where a
 * SYN_DROPPED stands some may be missing. */
struct scn_input_track {
    struct virtio_input_event expected[SCN_INPUT_EXPECTED];
    uint32_t pos, end; /* free-running: next to be read, next to happen */
    uint64_t missing;  /* skipped where a SYN_DROPPED stood */
    unsigned marks;    /* SYN_DROPPED seen */
    bool marked;       /* and no report since */
    struct virtio_input_event report[SCN_INPUT_REPORT_MAX]; /* coming in */
    unsigned report_events;
    unsigned ready_calls;
    bool draining;
};

struct scn_input_env {
    const struct scn_input_ops *ops;
    struct virtio_input *inputs;   /* SCN_DEVICES_MAX of them, zeroed */
    struct scn_input_track *track; /* SCN_DEVICES_MAX of them, zeroed */
};

struct virtio_input *scn_input(struct scn_env *env, unsigned i);
enum scn_input_kind scn_input_kind_of(const struct scn_needs *needs);

/* Brings up device i with params (NULL: defaults) and connects its interrupt. */
int scn_input_open(struct scn_env *env, unsigned i, const struct virtio_input_params *params);
/* Ends a scenario that has come to `ret`: removes the device, or leaves it after an error when the
 * environment says so. Returns ret, or the error of the removal. */
int scn_input_close(struct scn_env *env, unsigned i, int ret);

/* Makes a report happen, later when the device has no room. -ETIMEDOUT: it never has. */
int scn_input_report(struct scn_env *env, unsigned i, const struct virtio_input_event *events,
                     unsigned n);
int scn_input_key(struct scn_env *env, unsigned i, uint16_t code, bool down);
/* Makes one event happen that is part of a report which the scenario ends itself. */
int scn_input_push(struct scn_env *env, unsigned i, uint16_t type, uint16_t code, uint32_t value);
/* A report of what this kind of device has, from a seed; *seed moves on. */
int scn_input_random(struct scn_env *env, unsigned i, enum scn_input_kind kind, uint32_t *seed);
/* Reads what is there, at most `max` events at a time, and compares it. */
void scn_input_drain(struct scn_env *env, unsigned i, unsigned max);
/* Reads until everything that happened has come, or is missing where SYN_DROPPED says so.
 * -ETIMEDOUT, -EIO: the device is not live. */
int scn_input_wait(struct scn_env *env, unsigned i);
/* Lets time pass, so that the device gets on. */
void scn_input_pass(struct scn_env *env, unsigned i, uint64_t us);
/* What has happened so far does not come any more: the device was reset. */
void scn_input_forget(struct scn_env *env, unsigned i);

/* Sends a status event, waits until the device took it, compares what it shows. */
int scn_input_led(struct scn_env *env, unsigned i, uint16_t led, bool on);
int scn_input_status_wait(struct scn_env *env, unsigned i);

/* scn_input_plays.c: the faults of the caller's side; as in scn_blk.h. */
int scn_input_play_after_open(struct scn_env *env, unsigned i);
int scn_input_play_before_wait(struct scn_env *env, unsigned i);
int scn_input_play_before_close(struct scn_env *env, unsigned i);
void scn_input_play_ready(struct scn_env *env, unsigned i); /* from the callback */

#endif
