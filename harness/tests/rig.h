/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The block driver on a model board with one disk, for suites: what the driver wrote and logged is
 * at hand, the port's calls are checked for locks held, and a test ends with a clean rule book and
 * nothing leaked. Several rigs may stand side by side; one is current.
 */
#ifndef HARNESS_TESTS_RIG_H
#define HARNESS_TESTS_RIG_H

#include "model_backend.h"
#include "virtio/virtio_blk.h"
#include "virtio_model/model_blk.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_device.h"
#include "virtio_model/model_fault.h"
#include "virtio_model/model_mem.h"

#define RIG_SECTORS 256u
#define RIG_WRITES  256u

struct rig_options {
    unsigned version; /* 0: 2 */
    enum model_schedule schedule;
    uint64_t seed;
    uint64_t features; /* on top of the ring features' absence */
    uint32_t blk_size, size_max, seg_max;
    uint16_t num_queues, queue_num_max;
    uint32_t service_ns, reset_ns;
    bool polled;
};

struct rig {
    struct model_backend backend; /* first */
    struct host_backend model;    /* the model's own calls, behind ours */
    struct model_board *board;
    struct model_blk *disk;
    struct model_device *device;
    struct virtio_window window;
    struct virtio_blk blk;
    uint8_t ram[RIG_SECTORS * 512u];
    bool answer_irqs; /* the interrupt handler is the driver's; off: nobody answers */

    unsigned barriers, mask_depth, mask_depth_max;
    struct {
        uint16_t reg;
        uint32_t value;
    } writes[RIG_WRITES];
    unsigned num_writes;
    unsigned log_lines;
    char last_line[256];
};

/* Makes the board and the disk, filled with a pattern; current. */
void rig_make(struct rig *r, const struct rig_options *o);
void rig_select(struct rig *r);
int rig_probe(struct rig *r, const struct virtio_blk_params *params);
/* rig_make and a probe that must work. */
void rig_open(struct rig *r, const struct rig_options *o, const struct virtio_blk_params *params);
/* Removes the device if there is one; asserts that all is released and no rule was broken. */
void rig_close(struct rig *r);
/* The same for a device that is removed already. */
void rig_expect_clean(struct rig *r);

struct model_mem_usage rig_memory(const struct rig *r);
/* Register accesses of the driver so far. */
uint64_t rig_accesses(const struct rig *r);
/* The byte that the disk holds at a position. */
uint8_t rig_pattern(uint64_t sector, unsigned offset);
bool rig_holds_pattern(const void *buf, uint64_t sector, uint32_t num_sectors);

void rig_arm(struct rig *r, enum model_fault_id id, unsigned variant, uint32_t k, bool persistent);
/* Lets virtual time pass, the device served as a waiting thread would. */
void rig_run(struct rig *r, uint64_t us);

/* An asynchronous request of one segment that counts its completions. */
struct rig_req {
    struct virtio_blk_req req;
    struct virtio_blk_seg seg;
    struct rig *rig;
    unsigned calls;
    int result;
    bool masked; /* a lock was held while the callback ran */
    uint8_t buf[8 * 512];
};
void rig_req_init(struct rig *r, struct rig_req *q, enum virtio_blk_op op, uint64_t sector,
                  uint32_t num_sectors);

#endif
