/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's keyboard, mouse and tablet: events come in by QMP, as from a window system. QEMU routes
 * them by the screen that they are meant for; with two devices of a kind each gets a screen of its
 * own. Every key is a report of its own there. LEDs end at a window system, which is not here:
 * nobody can say what they show.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "real_device.h"
#include "scn_input.h"

#define BOTH        .legacy = true, .modern = true
#define SCREENS     6u /* window of the first screen */
#define EVENTS_MAX  8u
#define REPORT_TEXT 1024u

/* Codes of evdev that QEMU has a name for. */
enum {
    KEY_LAST = 0x53, /* up to here the numbers of a PC keyboard and of evdev are the same */
    BTN_FIRST = 0x110,
    REL_WHEEL = 8,
};
static const char *const buttons[] = {"left", "right", "middle", "side", "extra"};
static const char *const axes[] = {"x", "y"};

static const struct real_variant variants[] = {
    {"split+event_idx+indirect", "as QEMU offers it", "", 0, BOTH, .plain = true},
    {"split", "neither event index nor indirect descriptors", "event_idx=off,indirect_desc=off", 0,
     BOTH},
    {"polled", "no interrupt connected", "", 0, BOTH, .polled = true},
    {"more-offered", "packed rings and IOMMU are offered, too", "packed=on,iommu_platform=on", 0,
     .modern = true},
};

struct state {
    struct scn_input_env env; /* first: the operations find the rest through it */
    struct virtio_input inputs[SCN_DEVICES_MAX];
    struct scn_input_track track[SCN_DEVICES_MAX];
    const struct real_spec *spec;
    struct real_machine *machine;
};

/* ---- events ---- */

/* Buffers that the device has and has not used: what is in the ring. A report for which there are
 * too few QEMU drops, and says so nowhere (DEV-INPUT-003). */
static unsigned room(struct virtio_input *in)
{
    const struct virtqueue *vq = &in->events.vq;

    if (!virtio_device_is_live(&in->dev) || vq->used == NULL) {
        return 0;
    }
    return (uint16_t)(vq->published - vq->used[1]);
}

/* Who runs the driver elsewhere has looked at the room before asking. */
static bool has_room(struct state *s, unsigned i, unsigned events)
{
    return !real_machine_driver_is_here(s->machine) || room(&s->inputs[i]) >= events;
}

/* One event as QMP wants it; false: QEMU cannot say this. */
static bool put_event(FILE *out, const struct virtio_input_event *e)
{
    int32_t value = (int32_t)e->value;

    if (e->type == VIRTIO_INPUT_EV_KEY && e->code <= KEY_LAST) {
        (void)fprintf(out,
                      "{\"type\":\"key\",\"data\":{\"down\":%s,\"key\":{\"type\":\"number\","
                      "\"data\":%u}}}",
                      value != 0 ? "true" : "false", e->code);
    } else if (e->type == VIRTIO_INPUT_EV_KEY && e->code >= BTN_FIRST &&
               (size_t)e->code - BTN_FIRST < sizeof(buttons) / sizeof(buttons[0])) {
        (void)fprintf(out, "{\"type\":\"btn\",\"data\":{\"down\":%s,\"button\":\"%s\"}}",
                      value != 0 ? "true" : "false", buttons[e->code - BTN_FIRST]);
    } else if (e->type == VIRTIO_INPUT_EV_REL && e->code == REL_WHEEL &&
               (value == 1 || value == -1)) {
        (void)fprintf(out, "{\"type\":\"btn\",\"data\":{\"down\":true,\"button\":\"wheel-%s\"}}",
                      value > 0 ? "up" : "down");
    } else if ((e->type == VIRTIO_INPUT_EV_REL || e->type == VIRTIO_INPUT_EV_ABS) &&
               e->code < sizeof(axes) / sizeof(axes[0])) {
        (void)fprintf(out, "{\"type\":\"%s\",\"data\":{\"axis\":\"%s\",\"value\":%" PRId32 "}}",
                      e->type == VIRTIO_INPUT_EV_REL ? "rel" : "abs", axes[e->code], value);
    } else {
        return false;
    }
    return true;
}

