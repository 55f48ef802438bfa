/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault table: for every fault kind where it strikes, what it does, and the outcomes of a
 * virtio-blk scenario that are acceptable once it has struck. The model, the sweep, --list and the
 * documentation read it; nothing else says what a fault is.
 *
 * `allowed` holds for both modes and all variants of a row. OK is left out wherever the driver
 * must notice; errors are left out wherever it must cope. Where one variant must fail and another
 * must pass, both are in the set and the fault itself sees to it that a wrong OK shows (the device
 * really does not serve, the data really differ).
 *
 * "Harness:" in the effect marks a fault that the caller's side plays, through the same
 * model_fault_hit(), because no device can.
 */
#include <string.h>

#include "virtio_model/model_fault.h"

/* Outcome sets. The arguments are pasted, never expanded, so errno macros do no harm. */
#define ALLOW1(a)                (MODEL_OUT_##a)
#define ALLOW2(a, b)             (MODEL_OUT_##a | MODEL_OUT_##b)
#define ALLOW3(a, b, c)          (MODEL_OUT_##a | MODEL_OUT_##b | MODEL_OUT_##c)
#define ALLOW4(a, b, c, d)       (MODEL_OUT_##a | MODEL_OUT_##b | MODEL_OUT_##c | MODEL_OUT_##d)
#define ALLOW5(a, b, c, d, e)    (ALLOW4(a, b, c, d) | MODEL_OUT_##e)
#define ALLOW6(a, b, c, d, e, f) (ALLOW4(a, b, c, d) | MODEL_OUT_##e | MODEL_OUT_##f)

/* Feature bits by number (virtio v1.2 sections 5.2.3 and 6). */
#define BIT(n)          (UINT64_C(1) << (n))
#define F_BLK_SIZE_MAX  BIT(1)
#define F_BLK_SEG_MAX   BIT(2)
#define F_BLK_BLK_SIZE  BIT(6)
#define F_BLK_MQ        BIT(12)
#define F_BLK_DISCARD   BIT(13)
#define F_INDIRECT_DESC BIT(28)
#define F_EVENT_IDX     BIT(29)
#define F_RING_RESET    BIT(40)

#define CORE     MODEL_AREA_CORE
#define HOST     MODEL_AREA_HOST
#define BLK      MODEL_AREA_BLK
#define NET      MODEL_AREA_NET
#define CON      MODEL_AREA_CON
#define GPU      MODEL_AREA_GPU
#define INP      MODEL_AREA_INP
#define LEGACY   MODEL_T_LEGACY
#define MODERN   MODEL_T_MODERN
#define ANY      MODEL_T_BOTH
#define ONCE     MODEL_MODE_TRANSIENT
#define ALWAYS   MODEL_MODE_PERSISTENT
#define EITHER   MODEL_MODE_BOTH
#define ROW(sym) [MODEL_FAULT_##sym]

