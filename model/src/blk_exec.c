/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block requests, v1.2 5.2.6: the rules about their form, reading, writing and the small commands,
 * the status byte and the used length, and the faults that strike when a request is served.
 */
#include <string.h>

#include "blk.h"
#include "bytes.h"

#define HEADER_BYTES   16u
#define LIFETIME_BYTES 6u
#define CHUNK          4096u

struct request {
    struct model_blk *blk;
    struct chain *chain;
    uint32_t type, reserved;
    uint64_t sector;
    uint64_t out_len, in_len; /* data bytes, without header and status */
};

#define LABEL(r) (r)->chain->q->index, (r)->chain->head

/* ---- form ---- */

static bool parse(struct request *r)
{
    struct model_device *dev = &r->blk->dev;
    struct chain *c = r->chain;
    uint8_t header[HEADER_BYTES];

    if (!rule_check(dev->board, MODEL_RULE_DRV_BLK_014,
                    c->readable_bytes >= HEADER_BYTES && c->writable_bytes >= 1, dev->slot,
                    "queue %u chain %u: %llu readable and %llu writable bytes, expected a header "
                    "of 16 and a status byte",
                    LABEL(r), (unsigned long long)c->readable_bytes,
                    (unsigned long long)c->writable_bytes) ||
        chain_read(c, 0, header, HEADER_BYTES) != HEADER_BYTES)
        return false;
    r->type = load_le32(header);
    r->reserved = load_le32(header + 4);
    r->sector = load_le64(header + 8);
    r->out_len = c->readable_bytes - HEADER_BYTES;
    r->in_len = c->writable_bytes - 1;
    trace(dev->board, dev->slot, "blk: type %u sector %llu, %llu bytes out, %llu in", r->type,
          (unsigned long long)r->sector, (unsigned long long)r->out_len,
          (unsigned long long)r->in_len);
    return true;
}

static void check_framing(const struct request *r)
{
    struct model_device *dev = &r->blk->dev;
    const struct chain *c = r->chain;

    if (dev_modern(dev) || dev_has(dev, F_ANY_LAYOUT))
        return;
    rule_check(dev->board, MODEL_RULE_DRV_LEG_038,
               c->seg[0].len == HEADER_BYTES && !c->seg[0].writable &&
                   c->seg[c->n_seg - 1].len == 1 && c->seg[c->n_seg - 1].writable,
               dev->slot,
               "queue %u chain %u: first element %u bytes, last %u, without ANY_LAYOUT expected "
               "16 and 1",
               LABEL(r), c->seg[0].len, c->seg[c->n_seg - 1].len);
}

/* Data elements against size_max and seg_max; header and status share no element with data. */
static void check_limits(const struct request *r)
{
    struct model_device *dev = &r->blk->dev;
    const struct chain *c = r->chain;
    const uint32_t size_max = r->blk->cfg.size_max, seg_max = r->blk->cfg.seg_max;
    unsigned data = 0;

    if ((!dev_has(dev, B_SIZE_MAX) && !dev_has(dev, B_SEG_MAX)) || blk_limits_lied(r->blk))
        return;
    for (unsigned i = 0; i < c->n_seg; i++) {
        const bool header = i == 0 && c->seg[i].len <= HEADER_BYTES;
        const bool status = i == c->n_seg - 1 && c->seg[i].len == 1;
        if (header || status)
            continue;
        data++;
        if (dev_has(dev, B_SIZE_MAX) && (dev->offered & FBIT(B_SIZE_MAX)) && size_max)
            rule_check(dev->board, MODEL_RULE_DRV_BLK_003, c->seg[i].len <= size_max, dev->slot,
                       "queue %u chain %u: element of %u bytes, size_max is %u", LABEL(r),
                       c->seg[i].len, size_max);
    }
    if (dev_has(dev, B_SEG_MAX) && (dev->offered & FBIT(B_SEG_MAX)) && seg_max)
        rule_check(dev->board, MODEL_RULE_DRV_BLK_003, data <= seg_max, dev->slot,
                   "queue %u chain %u: %u data elements, seg_max is %u", LABEL(r), data, seg_max);
}

