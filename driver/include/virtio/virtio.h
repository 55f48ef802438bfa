/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio-mmio device: identification, reset, feature negotiation, config space, interrupts, and
 * the life cycle that every device driver goes through (virtio v1.2 sections 2, 3.1, 4.2).
 *
 *   virtio_device_probe      identify the window, touch nothing
 *   virtio_device_negotiate  reset, ACKNOWLEDGE, DRIVER, features, FEATURES_OK
 *   virtio_queue_setup       once per queue (virtqueue.h)
 *   virtio_device_ready      DRIVER_OK: live
 *   virtio_device_reset      back to the start; the device owns nothing any more
 *   virtio_device_release    the memory goes back
 *
 * Legacy (Version 1) and modern (Version 2) devices are told apart by each device's own Version
 * register; `dev->version` is for device code that has a version-specific path.
 *
 * Memory: struct virtio_device is the caller's, zeroed before the first use, and must stay in place
 * until virtio_device_release() returned 0. The driver core allocates queue memory in
 * virtio_queue_setup() and nothing afterwards.
 *
 * Context: "thread" calls may wait and must not run in an interrupt handler or in a completion
 * callback; "any" calls never wait. Calls that change the life cycle (probe to release) must not
 * run at the same time for one device. All functions return 0 or a negative errno value unless
 * they say otherwise.
 */
#ifndef VIRTIO_VIRTIO_H
#define VIRTIO_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio_port.h"

#include "virtio/virtio_errno.h"
#include "virtio/virtio_spec.h"

struct virtio_device;
struct virtqueue;

/* Deadlines are in microseconds; 0 asks for the default. */
#define VIRTIO_RESET_TIMEOUT_US UINT64_C(1000000)
#define VIRTIO_IO_TIMEOUT_US    UINT64_C(5000000)

/* Where a device is, as the board or the device tree describes it. */
struct virtio_window {
    uintptr_t base;        /* CPU address of the register window, 4-byte aligned */
    size_t size;           /* bytes, at least 0x100 */
    virtio_port_ctx_t ctx; /* handed back to every port call for this device */
    unsigned irq;          /* for the platform; the driver does not look at it */
    bool polled;           /* no interrupt is connected: the caller polls */
};

enum virtio_state {
    VIRTIO_STATE_ABSENT = 0,   /* zeroed, or released */
    VIRTIO_STATE_PROBED,       /* identified, not touched */
    VIRTIO_STATE_ACKNOWLEDGED, /* reset done, ACKNOWLEDGE and DRIVER set */
    VIRTIO_STATE_FEATURES_OK,  /* feature set agreed */
    VIRTIO_STATE_LIVE,         /* DRIVER_OK set */
    VIRTIO_STATE_STOPPING,     /* a reset is about to be asked for: nothing is served any more */
    VIRTIO_STATE_BROKEN,       /* reset asked for and not confirmed: the device may own memory */
    VIRTIO_STATE_RESET,        /* reset confirmed: the device owns nothing */
};

/* What a device driver gives the core. Called without locks held. */
struct virtio_driver_ops {
    const char *name;   /* for the log: "virtio-blk" */
    uint32_t device_id; /* VIRTIO_ID_*: other devices are refused */
    /* Negotiates, makes the queues, calls virtio_device_ready(). What is needed only once (events)
     * is made at the first call. When it fails, the core gives the device up (thread). */
    int (*start)(struct virtio_device *dev, uint64_t timeout_us);
    /* Frees the driver's own memory; the device owns nothing any more (thread). */
    void (*free)(struct virtio_device *dev);
    /* A configuration change was announced (any context, usually the interrupt). */
    void (*config_changed)(struct virtio_device *dev);
    /* The device went from live to reset and owns nothing any more: complete every outstanding
     * request with `error` (any context). Called exactly once per life. */
    void (*quiesced)(struct virtio_device *dev, int error);
};

struct virtio_stats {
    uint32_t interrupts; /* handler runs with a known cause */
    uint32_t spurious;   /* handler runs without one */
    uint32_t protocol_errors;
};

struct virtio_device {
    struct virtio_window window;
    uint32_t version;   /* VIRTIO_MMIO_VERSION_* */
    uint32_t device_id; /* VIRTIO_ID_* */
    uint32_t vendor_id;
    uint64_t device_features; /* offered, read once per negotiation */
    uint64_t features;        /* agreed */
    uint64_t features_off;    /* set by the device driver: not to be accepted although offered */
    const struct virtio_driver_ops *ops;
    struct virtio_stats stats;
    /* Private to the core, under `lock`. */
    virtio_port_lock_t lock;
    enum virtio_state state;
    uint32_t status;    /* what was last written to Status */
    bool owes_quiesced; /* was live: ops->quiesced is due when the reset is confirmed */
    int quiesced_error;
    unsigned dispatching; /* callbacks running now: life-cycle calls are refused meanwhile */
    struct virtqueue *queues;
};

