/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties concerning the split virtqueue (virtio v1.2 section 2.7).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_SPLIT_H
#define MODEL_RULE_ROWS_SPLIT_H

#define MODEL_RULES_SPLIT(X)                                                                       \
    X(DRV_SPLIT_001, "DRV-SPLIT-001", "MUST", "v1.2 2.7.1", CHECKED,                               \
      "Align descriptor table to 16, available ring to 2 and used ring to 4 bytes", "")            \
    X(DRV_SPLIT_002, "DRV-SPLIT-002", "MUST", "v1.2 2.7", CHECKED,                                 \
      "Use a power-of-two queue size not above 32768", "")                                         \
    X(DRV_SPLIT_003, "DRV-SPLIT-003", "MUST", "v1.2 2.7", CHECKED,                                 \
      "Place each ring part in physically contiguous memory of full size (16n, 6+2n, 6+8n bytes)", \
      "")                                                                                          \
    X(DRV_SPLIT_004, "DRV-SPLIT-004", "MUST", "v1.2 2.7.4", SCENARIO,                              \
      "Framing is free: do not tie message meaning to descriptor boundaries on modern devices",    \
      "requests in one, several and uneven segments")                                              \
    X(DRV_SPLIT_005, "DRV-SPLIT-005", "MUST", "v1.2 2.7.4.2", CHECKED,                             \
      "Put all device-writable elements behind the device-readable ones in a chain", "")           \
    X(DRV_SPLIT_006, "DRV-SPLIT-006", "SHOULD NOT", "v1.2 2.7.4.2", NOT_OBSERVABLE,                \
      "Avoid needlessly many descriptors for one buffer",                                          \
      "what is needless is a matter of judgement")                                                 \
    X(DRV_SPLIT_007, "DRV-SPLIT-007", "MUST", "v1.2 2.7.5", UNUSED,                                \
      "With IN_ORDER agreed, consume descriptor slots in ring order from 0 with wrap", "IN_ORDER") \
    X(DRV_SPLIT_008, "DRV-SPLIT-008", "MUST", "v1.2 2.7.5", CHECKED,                               \
      "Never exceed the queue size in one descriptor chain", "reported as DRV-SPLIT-009")          \
    X(DRV_SPLIT_009, "DRV-SPLIT-009", "MUST NOT", "v1.2 2.7.5.2", CHECKED,                         \
      "Never offer a chain describing more than 4 GiB in total, which also rules out loops", "")   \
    X(DRV_SPLIT_010, "DRV-SPLIT-010", "MUST", "v1.2 2.7.5.2", UNUSED,                              \
      "With IN_ORDER, a chained descriptor at slot x links to x+1, or to 0 from the last slot",    \
      "IN_ORDER")                                                                                  \
    X(DRV_SPLIT_011, "DRV-SPLIT-011", "MUST NOT", "v1.2 2.7.5.3.1", CHECKED,                       \
      "Do not use the INDIRECT flag without INDIRECT_DESC being agreed", "")                       \
    X(DRV_SPLIT_012, "DRV-SPLIT-012", "MUST NOT", "v1.2 2.7.5.3.1", CHECKED,                       \
      "Do not nest: no INDIRECT flag inside an indirect table", "")                                \
    X(DRV_SPLIT_013, "DRV-SPLIT-013", "MUST NOT", "v1.2 2.7.5.3.1", CHECKED,                       \
      "No chain, including one held in an indirect table, may exceed the queue size in entries",   \
      "")                                                                                          \
    X(DRV_SPLIT_014, "DRV-SPLIT-014", "MUST NOT", "v1.2 2.7.5.3.1", CHECKED,                       \
      "Do not combine INDIRECT and NEXT in one descriptor", "")                                    \
    X(DRV_SPLIT_015, "DRV-SPLIT-015", "MUST", "v1.2 2.7.5.3.1", UNUSED,                            \
      "With IN_ORDER, indirect entries are laid out consecutively with next 1, 2, 3 and so on",    \
      "IN_ORDER")                                                                                  \
    X(DRV_SPLIT_016, "DRV-SPLIT-016", "MUST", "v1.2 2.7.5.3", CHECKED,                             \
      "Give an indirect table a byte length that is a whole multiple of 16 and start its chain "   \
      "at entry 0",                                                                                \
      "")                                                                                          \
    X(DRV_SPLIT_017, "DRV-SPLIT-017", "MUST", "v1.2 2.7.6", CHECKED,                               \
      "Start the available index at 0 and let it run freely modulo 65536", "")                     \
    X(DRV_SPLIT_018, "DRV-SPLIT-018", "MUST NOT", "v1.2 2.7.6.1", CHECKED,                         \
      "Never move the available index backwards", "")                                              \
    X(DRV_SPLIT_019, "DRV-SPLIT-019", "MUST", "v1.2 2.7.7.1", CHECKED,                             \
      "Without EVENT_IDX keep the available ring flags at 0 or 1 only", "")                        \
    X(DRV_SPLIT_020, "DRV-SPLIT-020", "MAY", "v1.2 2.7.7.1", NOT_OBSERVABLE,                       \
      "Without EVENT_IDX set flag 1 as a hint that completion interrupts are unwanted",            \
      "a permission, which nothing can breach")                                                    \
    X(DRV_SPLIT_021, "DRV-SPLIT-021", "MUST", "v1.2 2.7.7.1", CHECKED,                             \
      "With EVENT_IDX agreed keep the available ring flags at 0", "")                              \
    X(DRV_SPLIT_022, "DRV-SPLIT-022", "MAY", "v1.2 2.7.7.1", NOT_OBSERVABLE,                       \
      "With EVENT_IDX use used_event to postpone interrupts until that used index is written",     \
      "a permission, which nothing can breach")                                                    \
    X(DRV_SPLIT_023, "DRV-SPLIT-023", "MUST", "v1.2 2.7.7.1", SCENARIO,                            \
      "Tolerate interrupts that carry no new used entry", "fault IRQ-SPURIOUS")                    \
    X(DRV_SPLIT_024, "DRV-SPLIT-024", "MUST NOT", "v1.2 2.7.8.3", SCENARIO,                        \
      "Make no assumption about writable buffer bytes beyond the reported used length",            \
      "faults U-LEN-SHORT, BLK-SHORT")                                                             \
    X(DRV_SPLIT_025, "DRV-SPLIT-025", "SHOULD", "v1.2 2.7.8.3", SCENARIO,                          \
      "Disregard data past the reported used length", "faults U-LEN-SHORT, BLK-SHORT")             \
    X(DRV_SPLIT_026, "DRV-SPLIT-026", "MUST", "v1.2 2.7.8", SCENARIO,                              \
      "Match a used entry's id with the chain head previously offered",                            \
      "faults U-ID-RANGE, U-ID-NONHEAD, U-ID-DUP")                                                 \
    X(DRV_SPLIT_027, "DRV-SPLIT-027", "MUST", "v1.2 2.7.9", UNUSED,                                \
      "With IN_ORDER derive batch size from the single used entry id and skip ahead accordingly",  \
      "IN_ORDER")                                                                                  \
    X(DRV_SPLIT_028, "DRV-SPLIT-028", "MUST", "v1.2 2.7.10.1", CHECKED,                            \
      "Clear the used ring flags field when allocating the ring", "")                              \
    X(DRV_SPLIT_029, "DRV-SPLIT-029", "MUST", "v1.2 2.7.10.1", SCENARIO,                           \
      "Without EVENT_IDX ignore avail_event",                                                      \
      "a device without EVENT_IDX that fills avail_event with garbage")                            \
    X(DRV_SPLIT_030, "DRV-SPLIT-030", "SHOULD NOT", "v1.2 2.7.10.1", CHECKED,                      \
      "Without EVENT_IDX do not kick while the used flags say 1", "")                              \
    X(DRV_SPLIT_031, "DRV-SPLIT-031", "MUST", "v1.2 2.7.10.1", CHECKED,                            \
      "Without EVENT_IDX kick after adding buffers while the used flags say 0", "")                \
    X(DRV_SPLIT_032, "DRV-SPLIT-032", "MUST", "v1.2 2.7.10.1", SCENARIO,                           \
      "With EVENT_IDX ignore bit 0 of the used flags",                                             \
      "a device with EVENT_IDX that sets used.flags")                                              \
    X(DRV_SPLIT_033, "DRV-SPLIT-033", "MUST", "v1.2 2.7.10.1", CHECKED,                            \
      "With EVENT_IDX kick when the index written just passed avail_event", "")                    \
    X(DRV_SPLIT_034, "DRV-SPLIT-034", "SHOULD NOT", "v1.2 2.7.10.1", CHECKED,                      \
      "With EVENT_IDX skip the kick when avail_event was not crossed", "")                         \
    X(DRV_SPLIT_035, "DRV-SPLIT-035", "MUST", "v1.2 2.7.13", CHECKED,                              \
      "Order the steps: fill descriptors, write ring slot, barrier, bump index, barrier, then "    \
      "check suppression and kick",                                                                \
      "reported as DRV-SPLIT-040")                                                                 \
    X(DRV_SPLIT_036, "DRV-SPLIT-036", "MAY", "v1.2 2.7.13", NOT_OBSERVABLE,                        \
      "Add several chains before publishing one combined index update",                            \
      "a permission, which nothing can breach")                                                    \
    X(DRV_SPLIT_037, "DRV-SPLIT-037", "MUST", "v1.2 2.7.13.1", CHECKED,                            \
      "Fill addr, len, WRITE flag and NEXT/next for each element from free slots only", "")        \
    X(DRV_SPLIT_038, "DRV-SPLIT-038", "MUST", "v1.2 2.7.13.2", CHECKED,                            \
      "Store the chain head at ring slot (index modulo queue size)", "")                           \
    X(DRV_SPLIT_039, "DRV-SPLIT-039", "MAY", "v1.2 2.7.13.2", NOT_OBSERVABLE,                      \
      "Write ring slots for many heads before updating the index",                                 \
      "a permission, which nothing can breach")                                                    \
    X(DRV_SPLIT_040, "DRV-SPLIT-040", "MUST", "v1.2 2.7.13.3.1", CHECKED,                          \
      "Issue a barrier before publishing the new available index", "")                             \
    X(DRV_SPLIT_041, "DRV-SPLIT-041", "MUST", "v1.2 2.7.13.4.1", CHECKED,                          \
      "Issue a full barrier between the index store and reading the suppression fields", "")       \
    X(DRV_SPLIT_042, "DRV-SPLIT-042", "MAY", "v1.2 2.7.14", NOT_OBSERVABLE,                        \
      "Disable completion interrupts while draining the used ring",                                \
      "a permission, which nothing can breach")                                                    \
    X(DRV_SPLIT_043, "DRV-SPLIT-043", "SHOULD", "v1.2 2.7.14", SCENARIO,                           \
      "Re-check the used index after re-enabling interrupts so that no completion is lost",        \
      "fault IRQ-RACE")                                                                            \
    X(DRV_SPLIT_044, "DRV-SPLIT-044", "MUST", "v1.2 2.7.14", SCENARIO,                             \
      "Read the used entry only after seeing the new used index (read barrier)",                   \
      "fault U-IDX-EARLY")

#endif
