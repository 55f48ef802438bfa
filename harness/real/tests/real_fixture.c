/* SPDX-License-Identifier: Apache-2.0 */
/* See real_fixture.h. */
#include "real_fixture.h"

#include <criterion/criterion.h>

#define TIMEOUT_US UINT64_C(5000000)

static bool interrupt(void *arg)
{
    return virtio_blk_interrupt(arg);
}

/* The option with the path in the place of its first "%s". */
static void fill_in(const char *option, const char *path, char *out, size_t size)
{
    const char *hole = strstr(option, "%s");
    int len = hole == NULL
                  ? snprintf(out, size, "%s", option)
                  : snprintf(out, size, "%.*s%s%s", (int)(hole - option), option, path, hole + 2);

    cr_assert(len > 0 && (size_t)len < size);
}

struct fixture *fixture_open(bool modern, const struct fixture_options *options)
{
    static struct fixture one; /* a test is a process */
    struct fixture *f = &one;
    struct virtio_window window = real_machine_window(0, false);
    struct real_machine_config cfg = {.modern = modern, .num_drives = 1};
    char blockdev[512];
    int ret;

    cr_assert_eq(real_dir_make(f->dir, sizeof(f->dir)), 0);
    scn_disk_init(&f->disk, 0, FIXTURE_SECTORS);
    real_image_name(f->dir, 0, f->path, sizeof(f->path));
    cr_assert_eq(real_image_make(f->path, &f->disk), 0);
    cfg.drives[0] = (struct real_drive){
        .path = f->path, .read_only = options->read_only, .props = options->props};
    if (options->blockdev != NULL) {
        fill_in(options->blockdev, f->path, blockdev, sizeof(blockdev));
        cfg.drives[0].blockdev = blockdev;
    }
    ret = real_machine_open(&f->machine, &cfg);
    cr_assert_eq(ret, 0, "%s", f->machine.message.text);
    real_machine_connect(&f->machine, 0, interrupt, &f->blk);
    ret = virtio_blk_probe(&f->blk, &window, &options->params);
    cr_assert_eq(ret, 0, "probe: %s", real_error_name(ret));
    return f;
}

void fixture_close(struct fixture *f)
{
    struct qemu_backend_usage usage;
    struct real_image_verdict image;
    int ret = virtio_blk_remove(&f->blk, 0);

    cr_expect_eq(ret, 0, "remove: %s", real_error_name(ret));
    qemu_backend_usage(f->machine.qb, &usage);
    cr_expect_eq(usage.misuses, 0);
    cr_expect_eq(usage.irq_storms, 0);
    cr_expect_eq(qemu_backend_report_leaks(f->machine.qb, stderr), 0);
    ret = real_machine_close(&f->machine);
    cr_expect_eq(ret, 0, "%s", f->machine.message.text);
    cr_expect_eq(real_image_check(f->path, &f->disk, &image), 0);
    cr_expect_eq(image.wrong, 0, "%u sectors of the image are wrong, the first is %llu",
                 image.wrong, (unsigned long long)image.first_wrong);
    real_dir_remove(f->dir);
}

int fixture_read(struct fixture *f, uint64_t sector, uint32_t count)
{
    int ret;

    cr_assert_leq((size_t)count * VIRTIO_BLK_SECTOR_SIZE, sizeof(f->buf));
    memset(f->buf, 0x5c, sizeof(f->buf));
    ret = virtio_blk_read(&f->blk, sector, f->buf, count, TIMEOUT_US);
    for (uint32_t i = 0; i < count && ret == 0; i++) {
        cr_expect(scn_disk_holds(&f->disk, sector + i, f->buf + i * VIRTIO_BLK_SECTOR_SIZE),
                  "sector %llu", (unsigned long long)sector + i);
    }
    return ret;
}

int fixture_write(struct fixture *f, uint64_t sector, uint32_t count, unsigned gen)
{
    int ret;

    cr_assert_leq((size_t)count * VIRTIO_BLK_SECTOR_SIZE, sizeof(f->buf));
    for (uint32_t i = 0; i < count; i++) {
        scn_pattern(0, sector + i, gen, f->buf + i * VIRTIO_BLK_SECTOR_SIZE);
    }
    ret = virtio_blk_write(&f->blk, sector, f->buf, count, TIMEOUT_US);
    for (uint64_t s = sector; s < sector + count && s < f->disk.sectors; s++) {
        uint16_t old = ret == 0 ? 0u : f->disk.may[s];

        f->disk.may[s] = (uint16_t)(old | (1u << gen));
    }
    return ret;
}
