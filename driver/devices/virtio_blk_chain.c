/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One descriptor chain of a block request (virtio v1.2 section 5.2.6): header, data, status byte;
 * built from the next part of the request that fits what the device takes.
 *
 * Framing is that of a legacy device without ANY_LAYOUT (header of 16 bytes, data, one byte of
 * status, each in descriptors of its own), which is right for every device.
 */
#include "virtio_blk_priv.h"

struct chain {
    struct virtio_sg *next; /* free entry of sg */
    uint64_t sectors;       /* of the request that this chain covers */
    struct virtio_sg sg[VIRTIO_BLK_SEGS_MAX + 2u];
};

/* ---- data that is the caller's ---- */

/* Plans the next pieces of a READ or WRITE into slot->maps, whole logical blocks, at most `limit`
 * descriptors. Returns the bytes. */
static uint32_t plan_pieces(const struct virtio_blk_queue *q, const struct virtio_blk_req *req,
                            unsigned limit, struct virtio_blk_slot *slot)
{
    uint32_t size_max = q->blk->info.size_max;
    uint32_t offset = req->seg_offset;
    uint32_t total = 0;
    unsigned used = 0;
    uint32_t excess;

    slot->num_maps = 0;
    for (unsigned s = req->seg; s < req->num_segs && slot->num_maps < q->maps_max; s++) {
        uint64_t room = (uint64_t)(limit - used) * size_max;
        uint32_t len = req->segs[s].len - offset;
        struct blk_map *map = &slot->maps[slot->num_maps];

        len = len > room ? (uint32_t)room : len;
        len = len > VIRTIO_BLK_CHAIN_BYTES_MAX - total ? VIRTIO_BLK_CHAIN_BYTES_MAX - total : len;
        if (len == 0) {
            break;
        }
        map->ptr = (unsigned char *)req->segs[s].ptr + offset;
        map->len = len;
        slot->num_maps++;
        used += (unsigned)(((uint64_t)len + size_max - 1u) / size_max);
        total += len;
        if (len < req->segs[s].len - offset) {
            break;
        }
        offset = 0;
    }
    excess = total & (q->blk->info.block_size - 1u);
    total -= excess;
    while (excess != 0) {
        struct blk_map *last = &slot->maps[slot->num_maps - 1u];
        uint32_t cut = excess < last->len ? excess : last->len;

        last->len -= cut;
        excess -= cut;
        if (last->len == 0) {
            slot->num_maps--;
        }
    }
    return total;
}

static int map_pieces(struct virtio_blk_queue *q, struct virtio_blk_slot *slot)
{
    uint16_t planned = slot->num_maps;

    for (slot->num_maps = 0; slot->num_maps < planned; slot->num_maps++) {
        struct blk_map *map = &slot->maps[slot->num_maps];

        if (virtio_port_dma_map(q->vq.dev->window.ctx, map->ptr, map->len,
                                virtio_blk_dir(slot->req), &map->dma) != 0) {
            virtio_blk_unmap(q, slot);
            return -ENOMEM;
        }
    }
    return 0;
}

static void add_piece(struct chain *c, uint64_t dma, uint32_t len)
{
    c->next->dma = dma;
    c->next->len = len;
    c->next++;
}

static void add_pieces(struct chain *c, const struct virtio_blk_slot *slot, uint32_t size_max)
{
    for (unsigned m = 0; m < slot->num_maps; m++) {
        uint64_t dma = slot->maps[m].dma;
        uint32_t left = slot->maps[m].len;

        while (left != 0) {
            uint32_t len = left < size_max ? left : size_max;

            add_piece(c, dma, len);
            dma += len;
            left -= len;
        }
    }
}

/* Data descriptors that the next chain may have; *all is set when it could never have more. */
static unsigned data_limit(const struct virtio_blk_queue *q, bool *all)
{
    unsigned limit = q->segs_max;

    *all = true;
    if (q->vq.indirect_max == 0 && q->vq.num_free < limit + 2u) {
        limit = q->vq.num_free > 2u ? q->vq.num_free - 2u : 0u;
        *all = false;
    }
    return limit;
}

static int build_data(struct virtio_blk_queue *q, struct virtio_blk_slot *slot, struct chain *c)
{
    const struct virtio_blk_req *req = slot->req;
    bool all;
    uint32_t bytes = plan_pieces(q, req, data_limit(q, &all), slot);
    int ret;

    if (bytes == 0) {
        return all ? -EMSGSIZE : -EAGAIN;
    }
    ret = map_pieces(q, slot);
    if (ret != 0) {
        return ret;
    }
    add_pieces(c, slot, q->blk->info.size_max);
    slot->in_bytes = req->op == VIRTIO_BLK_READ ? bytes : 0;
    c->sectors = bytes / VIRTIO_BLK_SECTOR_SIZE;
    return 0;
}

