/* SPDX-License-Identifier: Apache-2.0 */
/* See windows.h. */
#include "windows.h"

#include "board.h"
#include "le.h"
#include "virtio_bare.h"

#define REG_MAGIC     0x000u
#define REG_VERSION   0x004u
#define REG_DEVICE_ID 0x008u
#define MAGIC         UINT32_C(0x74726976) /* "virt" */

static struct virtio_fdt_node nodes[VIRTIO_FDT_WINDOWS];
static unsigned num_nodes;
static struct virtio_bare_bus not_coherent; /* dma_coherent false */

/* ---- collecting ---- */

static int add(void *ctx, const struct virtio_fdt_node *node)
{
    unsigned n = num_nodes;

    (void)ctx;
    if (node->base > UINTPTR_MAX || node->size - 1u > UINTPTR_MAX - node->base) {
        board_printf("device tree: %s: window at 0x%llx, which this CPU cannot reach", node->path,
                     (unsigned long long)node->base);
        return 0;
    }
    if (n == VIRTIO_FDT_WINDOWS) {
        return 0;
    }
    for (; n != 0 && nodes[n - 1u].base > node->base; n--) {
        nodes[n] = nodes[n - 1u];
    }
    nodes[n] = *node;
    num_nodes++;
    return 0;
}

static void skipped(void *ctx, int error, const char *text)
{
    (void)ctx;
    board_printf("device tree: %s (error %d)", text, error);
}

int windows_collect(const void *fdt, size_t size)
{
    const struct virtio_fdt_ops ops = {.window = add, .skipped = skipped};
    int ret;

    num_nodes = 0;
    ret = virtio_fdt_discover(fdt, size, &ops, NULL, NULL);
    return ret == 0 && num_nodes == 0 ? -ENODEV : ret;
}

/* ---- picking ---- */

/* On RISC-V devices see the caches unless the platform says otherwise, and its trees do not carry
 * the property; elsewhere it is needed. */
static bool is_coherent(const struct virtio_fdt_node *node)
{
#if defined(__riscv)
    (void)node;
    return true;
#else
    return node->dma_coherent;
#endif
}

static uint32_t read_reg(const struct virtio_window *window, unsigned reg)
{
    return le32(virtio_port_read32(window->ctx, window->base + reg));
}

static struct virtio_window window_of(const struct virtio_fdt_node *node)
{
    return (struct virtio_window){.base = (uintptr_t)node->base,
                                  .size = (size_t)node->size,
                                  .ctx = is_coherent(node) ? NULL : &not_coherent};
}

static int describe(const struct virtio_fdt_node *node, struct app_window *out)
{
    out->window = window_of(node);
    out->version = read_reg(&out->window, REG_VERSION);
    memcpy(out->path, node->path, sizeof(out->path));
    if (node->irq.num_cells == 0) {
        board_printf("device tree: %s has no interrupt: the device is polled", node->path);
        out->window.polled = true;
        return 0;
    }
    return board_irq_number(&node->irq, &out->window.irq);
}

static void say_what_there_is(void)
{
    for (unsigned n = 0; n < num_nodes; n++) {
        struct virtio_window w = window_of(&nodes[n]);
        uint32_t id = read_reg(&w, REG_DEVICE_ID);

        if (id != 0) {
            board_printf("  %s: DeviceID %u", nodes[n].path, (unsigned)id);
        }
    }
}

int windows_pick(uint32_t device_id, struct app_window *out, unsigned max)
{
    unsigned found = 0;

    for (unsigned n = 0; n < num_nodes && found < max; n++) {
        struct virtio_window w = window_of(&nodes[n]);

        if (read_reg(&w, REG_MAGIC) == MAGIC && read_reg(&w, REG_DEVICE_ID) == device_id) {
            int ret = describe(&nodes[n], &out[found]);

            if (ret != 0) {
                return ret;
            }
            found++;
        }
    }
    if (found < max) {
        board_printf("devices with DeviceID %u: %u, expected %u; in %u windows there are",
                     (unsigned)device_id, found, max, num_nodes);
        say_what_there_is();
    }
    return (int)found;
}
