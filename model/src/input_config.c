/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct virtio_input_config, v1.2 5.8.4: what each kind of device says about itself, the queries
 * by select and subsel, and the faults in their answers.
 */
#include <string.h>

#include "bytes.h"
#include "input.h"

const struct config_field input_fields[IF_COUNT] = {
    [IF_SELECT] = {0, 1, 1, -1, CFG_WRITABLE, "select"},
    [IF_SUBSEL] = {1, 1, 1, -1, CFG_WRITABLE, "subsel"},
    [IF_SIZE] = {2, 1, 1, -1, 0, "size"},
    [IF_RESERVED] = {3, 1, 5, -1, 0, "reserved"},
    [IF_U] = {INPUT_U, 1, INPUT_U_BYTES, -1, CFG_UNION, "u"},
};

/* Codes of an event type that the device can send, or (LED, REP) takes. */
struct codes {
    uint8_t type;
    uint16_t from, to;
};

struct axis {
    uint8_t code;
    int32_t max, res;
};

struct kind {
    const char *name;
    int prop; /* -1: none */
    struct codes codes[6];
    struct axis axis[4];
};

static const struct kind kinds[] = {
    [MODEL_INPUT_KEYBOARD] = {"model keyboard",
                              -1,
                              {{EV_KEY, INPUT_KEYS_FROM, INPUT_KEYS_TO},
                               {EV_LED, 0, LED_LAST},
                               {EV_REP, 0, REP_LAST}},
                              {{0, 0, 0}}},
    [MODEL_INPUT_MOUSE] = {"model mouse",
                           -1,
                           {{EV_KEY, BTN_LEFT, BTN_MIDDLE},
                            {EV_REL, REL_X, REL_Y},
                            {EV_REL, REL_WHEEL, REL_WHEEL}},
                           {{0, 0, 0}}},
    [MODEL_INPUT_TABLET] = {"model tablet",
                            PROP_POINTER,
                            {{EV_KEY, BTN_LEFT, BTN_MIDDLE}, {EV_ABS, ABS_X, ABS_Y}},
                            {{ABS_X, INPUT_AXIS_MAX, 100}, {ABS_Y, INPUT_AXIS_MAX, 100}}},
    [MODEL_INPUT_TOUCH] = {"model touch screen",
                           PROP_DIRECT,
                           {{EV_KEY, BTN_TOUCH, BTN_TOUCH},
                            {EV_ABS, ABS_MT_SLOT, ABS_MT_SLOT},
                            {EV_ABS, ABS_MT_POSITION_X, ABS_MT_POSITION_Y},
                            {EV_ABS, ABS_MT_TRACKING_ID, ABS_MT_TRACKING_ID}},
                           {{ABS_MT_SLOT, INPUT_LAST_SLOT, 0},
                            {ABS_MT_POSITION_X, INPUT_AXIS_MAX, 100},
                            {ABS_MT_POSITION_Y, INPUT_AXIS_MAX, 100},
                            {ABS_MT_TRACKING_ID, INPUT_LAST_TRACK, 0}}},
};

/* ---- answers: each fills u and returns its size, 0: not supported ---- */

static unsigned put_string(uint8_t *u, const char *text)
{
    const size_t len = text ? strlen(text) : 0;
    const unsigned n = len < INPUT_U_BYTES ? (unsigned)len : INPUT_U_BYTES;

    memcpy(u, text ? text : "", n);
    return n;
}

static unsigned put_ids(uint8_t *u, enum model_input_kind kind)
{
    store_le16(u, 0x06); /* a virtual bus */
    store_le16(u + 2, 0x1209);
    store_le16(u + 4, (uint16_t)(kind + 1));
    store_le16(u + 6, 1);
    return 8;
}

static unsigned put_codes(uint8_t *u, const struct kind *k, unsigned type)
{
    unsigned size = 0;

    for (unsigned i = 0; i < sizeof(k->codes) / sizeof(k->codes[0]); i++) {
        const struct codes *c = &k->codes[i];
        if (c->type != type || type == EV_SYN)
            continue;
        for (unsigned code = c->from; code <= c->to; code++)
            u[code / 8] |= (uint8_t)(1u << (code % 8));
        if (c->to / 8u + 1 > size)
            size = c->to / 8u + 1;
    }
    return size;
}

static unsigned put_axis(uint8_t *u, const struct kind *k, unsigned code)
{
    for (unsigned i = 0; i < sizeof(k->axis) / sizeof(k->axis[0]); i++) {
        const struct axis *a = &k->axis[i];
        if (a->code != code || a->max == 0)
            continue;
        store_le32(u + 4, (uint32_t)a->max);
        store_le32(u + 16, (uint32_t)a->res);
        return 20;
    }
    return 0;
}

