/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenario firmware: one scenario of harness/scenarios on the board that it finds in its device
 * tree. Boot arguments: args.h. What happens at the far side of a device it asks of the program
 * that started QEMU (mailbox.h, harness/boards).
 *
 * By hand, without such a program, host=0 runs the scenarios of blk (of the other types each ends
 * with a look at the far side, and fails). A disk is an image of 131072 bytes with nothing but
 * zeroes (truncate -s 128k disk.img), a fresh one each time:
 *
 *   qemu-system-riscv64 -M virt -m 128 -nographic -bios none -kernel FIRMWARE \
 *     -append "scenario=blk:read-4k host=0" \
 *     -blockdev driver=raw,node-name=d0,file.driver=file,file.filename=disk.img \
 *     -device virtio-blk-device,drive=d0,bus=virtio-mmio-bus.0 \
 *     -global virtio-mmio.force-legacy=false
 *
 * On Arm: qemu-system-aarch64 -M virt -cpu cortex-a53 -nic none \
 *     -semihosting-config enable=on,target=native, without -bios, the rest as above.
 *
 * Exit status: enum board_exit in board.h; 0 when all is as it has to be.
 */
#include <libfdt.h>

#include "board.h"
#include "le.h"
#include "mailbox_client.h"
#include "run.h"
#include "trace.h"
#include "virtio_bare.h"

#define POST_MORTEM_ENTRIES 40u

static const struct app_type *const types[] = {&app_blk, &app_net, &app_console, &app_gpu,
                                               &app_input};

void board_post_mortem(void)
{
    trace_print(mailbox_memory(), POST_MORTEM_ENTRIES);
}

/* ---- what is asked ---- */

static bool is(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && memcmp(a, b, strlen(a)) == 0;
}

static const struct app_type *find_type(const char *name)
{
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
        if (is(types[t]->name, name)) {
            return types[t];
        }
    }
    board_printf("boot arguments: scenario=%s:... has no such type, expected blk, net, console, "
                 "gpu or input",
                 name);
    return NULL;
}

static const struct scenario *find_scenario(const struct app_type *type, const char *name)
{
    for (unsigned s = 0; s < *type->num_scenarios; s++) {
        if (is(type->scenarios[s].name, name)) {
            return &type->scenarios[s];
        }
    }
    board_printf("boot arguments: scenario=%s:%s is not one of the %u scenarios of %s", type->name,
                 name, *type->num_scenarios, type->name);
    return NULL;
}

/* False: what is asked for does not go together. */
static bool fits(const struct scenario *sc, const struct app_args *args, unsigned *devices)
{
    unsigned needed = sc->needs.devices != 0 ? sc->needs.devices : 1u;

    *devices = args->devices != 0 ? args->devices : needed;
    if ((sc->flags & SCN_NO_QEMU) != 0) {
        board_printf("boot arguments: scenario=%s:%s needs a device that QEMU does not have",
                     sc->device, sc->name);
    } else if ((sc->flags & SCN_INTERRUPTS) != 0 && args->polled) {
        board_printf("boot arguments: polled=1, but scenario %s:%s needs interrupts", sc->device,
                     sc->name);
    } else if (*devices < needed) {
        board_printf("boot arguments: devices=%u, but scenario %s:%s needs %u", *devices,
                     sc->device, sc->name, needed);
    } else {
        return true;
    }
    return false;
}

static void parse(const void *fdt, struct app_args *args, struct app_run *run)
{
    int chosen = fdt_path_offset(fdt, "/chosen");
    int len = 0;
    const char *text = chosen >= 0 ? fdt_getprop(fdt, chosen, "bootargs", &len) : NULL;
    bool good;

    if (text == NULL || len <= 0 || text[len - 1] != '\0') {
        board_printf("device tree: /chosen has no bootargs, expected scenario=<type>:<name>");
        board_exit(BOARD_EXIT_USAGE);
    }
    good = args_parse(text, args);
    run->type = good ? find_type(args->type) : NULL;
    run->scenario = run->type != NULL ? find_scenario(run->type, args->scenario) : NULL;
    if (run->scenario == NULL || !fits(run->scenario, args, &run->num_windows)) {
        board_exit(BOARD_EXIT_USAGE);
    }
}

/* ---- what there is ---- */

static void check_tree(const void *fdt)
{
    static char why[VIRTIO_FDT_TEXT_MAX];

    if (fdt == NULL) {
        board_printf("device tree: the loader handed over none");
        board_exit(BOARD_EXIT_NO_TREE);
    }
    if (virtio_fdt_check(fdt, BOARD_FDT_MAX, why) != 0) {
        board_printf("device tree: %s", why);
        board_exit(BOARD_EXIT_NO_TREE);
    }
}

