/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that a run on QEMU needs: a private directory, and disk images whose contents are those of
 * the scenarios' tracked disks. Errors are negative errno values.
 */
#ifndef HARNESS_REAL_FILES_H
#define HARNESS_REAL_FILES_H

#include <stddef.h>
#include <sys/un.h>

#include "scenario.h"

#define REAL_PATH_MAX 160u

/* Makes a private directory below TMPDIR or /tmp; its name into `path`. */
int real_dir_make(char *path, size_t size);
/* Removes it with what lies in it (files only); "" is ignored. */
void real_dir_remove(const char *path);
/* Removes what the QEMU back end (harness/qtest) of a killed process had no time to remove: RAM
 * file and sockets, whose names begin with rtv-qemu-PID-. */
void real_remove_leftovers(long pid);

/* The address of the unix socket `name` in the directory. -ENAMETOOLONG. */
int real_socket_name(struct sockaddr_un *addr, const char *dir, const char *name);

/* The image of disk `number` in the directory: its name, and its making with generation 0 in every
 * sector. */
void real_image_name(const char *dir, unsigned number, char *path, size_t size);
int real_image_make(const char *path, const struct scn_disk *disk);

/* What an image holds, looked at without the driver. */
struct real_image_verdict {
    unsigned wrong;       /* sectors that hold nothing of what they may */
    uint64_t first_wrong; /* the first one */
    uint64_t bytes;       /* size of the file */
};
int real_image_check(const char *path, const struct scn_disk *disk, struct real_image_verdict *out);

/* Reads or writes all of `len` bytes at a position. -EIO when the file ends before. */
int real_pread(int fd, void *buf, size_t len, uint64_t position);
int real_pwrite(int fd, const void *buf, size_t len, uint64_t position);

#endif