static const struct model_fault_row fault_table[MODEL_FAULT_COUNT] = {
    /* ---- identification and negotiation ---- */
    ROW(ID_MAGIC) = {"ID-MAGIC", CORE, ANY, EITHER, 3, ALLOW1(ENODEV), "MagicValue read",
                     "0: byte-swapped (0x76697274); 1: 0; 2: 0xffffffff", "", 0},
    ROW(ID_VERSION) = {"ID-VERSION", CORE, ANY, EITHER, 3, ALLOW1(ENOTSUP), "Version read",
                       "0: 0; 1: 3; 2: 0xffffffff", "", 0},
    ROW(ID_ZERO) = {"ID-ZERO", CORE, ANY, EITHER, 1, ALLOW1(ENXIO), "DeviceID read",
                    "reads 0, an empty slot", "", 0},
    ROW(ID_UNKNOWN) = {"ID-UNKNOWN", CORE, ANY, EITHER, 3, ALLOW2(ENODEV, ENOTSUP), "DeviceID read",
                       "an id without a driver: 0: 63; 1: 65535; 2: 0xffffffff",
                       "RT-Thread BSP glue", 0},
    ROW(FEAT_NO_V1) = {"FEAT-NO-V1", CORE, MODERN, EITHER, 1, ALLOW3(ENOTSUP, ENODEV, EPROTO),
                       "DeviceFeatures read, word 1",
                       "VERSION_1 is not offered by a version 2 device", "", 0},
    ROW(FEAT_ALL_ONES) =
        {"FEAT-ALL-ONES", CORE, ANY, EITHER, 2, ALLOW1(OK), "DeviceFeatures read",
         "0: every bit that nobody defines is offered too (blk: 3, 8, 18-23, 42, 44-63); "
         "1: also all common bits 24-43 and the bits of the device type that no driver has a use "
         "for (blk: 0, 7 and 17), with nothing behind them except where the device implements them",
         "", 0},
    ROW(FEAT_NONE) =
        {"FEAT-NONE", CORE, ANY, EITHER, 1, ALLOW2(OK, ENOTSUP), "DeviceFeatures read",
         "nothing is offered but VERSION_1 (modern), nothing at all (legacy); requests that need a "
         "feature answer ENOTSUP",
         "", 0},
    ROW(FEAT_DEP) =
        {"FEAT-DEP", CORE, ANY, EITHER, 2, ALLOW2(OK, ENOTSUP), "DeviceFeatures read",
         "0: a bit of the device type is offered and the one that it needs withheld (blk: "
         "CONFIG_WCE, FLUSH); 1: legacy only: bits 33-40 offered in word 1, "
         "VERSION_1 not",
         "", 0},
    ROW(FEAT_CHANGES) =
        {"FEAT-CHANGES", CORE, ANY, EITHER, 2, ALLOW2(OK, ENOTSUP), "DeviceFeatures read",
         "this read differs from the others: 0: INDIRECT_DESC, EVENT_IDX and bits 0-23 are "
         "missing; 1: bits 0-23 that the device does not have are set, but for odd ones (blk: 0, "
         "5, "
         "7, 12, 17); the device then honours "
         "the bits that the read of each word showed last",
         "", 0},
    ROW(FOK_REJECT) =
        {"FOK-REJECT", CORE, MODERN, EITHER, 3, ALLOW3(OK, ENOTSUP, EIO),
         "Status write that sets FEATURES_OK",
         "the bit is not kept: 0: whatever was accepted; 1: unless RING_RESET and ACCESS_PLATFORM "
         "were accepted; 2: while any of the bits 28, 29, 38 and 40 is accepted, so that a second "
         "try with less succeeds",
         "freebsd-src PR 2319, hermit 2207", 0},
    ROW(FOK_LATE_DROP) = {"FOK-LATE-DROP", CORE, MODERN, EITHER, 2, ALLOW3(OK, EIO, EPROTO),
                          "Status read after FEATURES_OK was seen to be kept",
                          "FEATURES_OK reads 0: 0: before DRIVER_OK; 1: after DRIVER_OK; OK where "
                          "nothing is outstanding any more",
                          "", 0},
    ROW(STAT_NEEDS_RESET) =
        {"STAT-NEEDS-RESET", CORE, ANY, EITHER, 3, ALLOW2(EIO, ETIMEDOUT),
         "0, 1: a chain is taken from the available ring; 2: Status write that sets FEATURES_OK",
         "the device sets DEVICE_NEEDS_RESET and serves nothing until reset: 0: with a "
         "configuration change interrupt; 1: without one; 2: during negotiation, modern only",
         "", 0},
    ROW(STAT_STUCK) = {"STAT-STUCK", CORE, ANY, EITHER, 2,
                       ALLOW6(OK, EIO, ETIMEDOUT, ENODEV, ENOTSUP, EPROTO),
                       "0: Status write other than 0; 1: Status read",
                       "0: the write is ignored, Status stays as it was; 1: reads 0xff", "", 0},
    ROW(RESET_SLOW) =
        {"RESET-SLOW", CORE, ANY, EITHER, 3, ALLOW2(OK, ETIMEDOUT), "Status write of 0",
         "Status reads back non-zero: 0: 3 times; 1: for 1 ms of virtual time; 2: for ever", "", 0},
    ROW(RESET_MID_IO) =
        {"RESET-MID-IO", CORE, ANY, EITHER, 1, ALLOW4(OK, EIO, ECANCELED, ETIMEDOUT),
         "queue stopped, or Status write of 0, with a chain outstanding",
         "Status reads back non-zero for a while, in which the device writes the buffers of one "
         "chain and its used entry",
         "", 0},
    ROW(CFG_TORN) =
        {"CFG-TORN", CORE, MODERN, EITHER, 2, ALLOW4(OK, EIO, EPROTO, EAGAIN), "config read",
         "after this access a field (blk: the capacity, in both halves) changes and "
         "ConfigGeneration steps, later it changes back: 0: once; 1: at three accesses in a row",
         "", 0},
    ROW(CFG_GEN_NEVER) =
        {"CFG-GEN-NEVER", CORE, ANY, EITHER, 2, ALLOW6(OK, EIO, EPROTO, EAGAIN, ERANGE, EINVAL),
         "config read of one field (blk: the capacity)",
         "reads differently from before while ConfigGeneration stays: 0: one less; 1: with the "
         "lowest bit of its high half set",
         "", 0},
    /* Variant = 4 * field + value; types with fewer fields give the others no opportunity. Keep the
       order of the fields: replay ids depend on it. */
    ROW(CFG_HOSTILE) =
        {"CFG-HOSTILE", CORE, ANY, EITHER, 88, ALLOW6(OK, EIO, EPROTO, EINVAL, ERANGE, ENOTSUP),
         "config read of the field",
         "variant 4f+v shows value v (0: 0; 1: 1; 2: all ones; 3: seeded) in field f of "
         "the device's configuration, blk: 0 capacity, 1 size_max, 2 seg_max, 3 cylinders, 4 "
         "heads, 5 sectors, "
         "6 blk_size, 7 physical_block_exp, 8 alignment_offset, 9 min_io_size, 10 opt_io_size, "
         "11 writeback, 12 num_queues, 13 max_discard_sectors, 14 max_discard_seg, "
         "15 discard_sector_alignment, 16 max_write_zeroes_sectors, 17 max_write_zeroes_seg, "
         "18 write_zeroes_may_unmap, 19 max_secure_erase_sectors, 20 max_secure_erase_seg, "
         "21 secure_erase_sector_alignment",
         "", 0},
    ROW(CFG_WIDTH) =
        {"CFG-WIDTH", CORE, ANY, ALWAYS, 1, ALLOW1(OK), "config read",
         "modern: any width but that of the field (64-bit fields: two of 32) reads all ones; "
         "legacy: 64-bit accesses read all ones",
         "", 0},

    /* ---- queues ---- */
    ROW(Q_ABSENT) = {"Q-ABSENT", CORE, ANY, EITHER, 2, ALLOW5(OK, ENODEV, ENOTSUP, EIO, EPROTO),
                     "QueueNumMax read", "reads 0: 0: queue 0; 1: any other queue", "", 0},
    ROW(Q_SMALL) = {"Q-SMALL", CORE, ANY, EITHER, 4, ALLOW4(OK, ENOTSUP, EPROTO, EINVAL),
                    "QueueNumMax read",
                    "reads, and the device then insists on at most: 0: 1; 1: 2; 2: 3; 3: 4",
                    "sddf 769, QEMU CVE-2026-50626", 0},
    ROW(Q_HUGE) = {"Q-HUGE", CORE, ANY, EITHER, 3, ALLOW1(OK), "QueueNumMax read",
                   "reads: 0: 32768; 1: 65535; 2: 0xffffffff", "", 0},
    ROW(Q_IN_USE) = {"Q-IN-USE", CORE, ANY, EITHER, 1, ALLOW3(OK, EBUSY, EIO),
                     "QueueReady (modern) or QueuePFN (legacy) read before set-up", "reads 1", "",
                     0},
    ROW(Q_READY_STUCK) =
        {"Q-READY-STUCK", CORE, MODERN, EITHER, 2, ALLOW3(OK, EIO, ETIMEDOUT), "QueueReady write",
         "0: a write of 1 is ignored, the queue stays dead; 1: a write of 0 is ignored, the queue "
         "stays live",
         "", 0},
    ROW(Q_PFN_32BIT) = {"Q-PFN-32BIT", CORE, LEGACY, EITHER, 1, ALLOW3(ERANGE, EOVERFLOW, ENOMEM),
                        "coherent allocation with an alignment of 4096 or more",
                        "the memory lies at or above 2^44, whose page number does not fit QueuePFN",
                        "", 0},
    ROW(Q_RESET_STUCK) =
        {"Q-RESET-STUCK", CORE, MODERN, EITHER, 3, ALLOW3(OK, ETIMEDOUT, EIO),
         "QueueReset write of 1",
         "0: reads 1 for 3 reads, then done; 1: reads 1 for ever; 2: reads 0 and nothing was reset",
         "", F_RING_RESET},
    ROW(U_ID_RANGE) = {"U-ID-RANGE", CORE, ANY, EITHER, 3, ALLOW1(EIO), "used entry written",
                       "id: 0: the queue size; 1: the right id with bit 16 set; 2: 0xffffffff", "",
                       0},
    ROW(U_ID_NONHEAD) =
        {"U-ID-NONHEAD", CORE, ANY, EITHER, 3, ALLOW2(OK, EIO), "used entry written",
         "id: 0: the second descriptor of the chain; 1: a free descriptor; 2: the last index of "
         "the indirect table; no opportunity where that is the head of an outstanding chain; OK "
         "where it has become one by the time that it is read",
         "", 0},
    ROW(U_ID_DUP) =
        {"U-ID-DUP", CORE, ANY, EITHER, 2, ALLOW2(OK, EIO), "used entry written",
         "the chain is completed twice: 0: two entries under one index update; 1: once more later, "
         "while the head is not outstanding",
         "", 0},
    ROW(U_ID_SWAP) = {"U-ID-SWAP", CORE, ANY, EITHER, 1, ALLOW1(OK),
                      "chain completed with another one outstanding",
                      "the other one is served and completed first, which is legal", "", 0},
    ROW(U_LEN_LONG) = {"U-LEN-LONG", CORE, ANY, EITHER, 3, ALLOW3(OK, EIO, EPROTO),
                       "used entry written",
                       "len: 0: one more than the writable bytes; 1: 0x80000000; 2: 0xffffffff",
                       "CVE-2021-38160 class", 0},
    ROW(U_LEN_SHORT) = {"U-LEN-SHORT", CORE, MODERN, EITHER, 3, ALLOW2(EIO, EPROTO),
                        "used entry of a chain with writable bytes",
                        "len: 0: 0; 1: one less than the bytes written; 2: half of them",
                        "RT-Thread 11327", 0},
    ROW(U_IDX_JUMP) =
        {"U-IDX-JUMP", CORE, ANY, EITHER, 4, ALLOW3(OK, EIO, ETIMEDOUT), "used index published",
         "0: one more than the chains outstanding; 1: one backwards; 2: 32768 ahead; 3: 65536 less "
         "the queue size ahead; OK and ETIMEDOUT where the next index hides it or none comes",
         "", 0},
    ROW(U_IDX_STUCK) =
        {"U-IDX-STUCK", CORE, ANY, EITHER, 1, ALLOW2(OK, ETIMEDOUT), "used index published",
         "the entry is written and the interrupt raised, the index moves only with the next "
         "completion that is not struck",
         "", 0},
    ROW(U_IDX_EARLY) = {"U-IDX-EARLY", CORE, ANY, EITHER, 2, ALLOW2(OK, EIO),
                        "used index published",
                        "the index is visible first, the entry follows: 0: at the guest's next "
                        "read barrier; 1: at "
                        "the step point after that, so that the guest sees an old entry",
                        "", 0},
    ROW(U_FLIP) =
        {"U-FLIP", CORE, ANY, EITHER, 2, ALLOW2(OK, EIO), "used entry written",
         "at the step points after the first read barrier that follows the index, the entry "
         "changes: 0: id out of range; 1: len all ones",
         "", 0},
    ROW(A_FLIP) = {"A-FLIP", CORE, ANY, EITHER, 1, ALLOW3(OK, EIO, EPROTO),
                   "used entry written for a request whose answer lies in coherent memory",
                   "when the driver has taken the entry and interrupts are on again, the answer "
                   "turns to garbage, unless its memory is in use again",
                   "", 0},
    ROW(D_REWRITE) =
        {"D-REWRITE", CORE, ANY, EITHER, 4, ALLOW1(OK), "chain taken from the available ring",
         "the device keeps a copy and overwrites the descriptors of the chain: 0: addr; 1: len; "
         "2: flags; 3: next",
         "Zephyr, RT-Thread DM", 0},
    ROW(A_REWRITE) =
        {"A-REWRITE", CORE, ANY, EITHER, 3, ALLOW1(OK), "chain taken from the available ring",
         "the device keeps a copy and overwrites in the available ring: 0: flags; 1: idx; 2: the "
         "entries already taken",
         "", 0},
    ROW(IDX_WRAP) =
        {"IDX-WRAP", CORE, ANY, ALWAYS, 3, ALLOW1(OK), "first request after set-up",
         "Harness: the rings are run up until both indices stand at: 0: 65535; 1: 65536 less the "
         "queue size; 2: 32767",
         "oak 2929, arcbox 229", 0},
    ROW(EVT_MOVE) =
        {"EVT-MOVE", CORE, ANY, EITHER, 3, ALLOW1(OK), "avail_event written",
         "0: seeded random; 1: moves backwards; 2: used_event, which is the driver's, is "
         "overwritten; the device looks at the available ring once more afterwards and goes by the "
         "old used_event, so that no wake-up depends on the wrong value",
         "DPDK 159793ac", F_EVENT_IDX},
    ROW(EVT_CHAINS) =
        {"EVT-CHAINS", CORE, ANY, EITHER, 1, ALLOW1(OK), "avail_event written",
         "asks for a notification at exactly the second chain from now, whatever its number of "
         "descriptors, and sleeps until it comes or the ring has been idle for 1 ms",
         "RT-Thread DM", F_EVENT_IDX},
    ROW(EVT_65536) =
        {"EVT-65536", CORE, ANY, ALWAYS, 1, ALLOW1(OK), "avail_event written",
         "Harness: 65536 chains are added between two looks at avail_event; the device serves them "
         "by polling and sleeps at the last with avail_event at the same number as at the first",
         "", F_EVENT_IDX},
    ROW(IND_EXHAUST) = {"IND-EXHAUST", CORE, ANY, EITHER, 1, ALLOW3(OK, EAGAIN, ENOMEM),
                        "coherent allocation while a queue is live",
                        "fails: no room for an indirect table", "", F_INDIRECT_DESC},
    ROW(ZERO_LEN) =
        {"ZERO-LEN", CORE, ANY, EITHER, 2, ALLOW1(EINVAL), "request submitted",
         "Harness: the caller passes: 0: a buffer of length 0; 1: a list with an element of "
         "length 0 in it",
         "sddf 740", 0},
    ROW(LOOP) = {"LOOP", CORE, ANY, EITHER, 1, ALLOW4(OK, EINVAL, ENOMEM, EAGAIN),
                 "request submitted",
                 "Harness: the request has as many elements as the queue has descriptors", "", 0},

    /* ---- interrupts, notifications, time ---- */
    ROW(IRQ_LOST) = {"IRQ-LOST", CORE, ANY, EITHER, 1, ALLOW2(OK, ETIMEDOUT), "interrupt raised",
                     "InterruptStatus is set, the line stays low until the next event", "", 0},
    ROW(IRQ_SPURIOUS) =
        {"IRQ-SPURIOUS", CORE, ANY, EITHER, 3, ALLOW1(OK),
         "interrupt line idle after a chain was taken",
         "0: one interrupt with InterruptStatus 0; 1: one with bits 2-31 set; 2: 64 in a row with "
         "InterruptStatus 0",
         "", 0},
    ROW(IRQ_EARLY) = {"IRQ-EARLY", CORE, ANY, EITHER, 4, ALLOW1(OK), "Status write",
                      "an interrupt with bit 0 set: 0: after ACKNOWLEDGE; 1: after DRIVER or "
                      "FEATURES_OK, before "
                      "DRIVER_OK; 2: before a write of 0 takes effect; 3: after the reset",
                      "", 0},
    ROW(IRQ_RACE) =
        {"IRQ-RACE", CORE, ANY, EITHER, 2, ALLOW1(OK),
         "0: InterruptACK write; 1: full barrier with a chain waiting or data to receive",
         "the next completion is published: 0: right after the acknowledge; 1: at the barrier that "
         "follows re-enabling notifications, without an interrupt where the driver asked for none, "
         "and all that is received, which waits for it 2 ms at most",
         "asterinas 2493, OpenAMP", 0},
    ROW(IRQ_BOTH) =
        {"IRQ-BOTH", CORE, ANY, EITHER, 2, ALLOW1(OK), "interrupt for used buffers",
         "0: the configuration change bit is set with it; 1: an interrupt with only that bit comes "
         "first",
         "", 0},
    ROW(NOTIFY_IGNORED) = {"NOTIFY-IGNORED", CORE, ANY, EITHER, 1, ALLOW2(OK, ETIMEDOUT),
                           "QueueNotify write", "the device does not look at the queue", "", 0},
    ROW(NOTIFY_SYNC) =
        {"NOTIFY-SYNC", CORE, ANY, EITHER, 1, ALLOW1(OK), "QueueNotify write",
         "everything in the queue is completed inside the write, and the interrupt raised", "", 0},
    ROW(SLOW) =
        {"SLOW", CORE, ANY, EITHER, 4, ALLOW2(OK, ETIMEDOUT), "chain completed",
         "the completion comes: 0: just before the deadline that the harness uses; 1: at it; "
         "2: just after it; 3: at ten times it",
         "", 0},
    ROW(OOO) = {"OOO", CORE, ANY, EITHER, 2, ALLOW1(OK), "chains completed, two or more waiting",
                "0: last come, first served; 1: in seeded order", "", 0},
    ROW(TEARDOWN_BUSY) = {"TEARDOWN-BUSY", CORE, ANY, ONCE, 2, ALLOW3(OK, ECANCELED, EIO),
                          "request submitted, not completed",
                          "Harness: with requests in flight the device is: 0: reset; 1: removed",
                          "", 0},

    /* ---- host-side resources ---- */
    ROW(OOM) = {"OOM", HOST, ANY, EITHER, 2, ALLOW1(ENOMEM),
                "0: coherent allocation; 1: heap allocation", "fails", "", 0},
    ROW(DMA_MAP) = {"DMA-MAP", HOST, ANY, EITHER, 1, ALLOW2(ENOMEM, EIO), "buffer mapped", "fails",
                    "", 0},
    ROW(DMA_HIGH) =
        {"DMA-HIGH", HOST, ANY, EITHER, 2, ALLOW1(OK), "coherent allocation, buffer mapped",
         "the address: 0: a multiple of 4 GiB lies within the block; 1: lies above 2^40", "", 0},
    ROW(CALLBACK) =
        {"CALLBACK", HOST, ANY, EITHER, 3, ALLOW3(OK, ECANCELED, EIO), "completion callback",
         "Harness: the callback: 0: submits a request; 1: cancels another request; 2: resets the "
         "device",
         "", 0},

    /* ---- block device ---- */
    ROW(BLK_IOERR) = {"BLK-IOERR", BLK, ANY, EITHER, 1, ALLOW1(EIO), "request served",
                      "not carried out, status IOERR (1)", "", 0},
    ROW(BLK_UNSUPP) = {"BLK-UNSUPP", BLK, ANY, EITHER, 1, ALLOW1(ENOTSUP), "request served",
                       "not carried out, status UNSUPP (2)", "", 0},
    ROW(BLK_STATUS_GARBAGE) = {"BLK-STATUS-GARBAGE", BLK, ANY, EITHER, 3, ALLOW2(EIO, EPROTO),
                               "request served", "status: 0: 3; 1: 0x80; 2: 0xff", "", 0},
    ROW(BLK_STATUS_UNWRITTEN) = {"BLK-STATUS-UNWRITTEN", BLK, ANY, EITHER, 1, ALLOW2(EIO, EPROTO),
                                 "request served", "the status byte is left as the driver gave it",
                                 "RT-Thread", 0},
    ROW(BLK_SHORT) =
        {"BLK-SHORT", BLK, ANY, EITHER, 1, ALLOW3(OK, EIO, EPROTO), "read request served",
         "modern: only the first half of the data and the status are written, and len says so; "
         "legacy: all is written and len says 0, which a driver for old devices has to bear",
         "", 0},
    ROW(BLK_CAP_0) = {"BLK-CAP-0", BLK, ANY, EITHER, 1, ALLOW5(OK, ERANGE, EINVAL, EPROTO, ENODEV),
                      "config read of the capacity", "reads 0", "", 0},
    ROW(BLK_CAP_HUGE) = {"BLK-CAP-HUGE", BLK, ANY, EITHER, 3,
                         ALLOW6(OK, EPROTO, ERANGE, EINVAL, EOVERFLOW, EIO),
                         "config read of the capacity",
                         "0: 2^63; 1: 2^64-1; 2: 2^55, whose byte count is 2^64", "", 0},
    ROW(BLK_CAP_SHRINK) =
        {"BLK-CAP-SHRINK", BLK, ANY, EITHER, 2, ALLOW4(OK, ERANGE, EINVAL, EIO),
         "request taken, before it is served",
         "the capacity becomes 0: half; 1: 0 sectors, with a configuration change interrupt; "
         "requests beyond it answer IOERR and are no breach when submitted before",
         "", 0},
    ROW(BLK_SIZE_HOSTILE) = {"BLK-SIZE-HOSTILE", BLK, ANY, EITHER, 4,
                             ALLOW4(EPROTO, EINVAL, ERANGE, ENOTSUP), "config read of blk_size",
                             "0: 0; 1: 1; 2: 3; 3: 2^31", "", F_BLK_BLK_SIZE},
    ROW(BLK_SEG_0) = {"BLK-SEG-0", BLK, ANY, EITHER, 4, ALLOW4(OK, EPROTO, EINVAL, ENOTSUP),
                      "config read of the field",
                      "0: seg_max 0; 1: seg_max 1; 2: size_max 0; 3: size_max 1", "",
                      F_BLK_SIZE_MAX | F_BLK_SEG_MAX},
    ROW(BLK_RO) = {"BLK-RO", BLK, ANY, ALWAYS, 1, ALLOW2(OK, EROFS), "DeviceFeatures read, word 0",
                   "RO is offered, and requests that write answer IOERR", "", 0},
    ROW(BLK_QUEUES) = {"BLK-QUEUES", BLK, ANY, EITHER, 3, ALLOW3(OK, EPROTO, EINVAL),
                       "config read of num_queues", "0: 0; 1: 1; 2: 65535", "", F_BLK_MQ},
    ROW(BLK_DISCARD_LIMITS) =
        {"BLK-DISCARD-LIMITS", BLK, MODERN, EITHER, 5, ALLOW4(OK, ENOTSUP, EPROTO, EINVAL),
         "config read of the field",
         "0: max_discard_sectors 0; 1: max_discard_seg 0; 2: discard_sector_alignment 0; "
         "3: discard_sector_alignment 3; 4: max_discard_sectors 1",
         "", F_BLK_DISCARD},
    ROW(BLK_ID_NOTERM) = {"BLK-ID-NOTERM", BLK, ANY, EITHER, 1, ALLOW1(OK), "GET_ID served",
                          "20 bytes without a NUL", "", 0},
    ROW(BLK_CORRUPT) = {"BLK-CORRUPT", BLK, ANY, EITHER, 2, ALLOW1(DATA),
                        "data moved for: 0: a read; 1: a write", "one bit differs, status OK", "",
                        0},

/* ---- the other device types ---- */
#include "fault_rows_console.h"
#include "fault_rows_gpu.h"
#include "fault_rows_input.h"
#include "fault_rows_net.h"
};

