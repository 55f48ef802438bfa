/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-input driver (virtio v1.2 section 5.8). Legacy transports are driven too: the fields are
 * little-endian on both.
 *
 * Events arrive in reports, each closed by a SYN_REPORT, and are kept in order in a queue of the
 * driver until they are read. When the reader is too slow, or the device too fast, the rest of the
 * report is discarded and a SYN_DROPPED, closed by a SYN_REPORT, stands where events are missing:
 * the reader then asks for the state instead of believing it knows it, as with Linux evdev. The
 * same stands for what a reset, or a device that broke, took away.
 *
 * Memory: struct virtio_input is the caller's, zeroed before its first use, and must stay in place
 * until virtio_input_remove() returned 0. Context: as in virtio/virtio.h.
 */
#ifndef VIRTIO_INPUT_H
#define VIRTIO_INPUT_H

#include "virtio/virtio_buffers.h"
#include "virtio/virtio_command.h"

/* Event types and the few codes that the driver itself knows; the rest are those of evdev. */
#define VIRTIO_INPUT_EV_SYN      0x00u
#define VIRTIO_INPUT_EV_KEY      0x01u
#define VIRTIO_INPUT_EV_REL      0x02u
#define VIRTIO_INPUT_EV_ABS      0x03u
#define VIRTIO_INPUT_EV_LED      0x11u
#define VIRTIO_INPUT_EV_REP      0x14u
#define VIRTIO_INPUT_EV_MAX      0x1fu
#define VIRTIO_INPUT_SYN_REPORT  0u
#define VIRTIO_INPUT_SYN_DROPPED 3u
#define VIRTIO_INPUT_ABS_MAX     0x3fu

#define VIRTIO_INPUT_STRING_MAX 128u
#define VIRTIO_INPUT_BITS_BYTES 96u /* codes 0..767: all that evdev knows */
/* Events kept for the reader, a power of two. */
#ifndef VIRTIO_INPUT_QUEUE
#define VIRTIO_INPUT_QUEUE 256u
#endif

struct virtio_input;

struct virtio_input_event {
    uint16_t type, code;
    uint32_t value; /* signed for relative axes */
};
struct virtio_input_absinfo {
    int32_t min, max; /* max not below min */
    uint32_t fuzz, flat, res;
};
struct virtio_input_devids {
    uint16_t bustype, vendor, product, version;
};

/* What the device says about itself, validated. */
struct virtio_input_info {
    char name[VIRTIO_INPUT_STRING_MAX + 1u]; /* printable ASCII, the rest replaced by '?' */
    char serial[VIRTIO_INPUT_STRING_MAX + 1u];
    bool has_devids;
    struct virtio_input_devids devids;
    uint8_t prop_bits[4];
    uint32_t ev_types; /* bit t: the device has events of type t */
    uint8_t key_bits[VIRTIO_INPUT_BITS_BYTES];
    uint8_t rel_bits[4];
    uint8_t abs_bits[8];
    uint8_t led_bits[4];
    uint64_t abs_valid; /* bit a: abs[a] was told and makes sense */
    struct virtio_input_absinfo abs[VIRTIO_INPUT_ABS_MAX + 1u];
};

struct virtio_input_stats {
    uint64_t events; /* from the device */
    uint64_t reports;
    uint64_t dropped;   /* events that the reader did not get: a SYN_DROPPED stands for them */
    uint64_t malformed; /* shorter than an event; dropped with its report */
    uint64_t unknown;   /* of a type or code that the device did not announce: delivered all the
                           same unless params.strict */
    uint64_t status_sent, status_busy;
};

struct virtio_input_params {
    uint16_t event_buffers;  /* power of two; 0: 64 */
    uint16_t status_buffers; /* power of two; 0: 16 */
    bool strict;             /* events of types and codes that were not announced are dropped */
    uint64_t features_off;
    uint64_t reset_timeout_us;
    /* A report is complete: virtio_input_read has something. Any context. May be NULL. */
    void (*ready)(struct virtio_input *in);
    void *cookie;
};

struct virtio_input {
    struct virtio_device dev; /* first: the core's callbacks get it */
    struct virtio_input_params params;
    struct virtio_input_info info;
    struct virtio_input_stats stats; /* under dev.lock */
    struct virtio_buffers events;
    struct virtio_command_queue status;
    bool has_status;
    /* Events for the reader, under the event queue's lock. [tail, committed) are whole reports,
     * [committed, head) the report that is coming in. */
    struct virtio_input_event fifo[VIRTIO_INPUT_QUEUE];
    uint32_t head, committed, tail;
    uint32_t mark; /* place of the last SYN_DROPPED that the driver put there itself */
    bool marked;
    bool owed;     /* events are missing at head, and there was no room yet to say so */
    bool dropping; /* until the next SYN_REPORT */
};

/*
 * Brings up an input device and reads what it says about itself. params may be NULL. Life cycle and
 * errors as virtio_driver_probe, _remove and _reset, and
 *   -EINVAL  a parameter
 *   -EPROTO  a config item contradicts the specification (its size, or an axis of which max is
 * below min when params.strict); the log names it Events that were not read are lost in a reset and
 * counted as dropped.
 */
int virtio_input_probe(struct virtio_input *in, const struct virtio_window *window,
                       const struct virtio_input_params *params);
int virtio_input_remove(struct virtio_input *in, uint64_t timeout_us);
int virtio_input_reset(struct virtio_input *in, uint64_t timeout_us);

/* Takes up to `max` events of complete reports, in order: how many, 0: none now. A report that does
 * not fit goes on with the next call. Read until 0: params.ready comes for new reports, not for old
 * ones. -EINVAL: max 0, or no place to put them. Context: any, but not after virtio_input_remove.
 */
int virtio_input_read(struct virtio_input *in, struct virtio_input_event *events, unsigned max);

/*
 * Sends an event to the device: LEDs, repeat settings. Does not wait; the buffer comes back by
 * itself. Context: any.
 *   -ENOTSUP  the device did not announce the type or LED, or has no status queue
 *   -EAGAIN   no buffer free: the device has not taken the last ones
 *   -EIO      the device is not live
 */
int virtio_input_send(struct virtio_input *in, uint16_t type, uint16_t code, uint32_t value);
static inline int virtio_input_set_led(struct virtio_input *in, uint16_t led, bool on)
{
    return virtio_input_send(in, VIRTIO_INPUT_EV_LED, led, on ? 1u : 0u);
}
/* Status events sent and not yet taken back. Context: any. */
unsigned virtio_input_outstanding(struct virtio_input *in);

/* True when the device announced this code of EV_KEY, EV_REL, EV_ABS or EV_LED. Context: any. */
bool virtio_input_has(const struct virtio_input *in, uint16_t type, uint16_t code);
/* Written while the device is brought up, and again by virtio_input_reset. Context: any. */
static inline const struct virtio_input_info *virtio_input_get_info(const struct virtio_input *in)
{
    return &in->info;
}
void virtio_input_get_stats(struct virtio_input *in, struct virtio_input_stats *stats);

static inline bool virtio_input_interrupt(struct virtio_input *in)
{
    return virtio_interrupt(&in->dev);
}
static inline bool virtio_input_poll(struct virtio_input *in)
{
    return virtio_poll(&in->dev);
}

#endif