static void check_header(const struct request *r)
{
    struct model_device *dev = &r->blk->dev;
    const bool sector_used = r->type == T_IN || r->type == T_OUT;

    if (dev_modern(dev)) /* the word is ioprio on the legacy interface */
        rule_check(dev->board, MODEL_RULE_DRV_BLK_015, r->reserved == 0, dev->slot,
                   "queue %u chain %u: reserved word %#x, expected 0", LABEL(r), r->reserved);
    if (r->type == T_FLUSH || r->type == T_FLUSH_OUT)
        rule_check(dev->board, MODEL_RULE_DRV_BLK_021, r->sector == 0, dev->slot,
                   "queue %u chain %u: flush with sector %llu", LABEL(r),
                   (unsigned long long)r->sector);
    else if (!sector_used)
        rule_check(dev->board, MODEL_RULE_DRV_BLK_015, r->sector == 0, dev->slot,
                   "queue %u chain %u: type %u with sector %llu, expected 0", LABEL(r), r->type,
                   (unsigned long long)r->sector);
    if (r->type & T_BARRIER)
        rule_check(dev->board, MODEL_RULE_DRV_LEG_034, dev_has(dev, B_BARRIER), dev->slot,
                   "queue %u chain %u: type %#x without BARRIER agreed", LABEL(r), r->type);
}

/* ---- reading and writing ---- */

/* Beyond what the driver was last shown is its mistake; beyond what there is, is an error. */
static bool check_range(const struct request *r, uint64_t len)
{
    const struct model_blk *blk = r->blk;
    struct model_device *dev = &r->blk->dev;
    const uint64_t shown = blk_capacity_for(blk, r->chain);
    const uint64_t n = (len + SECTOR_BYTES - 1) / SECTOR_BYTES;

    rule_check(dev->board, MODEL_RULE_DRV_BLK_019, r->sector <= shown && n <= shown - r->sector,
               dev->slot, "queue %u chain %u: sectors %llu + %llu of %llu", LABEL(r),
               (unsigned long long)r->sector, (unsigned long long)n, (unsigned long long)shown);
    return r->sector <= blk->capacity && n <= blk->capacity - r->sector;
}

static bool check_data_length(const struct request *r, uint64_t len, uint64_t other)
{
    struct model_device *dev = &r->blk->dev;

    rule_check(dev->board, MODEL_RULE_DRV_BLK_014, other == 0, dev->slot,
               "queue %u chain %u: %llu data bytes in the wrong direction", LABEL(r),
               (unsigned long long)other);
    return rule_check(dev->board, MODEL_RULE_DRV_BLK_023, len % SECTOR_BYTES == 0, dev->slot,
                      "queue %u chain %u: %llu data bytes, expected a multiple of 512", LABEL(r),
                      (unsigned long long)len);
}

static bool copy_in(struct request *r, uint64_t len)
{
    struct model_blk *blk = r->blk;
    uint8_t buf[CHUNK];

    if (blk->fd < 0)
        return chain_write(r->chain, 0, blk->cfg.ram + r->sector * SECTOR_BYTES, len) == len;
    for (uint64_t done = 0; done < len;) {
        const size_t n = len - done < CHUNK ? (size_t)(len - done) : CHUNK;
        if (!blk_image_read(blk, r->sector + done / SECTOR_BYTES, buf, n) ||
            chain_write(r->chain, done, buf, n) != n)
            return false;
        done += n;
    }
    return true;
}

static bool copy_out(struct request *r, uint64_t len)
{
    struct model_blk *blk = r->blk;
    uint8_t buf[CHUNK];

    if (blk->fd < 0)
        return chain_read(r->chain, HEADER_BYTES, blk->cfg.ram + r->sector * SECTOR_BYTES, len) ==
               len;
    for (uint64_t done = 0; done < len;) {
        const size_t n = len - done < CHUNK ? (size_t)(len - done) : CHUNK;
        if (chain_read(r->chain, HEADER_BYTES + done, buf, n) != n ||
            !blk_image_write(blk, r->sector + done / SECTOR_BYTES, buf, n))
            return false;
        done += n;
    }
    return true;
}

