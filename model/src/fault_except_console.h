/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the console differs from what the common rows of the fault table allow: included in a table
 * of fault_table.c. {fault, outcomes allowed instead, why}.
 */
/* clang-format off */
    {MODEL_FAULT_U_LEN_SHORT, ALLOW5(OK, EIO, EPROTO, ETIMEDOUT, DATA_MAY),
     "a stream has no frames: fewer bytes are fewer bytes, and a message may have become another"},
    {MODEL_FAULT_U_ID_NONHEAD, ALLOW4(OK, EIO, ETIMEDOUT, DATA_MAY),
     "a receive buffer that was posted again in the meantime has no status byte to tell"},
    {MODEL_FAULT_U_ID_DUP, ALLOW4(OK, EIO, ETIMEDOUT, DATA_MAY),
     "a receive buffer that was posted again in the meantime has no status byte to tell"},
    {MODEL_FAULT_U_IDX_EARLY, ALLOW4(OK, EIO, ETIMEDOUT, DATA_MAY),
     "an old used entry may name a receive buffer, which has no status byte to tell"},
    {MODEL_FAULT_CFG_HOSTILE,
     ALLOW6(OK, EIO, EPROTO, EINVAL, ERANGE, ENOTSUP) | MODEL_OUT_ENODEV,
     "a max_nr_ports that is too small is one: the ports beyond are not there"},
    {MODEL_FAULT_CON_RESIZE_0, ALLOW2(OK, EPROTO),
     "EPROTO: who waits for the new size finds that the config space never shows it"},
    {MODEL_FAULT_CON_TX_STUCK, ALLOW5(OK, EIO, ETIMEDOUT, EAGAIN, DATA_MAY),
     "what overtakes a stuck buffer leaves a gap at the other side, which the driver cannot see"},
