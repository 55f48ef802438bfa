/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First-fit allocation in guest RAM; see shared_ram.h.
 */
#include "shared_ram.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RAM_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define RAM_ASAN 1
#endif
#ifdef RAM_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(addr, size)   ((void)(addr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(addr, size) ((void)(addr), (void)(size))
#endif

/* A cache line, so that neighbours never share one, as a careful port would have it. */
#define GRAIN 64u

#define FILL_NEW  0xa5
#define FILL_FREE 0xdd

void shared_ram_init(struct shared_ram *ram, void *base, uint64_t bus, size_t first, size_t size)
{
    memset(ram, 0, sizeof(*ram));
    ram->base = base;
    ram->bus = bus;
    ram->first = first;
    ram->size = size;
    ASAN_POISON_MEMORY_REGION(ram->base + first, size - first);
}

/* First offset at or after `from` that is aligned on the bus; SIZE_MAX when there is none. */
static size_t align_up(const struct shared_ram *ram, size_t from, size_t align)
{
    uint64_t bus = ram->bus + from;
    uint64_t up = (bus + (align - 1)) & ~(uint64_t)(align - 1);

    return up < bus || up - ram->bus > ram->size ? SIZE_MAX : (size_t)(up - ram->bus);
}

/* The link behind which `reserved` bytes fit, and the offset; NULL when nothing fits. */
static struct ram_extent **find_gap(struct shared_ram *ram, size_t reserved, size_t align,
                                    size_t *offset)
{
    struct ram_extent **link = &ram->used;
    size_t from = ram->first;

    for (;; link = &(*link)->next) {
        size_t end = *link ? (*link)->offset : ram->size;
        size_t at = align_up(ram, from, align);

        if (at <= end && end - at >= reserved) {
            *offset = at;
            return link;
        }
        if (!*link)
            return NULL;
        from = (*link)->offset + (*link)->reserved;
    }
}

struct ram_extent *shared_ram_alloc(struct shared_ram *ram, size_t size, size_t align,
                                    enum ram_kind kind)
{
    struct ram_extent *extent;
    struct ram_extent **link;
    size_t reserved;
    size_t offset;

    if (align < GRAIN)
        align = align & (align - 1) ? align : GRAIN;
    if (size == 0 || size > ram->size || (align & (align - 1)))
        return NULL;
    reserved = (size + GRAIN - 1) / GRAIN * GRAIN;
    link = find_gap(ram, reserved, align, &offset);
    if (!link)
        return NULL;
    extent = calloc(1, sizeof(*extent));
    if (!extent)
        return NULL;
    extent->next = *link;
    extent->offset = offset;
    extent->size = size;
    extent->reserved = reserved;
    extent->kind = kind;
    extent->serial = ++ram->serial;
    *link = extent;
    ram->in_use[kind]++;
    ram->in_use_bytes += reserved;
    if (ram->in_use_bytes > ram->peak_bytes)
        ram->peak_bytes = ram->in_use_bytes;
    ASAN_UNPOISON_MEMORY_REGION(ram->base + offset, size);
    memset(ram->base + offset, FILL_NEW, size);
    return extent;
}

struct ram_extent *shared_ram_find(struct shared_ram *ram, uint64_t bus)
{
    for (struct ram_extent *e = ram->used; e; e = e->next) {
        if (ram->bus + e->offset == bus)
            return e;
    }
    return NULL;
}

void shared_ram_free(struct shared_ram *ram, struct ram_extent *extent)
{
    struct ram_extent **link = &ram->used;

    while (*link != extent)
        link = &(*link)->next;
    *link = extent->next;
    ram->in_use[extent->kind]--;
    ram->in_use_bytes -= extent->reserved;
    memset(ram->base + extent->offset, FILL_FREE, extent->size);
    ASAN_POISON_MEMORY_REGION(ram->base + extent->offset, extent->reserved);
    free(extent);
}

void *shared_ram_pointer(const struct shared_ram *ram, const struct ram_extent *extent)
{
    return ram->base + extent->offset;
}

uint64_t shared_ram_bus(const struct shared_ram *ram, const struct ram_extent *extent)
{
    return ram->bus + extent->offset;
}

size_t shared_ram_report(const struct shared_ram *ram, FILE *out)
{
    size_t count = 0;

    for (const struct ram_extent *e = ram->used; e; e = e->next) {
        if (e->kind == RAM_COHERENT)
            (void)fprintf(out, "  #%" PRIu64 " dma_alloc 0x%" PRIx64 " %zu bytes\n", e->serial,
                          ram->bus + e->offset, e->size);
        else
            (void)fprintf(out, "  #%" PRIu64 " dma_map 0x%" PRIx64 " %zu bytes of %p, dir %u\n",
                          e->serial, ram->bus + e->offset, e->size, e->buffer, e->dir);
        count++;
    }
    return count;
}

void shared_ram_fini(struct shared_ram *ram)
{
    while (ram->used) {
        struct ram_extent *next = ram->used->next;

        free(ram->used);
        ram->used = next;
    }
    if (ram->base)
        ASAN_UNPOISON_MEMORY_REGION(ram->base, ram->size);
    memset(ram, 0, sizeof(*ram));
}
