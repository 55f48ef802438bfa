/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-console%d and its ports vport%dp%d through rt_device. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "rt_rig.h"
#include "rt_virtio.h"
#include "virtio_console.h"

#define MULTIPORT (UINT64_C(1) << 1)

static struct rt_rig rig;
static char buf[256];

struct line {
    unsigned version;
    uint64_t features;
    unsigned port;
    char name[RT_NAME_MAX];
};

static rt_device_t start(const struct line *line)
{
    rt_device_t console;

    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_console(&rig, 0, line->version, line->features);
    cr_assert_eq(rt_virtio_console_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK, "%s",
                 rthost_console());
    console = rt_rig_open("virtio-console0");
    rthost_run_us(5000);
    if (line->port != 0) {
        cr_assert_eq(rt_device_control(console, VIRTIO_DEVICE_CTRL_CONSOLE_PORT_CREATE, RT_NULL),
                     RT_EOK);
    }
    return rt_rig_open(line->name);
}

static rt_size_t indicated;

static rt_err_t on_rx(rt_device_t dev, rt_size_t size)
{
    (void)dev;
    indicated += size;
    return RT_EOK;
}

static void talks(rt_device_t port, unsigned nr)
{
    char host[16] = "";

    cr_assert_eq(rt_device_write(port, 0, "hello", 5), 5, "errno %ld", rt_get_errno());
    rthost_run_us(5000);
    cr_assert_eq(model_console_take(rig.console, nr, host, sizeof(host)), 5);
    cr_assert_eq(memcmp(host, "hello", 5), 0);
    cr_assert_eq(model_console_feed(rig.console, nr, "there", 5), 5);
    rthost_run_us(5000);
    cr_assert_gt(indicated, 0u);
    cr_assert_eq(rt_device_read(port, 0, buf, sizeof(buf)), 5);
    cr_assert_eq(memcmp(buf, "there", 5), 0);
    cr_assert_eq(rt_device_read(port, 0, buf, sizeof(buf)), 0, "does not wait");
}

static struct line lines[] = {
    {1, 0, 0, "vport0p0"},         {2, 0, 0, "vport0p0"},         {1, MULTIPORT, 0, "vport0p0"},
    {2, MULTIPORT, 0, "vport0p0"}, {1, MULTIPORT, 1, "vport0p1"}, {2, MULTIPORT, 1, "vport0p1"},
};

ParameterizedTestParameters(rt_console, a_port_carries_bytes_both_ways)
{
    return cr_make_param_array(struct line, lines, sizeof(lines) / sizeof(lines[0]));
}

ParameterizedTest(struct line *line, rt_console, a_port_carries_bytes_both_ways)
{
    rt_device_t port = start(line);

    cr_assert_eq(rt_device_set_rx_indicate(port, on_rx), RT_EOK);
    talks(port, line->port);
    rt_rig_close(&rig);
}

struct lie {
    unsigned line;
    enum model_fault_id id;
    unsigned variant;
};

ParameterizedTestParameters(rt_console, issue_11326_used_id_unchecked)
{
    static struct lie lies[] = {
        {0, MODEL_FAULT_U_ID_RANGE, 0}, {1, MODEL_FAULT_U_ID_RANGE, 1},
        {4, MODEL_FAULT_U_ID_RANGE, 1}, {5, MODEL_FAULT_U_ID_RANGE, 2},
        {0, MODEL_FAULT_U_LEN_LONG, 0}, {5, MODEL_FAULT_U_LEN_LONG, 1},
        {5, MODEL_FAULT_U_ID_DUP, 0},
    };

    return cr_make_param_array(struct lie, lies, sizeof(lies) / sizeof(lies[0]));
}

/* Nothing that was not sent is read, nothing hangs, nothing crashes. */
ParameterizedTest(struct lie *lie, rt_console, issue_11326_used_id_unchecked)
{
    const struct line *line = &lines[lie->line];
    rt_device_t port = start(line);
    rt_tick_t before = rt_tick_get();
    rt_ssize_t got;

    rt_rig_arm(&rig, lie->id, lie->variant, 1, false);
    (void)model_console_feed(rig.console, line->port, "there", 5);
    rthost_run_us(5000);
    got = rt_device_read(port, 0, buf, sizeof(buf));
    cr_assert(got >= 0 && got <= 5 && memcmp(buf, "there", (size_t)got) == 0);
    (void)rt_device_write(port, 0, "hello", 5);
    cr_assert_leq(rt_tick_get() - before, 60000u);
    rt_rig_close(&rig);
}
