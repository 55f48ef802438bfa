/* SPDX-License-Identifier: Apache-2.0 */
/* See rt_rig.h. */
#include "rt_rig.h"

#include <criterion/criterion.h>
#include <string.h>

#include "virtio_model/model_rules.h"

static void irq_connect(void *ctx, int vector, bool on)
{
    struct rt_rig *r = ctx;

    if (vector >= RT_RIG_IRQ && vector < RT_RIG_IRQ + (int)MODEL_MAX_DEVICES) {
        model_irq_connect(r->board, (unsigned)(vector - RT_RIG_IRQ), on);
    }
}

static void on_interrupt(void *ctx, unsigned slot)
{
    (void)ctx;
    rthost_interrupt((int)slot + RT_RIG_IRQ);
}

void rt_rig_boot(struct rt_rig *r, enum model_schedule schedule, uint64_t seed)
{
    const struct model_board_config cfg = {.seed = seed, .schedule = schedule};

    memset(r, 0, sizeof(*r));
    cr_assert_eq(model_board_create(&r->board, &cfg), 0);
    model_backend_use(&r->backend, r->board);
    model_set_irq_handler(r->board, on_interrupt, r);
    for (unsigned i = 0; i < MODEL_MAX_DEVICES; i++) {
        model_irq_connect(r->board, i, false);
    }
    rthost_boot(irq_connect, r);
}

uint8_t rt_rig_pattern(unsigned slot, uint64_t sector, unsigned offset)
{
    return (uint8_t)(slot * 101u + sector * 7u + offset * 3u + (offset >> 8) + 1u);
}

bool rt_rig_holds(const void *buf, unsigned slot, uint64_t sector, uint32_t num_sectors)
{
    const uint8_t *p = buf;

    for (uint32_t i = 0; i < num_sectors * 512u; i++) {
        if (p[i] != rt_rig_pattern(slot, sector + i / 512u, i % 512u)) {
            return false;
        }
    }
    return true;
}

void rt_rig_add_disk(struct rt_rig *r, unsigned slot, unsigned version, uint64_t features,
                     uint32_t blk_size)
{
    const struct model_blk_config cfg = {
        .dev = {.version = version, .features = features},
        .ram = r->ram[slot],
        .capacity_sectors = RT_RIG_SECTORS,
        .size_max = 65536,
        .seg_max = 32,
        .blk_size = blk_size != 0 ? blk_size : 512,
        .writeback = 1,
        .max_discard_sectors = 64,
        .max_discard_seg = 4,
        .discard_sector_alignment = 1,
        .max_write_zeroes_sectors = 64,
        .max_write_zeroes_seg = 4,
        .max_secure_erase_sectors = 64,
        .max_secure_erase_seg = 4,
        .secure_erase_sector_alignment = 1,
        .id = "rt-thread disk",
    };

    for (uint32_t i = 0; i < sizeof(r->ram[slot]); i++) {
        r->ram[slot][i] = rt_rig_pattern(slot, i / 512u, i % 512u);
    }
    cr_assert_eq(model_blk_add(r->board, slot, &cfg, &r->disks[slot]), 0);
}

void rt_rig_add_input(struct rt_rig *r, unsigned slot, unsigned version, enum model_input_kind kind)
{
    const struct model_input_config cfg = {.dev = {.version = version}, .kind = kind};

    cr_assert_eq(model_input_add(r->board, slot, &cfg, &r->input), 0);
}

void rt_rig_add_net(struct rt_rig *r, unsigned slot, unsigned version, uint64_t features,
                    void (*sink)(void *ctx, unsigned pair, const uint8_t *frame, size_t len))
{
    const struct model_net_config cfg = {.dev = {.version = version, .features = features},
                                         .wire = MODEL_NET_SINK,
                                         .sink = sink,
                                         .sink_ctx = r};

    cr_assert_eq(model_net_add(r->board, slot, &cfg, &r->net), 0);
}

void rt_rig_add_console(struct rt_rig *r, unsigned slot, unsigned version, uint64_t features)
{
    const struct model_console_config cfg = {.dev = {.version = version, .features = features},
                                             .ports = features != 0 ? 3 : 1};

    cr_assert_eq(model_console_add(r->board, slot, &cfg, &r->console), 0);
}

void rt_rig_add_gpu(struct rt_rig *r, unsigned slot, unsigned version)
{
    const struct model_gpu_config cfg = {.dev = {.version = version}};

    cr_assert_eq(model_gpu_add(r->board, slot, &cfg, &r->gpu), 0);
}

rt_ubase_t *rt_rig_window(unsigned slot)
{
    return (rt_ubase_t *)(uintptr_t)model_window_base(slot);
}

rt_uint32_t rt_rig_irq(unsigned slot)
{
    return RT_RIG_IRQ + slot;
}

rt_device_t rt_rig_open(const char *name)
{
    rt_device_t dev = rt_device_find(name);

    cr_assert_neq(dev, RT_NULL, "no %s; console: %s", name, rthost_console());
    cr_assert_eq(rt_device_open(dev, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    return dev;
}

void rt_rig_arm(struct rt_rig *r, enum model_fault_id id, unsigned variant, uint32_t k,
                bool persistent)
{
    const struct model_fault_plan plan = {id, variant, k, persistent};

    model_fault_arm(r->board, &plan);
}

/* Devices stay, as they do on RT-Thread: only breaches while the system ran count. */
void rt_rig_close(struct rt_rig *r)
{
    const struct model_violation *v = model_violation_at(r->board, 0);

    cr_assert_eq(v, NULL, "breach of %s: %s", v != NULL ? v->rule : "", v != NULL ? v->text : "");
    rthost_shutdown();
    model_board_destroy(r->board);
}
