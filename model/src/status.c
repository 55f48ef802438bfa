/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Status register, v1.2 2.1 and 3.1: which values may follow which as a table, reset at once or
 * later, and what FEATURES_OK and DRIVER_OK set in motion. `told` is what the driver wrote and is
 * what it is judged by; `status` is what the device makes of it.
 */
#include "device.h"

#define NS_PER_MS     1000000u
#define RESET_BUSY_NS 20000u

/* Legal steps: from a value to the value with one more bit. FAILED may be added to any. */
static const struct transition {
    uint8_t versions; /* bit 0: version 1, bit 1: version 2 */
    uint8_t from, to;
} transition[] = {
    {3, 0, ST_ACKNOWLEDGE},
    {3, ST_ACKNOWLEDGE, ST_ACKNOWLEDGE | ST_DRIVER},
    {1, ST_ACKNOWLEDGE | ST_DRIVER, ST_ACKNOWLEDGE | ST_DRIVER | ST_DRIVER_OK},
    {2, ST_ACKNOWLEDGE | ST_DRIVER, ST_ACKNOWLEDGE | ST_DRIVER | ST_FEATURES_OK},
    {2, ST_ACKNOWLEDGE | ST_DRIVER | ST_FEATURES_OK,
     ST_ACKNOWLEDGE | ST_DRIVER | ST_FEATURES_OK | ST_DRIVER_OK},
};

static bool step_legal(const struct model_device *dev, unsigned from, unsigned to)
{
    for (unsigned i = 0; i < sizeof(transition) / sizeof(transition[0]); i++)
        if ((transition[i].versions >> (dev->cfg.version - 1) & 1) && transition[i].from == from &&
            transition[i].to == to)
            return true;
    return false;
}

/* ---- reset ---- */

static void late_completion(struct model_device *dev)
{
    struct chain *c = dev->reset_late;

    dev->reset_late = NULL;
    if (c)
        queue_complete_late(c);
}

void status_reset_done(struct model_device *dev)
{
    if (dev->reset_pending) {
        dev->reset_pending = false;
        dev->board->pending--;
    }
    late_completion(dev);
    for (unsigned i = 0; i < dev->n_queues; i++) {
        struct vqueue *q = &dev->q[i];
        const bool remember = q->ranges_valid;
        queue_disable(q);
        q->pfn = 0;
        q->num_written = q->align_written = q->free_seen = q->max_seen = false;
        q->halves = 0;
        q->reset_asked = q->was_reset = q->stop_unread = false;
        q->reset_reads = 0;
        q->max_override = 0;
        q->ranges_valid = remember;
    }
    dev->status = 0;
    dev->fok_unread = dev->fok_refused = dev->fok_kept_seen = false;
    dev->features_final = false;
    dev->driver_features = dev->agreed = 0;
    dev->shown = 0;
    dev->words_shown = dev->words_written = 0;
    dev->device_sel_set = dev->driver_sel_set = dev->queue_sel_set = false;
    dev->isr = dev->isr_shown = dev->isr_garbage = dev->isr_deferred = 0;
    dev->line_lost = dev->line_held = false;
    dev->spurious = dev->unacked_runs = 0;
    dev->page_size = 0;
    dev->wide_unclosed = false;
    dev->shown_last[0] = dev->shown_last[1] = 0;
    config_faults_reset(dev);
    if (dev->ops->reset)
        dev->ops->reset(dev);
    trace(dev->board, dev->slot, "reset done");
    if (dev->board->fault.id == MODEL_FAULT_IRQ_EARLY && fault_variant(dev->board) == 3 &&
        fault(dev->board, MODEL_FAULT_IRQ_EARLY))
        device_raise(dev, ISR_USED);
}

static bool reset_delayed(struct model_device *dev)
{
    struct model_board *board = dev->board;

    dev->reset_due_ns = board->now_ns + dev->cfg.reset_ns;
    dev->reset_slow_reads = 0;
    if (fault(board, MODEL_FAULT_RESET_SLOW)) {
        const unsigned v = fault_variant(board);
        if (v == 0)
            dev->reset_slow_reads = 3;
        else
            dev->reset_due_ns = v == 1 ? board->now_ns + NS_PER_MS : UINT64_MAX;
        return true;
    }
    for (unsigned i = 0; i < dev->n_queues && !dev->reset_late; i++)
        queue_keep_for_reset(&dev->q[i]);
    if (dev->reset_late) {
        dev->reset_due_ns = board->now_ns + RESET_BUSY_NS;
        return true;
    }
    return dev->cfg.reset_ns != 0;
}

