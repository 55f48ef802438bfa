/* SPDX-License-Identifier: Apache-2.0 */
/* The console driver on the scripted device of fake.h: port 0 and the control queues, moved by hand
 * one buffer at a time. Included by the suites of the console driver only. */
#ifndef HARNESS_TESTS_CONSOLE_RIG_H
#define HARNESS_TESTS_CONSOLE_RIG_H

#include "fake.h"
#include "virtio/virtio_console.h"

/* Events of control messages (virtio v1.2 section 5.3.6.2). */
enum {
    MSG_DEVICE_READY,
    MSG_ADD,
    MSG_REMOVE,
    MSG_PORT_READY,
    MSG_CONSOLE,
    MSG_RESIZE,
    MSG_OPEN,
    MSG_NAME
};

struct console_rig {
    struct fake f;
    struct virtio_console con;
    struct virtio_console_params params;
    unsigned events[VIRTIO_CONSOLE_PORT_RESIZED + 1];
    unsigned rx_ready, tx_ready;
    bool locked; /* a callback ran with a lock held */
    struct fake_chain chain;
};

/* Four queues; max_nr_ports 1. `features` on top of VERSION_1. */
void console_rig_make(struct console_rig *r, uint32_t version, uint64_t features);
int console_rig_probe(struct console_rig *r);
/* Both, and a probe that must work; with MULTIPORT port 0 is added, ready and open at both ends. */
void console_rig_open(struct console_rig *r, uint64_t features);
/* Removes the device and asserts that nothing is left. */
void console_rig_close(struct console_rig *r);

void console_rig_config(struct console_rig *r, uint16_t cols, uint16_t rows, uint32_t max_ports);
void console_rig_interrupt(struct console_rig *r, uint32_t cause);
/* The device fills the next buffer of a queue, saying `len` bytes, `n` of which it writes. */
void console_rig_fill(struct console_rig *r, unsigned queue, const void *bytes, uint32_t n,
                      uint32_t len);
/* Input for port 0, and an interrupt. */
void console_rig_input(struct console_rig *r, const char *text);
/* A control message, and an interrupt. */
void console_rig_say(struct console_rig *r, uint32_t id, uint16_t event, uint16_t value,
                     const void *extra, uint32_t extra_len);
/* Asserts that the driver's next control message is this one; uses it. */
void console_rig_expect(struct console_rig *r, uint32_t id, uint16_t event, uint16_t value);
void console_rig_expect_silence(struct console_rig *r);
/* The device takes the next buffer of port 0's output: its text, and gives it back. */
void console_rig_expect_output(struct console_rig *r, const char *text);
uint64_t console_rig_bad(struct console_rig *r); /* control messages ignored */

#endif
