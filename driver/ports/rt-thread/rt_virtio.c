/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows to rt_devices: which driver a window gets, names, errors; see rt_virtio.h and
 * rt_virtio_priv.h. Registers identify the window here and again in the driver's probe: only what
 * the driver reads counts.
 */
#include "rt_virtio_priv.h"

#include "virtio/virtio_errno.h"

#ifndef RT_NAME_MAX
#error "RT_NAME_MAX is not set"
#elif RT_NAME_MAX < 16
#error "RT_NAME_MAX must be at least 16: virtio-console0 has 15 letters"
#endif

#define NAMES_MAX        1000u /* devices of a kind that a name is looked for */
#define INIT_WINDOW_SIZE 0x200u
#define WINDOW_MIN       0x100u
#define PAGE_BYTES       4096u
#define MAGIC            0x74726976u /* "virt" */

enum { REG_MAGIC = 0x0, REG_VERSION = 0x4, REG_DEVICE_ID = 0x8 };

/* ---- errors ---- */

static const struct {
    int error;
    rt_err_t result;
} errors[] = {
    {0, RT_EOK},
    {-EIO, -RT_EIO},
    {-EPROTO, -RT_EIO},
    {-EPIPE, -RT_EIO},
    {-ENETDOWN, -RT_EIO},
    {-EROFS, -RT_EIO},
    {-ETIMEDOUT, -RT_ETIMEOUT},
    {-ENOMEM, -RT_ENOMEM},
    {-EAGAIN, -RT_EFULL},
    {-ENOSPC, -RT_EFULL},
    {-EBUSY, -RT_EBUSY},
    {-EEXIST, -RT_EBUSY},
    {-EINVAL, -RT_EINVAL},
    {-ERANGE, -RT_EINVAL},
    {-EMSGSIZE, -RT_EINVAL},
    {-ENODEV, -RT_ENOSYS},
    {-ENOTSUP, -RT_ENOSYS},
    {-ENXIO, -RT_EEMPTY},
    {-ENOENT, -RT_EEMPTY},
    {-ECANCELED, -RT_EINTR},
};

rt_err_t rt_virtio_error(int error)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].error == error) {
            return errors[i].result;
        }
    }
    return -RT_ERROR;
}

/* ---- names and windows ---- */

void rt_virtio_name(const char *prefix, char *name)
{
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        (void)rt_snprintf(name, RT_NAME_MAX, "%s%u", prefix, i);
        name[RT_NAME_MAX - 1] = '\0';
        if (rt_device_find(name) == RT_NULL) {
            return;
        }
    }
    /* The last one exists: rt_device_register says so. */
}

static void describe(uintptr_t base, size_t size, rt_uint32_t irq, struct virtio_window *window)
{
    memset(window, 0, sizeof(*window));
    window->base = base;
    window->size = size;
    window->irq = irq;
    window->polled = true;
#ifdef RT_VIRTIO_DMA_NONCOHERENT
    window->ctx = &rt_virtio_bus_cached;
#endif
}

void rt_virtio_window(rt_ubase_t *mmio_base, rt_uint32_t irq, struct virtio_window *window)
{
    describe((uintptr_t)mmio_base, INIT_WINDOW_SIZE, irq, window);
}

/* The CPU's address of a window; 0: it cannot be mapped. */
static uintptr_t map_window(rt_ubase_t phys, size_t size)
{
#ifdef RT_USING_SMART
    /* Whole pages: versions differ in what they make of the rest. */
    rt_ubase_t rest = phys & (PAGE_BYTES - 1u);
    uintptr_t page = (uintptr_t)rt_ioremap((void *)(phys - rest), rest + size);

    return page != 0 ? page + rest : 0;
#else
    (void)size;
    return (uintptr_t)phys;
#endif
}

static void unmap_window(uintptr_t base)
{
#ifdef RT_USING_SMART
    if (base != 0) {
        rt_iounmap((volatile void *)(base & ~(uintptr_t)(PAGE_BYTES - 1u)));
    }
#else
    (void)base;
#endif
}

/* ---- probing ---- */

struct kind {
    uint32_t device_id;
    rt_err_t (*attach)(const struct virtio_window *window);
};

