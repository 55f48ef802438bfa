/* SPDX-License-Identifier: Apache-2.0 */
/* The input device on the board: creation, what its user does, the backlog, statistics. */
#include "input.h"

#include <errno.h>
#include <string.h>

#define DEFAULT_BACKLOG 64u
#define REPORT_MAX      8u /* events of a random report */

static void input_reset(struct model_device *dev)
{
    struct model_input *in = to_input(dev);

    in->first = in->waiting = in->odd_left = 0;
    in->queued = in->losing = in->preceded = in->misplaced = false;
    in->leds = 0;
    in->repeat[0] = in->repeat[1] = 0;
    in->select = in->subsel = 0;
    in->asked = 0;
    in->answered = in->size_read = false;
    in->size_shown = 0;
    input_answer(in);
}

static void input_refresh(struct model_device *dev)
{
    input_answer(to_input(dev));
}

static const struct device_ops input_ops = {
    .device_id = 18,
    .fields = input_fields,
    .n_fields = IF_COUNT,
    .config_len = INPUT_CONFIG_BYTES,
    .torn_field = IF_U,
    .torn_by = 1,
    .n_hostile = IF_COUNT,
    .reset = input_reset,
    .config_written = input_config_written,
    .taken = input_taken,
    .config_shown = input_config_shown,
    .config_was_read = input_config_was_read,
    .can_complete = input_can_complete,
    .queue_idle = input_queue_idle,
    .execute = input_execute,
    .refresh_config = input_refresh,
};

int model_input_add(struct model_board *board, unsigned slot, const struct model_input_config *cfg,
                    struct model_input **out)
{
    struct model_device *dev;

    if ((unsigned)cfg->kind > MODEL_INPUT_TOUCH || cfg->backlog > INPUT_BACKLOG_MAX)
        return -EINVAL;
    int err = device_add(board, slot, sizeof(struct model_input), &cfg->dev, &input_ops,
                         INPUT_QUEUES, &dev);
    if (err)
        return err;
    struct model_input *in = to_input(dev);
    in->cfg = *cfg;
    in->limit = cfg->backlog ? cfg->backlog : DEFAULT_BACKLOG;
    in->hold_status = false;
    memset(&in->stats, 0, sizeof(in->stats));
    input_reset(dev);
    if (out)
        *out = in;
    return 0;
}

struct model_device *model_input_device(struct model_input *in)
{
    return &in->dev;
}

/* ---- the user ---- */

static bool is_report_end(uint16_t type, uint16_t code)
{
    return type == EV_SYN && code == SYN_REPORT;
}

/* Whether there is room: the last place is kept for the end of a report. */
static bool has_room(const struct model_input *in, bool end)
{
    return in->waiting + (end ? 0u : 1u) < in->limit;
}

bool model_input_push(struct model_input *in, uint16_t type, uint16_t code, uint32_t value)
{
    const bool end = is_report_end(type, code);
    const bool lost = end ? in->losing && !in->queued : in->losing;

    in->stats.pushed++;
    if (end && fault(in->dev.board, MODEL_FAULT_INP_NO_SYN)) {
        in->queued = in->losing = false;
        return true;
    }
    if (lost || !has_room(in, end)) {
        in->stats.dropped++;
        in->losing = !end;
        if (end)
            in->queued = false;
        return false;
    }
    const unsigned at = (in->first + in->waiting) % INPUT_BACKLOG_MAX;
    in->backlog[at] = (struct input_event){type, code, value};
    in->waiting++;
    in->queued = !end;
    if (end)
        in->losing = false;
    return true;
}

/* A generator of its own, so that the same seed gives the same events in every run. */
static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

/* A report of the device's kind without its end; the number of events. */
static unsigned random_report(enum model_input_kind kind, uint64_t *state,
                              struct input_event report[REPORT_MAX])
{
    const uint32_t x = draw(state, INPUT_AXIS_MAX + 1), y = draw(state, INPUT_AXIS_MAX + 1);
    const uint32_t slot = draw(state, INPUT_LAST_SLOT + 1), down = draw(state, 2);
    const uint16_t button = (uint16_t)(BTN_LEFT + draw(state, BTN_MIDDLE - BTN_LEFT + 1));
    const uint16_t key =
        (uint16_t)(INPUT_KEYS_FROM + draw(state, INPUT_KEYS_TO - INPUT_KEYS_FROM + 1));

    switch (kind) {
    case MODEL_INPUT_KEYBOARD:
        report[0] = (struct input_event){EV_KEY, key, down};
        return 1;
    case MODEL_INPUT_MOUSE:
        report[0] = (struct input_event){EV_REL, REL_X, x % 17 - 8};
        report[1] = (struct input_event){EV_REL, REL_Y, y % 17 - 8};
        report[2] = down ? (struct input_event){EV_KEY, button, slot & 1}
                         : (struct input_event){EV_REL, REL_WHEEL, slot & 1 ? 1u : UINT32_MAX};
        return 3;
    case MODEL_INPUT_TABLET:
        report[0] = (struct input_event){EV_ABS, ABS_X, x};
        report[1] = (struct input_event){EV_ABS, ABS_Y, y};
        report[2] = (struct input_event){EV_KEY, button, down};
        return 3;
    case MODEL_INPUT_TOUCH:
        break;
    }
    report[0] = (struct input_event){EV_ABS, ABS_MT_SLOT, slot};
    report[1] = (struct input_event){EV_ABS, ABS_MT_TRACKING_ID,
                                     down ? draw(state, INPUT_LAST_TRACK + 1) : UINT32_MAX};
    report[2] = (struct input_event){EV_ABS, ABS_MT_POSITION_X, x};
    report[3] = (struct input_event){EV_ABS, ABS_MT_POSITION_Y, y};
    report[4] = (struct input_event){EV_KEY, BTN_TOUCH, down};
    return 5;
}

unsigned model_input_push_random(struct model_input *in, uint64_t seed, unsigned count)
{
    struct input_event report[REPORT_MAX];
    uint64_t state = seed;
    unsigned taken = 0;

    while (count) {
        unsigned n = random_report(in->cfg.kind, &state, report);
        if (n > count - 1)
            n = count - 1;
        report[n++] = (struct input_event){EV_SYN, SYN_REPORT, 0};
        for (unsigned i = 0; i < n; i++)
            taken += model_input_push(in, report[i].type, report[i].code, report[i].value);
        count -= n;
    }
    return taken;
}

unsigned model_input_backlog(const struct model_input *in)
{
    return in->waiting;
}

void model_input_hold_status(struct model_input *in, bool hold)
{
    in->hold_status = hold;
}

bool model_input_led(const struct model_input *in, unsigned code)
{
    return code < INPUT_LEDS && (in->leds >> code & 1u) != 0;
}

uint32_t model_input_repeat(const struct model_input *in, unsigned code)
{
    return code <= REP_LAST ? in->repeat[code] : 0;
}

void model_input_stats(const struct model_input *in, struct model_input_stats *out)
{
    *out = in->stats;
}
