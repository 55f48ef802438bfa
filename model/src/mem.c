/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest memory: one arena a board, cells of power-of-two sizes, and the table of live blocks that
 * is the DMA permission map. All bookkeeping lies outside the arena, so that freed memory can be
 * poisoned for the sanitizer and a wild guest store cannot spoil it.
 */
#include "mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "board.h"
#include "device.h"

#if defined(__SANITIZE_ADDRESS__)
#define MEM_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEM_ASAN 1
#endif
#endif
#ifndef MEM_ASAN
#define MEM_ASAN 0
#endif

#if MEM_ASAN
#include <sanitizer/asan_interface.h>
#define HIDE(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define SHOW(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define HIDE(p, n) ((void)(p), (void)(n))
#define SHOW(p, n) ((void)(p), (void)(n))
#endif

#define PAGE       ((size_t)4096)
#define ALIGN_MAX  ((size_t)65536)
#define CELL_MIN   ((size_t)64)
#define GUARD      ((size_t)16)        /* unused bytes behind every block, poisoned */
#define HIGH_BASE  (UINT64_C(1) << 44) /* 2^32 pages of 4096 bytes: beyond a legacy QueuePFN */
#define MOVED_BASE (UINT64_C(1) << 40)
#define LINE_4G    (UINT64_C(1) << 32)

static uint64_t align_up(uint64_t v, uint64_t a)
{
    return (v + a - 1) & ~(a - 1);
}

int mem_init(struct model_memory *mem, uint64_t base, size_t size)
{
    memset(mem, 0, sizeof(*mem));
    mem->raw_size = size + ALIGN_MAX;
    void *raw = mmap(NULL, mem->raw_size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED)
        return -ENOMEM;
    mem->raw = raw;
    /* Pointer and guest address agree modulo 64 KiB, so that both are aligned alike. */
    size_t shift = (size_t)((base - (uint64_t)(uintptr_t)raw) % ALIGN_MAX);
    mem->arena = mem->raw + shift;
    mem->base = base;
    mem->size = size;
    HIDE(mem->arena, size);
    return 0;
}

void mem_fini(struct model_memory *mem)
{
    if (!mem->raw)
        return;
    SHOW(mem->raw, mem->raw_size);
    munmap(mem->raw, mem->raw_size);
    free(mem->block);
    for (unsigned i = 0; i < MEM_CLASSES; i++)
        free(mem->free[i].cell_off);
    memset(mem, 0, sizeof(*mem));
}

void mem_rewind(struct model_memory *mem)
{
    HIDE(mem->arena, mem->bump);
    mem->bump = 0;
    mem->n_blocks = 0;
    mem->n_moved = 0;
    mem->moves = 0;
    mem->last_hit = 0;
    for (unsigned i = 0; i < MEM_CLASSES; i++)
        mem->free[i].count = 0;
    memset(&mem->usage, 0, sizeof(mem->usage));
}

/* ---- the table of live blocks ---- */

