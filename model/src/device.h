/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A modelled device: the state behind one register window, its queues, the chains that it has
 * consumed, and the operations that a device type provides.
 */
#ifndef MODEL_DEVICE_INTERNAL_H
#define MODEL_DEVICE_INTERNAL_H

#include "board.h"
#include "virtio_model/model_device.h"

/* Device status bits, v1.2 2.1. */
#define ST_ACKNOWLEDGE 0x01u
#define ST_DRIVER      0x02u
#define ST_DRIVER_OK   0x04u
#define ST_FEATURES_OK 0x08u
#define ST_SUSPEND     0x10u
#define ST_NEEDS_RESET 0x40u
#define ST_FAILED      0x80u

/* InterruptStatus bits. */
#define ISR_USED   1u
#define ISR_CONFIG 2u

/* Common feature bits, v1.2 6 and the legacy part 6.3. */
#define F_NOTIFY_ON_EMPTY   24u
#define F_ANY_LAYOUT        27u
#define F_INDIRECT          28u
#define F_EVENT_IDX         29u
#define F_UNUSED30          30u
#define F_VERSION_1         32u
#define F_ACCESS_PLATFORM   33u
#define F_RING_PACKED       34u
#define F_IN_ORDER          35u
#define F_ORDER_PLATFORM    36u
#define F_SR_IOV            37u
#define F_NOTIFICATION_DATA 38u
#define F_NOTIF_CONFIG_DATA 39u
#define F_RING_RESET        40u
#define F_ADMIN_VQ          41u
#define FBIT(n)             (UINT64_C(1) << (n))

/* Split ring layout, v1.2 2.7. */
#define DESC_SIZE      16u
#define DESC_NEXT      1u
#define DESC_WRITE     2u
#define DESC_INDIRECT  4u
#define AVAIL_NO_IRQ   1u
#define USED_NO_NOTIFY 1u
#define QUEUE_SIZE_MAX 32768u
#define SHADOW_MAX     256u /* larger queues get no barrier check */

#define CONFIG_BYTES 512u

/* One buffer element of a chain, in order. */
struct segment {
    uint64_t gpa;
    uint32_t len;
    bool writable;
};

/* A descriptor as it was when the chain was consumed (DRV-CORE-036). */
struct desc_copy {
    const uint8_t *at;
    uint8_t bytes[DESC_SIZE];
};

/* A consumed chain. Chains are reused; seg and copy keep their memory. */
struct chain {
    struct chain *next_spare;
    struct vqueue *q;
    uint16_t head;
    uint16_t avail_at; /* free-running index at which it was made available */
    uint16_t n_direct;
    uint64_t taken_ns;
    uint64_t due_ns;        /* nominal completion */
    uint64_t not_before_ns; /* no schedule completes it earlier */
    uint64_t readable_bytes, writable_bytes;
    uint64_t table_gpa; /* indirect table, table_len 0: none */
    uint32_t table_len;
    unsigned n_seg, n_readable, cap_seg;
    struct segment *seg;
    unsigned n_copy, cap_copy;
    struct desc_copy *copy;
    bool revoked;   /* the driver took some of its memory away; said once */
    bool rewritten; /* the device changed the descriptors itself */
    bool slow_seen; /* was an opportunity for SLOW */
};

enum late_kind { LATE_NONE, LATE_AT_BARRIER, LATE_AFTER_BARRIER, LATE_NOW };

/* A used entry to be written (again) at a later moment. */
struct late_entry {
    enum late_kind kind;
    uint16_t slot;
    uint32_t id, len;
};

#define FLIP_PARTS 4u

/* An answer that changes after the driver has taken it (A-FLIP). */
struct late_answer {
    bool pending;    /* its used entry is published */
    bool taken;      /* and the driver looked at it, with interrupts off */
    uint32_t before; /* entries to be looked at first, and its own */
    unsigned n;
    struct segment part[FLIP_PARTS];
};

