/* SPDX-License-Identifier: Apache-2.0 */
/* Replay ids; see run.h. */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct ring_variant ring_variants[] = {
    {"split", MODEL_T_BOTH, 0},
    {"split+event_idx", MODEL_T_BOTH, VIRTIO_F_EVENT_IDX | VIRTIO_F_ANY_LAYOUT},
    {"split+indirect", MODEL_T_BOTH, VIRTIO_F_INDIRECT_DESC | VIRTIO_F_ANY_LAYOUT},
    {"split+event_idx+indirect", MODEL_T_BOTH,
     VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_ANY_LAYOUT},
    {"split+event_idx+notification_data", MODEL_T_MODERN,
     VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_NOTIFICATION_DATA},
};
const unsigned ring_variant_count = sizeof(ring_variants) / sizeof(ring_variants[0]);

int run_id_format(const struct run_spec *spec, const struct model_choices *choices, char *buf,
                  size_t size)
{
    const struct scenario *sc = run_scenario(spec);
    const struct model_fault_row *row = model_fault_row(spec->fault.id);
    char fault[64] = "none";
    char schedule[2u + 4u * MODEL_CHOICES_MAX];

    if (row != NULL) {
        snprintf(fault, sizeof(fault), "%s/%u@%" PRIu32 "%s", row->id, spec->fault.variant,
                 spec->fault.k, spec->fault.persistent ? "+" : "");
    }
    if (spec->order == RUN_SEEDED) {
        snprintf(schedule, sizeof(schedule), "%" PRIu64, spec->seed);
    } else {
        schedule[0] = spec->order == RUN_ORDERS ? 'o' : 'x';
        if (model_choices_to_text(choices, schedule + 1, sizeof(schedule) - 1u) < 0) {
            schedule[1] = '?';
            schedule[2] = '\0';
        }
    }
    return snprintf(buf, size, "%s:%s:%s:%s:%s:%s", sweep_devices[spec->device]->name,
                    spec->modern ? "modern" : "legacy", ring_variants[spec->ring].name, sc->name,
                    fault, schedule);
}

/* ---- parsing ---- */

struct part {
    const char *text;
    size_t len;
};

static bool is(const struct part *part, const char *name)
{
    return strlen(name) == part->len && memcmp(name, part->text, part->len) == 0;
}

static int complain(char *why, size_t size, const char *what, const struct part *part,
                    const char *expected)
{
    snprintf(why, size, "%s '%.*s', expected %s", what, (int)part->len, part->text, expected);
    return -EINVAL;
}

static int parse_number(const struct part *part, uint64_t *value)
{
    char text[24];
    char *end;

    if (part->len == 0 || part->len >= sizeof(text) || part->text[0] < '0' || part->text[0] > '9') {
        return -EINVAL;
    }
    memcpy(text, part->text, part->len);
    text[part->len] = '\0';
    errno = 0;
    *value = strtoull(text, &end, 10);
    return *end == '\0' && errno == 0 ? 0 : -EINVAL;
}

static int parse_device(const struct part *part, struct run_spec *spec)
{
    for (unsigned i = 0; i < sweep_device_count; i++) {
        if (is(part, sweep_devices[i]->name)) {
            spec->device = i;
            return 0;
        }
    }
    return -EINVAL;
}

static int parse_scenario(const struct part *part, struct run_spec *spec)
{
    const struct sweep_device *device = sweep_devices[spec->device];

    for (unsigned i = 0; i < *device->num_scenarios; i++) {
        if (is(part, device->scenarios[i].name)) {
            spec->scenario = i;
            return 0;
        }
    }
    return -EINVAL;
}

static int parse_ring(const struct part *part, struct run_spec *spec)
{
    unsigned transport = spec->modern ? MODEL_T_MODERN : MODEL_T_LEGACY;

    for (unsigned i = 0; i < ring_variant_count; i++) {
        if (is(part, ring_variants[i].name) && (ring_variants[i].transports & transport) != 0) {
            spec->ring = i;
            return 0;
        }
    }
    return -EINVAL;
}

