/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Split virtqueues: the fast path (virtio v1.2 section 2.7; legacy layout 2.7.2).
 *
 * Everything that a decision is based on is private memory (struct virtqueue_chain and the indices
 * in struct virtqueue). From the device come only used.idx, used entries, used.flags and
 * avail_event, each read once into a local.
 */
#include "core.h"

enum { AVAIL_FLAGS = 0, AVAIL_IDX = 1, AVAIL_RING = 2 };
enum { USED_FLAGS = 0, USED_IDX = 1 };

#define MODERN_USED_ALIGN 64u /* used ring on a cache line of its own; the rule is 4 */

static size_t round_up(size_t value, size_t align)
{
    return (value + align - 1u) & ~(align - 1u);
}

static size_t used_offset(uint32_t size, bool legacy)
{
    size_t avail_end = 16u * (size_t)size + 2u * (3u + (size_t)size);

    return round_up(avail_end, legacy ? VIRTIO_LEGACY_PAGE_SIZE : MODERN_USED_ALIGN);
}

size_t virtq_split_bytes(uint32_t size, bool legacy)
{
    size_t used_bytes = 6u + 8u * (size_t)size;

    return used_offset(size, legacy) +
           (legacy ? round_up(used_bytes, VIRTIO_LEGACY_PAGE_SIZE) : used_bytes);
}

uint64_t virtq_split_avail_dma(const struct virtqueue *vq)
{
    return vq->ring_dma + 16u * (uint64_t)vq->size;
}

uint64_t virtq_split_used_dma(const struct virtqueue *vq, bool legacy)
{
    return vq->ring_dma + used_offset(vq->size, legacy);
}

void virtq_split_init(struct virtqueue *vq, bool legacy)
{
    unsigned char *ring = vq->ring;
    unsigned char *used = ring + used_offset(vq->size, legacy);

    memset(ring, 0, vq->ring_bytes);
    memset(vq->chains, 0, sizeof(vq->chains[0]) * vq->size);
    vq->desc = (volatile struct virtq_desc *)(void *)ring;
    vq->avail = (volatile uint16_t *)(void *)(ring + 16u * (size_t)vq->size);
    vq->used = (volatile uint16_t *)(void *)used;
    vq->used_elem = (volatile struct virtq_used_elem *)(void *)(used + 4);
    for (uint16_t i = 0; i < vq->size; i++) {
        vq->links[i] = (uint16_t)(i + 1u);
    }
    vq->free_head = 0;
    vq->num_free = vq->size;
    vq->num_chains = 0;
    vq->avail_idx = 0;
    vq->published = 0;
    vq->used_idx = 0;
    vq->cb_enabled = true;
    if (vq->dev->window.polled) {
        virtqueue_disable_cb(vq);
    }
}

unsigned virtqueue_chain_max(const struct virtqueue *vq)
{
    return vq->size;
}

/* ---- adding ---- */

/*
 * Writes the pieces into a descriptor table from entry `d` on: linked by the private free list, or
 * one after the other in an indirect table (links NULL). The copies of the links in the table are
 * for the device only. Returns the last entry, or -EINVAL, when what was written is forgotten:
 * nothing points to it yet.
 */
static int fill_table(const struct virtqueue *vq, volatile struct virtq_desc *table,
                      const uint16_t *links, uint16_t d, const struct virtio_sg *sg, unsigned out,
                      unsigned total, uint32_t *in_len)
{
    const struct virtio_sg *in = sg + out;
    const struct virtio_sg *last = sg + total - 1u;
    uint16_t flags = VIRTQ_DESC_F_NEXT;
    uint32_t readable = 0;
    uint32_t sum = 0;

    for (;; sg++) {
        uint16_t next = links != NULL ? links[d] : (uint16_t)(d + 1u);

        if (sg == in) {
            flags |= VIRTQ_DESC_F_WRITE;
            readable = sum;
        }
        sum += sg->len;
        if (sum - sg->len >= sum) {
            return -EINVAL; /* an empty piece, or 4 GiB and more */
        }
        if (sg == last) {
            flags &= (uint16_t)~VIRTQ_DESC_F_NEXT;
        }
        virtq_desc_write(vq, &table[d], sg->dma, sg->len, flags, next);
        if (sg == last) {
            *in_len = flags != 0 ? sum - readable : 0;
            return d;
        }
        d = next;
    }
}

/* Makes the descriptor at the head of the free list point to its table. */
static void write_indirect(const struct virtqueue *vq, unsigned count)
{
    uint64_t offset = (uint64_t)vq->free_head * vq->indirect_max * sizeof(struct virtq_desc);

    virtq_desc_write(vq, &vq->desc[vq->free_head], vq->indirect_dma + offset,
                     count * (uint32_t)sizeof(struct virtq_desc), VIRTQ_DESC_F_INDIRECT, 0);
}