/* A single strike that the driver may get over: it reads again, or goes without. */
static const struct {
    enum model_fault_id id;
    uint32_t also;
} allowed_once[] = {
    {MODEL_FAULT_BLK_SIZE_HOSTILE, MODEL_OUT_OK}, /* legacy config is read until two rounds agree */
    {MODEL_FAULT_OOM, MODEL_OUT_OK},              /* indirect tables are optional */
};

/* Variants that leave the driver less than their row does. */
static const struct {
    enum model_fault_id id;
    unsigned variant;
    uint32_t never;
    enum model_fault_area area;
    enum model_fault_mode mode;
} never_for[] = {
#include "fault_never.h"
};

/* What a device type is allowed instead of the common rows. */
struct exception {
    enum model_fault_id id;
    uint32_t allowed;
    const char *why;
};
#define EXCEPT_END                                                                                 \
    {                                                                                              \
        MODEL_FAULT_NONE, 0, NULL                                                                  \
    }
static const struct exception except_net[] = {
#include "fault_except_net.h"
    EXCEPT_END};
static const struct exception except_console[] = {
#include "fault_except_console.h"
    EXCEPT_END};
static const struct exception except_gpu[] = {
#include "fault_except_gpu.h"
    EXCEPT_END};
static const struct exception except_input[] = {
#include "fault_except_input.h"
    EXCEPT_END};
