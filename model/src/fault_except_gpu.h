/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the GPU differs from what the common rows of the fault table allow: included in a table
 * of fault_table.c. {fault, outcomes allowed instead, why}.
 */
/* clang-format off */
    {MODEL_FAULT_A_FLIP, ALLOW1(OK),
     "an answer is copied together with its used entry, and only the copy is looked at"},
    {MODEL_FAULT_CFG_HOSTILE,
     ALLOW6(OK, EIO, EPROTO, EINVAL, ERANGE, ENOTSUP) | ALLOW1(ETIMEDOUT),
     "an event that events_read does not show is waited for in vain"},
    {MODEL_FAULT_U_LEN_SHORT, ALLOW3(OK, EIO, EPROTO),
     "QEMU answers cursor commands with length 0; without display information or EDID a driver "
     "may use a mode of its own"},
