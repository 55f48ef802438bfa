/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of the bare-metal port: first fit in one arena. Every piece starts with a header that
 * knows its length and that of the piece before, so that neighbours join again when they are freed.
 * Freeing takes a constant time and allocating one that grows with the number of pieces, which for
 * drivers is some dozens. Context: any, with interrupts masked meanwhile.
 *
 * Headers lie beside memory that devices write. They are checked before they are believed: a piece
 * whose header was overwritten is reported and left alone, and nothing beyond it is given out.
 */
#include "virtio_port.h"

#define UNIT 16u /* bytes; what all pieces are multiples of, aligned to, and the header's size */

enum kind { FREE = 0x6672, PRIVATE = 0x7072, DMA = 0x646d };

struct piece {
    uint32_t units;  /* with the header */
    uint32_t before; /* those of the piece that ends here; 0: the first piece */
    uint32_t kind;   /* enum kind */
    uint32_t check;  /* of the three and of the place */
};
_Static_assert(sizeof(struct piece) == UNIT, "a header is a unit");

static struct {
    struct piece *first; /* NULL: virtio_bare_memory has not been called */
    struct piece *end;
    struct virtio_bare_usage usage;
} arena;

static uint32_t check_of(const struct piece *p)
{
    return 0x52745670u ^ p->units ^ (p->before << 7) ^ (p->kind << 16) ^ (uint32_t)(uintptr_t)p;
}

static void seal(struct piece *p, uint32_t units, uint32_t before, enum kind kind)
{
    p->units = units;
    p->before = before;
    p->kind = kind;
    p->check = check_of(p);
}

static bool intact(const struct piece *p)
{
    if (p >= arena.first && p < arena.end && ((uintptr_t)p & (UNIT - 1u)) == 0 &&
        p->check == check_of(p) && p->units != 0 && p->units <= (uintptr_t)(arena.end - p)) {
        return true;
    }
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio: no intact piece of memory at 0x%x",
                    (unsigned)(uintptr_t)p);
    return false;
}

/* Changes the length of a piece; the one behind it is told. */
static void resize(struct piece *p, uint32_t units, enum kind kind)
{
    struct piece *behind = p + units;

    seal(p, units, p->before, kind);
    if (behind < arena.end && intact(behind)) {
        seal(behind, behind->units, units, (enum kind)behind->kind);
    }
}

/* Makes two of a piece, the first with `units`. */
static struct piece *split(struct piece *p, uint32_t units)
{
    uint32_t rest = p->units - units;
    struct piece *second = p + units;

    seal(p, units, p->before, FREE);
    second->before = units;
    resize(second, rest, FREE);
    return second;
}

/* The headers of this piece that a piece of `units` could have: the memory behind the header is
 * aligned. NULL: it does not fit. */
static struct piece *place(struct piece *p, uint32_t units, size_t align)
{
    uintptr_t start = (uintptr_t)(p + 1);
    size_t skip = ((0u - start) & (align - 1u)) / UNIT;

    return skip < p->units && units <= p->units - skip ? p + skip : NULL;
}

static struct piece *find(uint32_t units, size_t align)
{
    for (struct piece *p = arena.first; p < arena.end; p += p->units) {
        struct piece *at;

        if (!intact(p)) {
            return NULL;
        }
        at = p->kind == FREE ? place(p, units, align) : NULL;
        if (at != NULL) {
            return at == p ? p : split(p, (uint32_t)(at - p));
        }
    }
    return NULL;
}

static void count(const struct piece *p, bool more)
{
    struct virtio_bare_usage *u = &arena.usage;
    unsigned *pieces = p->kind == DMA ? &u->dma_pieces : &u->private_pieces;
    size_t bytes = (size_t)p->units * UNIT;

    *pieces = more ? *pieces + 1u : *pieces - 1u;
    u->bytes = more ? u->bytes + bytes : u->bytes - bytes;
    u->peak_bytes = u->bytes > u->peak_bytes ? u->bytes : u->peak_bytes;
}

static void *take(size_t size, size_t align, enum kind kind)
{
    size_t units = size / UNIT + (size % UNIT != 0 ? 1u : 0u) + 1u;
    unsigned long flags;
    struct piece *p;

    if (size == 0 || align == 0 || (align & (align - 1u)) != 0 || units > UINT32_MAX) {
        return NULL;
    }
    flags = virtio_bare_irq_save();
    p = find((uint32_t)units, align < UNIT ? UNIT : align);
    if (p != NULL) {
        if (p->units > units) {
            (void)split(p, (uint32_t)units);
        }
        seal(p, p->units, p->before, kind);
        count(p, true);
    }
    virtio_bare_irq_restore(flags);
    return p != NULL ? memset(p + 1, 0, size) : NULL;
}

static void join(struct piece *p)
{
    struct piece *behind = p + p->units;
    struct piece *ahead = p - p->before;

    if (behind < arena.end && intact(behind) && behind->kind == FREE) {
        p->units += behind->units;
    }
    resize(p, p->units, FREE);
    if (p->before != 0 && intact(ahead) && ahead->kind == FREE) {
        resize(ahead, ahead->units + p->units, FREE);
    }
}

static void give_back(void *ptr, enum kind kind)
{
    struct piece *p = (struct piece *)ptr - 1;
    unsigned long flags;

    if (ptr == NULL) {
        return;
    }
    flags = virtio_bare_irq_save();
    if (intact(p)) {
        if (p->kind == (uint32_t)kind) {
            count(p, false);
            join(p);
        } else {
            virtio_port_log(VIRTIO_LOG_ERROR, "virtio: memory at 0x%x is not out as kind 0x%x",
                            (unsigned)(uintptr_t)ptr, (unsigned)kind);
        }
    }
    virtio_bare_irq_restore(flags);
}

void virtio_bare_memory(void *base, size_t bytes)
{
    size_t units = bytes / UNIT;

    arena.first = NULL;
    arena.end = NULL;
    arena.usage = (struct virtio_bare_usage){0};
    if (units != 0 && units <= UINT32_MAX) {
        arena.first = base;
        arena.end = arena.first + units;
        seal(arena.first, (uint32_t)units, 0, FREE);
    }
}

void virtio_bare_usage(struct virtio_bare_usage *usage)
{
    unsigned long flags = virtio_bare_irq_save();

    *usage = arena.usage;
    usage->mapped = virtio_bare_mapped;
    virtio_bare_irq_restore(flags);
}

void *virtio_port_alloc(virtio_port_ctx_t ctx, size_t size)
{
    (void)ctx;
    return take(size, UNIT, PRIVATE);
}

void virtio_port_free(virtio_port_ctx_t ctx, void *ptr)
{
    (void)ctx;
    give_back(ptr, PRIVATE);
}

void *virtio_port_dma_alloc(virtio_port_ctx_t ctx, size_t size, size_t align, uint64_t *dma)
{
    void *ptr = take(size, align, DMA);

    (void)ctx;
    if (ptr != NULL) {
        *dma = (uint64_t)(uintptr_t)ptr;
    }
    return ptr;
}

void *virtio_bare_memory_at(uint64_t dma)
{
    return (uint8_t *)arena.first + (size_t)(dma - (uint64_t)(uintptr_t)arena.first);
}

void virtio_port_dma_free(virtio_port_ctx_t ctx, void *ptr, size_t size, uint64_t dma)
{
    (void)ctx;
    (void)size;
    (void)dma;
    give_back(ptr, DMA);
}
