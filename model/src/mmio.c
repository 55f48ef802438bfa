/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register window, v1.2 4.2.2 and 4.2.4: one table of registers with versions and directions,
 * the rules that hold for every access, and the registers common to both versions. What belongs to
 * one version only is in mmio_legacy.c and mmio_modern.c.
 */
#include "device.h"

#define CONFIG_BASE 0x100u
#define MAGIC       0x74726976u

#define V1 1u
#define V2 2u
#define V  3u
#define R  1u
#define W  2u
#define RW 3u

static const struct mmio_register {
    const char *name;
    uint8_t versions, dir;
} reg_table[CONFIG_BASE / 4] = {
    [0x000 / 4] = {"MagicValue", V, R},       [0x004 / 4] = {"Version", V, R},
    [0x008 / 4] = {"DeviceID", V, R},         [0x00c / 4] = {"VendorID", V, R},
    [0x010 / 4] = {"DeviceFeatures", V, R},   [0x014 / 4] = {"DeviceFeaturesSel", V, W},
    [0x020 / 4] = {"DriverFeatures", V, W},   [0x024 / 4] = {"DriverFeaturesSel", V, W},
    [0x028 / 4] = {"GuestPageSize", V1, W},   [0x030 / 4] = {"QueueSel", V, W},
    [0x034 / 4] = {"QueueNumMax", V, R},      [0x038 / 4] = {"QueueNum", V, W},
    [0x03c / 4] = {"QueueAlign", V1, W},      [0x040 / 4] = {"QueuePFN", V1, RW},
    [0x044 / 4] = {"QueueReady", V2, RW},     [0x050 / 4] = {"QueueNotify", V, W},
    [0x060 / 4] = {"InterruptStatus", V, R},  [0x064 / 4] = {"InterruptACK", V, W},
    [0x070 / 4] = {"Status", V, RW},          [0x080 / 4] = {"QueueDescLow", V2, W},
    [0x084 / 4] = {"QueueDescHigh", V2, W},   [0x090 / 4] = {"QueueDriverLow", V2, W},
    [0x094 / 4] = {"QueueDriverHigh", V2, W}, [0x0a0 / 4] = {"QueueDeviceLow", V2, W},
    [0x0a4 / 4] = {"QueueDeviceHigh", V2, W}, [0x0ac / 4] = {"SHMSel", V2, W},
    [0x0b0 / 4] = {"SHMLenLow", V2, R},       [0x0b4 / 4] = {"SHMLenHigh", V2, R},
    [0x0b8 / 4] = {"SHMBaseLow", V2, R},      [0x0bc / 4] = {"SHMBaseHigh", V2, R},
    [0x0c0 / 4] = {"QueueReset", V2, RW},     [0x0fc / 4] = {"ConfigGeneration", V2, R},
};

const char *mmio_name(uint32_t off)
{
    const char *name = off < CONFIG_BASE ? reg_table[off / 4].name : "config";

    return name ? name : "reserved";
}

/* ---- rules for every access ---- */

static bool check_width(struct model_device *dev, uint32_t off, unsigned width, const char *verb)
{
    return rule_check(dev->board, MODEL_RULE_DRV_MMIO_004, width == 4 && off % 4 == 0, dev->slot,
                      "%s of %s (%#x) with %u bytes, expected aligned 32 bits", verb,
                      mmio_name(off), off, width);
}

static bool check_exists(struct model_device *dev, uint32_t off, unsigned dir)
{
    struct model_board *board = dev->board;
    const struct mmio_register *r = &reg_table[off / 4];
    const char *verb = dir == R ? "read" : "write";

    if (!rule_check(board, MODEL_RULE_DRV_MMIO_001,
                    r->name && ((r->versions & V1) == 0 || r->versions == V || !dev_modern(dev)),
                    dev->slot, "%s of offset %#x (%s), which version %u does not have", verb, off,
                    mmio_name(off), dev->cfg.version))
        return false;
    if (!dev_modern(dev) &&
        !rule_check(board, MODEL_RULE_DRV_LMMIO_012, (r->versions & V1) != 0, dev->slot,
                    "%s of %s, which version 1 does not have", verb, r->name))
        return false;
    if (dir == R)
        return rule_check(board, MODEL_RULE_DRV_MMIO_003, (r->dir & R) != 0, dev->slot,
                          "read of %s, which is write-only", r->name);
    return rule_check(board, MODEL_RULE_DRV_MMIO_002, (r->dir & W) != 0, dev->slot,
                      "write of %s, which is read-only", r->name);
}