struct vqueue {
    struct model_device *dev;
    uint16_t index;
    /* set-up */
    uint32_t num, align, pfn;
    uint64_t area[3]; /* descriptor, driver, device area; also of a queue just disabled */
    uint32_t part_len[3];
    uint8_t halves; /* bit per address half written */
    bool num_written, align_written, free_seen, max_seen, absent_seen;
    bool reset_asked;  /* QueueReset written and not yet read back as 0 */
    bool was_reset;    /* by QueueReset, since the device was */
    bool stop_unread;  /* disabled, not yet read back */
    bool ranges_valid; /* area[] still counts as the device's (for memory that is given back) */
    /* running */
    bool enabled;
    bool awake;      /* notified, or not yet asleep again */
    bool dead;       /* ring memory withdrawn or malformed: never touched again */
    bool kick_lost;  /* a fault swallowed a notification */
    bool events_off; /* a fault garbled suppression fields: no verdict about kicks */
    uint8_t *desc, *avail, *used;
    uint16_t last_avail, used_idx, next_slot;
    uint64_t awake_since_ns;
    unsigned in_flight;
    /* what was observed of the driver's publishing, see queue_check.c */
    uint16_t seen_idx, full_idx, notify_idx, stall_idx;
    bool published;         /* since the last notification */
    uint64_t unmoved_tick;  /* last observation of the index unchanged */
    uint64_t publish_tick;  /* ... before the first publication since the last notification */
    uint16_t shrink_idx;    /* avail.idx when the driver was last shown a smaller capacity */
    uint64_t suppress_tick; /* last change of used.flags / avail_event by the device */
    uint16_t event_shown;   /* avail_event as last written */
    uint16_t wish_event, wish_flags; /* used_event and avail.flags at the last full barrier */
    bool wish_late;                  /* IRQ-RACE: what was stored since is not visible yet */
    uint64_t race_until_ns;          /* IRQ-RACE: what there is to bring is kept until then */
    /* faults under way, see ring_faults.c */
    struct late_entry late;  /* a used entry that appears or changes late */
    struct late_entry again; /* a completion that comes a second time */
    uint64_t again_due_ns;
    struct late_answer flip;
    uint32_t unread;    /* A-FLIP: entries that no read barrier is known to have been for */
    bool self_poll;     /* looks at the ring unasked, as no wake-up may depend on its events */
    bool event_spoiled; /* the device overwrote used_event: the driver's value is event_saved */
    uint16_t event_saved, event_garbage;
    bool avail_spoiled; /* the same for avail.flags and avail.idx */
    uint16_t flags_saved, flags_garbage, idx_saved, idx_garbage;
    uint64_t poll_due_ns;  /* EVT-CHAINS: wakes by itself then; 0: not */
    uint32_t hold_awake;   /* EVT-65536: chains to serve before it may sleep */
    uint32_t max_override; /* QueueNumMax as a fault showed it; 0: the real one */
    unsigned reset_reads;  /* Q-RESET-STUCK: reads of 1 left */
    bool reset_void;       /* Q-RESET-STUCK: nothing was reset */
};

/* Memory of a queue that survives a board reset. */
struct queue_store {
    uint64_t *busy; /* bit per descriptor owned by the device */
    size_t busy_words;
    uint8_t *shadow; /* avail ring slots, then descriptors, as at the last barrier */
    size_t shadow_bytes;
};

/* A field of the device type's configuration space. */
struct config_field {
    uint16_t off;
    uint8_t width; /* 1, 2, 4, 8 */
    uint8_t count; /* elements */
    int8_t gate;   /* feature bit that must be offered, -1: always there */
    uint8_t flags;
    const char *name;
};
#define CFG_WRITABLE       1u /* by the driver, when the gate bit is agreed */
#define CFG_AFTER_FEATURES 2u /* not read before FEATURES_OK (v2) */
#define CFG_UNION          4u /* bytes of records: 2 and 4 aligned bytes may be read at once */
#define CFG_ANY_TIME       8u /* written whenever its feature is offered, negotiated or not */

