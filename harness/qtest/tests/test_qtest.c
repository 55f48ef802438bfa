/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The QEMU back end by itself: windows, DMA memory, interrupts, one block device by hand, and every
 * way in which QEMU can be missing, die or fall silent.
 */
#include "blk_by_hand.h"
#include "qemu_backend.h"
#include "qtest_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAGIC 0x74726976u

TestSuite(qtest, .timeout = 60);

/* The end of every test that opened a back end. */
static void close_clean(struct qemu_backend *qb)
{
    struct qemu_backend_usage usage;

    qemu_backend_usage(qb, &usage);
    cr_assert_eq(usage.misuses, 0);
    cr_assert_eq(qemu_backend_report_leaks(qb, stderr), 0);
    cr_assert_eq(qemu_backend_close(qb), 0);
    cr_assert_eq(names_left(), 0);
    cr_assert(no_children());
}

static void check_windows(bool modern)
{
    struct disk disk;
    struct qemu_backend *qb;
    struct host_backend *be;
    struct qemu_backend_usage usage;

    disk_make(&disk, 5);
    qb = open_or_fail(&(struct qemu_backend_config){.modern = modern, .extra_args = disk.args});
    be = qemu_backend_host(qb);
    for (unsigned i = 0; i < 8; i++) {
        uint64_t window = qemu_backend_window(i);

        cr_assert_eq(be->mmio_read(be, window, 4), MAGIC, "window %u", i);
        cr_assert_eq(be->mmio_read(be, window + 4, 4), modern ? 2 : 1, "window %u", i);
        cr_assert_eq(be->mmio_read(be, window + 8, 4), i == 5 ? 2 : 0, "window %u", i);
        cr_assert_eq(qemu_backend_window_irq(i), i + 1);
    }
    /* Capacity in config space, by byte, half word and word. */
    cr_assert_eq(be->mmio_read(be, qemu_backend_window(5) + 0x100, 1), IMAGE_SECTORS);
    cr_assert_eq(be->mmio_read(be, qemu_backend_window(5) + 0x100, 2), IMAGE_SECTORS);
    cr_assert_eq(be->mmio_read(be, qemu_backend_window(5) + 0x100, 4), IMAGE_SECTORS);
    qemu_backend_usage(qb, &usage);
    cr_assert_eq(usage.register_reads, 27);
    cr_assert_not(usage.irq_polling);
    close_clean(qb);
    disk_remove(&disk);
}

Test(qtest, legacy_windows)
{
    check_windows(false);
}

Test(qtest, modern_windows)
{
    check_windows(true);
}

static void check_read(bool poll)
{
    struct disk disk;
    struct qemu_backend *qb;
    struct qemu_backend_usage usage;
    struct hand_blk blk;
    uint8_t data[512];

    disk_make(&disk, 2);
    qb = open_or_fail(&(struct qemu_backend_config){
        .modern = true, .extra_args = disk.args, .poll_interrupts = poll});
    qemu_backend_set_irq(qb, hand_irq, &blk);
    cr_assert(hand_start(&blk, qemu_backend_host(qb), qemu_backend_window(2)));
    for (unsigned s = 0; s < IMAGE_SECTORS; s += 21) {
        cr_assert(hand_transfer(&blk, 0, s, data));
        for (unsigned i = 0; i < sizeof(data); i++)
            cr_assert_eq(data[i], disk_byte(s, i), "sector %u byte %u", s, i);
        /* The data can be there before the interrupt is. */
        (void)blk.be->idle(blk.be, blk.be->now_us(blk.be) + 20000);
        cr_assert_eq(blk.irqs, s / 21 + 1);
    }
    cr_assert_eq(blk.last_irq, qemu_backend_window_irq(2));
    cr_assert_eq(blk.last_status, 1);
    qemu_backend_usage(qb, &usage);
    cr_assert_eq(usage.irq_polling, poll);
    cr_assert_eq(usage.irqs_delivered, blk.irqs);
    cr_assert_eq(usage.dma_in_use, 1);
    cr_assert_eq(usage.map_in_use, 0);
    hand_stop(&blk);
    close_clean(qb);
    disk_remove(&disk);
}

Test(qtest, sector_read_with_interrupts)
{
    check_read(false);
}

Test(qtest, sector_read_with_polling_fallback)
{
    check_read(true);
}

