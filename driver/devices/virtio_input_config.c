/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration space of an input device (virtio v1.2 section 5.8.4): a small window, in which
 * `select` and `subsel` choose the item that `size` and `u` show. Nothing of an item is believed
 * beyond its size, and nothing at all when the window does not show what was selected.
 */
#include "virtio_input_priv.h"

enum {
    CFG_SELECT = 0,
    CFG_SUBSEL = 1,
    CFG_SIZE = 2,
    CFG_U = 8,
    CFG_U_BYTES = 128,
};
/* Values of select. */
enum {
    ITEM_UNSET = 0x00,
    ITEM_ID_NAME = 0x01,
    ITEM_ID_SERIAL = 0x02,
    ITEM_ID_DEVIDS = 0x03,
    ITEM_PROP_BITS = 0x10,
    ITEM_EV_BITS = 0x11,
    ITEM_ABS_INFO = 0x12,
};
#define DEVIDS_BYTES  8u
#define ABSINFO_BYTES 20u
#define SELECT_TRIES  4u

/* One round of reading an item. */
struct input_item {
    uint8_t size;
    uint8_t select, subsel; /* as they read back */
    union {
        uint8_t bytes[CFG_U_BYTES];
        uint16_t ids[DEVIDS_BYTES / 2u];
        uint32_t abs[ABSINFO_BYTES / 4u];
    } u;
};

/* ---- reading ---- */

/* The core gives fields of a legacy device in the CPU's order; these are little-endian always. */
static uint16_t read_le16(struct virtio_device *dev, unsigned offset)
{
    uint16_t v = virtio_config_read16(dev, offset);

    return virtio_is_legacy(dev) ? virtio_swap16(v, false) : v;
}

static uint32_t read_le32(struct virtio_device *dev, unsigned offset)
{
    uint32_t v = virtio_config_read32(dev, offset);

    return virtio_is_legacy(dev) ? virtio_swap32(v, false) : v;
}

static void read_head(struct virtio_device *dev, struct input_item *item)
{
    item->size = virtio_config_read8(dev, CFG_SIZE);
    item->select = virtio_config_read8(dev, CFG_SELECT);
    item->subsel = virtio_config_read8(dev, CFG_SUBSEL);
}

/* Whether there is such an item is all that matters. */
static void read_size(struct virtio_device *dev, void *out)
{
    read_head(dev, out);
}

static void read_bytes(struct virtio_device *dev, void *out)
{
    struct input_item *item = out;

    read_head(dev, item);
    for (unsigned i = 0; i < item->size && i < CFG_U_BYTES; i++) {
        item->u.bytes[i] = virtio_config_read8(dev, CFG_U + i);
    }
}

static void read_devids(struct virtio_device *dev, void *out)
{
    struct input_item *item = out;

    read_head(dev, item);
    for (unsigned i = 0; item->size == DEVIDS_BYTES && i < DEVIDS_BYTES / 2u; i++) {
        item->u.ids[i] = read_le16(dev, CFG_U + 2u * i);
    }
}

static void read_absinfo(struct virtio_device *dev, void *out)
{
    struct input_item *item = out;

    read_head(dev, item);
    for (unsigned i = 0; item->size == ABSINFO_BYTES && i < ABSINFO_BYTES / 4u; i++) {
        item->u.abs[i] = read_le32(dev, CFG_U + 4u * i);
    }
}

static int refuse(unsigned select, unsigned subsel, const char *field, uint32_t value,
                  const char *expected)
{
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio-input: config item 0x%x/%u: %s is %u, expected %s",
                    select, subsel, field, (unsigned)value, expected);
    return -EPROTO;
}

/* Devices show zeroes, select and all, where they have no such item. */
static bool shows(const struct input_item *item, unsigned select, unsigned subsel)
{
    if (item->size == 0 && item->select == ITEM_UNSET && item->subsel == 0) {
        return true;
    }
    return item->select == select && item->subsel == subsel;
}

