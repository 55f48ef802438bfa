/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every modelled virtio-mmio device shares: identity, profile, offered features, queues,
 * timing; and what a test may look at or do from the device's side.
 */
#ifndef VIRTIO_MODEL_DEVICE_H
#define VIRTIO_MODEL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct model_board;
struct model_device;

#define MODEL_MAX_QUEUES 64u

enum model_profile {
    MODEL_PROFILE_STRICT, /* what the strictest device accepts: exact status order, QueueNum above
                             the maximum rejected, unknown or dependent feature sets refused */
    MODEL_PROFILE_QEMU,   /* what QEMU 7.2 does: FEATURES_OK always kept, reads past the config give
                             0xff, QueueReset not implemented although RING_RESET is offered,
                             SHMLen all ones, 8/16-bit control register reads give 0 */
};

struct model_device_config {
    unsigned version; /* Version register: 1 legacy, 2 modern */
    enum model_profile profile;
    uint64_t features;          /* offered bits, device-type and transport bits alike. VERSION_1 is
                                   added on version 2; bits that a version cannot have, and
                                   RING_PACKED, which is not modelled yet, are dropped */
    uint64_t features_required; /* FEATURES_OK is refused without these */
    uint32_t vendor_id;         /* 0: 0x554d4551 */
    uint16_t queue_num_max;     /* for every existing queue, 0: 64 */
    bool in_order;              /* complete strictly in order whatever the schedule */
    bool polling;               /* device looks at the avail ring by itself and suppresses kicks */
    uint32_t service_ns;        /* virtual time from kick to completion, 0: 10,000. Schedules other
                                   than LAZY and ORDER may be faster, but not when it is above
                                   1,000,000 (a device meant to be slow) */
    uint32_t reset_ns;          /* virtual time until Status reads 0 after a reset, 0: at once */
    unsigned config_extra;      /* config bytes beyond the known layout (DRV-CORE-018) */
};

/* DeviceID 0: an empty slot of the given Version (1 or 2). */
int model_placeholder_add(struct model_board *board, unsigned slot, unsigned version);

unsigned model_device_status(const struct model_device *dev);   /* Status register */
uint64_t model_device_features(const struct model_device *dev); /* accepted by the driver */
bool model_device_live(const struct model_device *dev);         /* DRIVER_OK, not failed or reset */

/* The device declares an error that only a reset cures: DEVICE_NEEDS_RESET and, when DRIVER_OK is
 * set, a configuration change interrupt. */
void model_device_need_reset(struct model_device *dev);
/* Announces a configuration change: generation, InterruptStatus bit 1. */
void model_device_config_changed(struct model_device *dev);
/* From now on the device rejects nothing, completes nothing (false: serve again). */
void model_device_pause(struct model_device *dev, bool on);

struct model_device_counters {
    uint64_t mmio_reads, mmio_writes; /* all register accesses, config included */
    uint64_t config_reads;
    uint64_t notifies;                  /* QueueNotify writes */
    uint64_t irqs;                      /* interrupts delivered */
    uint64_t chains;                    /* descriptor chains consumed */
    uint64_t descriptors;               /* descriptors walked, indirect ones included */
    uint64_t bytes_read, bytes_written; /* payload bytes the device read from / wrote to buffers */
};
void model_device_counters(const struct model_device *dev, struct model_device_counters *out);

#endif
