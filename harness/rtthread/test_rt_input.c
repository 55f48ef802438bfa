/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-input%d through rt_device, with the input bugs reported against RT-Thread's driver. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "rt_rig.h"
#include "rt_virtio.h"
#include "virtio_input.h"

#define GUARD 0xeeu

static struct rt_rig rig;
static uint8_t buf[64 * sizeof(struct virtio_input_event)];

#define ON_BOTH_TRANSPORTS(name)                                                                   \
    ParameterizedTestParameters(rt_input, name)                                                    \
    {                                                                                              \
        static unsigned versions[] = {1, 2};                                                       \
                                                                                                   \
        return cr_make_param_array(unsigned, versions, 2);                                         \
    }                                                                                              \
    ParameterizedTest(unsigned *version, rt_input, name)

static rt_device_t start(unsigned version, enum model_input_kind kind)
{
    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_input(&rig, 0, version, kind);
    cr_assert_eq(rt_virtio_input_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK, "%s",
                 rthost_console());
    return rt_rig_open("virtio-input0");
}

static void press(uint16_t key, uint32_t value)
{
    cr_assert(model_input_push(rig.input, EV_KEY, key, value));
    cr_assert(model_input_push(rig.input, EV_SYN, 0, 0));
    rthost_run_us(2000);
}

static void reads_key(rt_device_t keyboard, uint16_t key, uint32_t value)
{
    struct virtio_input_event event;

    cr_assert_eq(rt_device_read(keyboard, 0, buf, sizeof(buf)), 16);
    memcpy(&event, buf, sizeof(event));
    cr_assert_eq(event.type, EV_KEY);
    cr_assert_eq(event.code, key);
    cr_assert_eq(event.value, value);
}

static rt_size_t indicated;

static rt_err_t on_rx(rt_device_t dev, rt_size_t size)
{
    (void)dev;
    indicated += size;
    return RT_EOK;
}

ON_BOTH_TRANSPORTS(events_are_indicated_and_read_in_order)
{
    rt_device_t keyboard = start(*version, MODEL_INPUT_KEYBOARD);

    cr_assert_eq(rt_device_set_rx_indicate(keyboard, on_rx), RT_EOK);
    press(30, 1);
    cr_assert_gt(indicated, 0u);
    reads_key(keyboard, 30, 1);
    cr_assert_eq(rt_device_read(keyboard, 0, buf, sizeof(buf)), 0);
    rt_rig_close(&rig);
}

static struct virtio_input_event handled[8];
static unsigned num_handled;

static void handler(struct virtio_input_event event)
{
    handled[num_handled++ % 8u] = event;
}

ON_BOTH_TRANSPORTS(a_bound_handler_gets_them_by_value)
{
    rt_device_t tablet = start(*version, MODEL_INPUT_TABLET);
    enum virtio_input_type type = VIRTIO_INPUT_TYPE_SIZE;
    struct virtio_input_config config;

    cr_assert_eq(rt_device_control(tablet, VIRTIO_DEVICE_CTRL_INPUT_GET_TYPE, &type), RT_EOK);
    cr_assert_eq(type, VIRTIO_INPUT_TYPE_TABLET);
    cr_assert_eq(rt_device_control(tablet, VIRTIO_DEVICE_CTRL_INPUT_GET_ABS_X_INFO, &config),
                 RT_EOK);
    cr_assert_eq(config.abs.max, 32767u);
    cr_assert_eq(rt_device_control(tablet, VIRTIO_DEVICE_CTRL_INPUT_BIND_BSCT_HANDLER,
                                   (void *)(uintptr_t)handler),
                 RT_EOK);
    cr_assert(model_input_push(rig.input, EV_ABS, 0, 1234));
    cr_assert(model_input_push(rig.input, EV_SYN, 0, 0));
    rthost_run_us(2000);
    cr_assert_eq(num_handled, 2u);
    cr_assert_eq(handled[0].type, EV_ABS);
    cr_assert_eq(handled[0].value, 1234u);
    rt_rig_close(&rig);
}

/* The driver of the report indexed a fixed array with pos and copied from before it. */
ON_BOTH_TRANSPORTS(issue_10379_negative_pos_in_read)
{
    static const rt_off_t positions[] = {-1, -2, -64, INT32_MIN, INT64_MIN};
    rt_device_t keyboard = start(*version, MODEL_INPUT_KEYBOARD);

    press(30, 1);
    for (size_t i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
        memset(buf, GUARD, sizeof(buf));
        cr_assert_leq(rt_device_read(keyboard, positions[i], buf, sizeof(buf)), 0);
        cr_assert_eq(rt_get_errno(), -RT_EINVAL);
        for (size_t at = 0; at < sizeof(buf); at++) {
            cr_assert_eq(buf[at], GUARD, "byte %zu", at);
        }
    }
    cr_assert_leq(rt_device_read(keyboard, 0, RT_NULL, 8), 0);
    reads_key(keyboard, 30, 1);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(issue_10380_negative_pos_in_write)
{
    static const rt_off_t positions[] = {-1, -2, -64, INT32_MIN, INT64_MIN};
    const struct virtio_input_event on = {EV_LED, 1, 1};
    rt_device_t keyboard = start(*version, MODEL_INPUT_KEYBOARD);

    for (size_t i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
        cr_assert_leq(rt_device_write(keyboard, positions[i], &on, sizeof(on)), 0);
        cr_assert_eq(rt_get_errno(), -RT_EINVAL);
    }
    rthost_run_us(2000);
    cr_assert_not(model_input_led(rig.input, 1));
    cr_assert_eq(rt_device_write(keyboard, 0, &on, sizeof(on)), (rt_ssize_t)sizeof(on));
    rthost_run_us(2000);
    cr_assert(model_input_led(rig.input, 1));
    rt_rig_close(&rig);
}

struct lie {
    unsigned version, variant;
    enum model_fault_id id;
};

ParameterizedTestParameters(rt_input, issue_11326_used_id_unchecked)
{
    static struct lie lies[] = {
        {1, 0, MODEL_FAULT_U_ID_RANGE}, {1, 1, MODEL_FAULT_U_ID_RANGE},
        {1, 2, MODEL_FAULT_U_ID_RANGE}, {1, 1, MODEL_FAULT_U_ID_NONHEAD},
        {2, 0, MODEL_FAULT_U_ID_RANGE}, {2, 1, MODEL_FAULT_U_ID_RANGE},
        {2, 2, MODEL_FAULT_U_ID_RANGE}, {2, 0, MODEL_FAULT_U_LEN_LONG},
    };

    return cr_make_param_array(struct lie, lies, sizeof(lies) / sizeof(lies[0]));
}

/* Nothing but events that happened is read, and nothing crashes. */
ParameterizedTest(struct lie *lie, rt_input, issue_11326_used_id_unchecked)
{
    rt_device_t keyboard = start(lie->version, MODEL_INPUT_KEYBOARD);
    struct virtio_input_event event;
    rt_ssize_t got;

    rt_rig_arm(&rig, lie->id, lie->variant, 1, false);
    press(30, 1);
    press(31, 1);
    got = rt_device_read(keyboard, 0, buf, sizeof(buf));
    for (rt_ssize_t at = 0; at < got; at += 8) {
        memcpy(&event, buf + at, sizeof(event));
        cr_assert((event.type == EV_KEY && (event.code == 30 || event.code == 31)) ||
                  event.type == EV_SYN);
    }
    rt_rig_close(&rig);
}