/* Selects an item and reads it in one piece. Both bytes are written each time (section 5.8.5.1);
 * outside of the snapshot, as a device may count a new selection as a new configuration. */
static int get_item(struct virtio_device *dev, uint8_t select, uint8_t subsel,
                    void (*read)(struct virtio_device *dev, void *out), struct input_item *item)
{
    struct input_item scratch;

    for (unsigned i = 0; i < SELECT_TRIES; i++) {
        int ret;

        virtio_config_write8(dev, CFG_SELECT, select);
        virtio_config_write8(dev, CFG_SUBSEL, subsel);
        ret = virtio_config_snapshot(dev, read, item, &scratch, sizeof(*item));
        if (ret != 0) {
            return ret;
        }
        if (shows(item, select, subsel)) {
            return item->size <= CFG_U_BYTES
                       ? 0
                       : refuse(select, subsel, "size", item->size, "at most 128");
        }
    }
    return refuse(select, subsel, "select", item->select, "what was written");
}

/* ---- items ---- */

static int get_string(struct virtio_input *in, uint8_t select, char *out, uint8_t *size)
{
    struct input_item item;
    int ret = get_item(&in->dev, select, 0, read_bytes, &item);
    unsigned n = 0;

    if (ret != 0) {
        return ret;
    }
    /* Not terminated by the rule, terminated by some devices. */
    while (n < item.size && item.u.bytes[n] != 0) {
        uint8_t c = item.u.bytes[n];

        out[n++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
    }
    out[n] = '\0';
    *size = item.size;
    return 0;
}

static int get_devids(struct virtio_input *in)
{
    struct virtio_input_devids *ids = &in->info.devids;
    struct input_item item;
    int ret = get_item(&in->dev, ITEM_ID_DEVIDS, 0, read_devids, &item);

    if (ret != 0 || item.size == 0) {
        return ret;
    }
    if (item.size != DEVIDS_BYTES) {
        return refuse(ITEM_ID_DEVIDS, 0, "size", item.size, "8");
    }
    ids->bustype = item.u.ids[0];
    ids->vendor = item.u.ids[1];
    ids->product = item.u.ids[2];
    ids->version = item.u.ids[3];
    in->info.has_devids = true;
    return 0;
}

/* Codes beyond those that are known are nobody's here: a longer bitmap is cut. */
static int get_bits(struct virtio_input *in, uint8_t select, uint8_t subsel, uint8_t *bits,
                    unsigned bytes, bool *present)
{
    struct input_item item;
    int ret = get_item(&in->dev, select, subsel, bits != NULL ? read_bytes : read_size, &item);

    if (ret != 0) {
        return ret;
    }
    *present = item.size != 0;
    if (bits != NULL) {
        memcpy(bits, item.u.bytes, item.size < bytes ? item.size : bytes);
    }
    return 0;
}

static int get_event_bits(struct virtio_input *in)
{
    struct virtio_input_info *info = &in->info;
    /* The types that evdev has; for some of them it is enough to know that there are any codes. */
    const struct {
        uint8_t type, bytes;
        uint8_t *bits;
    } types[] = {
        {VIRTIO_INPUT_EV_KEY, sizeof(info->key_bits), info->key_bits},
        {VIRTIO_INPUT_EV_REL, sizeof(info->rel_bits), info->rel_bits},
        {VIRTIO_INPUT_EV_ABS, sizeof(info->abs_bits), info->abs_bits},
        {0x04, 0, NULL}, /* EV_MSC */
        {0x05, 0, NULL}, /* EV_SW */
        {VIRTIO_INPUT_EV_LED, sizeof(info->led_bits), info->led_bits},
        {0x12, 0, NULL}, /* EV_SND */
        {VIRTIO_INPUT_EV_REP, 0, NULL},
        {0x15, 0, NULL}, /* EV_FF */
        {0x16, 0, NULL}, /* EV_PWR */
        {0x17, 0, NULL}, /* EV_FF_STATUS */
    };

    info->ev_types = 1u << VIRTIO_INPUT_EV_SYN;
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        bool present;
        int ret =
            get_bits(in, ITEM_EV_BITS, types[i].type, types[i].bits, types[i].bytes, &present);

        if (ret != 0) {
            return ret;
        }
        info->ev_types |= present ? 1u << types[i].type : 0u;
    }
    return 0;
}

