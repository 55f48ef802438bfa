/* SPDX-License-Identifier: Apache-2.0 */
/* See real_plan.h. */
#include "real_device.h"

#include <errno.h>
#include <inttypes.h>

const struct real_variant *real_spec_variant(const struct real_spec *spec)
{
    return &real_devices[spec->device]->variants[spec->variant];
}

const struct scenario *real_spec_scenario(const struct real_spec *spec)
{
    return &real_devices[spec->device]->scenarios[spec->scenario];
}

static const char *const transports[] = {"legacy", "modern"};

static const char *transport_at(unsigned i)
{
    return i < 2u ? transports[i] : NULL;
}

static const char *device_at(unsigned i)
{
    return i < real_device_count ? real_devices[i]->name : NULL;
}

/* The variants of all devices, one after the other. */
static const char *variant_at(unsigned i)
{
    for (unsigned d = 0; d < real_device_count; d++) {
        if (i < real_devices[d]->num_variants) {
            return real_devices[d]->variants[i].name;
        }
        i -= real_devices[d]->num_variants;
    }
    return NULL;
}

static bool on_qemu(const struct scenario *sc)
{
    return (sc->flags & SCN_NO_QEMU) == 0;
}

/* The scenarios of all devices; "" stands for one that QEMU cannot play. */
static const char *scenario_at(unsigned i)
{
    for (unsigned d = 0; d < real_device_count; d++) {
        if (i < *real_devices[d]->num_scenarios) {
            return on_qemu(&real_devices[d]->scenarios[i]) ? real_devices[d]->scenarios[i].name
                                                           : "";
        }
        i -= *real_devices[d]->num_scenarios;
    }
    return NULL;
}

/* ---- ids ---- */

void real_id_format(const struct real_spec *spec, char *buf, size_t size)
{
    (void)snprintf(buf, size, "%s:%s:%s:%s", real_devices[spec->device]->name,
                   transports[spec->modern ? 1 : 0], real_spec_variant(spec)->name,
                   real_spec_scenario(spec)->name);
}

static bool part_is(const char *part, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(part, name, len) == 0;
}

static int refuse(const char *what, const char *part, size_t len, char *why, size_t why_size)
{
    (void)snprintf(why, why_size, "'%.*s' is not a %s, expected one that --list names", (int)len,
                   part, what);
    return -EINVAL;
}

static bool find_device(const char *part, size_t len, struct real_spec *spec)
{
    for (spec->device = 0; spec->device < real_device_count; spec->device++) {
        if (part_is(part, len, real_devices[spec->device]->name)) {
            return true;
        }
    }
    return false;
}

static bool find_variant(const char *part, size_t len, struct real_spec *spec)
{
    for (spec->variant = 0; spec->variant < real_devices[spec->device]->num_variants;
         spec->variant++) {
        if (part_is(part, len, real_spec_variant(spec)->name)) {
            return true;
        }
    }
    return false;
}

static bool find_scenario(const char *part, size_t len, struct real_spec *spec)
{
    for (spec->scenario = 0; spec->scenario < *real_devices[spec->device]->num_scenarios;
         spec->scenario++) {
        if (on_qemu(real_spec_scenario(spec)) &&
            part_is(part, len, real_spec_scenario(spec)->name)) {
            return true;
        }
    }
    return false;
}

int real_id_parse(const char *text, struct real_spec *spec, char *why, size_t why_size)
{
    const char *parts[4];
    size_t lens[4];
    const char *p = text;

    for (unsigned i = 0; i < 4u; i++) {
        parts[i] = p;
        lens[i] = strcspn(p, ":");
        if ((p[lens[i]] == ':') != (i < 3u)) {
            (void)snprintf(why, why_size,
                           "replay id '%s', expected DEVICE:TRANSPORT:VARIANT:SCENARIO", text);
            return -EINVAL;
        }
        p += lens[i] + (i < 3u ? 1u : 0u);
    }
    if (!find_device(parts[0], lens[0], spec)) {
        return refuse("device", parts[0], lens[0], why, why_size);
    }
    spec->modern = part_is(parts[1], lens[1], transports[1]);
    if (!spec->modern && !part_is(parts[1], lens[1], transports[0])) {
        return refuse("transport", parts[1], lens[1], why, why_size);
    }
    if (!find_variant(parts[2], lens[2], spec)) {
        return refuse("variant", parts[2], lens[2], why, why_size);
    }
    if (!find_scenario(parts[3], lens[3], spec)) {
        return refuse("scenario", parts[3], lens[3], why, why_size);
    }
    if (!(spec->modern ? real_spec_variant(spec)->modern : real_spec_variant(spec)->legacy)) {
        (void)snprintf(why, why_size, "variant %s is not one of transport %s",
                       real_spec_variant(spec)->name, transports[spec->modern ? 1 : 0]);
        return -EINVAL;
    }
    return 0;
}

/* ---- filters ---- */

