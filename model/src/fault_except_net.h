/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the network device differs from what the common rows of the fault table allow: included in
 * a table of fault_table.c. {fault, outcomes allowed instead, why}.
 */
/* clang-format off */
    {MODEL_FAULT_U_LEN_SHORT, ALLOW5(OK, EIO, EPROTO, ETIMEDOUT, DATA_MAY),
     "a frame that is shorter than it was is a frame; one shorter than its header is dropped"},
    {MODEL_FAULT_U_ID_NONHEAD, ALLOW4(OK, EIO, ETIMEDOUT, DATA_MAY),
     "an old used entry may name a receive buffer that the device has filled again: it has a "
     "header, and the length of another frame"},
    {MODEL_FAULT_U_ID_DUP, ALLOW4(OK, EIO, ETIMEDOUT, DATA_MAY),
     "an old used entry may name a receive buffer that the device has filled again: it has a "
     "header, and the length of another frame"},
    {MODEL_FAULT_U_IDX_EARLY, ALLOW4(OK, EIO, ETIMEDOUT, DATA_MAY),
     "an old used entry may name a receive buffer that the device has filled again: it has a "
     "header, and the length of another frame"},
    {MODEL_FAULT_CFG_TORN, ALLOW5(OK, EIO, EPROTO, EAGAIN, ETIMEDOUT),
     "frames to another address than the device's are filtered"},
    {MODEL_FAULT_CFG_GEN_NEVER, ALLOW5(OK, EIO, EPROTO, EAGAIN, EINVAL) | MODEL_OUT_ETIMEDOUT,
     "one address is as good as another, and frames to it are filtered"},
    {MODEL_FAULT_CFG_HOSTILE,
     ALLOW6(OK, EIO, EPROTO, EINVAL, ERANGE, ENOTSUP) | MODEL_OUT_ETIMEDOUT | MODEL_OUT_ENETDOWN |
         MODEL_OUT_ENOMEM,
     "another address is filtered, a link may be down, an mtu of 65535 takes memory"},
    {MODEL_FAULT_STAT_NEEDS_RESET, ALLOW3(OK, EIO, ETIMEDOUT),
     "the receive buffers are taken before anybody waits for a frame, and a driver that is removed "
     "then has lost nothing"},
    {MODEL_FAULT_DMA_MAP, ALLOW4(OK, ENOMEM, EIO, ETIMEDOUT),
     "a receive buffer that cannot be mapped waits for its next chance: nobody asked for it, and a "
     "frame that finds none is lost"},
