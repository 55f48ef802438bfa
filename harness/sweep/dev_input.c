/* SPDX-License-Identifier: Apache-2.0 */
/* The input device in the sweep: whatever happens at it is accounted for event by event. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scn_input.h"
#include "sweep_device.h"
#include "virtio_model/model_input.h"

#define BACKLOG 64u /* events that the device keeps for a driver without buffers */

struct dev_input {
    struct scn_input_env env; /* first: the operations find the rest through it */
    struct model_input *models[SCN_DEVICES_MAX];
    enum scn_input_kind kinds[SCN_DEVICES_MAX];
    struct virtio_input inputs[SCN_DEVICES_MAX];
    struct scn_input_track track[SCN_DEVICES_MAX];
};

static struct model_input *model_of(struct scn_env *env, unsigned i)
{
    return ((struct dev_input *)env->input)->models[i];
}

/* ---- what happens at the device ---- */

static bool push(struct scn_env *env, unsigned i, uint16_t type, uint16_t code, uint32_t value)
{
    return model_input_push(model_of(env, i), type, code, value);
}

/* Only when all of it fits: a device drops whole reports (DEV-INPUT-003). */
static bool report(struct scn_env *env, unsigned i, const struct virtio_input_event *events,
                   unsigned n)
{
    struct dev_input *d = (struct dev_input *)env->input;

    if (model_input_backlog(d->models[i]) + n + 1u > BACKLOG) {
        return false;
    }
    for (unsigned e = 0; e < n; e++) {
        if (!push(env, i, events[e].type, events[e].code, events[e].value)) {
            return false;
        }
    }
    return push(env, i, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
}

static void hold_status(struct scn_env *env, unsigned i, bool hold)
{
    model_input_hold_status(model_of(env, i), hold);
}

static bool led(struct scn_env *env, unsigned i, uint16_t code)
{
    return model_input_led(model_of(env, i), code);
}

static uint32_t repeat(struct scn_env *env, unsigned i, uint16_t code)
{
    return model_input_repeat(model_of(env, i), code);
}

static const char *const names[] = {
    [SCN_INPUT_KEYBOARD] = "model keyboard",
    [SCN_INPUT_MOUSE] = "model mouse",
    [SCN_INPUT_TABLET] = "model tablet",
    [SCN_INPUT_TOUCH] = "model touch screen",
};

static const char *name(struct scn_env *env, unsigned i)
{
    return names[((struct dev_input *)env->input)->kinds[i]];
}

static const struct scn_input_ops input_ops = {
    .report = report,
    .push = push,
    .hold_status = hold_status,
    .led = led,
    .repeat = repeat,
    .name = name,
};

/* ---- what the sweep asks for ---- */

static int create(void **state)
{
    struct dev_input *d = calloc(1, sizeof(*d));

    if (d == NULL) {
        return -ENOMEM;
    }
    d->env = (struct scn_input_env){&input_ops, d->inputs, d->track};
    *state = d;
    return 0;
}

static int add(void *state, struct scn_env *env, struct model_board *board,
               const struct model_device_config *dev, const struct scenario *sc, unsigned i,
               unsigned slot)
{
    static const enum model_input_kind kinds[] = {
        [SCN_INPUT_KEYBOARD] = MODEL_INPUT_KEYBOARD,
        [SCN_INPUT_MOUSE] = MODEL_INPUT_MOUSE,
        [SCN_INPUT_TABLET] = MODEL_INPUT_TABLET,
        [SCN_INPUT_TOUCH] = MODEL_INPUT_TOUCH,
    };
    const struct scn_input_needs *needs = sc->needs.more;
    struct dev_input *d = state;
    const struct model_input_config cfg = {
        .dev = *dev,
        .kind = kinds[scn_input_kind_of(&sc->needs)],
        .name = names[scn_input_kind_of(&sc->needs)],
        .serial = needs != NULL ? needs->serial : NULL,
        .backlog = BACKLOG,
    };

    memset(&d->inputs[i], 0, sizeof(d->inputs[i]));
    memset(&d->track[i], 0, sizeof(d->track[i]));
    d->kinds[i] = scn_input_kind_of(&sc->needs);
    env->input = &d->env;
    return model_input_add(board, slot, &cfg, &d->models[i]);
}

static void calm(void *state, unsigned i)
{
    model_input_hold_status(((struct dev_input *)state)->models[i], false);
}

const struct sweep_device sweep_input = {
    .name = "input",
    .type = SCN_INPUT,
    .area = MODEL_AREA_INP,
    .scenarios = scn_input_scenarios,
    .num_scenarios = &scn_input_count,
    .features = VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_ORDER_PLATFORM,
    .hostile_variants = 20,
    .queue_num_max = 16,
    .create = create,
    .destroy = free,
    .add = add,
    .calm = calm,
    .recover = scn_input_recover,
};
