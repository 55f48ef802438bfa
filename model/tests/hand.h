/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver written by hand for the model's own tests: it drives one device through its registers
 * and rings, step by step, so that a test can do each step wrongly. The rings here are those of a
 * block device with one queue and requests of header, data and status; hand_queue.h has queues for
 * every type. No error handling beyond assertions of the caller.
 */
#ifndef MODEL_TESTS_HAND_H
#define MODEL_TESTS_HAND_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "virtio_model/model_blk.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_choices.h"
#include "virtio_model/model_fault.h"
#include "virtio_model/model_mem.h"
#include "virtio_model/model_rules.h"
#include "virtio_model/model_trace.h"

#define HAND_IMAGE_SECTORS 256u
#define HAND_MAX_REQUESTS  16u

#define HB(n)        (UINT64_C(1) << (n))
#define HF_INDIRECT  HB(28)
#define HF_EVENT_IDX HB(29)
#define HF_VERSION_1 HB(32)

struct hand_request {
    bool busy, done;
    uint8_t *header, *status; /* coherent */
    uint64_t header_gpa, status_gpa;
    uint8_t *data;
    uint64_t data_gpa;
    uint32_t data_len;
    bool data_in;
    uint8_t *table; /* indirect */
    uint64_t table_gpa;
    uint32_t used_len;
    uint8_t result;
    unsigned order; /* completions before this one */
};

struct hand {
    struct model_board *board;
    struct model_blk *blk;
    struct model_device *dev;
    unsigned slot, version;
    uint32_t device_id;
    uint64_t offered, features;
    uint32_t num;
    bool barriers, irqs; /* execute barriers, wait by interrupt */
    bool read_back;      /* read Status and QueueReady back */
    uint32_t told;       /* Status as written last */
    uint8_t *ring, *avail, *used;
    uint64_t ring_gpa;
    uint32_t ring_bytes, avail_off, used_off;
    uint16_t avail_idx, last_used, free_head;
    unsigned completed, handler_runs;
    struct hand_request req[HAND_MAX_REQUESTS];
    uint16_t head_of[HAND_MAX_REQUESTS];
    uint8_t image[HAND_IMAGE_SECTORS * 512];
};

uint32_t hand_rd(struct hand *h, uint32_t off);
void hand_wr(struct hand *h, uint32_t off, uint32_t val);
uint64_t hand_cfg(struct hand *h, uint32_t off, unsigned width);

/* A board with one block device; `features` is what the device offers. */
void hand_board(struct hand *h, const struct model_board_config *bc, unsigned version,
                uint64_t features);
void hand_board_cfg(struct hand *h, const struct model_board_config *bc,
                    const struct model_blk_config *cfg);
void hand_close(struct hand *h);

/* The stages of bring-up. */
void hand_identify(struct hand *h);
bool hand_reset(struct hand *h);                      /* false: Status never read 0 */
void hand_negotiate(struct hand *h, uint64_t wanted); /* up to FEATURES_OK read back */
void hand_queue_memory(struct hand *h, uint32_t num);
void hand_queue_program(struct hand *h);
void hand_driver_ok(struct hand *h);
void hand_up(struct hand *h, uint64_t wanted, uint32_t num); /* all of them */
void hand_down(struct hand *h);

/* Requests. Each uses descriptors 3i .. 3i+2 of the table, so that i < num / 3. */
/* False when memory ran out. */
bool hand_fill(struct hand *h, unsigned i, uint32_t type, uint64_t sector, uint8_t *data,
               uint32_t len, bool data_in);
void hand_publish(struct hand *h, unsigned i);
void hand_kick(struct hand *h);
bool hand_kick_wanted(const struct hand *h, uint16_t old_idx);
void hand_submit(struct hand *h, unsigned i, uint32_t type, uint64_t sector, uint8_t *data,
                 uint32_t len, bool data_in);
void hand_poll(struct hand *h);
bool hand_wait(struct hand *h, unsigned i, uint64_t ns);
void hand_give_up(struct hand *h, unsigned i); /* releases the memory of a request */

/* Text of the breaches for messages; whether the only breach is of this rule. */
const char *hand_breaches(const struct hand *h);
bool hand_only(const struct hand *h, const char *rule);
bool hand_breached(const struct hand *h, const char *rule);

#endif
