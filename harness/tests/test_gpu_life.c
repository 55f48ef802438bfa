/* SPDX-License-Identifier: Apache-2.0 */
/* The GPU driver from probe to remove: parameters, events, what is in flight, and who owns memory
 * while an answer is missing. */
#include <criterion/criterion.h>

#include "gpu_rig.h"

static struct gpu_rig r;
static uint8_t mem[2][32u * 16u * 4u];
static const struct virtio_gpu_rect all = {0, 0, 32, 16};

Test(gpu_life, bad_parameters)
{
    static const struct virtio_gpu_params bad[] = {
        {.commands = 3}, {.commands = 2}, {.commands = 512}, {.cursors = 1}, {.cursors = 6},
    };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        gpu_rig_make(&r, 2);
        cr_assert_eq(gpu_rig_probe(&r, &bad[i]), -EINVAL, "parameters %u", i);
        cr_assert_eq(r.f.writes, 0u);
    }
}

Test(gpu_life, num_scanouts_is_1_to_16)
{
    static const uint8_t bad[] = {0, 17, 255};

    for (unsigned i = 0; i < sizeof(bad); i++) {
        gpu_rig_make(&r, 2);
        r.f.config[8] = bad[i];
        cr_assert_eq(gpu_rig_probe(&r, NULL), -EPROTO, "num_scanouts %u", bad[i]);
        cr_assert_eq(r.f.status, 0u);
        cr_assert_eq(r.f.dma_blocks + r.f.heap_blocks, 0u);
    }
    gpu_rig_make(&r, 2);
    r.f.config[8] = 16;
    cr_assert_eq(gpu_rig_probe(&r, NULL), 0);
    gpu_rig_close(&r);
}

Test(gpu_life, every_failed_allocation_leaves_nothing)
{
    unsigned n = 0;
    int ret;

    do {
        gpu_rig_make(&r, 2);
        r.f.fail_alloc = ++n;
        ret = gpu_rig_probe(&r, NULL);
        if (ret != 0) {
            cr_assert_eq(ret, -ENOMEM, "allocation %u: %d", n, ret);
            cr_assert_eq(r.f.dma_blocks + r.f.heap_blocks, 0u, "allocation %u", n);
        }
    } while (ret != 0 && n < 30u);
    cr_assert_gt(n, 5u);
    gpu_rig_close(&r);
}

Test(gpu_life, attach_without_memory_for_its_list)
{
    const struct virtio_gpu_mem m = {mem[0], sizeof(mem[0])};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    cr_assert_eq(virtio_gpu_create(&r.gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, 32, 16, &id, 1000), 0);
    for (unsigned n = 1; n <= 2u; n++) {
        r.f.fail_alloc = n;
        cr_assert_eq(virtio_gpu_attach(&r.gpu, id, &m, 1, 1000), -ENOMEM);
        cr_assert_eq(r.f.mappings, 0u);
    }
    r.f.fail_alloc = 0;
    cr_assert_eq(virtio_gpu_attach(&r.gpu, id, &m, 1, 1000), 0);
    gpu_rig_close(&r);
}

/* ---- events ---- */

Test(gpu_life, display_event)
{
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];

    gpu_rig_open(&r, NULL);
    r.mode_width = 1024;
    gpu_rig_event(&r);
    gpu_rig_interrupt(&r, 1); /* the display information */
    gpu_rig_interrupt(&r, 1); /* the EDID */
    cr_assert_eq(r.changes, 1u);
    cr_assert_eq(r.f.config[0], 0u, "the event was not cleared");
    cr_assert_eq(virtio_gpu_get_displays(&r.gpu, displays), 2u);
    cr_assert_eq(displays[0].rect.width, 1024u);
    cr_assert(!displays[1].enabled);
    gpu_rig_close(&r);
}

/* A configuration change without the bit asks for nothing, and clears nothing. */
Test(gpu_life, other_events_are_left_alone)
{
    unsigned before;

    gpu_rig_open(&r, NULL);
    before = r.num_seen;
    r.f.config[0] = 0xfe;
    gpu_rig_interrupt(&r, 2);
    cr_assert_eq(r.num_seen, before);
    cr_assert_eq(fake_count(&r.f, R_CONFIG + 4, true), 0u);
    gpu_rig_close(&r);
}

