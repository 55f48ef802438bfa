/* SPDX-License-Identifier: Apache-2.0 */
/* The input device model inside: its state, and what its files give one another. */
#ifndef MODEL_INPUT_INTERNAL_H
#define MODEL_INPUT_INTERNAL_H

#include "device.h"
#include "virtio_model/model_input.h"

/* Queues, v1.2 5.8.2. */
#define INPUT_EVENTQ  0u
#define INPUT_STATUSQ 1u
#define INPUT_QUEUES  2u

#define INPUT_EVENT_BYTES  8u
#define INPUT_CONFIG_BYTES 136u
#define INPUT_U            8u /* offset of the union */
#define INPUT_U_BYTES      128u
#define INPUT_BACKLOG_MAX  1024u
#define INPUT_LEDS         16u

/* What select asks for, v1.2 5.8.4. */
#define CFG_ID_NAME   0x01u
#define CFG_ID_SERIAL 0x02u
#define CFG_ID_DEVIDS 0x03u
#define CFG_PROP_BITS 0x10u
#define CFG_EV_BITS   0x11u
#define CFG_ABS_INFO  0x12u

/* Event types and codes of the input subsystem that the kinds of devices have. */
#define EV_SYN 0x00u
#define EV_KEY 0x01u
#define EV_REL 0x02u
#define EV_ABS 0x03u
#define EV_MSC 0x04u
#define EV_LED 0x11u
#define EV_REP 0x14u

#define SYN_REPORT         0x00u
#define BTN_LEFT           0x110u
#define BTN_MIDDLE         0x112u
#define BTN_TOUCH          0x14au
#define REL_X              0x00u
#define REL_Y              0x01u
#define REL_WHEEL          0x08u
#define ABS_X              0x00u
#define ABS_Y              0x01u
#define ABS_MT_SLOT        0x2fu
#define ABS_MT_POSITION_X  0x35u
#define ABS_MT_POSITION_Y  0x36u
#define ABS_MT_TRACKING_ID 0x39u
#define MSC_SCAN           0x04u
#define LED_LAST           0x02u /* num, caps, scroll lock */
#define REP_LAST           0x01u /* delay, period */
#define PROP_POINTER       0x00u
#define PROP_DIRECT        0x01u

#define INPUT_AXIS_MAX   32767
#define INPUT_LAST_SLOT  9
#define INPUT_LAST_TRACK 65535
#define INPUT_KEYS_FROM  1u
#define INPUT_KEYS_TO    127u

/* Indices into input_fields. */
enum input_field {
    IF_SELECT,
    IF_SUBSEL,
    IF_SIZE,
    IF_RESERVED,
    IF_U,
    IF_COUNT,
};

struct input_event {
    uint16_t type, code;
    uint32_t value;
};

struct model_input {
    struct model_device dev; /* first */
    struct model_input_config cfg;
    /* events that wait for a buffer */
    struct input_event backlog[INPUT_BACKLOG_MAX];
    unsigned first, waiting, limit;
    bool queued;            /* the report under way is in the backlog, at least in part */
    bool losing;            /* the rest of it is lost */
    struct input_event odd; /* from a fault, delivered before the backlog */
    unsigned odd_left;
    bool misplaced; /* a chain that cannot take an event was in the event queue */
    bool preceded;  /* the first of the backlog has had one before it */
    /* status */
    bool hold_status;
    uint16_t leds;
    uint32_t repeat[REP_LAST + 1];
    struct model_input_stats stats;
    /* configuration queries */
    uint8_t select, subsel;
    unsigned asked; /* bit 0: select, bit 1: subsel written for this query */
    bool answered;  /* it has been read */
    bool size_read; /* since the last write */
    unsigned size_shown;
};

static inline struct model_input *to_input(struct model_device *dev)
{
    return (struct model_input *)dev;
}

/* ---- input_config.c ---- */
extern const struct config_field input_fields[IF_COUNT];
/* Answers the query in select and subsel: size and u of the configuration space. */
void input_answer(struct model_input *in);
void input_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val);
uint64_t input_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value);
void input_config_was_read(struct model_device *dev, unsigned field, unsigned part, unsigned width,
                           uint64_t value);

/* ---- input_queue.c ---- */
void input_taken(struct model_device *dev, struct chain *chain);
bool input_queue_idle(const struct model_device *dev, unsigned queue);
bool input_can_complete(const struct model_device *dev, const struct chain *chain);
uint32_t input_execute(struct model_device *dev, struct chain *chain);

#endif
