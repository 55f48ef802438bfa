/* SPDX-License-Identifier: Apache-2.0 */
/* See scn_input.h. */
#include "scn_input.h"
#include "scn_buffers.h"

#define MASK         (SCN_INPUT_EXPECTED - 1u)
#define PUSH_TRIES   100u
#define QUIET_PASSES 4u /* of a millisecond */

static const struct virtio_input_event syn_report = {VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT,
                                                     0};

struct virtio_input *scn_input(struct scn_env *env, unsigned i)
{
    return &env->input->inputs[i];
}

enum scn_input_kind scn_input_kind_of(const struct scn_needs *needs)
{
    const struct scn_input_needs *more = needs->more;

    return more != NULL ? more->kind : SCN_INPUT_KEYBOARD;
}

/* ---- opening and closing ---- */

static bool input_irq(void *arg)
{
    return virtio_input_interrupt(arg);
}

static void ready(struct virtio_input *in)
{
    struct scn_env *env = in->params.cookie;
    unsigned i = (unsigned)(in - env->input->inputs);

    env->input->track[i].ready_calls++;
    scn_input_play_ready(env, i);
}

static bool is_text(const char *s, size_t size)
{
    size_t n = 0;

    while (n < size && s[n] >= ' ' && s[n] <= '~') {
        n++;
    }
    return n < size && s[n] == '\0';
}

/* Whatever the device says of itself: strings end, and what was not told is zero. */
static void check_info(struct scn_env *env, const struct virtio_input_info *info)
{
    static const struct virtio_input_absinfo none;

    SCN_EXPECT(env, is_text(info->name, sizeof(info->name)));
    SCN_EXPECT(env, is_text(info->serial, sizeof(info->serial)));
    for (unsigned axis = 0; axis <= VIRTIO_INPUT_ABS_MAX; axis++) {
        SCN_EXPECT(env, (info->abs_valid >> axis & 1u) != 0 ||
                            memcmp(&info->abs[axis], &none, sizeof(none)) == 0);
    }
}

int scn_input_open(struct scn_env *env, unsigned i, const struct virtio_input_params *params)
{
    struct virtio_input *in = scn_input(env, i);
    struct virtio_input_params p = {0};
    unsigned window = env->first[SCN_INPUT] + i;
    int ret;

    if (params != NULL) {
        p = *params;
    }
    p.features_off |= env->features_off;
    if (p.ready == NULL) {
        p.ready = ready;
        p.cookie = env;
    }
    scn_input_forget(env, i);
    env->input->track[i].missing = 0;
    env->input->track[i].marks = 0;
    /* Connected first: an early interrupt must find a handler that can stand it. */
    if (!env->windows[window].polled) {
        env->ops->irq(env, window, input_irq, in);
    }
    ret = virtio_input_probe(in, &env->windows[window], &p);
    if (ret != 0) {
        /* Nothing is held, unless the device could not be made to let go of it. */
        SCN_EXPECT(env,
                   in->dev.state == VIRTIO_STATE_ABSENT || in->dev.state == VIRTIO_STATE_BROKEN);
    }
    if (ret == 0) {
        check_info(env, virtio_input_get_info(in));
    }
    return ret != 0 ? ret : scn_input_play_after_open(env, i);
}

int scn_input_close(struct scn_env *env, unsigned i, int ret)
{
    int removed;

    ret = ret != 0 ? ret : scn_input_play_before_close(env, i);
    if (ret != 0 && env->keep_on_error) {
        return ret;
    }
    SCN_EXPECT(env, !virtio_device_is_live(&scn_input(env, i)->dev) ||
                        scn_buffers_complete(&scn_input(env, i)->events, 0));
    removed = virtio_input_remove(scn_input(env, i), 0);
    if (removed == 0) {
        SCN_EXPECT(env, virtio_input_outstanding(scn_input(env, i)) == 0);
        env->ops->irq(env, env->first[SCN_INPUT] + i, NULL, NULL);
    }
    return ret != 0 ? ret : removed;
}

/* ---- what happens at the device ---- */

