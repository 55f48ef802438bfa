/* SPDX-License-Identifier: Apache-2.0 */
/* Input scenarios: who the device is, what it tells; and the table of all of them. */
#include "input_scenarios.h"

#define EV_KEY VIRTIO_INPUT_EV_KEY
#define EV_REL VIRTIO_INPUT_EV_REL
#define EV_ABS VIRTIO_INPUT_EV_ABS
#define EV_LED VIRTIO_INPUT_EV_LED
/* Codes of evdev. */
enum {
    KEY_A = 30,
    KEY_ENTER = 28,
    BTN_LEFT = 0x110,
    BTN_RIGHT = 0x111,
    BTN_TOUCH = 0x14a,
    REL_X = 0,
    REL_Y = 1,
    REL_WHEEL = 8,
    ABS_X = 0,
    ABS_Y = 1,
    ABS_MT_SLOT = 0x2f,
    ABS_MT_POSITION_X = 0x35,
    ABS_MT_POSITION_Y = 0x36,
    ABS_MT_TRACKING_ID = 0x39,
    LED_NUML = 0,
    LED_CAPSL = 1,
    PROP_DIRECT = 1,
};

static int bring_up(struct scn_env *env)
{
    return scn_input_close(env, 0, scn_input_open(env, 0, NULL));
}

/* ---- identification ---- */

#define TYPE(type) (UINT32_C(1) << (type))

struct has {
    uint16_t type, code;
    bool yes;
};

/* A device that is not what was asked for is of no use: -EIO. Where it is known what the device
 * is, what the driver took for something else is wrong data; that it was not told is not. */
static int other(struct scn_env *env, bool told)
{
    if (told && env->input->ops->name != NULL) {
        env->data_errors++;
    }
    return -EIO;
}

static int check_has(struct scn_env *env, const struct has *list, unsigned n)
{
    int ret = 0;

    for (unsigned k = 0; k < n; k++) {
        bool has = virtio_input_has(scn_input(env, 0), list[k].type, list[k].code);

        if (has != list[k].yes) {
            ret = other(env, has);
        }
    }
    return ret;
}

static bool is_named(struct scn_env *env, const char *name)
{
    const char *known = env->input->ops->name != NULL ? env->input->ops->name(env, 0) : name;
    size_t n = 0;

    while (name[n] != '\0' && name[n] == known[n]) {
        n++;
    }
    return name[n] == known[n];
}

/* What every device says: a name, and which of `types` of events it knows. */
static int check_common(struct scn_env *env, uint32_t types)
{
    const struct virtio_input_info *info = virtio_input_get_info(scn_input(env, 0));

    for (const char *c = info->name; *c != '\0'; c++) {
        SCN_EXPECT(env, *c >= ' ' && *c <= '~');
    }
    if (info->name[0] != '\0' && !is_named(env, info->name)) {
        return other(env, true);
    }
    if ((info->ev_types & ~(types | TYPE(VIRTIO_INPUT_EV_SYN))) != 0) {
        (void)other(env, true); /* some devices have more than is looked for here */
    }
    return info->name[0] != '\0' && info->has_devids && (info->ev_types & 1u) != 0 ? 0 : -EIO;
}

static int check_axis(struct scn_env *env, uint16_t axis, int32_t max)
{
    const struct virtio_input_info *info = virtio_input_get_info(scn_input(env, 0));
    bool valid = (info->abs_valid >> axis & 1u) != 0;

    SCN_EXPECT(env, !valid || info->abs[axis].max >= info->abs[axis].min);
    if (!valid || info->abs[axis].min != 0 || (max != 0 && info->abs[axis].max != max)) {
        return other(env, valid);
    }
    return 0;
}

static int identify_keyboard(struct scn_env *env)
{
    static const struct has list[] = {
        {EV_KEY, KEY_A, true},           {EV_KEY, KEY_ENTER, true},
        {EV_LED, LED_NUML, true},        {EV_LED, LED_CAPSL, true},
        {EV_KEY, BTN_LEFT, false},       {EV_REL, REL_X, false},
        {EV_ABS, ABS_X, false},          {EV_KEY, 767, false},
        {EV_KEY, 0xffff, false},         {EV_LED, 0xffff, false},
        {VIRTIO_INPUT_EV_SYN, 0, false},
    };
    int ret = scn_input_open(env, 0, NULL);

    ret =
        ret != 0 ? ret : check_common(env, TYPE(EV_KEY) | TYPE(EV_LED) | TYPE(VIRTIO_INPUT_EV_REP));
    ret = ret != 0 ? ret : check_has(env, list, sizeof(list) / sizeof(list[0]));
    if (ret == 0 && (scn_input(env, 0)->info.ev_types >> VIRTIO_INPUT_EV_REP & 1u) == 0) {
        ret = -EIO;
    }
    return scn_input_close(env, 0, ret);
}

