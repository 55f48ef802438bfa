/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-input: life of the device, and what is sent to it (virtio v1.2 sections 5.8.2, 5.8.5). */
#include "virtio_input_priv.h"

#define EVENT_BUFFERS_DEFAULT  64u
#define STATUS_BUFFERS_DEFAULT 16u
#define EVENTQ                 0u
#define STATUSQ                1u
#define EV_SND                 0x12u
#define EV_FF                  0x15u

/* ---- bring-up ---- */

static int setup_queues(struct virtio_input *in)
{
    const struct virtio_buffers_config events = {
        .index = EVENTQ,
        .count = in->params.event_buffers,
        .count_min = 1,
        .bytes = sizeof(struct input_wire_event),
        .callback = virtio_input_events_used,
    };
    const struct virtio_command_config status = {
        .index = STATUSQ,
        .size = in->params.status_buffers,
        .slots = in->params.status_buffers,
        .out_max = sizeof(struct input_wire_event),
    };
    int ret = virtio_buffers_setup(&in->dev, &in->events, &events);

    if (ret != 0) {
        return ret;
    }
    virtio_input_events_poison(in);
    ret = virtio_command_setup(&in->dev, &in->status, &status);
    in->has_status = ret == 0;
    if (ret == -ENOTSUP) {
        ret = 0; /* a device that only listens to itself: events still come */
    }
    return ret != 0 ? ret : virtio_buffers_fill(&in->events);
}

static int start(struct virtio_device *dev, uint64_t timeout_us)
{
    struct virtio_input *in = (struct virtio_input *)(void *)dev;
    int ret = virtio_device_negotiate(dev, 0, 0, 0, timeout_us);

    ret = ret != 0 ? ret : virtio_input_read_config(in);
    ret = ret != 0 ? ret : setup_queues(in);
    return ret != 0 ? ret : virtio_device_ready(dev);
}

static void release(struct virtio_device *dev)
{
    struct virtio_input *in = (struct virtio_input *)(void *)dev;

    virtio_buffers_free(&in->events);
    virtio_command_free(&in->status);
    in->has_status = false;
}

static void quiesced(struct virtio_device *dev, int error)
{
    struct virtio_input *in = (struct virtio_input *)(void *)dev;

    virtio_buffers_reclaim(&in->events);
    if (in->has_status) {
        virtio_command_fail(&in->status, error);
    }
    virtio_input_events_lost(in);
}

static const struct virtio_driver_ops input_ops = {
    .name = "virtio-input",
    .device_id = VIRTIO_ID_INPUT,
    .start = start,
    .free = release,
    .quiesced = quiesced,
};

static bool is_queue_size(uint16_t size)
{
    return size != 0 && size <= VIRTQUEUE_SIZE_MAX && (size & (size - 1u)) == 0;
}

static int check_params(struct virtio_input *in, const struct virtio_input_params *params)
{
    struct virtio_input_params *p = &in->params;

    if (params != NULL) {
        *p = *params;
    }
    p->event_buffers = p->event_buffers != 0 ? p->event_buffers : EVENT_BUFFERS_DEFAULT;
    p->status_buffers = p->status_buffers != 0 ? p->status_buffers : STATUS_BUFFERS_DEFAULT;
    if (!is_queue_size(p->event_buffers) || !is_queue_size(p->status_buffers)) {
        virtio_port_log(VIRTIO_LOG_ERROR,
                        "virtio-input: event_buffers %u, status_buffers %u, expected powers of two "
                        "up to %u",
                        (unsigned)p->event_buffers, (unsigned)p->status_buffers,
                        VIRTQUEUE_SIZE_MAX);
        return -EINVAL;
    }
    return 0;
}

int virtio_input_probe(struct virtio_input *in, const struct virtio_window *window,
                       const struct virtio_input_params *params)
{
    int ret;

    if (in->dev.state != VIRTIO_STATE_ABSENT) {
        return -EINVAL;
    }
    memset(in, 0, sizeof(*in));
    ret = check_params(in, params);
    return ret != 0 ? ret
                    : virtio_driver_probe(&in->dev, window, &input_ops, in->params.features_off,
                                          in->params.reset_timeout_us);
}

int virtio_input_remove(struct virtio_input *in, uint64_t timeout_us)
{
    return virtio_driver_remove(&in->dev, timeout_us);
}

int virtio_input_reset(struct virtio_input *in, uint64_t timeout_us)
{
    return virtio_driver_reset(&in->dev, timeout_us);
}

/* ---- to the device ---- */

/* What a device can be told: everything else it only tells. */
static bool can_send(const struct virtio_input *in, uint16_t type, uint16_t code)
{
    if (!in->has_status || type > VIRTIO_INPUT_EV_MAX || (in->info.ev_types >> type & 1u) == 0) {
        return false;
    }
    if (type == VIRTIO_INPUT_EV_LED) {
        return virtio_input_has(in, type, code);
    }
    return type == VIRTIO_INPUT_EV_REP || type == EV_SND || type == EV_FF;
}

static void count_sent(struct virtio_input *in, int ret)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&in->dev.lock);

    in->stats.status_sent += ret == 0 ? 1u : 0u;
    in->stats.status_busy += ret == -EAGAIN ? 1u : 0u;
    virtio_port_unlock(&in->dev.lock, flags);
}

int virtio_input_send(struct virtio_input *in, uint16_t type, uint16_t code, uint32_t value)
{
    const struct input_wire_event wire = {
        .type = virtio_swap16(type, false),
        .code = virtio_swap16(code, false),
        .value = virtio_swap32(value, false),
    };
    const struct virtio_piece piece = {&wire, sizeof(wire)};
    int ret;

    if (!virtio_device_is_live(&in->dev)) {
        return -EIO;
    }
    if (!can_send(in, type, code)) {
        return -ENOTSUP;
    }
    ret = virtio_command_submit(&in->status, &piece, 1, NULL, 0, NULL, NULL);
    if (ret == 0) {
        virtio_command_kick(&in->status);
    }
    count_sent(in, ret);
    return ret;
}

unsigned virtio_input_outstanding(struct virtio_input *in)
{
    return in->has_status ? virtio_command_outstanding(&in->status) : 0u;
}

void virtio_input_get_stats(struct virtio_input *in, struct virtio_input_stats *stats)
{
    virtio_port_irqflags_t flags;

    if (in->dev.state == VIRTIO_STATE_ABSENT) {
        *stats = in->stats;
        return;
    }
    flags = virtio_port_lock(&in->dev.lock);
    *stats = in->stats;
    virtio_port_unlock(&in->dev.lock, flags);
}
