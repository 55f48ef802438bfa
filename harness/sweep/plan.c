/* SPDX-License-Identifier: Apache-2.0 */
/* See plan.h. */
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- filters ---- */

static bool token_matches(const char *token, size_t len, const char *name)
{
    if (len > 0 && token[len - 1u] == '*') {
        return strncmp(token, name, len - 1u) == 0;
    }
    return strlen(name) == len && memcmp(token, name, len) == 0;
}

static bool listed(const char *list, const char *name)
{
    if (list == NULL) {
        return true;
    }
    for (const char *p = list;; p++) {
        size_t len = strcspn(p, ",");

        if (token_matches(p, len, name)) {
            return true;
        }
        p += len;
        if (*p == '\0') {
            return false;
        }
    }
}

typedef const char *(*name_at)(unsigned i);

static const char *device_at(unsigned i)
{
    return i < sweep_device_count ? sweep_devices[i]->name : NULL;
}
static const char *transport_at(unsigned i)
{
    static const char *const names[] = {"legacy", "modern", NULL};

    return names[i];
}
static const char *ring_at(unsigned i)
{
    return i < ring_variant_count ? ring_variants[i].name : NULL;
}
/* The scenarios of all devices, one after the other. */
static const char *scenario_at(unsigned i)
{
    for (unsigned d = 0; d < sweep_device_count; d++) {
        if (i < *sweep_devices[d]->num_scenarios) {
            return sweep_devices[d]->scenarios[i].name;
        }
        i -= *sweep_devices[d]->num_scenarios;
    }
    return NULL;
}
static const char *fault_at(unsigned i)
{
    const struct model_fault_row *row = model_fault_row((enum model_fault_id)i);

    return i == 0 ? "none" : row != NULL ? row->id : NULL;
}

/* Every name of a list must mean something: a filter that selects nothing is a mistake. */
static int check_list(const char *option, const char *list, name_at at, char *why, size_t why_size)
{
    if (list == NULL) {
        return 0;
    }
    for (const char *p = list;; p++) {
        size_t len = strcspn(p, ",");
        bool known = false;

        for (unsigned i = 0; at(i) != NULL; i++) {
            known = known || token_matches(p, len, at(i));
        }
        if (!known) {
            snprintf(why, why_size, "%s '%.*s', expected one of --list (e.g. %s)", option, (int)len,
                     p, at(0));
            return -EINVAL;
        }
        p += len;
        if (*p == '\0') {
            return 0;
        }
    }
}

static int check_filter(const struct plan_filter *f, char *why, size_t size)
{
    int ret = check_list("device", f->device, device_at, why, size);

    ret = ret != 0 ? ret : check_list("transport", f->transport, transport_at, why, size);
    ret = ret != 0 ? ret : check_list("ring", f->ring, ring_at, why, size);
    ret = ret != 0 ? ret : check_list("scenario", f->scenario, scenario_at, why, size);
    return ret != 0 ? ret : check_list("fault", f->fault, fault_at, why, size);
}

/* ---- units ---- */

/* 65,536 requests a run: one schedule, and one opportunity. */
static bool is_heavy(const struct run_spec *spec)
{
    return (run_scenario(spec)->flags & SCN_LONG) != 0 || spec->fault.id == MODEL_FAULT_IDX_WRAP;
}

static int add(struct plan *plan, const struct run_spec *spec, unsigned first, unsigned seeds,
               uint32_t max_k)
{
    if ((plan->count & (plan->count + 1u)) == 0) { /* 0, 1, 3, 7, ...: grow to the next power */
        size_t room = (plan->count + 1u) * 2u;
        struct plan_unit *units = realloc(plan->units, room * sizeof(*units));

        if (units == NULL) {
            return -ENOMEM;
        }
        plan->units = units;
    }
    plan->units[plan->count++] = (struct plan_unit){*spec, first, seeds, max_k};
    return 0;
}

