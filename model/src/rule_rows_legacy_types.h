/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties from the Legacy Interface sections of the network device and the console; the GPU and the
 * input device have none. Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_LEGACY_TYPES_H
#define MODEL_RULE_ROWS_LEGACY_TYPES_H

#define MODEL_RULES_LEGACY_TYPES(X)                                                                \
    X(DRV_LEG_017, "DRV-LEG-017", "SHOULD", "v1.2 5.1.3.2", UNUSED,                                \
      "Legacy bit 6 (GSO) and bits 41/42 (guest RSC) are historic; do not depend on them",         \
      "GSO, GUEST_RSC4, GUEST_RSC6")                                                               \
    X(DRV_LEG_018, "DRV-LEG-018", "MUST", "v1.2 5.1.4.3", NOT_OBSERVABLE,                          \
      "On the legacy interface read net status and max pairs in guest byte order",                 \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_019, "DRV-LEG-019", "MAY", "v1.2 5.1.4.3", NOT_OBSERVABLE,                           \
      "On the legacy interface the driver may write mac in config to change the address",          \
      "a permission; such a write on version 2 is reported as DRV-MMIO-002")                       \
    X(DRV_LEG_020, "DRV-LEG-020", "MUST", "v1.2 5.1.6.1", NOT_OBSERVABLE,                          \
      "On the legacy interface encode net header fields in guest byte order",                      \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_021, "DRV-LEG-021", "MUST", "v1.2 5.1.6.1", CHECKED,                                 \
      "On the legacy interface omit num_buffers (10-byte header) unless MRG_RXBUF is agreed", "")  \
    X(DRV_LEG_022, "DRV-LEG-022", "SHOULD", "v1.2 5.1.6.1", SCENARIO,                              \
      "On the legacy interface ignore used lengths of transmit and control queues",                \
      "fault U-LEN-LONG on the legacy transport")                                                  \
    X(DRV_LEG_023, "DRV-LEG-023", "MUST", "v1.2 5.1.6.5.2.3", NOT_OBSERVABLE,                      \
      "On the legacy interface encode MAC table counts in guest byte order",                       \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_024, "DRV-LEG-024", "MUST", "v1.2 5.1.6.5.3.1", NOT_OBSERVABLE,                      \
      "On the legacy interface encode the VLAN id in guest byte order",                            \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_025, "DRV-LEG-025", "MUST", "v1.2 5.1.6.5.6.3", NOT_OBSERVABLE,                      \
      "On the legacy interface encode the pair count in guest byte order",                         \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_026, "DRV-LEG-026", "MUST", "v1.2 5.1.6.5.8.3", NOT_OBSERVABLE,                      \
      "On the legacy interface encode the offload mask in guest byte order",                       \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_027, "DRV-LEG-027", "MUST", "v1.2 5.1.6.6", CHECKED,                                 \
      "Without ANY_LAYOUT put the legacy net header in its own single descriptor, data in the "    \
      "following ones",                                                                            \
      "")                                                                                          \
    X(DRV_LEG_028, "DRV-LEG-028", "MUST", "v1.2 5.1.6.6", CHECKED,                                 \
      "Without ANY_LAYOUT frame control requests as 2-byte head, one data descriptor (two for "    \
      "the MAC table), 1-byte ack",                                                                \
      "")                                                                                          \
    X(DRV_LEG_041, "DRV-LEG-041", "MUST", "v1.2 5.3.4.1", NOT_OBSERVABLE,                          \
      "On the legacy interface use guest byte order for console config",                           \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_042, "DRV-LEG-042", "MUST", "v1.2 5.3.6.3", NOT_OBSERVABLE,                          \
      "On the legacy interface encode console control fields in guest byte order",                 \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_043, "DRV-LEG-043", "SHOULD", "v1.2 5.3.6.3", SCENARIO,                              \
      "On the legacy interface ignore used lengths of console transmit queues",                    \
      "fault U-LEN-LONG on the legacy transport")                                                  \
    X(DRV_LEG_044, "DRV-LEG-044", "MUST", "v1.2 5.3.6.4", CHECKED,                                 \
      "Without ANY_LAYOUT use one descriptor per control queue buffer", "")                        \
    X(DRV_LEG_045, "DRV-LEG-045", "MUST", "v1.2 5.1.6.6", CHECKED,                                 \
      "Without ANY_LAYOUT the MAC table command uses two data descriptors, the first with only "   \
      "the unicast table",                                                                         \
      "")                                                                                          \
    X(DRV_LEG_046, "DRV-LEG-046", "MUST", "v1.2 5.1.6.6", CHECKED,                                 \
      "Without ANY_LAYOUT the second MAC table descriptor holds only the multicast table, "        \
      "unpadded",                                                                                  \
      "")

#endif
