/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rings of virtqueues as they were when their memory was given back, in words that do not
 * depend on where they lay: sections 2.6 (split rings), 2.6.2 (legacy layout), 4.2.2, 4.2.4. Fed
 * with the driver's register writes, which say where the rings are, and with each piece of memory.
 */
#ifndef HARNESS_BOARD_RINGS_H
#define HARNESS_BOARD_RINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define BOARD_RINGS_WINDOWS 2u
#define BOARD_RINGS_QUEUES  64u

/* Begun as all zero but for the first two. */
struct board_rings {
    bool modern;
    bool big_endian; /* the ring fields of legacy devices */
    FILE *out;       /* what was found, a line an entry; the owner's */
    unsigned found;  /* descriptor tables, available and used rings */
    struct {
        uint64_t selected, page_bytes;
        struct board_queue {
            uint64_t num, align;
            uint64_t areas[3]; /* descriptors, available, used; 0: none, or seen */
            uint64_t next[3];  /* being written by the driver */
        } queues[BOARD_RINGS_QUEUES];
    } windows[BOARD_RINGS_WINDOWS];
};

/* The driver writes a register. */
void board_rings_write(struct board_rings *r, unsigned window, unsigned offset, uint64_t value);

/* Memory shared with devices, `len` bytes at that bus address, is given back. */
void board_rings_given_back(struct board_rings *r, uint64_t dma, const void *bytes, size_t len);

/* Lines that differ between two such texts, counted; printed under their names if so wished (NULL:
 * not). */
unsigned board_rings_differences(const char *one, const char *other, const char *const names[2]);

#endif
