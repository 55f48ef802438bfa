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
    X(A_FLIP, "A-FLIP")                                                                            \
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
    X(BLK_CORRUPT, "BLK-CORRUPT")                                                                  \
    /* network device */                                                                           \
    X(NET_RX_SHORT, "NET-RX-SHORT")                                                                \
    X(NET_RX_LONG, "NET-RX-LONG")                                                                  \
    X(NET_RX_STALE, "NET-RX-STALE")                                                                \
    X(NET_MRG_NUM, "NET-MRG-NUM")                                                                  \
    X(NET_MRG_SPLIT, "NET-MRG-SPLIT")                                                              \
    X(NET_GSO, "NET-GSO")                                                                          \
    X(NET_CSUM, "NET-CSUM")                                                                        \
    X(NET_HDR_10_12, "NET-HDR-10-12")                                                              \
    X(NET_RX_EMPTY, "NET-RX-EMPTY")                                                                \
    X(NET_TX_STUCK, "NET-TX-STUCK")                                                                \
    X(NET_LINK_FLAP, "NET-LINK-FLAP")                                                              \
    X(NET_MAC_MULTICAST, "NET-MAC-MULTICAST")                                                      \
    X(NET_MTU, "NET-MTU")                                                                          \
    X(NET_PAIRS, "NET-PAIRS")                                                                      \
    X(NET_CTRL_NAK, "NET-CTRL-NAK")                                                                \
    X(NET_CTRL_SILENT, "NET-CTRL-SILENT")                                                          \
    X(NET_CTRL_GARBAGE, "NET-CTRL-GARBAGE")                                                        \
    X(NET_HOSTILE, "NET-HOSTILE")                                                                  \
    X(NET_CORRUPT, "NET-CORRUPT")                                                                  \
    /* console */                                                                                  \
    X(CON_PORT_RANGE, "CON-PORT-RANGE")                                                            \
    X(CON_PORT_DUP, "CON-PORT-DUP")                                                                \
    X(CON_REMOVE_UNKNOWN, "CON-REMOVE-UNKNOWN")                                                    \
    X(CON_OPEN_BEFORE_ADD, "CON-OPEN-BEFORE-ADD")                                                  \
    X(CON_NAME_LONG, "CON-NAME-LONG")                                                              \
    X(CON_NAME_NOTERM, "CON-NAME-NOTERM")                                                          \
    X(CON_NAME_CTRL, "CON-NAME-CTRL")                                                              \
    X(CON_MANY, "CON-MANY")                                                                        \
    X(CON_RESIZE_0, "CON-RESIZE-0")                                                                \
    X(CON_UNKNOWN_EVENT, "CON-UNKNOWN-EVENT")                                                      \
    X(CON_SHORT, "CON-SHORT")                                                                      \
    X(CON_UNPLUG_WHILE_WRITING, "CON-UNPLUG-WHILE-WRITING")                                        \
    X(CON_MAXPORTS, "CON-MAXPORTS")                                                                \
    X(CON_RX_LONG, "CON-RX-LONG")                                                                  \
    X(CON_TX_STUCK, "CON-TX-STUCK")                                                                \
    X(CON_HOSTILE, "CON-HOSTILE")                                                                  \
    X(CON_CORRUPT, "CON-CORRUPT")                                                                  \
    /* GPU */                                                                                      \
    X(GPU_ERR, "GPU-ERR")                                                                          \
    X(GPU_TYPE, "GPU-TYPE")                                                                        \
    X(GPU_SHORT, "GPU-SHORT")                                                                      \
    X(GPU_FENCE, "GPU-FENCE")                                                                      \
    X(GPU_DISPLAY, "GPU-DISPLAY")                                                                  \
    X(GPU_EDID, "GPU-EDID")                                                                        \
    X(GPU_EVENT_STORM, "GPU-EVENT-STORM")                                                          \
    X(GPU_TIMEOUT, "GPU-TIMEOUT")                                                                  \
    X(GPU_NO_MEM, "GPU-NO-MEM")                                                                    \
    X(GPU_RESIZE_MID_FLUSH, "GPU-RESIZE-MID-FLUSH")                                                \
    X(GPU_HOSTILE, "GPU-HOSTILE")                                                                  \
    X(GPU_CORRUPT, "GPU-CORRUPT")                                                                  \
    /* input device */                                                                             \
    X(INP_SIZE, "INP-SIZE")                                                                        \
    X(INP_ABS, "INP-ABS")                                                                          \
    X(INP_BITS, "INP-BITS")                                                                        \
    X(INP_STORM, "INP-STORM")                                                                      \
    X(INP_NO_SYN, "INP-NO-SYN")                                                                    \
    X(INP_TYPE, "INP-TYPE")                                                                        \
    X(INP_STATUS_STUCK, "INP-STATUS-STUCK")                                                        \
    X(INP_SEL_IGNORED, "INP-SEL-IGNORED")                                                          \
    X(INP_SHORT, "INP-SHORT")                                                                      \
    X(INP_HOSTILE, "INP-HOSTILE")                                                                  \
    X(INP_CORRUPT, "INP-CORRUPT")

#define MODEL_FAULT_ENUM_(sym, text) MODEL_FAULT_##sym,
enum model_fault_id { MODEL_FAULT_NONE, MODEL_FAULTS(MODEL_FAULT_ENUM_) MODEL_FAULT_COUNT };
#undef MODEL_FAULT_ENUM_

#endif
