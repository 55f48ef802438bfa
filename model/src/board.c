/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board: creation and cheap reset, the clock and its limits, the guest's CPU calls (register
 * access, barrier, interrupt mask, waiting), and the check at the end of a run.
 */
#include "board.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

#define DEFAULT_MEM_SIZE ((size_t)8 << 20)
#define DEFAULT_STEPS    UINT64_C(2000000)
#define DEFAULT_TIME_NS  UINT64_C(600000000000)
#define DEFAULT_MMIO_NS  100u
#define DEFAULT_DEADLINE UINT64_C(1000000000)
#define PAGE_MASK        4095u

/* splitmix64: one addition and three mixing steps; any seed is good. */
uint64_t board_random(struct model_board *board)
{
    uint64_t z = board->rng += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void adopt_config(struct model_board *board, const struct model_board_config *cfg)
{
    /* Most boards act at one step point in four, some hardly ever, some nearly always. */
    static const uint8_t eagerness[8] = {2, 2, 1, 4, 2, 7, 2, 3};
    struct model_board_config *c = &board->cfg;

    *c = *cfg;
    if (!c->step_limit)
        c->step_limit = DEFAULT_STEPS;
    if (!c->time_limit_ns)
        c->time_limit_ns = DEFAULT_TIME_NS;
    if (!c->mmio_cost_ns)
        c->mmio_cost_ns = DEFAULT_MMIO_NS;
    if (!c->deadline_ns)
        c->deadline_ns = DEFAULT_DEADLINE;
    board->rng = c->seed;
    board->eagerness = eagerness[board_random(board) & 7];
}

int model_board_create(struct model_board **out, const struct model_board_config *cfg)
{
    uint64_t base = cfg->mem_base ? cfg->mem_base : MODEL_MEM_BASE;
    size_t size = cfg->mem_size ? cfg->mem_size : DEFAULT_MEM_SIZE;

    if ((base & PAGE_MASK) || (size & PAGE_MASK))
        return -EINVAL;
    struct model_board *board = calloc(1, sizeof(*board));
    if (!board)
        return -ENOMEM;
    int err = mem_init(&board->mem, base, size);
    if (err) {
        free(board);
        return err;
    }
    adopt_config(board, cfg);
    *out = board;
    return 0;
}

void model_board_destroy(struct model_board *board)
{
    if (!board)
        return;
    device_destroy_all(board);
    for (unsigned i = 0; i < MODEL_MAX_DEVICES; i++)
        if (board->storage[i]) {
            device_free_storage(board->storage[i]);
            free(board->storage[i]);
        }
    chain_free_spares(board);
    mem_fini(&board->mem);
    free(board);
}

int model_board_reset(struct model_board *board, const struct model_board_config *cfg)
{
    if ((cfg->mem_base && cfg->mem_base != board->mem.base) ||
        (cfg->mem_size && cfg->mem_size != board->mem.size))
        return -EINVAL;
    device_destroy_all(board);
    mem_rewind(&board->mem);
    adopt_config(board, cfg);
    board->now_ns = 0;
    board->steps = 0;
    board->tick = 0;
    board->stopped = false;
    board->n_polling = 0;
    board->pending = 0;
    board->n_late = 0;
    board->irq_fn = NULL;
    board->mask_depth = 0;
    board->in_handler = false;
    board->disconnected = 0;
    board->trace_pos = 0;
    board->n_violations = 0;
    model_fault_disarm(board);
    board->fault_opportunities = 0;
    board->fault_strikes = 0;
    return 0;
}

struct model_device *board_device_storage(struct model_board *board, unsigned slot, size_t size)
{
    if (board->storage[slot] && board->storage_size[slot] < size) {
        device_free_storage(board->storage[slot]);
        free(board->storage[slot]);
        board->storage[slot] = NULL;
    }
    if (!board->storage[slot]) {
        board->storage[slot] = calloc(1, size);
        board->storage_size[slot] = size;
    }
    return board->storage[slot];
}

/* ---- clock and limits ---- */

uint64_t model_now_ns(const struct model_board *board)
{
    return board->now_ns;
}

void board_runaway(struct model_board *board, enum model_runaway why)
{
    board->stopped = true;
    trace(board, NO_SLOT, "RUNAWAY: %s used up",
          why == MODEL_RUNAWAY_STEPS ? "steps" : "virtual time");
    if (board->cfg.on_runaway)
        board->cfg.on_runaway(board->cfg.on_runaway_ctx, why);
}

void board_step(struct model_board *board)
{
    if (board->stopped)
        return;
    if (++board->steps > board->cfg.step_limit)
        board_runaway(board, MODEL_RUNAWAY_STEPS);
    else if (board->now_ns > board->cfg.time_limit_ns)
        board_runaway(board, MODEL_RUNAWAY_TIME);
    else
        schedule_step(board);
}

/* ---- register access ---- */

uint64_t model_window_base(unsigned slot)
{
    return MODEL_WINDOW_BASE + (uint64_t)slot * MODEL_WINDOW_SIZE;
}

struct model_device *model_board_device(struct model_board *board, unsigned slot)
{
    return slot < MODEL_MAX_DEVICES ? board->dev[slot] : NULL;
}

/* The device at a bus address, after having counted the access; NULL with a breach recorded. */
static struct model_device *access_begin(struct model_board *board, uint64_t addr, uint32_t *off,
                                         const char *verb)
{
    struct model_device *dev = NULL;

    board->now_ns += board->cfg.mmio_cost_ns;
    if (addr >= MODEL_WINDOW_BASE) {
        uint64_t slot = (addr - MODEL_WINDOW_BASE) / MODEL_WINDOW_SIZE;
        *off = (uint32_t)((addr - MODEL_WINDOW_BASE) % MODEL_WINDOW_SIZE);
        if (slot < MODEL_MAX_DEVICES)
            dev = board->dev[slot];
    }
    rule_check(board, MODEL_RULE_DRV_MMIO_001, dev != NULL, NO_SLOT,
               "%s at bus address %#llx, where no device is", verb, (unsigned long long)addr);
    return dev;
}

static bool width_valid(unsigned width)
{
    return width == 1 || width == 2 || width == 4 || width == 8;
}

uint64_t model_mmio_read(struct model_board *board, uint64_t bus_addr, unsigned width)
{
    uint64_t val = UINT64_MAX;
    uint32_t off = 0;

    if (board->stopped)
        return UINT32_MAX;
    struct model_device *dev = access_begin(board, bus_addr, &off, "read");
    if (dev && width_valid(width)) {
        dev->count.mmio_reads++;
        val = mmio_read(dev, off, width);
    }
    if (width < 8)
        val &= (UINT64_C(1) << (8 * width)) - 1;
    board_step(board);
    return val;
}

void model_mmio_write(struct model_board *board, uint64_t bus_addr, unsigned width, uint64_t val)
{
    uint32_t off = 0;

    if (board->stopped)
        return;
    struct model_device *dev = access_begin(board, bus_addr, &off, "write");
    if (dev && width_valid(width)) {
        dev->count.mmio_writes++;
        mmio_write(dev, off, width, val);
    }
    board_step(board);
}

void model_barrier(struct model_board *board, enum model_barrier kind)
{
    if (board->stopped)
        return;
    for (unsigned s = 0; s < board->n_devices; s++) {
        struct model_device *dev = board->dev[s];
        for (unsigned i = 0; dev && i < dev->n_queues; i++)
            if (dev->q[i].enabled && !dev->q[i].dead)
                check_barrier(&dev->q[i], kind);
    }
    board_step(board);
}

/* ---- interrupts ---- */

void model_irq_mask(struct model_board *board)
{
    board->mask_depth++;
}

void model_irq_unmask(struct model_board *board)
{
    if (board->mask_depth == 0) /* an unmask too many: nothing to undo */
        return;
    if (--board->mask_depth == 0)
        board_step(board);
}

bool model_irq_masked(const struct model_board *board)
{
    return board->mask_depth != 0 || board->in_handler;
}

void model_set_irq_handler(struct model_board *board, model_irq_handler fn, void *ctx)
{
    board->irq_fn = fn;
    board->irq_ctx = ctx;
}

void model_irq_connect(struct model_board *board, unsigned slot, bool on)
{
    if (slot >= MODEL_MAX_DEVICES)
        return;
    if (on)
        board->disconnected &= ~(1u << slot);
    else
        board->disconnected |= 1u << slot;
}

/* ---- waiting ---- */

bool model_idle(struct model_board *board, uint64_t until_ns)
{
    if (!board->stopped) {
        if (++board->steps > board->cfg.step_limit)
            board_runaway(board, MODEL_RUNAWAY_STEPS);
        else if (schedule_idle(board, until_ns))
            return true;
        else if (board->now_ns > board->cfg.time_limit_ns)
            board_runaway(board, MODEL_RUNAWAY_TIME);
    }
    if (board->stopped && board->now_ns < until_ns)
        board->now_ns = until_ns; /* deadlines of the guest still expire */
    return false;
}

void model_delay(struct model_board *board, uint64_t ns)
{
    uint64_t until = board->now_ns + ns;

    while (model_idle(board, until))
        if (board->now_ns >= until)
            break;
}

/* ---- end of a run ---- */

unsigned model_board_finish(struct model_board *board)
{
    for (unsigned s = 0; s < board->n_devices; s++)
        if (board->dev[s])
            device_finish(board->dev[s]);
    mem_report_leaks(board);
    return board->n_violations;
}
