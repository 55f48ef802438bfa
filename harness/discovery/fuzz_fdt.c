/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Discovery on arbitrary bytes. The blob ends where memory ends, so that one byte too far is a
 * crash, inside libfdt too, which no sanitizer looks into. What is handed out is compared with what
 * libfdt's own slow ways (fdt_parent_offset, fdt_get_path) say of the same node.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "fuzz_fdt.h"

#include <errno.h>
#include <libfdt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "virtio/virtio_discovery.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define BLOB_MAX (1u << 20)

struct check {
    const char *blob;
    struct virtio_fdt_node nodes[VIRTIO_FDT_WINDOWS];
    unsigned windows, skipped;
    bool is_refused; /* the blob as a whole */
};

#define PROMISE(condition) promise((condition), #condition, __LINE__)

static void promise(bool kept, const char *what, int line)
{
    if (!kept) {
        fprintf(stderr, "fuzz_fdt.c:%d: promise broken: %s\n", line, what);
        abort();
    }
}

/* ---- a node that is handed out ---- */

static uint32_t cell(const void *property, unsigned i)
{
    return fdt32_ld((const fdt32_t *)property + i);
}

static void check_irq(const struct check *c, const struct virtio_fdt_node *node)
{
    const struct virtio_fdt_irq *irq = &node->irq;
    struct virtio_fdt_irq again;
    int len = 0;
    const fdt32_t *p = fdt_getprop(c->blob, node->node, "interrupts-extended", &len);
    unsigned before = p != NULL ? 1u : 0u;

    if (p == NULL) {
        p = fdt_getprop(c->blob, node->node, "interrupts", &len);
    }
    PROMISE(irq->num_cells <= VIRTIO_FDT_IRQ_CELLS);
    PROMISE((irq->num_cells == 0) == (p == NULL));
    for (unsigned i = 0; i < VIRTIO_FDT_IRQ_CELLS; i++) {
        PROMISE(irq->cells[i] == (i < irq->num_cells ? cell(p, before + i) : 0));
    }
    PROMISE(virtio_fdt_interrupt(c->blob, node->node, &again) == 0);
    PROMISE(memcmp(&again, irq, sizeof(again)) == 0);
    if (irq->num_cells != 0) {
        PROMISE(len == (int)(before + irq->num_cells) * 4);
        PROMISE(fdt_getprop(c->blob, irq->parent_node, "interrupt-controller", NULL) != NULL);
        p = fdt_getprop(c->blob, irq->parent_node, "#interrupt-cells", &len);
        PROMISE(p != NULL && len == 4 && cell(p, 0) == irq->num_cells);
        PROMISE(irq->parent == fdt_get_phandle(c->blob, irq->parent_node));
    }
}

/* Whether every bus above says that it does not translate. */
static bool is_identity(const char *blob, int node)
{
    int len = 0;

    for (node = fdt_parent_offset(blob, node); node > 0; node = fdt_parent_offset(blob, node)) {
        PROMISE(fdt_getprop(blob, node, "ranges", &len) != NULL);
        if (len != 0) {
            return false;
        }
    }
    return node == 0;
}

static void check_reg(const struct check *c, const struct virtio_fdt_node *node)
{
    int parent = fdt_parent_offset(c->blob, node->node);
    int address_cells = fdt_address_cells(c->blob, parent);
    int size_cells = fdt_size_cells(c->blob, parent);
    int len = 0;
    const fdt32_t *reg = fdt_getprop(c->blob, node->node, "reg", &len);
    uint64_t raw = 0;
    uint64_t base = 0;
    uint64_t size = 0;

    PROMISE(reg != NULL && len == (address_cells + size_cells) * 4);
    for (int i = 0; i < address_cells; i++) {
        raw = raw << 32 | cell(reg, (unsigned)i);
    }
    PROMISE(!is_identity(c->blob, node->node) || raw == node->base);
    PROMISE(virtio_fdt_reg(c->blob, node->node, 0, &base, &size) == 0);
    PROMISE(base == node->base && size == node->size);
    PROMISE(virtio_fdt_reg(c->blob, node->node, 1, &base, &size) == -ENOENT);
    PROMISE(node->size >= VIRTIO_FDT_WINDOW_MIN && node->base % 4u == 0);
    PROMISE(node->base <= UINT64_MAX - node->size);
    for (unsigned i = 0; i < c->windows; i++) {
        const struct virtio_fdt_node *o = &c->nodes[i];

        PROMISE(node->base >= o->base + o->size || o->base >= node->base + node->size);
        PROMISE(node->node > o->node);
    }
}

static bool is_printable(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);

    for (; end != NULL && text != end; text++) {
        if (*text < ' ' || *text > '~') {
            return false;
        }
    }
    return end != NULL;
}