Test(gpu_life, events_while_a_query_is_in_flight_are_one_more_query)
{
    unsigned before;

    gpu_rig_open(&r, NULL);
    before = gpu_rig_count(&r, C_GET_DISPLAY_INFO);
    r.hold = C_GET_DISPLAY_INFO;
    for (unsigned i = 0; i < 5u; i++) {
        gpu_rig_event(&r);
    }
    cr_assert_eq(gpu_rig_count(&r, C_GET_DISPLAY_INFO) - before, 1u);
    r.hold = 0;
    gpu_rig_release(&r);
    for (unsigned i = 0; i < 6u; i++) {
        gpu_rig_interrupt(&r, 1);
    }
    cr_assert_eq(gpu_rig_count(&r, C_GET_DISPLAY_INFO) - before, 2u);
    cr_assert_eq(r.changes, 2u);
    gpu_rig_close(&r);
}

/* A device that answers each query with an event does not keep the driver busy for ever, and the
 * last word is heard later. */
Test(gpu_life, event_storm_has_a_limit)
{
    struct virtio_gpu_stats stats;
    unsigned before;

    gpu_rig_open(&r, NULL);
    before = r.num_seen;
    for (unsigned i = 0; i < 200u; i++) {
        gpu_rig_event(&r);
        gpu_rig_interrupt(&r, 1);
        gpu_rig_interrupt(&r, 1);
    }
    cr_assert_leq(r.num_seen - before, 2u * 16u, "%u commands", r.num_seen - before);
    virtio_gpu_get_stats(&r.gpu, &stats);
    cr_assert_eq(stats.events, 200u);
    r.f.time_us += 200000u;
    before = r.changes;
    cr_assert_eq(virtio_gpu_set_scanout(&r.gpu, 0, 0, NULL, 1000), 0);
    gpu_rig_interrupt(&r, 1);
    gpu_rig_interrupt(&r, 1);
    cr_assert_eq(r.changes, before + 1u);
    gpu_rig_close(&r);
}

/* ---- memory whose owner is not known ---- */

Test(gpu_life, attach_that_is_not_answered_keeps_its_memory)
{
    const struct virtio_gpu_mem m = {mem[0], sizeof(mem[0])};
    uint32_t id;
    uint32_t other;

    gpu_rig_open(&r, NULL);
    cr_assert_eq(virtio_gpu_create(&r.gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, 32, 16, &id, 1000), 0);
    r.hold = C_ATTACH;
    cr_assert_eq(virtio_gpu_attach(&r.gpu, id, &m, 1, 1000), -ETIMEDOUT);
    cr_assert_eq(r.f.mappings, 1u);
    r.hold = 0;
    gpu_rig_release(&r);
    cr_assert_eq(virtio_gpu_attach(&r.gpu, id, &m, 1, 1000), -EIO);
    cr_assert_eq(virtio_gpu_detach(&r.gpu, id, 1000), -EIO);
    cr_assert_eq(virtio_gpu_unref(&r.gpu, id, 1000), -EIO);
    cr_assert_eq(virtio_gpu_transfer(&r.gpu, id, &all, 1000), -EIO);
    cr_assert_eq(r.f.mappings, 1u);
    other = gpu_rig_resource(&r, 32, 16, mem[1]); /* the rest goes on */
    cr_assert_neq(other, id);
    cr_assert_eq(virtio_gpu_reset(&r.gpu, 0), 0);
    cr_assert_eq(r.f.mappings, 0u, "a reset gives the memory back");
    cr_assert_eq(virtio_gpu_unref(&r.gpu, other, 1000), -EINVAL);
    gpu_rig_close(&r);
}

Test(gpu_life, attach_answered_with_nonsense_keeps_its_memory)
{
    const struct virtio_gpu_mem m = {mem[0], sizeof(mem[0])};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    cr_assert_eq(virtio_gpu_create(&r.gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, 32, 16, &id, 1000), 0);
    r.script_on = C_ATTACH;
    r.say_type = 0x1201; /* refused: it has nothing */
    cr_assert_eq(virtio_gpu_attach(&r.gpu, id, &m, 1, 1000), -ENOMEM);
    cr_assert_eq(r.f.mappings, 0u);
    r.say_type = 0x1101; /* who knows */
    cr_assert_eq(virtio_gpu_attach(&r.gpu, id, &m, 1, 1000), -EIO);
    cr_assert_eq(r.f.mappings, 1u);
    gpu_rig_close(&r);
}