Test(qtest, written_sector_is_in_the_file)
{
    struct disk disk;
    struct qemu_backend *qb;
    struct hand_blk blk;
    uint8_t data[512];
    uint8_t file[512];
    FILE *image;

    memset(data, 0x5c, sizeof(data));
    disk_make(&disk, 7);
    qb = open_or_fail(&(struct qemu_backend_config){.modern = true, .extra_args = disk.args});
    qemu_backend_set_irq(qb, hand_irq, &blk);
    cr_assert(hand_start(&blk, qemu_backend_host(qb), qemu_backend_window(7)));
    cr_assert(hand_transfer(&blk, 1, 3, data));
    cr_assert(hand_transfer(&blk, 0, 2, data));
    hand_stop(&blk);
    close_clean(qb);
    image = fopen(disk.path, "rb");
    cr_assert_not_null(image);
    cr_assert_eq(fseek(image, 3L * 512, SEEK_SET), 0);
    cr_assert_eq(fread(file, 1, sizeof(file), image), sizeof(file));
    for (unsigned i = 0; i < sizeof(file); i++)
        cr_assert_eq(file[i], 0x5c);
    (void)fclose(image);
    disk_remove(&disk);
}

/* A masked interrupt wakes a wait, runs at the last unmask, and repeats while nobody serves it. */
static void check_mask(bool poll)
{
    struct disk disk;
    struct qemu_backend *qb;
    struct qemu_backend_usage usage;
    struct host_backend *be;
    struct hand_blk blk;
    uint8_t data[512];
    uint64_t until;
    uint64_t dma;

    disk_make(&disk, 0);
    qb = open_or_fail(&(struct qemu_backend_config){
        .modern = true, .extra_args = disk.args, .poll_interrupts = poll});
    be = qemu_backend_host(qb);
    cr_assert(hand_start(&blk, be, qemu_backend_window(0)));
    qemu_backend_set_irq(qb, hand_irq, &blk);
    be->irq_mask(be);
    be->irq_mask(be);
    cr_assert_eq(be->dma_map(be, data, sizeof(data), HOST_DMA_FROM_DEVICE, &dma), 0);
    hand_submit(&blk, 0, 1, dma);
    cr_assert(be->idle(be, be->now_us(be) + 5000000));
    cr_assert_eq(blk.irqs, 0);
    be->irq_unmask(be);
    cr_assert_eq(blk.irqs, 0);
    blk.deaf = true;
    be->irq_unmask(be);
    cr_assert_gt(blk.irqs, 1, "a raised line is delivered again");
    cr_assert_lt(blk.irqs, 100, "but not for ever");
    qemu_backend_usage(qb, &usage);
    cr_assert_eq(usage.irq_storms, 1);
    until = be->now_us(be) + 20000;
    while (be->idle(be, until)) /* a line that stays raised does not stop the clock */
        cr_assert_lt(be->now_us(be), until + 1000000);
    qemu_backend_irq_connect(qb, 0, false);
    blk.irqs = 0;
    cr_assert_not(be->idle(be, be->now_us(be) + 2000));
    cr_assert_eq(blk.irqs, 0, "not connected");
    blk.deaf = false;
    qemu_backend_irq_connect(qb, 0, true);
    cr_assert(poll || blk.irqs == 1, "a raised line is delivered when it is connected");
    cr_assert(!poll || be->idle(be, be->now_us(be) + 5000000));
    cr_assert_eq(blk.irqs, 1);
    cr_assert_not(be->idle(be, be->now_us(be) + 1000));
    be->dma_unmap(be, dma, data, sizeof(data), HOST_DMA_FROM_DEVICE);
    cr_assert_eq(data[9], disk_byte(1, 9));
    hand_stop(&blk);
    close_clean(qb);
    disk_remove(&disk);
}

Test(qtest, interrupt_mask)
{
    check_mask(false);
}

Test(qtest, interrupt_mask_polling)
{
    check_mask(true);
}

Test(qtest, time_passes)
{
    struct qemu_backend *qb = open_or_fail(&(struct qemu_backend_config){.modern = true});
    struct host_backend *be = qemu_backend_host(qb);
    uint64_t start = be->now_us(be);

    be->delay_us(be, 3000);
    cr_assert_geq(be->now_us(be) - start, 3000);
    start = be->now_us(be);
    cr_assert_not(be->idle(be, start + 2000));
    cr_assert_geq(be->now_us(be), start + 2000);
    cr_assert_not(be->idle(be, 0));
    close_clean(qb);
}

static unsigned lines_logged;

static void count_line(void *ctx, int level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
    lines_logged++;
}