/* ---- data that is ours ---- */

uint32_t virtio_blk_range_sectors(const struct virtio_blk_info *info, enum virtio_blk_op op)
{
    uint32_t sectors = op == VIRTIO_BLK_DISCARD        ? info->max_discard_sectors
                       : op == VIRTIO_BLK_WRITE_ZEROES ? info->max_write_zeroes_sectors
                                                       : info->max_secure_erase_sectors;
    uint32_t segs = op == VIRTIO_BLK_DISCARD        ? info->max_discard_seg
                    : op == VIRTIO_BLK_WRITE_ZEROES ? info->max_write_zeroes_seg
                                                    : info->max_secure_erase_seg;
    uint32_t block_sectors = info->block_size / VIRTIO_BLK_SECTOR_SIZE;

    return segs == 0 ? 0 : sectors - sectors % block_sectors;
}

static uint32_t range_count_max(const struct virtio_blk_info *info, enum virtio_blk_op op)
{
    uint32_t segs = op == VIRTIO_BLK_DISCARD        ? info->max_discard_seg
                    : op == VIRTIO_BLK_WRITE_ZEROES ? info->max_write_zeroes_seg
                                                    : info->max_secure_erase_seg;

    return segs < BLK_RANGES_MAX ? segs : BLK_RANGES_MAX;
}

/* A range that must be cut ends on the device's alignment, where that leaves something. */
static uint32_t cut_range(const struct virtio_blk_info *info, enum virtio_blk_op op, uint64_t pos,
                          uint64_t left)
{
    uint32_t max = virtio_blk_range_sectors(info, op);
    uint32_t align = op == VIRTIO_BLK_DISCARD        ? info->discard_sector_alignment
                     : op == VIRTIO_BLK_SECURE_ERASE ? info->secure_erase_sector_alignment
                                                     : 1u;
    uint32_t tail;

    if (left <= max) {
        return (uint32_t)left;
    }
    if (align <= 1u || align % (info->block_size / VIRTIO_BLK_SECTOR_SIZE) != 0) {
        return max;
    }
    tail = (uint32_t)((pos + max) % align);
    return tail < max ? max - tail : max;
}

static void build_ranges(struct virtio_blk_queue *q, struct virtio_blk_slot *slot, struct chain *c)
{
    struct blk_wire *wire = slot->wire;
    const struct virtio_blk_req *req = slot->req;
    const struct virtio_blk_info *info = &q->blk->info;
    uint32_t flags = req->op == VIRTIO_BLK_WRITE_ZEROES ? req->flags & VIRTIO_BLK_REQ_UNMAP : 0u;
    uint32_t max = range_count_max(info, req->op);
    bool be = q->vq.big_endian;
    uint32_t n = 0;

    while (n < max && c->sectors < req->left_sectors) {
        uint64_t pos = req->pos_sector + c->sectors;
        uint32_t sectors = cut_range(info, req->op, pos, req->left_sectors - c->sectors);

        wire->data.ranges[n].sector = virtio_swap64(pos, be);
        wire->data.ranges[n].num_sectors = virtio_swap32(sectors, be);
        wire->data.ranges[n].flags = virtio_swap32(flags, be);
        c->sectors += sectors;
        n++;
    }
    add_piece(c, slot->wire_dma + offsetof(struct blk_wire, data),
              n * (uint32_t)sizeof(struct blk_wire_range));
}

static void build_answer(struct virtio_blk_slot *slot, struct chain *c, uint32_t len)
{
    memset(&slot->wire->data, 0, sizeof(slot->wire->data));
    slot->in_bytes = len;
    add_piece(c, slot->wire_dma + offsetof(struct blk_wire, data), len);
}

static int build_middle(struct virtio_blk_queue *q, struct virtio_blk_slot *slot, struct chain *c)
{
    switch (slot->req->op) {
    case VIRTIO_BLK_READ:
    case VIRTIO_BLK_WRITE:
        return build_data(q, slot, c);
    case VIRTIO_BLK_DISCARD:
    case VIRTIO_BLK_WRITE_ZEROES:
    case VIRTIO_BLK_SECURE_ERASE:
        build_ranges(q, slot, c);
        return 0;
    case VIRTIO_BLK_GET_ID:
        build_answer(slot, c, VIRTIO_BLK_ID_LEN);
        return 0;
    case VIRTIO_BLK_GET_LIFETIME:
        build_answer(slot, c, sizeof(slot->wire->data.lifetime));
        return 0;
    case VIRTIO_BLK_FLUSH:
        return 0;
    }
    return -EINVAL;
}

/* ---- the chain ---- */

