/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest virtio-blk exchange that can work, written by hand on a struct host_backend, for the
 * tests of the back end alone: it must not depend on the driver. Version 2 windows, one queue of 8,
 * one request at a time. Specification: 3.1.1 (initialisation), 2.7 (split virtqueues), 4.2.2
 * (registers), 5.2 (block device). Little-endian hosts only.
 */
#ifndef HARNESS_QTEST_TESTS_BLK_BY_HAND_H
#define HARNESS_QTEST_TESTS_BLK_BY_HAND_H

#include "host_backend.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HAND_QUEUE_SIZE 8u

struct hand_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

/* Rings, header and status in one coherent page. */
struct hand_shared {
    struct hand_desc desc[HAND_QUEUE_SIZE];
    struct {
        uint16_t flags;
        uint16_t idx;
        uint16_t ring[HAND_QUEUE_SIZE];
    } avail;
    struct {
        uint32_t type;
        uint32_t reserved;
        uint64_t sector;
    } header;
    struct {
        uint16_t flags;
        uint16_t idx;
        struct {
            uint32_t id;
            uint32_t len;
        } ring[HAND_QUEUE_SIZE];
    } used;
    uint8_t status;
};

struct hand_blk {
    struct host_backend *be;
    uint64_t window;
    struct hand_shared *mem;
    uint64_t dma;
    unsigned irqs;        /* handler calls */
    unsigned last_irq;    /* its argument */
    uint32_t last_status; /* InterruptStatus it acknowledged */
    bool deaf;            /* the handler does not acknowledge */
};

/* Register access at an offset in the window. */
uint32_t hand_read(const struct hand_blk *blk, unsigned offset);
void hand_write(const struct hand_blk *blk, unsigned offset, uint32_t value);

/* Brings the device to DRIVER_OK; false when it does not follow. */
bool hand_start(struct hand_blk *blk, struct host_backend *be, uint64_t window);

/* Puts a one-sector request (type 0 reads, 1 writes) into the ring and notifies. `data_dma` is the
 * address of 512 mapped bytes. */
void hand_submit(struct hand_blk *blk, uint32_t type, uint64_t sector, uint64_t data_dma);

/* Sleeps until the used index reaches `idx`, 5 s at most. */
bool hand_wait(struct hand_blk *blk, uint16_t idx);

/* One sector read into or written from `data`; false on any failure. */
bool hand_transfer(struct hand_blk *blk, uint32_t type, uint64_t sector, uint8_t *data);

/* Resets the device and gives the memory back. */
void hand_stop(struct hand_blk *blk);

/* A host_irq_handler; `ctx` is the struct hand_blk. */
void hand_irq(void *ctx, unsigned irq);

#endif
