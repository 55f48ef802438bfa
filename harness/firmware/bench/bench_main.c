/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cost firmware: what the operations of one device type cost on this board (bench.h). Boot
 * arguments are those of the scenario firmware, with scenario=<type>:bench; QEMU runs with
 * -icount shift=0, and harness/boards plays the far side and reads the lines that begin with
 * "cost". Two images of it: one with the driver as it is, one with the port that watches register
 * accesses, whose instructions mean nothing.
 */
#include <libfdt.h>

#include "args.h"
#include "bench_meter.h"
#include "board.h"
#include "virtio_bare.h"
#include "windows.h"

static const struct bench_type *const types[] = {&bench_blk, &bench_net, &bench_console, &bench_gpu,
                                                 &bench_input};

void board_post_mortem(void)
{
}

/* ---- what is asked ---- */

static const struct bench_type *find_type(const struct app_args *args)
{
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
        if (strlen(args->type) == strlen(types[t]->name) &&
            memcmp(args->type, types[t]->name, strlen(args->type)) == 0) {
            return types[t];
        }
    }
    board_printf("boot arguments: scenario=%s:... has no such type, expected blk, net, console, "
                 "gpu or input",
                 args->type);
    board_exit(BOARD_EXIT_USAGE);
}

static const struct bench_type *parse(const void *fdt, struct app_args *args)
{
    int chosen = fdt_path_offset(fdt, "/chosen");
    int len = 0;
    const char *text = chosen >= 0 ? fdt_getprop(fdt, chosen, "bootargs", &len) : NULL;

    if (text == NULL || len <= 0 || text[len - 1] != '\0') {
        board_printf("device tree: /chosen has no bootargs, expected scenario=<type>:bench");
        board_exit(BOARD_EXIT_USAGE);
    }
    if (!args_parse(text, args)) {
        board_exit(BOARD_EXIT_USAGE);
    }
    return find_type(args);
}

/* ---- what there is ---- */

static void check_tree(const void *fdt)
{
    static char why[VIRTIO_FDT_TEXT_MAX];

    if (fdt == NULL || virtio_fdt_check(fdt, BOARD_FDT_MAX, why) != 0) {
        board_printf("device tree: %s", fdt == NULL ? "the loader handed over none" : why);
        board_exit(BOARD_EXIT_NO_TREE);
    }
}

static void find_device(const void *fdt, const struct bench_type *type, struct app_window *where)
{
    int ret = windows_collect(fdt, BOARD_FDT_MAX);

    if (ret != 0) {
        board_printf("device tree: virtio,mmio nodes: error %d", ret);
        board_exit(ret == -ENODEV ? BOARD_EXIT_NO_VIRTIO : BOARD_EXIT_NO_TREE);
    }
    ret = windows_pick(type->device_id, where, 1);
    if (ret != 1) {
        board_exit(ret < 0 ? BOARD_EXIT_BOARD : BOARD_EXIT_NO_DEVICE);
    }
    if (where->window.polled) {
        board_printf("device tree: %s has no interrupt, expected one", where->path);
        board_exit(BOARD_EXIT_BOARD);
    }
}

static void greet_host(void)
{
    const struct mailbox_question hello = {.op = MAILBOX_HELLO, .args = {1}};
    int ret = mailbox_has_host() ? mailbox_ask(&hello) : 0;

    if (ret != 0) {
        board_printf("mailbox: the far side cannot be connected: error %d", ret);
        board_exit(BOARD_EXIT_NO_HOST);
    }
}

/* ---- the run ---- */

static bool on_interrupt(void *dev)
{
    return virtio_interrupt(dev);
}

static void connect(const struct bench_type *type, const struct virtio_window *window, bool on)
{
    if (!window->polled) {
        board_irq_connect(window->irq, on ? on_interrupt : NULL, on ? type->dev : NULL);
    }
}

static int run(const struct bench_type *type, const struct app_window *where, bool polled)
{
    struct virtio_window window = where->window;
    int ret;
    int removed;

    window.polled = polled;
    connect(type, &window, true);
    ret = bench_probe(type, &window);
    if (ret != 0) {
        return ret;
    }
    ret = type->ready != NULL ? type->ready() : 0;
    connect(type, &window, false);
    for (unsigned i = 0; i < type->num_ops && ret == 0 && (type->polls || !polled); i++) {
        ret = bench_rounds(&type->ops[i], polled ? "-polled" : "");
    }
    connect(type, &window, true);
    removed = type->remove();
    connect(type, &window, false);
    return ret != 0 ? ret : removed;
}

void board_main(const void *fdt)
{
    static struct app_window where;
    const struct bench_type *type;
    struct app_args args;
    void *memory;
    size_t bytes;
    bool legacy;
    int ret;

    check_tree(fdt);
    if (board_init(fdt) != 0) {
        board_exit(BOARD_EXIT_BOARD);
    }
    type = parse(fdt, &args);
    find_device(fdt, type, &where);
    board_free_memory(&memory, &bytes);
    virtio_bare_memory(memory, bytes);
    mailbox_open(args.host);
    greet_host();
    legacy = where.version == VIRTIO_MMIO_VERSION_LEGACY;
    bench_watch(mailbox_memory(), &where.window, legacy);
    board_printf("bench %s %s %s", type->name, legacy ? "legacy" : "modern",
                 bench_watches ? "accesses" : "instructions");
    board_watchdog(virtio_port_now_us() + (uint64_t)args.watchdog_s * 1000000u);
    bench_calibrate();
    ret = run(type, &where, true);
    ret = ret != 0 ? ret : run(type, &where, false);
    board_watchdog(0);
    board_exit(ret == 0 ? BOARD_EXIT_PASS : BOARD_EXIT_FAIL);
}