static uint32_t wire_type(enum virtio_blk_op op)
{
    static const uint8_t types[] = {
        [VIRTIO_BLK_READ] = BLK_T_IN,
        [VIRTIO_BLK_WRITE] = BLK_T_OUT,
        [VIRTIO_BLK_FLUSH] = BLK_T_FLUSH,
        [VIRTIO_BLK_DISCARD] = BLK_T_DISCARD,
        [VIRTIO_BLK_WRITE_ZEROES] = BLK_T_WRITE_ZEROES,
        [VIRTIO_BLK_SECURE_ERASE] = BLK_T_SECURE_ERASE,
        [VIRTIO_BLK_GET_ID] = BLK_T_GET_ID,
        [VIRTIO_BLK_GET_LIFETIME] = BLK_T_GET_LIFETIME,
    };

    return types[op];
}

static void advance(struct virtio_blk_req *req, uint64_t sectors)
{
    uint64_t bytes = sectors * VIRTIO_BLK_SECTOR_SIZE;

    req->in_flight++;
    req->pos_sector += sectors;
    req->left_sectors -= sectors;
    if (req->left_sectors == 0) {
        req->issued = true;
        return;
    }
    while (req->op <= VIRTIO_BLK_WRITE && bytes != 0) {
        uint32_t left = req->segs[req->seg].len - req->seg_offset;
        uint32_t step = bytes < left ? (uint32_t)bytes : left;

        bytes -= step;
        req->seg_offset += step;
        if (req->seg_offset == req->segs[req->seg].len) {
            req->seg++;
            req->seg_offset = 0;
        }
    }
}

int virtio_blk_issue(struct virtio_blk_queue *q, struct virtio_blk_req *req)
{
    struct virtio_blk_slot *slot;
    struct chain c;
    unsigned pieces;
    unsigned in;
    int ret;

    if (q->vq.num_free == 0) {
        return -EAGAIN;
    }
    slot = virtio_blk_slot_begin(q, req, wire_type(req->op),
                                 req->op <= VIRTIO_BLK_WRITE ? req->pos_sector : 0);
    c.next = c.sg;
    c.sectors = 0;
    add_piece(&c, slot->wire_dma, sizeof(slot->wire->header));
    ret = build_middle(q, slot, &c);
    if (ret != 0) {
        return ret;
    }
    add_piece(&c, slot->wire_dma + offsetof(struct blk_wire, status), 1);
    pieces = (unsigned)(c.next - c.sg);
    in = slot->in_bytes != 0 ? pieces - 1u : 1u; /* data that comes in, and the status */
    ret = virtqueue_add(&q->vq, c.sg, pieces - in, in, slot);
    if (ret != 0) {
        virtio_blk_unmap(q, slot);
        return ret;
    }
    advance(req, c.sectors);
    return 0;
}

/* ---- back from the device ---- */

/* What a completed chain means. Legacy devices may say more in `len` than they wrote, not less. */
static int chain_result(const struct virtio_blk_queue *q, const struct virtio_blk_slot *slot,
                        uint8_t status, uint32_t len)
{
    bool legacy = virtio_is_legacy(q->vq.dev);

    if (len == 0 && !legacy) {
        return -EIO; /* says itself that it wrote no status */
    }
    if (status == BLK_S_UNSUPP) {
        return -ENOTSUP;
    }
    if (status != BLK_S_OK) {
        if (status != BLK_S_IOERR) {
            virtio_port_log(VIRTIO_LOG_ERROR, "virtio-blk: status %u, expected 0 to 2",
                            (unsigned)status);
        }
        return -EIO;
    }
    if (slot->in_bytes != 0 && len < slot->in_bytes + 1u) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio-blk: used length %u, expected %u", (unsigned)len,
                        (unsigned)(slot->in_bytes + 1u));
        return -EIO;
    }
    return 0;
}

static void fetch_answer(const struct virtio_blk_queue *q, const struct virtio_blk_slot *slot)
{
    const struct blk_wire *wire = slot->wire;
    const struct virtio_blk_req *req = slot->req;

    if (req->op == VIRTIO_BLK_GET_ID) {
        memcpy(req->segs[0].ptr, wire->data.id, VIRTIO_BLK_ID_LEN);
    } else if (req->op == VIRTIO_BLK_GET_LIFETIME) {
        struct virtio_blk_lifetime *out = req->segs[0].ptr;

        out->pre_eol_info = virtio_swap16(wire->data.lifetime[0], q->vq.big_endian);
        out->est_typ_a = virtio_swap16(wire->data.lifetime[1], q->vq.big_endian);
        out->est_typ_b = virtio_swap16(wire->data.lifetime[2], q->vq.big_endian);
    }
}

int virtio_blk_result(const struct virtio_blk_queue *q, const struct virtio_blk_slot *slot,
                      uint8_t status, uint32_t len)
{
    int result = chain_result(q, slot, status, len);

    if (result == 0) {
        fetch_answer(q, slot);
    }
    return result;
}
