/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary names for QEMU; see qemu_files.h.
 */
#include "qemu_files.h"
#include "line_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SHM_DIR "/dev/shm"

/* The RAM file is sparse and a test touches little of it, but a full file system shows as SIGBUS
 * in the middle of a run: want some room before choosing a place. */
#define RAM_MIN_FREE (UINT64_C(16) << 20)

/* TMPDIR when the socket names fit below it and QEMU's option syntax takes it, or else /tmp. */
static const char *temp_root(void)
{
    const char *dir = getenv("TMPDIR");

    if (dir && dir[0] == '/' && strlen(dir) < 60 && !strchr(dir, ',') && access(dir, W_OK) == 0)
        return dir;
    return "/tmp";
}

static int make_dir(struct qemu_process *p)
{
    (void)snprintf(p->dir, sizeof(p->dir), "%s/rtv-qemu-%ld-XXXXXX", temp_root(), (long)getpid());
    if (!mkdtemp(p->dir)) {
        int err = -errno;

        p->dir[0] = '\0';
        return err;
    }
    return 0;
}

static bool has_room(const char *dir)
{
    struct statvfs fs;

    return statvfs(dir, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize >= RAM_MIN_FREE;
}

/* Creates the RAM file in /dev/shm or else in our own directory; its descriptor or an error. */
static int create_ram_file(struct qemu_process *p)
{
    int fd = -1;

    if (has_room(SHM_DIR)) {
        (void)snprintf(p->ram_path, sizeof(p->ram_path), SHM_DIR "/rtv-qemu-%ld-XXXXXX",
                       (long)getpid());
        fd = mkostemp(p->ram_path, O_CLOEXEC);
    }
    if (fd < 0) {
        p->ram_path[0] = '\0';
        if (!has_room(p->dir))
            return -ENOSPC;
        (void)snprintf(p->ram_path, sizeof(p->ram_path), "%s/ram", p->dir);
        fd = open(p->ram_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }
    if (fd < 0) {
        int err = -errno;

        p->ram_path[0] = '\0';
        return err;
    }
    return fd;
}

static int make_ram(struct qemu_process *p)
{
    int fd = create_ram_file(p);
    int err = 0;

    if (fd < 0)
        return fd;
    if (ftruncate(fd, (off_t)p->ram_bytes))
        err = -errno;
    if (!err) {
        p->ram = mmap(NULL, (size_t)p->ram_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (p->ram == MAP_FAILED) {
            err = -errno;
            p->ram = NULL;
        }
    }
    (void)close(fd);
    return err;
}

/* Listens on NAME in the private directory; `path` is set only when the socket exists. */
static int make_socket(const struct qemu_process *p, const char *name, char *path, size_t size,
                       int *fd)
{
    (void)snprintf(path, size, "%s/%s", p->dir, name);
    *fd = line_listen(path);
    if (*fd < 0) {
        path[0] = '\0';
        return *fd;
    }
    return 0;
}

int qemu_files_make(struct qemu_process *p, const struct qemu_process_config *cfg,
                    struct qemu_message *msg)
{
    const char *what = "a temporary directory";
    int err = make_dir(p);

    if (!err) {
        what = "the guest RAM file";
        err = make_ram(p);
    }
    if (!err && cfg->qtest) {
        what = "the qtest socket";
        err = make_socket(p, "qtest", p->qtest_path, sizeof(p->qtest_path), &p->qtest_listen_fd);
    }
    if (!err && cfg->console) {
        what = "the console socket";
        err = make_socket(p, "console", p->console_path, sizeof(p->console_path),
                          &p->console_listen_fd);
    }
    if (!err) {
        what = "the QMP socket";
        err = make_socket(p, "qmp", p->qmp_path, sizeof(p->qmp_path), &p->qmp_listen_fd);
    }
    if (err)
        qemu_message_set(msg, "cannot make %s (below %s or %s): %s", what, temp_root(), SHM_DIR,
                         strerror(-err));
    return err;
}

static void remove_name(char *path)
{
    if (path[0])
        (void)unlink(path);
    path[0] = '\0';
}

void qemu_files_unlink(struct qemu_process *p)
{
    remove_name(p->ram_path);
    remove_name(p->qtest_path);
    remove_name(p->console_path);
    remove_name(p->qmp_path);
    if (p->dir[0])
        (void)rmdir(p->dir);
    p->dir[0] = '\0';
}