/* Ends with the one that has no attach. */
static const struct kind kinds[] = {
#ifdef RT_USING_VIRTIO_BLK
    {VIRTIO_ID_BLOCK, rt_virtio_blk_attach},
#endif
#ifdef RT_USING_VIRTIO_NET
    {VIRTIO_ID_NET, rt_virtio_net_attach},
#endif
#ifdef RT_USING_VIRTIO_CONSOLE
    {VIRTIO_ID_CONSOLE, rt_virtio_console_attach},
#endif
#ifdef RT_USING_VIRTIO_GPU
    {VIRTIO_ID_GPU, rt_virtio_gpu_attach},
#endif
#ifdef RT_USING_VIRTIO_INPUT
    {VIRTIO_ID_INPUT, rt_virtio_input_attach},
#endif
    {VIRTIO_ID_NONE, RT_NULL},
};

static const struct kind *find_kind(uint32_t device_id)
{
    const struct kind *kind = kinds;

    while (kind->attach != RT_NULL && kind->device_id != device_id) {
        kind++;
    }
    return kind;
}

/* A register in the CPU's byte order; they are little-endian (section 4.2.2). */
static uint32_t read_register(const struct virtio_window *window, uintptr_t offset)
{
    uint32_t value = virtio_port_read32(window->ctx, window->base + offset);

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap32(value);
#endif
    return value;
}

rt_err_t rt_virtio_probe(const struct virtio_window *window)
{
    struct virtio_window polled;
    uint32_t version, device_id;
    const struct kind *kind;

    if (window == RT_NULL || window->base == 0 || (window->base & 3u) != 0 ||
        window->size < WINDOW_MIN) {
        return -RT_EINVAL;
    }
    if (read_register(window, REG_MAGIC) != MAGIC) {
        return -RT_ENOSYS;
    }
    version = read_register(window, REG_VERSION);
    if (version != VIRTIO_MMIO_VERSION_LEGACY && version != VIRTIO_MMIO_VERSION_MODERN) {
        return -RT_ENOSYS;
    }
    device_id = read_register(window, REG_DEVICE_ID);
    if (device_id == VIRTIO_ID_NONE) {
        return -RT_EEMPTY;
    }
    kind = find_kind(device_id);
    if (kind->attach == RT_NULL) {
        return -RT_ENOSYS;
    }
    polled = *window;
    polled.polled = true; /* until the glue connects the interrupt */
    return kind->attach(&polled);
}

/* Maps, probes, and says what went wrong other than that there is nothing. True: registered. */
static bool try_window(rt_ubase_t phys, size_t size, rt_uint32_t irq, virtio_port_ctx_t ctx)
{
    struct virtio_window window;
    rt_err_t result;

    describe(map_window(phys, size), size, irq, &window);
    if (ctx != NULL) {
        window.ctx = ctx;
    }
    result = rt_virtio_probe(&window);
    if (result == RT_EOK) {
        return true;
    }
    unmap_window(window.base);
    if (result != -RT_EEMPTY && result != -RT_ENOSYS) {
        virtio_port_log(VIRTIO_LOG_WARNING, "virtio: window at 0x%x: error %d", (unsigned)phys,
                        (int)result);
    }
    return false;
}

rt_uint32_t rt_virtio_probe_windows(const struct rt_virtio_windows *windows)
{
    rt_uint32_t registered = 0;

    for (rt_uint32_t i = 0; i < windows->count; i++) {
        rt_uint32_t irq = windows->irq != RT_VIRTIO_NO_IRQ ? windows->irq + i : RT_VIRTIO_NO_IRQ;

        if (try_window(windows->base + i * windows->size, windows->size, irq, NULL)) {
            registered++;
        }
    }
    return registered;
}

/* ---- what older board code calls ---- */

#if defined(RT_USING_VIRTIO_BLK) || defined(RT_USING_VIRTIO_NET) ||                                \
    defined(RT_USING_VIRTIO_CONSOLE) || defined(RT_USING_VIRTIO_GPU) ||                            \
    defined(RT_USING_VIRTIO_INPUT)
static rt_err_t init(rt_ubase_t *mmio_base, rt_uint32_t irq,
                     rt_err_t (*attach)(const struct virtio_window *window))
{
    struct virtio_window window;

    rt_virtio_window(mmio_base, irq, &window);
    return attach(&window);
}
#endif

#ifdef RT_USING_VIRTIO_BLK
rt_err_t rt_virtio_blk_init(rt_ubase_t *mmio_base, rt_uint32_t irq)
{
    return init(mmio_base, irq, rt_virtio_blk_attach);
}
#endif

