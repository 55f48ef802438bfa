/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties concerning the block device (virtio v1.2 section 5.2).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_BLK_H
#define MODEL_RULE_ROWS_BLK_H

#define MODEL_RULES_BLK(X)                                                                         \
    X(DRV_BLK_001, "DRV-BLK-001", "MUST", "v1.2 5.2.2", CHECKED,                                   \
      "Use one request queue, or num_queues of them when MQ is agreed", "")                        \
    X(DRV_BLK_002, "DRV-BLK-002", "MUST", "v1.2 5.2.4", SCENARIO,                                  \
      "Units in config and requests are 512-byte sectors regardless of blk_size",                  \
      "requests with blk_size 4096")                                                               \
    X(DRV_BLK_003, "DRV-BLK-003", "MUST", "v1.2 5.2.4", CHECKED,                                   \
      "Respect size_max and seg_max when those bits are agreed", "")                               \
    X(DRV_BLK_004, "DRV-BLK-004", "SHOULD NOT", "v1.2 5.2.5.1", SCENARIO,                          \
      "Do not negotiate FLUSH unless flush requests can be sent", "flush scenarios")               \
    X(DRV_BLK_005, "DRV-BLK-005", "MAY", "v1.2 5.2.5.1", NOT_OBSERVABLE,                           \
      "With neither CONFIG_WCE nor FLUSH agreed, a write-through cache may be presumed",           \
      "a permission, which nothing can breach")                                                    \
    X(DRV_BLK_006, "DRV-BLK-006", "SHOULD", "v1.2 5.2.5.1", SCENARIO,                              \
      "With FLUSH but not CONFIG_WCE agreed, presume a write-back cache", "flush scenarios")       \
    X(DRV_BLK_007, "DRV-BLK-007", "MUST NOT", "v1.2 5.2.5.1", CHECKED,                             \
      "Do not read the writeback field before FEATURES_OK is set", "")                             \
    X(DRV_BLK_008, "DRV-BLK-008", "MUST NOT", "v1.2 5.2.5.1", UNUSED,                              \
      "Do not negotiate ZONED unless every zone model value can be handled", "ZONED")              \
    X(DRV_BLK_009, "DRV-BLK-009", "MUST NOT", "v1.2 5.2.5.1", CHECKED,                             \
      "With a host-managed zoned device do not take DISCARD", "")                                  \
    X(DRV_BLK_010, "DRV-BLK-010", "MAY", "v1.2 5.2.5.1", NOT_OBSERVABLE,                           \
      "For other zone models ZONED and DISCARD are independent choices",                           \
      "a permission, which nothing can breach")                                                    \
    X(DRV_BLK_011, "DRV-BLK-011", "MUST NOT", "v1.2 5.2.5.1", CHECKED,                             \
      "If host-managed zones are unsupported, set FAILED instead of FEATURES_OK", "")              \
    X(DRV_BLK_012, "DRV-BLK-012", "MAY", "v1.2 5.2.5.1", SCENARIO,                                 \
      "A host-aware device may be used as a plain disk",                                           \
      "a host-aware device used as a plain disk")                                                  \
    X(DRV_BLK_013, "DRV-BLK-013", "SHOULD", "v1.2 5.2.5.1", CHECKED,                               \
      "When treating a host-aware device as plain, ignore the other zoned fields", "")             \
    X(DRV_BLK_014, "DRV-BLK-014", "MUST", "v1.2 5.2.6", CHECKED,                                   \
      "Requests are a 16-byte readable header, data, and a final writable status byte", "")        \
    X(DRV_BLK_015, "DRV-BLK-015", "SHOULD", "v1.2 5.2.6", CHECKED,                                 \
      "Set the reserved header word to 0 and sector to 0 for requests that do not address "        \
      "sectors",                                                                                   \
      "")                                                                                          \
    X(DRV_BLK_016, "DRV-BLK-016", "MUST", "v1.2 5.2.6", SCENARIO,                                  \
      "Check the status byte and report IOERR and UNSUPP as failures",                             \
      "faults BLK-IOERR, BLK-UNSUPP")                                                              \
    X(DRV_BLK_017, "DRV-BLK-017", "MUST", "v1.2 5.2.6", SCENARIO,                                  \
      "Treat the id string as up to 20 bytes, NUL padded, possibly without terminator",            \
      "fault BLK-ID-NOTERM")                                                                       \
    X(DRV_BLK_018, "DRV-BLK-018", "SHOULD", "v1.2 5.2.6.1", SCENARIO,                              \
      "Re-check capacity on a config change interrupt", "capacity change, fault BLK-CAP-SHRINK")   \
    X(DRV_BLK_019, "DRV-BLK-019", "MUST NOT", "v1.2 5.2.6.1", CHECKED,                             \
      "Never read or write past capacity", "")                                                     \
    X(DRV_BLK_020, "DRV-BLK-020", "SHOULD", "v1.2 5.2.6.1", CHECKED, "Accept RO if offered", "")   \
    X(DRV_BLK_021, "DRV-BLK-021", "MUST", "v1.2 5.2.6.1", CHECKED,                                 \
      "A flush request carries sector 0", "")                                                      \
    X(DRV_BLK_022, "DRV-BLK-022", "SHOULD NOT", "v1.2 5.2.6.1", CHECKED,                           \
      "A flush request carries no data", "")                                                       \
    X(DRV_BLK_023, "DRV-BLK-023", "MUST", "v1.2 5.2.6.1", CHECKED,                                 \
      "Read and write data lengths are multiples of 512", "")                                      \
    X(DRV_BLK_024, "DRV-BLK-024", "MUST", "v1.2 5.2.6.1", CHECKED,                                 \
      "Discard, erase and write-zeroes data lengths are multiples of the 16-byte segment", "")     \
    X(DRV_BLK_025, "DRV-BLK-025", "MUST", "v1.2 5.2.6.1", CHECKED,                                 \
      "GET_ID data is exactly 20 bytes", "")                                                       \
    X(DRV_BLK_026, "DRV-BLK-026", "MUST NOT", "v1.2 5.2.6.1", CHECKED,                             \
      "Discard segment count stays within max_discard_seg", "")                                    \
    X(DRV_BLK_027, "DRV-BLK-027", "MUST NOT", "v1.2 5.2.6.1", CHECKED,                             \
      "Secure erase segment count stays within max_secure_erase_seg", "")                          \
    X(DRV_BLK_028, "DRV-BLK-028", "MUST NOT", "v1.2 5.2.6.1", CHECKED,                             \
      "Write-zeroes segment count stays within max_write_zeroes_seg", "")                          \
    X(DRV_BLK_029, "DRV-BLK-029", "MAY", "v1.2 5.2.6.1", CHECKED,                                  \
      "With CONFIG_WCE the cache mode may be switched by writing 0 or 1 to writeback", "")         \
    X(DRV_BLK_030, "DRV-BLK-030", "MUST NOT", "v1.2 5.2.6.1", NOT_OBSERVABLE,                      \
      "Switching to write-through does not by itself commit earlier volatile writes",              \
      "an assumption of the caller, no access shows it")                                           \
    X(DRV_BLK_031, "DRV-BLK-031", "MUST", "v1.2 5.2.6.1", CHECKED,                                 \
      "Discard segments keep the unmap bit clear", "")                                             \
    X(DRV_BLK_032, "DRV-BLK-032", "MUST NOT", "v1.2 5.2.6.1", NOT_OBSERVABLE,                      \
      "Assume nothing about contents of discarded sectors",                                        \
      "an assumption of the caller, no access shows it")                                           \
    X(DRV_BLK_033, "DRV-BLK-033", "MUST NOT", "v1.2 5.2.6.1", SCENARIO,                            \
      "After IOERR on a multi-segment request assume nothing about any single segment",            \
      "fault BLK-IOERR on requests of several segments")                                           \
    X(DRV_BLK_034, "DRV-BLK-034", "MUST", "v1.2 5.2.6.1", UNUSED,                                  \
      "Zone sector addresses are multiples of 512 bytes", "ZONED")                                 \
    X(DRV_BLK_035, "DRV-BLK-035", "MUST", "v1.2 5.2.6.1", UNUSED,                                  \
      "Zone report starts at a sector inside the first wanted zone", "ZONED")                      \
    X(DRV_BLK_036, "DRV-BLK-036", "MUST", "v1.2 5.2.6.1", UNUSED,                                  \
      "Zone open/close/finish/reset name the first sector of the zone", "ZONED")                   \
    X(DRV_BLK_037, "DRV-BLK-037", "MUST", "v1.2 5.2.6.1", UNUSED, "Zone reset-all uses sector 0",  \
      "ZONED")                                                                                     \
    X(DRV_BLK_038, "DRV-BLK-038", "MUST", "v1.2 5.2.6.1", UNUSED,                                  \
      "Zone append names the zone start and sizes data by write granularity up to "                \
      "max_append_sectors",                                                                        \
      "ZONED")                                                                                     \
    X(DRV_BLK_039, "DRV-BLK-039", "MAY", "v1.2 5.2.6.1", UNUSED,                                   \
      "After a successful append the driver may read append_sector", "ZONED")                      \
    X(DRV_BLK_040, "DRV-BLK-040", "MUST", "v1.2 5.2.6.1", UNUSED,                                  \
      "Sequential-zone writes are granularity aligned in size and sector and fit the remaining "   \
      "zone capacity",                                                                             \
      "ZONED")                                                                                     \
    X(DRV_BLK_041, "DRV-BLK-041", "MUST NOT", "v1.4 5.2.6.1", UNUSED,                              \
      "Zone append data stays within max_append_sectors", "ZONED")                                 \
    X(DRV_BLK_042, "DRV-BLK-042", "MAY", "v1.4 5.2.6.1", UNUSED,                                   \
      "The report start sector need not be the zone's first sector", "ZONED")                      \
    X(DRV_BLK_043, "DRV-BLK-043", "MUST", "v1.4 5.2.6.1", UNUSED,                                  \
      "Zone append size is a multiple of the write granularity", "ZONED")

#endif
