/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtio-input as an RT-Thread device virtio-inputN: tablets and touch screens of the class Touch,
 * keyboards and mice Miscellaneous.
 *
 * Events are struct virtio_input_event (8 bytes), in order, and only whole reports. They go to the
 * handler that was bound with VIRTIO_DEVICE_CTRL_INPUT_BIND_BSCT_HANDLER, in the interrupt, or, as
 * long as there is none, stay in the driver for rt_device_read(), which does not wait; rx_indicate
 * says that there are some. rt_device_write() sends events to the device (LEDs).
 *
 * There is one stream in each direction: positions mean nothing, and one that cannot be one is
 * refused.
 */
#include <rtthread.h>

#include "rt_virtio_priv.h"

#include "virtio/virtio_input.h"

#include "virtio_input.h"

#ifdef RT_USING_VIRTIO_INPUT

#define EVENT_BYTES   sizeof(struct virtio_input_event)
#define EVENTS_MAX    0x1000000u /* of one call; counts are ints in the driver */
#define HANDLER_BURST 8u         /* events copied at a time for the handler */

typedef void (*rt_vinput_handler)(struct virtio_input_event event);

struct rt_vinput {
    struct rt_device parent; /* first; its user_data is the application's */
    struct virtio_input in;
    enum virtio_input_type type;
    virtio_port_lock_t lock;
    rt_vinput_handler handler; /* under lock */
    bool handling, again;      /* one context at a time calls it, so that events keep their order */
};

_Static_assert(sizeof(struct virtio_input_event) == 8, "applications count on its size");

static struct rt_vinput *to_input(rt_device_t dev)
{
    return (struct rt_vinput *)(void *)dev;
}

/* ---- events ---- */

static void hand_over(struct rt_vinput *input, rt_vinput_handler handler)
{
    struct virtio_input_event events[HANDLER_BURST];
    int count;

    while ((count = virtio_input_read(&input->in, events, HANDLER_BURST)) > 0) {
        for (int i = 0; i < count; i++) {
            handler(events[i]);
        }
    }
}

/* The handler to be run by this context, or NULL: there is none, or somebody runs it already and
 * will look again. */
static rt_vinput_handler begin_handling(struct rt_vinput *input)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&input->lock);
    rt_vinput_handler handler = NULL;

    if (input->handling) {
        input->again = true;
    } else if (input->handler != NULL) {
        handler = input->handler;
        input->handling = true;
        input->again = false;
    }
    virtio_port_unlock(&input->lock, flags);
    return handler;
}

/* False: something came meanwhile. */
static bool end_handling(struct rt_vinput *input)
{
    virtio_port_irqflags_t flags = virtio_port_lock(&input->lock);
    bool done = !input->again;

    input->handling = false;
    virtio_port_unlock(&input->lock, flags);
    return done;
}

/* True when there is a handler. */
static bool serve_handler(struct rt_vinput *input)
{
    rt_vinput_handler handler;
    bool served = false;

    do {
        handler = begin_handling(input);
        if (handler == NULL) {
            break;
        }
        served = true;
        hand_over(input, handler);
    } while (!end_handling(input));
    return served || input->handler != NULL;
}

/* Events are for those who are there when they happen. Nothing is added meanwhile but by another
 * context: one queue full is enough. */
static void discard(struct rt_vinput *input)
{
    struct virtio_input_event events[HANDLER_BURST];

    for (unsigned i = 0; i < VIRTIO_INPUT_QUEUE / HANDLER_BURST; i++) {
        if (virtio_input_read(&input->in, events, HANDLER_BURST) <= 0) {
            break;
        }
    }
}

/* A report is complete. Context: any. */
static void on_ready(struct virtio_input *in)
{
    struct rt_vinput *input = in->params.cookie;

    if (serve_handler(input)) {
        return;
    }
    if (input->parent.ref_count == 0) {
        discard(input);
    } else if (input->parent.rx_indicate != NULL) {
        (void)input->parent.rx_indicate(&input->parent, EVENT_BYTES);
    }
}

/* ---- reading and writing ---- */

/* The number of whole events in a call's arguments; 0, and errno, when they make no sense. */
static unsigned count_of(rt_off_t pos, const void *buffer, rt_size_t size)
{
    rt_size_t count = size / EVENT_BYTES;

    if (pos < 0 || buffer == NULL || count == 0) {
        rt_set_errno(-RT_EINVAL);
        return 0;
    }
    return count < EVENTS_MAX ? (unsigned)count : EVENTS_MAX;
}

