/* SPDX-License-Identifier: Apache-2.0 */
/* See real_plan.h. */
#include "real_plan.h"

#include <errno.h>
#include <inttypes.h>

#define BOTH .legacy = true, .modern = true

const struct real_variant real_variants[] = {
    {"split+event_idx+indirect", "as QEMU offers it", "", 0, BOTH, .plain = true},
    {"split+event_idx", "no indirect descriptors", "indirect_desc=off", 0, BOTH},
    {"split+indirect", "no event index", "event_idx=off", 0, BOTH},
    {"split", "neither of the two", "event_idx=off,indirect_desc=off", 0, BOTH},
    {"polled", "no interrupt connected", "", 0, BOTH, .polled = true},
    {"write-through", "no write cache", "write-cache=off", 0, BOTH},
    {"fixed-cache", "the cache mode cannot be set", "config-wce=off", VIRTIO_BLK_F_CONFIG_WCE,
     BOTH},
    {"more-offered", "packed rings and IOMMU are offered, too", "packed=on,iommu_platform=on", 0,
     .modern = true},
};
const unsigned real_variant_count = sizeof(real_variants) / sizeof(real_variants[0]);

static const char *const transports[] = {"legacy", "modern"};

static const char *transport_at(unsigned i)
{
    return i < 2u ? transports[i] : NULL;
}

static const char *variant_at(unsigned i)
{
    return i < real_variant_count ? real_variants[i].name : NULL;
}

static bool on_qemu(unsigned i)
{
    return (scn_blk_scenarios[i].flags & SCN_NO_QEMU) == 0;
}

/* "" stands for one that QEMU cannot play, so that the indices stay those of the table. */
static const char *scenario_at(unsigned i)
{
    if (i >= scn_blk_count) {
        return NULL;
    }
    return on_qemu(i) ? scn_blk_scenarios[i].name : "";
}

/* ---- ids ---- */

void real_id_format(const struct real_spec *spec, char *buf, size_t size)
{
    (void)snprintf(buf, size, "blk:%s:%s:%s", transports[spec->modern ? 1 : 0],
                   real_variants[spec->variant].name, scn_blk_scenarios[spec->scenario].name);
}

static bool part_is(const char *part, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(part, name, len) == 0;
}

/* The index of the name that the part of the id is; false, and `why`, when there is none. */
static bool find(const char *what, const char *part, size_t len, const char *(*at)(unsigned i),
                 unsigned *index, char *why, size_t why_size)
{
    for (unsigned i = 0; at(i) != NULL; i++) {
        if (len != 0 && part_is(part, len, at(i))) {
            *index = i;
            return true;
        }
    }
    (void)snprintf(why, why_size, "'%.*s' is not a %s, expected one that --list names", (int)len,
                   part, what);
    return false;
}

int real_id_parse(const char *text, struct real_spec *spec, char *why, size_t why_size)
{
    const char *parts[4];
    size_t lens[4];
    unsigned transport;
    const char *p = text;

    for (unsigned i = 0; i < 4u; i++) {
        parts[i] = p;
        lens[i] = strcspn(p, ":");
        if ((p[lens[i]] == ':') != (i < 3u)) {
            (void)snprintf(why, why_size, "replay id '%s', expected blk:TRANSPORT:VARIANT:SCENARIO",
                           text);
            return -EINVAL;
        }
        p += lens[i] + (i < 3u ? 1u : 0u);
    }
    if (!part_is(parts[0], lens[0], "blk")) {
        (void)snprintf(why, why_size, "replay id '%s': device '%.*s', expected blk", text,
                       (int)lens[0], parts[0]);
        return -EINVAL;
    }
    if (!find("transport", parts[1], lens[1], transport_at, &transport, why, why_size) ||
        !find("variant", parts[2], lens[2], variant_at, &spec->variant, why, why_size) ||
        !find("scenario", parts[3], lens[3], scenario_at, &spec->scenario, why, why_size)) {
        return -EINVAL;
    }
    spec->modern = transport == 1u;
    if (!(spec->modern ? real_variants[spec->variant].modern
                       : real_variants[spec->variant].legacy)) {
        (void)snprintf(why, why_size, "variant %s is not one of transport %s",
                       real_variants[spec->variant].name, transports[transport]);
        return -EINVAL;
    }
    return 0;
}

