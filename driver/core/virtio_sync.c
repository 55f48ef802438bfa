/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for one completion with a deadline; see virtio/virtio.h. All flags are under the device's
 * lock, but for `done`, which a waiter looks at on its own. */
#include "core.h"

int virtio_sync_init(struct virtio_sync *s)
{
    int ret = s->ready ? 0 : virtio_port_event_init(&s->event);

    s->ready = ret == 0;
    return ret;
}

void virtio_sync_deinit(struct virtio_sync *s)
{
    if (s->ready) {
        virtio_port_event_deinit(&s->event);
    }
    s->ready = false;
}

bool virtio_sync_take(struct virtio_device *dev, struct virtio_sync *s)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);
    bool taken = s->ready && !s->used;

    if (taken) {
        s->used = true;
        s->abandoned = false;
        s->done = false;
    }
    virtio_port_unlock(&dev->lock, flags);
    return taken;
}

void virtio_sync_give_back(struct virtio_device *dev, struct virtio_sync *s)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);

    s->used = false;
    virtio_port_unlock(&dev->lock, flags);
}

void virtio_sync_done(struct virtio_device *dev, struct virtio_sync *s, int result)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&dev->lock);

    s->result = result;
    s->done = true;
    if (s->abandoned) {
        s->used = false;
    }
    virtio_port_unlock(&dev->lock, flags);
    virtio_port_event_signal(&s->event);
}

int virtio_sync_wait(struct virtio_device *dev, struct virtio_sync *s, uint64_t timeout_us)
{
    virtio_port_irqflags_t flags;
    int result = -ETIMEDOUT;

    (void)virtio_wait(dev, &s->event, &s->done, timeout_us);
    flags = virtio_port_lock(&dev->lock);
    s->abandoned = !s->done;
    if (s->done) {
        result = s->result;
    }
    virtio_port_unlock(&dev->lock, flags);
    return result;
}
