/* SPDX-License-Identifier: Apache-2.0 */
/* The device types that are run on QEMU, in the order of plans and reports. */
#include "real_device.h"

const struct real_device *const real_devices[] = {
    &real_blk, &real_net, &real_console, &real_gpu, &real_input,
};
const unsigned real_device_count = sizeof(real_devices) / sizeof(real_devices[0]);

const char *real_variant_props(const struct real_spec *spec, char *buf, size_t size)
{
    const char *props = real_spec_variant(spec)->props;

    (void)snprintf(buf, size, "%s%s", props[0] != '\0' ? "," : "", props);
    return buf;
}
