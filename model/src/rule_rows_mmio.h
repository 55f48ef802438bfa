/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties concerning the mmio transport, modern and legacy (virtio v1.2 section 4.2).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_MMIO_H
#define MODEL_RULE_ROWS_MMIO_H

#define MODEL_RULES_MMIO(X)                                                                        \
    X(DRV_MMIO_001, "DRV-MMIO-001", "MUST NOT", "v1.2 4.2.2.2", CHECKED,                           \
      "No access outside the transport's register table (and config fields the device type "       \
      "defines)",                                                                                  \
      "")                                                                                          \
    X(DRV_MMIO_002, "DRV-MMIO-002", "MUST NOT", "v1.2 4.2.2.2", CHECKED,                           \
      "Never write read-only registers", "")                                                       \
    X(DRV_MMIO_003, "DRV-MMIO-003", "MUST NOT", "v1.2 4.2.2.2", CHECKED,                           \
      "Never read write-only registers", "")                                                       \
    X(DRV_MMIO_004, "DRV-MMIO-004", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Use only aligned 32-bit accesses for control registers", "")                                \
    X(DRV_MMIO_005, "DRV-MMIO-005", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Match config access width to the field: 8 for bytes, aligned 16 for halfwords, aligned 32 " \
      "for 32/64-bit fields",                                                                      \
      "")                                                                                          \
    X(DRV_MMIO_006, "DRV-MMIO-006", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Skip a device whose magic is not 0x74726976", "")                                           \
    X(DRV_MMIO_007, "DRV-MMIO-007", "MAY", "v1.2 4.2.2.2", NOT_OBSERVABLE,                         \
      "Report an error for a wrong magic", "a permission, which nothing can breach")               \
    X(DRV_MMIO_008, "DRV-MMIO-008", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Skip a device whose version is not 2 (a transitional driver may also take legacy 1)", "")   \
    X(DRV_MMIO_009, "DRV-MMIO-009", "MAY", "v1.2 4.2.2.2", NOT_OBSERVABLE,                         \
      "Report an error for an unsupported version", "a permission, which nothing can breach")      \
    X(DRV_MMIO_010, "DRV-MMIO-010", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Skip a device with DeviceID 0", "reported as DRV-MMIO-033")                                 \
    X(DRV_MMIO_011, "DRV-MMIO-011", "MUST NOT", "v1.2 4.2.2.2", SCENARIO,                          \
      "An id-0 placeholder must not be reported as an error", "fault ID-ZERO")                     \
    X(DRV_MMIO_012, "DRV-MMIO-012", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Write the device feature selector before reading device features", "")                      \
    X(DRV_MMIO_013, "DRV-MMIO-013", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Write the driver feature selector before writing driver features", "")                      \
    X(DRV_MMIO_014, "DRV-MMIO-014", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Choose a queue size no larger than QueueNumMax", "")                                        \
    X(DRV_MMIO_015, "DRV-MMIO-015", "MUST NOT", "v1.2 4.2.2.2", CHECKED,                           \
      "QueueNum and the queue address registers are off limits while QueueReady is nonzero", "")   \
    X(DRV_MMIO_016, "DRV-MMIO-016", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "To stop a queue write 0 to QueueReady", "reported as DRV-CORE-037")                         \
    X(DRV_MMIO_017, "DRV-MMIO-017", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Read QueueReady back after clearing it to synchronise", "")                                 \
    X(DRV_MMIO_018, "DRV-MMIO-018", "MUST", "v1.2 4.2.2.2", SCENARIO,                              \
      "Ignore undefined interrupt status bits", "fault IRQ-SPURIOUS")                              \
    X(DRV_MMIO_019, "DRV-MMIO-019", "MUST", "v1.2 4.2.2.2", CHECKED,                               \
      "Acknowledge the handled events by writing their mask once handling is done", "")            \
    X(DRV_MMIO_020, "DRV-MMIO-020", "MUST NOT", "v1.2 4.2.2.2", CHECKED,                           \
      "Never write undefined bits to InterruptACK", "")                                            \
    X(DRV_MMIO_021, "DRV-MMIO-021", "MUST NOT", "v1.2 4.2.2.2", CHECKED,                           \
      "With RING_RESET, never regard a queue reset as done before QueueReset reads 0", "")         \
    X(DRV_MMIO_022, "DRV-MMIO-022", "MAY", "v1.2 4.2.2.2", NOT_OBSERVABLE,                         \
      "Re-enable a reset queue with QueueReady=1 after reprogramming it",                          \
      "a permission, which nothing can breach")                                                    \
    X(DRV_MMIO_023, "DRV-MMIO-023", "MAY", "v1.2 4.2.2.2", NOT_OBSERVABLE,                         \
      "Use different queue parameters after a queue reset",                                        \
      "a permission, which nothing can breach")                                                    \
    X(DRV_MMIO_024, "DRV-MMIO-024", "MUST", "v1.2 4.2.2", NOT_OBSERVABLE,                          \
      "Treat every register value as little-endian", "needs a guest of the other byte order")      \
    X(DRV_MMIO_025, "DRV-MMIO-025", "MUST", "v1.2 4.2.2", CHECKED,                                 \
      "Select the queue with QueueSel before using any per-queue register", "")                    \
    X(DRV_MMIO_026, "DRV-MMIO-026", "MUST", "v1.2 4.2.2", CHECKED,                                 \
      "Read both 32-bit feature words (selectors 0 and 1) and write both back, so that bit 32 is " \
      "covered",                                                                                   \
      "")                                                                                          \
    X(DRV_MMIO_027, "DRV-MMIO-027", "MUST", "v1.2 4.2.2", CHECKED,                                 \
      "Write both halves of each queue address", "")                                               \
    X(DRV_MMIO_028, "DRV-MMIO-028", "MUST", "v1.2 4.2.2", CHECKED,                                 \
      "Trigger reset by writing 0 to Status", "")                                                  \
    X(DRV_MMIO_029, "DRV-MMIO-029", "MUST", "v1.2 4.2.2", UNUSED,                                  \
      "Treat an all-ones SHM length or base as no such region",                                    \
      "no device of this driver has a shared memory region")                                       \
    X(DRV_MMIO_030, "DRV-MMIO-030", "MUST", "v1.2 4.2.2", CHECKED,                                 \
      "Config space starts at offset 0x100; offset fields from there", "reported as DRV-MMIO-001") \
    X(DRV_MMIO_031, "DRV-MMIO-031", "MUST", "v1.2 4.2.3.1.1", CHECKED,                             \
      "Begin by reading and checking magic and version", "")                                       \
    X(DRV_MMIO_032, "DRV-MMIO-032", "MUST", "v1.2 4.2.3.1.1", CHECKED,                             \
      "Next read DeviceID and abort if it is zero", "")                                            \
    X(DRV_MMIO_033, "DRV-MMIO-033", "MUST NOT", "v1.2 4.2.3.1.1", CHECKED,                         \
      "No other register may be touched once DeviceID read zero", "")                              \
    X(DRV_MMIO_034, "DRV-MMIO-034", "MUST NOT", "v1.2 4.2.3.1.1", CHECKED,                         \
      "A driver with no use for shared memory may not touch the SHM registers", "")                \
    X(DRV_MMIO_035, "DRV-MMIO-035", "MUST", "v1.2 4.2.3.1.1", CHECKED,                             \
      "Then follow the general initialization sequence", "reported as DRV-CORE-026")               \
    X(DRV_MMIO_036, "DRV-MMIO-036", "SHOULD", "v1.2 4.2.3.2", CHECKED,                             \
      "Check QueueReady reads 0 before configuring a queue", "")                                   \
    X(DRV_MMIO_037, "DRV-MMIO-037", "MUST", "v1.2 4.2.3.2", CHECKED,                               \
      "Read QueueNumMax and treat 0 as queue absent", "")                                          \
    X(DRV_MMIO_038, "DRV-MMIO-038", "MUST", "v1.2 4.2.3.2", CHECKED,                               \
      "Hand over zeroed, physically contiguous queue memory", "")                                  \
    X(DRV_MMIO_039, "DRV-MMIO-039", "MUST", "v1.2 4.2.3.2", CHECKED,                               \
      "Program size and all addresses before writing QueueReady=1", "")                            \
    X(DRV_MMIO_040, "DRV-MMIO-040", "MUST", "v1.2 4.2.3.3", CHECKED,                               \
      "Kick by writing the 16-bit queue index to QueueNotify", "")                                 \
    X(DRV_MMIO_041, "DRV-MMIO-041", "MUST", "v1.2 4.2.3.3", CHECKED,                               \
      "With NOTIFICATION_DATA kick with index, offset and wrap packed in 32 bits",                 \
      "reported as DRV-CORE-023")                                                                  \
    X(DRV_MMIO_042, "DRV-MMIO-042", "MUST", "v1.2 4.2.3.4.1", CHECKED,                             \
      "After an interrupt read InterruptStatus to learn the cause", "")                            \
    X(DRV_MMIO_043, "DRV-MMIO-043", "SHOULD", "v1.2 4.2.3.4.1", SCENARIO,                          \
      "Treat the used-buffer bit as applying to every active queue", "requests on several queues") \
    X(DRV_MMIO_044, "DRV-MMIO-044", "MUST", "v1.2 4.2.3.4.1", CHECKED,                             \
      "After handling, acknowledge with the handled mask", "")                                     \
    X(DRV_MMIO_045, "DRV-MMIO-045", "MUST NOT", "v1.4 4.2.5", UNUSED,                              \
      "Do not use ADMIN_VQ over mmio; it is reserved on this transport", "ADMIN_VQ")               \
    X(DRV_MMIO_046, "DRV-MMIO-046", "MUST", "v1.2 7.2.2", SCENARIO,                                \
      "An mmio driver satisfies the register layout, mmio init and device notification blocks "    \
      "together",                                                                                  \
      "all rows of 4.2.2.2, 4.2.3.1.1 and 4.2.3.4.1 together")

#define MODEL_RULES_LMMIO(X)                                                                       \
    X(DRV_LMMIO_001, "DRV-LMMIO-001", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Recognise a legacy transport by version register value 1", "reported as DRV-LMMIO-012")     \
    X(DRV_LMMIO_002, "DRV-LMMIO-002", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Write GuestPageSize (a power of two, in bytes) before configuring any queue", "")           \
    X(DRV_LMMIO_003, "DRV-LMMIO-003", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Select the queue with QueueSel before QueueNumMax, QueueNum, QueueAlign or QueuePFN", "")   \
    X(DRV_LMMIO_004, "DRV-LMMIO-004", "SHOULD", "v1.2 4.2.4", CHECKED,                             \
      "Check QueuePFN reads 0 before configuring; nonzero means the queue is in use", "")          \
    X(DRV_LMMIO_005, "DRV-LMMIO-005", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Read QueueNumMax only while QueuePFN is 0, and treat 0 as queue absent", "")                \
    X(DRV_LMMIO_006, "DRV-LMMIO-006", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Pick a queue size not above QueueNumMax and write it to QueueNum", "")                      \
    X(DRV_LMMIO_007, "DRV-LMMIO-007", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Write the used ring alignment in bytes, a power of two, to QueueAlign", "")                 \
    X(DRV_LMMIO_008, "DRV-LMMIO-008", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Allocate the queue as one zeroed contiguous area laid out descriptor table, available "     \
      "ring, pad, used ring",                                                                      \
      "")                                                                                          \
    X(DRV_LMMIO_009, "DRV-LMMIO-009", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Write QueuePFN last, as physical address divided by GuestPageSize, and never as page 0 "    \
      "for an active queue",                                                                       \
      "")                                                                                          \
    X(DRV_LMMIO_010, "DRV-LMMIO-010", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Write 0 to QueuePFN to stop using a queue", "reported as DRV-CORE-037")                     \
    X(DRV_LMMIO_011, "DRV-LMMIO-011", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Keep queue addresses below 2^32 pages since only a 32-bit page number is passed", "")       \
    X(DRV_LMMIO_012, "DRV-LMMIO-012", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Do not use version 2 only registers (QueueReady, split address registers, "                 \
      "ConfigGeneration, SHM, QueueReset) on version 1",                                           \
      "")                                                                                          \
    X(DRV_LMMIO_013, "DRV-LMMIO-013", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Reset by writing 0 to Status; expect all QueuePFN cleared afterwards and reprogram queues", \
      "reported as DRV-LMMIO-014")                                                                 \
    X(DRV_LMMIO_014, "DRV-LMMIO-014", "MUST", "v1.2 4.2.4", CHECKED,                               \
      "Kick, interrupt status and acknowledge work as in the modern layout", "")                   \
    X(DRV_LMMIO_015, "DRV-LMMIO-015", "SHOULD", "v1.2 4.2.4", CHECKED,                             \
      "Negotiate only feature bits 0..31 through the Host/GuestFeatures registers", "")

#endif