static void reset_write(struct model_device *dev)
{
    struct model_board *board = dev->board;

    if (board->fault.id == MODEL_FAULT_IRQ_EARLY && fault_variant(board) == 2 && dev->status != 0 &&
        fault(board, MODEL_FAULT_IRQ_EARLY)) {
        device_raise(dev, ISR_USED);
        board_step(board);
    }
    /* Beginning and breaking off without DRIVER_OK is giving up. */
    rule_check(board, MODEL_RULE_DRV_CORE_032,
               dev->failed || (dev->told & ST_ACKNOWLEDGE) == 0 || (dev->told & ST_DRIVER_OK) != 0,
               dev->slot, "Status <- 0 after %#x: given up without FAILED", dev->told);
    for (unsigned i = 0; i < dev->n_queues; i++)
        rule_check(board, MODEL_RULE_DRV_MMIO_017,
                   !dev->q[i].stop_unread || board->fault.id == MODEL_FAULT_Q_READY_STUCK,
                   dev->slot, "Status <- 0 before QueueReady of queue %u was read as 0", i);
    dev->told = 0;
    dev->failed = false;
    dev->reset_unread = true;
    if (!reset_delayed(dev)) {
        status_reset_done(dev);
        return;
    }
    dev->reset_shown = dev->status ? dev->status : ST_ACKNOWLEDGE;
    if (!dev->reset_pending) {
        dev->reset_pending = true;
        board->pending++;
    }
    trace(board, dev->slot, "reset under way");
}

/* ---- reading ---- */

static uint32_t status_now(struct model_device *dev)
{
    struct model_board *board = dev->board;

    if (dev->reset_pending && dev->reset_slow_reads) {
        dev->reset_slow_reads--;
        return dev->reset_shown;
    }
    if (dev->reset_pending && dev->reset_due_ns <= board->now_ns)
        status_reset_done(dev);
    return dev->reset_pending ? dev->reset_shown : dev->status;
}

uint32_t status_read(struct model_device *dev)
{
    struct model_board *board = dev->board;
    uint32_t val = status_now(dev);

    if (fault_variant(board) == 1 && fault(board, MODEL_FAULT_STAT_STUCK))
        return 0xff;
    if (dev->fok_kept_seen && board->fault.id == MODEL_FAULT_FOK_LATE_DROP &&
        ((dev->status & ST_DRIVER_OK) != 0) == (fault_variant(board) == 1) &&
        fault(board, MODEL_FAULT_FOK_LATE_DROP))
        return val & ~ST_FEATURES_OK;
    if (val == 0)
        dev->reset_unread = false;
    if (val & ST_FEATURES_OK)
        dev->fok_kept_seen = true;
    dev->fok_unread = false;
    return val;
}

/* ---- writing ---- */

/* A Status that reads wrong takes the blame for what the driver makes of it. */
static bool misled(const struct model_device *dev)
{
    return fault_struck(dev->board, MODEL_FAULT_STAT_STUCK) && fault_variant(dev->board) == 1;
}

static bool check_order(struct model_device *dev, uint32_t val)
{
    struct model_board *board = dev->board;
    const unsigned told = dev->told;
    const unsigned known = ST_ACKNOWLEDGE | ST_DRIVER | ST_DRIVER_OK | ST_FEATURES_OK | ST_FAILED;
    const unsigned new = val &known & ~told;

    if (!dev_modern(dev) &&
        !rule_check(board, MODEL_RULE_DRV_LEG_013, (val & ST_FEATURES_OK) == 0, dev->slot,
                    "Status <- %#x: FEATURES_OK on a legacy device", val))
        return false;
    if (!rule_check(board, MODEL_RULE_DRV_CORE_038, (val & ST_SUSPEND) == 0, dev->slot,
                    "Status <- %#x: SUSPEND was not agreed", val))
        return false;
    if (!rule_check(board, MODEL_RULE_DRV_CORE_002, (told & ~val) == 0, dev->slot,
                    "Status <- %#x after %#x: bits %#x taken back without a reset", val, told,
                    told & ~val))
        return false;
    if (new == 0 || new == ST_FAILED)
        return true;
    if (!rule_check(board, MODEL_RULE_DRV_CORE_003, !dev->failed, dev->slot,
                    "Status <- %#x after FAILED, expected 0", val))
        return false;
    if (!rule_check(board, MODEL_RULE_DRV_CORE_001, (new &(new - 1)) == 0, dev->slot,
                    "Status <- %#x after %#x: more than one stage at once", val, told))
        return false;
    return rule_check(board, MODEL_RULE_DRV_CORE_026, step_legal(dev, told, told | new), dev->slot,
                      "Status <- %#x after %#x is out of order", val, told);
}