/* The chain from the head of the free list to `tail` goes onto the available ring. */
static void take_chain(struct virtqueue *vq, uint16_t tail, unsigned count, void *cookie)
{
    uint16_t head = vq->free_head;
    struct virtqueue_chain *chain = &vq->chains[head];
    uint16_t idx = vq->avail_idx;

    chain->tail = tail;
    chain->count = (uint16_t)count;
    chain->cookie = cookie;
    chain->pos = idx;
    vq->free_head = vq->links[tail];
    vq->num_free = (uint16_t)(vq->num_free - count);
    vq->num_chains++;
    vq->avail[AVAIL_RING + (idx & (vq->size - 1u))] = virtio_swap16(head, vq->big_endian);
    vq->avail_idx = (uint16_t)(idx + 1u);
}

int virtqueue_add(struct virtqueue *vq, const struct virtio_sg *sg, unsigned out, unsigned in,
                  void *cookie)
{
    unsigned total = out + in;
    bool indirect = total > 1u && total <= vq->indirect_max;
    unsigned count = indirect ? 1u : total;
    struct virtqueue_chain *chain;
    int tail;

    if (!vq->ready) {
        return -EIO;
    }
    if (out > vq->size || in > vq->size || total > vq->size) {
        return -EMSGSIZE;
    }
    if (total == 0 || cookie == NULL) {
        return -EINVAL;
    }
    if (vq->num_free < count) {
        return -EAGAIN;
    }
    chain = &vq->chains[vq->free_head];
    if (indirect) {
        write_indirect(vq, total);
        tail = fill_table(vq, virtqueue_table(vq), NULL, 0, sg, out, total, &chain->in_len);
        tail = tail < 0 ? tail : vq->free_head;
    } else {
        tail = fill_table(vq, vq->desc, vq->links, vq->free_head, sg, out, total, &chain->in_len);
    }
    if (tail < 0) {
        return tail;
    }
    chain->in_only = out == 0;
    take_chain(vq, (uint16_t)tail, count, cookie);
    return 0;
}

void virtqueue_add_table(struct virtqueue *vq, unsigned count, uint32_t in_len, void *cookie)
{
    struct virtqueue_chain *chain = &vq->chains[vq->free_head];

    write_indirect(vq, count);
    chain->in_len = in_len;
    chain->in_only = false;
    take_chain(vq, vq->free_head, 1, cookie);
}

/* Section 2.7.10: true when the index moved from old to new passes the event. In 16 bits. */
static bool event_passed(uint16_t event, uint16_t new_idx, uint16_t old_idx)
{
    return (uint16_t)(new_idx - event - 1u) < (uint16_t)(new_idx - old_idx);
}

static bool device_wants_kick(const struct virtqueue *vq, uint16_t old_idx)
{
    if (vq->event_idx) {
        uint16_t event =
            virtio_swap16(*(const volatile uint16_t *)&vq->used_elem[vq->size], vq->big_endian);

        return event_passed(event, vq->avail_idx, old_idx);
    }
    return (virtio_swap16(vq->used[USED_FLAGS], vq->big_endian) & VIRTQ_USED_F_NO_NOTIFY) == 0;
}

void virtqueue_notify(struct virtqueue *vq)
{
    uint32_t value = vq->index;

    if (vq->notify_data) {
        value |= (uint32_t)vq->published << 16;
    }
    virtio_reg_write(vq->dev, REG_QUEUE_NOTIFY, value);
}

void virtqueue_kick(struct virtqueue *vq)
{
    uint16_t old_idx = vq->published;

    if (!vq->ready || vq->avail_idx == old_idx) {
        return;
    }
    /* The descriptors and ring slots must be visible before the index that covers them. */
    virtio_port_wmb();
    vq->avail[AVAIL_IDX] = virtio_swap16(vq->avail_idx, vq->big_endian);
    vq->published = vq->avail_idx;
    if (!vq->live) {
        return; /* DRIVER_OK notifies */
    }
    /* The index must be visible before the device's wish is read: the device does it the other
     * way round, so that one of the two sees the other (section 2.7.13.4.1). */
    virtio_port_mb();
    if (device_wants_kick(vq, old_idx)) {
        virtqueue_notify(vq);
    }
}

void virtqueue_kick_early(struct virtqueue *vq)
{
    if (!vq->live || vq->published == 0) {
        return;
    }
    virtio_port_mb(); /* as in virtqueue_kick, which could not notify then */
    if (device_wants_kick(vq, 0)) {
        virtqueue_notify(vq);
    }
}

/* ---- taking back ---- */

