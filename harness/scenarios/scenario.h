/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios: what a caller of the driver does, told once and run on every back end: the model, a
 * real QEMU device, a board. Freestanding C: driver API, this header, nothing else.
 *
 * A scenario returns 0 or the first error that the driver returned. What must hold whatever the
 * device does it states with SCN_EXPECT; what it reads it compares through the tracked disk.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "virtio/virtio_blk.h"

#define SCN_DEVICES_MAX 2u   /* of a type */
#define SCN_SECTORS_MAX 512u /* tracked per disk: scenarios stay below */
#define SCN_SCRATCH     (256u * 1024u)

/* ---- a disk whose contents are known ----
 * Every sector holds the pattern of a generation: 0 as the harness laid it down, 1..SCN_GEN_MAX as
 * written by the scenario, or zeroes. While a write is undecided (it failed, or was not awaited)
 * the sector may be old or new: a set of generations. */
#define SCN_GEN_MAX  13u
#define SCN_GEN_ZERO 14u /* all bytes 0 */
#define SCN_GEN_ANY  15u /* anything: discarded */
struct scn_disk {
    uint32_t number;
    uint32_t sectors;
    uint16_t may[SCN_SECTORS_MAX]; /* bit g: may hold generation g */
};

void scn_disk_init(struct scn_disk *disk, uint32_t number, uint32_t sectors);
/* The 512 bytes of a sector in a generation below SCN_GEN_ZERO. */
void scn_pattern(uint32_t disk, uint64_t sector, unsigned gen, void *out);
/* True when the bytes are one of the generations that the sector may hold. */
bool scn_disk_holds(const struct scn_disk *disk, uint64_t sector, const void *bytes);

/* ---- environment ---- */

/* Device types, in the order of their windows on a board that has several. */
enum scn_type { SCN_BLK, SCN_NET, SCN_CONSOLE, SCN_GPU, SCN_INPUT, SCN_TYPES };
#define SCN_WINDOWS_MAX (SCN_TYPES * SCN_DEVICES_MAX)

/* Faults that no device can play: the caller's side does, where the fault table says so. */
enum scn_play {
    SCN_PLAY_IDX_WRAP,
    SCN_PLAY_ZERO_LEN,
    SCN_PLAY_LOOP,
    SCN_PLAY_TEARDOWN_BUSY,
    SCN_PLAY_CALLBACK,
};

struct scn_env;
struct scn_env_ops {
    /* Something that may never happen did. */
    void (*fail)(struct scn_env *env, const char *file, int line, const char *text);
    /* Connects the interrupt of a window to fn(arg), or disconnects it (fn NULL). */
    void (*irq)(struct scn_env *env, unsigned window, bool (*fn)(void *arg), void *arg);
    /* Device-side actions; NULL where the back end cannot do them. */
    void (*set_capacity)(struct scn_env *env, unsigned window, uint64_t sectors);
    void (*pause)(struct scn_env *env, unsigned window, bool on);
    /* An opportunity for a fault of the caller's side: its variant when it strikes, else -1. NULL:
     * none ever does. */
    int (*play)(struct scn_env *env, enum scn_play play);
};

struct scn_env {
    const struct scn_env_ops *ops;
    struct virtio_window windows[SCN_WINDOWS_MAX];
    unsigned num_windows;
    unsigned first[SCN_TYPES]; /* window of the first device of a type */
    unsigned count[SCN_TYPES]; /* devices of a type */
    /* Block devices are windows 0.. always. */
    struct scn_disk disks[SCN_DEVICES_MAX];
    uint8_t *scratch;        /* SCN_SCRATCH bytes for buffers */
    struct virtio_blk *blks; /* SCN_DEVICES_MAX of them, zeroed */
    /* What the other types need: drivers, device-side actions, tracking; NULL: none on this board.
     */
    struct scn_net_env *net;         /* scn_net.h */
    struct scn_console_env *console; /* scn_console.h */
    struct scn_gpu_env *gpu;         /* scn_gpu.h */
    struct scn_input_env *input;     /* scn_input.h */
    uint64_t features_off;           /* not to be used by the driver, for comparison runs */
    uint32_t seed;                   /* for scenarios that choose what they do */
    bool keep_on_error;   /* leave the device as it is after an error: the harness resets it */
    unsigned data_errors; /* data reported as good that was not */
    unsigned failures;    /* SCN_EXPECT that did not hold */
};

#define SCN_EXPECT(env, cond)                                                                      \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            (env)->failures++;                                                                     \
            (env)->ops->fail((env), __FILE__, __LINE__, #cond);                                    \
        }                                                                                          \
    } while (0)

/* What a scenario needs of its device; the harness configures the model, or picks the QEMU
 * options, accordingly. Fields that are 0 mean the default. */
struct scn_needs {
    uint64_t features; /* device-type bits on top of the default set */
    uint64_t without;  /* bits not to be offered */
    uint32_t blk_size, size_max, seg_max;
    uint16_t num_queues;
    uint16_t queue_num_max;
    uint8_t devices; /* 0: 1 */
    bool polled;
    uint32_t max_erase_sectors, max_erase_seg;
    const void *more; /* struct scn_net_needs and so on; NULL: the defaults */
};

enum scn_flags {
    SCN_NO_QEMU = 1u,      /* needs a device-side action or a feature that QEMU does not have */
    SCN_LONG = 2u,         /* runs long: not with every fault */
    SCN_EXHAUSTIVE = 4u,   /* small enough for every order of device steps */
    SCN_ORDERS = 8u,       /* several requests in flight: every order of completion */
    SCN_MAY_MISS = 32u,    /* what a fault does may be taken away by a reset, removal or cancel */
    SCN_NO_FAULTS = 64u,   /* run with random schedules only */
    SCN_INTERRUPTS = 128u, /* not on a device whose interrupt is not connected */
    SCN_WRAP = 16u,        /* also with rings that were run up to where their indices wrap */
};

struct scenario {
    const char *device; /* "blk", "net", "console", "gpu", "input" */
    const char *name;
    const char *what; /* one line */
    unsigned flags;
    struct scn_needs needs;
    int (*run)(struct scn_env *env);
};

extern const struct scenario scn_blk_scenarios[];
extern const unsigned scn_blk_count;
extern const struct scenario scn_net_scenarios[];
extern const unsigned scn_net_count;
extern const struct scenario scn_console_scenarios[];
extern const unsigned scn_console_count;
extern const struct scenario scn_gpu_scenarios[];
extern const unsigned scn_gpu_count;
extern const struct scenario scn_input_scenarios[];
extern const unsigned scn_input_count;
/* On a board with all types, two devices of each. */
extern const struct scenario scn_all_scenarios[];
extern const unsigned scn_all_count;

/* After a faulty run, with the fault gone: a device that is still held is reset and works, then is
 * removed; a fresh bring-up works. 0, or the error that stopped it. */
int scn_blk_recover(struct scn_env *env, const struct scenario *sc);
int scn_net_recover(struct scn_env *env, const struct scenario *sc);
int scn_console_recover(struct scn_env *env, const struct scenario *sc);
int scn_gpu_recover(struct scn_env *env, const struct scenario *sc);
int scn_input_recover(struct scn_env *env, const struct scenario *sc);
int scn_all_recover(struct scn_env *env, const struct scenario *sc);

#endif
