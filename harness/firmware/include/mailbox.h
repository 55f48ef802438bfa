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
    uint32_t bytes;  /* 0: the end */
    uint32_t serial; /* trace_count when it was given back: what the trace tells before is older */
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
    uint32_t status[2];                              /* of each device at the end, expected 0 */
    uint32_t private_pieces, dma_pieces, mapped;     /* left behind, expected 0 */
    uint32_t reads, writes, interrupts, stack_bytes; /* accesses, handler calls; high-water mark */
    uint32_t free_bytes_peak;
    uint16_t may[2][512]; /* struct scn_disk.may of each disk */
    char expect[256];     /* the first SCN_EXPECT that did not hold: file, line, text */
};

/*
 * What is asked, precisely. `i` is a device of the scenario's type: the one with the lowest address
 * is 0. Numbers travel in `args`, 32 bits each, signed ones in two's complement, 64 bits as two
 * args, the low half first. Bytes travel in the first `data_len` bytes of `data`; fields in them
 * are little-endian and packed as listed, never a struct of C. The host sets result and data_len
 * (0: no data) of every answer. errno values are those of Linux. An operation that has no line here
 * QEMU cannot do: the firmware leaves its pointer NULL. "place" is the operation's place in its
 * struct, 0 first; op = MAILBOX_xxx + place.
 *
 * op         place  args                  data asked          result            data answered
 * HELLO             devices found         -                   0, -errno         u32 sectors of each
 *                                                                               disk; none: no blk
 * DONE              -                     mailbox_verdict     (not awaited)     -
 *
 * NET        0 inject       i, pair       the frame           1 taken, 0 not    -
 *            1 set_link     i, up         -                   0                 -
 *            2 ask_announce i             -                   0                 -
 *            4 seen         i             -                   0, -errno         (1)
 * CONSOLE    0 feed         i, port       the bytes           bytes taken,      -
 *                                                             -errno
 *            1 take         i, port, len  -                   bytes, -errno     the bytes
 *            2 drop         i, port       -                   0                 -
 *            3 set_open     i, port, open -                   0                 -
 *            5 add_port     i, port,      the name, no 0      0, -errno         -
 *                           console,      at its end
 *                           has a name
 *            6 remove_port  i, port       -                   0, -errno         -
 *            9 emergency    i, size       -                   emergency         the last of them,
 *                                                             characters so far at most size, or 16
 *           15 around       i, after      -                   0                 - (2)
 * GPU        0 scanout      i, scanout    -                   1 shown, 0 not    u32 width, u32
 *                                                                               height, 4 bytes a
 *                                                                               pixel: R, G, B, any
 * INPUT      0 report       i, n          n times u16 type,   1 happened,       - (3)
 *                                         u16 code, u32 value 0 not
 *
 * (1) u32 promisc, u32 allmulti, u32 num_unicast, u32 num_multicast, u32 pairs, u32 announces,
 *     u64 offloads, u8 mac[6], u16 0: 40 bytes. announces counts those that were asked for: the
 *     firmware takes one off when it is not 0 and the status field of the config space (offset 6,
 *     bit 1) says that one is still pending. inject with an offload, or for another pair than 0,
 *     the firmware answers itself: false. set_link and so on are done when the answer is there.
 * (2) Not of struct scn_console_ops. Emergency characters come out where port 0 does, so that the
 *     host has to pick each out as it is written: the port of a firmware that runs a console
 *     scenario asks this, with after = 0, before the driver's write to the emergency field (offset
 *     0x108 of the window), and with after = 1 behind it.
 * (3) Only when the device has room: buffers that were given to it and not used yet, at least n + 1
 *     of them (n <= 8). QEMU drops a report for which there are too few and says so nowhere. With
 *     fewer the firmware answers itself: false.
 *
 * DONE: the firmware counts up `request`, rings and ends in board_exit; the host reads the verdict
 * when the firmware has ended, too. The fields of struct mailbox_verdict and of struct mailbox_ring
 * are little-endian and lie without gaps.
 */
enum mailbox_place {
    MAILBOX_NET_INJECT = MAILBOX_NET,
    MAILBOX_NET_SET_LINK = MAILBOX_NET + 1,
    MAILBOX_NET_ASK_ANNOUNCE = MAILBOX_NET + 2,
    MAILBOX_NET_SEEN = MAILBOX_NET + 4,
    MAILBOX_CONSOLE_FEED = MAILBOX_CONSOLE,
    MAILBOX_CONSOLE_TAKE = MAILBOX_CONSOLE + 1,
    MAILBOX_CONSOLE_DROP = MAILBOX_CONSOLE + 2,
    MAILBOX_CONSOLE_SET_OPEN = MAILBOX_CONSOLE + 3,
    MAILBOX_CONSOLE_ADD_PORT = MAILBOX_CONSOLE + 5,
    MAILBOX_CONSOLE_REMOVE_PORT = MAILBOX_CONSOLE + 6,
    MAILBOX_CONSOLE_EMERGENCY = MAILBOX_CONSOLE + 9,
    MAILBOX_CONSOLE_AROUND = MAILBOX_CONSOLE + 15,
    MAILBOX_GPU_SCANOUT = MAILBOX_GPU,
    MAILBOX_INPUT_REPORT = MAILBOX_INPUT,
};
#define MAILBOX_SEEN_BYTES  40u
#define MAILBOX_EVENT_BYTES 8u

#endif
