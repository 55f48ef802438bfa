/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature negotiation (virtio v1.2 sections 2.2, 3.1.1, 6). All sets are 64 bits wide; a legacy
 * device has the low 32 only. Bits that are reserved, unknown or make no sense over MMIO are never
 * accepted, whatever the device offers.
 */
#include "core.h"

/* Ring and transport features that the core implements, accepted whenever they are offered. */
#define CORE_FEATURES_LEGACY (VIRTIO_F_ANY_LAYOUT | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX)
#define CORE_FEATURES_MODERN                                                                       \
    (VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM | \
     VIRTIO_F_ORDER_PLATFORM | VIRTIO_F_NOTIFICATION_DATA | VIRTIO_F_RING_RESET)
/* What a retry after a refused FEATURES_OK keeps: the bits that say where memory is. */
#define CORE_FEATURES_RETRY                                                                        \
    (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM)
#define LEGACY_FEATURES UINT64_C(0xffffffff)

struct feature_need {
    uint32_t device_id; /* VIRTIO_ID_NONE: any device */
    uint64_t feature;
    uint64_t needs_any; /* at least one of these */
};

/* Prerequisites, section 2.2 and the device sections. */
static const struct feature_need feature_needs[] = {
    {VIRTIO_ID_NONE,
     VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM | VIRTIO_F_NOTIFICATION_DATA |
         VIRTIO_F_RING_RESET,
     VIRTIO_F_VERSION_1},
    {VIRTIO_ID_BLOCK, VIRTIO_BLK_F_CONFIG_WCE, VIRTIO_BLK_F_FLUSH},
    {VIRTIO_ID_NET,
     VIRTIO_NET_F_CTRL_GUEST_OFFLOADS | VIRTIO_NET_F_CTRL_RX | VIRTIO_NET_F_CTRL_VLAN |
         VIRTIO_NET_F_GUEST_ANNOUNCE | VIRTIO_NET_F_MQ | VIRTIO_NET_F_CTRL_MAC_ADDR,
     VIRTIO_NET_F_CTRL_VQ},
    {VIRTIO_ID_NET, VIRTIO_NET_F_GUEST_TSO4 | VIRTIO_NET_F_GUEST_TSO6 | VIRTIO_NET_F_GUEST_UFO,
     VIRTIO_NET_F_GUEST_CSUM},
    {VIRTIO_ID_NET, VIRTIO_NET_F_GUEST_ECN, VIRTIO_NET_F_GUEST_TSO4 | VIRTIO_NET_F_GUEST_TSO6},
    {VIRTIO_ID_NET, VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_TSO6 | VIRTIO_NET_F_HOST_UFO,
     VIRTIO_NET_F_CSUM},
    {VIRTIO_ID_NET, VIRTIO_NET_F_HOST_ECN, VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_TSO6},
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* One pass is enough as long as no prerequisite has one of its own in a later row. */
uint64_t virtio_features_closed(uint32_t device_id, uint64_t features)
{
    for (size_t i = 0; i < ARRAY_SIZE(feature_needs); i++) {
        const struct feature_need *need = &feature_needs[i];

        if (need->device_id != VIRTIO_ID_NONE && need->device_id != device_id) {
            continue;
        }
        if ((features & need->needs_any) == 0) {
            features &= ~need->feature;
        }
    }
    return features;
}

static uint32_t read_feature_word(struct virtio_device *dev, uint32_t word)
{
    virtio_reg_write(dev, REG_DEVICE_FEATURES_SEL, word);
    return virtio_reg_read(dev, REG_DEVICE_FEATURES);
}

static void write_feature_word(struct virtio_device *dev, uint32_t word, uint32_t value)
{
    virtio_reg_write(dev, REG_DRIVER_FEATURES_SEL, word);
    virtio_reg_write(dev, REG_DRIVER_FEATURES, value);
}

int virtio_device_begin(struct virtio_device *dev, uint64_t reset_timeout_us)
{
    const uint32_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;
    int ret = virtio_device_reset(dev, reset_timeout_us);

    if (ret != 0) {
        return ret;
    }
    virtio_set_state(dev, VIRTIO_STATE_ACKNOWLEDGED);
    virtio_status_write(dev, VIRTIO_STATUS_ACKNOWLEDGE);
    virtio_status_write(dev, status);
    /* A device whose status does not stick can neither be driven nor trusted to be reset. */
    if (virtio_reg_read(dev, REG_STATUS) != status) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u: Status does not keep 0x%x",
                        (unsigned)dev->device_id, (unsigned)status);
        return -EIO;
    }
    dev->features = 0;
    dev->device_features = read_feature_word(dev, 0);
    if (!virtio_is_legacy(dev)) {
        dev->device_features |= (uint64_t)read_feature_word(dev, 1) << 32;
    }
    return 0;
}

