/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of discovery: the trees of fixtures/device-trees, and what is found in one. */
#ifndef TREES_H
#define TREES_H

#include <stddef.h>
#include <stdint.h>

#include "virtio/virtio_discovery.h"

#define SEEN_MAX 320u

/* Whatever virtio_fdt_discover said, kept in order. */
struct seen {
    struct virtio_fdt_node nodes[SEEN_MAX];
    struct {
        int error;
        char text[VIRTIO_FDT_TEXT_MAX];
    } skips[SEEN_MAX];
    struct virtio_fdt_found found;
    unsigned num_nodes, num_skips;
    unsigned stop_after; /* the window that ends the walk, with STOPPED; 0: none */
    int ret;
};

#define STOPPED 42

/* A tree in memory of exactly its size, from malloc; freed by tree_free, or by the next load. */
extern char *tree;
extern size_t tree_size;
void tree_load(const char *name); /* "reg" for reg.dts */
void tree_load_file(const char *path);
/* Room to change it with libfdt: `spare` bytes more, inside totalsize. */
void tree_grow(size_t spare);
/* The size that the test gives, of the same bytes. */
void tree_resize(size_t size);
void tree_free(void);

/* Of the tree that is loaded; what comes back is overwritten by the next call. */
struct seen *discover(void);
struct seen *discover_in(const void *blob, size_t size, unsigned stop_after);

/* Offset of a node; fails the test when there is none. */
int node_at(const char *path);

#endif
