/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scripted virtio-mmio device under the host port: plain registers that a test sets, hooks at
 * every access, and a device side of the split ring that the test moves by hand (virtio v1.2
 * sections 2.7 and 4.2). It has no opinion of its own; the model has. It is for what the model
 * would not do: a wrong byte at one chosen access, exact numbers of accesses, the ring seen alone.
 *
 * Addresses that the device sees are made up, so that a pointer handed out as one is found out, and
 * so are accesses outside of what is allocated. The struct is the caller's; one at a time is
 * current.
 */
#ifndef HARNESS_TESTS_FAKE_H
#define HARNESS_TESTS_FAKE_H

#include "host_backend.h"
#include "virtio/virtqueue.h"

#define FAKE_BASE       0x10001000u
#define FAKE_DMA_BASE   UINT64_C(0x4000000000)       /* of allocations */
#define FAKE_MAP_OFFSET UINT64_C(0x5000000000000000) /* of mapped buffers */
#define FAKE_BLOCKS     16u
#define FAKE_QUEUES     4u
#define FAKE_ACCESSES   4096u
#define FAKE_CONFIG     136u /* the largest there is, that of an input device */

/* Registers by their offset, as the specification's table 4.1 has them. */
enum {
    R_MAGIC = 0x00,
    R_VERSION = 0x04,
    R_DEVICE_ID = 0x08,
    R_VENDOR_ID = 0x0c,
    R_DEVICE_FEATURES = 0x10,
    R_DEVICE_FEATURES_SEL = 0x14,
    R_DRIVER_FEATURES = 0x20,
    R_DRIVER_FEATURES_SEL = 0x24,
    R_GUEST_PAGE_SIZE = 0x28,
    R_QUEUE_SEL = 0x30,
    R_QUEUE_NUM_MAX = 0x34,
    R_QUEUE_NUM = 0x38,
    R_QUEUE_ALIGN = 0x3c,
    R_QUEUE_PFN = 0x40,
    R_QUEUE_READY = 0x44,
    R_QUEUE_NOTIFY = 0x50,
    R_INTERRUPT_STATUS = 0x60,
    R_INTERRUPT_ACK = 0x64,
    R_STATUS = 0x70,
    R_QUEUE_DESC_LOW = 0x80,
    R_QUEUE_DRIVER_LOW = 0x90,
    R_QUEUE_DEVICE_LOW = 0xa0,
    R_QUEUE_RESET = 0xc0,
    R_CONFIG_GENERATION = 0xfc,
    R_CONFIG = 0x100,
};

struct fake_access {
    bool write;
    uint8_t width;
    uint16_t reg;
    uint32_t value;
};

struct fake_queue {
    uint32_t num_max, num, ready, pfn, align;
    uint64_t desc, driver, device; /* as the device was told */
    uint16_t last_avail, used_idx; /* of the device */
};

struct fake;
/* Reads: called before the value is taken. Writes: called after the effect. */
typedef void (*fake_hook)(struct fake *f, const struct fake_access *access);

struct fake {
    struct host_backend host; /* first */
    uint32_t magic, version, device_id, vendor_id;
    uint64_t device_features, driver_features;
    uint32_t device_sel, driver_sel, page_size;
    uint32_t status;      /* as it reads */
    uint32_t status_keep; /* bits that stick when written */
    unsigned reset_reads; /* Status reads after a reset that still show something */
    unsigned reset_left;
    uint32_t queue_sel;
    struct fake_queue q[FAKE_QUEUES];
    uint32_t isr, generation;
    uint8_t config[FAKE_CONFIG];
    unsigned notifies;
    uint32_t notified; /* last value */
    fake_hook on_read, on_write;
    void (*on_barrier)(struct fake *f, enum host_barrier kind);

    struct fake_access log[FAKE_ACCESSES];
    unsigned accesses, reads, writes;

    /* The host side. */
    uint64_t time_us;
    unsigned lock_depth, lock_depth_max;
    unsigned heap_blocks, dma_blocks, mappings, allocs;
    unsigned fail_alloc; /* the n-th allocation from now fails, 0: none */
    uint64_t next_dma;   /* address of the next allocation */
    struct fake_block {
        unsigned char *ptr;
        size_t size;
        uint64_t dma;
    } blocks[FAKE_BLOCKS];
    bool (*handler)(void *arg);
    void *handler_arg;
    unsigned log_lines;
    char last_line[256];
};

/* A block device of the version with one queue of 16 and no features but VERSION_1. Current. */
void fake_init(struct fake *f, uint32_t version);
struct virtio_window fake_window(void);
/* Accesses to a register since fake_init. */
unsigned fake_count(const struct fake *f, unsigned reg, bool write);
/* Values written to a register, in order; returns how many (at most `max` are stored). */
unsigned fake_written(const struct fake *f, unsigned reg, uint32_t *values, unsigned max);
void fake_forget(struct fake *f); /* the accesses so far */

/* Brings `dev` to the state FEATURES_OK with the offered features; asserts that it works. */
void fake_negotiate(struct fake *f, struct virtio_device *dev);
/* The same, then one queue, then DRIVER_OK. cfg NULL: queue 0, 16 entries, no indirect. */
void fake_live(struct fake *f, struct virtio_device *dev, struct virtqueue *vq,
               const struct virtqueue_config *cfg);

/* ---- the device side of queue i ---- */
struct fake_chain {
    uint16_t head;
    unsigned count; /* pieces, those of an indirect table included */
    unsigned writable;
    bool indirect;
    struct {
        uint64_t addr;
        uint32_t len;
        bool write;
    } piece[64];
};
/* Takes the next available chain; false when there is none. */
bool fake_take(struct fake *f, unsigned i, struct fake_chain *chain);
void fake_use(struct fake *f, unsigned i, uint32_t id, uint32_t len);
/* What the device finds at an address; asserts that it is allocated. */
void *fake_at(const struct fake *f, uint64_t dma, size_t len);
/* Index fields, as they stand in memory. */
volatile uint16_t *fake_avail(struct fake *f, unsigned i); /* flags, idx, ring, used_event */
volatile uint16_t *fake_used(struct fake *f, unsigned i);  /* flags, idx, elements, avail_event */
volatile uint16_t *fake_used_event(struct fake *f, unsigned i);
volatile uint16_t *fake_avail_event(struct fake *f, unsigned i);

#endif
