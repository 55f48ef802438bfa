/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the input device differs from what the common rows of the fault table allow: included in a
 * table of fault_table.c. {fault, outcomes allowed instead, why}.
 */
/* clang-format off */
    {MODEL_FAULT_STAT_NEEDS_RESET, ALLOW3(OK, EIO, ETIMEDOUT),
     "the event buffers are taken before anybody waits for an event, and a driver that is removed "
     "then has lost nothing"},
    {MODEL_FAULT_CFG_GEN_NEVER,
     ALLOW6(OK, EIO, EPROTO, EAGAIN, ERANGE, EINVAL) | MODEL_OUT_ENOTSUP | MODEL_OUT_DATA_MAY,
     "a bitmap that reads as empty is that of a device without LEDs, and one name is as good as "
     "another"},
    {MODEL_FAULT_CFG_HOSTILE,
     ALLOW6(OK, EIO, EPROTO, EINVAL, ERANGE, ENOTSUP) | MODEL_OUT_DATA_MAY,
     "one name, axis or bitmap is as good as another"},
    {MODEL_FAULT_U_LEN_SHORT, ALLOW3(OK, EIO, EPROTO),
     "an event that was not written is dropped with its report, and SYN_DROPPED says so"},
    {MODEL_FAULT_U_IDX_EARLY, ALLOW3(OK, EIO, ETIMEDOUT) | MODEL_OUT_DATA_MAY,
     "the old entry names a buffer that was posted again: when the device has filled it by then, "
     "events change places or stay behind, and nothing in the ring tells"},
    {MODEL_FAULT_INP_STORM, ALLOW1(OK) | MODEL_OUT_DATA_MAY,
     "an empty report in the middle of another one splits it: nothing in the protocol tells"},
    {MODEL_FAULT_INP_NO_SYN, ALLOW2(OK, ETIMEDOUT) | MODEL_OUT_DATA_MAY,
     "a report without an end runs into the next one, or never comes: nothing in the protocol "
     "tells"},
