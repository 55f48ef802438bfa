/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Duties concerning the GPU (v1.2 section 5.7).
 * Rows for rule_table.h: X(symbol, "id", level, section, kind, text, note).
 */
#ifndef MODEL_RULE_ROWS_GPU_H
#define MODEL_RULE_ROWS_GPU_H

#define MODEL_RULES_GPU(X)                                                                         \
    X(DRV_GPU_001, "DRV-GPU-001", "MUST NOT", "v1.2 5.7.4.1", CHECKED, "Never write events_read",  \
      "reported as DRV-MMIO-002")                                                                  \
    X(DRV_GPU_002, "DRV-GPU-002", "MUST", "v1.2 5.7.4.1", CHECKED,                                 \
      "Clear pending events by writing their bits to events_clear", "")                            \
    X(DRV_GPU_003, "DRV-GPU-003", "SHOULD", "v1.2 5.7.4.2", SCENARIO,                              \
      "On a display event fetch display info again",                                               \
      "a display that the user changes; fault GPU-EVENT-STORM")                                    \
    X(DRV_GPU_004, "DRV-GPU-004", "SHOULD", "v1.2 5.7.4.2", SCENARIO,                              \
      "With EDID agreed also fetch EDID again", "a display that the user changes")                 \
    X(DRV_GPU_005, "DRV-GPU-005", "SHOULD", "v1.2 5.7.5", CHECKED,                                 \
      "Query display info at start and use it for initial scanouts", "")                           \
    X(DRV_GPU_006, "DRV-GPU-006", "SHOULD", "v1.2 5.7.5", CHECKED,                                 \
      "With EDID agreed query EDID at start", "")                                                  \
    X(DRV_GPU_007, "DRV-GPU-007", "MAY", "v1.2 5.7.5", SCENARIO,                                   \
      "Fall back to a default mode when no display is enabled",                                    \
      "fault GPU-DISPLAY with no display enabled")                                                 \
    X(DRV_GPU_008, "DRV-GPU-008", "SHOULD", "v1.2 5.7.5", UNUSED,                                  \
      "Query all shared memory regions the device provides",                                       \
      "RESOURCE_BLOB: without it there is none")                                                   \
    X(DRV_GPU_009, "DRV-GPU-009", "MUST", "v1.2 5.7.6.1", CHECKED,                                 \
      "Create resource, attach backing, then set scanout, in that order", "")                      \
    X(DRV_GPU_010, "DRV-GPU-010", "MUST", "v1.2 5.7.6.2", CHECKED,                                 \
      "After drawing transfer to host and then flush the dirty rectangle", "")                     \
    X(DRV_GPU_011, "DRV-GPU-011", "MUST", "v1.2 5.7.6.6", CHECKED,                                 \
      "Cursor resources are 64x64 and are created and filled with fenced control commands first",  \
      "")                                                                                          \
    X(DRV_GPU_012, "DRV-GPU-012", "MUST", "v1.2 5.7.6.7", SCENARIO,                                \
      "Use fence flag plus fence id when completion of processing must be known",                  \
      "fault GPU-FENCE; for the cursor DRV-GPU-011")                                               \
    X(DRV_GPU_013, "DRV-GPU-013", "MAY", "v1.2 5.7.6.7", CHECKED,                                  \
      "With CONTEXT_INIT the ring index flag may be used (0..63)", "")                             \
    X(DRV_GPU_014, "DRV-GPU-014", "MUST", "v1.2 5.7.6.7", SCENARIO,                                \
      "Check the response type; 0x12xx values are errors", "faults GPU-ERR, GPU-TYPE")             \
    X(DRV_GPU_015, "DRV-GPU-015", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Keep scanout rectangles inside the resource", "")                                           \
    X(DRV_GPU_016, "DRV-GPU-016", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Use nonzero guest-chosen unique resource ids; id 0 in SET_SCANOUT disables a scanout", "")  \
    X(DRV_GPU_017, "DRV-GPU-017", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Attach entry count must match the memory entries supplied", "")                             \
    X(DRV_GPU_018, "DRV-GPU-018", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Use only defined pixel formats", "")                                                        \
    X(DRV_GPU_019, "DRV-GPU-019", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Send GET_EDID only when EDID is agreed", "")                                                \
    X(DRV_GPU_020, "DRV-GPU-020", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Zero padding fields in requests", "")                                                       \
    X(DRV_GPU_021, "DRV-GPU-021", "MUST", "v1.2 5.7.6.8", UNUSED,                                  \
      "Capset index stays below num_capsets", "VIRGL")                                             \
    X(DRV_GPU_022, "DRV-GPU-022", "MUST", "v1.2 5.7.6.8", UNUSED,                                  \
      "Blob resources have a nonzero blob_mem and declare their use in blob_flags",                \
      "RESOURCE_BLOB")                                                                             \
    X(DRV_GPU_023, "DRV-GPU-023", "MUST", "v1.2 5.7.6.8", UNUSED,                                  \
      "Blob scanout format must be one of the defined formats", "RESOURCE_BLOB")                   \
    X(DRV_GPU_024, "DRV-GPU-024", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Detach backing or unref the resource before freeing its guest pages", "")                   \
    X(DRV_GPU_025, "DRV-GPU-025", "MUST NOT", "v1.2 5.7.6.9", UNUSED,                              \
      "Do not map a blob that is already mapped", "RESOURCE_BLOB")                                 \
    X(DRV_GPU_026, "DRV-GPU-026", "MUST", "v1.4 5.7.6.8.1", UNUSED,                                \
      "With BLOB_ALIGNMENT agreed blob sizes are multiples of blob_alignment", "BLOB_ALIGNMENT")   \
    X(DRV_GPU_027, "DRV-GPU-027", "MUST", "v1.4 5.7.6.9.1", UNUSED,                                \
      "With BLOB_ALIGNMENT agreed map offsets are multiples of blob_alignment", "BLOB_ALIGNMENT")  \
    X(DRV_GPU_028, "DRV-GPU-028", "MUST", "v1.2 5.7.6.10", CHECKED,                                \
      "Send cursor commands on the cursor queue only", "")                                         \
    X(DRV_GPU_029, "DRV-GPU-029", "MUST", "v1.2 5.7.6.10", CHECKED,                                \
      "Finish loading the cursor resource (fenced) before UPDATE_CURSOR", "")                      \
    X(DRV_GPU_030, "DRV-GPU-030", "MUST", "v1.4 7.2.10", UNUSED,                                   \
      "A GPU driver claiming 1.4 also satisfies the controlq and 3D controlq driver blocks",       \
      "BLOB_ALIGNMENT: both blocks are about it")                                                  \
    X(DRV_GPU_031, "DRV-GPU-031", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Keep transfer and flush rectangles inside the resource and the transfer offset "            \
      "consistent with stride",                                                                    \
      "")                                                                                          \
    X(DRV_GPU_032, "DRV-GPU-032", "MUST", "v1.2 5.7.6.8", CHECKED,                                 \
      "Supply a whole request and a response buffer large enough for the reply type (408 bytes "   \
      "for display info, 1056 for EDID)",                                                          \
      "")                                                                                          \
    X(DRV_GPU_033, "DRV-GPU-033", "MUST", "v1.2 5.7.3", UNUSED,                                    \
      "CONTEXT_INIT is only accepted together with VIRGL (and in 1.4 BLOB_ALIGNMENT only with "    \
      "RESOURCE_BLOB)",                                                                            \
      "CONTEXT_INIT, BLOB_ALIGNMENT")

#endif