/* ---- the device ---- */

/* The scenario's needs and the variant as properties of the virtio-blk device. DISCARD,
 * WRITE_ZEROES, FLUSH, CONFIG_WCE and BLK_SIZE are on without being asked for. */
void real_device_props(const struct real_spec *spec, char *props, size_t size)
{
    const struct scn_needs *needs = &scn_blk_scenarios[spec->scenario].needs;
    const struct real_variant *variant = &real_variants[spec->variant];
    FILE *out = fmemopen(props, size, "w");

    props[0] = '\0';
    if (out == NULL) {
        return;
    }
    (void)fprintf(out, "serial=rt-virtio");
    if (needs->blk_size != 0) {
        (void)fprintf(out, ",logical_block_size=%" PRIu32 ",physical_block_size=%" PRIu32,
                      needs->blk_size, needs->blk_size);
    }
    if (needs->num_queues != 0) {
        (void)fprintf(out, ",num-queues=%u", needs->num_queues);
    }
    /* QueueNumMax stays 1024 on virtio-mmio whatever is asked for; seg_max follows it. */
    if (needs->queue_num_max != 0) {
        (void)fprintf(out, ",queue-size=%u", needs->queue_num_max);
    }
    if (needs->max_erase_sectors != 0) {
        (void)fprintf(out, ",max-discard-sectors=%" PRIu32 ",max-write-zeroes-sectors=%" PRIu32,
                      needs->max_erase_sectors, needs->max_erase_sectors);
    }
    (void)fprintf(out, "%s%s", variant->props[0] != '\0' ? "," : "", variant->props);
    (void)fclose(out);
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
    int ret = check_list("transport", filter->transport, transport_at, why, why_size);

    ret = ret != 0 ? ret : check_list("variant", filter->variant, variant_at, why, why_size);
    ret = ret != 0 ? ret : check_list("scenario", filter->scenario, scenario_at, why, why_size);
    if (ret == 0 && !real_plan_first(filter, &spec)) {
        (void)snprintf(why, why_size,
                       "the filters together select nothing, expected at least one run");
        ret = -EINVAL;
    }
    return ret;
}

bool real_transport_selected(const struct real_filter *filter, bool modern)
{
    return listed(filter->transport, transports[modern ? 1 : 0]);
}

/* ---- the plan ---- */

static bool selected(const struct real_filter *f, const struct real_spec *spec)
{
    const struct real_variant *v = &real_variants[spec->variant];
    const struct scenario *sc = &scn_blk_scenarios[spec->scenario];
    bool here = spec->modern ? v->modern : v->legacy;
    bool named = f->scenario != NULL && (v->plain || f->variant != NULL);
    bool sensible = (sc->flags & SCN_LONG) == 0 || named;

    return on_qemu(spec->scenario) && here && sensible && (sc->needs.features & v->without) == 0 &&
           real_transport_selected(f, spec->modern) && listed(f->variant, v->name) &&
           listed(f->scenario, sc->name);
}

/* Counts through transport, variant, scenario; false at the end. */
static bool step(struct real_spec *spec)
{
    if (++spec->scenario < scn_blk_count) {
        return true;
    }
    spec->scenario = 0;
    if (++spec->variant < real_variant_count) {
        return true;
    }
    spec->variant = 0;
    spec->modern = !spec->modern;
    return spec->modern;
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

void real_plan_list(FILE *out)
{
    (void)fprintf(out, "transports:\n  legacy\n  modern\nvariants:\n");
    for (unsigned i = 0; i < real_variant_count; i++) {
        const struct real_variant *v = &real_variants[i];

        (void)fprintf(out, "  %-26s%s%s\n", v->name, v->what,
                      !v->modern   ? " (legacy only)"
                      : !v->legacy ? " (modern only)"
                                   : "");
    }
    (void)fprintf(out, "scenarios:\n");
    for (unsigned i = 0; i < scn_blk_count; i++) {
        if (on_qemu(i)) {
            (void)fprintf(
                out, "  %-26s%s%s\n", scn_blk_scenarios[i].name, scn_blk_scenarios[i].what,
                (scn_blk_scenarios[i].flags & SCN_LONG) != 0 ? " (long: only when named)" : "");
        }
    }
}
