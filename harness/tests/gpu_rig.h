/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU driver on the scripted device of fake.h: every command is kept, and answered as the test
 * says. Included by the suites of the GPU driver only. */
#ifndef HARNESS_TESTS_GPU_RIG_H
#define HARNESS_TESTS_GPU_RIG_H

#include "fake.h"
#include "virtio/virtio_gpu.h"

#define GPU_RIG_SEEN 64u
#define GPU_RIG_HELD 32u

/* Commands and answers, as the specification's section 5.7.6.7 has them. */
enum {
    C_GET_DISPLAY_INFO = 0x100,
    C_CREATE = 0x101,
    C_UNREF = 0x102,
    C_SET_SCANOUT = 0x103,
    C_FLUSH = 0x104,
    C_TRANSFER = 0x105,
    C_ATTACH = 0x106,
    C_DETACH = 0x107,
    C_GET_EDID = 0x10a,
    C_UPDATE_CURSOR = 0x300,
    C_MOVE_CURSOR = 0x301,
};

struct gpu_rig {
    struct fake f; /* first: the hooks find the rest through it */
    struct virtio_gpu gpu;
    /* Commands so far: the first 56 bytes and, of an attach, the first entry. */
    struct gpu_rig_seen {
        uint32_t type;
        uint8_t bytes[56];
        uint64_t addr;
        uint32_t len;
        unsigned queue;
    } seen[GPU_RIG_SEEN];
    unsigned num_seen;
    /* What is said to commands of the type `script_on` (0: to none) instead of the right answer. */
    uint32_t script_on;
    uint32_t say_type;
    uint32_t say_len;  /* used length; 0: the right one */
    bool say_no_fence; /* the flag is missing */
    uint64_t say_fence_off;
    /* Commands of this type (0: none, 0xffffffff: all) are not answered before gpu_rig_release. */
    uint32_t hold;
    struct gpu_rig_held {
        struct fake_chain chain;
        unsigned queue;
    } held[GPU_RIG_HELD];
    unsigned num_held;
    uint32_t mode_width, mode_height, mode_enabled; /* of scanout 0 */
    uint8_t edid[1024];
    uint32_t edid_size;
    unsigned changes; /* callbacks */
    unsigned done_calls;
    int done_result;
    bool locked; /* a callback ran with a lock held */
};

/* Two scanouts, one enabled with 800 x 600; EDID is offered and well-formed. */
void gpu_rig_make(struct gpu_rig *r, uint32_t version);
int gpu_rig_probe(struct gpu_rig *r, const struct virtio_gpu_params *params);
void gpu_rig_open(struct gpu_rig *r, const struct virtio_gpu_params *params);
/* Removes the device and asserts that nothing is left. */
void gpu_rig_close(struct gpu_rig *r);

/* Answers what was held, in order, and interrupts. */
void gpu_rig_release(struct gpu_rig *r);
void gpu_rig_interrupt(struct gpu_rig *r, uint32_t cause);
/* A display event. */
void gpu_rig_event(struct gpu_rig *r);
/* The n-th last command; asserts its type. */
const struct gpu_rig_seen *gpu_rig_last(const struct gpu_rig *r, unsigned n, uint32_t type);
unsigned gpu_rig_count(const struct gpu_rig *r, uint32_t type);
uint32_t gpu_rig_word(const struct gpu_rig_seen *seen, unsigned offset);
/* A resource with memory; asserts that it works. */
uint32_t gpu_rig_resource(struct gpu_rig *r, uint32_t width, uint32_t height, void *mem);
/* A callback for updates. */
void gpu_rig_done(struct virtio_gpu *gpu, void *cookie, int result);
void gpu_rig_fix_edid(struct gpu_rig *r); /* checksums */

#endif
