/* SPDX-License-Identifier: Apache-2.0 */
/* A console driver by hand: queues with receive buffers, control messages, bytes. */
#ifndef MODEL_TESTS_HAND_CONSOLE_H
#define MODEL_TESTS_HAND_CONSOLE_H

#include "hand_queue.h"
#include "virtio_model/model_console.h"

#define HC_QUEUES  12u
#define HC_NUM     16u
#define HC_BUFFERS 4u /* posted in each receive queue */
#define HC_BYTES   64u

#define HC_SIZE      HB(0)
#define HC_MULTIPORT HB(1)
#define HC_EMERG     HB(2)

struct hand_console {
    struct hand *h;
    struct model_console *con;
    unsigned n_queues;
    struct hand_queue q[HC_QUEUES];
    uint8_t rx[HC_QUEUES][HC_NUM][HC_BYTES];
    uint8_t tx[8]; /* a control message */
};

struct hand_message {
    int len; /* -1: none came */
    uint32_t id;
    uint16_t event, value;
    uint8_t payload[HC_BYTES - 8];
};

/* A device with ports 0 (a console), 1 (with a name) and 2 of 4. */
extern const struct model_console_config hc_three;

/* A board with the device; then everything up to DRIVER_OK, and without or with buffers. */
void hc_board(struct hand_console *c, const struct model_board_config *bc,
              const struct model_console_config *cfg);
void hc_queues(struct hand_console *c);
void hc_post(struct hand_console *c, unsigned queue);
void hc_up(struct hand_console *c, uint64_t wanted);
/* The same for hc_three, and its ports answered; `added` gets a bit for each. */
void hc_three_up(struct hand_console *c, uint32_t *added);
void hc_down(struct hand_console *c);

/* One buffer; whether it was given back. */
bool hc_write(struct hand_console *c, unsigned port, void *bytes, uint32_t len);
/* Bytes of the next used buffer, which is posted again; -1: none came. */
int hc_read(struct hand_console *c, unsigned port, void *bytes);
bool hc_say(struct hand_console *c, uint32_t id, uint16_t event, uint16_t value);
struct hand_message hc_hear(struct hand_console *c);
/* Answers messages until none comes, as a driver has to; returns how many came. */
unsigned hc_answer(struct hand_console *c, unsigned max_ports, uint32_t *added);

#endif
