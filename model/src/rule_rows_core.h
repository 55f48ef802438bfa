/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties of the common parts: status, features, configuration, reset, notifications (virtio v1.2
 * chapters 2, 3 and 6).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_CORE_H
#define MODEL_RULE_ROWS_CORE_H

#define MODEL_RULES_CORE(X)                                                                        \
    X(DRV_CORE_001, "DRV-CORE-001", "MUST", "v1.2 2.1.1", CHECKED,                                 \
      "Record every finished initialization stage by adding its bit to the status register", "")   \
    X(DRV_CORE_002, "DRV-CORE-002", "MUST NOT", "v1.2 2.1.1", CHECKED,                             \
      "Never turn an already set status bit back to zero except through a full reset (write of "   \
      "0)",                                                                                        \
      "")                                                                                          \
    X(DRV_CORE_003, "DRV-CORE-003", "MUST", "v1.2 2.1.1", CHECKED,                                 \
      "After giving up with FAILED, reset the device before any new initialization attempt", "")   \
    X(DRV_CORE_004, "DRV-CORE-004", "SHOULD NOT", "v1.2 2.1.1", SCENARIO,                          \
      "Do not count on in-flight work finishing (or not finishing) once DEVICE_NEEDS_RESET "       \
      "appears",                                                                                   \
      "fault STAT-NEEDS-RESET")                                                                    \
    X(DRV_CORE_005, "DRV-CORE-005", "MUST", "v1.2 2.2", CHECKED,                                   \
      "Change an agreed feature set only by resetting first; there is no in-place renegotiation",  \
      "")                                                                                          \
    X(DRV_CORE_006, "DRV-CORE-006", "MUST NOT", "v1.2 2.2.1", CHECKED,                             \
      "Do not acknowledge a feature bit the device did not advertise", "")                         \
    X(DRV_CORE_007, "DRV-CORE-007", "MUST NOT", "v1.2 2.2.1", CHECKED,                             \
      "Do not acknowledge a bit whose prerequisite bit is left unacknowledged", "")                \
    X(DRV_CORE_008, "DRV-CORE-008", "SHOULD", "v1.2 2.2.1", SCENARIO,                              \
      "Fall back to a reduced compatible mode when a feature the driver knows is absent",          \
      "fault FEAT-NONE")                                                                           \
    X(DRV_CORE_009, "DRV-CORE-009", "MUST", "v1.2 2.2.1", SCENARIO,                                \
      "If no fallback is possible for a missing feature, set FAILED and stop initializing",        \
      "fault FEAT-NO-V1")                                                                          \
    X(DRV_CORE_010, "DRV-CORE-010", "MUST", "v1.2 2.2.1", CHECKED,                                 \
      "Check the offered bits before accepting anything", "")                                      \
    X(DRV_CORE_011, "DRV-CORE-011", "MUST NOT", "v1.2 2.2.1", CHECKED,                             \
      "Never accept (just ignore) bits that are undocumented, reserved, unsupported on this "      \
      "transport or undefined for this device type",                                               \
      "")                                                                                          \
    X(DRV_CORE_012, "DRV-CORE-012", "MUST NOT", "v1.2 2.2.1", SCENARIO,                            \
      "Do not fail just because an unknown bit is offered", "fault FEAT-ALL-ONES")                 \
    X(DRV_CORE_013, "DRV-CORE-013", "SHOULD", "v1.2 2.4.2", CHECKED,                               \
      "Treat a reset as finished only after status reads back as zero", "")                        \
    X(DRV_CORE_014, "DRV-CORE-014", "MUST NOT", "v1.2 2.5.1", SCENARIO,                            \
      "Do not assume a config field wider than 32 bits is read atomically", "fault CFG-TORN")      \
    X(DRV_CORE_015, "DRV-CORE-015", "MUST NOT", "v1.2 2.5.1", SCENARIO,                            \
      "Do not assume that reading several config fields gives one consistent snapshot",            \
      "fault CFG-TORN")                                                                            \
    X(DRV_CORE_016, "DRV-CORE-016", "SHOULD", "v1.2 2.5.1", CHECKED,                               \
      "Bracket config reads with generation reads and repeat until both match", "")                \
    X(DRV_CORE_017, "DRV-CORE-017", "MUST", "v1.2 2.5.1", CHECKED,                                 \
      "Touch an optional config field only if its feature bit is offered", "")                     \
    X(DRV_CORE_018, "DRV-CORE-018", "MUST NOT", "v1.2 2.5.1", SCENARIO,                            \
      "Do not reject a device because its config space or structures are larger than expected",    \
      "a device with config_extra bytes")                                                          \
    X(DRV_CORE_019, "DRV-CORE-019", "SHOULD", "v1.2 2.5.1", SCENARIO,                              \
      "Only require config space to be at least big enough for the fields needed",                 \
      "a device with config_extra bytes, and one without optional fields")                         \
    X(DRV_CORE_020, "DRV-CORE-020", "MUST", "v1.2 2.6.1.1.2", CHECKED,                             \
      "After asking for a queue reset, confirm that it actually completed", "")                    \
    X(DRV_CORE_021, "DRV-CORE-021", "MAY", "v1.2 2.6.1.1.2", CHECKED,                              \
      "Free the queue's memory and resources once the reset is confirmed",                         \
      "reported as DRV-MMIO-021")                                                                  \
    X(DRV_CORE_022, "DRV-CORE-022", "MUST", "v1.2 2.6.1.2.2", CHECKED,                             \
      "When re-enabling a queue redo the full queue setup as at first discovery; parameters may "  \
      "differ",                                                                                    \
      "")                                                                                          \
    X(DRV_CORE_023, "DRV-CORE-023", "MUST", "v1.2 2.9", CHECKED,                                   \
      "With NOTIFICATION_DATA agreed, kick values carry queue index, next ring offset and "        \
      "wrap/top index bit",                                                                        \
      "")                                                                                          \
    X(DRV_CORE_024, "DRV-CORE-024", "MUST", "v1.2 2.9", CHECKED,                                   \
      "Without NOTIFICATION_DATA a kick carries just the queue index", "")                         \
    X(DRV_CORE_025, "DRV-CORE-025", "MAY", "v1.2 2.9", CHECKED,                                    \
      "Repeat a kick without adding buffers; the data must then be identical", "")                 \
    X(DRV_CORE_026, "DRV-CORE-026", "MUST", "v1.2 3.1.1", CHECKED,                                 \
      "Follow the fixed initialization order: reset, ACKNOWLEDGE, DRIVER, features, FEATURES_OK, " \
      "recheck, setup, DRIVER_OK",                                                                 \
      "")                                                                                          \
    X(DRV_CORE_027, "DRV-CORE-027", "MAY", "v1.2 3.1.1", NOT_OBSERVABLE,                           \
      "Read device config while negotiating features to decide whether the device is usable",      \
      "a permission, which nothing can breach")                                                    \
    X(DRV_CORE_028, "DRV-CORE-028", "MUST NOT", "v1.2 3.1.1", CHECKED,                             \
      "Do not write device config during feature negotiation", "")                                 \
    X(DRV_CORE_029, "DRV-CORE-029", "MUST NOT", "v1.2 3.1.1", CHECKED,                             \
      "Do not accept additional features after FEATURES_OK is set", "")                            \
    X(DRV_CORE_030, "DRV-CORE-030", "MUST", "v1.2 3.1.1", CHECKED,                                 \
      "Read status back after setting FEATURES_OK and abandon the device if the bit did not "      \
      "stick",                                                                                     \
      "")                                                                                          \
    X(DRV_CORE_031, "DRV-CORE-031", "MUST", "v1.2 3.1.1", CHECKED,                                 \
      "Set up queues and device-specific state before DRIVER_OK", "")                              \
    X(DRV_CORE_032, "DRV-CORE-032", "SHOULD", "v1.2 3.1.1", CHECKED,                               \
      "Mark the device FAILED when a step cannot be recovered", "")                                \
    X(DRV_CORE_033, "DRV-CORE-033", "MUST NOT", "v1.2 3.1.1", SCENARIO,                            \
      "Do not carry on initializing after an unrecoverable step",                                  \
      "faults FOK-REJECT, FEAT-NO-V1, Q-ABSENT")                                                   \
    X(DRV_CORE_034, "DRV-CORE-034", "MUST NOT", "v1.2 3.1.1", CHECKED,                             \
      "No available-buffer kick may be sent before DRIVER_OK", "")                                 \
    X(DRV_CORE_035, "DRV-CORE-035", "SHOULD", "v1.2 3.2.1", SCENARIO,                              \
      "Re-read cached config values when a config change interrupt arrives",                       \
      "fault BLK-CAP-SHRINK, capacity change")                                                     \
    X(DRV_CORE_036, "DRV-CORE-036", "MUST NOT", "v1.2 3.3.1", CHECKED,                             \
      "Do not modify descriptors or ring entries of buffers still owned by a live queue", "")      \
    X(DRV_CORE_037, "DRV-CORE-037", "MUST", "v1.2 3.3.1", CHECKED,                                 \
      "Make a queue non-live (device reset, or queue reset where agreed) before withdrawing "      \
      "exposed buffers",                                                                           \
      "")                                                                                          \
    X(DRV_CORE_038, "DRV-CORE-038", "SHOULD NOT", "v1.4 3.4.1", UNUSED,                            \
      "Do not set SUSPEND unless DRIVER_OK is set and the SUSPEND feature was agreed", "SUSPEND")  \
    X(DRV_CORE_039, "DRV-CORE-039", "MUST", "v1.4 3.4.1", UNUSED,                                  \
      "After requesting suspend, read status until SUSPEND is 1 and DRIVER_OK is 0", "SUSPEND")    \
    X(DRV_CORE_040, "DRV-CORE-040", "MUST NOT", "v1.4 3.4.1", UNUSED,                              \
      "No new buffers may be exposed after requesting suspend", "SUSPEND")                         \
    X(DRV_CORE_041, "DRV-CORE-041", "MUST NOT", "v1.4 3.4.1", UNUSED,                              \
      "No queue kicks may be sent after requesting suspend", "SUSPEND")                            \
    X(DRV_CORE_042, "DRV-CORE-042", "MUST NOT", "v1.4 3.4.1", UNUSED,                              \
      "No device config writes (other than status) after requesting suspend", "SUSPEND")           \
    X(DRV_CORE_043, "DRV-CORE-043", "MUST", "v1.4 3.4.1", UNUSED,                                  \
      "On resume set DRIVER_OK and wait for SUSPEND 0 and DRIVER_OK 1 before normal use",          \
      "SUSPEND")                                                                                   \
    X(DRV_CORE_044, "DRV-CORE-044", "MUST", "v1.2 6.1", CHECKED,                                   \
      "Accept VERSION_1 whenever the device offers it", "")                                        \
    X(DRV_CORE_045, "DRV-CORE-045", "MAY", "v1.2 6.1", NOT_OBSERVABLE,                             \
      "Refuse to operate a device that does not offer VERSION_1",                                  \
      "a permission, which nothing can breach")                                                    \
    X(DRV_CORE_046, "DRV-CORE-046", "SHOULD", "v1.2 6.1", CHECKED,                                 \
      "Accept ACCESS_PLATFORM if offered", "")                                                     \
    X(DRV_CORE_047, "DRV-CORE-047", "MUST", "v1.2 6.1", CHECKED,                                   \
      "Having accepted ACCESS_PLATFORM, disable the IOMMU or program it to map the device's bus "  \
      "addresses",                                                                                 \
      "reported as MEM-006")                                                                       \
    X(DRV_CORE_048, "DRV-CORE-048", "MUST", "v1.2 6.1", CHECKED,                                   \
      "Without ACCESS_PLATFORM give the device plain physical addresses only", "")                 \
    X(DRV_CORE_049, "DRV-CORE-049", "SHOULD", "v1.2 6.1", UNUSED,                                  \
      "Accept RING_PACKED when offered", "RING_PACKED: this driver has the split ring only")       \
    X(DRV_CORE_050, "DRV-CORE-050", "SHOULD", "v1.2 6.1", CHECKED,                                 \
      "Accept ORDER_PLATFORM when offered", "")                                                    \
    X(DRV_CORE_051, "DRV-CORE-051", "MUST", "v1.2 6.1", NOT_OBSERVABLE,                            \
      "With ORDER_PLATFORM agreed use barriers strong enough for real hardware devices",           \
      "the strength of a barrier is the port's; that there is one is DRV-SPLIT-040, -041, -044")   \
    X(DRV_CORE_052, "DRV-CORE-052", "MUST NOT", "v1.2 6.1", UNUSED,                                \
      "Never negotiate SR_IOV on a non-PCI device", "SR_IOV")                                      \
    X(DRV_CORE_053, "DRV-CORE-053", "SHOULD", "v1.2 6.1", UNUSED,                                  \
      "Accept NOTIF_CONFIG_DATA if offered; note mmio defines no such value so on mmio it stays "  \
      "unaccepted",                                                                                \
      "NOTIF_CONFIG_DATA: no value is defined for mmio")                                           \
    X(DRV_CORE_054, "DRV-CORE-054", "MUST", "v1.2 6.1", CHECKED,                                   \
      "Use indirect descriptors only if INDIRECT_DESC was agreed", "reported as DRV-SPLIT-011")    \
    X(DRV_CORE_055, "DRV-CORE-055", "MUST", "v1.2 6.1", CHECKED,                                   \
      "Use per-queue reset only if RING_RESET was agreed", "")                                     \
    X(DRV_CORE_056, "DRV-CORE-056", "MUST", "v1.2 2.10", UNUSED,                                   \
      "Express references into a shared memory region as offsets from its start",                  \
      "no device of this driver has a shared memory region")                                       \
    X(DRV_CORE_057, "DRV-CORE-057", "MUST", "v1.2 7.1", SCENARIO,                                  \
      "Conformance needs all common driver blocks, one transport block set, at least one device "  \
      "block set and the legacy clause",                                                           \
      "all rows together")                                                                         \
    X(DRV_CORE_058, "DRV-CORE-058", "MAY", "v1.2 6.1", UNUSED,                                     \
      "Enabling PCI virtual functions through SR_IOV is PCI only and has no mmio counterpart",     \
      "SR_IOV")                                                                                    \
    X(DRV_CORE_059, "DRV-CORE-059", "MUST", "v1.4 2.2.1", CHECKED,                                 \
      "Feature filtering is done per transport: keep an allow-list of bits valid for mmio",        \
      "reported as DRV-CORE-011")

#endif