static void *release_chain(struct virtqueue *vq, uint16_t head)
{
    struct virtqueue_chain *chain = &vq->chains[head];
    void *cookie = chain->cookie;

    chain->cookie = NULL;
    vq->links[chain->tail] = vq->free_head;
    vq->free_head = head;
    vq->num_free = (uint16_t)(vq->num_free + chain->count);
    vq->num_chains--;
    return cookie;
}

static VIRTIO_COLD int ring_nonsense(struct virtqueue *vq, const char *what, uint32_t got)
{
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u queue %u: %s %u (used index %u)",
                    (unsigned)vq->dev->device_id, (unsigned)vq->index, what, (unsigned)got,
                    (unsigned)vq->used_idx);
    vq->ready = false;
    vq->live = false;
    return -EIO;
}

/* A buffer that is posted again in the loop that takes used ones is outstanding, but not yet for
 * the device to use: a second entry for it in the same run is a lie. */
static bool was_shown(const struct virtqueue *vq, const struct virtqueue_chain *chain)
{
    return (uint16_t)(vq->avail_idx - chain->pos) > (uint16_t)(vq->avail_idx - vq->published);
}

int virtqueue_get_used(struct virtqueue *vq, void **cookie, uint32_t *len)
{
    uint16_t pending;
    uint32_t id;
    uint32_t written;
    uint32_t slot;

    if (!vq->live) {
        return 0; /* stopped, or found broken before */
    }
    pending = (uint16_t)(virtio_swap16(vq->used[USED_IDX], vq->big_endian) - vq->used_idx);
    if (pending == 0) {
        return 0;
    }
    if (pending > vq->num_chains) {
        return ring_nonsense(vq, "used.idx is ahead by", pending);
    }
    /* The entry is written before the index, and must be read after it (section 2.7.14). */
    virtio_port_rmb();
    slot = vq->used_idx & (vq->size - 1u);
    id = virtio_swap32(vq->used_elem[slot].id, vq->big_endian);
    written = virtio_swap32(vq->used_elem[slot].len, vq->big_endian);
    if (id >= vq->size || vq->chains[id].cookie == NULL || !was_shown(vq, &vq->chains[id])) {
        return ring_nonsense(vq, "used entry names no outstanding chain:", id);
    }
    if (written > vq->chains[id].in_len) {
        /* Legacy devices put the total of a request here (section 2.7.8.2), a modern one may not;
         * where there is nothing to read, as with input, the length is all there is to go by. */
        if ((!virtio_is_legacy(vq->dev) || vq->chains[id].in_only) && vq->chains[id].in_len != 0) {
            return ring_nonsense(vq, "used length beyond the buffer:", written);
        }
        /* Nor on a chain that is only read, but there QEMU 7.2 (input status events) puts what it
         * has read: nothing was written, and the length tells nothing. */
        written = vq->chains[id].in_len;
    }
    vq->used_idx++;
    *len = written;
    *cookie = release_chain(vq, (uint16_t)id);
    return 1;
}

uint16_t virtqueue_pending(const struct virtqueue *vq)
{
    uint16_t pending = 0;

    if (vq->ring != NULL) {
        pending = (uint16_t)(virtio_swap16(vq->used[USED_IDX], vq->big_endian) - vq->used_idx);
    }
    return pending < vq->num_chains ? pending : vq->num_chains;
}

void *virtqueue_detach(struct virtqueue *vq, uint16_t *cursor)
{
    while (*cursor < vq->size) {
        uint16_t head = (*cursor)++;

        if (vq->chains != NULL && vq->chains[head].cookie != NULL) {
            return release_chain(vq, head);
        }
    }
    return NULL;
}

/* ---- interrupt suppression, section 2.7.7 ---- */

static void set_used_event(struct virtqueue *vq, uint16_t event)
{
    vq->avail[AVAIL_RING + vq->size] = virtio_swap16(event, vq->big_endian);
}

void virtqueue_disable_cb(struct virtqueue *vq)
{
    vq->cb_enabled = false;
    if (vq->event_idx) {
        /* As far away as it gets: half a turn ahead would already be closer. */
        set_used_event(vq, (uint16_t)(vq->used_idx - 1u));
    } else {
        vq->avail[AVAIL_FLAGS] = virtio_swap16(VIRTQ_AVAIL_F_NO_INTERRUPT, vq->big_endian);
    }
}

bool virtqueue_enable_cb(struct virtqueue *vq)
{
    if (!vq->live) {
        return false;
    }
    if (vq->event_idx) {
        set_used_event(vq, vq->used_idx);
    } else if (!vq->cb_enabled) {
        vq->avail[AVAIL_FLAGS] = 0;
    } else {
        return false; /* interrupts were never off: nothing can have slipped through */
    }
    vq->cb_enabled = true;
    /* The wish must be visible before the index is looked at again (section 2.7.14). */
    virtio_port_mb();
    return virtio_swap16(vq->used[USED_IDX], vq->big_endian) != vq->used_idx;
}
