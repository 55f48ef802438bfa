/* SPDX-License-Identifier: Apache-2.0 */
/* The trace in words, from where the host reads it, too. */
#include "board.h"
#include "le.h"
#include "trace.h"

#define CONFIG_SPACE 0x100u

/* Section 4.2.2 and, of legacy devices, 4.2.4. NULL: not a register. */
static const char *register_name(unsigned offset)
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

static void print_access(const struct mailbox_access *a)
{
    unsigned kind = a->kind;
    unsigned offset = le16(a->offset);
    const char *name = register_name(offset);
    char text[24];

    if (name == NULL && offset >= CONFIG_SPACE) {
        (void)board_snprintf(text, sizeof(text), "config+%u", offset - CONFIG_SPACE);
    } else if (name == NULL) {
        (void)board_snprintf(text, sizeof(text), "0x%03x", offset);
    }
    board_printf("  %u %c%u %08x %s", a->window, (kind & 0x80u) != 0 ? 'W' : 'R', kind & 0x0fu,
                 (unsigned)le32(a->value), name != NULL ? name : text);
}

static void print_entry(const struct mailbox_access *a)
{
    if (a->kind == MAILBOX_INTERRUPT) {
        board_printf("  %u interrupt", a->window);
    } else if (a->kind == MAILBOX_MARK) {
        board_printf("  -- the scenario at line %u", (unsigned)le32(a->value));
    } else {
        print_access(a);
    }
}

void trace_print(const struct mailbox *m, unsigned entries)
{
    uint32_t count = le32(m->trace_count);
    uint32_t kept = count < MAILBOX_TRACE ? count : MAILBOX_TRACE;
    uint32_t shown = entries < kept ? entries : kept;

    if (shown == 0) {
        return;
    }
    board_printf("the last %u of %u entries of the trace (window, access, value, register):",
                 (unsigned)shown, (unsigned)count);
    for (uint32_t i = count - shown; i != count; i++) {
        print_entry(&m->trace[i % MAILBOX_TRACE]);
    }
}