#ifdef RT_USING_VIRTIO_NET
rt_err_t rt_virtio_net_init(rt_ubase_t *mmio_base, rt_uint32_t irq)
{
    return init(mmio_base, irq, rt_virtio_net_attach);
}
#endif

#ifdef RT_USING_VIRTIO_CONSOLE
rt_err_t rt_virtio_console_init(rt_ubase_t *mmio_base, rt_uint32_t irq)
{
    return init(mmio_base, irq, rt_virtio_console_attach);
}
#endif

#ifdef RT_USING_VIRTIO_GPU
rt_err_t rt_virtio_gpu_init(rt_ubase_t *mmio_base, rt_uint32_t irq)
{
    return init(mmio_base, irq, rt_virtio_gpu_attach);
}
#endif

#ifdef RT_USING_VIRTIO_INPUT
rt_err_t rt_virtio_input_init(rt_ubase_t *mmio_base, rt_uint32_t irq)
{
    return init(mmio_base, irq, rt_virtio_input_attach);
}
#endif

/* ---- device tree ---- */

#ifdef RT_VIRTIO_USING_FDT
#include <libfdt.h>

#include "virtio/virtio_discovery.h"

struct walk {
    const void *blob;
    rt_uint32_t (*irq)(const rt_uint32_t *cells, unsigned num_cells);
    rt_base_t registered;
};

/* The GIC's binding has three cells, of which the second counts from the first shared interrupt;
 * one cell is the PLIC's and that of most other controllers. */
static rt_uint32_t default_irq(const rt_uint32_t *cells, unsigned num_cells)
{
    const rt_uint32_t gic_spi = 0, gic_shared = 32, gic_numbers = 988;

    if (num_cells == 3 && cells[0] == gic_spi && cells[1] < gic_numbers) {
        return cells[1] + gic_shared;
    }
    return num_cells == 1 ? cells[0] : RT_VIRTIO_NO_IRQ;
}

static int found(void *ctx, const struct virtio_fdt_node *node)
{
    struct walk *walk = ctx;
    rt_uint32_t irq = RT_VIRTIO_NO_IRQ;
    virtio_port_ctx_t bus = NULL;

    if (node->base > UINTPTR_MAX || node->size > UINTPTR_MAX - node->base) {
        return 0; /* beyond what this CPU can address */
    }
    if (node->irq.num_cells != 0) {
        irq = walk->irq(node->irq.cells, node->irq.num_cells);
    }
#if !defined(__riscv)
    /* On RISC-V the tree mentions the devices that are not coherent. */
    bus = node->dma_coherent ? NULL : &rt_virtio_bus_cached;
#endif
    if (try_window((rt_ubase_t)node->base, (size_t)node->size, irq, bus)) {
        walk->registered++;
    }
    return 0;
}

static void skipped(void *ctx, int error, const char *text)
{
    (void)ctx;
    virtio_port_log(VIRTIO_LOG_WARNING, "virtio: %s: error %d", text, error);
}

/* The counter's frequency, if the tree has a believable one. */
static void take_timebase(const void *blob)
{
#ifdef __riscv
    int node = fdt_path_offset(blob, "/cpus");
    int len = 0;
    const fdt32_t *hz = node >= 0 ? fdt_getprop(blob, node, "timebase-frequency", &len) : RT_NULL;

    if (hz != RT_NULL && len == (int)sizeof(*hz) && fdt32_to_cpu(*hz) >= 1000u) {
        rt_virtio_timebase_hz = fdt32_to_cpu(*hz);
    }
#else
    (void)blob;
#endif
}

rt_base_t rt_virtio_probe_fdt(const void *blob, rt_size_t size,
                              rt_uint32_t (*irq)(const rt_uint32_t *cells, unsigned num_cells))
{
    static const struct virtio_fdt_ops ops = {.window = found, .skipped = skipped};
    struct walk walk = {.blob = blob, .irq = irq != RT_NULL ? irq : default_irq};
    int ret;

    if (virtio_fdt_check(blob, size, RT_NULL) == 0) {
        take_timebase(blob);
    }
    ret = virtio_fdt_discover(blob, size, &ops, &walk, RT_NULL);
    return ret == 0 || ret == -ENODEV ? walk.registered : rt_virtio_error(ret);
}
#else
rt_base_t rt_virtio_probe_fdt(const void *blob, rt_size_t size,
                              rt_uint32_t (*irq)(const rt_uint32_t *cells, unsigned num_cells))
{
    (void)blob;
    (void)size;
    (void)irq;
    return -RT_ENOSYS;
}
#endif