Test(qtest, dma_memory)
{
    struct qemu_backend *qb =
        open_or_fail(&(struct qemu_backend_config){.modern = true, .log = count_line});
    struct host_backend *be = qemu_backend_host(qb);
    struct qemu_backend_usage usage;
    uint64_t dma[3];
    void *ptr[3];
    char buf[100] = "caller's";
    FILE *sink = fopen("/dev/null", "w");

    ptr[0] = be->dma_alloc(be, 100, 0, &dma[0]);
    ptr[1] = be->dma_alloc(be, 5000, 4096, &dma[1]);
    ptr[2] = be->heap_alloc(be, 64);
    cr_assert(ptr[0] && ptr[1] && ptr[2]);
    cr_assert_geq(dma[0], UINT64_C(0x80100000));
    cr_assert_eq(dma[1] % 4096, 0);
    cr_assert_eq(((char *)ptr[2])[63], 0);
    cr_assert_null(be->dma_alloc(be, (size_t)64 << 20, 0, &dma[2]));
    cr_assert_null(be->dma_alloc(be, 64, 48, &dma[2]));
    cr_assert_null(be->dma_alloc(be, 0, 64, &dma[2]));
    cr_assert_eq(be->dma_map(be, buf, 0, HOST_DMA_BOTH, &dma[2]), -EINVAL);
    cr_assert_eq(be->dma_map(be, buf, sizeof(buf), HOST_DMA_FROM_DEVICE, &dma[2]), 0);
    qemu_backend_usage(qb, &usage);
    cr_assert(usage.dma_in_use == 2 && usage.map_in_use == 1 && usage.heap_in_use == 1);
    cr_assert_eq(qemu_backend_report_leaks(qb, sink), 4);
    /* Wrong: a second size, a second unmap, an unmap of something else. */
    be->dma_free(be, ptr[0], 99, dma[0]);
    be->dma_unmap(be, dma[2], buf, sizeof(buf), HOST_DMA_FROM_DEVICE);
    cr_assert_str_eq(buf, "caller's", "bytes that no device wrote come back");
    be->dma_unmap(be, dma[2], buf, sizeof(buf), HOST_DMA_FROM_DEVICE);
    be->dma_free(be, buf, sizeof(buf), 0x1234);
    be->irq_unmask(be);
    qemu_backend_usage(qb, &usage);
    cr_assert_eq(usage.misuses, 4);
    cr_assert_eq(lines_logged, 4);
    be->dma_free(be, ptr[1], 5000, dma[1]);
    be->heap_free(be, ptr[2]);
    cr_assert_eq(qemu_backend_report_leaks(qb, sink), 0);
    cr_assert_eq(qemu_backend_close(qb), 0);
    (void)fclose(sink);
}

Test(qtest, two_at_once_and_qmp)
{
    struct qemu_backend *a = open_or_fail(&(struct qemu_backend_config){.modern = true});
    struct qemu_backend *b = open_or_fail(&(struct qemu_backend_config){.modern = false});
    struct host_backend *be_a = qemu_backend_host(a);
    struct host_backend *be_b = qemu_backend_host(b);
    const char *reply;

    cr_assert_eq(names_left(), 0, "nothing has a name once QEMU is connected");
    cr_assert_eq(be_a->mmio_read(be_a, qemu_backend_window(0) + 4, 4), 2);
    cr_assert_eq(be_b->mmio_read(be_b, qemu_backend_window(0) + 4, 4), 1);
    cr_assert_eq(qemu_backend_qmp(a, "{\"execute\": \"query-status\"}", &reply), 0);
    cr_assert_not_null(strstr(reply, "\"running\": true"), "%s", reply);
    cr_assert_eq(qemu_backend_qmp(a, "{\"execute\": \"no-such\"}", &reply), -EREMOTEIO);
    cr_assert_not_null(strstr(qemu_backend_command(b), "qtest"));
    cr_assert_eq(qemu_backend_close(a), 0);
    close_clean(b);
}

static void check_open_fails(const struct qemu_backend_config *cfg, int expected, const char *part)
{
    struct qemu_backend *qb;
    struct qemu_message msg;
    struct qemu_backend_config copy = *cfg;

    copy.message = &msg;
    cr_assert_eq(qemu_backend_open(&qb, &copy), expected, "%s", msg.text);
    cr_assert_null(qb);
    cr_assert_not_null(strstr(msg.text, part), "no '%s' in: %s", part, msg.text);
    cr_assert_eq(names_left(), 0);
    cr_assert(no_children());
}

Test(qtest, qemu_missing)
{
    const struct qemu_backend_config cfg = {.modern = true};

    cr_assert_eq(setenv("RTV_QEMU_RISCV64", "/nonexistent/qemu", 1), 0);
    check_open_fails(&cfg, -ENOENT, "/nonexistent/qemu");
    check_open_fails(&cfg, -ENOENT, "apt-get install qemu-system-misc");
    cr_assert_eq(setenv("RTV_QEMU_RISCV64", "/etc/passwd", 1), 0);
    check_open_fails(&cfg, -EACCES, "/etc/passwd");
    cr_assert_eq(unsetenv("RTV_QEMU_RISCV64"), 0);
    cr_assert_eq(setenv("PATH", "/nonexistent", 1), 0);
    check_open_fails(&cfg, -ENOENT, "qemu-system-riscv64 not found in PATH");
}

