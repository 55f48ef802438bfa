/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature negotiation, v1.2 2.2, 3.1 and 6: what may be offered, what is shown, and the judgement
 * of what the driver accepted.
 */
#include "device.h"

#define COMMON_MODERN                                                                              \
    (FBIT(F_INDIRECT) | FBIT(F_EVENT_IDX) | FBIT(F_VERSION_1) | FBIT(F_ACCESS_PLATFORM) |          \
     FBIT(F_IN_ORDER) | FBIT(F_ORDER_PLATFORM) | FBIT(F_NOTIFICATION_DATA) | FBIT(F_RING_RESET))
#define COMMON_LEGACY                                                                              \
    (FBIT(F_NOTIFY_ON_EMPTY) | FBIT(F_ANY_LAYOUT) | FBIT(F_INDIRECT) | FBIT(F_EVENT_IDX) |         \
     FBIT(F_UNUSED30))
/* Common bits that a driver may accept over mmio; RING_PACKED is legal, only not modelled. */
#define ACCEPTABLE_MODERN (COMMON_MODERN | FBIT(F_RING_PACKED))
#define ACCEPTABLE_LEGACY (COMMON_LEGACY & ~FBIT(F_UNUSED30))

/* A bit and what it needs; the common part of the dependency list. */
static const struct feature_dep common_dep[] = {
    {F_ACCESS_PLATFORM, F_VERSION_1},
    {F_RING_PACKED, F_VERSION_1},
    {F_IN_ORDER, F_VERSION_1},
    {F_ORDER_PLATFORM, F_VERSION_1},
    {F_SR_IOV, F_VERSION_1},
    {F_NOTIFICATION_DATA, F_VERSION_1},
    {F_NOTIF_CONFIG_DATA, F_VERSION_1},
    {F_RING_RESET, F_VERSION_1},
    {F_ADMIN_VQ, F_VERSION_1},
};

uint64_t features_offerable(const struct device_ops *ops, const struct model_device_config *cfg)
{
    const uint64_t type_bits = ops->known_features;

    if (cfg->version == 2)
        return (cfg->features & ((type_bits & ~ops->legacy_only) | COMMON_MODERN)) |
               FBIT(F_VERSION_1);
    return cfg->features & ((type_bits & ~ops->modern_only) | COMMON_LEGACY) & UINT32_MAX;
}

uint32_t features_read(struct model_device *dev)
{
    struct model_board *board = dev->board;
    uint32_t word = dev->device_sel;

    rule_check(board, MODEL_RULE_DRV_MMIO_012, dev->device_sel_set, dev->slot,
               "DeviceFeatures read before DeviceFeaturesSel was written");
    if (word > 1 && !dev_strict(dev))
        word = 1; /* QEMU 7.2 answers the high word for every other selector */
    if (word > 1)
        return 0;
    const uint32_t own = (uint32_t)(dev->offered >> (32 * word));
    uint32_t val = own;
    if (board->fault.id != MODEL_FAULT_NONE)
        val = features_faulty(dev, word, val);
    if (dev->ops->features_shown)
        val = dev->ops->features_shown(dev, word, val);
    dev->shown |= (uint64_t)val << (32 * word);
    dev->shown_last[word] = val;
    dev->words_shown |= 1u << word;
    if (val != own && dev->ops->refresh_config) /* fields come and go with what is claimed */
        dev->ops->refresh_config(dev);
    return val;
}

void features_write(struct model_device *dev, uint32_t val)
{
    struct model_board *board = dev->board;
    const uint32_t word = dev->driver_sel;

    rule_check(board, MODEL_RULE_DRV_MMIO_013, dev->driver_sel_set, dev->slot,
               "DriverFeatures written before DriverFeaturesSel");
    if (dev_modern(dev)) {
        rule_check(board, MODEL_RULE_DRV_CORE_029, (dev->told & ST_FEATURES_OK) == 0 || val == 0,
                   dev->slot, "DriverFeatures[%u] <- %#x after FEATURES_OK", word, val);
        rule_check(board, MODEL_RULE_DRV_CORE_005, (dev->told & ST_DRIVER_OK) == 0, dev->slot,
                   "DriverFeatures[%u] <- %#x on a running device", word, val);
    } else {
        rule_check(board, MODEL_RULE_DRV_CORE_005, (dev->told & ST_DRIVER_OK) == 0, dev->slot,
                   "DriverFeatures[%u] <- %#x after DRIVER_OK", word, val);
        if (!rule_check(board, MODEL_RULE_DRV_LMMIO_015, word == 0 || val == 0, dev->slot,
                        "DriverFeatures[%u] <- %#x on a legacy device, which has word 0 only", word,
                        val))
            return;
    }
    rule_check(board, MODEL_RULE_DRV_CORE_026, (dev->told & ST_DRIVER) != 0, dev->slot,
               "DriverFeatures[%u] <- %#x with Status %#x, expected DRIVER first", word, val,
               dev->told);
    if (word > 1) {
        rule_check(board, MODEL_RULE_DRV_CORE_011, val == 0, dev->slot,
                   "DriverFeatures[%u] <- %#x, bits 64 and up mean nothing here", word, val);
        return;
    }
    rule_check(board, MODEL_RULE_DRV_CORE_010, val == 0 || (dev->words_shown >> word & 1) != 0,
               dev->slot, "DriverFeatures[%u] <- %#x without having read that word", word, val);
    if (dev->features_final)
        return;
    const uint64_t mask = (uint64_t)UINT32_MAX << (32 * word);
    dev->driver_features = (dev->driver_features & ~mask) | (uint64_t)val << (32 * word);
    dev->words_written |= 1u << word;
    /* A legacy device has no moment of agreement before DRIVER_OK. */
    if (!dev_modern(dev))
        dev->agreed = dev->driver_features;
}