/* FAULT/variant@k[+] */
static int parse_fault(const struct part *part, struct run_spec *spec)
{
    const char *slash = memchr(part->text, '/', part->len);
    const char *at = memchr(part->text, '@', part->len);
    struct part variant;
    struct part k;
    uint64_t value;
    const struct model_fault_row *row;

    memset(&spec->fault, 0, sizeof(spec->fault));
    if (is(part, "none")) {
        return 0;
    }
    if (at == NULL || (slash != NULL && slash > at)) {
        return -EINVAL;
    }
    spec->fault.id =
        model_fault_by_name(part->text, (size_t)((slash != NULL ? slash : at) - part->text));
    row = model_fault_row(spec->fault.id);
    if (row == NULL) {
        return -EINVAL;
    }
    if (slash != NULL) {
        variant = (struct part){slash + 1, (size_t)(at - slash - 1)};
        if (parse_number(&variant, &value) != 0 || value >= row->variants) {
            return -EINVAL;
        }
        spec->fault.variant = (unsigned)value;
    }
    k = (struct part){at + 1, (size_t)(part->text + part->len - at - 1)};
    if (k.len > 0 && k.text[k.len - 1u] == '+') {
        spec->fault.persistent = true;
        k.len--;
    }
    if (parse_number(&k, &value) != 0 || value == 0 || value > UINT32_MAX) {
        return -EINVAL;
    }
    spec->fault.k = (uint32_t)value;
    return 0;
}

static int parse_schedule(const struct part *part, struct run_spec *spec,
                          struct model_choices *choices)
{
    if (part->len > 0 && (part->text[0] == 'o' || part->text[0] == 'x')) {
        spec->order = part->text[0] == 'o' ? RUN_ORDERS : RUN_EXHAUSTIVE;
        spec->seed = 0;
        return model_choices_from_text(choices, part->text + 1);
    }
    spec->order = RUN_SEEDED;
    return parse_number(part, &spec->seed);
}

int run_id_parse(const char *text, struct run_spec *spec, struct model_choices *choices, char *why,
                 size_t why_size)
{
    struct part parts[6];
    struct part whole = {text, strlen(text)};
    unsigned n = 0;

    memset(spec, 0, sizeof(*spec));
    for (const char *p = text; n < 6u; n++) {
        const char *end = strchr(p, ':');

        parts[n] = (struct part){p, end != NULL ? (size_t)(end - p) : strlen(p)};
        if (end == NULL) {
            n++;
            break;
        }
        p = end + 1;
        if (n == 5u) {
            n = 7; /* one part too many */
            break;
        }
    }
    if (n != 6u) {
        return complain(why, why_size, "replay id", &whole,
                        "device:transport:ring:scenario:fault:schedule");
    }
    if (parse_device(&parts[0], spec) != 0) {
        return complain(why, why_size, "device", &parts[0], "one of --list");
    }
    spec->modern = is(&parts[1], "modern");
    if (!spec->modern && !is(&parts[1], "legacy")) {
        return complain(why, why_size, "transport", &parts[1], "legacy or modern");
    }
    if (parse_ring(&parts[2], spec) != 0) {
        return complain(why, why_size, "ring", &parts[2], "a ring of that transport (see --list)");
    }
    if (parse_scenario(&parts[3], spec) != 0) {
        return complain(why, why_size, "scenario", &parts[3], "one of that device (see --list)");
    }
    if (parse_fault(&parts[4], spec) != 0) {
        return complain(why, why_size, "fault", &parts[4], "none or FAULT[/variant]@k[+]");
    }
    if (parse_schedule(&parts[5], spec, choices) != 0) {
        return complain(why, why_size, "schedule", &parts[5],
                        "a seed, or o or x and a path such as 0.2.1");
    }
    return 0;
}
