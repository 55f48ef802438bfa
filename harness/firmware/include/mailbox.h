/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the firmware and the program on the host that started QEMU (harness/boards). Scenarios
 * ask for things to happen at the far side of a device: a frame on the wire, a key press, a look at
 * the screen. The firmware writes the question into a piece of its RAM that the host shares, counts
 * up `request` and puts the byte MAILBOX_BELL on the console; the host answers there and copies
 * `request` into `reply`. The same piece of RAM holds the trace, so that it can be read however the
 * firmware ended.
 *
 * Every field is little-endian, whatever the CPU is. The firmware announces the address in the
 * console line "mailbox 0x<address>".
 */
#ifndef FIRMWARE_MAILBOX_H
#define FIRMWARE_MAILBOX_H

#include <stdint.h>

#define MAILBOX_MAGIC UINT32_C(0x626d7472) /* "rtmb" */
#define MAILBOX_BELL  '\x05'
#define MAILBOX_DATA  (2u << 20) /* a picture of 640 x 480 fits */
#define MAILBOX_TRACE 8192u      /* entries, the last ones win */
#define MAILBOX_RINGS (256u << 10)

/* What is asked, by the operation of the scenario's environment that it stands for. `args` are its
 * numbers in order, `data` its bytes; what comes back is `result` and `data`. */
enum mailbox_op {
    MAILBOX_NOTHING = 0,
    MAILBOX_HELLO = 1, /* the driver is about to start: the far side connects; 0 or -errno */
    MAILBOX_DONE = 2,  /* the verdict: struct mailbox_verdict in data; nothing comes after it */
    MAILBOX_NET = 16,  /* + the operation's place in struct scn_net_ops */
    MAILBOX_CONSOLE = 32,
    MAILBOX_GPU = 48,
    MAILBOX_INPUT = 64,
};

struct mailbox_access {
    uint8_t window; /* of those in use, 0 first */
    uint8_t kind;   /* enum mailbox_access_kind */
    uint16_t offset;
    uint32_t value;
};
enum mailbox_access_kind {
    MAILBOX_READ8 = 1,
    MAILBOX_READ16 = 2,
    MAILBOX_READ32 = 4,
    MAILBOX_WRITE8 = 0x81,
    MAILBOX_WRITE32 = 0x84,
    MAILBOX_INTERRUPT = 0x10, /* the handler of the window is called */
    MAILBOX_MARK = 0x11,      /* the scenario got there: value is a line number */
};

/* A piece of memory shared with a device as it was when it was given back, one after the other in
 * mailbox.rings: this header, then `bytes` bytes, padded to 8. */
struct mailbox_ring {
    uint32_t bytes; /* 0: the end */
    uint32_t serial;
    uint64_t dma;
};

struct mailbox {
    uint32_t magic; /* written last */
    uint32_t bytes; /* of this struct */
    uint32_t request, reply;
    uint32_t op;
    int32_t result;
    uint32_t args[8];
    uint32_t data_len;
    uint32_t trace_count; /* entries ever; the newest is at (trace_count - 1) % MAILBOX_TRACE */
    uint32_t rings_len;   /* bytes used of `rings` */
    uint32_t rings_lost;  /* pieces that found no room */
    uint32_t reserved[14];
    struct mailbox_access trace[MAILBOX_TRACE];
    uint8_t rings[MAILBOX_RINGS];
    uint8_t data[MAILBOX_DATA];
};

/* MAILBOX_DONE. */
struct mailbox_verdict {
    int32_t outcome;  /* of the scenario: 0 or a negative errno value as Linux numbers them */
    int32_t recovery; /* of the use after it */
    uint32_t failures, data_errors;
    uint32_t status[2];                           /* of each device at the end, expected 0 */
    uint32_t private_pieces, dma_pieces, mapped;  /* left behind, expected 0 */
    uint32_t reads, writes, interrupts, stack_bytes; /* accesses, handler calls; high-water mark */
    uint32_t free_bytes_peak;
    uint16_t may[2][512]; /* struct scn_disk.may of each disk */
    char expect[256];     /* the first SCN_EXPECT that did not hold: file, line, text */
};

#endif
