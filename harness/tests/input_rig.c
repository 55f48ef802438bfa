/* SPDX-License-Identifier: Apache-2.0 */
/* See input_rig.h. */
#include "input_rig.h"

#include <criterion/criterion.h>

static struct input_rig *rig_of(struct fake *f)
{
    return (struct input_rig *)(void *)f;
}

/* The config answers select and subsel; zeroes where there is no such item, as QEMU does. */
static void on_write(struct fake *f, const struct fake_access *a)
{
    struct input_rig *r = rig_of(f);
    uint8_t select;
    uint8_t subsel;

    if (r->early && a->reg == R_STATUS && (a->value & VIRTIO_STATUS_DRIVER_OK) != 0) {
        r->early = false;
        input_rig_event(r, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
        input_rig_interrupt(r);
    }
    if (a->reg != R_CONFIG && a->reg != R_CONFIG + 1) {
        return;
    }
    if (a->reg == R_CONFIG && r->lose_writes != 0) {
        r->lose_writes--;
        f->config[0] = 0x7f; /* what was selected before */
    }
    if (r->select_ignored) {
        return;
    }
    select = f->config[0];
    subsel = f->config[1];
    r->select_ignored = r->stick_at != 0 && select == r->stick_at && a->reg == R_CONFIG + 1;
    memset(&f->config[2], 0, sizeof(f->config) - 2u);
    for (unsigned i = 0; i < r->num_items; i++) {
        if (r->items[i].select == select && r->items[i].subsel == subsel) {
            f->config[2] = r->items[i].size;
            memcpy(&f->config[8], r->items[i].bytes, sizeof(r->items[i].bytes));
        }
    }
}

static void ready(struct virtio_input *in)
{
    struct input_rig *r = in->params.cookie;

    r->ready_calls++;
    r->ready_locked = r->ready_locked || r->f.lock_depth != 0;
}

struct input_rig_item *input_rig_item(struct input_rig *r, uint8_t select, uint8_t subsel,
                                      const void *bytes, uint8_t size)
{
    struct input_rig_item *item = NULL;

    for (unsigned i = 0; i < r->num_items; i++) {
        if (r->items[i].select == select && r->items[i].subsel == subsel) {
            item = &r->items[i];
        }
    }
    if (item == NULL) {
        cr_assert_lt(r->num_items, INPUT_RIG_ITEMS);
        item = &r->items[r->num_items++];
    }
    memset(item, 0, sizeof(*item));
    item->select = select;
    item->subsel = subsel;
    item->size = size;
    memcpy(item->bytes, bytes, size < sizeof(item->bytes) ? size : sizeof(item->bytes));
    return item;
}

void input_rig_make(struct input_rig *r, uint32_t version)
{
    static const uint8_t ids[8] = {0x06, 0x00, 0x27, 0x06, 0x34, 0x12, 0x01, 0x00};
    static const uint8_t abs[20] = {0, 0, 0, 0, 100, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0};
    static const uint8_t keys[4] = {0, 0, 0, 0xc0};

    memset(r, 0, sizeof(*r));
    fake_init(&r->f, version);
    r->f.device_id = VIRTIO_ID_INPUT;
    r->f.q[1].num_max = 16;
    r->f.on_write = on_write;
    (void)input_rig_item(r, 1, 0, "a name", 6);
    (void)input_rig_item(r, 3, 0, ids, 8);
    (void)input_rig_item(r, 0x11, VIRTIO_INPUT_EV_KEY, keys, 4);
    (void)input_rig_item(r, 0x11, VIRTIO_INPUT_EV_ABS, "\1", 1);
    (void)input_rig_item(r, 0x11, VIRTIO_INPUT_EV_LED, "\3", 1);
    (void)input_rig_item(r, 0x12, 0, abs, 20);
}

int input_rig_probe(struct input_rig *r, const struct virtio_input_params *params)
{
    const struct virtio_window window = fake_window();
    struct virtio_input_params p = {0};

    if (params != NULL) {
        p = *params;
    }
    p.ready = ready;
    p.cookie = r;
    return virtio_input_probe(&r->in, &window, &p);
}

void input_rig_open(struct input_rig *r, const struct virtio_input_params *params)
{
    input_rig_make(r, 2);
    cr_assert_eq(input_rig_probe(r, params), 0, "%s", r->f.last_line);
}

void input_rig_close(struct input_rig *r)
{
    cr_assert_eq(virtio_input_remove(&r->in, 0), 0);
    cr_assert_eq(r->f.dma_blocks, 0u, "%u blocks are left", r->f.dma_blocks);
    cr_assert_eq(r->f.heap_blocks, 0u, "%u blocks are left", r->f.heap_blocks);
    cr_assert_eq(r->f.status, 0u);
    cr_assert(!r->ready_locked, "the callback ran with a lock held");
}

bool input_rig_event_len(struct input_rig *r, uint16_t type, uint16_t code, uint32_t value,
                         uint32_t len)
{
    uint8_t wire[8] = {(uint8_t)type,          (uint8_t)(type >> 8),  (uint8_t)code,
                       (uint8_t)(code >> 8),   (uint8_t)value,        (uint8_t)(value >> 8),
                       (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    if (!fake_take(&r->f, 0, &r->chain)) {
        return false;
    }
    cr_assert_eq(r->chain.count, 1u);
    cr_assert_eq(r->chain.writable, 8u);
    memcpy(fake_at(&r->f, r->chain.piece[0].addr, 8), wire, len < 8u ? len : 8u);
    fake_use(&r->f, 0, r->chain.head, len);
    return true;
}

void input_rig_event(struct input_rig *r, uint16_t type, uint16_t code, uint32_t value)
{
    cr_assert(input_rig_event_len(r, type, code, value, 8), "no buffer is posted");
}

void input_rig_interrupt(struct input_rig *r)
{
    r->f.isr = 1;
    cr_assert(virtio_input_interrupt(&r->in));
}

void input_rig_key(struct input_rig *r, uint32_t value)
{
    input_rig_event(r, VIRTIO_INPUT_EV_KEY, 30, value);
    input_rig_event(r, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    input_rig_interrupt(r);
}

void input_rig_expect(struct input_rig *r, uint16_t type, uint16_t code, uint32_t value)
{
    struct virtio_input_event event = {0};

    cr_assert_eq(virtio_input_read(&r->in, &event, 1), 1, "nothing to read");
    cr_assert(event.type == type && event.code == code && event.value == value,
              "got %u %u %u, expected %u %u %u", event.type, event.code, event.value, type, code,
              value);
}

void input_rig_expect_mark(struct input_rig *r)
{
    input_rig_expect(r, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_DROPPED, 0);
    input_rig_expect(r, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
}

void input_rig_expect_none(struct input_rig *r)
{
    struct virtio_input_event event = {0};

    cr_assert_eq(virtio_input_read(&r->in, &event, 1), 0, "got %u %u %u, expected nothing",
                 event.type, event.code, event.value);
}

struct virtio_input_stats input_rig_stats(struct input_rig *r)
{
    struct virtio_input_stats stats;

    virtio_input_get_stats(&r->in, &stats);
    return stats;
}