/*
 * Identifies the window; reads MagicValue, Version, DeviceID and VendorID and writes nothing
 * (sections 4.2.2.2 and 4.2.3.1.1). On success the state is PROBED. Context: thread.
 *   -EINVAL   dev not zeroed or released, window of size 0, too small or not 4-byte aligned
 *   -ENODEV   MagicValue is not "virt"
 *   -ENOTSUP  a Version other than 1 or 2
 *   -ENXIO    DeviceID 0, an empty slot: nothing else was read and nothing is logged
 */
int virtio_device_probe(struct virtio_device *dev, const struct virtio_window *window,
                        const struct virtio_driver_ops *ops);

/*
 * Resets the device and agrees on a feature set: every offered bit of `wanted`, plus the transport
 * and ring features that the core knows, less those whose prerequisite is missing. Reserved and
 * unknown bits are ignored. When a modern device refuses FEATURES_OK, one retry is made with
 * `required`, `keep` and the platform features only. Context: thread; waits at most the reset
 * deadline twice. On failure FAILED is set and the device reset again. -ENOTSUP    a bit of
 * `required` or VERSION_1 (modern) is not offered, or FEATURES_OK refused -EIO        Status does
 * not keep what is written -ETIMEDOUT  the reset was not confirmed
 */
int virtio_device_negotiate(struct virtio_device *dev, uint64_t wanted, uint64_t required,
                            uint64_t keep, uint64_t reset_timeout_us);

/* The two steps of virtio_device_negotiate for callers that decide in between (section 3.1.1).
 * virtio_device_begin: reset, ACKNOWLEDGE, DRIVER, and the offered features are read once. */
int virtio_device_begin(struct virtio_device *dev, uint64_t reset_timeout_us);
/* The offered features, valid from virtio_device_begin on. Context: any. */
uint64_t virtio_get_features(const struct virtio_device *dev);
/*
 * Writes the driver's feature set; on a modern device sets FEATURES_OK and reads it back (sections
 * 2.2.1, 3.1.1; a legacy device has no FEATURES_OK). Context: thread.
 *   -EINVAL   a bit was not offered, its prerequisite is missing, or VERSION_1 is offered and left
 *             out; nothing was written
 *   -EBUSY    not between virtio_device_begin and virtio_device_ready
 *   -ENOTSUP  FEATURES_OK did not stick
 *   -EIO      Status reads back otherwise wrong
 */
int virtio_set_features(struct virtio_device *dev, uint64_t features);
/* True when every bit of the mask was agreed on. Context: any. */
static inline bool virtio_has_feature(const struct virtio_device *dev, uint64_t mask)
{
    return (dev->features & mask) == mask;
}
static inline bool virtio_is_legacy(const struct virtio_device *dev)
{
    return dev->version == VIRTIO_MMIO_VERSION_LEGACY;
}

/*
 * Sets DRIVER_OK and reads Status back. Context: thread.
 *   -EBUSY  not after virtio_set_features
 *   -EIO    Status lost a bit or shows an error
 */
int virtio_device_ready(struct virtio_device *dev);

/*
 * Gives up on a device that is not live: sets FAILED, then resets it (section 3.1.1). What
 * virtio_device_reset returns. Context: thread.
 */
int virtio_device_fail(struct virtio_device *dev, uint64_t reset_timeout_us);

/*
 * Stops the queues, writes 0 to Status and waits until it reads 0 (section 2.4.2). Outstanding
 * requests are completed through ops->quiesced once the reset is confirmed, never before. Context:
 * thread.
 *   -EBUSY      called from a completion callback or an interrupt handler of this device
 *   -ETIMEDOUT  not confirmed: the device may still use its memory, which stays allocated and
 *               mapped; call again later
 */
int virtio_device_reset(struct virtio_device *dev, uint64_t timeout_us);

/*
 * Frees the queue memory of a device that is reset or was never started. The state becomes ABSENT.
 * Context: thread.
 *   -EBUSY  the device is live, or its reset is not confirmed; nothing was freed
 */
int virtio_device_release(struct virtio_device *dev);

/*
 * Declares a live device broken: no queue is used again, FAILED is set and a reset asked for. The
 * outstanding requests complete with `error` as soon as the reset is confirmed: at once if the
 * device is quick, else from the next interrupt, poll, wait or reset. Context: any.
 */
void virtio_device_break(struct virtio_device *dev, int error);

/* True between virtio_device_ready and a reset or a break. Context: any. */
bool virtio_device_is_live(const struct virtio_device *dev);

/*
 * The interrupt handler (section 4.2.3.4): reads InterruptStatus once, acknowledges exactly what
 * it read, then serves used buffers and configuration changes. Harmless at any time after probe:
 * early, late and spurious interrupts are acknowledged and dropped. Returns true when there was a
 * known cause. Context: interrupt (or any, when interrupts of this device are masked).
 */