/* Magic, version, device id, and nothing else before or after a bad one of these. */
static bool check_probe(struct model_device *dev, uint32_t off)
{
    struct model_board *board = dev->board;

    if (off <= 8) {
        static const enum model_rule_id order[3] = {
            MODEL_RULE_DRV_MMIO_031, MODEL_RULE_DRV_MMIO_031, MODEL_RULE_DRV_MMIO_032};
        const unsigned stage = off / 4;
        return rule_check(board, order[stage], dev->probe_stage >= stage, dev->slot,
                          "%s read before %s", mmio_name(off), mmio_name(4 * dev->probe_stage));
    }
    if (dev->id_zero_seen) {
        return rule_check(board, MODEL_RULE_DRV_MMIO_033, false, dev->slot,
                          "access to %s after DeviceID read 0", mmio_name(off));
    }
    if (dev->id_rule >= 0)
        return rule_check(board, (enum model_rule_id)dev->id_rule, false, dev->slot,
                          "access to %s after a bad identification", mmio_name(off));
    board->rule_checks[MODEL_RULE_DRV_MMIO_033]++;
    board->rule_checks[MODEL_RULE_DRV_MMIO_006]++;
    board->rule_checks[MODEL_RULE_DRV_MMIO_008]++;
    return rule_check(board,
                      dev->probe_stage < 2 ? MODEL_RULE_DRV_MMIO_031 : MODEL_RULE_DRV_MMIO_032,
                      dev->probe_stage >= 3, dev->slot, "access to %s before %s was read",
                      mmio_name(off), mmio_name(4 * dev->probe_stage));
}

/* Between a reset request and Status reading 0 only Status and the interrupt registers. */
static void check_reset_awaited(struct model_device *dev, uint32_t off)
{
    if (off <= 0xc || off == 0x60 || off == 0x64 || off == 0x70)
        return;
    rule_check(dev->board, MODEL_RULE_DRV_CORE_013, !dev->reset_unread, dev->slot,
               "access to %s before Status read 0 after the reset", mmio_name(off));
}

bool mmio_queue_selected(struct model_device *dev, const char *reg)
{
    return rule_check(
        dev->board, dev_modern(dev) ? MODEL_RULE_DRV_MMIO_025 : MODEL_RULE_DRV_LMMIO_003,
        dev->queue_sel_set, dev->slot, "access to %s before QueueSel was written", reg);
}

/* ---- identification ---- */

static uint32_t read_identification(struct model_device *dev, uint32_t off)
{
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);
    const uint32_t id = dev->ops ? dev->ops->device_id : 0;

    if (dev->probe_stage < off / 4 + 1)
        dev->probe_stage = off / 4 + 1;
    switch (off) {
    case 0x0:
        dev->id_rule = -1; /* a new look at the device */
        dev->id_zero_seen = false;
        if (fault(board, MODEL_FAULT_ID_MAGIC)) {
            dev->id_rule = MODEL_RULE_DRV_MMIO_006;
            return v == 0 ? 0x76697274u : v == 1 ? 0 : UINT32_MAX;
        }
        return MAGIC;
    case 0x4:
        if (fault(board, MODEL_FAULT_ID_VERSION)) {
            dev->id_rule = MODEL_RULE_DRV_MMIO_008;
            return v == 0 ? 0 : v == 1 ? 3 : UINT32_MAX;
        }
        return dev->cfg.version;
    default:
        dev->id_zero_seen = id == 0;
        if (id && fault(board, MODEL_FAULT_ID_ZERO)) {
            dev->id_zero_seen = true;
            return 0;
        }
        if (id && fault(board, MODEL_FAULT_ID_UNKNOWN))
            return v == 0 ? 63 : v == 1 ? 65535 : UINT32_MAX;
        return id;
    }
}

/* ---- queues ---- */

struct vqueue *mmio_queue(struct model_device *dev)
{
    return dev->queue_sel < dev->n_queues ? &dev->q[dev->queue_sel] : NULL;
}

