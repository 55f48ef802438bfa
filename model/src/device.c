/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all devices share: being put on the board and taken off, raising interrupts, the device's
 * own initiative (needs-reset, configuration change), and memory that the driver takes away.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "device.h"

#define DEFAULT_VENDOR    0x554d4551u
#define DEFAULT_QUEUE_MAX 64u

static void init_common(struct model_device *dev, struct model_board *board, unsigned slot,
                        const struct model_device_config *cfg, const struct device_ops *ops,
                        unsigned n_queues)
{
    memset(dev, 0, offsetof(struct model_device, config));
    dev->board = board;
    dev->slot = slot;
    dev->cfg = *cfg;
    dev->ops = ops;
    dev->n_queues = n_queues;
    dev->id_rule = -1;
    config_faults_reset(dev);
    dev->n_inflight = 0;
    if (!dev->cfg.vendor_id)
        dev->cfg.vendor_id = DEFAULT_VENDOR;
    if (!dev->cfg.queue_num_max)
        dev->cfg.queue_num_max = DEFAULT_QUEUE_MAX;
    for (unsigned i = 0; i < n_queues; i++)
        queue_init(dev, i);
    if (ops) {
        dev->offered = features_offerable(ops, cfg);
        unsigned len = ops->config_len + cfg->config_extra;
        dev->config_len = len < CONFIG_BYTES ? len : CONFIG_BYTES;
        memset(dev->config, 0, dev->config_len);
    }
}

int device_add(struct model_board *board, unsigned slot, size_t size,
               const struct model_device_config *cfg, const struct device_ops *ops,
               unsigned n_queues, struct model_device **out)
{
    if (slot >= MODEL_MAX_DEVICES || board->dev[slot] || (cfg->version != 1 && cfg->version != 2) ||
        cfg->queue_num_max > QUEUE_SIZE_MAX || n_queues > MODEL_MAX_QUEUES)
        return -EINVAL;
    struct model_device *dev = board_device_storage(board, slot, size);
    if (!dev)
        return -ENOMEM;
    init_common(dev, board, slot, cfg, ops, n_queues);
    board->dev[slot] = dev;
    if (slot >= board->n_devices)
        board->n_devices = slot + 1;
    if (cfg->polling)
        board->n_polling++;
    *out = dev;
    return 0;
}

int model_placeholder_add(struct model_board *board, unsigned slot, unsigned version)
{
    const struct model_device_config cfg = {.version = version};
    struct model_device *dev;

    return device_add(board, slot, sizeof(*dev), &cfg, NULL, 0, &dev);
}

void device_destroy_all(struct model_board *board)
{
    for (unsigned s = 0; s < board->n_devices; s++) {
        struct model_device *dev = board->dev[s];
        if (!dev)
            continue;
        for (unsigned i = 0; i < dev->n_inflight; i++)
            chain_put(board, dev->inflight[i]);
        dev->n_inflight = 0;
        if (dev->ops && dev->ops->destroy)
            dev->ops->destroy(dev);
        board->dev[s] = NULL;
    }
    board->n_devices = 0;
}

void device_free_storage(struct model_device *dev)
{
    free(dev->inflight);
    for (unsigned i = 0; i < MODEL_MAX_QUEUES; i++) {
        free(dev->store[i].busy);
        free(dev->store[i].shadow);
    }
}

/* ---- the device's own initiative ---- */

void device_raise(struct model_device *dev, uint32_t bits)
{
    struct model_board *board = dev->board;

    if (bits & ISR_USED) {
        if (fault(board, MODEL_FAULT_IRQ_BOTH)) {
            bits |= ISR_CONFIG;
            if (fault_variant(board) == 1) { /* the other bit comes with the acknowledge */
                bits &= ~ISR_USED;
                dev->isr_deferred |= ISR_USED;
            }
        }
    }
    dev->isr |= bits;
    dev->line_lost = fault(board, MODEL_FAULT_IRQ_LOST);
    trace(board, dev->slot, "InterruptStatus -> %#x%s", dev->isr,
          dev->line_lost ? " (line lost)" : "");
}

void device_config_bump(struct model_device *dev)
{
    dev->generation++;
    if (dev->ops && dev->ops->refresh_config)
        dev->ops->refresh_config(dev);
}

void model_device_config_changed(struct model_device *dev)
{
    device_config_bump(dev);
    trace(dev->board, dev->slot, "configuration changed, generation %u", dev->generation);
    if (dev->status & ST_DRIVER_OK)
        device_raise(dev, ISR_CONFIG);
}

void model_device_need_reset(struct model_device *dev)
{
    if (dev->status & ST_NEEDS_RESET)
        return;
    trace(dev->board, dev->slot, "device needs reset");
    dev->status |= ST_NEEDS_RESET;
    if (dev->status & ST_DRIVER_OK)
        device_raise(dev, ISR_CONFIG);
}

void model_device_pause(struct model_device *dev, bool on)
{
    dev->paused = on;
}

unsigned model_device_status(const struct model_device *dev)
{
    return dev->status;
}

uint64_t model_device_features(const struct model_device *dev)
{
    return dev->agreed;
}

bool model_device_live(const struct model_device *dev)
{
    return (dev->status & ST_DRIVER_OK) != 0 && dev_serving(dev);
}