/* Index of the first block whose off is greater than `off`. */
static unsigned block_after(const struct model_memory *mem, size_t off)
{
    unsigned lo = 0, hi = mem->n_blocks;

    if (hi > 0 && mem->block[hi - 1].off <= off)
        return hi;
    while (lo < hi) {
        unsigned mid = lo + (hi - lo) / 2;
        if (mem->block[mid].off <= off)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static struct mem_block *block_insert(struct model_memory *mem, size_t off)
{
    if (mem->n_blocks == mem->cap_blocks) {
        unsigned cap = mem->cap_blocks ? mem->cap_blocks * 2 : 128;
        struct mem_block *grown = realloc(mem->block, cap * sizeof(*grown));
        if (!grown)
            return NULL;
        mem->block = grown;
        mem->cap_blocks = cap;
    }
    unsigned at = block_after(mem, off);
    memmove(&mem->block[at + 1], &mem->block[at], (mem->n_blocks - at) * sizeof(mem->block[0]));
    mem->n_blocks++;
    memset(&mem->block[at], 0, sizeof(mem->block[at]));
    mem->block[at].off = off;
    return &mem->block[at];
}

static void block_remove(struct model_memory *mem, struct mem_block *b)
{
    unsigned at = (unsigned)(b - mem->block);

    if (b->moved)
        mem->n_moved--;
    mem->n_blocks--;
    memmove(b, b + 1, (mem->n_blocks - at) * sizeof(*b));
    mem->last_hit = 0;
}

/* The block of `kind` that starts at a host pointer, or NULL. */
static struct mem_block *block_at(struct model_memory *mem, const void *ptr, enum mem_kind kind)
{
    uintptr_t p = (uintptr_t)ptr, arena = (uintptr_t)mem->arena;

    if (p < arena || p - arena >= mem->size)
        return NULL;
    unsigned i = block_after(mem, p - arena);
    if (i == 0)
        return NULL;
    struct mem_block *b = &mem->block[i - 1];
    return b->off == p - arena && b->kind == kind ? b : NULL;
}

static struct mem_block *block_of_gpa(struct model_memory *mem, uint64_t gpa)
{
    if (mem->last_hit < mem->n_blocks) {
        struct mem_block *b = &mem->block[mem->last_hit];
        if (gpa >= b->gpa && gpa - b->gpa < b->size)
            return b;
    }
    if (gpa >= mem->base && gpa - mem->base < mem->size) {
        unsigned i = block_after(mem, (size_t)(gpa - mem->base));
        struct mem_block *b = i ? &mem->block[i - 1] : NULL;
        if (b && !b->moved && gpa - b->gpa < b->size) {
            mem->last_hit = i - 1;
            return b;
        }
    }
    if (mem->n_moved && mem->block)
        for (unsigned i = 0; i < mem->n_blocks; i++) {
            struct mem_block *b = &mem->block[i];
            if (b->moved && gpa >= b->gpa && gpa - b->gpa < b->size)
                return b;
        }
    return NULL;
}

uint8_t *mem_device_ptr(struct model_memory *mem, uint64_t gpa, uint64_t len, unsigned need,
                        enum mem_why *why)
{
    struct mem_block *b = block_of_gpa(mem, gpa);

    *why = MEM_WHY_UNMAPPED;
    if (!b || b->kind == MEM_HEAP || len > b->size - (gpa - b->gpa))
        return NULL;
    *why = MEM_WHY_DIRECTION;
    if ((b->dir & need) != need)
        return NULL;
    *why = MEM_WHY_OK;
    return mem->arena + b->off + (gpa - b->gpa);
}

bool mem_is_ram(const struct model_memory *mem, uint64_t gpa)
{
    return (gpa >= mem->base && gpa - mem->base < mem->size) ||
           (mem->moves && gpa >= MOVED_BASE / 2 && gpa < HIGH_BASE * 2);
}

/* ---- cells ---- */

static unsigned class_of(size_t bytes)
{
    unsigned c = 0;

    while ((CELL_MIN << c) < bytes)
        c++;
    return c;
}

/* Takes a cell of at least `bytes`; cells are aligned to their size, at most to a page, and to
 * `align` when that is more than a page. */
static bool cell_take(struct model_memory *mem, size_t bytes, size_t align, size_t *off,
                      unsigned *class)
{
    unsigned c = class_of(bytes);
    size_t size = CELL_MIN << c;

    *class = c;
    if (align <= PAGE && mem->free[c].count) {
        *off = mem->free[c].cell_off[--mem->free[c].count];
        return true;
    }
    size_t cell_align = size < PAGE ? size : PAGE;
    if (align > cell_align)
        cell_align = align;
    size_t at = (size_t)(align_up(mem->base + mem->bump, cell_align) - mem->base);
    if (at > mem->size || size > mem->size - at)
        return false;
    mem->bump = at + size;
    *off = at;
    return true;
}

static void cell_give(struct model_memory *mem, size_t off, unsigned class)
{
    struct mem_freelist *list = &mem->free[class];

    if (list->count == list->cap) {
        unsigned cap = list->cap ? list->cap * 2 : 32;
        size_t *grown = realloc(list->cell_off, cap * sizeof(*grown));
        if (!grown)
            return; /* the cell is lost until the board is reset */
        list->cell_off = grown;
        list->cap = cap;
    }
    list->cell_off[list->count++] = off;
}

/* `lead`: the block starts this far inside its cell. */
static struct mem_block *block_new(struct model_memory *mem, enum mem_kind kind, size_t size,
                                   size_t align, size_t lead)
{
    size_t cell, bytes = size + lead + GUARD;
    unsigned class;

    if (bytes < align) /* a cell is only as aligned as it is large */
        bytes = align;
    if (size > mem->size || !cell_take(mem, bytes, align, &cell, &class))
        return NULL;
    struct mem_block *b = block_insert(mem, cell + lead);
    if (!b) {
        cell_give(mem, cell, class);
        return NULL;
    }
    b->size = size;
    b->cell_off = cell;
    b->cell_class = (uint8_t) class;
    b->kind = (uint8_t)kind;
    b->gpa = mem->base + b->off;
    SHOW(mem->arena + b->off, size);
    return b;
}

static void block_drop(struct model_memory *mem, struct mem_block *b)
{
    /* Whoever still reads it without a sanitizer finds the pattern. */
    memset(mem->arena + b->off, MODEL_MEM_POISON, b->size < 64 ? b->size : 64);
    HIDE(mem->arena + b->off, b->size);
    cell_give(mem, b->cell_off, b->cell_class);
    block_remove(mem, b);
}

/* DMA-HIGH, Q-PFN-32BIT: gives the block an unusual bus address. */
static void block_move(struct model_board *board, struct mem_block *b, size_t align)
{
    struct model_memory *mem = &board->mem;

    if (align >= PAGE && fault(board, MODEL_FAULT_Q_PFN_32BIT))
        b->gpa = HIGH_BASE + b->gpa; /* a truncated page number would be right */
    else if (!fault(board, MODEL_FAULT_DMA_HIGH))
        return;
    else if (fault_variant(board) == 0)
        b->gpa = MOVED_BASE / 2 + (mem->moves + 1) * LINE_4G - ((b->size / 2) & ~(align - 1));
    else
        b->gpa = MOVED_BASE + b->off;
    mem->moves++;
    b->moved = true;
    mem->n_moved++;
    trace(board, NO_SLOT, "mem: %zu bytes at bus address %#llx", b->size,
          (unsigned long long)b->gpa);
}

static void peak(size_t *top, size_t now)
{
    if (now > *top)
        *top = now;
}

/* ---- the guest's calls ---- */

void *model_mem_alloc(struct model_board *board, size_t size, size_t align, uint64_t *gpa)
{
    struct model_memory *mem = &board->mem;

    if (align < 16)
        align = align == 0 || (align & (align - 1)) == 0 ? 16 : align;
    if (size == 0 || (align & (align - 1)) != 0 || align > ALIGN_MAX)
        return NULL;
    if (board->fault.variant == 0 && fault(board, MODEL_FAULT_OOM))
        return NULL;
    if (board->fault.id == MODEL_FAULT_IND_EXHAUST && device_any_queue(board) &&
        fault(board, MODEL_FAULT_IND_EXHAUST))
        return NULL;
    /* Aligned as asked and not better, so that a wrong request shows. */
    struct mem_block *b = block_new(mem, MEM_COHERENT, size, align, align < PAGE ? align : 0);
    if (!b)
        return NULL;
    b->dir = MODEL_DMA_BOTH;
    block_move(board, b, align);
    memset(mem->arena + b->off, MODEL_MEM_POISON, size);
    mem->usage.coherent_blocks++;
    mem->usage.coherent_bytes += size;
    peak(&mem->usage.peak_coherent_bytes, mem->usage.coherent_bytes);
    if (gpa)
        *gpa = b->gpa;
    return mem->arena + b->off;
}

void model_mem_free(struct model_board *board, void *ptr, size_t size)
{
    struct model_memory *mem = &board->mem;
    struct mem_block *b = ptr ? block_at(mem, ptr, MEM_COHERENT) : NULL;

    if (!ptr)
        return;
    if (!rule_check(board, MODEL_RULE_MEM_005, b != NULL, NO_SLOT,
                    "free of coherent memory %p that is not allocated", ptr))
        return;
    rule_check(board, MODEL_RULE_MEM_005, b->size == size, NO_SLOT,
               "free of %zu coherent bytes that were allocated as %zu", size, b->size);
    device_memory_going(board, b->gpa, b->size);
    mem->usage.coherent_blocks--;
    mem->usage.coherent_bytes -= b->size;
    block_drop(mem, b);
}

int model_mem_map(struct model_board *board, void *buf, size_t len, enum model_dma_dir dir,
                  uint64_t *gpa)
{
    struct model_memory *mem = &board->mem;

    if (!buf || len == 0 || (unsigned)dir < 1 || (unsigned)dir > 3)
        return -EINVAL;
    if (fault(board, MODEL_FAULT_DMA_MAP))
        return -ENOMEM;
    /* A bounce buffer keeps the caller's offset within 16 bytes. */
    struct mem_block *b = block_new(mem, MEM_MAPPING, len, 1, 16 + ((uintptr_t)buf & 15));
    if (!b)
        return -ENOMEM;
    b->dir = (uint8_t)dir;
    b->user = buf;
    block_move(board, b, 16);
    /* NET-RX-STALE shows what the driver left in the buffer, as where nothing is bounced. */
    if (((unsigned)dir & MODEL_DMA_TO_DEVICE) || board->fault.id == MODEL_FAULT_NET_RX_STALE) {
        memcpy(mem->arena + b->off, buf, len);
        mem->usage.bounced_bytes += len;
    } else {
        memset(mem->arena + b->off, MODEL_MEM_POISON, len);
    }
    mem->usage.mappings++;
    mem->usage.mapped_bytes += len;
    *gpa = b->gpa;
    return 0;
}

void model_mem_unmap(struct model_board *board, uint64_t gpa, void *buf, size_t len,
                     enum model_dma_dir dir)
{
    struct model_memory *mem = &board->mem;
    struct mem_block *b = block_of_gpa(mem, gpa);

    if (b && (b->kind != MEM_MAPPING || b->gpa != gpa))
        b = NULL;
    if (!rule_check(board, MODEL_RULE_MEM_004, b != NULL, NO_SLOT,
                    "unmap of %#llx (%zu bytes), which is not mapped", (unsigned long long)gpa,
                    len))
        return;
    rule_check(board, MODEL_RULE_MEM_004,
               b->size == len && b->dir == (unsigned)dir && b->user == buf, NO_SLOT,
               "unmap of %#llx as %zu bytes direction %u, mapped as %zu bytes direction %u%s",
               (unsigned long long)gpa, len, (unsigned)dir, b->size, b->dir,
               b->user == buf ? "" : " from another buffer");
    device_memory_going(board, b->gpa, b->size);
    if ((b->dir & MODEL_DMA_FROM_DEVICE) && b->user == buf) {
        size_t n = len < b->size ? len : b->size;
        memcpy(buf, mem->arena + b->off, n);
        mem->usage.bounced_bytes += n;
    }
    mem->usage.mappings--;
    mem->usage.mapped_bytes -= b->size;
    block_drop(mem, b);
}

void model_mem_sync(struct model_board *board, uint64_t gpa, void *buf, size_t offset, size_t len,
                    enum model_dma_dir dir)
{
    struct model_memory *mem = &board->mem;
    struct mem_block *b = block_of_gpa(mem, gpa);

    if (b && (b->kind != MEM_MAPPING || b->gpa != gpa || b->user != buf))
        b = NULL;
    if (!rule_check(board, MODEL_RULE_MEM_004,
                    b && ((unsigned)dir & b->dir) == (unsigned)dir && offset <= b->size &&
                        len <= b->size - offset,
                    NO_SLOT,
                    "sync of %zu bytes at %#llx + %zu direction %u, which is not mapped so", len,
                    (unsigned long long)gpa, offset, (unsigned)dir))
        return;
    if ((unsigned)dir & MODEL_DMA_TO_DEVICE)
        memcpy(mem->arena + b->off + offset, (const uint8_t *)buf + offset, len);
    if ((unsigned)dir & MODEL_DMA_FROM_DEVICE)
        memcpy((uint8_t *)buf + offset, mem->arena + b->off + offset, len);
    mem->usage.bounced_bytes += len;
}

void *model_heap_alloc(struct model_board *board, size_t size)
{
    struct model_memory *mem = &board->mem;

    if (size == 0)
        return NULL;
    if (board->fault.variant == 1 && fault(board, MODEL_FAULT_OOM))
        return NULL;
    struct mem_block *b = block_new(mem, MEM_HEAP, size, 16, 16);
    if (!b)
        return NULL;
    memset(mem->arena + b->off, 0, size);
    mem->usage.heap_blocks++;
    mem->usage.heap_bytes += size;
    peak(&mem->usage.peak_heap_bytes, mem->usage.heap_bytes);
    return mem->arena + b->off;
}

void model_heap_free(struct model_board *board, void *ptr)
{
    struct model_memory *mem = &board->mem;

    if (!ptr)
        return;
    struct mem_block *b = block_at(mem, ptr, MEM_HEAP);
    if (!rule_check(board, MODEL_RULE_MEM_005, b != NULL, NO_SLOT,
                    "free of heap memory %p that is not allocated", ptr))
        return;
    mem->usage.heap_blocks--;
    mem->usage.heap_bytes -= b->size;
    block_drop(mem, b);
}

void model_mem_usage(const struct model_board *board, struct model_mem_usage *out)
{
    *out = board->mem.usage;
}

void mem_report_leaks(struct model_board *board)
{
    static const enum model_rule_id rule[] = {
        [MEM_COHERENT] = MODEL_RULE_MEM_001,
        [MEM_MAPPING] = MODEL_RULE_MEM_002,
        [MEM_HEAP] = MODEL_RULE_MEM_003,
    };
    static const char *const what[] = {
        [MEM_COHERENT] = "coherent memory", [MEM_MAPPING] = "mapping", [MEM_HEAP] = "heap memory"};
    bool leaked[3] = {false, false, false};

    for (unsigned i = 0; i < board->mem.n_blocks; i++) {
        const struct mem_block *b = &board->mem.block[i];
        leaked[b->kind] = true;
        rule_breach(board, rule[b->kind], NO_SLOT, "leak of %s: %zu bytes at %#llx", what[b->kind],
                    b->size, (unsigned long long)b->gpa);
    }
    for (unsigned k = 0; k < 3; k++)
        if (!leaked[k])
            board->rule_checks[rule[k]]++;
}
