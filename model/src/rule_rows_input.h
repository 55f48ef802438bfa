/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties concerning the input device (v1.2 section 5.8).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_INPUT_H
#define MODEL_RULE_ROWS_INPUT_H

#define MODEL_RULES_INPUT(X)                                                                       \
    X(DRV_INPUT_001, "DRV-INPUT-001", "MUST", "v1.2 5.8.5.1", CHECKED,                             \
      "Write both select and subsel for each config query, in either order", "")                   \
    X(DRV_INPUT_002, "DRV-INPUT-002", "MUST NOT", "v1.2 5.8.5.1", CHECKED,                         \
      "Write no config byte other than select and subsel", "reported as DRV-MMIO-002")             \
    X(DRV_INPUT_003, "DRV-INPUT-003", "SHOULD", "v1.2 5.8.5.1", CHECKED,                           \
      "Check size before using the returned data", "")                                             \
    X(DRV_INPUT_004, "DRV-INPUT-004", "MUST", "v1.2 5.8.5", SCENARIO,                              \
      "Treat strings as non-terminated; use size as their length (at most 128)",                   \
      "a name of 128 bytes, fault INP-SIZE")                                                       \
    X(DRV_INPUT_005, "DRV-INPUT-005", "SHOULD", "v1.2 5.8.6.1", SCENARIO,                          \
      "Keep the event queue stocked with buffers", "event bursts, fault INP-STORM")                \
    X(DRV_INPUT_006, "DRV-INPUT-006", "MUST", "v1.2 5.8.6.1", CHECKED,                             \
      "Event queue buffers are device-writable", "")                                               \
    X(DRV_INPUT_007, "DRV-INPUT-007", "MUST", "v1.2 5.8.6.1", CHECKED,                             \
      "Event queue buffers hold at least 8 bytes", "")                                             \
    X(DRV_INPUT_008, "DRV-INPUT-008", "MUST", "v1.2 5.8.6.1", CHECKED,                             \
      "Status queue buffers hold at least 8 bytes", "")                                            \
    X(DRV_INPUT_009, "DRV-INPUT-009", "SHOULD", "v1.2 5.8.6.1", SCENARIO,                          \
      "Ignore unknown input events", "fault INP-TYPE")                                             \
    X(DRV_INPUT_010, "DRV-INPUT-010", "MUST", "v1.2 5.8.6", SCENARIO,                              \
      "Interpret event fields as little-endian type, code, value",                                 \
      "every event scenario, for a little-endian guest")                                           \
    X(DRV_INPUT_011, "DRV-INPUT-011", "MUST", "v1.2 5.8.4", SCENARIO,                              \
      "Read bitmaps as bit n in byte n/8, and abs info and ids as little-endian records",          \
      "capabilities compared with the model's tables")

#endif
