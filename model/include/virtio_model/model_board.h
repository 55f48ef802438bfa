/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model board: a virtual clock, guest memory, up to MODEL_MAX_DEVICES virtio-mmio windows with
 * one interrupt line each, a schedule, one armed fault, the rule book and the trace.
 *
 * There are no threads. Devices advance only inside the calls below: at a register access, at a
 * step point that the guest side reports (barrier, unlock), and while the guest is idle. Which
 * device action runs at which point is chosen by the schedule, so that one seed gives one trace.
 *
 * A board and everything on it belongs to one thread. No call here is async-signal-safe.
 * Errors are negative errno values.
 */
#ifndef VIRTIO_MODEL_BOARD_H
#define VIRTIO_MODEL_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_MAX_DEVICES 16u
#define MODEL_WINDOW_SIZE 0x1000u               /* bytes of one register window */
#define MODEL_WINDOW_BASE UINT64_C(0x10001000)  /* bus address of the window in slot 0 */
#define MODEL_MEM_BASE    UINT64_C(0x1ffff0000) /* default guest-physical base: straddles 8 GiB */

struct model_board;
struct model_device;
struct model_choices;

enum model_schedule {
    MODEL_SCHED_SYNC,       /* device answers inside QueueNotify; interrupt at the next point */
    MODEL_SCHED_LAZY,       /* device acts only while the guest is idle, in order */
    MODEL_SCHED_RANDOM,     /* seeded: any enabled action at any step point, any order */
    MODEL_SCHED_ORDER,      /* like LAZY, the completion order is asked from `choices` */
    MODEL_SCHED_EXHAUSTIVE, /* every choice (act now or not, which action) asked from `choices` */
};

/* Why the board gave up on a run; passed to on_runaway. */
enum model_runaway {
    MODEL_RUNAWAY_STEPS, /* step_limit register accesses and step points were used up */
    MODEL_RUNAWAY_TIME,  /* time_limit_ns of virtual time were used up */
};

struct model_board_config {
    uint64_t seed;
    enum model_schedule schedule;
    struct model_choices *choices; /* for ORDER and EXHAUSTIVE; owned by the caller */
    uint64_t mem_base;             /* guest-physical base, 0: MODEL_MEM_BASE; multiple of 4096 */
    size_t mem_size;               /* bytes of guest memory, 0: 8 MiB; multiple of 4096 */
    uint64_t step_limit;           /* 0: 2,000,000 */
    uint64_t time_limit_ns;        /* 0: 600 s of virtual time */
    uint32_t mmio_cost_ns;         /* virtual time of one register access, 0: 100 ns */
    uint64_t deadline_ns;          /* deadline of the guest's requests, around which the fault SLOW
                                      completes; 0: 1 s */
    /* Called once when a limit is hit. It normally does not return (longjmp); if it does, the
     * board answers 0xffffffff to every read and does nothing more. May be NULL. */
    void (*on_runaway)(void *ctx, enum model_runaway why);
    void *on_runaway_ctx;
};

/*
 * Makes a board. *out is owned by the caller until model_board_destroy.
 * Returns 0, -EINVAL (a size or base that is not a multiple of 4096) or -ENOMEM.
 */
int model_board_create(struct model_board **out, const struct model_board_config *cfg);
void model_board_destroy(struct model_board *board);

/*
 * Takes the board back to its first moment with a new configuration: no devices, no memory in
 * use, virtual time 0, no fault armed, rules and trace forgotten (the trace sink stays). Cheap:
 * memory is reused, so that a sweep makes 100,000 boards out of one. Devices added before are
 * destroyed. mem_base and mem_size must be those of the creation, or 0. Returns 0 or -EINVAL.
 */
int model_board_reset(struct model_board *board, const struct model_board_config *cfg);

/* ---- clock ---- */
uint64_t model_now_ns(const struct model_board *board);

/* ---- what the guest does ---- */

/* One register access by the guest CPU at a bus address, `width` bytes (1, 2, 4 or 8), values as a
 * little-endian CPU's load/store gives them. Addresses without a device read all ones and are a
 * rule breach. Every access is a step point. */
uint64_t model_mmio_read(struct model_board *board, uint64_t bus_addr, unsigned width);
void model_mmio_write(struct model_board *board, uint64_t bus_addr, unsigned width, uint64_t val);

enum model_barrier { MODEL_BARRIER_FULL, MODEL_BARRIER_READ, MODEL_BARRIER_WRITE };

/* The guest executed a memory barrier: a step point at which devices may look at the rings and
 * act, and where the order of ring stores is checked (DRV-SPLIT-040, -041). */
void model_barrier(struct model_board *board, enum model_barrier kind);

/* Guest interrupt mask, nesting. Unmasking to depth 0 is a step point at which a pending interrupt
 * is delivered (by calling the handler on the caller's stack). */
void model_irq_mask(struct model_board *board);
void model_irq_unmask(struct model_board *board);
bool model_irq_masked(const struct model_board *board);

/* The guest busy-waits for ns: time passes, devices act and interrupts are delivered as they fall
 * due. */
void model_delay(struct model_board *board, uint64_t ns);

/* The guest sleeps until something happens: runs the next device action or delivers the next
 * interrupt, whichever is due first, advancing the clock to it, but never past until_ns. Returns
 * true when something ran, false when the clock reached until_ns first. */
bool model_idle(struct model_board *board, uint64_t until_ns);

/* ---- interrupts ---- */

/* Called with the slot whose line is asserted, at step points with the mask at depth 0 and not
 * nested in itself. The line is level triggered: it is delivered again while it stays asserted;
 * 256 deliveries in a row without an InterruptACK write are a rule breach (DRV-MMIO-044) and the
 * line is then held off until the next acknowledge. */
typedef void (*model_irq_handler)(void *ctx, unsigned slot);
void model_set_irq_handler(struct model_board *board, model_irq_handler fn, void *ctx);
/* Connects or disconnects one line (a guest that polls leaves it disconnected; default: on). */
void model_irq_connect(struct model_board *board, unsigned slot, bool on);

/* ---- devices ---- */
uint64_t model_window_base(unsigned slot);
struct model_device *model_board_device(struct model_board *board, unsigned slot);

/* ---- end of a run ---- */

/* Checks what must hold when the guest has finished: every device left reset, no interrupt line
 * asserted for an unreset device, no memory or mapping left. Each breach goes to the rule book.
 * Returns the number of breaches recorded on this board so far. */
unsigned model_board_finish(struct model_board *board);

#endif