/* ---- judgement ---- */

static void check_never(struct model_device *dev, enum model_rule_id rule, unsigned bit,
                        const char *name)
{
    rule_check(dev->board, rule, (dev->driver_features & FBIT(bit)) == 0, dev->slot,
               "feature %u (%s) accepted over mmio", bit, name);
}

/* Bits that ought to be accepted when the device really offers them. */
static void check_wanted(struct model_device *dev, enum model_rule_id rule, unsigned bit,
                         const char *name)
{
    const uint64_t b = FBIT(bit);

    if ((dev->offered & dev->shown & b) == 0)
        return;
    rule_check(dev->board, rule, (dev->driver_features & b) != 0, dev->slot,
               "feature %u (%s) offered and not accepted", bit, name);
}

static bool check_dependencies(struct model_device *dev, const struct feature_dep *dep, size_t n)
{
    const uint64_t f = dev->driver_features;
    bool ok = true;

    for (size_t i = 0; i < n; i++)
        if (f & FBIT(dep[i].bit))
            ok &= rule_check(dev->board, MODEL_RULE_DRV_CORE_007, (f & FBIT(dep[i].needs)) != 0,
                             dev->slot, "feature %u accepted without %u, which it needs",
                             dep[i].bit, dep[i].needs);
    return ok;
}

static void check_transport(struct model_device *dev)
{
    struct model_board *board = dev->board;
    const uint64_t f = dev->driver_features;

    check_never(dev, MODEL_RULE_DRV_CORE_052, F_SR_IOV, "SR_IOV");
    check_never(dev, MODEL_RULE_DRV_CORE_053, F_NOTIF_CONFIG_DATA, "NOTIF_CONFIG_DATA");
    if (dev_modern(dev)) {
        check_never(dev, MODEL_RULE_DRV_MMIO_045, F_ADMIN_VQ, "ADMIN_VQ");
        rule_check(board, MODEL_RULE_DRV_MMIO_026,
                   dev->words_shown == 3 && (dev->words_written & 3) == 3, dev->slot,
                   "feature words read %#x, written %#x, expected both of both", dev->words_shown,
                   dev->words_written);
        check_wanted(dev, MODEL_RULE_DRV_CORE_044, F_VERSION_1, "VERSION_1");
        check_wanted(dev, MODEL_RULE_DRV_CORE_046, F_ACCESS_PLATFORM, "ACCESS_PLATFORM");
        check_wanted(dev, MODEL_RULE_DRV_CORE_050, F_ORDER_PLATFORM, "ORDER_PLATFORM");
        rule_check(board, MODEL_RULE_DRV_LEG_040, (f & dev->ops->legacy_only) == 0, dev->slot,
                   "features %#llx accepted, which are legacy only",
                   (unsigned long long)(f & dev->ops->legacy_only));
    } else {
        check_wanted(dev, MODEL_RULE_DRV_LEG_014, F_ANY_LAYOUT, "ANY_LAYOUT");
        rule_check(board, MODEL_RULE_DRV_LEG_015, (f & FBIT(F_UNUSED30)) == 0, dev->slot,
                   "feature 30 accepted, which only detects broken drivers");
    }
}

bool features_finish(struct model_device *dev)
{
    struct model_board *board = dev->board;
    const uint64_t f = dev->driver_features;
    const uint64_t common = dev_modern(dev) ? ACCEPTABLE_MODERN : ACCEPTABLE_LEGACY;
    const uint64_t extra = f & ~dev->shown;
    const uint64_t wild = f & ~(common | dev->ops->known_features | FBIT(F_UNUSED30) |
                                FBIT(F_SR_IOV) | FBIT(F_NOTIF_CONFIG_DATA) | FBIT(F_ADMIN_VQ));

    bool ok =
        rule_check(board, MODEL_RULE_DRV_CORE_006, extra == 0, dev->slot,
                   "features %#llx accepted that were not offered", (unsigned long long)extra);
    ok &= rule_check(board, MODEL_RULE_DRV_CORE_011, wild == 0, dev->slot,
                     "features %#llx accepted, which mean nothing for this device",
                     (unsigned long long)wild);
    ok &= check_dependencies(dev, common_dep, sizeof(common_dep) / sizeof(common_dep[0]));
    if (!dev->ops->deps_bind_device)
        ok &= check_dependencies(dev, dev->ops->deps, dev->ops->n_deps);
    check_transport(dev);
    dev->agreed = f;
    dev->features_final = true;
    if (!dev_modern(dev) || !dev_strict(dev))
        return true;
    const uint64_t required = dev->cfg.features_required | FBIT(F_VERSION_1);
    return ok && (f & required) == required && (f & FBIT(F_RING_PACKED)) == 0 &&
           (!dev->ops->accepts || dev->ops->accepts(dev, f));
}