Test(gpu_life, detach_that_fails_keeps_the_memory_and_may_be_tried_again)
{
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem[0]);
    r.script_on = C_DETACH;
    r.say_type = 0x1200;
    cr_assert_eq(virtio_gpu_detach(&r.gpu, id, 1000), -EIO);
    cr_assert_eq(r.f.mappings, 1u);
    r.script_on = 0;
    cr_assert_eq(virtio_gpu_detach(&r.gpu, id, 1000), 0);
    cr_assert_eq(r.f.mappings, 0u);
    gpu_rig_close(&r);
}

/* Without the resource there is no memory behind it. */
Test(gpu_life, unref_gives_memory_back_even_if_detach_fails)
{
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem[0]);
    r.script_on = C_DETACH;
    r.say_type = 0x1200;
    cr_assert_eq(virtio_gpu_unref(&r.gpu, id, 1000), 0);
    cr_assert_eq(r.f.mappings, 0u);
    cr_assert_eq(virtio_gpu_unref(&r.gpu, id, 1000), -EINVAL);
    gpu_rig_close(&r);
}

Test(gpu_life, update_in_flight_holds_the_resource)
{
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem[0]);
    r.hold = C_FLUSH;
    cr_assert_eq(virtio_gpu_update(&r.gpu, id, &all, 1, 1000), -ETIMEDOUT);
    cr_assert_eq(virtio_gpu_detach(&r.gpu, id, 1000), -EBUSY);
    cr_assert_eq(virtio_gpu_unref(&r.gpu, id, 1000), -EBUSY);
    r.hold = 0;
    gpu_rig_release(&r); /* late, and not to the stack of the caller that gave up */
    cr_assert_eq(virtio_gpu_unref(&r.gpu, id, 1000), 0);
    gpu_rig_close(&r);
}

/* ---- many at a time ---- */

Test(gpu_life, more_updates_than_there_is_room_for)
{
    const struct virtio_gpu_params params = {.commands = 8};
    unsigned n = 0;
    uint32_t id;
    int ret;

    gpu_rig_open(&r, &params);
    id = gpu_rig_resource(&r, 32, 16, mem[0]);
    r.hold = UINT32_MAX;
    while ((ret = virtio_gpu_update_async(&r.gpu, id, &all, 1, gpu_rig_done, &r)) == 0) {
        n++;
    }
    cr_assert_eq(ret, -EAGAIN);
    cr_assert_eq(n, 3u, "%u updates, expected 3: one command is kept for display events", n);
    r.hold = 0;
    gpu_rig_release(&r);
    cr_assert_eq(r.done_calls, n);
    cr_assert_eq(r.done_result, 0);
    cr_assert_eq(virtio_gpu_update_async(&r.gpu, id, &all, 1, NULL, NULL), 0);
    gpu_rig_interrupt(&r, 1);
    cr_assert_eq(virtio_gpu_outstanding(&r.gpu), 0u);
    gpu_rig_close(&r);
}

/* The first error is the result of the whole; the callback runs once. */
Test(gpu_life, update_ends_once_with_its_first_error)
{
    const struct virtio_gpu_rect two[2] = {{0, 0, 2, 2}, {20, 10, 2, 2}};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem[0]);
    r.script_on = C_TRANSFER;
    r.say_type = 0x1201;
    cr_assert_eq(virtio_gpu_update_async(&r.gpu, id, two, 2, gpu_rig_done, &r), 0);
    gpu_rig_interrupt(&r, 1);
    cr_assert_eq(r.done_calls, 1u);
    cr_assert_eq(r.done_result, -ENOMEM);
    gpu_rig_close(&r);
}