/* An axis that is announced and makes no sense still delivers events: the reader is told by
 * abs_valid that there is no range to scale them by. */
static int get_axis(struct virtio_input *in, uint8_t axis)
{
    struct virtio_input_absinfo *abs = &in->info.abs[axis];
    struct input_item item;
    const char *why = NULL;
    int ret = get_item(&in->dev, ITEM_ABS_INFO, axis, read_absinfo, &item);

    if (ret != 0) {
        return ret;
    }
    if (item.size != 0 && item.size != ABSINFO_BYTES) {
        return refuse(ITEM_ABS_INFO, axis, "size", item.size, "20");
    }
    if (item.size == 0) {
        why = "no ABS_INFO";
    } else if ((int32_t)item.u.abs[1] < (int32_t)item.u.abs[0]) {
        why = "max below min";
    }
    if (why != NULL) {
        virtio_port_log(in->params.strict ? VIRTIO_LOG_ERROR : VIRTIO_LOG_WARNING,
                        "virtio-input: axis %u: %s", (unsigned)axis, why);
        return in->params.strict ? -EPROTO : 0;
    }
    abs->min = (int32_t)item.u.abs[0];
    abs->max = (int32_t)item.u.abs[1];
    abs->fuzz = item.u.abs[2];
    abs->flat = item.u.abs[3];
    abs->res = item.u.abs[4];
    in->info.abs_valid |= UINT64_C(1) << axis;
    return 0;
}

static int get_axes(struct virtio_input *in)
{
    int ret = 0;

    for (uint8_t axis = 0; axis <= VIRTIO_INPUT_ABS_MAX && ret == 0; axis++) {
        if (virtio_input_has(in, VIRTIO_INPUT_EV_ABS, axis)) {
            ret = get_axis(in, axis);
        }
    }
    return ret;
}

/* A window that got stuck on some item on the way shows that item under every selection, however
 * well select reads back: the one that is empty by definition, and the name, tell. */
static int check_follows(struct virtio_input *in, uint8_t name_size)
{
    struct input_item item;
    int ret = get_item(&in->dev, ITEM_UNSET, 0, read_size, &item);

    if (ret == 0 && item.size != 0) {
        ret = refuse(ITEM_UNSET, 0, "size", item.size, "0: the config does not follow select");
    }
    ret = ret != 0 ? ret : get_item(&in->dev, ITEM_ID_NAME, 0, read_size, &item);
    if (ret == 0 && item.size != name_size) {
        ret = refuse(ITEM_ID_NAME, 0, "size", item.size, "the same as before");
    }
    return ret;
}

int virtio_input_read_config(struct virtio_input *in)
{
    struct virtio_input_info *info = &in->info;
    uint8_t name_size;
    uint8_t size;
    bool present;
    int ret;

    memset(info, 0, sizeof(*info));
    ret = get_string(in, ITEM_ID_NAME, info->name, &name_size);
    ret = ret != 0 ? ret : get_string(in, ITEM_ID_SERIAL, info->serial, &size);
    ret = ret != 0 ? ret : get_devids(in);
    ret = ret != 0
              ? ret
              : get_bits(in, ITEM_PROP_BITS, 0, info->prop_bits, sizeof(info->prop_bits), &present);
    ret = ret != 0 ? ret : get_event_bits(in);
    ret = ret != 0 ? ret : get_axes(in);
    ret = ret != 0 ? ret : check_follows(in, name_size);
    if (ret == 0 && info->ev_types == 1u << VIRTIO_INPUT_EV_SYN) {
        virtio_port_log(VIRTIO_LOG_WARNING, "virtio-input: no events announced");
    }
    return ret;
}