static void check_driver_ok(struct model_device *dev)
{
    struct model_board *board = dev->board;
    bool any = dev->n_queues == 0;

    for (unsigned i = 0; i < dev->n_queues; i++)
        any |= dev->q[i].enabled;
    rule_check(board, MODEL_RULE_DRV_CORE_031, any || board->fault_strikes, dev->slot,
               "DRIVER_OK with no queue set up");
    if (dev_modern(dev))
        rule_check(board, MODEL_RULE_DRV_CORE_030, !dev->fok_refused && !dev->fok_unread, dev->slot,
                   dev->fok_refused ? "DRIVER_OK although FEATURES_OK did not stick"
                                    : "DRIVER_OK without reading FEATURES_OK back");
}

static bool features_refused(struct model_device *dev)
{
    struct model_board *board = dev->board;
    const uint64_t f = dev->driver_features;
    const uint64_t insisted = FBIT(F_RING_RESET) | FBIT(F_ACCESS_PLATFORM);
    const uint64_t disliked =
        FBIT(F_INDIRECT) | FBIT(F_EVENT_IDX) | FBIT(F_NOTIFICATION_DATA) | FBIT(F_RING_RESET);

    if (!fault(board, MODEL_FAULT_FOK_REJECT))
        return false;
    switch (fault_variant(board)) {
    case 0:
        return true;
    case 1:
        return (f & insisted) != insisted;
    default:
        return (f & disliked) != 0;
    }
}

static void features_ok_written(struct model_device *dev)
{
    struct model_board *board = dev->board;

    dev->fok_unread = true;
    dev->fok_refused = !features_finish(dev) || features_refused(dev);
    if (fault_variant(board) == 2 && fault(board, MODEL_FAULT_STAT_NEEDS_RESET))
        model_device_need_reset(dev);
    if (dev->fok_refused) {
        dev->agreed = 0;
        dev->features_final = false;
        trace(board, dev->slot, "FEATURES_OK refused for %#llx",
              (unsigned long long)dev->driver_features);
        return;
    }
    dev->status |= ST_FEATURES_OK;
    if (dev->ops->agreed)
        dev->ops->agreed(dev);
}

static void driver_ok_written(struct model_device *dev)
{
    check_driver_ok(dev);
    if (!dev_modern(dev)) {
        features_finish(dev);
        if (dev->ops->agreed)
            dev->ops->agreed(dev);
    } else if (dev_strict(dev) && dev->fok_refused) {
        return;
    }
    dev->status |= ST_DRIVER_OK;
}

static void early_interrupt(struct model_device *dev, uint32_t new)
{
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    if (board->fault.id != MODEL_FAULT_IRQ_EARLY)
        return;
    if ((v == 0 && (new &ST_ACKNOWLEDGE)) || (v == 1 && (new &(ST_DRIVER | ST_FEATURES_OK))))
        if (fault(board, MODEL_FAULT_IRQ_EARLY))
            device_raise(dev, ISR_USED);
}

void status_write(struct model_device *dev, uint32_t val)
{
    struct model_board *board = dev->board;
    const bool first = !dev->status_written;

    dev->status_written = true;
    if (val == 0) {
        reset_write(dev);
        return;
    }
    rule_check(board, MODEL_RULE_DRV_MMIO_028, !first, dev->slot,
               "first Status write is %#x, expected 0 (reset)", val);
    if (!rule_check(board, MODEL_RULE_DRV_CORE_013,
                    !dev->reset_unread || (val & ST_FAILED) || misled(dev), dev->slot,
                    "Status <- %#x before it read 0 after the reset", val) &&
        dev->reset_pending)
        return;
    const bool legal = misled(dev) || check_order(dev, val);
    const uint32_t new = val & ~dev->told & 0xffu;
    dev->told = (uint8_t)(dev->told | val);
    if (val & ST_FAILED)
        dev->failed = true;
    if (fault_variant(board) == 0 && fault(board, MODEL_FAULT_STAT_STUCK))
        return;
    if (!legal && dev_strict(dev))
        return;
    dev->status |= (uint8_t)(val & (ST_ACKNOWLEDGE | ST_DRIVER | ST_FAILED));
    if (new &ST_FAILED)
        return;
    if ((new &ST_FEATURES_OK) && dev_modern(dev))
        features_ok_written(dev);
    if (new &ST_DRIVER_OK)
        driver_ok_written(dev);
    early_interrupt(dev, new);
}