uint32_t mmio_queue_num_max(struct model_device *dev, struct vqueue *q)
{
    static const uint32_t small[4] = {1, 2, 3, 4};
    static const uint32_t huge[3] = {32768, 65535, UINT32_MAX};
    struct model_board *board = dev->board;
    const unsigned v = fault_variant(board);

    mmio_queue_selected(dev, "QueueNumMax");
    if (!q)
        return 0;
    q->max_seen = true;
    q->absent_seen = false;
    q->max_override = 0;
    if (board->fault.id == MODEL_FAULT_Q_ABSENT && (v == 0) == (q->index == 0) &&
        fault(board, MODEL_FAULT_Q_ABSENT)) {
        q->absent_seen = true;
        return 0;
    }
    if (fault(board, MODEL_FAULT_Q_SMALL))
        q->max_override = small[v & 3];
    else if (fault(board, MODEL_FAULT_Q_HUGE))
        q->max_override = huge[v % 3];
    return q->max_override ? q->max_override : dev->cfg.queue_num_max;
}

void mmio_queue_num(struct model_device *dev, struct vqueue *q, uint32_t val)
{
    struct model_board *board = dev->board;
    const bool modern = dev_modern(dev);

    mmio_queue_selected(dev, "QueueNum");
    const bool present = q && !q->absent_seen;
    rule_check(board, modern ? MODEL_RULE_DRV_MMIO_037 : MODEL_RULE_DRV_LMMIO_005, present,
               dev->slot, "QueueNum <- %u for queue %u, which does not exist", val, dev->queue_sel);
    if (!q)
        return;
    rule_check(board, modern ? MODEL_RULE_DRV_MMIO_037 : MODEL_RULE_DRV_LEG_007, q->max_seen,
               dev->slot, "QueueNum <- %u for queue %u before QueueNumMax was read", val, q->index);
    rule_check(board, modern ? MODEL_RULE_DRV_MMIO_036 : MODEL_RULE_DRV_LMMIO_004, q->free_seen,
               dev->slot, "QueueNum <- %u for queue %u before %s was read as 0", val, q->index,
               modern ? "QueueReady" : "QueuePFN");
    const uint32_t max = q->max_override ? q->max_override : dev->cfg.queue_num_max;
    bool ok =
        rule_check(board, modern ? MODEL_RULE_DRV_MMIO_014 : MODEL_RULE_DRV_LMMIO_006, val <= max,
                   dev->slot, "QueueNum <- %u for queue %u, QueueNumMax is %u", val, q->index, max);
    ok &= rule_check(board, MODEL_RULE_DRV_SPLIT_002,
                     val != 0 && (val & (val - 1)) == 0 && val <= QUEUE_SIZE_MAX, dev->slot,
                     "QueueNum <- %u for queue %u, expected a power of two up to 32768", val,
                     q->index);
    if (q->enabled)
        return;
    q->num_written = ok;
    if (ok)
        q->num = val;
}

void mmio_notify(struct model_device *dev, uint32_t val)
{
    struct model_board *board = dev->board;
    const uint32_t index = dev_has(dev, F_NOTIFICATION_DATA) ? val & 0xffff : val;
    struct vqueue *q = index < dev->n_queues ? &dev->q[index] : NULL;

    dev->count.notifies++;
    rule_check(board, MODEL_RULE_DRV_CORE_034, (dev->told & ST_DRIVER_OK) != 0, dev->slot,
               "QueueNotify <- %#x with Status %#x, expected DRIVER_OK first", val, dev->told);
    if (!dev_has(dev, F_NOTIFICATION_DATA))
        rule_check(board, MODEL_RULE_DRV_CORE_024, val <= 0xffff, dev->slot,
                   "QueueNotify <- %#x, expected a queue index", val);
    rule_check(board, dev_modern(dev) ? MODEL_RULE_DRV_MMIO_040 : MODEL_RULE_DRV_LMMIO_014,
               q && (q->enabled || board->fault.id == MODEL_FAULT_Q_READY_STUCK ||
                     board->fault.id == MODEL_FAULT_Q_IN_USE),
               dev->slot, "QueueNotify <- %#x, which is no queue that was set up", val);
    if (!q || !q->enabled || q->dead)
        return;
    check_notify(q, val);
    if (q->dead || !dev_running(dev))
        return;
    if (fault(board, MODEL_FAULT_NOTIFY_IGNORED)) {
        q->kick_lost = true;
        return;
    }
    queue_wake(q);
    if (fault(board, MODEL_FAULT_NOTIFY_SYNC)) {
        queue_run_dry(q);
        queue_sleep(q);
    }
}

/* ---- interrupts ---- */

