/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the console differs from what the common rows of the fault table allow: included in a table
 * of fault_table.c. {fault, outcomes allowed instead, why}.
 */
/* clang-format off */
    {MODEL_FAULT_STAT_NEEDS_RESET, ALLOW3(OK, EIO, ETIMEDOUT),
     "the last act of a reader gives its buffer back, and a driver that is removed then has lost "
     "nothing"},
    {MODEL_FAULT_U_LEN_SHORT, ALLOW6(OK, EIO, EPROTO, ETIMEDOUT, DATA_MAY, EPIPE),
     "a stream has no frames: fewer bytes are fewer bytes, and a message may have become another"},
    {MODEL_FAULT_U_ID_NONHEAD, ALLOW5(OK, EIO, ETIMEDOUT, DATA_MAY, ENODEV),
     "a receive buffer that was posted again in the meantime has no status byte to tell; a message "
     "that is written over another one may have become the removal of a port"},
    {MODEL_FAULT_U_ID_DUP, ALLOW5(OK, EIO, ETIMEDOUT, DATA_MAY, ENODEV),
     "as with U-ID-NONHEAD"},
    {MODEL_FAULT_U_IDX_JUMP, ALLOW4(OK, EIO, ETIMEDOUT, DATA_MAY),
     "an old used entry may name a receive buffer, which has no status byte to tell"},
    {MODEL_FAULT_U_IDX_EARLY, ALLOW5(OK, EIO, ETIMEDOUT, DATA_MAY, ENODEV),
     "as with U-IDX-JUMP and U-ID-NONHEAD"},
    {MODEL_FAULT_CFG_HOSTILE,
     ALLOW6(OK, EIO, EPROTO, EINVAL, ERANGE, ENOTSUP) | MODEL_OUT_ENODEV,
     "a max_nr_ports that is too small is one: the ports beyond are not there"},
    {MODEL_FAULT_CON_RESIZE_0, ALLOW2(OK, EPROTO),
     "EPROTO: who waits for the new size finds that the config space never shows it"},
    {MODEL_FAULT_CON_TX_STUCK, ALLOW5(OK, EIO, ETIMEDOUT, EAGAIN, DATA_MAY),
     "what overtakes a stuck buffer leaves a gap at the other side, which the driver cannot see"},
