/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties from the Legacy Interface sections that concern the common parts and the block device, and
 * the contract of guest memory, which is this model's own (see model_mem.h).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_LEGACY_H
#define MODEL_RULE_ROWS_LEGACY_H

#define MODEL_RULES_LEGACY(X)                                                                      \
    X(DRV_LEG_001, "DRV-LEG-001", "MAY", "v1.2 1.3.1", NOT_OBSERVABLE,                             \
      "Support for legacy devices is optional; a non-transitional driver may ignore them",         \
      "a permission, which nothing can breach")                                                    \
    X(DRV_LEG_002, "DRV-LEG-002", "MUST", "v1.2 7.4", SCENARIO,                                    \
      "A transitional driver fulfils all MUST-level rules of the Legacy Interface sections",       \
      "all legacy rows together")                                                                  \
    X(DRV_LEG_003, "DRV-LEG-003", "MUST", "v1.2 2.2.3", SCENARIO,                                  \
      "Recognise a legacy device by VERSION_1 not being offered",                                  \
      "every scenario on the legacy transport")                                                    \
    X(DRV_LEG_004, "DRV-LEG-004", "MUST", "v1.2 2.2.3", SCENARIO,                                  \
      "While on the legacy interface obey the Legacy Interface sections",                          \
      "every scenario on the legacy transport")                                                    \
    X(DRV_LEG_005, "DRV-LEG-005", "MUST", "v1.2 2.5.3", NOT_OBSERVABLE,                            \
      "Use the guest's native byte order for legacy config fields (as the device section states)", \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_006, "DRV-LEG-006", "SHOULD", "v1.2 2.5.4", SCENARIO,                                \
      "Without a generation counter, re-read racy config fields until two reads agree",            \
      "fault CFG-GEN-NEVER")                                                                       \
    X(DRV_LEG_007, "DRV-LEG-007", "MUST", "v1.2 2.7.2", CHECKED,                                   \
      "Take the queue size from the device", "")                                                   \
    X(DRV_LEG_008, "DRV-LEG-008", "MUST", "v1.2 2.7.2", CHECKED,                                   \
      "Reserve the full legacy queue footprint: aligned descriptors plus available ring, then "    \
      "aligned used ring",                                                                         \
      "")                                                                                          \
    X(DRV_LEG_009, "DRV-LEG-009", "MUST", "v1.2 2.7.2", CHECKED,                                   \
      "Use the single-block legacy layout to find ring parts", "reported as DRV-LEG-008")          \
    X(DRV_LEG_010, "DRV-LEG-010", "MUST", "v1.2 2.7.3", NOT_OBSERVABLE,                            \
      "Use guest-native byte order for all ring fields", "needs a guest of the other byte order")  \
    X(DRV_LEG_011, "DRV-LEG-011", "MUST", "v1.2 2.7.4.3", CHECKED,                                 \
      "If ANY_LAYOUT was not agreed, use the fixed framing given per device type",                 \
      "reported as DRV-LEG-038")                                                                   \
    X(DRV_LEG_012, "DRV-LEG-012", "SHOULD", "v1.2 2.7.8.1", SCENARIO,                              \
      "Do not trust the used length on legacy devices where it can be avoided",                    \
      "fault BLK-SHORT on the legacy transport")                                                   \
    X(DRV_LEG_013, "DRV-LEG-013", "MUST", "v1.2 3.1.2", CHECKED,                                   \
      "Use the standard init sequence minus setting and re-reading FEATURES_OK", "")               \
    X(DRV_LEG_014, "DRV-LEG-014", "MUST", "v1.2 6.3", CHECKED,                                     \
      "Accept ANY_LAYOUT whenever offered", "")                                                    \
    X(DRV_LEG_015, "DRV-LEG-015", "SHOULD NOT", "v1.2 6.3", CHECKED, "Leave bit 30 unnegotiated",  \
      "")                                                                                          \
    X(DRV_LEG_016, "DRV-LEG-016", "MAY", "v1.2 6.3", UNUSED,                                       \
      "Negotiate NOTIFY_ON_EMPTY to be told when a queue runs dry even if interrupts are "         \
      "suppressed",                                                                                \
      "NOTIFY_ON_EMPTY")                                                                           \
    X(DRV_LEG_029, "DRV-LEG-029", "MUST", "v1.2 5.2.4.1", NOT_OBSERVABLE,                          \
      "On the legacy interface read block config in guest byte order",                             \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_030, "DRV-LEG-030", "MAY", "v1.2 5.2.5.3", NOT_OBSERVABLE,                           \
      "On the legacy interface writeback may be accessed before DRIVER or DRIVER_OK",              \
      "a permission, which nothing can breach")                                                    \
    X(DRV_LEG_031, "DRV-LEG-031", "MUST", "v1.2 5.2.6.3", NOT_OBSERVABLE,                          \
      "On the legacy interface encode block request fields in guest byte order",                   \
      "needs a guest of the other byte order")                                                     \
    X(DRV_LEG_032, "DRV-LEG-032", "SHOULD", "v1.2 5.2.6.3", SCENARIO,                              \
      "On the legacy interface ignore used lengths for block requests",                            \
      "fault BLK-SHORT on the legacy transport")                                                   \
    X(DRV_LEG_033, "DRV-LEG-033", "MUST", "v1.2 5.2.6.3", NOT_OBSERVABLE,                          \
      "Treat FLUSH_OUT as equal to FLUSH", "the model serves both types alike")                    \
    X(DRV_LEG_034, "DRV-LEG-034", "SHOULD", "v1.2 5.2.6.3", UNUSED,                                \
      "With BARRIER agreed the high type bit orders requests around it", "BARRIER")                \
    X(DRV_LEG_035, "DRV-LEG-035", "MAY", "v1.2 5.2.6.3", NOT_OBSERVABLE,                           \
      "On old devices force durability by writeback 0 or a flush after each write",                \
      "a permission, which nothing can breach")                                                    \
    X(DRV_LEG_036, "DRV-LEG-036", "MUST", "v1.2 5.2.6.3", UNUSED,                                  \
      "SCSI command bytes reside in their own readable buffer", "SCSI")                            \
    X(DRV_LEG_037, "DRV-LEG-037", "SHOULD", "v1.2 5.2.6.3", UNUSED,                                \
      "Ignore the deprecated SCSI data_len field", "SCSI")                                         \
    X(DRV_LEG_038, "DRV-LEG-038", "MUST", "v1.2 5.2.6.4", CHECKED,                                 \
      "Without ANY_LAYOUT frame a block request as one header descriptor (16 bytes; spec text "    \
      "says 8), data, and a separate 1-byte status",                                               \
      "")                                                                                          \
    X(DRV_LEG_039, "DRV-LEG-039", "MUST", "v1.2 5.2.6.4", UNUSED,                                  \
      "Without ANY_LAYOUT a SCSI request has a 96-byte sense descriptor and one for the result "   \
      "words",                                                                                     \
      "SCSI")                                                                                      \
    X(DRV_LEG_040, "DRV-LEG-040", "SHOULD", "v1.2 5.2.3.1", CHECKED,                               \
      "BARRIER (0), SCSI (7) and the WCE alias of FLUSH (9) belong to legacy only", "")

#define MODEL_RULES_CONTRACT(X)                                                                    \
    X(MEM_001, "MEM-001", "MUST", "contract", CHECKED, "Coherent memory is given back by the end", \
      "")                                                                                          \
    X(MEM_002, "MEM-002", "MUST", "contract", CHECKED, "Every mapping is undone by the end", "")   \
    X(MEM_003, "MEM-003", "MUST", "contract", CHECKED, "Heap memory is given back by the end", "") \
    X(MEM_004, "MEM-004", "MUST", "contract", CHECKED,                                             \
      "Unmap only what is mapped, with the same length and direction", "")                         \
    X(MEM_005, "MEM-005", "MUST", "contract", CHECKED,                                             \
      "Free a block once, and only a block that came from here", "")                               \
    X(MEM_006, "MEM-006", "MUST", "contract", CHECKED,                                             \
      "Give the device addresses of memory that is mapped at that moment", "")                     \
    X(MEM_007, "MEM-007", "MUST", "contract", CHECKED,                                             \
      "Map memory in the direction in which the device uses it", "")                               \
    X(MEM_008, "MEM-008", "MUST", "contract", CHECKED, "Leave every device reset at the end", "")

#endif