static int identify_mouse(struct scn_env *env)
{
    static const struct has list[] = {
        {EV_KEY, BTN_LEFT, true}, {EV_KEY, BTN_RIGHT, true}, {EV_REL, REL_X, true},
        {EV_REL, REL_Y, true},    {EV_REL, REL_WHEEL, true}, {EV_KEY, KEY_A, false},
        {EV_ABS, ABS_X, false},   {EV_LED, LED_NUML, false},
    };
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : check_common(env, TYPE(EV_KEY) | TYPE(EV_REL));
    ret = ret != 0 ? ret : check_has(env, list, sizeof(list) / sizeof(list[0]));
    return scn_input_close(env, 0, ret);
}

static int identify_tablet(struct scn_env *env)
{
    static const struct has list[] = {
        {EV_KEY, BTN_LEFT, true}, {EV_ABS, ABS_X, true},  {EV_ABS, ABS_Y, true},
        {EV_REL, REL_X, false},   {EV_KEY, KEY_A, false},
    };
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : check_common(env, TYPE(EV_KEY) | TYPE(EV_ABS));
    ret = ret != 0 ? ret : check_has(env, list, sizeof(list) / sizeof(list[0]));
    ret = ret != 0 ? ret : check_axis(env, ABS_X, 0x7fff);
    ret = ret != 0 ? ret : check_axis(env, ABS_Y, 0x7fff);
    return scn_input_close(env, 0, ret);
}

static int identify_touch(struct scn_env *env)
{
    static const struct has list[] = {
        {EV_KEY, BTN_TOUCH, true},          {EV_ABS, ABS_MT_SLOT, true},
        {EV_ABS, ABS_MT_TRACKING_ID, true}, {EV_ABS, ABS_MT_POSITION_X, true},
        {EV_ABS, ABS_MT_POSITION_Y, true},  {EV_REL, REL_X, false},
    };
    const struct virtio_input_info *info = virtio_input_get_info(scn_input(env, 0));
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : check_common(env, TYPE(EV_KEY) | TYPE(EV_ABS));
    ret = ret != 0 ? ret : check_has(env, list, sizeof(list) / sizeof(list[0]));
    ret = ret != 0 ? ret : check_axis(env, ABS_MT_SLOT, 0);
    ret = ret != 0 ? ret : check_axis(env, ABS_MT_POSITION_X, 0);
    if (ret == 0 && ((info->prop_bits[0] >> PROP_DIRECT & 1u) == 0 || info->serial[0] != '7')) {
        ret = other(env, info->serial[0] != '7' && info->serial[0] != '\0');
    }
    return scn_input_close(env, 0, ret);
}

/* ---- events ---- */

static int keys(struct scn_env *env)
{
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_input_key(env, 0, KEY_A, true);
    ret = ret != 0 ? ret : scn_input_key(env, 0, KEY_A, false);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    if (ret == 0 && !env->windows[env->first[SCN_INPUT]].polled) {
        SCN_EXPECT(env, env->input->track[0].ready_calls != 0);
    }
    return scn_input_close(env, 0, ret);
}