/* A feature bit and one that it needs. */
struct feature_dep {
    uint8_t bit, needs;
};

struct device_ops {
    uint32_t device_id;
    uint64_t known_features;           /* device-type bits the specification defines for mmio */
    uint64_t legacy_only, modern_only; /* of these */
    const struct config_field *fields;
    unsigned n_fields;
    unsigned config_len;
    bool uses_shm;
    enum model_rule_id early_read_rule; /* broken by reading a CFG_AFTER_FEATURES field */
    /* Dependencies among the device type's bits; the first row is the one that FEAT-DEP breaks. */
    const struct feature_dep *deps;
    unsigned n_deps;
    bool deps_bind_device;  /* and only it: a driver may accept the bit without its base */
    uint64_t odd_features;  /* known, but not to be claimed by FEAT-CHANGES */
    uint64_t bait_features; /* known, claimed by FEAT-ALL-ONES with nothing behind them */
    /* Field that CFG-TORN and CFG-GEN-NEVER change (-1: none), how it differs while torn, and how
     * many fields, from the first on, CFG-HOSTILE replaces. */
    int torn_field;
    uint64_t torn_by;
    unsigned n_hostile;
    bool (*accepts)(struct model_device *dev, uint64_t features);
    void (*agreed)(struct model_device *dev); /* features are final: check and adopt them */
    void (*reset)(struct model_device *dev);
    void (*config_written)(struct model_device *dev, unsigned off, unsigned width, uint64_t val);
    /* A chain was consumed. */
    void (*taken)(struct model_device *dev, struct chain *chain);
    /* What an access to a field shows, `value` being the field's: a place for faults. `first`: the
     * access is the one at the field's start. */
    uint64_t (*config_shown)(struct model_device *dev, unsigned field, bool first, uint64_t value);
    /* `width` bytes of it, from byte `part` on, were shown as `value`. */
    void (*config_was_read)(struct model_device *dev, unsigned field, unsigned part, unsigned width,
                            uint64_t value);
    /* The word of the offered features that DeviceFeatures is about to show. */
    uint32_t (*features_shown)(struct model_device *dev, unsigned word, uint32_t value);
    /* Says whether the chain can be served now. NULL: always. A queue that brings something to the
     * driver (received frames, input, events) is served when there is something to bring; chains
     * wait in flight until then. Must have no side effect. */
    bool (*can_complete)(const struct model_device *dev, const struct chain *chain);
    /* True when no chain of this queue can, without asking for each of them. NULL: ask. */
    bool (*queue_idle)(const struct model_device *dev, unsigned queue);
    /* Performs the request and returns the used length. Only for chains that can be completed. */
    uint32_t (*execute)(struct model_device *dev, struct chain *chain);
    /* Refills dev->config from the device's own state. */
    void (*refresh_config)(struct model_device *dev);
    /* Memory [gpa, gpa + len) is about to leave the guest's hands: for a device that holds on to
     * addresses beyond the chain that brought them. */
    void (*memory_going)(struct model_device *dev, uint64_t gpa, uint64_t len);
    void (*destroy)(struct model_device *dev);
};

struct model_device {
    struct model_board *board;
    unsigned slot;
    struct model_device_config cfg;
    const struct device_ops *ops; /* NULL: placeholder */
    unsigned n_queues;

    /* identification */
    unsigned probe_stage; /* 0 nothing read, 1 magic, 2 version, 3 device id */
    bool id_zero_seen;
    int id_rule; /* rule that forbids further access after a bad identification, or -1 */

    /* features */
    uint64_t offered, shown, driver_features;
    uint32_t shown_last[2];
    unsigned words_shown, words_written;
    bool features_final;
    uint64_t agreed;

    /* selectors */
    uint32_t device_sel, driver_sel, queue_sel;
    bool device_sel_set, driver_sel_set, queue_sel_set;
    uint32_t page_size;

