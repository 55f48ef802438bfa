/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the registers of a virtio-mmio window, for traces: on the host and in the firmware. */
#ifndef FIRMWARE_REGISTER_NAMES_H
#define FIRMWARE_REGISTER_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Section 4.2.2 and, of legacy devices, 4.2.4. NULL: not a register. */
static inline const char *register_name(unsigned offset)
{
    static const struct {
        uint16_t offset;
        const char *name;
    } registers[] = {
        {0x000, "MagicValue"},      {0x004, "Version"},           {0x008, "DeviceID"},
        {0x00c, "VendorID"},        {0x010, "DeviceFeatures"},    {0x014, "DeviceFeaturesSel"},
        {0x020, "DriverFeatures"},  {0x024, "DriverFeaturesSel"}, {0x028, "GuestPageSize"},
        {0x030, "QueueSel"},        {0x034, "QueueNumMax"},       {0x038, "QueueNum"},
        {0x03c, "QueueAlign"},      {0x040, "QueuePFN"},          {0x044, "QueueReady"},
        {0x050, "QueueNotify"},     {0x060, "InterruptStatus"},   {0x064, "InterruptACK"},
        {0x070, "Status"},          {0x080, "QueueDescLow"},      {0x084, "QueueDescHigh"},
        {0x090, "QueueDriverLow"},  {0x094, "QueueDriverHigh"},   {0x0a0, "QueueDeviceLow"},
        {0x0a4, "QueueDeviceHigh"}, {0x0c0, "QueueReset"},        {0x0fc, "ConfigGeneration"},
    };

    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        if (registers[i].offset == offset) {
            return registers[i].name;
        }
    }
    return NULL;
}

#endif