static rt_virtio_ssize_t input_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size)
{
    struct rt_vinput *input = to_input(dev);
    unsigned max = count_of(pos, buffer, size);
    rt_uint8_t *out = buffer;
    unsigned done = 0;

    /* The caller's bytes need not be aligned for events. */
    while (done < max) {
        struct virtio_input_event events[HANDLER_BURST];
        unsigned want = max - done < HANDLER_BURST ? max - done : HANDLER_BURST;
        int count = virtio_input_read(&input->in, events, want);

        if (count <= 0) {
            break;
        }
        rt_memcpy(out + done * EVENT_BYTES, events, (unsigned)count * EVENT_BYTES);
        done += (unsigned)count;
    }
    return (rt_virtio_ssize_t)(done * EVENT_BYTES);
}

static int send_event(struct rt_vinput *input, const void *from)
{
    struct virtio_input_event event;

    rt_memcpy(&event, from, sizeof(event));
    return virtio_input_send(&input->in, event.type, event.code, event.value);
}

static rt_virtio_ssize_t input_write(rt_device_t dev, rt_off_t pos, const void *buffer,
                                     rt_size_t size)
{
    struct rt_vinput *input = to_input(dev);
    unsigned max = count_of(pos, buffer, size);
    const rt_uint8_t *from = buffer;
    unsigned done = 0;
    int error = 0;

    while (done < max && error == 0) {
        error = send_event(input, from + done * EVENT_BYTES);
        done += error == 0 ? 1u : 0u;
    }
    if (error != 0) {
        rt_set_errno(rt_virtio_error(error));
    }
    return (rt_virtio_ssize_t)(done * EVENT_BYTES);
}

/* ---- commands ---- */

static rt_err_t get_axis(struct rt_vinput *input, unsigned axis, struct virtio_input_config *out)
{
    const struct virtio_input_info *info = virtio_input_get_info(&input->in);

    rt_memset(out, 0, sizeof(*out));
    if ((info->abs_valid >> axis & 1u) == 0) {
        return -RT_ERROR;
    }
    out->select = VIRTIO_INPUT_CFG_ABS_INFO;
    out->subsel = (uint8_t)axis;
    out->size = sizeof(out->abs);
    out->abs = info->abs[axis];
    return RT_EOK;
}

/* The words of `bits` bits that `bytes` of a config item begin with. */
static rt_err_t get_bits(void *out, unsigned bits, const uint8_t *item, unsigned bytes)
{
    const unsigned word_bits = 8u * (unsigned)sizeof(rt_ubase_t);
    rt_ubase_t *words = out;

    for (unsigned i = 0; i < (bits + word_bits - 1u) / word_bits; i++) {
        words[i] = 0;
    }
    for (unsigned bit = 0; bit < bits && bit / 8u < bytes; bit++) {
        if (((unsigned)item[bit / 8u] >> (bit % 8u) & 1u) != 0) {
            words[bit / word_bits] |= (rt_ubase_t)1 << (bit % word_bits);
        }
    }
    return RT_EOK;
}

static rt_err_t get_event_types(void *out, uint32_t types)
{
    uint8_t item[sizeof(types)];

    for (unsigned i = 0; i < sizeof(types); i++) {
        item[i] = (uint8_t)(types >> (8u * i));
    }
    return get_bits(out, EV_CNT, item, sizeof(item));
}

static rt_err_t bind_handler(struct rt_vinput *input, void *args)
{
    virtio_port_irqflags_t flags;

    if (input->handler == NULL) {
        discard(input);
    }
    flags = virtio_port_lock(&input->lock);
    input->handler = (rt_vinput_handler)(rt_ubase_t)args;
    virtio_port_unlock(&input->lock, flags);
    return RT_EOK;
}

static rt_err_t control_bits(struct rt_vinput *input, int cmd, void *args)
{
    const struct virtio_input_info *info = virtio_input_get_info(&input->in);

    switch (cmd) {
    case VIRTIO_DEVICE_CTRL_INPUT_GET_EV_BIT:
        return get_event_types(args, info->ev_types);
    case VIRTIO_DEVICE_CTRL_INPUT_GET_KEY_BIT:
        return get_bits(args, KEY_CNT, info->key_bits, sizeof(info->key_bits));
    case VIRTIO_DEVICE_CTRL_INPUT_GET_REL_BIT:
        return get_bits(args, REL_CNT, info->rel_bits, sizeof(info->rel_bits));
    case VIRTIO_DEVICE_CTRL_INPUT_GET_ABS_BIT:
        return get_bits(args, ABS_CNT, info->abs_bits, sizeof(info->abs_bits));
    default:
        return -RT_EINVAL;
    }
}

