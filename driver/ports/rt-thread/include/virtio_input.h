/* SPDX-License-Identifier: Apache-2.0 */
/* Input devices ("virtio-input0", ...) for board code and applications, with the event codes. */
#ifndef RT_VIRTIO_COMPAT_VIRTIO_INPUT_H
#define RT_VIRTIO_COMPAT_VIRTIO_INPUT_H

#include "virtio.h"
#include "virtio/virtio_input.h"
#include "virtio_input_event_codes.h"

#define VIRTIO_INPUT_ABS_AXIS_X 0
#define VIRTIO_INPUT_ABS_AXIS_Y 1

enum virtio_input_type {
    VIRTIO_INPUT_TYPE_KEYBOARD,
    VIRTIO_INPUT_TYPE_MOUSE,
    VIRTIO_INPUT_TYPE_TABLET,

    VIRTIO_INPUT_TYPE_SIZE
};

/* Selectors of the device's configuration, section 5.8.4. */
enum virtio_input_config_select {
    VIRTIO_INPUT_CFG_UNSET = 0x00,
    VIRTIO_INPUT_CFG_ID_NAME = 0x01,
    VIRTIO_INPUT_CFG_ID_SERIAL = 0x02,
    VIRTIO_INPUT_CFG_ID_DEVIDS = 0x03,
    VIRTIO_INPUT_CFG_PROP_BITS = 0x10,
    VIRTIO_INPUT_CFG_EV_BITS = 0x11,
    VIRTIO_INPUT_CFG_ABS_INFO = 0x12
};

/* What GET_ABS_X_INFO and GET_ABS_Y_INFO fill in: a copy in CPU byte order. */
struct virtio_input_config {
    rt_uint8_t select;
    rt_uint8_t subsel;
    rt_uint8_t size;
    rt_uint8_t reserved[5];
    union {
        char string[128];
        rt_uint8_t bitmap[128];
        struct virtio_input_absinfo abs;
        struct virtio_input_devids ids;
    };
};

/* rt_device_control of an input device. */
enum {
    VIRTIO_DEVICE_CTRL_INPUT_GET_TYPE = 0x20,   /* enum virtio_input_type * */
    VIRTIO_DEVICE_CTRL_INPUT_BIND_BSCT_HANDLER, /* void (*)(struct virtio_input_event), or NULL */
    VIRTIO_DEVICE_CTRL_INPUT_GET_ABS_X_INFO,    /* struct virtio_input_config * */
    VIRTIO_DEVICE_CTRL_INPUT_GET_ABS_Y_INFO,
    VIRTIO_DEVICE_CTRL_INPUT_SET_STATUS, /* struct virtio_input_event *: LEDs, repeat */

    VIRTIO_DEVICE_CTRL_INPUT_GET_EV_BIT, /* rt_ubase_t[BITS_TO_LONGS(EV_CNT)] */
    VIRTIO_DEVICE_CTRL_INPUT_GET_KEY_BIT,
    VIRTIO_DEVICE_CTRL_INPUT_GET_REL_BIT,
    VIRTIO_DEVICE_CTRL_INPUT_GET_ABS_BIT,
};

/* For the bitmaps of the last four; names that others may have taken first. */
#ifndef BITS_PER_LONG
#ifdef ARCH_CPU_64BIT
#define BITS_PER_LONG 64
#else
#define BITS_PER_LONG 32
#endif
#endif
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#endif
#ifndef BITS_TO_LONGS
#define BITS_TO_LONGS(nr) DIV_ROUND_UP(nr, BITS_PER_LONG)
#endif
#ifndef BIT_MASK
#define BIT_MASK(nr) (1UL << ((nr) % BITS_PER_LONG))
#endif
#ifndef BIT_WORD
#define BIT_WORD(nr) ((nr) / BITS_PER_LONG)
#endif

#endif
