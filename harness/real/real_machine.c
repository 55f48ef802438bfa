/* SPDX-License-Identifier: Apache-2.0 */
/* See real_machine.h. */
#include "real_machine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "register_names.h"

#define CONFIG_SPACE 0x100u
#define OPTION_MAX   1024u
#define COMMAND_MAX  4096u

/* ---- names ---- */

const char *real_register_name(unsigned offset, char *buf, size_t size)
{
    const char *known = register_name(offset);

    if (known != NULL) {
        return known;
    }
    if (offset >= CONFIG_SPACE) {
        (void)snprintf(buf, size, "config+%u", offset - CONFIG_SPACE);
    } else {
        (void)snprintf(buf, size, "0x%03x", offset);
    }
    return buf;
}

const char *real_error_name(int error)
{
    static char number[16];
    const char *name = error == 0 ? "OK" : strerrorname_np(-error);

    if (name == NULL) {
        (void)snprintf(number, sizeof(number), "%d", error);
        name = number;
    }
    return name;
}

/* ---- trace ---- */

static void trace_log(void *ctx, int level, const char *line)
{
    static const char *const levels[] = {"error", "warning", "info"};
    struct real_machine *m = ctx;

    if (m->trace != NULL) {
        (void)fprintf(m->trace, "  %s: %s\n", levels[level >= 0 && level < 3 ? level : 2], line);
    }
}

static void trace_access(void *ctx, bool write, uint64_t bus_addr, unsigned width, uint64_t value)
{
    struct real_machine *m = ctx;
    uint64_t rel = bus_addr - qemu_backend_window(0);
    unsigned window = (unsigned)(rel / qemu_backend_window_size());
    unsigned offset = (unsigned)(rel % qemu_backend_window_size());
    char name[24];

    (void)fprintf(m->trace, "  %u %s%u %-18s 0x%" PRIx64 "\n", window, write ? "W" : "R", width,
                  real_register_name(offset, name, sizeof(name)), value);
}

/* ---- command line ---- */

int real_machine_drive(struct qemu_args *args, const struct real_drive *drive, unsigned i)
{
    const char *props = drive->props != NULL ? drive->props : "";
    char file[OPTION_MAX];

    qemu_args_add(args, "-blockdev");
    if (drive->blockdev != NULL) {
        qemu_args_add(args, "%s", drive->blockdev);
    } else {
        int ret = qemu_escape_option(drive->path, file, sizeof(file));

        if (ret != 0) {
            return ret;
        }
        /* Through -blockdev no part of a file name is taken for a protocol or a format. */
        qemu_args_add(args,
                      "driver=raw,node-name=d%u,read-only=%s,discard=unmap,file.driver=file,"
                      "file.filename=%s",
                      i, drive->read_only ? "on" : "off", file);
    }
    qemu_args_add(args, "-device");
    qemu_args_add(args,
                  "virtio-blk-device,drive=d%u,bus=virtio-mmio-bus.%u,rerror=report,"
                  "werror=report%s%s",
                  i, i, props[0] != '\0' ? "," : "", props);
    return 0;
}

/* ---- life ---- */

static void on_interrupt(void *ctx, unsigned irq)
{
    struct real_machine *m = ctx;

    for (unsigned i = 0; i < REAL_WINDOWS; i++) {
        if (qemu_backend_window_irq(i) == irq && m->irqs[i].fn != NULL) {
            (void)m->irqs[i].fn(m->irqs[i].arg);
        }
    }
}

int real_machine_open(struct real_machine *m, const struct real_machine_config *cfg)
{
    struct qemu_args args = {0};
    struct qemu_backend_config qcfg = {
        .modern = cfg->modern,
        .log = trace_log,
        .access = cfg->trace != NULL ? trace_access : NULL,
        .ctx = m,
        .message = &m->message,
    };
    int ret = 0;

    memset(m, 0, sizeof(*m));
    m->trace = cfg->trace;
    for (unsigned i = 0; i < cfg->num_drives && ret == 0; i++) {
        ret = real_machine_drive(&args, &cfg->drives[i], i);
    }
    if (ret == 0 && cfg->args != NULL) {
        ret = cfg->args(cfg->ctx, &args);
    }
    if (ret == 0 && args.failed) {
        ret = -ENOMEM;
    }
    if (ret != 0) {
        qemu_message_set(&m->message, "the command line of QEMU: %s", strerror(-ret));
    } else {
        qcfg.extra_args = (const char *const *)args.argv;
        ret = qemu_backend_open(&m->qb, &qcfg);
    }
    qemu_args_free(&args);
    if (ret != 0) {
        return ret;
    }
    if (m->trace != NULL) {
        (void)fprintf(m->trace, "  %s\n", qemu_backend_command(m->qb));
    }
    for (unsigned i = 0; i < REAL_WINDOWS; i++) {
        qemu_backend_irq_connect(m->qb, i, false);
    }
    qemu_backend_set_irq(m->qb, on_interrupt, m);
    host_current = qemu_backend_host(m->qb);
    return 0;
}

bool real_machine_driver_is_here(const struct real_machine *m)
{
    return m->qb != NULL;
}

void real_machine_connect(struct real_machine *m, unsigned window, bool (*fn)(void *arg), void *arg)
{
    m->irqs[window].fn = fn;
    m->irqs[window].arg = arg;
    qemu_backend_irq_connect(m->qb, window, fn != NULL);
}

int real_machine_qmp(struct real_machine *m, const char **reply, const char *format, ...)
{
    char command[COMMAND_MAX];
    va_list args;
    int n;
    int ret;

    va_start(args, format);
    n = vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof(command)) {
        return -EMSGSIZE;
    }
    ret = real_machine_driver_is_here(m) ? qemu_backend_qmp(m->qb, command, reply)
                                         : qmp_execute(m->qmp, command, reply);
    if (m->trace != NULL) {
        (void)fprintf(m->trace, "  QMP %s: %s\n", command, real_error_name(ret));
    }
    return ret;
}

struct virtio_window real_machine_window(unsigned i, bool polled)
{
    return (struct virtio_window){.base = (uintptr_t)qemu_backend_window(i),
                                  .size = (size_t)qemu_backend_window_size(),
                                  .irq = qemu_backend_window_irq(i),
                                  .polled = polled};
}

int real_machine_close(struct real_machine *m)
{
    int ret = qemu_backend_close(m->qb);

    m->qb = NULL;
    host_current = NULL;
    return ret;
}
