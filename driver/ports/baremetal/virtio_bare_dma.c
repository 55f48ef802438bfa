/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers for devices that do not see the CPU's caches (bare-metal port). Context: any.
 *
 * The lines of a buffer are written back before the device reads them, and dropped after it wrote.
 * Dropping a line that the buffer shares with something else would lose what the CPU wrote there
 * meanwhile, and writing it back would undo what the device wrote. So a buffer that the device
 * writes and that does not fill whole lines is not used itself: the device gets a piece of the
 * board's uncached memory instead and the data is copied, as is every buffer on a CPU that cannot
 * maintain its caches. That piece is looked for among those of virtio_bare_memory(), at a cost that
 * grows with their number; -ENOMEM when there is none. Align buffers to be spared it.
 */
#include "virtio_port.h"

#include "virtio/virtio_errno.h"

int virtio_bare_mapped;

/* False: the device cannot be given the buffer itself. */
static bool in_place(const void *buf, size_t len, enum virtio_dma_dir dir)
{
    size_t line = virtio_bare_cache_line();

    return line != 0 &&
           (dir == VIRTIO_DMA_TO_DEVICE || (((uintptr_t)buf | len) & (line - 1u)) == 0);
}

static void for_lines(uintptr_t start, size_t len, void (*op)(uintptr_t line))
{
    size_t line = virtio_bare_cache_line();
    uintptr_t end = start + len;

    for (uintptr_t at = start & ~(uintptr_t)(line - 1u); at < end; at += line) {
        op(at);
    }
    virtio_bare_cache_done();
}

int virtio_bare_map(void *buf, size_t len, enum virtio_dma_dir dir, uint64_t *dma)
{
    if (in_place(buf, len, dir)) {
        /* What the device writes must not be overwritten by a dirty line that is put out late. */
        for_lines((uintptr_t)buf, len,
                  dir == VIRTIO_DMA_TO_DEVICE ? virtio_bare_cache_clean : virtio_bare_cache_flush);
        *dma = (uint64_t)(uintptr_t)buf;
    } else {
        void *copy = virtio_port_dma_alloc(NULL, len, 16, dma);

        if (copy == NULL) {
            return -ENOMEM;
        }
        /* In both directions: what the device leaves out keeps what the caller had there. */
        memcpy(copy, buf, len);
    }
    virtio_bare_add(&virtio_bare_mapped, 1);
    return 0;
}

/* The memory that stands in for a buffer; NULL: the device has the buffer itself. */
static uint8_t *stand_in(uint64_t dma, const void *buf)
{
    return dma != (uint64_t)(uintptr_t)buf ? virtio_bare_memory_at(dma) : NULL;
}

void virtio_bare_unmap(uint64_t dma, void *buf, size_t len, enum virtio_dma_dir dir)
{
    uint8_t *copy = stand_in(dma, buf);

    if (dir == VIRTIO_DMA_FROM_DEVICE) {
        virtio_bare_sync(dma, buf, 0, len, dir);
    }
    if (copy != NULL) {
        virtio_port_dma_free(NULL, copy, len, dma);
    }
    virtio_bare_add(&virtio_bare_mapped, -1);
}

void virtio_bare_sync(uint64_t dma, void *buf, size_t offset, size_t len, enum virtio_dma_dir dir)
{
    uint8_t *copy = stand_in(dma, buf);
    uint8_t *part = (uint8_t *)buf + offset;

    if (copy != NULL && dir == VIRTIO_DMA_TO_DEVICE) {
        memcpy(copy + offset, part, len);
    } else if (copy != NULL) {
        memcpy(part, copy + offset, len);
    } else {
        /* The CPU may have read ahead into the lines while the device wrote: they are dropped
         * again. */
        for_lines((uintptr_t)part, len,
                  dir == VIRTIO_DMA_TO_DEVICE ? virtio_bare_cache_clean : virtio_bare_cache_drop);
    }
}