uint64_t virtio_get_features(const struct virtio_device *dev)
{
    return dev->device_features;
}

static int check_features(const struct virtio_device *dev, uint64_t features)
{
    const char *why = NULL;

    if ((features & ~dev->device_features) != 0) {
        why = "not offered";
    } else if (virtio_features_closed(dev->device_id, features) != features) {
        why = "without a bit it depends on";
    } else if ((dev->device_features & VIRTIO_F_VERSION_1 & ~features) != 0) {
        why = "lacks VERSION_1";
    }
    if (why == NULL) {
        return 0;
    }
    virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u: feature set 0x%x%x of offered 0x%x%x: %s",
                    (unsigned)dev->device_id, (unsigned)(features >> 32), (unsigned)features,
                    (unsigned)(dev->device_features >> 32), (unsigned)dev->device_features, why);
    return -EINVAL;
}

int virtio_set_features(struct virtio_device *dev, uint64_t features)
{
    const uint32_t status =
        VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FEATURES_OK;
    uint32_t kept;
    int ret;

    if (dev->state != VIRTIO_STATE_ACKNOWLEDGED) {
        return -EBUSY;
    }
    ret = check_features(dev, features);
    if (ret != 0) {
        return ret;
    }
    write_feature_word(dev, 0, (uint32_t)features);
    if (virtio_is_legacy(dev)) {
        /* Needed before any queue is set up; legacy has no FEATURES_OK. */
        virtio_reg_write(dev, REG_GUEST_PAGE_SIZE, VIRTIO_LEGACY_PAGE_SIZE);
    } else {
        write_feature_word(dev, 1, (uint32_t)(features >> 32));
        virtio_status_write(dev, status);
        kept = virtio_reg_read(dev, REG_STATUS);
        if (kept != status) {
            return kept == (status & ~VIRTIO_STATUS_FEATURES_OK) ? -ENOTSUP : -EIO;
        }
    }
    dev->features = features;
    virtio_set_state(dev, VIRTIO_STATE_FEATURES_OK);
    return 0;
}

/* One attempt: -ENOTSUP with *refused set when it was FEATURES_OK that did not stick. */
static int negotiate_once(struct virtio_device *dev, uint64_t wanted, uint64_t required,
                          uint64_t timeout_us, bool *refused)
{
    uint64_t accept;
    int ret = virtio_device_begin(dev, timeout_us);

    *refused = false;
    if (ret != 0) {
        return ret;
    }
    if (!virtio_is_legacy(dev)) {
        required |= VIRTIO_F_VERSION_1;
    }
    accept = virtio_features_closed(dev->device_id, dev->device_features & (wanted | required) &
                                                        ~dev->features_off);
    if ((required & ~accept) != 0) {
        virtio_port_log(VIRTIO_LOG_ERROR, "virtio: device %u: needs feature bits 0x%x%x",
                        (unsigned)dev->device_id, (unsigned)((required & ~accept) >> 32),
                        (unsigned)(required & ~accept));
        return -ENOTSUP;
    }
    ret = virtio_set_features(dev, accept);
    *refused = ret == -ENOTSUP;
    return ret;
}

int virtio_device_negotiate(struct virtio_device *dev, uint64_t wanted, uint64_t required,
                            uint64_t keep, uint64_t reset_timeout_us)
{
    uint64_t core = virtio_is_legacy(dev) ? CORE_FEATURES_LEGACY : CORE_FEATURES_MODERN;
    bool refused;
    int ret;

    if (virtio_is_legacy(dev)) {
        wanted &= LEGACY_FEATURES;
    }
    ret = negotiate_once(dev, wanted | core, required, reset_timeout_us, &refused);
    if (refused) {
        virtio_port_log(VIRTIO_LOG_WARNING, "virtio: device %u: FEATURES_OK refused, trying less",
                        (unsigned)dev->device_id);
        (void)virtio_device_fail(dev, reset_timeout_us);
        ret = negotiate_once(dev, required | (wanted & keep) | CORE_FEATURES_RETRY, required,
                             reset_timeout_us, &refused);
    }
    if (ret != 0 && (dev->state == VIRTIO_STATE_ACKNOWLEDGED)) {
        (void)virtio_device_fail(dev, reset_timeout_us);
    }
    return ret;
}