static rt_err_t input_control(rt_device_t dev, int cmd, void *args)
{
    struct rt_vinput *input = to_input(dev);

    if (cmd == VIRTIO_DEVICE_CTRL_INPUT_BIND_BSCT_HANDLER) {
        return bind_handler(input, args); /* NULL: no more */
    }
    if (args == NULL) {
        return -RT_EINVAL;
    }
    switch (cmd) {
    case VIRTIO_DEVICE_CTRL_INPUT_GET_TYPE:
        *(enum virtio_input_type *)args = input->type;
        return RT_EOK;
    case VIRTIO_DEVICE_CTRL_INPUT_GET_ABS_X_INFO:
        return get_axis(input, ABS_X, args);
    case VIRTIO_DEVICE_CTRL_INPUT_GET_ABS_Y_INFO:
        return get_axis(input, ABS_Y, args);
    case VIRTIO_DEVICE_CTRL_INPUT_SET_STATUS:
        return rt_virtio_error(send_event(input, args));
    default:
        return control_bits(input, cmd, args);
    }
}

/* ---- bringing one up ---- */

/* By what it can do: the product number that QEMU gives is QEMU's. */
static enum virtio_input_type type_of(const struct virtio_input *in)
{
    if (virtio_input_has(in, VIRTIO_INPUT_EV_ABS, ABS_X) ||
        virtio_input_has(in, VIRTIO_INPUT_EV_ABS, ABS_MT_POSITION_X)) {
        return VIRTIO_INPUT_TYPE_TABLET;
    }
    return virtio_input_has(in, VIRTIO_INPUT_EV_REL, REL_X) ? VIRTIO_INPUT_TYPE_MOUSE
                                                            : VIRTIO_INPUT_TYPE_KEYBOARD;
}

#ifdef RT_USING_DEVICE_OPS
static const struct rt_device_ops input_ops = {
    .read = input_read,
    .write = input_write,
    .control = input_control,
};
#endif

static rt_err_t register_input(struct rt_vinput *input, const char *name)
{
    rt_uint16_t flags = RT_DEVICE_FLAG_RDWR | RT_DEVICE_FLAG_INT_RX;

    input->type = type_of(&input->in);
    input->parent.type = RT_Device_Class_Miscellaneous;
    if (input->type == VIRTIO_INPUT_TYPE_TABLET) {
        input->parent.type = RT_Device_Class_Touch;
        flags |= RT_DEVICE_FLAG_STANDALONE; /* as RT-Thread's touch devices: one opener */
    }
#ifdef RT_USING_DEVICE_OPS
    input->parent.ops = &input_ops;
#else
    input->parent.read = input_read;
    input->parent.write = input_write;
    input->parent.control = input_control;
#endif
    return rt_device_register(&input->parent, name, flags);
}

/* When the device does not confirm its reset, its memory stays with it for good. */
static void free_input(struct rt_vinput *input)
{
    rt_virtio_irq_disconnect(&input->in.dev);
    if (virtio_input_remove(&input->in, 0) != 0) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio-input: not reset, its memory is lost");
        return;
    }
    rt_free(input);
}

static rt_err_t start_input(struct rt_vinput *input, const struct virtio_window *window,
                            const char *name)
{
    const struct virtio_input_params params = {.ready = on_ready, .cookie = input};
    rt_err_t result;
    int error = virtio_input_probe(&input->in, window, &params);

    if (error != 0) {
        return rt_virtio_error(error);
    }
    result = rt_virtio_irq_connect(&input->in.dev, virtio_interrupt, name);
    return result != RT_EOK ? result : register_input(input, name);
}

rt_err_t rt_virtio_input_attach(const struct virtio_window *window)
{
    char name[RT_NAME_MAX];
    struct rt_vinput *input = rt_calloc(1, sizeof(*input));
    rt_err_t result;

    if (input == NULL) {
        return -RT_ENOMEM;
    }
    virtio_port_lock_init(&input->lock);
    rt_virtio_name("virtio-input", name);
    result = start_input(input, window, name);
    if (result != RT_EOK) {
        free_input(input);
    }
    return result;
}

#endif /* RT_USING_VIRTIO_INPUT */
