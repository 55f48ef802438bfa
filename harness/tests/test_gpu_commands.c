/* SPDX-License-Identifier: Apache-2.0 */
/* GPU commands on the wire (virtio v1.2 sections 5.7.6.7, 5.7.6.8): their bytes, and what the
 * driver makes of every kind of answer. */
#include <criterion/criterion.h>

#include "gpu_rig.h"

static struct gpu_rig r;
static uint8_t mem[64u * 64u * 4u];
static const struct virtio_gpu_rect all = {0, 0, 32, 16};

static void expect_words(const struct gpu_rig_seen *s, unsigned offset, const uint32_t *words,
                         unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        cr_assert_eq(gpu_rig_word(s, offset + 4u * i), words[i], "word at %u is %u, expected %u",
                     offset + 4u * i, gpu_rig_word(s, offset + 4u * i), words[i]);
    }
}

/* The header of a command without a fence is its type and zeroes. */
static void expect_plain(const struct gpu_rig_seen *s)
{
    static const uint32_t zeroes[5] = {0};

    expect_words(s, 4, zeroes, 5);
}

Test(gpu_commands, create_and_attach)
{
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem);
    expect_words(gpu_rig_last(&r, 1, C_CREATE), 24, (uint32_t[]){id, 1, 32, 16}, 4);
    expect_words(gpu_rig_last(&r, 0, C_ATTACH), 24, (uint32_t[]){id, 1}, 2);
    expect_plain(gpu_rig_last(&r, 0, C_ATTACH));
    cr_assert_eq(gpu_rig_last(&r, 0, C_ATTACH)->addr, (uint64_t)(uintptr_t)mem + FAKE_MAP_OFFSET);
    cr_assert_eq(gpu_rig_last(&r, 0, C_ATTACH)->len, 32u * 16u * 4u);
    cr_assert_eq(r.f.mappings, 1u);
    gpu_rig_close(&r);
}

Test(gpu_commands, transfer_and_flush)
{
    const struct virtio_gpu_rect part = {3, 5, 7, 2};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem);
    r.f.notifies = 0;
    cr_assert_eq(virtio_gpu_update(&r.gpu, id, &part, 1, 1000), 0);
    cr_assert_eq(r.f.notifies, 1u, "%u notifications, expected 1", r.f.notifies);
    expect_words(gpu_rig_last(&r, 1, C_TRANSFER), 24,
                 (uint32_t[]){3, 5, 7, 2, (5 * 32 + 3) * 4, 0, id, 0}, 8);
    expect_words(gpu_rig_last(&r, 0, C_FLUSH), 24, (uint32_t[]){3, 5, 7, 2, id, 0}, 6);
    expect_plain(gpu_rig_last(&r, 1, C_TRANSFER));
    gpu_rig_close(&r);
}

Test(gpu_commands, set_scanout_detach_unref)
{
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem);
    cr_assert_eq(virtio_gpu_set_scanout(&r.gpu, 1, id, &all, 1000), 0);
    expect_words(gpu_rig_last(&r, 0, C_SET_SCANOUT), 24, (uint32_t[]){0, 0, 32, 16, 1, id}, 6);
    cr_assert_eq(virtio_gpu_set_scanout(&r.gpu, 1, 0, NULL, 1000), 0);
    expect_words(gpu_rig_last(&r, 0, C_SET_SCANOUT), 24, (uint32_t[]){0, 0, 0, 0, 1, 0}, 6);
    cr_assert_eq(virtio_gpu_unref(&r.gpu, id, 1000), 0);
    expect_words(gpu_rig_last(&r, 1, C_DETACH), 24, (uint32_t[]){id, 0}, 2);
    expect_words(gpu_rig_last(&r, 0, C_UNREF), 24, (uint32_t[]){id, 0}, 2);
    cr_assert_eq(r.f.mappings, 0u);
    gpu_rig_close(&r);
}

/* The order of section 5.7.6.1: nothing without memory is shown. */
Test(gpu_commands, scanout_of_a_resource_without_memory_is_refused)
{
    uint32_t id;

    gpu_rig_open(&r, NULL);
    cr_assert_eq(virtio_gpu_create(&r.gpu, VIRTIO_GPU_FORMAT_R8G8B8X8, 32, 16, &id, 1000), 0);
    cr_assert_eq(virtio_gpu_set_scanout(&r.gpu, 0, id, &all, 1000), -EINVAL);
    cr_assert_eq(gpu_rig_count(&r, C_SET_SCANOUT), 0u);
    gpu_rig_close(&r);
}