/* The names from the root on, printable and cut. fdt_get_path would do, but for a name with a slash
 * in it anywhere in the tree. */
static void spell_path(const char *blob, int node, char *path)
{
    int above[VIRTIO_FDT_DEPTH];
    unsigned depth = 0;
    size_t len = 0;

    for (; node > 0; node = fdt_parent_offset(blob, node)) {
        PROMISE(depth < VIRTIO_FDT_DEPTH);
        above[depth++] = node;
    }
    while (depth > 0) {
        const char *name = fdt_get_name(blob, above[--depth], NULL);

        for (char c = '/'; c != '\0' && len + 1u < VIRTIO_FDT_PATH_MAX; c = *name++) {
            path[len++] = c < ' ' || c > '~' ? '?' : c;
        }
    }
    path[len] = '\0';
}

static int on_window(void *ctx, const struct virtio_fdt_node *node)
{
    struct check *c = ctx;
    char path[VIRTIO_FDT_PATH_MAX];

    PROMISE(c->windows < VIRTIO_FDT_WINDOWS);
    PROMISE(memchr(node->path, '\0', sizeof(node->path)) != NULL);
    spell_path(c->blob, node->node, path);
    PROMISE(strcmp(path, node->path) == 0);
    PROMISE(fdt_node_check_compatible(c->blob, node->node, "virtio,mmio") == 0);
    check_reg(c, node);
    check_irq(c, node);
    c->nodes[c->windows++] = *node;
    return 0;
}

static void on_skipped(void *ctx, int error, const char *text)
{
    struct check *c = ctx;

    PROMISE(error == -EINVAL || error == -ENOTSUP || error == -EEXIST || error == -ENOSPC);
    PROMISE(is_printable(text, VIRTIO_FDT_TEXT_MAX));
    if (text[0] == '/') {
        c->skipped++;
    } else {
        PROMISE(strncmp(text, "device tree: ", 13) == 0 && text[13] != '\0');
        PROMISE(!c->is_refused);
        c->is_refused = true;
    }
}

/* ---- the whole ---- */

static unsigned count_compatible(const char *blob)
{
    unsigned n = 0;

    for (int node = fdt_next_node(blob, -1, NULL); node >= 0;
         node = fdt_next_node(blob, node, NULL)) {
        n += fdt_node_check_compatible(blob, node, "virtio,mmio") == 0 &&
             fdt_stringlist_count(blob, node, "compatible") > 0;
    }
    return n;
}

static void check_blob(const char *blob, size_t size)
{
    static const struct virtio_fdt_ops ops = {on_window, on_skipped};
    static struct check c;
    struct virtio_fdt_found found;
    char why[VIRTIO_FDT_TEXT_MAX];
    int checked = virtio_fdt_check(blob, size, why);
    int ret;

    c.blob = blob;
    c.windows = 0;
    c.skipped = 0;
    c.is_refused = false;
    ret = virtio_fdt_discover(blob, size, &ops, &c, &found);
    PROMISE(found.windows == c.windows && found.skipped == c.skipped);
    PROMISE(is_printable(why, sizeof(why)));
    PROMISE((checked == 0) == (why[0] == '\0'));
    PROMISE((checked == 0) == !c.is_refused);
    if (checked != 0) {
        PROMISE(checked == -EINVAL && ret == -EINVAL && c.windows == 0 && c.skipped == 0);
        return;
    }
    PROMISE(ret == (c.windows != 0 ? 0 : -ENODEV));
    PROMISE(fdt_check_full(blob, size) == 0);
    PROMISE(found.windows + found.skipped + found.disabled == count_compatible(blob));
}

/* The end of what comes back is the end of accessible memory, but for up to 7 bytes that keep the
 * blob aligned; those are only for what is compiled with AddressSanitizer. */
static char *memory_before_guard(size_t size)
{
    static char *region;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (region == NULL) {
        region =
            mmap(NULL, BLOB_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (region == MAP_FAILED || mprotect(region + BLOB_MAX, page, PROT_NONE) != 0) {
            perror("fuzz_fdt: memory");
            exit(2);
        }
        ASAN_POISON_MEMORY_REGION(region, BLOB_MAX);
    }
    return region + BLOB_MAX - ((size + 7u) & ~(size_t)7u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *blob;

    if (size > BLOB_MAX) {
        return 0;
    }
    blob = memory_before_guard(size);
    ASAN_UNPOISON_MEMORY_REGION(blob, size);
    if (size != 0) {
        memcpy(blob, data, size);
    }
    check_blob(blob, size);
    ASAN_POISON_MEMORY_REGION(blob, size);
    return 0;
}
