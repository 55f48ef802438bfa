/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault kinds: one X-macro list in table order, and the enumeration made from it. What each
 * one does stands in model/src/fault_table.c.
 */
#ifndef VIRTIO_MODEL_FAULT_IDS_H
#define VIRTIO_MODEL_FAULT_IDS_H

/* X(symbol suffix, "ID") */
#define MODEL_FAULTS(X)                                                                            \
    /* identification and negotiation */                                                           \
    X(ID_MAGIC, "ID-MAGIC")                                                                        \
    X(ID_VERSION, "ID-VERSION")                                                                    \
    X(ID_ZERO, "ID-ZERO")                                                                          \
    X(ID_UNKNOWN, "ID-UNKNOWN")                                                                    \
    X(FEAT_NO_V1, "FEAT-NO-V1")                                                                    \
    X(FEAT_ALL_ONES, "FEAT-ALL-ONES")                                                              \
    X(FEAT_NONE, "FEAT-NONE")                                                                      \
    X(FEAT_DEP, "FEAT-DEP")                                                                        \
    X(FEAT_CHANGES, "FEAT-CHANGES")                                                                \
    X(FOK_REJECT, "FOK-REJECT")                                                                    \
    X(FOK_LATE_DROP, "FOK-LATE-DROP")                                                              \
    X(STAT_NEEDS_RESET, "STAT-NEEDS-RESET")                                                        \
    X(STAT_STUCK, "STAT-STUCK")                                                                    \
    X(RESET_SLOW, "RESET-SLOW")                                                                    \
    X(RESET_MID_IO, "RESET-MID-IO")                                                                \
    X(CFG_TORN, "CFG-TORN")                                                                        \
    X(CFG_GEN_NEVER, "CFG-GEN-NEVER")                                                              \
    X(CFG_HOSTILE, "CFG-HOSTILE")                                                                  \
    X(CFG_WIDTH, "CFG-WIDTH")                                                                      \
    /* queues */                                                                                   \
    X(Q_ABSENT, "Q-ABSENT")                                                                        \
    X(Q_SMALL, "Q-SMALL")                                                                          \
    X(Q_HUGE, "Q-HUGE")                                                                            \
    X(Q_IN_USE, "Q-IN-USE")                                                                        \
    X(Q_READY_STUCK, "Q-READY-STUCK")                                                              \
    X(Q_PFN_32BIT, "Q-PFN-32BIT")                                                                  \
    X(Q_RESET_STUCK, "Q-RESET-STUCK")                                                              \
    X(U_ID_RANGE, "U-ID-RANGE")                                                                    \
    X(U_ID_NONHEAD, "U-ID-NONHEAD")                                                                \
    X(U_ID_DUP, "U-ID-DUP")                                                                        \
    X(U_ID_SWAP, "U-ID-SWAP")                                                                      \
    X(U_LEN_LONG, "U-LEN-LONG")                                                                    \
    X(U_LEN_SHORT, "U-LEN-SHORT")                                                                  \
    X(U_IDX_JUMP, "U-IDX-JUMP")                                                                    \
    X(U_IDX_STUCK, "U-IDX-STUCK")                                                                  \
    X(U_IDX_EARLY, "U-IDX-EARLY")                                                                  \
    X(U_FLIP, "U-FLIP")                                                                            \
    X(D_REWRITE, "D-REWRITE")                                                                      \
    X(A_REWRITE, "A-REWRITE")                                                                      \
    X(IDX_WRAP, "IDX-WRAP")                                                                        \
    X(EVT_MOVE, "EVT-MOVE")                                                                        \
    X(EVT_CHAINS, "EVT-CHAINS")                                                                    \
    X(EVT_65536, "EVT-65536")                                                                      \
    X(IND_EXHAUST, "IND-EXHAUST")                                                                  \
    X(ZERO_LEN, "ZERO-LEN")                                                                        \
    X(LOOP, "LOOP")                                                                                \
    /* interrupts, notifications, time */                                                          \
    X(IRQ_LOST, "IRQ-LOST")                                                                        \
    X(IRQ_SPURIOUS, "IRQ-SPURIOUS")                                                                \
    X(IRQ_EARLY, "IRQ-EARLY")                                                                      \
    X(IRQ_RACE, "IRQ-RACE")                                                                        \
    X(IRQ_BOTH, "IRQ-BOTH")                                                                        \
    X(NOTIFY_IGNORED, "NOTIFY-IGNORED")                                                            \
    X(NOTIFY_SYNC, "NOTIFY-SYNC")                                                                  \
    X(SLOW, "SLOW")                                                                                \
    X(OOO, "OOO")                                                                                  \
    X(TEARDOWN_BUSY, "TEARDOWN-BUSY")                                                              \
    /* host-side resources */                                                                      \
    X(OOM, "OOM")                                                                                  \
    X(DMA_MAP, "DMA-MAP")                                                                          \
    X(DMA_HIGH, "DMA-HIGH")                                                                        \
    X(CALLBACK, "CALLBACK")                                                                        \
    /* block device */                                                                             \
    X(BLK_IOERR, "BLK-IOERR")                                                                      \
    X(BLK_UNSUPP, "BLK-UNSUPP")                                                                    \
    X(BLK_STATUS_GARBAGE, "BLK-STATUS-GARBAGE")                                                    \
    X(BLK_STATUS_UNWRITTEN, "BLK-STATUS-UNWRITTEN")                                                \
    X(BLK_SHORT, "BLK-SHORT")                                                                      \
    X(BLK_CAP_0, "BLK-CAP-0")                                                                      \
    X(BLK_CAP_HUGE, "BLK-CAP-HUGE")                                                                \
    X(BLK_CAP_SHRINK, "BLK-CAP-SHRINK")                                                            \
    X(BLK_SIZE_HOSTILE, "BLK-SIZE-HOSTILE")                                                        \
    X(BLK_SEG_0, "BLK-SEG-0")                                                                      \
    X(BLK_RO, "BLK-RO")                                                                            \
    X(BLK_QUEUES, "BLK-QUEUES")                                                                    \
    X(BLK_DISCARD_LIMITS, "BLK-DISCARD-LIMITS")                                                    \
    X(BLK_ID_NOTERM, "BLK-ID-NOTERM")                                                              \
    X(BLK_CORRUPT, "BLK-CORRUPT")

#define MODEL_FAULT_ENUM_(sym, text) MODEL_FAULT_##sym,
enum model_fault_id { MODEL_FAULT_NONE, MODEL_FAULTS(MODEL_FAULT_ENUM_) MODEL_FAULT_COUNT };
#undef MODEL_FAULT_ENUM_

#endif
