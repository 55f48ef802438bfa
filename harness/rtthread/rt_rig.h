/* SPDX-License-Identifier: Apache-2.0 */
/* A model board with a booted host kernel on it, for suites of the RT-Thread component. */
#ifndef HARNESS_RT_RIG_H
#define HARNESS_RT_RIG_H

#include "model_backend.h"
#include "rthost.h"
#include "virtio_model/model_blk.h"
#include "virtio_model/model_board.h"
#include "virtio_model/model_console.h"
#include "virtio_model/model_device.h"
#include "virtio_model/model_fault.h"
#include "virtio_model/model_gpu.h"
#include "virtio_model/model_input.h"
#include "virtio_model/model_net.h"

#define RT_RIG_SECTORS 256u
#define RT_RIG_IRQ     16 /* vector of slot 0 */

struct rt_rig {
    struct model_backend backend;
    struct model_board *board;
    struct model_blk *disks[2];
    struct model_input *input;
    struct model_net *net;
    struct model_console *console;
    struct model_gpu *gpu;
    uint8_t ram[2][RT_RIG_SECTORS * 512u];
};

/* version 1 or 2; the schedule is the model's. */
void rt_rig_boot(struct rt_rig *r, enum model_schedule schedule, uint64_t seed);
/* A disk with a pattern in a slot; features on top of none. blk_size 0: 512. */
void rt_rig_add_disk(struct rt_rig *r, unsigned slot, unsigned version, uint64_t features,
                     uint32_t blk_size);
void rt_rig_add_input(struct rt_rig *r, unsigned slot, unsigned version,
                      enum model_input_kind kind);
/* A network device whose transmitted frames go to `sink`. */
void rt_rig_add_net(struct rt_rig *r, unsigned slot, unsigned version, uint64_t features,
                    void (*sink)(void *ctx, unsigned pair, const uint8_t *frame, size_t len));
/* A console; MULTIPORT (bit 1) in features: with ports 0 and 1. */
void rt_rig_add_console(struct rt_rig *r, unsigned slot, unsigned version, uint64_t features);
/* A display of 640 x 480. */
void rt_rig_add_gpu(struct rt_rig *r, unsigned slot, unsigned version);
/* What the BSP passes to rt_virtio_*_init(). */
rt_ubase_t *rt_rig_window(unsigned slot);
rt_uint32_t rt_rig_irq(unsigned slot);
rt_device_t rt_rig_open(const char *name);
void rt_rig_arm(struct rt_rig *r, enum model_fault_id id, unsigned variant, uint32_t k,
                bool persistent);

uint8_t rt_rig_pattern(unsigned slot, uint64_t sector, unsigned offset);
bool rt_rig_holds(const void *buf, unsigned slot, uint64_t sector, uint32_t num_sectors);

/* Ends the kernel; asserts that no rule of the specification was broken. */
void rt_rig_close(struct rt_rig *r);

#endif
