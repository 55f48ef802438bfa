/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disk images and left-over checks; see qtest_fixture.h.
 */
#include "qtest_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *temp_dir(void)
{
    const char *dir = getenv("TMPDIR");

    /* The rule of qemu_files.c. */
    if (dir && dir[0] == '/' && strlen(dir) < 60 && !strchr(dir, ',') && access(dir, W_OK) == 0)
        return dir;
    return "/tmp";
}

uint8_t disk_byte(unsigned sector, unsigned i)
{
    return (uint8_t)(sector * 37u + i * 11u + (i >> 8));
}

void disk_make(struct disk *disk, unsigned window)
{
    uint8_t sector[512];
    int fd;

    (void)snprintf(disk->path, sizeof(disk->path), "%s/rtv-image-XXXXXX", temp_dir());
    fd = mkstemp(disk->path);
    cr_assert_geq(fd, 0, "no image at %s: %s", disk->path, strerror(errno));
    for (unsigned s = 0; s < IMAGE_SECTORS; s++) {
        for (unsigned i = 0; i < sizeof(sector); i++)
            sector[i] = disk_byte(s, i);
        cr_assert_eq(write(fd, sector, sizeof(sector)), (ssize_t)sizeof(sector));
    }
    (void)close(fd);
    (void)snprintf(disk->drive, sizeof(disk->drive), "if=none,id=d0,format=raw,file=%s",
                   disk->path);
    (void)snprintf(disk->device, sizeof(disk->device),
                   "virtio-blk-device,drive=d0,bus=virtio-mmio-bus.%u", window);
    disk->args[0] = "-drive";
    disk->args[1] = disk->drive;
    disk->args[2] = "-device";
    disk->args[3] = disk->device;
    disk->args[4] = NULL;
}

void disk_remove(struct disk *disk)
{
    (void)unlink(disk->path);
}

struct qemu_backend *open_or_fail(const struct qemu_backend_config *cfg)
{
    static struct qemu_message unclaimed; /* close writes to it, too */
    struct qemu_backend_config copy = *cfg;
    struct qemu_backend *qb;
    int err;

    if (!copy.message)
        copy.message = &unclaimed;
    err = qemu_backend_open(&qb, &copy);
    cr_assert_eq(err, 0, "qemu_backend_open: %d: %s", err, copy.message->text);
    return qb;
}

static unsigned names_in(const char *path)
{
    char prefix[48];
    struct dirent *entry;
    unsigned count = 0;
    DIR *dir = opendir(path);

    if (!dir)
        return 0;
    (void)snprintf(prefix, sizeof(prefix), "rtv-qemu-%ld-", (long)getpid());
    while ((entry = readdir(dir)) != NULL)
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    (void)closedir(dir);
    return count;
}

unsigned names_left(void)
{
    return names_in("/dev/shm") + names_in(temp_dir());
}

bool no_children(void)
{
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}
