/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A first-fit allocator over the part of the guest's RAM that driver and device share. The book
 * keeping lives in private memory, where no device can write. Free memory is filled with 0xdd, new
 * memory with 0xa5, and free memory is off limits to AddressSanitizer builds, so that a use after
 * free or of undefined contents shows. Single-threaded.
 */
#ifndef HARNESS_QTEST_SHARED_RAM_H
#define HARNESS_QTEST_SHARED_RAM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum ram_kind { RAM_COHERENT, RAM_BOUNCE };

/* One piece in use. Owned by the allocator. */
struct ram_extent {
    struct ram_extent *next; /* by address */
    size_t offset;           /* from the start of the RAM */
    size_t size;             /* as asked for */
    size_t reserved;         /* as taken */
    enum ram_kind kind;
    uint64_t serial; /* 1 for the first one given out, ... */
    void *buffer;    /* of a bounce: the caller's memory */
    unsigned dir;    /* of a bounce: enum host_dma_dir */
};

/* The allocator. Owned by the caller; the memory itself is not. */
struct shared_ram {
    unsigned char *base; /* where the RAM is mapped here */
    uint64_t bus;        /* bus address of its first byte */
    size_t first;        /* bytes at its start that are never given out */
    size_t size;
    struct ram_extent *used;
    uint64_t serial;
    size_t in_use[2]; /* pieces, by kind */
    size_t in_use_bytes;
    size_t peak_bytes;
};

/* Starts with everything free. `first` is a multiple of 4096. */
void shared_ram_init(struct shared_ram *ram, void *base, uint64_t bus, size_t first, size_t size);

/* A piece of `size` bytes whose bus address is a multiple of `align` (a power of two, 0 means no
 * wish; never below 64). NULL for size 0, a wrong alignment or when there is no room. */
struct ram_extent *shared_ram_alloc(struct shared_ram *ram, size_t size, size_t align,
                                    enum ram_kind kind);

/* The piece that starts at a bus address, or NULL. */
struct ram_extent *shared_ram_find(struct shared_ram *ram, uint64_t bus);

/* Gives a piece back. */
void shared_ram_free(struct shared_ram *ram, struct ram_extent *extent);

/* Where a piece is, here and on the bus. */
void *shared_ram_pointer(const struct shared_ram *ram, const struct ram_extent *extent);
uint64_t shared_ram_bus(const struct shared_ram *ram, const struct ram_extent *extent);

/* One line to `out` for every piece in use; returns their number. */
size_t shared_ram_report(const struct shared_ram *ram, FILE *out);

/* Forgets every piece; before the memory is unmapped. */
void shared_ram_fini(struct shared_ram *ram);

#endif
