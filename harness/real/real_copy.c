/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-real --copy and --write: whole images through the driver. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "real_machine.h"
#include "real_modes.h"
#include "real_stream.h"

#define SECTOR         VIRTIO_BLK_SECTOR_SIZE
#define DRAFT_NAME_MAX 1024u

void real_complain(const char *fmt, ...)
{
    va_list args;

    (void)fputs("virtio-real: ", stderr);
    va_start(args, fmt);
    (void)vfprintf(stderr, fmt, args);
    va_end(args);
    (void)fputc('\n', stderr);
}

/* ---- files ---- */

static int refuse(const char *path, int error)
{
    real_complain("%s: %s", path, strerror(error));
    return REAL_EXIT_USAGE;
}

/* Opens a regular file of whole sectors; its descriptor in *fd and size in *sectors. */
static int open_sectors(const char *path, int flags, int *fd, uint64_t *sectors)
{
    struct stat st;
    int ret = REAL_EXIT_PASS;

    *fd = open(path, flags | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */
    if (*fd < 0) {
        return refuse(path, errno);
    }
    if (fstat(*fd, &st) != 0) {
        ret = refuse(path, errno);
    } else if (!S_ISREG(st.st_mode)) {
        real_complain("%s: expected a regular file", path);
        ret = REAL_EXIT_USAGE;
    } else if (st.st_size == 0 || st.st_size % (off_t)SECTOR != 0) {
        real_complain("%s: %lld bytes, expected a multiple of %u, and not 0", path,
                      (long long)st.st_size, SECTOR);
        ret = REAL_EXIT_USAGE;
    }
    if (ret != REAL_EXIT_PASS) {
        (void)close(*fd);
        *fd = -1;
        return ret;
    }
    *sectors = (uint64_t)st.st_size / SECTOR;
    return ret;
}

/* A file that takes the place of `path` when it is complete. */
struct draft {
    const char *path;
    char temporary[DRAFT_NAME_MAX];
    int fd;
};

static const char *volatile draft_name; /* of the draft that exists; NULL: none */

/* Stopped from outside: no piece of a file stays behind, and QEMU goes with us. */
static void on_signal(int number)
{
    if (draft_name != NULL) {
        (void)unlink(draft_name);
    }
    _exit(128 + number);
}

static void remove_draft_on_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal};

    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGHUP, &act, NULL);
}

static int draft_begin(struct draft *draft, const char *path)
{
    struct stat st;
    int n = snprintf(draft->temporary, sizeof(draft->temporary), "%s.XXXXXX", path);

    draft->path = path;
    draft->fd = -1;
    if (n < 0 || (size_t)n >= sizeof(draft->temporary)) {
        return refuse(path, ENAMETOOLONG);
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        real_complain("%s: expected a regular file, or none", path);
        return REAL_EXIT_USAGE;
    }
    draft->fd = mkostemp(draft->temporary, O_CLOEXEC);
    if (draft->fd < 0) {
        return refuse(path, errno);
    }
    draft_name = draft->temporary;
    remove_draft_on_signals();
    return REAL_EXIT_PASS;
}

static int draft_end(struct draft *draft, int code)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    if (draft->fd < 0) {
        return code;
    }
    if (code == REAL_EXIT_PASS &&
        (fchmod(draft->fd, 0666 & ~mask) != 0 || rename(draft->temporary, draft->path) != 0)) {
        code = refuse(draft->path, errno);
    }
    if (code != REAL_EXIT_PASS) {
        (void)unlink(draft->temporary);
    }
    draft_name = NULL;
    (void)close(draft->fd);
    return code;
}

/* ---- through the driver ---- */

static bool interrupt(void *arg)
{
    return virtio_blk_interrupt(arg);
}

static int stream(struct virtio_blk *blk, const char *image, const char *file,
                  struct real_stream_job *job)
{
    int ret = real_stream(blk, job);

    if (ret != 0 && job->file_failed) {
        return refuse(file, -ret);
    }
    if (ret == 0 && job->to_disk) {
        ret = virtio_blk_flush(blk, 0);
        if (ret != 0) {
            real_complain("%s: flush: %s", image, strerror(-ret));
        }
    } else if (ret != 0) {
        real_complain("%s: %s of sector %" PRIu64 " or after: %s", image,
                      job->to_disk ? "write" : "read", job->bad_sector, strerror(-ret));
    }
    return ret == 0 ? REAL_EXIT_PASS : REAL_EXIT_FAILURES;
}