/* Some faults cost a run of 65,536 requests each, or mean something on some scenarios only. */
static bool applies(const struct run_spec *spec, const struct model_fault_row *row)
{
    unsigned flags = run_scenario(spec)->flags;
    unsigned transport = spec->modern ? MODEL_T_MODERN : MODEL_T_LEGACY;

    if (spec->fault.id == MODEL_FAULT_NONE) {
        return true;
    }
    if ((row->transports & transport) == 0 || (flags & SCN_NO_FAULTS) != 0) {
        return false;
    }
    if (row->area != MODEL_AREA_CORE && row->area != MODEL_AREA_HOST &&
        row->area != sweep_devices[spec->device]->area) {
        return false;
    }
    if (spec->fault.id == MODEL_FAULT_IDX_WRAP) {
        return (flags & SCN_WRAP) != 0;
    }
    if (spec->fault.id == MODEL_FAULT_EVT_65536) {
        return (flags & SCN_LONG) != 0;
    }
    return (flags & SCN_LONG) == 0;
}

/* The schedule for a ring where common faults are spread; -1: none. */
static int spread_over(unsigned ring)
{
    static const char *const rings[] = {"split", "split+event_idx", "split+event_idx+indirect"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(ring_variants[ring].name, rings[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_spread(const struct run_spec *spec, const struct plan_filter *f)
{
    const struct model_fault_row *row = model_fault_row(spec->fault.id);

    return !f->thorough && f->fault == NULL &&
           sweep_devices[spec->device]->area != MODEL_AREA_BLK &&
           (row->area == MODEL_AREA_CORE || row->area == MODEL_AREA_HOST);
}

static int add_unit(struct plan *plan, const struct run_spec *spec, const struct plan_filter *f)
{
    /* 88 variants of what config fields say: the schedule has no part in it. */
    unsigned seeds = spec->fault.id == MODEL_FAULT_CFG_HOSTILE ? 1u : f->seeds;
    int schedule = spread_over(spec->ring);

    if (is_heavy(spec)) {
        return add(plan, spec, 0, 1, 1);
    }
    if (!is_spread(spec, f)) {
        return add(plan, spec, 0, seeds, f->max_k);
    }
    return schedule < 0 ? 0 : add(plan, spec, (unsigned)schedule, 1, f->max_k);
}

static int add_modes(struct plan *plan, struct run_spec *spec, const struct model_fault_row *row,
                     const struct plan_filter *f)
{
    unsigned hostile = sweep_devices[spec->device]->hostile_variants;
    unsigned variants = row->variants;
    int ret = 0;

    if (spec->fault.id == MODEL_FAULT_CFG_HOSTILE && hostile < variants) {
        variants = hostile;
    }
    for (unsigned variant = 0; variant < variants && ret == 0; variant++) {
        spec->fault.variant = variant;
        spec->fault.persistent = false;
        if ((row->modes & MODEL_MODE_TRANSIENT) != 0) {
            ret = add_unit(plan, spec, f);
        }
        spec->fault.persistent = true;
        if (ret == 0 && (row->modes & MODEL_MODE_PERSISTENT) != 0) {
            ret = add_unit(plan, spec, f);
        }
    }
    return ret;
}

/* Without a fault: many schedules, and for small scenarios all of them. */
static int add_fault_free(struct plan *plan, struct run_spec *spec, const struct plan_filter *f)
{
    unsigned flags = run_scenario(spec)->flags;
    unsigned seeds = (flags & SCN_LONG) != 0 ? 2u : f->seeds * 8u;
    int ret = add(plan, spec, 0, seeds, 0);

    spec->order = RUN_ORDERS;
    if (ret == 0 && (flags & SCN_ORDERS) != 0) {
        ret = add(plan, spec, 0, 0, 0);
    }
    spec->order = RUN_EXHAUSTIVE;
    if (ret == 0 && (flags & SCN_EXHAUSTIVE) != 0) {
        ret = add(plan, spec, 0, 0, 0);
    }
    spec->order = RUN_SEEDED;
    return ret;
}

static int add_faults(struct plan *plan, struct run_spec *spec, const struct plan_filter *f)
{
    int ret = 0;

    for (unsigned i = 0; fault_at(i) != NULL && ret == 0; i++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)i);

        memset(&spec->fault, 0, sizeof(spec->fault));
        spec->fault.id = (enum model_fault_id)i;
        if (!listed(f->fault, fault_at(i)) || !applies(spec, row)) {
            continue;
        }
        ret = i == 0 ? add_fault_free(plan, spec, f) : add_modes(plan, spec, row, f);
    }
    return ret;
}

static int add_scenarios(struct plan *plan, struct run_spec *spec, const struct plan_filter *f)
{
    const struct sweep_device *device = sweep_devices[spec->device];
    int ret = 0;

    for (spec->scenario = 0; spec->scenario < *device->num_scenarios && ret == 0;
         spec->scenario++) {
        if (listed(f->scenario, device->scenarios[spec->scenario].name)) {
            ret = add_faults(plan, spec, f);
        }
    }
    return ret;
}

static int add_device(struct plan *plan, struct run_spec *spec, const struct plan_filter *f)
{
    int ret = 0;

    for (unsigned t = 0; t < 2u; t++) {
        unsigned transport = t == 1u ? MODEL_T_MODERN : MODEL_T_LEGACY;

        spec->modern = t == 1u;
        for (spec->ring = 0; spec->ring < ring_variant_count && ret == 0; spec->ring++) {
            if (listed(f->transport, transport_at(t)) && listed(f->ring, ring_at(spec->ring)) &&
                (ring_variants[spec->ring].transports & transport) != 0) {
                ret = add_scenarios(plan, spec, f);
            }
        }
    }
    return ret;
}

int plan_make(const struct plan_filter *f, struct plan *plan, char *why, size_t why_size)
{
    struct run_spec spec = {0};
    int ret = check_filter(f, why, why_size);

    plan->units = NULL;
    plan->count = 0;
    for (spec.device = 0; spec.device < sweep_device_count && ret == 0; spec.device++) {
        if (listed(f->device, device_at(spec.device))) {
            ret = add_device(plan, &spec, f);
        }
    }
    if (ret == 0 && plan->count == 0) {
        snprintf(why, why_size, "the filters together select nothing, expected at least one run");
        ret = -EINVAL;
    }
    if (ret != 0) {
        plan_free(plan);
    }
    return ret;
}

void plan_free(struct plan *plan)
{
    free(plan->units);
    plan->units = NULL;
    plan->count = 0;
}

/* ---- --list ---- */

void plan_list(void)
{
    printf("devices:");
    for (unsigned d = 0; d < sweep_device_count; d++) {
        printf(" %s", device_at(d));
    }
    printf("\ntransports: legacy modern\nrings:\n");
    for (unsigned i = 0; i < ring_variant_count; i++) {
        printf("  %-34s%s\n", ring_variants[i].name,
               ring_variants[i].transports == MODEL_T_MODERN ? "modern only" : "");
    }
    for (unsigned d = 0; d < sweep_device_count; d++) {
        printf("scenarios of %s:\n", device_at(d));
        for (unsigned i = 0; i < *sweep_devices[d]->num_scenarios; i++) {
            printf("  %-22s %s\n", sweep_devices[d]->scenarios[i].name,
                   sweep_devices[d]->scenarios[i].what);
        }
    }
    printf("faults (variants; T once at the k-th opportunity, P from the k-th on):\n");
    for (unsigned i = 1; fault_at(i) != NULL; i++) {
        const struct model_fault_row *row = model_fault_row((enum model_fault_id)i);

        printf("  %-20s%2u %s%s %-7s%s\n      %s\n", row->id, row->variants,
               (row->modes & MODEL_MODE_TRANSIENT) != 0 ? "T" : "-",
               (row->modes & MODEL_MODE_PERSISTENT) != 0 ? "P" : "-",
               row->transports == MODEL_T_BOTH     ? ""
               : row->transports == MODEL_T_LEGACY ? "legacy"
                                                   : "modern",
               row->site, row->effect);
    }
}