static uint8_t serve_in(struct request *r)
{
    struct model_board *board = r->blk->dev.board;

    bool ok = check_data_length(r, r->in_len, r->out_len);
    if (!check_range(r, r->in_len) || !ok || !copy_in(r, r->in_len))
        return S_IOERR;
    r->blk->stats.reads++;
    if (r->in_len && fault_variant(board) == 0 && fault(board, MODEL_FAULT_BLK_CORRUPT)) {
        uint8_t byte;
        if (blk_image_read(r->blk, r->sector, &byte, 1)) {
            byte ^= 0x10;
            chain_write(r->chain, 0, &byte, 1);
        }
    }
    return S_OK;
}

static uint8_t serve_out(struct request *r)
{
    struct model_blk *blk = r->blk;
    struct model_device *dev = &blk->dev;

    bool ok = check_data_length(r, r->out_len, r->in_len);
    ok &= check_range(r, r->out_len);
    const bool ro = (dev->offered & FBIT(B_RO)) != 0;
    rule_check(dev->board, MODEL_RULE_DRV_BLK_020, !dev_has(dev, B_RO), dev->slot,
               "queue %u chain %u: write to a device agreed to be read-only", LABEL(r));
    if (!ok || ro || blk->refuses_writes || !copy_out(r, r->out_len))
        return S_IOERR;
    blk->stats.writes++;
    blk->stats.unflushed = blk->writeback ? blk->stats.unflushed + 1 : 0;
    if (r->out_len && fault_variant(dev->board) == 1 &&
        fault(dev->board, MODEL_FAULT_BLK_CORRUPT)) {
        uint8_t byte;
        if (blk_image_read(blk, r->sector, &byte, 1)) {
            byte ^= 0x10;
            blk_image_write(blk, r->sector, &byte, 1);
        }
    }
    return S_OK;
}

/* ---- small commands ---- */

static uint8_t serve_flush(struct request *r)
{
    struct model_blk *blk = r->blk;
    struct model_device *dev = &blk->dev;

    rule_check(dev->board, MODEL_RULE_DRV_BLK_022, r->out_len == 0 && r->in_len == 0, dev->slot,
               "queue %u chain %u: flush with %llu data bytes", LABEL(r),
               (unsigned long long)(r->out_len + r->in_len));
    if (!dev_has(dev, B_FLUSH))
        return S_UNSUPP;
    blk->stats.flushes++;
    blk->stats.unflushed = 0;
    return S_OK;
}

static uint8_t serve_get_id(struct request *r)
{
    struct model_blk *blk = r->blk;
    struct model_board *board = blk->dev.board;
    char id[BLK_ID_BYTES];

    rule_check(board, MODEL_RULE_DRV_BLK_025, r->in_len == BLK_ID_BYTES && r->out_len == 0,
               blk->dev.slot, "queue %u chain %u: GET_ID with %llu bytes, expected 20", LABEL(r),
               (unsigned long long)r->in_len);
    memcpy(id, blk->cfg.id, BLK_ID_BYTES);
    if (fault(board, MODEL_FAULT_BLK_ID_NOTERM))
        memset(id, 'X', BLK_ID_BYTES);
    chain_write(r->chain, 0, id, r->in_len < BLK_ID_BYTES ? r->in_len : BLK_ID_BYTES);
    blk->stats.get_ids++;
    return S_OK;
}

static uint8_t serve_lifetime(struct request *r)
{
    struct model_blk *blk = r->blk;
    uint8_t data[LIFETIME_BYTES];

    if (!dev_has(&blk->dev, B_LIFETIME) || r->in_len < LIFETIME_BYTES)
        return S_UNSUPP;
    store_le16(data, blk->cfg.pre_eol_info);
    store_le16(data + 2, blk->cfg.lifetime_a);
    store_le16(data + 4, blk->cfg.lifetime_b);
    chain_write(r->chain, 0, data, sizeof(data));
    blk->stats.lifetimes++;
    return S_OK;
}

