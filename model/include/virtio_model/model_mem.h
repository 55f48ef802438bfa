/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest memory with a DMA permission map. Guest-physical addresses differ from host pointers and
 * lie above 4 GiB. A device may touch only what is allocated coherent, or mapped at that moment in
 * the mapped direction; everything else is a rule breach that names the address, and the access
 * reads zeroes or writes nothing.
 *
 * Mapped buffers are bounced: the device sees a copy made at map time (TO_DEVICE) or a poison
 * pattern (FROM_DEVICE, byte MODEL_MEM_POISON; under NET-RX-STALE what the caller's buffer held, as
 * where nothing is bounced), and the caller's buffer changes only at unmap or sync. A driver that
 * reads a buffer before it unmaps it reads stale data and is found out. Freed and unmapped memory
 * is poisoned for the sanitizer where there is one.
 *
 * These calls are what a port's dma_alloc/dma_map use. Breaches of their own contract (double
 * unmap, wrong length or direction, memory freed while a live queue or an unfinished chain still
 * refers to it) are recorded in the rule book as MEM-001..MEM-0nn or as DRV-CORE-037.
 */
#ifndef VIRTIO_MODEL_MEM_H
#define VIRTIO_MODEL_MEM_H

#include <stddef.h>
#include <stdint.h>

struct model_board;

#define MODEL_MEM_POISON 0xa5u

enum model_dma_dir { MODEL_DMA_TO_DEVICE = 1, MODEL_DMA_FROM_DEVICE = 2, MODEL_DMA_BOTH = 3 };

/* Coherent memory, not zeroed (filled with MODEL_MEM_POISON). align: power of two up to 65536,
 * 0 means 16. Returns NULL when memory is exhausted or on a bad argument. */
void *model_mem_alloc(struct model_board *board, size_t size, size_t align, uint64_t *gpa);
void model_mem_free(struct model_board *board, void *ptr, size_t size);

/* Returns 0, -EINVAL (len 0 or bad direction), -ENOMEM. */
int model_mem_map(struct model_board *board, void *buf, size_t len, enum model_dma_dir dir,
                  uint64_t *gpa);
void model_mem_unmap(struct model_board *board, uint64_t gpa, void *buf, size_t len,
                     enum model_dma_dir dir);

/* Brings `len` bytes from `offset` of a mapping that lasts up to date: TO_DEVICE copies them from
 * the buffer into what the device sees, FROM_DEVICE the other way. gpa and buf are those of the
 * mapping, dir one of its directions; anything else is a breach of MEM-004. */
void model_mem_sync(struct model_board *board, uint64_t gpa, void *buf, size_t offset, size_t len,
                    enum model_dma_dir dir);

/* Private heap memory of the driver, not visible to devices, counted for leaks. Zeroed. */
void *model_heap_alloc(struct model_board *board, size_t size);
void model_heap_free(struct model_board *board, void *ptr);

/* What is in use now; all zero after a clean tear-down. */
struct model_mem_usage {
    unsigned coherent_blocks, mappings, heap_blocks;
    size_t coherent_bytes, mapped_bytes, heap_bytes;
    size_t peak_coherent_bytes, peak_heap_bytes;
    uint64_t bounced_bytes; /* copied by map and unmap so far */
};
void model_mem_usage(const struct model_board *board, struct model_mem_usage *out);

#endif