static int probe_and_stream(struct real_machine *m, const char *image, uint64_t sectors,
                            const char *file, struct real_stream_job *job)
{
    struct virtio_window window = real_machine_window(0, false);
    struct virtio_blk *blk = calloc(1, sizeof(*blk));
    int code = REAL_EXIT_FAILURES;
    int ret = -ENOMEM;

    if (blk != NULL) {
        real_machine_connect(m, 0, interrupt, blk);
        ret = virtio_blk_probe(blk, &window, NULL);
    }
    if (ret != 0) {
        real_complain("%s: the driver does not come up: %s", image, strerror(-ret));
    } else if (blk->info.capacity_sectors != sectors) {
        real_complain("%s: the device has %" PRIu64 " sectors, expected %" PRIu64, image,
                      blk->info.capacity_sectors, sectors);
    } else {
        code = stream(blk, image, file, job);
    }
    if (blk != NULL && blk->dev.state != VIRTIO_STATE_ABSENT) {
        ret = virtio_blk_remove(blk, 0);
        if (ret != 0) {
            real_complain("%s: the driver does not let go: %s", image, strerror(-ret));
            code = REAL_EXIT_FAILURES;
        }
    }
    real_machine_connect(m, 0, NULL, NULL);
    free(blk);
    return code;
}

/* The job on a machine whose only disk is the image. */
static int on_machine(const char *image, uint64_t sectors, const char *file,
                      struct real_stream_job *job, bool modern, FILE *trace)
{
    struct real_machine_config cfg = {.modern = modern,
                                      .drives[0] = {.path = image, .read_only = !job->to_disk},
                                      .num_drives = 1,
                                      .trace = trace};
    struct real_machine *m = malloc(sizeof(*m));
    int code;

    if (m == NULL) {
        real_complain("no memory");
        return REAL_EXIT_FAILURES;
    }
    if (real_machine_open(m, &cfg) != 0) {
        real_complain("%s", m->message.text);
        free(m);
        return REAL_EXIT_NO_QEMU;
    }
    code = probe_and_stream(m, image, sectors, file, job);
    if (real_machine_close(m) != 0 && code == REAL_EXIT_PASS) {
        real_complain("%s", m->message.text);
        code = REAL_EXIT_FAILURES;
    }
    free(m);
    return code;
}

/* ---- the modes ---- */

int real_copy(const char *image, const char *out, bool modern, FILE *trace)
{
    struct real_stream_job job = {.to_disk = false};
    struct draft draft;
    int fd;
    int code = open_sectors(image, O_RDONLY, &fd, &job.count);

    if (code != REAL_EXIT_PASS) {
        return code;
    }
    (void)close(fd); /* readable: QEMU opens it by itself */
    code = draft_begin(&draft, out);
    if (code == REAL_EXIT_PASS) {
        job.fd = draft.fd;
        code = on_machine(image, job.count, out, &job, modern, trace);
    }
    code = draft_end(&draft, code);
    if (code == REAL_EXIT_PASS) {
        (void)printf("%s: %" PRIu64 " bytes to %s\n", image, job.count * SECTOR, out);
    }
    return code;
}

int real_write(const char *file, const char *image, uint64_t sector, bool modern, FILE *trace)
{
    struct real_stream_job job = {.to_disk = true, .sector = sector};
    uint64_t capacity = 0;
    int fd;
    int code = open_sectors(image, O_RDWR, &fd, &capacity);

    if (code != REAL_EXIT_PASS) {
        return code;
    }
    (void)close(fd);
    code = open_sectors(file, O_RDONLY, &job.fd, &job.count);
    if (code != REAL_EXIT_PASS) {
        return code;
    }
    if (sector > capacity || job.count > capacity - sector) {
        real_complain("%s: %" PRIu64 " sectors from sector %" PRIu64 " on, expected at most the "
                      "%" PRIu64 " of %s",
                      file, job.count, sector, capacity, image);
        code = REAL_EXIT_USAGE;
    } else {
        code = on_machine(image, capacity, file, &job, modern, trace);
    }
    (void)close(job.fd);
    if (code == REAL_EXIT_PASS) {
        (void)printf("%s: %" PRIu64 " bytes to %s\n", file, job.count * SECTOR, image);
    }
    return code;
}