Test(qtest, qemu_dies_at_start)
{
    static const char *const bad_option[] = {"-no-such-option", NULL};
    static const char *const bad_device[] = {"-device", "no-such-device", NULL};
    static const char *const bad_file[] = {"-drive", "file=/nonexistent/image,if=none,format=raw",
                                           NULL};

    check_open_fails(&(struct qemu_backend_config){.extra_args = bad_option}, -EPIPE,
                     "-no-such-option");
    check_open_fails(&(struct qemu_backend_config){.extra_args = bad_option}, -EPIPE,
                     "exited with status 1");
    check_open_fails(&(struct qemu_backend_config){.extra_args = bad_device}, -EPIPE,
                     "no-such-device");
    check_open_fails(&(struct qemu_backend_config){.extra_args = bad_file}, -EPIPE,
                     "/nonexistent/image");
    cr_assert_eq(setenv("RTV_QEMU_RISCV64", "/bin/true", 1), 0);
    check_open_fails(&(struct qemu_backend_config){.modern = true}, -EPIPE, "exited with status 0");
}

Test(qtest, qemu_killed_in_the_middle)
{
    struct qemu_message msg = {""};
    struct qemu_backend *qb =
        open_or_fail(&(struct qemu_backend_config){.modern = true, .message = &msg});
    struct host_backend *be = qemu_backend_host(qb);
    const char *text;
    uint64_t start;

    cr_assert_eq(kill((pid_t)qemu_backend_pid(qb), SIGKILL), 0);
    cr_assert_eq(be->mmio_read(be, qemu_backend_window(0), 4), 0xffffffffu);
    cr_assert_eq(be->mmio_read(be, qemu_backend_window(0), 1), 0xffu);
    be->mmio_write(be, qemu_backend_window(0) + 0x70, 4, 0);
    start = be->now_us(be);
    cr_assert_not(be->idle(be, start + 5000000));
    cr_assert_lt(be->now_us(be) - start, 1000000);
    cr_assert_eq(qemu_backend_error(qb, &text), -EPIPE);
    cr_assert_not_null(strstr(text, "killed by signal 9"), "%s", text);
    cr_assert_eq(qemu_backend_pid(qb), 0);
    cr_assert_eq(qemu_backend_close(qb), -EPIPE);
    cr_assert_not_null(strstr(msg.text, "killed by signal 9"), "%s", msg.text);
    cr_assert(no_children());
}

Test(qtest, qemu_falls_silent)
{
    struct qemu_backend *qb =
        open_or_fail(&(struct qemu_backend_config){.modern = true, .timeout_ms = 2000});
    struct host_backend *be = qemu_backend_host(qb);
    const char *text;
    uint64_t start;

    cr_assert_eq(kill((pid_t)qemu_backend_pid(qb), SIGSTOP), 0);
    start = be->now_us(be);
    cr_assert_eq(be->mmio_read(be, qemu_backend_window(0), 2), 0xffffu);
    cr_assert_geq(be->now_us(be) - start, 2000000);
    cr_assert_eq(qemu_backend_error(qb, &text), -ETIMEDOUT);
    cr_assert_not_null(strstr(text, "2000 ms"), "%s", text);
    /* No second wait after the first. */
    start = be->now_us(be);
    cr_assert_eq(be->mmio_read(be, qemu_backend_window(0), 2), 0xffffu);
    cr_assert_lt(be->now_us(be) - start, 500000);
    cr_assert_eq(qemu_backend_close(qb), -ETIMEDOUT);
    cr_assert(no_children());
}

Test(qtest, qemu_ends_with_its_parent)
{
    int ends[2];
    long pid = 0;
    pid_t child;

    /* Orphans become our children, so that their end can be seen. */
    cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    cr_assert_eq(pipe(ends), 0);
    child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        struct qemu_backend *qb = NULL;
        bool ok = qemu_backend_open(&qb, &(struct qemu_backend_config){.modern = true}) == 0;

        pid = ok ? qemu_backend_pid(qb) : -1;
        _exit(write(ends[1], &pid, sizeof(pid)) == (ssize_t)sizeof(pid) ? 0 : 1);
    }
    (void)close(ends[1]);
    cr_assert_eq(read(ends[0], &pid, sizeof(pid)), (ssize_t)sizeof(pid));
    cr_assert_gt(pid, 0);
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_assert_eq(waitpid((pid_t)pid, NULL, 0), (pid_t)pid);
    cr_assert(no_children());
    (void)close(ends[0]);
}
