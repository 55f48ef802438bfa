/* SPDX-License-Identifier: Apache-2.0 */
/* The console in the sweep: ports whose other side the scenarios feed and drain. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scn_console.h"
#include "sweep_device.h"
#include "virtio_model/model_console.h"

struct dev_console {
    struct scn_console_env env; /* first: the scenarios' calls find the rest by it */
    struct model_console *models[SCN_DEVICES_MAX];
    struct scn_console_needs needs[SCN_DEVICES_MAX];
    struct virtio_console cons[SCN_DEVICES_MAX];
    struct scn_console_track track[SCN_DEVICES_MAX];
};

static struct model_console *model_of(struct scn_env *env, unsigned i)
{
    return ((struct dev_console *)env->console)->models[i];
}

/* ---- what happens at the other side ---- */

static int feed(struct scn_env *env, unsigned i, unsigned port, const void *bytes, uint32_t len)
{
    return model_console_feed(model_of(env, i), port, bytes, len);
}

static int take(struct scn_env *env, unsigned i, unsigned port, void *bytes, uint32_t len)
{
    return model_console_take(model_of(env, i), port, bytes, len);
}

static void drop(struct scn_env *env, unsigned i, unsigned port)
{
    model_console_drop(model_of(env, i), port);
}

static void set_open(struct scn_env *env, unsigned i, unsigned port, bool open)
{
    model_console_set_open(model_of(env, i), port, open);
}

static void resize(struct scn_env *env, unsigned i, unsigned port, uint16_t cols, uint16_t rows)
{
    model_console_resize(model_of(env, i), port, cols, rows);
}

static int add_port(struct scn_env *env, unsigned i, unsigned port, const char *name, bool console)
{
    return model_console_add_port(model_of(env, i), port, name, console);
}

static int remove_port(struct scn_env *env, unsigned i, unsigned port)
{
    return model_console_remove_port(model_of(env, i), port);
}

static void hold_transmit(struct scn_env *env, unsigned i, bool hold)
{
    model_console_hold_transmit(model_of(env, i), hold);
}

static void put_le(uint8_t *at, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8u * i));
    }
}

static int control(struct scn_env *env, unsigned i, uint32_t id, uint16_t event, uint16_t value,
                   const void *extra, uint32_t extra_len, uint32_t cut)
{
    uint8_t header[8];
    int ret;

    if (cut == 0) {
        ret = model_console_control(model_of(env, i), id, event, value, extra, extra_len);
    } else {
        put_le(header, id, 4);
        put_le(header + 4, event, 2);
        put_le(header + 6, value, 2);
        ret = model_console_control_raw(model_of(env, i), header, cut < 8u ? cut : 8u);
    }
    return ret == -ENOBUFS ? -EAGAIN : ret;
}

static uint32_t emergency(struct scn_env *env, unsigned i, char *buf, uint32_t size)
{
    return (uint32_t)model_console_emergency(model_of(env, i), buf, size);
}

static const struct scn_console_ops console_ops = {
    .feed = feed,
    .take = take,
    .drop = drop,
    .set_open = set_open,
    .resize = resize,
    .add_port = add_port,
    .remove_port = remove_port,
    .hold_transmit = hold_transmit,
    .control = control,
    .emergency = emergency,
};

/* ---- what the sweep asks for ---- */

static int create(void **state)
{
    struct dev_console *d = calloc(1, sizeof(*d));

    if (d == NULL) {
        return -ENOMEM;
    }
    d->env.ops = &console_ops;
    d->env.cons = d->cons;
    d->env.track = d->track;
    *state = d;
    return 0;
}

static void destroy(void *state)
{
    free(state);
}

static int add(void *state, struct scn_env *env, struct model_board *board,
               const struct model_device_config *dev, const struct scenario *sc, unsigned i,
               unsigned slot)
{
    static const struct scn_console_needs defaults = {.max_nr_ports = 4, .ports = 1};
    struct dev_console *d = state;
    struct model_console_config cfg = {
        .dev = *dev, .cols = SCN_CONSOLE_COLS, .rows = SCN_CONSOLE_ROWS};

    d->needs[i] =
        sc->needs.more != NULL ? *(const struct scn_console_needs *)sc->needs.more : defaults;
    cfg.max_nr_ports = d->needs[i].max_nr_ports;
    cfg.ports = d->needs[i].ports;
    for (unsigned p = 0; p < SCN_CONSOLE_PORTS; p++) {
        cfg.console[p] = (d->needs[i].consoles >> p & 1u) != 0;
        cfg.name[p] = d->needs[i].names[p];
    }
    memset(&d->cons[i], 0, sizeof(d->cons[i]));
    memset(&d->track[i], 0, sizeof(d->track[i]));
    env->console = &d->env;
    return model_console_add(board, slot, &cfg, &d->models[i]);
}

/* The ports as they were in the beginning, with nothing on its way. */
static void calm(void *state, unsigned i)
{
    struct dev_console *d = state;
    const struct scn_console_needs *needs = &d->needs[i];

    model_console_hold_transmit(d->models[i], false);
    for (unsigned p = 0; p < SCN_CONSOLE_PORTS; p++) {
        if ((needs->ports >> p & 1u) != 0) {
            (void)model_console_add_port(d->models[i], p, needs->names[p],
                                         (needs->consoles >> p & 1u) != 0);
            model_console_set_open(d->models[i], p, true);
        }
    }
}

const struct sweep_device sweep_console = {
    .name = "console",
    .type = SCN_CONSOLE,
    .area = MODEL_AREA_CON,
    .scenarios = scn_console_scenarios,
    .num_scenarios = &scn_console_count,
    .features = VIRTIO_CONSOLE_F_SIZE | VIRTIO_CONSOLE_F_EMERG_WRITE | VIRTIO_F_ACCESS_PLATFORM |
                VIRTIO_F_ORDER_PLATFORM,
    .hostile_variants = 12, /* cols, rows, max_nr_ports */
    .queue_num_max = 8,
    .create = create,
    .destroy = destroy,
    .add = add,
    .calm = calm,
    .recover = scn_console_recover,
};
