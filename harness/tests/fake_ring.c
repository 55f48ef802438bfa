/* SPDX-License-Identifier: Apache-2.0 */
/* The device side of the scripted device's split rings (virtio v1.2 section 2.7); see fake.h. */
#include "fake.h"

#include <criterion/criterion.h>

void *fake_at(const struct fake *f, uint64_t dma, size_t len)
{
    for (unsigned i = 0; i < FAKE_BLOCKS; i++) {
        const struct fake_block *block = &f->blocks[i];

        if (block->ptr != NULL && dma >= block->dma && dma - block->dma <= block->size &&
            len <= block->size - (dma - block->dma)) {
            return block->ptr + (dma - block->dma);
        }
    }
    cr_assert_fail("the device reaches for %zu bytes at 0x%llx", len, (unsigned long long)dma);
    return NULL;
}

volatile uint16_t *fake_avail(struct fake *f, unsigned i)
{
    return fake_at(f, f->q[i].driver, 6u + 2u * (size_t)f->q[i].num);
}

volatile uint16_t *fake_used(struct fake *f, unsigned i)
{
    return fake_at(f, f->q[i].device, 6u + 8u * (size_t)f->q[i].num);
}

volatile uint16_t *fake_used_event(struct fake *f, unsigned i)
{
    return fake_avail(f, i) + 2 + f->q[i].num;
}

volatile uint16_t *fake_avail_event(struct fake *f, unsigned i)
{
    return fake_used(f, i) + 2 + 4u * f->q[i].num;
}

struct wire_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags, next;
};

static void walk(const struct fake *f, const struct wire_desc *table, unsigned size, unsigned first,
                 struct fake_chain *c)
{
    unsigned d = first;

    for (;;) {
        const struct wire_desc *desc = &table[d];

        cr_assert_lt(d, size, "descriptor %u of %u", d, size);
        cr_assert_lt(c->count, 64u, "the chain does not end");
        if ((desc->flags & 4u) != 0) {
            cr_assert(!c->indirect && c->count == 0 && (desc->flags & 3u) == 0);
            cr_assert_eq(desc->len % 16u, 0u);
            c->indirect = true;
            walk(f, fake_at(f, desc->addr, desc->len), desc->len / 16u, 0, c);
            return;
        }
        c->piece[c->count].addr = desc->addr;
        c->piece[c->count].len = desc->len;
        c->piece[c->count].write = (desc->flags & 2u) != 0;
        cr_assert(c->piece[c->count].write || c->writable == 0, "readable after writable");
        c->writable += c->piece[c->count].write ? desc->len : 0u;
        c->count++;
        if ((desc->flags & 1u) == 0) {
            return;
        }
        d = desc->next;
    }
}

bool fake_take(struct fake *f, unsigned i, struct fake_chain *chain)
{
    struct fake_queue *q = &f->q[i];
    volatile uint16_t *avail = fake_avail(f, i);

    if (avail[1] == q->last_avail) {
        return false;
    }
    memset(chain, 0, sizeof(*chain));
    chain->head = avail[2u + q->last_avail % q->num];
    q->last_avail++;
    walk(f, fake_at(f, q->desc, 16u * (size_t)q->num), q->num, chain->head, chain);
    return true;
}

void fake_use(struct fake *f, unsigned i, uint32_t id, uint32_t len)
{
    struct fake_queue *q = &f->q[i];
    volatile uint16_t *used = fake_used(f, i);
    volatile uint32_t *elem =
        (volatile uint32_t *)(volatile void *)(used + 2) + 2u * (q->used_idx % q->num);

    elem[0] = id;
    elem[1] = len;
    used[1] = ++q->used_idx;
}
