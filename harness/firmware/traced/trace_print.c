/* SPDX-License-Identifier: Apache-2.0 */
/* The trace in words, from where the host reads it, too. */
#include "board.h"
#include "le.h"
#include "register_names.h"
#include "trace.h"

#define CONFIG_SPACE 0x100u

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
