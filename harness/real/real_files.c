/* SPDX-License-Identifier: Apache-2.0 */
/* See real_files.h. */
#include "real_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- directory ---- */

static const char *temp_root(void)
{
    const char *root = getenv("TMPDIR");

    if (root == NULL || root[0] != '/' || strlen(root) > 100u || access(root, W_OK) != 0) {
        root = "/tmp";
    }
    return root;
}

int real_dir_make(char *path, size_t size)
{
    int n = snprintf(path, size, "%s/rtv-real-XXXXXX", temp_root());

    if (n < 0 || (size_t)n >= size) {
        path[0] = '\0';
        return -ENAMETOOLONG;
    }
    if (mkdtemp(path) == NULL) {
        path[0] = '\0';
        return -errno;
    }
    return 0;
}

void real_dir_remove(const char *path)
{
    DIR *dir = path[0] != '\0' ? opendir(path) : NULL;
    struct dirent *entry;

    if (dir == NULL) {
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    (void)closedir(dir);
    (void)rmdir(path);
}

int real_socket_name(struct sockaddr_un *addr, const char *dir, const char *name)
{
    int n = snprintf(addr->sun_path, sizeof(addr->sun_path), "%s/%s", dir, name);

    addr->sun_family = AF_UNIX;
    return n < 0 || (size_t)n >= sizeof(addr->sun_path) ? -ENAMETOOLONG : 0;
}

static void remove_by_prefix(const char *where, const char *prefix)
{
    char path[REAL_PATH_MAX + NAME_MAX];
    DIR *dir = opendir(where);
    struct dirent *entry;

    if (dir == NULL) {
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
            unlinkat(dirfd(dir), entry->d_name, 0) != 0) {
            (void)snprintf(path, sizeof(path), "%s/%s", where, entry->d_name);
            real_dir_remove(path);
        }
    }
    (void)closedir(dir);
}

void real_remove_leftovers(long pid)
{
    char prefix[48];

    (void)snprintf(prefix, sizeof(prefix), "rtv-qemu-%ld-", pid);
    remove_by_prefix("/dev/shm", prefix);
    remove_by_prefix("/tmp", prefix);
    remove_by_prefix(temp_root(), prefix);
}

/* ---- whole transfers ---- */

int real_pread(int fd, void *buf, size_t len, uint64_t position)
{
    unsigned char *p = buf;

    while (len != 0) {
        ssize_t n = pread(fd, p, len, (off_t)position);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n < 0 ? -errno : -EIO;
        }
        p += n;
        position += (uint64_t)n;
        len -= (size_t)n;
    }
    return 0;
}

int real_pwrite(int fd, const void *buf, size_t len, uint64_t position)
{
    const unsigned char *p = buf;

    while (len != 0) {
        ssize_t n = pwrite(fd, p, len, (off_t)position);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -errno;
        }
        p += n;
        position += (uint64_t)n;
        len -= (size_t)n;
    }
    return 0;
}

/* ---- images ---- */

void real_image_name(const char *dir, unsigned number, char *path, size_t size)
{
    (void)snprintf(path, size, "%s/disk%u.img", dir, number);
}

int real_image_make(const char *path, const struct scn_disk *disk)
{
    unsigned char sector[VIRTIO_BLK_SECTOR_SIZE];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int ret = 0;

    if (fd < 0) {
        return -errno;
    }
    for (uint32_t s = 0; s < disk->sectors && ret == 0; s++) {
        scn_pattern(disk->number, s, 0, sector);
        ret = real_pwrite(fd, sector, sizeof(sector), (uint64_t)s * sizeof(sector));
    }
    if (close(fd) != 0 && ret == 0) {
        ret = -errno;
    }
    return ret;
}

static int check_sectors(int fd, const struct scn_disk *disk, struct real_image_verdict *out)
{
    unsigned char sector[VIRTIO_BLK_SECTOR_SIZE];

    for (uint32_t s = 0; s < disk->sectors; s++) {
        int ret = real_pread(fd, sector, sizeof(sector), (uint64_t)s * sizeof(sector));

        if (ret != 0) {
            return ret;
        }
        if (!scn_disk_holds(disk, s, sector)) {
            out->first_wrong = out->wrong == 0 ? s : out->first_wrong;
            out->wrong++;
        }
    }
    return 0;
}

int real_image_check(const char *path, const struct scn_disk *disk, struct real_image_verdict *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    int ret;

    *out = (struct real_image_verdict){0};
    if (fd < 0) {
        return -errno;
    }
    ret = fstat(fd, &st) == 0 ? 0 : -errno;
    if (ret == 0) {
        out->bytes = (uint64_t)st.st_size;
        ret = check_sectors(fd, disk, out);
    }
    (void)close(fd);
    return ret;
}