/* Motion in both directions, with a button in one report with it, and the wheel. */
static int motion(struct scn_env *env)
{
    const struct virtio_input_event click[] = {
        {EV_REL, REL_X, 5}, {EV_REL, REL_Y, (uint32_t)-7}, {EV_KEY, BTN_LEFT, 1}};
    const struct virtio_input_event wheel[] = {{EV_REL, REL_WHEEL, (uint32_t)-1}};
    const struct virtio_input_event release[] = {{EV_KEY, BTN_LEFT, 0}};
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_input_report(env, 0, click, 3);
    ret = ret != 0 ? ret : scn_input_report(env, 0, wheel, 1);
    ret = ret != 0 ? ret : scn_input_report(env, 0, release, 1);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

static int tablet(struct scn_env *env)
{
    const struct virtio_input_event corner[] = {{EV_ABS, ABS_X, 0x7fff}, {EV_ABS, ABS_Y, 0}};
    const struct virtio_input_event middle[] = {
        {EV_ABS, ABS_X, 0x4000}, {EV_ABS, ABS_Y, 0x4000}, {EV_KEY, BTN_LEFT, 1}};
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_input_report(env, 0, corner, 2);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    ret = ret != 0 ? ret : scn_input_report(env, 0, middle, 3);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

/* Two fingers come, move in one report, and leave one after the other. */
static int multi_touch(struct scn_env *env)
{
    const struct virtio_input_event first[] = {{EV_ABS, ABS_MT_SLOT, 0},
                                               {EV_ABS, ABS_MT_TRACKING_ID, 40},
                                               {EV_ABS, ABS_MT_POSITION_X, 100},
                                               {EV_ABS, ABS_MT_POSITION_Y, 200},
                                               {EV_KEY, BTN_TOUCH, 1}};
    const struct virtio_input_event second[] = {{EV_ABS, ABS_MT_SLOT, 1},
                                                {EV_ABS, ABS_MT_TRACKING_ID, 41},
                                                {EV_ABS, ABS_MT_POSITION_X, 300},
                                                {EV_ABS, ABS_MT_POSITION_Y, 400}};
    const struct virtio_input_event both[] = {{EV_ABS, ABS_MT_SLOT, 0},
                                              {EV_ABS, ABS_MT_POSITION_X, 110},
                                              {EV_ABS, ABS_MT_SLOT, 1},
                                              {EV_ABS, ABS_MT_POSITION_X, 290}};
    const struct virtio_input_event up_one[] = {{EV_ABS, ABS_MT_SLOT, 0},
                                                {EV_ABS, ABS_MT_TRACKING_ID, (uint32_t)-1}};
    const struct virtio_input_event up_all[] = {{EV_ABS, ABS_MT_SLOT, 1},
                                                {EV_ABS, ABS_MT_TRACKING_ID, (uint32_t)-1},
                                                {EV_KEY, BTN_TOUCH, 0}};
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_input_report(env, 0, first, 5);
    ret = ret != 0 ? ret : scn_input_report(env, 0, second, 4);
    ret = ret != 0 ? ret : scn_input_report(env, 0, both, 4);
    ret = ret != 0 ? ret : scn_input_report(env, 0, up_one, 2);
    ret = ret != 0 ? ret : scn_input_report(env, 0, up_all, 3);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

/* A seeded stream, read now and then, compared event for event. */
static int stream(struct scn_env *env, enum scn_input_kind kind, unsigned reports)
{
    uint32_t seed = 1u + kind;
    int ret = scn_input_open(env, 0, NULL);

    for (unsigned n = 0; n < reports && ret == 0; n++) {
        ret = scn_input_random(env, 0, kind, &seed);
        if (n % 8u == 7u && ret == 0) {
            ret = scn_input_wait(env, 0);
        }
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

static int stream_keys(struct scn_env *env)
{
    return stream(env, SCN_INPUT_KEYBOARD, 40);
}
static int stream_tablet(struct scn_env *env)
{
    return stream(env, SCN_INPUT_TABLET, 24);
}

/* One event at a time, while more keep coming: a report may be read in any number of pieces. */
static int interleaved(struct scn_env *env)
{
    uint32_t seed = 9;
    int ret = scn_input_open(env, 0, NULL);

    for (unsigned n = 0; n < 12u && ret == 0; n++) {
        ret = scn_input_random(env, 0, SCN_INPUT_MOUSE, &seed);
        if (ret == 0) {
            scn_input_pass(env, 0, 20);
            scn_input_drain(env, 0, 1u + n % 3u);
        }
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

/* Every refusal that needs no device. */
static int bad_arguments(struct scn_env *env)
{
    struct virtio_input *in = scn_input(env, 0);
    struct virtio_input_event event;
    int ret = scn_input_open(env, 0, NULL);

    if (ret == 0) {
        SCN_EXPECT(env, virtio_input_read(in, &event, 0) == -EINVAL);
        SCN_EXPECT(env, virtio_input_read(in, NULL, 1) == -EINVAL);
        SCN_EXPECT(env, virtio_input_send(in, EV_KEY, KEY_A, 1) != 0);
        SCN_EXPECT(env, virtio_input_send(in, 0xffff, 0, 1) != 0);
        SCN_EXPECT(env, virtio_input_set_led(in, 0xffff, true) != 0);
        SCN_EXPECT(env, virtio_input_has(in, EV_LED, 9) || virtio_input_set_led(in, 9, true) != 0);
        SCN_EXPECT(env,
                   virtio_input_probe(in, &env->windows[env->first[SCN_INPUT]], NULL) == -EINVAL);
        SCN_EXPECT(env, virtio_input_outstanding(in) == 0);
        ret = scn_input_key(env, 0, KEY_A, true);
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

static const struct scn_input_needs mouse_needs = {.kind = SCN_INPUT_MOUSE};
static const struct scn_input_needs tablet_needs = {.kind = SCN_INPUT_TABLET};
static const struct scn_input_needs touch_needs = {.kind = SCN_INPUT_TOUCH, .serial = "7-42"};

#define SCENARIO(nm, fn, wh, fl, ...)                                                              \
    {                                                                                              \
        .device = "input", .name = nm, .what = wh, .flags = fl, .needs = {__VA_ARGS__}, .run = fn  \
    }

const struct scenario scn_input_scenarios[] = {
    SCENARIO("bring-up", bring_up, "probe and remove", 0, .devices = 1),
    SCENARIO("identify", identify_keyboard, "all config items of a keyboard", 0, .devices = 1),
    SCENARIO("identify-mouse", identify_mouse, "all config items of a mouse", 0,
             .more = &mouse_needs),
    SCENARIO("identify-tablet", identify_tablet, "all config items of a tablet", 0,
             .more = &tablet_needs),
    SCENARIO("identify-touch", identify_touch, "all config items of a touch screen", SCN_NO_QEMU,
             .more = &touch_needs),
    SCENARIO("keys", keys, "a key goes down and up", SCN_WRAP, .devices = 1),
    SCENARIO("motion", motion, "mouse motion, button and wheel", 0, .more = &mouse_needs),
    SCENARIO("tablet", tablet, "absolute position and button", 0, .more = &tablet_needs),
    SCENARIO("multi-touch", multi_touch, "two fingers in slots", SCN_NO_QEMU, .more = &touch_needs),
    SCENARIO("stream", stream_keys, "a seeded stream of keys, event for event", 0, .devices = 1),
    SCENARIO("stream-tablet", stream_tablet, "a seeded stream of positions", 0,
             .more = &tablet_needs),
    SCENARIO("interleaved", interleaved, "reading in pieces while events come", 0,
             .more = &mouse_needs),
    SCENARIO("bad-arguments", bad_arguments, "everything that the driver must refuse", 0,
             .devices = 1),
    SCENARIO("polled", keys, "no interrupt connected", 0, .polled = true),
    SCENARIO("small-ring", scn_run_input_small_ring, "a ring of 4, taken around several times",
             SCN_WRAP, .queue_num_max = 4),
    SCENARIO("storm", scn_run_input_storm, "more events than buffers", 0, .queue_num_max = 8),
    /* QEMU ends the report behind every key. */
    SCENARIO("overflow", scn_run_input_overflow, "a reader that sleeps gets SYN_DROPPED",
             SCN_NO_QEMU | SCN_LONG, .devices = 1),
    SCENARIO("no-syn", scn_run_input_no_syn, "a report that does not end", SCN_NO_QEMU | SCN_LONG,
             .devices = 1),
    SCENARIO("strict", scn_run_input_strict, "events that were not announced",
             SCN_NO_QEMU | SCN_MAY_MISS, .devices = 1),
    SCENARIO("wake-up", scn_run_input_wake_up, "nobody polls: interrupts alone bring events",
             SCN_INTERRUPTS, .devices = 1),
    SCENARIO("leds", scn_run_input_leds, "LEDs on and off", 0, .devices = 1),
    SCENARIO("repeat", scn_run_input_repeat, "repeat delay and period", 0, .devices = 1),
    SCENARIO("led-burst", scn_run_input_led_burst, "more status events than buffers", SCN_WRAP,
             .queue_num_max = 4),
    SCENARIO("status-stuck", scn_run_input_status_stuck, "the device does not take status events",
             SCN_NO_QEMU | SCN_MAY_MISS, .devices = 1),
    SCENARIO("two", scn_run_input_two, "two devices side by side, no cross-talk", 0, .devices = 2),
    SCENARIO("callback-rules", scn_run_input_callback_rules, "a callback may not reset or remove",
             0, .devices = 1),
    SCENARIO("reset-busy", scn_run_input_reset_busy, "reset with events and LEDs in flight",
             SCN_MAY_MISS, .devices = 1),
    SCENARIO("remove-busy", scn_run_input_remove_busy, "remove with events and LEDs in flight",
             SCN_MAY_MISS, .devices = 1),
    SCENARIO("wrap", scn_run_input_wrap, "more than 65536 events: every index wraps", SCN_LONG,
             .queue_num_max = 16),
};
const unsigned scn_input_count = sizeof(scn_input_scenarios) / sizeof(scn_input_scenarios[0]);