static void expect(struct scn_input_track *t, const struct virtio_input_event *event)
{
    t->expected[t->end++ & MASK] = *event;
}

void scn_input_pass(struct scn_env *env, unsigned i, uint64_t us)
{
    const volatile bool never_true = false;
    virtio_port_event_t never;

    if (virtio_port_event_init(&never) == 0) {
        (void)virtio_wait(&scn_input(env, i)->dev, &never, &never_true, us);
        virtio_port_event_deinit(&never);
    }
}

int scn_input_report(struct scn_env *env, unsigned i, const struct virtio_input_event *events,
                     unsigned n)
{
    struct scn_input_track *t = &env->input->track[i];

    for (unsigned tries = 0; tries < PUSH_TRIES; tries++) {
        /* Expected before it happens: the interrupt may come before we are told that it has. */
        for (unsigned e = 0; e < n; e++) {
            expect(t, &events[e]);
        }
        expect(t, &syn_report);
        if (env->input->ops->report(env, i, events, n)) {
            return 0;
        }
        t->end -= n + 1u;
        if (t->pos - t->end <= n + 1u) {
            t->pos = t->end; /* a wrong report was taken for this one */
        }
        if (!virtio_device_is_live(&scn_input(env, i)->dev)) {
            return -EIO;
        }
        scn_input_pass(env, i, 200);
    }
    return -ETIMEDOUT;
}

int scn_input_key(struct scn_env *env, unsigned i, uint16_t code, bool down)
{
    const struct virtio_input_event event = {VIRTIO_INPUT_EV_KEY, code, down ? 1u : 0u};

    return scn_input_report(env, i, &event, 1);
}

