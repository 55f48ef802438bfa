/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request queue of a block device: accepts requests, keeps the ring full, completes them.
 *
 * Everything here is under the virtqueue's lock, callbacks excepted: finished requests are gathered
 * in a list and called back after the lock is released, so that a callback may submit again.
 */
#include "virtio_blk_priv.h"

/* ---- memory ---- */

int virtio_blk_queue_alloc(struct virtio_blk *blk, struct virtio_blk_queue *q)
{
    virtio_port_ctx_t ctx = blk->dev.window.ctx;
    uint16_t slots = q->vq.size;

    if (q->slots != NULL && (q->num_slots != slots || q->maps_max != q->segs_max)) {
        virtio_blk_queue_free(q);
    }
    q->blk = blk;
    q->num_slots = slots;
    q->maps_max = q->segs_max;
    q->slot_bytes = sizeof(struct virtio_blk_slot) + q->maps_max * sizeof(struct blk_map);
    if (q->slots == NULL) {
        q->dma_bytes = (size_t)slots * sizeof(struct blk_wire);
        q->slots = virtio_port_alloc(ctx, (size_t)slots * q->slot_bytes);
        q->dma = virtio_port_dma_alloc(ctx, q->dma_bytes, 64, &q->dma_addr);
        if (q->slots == NULL || q->dma == NULL) {
            virtio_blk_queue_free(q);
            return -ENOMEM;
        }
    }
    for (uint16_t i = 0; i < slots; i++) {
        struct virtio_blk_slot *slot = virtio_blk_slot_at(q, i);

        slot->wire = &((struct blk_wire *)q->dma)[i];
        slot->wire_dma = q->dma_addr + i * sizeof(struct blk_wire);
    }
    return 0;
}

void virtio_blk_queue_free(struct virtio_blk_queue *q)
{
    if (q->dma != NULL) {
        virtio_port_dma_free(q->blk->dev.window.ctx, q->dma, q->dma_bytes, q->dma_addr);
    }
    if (q->slots != NULL) {
        virtio_port_free(q->blk->dev.window.ctx, q->slots);
    }
    q->dma = NULL;
    q->slots = NULL;
}

/* ---- lists ---- */

static void append(struct virtio_blk_req **head, struct virtio_blk_req **tail,
                   struct virtio_blk_req *req)
{
    req->next = NULL;
    if (*head == NULL) {
        *head = req;
    } else {
        (*tail)->next = req;
    }
    *tail = req;
}

void virtio_blk_finish(struct virtio_blk_queue *q, struct virtio_blk_req *req,
                       struct virtio_blk_done *done)
{
    q->num_reqs--;
    append(&done->head, &done->tail, req);
}

void virtio_blk_unlink(struct virtio_blk_queue *q, struct virtio_blk_req *req)
{
    struct virtio_blk_req *prev = NULL;

    for (struct virtio_blk_req *r = q->pending_head; r != NULL; prev = r, r = r->next) {
        if (r != req) {
            continue;
        }
        if (prev == NULL) {
            q->pending_head = r->next;
        } else {
            prev->next = r->next;
        }
        if (q->pending_tail == r) {
            q->pending_tail = prev;
        }
        return;
    }
}

void virtio_blk_run_callbacks(const struct virtio_blk_done *done)
{
    struct virtio_blk_req *req = done->head;

    while (req != NULL) {
        struct virtio_blk_req *next = req->next;

        req->busy = false;
        req->done(req, req->result); /* may submit req again, or free it */
        req = next;
    }
}

/* ---- keeping the ring full ---- */

void virtio_blk_give_up(struct virtio_blk_queue *q, struct virtio_blk_req *req, int error,
                        struct virtio_blk_done *done)
{
    req->result = req->result != 0 ? req->result : error;
    req->issued = true;
    if (req->in_flight == 0) {
        virtio_blk_finish(q, req, done);
    }
}

/* Goes on with a request whose issue returned `ret`. False: no room now; nothing of it waits
 * otherwise. */
