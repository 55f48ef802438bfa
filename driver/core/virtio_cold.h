/* SPDX-License-Identifier: Apache-2.0 */
/* Marks functions that are off the fast path: kept out of line and small, so that the registers
 * they need are not saved and restored where they are never called. */
#ifndef VIRTIO_COLD_H
#define VIRTIO_COLD_H

#define VIRTIO_COLD __attribute__((cold, noinline))

#endif