    /* status */
    uint8_t status;
    uint8_t told;        /* what the driver wrote, whatever the device made of it */
    bool status_written; /* ever since the board started */
    bool failed;         /* FAILED written, reset outstanding */
    bool fok_unread;     /* FEATURES_OK written, Status not read since */
    bool fok_refused;
    bool fok_kept_seen;  /* the driver read FEATURES_OK back */
    uint8_t reset_shown; /* Status while the reset runs */
    bool reset_pending;
    uint64_t reset_due_ns;
    bool reset_unread; /* Status not read as 0 since the reset was asked for */
    unsigned reset_slow_reads;
    struct chain *reset_late; /* completes once more while the reset runs (RESET-MID-IO) */

    /* interrupts */
    uint32_t isr;
    uint32_t isr_shown;    /* bits that the driver was shown since they were raised */
    uint32_t isr_deferred; /* raised with the next acknowledge (IRQ-BOTH) */
    uint32_t isr_garbage;  /* shown once with the next read (IRQ-SPURIOUS) */
    bool isr_read_in_run;
    bool line_lost;        /* the edge was swallowed by a fault */
    bool line_held;        /* storm: off until the next acknowledge */
    unsigned spurious;     /* interrupts to deliver without a cause */
    unsigned unacked_runs; /* deliveries since the last acknowledge */

    /* configuration space */
    uint32_t generation;
    unsigned gen_reads; /* generation reads since reset */
    bool wide_unclosed; /* a 64-bit field was read and no generation read followed yet */
    unsigned config_len;
    /* ... under a fault, see config_faults.c */
    int held_field; /* field whose value was replaced at its first access, -1: none */
    uint64_t held_value;
    bool torn;
    unsigned torn_left;

    bool paused;
    struct model_device_counters count;

    /* ---- kept over board resets from here on ---- */
    uint8_t config[CONFIG_BYTES];
    struct chain **inflight; /* in the order of consumption */
    unsigned n_inflight, cap_inflight;
    struct queue_store store[MODEL_MAX_QUEUES];
    struct vqueue q[MODEL_MAX_QUEUES];
};

static inline bool dev_modern(const struct model_device *dev)
{
    return dev->cfg.version == 2;
}
static inline bool dev_strict(const struct model_device *dev)
{
    return dev->cfg.profile == MODEL_PROFILE_STRICT;
}
static inline bool dev_has(const struct model_device *dev, unsigned bit)
{
    return (dev->agreed >> bit & 1u) != 0;
}
/* The device takes notifications. Legacy guests are served before DRIVER_OK (v1.2 3.1.2). */
static inline bool dev_running(const struct model_device *dev)
{
    const unsigned off = ST_FAILED | ST_NEEDS_RESET;
    return (dev->status & off) == 0 && !dev->reset_pending &&
           ((dev->status & ST_DRIVER_OK) != 0 || (!dev_modern(dev) && dev->status != 0));
}
/* The device may process queues. */
static inline bool dev_serving(const struct model_device *dev)
{
    return dev_running(dev) && !dev->paused;
}

/* Chains complete in the order in which they were made available. */
static inline bool dev_ordered(const struct model_device *dev)
{
    return dev->cfg.in_order || dev_has(dev, F_IN_ORDER);
}

static inline bool chain_ready(const struct chain *c)
{
    const struct model_device *dev = c->q->dev;

    return !dev->ops->can_complete || dev->ops->can_complete(dev, c);
}

/* ---- device.c ---- */
int device_add(struct model_board *board, unsigned slot, size_t size,
               const struct model_device_config *cfg, const struct device_ops *ops,
               unsigned n_queues, struct model_device **out);
