/* SPDX-License-Identifier: Apache-2.0 */
/* Access to the buffers of a chain, always through the permission map (MEM-006, MEM-007). */
#include <string.h>

#include "device.h"

uint8_t *chain_segment_ptr(struct chain *chain, const struct segment *seg)
{
    struct model_device *dev = chain->q->dev;
    struct model_board *board = dev->board;
    enum mem_why why;
    unsigned need = seg->writable ? MODEL_DMA_FROM_DEVICE : MODEL_DMA_TO_DEVICE;

    if (chain->revoked) /* said when it was taken away */
        return NULL;
    uint8_t *p = mem_device_ptr(&board->mem, seg->gpa, seg->len, need, &why);
    board->rule_checks[MODEL_RULE_MEM_006]++;
    board->rule_checks[MODEL_RULE_MEM_007]++;
    if (!p && ring_told_used(chain->q, chain->head)) {
        chain->revoked = true;
    } else if (!p) {
        rule_breach(
            board, why == MEM_WHY_DIRECTION ? MODEL_RULE_MEM_007 : MODEL_RULE_MEM_006, dev->slot,
            "queue %u chain %u: %s buffer %#llx+%u is %s", chain->q->index, chain->head,
            seg->writable ? "writable" : "readable", (unsigned long long)seg->gpa, seg->len,
            why == MEM_WHY_DIRECTION ? "not mapped in that direction" : "not in one mapped block");
        chain->revoked = true;
    }
    return p;
}

/* Runs over the segments of one kind; exactly one of in/out is used. */
static uint64_t chain_copy(struct chain *chain, bool writable, uint64_t off, uint8_t *in,
                           const uint8_t *out, uint64_t len)
{
    uint64_t done = 0;

    for (unsigned i = 0; i < chain->n_seg && done < len; i++) {
        const struct segment *seg = &chain->seg[i];
        if (seg->writable != writable)
            continue;
        if (off >= seg->len) {
            off -= seg->len;
            continue;
        }
        uint64_t n = seg->len - off;
        if (n > len - done)
            n = len - done;
        uint8_t *p = chain_segment_ptr(chain, seg);
        if (!p)
            break;
        if (in)
            memcpy(in + done, p + off, n);
        else
            memcpy(p + off, out + done, n);
        done += n;
        off = 0;
    }
    return done;
}

uint64_t chain_read(struct chain *chain, uint64_t off, void *buf, uint64_t len)
{
    uint64_t n = chain_copy(chain, false, off, buf, NULL, len);

    chain->q->dev->count.bytes_read += n;
    return n;
}

uint64_t chain_write(struct chain *chain, uint64_t off, const void *buf, uint64_t len)
{
    uint64_t n = chain_copy(chain, true, off, NULL, buf, len);

    chain->q->dev->count.bytes_written += n;
    return n;
}