static uint32_t read_interrupt_status(struct model_device *dev)
{
    const uint32_t val = dev->isr | dev->isr_garbage;

    dev->isr_shown |= dev->isr;
    dev->isr_garbage = 0;
    dev->isr_read_in_run = true;
    return val;
}

static void write_interrupt_ack(struct model_device *dev, uint32_t val)
{
    struct model_board *board = dev->board;

    rule_check(board, MODEL_RULE_DRV_MMIO_020, (val & ~3u) == 0, dev->slot,
               "InterruptACK <- %#x, expected bits 0 and 1 only", val);
    rule_check(board, MODEL_RULE_DRV_MMIO_019, (val & 3 & ~dev->isr_shown) == 0, dev->slot,
               "InterruptACK <- %#x, but InterruptStatus showed only %#x", val, dev->isr_shown);
    if (val & 3)
        board->rule_checks[MODEL_RULE_DRV_MMIO_044]++;
    dev->isr &= ~val;
    dev->isr_shown &= ~val;
    dev->unacked_runs = 0;
    dev->line_held = false;
    if (dev->isr_deferred) {
        dev->isr |= dev->isr_deferred;
        dev->isr_deferred = 0;
    }
    if (board->fault.id != MODEL_FAULT_IRQ_RACE || fault_variant(board) != 0 || !dev_serving(dev))
        return;
    struct chain *waiting = device_oldest_ready(dev);
    if (waiting && fault(board, MODEL_FAULT_IRQ_RACE))
        queue_complete_now(waiting);
}

/* ---- dispatch ---- */

static uint32_t read_register(struct model_device *dev, uint32_t off)
{
    switch (off) {
    case 0x000:
    case 0x004:
    case 0x008:
        return read_identification(dev, off);
    case 0x00c:
        return dev->cfg.vendor_id;
    case 0x010:
        return features_read(dev);
    case 0x034:
        if (!dev_modern(dev))
            return mmio_legacy_read(dev, off);
        return mmio_queue_num_max(dev, mmio_queue(dev));
    case 0x060:
        return read_interrupt_status(dev);
    case 0x070:
        return status_read(dev);
    default:
        return dev_modern(dev) ? mmio_modern_read(dev, off) : mmio_legacy_read(dev, off);
    }
}

static void write_register(struct model_device *dev, uint32_t off, uint32_t val)
{
    switch (off) {
    case 0x014:
        dev->device_sel = val;
        dev->device_sel_set = true;
        break;
    case 0x020:
        features_write(dev, val);
        break;
    case 0x024:
        dev->driver_sel = val;
        dev->driver_sel_set = true;
        break;
    case 0x030:
        dev->queue_sel = val;
        dev->queue_sel_set = true;
        break;
    case 0x050:
        mmio_notify(dev, val);
        break;
    case 0x064:
        write_interrupt_ack(dev, val);
        break;
    case 0x070:
        status_write(dev, val);
        break;
    default:
        if (dev_modern(dev))
            mmio_modern_write(dev, off, val);
        else
            mmio_legacy_write(dev, off, val);
        break;
    }
}

uint64_t mmio_read(struct model_device *dev, uint32_t off, unsigned width)
{
    if (!check_probe(dev, off) && !dev->ops)
        return 0;
    if (dev->ops)
        check_reset_awaited(dev, off);
    if (off >= CONFIG_BASE)
        return dev->ops ? config_read(dev, off, width) : 0;
    config_bracket(dev, off);
    if (!check_width(dev, off, width, "read") || !check_exists(dev, off, R))
        return 0;
    if (!dev->ops && off > 8)
        return off == 0xc ? dev->cfg.vendor_id : 0;
    const uint32_t val = read_register(dev, off);
    trace(dev->board, dev->slot, "%s -> %#x", mmio_name(off), val);
    return val;
}

void mmio_write(struct model_device *dev, uint32_t off, unsigned width, uint64_t val)
{
    trace(dev->board, dev->slot, "%s <- %#llx", mmio_name(off), (unsigned long long)val);
    check_probe(dev, off <= 8 ? 0xc : off);
    if (!dev->ops)
        return;
    check_reset_awaited(dev, off);
    if (off >= CONFIG_BASE) {
        config_write(dev, off, width, val);
        return;
    }
    config_bracket(dev, off);
    if (!check_width(dev, off, width, "write") || !check_exists(dev, off, W))
        return;
    write_register(dev, off, (uint32_t)val);
}