void device_destroy_all(struct model_board *board);
void device_free_storage(struct model_device *dev);
void device_raise(struct model_device *dev, uint32_t bits);
void device_config_bump(struct model_device *dev);
/* Memory [gpa, gpa + len) is about to leave the guest's hands: DRV-CORE-037, -013, DRV-MMIO-017. */
void device_memory_going(struct model_board *board, uint64_t gpa, uint64_t len);
void device_finish(struct model_device *dev);
/* Some queue of some device runs. */
bool device_any_queue(const struct model_board *board);

/* ---- mmio.c and its two register files ---- */
uint64_t mmio_read(struct model_device *dev, uint32_t off, unsigned width);
void mmio_write(struct model_device *dev, uint32_t off, unsigned width, uint64_t val);
const char *mmio_name(uint32_t off);
bool mmio_queue_selected(struct model_device *dev, const char *reg);
struct vqueue *mmio_queue(struct model_device *dev);
uint32_t mmio_queue_num_max(struct model_device *dev, struct vqueue *q);
void mmio_queue_num(struct model_device *dev, struct vqueue *q, uint32_t val);
uint32_t mmio_legacy_read(struct model_device *dev, uint32_t off);
void mmio_legacy_write(struct model_device *dev, uint32_t off, uint32_t val);
uint32_t mmio_modern_read(struct model_device *dev, uint32_t off);
void mmio_modern_write(struct model_device *dev, uint32_t off, uint32_t val);
void mmio_notify(struct model_device *dev, uint32_t val);

/* ---- config.c ---- */
uint64_t config_read(struct model_device *dev, uint32_t off, unsigned width);
void config_write(struct model_device *dev, uint32_t off, unsigned width, uint64_t val);
/* Called before every access outside the config space: closes a generation bracket. */
void config_bracket(struct model_device *dev, uint32_t off);

/* ---- config_faults.c ---- */
/* What an access to a field shows under the armed fault, `value` being the field's. */
uint64_t config_faulty(struct model_device *dev, unsigned field, bool first, uint64_t value);
/* A device type's own fault shows `value` instead: to be said at the field's first access, holds
 * for the rest of it. */
void config_hold(struct model_device *dev, unsigned field, uint64_t value);
void config_faults_reset(struct model_device *dev);

/* ---- status.c ---- */
uint32_t status_read(struct model_device *dev);
void status_write(struct model_device *dev, uint32_t val);
void status_reset_done(struct model_device *dev);

/* ---- features.c ---- */
uint64_t features_offerable(const struct device_ops *ops, const struct model_device_config *cfg);
uint32_t features_read(struct model_device *dev);
void features_write(struct model_device *dev, uint32_t val);
/* The driver declares its choice final: checks it, and says whether the device takes it. */
bool features_finish(struct model_device *dev);

/* ---- feature_faults.c ---- */
/* The word of the offered features as the armed fault shows it. */
uint32_t features_faulty(struct model_device *dev, unsigned word, uint32_t value);

/* ---- queue.c ---- */
void queue_init(struct model_device *dev, unsigned index);
/* Starts the ring whose area[] and num are set. */
void queue_enable(struct vqueue *q);
/* Stops it; chains in flight are dropped. */
void queue_disable(struct vqueue *q);
void queue_wake(struct vqueue *q);
/* Takes the next chain, or goes to sleep when there is none. */
void queue_fetch(struct vqueue *q);
/* Falls asleep when the ring is empty (after the re-check). */
void queue_sleep(struct vqueue *q);
/* Serves the chain and gives it back; a fault may pick another one or put it off. */
void queue_complete(struct chain *chain);
/* The same without faults in the order, also while a reset runs. */
void queue_complete_now(struct chain *chain);
/* Serves everything in the queue at once. */
void queue_run_dry(struct vqueue *q);
/* The oldest chain in flight of the queue, or NULL; the oldest that can be completed; of the
 * device. */