static bool report(struct scn_env *env, unsigned i, const struct virtio_input_event *events,
                   unsigned n)
{
    struct state *s = (struct state *)env->input;
    char text[REPORT_TEXT];
    char screen[32] = "";
    FILE *out;
    bool known = true;

    if (n > EVENTS_MAX || !has_room(s, i, n + 1u) ||
        (out = fmemopen(text, sizeof(text), "w")) == NULL) {
        return false;
    }
    for (unsigned e = 0; e < n && known; e++) {
        (void)fputs(e != 0 ? "," : "", out);
        known = put_event(out, &events[e]);
    }
    (void)fclose(out);
    if (env->count[SCN_INPUT] > 1u) {
        (void)snprintf(screen, sizeof(screen), "\"device\":\"screen%u\",\"head\":0,", i);
    }
    return known && real_machine_qmp(s->machine, NULL,
                                     "{\"execute\":\"input-send-event\",\"arguments\":{%s"
                                     "\"events\":[%s]}}",
                                     screen, text) == 0;
}

/* QEMU ends every report itself, and gives no word on LEDs and repeat settings. */
static const struct scn_input_ops ops = {.report = report};

/* ---- what the run asks for ---- */

static int create(void **state, struct scn_env *env, const struct real_spec *spec, const char *dir,
                  char *why, size_t why_size)
{
    struct state *s = calloc(1, sizeof(*s));

    (void)dir;
    if (s == NULL) {
        (void)snprintf(why, why_size, "no memory for a run");
        return -ENOMEM;
    }
    s->env = (struct scn_input_env){&ops, s->inputs, s->track};
    s->spec = spec;
    env->input = &s->env;
    *state = s;
    return 0;
}

static int args(void *state, struct qemu_args *out, unsigned i)
{
    static const char *const kinds[] = {
        [SCN_INPUT_KEYBOARD] = "keyboard",
        [SCN_INPUT_MOUSE] = "mouse",
        [SCN_INPUT_TABLET] = "tablet",
        [SCN_INPUT_TOUCH] = "multitouch",
    };
    const struct state *s = state;
    const struct scn_needs *needs = &real_spec_scenario(s->spec)->needs;
    const struct scn_input_needs *more = needs->more;
    char props[REAL_PROPS_MAX];
    char screen[32] = "";

    if (needs->devices > 1u) {
        qemu_args_add(out, "-device");
        qemu_args_add(out, "virtio-gpu-device,id=screen%u,bus=virtio-mmio-bus.%u", i, SCREENS + i);
        (void)snprintf(screen, sizeof(screen), ",display=screen%u,head=0", i);
    }
    qemu_args_add(out, "-device");
    qemu_args_add(out, "virtio-%s-device,bus=virtio-mmio-bus.%u%s%s%s%s",
                  kinds[scn_input_kind_of(needs)], i, screen,
                  more != NULL && more->serial != NULL ? ",serial=" : "",
                  more != NULL && more->serial != NULL ? more->serial : "",
                  real_variant_props(s->spec, props, sizeof(props)));
    return 0;
}

static int started(void *state, struct real_machine *m, char *why, size_t why_size)
{
    (void)why;
    (void)why_size;
    ((struct state *)state)->machine = m;
    return 0;
}

const struct real_device real_input = {
    .name = "input",
    .type = SCN_INPUT,
    .scenarios = scn_input_scenarios,
    .num_scenarios = &scn_input_count,
    .variants = variants,
    .num_variants = sizeof(variants) / sizeof(variants[0]),
    .create = create,
    .args = args,
    .started = started,
    .recover = scn_input_recover,
    .destroy = free,
};