Test(gpu_commands, memory_smaller_than_the_picture_is_refused)
{
    const struct virtio_gpu_mem two[2] = {{mem, 32 * 16 * 4 - 8}, {mem + 4096, 7}};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    cr_assert_eq(virtio_gpu_create(&r.gpu, VIRTIO_GPU_FORMAT_R8G8B8X8, 32, 16, &id, 1000), 0);
    cr_assert_eq(virtio_gpu_attach(&r.gpu, id, two, 2, 1000), -EINVAL);
    cr_assert_eq(r.f.mappings, 0u);
    cr_assert_eq(gpu_rig_count(&r, C_ATTACH), 0u);
    gpu_rig_close(&r);
}

/* ---- answers ---- */

Test(gpu_commands, error_answers_have_their_errno)
{
    static const struct {
        uint32_t type;
        int error;
    } table[] = {{0x1200, -EIO},    {0x1201, -ENOMEM}, {0x1202, -EINVAL}, {0x1203, -EINVAL},
                 {0x1204, -EINVAL}, {0x1205, -EINVAL}, {0x12ff, -EIO},    {0x1101, -EIO},
                 {0x1300, -EIO},    {0x100, -EIO},     {0xffffffff, -EIO}};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem);
    r.script_on = C_FLUSH;
    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        int ret;

        r.say_type = table[i].type;
        ret = virtio_gpu_flush(&r.gpu, id, &all, 1000);
        cr_assert_eq(ret, table[i].error, "answer 0x%x: %d, expected %d", table[i].type, ret,
                     table[i].error);
    }
    r.script_on = 0;
    cr_assert_eq(virtio_gpu_flush(&r.gpu, id, &all, 1000), 0);
    gpu_rig_close(&r);
}

Test(gpu_commands, short_answers_are_refused)
{
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];
    uint32_t len;
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 32, 16, mem);
    r.script_on = C_FLUSH;
    r.say_len = 23;
    cr_assert_eq(virtio_gpu_flush(&r.gpu, id, &all, 1000), -EIO);
    r.script_on = C_GET_DISPLAY_INFO;
    r.say_len = 407;
    r.mode_width = 1;
    cr_assert_eq(virtio_gpu_query_displays(&r.gpu, displays, 1000), -EIO);
    (void)virtio_gpu_get_displays(&r.gpu, displays);
    cr_assert_eq(displays[0].rect.width, 800u, "a refused answer was believed");
    r.script_on = C_GET_EDID;
    r.say_len = 1055;
    cr_assert_eq(virtio_gpu_query_edid(&r.gpu, 0, mem, &len, 1000), -EIO);
    gpu_rig_close(&r);
}

Test(gpu_commands, fences_are_asked_for_and_compared)
{
    const struct virtio_gpu_params params = {.fences = true};
    uint64_t first;
    uint32_t id;

    gpu_rig_open(&r, &params);
    id = gpu_rig_resource(&r, 32, 16, mem);
    cr_assert_eq(virtio_gpu_update(&r.gpu, id, &all, 1, 1000), 0);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 1, C_TRANSFER), 4), 1u);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 0, C_FLUSH), 4), 1u);
    first = gpu_rig_word(gpu_rig_last(&r, 1, C_TRANSFER), 8);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 0, C_FLUSH), 8), first + 1u);
    r.script_on = C_FLUSH;
    r.say_no_fence = true;
    cr_assert_eq(virtio_gpu_update(&r.gpu, id, &all, 1, 1000), -EIO);
    r.say_no_fence = false;
    r.say_fence_off = 1;
    cr_assert_eq(virtio_gpu_update(&r.gpu, id, &all, 1, 1000), -EIO);
    gpu_rig_close(&r);
}