static unsigned answer(const struct model_input *in, uint8_t *u)
{
    const struct kind *k = &kinds[in->cfg.kind];

    if (in->select == CFG_EV_BITS)
        return put_codes(u, k, in->subsel);
    if (in->select == CFG_ABS_INFO)
        return put_axis(u, k, in->subsel);
    if (in->subsel != 0)
        return 0;
    switch (in->select) {
    case CFG_ID_NAME:
        return put_string(u, in->cfg.name ? in->cfg.name : k->name);
    case CFG_ID_SERIAL:
        return put_string(u, in->cfg.serial);
    case CFG_ID_DEVIDS:
        return put_ids(u, in->cfg.kind);
    case CFG_PROP_BITS:
        if (k->prop < 0)
            return 0;
        u[k->prop / 8] = (uint8_t)(1u << (k->prop % 8));
        return (unsigned)k->prop / 8 + 1;
    default:
        return 0;
    }
}

void input_answer(struct model_input *in)
{
    uint8_t *config = in->dev.config;

    memset(config, 0, INPUT_CONFIG_BYTES);
    config[0] = in->select;
    config[1] = in->subsel;
    config[2] = (uint8_t)answer(in, config + INPUT_U);
}

void input_config_written(struct model_device *dev, unsigned off, unsigned width, uint64_t val)
{
    struct model_input *in = to_input(dev);
    struct model_board *board = dev->board;

    if (width != 1)
        return;
    in->stats.selects++;
    if (in->answered)
        in->asked = 0;
    in->answered = in->size_read = false;
    in->asked |= 1u << off;
    if (fault(board, MODEL_FAULT_INP_SEL_IGNORED)) {
        if (fault_variant(board) == 0) /* reads back, and nothing follows it */
            dev->config[off] = (uint8_t)val;
        return;
    }
    *(off == 0 ? &in->select : &in->subsel) = (uint8_t)val;
    input_answer(in);
}

/* ---- faults ---- */

static void spoil_axis(struct model_board *board, uint8_t *u)
{
    static const struct {
        uint32_t min, max;
    } range[4] = {{INPUT_AXIS_MAX, 0}, {7, 7}, {0x80000000u, 0x7fffffffu}, {0, 0xffffffffu}};
    const unsigned v = fault_variant(board) & 3;

    store_le32(u, range[v].min);
    store_le32(u + 4, range[v].max);
    store_le32(u + 16, 0);
}

/* A bitmap of the full 128 bytes: every bit set, or those that no event type has codes for. */
static void spoil_bits(struct model_board *board, uint8_t *u)
{
    memset(u, 0xff, INPUT_U_BYTES);
    if (fault_variant(board) == 1)
        memset(u, 0, 96);
}

/* The answer to the query whose size is being read. */
static unsigned spoiled_size(struct model_input *in, unsigned size)
{
    static const uint8_t wrong[3] = {129, 255, 0};
    struct model_board *board = in->dev.board;
    uint8_t *u = in->dev.config + INPUT_U;

    if (board->fault.id != MODEL_FAULT_INP_SEL_IGNORED)
        input_answer(in); /* nothing stays of an earlier strike */
    if (size != 0 && fault(board, MODEL_FAULT_INP_SIZE))
        return wrong[fault_variant(board) % 3];
    if (size != 0 && in->select == CFG_ABS_INFO && fault(board, MODEL_FAULT_INP_ABS))
        spoil_axis(board, u);
    if (size != 0 && in->select == CFG_EV_BITS && fault(board, MODEL_FAULT_INP_BITS)) {
        spoil_bits(board, u);
        return INPUT_U_BYTES;
    }
    if (fault_variant(board) == 2 && fault(board, MODEL_FAULT_INP_HOSTILE)) {
        for (unsigned i = 0; i < INPUT_U_BYTES; i++)
            u[i] = (uint8_t)board_random(board);
        return (unsigned)board_random(board) & 0xff;
    }
    return size;
}

uint64_t input_config_shown(struct model_device *dev, unsigned field, bool first, uint64_t value)
{
    struct model_input *in = to_input(dev);

    (void)first; /* size is a byte: every access is */
    if (field != IF_SIZE || dev->board->fault.id < MODEL_FAULT_INP_SIZE ||
        dev->board->fault.id > MODEL_FAULT_INP_CORRUPT)
        return value;
    return spoiled_size(in, (unsigned)value);
}

void input_config_was_read(struct model_device *dev, unsigned field, unsigned part, unsigned width,
                           uint64_t value)
{
    struct model_input *in = to_input(dev);
    struct model_board *board = dev->board;

    (void)part;
    (void)width;
    if (field != IF_SIZE && field != IF_U)
        return;
    rule_check(board, MODEL_RULE_DRV_INPUT_001, in->asked == 3, dev->slot,
               "%s read after writing %s, expected both select and subsel for every query",
               input_fields[field].name,
               in->asked == 1   ? "select only"
               : in->asked == 2 ? "subsel only"
                                : "neither select nor subsel");
    in->answered = true;
    if (field == IF_SIZE) {
        in->size_read = true;
        in->size_shown = (unsigned)value;
        return;
    }
    rule_check(board, MODEL_RULE_DRV_INPUT_003, in->size_read && in->size_shown != 0, dev->slot,
               "u read for select %#x, subsel %#x %s", in->select, in->subsel,
               in->size_read ? "although size is 0" : "without reading size");
}
