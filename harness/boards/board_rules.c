/* SPDX-License-Identifier: Apache-2.0 */
/* See board_rules.h. */
#include "board_rules.h"

#include <inttypes.h>

#define WINDOWS              256u /* what an entry can name */
#define REG_INTERRUPT_STATUS 0x060u
#define REG_INTERRUPT_ACK    0x064u
#define REG_STATUS           0x070u
#define CAUSES               3u /* used buffer, configuration change */

bool board_rules_hold(const struct mailbox *mb, char *why, size_t why_size)
{
    static const char *const texts[] = {
        "before InterruptStatus was read again",
        "but another value was written",
        "but never",
    };
    uint32_t pending[WINDOWS] = {0};
    uint32_t end = board_trace_count(mb);

    for (uint32_t n = board_trace_first(mb); n != end; n++) {
        struct mailbox_access a = board_trace_at(mb, n);
        uint32_t *seen = &pending[a.window];
        int breach = -1;

        if (a.kind == MAILBOX_READ32 && a.offset == REG_INTERRUPT_STATUS) {
            breach = *seen != 0 ? 0 : -1;
        } else if (a.kind == MAILBOX_WRITE32 && a.offset == REG_INTERRUPT_ACK) {
            breach = *seen != 0 && a.value != *seen ? 1 : -1;
        }
        if (breach >= 0) {
            (void)snprintf(why, why_size,
                           "window %u, trace %" PRIu32 ": InterruptStatus was 0x%" PRIx32
                           ", expected to be acknowledged, %s (value 0x%" PRIx32 ")",
                           a.window, n, *seen, texts[breach], a.value);
            return false;
        }
        if (a.kind == MAILBOX_READ32 && a.offset == REG_INTERRUPT_STATUS) {
            *seen = a.value & CAUSES;
        } else if (a.kind == MAILBOX_WRITE32 &&
                   (a.offset == REG_INTERRUPT_ACK || (a.offset == REG_STATUS && a.value == 0))) {
            *seen = 0;
        }
    }
    for (unsigned w = 0; w < WINDOWS; w++) {
        if (pending[w] != 0) {
            (void)snprintf(why, why_size,
                           "window %u: InterruptStatus was 0x%" PRIx32
                           ", expected to be acknowledged, %s",
                           w, pending[w], texts[2]);
            return false;
        }
    }
    return true;
}