struct chain *queue_oldest(const struct vqueue *q);
struct chain *queue_oldest_ready(const struct vqueue *q);
struct chain *device_oldest_ready(const struct model_device *dev);
bool queue_busy_bit(const struct vqueue *q, unsigned desc);
void queue_mark_busy(struct vqueue *q, unsigned desc, bool on);
void queue_drop_chain(struct chain *chain);
void queue_keep_for_reset(struct vqueue *q);
/* A chain kept aside by RESET-MID-IO: buffers and used entry are written after all. */
void queue_complete_late(struct chain *chain);
bool queue_has_avail(const struct vqueue *q);
struct chain *chain_get(struct vqueue *q);
void chain_put(struct model_board *board, struct chain *chain);
void chain_free_spares(struct model_board *board);

/* ---- split_ring.c ---- */
uint16_t ring_avail_idx(const struct vqueue *q);
uint16_t ring_avail_flags(const struct vqueue *q);
uint16_t ring_used_event(const struct vqueue *q);
/* A fault has put entries into a used ring that name chains which were not used. */
bool ring_lied(const struct vqueue *q);
/* A fault made the used ring name this chain, so that the driver may believe that it has it back.
 */
bool ring_told_used(const struct vqueue *q, uint32_t head);
void ring_set_used_flags(struct vqueue *q, uint16_t flags);
void ring_set_avail_event(struct vqueue *q, uint16_t idx);
void ring_write_used(struct vqueue *q, uint16_t slot, uint32_t id, uint32_t len);
void ring_write_used_idx(struct vqueue *q, uint16_t idx);
bool ring_need_event(uint16_t event, uint16_t new_idx, uint16_t old_idx);
/* A driver that asked for `event` and `flags` is to be told of the next used buffer. */
bool ring_wants_irq(const struct vqueue *q, uint16_t event, uint16_t flags);
/* Walks the chain at the next avail slot into `chain`. False: the chain is malformed. */
bool ring_walk(struct vqueue *q, struct chain *chain);

/* ---- ring_faults.c: what a faulty device writes into the ring ---- */
/* Writes the used entry of the chain and publishes it, rightly or as the armed fault says. */
void used_publish(struct vqueue *q, const struct chain *chain, uint32_t len);
/* Faults that strike when a chain is taken. */
void taken_faults(struct vqueue *q, struct chain *chain);
/* The device wants avail_event to be `event` before it sleeps. False: it must stay awake. */
bool event_publish(struct vqueue *q, uint16_t event);
void late_barrier(struct vqueue *q, enum model_barrier kind);
void late_step(struct vqueue *q);
bool late_again_possible(const struct vqueue *q);
void late_forget(struct vqueue *q);

/* ---- moment_faults.c ---- */
/* IRQ-RACE at the barrier: what `chain` would bring waits for it. */
bool race_keeps(struct chain *chain);
void race_at_barrier(struct vqueue *q);
/* A-FLIP: a used entry was published; a read barrier; interrupts may be on; the handler is done. */
void flip_answer(struct vqueue *q, const struct chain *chain);
void flip_barrier(struct vqueue *q);
void flip_step(struct vqueue *q);
void flip_handled(struct model_device *dev);
void flip_forget(struct vqueue *q);

/* ---- queue_check.c ---- */
void check_enable(struct vqueue *q);
void check_observe(struct vqueue *q);
void check_barrier(struct vqueue *q, enum model_barrier kind);
void check_notify(struct vqueue *q, uint32_t val);
void check_suppress_changed(struct vqueue *q);
void check_unchanged(struct chain *chain);
void check_stall(struct vqueue *q);

/* ---- chain_io.c ---- */
/* Copies between a chain's readable (writable) bytes and a buffer. Offsets count only readable
 * (writable) bytes. Returns the bytes copied; stops at memory that the device may not touch. */
uint64_t chain_read(struct chain *chain, uint64_t off, void *buf, uint64_t len);
uint64_t chain_write(struct chain *chain, uint64_t off, const void *buf, uint64_t len);
/* Resolves one segment for `need`; NULL after having recorded the breach. */
uint8_t *chain_segment_ptr(struct chain *chain, const struct segment *seg);

#endif
