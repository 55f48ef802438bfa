/* SPDX-License-Identifier: Apache-2.0 */
/* The device types of the sweep, in the order of plans and reports. */
#include "sweep_device.h"

const struct sweep_device *const sweep_devices[] = {
    &sweep_blk, &sweep_net, &sweep_console, &sweep_gpu, &sweep_input, &sweep_all,
};
const char *sweep_artifacts;
const unsigned sweep_device_count = sizeof(sweep_devices) / sizeof(sweep_devices[0]);
