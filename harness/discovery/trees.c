/* SPDX-License-Identifier: Apache-2.0 */
/* See trees.h. */
#include "trees.h"

#include <criterion/criterion.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *tree;
size_t tree_size;

static struct seen seen;

void tree_free(void)
{
    free(tree);
    tree = NULL;
    tree_size = 0;
}

void tree_resize(size_t size)
{
    char *other = malloc(size != 0 ? size : 1);

    cr_assert_not_null(other);
    memcpy(other, tree, size < tree_size ? size : tree_size);
    if (size > tree_size) {
        memset(other + tree_size, 0, size - tree_size);
    }
    free(tree);
    tree = other;
    tree_size = size;
}

void tree_load_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size;

    cr_assert_not_null(file, "cannot open %s", path);
    cr_assert_eq(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    cr_assert_gt(size, 0);
    rewind(file);
    tree_free();
    tree_size = (size_t)size;
    tree = malloc(tree_size);
    cr_assert_not_null(tree);
    cr_assert_eq(fread(tree, 1, tree_size, file), tree_size);
    (void)fclose(file);
}

void tree_load(const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s.dtb", RTV_TREES, name);
    tree_load_file(path);
}

void tree_grow(size_t spare)
{
    size_t size = tree_size + spare;

    tree_resize(size);
    cr_assert_eq(fdt_open_into(tree, tree, (int)size), 0);
}

int node_at(const char *path)
{
    int node = fdt_path_offset(tree, path);

    cr_assert_geq(node, 0, "no node %s", path);
    return node;
}

static int on_window(void *ctx, const struct virtio_fdt_node *node)
{
    struct seen *s = ctx;

    cr_assert_lt(s->num_nodes, SEEN_MAX);
    s->nodes[s->num_nodes++] = *node;
    return s->num_nodes == s->stop_after ? STOPPED : 0;
}

static void on_skipped(void *ctx, int error, const char *text)
{
    struct seen *s = ctx;

    cr_assert_lt(s->num_skips, SEEN_MAX);
    cr_assert_lt(strlen(text), VIRTIO_FDT_TEXT_MAX);
    s->skips[s->num_skips].error = error;
    memcpy(s->skips[s->num_skips].text, text, strlen(text) + 1u);
    s->num_skips++;
}

struct seen *discover_in(const void *blob, size_t size, unsigned stop_after)
{
    static const struct virtio_fdt_ops ops = {on_window, on_skipped};

    memset(&seen, 0, sizeof(seen));
    seen.stop_after = stop_after;
    seen.ret = virtio_fdt_discover(blob, size, &ops, &seen, &seen.found);
    cr_assert_eq(seen.found.windows, seen.num_nodes, "%u windows counted, %u handed out",
                 seen.found.windows, seen.num_nodes);
    return &seen;
}

struct seen *discover(void)
{
    return discover_in(tree, tree_size, 0);
}