bool virtio_interrupt(struct virtio_device *dev);

/*
 * Serves what an interrupt would have served, without one: for polling, and to find completions
 * whose interrupt was lost. Returns true when something may have been completed. Context: any.
 */
bool virtio_poll(struct virtio_device *dev);

/*
 * Reads Status of a live device and breaks it when the device asks for a reset or lost the status
 * bits it was given. Returns 0 or -EIO. Context: any.
 */
int virtio_device_check(struct virtio_device *dev);

/*
 * Waits until *done is true (set by a completion, which then signals the event), serving the device
 * in between; a polled device is polled, a lost interrupt is found at the latest at the deadline.
 *   -ETIMEDOUT  the deadline came first
 * Context: thread.
 */
int virtio_wait(struct virtio_device *dev, virtio_port_event_t *event, const volatile bool *done,
                uint64_t timeout_us);

/* ---- life cycle of a device driver: what every probe, remove and reset does ---- */

/*
 * Identifies the window, refuses a device of another type, starts it through ops->start. `dev` is
 * zeroed, or was released. On failure the device was given up (FAILED, reset) and everything is
 * released, but for one case: when the reset is not confirmed, the memory stays with the device and
 * virtio_driver_remove() must be called until it returns 0. Context: thread.
 *   what virtio_device_probe and ops->start return, and
 *   -ENODEV  a device of another type
 */
int virtio_driver_probe(struct virtio_device *dev, const struct virtio_window *window,
                        const struct virtio_driver_ops *ops, uint64_t features_off,
                        uint64_t reset_timeout_us);
/* Resets the device and releases everything; 0 also when there is nothing to remove. What
 * virtio_device_reset and virtio_device_release return. Context: thread. */
int virtio_driver_remove(struct virtio_device *dev, uint64_t timeout_us);
/* Resets the device and starts it again. -ENODEV: never probed; else what virtio_device_reset and
 * ops->start return. Context: thread. */
int virtio_driver_reset(struct virtio_device *dev, uint64_t timeout_us);

/* ---- waiting for a completion with a deadline ----
 * One waiting call. Lives in the driver and not on the caller's stack: when the deadline comes
 * first, the device still has the request, and the struct stays taken until the late completion or
 * the reset. Zeroed before virtio_sync_init. */
struct virtio_sync {
    virtio_port_event_t event;
    volatile bool done;
    bool ready; /* event initialised */
    bool used;
    bool abandoned; /* timed out: freed by its late completion */
    int result;
};
int virtio_sync_init(struct virtio_sync *s); /* 0 also when it is already; thread */
void virtio_sync_deinit(struct virtio_sync *s);
/* False: in use, or never initialised. Context: any. */
bool virtio_sync_take(struct virtio_device *dev, struct virtio_sync *s);
void virtio_sync_give_back(struct virtio_device *dev, struct virtio_sync *s);
/* The completion, once for each request. Context: any. */
void virtio_sync_done(struct virtio_device *dev, struct virtio_sync *s, int result);
/* Waits as virtio_wait does. Returns the result of the completion, and *s is the caller's to give
 * back; or -ETIMEDOUT, which no completion has for a result: the late one gives it back. Context:
 * thread. */
int virtio_sync_wait(struct virtio_device *dev, struct virtio_sync *s, uint64_t timeout_us);

/* ---- configuration space, section 2.5; offsets from its start (0x100 of the window) ---- */

/* One field in the width that the specification gives it, converted to the CPU's byte order. The
 * 64-bit read is two 32-bit accesses and not atomic: use a snapshot. Offsets beyond the window
 * read 0. Context: any. */
uint8_t virtio_config_read8(struct virtio_device *dev, unsigned offset);
uint16_t virtio_config_read16(struct virtio_device *dev, unsigned offset);
uint32_t virtio_config_read32(struct virtio_device *dev, unsigned offset);
uint64_t virtio_config_read64(struct virtio_device *dev, unsigned offset);
void virtio_config_write8(struct virtio_device *dev, unsigned offset, uint8_t value);
void virtio_config_write32(struct virtio_device *dev, unsigned offset, uint32_t value);

/*
 * A consistent set of fields: calls read(dev, out) until ConfigGeneration did not move meanwhile
 * (modern) or two rounds in a row agree (legacy), at most VIRTIO_CONFIG_TRIES times. `out` and
 * `scratch` are the caller's, `size` bytes each, and are zeroed before each round.
 *   -EIO  never consistent
 * Context: any.
 */
#define VIRTIO_CONFIG_TRIES 32u
int virtio_config_snapshot(struct virtio_device *dev,
                           void (*read)(struct virtio_device *dev, void *out), void *out,
                           void *scratch, size_t size);

#endif