static const struct exception *const exceptions[] = {
    [MODEL_AREA_NET] = except_net,
    [MODEL_AREA_CON] = except_console,
    [MODEL_AREA_GPU] = except_gpu,
    [MODEL_AREA_INP] = except_input,
};

static const struct exception *find_exception(enum model_fault_id id, enum model_fault_area area)
{
    const struct exception *e = exceptions[area];

    while (e != NULL && e->id != MODEL_FAULT_NONE) {
        if (e->id == id) {
            return e;
        }
        e++;
    }
    return NULL;
}

const char *model_fault_exception(enum model_fault_id id, enum model_fault_area area)
{
    const struct exception *e = find_exception(id, area);

    return e != NULL ? e->why : NULL;
}

uint32_t model_fault_allowed(const struct model_fault_plan *plan, enum model_fault_area area)
{
    const struct model_fault_row *row = model_fault_row(plan->id);
    const struct exception *e = find_exception(plan->id, area);
    const enum model_fault_mode mode = plan->persistent ? ALWAYS : ONCE;
    uint32_t allowed = e != NULL ? e->allowed : row != NULL ? row->allowed : MODEL_OUT_OK;

    for (size_t i = 0; i < sizeof(allowed_once) / sizeof(allowed_once[0]); i++) {
        if (e == NULL && allowed_once[i].id == plan->id && mode == ONCE) {
            allowed |= allowed_once[i].also;
        }
    }
    for (size_t i = 0; i < sizeof(never_for) / sizeof(never_for[0]); i++) {
        if (never_for[i].id == plan->id && never_for[i].variant == plan->variant &&
            (never_for[i].mode & mode) != 0 &&
            (never_for[i].area == area || (e == NULL && never_for[i].area == CORE))) {
            allowed &= ~never_for[i].never;
        }
    }
    return allowed;
}

size_t model_fault_count(void)
{
    return MODEL_FAULT_COUNT - 1;
}

const struct model_fault_row *model_fault_row(enum model_fault_id id)
{
    if ((unsigned)id == MODEL_FAULT_NONE || (unsigned)id >= MODEL_FAULT_COUNT)
        return NULL;
    return &fault_table[id];
}

enum model_fault_id model_fault_by_name(const char *name, size_t len)
{
    for (unsigned i = MODEL_FAULT_NONE + 1; i < MODEL_FAULT_COUNT; i++) {
        const char *id = fault_table[i].id;
        if (strlen(id) == len && memcmp(id, name, len) == 0)
            return (enum model_fault_id)i;
    }
    return MODEL_FAULT_NONE;
}