static uint8_t serve(struct request *r)
{
    switch (r->type & ~T_BARRIER) {
    case T_IN:
        return serve_in(r);
    case T_OUT:
        return serve_out(r);
    case T_FLUSH:
    case T_FLUSH_OUT:
        return serve_flush(r);
    case T_GET_ID:
        return serve_get_id(r);
    case T_GET_LIFETIME:
        return serve_lifetime(r);
    case T_DISCARD:
    case T_WRITE_ZEROES:
    case T_SECURE_ERASE:
        return blk_serve_ranges(r->blk, r->chain, r->type);
    default:
        return S_UNSUPP;
    }
}

/* ---- the answer ---- */

/* Bytes that a request of this type finds written in its data when it succeeds. */
static uint64_t data_written(const struct request *r)
{
    switch (r->type & ~T_BARRIER) {
    case T_IN:
        return r->in_len;
    case T_GET_ID:
        return r->in_len < BLK_ID_BYTES ? r->in_len : BLK_ID_BYTES;
    case T_GET_LIFETIME:
        return r->in_len < LIFETIME_BYTES ? r->in_len : LIFETIME_BYTES;
    default:
        return 0;
    }
}

/* Fills what a failed or partial request left unwritten: the used length counts from the first
 * byte, so that nothing before the status byte may stay as it was. */
static void fill_rest(struct request *r, uint64_t from)
{
    static const uint8_t zero[CHUNK];

    for (uint64_t at = from; at < r->in_len;) {
        const uint64_t n = r->in_len - at < CHUNK ? r->in_len - at : CHUNK;
        if (chain_write(r->chain, at, zero, n) != n)
            return;
        at += n;
    }
}

/* BLK-SHORT on a modern device: half of the data and the status. */
static uint32_t serve_short(struct request *r)
{
    const uint64_t half = r->in_len / 2;
    const uint8_t ok = S_OK;

    if (check_range(r, r->in_len))
        copy_in(r, half / SECTOR_BYTES * SECTOR_BYTES);
    chain_write(r->chain, r->in_len, &ok, 1);
    return (uint32_t)(half / SECTOR_BYTES * SECTOR_BYTES + 1);
}

static uint8_t served_status(struct request *r)
{
    static const uint8_t garbage[3] = {3, 0x80, 0xff};
    struct model_board *board = r->blk->dev.board;

    if (fault(board, MODEL_FAULT_BLK_IOERR))
        return S_IOERR;
    if (fault(board, MODEL_FAULT_BLK_UNSUPP))
        return S_UNSUPP;
    const uint8_t status = serve(r);
    if (fault(board, MODEL_FAULT_BLK_STATUS_GARBAGE))
        return garbage[fault_variant(board) % 3];
    return status;
}

uint32_t blk_execute(struct model_device *dev, struct chain *chain)
{
    struct request r = {.blk = to_blk(dev), .chain = chain};
    struct model_board *board = dev->board;

    if (!parse(&r)) {
        r.blk->stats.errors++;
        return 0;
    }
    check_framing(&r);
    check_header(&r);
    check_limits(&r);
    const bool cut = r.type == T_IN && fault(board, MODEL_FAULT_BLK_SHORT);
    if (cut && dev_modern(dev))
        return serve_short(&r);
    const uint8_t status = served_status(&r);
    fill_rest(&r, status == S_OK ? data_written(&r) : 0);
    if (status != S_OK)
        r.blk->stats.errors++;
    if (!fault(board, MODEL_FAULT_BLK_STATUS_UNWRITTEN))
        chain_write(chain, r.in_len, &status, 1);
    trace(board, dev->slot, "blk: status %u", status);
    return cut ? 0 : (uint32_t)(r.in_len + 1);
}
