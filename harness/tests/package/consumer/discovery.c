/* SPDX-License-Identifier: Apache-2.0 */
/* A board that asks for its windows, of a blob that is no device tree. */
#include <stdio.h>

#include <virtio/virtio_discovery.h>

static int on_window(void *ctx, const struct virtio_fdt_node *node)
{
    (void)ctx;
    (void)node;
    return 0;
}

static void on_skipped(void *ctx, int error, const char *text)
{
    (void)error;
    printf("%s\n", text);
    ++*(int *)ctx;
}

int main(void)
{
    const struct virtio_fdt_ops ops = {on_window, on_skipped};
    const uint64_t blob[8] = {0};
    int messages = 0;

    return virtio_fdt_discover(blob, sizeof(blob), &ops, &messages, NULL) < 0 && messages == 1 ? 0
                                                                                               : 1;
}
