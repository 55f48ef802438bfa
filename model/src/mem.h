/* SPDX-License-Identifier: Apache-2.0 */
/* Guest memory as the board and the devices see it; the guest's face is model_mem.h. */
#ifndef MODEL_MEM_INTERNAL_H
#define MODEL_MEM_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio_model/model_mem.h"

#define MEM_CLASSES 32u

enum mem_kind { MEM_COHERENT, MEM_MAPPING, MEM_HEAP };

/* One live allocation. Offsets are from the start of the arena. */
struct mem_block {
    size_t off;      /* first byte of the user's part */
    size_t size;     /* what the user asked for */
    size_t cell_off; /* the cell it lies in */
    uint64_t gpa;    /* normally base + off; elsewhere when a fault moved it */
    void *user;      /* MEM_MAPPING: the caller's buffer */
    uint8_t cell_class;
    uint8_t kind;
    uint8_t dir;
    bool moved; /* gpa is not base + off */
};

/* Freed cells of one size, most recent first. */
struct mem_freelist {
    size_t *cell_off;
    unsigned count, cap;
};

struct model_memory {
    uint8_t *raw; /* what mmap gave */
    size_t raw_size;
    uint8_t *arena; /* congruent to base modulo 64 KiB */
    uint64_t base;
    size_t size;
    size_t bump;
    struct mem_block *block; /* live blocks sorted by off */
    unsigned n_blocks, cap_blocks;
    unsigned n_moved, moves;
    unsigned last_hit;
    struct mem_freelist free[MEM_CLASSES];
    struct model_mem_usage usage;
};

enum mem_why { MEM_WHY_OK, MEM_WHY_UNMAPPED, MEM_WHY_DIRECTION };

int mem_init(struct model_memory *mem, uint64_t base, size_t size);
void mem_fini(struct model_memory *mem);
void mem_rewind(struct model_memory *mem);

/* Host pointer of [gpa, gpa + len) when one live block that a device may use in direction `need`
 * (bits of enum model_dma_dir) covers it, else NULL and the reason. Records nothing. */
uint8_t *mem_device_ptr(struct model_memory *mem, uint64_t gpa, uint64_t len, unsigned need,
                        enum mem_why *why);
/* The address lies in the guest's RAM at all, mapped or not. */
bool mem_is_ram(const struct model_memory *mem, uint64_t gpa);
/* Records MEM-001..-003 for what is still allocated. */
void mem_report_leaks(struct model_board *board);

#endif