static void find_devices(const void *fdt, struct app_run *run)
{
    static struct app_window windows[SCN_DEVICES_MAX];
    int ret = windows_collect(fdt, BOARD_FDT_MAX);

    if (ret == -ENODEV) {
        board_printf("device tree: no virtio,mmio node that can be used");
        board_exit(BOARD_EXIT_NO_VIRTIO);
    }
    if (ret != 0) {
        board_exit(BOARD_EXIT_NO_TREE);
    }
    ret = windows_pick(run->type->device_id, windows, run->num_windows);
    if (ret < 0) {
        board_exit(BOARD_EXIT_BOARD);
    }
    if ((unsigned)ret < run->num_windows) {
        board_exit(BOARD_EXIT_NO_DEVICE);
    }
    run->windows = windows;
}

static void greet_host(const struct app_run *run)
{
    const struct mailbox_question hello = {.op = MAILBOX_HELLO, .args = {run->num_windows}};
    int ret = mailbox_has_host() ? mailbox_ask(&hello) : 0;

    if (ret != 0) {
        board_printf("mailbox: the far side cannot be connected: error %d", ret);
        board_exit(BOARD_EXIT_NO_HOST);
    }
}

/* What must not happen, and how the firmware ends then. */
static void provoke(const struct app_args *args)
{
    if (args->provoke == 1u) {
        __builtin_trap();
    }
    if (args->provoke == 2u) {
        board_watchdog(virtio_bare_now_us() + (uint64_t)args->watchdog_s * 1000000u);
        for (;;) {
        }
    }
}

/* ---- the end ---- */

static void tell_verdict(struct mailbox_verdict *v)
{
    const struct mailbox_question done = {.op = MAILBOX_DONE, .data = v, .data_len = sizeof(*v)};

    v->outcome = (int32_t)le32((uint32_t)v->outcome);
    v->recovery = (int32_t)le32((uint32_t)v->recovery);
    v->failures = le32(v->failures);
    v->data_errors = le32(v->data_errors);
    for (unsigned i = 0; i < 2u; i++) {
        v->status[i] = le32(v->status[i]);
        for (unsigned s = 0; s < sizeof(v->may[i]) / sizeof(v->may[i][0]); s++) {
            v->may[i][s] = le16(v->may[i][s]);
        }
    }
    v->private_pieces = le32(v->private_pieces);
    v->dma_pieces = le32(v->dma_pieces);
    v->mapped = le32(v->mapped);
    v->reads = le32(v->reads);
    v->writes = le32(v->writes);
    v->interrupts = le32(v->interrupts);
    v->stack_bytes = le32(v->stack_bytes);
    v->free_bytes_peak = le32(v->free_bytes_peak);
    mailbox_tell(&done);
}

static bool say_verdict(const struct app_run *run, const struct app_args *args,
                        const struct mailbox_verdict *v)
{
    static char why[APP_WHY_MAX];
    bool passed = app_passed(v, why);
    bool legacy = run->windows[0].version == VIRTIO_MMIO_VERSION_LEGACY;
    bool polled = args->polled || run->scenario->needs.polled || run->windows[0].window.polled;

    board_printf("%s %s:%s %s %s: %u reads, %u writes, %u interrupts, %u bytes of stack, %u bytes "
                 "of memory%s%s",
                 passed ? "PASS" : "FAIL", run->type->name, run->scenario->name,
                 legacy ? "legacy" : "modern", polled ? "polled" : "interrupts", (unsigned)v->reads,
                 (unsigned)v->writes, (unsigned)v->interrupts, (unsigned)v->stack_bytes,
                 (unsigned)v->free_bytes_peak, passed ? "" : ": ", why);
    return passed;
}

void board_main(const void *fdt)
{
    static struct mailbox_verdict verdict;
    struct app_args args;
    struct app_run run = {0};
    void *memory;
    size_t bytes;
    bool passed;

    check_tree(fdt);
    if (board_init(fdt) != 0) {
        board_exit(BOARD_EXIT_BOARD);
    }
    parse(fdt, &args, &run);
    find_devices(fdt, &run);
    board_free_memory(&memory, &bytes);
    virtio_bare_memory(memory, bytes);
    mailbox_open(args.host);
    trace_begin(mailbox_memory());
    provoke(&args);
    greet_host(&run);
    app_run(&run, &args, &verdict);
    passed = say_verdict(&run, &args, &verdict);
    tell_verdict(&verdict);
    board_exit(passed ? BOARD_EXIT_PASS : BOARD_EXIT_FAIL);
}
