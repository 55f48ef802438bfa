/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-gpu%d through rt_device. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "rt_rig.h"
#include "rt_virtio.h"
#include "virtio_gpu.h"

static struct rt_rig rig;

static rt_device_t start(unsigned version)
{
    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_gpu(&rig, 0, version);
    cr_assert_eq(rt_virtio_gpu_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK, "%s",
                 rthost_console());
    return rt_rig_open("virtio-gpu0");
}

ParameterizedTestParameters(rt_gpu, a_line_is_seen_after_the_update)
{
    static unsigned versions[] = {1, 2};

    return cr_make_param_array(unsigned, versions, 2);
}

/* As the graphic example of the boards does it. */
ParameterizedTest(unsigned *version, rt_gpu, a_line_is_seen_after_the_update)
{
    const uint8_t red[4] = {255, 0, 0, 0};
    rt_device_t gpu = start(*version);
    struct rt_device_graphic_info info;
    struct rt_device_rect_info rect;
    const uint8_t *pixels;
    uint32_t width, height;

    cr_assert_eq(rt_device_control(gpu, VIRTIO_DEVICE_CTRL_GPU_SET_PRIMARY, RT_NULL), RT_EOK);
    cr_assert_eq(rt_device_control(gpu, VIRTIO_DEVICE_CTRL_GPU_CREATE_2D,
                                   (void *)(uintptr_t)RTGRAPHIC_PIXEL_FORMAT_RGB888),
                 RT_EOK, "%s", rthost_console());
    cr_assert_eq(rt_device_control(gpu, RTGRAPHIC_CTRL_GET_INFO, &info), RT_EOK);
    cr_assert_eq(info.width, 640);
    cr_assert_eq(info.height, 480);
    rt_graphix_ops(gpu)->draw_hline((const char *)red, 10, 20, 7);
    rect = (struct rt_device_rect_info){0, 0, info.width, info.height};
    cr_assert_eq(rt_device_control(gpu, RTGRAPHIC_CTRL_RECT_UPDATE, &rect), RT_EOK);
    rthost_run_us(100000);
    cr_assert(model_gpu_scanout(rig.gpu, 0, &pixels, &width, &height));
    pixels += (7u * width + 15u) * 4u;
    cr_assert(pixels[0] == 255 && pixels[1] == 0 && pixels[2] == 0, "%u %u %u", pixels[0],
              pixels[1], pixels[2]);
    rt_rig_close(&rig);
}

struct lie {
    unsigned version, variant;
    enum model_fault_id id;
};

ParameterizedTestParameters(rt_gpu, issue_11326_used_id_unchecked)
{
    static struct lie lies[] = {
        {1, 0, MODEL_FAULT_U_ID_RANGE}, {1, 1, MODEL_FAULT_U_ID_RANGE},
        {2, 1, MODEL_FAULT_U_ID_RANGE}, {2, 2, MODEL_FAULT_U_ID_RANGE},
        {1, 0, MODEL_FAULT_U_LEN_LONG}, {2, 0, MODEL_FAULT_U_LEN_SHORT},
        {2, 0, MODEL_FAULT_U_ID_DUP},
    };

    return cr_make_param_array(struct lie, lies, sizeof(lies) / sizeof(lies[0]));
}

/* In bounded time, without a crash, and what is said to be a frame buffer is one. */
ParameterizedTest(struct lie *lie, rt_gpu, issue_11326_used_id_unchecked)
{
    rt_device_t gpu = start(lie->version);
    struct rt_device_graphic_info info = {0};
    rt_tick_t before = rt_tick_get();

    rt_rig_arm(&rig, lie->id, lie->variant, 1, false);
    if (rt_device_control(gpu, RTGRAPHIC_CTRL_GET_INFO, &info) == RT_EOK &&
        info.framebuffer != RT_NULL) {
        memset(info.framebuffer, 0x7f, info.smem_len);
    }
    cr_assert_leq(rt_tick_get() - before, 120000u);
    rt_rig_close(&rig);
}