Test(gpu_life, remove_ends_what_is_in_flight_once)
{
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem[0]);
    r.hold = UINT32_MAX;
    for (unsigned i = 0; i < 3u; i++) {
        cr_assert_eq(virtio_gpu_update_async(&r.gpu, id, &all, 1, gpu_rig_done, &r), 0);
    }
    gpu_rig_close(&r);
    cr_assert_eq(r.done_calls, 3u);
    cr_assert_eq(r.done_result, -ECANCELED);
    cr_assert_eq(virtio_gpu_update(&r.gpu, id, &all, 1, 1000), -EIO);
    cr_assert_eq(virtio_gpu_cursor_move(&r.gpu, 0, 1, 1), -EIO);
}

/* The place that counts is the last one. */
Test(gpu_life, moves_without_room)
{
    const struct virtio_gpu_params params = {.cursors = 2};
    struct virtio_gpu_stats stats;

    gpu_rig_open(&r, &params);
    r.hold = UINT32_MAX;
    for (uint32_t i = 0; i < 6u; i++) {
        cr_assert_eq(virtio_gpu_cursor_move(&r.gpu, 0, 10u + i, 20u + i), 0);
    }
    cr_assert_eq(gpu_rig_count(&r, C_MOVE_CURSOR), 2u);
    r.hold = 0;
    gpu_rig_release(&r);
    cr_assert_eq(gpu_rig_count(&r, C_MOVE_CURSOR), 3u);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 0, C_MOVE_CURSOR), 28), 15u);
    virtio_gpu_get_stats(&r.gpu, &stats);
    cr_assert_eq(stats.cursor_moves, 3u);
    cr_assert_eq(stats.cursor_lost, 3u);
    gpu_rig_close(&r);
}

/* ---- frame buffer ---- */

Test(gpu_life, flip_shows_what_was_drawn_with_one_notification)
{
    void *const buffers[2] = {mem[0], mem[1]};
    const struct virtio_gpu_rect part = {4, 4, 4, 4};
    struct virtio_gpu_fb fb;

    gpu_rig_open(&r, NULL);
    cr_assert_eq(
        virtio_gpu_fb_init(&fb, &r.gpu, 0, VIRTIO_GPU_FORMAT_B8G8R8X8, 32, 16, buffers, 1000), 0);
    cr_assert_eq(virtio_gpu_fb_back(&fb), (void *)mem[1]);
    r.f.notifies = 0;
    cr_assert_eq(virtio_gpu_fb_present(&fb, &part, 1, 1000), 0);
    cr_assert_eq(r.f.notifies, 1u);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 2, C_TRANSFER), 32), 32u,
                 "the first time everything is transferred");
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 1, C_SET_SCANOUT), 44), fb.ids[1]);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 0, C_FLUSH), 32), 32u);
    cr_assert_eq(virtio_gpu_fb_back(&fb), (void *)mem[0]);
    cr_assert_eq(virtio_gpu_fb_present(&fb, NULL, 0, 1000), 0);
    cr_assert_eq(virtio_gpu_fb_present(&fb, &part, 1, 1000), 0);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 2, C_TRANSFER), 32), 4u);
    cr_assert_eq(virtio_gpu_fb_deinit(&fb, 1000), 0);
    cr_assert_eq(r.f.mappings, 0u);
    cr_assert_eq(virtio_gpu_fb_deinit(&fb, 1000), 0);
    gpu_rig_close(&r);
}

Test(gpu_life, frame_buffer_that_fails_leaves_nothing)
{
    static const uint32_t at[] = {C_CREATE, C_SET_SCANOUT};
    void *const buffers[2] = {mem[0], mem[1]};
    struct virtio_gpu_fb fb;

    for (unsigned i = 0; i < 2u; i++) {
        gpu_rig_open(&r, NULL);
        r.script_on = at[i];
        r.say_type = 0x1201;
        cr_assert_eq(
            virtio_gpu_fb_init(&fb, &r.gpu, 0, VIRTIO_GPU_FORMAT_B8G8R8X8, 32, 16, buffers, 1000),
            -ENOMEM);
        cr_assert_eq(r.f.mappings, 0u);
        cr_assert_eq(gpu_rig_count(&r, C_UNREF), i == 0 ? 0u : 2u);
        gpu_rig_close(&r);
    }
}