/* Section 5.7.6.6: whatever the parameters say. */
Test(gpu_commands, cursor_images_are_loaded_with_fences)
{
    const struct virtio_gpu_rect image = {0, 0, 64, 64};
    const struct virtio_gpu_rect most = {0, 0, 64, 63};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 64, 64, mem);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 1, C_CREATE), 4), 1u);
    cr_assert_eq(virtio_gpu_cursor_update(&r.gpu, 0, id, 0, 0, 0, 0), -EINVAL);
    cr_assert_eq(virtio_gpu_transfer(&r.gpu, id, &most, 1000), 0);
    cr_assert_eq(virtio_gpu_cursor_update(&r.gpu, 0, id, 0, 0, 0, 0), -EINVAL);
    cr_assert_eq(virtio_gpu_transfer(&r.gpu, id, &image, 1000), 0);
    cr_assert_eq(gpu_rig_word(gpu_rig_last(&r, 0, C_TRANSFER), 4), 1u);
    cr_assert_eq(virtio_gpu_cursor_update(&r.gpu, 0, id, 2, 3, 40, 50), 0);
    cr_assert_eq(gpu_rig_last(&r, 0, C_UPDATE_CURSOR)->queue, 1u);
    expect_words(gpu_rig_last(&r, 0, C_UPDATE_CURSOR), 24, (uint32_t[]){0, 40, 50, 0, id, 2, 3, 0},
                 8);
    gpu_rig_close(&r);
}

/* A transfer in flight: the image is not there yet. */
Test(gpu_commands, cursor_waits_for_its_image)
{
    const struct virtio_gpu_rect image = {0, 0, 64, 64};
    uint32_t id;

    gpu_rig_open(&r, NULL);
    id = gpu_rig_resource(&r, 64, 64, mem);
    r.hold = C_TRANSFER;
    cr_assert_eq(virtio_gpu_update_async(&r.gpu, id, &image, 1, gpu_rig_done, &r), 0);
    cr_assert_eq(virtio_gpu_cursor_update(&r.gpu, 0, id, 0, 0, 0, 0), -EBUSY);
    r.hold = 0;
    gpu_rig_release(&r);
    cr_assert_eq(r.done_calls, 1u);
    cr_assert_eq(virtio_gpu_cursor_update(&r.gpu, 0, id, 0, 0, 0, 0), 0);
    gpu_rig_close(&r);
}

/* ---- EDID ---- */

Test(gpu_commands, edid_is_what_its_blocks_say)
{
    uint32_t len = 0;

    gpu_rig_open(&r, NULL);
    cr_assert_eq(virtio_gpu_query_edid(&r.gpu, 0, mem, &len, 1000), 0);
    cr_assert_eq(len, 256u);
    cr_assert_arr_eq(mem, r.edid, 256);
    cr_assert_eq(virtio_gpu_get_edid(&r.gpu, 0, mem), 256u);
    cr_assert_eq(virtio_gpu_get_edid(&r.gpu, 1, mem), 0u, "a scanout that is off was asked");
    gpu_rig_close(&r);
}

Test(gpu_commands, what_is_not_an_edid_is_refused)
{
    uint32_t len = 1;

    gpu_rig_open(&r, NULL);
    r.edid[200] ^= 1u; /* the second block's checksum */
    cr_assert_eq(virtio_gpu_query_edid(&r.gpu, 0, mem, &len, 1000), -EPROTO);
    cr_assert_eq(len, 0u);
    cr_assert_eq(virtio_gpu_get_edid(&r.gpu, 0, mem), 0u);
    r.edid[200] ^= 1u;
    r.edid_size = 255; /* less than the blocks that it has */
    cr_assert_eq(virtio_gpu_query_edid(&r.gpu, 0, mem, &len, 1000), -EPROTO);
    r.edid_size = 1025;
    cr_assert_eq(virtio_gpu_query_edid(&r.gpu, 0, mem, &len, 1000), -EPROTO);
    r.edid_size = 1024;
    r.edid[126] = 8; /* nine blocks */
    gpu_rig_fix_edid(&r);
    cr_assert_eq(virtio_gpu_query_edid(&r.gpu, 0, mem, &len, 1000), -EPROTO);
    gpu_rig_close(&r);
}

Test(gpu_commands, modes_are_checked_before_they_are_believed)
{
    static const struct {
        uint32_t width, height;
        bool enabled;
    } modes[] = {{1, 1, true},
                 {16384, 16384, true},
                 {0, 600, false},
                 {800, 0, false},
                 {16385, 1, false},
                 {1, 65535, false},
                 {UINT32_MAX, UINT32_MAX, false}};
    struct virtio_gpu_display displays[VIRTIO_GPU_SCANOUTS_MAX];

    gpu_rig_open(&r, NULL);
    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        r.mode_width = modes[i].width;
        r.mode_height = modes[i].height;
        cr_assert_eq(virtio_gpu_query_displays(&r.gpu, displays, 1000), 0);
        cr_assert_eq(displays[0].enabled, modes[i].enabled, "mode %u x %u", modes[i].width,
                     modes[i].height);
    }
    gpu_rig_close(&r);
}
