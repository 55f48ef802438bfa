/* SPDX-License-Identifier: Apache-2.0 */
/* What only block devices have on QEMU. */
#ifndef HARNESS_REAL_BLK_H
#define HARNESS_REAL_BLK_H

#include "real_device.h"

/* The scenario's needs and the variant as properties of the virtio-blk device. */
void real_blk_props(const struct real_spec *spec, char *props, size_t size);

#endif
