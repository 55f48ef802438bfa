/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties concerning the console (v1.2 section 5.3), and one of this model's own: the form of a
 * control message, which the specification describes and puts under no rule.
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_CONSOLE_H
#define MODEL_RULE_ROWS_CONSOLE_H

#define MODEL_RULES_CONSOLE(X)                                                                     \
    X(DRV_CON_001, "DRV-CON-001", "MUST", "v1.2 5.3.2", CHECKED,                                   \
      "Use port 0 queues 0/1; control queues 2/3 and further ports only with MULTIPORT", "")       \
    X(DRV_CON_002, "DRV-CON-002", "MAY", "v1.2 5.3.4", CHECKED,                                    \
      "With EMERG_WRITE offered, characters may be written to emerg_wr at any time, even before "  \
      "negotiation",                                                                               \
      "reported as DRV-CORE-017")                                                                  \
    X(DRV_CON_003, "DRV-CON-003", "MUST", "v1.2 5.3.5", CHECKED,                                   \
      "Post one or more receive buffers per port in use", "")                                      \
    X(DRV_CON_004, "DRV-CON-004", "SHOULD", "v1.2 5.3.5", CHECKED,                                 \
      "Read columns and rows only when SIZE is agreed", "")                                        \
    X(DRV_CON_005, "DRV-CON-005", "MUST NOT", "v1.2 5.3.6.1", CHECKED,                             \
      "Receive queue buffers are device-writable only", "")                                        \
    X(DRV_CON_006, "DRV-CON-006", "MUST NOT", "v1.2 5.3.6.1", CHECKED,                             \
      "Transmit queue buffers are device-readable only", "")                                       \
    X(DRV_CON_007, "DRV-CON-007", "SHOULD", "v1.2 5.3.6", SCENARIO,                                \
      "With SIZE agreed re-read the size (port 0 only) on config change",                          \
      "a resize of port 0 without MULTIPORT")                                                      \
    X(DRV_CON_008, "DRV-CON-008", "MUST", "v1.2 5.3.6.2.2", CHECKED,                               \
      "With MULTIPORT send DEVICE_READY", "")                                                      \
    X(DRV_CON_009, "DRV-CON-009", "SHOULD", "v1.2 5.3.6.2.2", SCENARIO,                            \
      "Treat a port nominated by CONSOLE_PORT as a text console", "a console port, as reported")   \
    X(DRV_CON_010, "DRV-CON-010", "MUST", "v1.2 5.3.6.2.2", CHECKED,                               \
      "Answer CONSOLE_PORT with PORT_OPEN value 1", "")                                            \
    X(DRV_CON_011, "DRV-CON-011", "MUST", "v1.2 5.3.6.2", CHECKED,                                 \
      "Answer each added port with PORT_READY (1 ok, 0 failure)", "")                              \
    X(DRV_CON_012, "DRV-CON-012", "MUST", "v1.2 5.3.6.2", SCENARIO,                                \
      "Tolerate unknown events and ports above the known range",                                   \
      "faults CON-UNKNOWN-EVENT, CON-PORT-RANGE, CON-HOSTILE")                                     \
    X(DRV_CON_013, "DRV-CON-013", "MUST", "v1.2 5.3.6.2", SCENARIO,                                \
      "Resize payload holds cols then rows as 16-bit LE", "a resize with MULTIPORT")               \
    X(CON_001, "CON-001", "MUST", "contract", CHECKED,                                             \
      "Control messages of the driver are 8 bytes: DEVICE_READY, or PORT_READY or PORT_OPEN for "  \
      "a port that was added, with value 0 or 1",                                                  \
      "")

#endif
