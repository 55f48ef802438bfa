/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variants that leave the driver less than their row of the fault table does: included in a table
 * of fault_table.c. {fault, variant, outcomes never allowed, area, mode}, with the reason above it.
 * The area of a device type holds for its exceptions and its own faults as well, CORE for the types
 * without an exception.
 */
/* clang-format off */
    /* reads back as 0 */
    {MODEL_FAULT_Q_READY_STUCK, 0, MODEL_OUT_OK | MODEL_OUT_ETIMEDOUT, CORE, EITHER},
    /* a barrier is enough */
    {MODEL_FAULT_U_IDX_EARLY, 0, MODEL_OUT_EIO, CORE, EITHER},
    /* it was told */
    {MODEL_FAULT_STAT_NEEDS_RESET, 0, MODEL_OUT_ETIMEDOUT, CORE, EITHER},
    /* the buffer is tried again, and the device keeps the frame until there is one */
    {MODEL_FAULT_DMA_MAP, 0, MODEL_OUT_ETIMEDOUT, NET, ONCE},
    /* the header is as it was posted */
    {MODEL_FAULT_NET_RX_STALE, 0, MODEL_OUT_DATA_MAY, NET, EITHER},
    /* the last buffer is not full, so that the frame ends there */
    {MODEL_FAULT_NET_MRG_NUM, 1, MODEL_OUT_DATA_MAY, NET, EITHER},
    /* the item that is empty by definition is not, or the name has gone */
    {MODEL_FAULT_INP_SEL_IGNORED, 0, MODEL_OUT_DATA_MAY, INP, ALWAYS},
    /* select reads back as another one */
    {MODEL_FAULT_INP_SEL_IGNORED, 1, MODEL_OUT_DATA_MAY, INP, EITHER},