int scn_input_push(struct scn_env *env, unsigned i, uint16_t type, uint16_t code, uint32_t value)
{
    const struct virtio_input_event event = {type, code, value};

    for (unsigned tries = 0; tries < PUSH_TRIES; tries++) {
        if (env->input->ops->push(env, i, type, code, value)) {
            expect(&env->input->track[i], &event);
            return 0;
        }
        if (!virtio_device_is_live(&scn_input(env, i)->dev)) {
            return -EIO;
        }
        scn_input_pass(env, i, 200);
    }
    return -ETIMEDOUT;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

int scn_input_random(struct scn_env *env, unsigned i, enum scn_input_kind kind, uint32_t *seed)
{
    struct virtio_input_event e[4];
    unsigned n = 0;

    switch (kind) {
    case SCN_INPUT_KEYBOARD:
        e[n++] = (struct virtio_input_event){
            VIRTIO_INPUT_EV_KEY, (uint16_t)(2u + next_random(seed) % 52u), next_random(seed) & 1u};
        break;
    case SCN_INPUT_MOUSE:
        e[n++] = (struct virtio_input_event){VIRTIO_INPUT_EV_REL, 0, next_random(seed) % 500u + 1u};
        e[n++] = (struct virtio_input_event){VIRTIO_INPUT_EV_REL, 1,
                                             0u - (next_random(seed) % 500u + 1u)};
        break;
    case SCN_INPUT_TABLET:
        e[n++] = (struct virtio_input_event){VIRTIO_INPUT_EV_ABS, 0, next_random(seed) & 0x7fffu};
        e[n++] = (struct virtio_input_event){VIRTIO_INPUT_EV_ABS, 1, next_random(seed) & 0x7fffu};
        break;
    case SCN_INPUT_TOUCH:
        e[n++] = (struct virtio_input_event){VIRTIO_INPUT_EV_ABS, 0x2f, next_random(seed) & 1u};
        e[n++] = (struct virtio_input_event){VIRTIO_INPUT_EV_ABS, 0x35, next_random(seed) & 0xfffu};
        e[n++] = (struct virtio_input_event){VIRTIO_INPUT_EV_ABS, 0x36, next_random(seed) & 0xfffu};
        break;
    }
    return scn_input_report(env, i, e, n);
}

/* ---- what the reader gets ---- */

static bool same(const struct virtio_input_event *a, const struct virtio_input_event *b)
{
    return a->type == b->type && a->code == b->code && a->value == b->value;
}

static bool ends_report(const struct virtio_input_event *e)
{
    return same(e, &syn_report);
}

/* The first position behind the report that starts at `at`. */
static uint32_t skip_report(const struct scn_input_track *t, uint32_t at)
{
    while (at != t->end) {
        if (ends_report(&t->expected[at++ & MASK])) {
            break;
        }
    }
    return at;
}

static bool matches(const struct scn_input_track *t, uint32_t at)
{
    if (t->end - at < t->report_events) {
        return false;
    }
    for (unsigned n = 0; n < t->report_events; n++) {
        if (!same(&t->report[n], &t->expected[(at + n) & MASK])) {
            return false;
        }
    }
    return true;
}

/* The report is one that may come now. */
static bool find_report(struct scn_input_track *t)
{
    uint32_t at = t->pos;

    while (at != t->end && !matches(t, at) && t->marked) {
        at = skip_report(t, at);
    }
    if (!matches(t, at)) {
        return false;
    }
    t->missing += at - t->pos;
    t->pos = at + t->report_events;
    t->marked = false;
    return true;
}

/* Takes out of the report what the device never announced; readers ignore that. False: nothing
 * was, or is left. */
static bool ignore_unknown(struct scn_env *env, unsigned i)
{
    const struct virtio_input *in = scn_input(env, i);
    struct scn_input_track *t = &env->input->track[i];
    unsigned n = 0;

    for (unsigned e = 0; e < t->report_events; e++) {
        if (ends_report(&t->report[e]) ||
            virtio_input_has(in, t->report[e].type, t->report[e].code)) {
            t->report[n++] = t->report[e];
        }
    }
    t->report_events = n;
    return n > 1u;
}

static void check_report(struct scn_env *env, unsigned i)
{
    struct scn_input_track *t = &env->input->track[i];

    if (find_report(t) || !ignore_unknown(env, i) || find_report(t)) {
        return;
    }
    env->data_errors++;
    t->pos = skip_report(t, t->pos); /* taken for what should have come */
    t->marked = false;
}

/* Announced, as far as the driver knows codes. */
static bool is_announced(const struct virtio_input *in, const struct virtio_input_event *event)
{
    switch (event->type) {
    case VIRTIO_INPUT_EV_KEY:
    case VIRTIO_INPUT_EV_REL:
    case VIRTIO_INPUT_EV_ABS:
    case VIRTIO_INPUT_EV_LED:
        return virtio_input_has(in, event->type, event->code);
    default:
        return event->type < 32u && (in->info.ev_types >> event->type & 1u) != 0;
    }
}

static void got_event(struct scn_env *env, unsigned i, const struct virtio_input_event *event)
{
    struct scn_input_track *t = &env->input->track[i];

    SCN_EXPECT(env, !scn_input(env, i)->params.strict || is_announced(scn_input(env, i), event));
    if (t->report_events == SCN_INPUT_REPORT_MAX) {
        env->data_errors++;
        t->report_events = 0;
    }
    t->report[t->report_events++] = *event;
    if (!ends_report(event)) {
        return;
    }
    if (t->report[0].type == VIRTIO_INPUT_EV_SYN && t->report[0].code == VIRTIO_INPUT_SYN_DROPPED) {
        SCN_EXPECT(env, t->report_events == 2u);
        t->marks++;
        t->marked = true;
    } else {
        check_report(env, i);
    }
    t->report_events = 0;
}

void scn_input_drain(struct scn_env *env, unsigned i, unsigned max)
{
    struct scn_input_track *t = &env->input->track[i];
    struct virtio_input_event events[16];
    unsigned reads = 0;
    int n;

    if (t->draining) {
        return; /* a callback, in the middle of the thread's reading: its turn comes first */
    }
    t->draining = true;
    max = max < 16u ? max : 16u;
    do {
        n = virtio_input_read(scn_input(env, i), events, max);
        SCN_EXPECT(env, n >= 0 && n <= (int)max);
        for (int e = 0; e < n; e++) {
            got_event(env, i, &events[e]);
        }
    } while (n > 0 && ++reads < SCN_INPUT_EXPECTED);
    t->draining = false;
}

/* Until everything is here; or until nothing comes any more and a SYN_DROPPED is the last word. */
int scn_input_wait(struct scn_env *env, unsigned i)
{
    struct scn_input_track *t = &env->input->track[i];
    uint64_t deadline = virtio_port_now_us() + SCN_INPUT_TIMEOUT_US;
    int ret = scn_input_play_before_wait(env, i);
    unsigned quiet = 0;

    while (ret == 0) {
        uint32_t before = t->pos;

        scn_input_drain(env, i, 16);
        quiet = t->marked && t->pos == before ? quiet + 1u : 0u;
        if (t->pos == t->end || quiet > QUIET_PASSES) {
            break;
        }
        if (!virtio_device_is_live(&scn_input(env, i)->dev)) {
            ret = -EIO;
        } else if (virtio_port_now_us() >= deadline) {
            ret = -ETIMEDOUT;
        } else {
            scn_input_pass(env, i, 1000);
        }
    }
    return ret;
}

void scn_input_forget(struct scn_env *env, unsigned i)
{
    struct scn_input_track *t = &env->input->track[i];

    t->pos = t->end;
    t->report_events = 0;
    t->marked = false;
}

/* ---- what is sent ---- */

int scn_input_status_wait(struct scn_env *env, unsigned i)
{
    struct virtio_input *in = scn_input(env, i);
    uint64_t deadline = virtio_port_now_us() + SCN_INPUT_TIMEOUT_US;

    while (virtio_input_outstanding(in) != 0) {
        if (!virtio_device_is_live(&in->dev)) {
            return -EIO;
        }
        if (virtio_port_now_us() >= deadline) {
            return -ETIMEDOUT;
        }
        scn_input_pass(env, i, 1000);
    }
    return virtio_device_is_live(&in->dev) ? 0 : -EIO;
}

int scn_input_led(struct scn_env *env, unsigned i, uint16_t led, bool on)
{
    int ret = virtio_input_set_led(scn_input(env, i), led, on);

    ret = ret != 0 ? ret : scn_input_status_wait(env, i);
    if (ret == 0 && env->input->ops->led != NULL && env->input->ops->led(env, i, led) != on) {
        env->data_errors++;
    }
    return ret;
}

/* ---- recovery ---- */

static int use_once(struct scn_env *env, unsigned i, enum scn_input_kind kind)
{
    uint32_t seed = 4;
    int ret = scn_input_random(env, i, kind, &seed);

    ret = ret != 0 ? ret : scn_input_wait(env, i);
    if (ret == 0 && kind == SCN_INPUT_KEYBOARD) {
        ret = scn_input_led(env, i, 1, true);
        ret = ret != 0 ? ret : scn_input_led(env, i, 1, false);
    }
    return ret;
}

static int recover_one(struct scn_env *env, unsigned i, enum scn_input_kind kind)
{
    struct virtio_input *in = scn_input(env, i);
    int ret = 0;

    if (in->dev.state != VIRTIO_STATE_ABSENT) {
        ret = virtio_input_reset(in, 0);
        SCN_EXPECT(env, virtio_input_outstanding(in) == 0);
        scn_input_forget(env, i);
        ret = ret != 0 ? ret : use_once(env, i, kind);
        ret = ret != 0 ? ret : scn_input_close(env, i, 0);
    }
    ret = ret != 0 ? ret : scn_input_open(env, i, NULL);
    ret = ret != 0 ? ret : use_once(env, i, kind);
    return ret != 0 ? ret : scn_input_close(env, i, 0);
}

int scn_input_recover(struct scn_env *env, const struct scenario *sc)
{
    unsigned devices = sc->needs.devices != 0 ? sc->needs.devices : 1u;
    int ret = 0;

    for (unsigned i = 0; i < devices && ret == 0; i++) {
        ret = recover_one(env, i, scn_input_kind_of(&sc->needs));
    }
    return ret;
}