static bool issue_rest(struct virtio_blk_queue *q, struct virtio_blk_req *req, int ret,
                       struct virtio_blk_done *done)
{
    while (ret != -EAGAIN) {
        if (ret != 0) {
            virtio_blk_give_up(q, req, ret, done);
        }
        if (req->issued) {
            return true;
        }
        ret = virtio_blk_issue(q, req);
    }
    return false;
}

void virtio_blk_enqueue(struct virtio_blk_queue *q, struct virtio_blk_req *req,
                        struct virtio_blk_done *done)
{
    if (q->pending_head != NULL || !issue_rest(q, req, virtio_blk_issue(q, req), done)) {
        append(&q->pending_head, &q->pending_tail, req);
    }
}

/* Puts on the ring what fits, in order. Only the head of the list can be partly issued. */
static void pump(struct virtio_blk_queue *q, struct virtio_blk_done *done)
{
    while (q->pending_head != NULL && q->vq.ready) {
        struct virtio_blk_req *req = q->pending_head;
        struct virtio_blk_req *next = req->next;

        /* Checked when it was submitted, but the disk may have shrunk while it waited. */
        if (req->left_sectors != 0 &&
            req->pos_sector + req->left_sectors > virtio_blk_capacity(q->blk)) {
            virtio_blk_give_up(q, req, -ERANGE, done);
        } else if (!issue_rest(q, req, virtio_blk_issue(q, req), done)) {
            break;
        }
        q->pending_head = next;
    }
    virtqueue_kick(&q->vq);
}

static void chain_done(struct virtio_blk_queue *q, struct virtio_blk_req *req, int result,
                       struct virtio_blk_done *done)
{
    req->in_flight--;
    if (result != 0) {
        req->result = req->result != 0 ? req->result : result;
        if (!req->issued) {
            /* The rest need not be asked for: the request has failed as a whole. */
            req->issued = true;
            virtio_blk_unlink(q, req);
        }
    }
    if (req->issued && req->in_flight == 0) {
        virtio_blk_finish(q, req, done);
    }
}

/* The device is done with a slot, or never will be (`error` not 0). */
static void retire(struct virtio_blk_queue *q, struct virtio_blk_slot *slot, uint32_t len,
                   int error, struct virtio_blk_done *done)
{
    uint8_t status = *(volatile uint8_t *)&slot->wire->status;
    struct virtio_blk_req *req = slot->req;

    virtio_blk_unmap(q, slot);
    /* The usual case is a transfer that went well; `len` counts the status byte. */
    if (error == 0 && (status != BLK_S_OK || len <= slot->in_bytes || req->op > VIRTIO_BLK_WRITE)) {
        error = virtio_blk_result(q, slot, status, len);
    }
    chain_done(q, req, error, done);
}

void virtio_blk_queue_used(struct virtqueue *vq)
{
    struct virtio_blk_queue *q = (struct virtio_blk_queue *)vq;
    struct virtio_blk_done done = {NULL, NULL};
    void *cookie;
    uint32_t len;
    int ret;

    virtqueue_lock(vq);
    do {
        while ((ret = virtqueue_get_used(vq, &cookie, &len)) > 0) {
            retire(q, cookie, len, 0, &done);
        }
    } while (ret == 0 && !vq->dev->window.polled && virtqueue_enable_cb(vq));
    if (q->pending_head != NULL) {
        pump(q, &done);
    }
    virtqueue_unlock(vq);
    if (ret < 0) {
        virtio_device_break(vq->dev, -EIO);
    }
    virtio_blk_run_callbacks(&done);
}

void virtio_blk_queue_fail(struct virtio_blk_queue *q, int error)
{
    struct virtio_blk_done done = {NULL, NULL};
    struct virtio_blk_slot *slot;
    uint16_t cursor = 0;

    virtqueue_lock(&q->vq);
    while ((slot = virtqueue_detach(&q->vq, &cursor)) != NULL) {
        retire(q, slot, 0, error, &done);
    }
    while (q->pending_head != NULL) {
        struct virtio_blk_req *req = q->pending_head;

        req->result = req->result != 0 ? req->result : error;
        virtio_blk_unlink(q, req);
        virtio_blk_finish(q, req, &done);
    }
    virtqueue_unlock(&q->vq);
    virtio_blk_run_callbacks(&done);
}