void model_device_counters(const struct model_device *dev, struct model_device_counters *out)
{
    *out = dev->count;
}

bool device_any_queue(const struct model_board *board)
{
    for (unsigned s = 0; s < board->n_devices; s++)
        for (unsigned i = 0; board->dev[s] && i < board->dev[s]->n_queues; i++)
            if (board->dev[s]->q[i].enabled)
                return true;
    return false;
}

/* ---- memory that goes away ---- */

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
    return a < b + b_len && b < a + a_len;
}

static bool queue_uses(const struct vqueue *q, uint64_t gpa, uint64_t len)
{
    for (unsigned i = 0; i < 3; i++)
        if (overlap(q->area[i], q->part_len[i], gpa, len))
            return true;
    return false;
}

static bool chain_uses(const struct chain *c, uint64_t gpa, uint64_t len)
{
    if (c->table_len && overlap(c->table_gpa, c->table_len, gpa, len))
        return true;
    for (unsigned i = 0; i < c->n_seg; i++)
        if (overlap(c->seg[i].gpa, c->seg[i].len, gpa, len))
            return true;
    return false;
}

/* The same for a chain that is available and not yet taken. */
static bool pending_uses(const struct vqueue *q, uint16_t slot, uint64_t gpa, uint64_t len)
{
    unsigned d = load_le16(q->avail + 4 + 2 * (slot & (q->num - 1)));

    if (ring_told_used(q, d))
        return false;
    for (unsigned hops = 0; d < q->num && hops < q->num; hops++) {
        const uint8_t *p = q->desc + (size_t)d * DESC_SIZE;
        if (overlap(load_le64(p), load_le32(p + 8), gpa, len))
            return true;
        if ((load_le16(p + 12) & DESC_NEXT) == 0)
            break;
        d = load_le16(p + 14);
    }
    return false;
}

static void rings_going(struct vqueue *q, uint64_t gpa, uint64_t len)
{
    struct model_device *dev = q->dev;
    struct model_board *board = dev->board;

    if (!q->ranges_valid || !queue_uses(q, gpa, len))
        return;
    if (q->enabled && !q->dead) {
        rule_breach(board, MODEL_RULE_DRV_CORE_037, dev->slot,
                    "ring memory %#llx of queue %u given back while the queue is live%s",
                    (unsigned long long)gpa, q->index,
                    dev->reset_pending ? " (the reset is not done)" : "");
        q->dead = true;
        if (q->awake) {
            q->awake = false;
            board->pending--;
        }
        late_forget(q);
    } else if (dev->reset_unread) {
        rule_breach(board, MODEL_RULE_DRV_CORE_013, dev->slot,
                    "ring memory %#llx of queue %u given back before Status read 0",
                    (unsigned long long)gpa, q->index);
    } else {
        rule_check(board, MODEL_RULE_DRV_MMIO_017, !q->stop_unread, dev->slot,
                   "memory of queue %u given back before QueueReady was read as 0", q->index);
        rule_check(board, MODEL_RULE_DRV_MMIO_021, !q->reset_asked, dev->slot,
                   "memory of queue %u given back before QueueReset was read as 0", q->index);
    }
    q->ranges_valid = q->enabled;
}

static void buffers_going(struct vqueue *q, uint64_t gpa, uint64_t len)
{
    struct model_device *dev = q->dev;

    if (!q->enabled || q->dead || (dev->status & ST_NEEDS_RESET) != 0)
        return;
    for (uint16_t i = q->last_avail, idx = ring_avail_idx(q), n = 0; i != idx && n < q->num;
         i++, n++)
        rule_check(dev->board, MODEL_RULE_DRV_CORE_037, !pending_uses(q, i, gpa, len), dev->slot,
                   "memory %#llx given back while available in queue %u at index %u",
                   (unsigned long long)gpa, q->index, i);
}

void device_memory_going(struct model_board *board, uint64_t gpa, uint64_t len)
{
    for (unsigned s = 0; s < board->n_devices; s++) {
        struct model_device *dev = board->dev[s];
        if (!dev)
            continue;
        for (unsigned i = 0; i < dev->n_inflight; i++) {
            struct chain *c = dev->inflight[i];
            if (c->revoked || !chain_uses(c, gpa, len))
                continue;
            c->revoked = ring_told_used(c->q, c->head);
            if (c->revoked)
                continue;
            rule_breach(board, MODEL_RULE_DRV_CORE_037, dev->slot,
                        "memory %#llx of outstanding chain %u of queue %u given back%s",
                        (unsigned long long)gpa, c->head, c->q->index,
                        dev->reset_pending ? " (the reset is not done)" : "");
            c->revoked = true;
        }
        if (dev->ops && dev->ops->memory_going)
            dev->ops->memory_going(dev, gpa, len);
        board->rule_checks[MODEL_RULE_DRV_CORE_037]++;
        for (unsigned i = 0; i < dev->n_queues; i++) {
            buffers_going(&dev->q[i], gpa, len);
            rings_going(&dev->q[i], gpa, len);
        }
    }
}

void device_finish(struct model_device *dev)
{
    if (!dev->ops)
        return;
    rule_check(dev->board, MODEL_RULE_MEM_008, dev->status == 0 && !dev->reset_pending, dev->slot,
               "device left with Status %#x%s at the end, expected 0", dev->status,
               dev->reset_pending ? " and its reset under way" : "");
}
