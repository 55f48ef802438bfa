/* SPDX-License-Identifier: Apache-2.0 */
/* See console_rig.h. */
#include "console_rig.h"

#include <criterion/criterion.h>

static struct console_rig *rig_of(struct virtio_console *con)
{
    struct console_rig *r = con->params.cookie;

    r->locked = r->locked || r->f.lock_depth != 0;
    return r;
}

static void on_event(struct virtio_console *con, unsigned nr, enum virtio_console_event event)
{
    (void)nr;
    rig_of(con)->events[event]++;
}

static void on_rx_ready(struct virtio_console *con, unsigned nr)
{
    (void)nr;
    rig_of(con)->rx_ready++;
}

static void on_tx_ready(struct virtio_console *con, unsigned nr)
{
    (void)nr;
    rig_of(con)->tx_ready++;
}

void console_rig_config(struct console_rig *r, uint16_t cols, uint16_t rows, uint32_t max_ports)
{
    memcpy(r->f.config, &cols, 2);
    memcpy(r->f.config + 2, &rows, 2);
    memcpy(r->f.config + 4, &max_ports, 4);
}

void console_rig_make(struct console_rig *r, uint32_t version, uint64_t features)
{
    memset(r, 0, sizeof(*r));
    fake_init(&r->f, version);
    r->f.device_id = VIRTIO_ID_CONSOLE;
    r->f.device_features |= features;
    for (unsigned i = 0; i < FAKE_QUEUES; i++) {
        r->f.q[i].num_max = 16;
    }
    console_rig_config(r, 80, 25, 1);
    r->params = (struct virtio_console_params){.rx_buffers = 4,
                                               .tx_slots = 4,
                                               .buf_bytes = 16,
                                               .event = on_event,
                                               .rx_ready = on_rx_ready,
                                               .tx_ready = on_tx_ready,
                                               .cookie = r};
}

int console_rig_probe(struct console_rig *r)
{
    const struct virtio_window window = fake_window();

    return virtio_console_probe(&r->con, &window, &r->params);
}

void console_rig_open(struct console_rig *r, uint64_t features)
{
    console_rig_make(r, 2, features);
    cr_assert_eq(console_rig_probe(r), 0, "%s", r->f.last_line);
    if ((features & VIRTIO_CONSOLE_F_MULTIPORT) == 0) {
        return;
    }
    console_rig_expect(r, 0, MSG_DEVICE_READY, 1);
    console_rig_say(r, 0, MSG_ADD, 0, NULL, 0);
    console_rig_expect(r, 0, MSG_PORT_READY, 1);
    console_rig_say(r, 0, MSG_OPEN, 1, NULL, 0);
    cr_assert_eq(virtio_console_open(&r->con, 0), 0);
    console_rig_expect(r, 0, MSG_OPEN, 1);
}

void console_rig_close(struct console_rig *r)
{
    cr_assert_eq(virtio_console_remove(&r->con, 0), 0);
    cr_assert_eq(r->f.dma_blocks, 0u, "%u blocks are left", r->f.dma_blocks);
    cr_assert_eq(r->f.heap_blocks, 0u, "%u blocks are left", r->f.heap_blocks);
    cr_assert_eq(r->f.mappings, 0u, "%u mappings are left", r->f.mappings);
    cr_assert_eq(r->f.status, 0u);
    cr_assert(!r->locked, "a callback ran with a lock held");
}

void console_rig_interrupt(struct console_rig *r, uint32_t cause)
{
    r->f.isr = cause;
    cr_assert(virtio_console_interrupt(&r->con));
}

void console_rig_fill(struct console_rig *r, unsigned queue, const void *bytes, uint32_t n,
                      uint32_t len)
{
    cr_assert(fake_take(&r->f, queue, &r->chain), "no buffer is posted on queue %u", queue);
    cr_assert_eq(r->chain.count, 1u);
    cr_assert_eq(r->chain.writable, r->chain.piece[0].len);
    cr_assert_leq(n, r->chain.writable);
    if (n != 0) {
        memcpy(fake_at(&r->f, r->chain.piece[0].addr, n), bytes, n);
    }
    fake_use(&r->f, queue, r->chain.head, len);
}

void console_rig_input(struct console_rig *r, const char *text)
{
    uint32_t len = (uint32_t)strlen(text);

    console_rig_fill(r, 0, text, len, len);
    console_rig_interrupt(r, 1);
}

void console_rig_say(struct console_rig *r, uint32_t id, uint16_t event, uint16_t value,
                     const void *extra, uint32_t extra_len)
{
    uint8_t bytes[256];

    memcpy(bytes, &id, 4);
    memcpy(bytes + 4, &event, 2);
    memcpy(bytes + 6, &value, 2);
    if (extra_len != 0) {
        memcpy(bytes + 8, extra, extra_len);
    }
    console_rig_fill(r, 2, bytes, 8u + extra_len, 8u + extra_len);
    console_rig_interrupt(r, 1);
}

void console_rig_expect(struct console_rig *r, uint32_t id, uint16_t event, uint16_t value)
{
    uint8_t bytes[8];
    uint32_t got_id;
    uint16_t got[2];

    cr_assert(fake_take(&r->f, 3, &r->chain), "nothing said, expected event %u", event);
    cr_assert_eq(r->chain.count, 1u);
    cr_assert_eq(r->chain.writable, 0u);
    cr_assert_eq(r->chain.piece[0].len, 8u);
    memcpy(bytes, fake_at(&r->f, r->chain.piece[0].addr, 8), 8);
    memcpy(&got_id, bytes, 4);
    memcpy(got, bytes + 4, 4);
    cr_assert(got_id == id && got[0] == event && got[1] == value,
              "said id %u event %u value %u, expected %u %u %u", got_id, got[0], got[1], id, event,
              value);
    fake_use(&r->f, 3, r->chain.head, 0);
    console_rig_interrupt(r, 1);
}

void console_rig_expect_silence(struct console_rig *r)
{
    cr_assert(!fake_take(&r->f, 3, &r->chain), "said something, expected nothing");
}

void console_rig_expect_output(struct console_rig *r, const char *text)
{
    uint32_t len = (uint32_t)strlen(text);

    cr_assert(fake_take(&r->f, 1, &r->chain), "nothing written, expected \"%s\"", text);
    cr_assert_eq(r->chain.count, 1u);
    cr_assert_eq(r->chain.writable, 0u);
    cr_assert_eq(r->chain.piece[0].len, len, "got %u bytes, expected %u", r->chain.piece[0].len,
                 len);
    if (r->chain.piece[0].addr < FAKE_MAP_OFFSET) {
        cr_assert_eq(memcmp(fake_at(&r->f, r->chain.piece[0].addr, len), text, len), 0);
    }
    fake_use(&r->f, 1, r->chain.head, 0);
}

uint64_t console_rig_bad(struct console_rig *r)
{
    struct virtio_console_stats stats;

    virtio_console_get_stats(&r->con, &stats);
    return stats.control_bad;
}