static bool token_matches(const char *token, size_t len, const char *name)
{
    if (len != 0 && token[len - 1u] == '*') {
        return name[0] != '\0' && strncmp(token, name, len - 1u) == 0;
    }
    return len != 0 && part_is(token, len, name);
}

static bool listed(const char *list, const char *name)
{
    for (const char *p = list; p != NULL;) {
        size_t len = strcspn(p, ",");

        if (token_matches(p, len, name)) {
            return true;
        }
        p = p[len] != '\0' ? p + len + 1u : NULL;
    }
    return list == NULL;
}

static int check_list(const char *option, const char *list, const char *(*at)(unsigned i),
                      char *why, size_t why_size)
{
    for (const char *p = list; p != NULL;) {
        size_t len = strcspn(p, ",");
        bool known = false;

        for (unsigned i = 0; at(i) != NULL; i++) {
            known = known || token_matches(p, len, at(i));
        }
        if (!known) {
            (void)snprintf(why, why_size, "--%s '%.*s', expected a name that --list shows", option,
                           (int)len, p);
            return -EINVAL;
        }
        p = p[len] != '\0' ? p + len + 1u : NULL;
    }
    return 0;
}

int real_filter_check(const struct real_filter *filter, char *why, size_t why_size)
{
    struct real_spec spec;
    int ret = check_list("device", filter->device, device_at, why, why_size);

    ret = ret != 0 ? ret : check_list("transport", filter->transport, transport_at, why, why_size);
    ret = ret != 0 ? ret : check_list("variant", filter->variant, variant_at, why, why_size);
    ret = ret != 0 ? ret : check_list("scenario", filter->scenario, scenario_at, why, why_size);
    if (ret == 0 && !real_plan_first(filter, &spec)) {
        (void)snprintf(why, why_size,
                       "the filters together select nothing, expected at least one run");
        ret = -EINVAL;
    }
    return ret;
}

bool real_device_selected(const struct real_filter *filter, const char *device)
{
    return listed(filter->device, device);
}

bool real_transport_selected(const struct real_filter *filter, bool modern)
{
    return listed(filter->transport, transports[modern ? 1 : 0]);
}

/* ---- the plan ---- */

static bool selected(const struct real_filter *f, const struct real_spec *spec)
{
    const struct real_variant *v = real_spec_variant(spec);
    const struct scenario *sc = real_spec_scenario(spec);
    bool here = spec->modern ? v->modern : v->legacy;
    bool named = f->scenario != NULL && (v->plain || f->variant != NULL);
    bool sensible =
        ((sc->flags & SCN_LONG) == 0 || named) && ((sc->flags & SCN_INTERRUPTS) == 0 || !v->polled);

    return on_qemu(sc) && listed(f->device, real_devices[spec->device]->name) && here && sensible &&
           (sc->needs.features & v->without) == 0 && real_transport_selected(f, spec->modern) &&
           listed(f->variant, v->name) && listed(f->scenario, sc->name);
}

/* Counts through device, transport, variant, scenario; false at the end. */
static bool step(struct real_spec *spec)
{
    if (++spec->scenario < *real_devices[spec->device]->num_scenarios) {
        return true;
    }
    spec->scenario = 0;
    if (++spec->variant < real_devices[spec->device]->num_variants) {
        return true;
    }
    spec->variant = 0;
    spec->modern = !spec->modern;
    return spec->modern || ++spec->device < real_device_count;
}

bool real_plan_next(const struct real_filter *filter, struct real_spec *spec)
{
    while (step(spec)) {
        if (selected(filter, spec)) {
            return true;
        }
    }
    return false;
}

bool real_plan_first(const struct real_filter *filter, struct real_spec *spec)
{
    *spec = (struct real_spec){0};
    return selected(filter, spec) || real_plan_next(filter, spec);
}

static void list_device(FILE *out, const struct real_device *device)
{
    (void)fprintf(out, "variants of %s:\n", device->name);
    for (unsigned i = 0; i < device->num_variants; i++) {
        const struct real_variant *v = &device->variants[i];

        (void)fprintf(out, "  %-26s%s%s\n", v->name, v->what,
                      !v->modern   ? " (legacy only)"
                      : !v->legacy ? " (modern only)"
                                   : "");
    }
    (void)fprintf(out, "scenarios of %s:\n", device->name);
    for (unsigned i = 0; i < *device->num_scenarios; i++) {
        const struct scenario *sc = &device->scenarios[i];

        if (on_qemu(sc)) {
            (void)fprintf(out, "  %-26s%s%s\n", sc->name, sc->what,
                          (sc->flags & SCN_LONG) != 0 ? " (long: only when named)" : "");
        }
    }
}

void real_plan_list(FILE *out)
{
    (void)fprintf(out, "transports:\n  legacy\n  modern\n");
    for (unsigned i = 0; i < real_device_count; i++) {
        list_device(out, real_devices[i]);
    }
}
