/* SPDX-License-Identifier: Apache-2.0 */
/* See real_stream.h. */
#include "real_stream.h"

#include <stdlib.h>

#include "real_files.h"

#define CHUNK_BYTES (REAL_STREAM_SECTORS * VIRTIO_BLK_SECTOR_SIZE)
#define PATIENCE_US UINT64_C(30000000)

enum slot_state { SLOT_FREE, SLOT_FLYING, SLOT_DONE };

struct stream;
struct slot {
    struct stream *stream;
    struct virtio_blk_req req;
    struct virtio_blk_seg seg;
    enum slot_state state;
    int result;
};

struct stream {
    struct virtio_blk *blk;
    struct real_stream_job *job;
    uint64_t next; /* sectors handed out so far */
    unsigned flying;
    volatile bool news; /* a request has completed */
    virtio_port_event_t event;
    int error;
    struct slot slots[REAL_STREAM_DEPTH];
    unsigned char *buffers;
};

static void done(struct virtio_blk_req *req, int result)
{
    struct slot *slot = req->cookie;

    slot->result = result;
    slot->state = SLOT_DONE;
    slot->stream->flying--;
    slot->stream->news = true;
    virtio_port_event_signal(&slot->stream->event);
}

static void set_error(struct stream *s, int error, uint64_t sector, bool of_file)
{
    if (error != 0 && s->error == 0) {
        s->error = error;
        s->job->bad_sector = sector;
        s->job->file_failed = of_file;
    }
}

static uint64_t file_position(const struct stream *s, const struct slot *slot)
{
    return (slot->req.sector - s->job->sector) * VIRTIO_BLK_SECTOR_SIZE;
}

/* Takes what has completed; what was read goes to the file. */
static void harvest(struct stream *s)
{
    s->news = false;
    for (unsigned i = 0; i < REAL_STREAM_DEPTH; i++) {
        struct slot *slot = &s->slots[i];

        if (slot->state != SLOT_DONE) {
            continue;
        }
        slot->state = SLOT_FREE;
        set_error(s, slot->result, slot->req.sector, false);
        if (slot->result == 0 && !s->job->to_disk) {
            set_error(s,
                      real_pwrite(s->job->fd, slot->seg.ptr, slot->seg.len, file_position(s, slot)),
                      slot->req.sector, true);
        }
    }
}

/* Gives a free slot the next piece. */
static void prepare(struct stream *s, struct slot *slot)
{
    uint64_t left = s->job->count - s->next;
    uint32_t sectors = left < REAL_STREAM_SECTORS ? (uint32_t)left : REAL_STREAM_SECTORS;

    slot->stream = s;
    slot->seg.len = sectors * VIRTIO_BLK_SECTOR_SIZE;
    slot->req = (struct virtio_blk_req){.op = s->job->to_disk ? VIRTIO_BLK_WRITE : VIRTIO_BLK_READ,
                                        .sector = s->job->sector + s->next,
                                        .segs = &slot->seg,
                                        .num_segs = 1,
                                        .done = done,
                                        .cookie = slot};
    s->next += sectors;
    if (s->job->to_disk) {
        set_error(s, real_pread(s->job->fd, slot->seg.ptr, slot->seg.len, file_position(s, slot)),
                  slot->req.sector, true);
    }
}

/* Fills the free slots and hands all of them over at once. */
static void submit(struct stream *s)
{
    struct virtio_blk_req *reqs[REAL_STREAM_DEPTH];
    unsigned count = 0;
    unsigned accepted;
    int error;

    for (unsigned i = 0; i < REAL_STREAM_DEPTH && s->next < s->job->count && s->error == 0; i++) {
        if (s->slots[i].state == SLOT_FREE) {
            prepare(s, &s->slots[i]);
            reqs[count++] = &s->slots[i].req;
        }
    }
    if (count == 0 || s->error != 0) {
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        ((struct slot *)reqs[i]->cookie)->state = SLOT_FLYING;
    }
    s->flying += count; /* before: a callback may run inside the call */
    accepted = virtio_blk_submit_batch(s->blk, reqs, count, &error);
    for (unsigned i = accepted; i < count; i++) {
        ((struct slot *)reqs[i]->cookie)->state = SLOT_FREE;
        s->flying--;
    }
    if (accepted < count) {
        set_error(s, error, reqs[accepted]->sector, false);
    }
}

static void run(struct stream *s)
{
    while (s->flying != 0 || (s->next < s->job->count && s->error == 0)) {
        submit(s);
        if (s->flying != 0 && virtio_wait(&s->blk->dev, &s->event, &s->news, PATIENCE_US) != 0) {
            set_error(s, -ETIMEDOUT, s->job->sector + s->next, false);
            if (virtio_blk_reset(s->blk, 0) != 0) {
                break; /* the buffers stay the device's */
            }
        }
        harvest(s);
    }
}

int real_stream(struct virtio_blk *blk, struct real_stream_job *job)
{
    struct stream *s = calloc(1, sizeof(*s));
    unsigned char *buffers = malloc((size_t)REAL_STREAM_DEPTH * CHUNK_BYTES);
    int ret = -ENOMEM;

    if (s != NULL && buffers != NULL) {
        s->blk = blk;
        s->job = job;
        s->buffers = buffers;
        for (unsigned i = 0; i < REAL_STREAM_DEPTH; i++) {
            s->slots[i].seg.ptr = buffers + (size_t)i * CHUNK_BYTES;
        }
        virtio_port_event_init(&s->event);
        run(s);
        harvest(s); /* what completed at its submission */
        virtio_port_event_deinit(&s->event);
        ret = s->error;
        if (s->flying != 0) {
            return ret; /* given up on the device: it may still write into the buffers */
        }
    }
    free(buffers);
    free(s);
    return ret;
}
