/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there is to run on QEMU: every scenario that QEMU can play, on both transports, on devices
 * that differ in what they offer. A run has a text form, the replay id:
 *
 *   blk:modern:split+event_idx:read-4k
 *   |   |      |               scenario
 *   device, transport, variant
 */
#ifndef HARNESS_REAL_PLAN_H
#define HARNESS_REAL_PLAN_H

#include <stddef.h>
#include <stdio.h>

#include "scenario.h"

/* A way to start the device. */
struct real_variant {
    const char *name;
    const char *what;
    const char *props; /* of the device */
    uint64_t without;  /* features that it does not offer: scenarios that need them are left out */
    bool legacy, modern;
    bool polled; /* no interrupt is connected */
    bool plain;  /* what QEMU does without options */
};

struct real_spec {
    unsigned device; /* index into real_devices */
    bool modern;
    unsigned variant;  /* index into the device's variants */
    unsigned scenario; /* index into the device's scenarios */
};
const struct real_variant *real_spec_variant(const struct real_spec *spec);
const struct scenario *real_spec_scenario(const struct real_spec *spec);

/* Comma-separated names, where one that ends in * stands for all that begin so; NULL: all. */
struct real_filter {
    const char *device, *transport, *variant, *scenario;
};

#define REAL_ID_MAX 96u
void real_id_format(const struct real_spec *spec, char *buf, size_t size);
/* -EINVAL: `why` names the part that is wrong and what was expected. */
int real_id_parse(const char *text, struct real_spec *spec, char *why, size_t why_size);

/* -EINVAL: a name of the filter means nothing, or all of it selects nothing; `why` says which. */
int real_filter_check(const struct real_filter *filter, char *why, size_t why_size);
/* Moves on to the first or next run that the filter selects; false after the last one. A long
 * scenario is selected when the filter names it, and then on the plain variant unless the filter
 * names variants, too. */
bool real_plan_first(const struct real_filter *filter, struct real_spec *spec);
bool real_plan_next(const struct real_filter *filter, struct real_spec *spec);

/* True when the filter lets a device type, or a transport, through. */
bool real_device_selected(const struct real_filter *filter, const char *device);
bool real_transport_selected(const struct real_filter *filter, bool modern);

/* Devices, transports, variants and scenarios, one a line. */
void real_plan_list(FILE *out);

#endif
