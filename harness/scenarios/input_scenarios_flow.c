/* SPDX-License-Identifier: Apache-2.0 */
/* Input scenarios about quantity: small rings, readers that sleep, reports that do not end. */
#include "input_scenarios.h"

#define KEY_A 30u

#define KEY_FIRST   2u /* the alphanumeric block of a keyboard */
#define KEYS        52u
#define KEY_SHIFT_R 54u

/* Presses and releases keys without reading; the device gets its time after each few. No two of
 * these reports are the same: where some are missing, there is one way only to go on. */
static int press_unread(struct scn_env *env, unsigned reports)
{
    int ret = 0;

    for (unsigned n = 0; n < reports && ret == 0; n++) {
        const struct virtio_input_event events[] = {
            {VIRTIO_INPUT_EV_KEY, (uint16_t)(KEY_FIRST + n / 2u % KEYS), n % 2u == 0},
            {VIRTIO_INPUT_EV_KEY, KEY_SHIFT_R, n / (4u * KEYS) % 2u == 0}};

        ret = scn_input_report(env, 0, events, 1u + n / (2u * KEYS) % 2u);
        if (n % 8u == 7u) {
            scn_input_pass(env, 0, 1000);
        }
    }
    return ret;
}

int scn_run_input_small_ring(struct scn_env *env)
{
    uint32_t seed = 3;
    int ret = scn_input_open(env, 0, NULL);

    if (ret == 0) {
        SCN_EXPECT(env, scn_input(env, 0)->events.vq.size <= 64u);
    }
    for (unsigned n = 0; n < 9u && ret == 0; n++) {
        ret = scn_input_random(env, 0, SCN_INPUT_KEYBOARD, &seed);
        ret = ret != 0 ? ret : scn_input_wait(env, 0);
    }
    return scn_input_close(env, 0, ret);
}

/* All at once: the device has to wait for buffers, which come back as fast as it fills them. */
int scn_run_input_storm(struct scn_env *env)
{
    const struct virtio_input_params params = {.event_buffers = 8};
    uint32_t seed = 5;
    int ret = scn_input_open(env, 0, &params);

    for (unsigned n = 0; n < 28u && ret == 0; n++) {
        ret = scn_input_random(env, 0, SCN_INPUT_KEYBOARD, &seed);
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

int scn_run_input_overflow(struct scn_env *env)
{
    struct scn_input_track *t = &env->input->track[0];
    struct virtio_input_stats stats;
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : press_unread(env, VIRTIO_INPUT_QUEUE / 2u + 40u);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    if (ret == 0) {
        virtio_input_get_stats(scn_input(env, 0), &stats);
        SCN_EXPECT(env, stats.dropped != 0);
        SCN_EXPECT(env, t->marks != 0);
        SCN_EXPECT(env, stats.malformed != 0 || t->marks <= 2u); /* not one for each report */
        SCN_EXPECT(env, stats.malformed != 0 || t->missing + (t->end - t->pos) == stats.dropped);
    }
    /* A second time, with the reader waking up in the middle of it. */
    ret = ret != 0 ? ret : press_unread(env, VIRTIO_INPUT_QUEUE / 2u + 4u);
    if (ret == 0) {
        struct virtio_input_event event;

        SCN_EXPECT(env, virtio_input_read(scn_input(env, 0), &event, 0) == -EINVAL);
        scn_input_drain(env, 0, 3);
        ret = press_unread(env, 2);
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

/* More events than the reader's queue holds, and no end of the report: SYN_DROPPED comes at once,
 * and the stream goes on after the end. */
int scn_run_input_no_syn(struct scn_env *env)
{
    struct scn_input_track *t = &env->input->track[0];
    int ret = scn_input_open(env, 0, NULL);

    for (unsigned n = 0; n < VIRTIO_INPUT_QUEUE + 16u && ret == 0; n++) {
        ret = scn_input_push(env, 0, VIRTIO_INPUT_EV_KEY, (uint16_t)(KEY_A + n / 2u % 8u),
                             n % 2u == 0);
        if (n % 16u == 15u) {
            scn_input_pass(env, 0, 1000);
        }
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    if (ret == 0) {
        SCN_EXPECT(env, t->marks != 0);
        ret = scn_input_push(env, 0, VIRTIO_INPUT_EV_SYN, VIRTIO_INPUT_SYN_REPORT, 0);
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    ret = ret != 0 ? ret : scn_input_key(env, 0, KEY_A, true);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}

/* Types and codes that the device never announced are dropped, or delivered, as the caller wants.
 */
int scn_run_input_strict(struct scn_env *env)
{
    const struct virtio_input_params params = {.strict = true};
    struct virtio_input_stats stats;
    int ret = scn_input_open(env, 0, &params);

    if (ret == 0 && !virtio_input_has(scn_input(env, 0), VIRTIO_INPUT_EV_KEY, KEY_A)) {
        ret = -EIO; /* not a keyboard, or it does not say so */
    }
    if (ret == 0) {
        /* Not expected to come: pushed behind the back of the tracking. */
        if (!env->input->ops->push(env, 0, 0x1e, 7, 1) ||
            !env->input->ops->push(env, 0, VIRTIO_INPUT_EV_REL, 0, 1)) {
            ret = -ETIMEDOUT;
        }
        ret = ret != 0 ? ret : scn_input_key(env, 0, KEY_A, true);
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    if (ret == 0) {
        virtio_input_get_stats(scn_input(env, 0), &stats);
        if (stats.unknown < 2u && env->input->track[0].marks == 0) {
            env->data_errors++;
        }
    }
    return scn_input_close(env, 0, ret);
}

/* Everywhere else waiting polls now and then, which hides a lost wake-up. */
int scn_run_input_wake_up(struct scn_env *env)
{
    struct scn_input_track *t = &env->input->track[0];
    uint32_t seed = 11;
    int ret = scn_input_open(env, 0, NULL);

    for (unsigned round = 0; round < 4u && ret == 0; round++) {
        for (unsigned n = 0; n < 5u && ret == 0; n++) {
            ret = scn_input_random(env, 0, SCN_INPUT_KEYBOARD, &seed);
        }
        for (unsigned ms = 0; ms < 200u && ret == 0 && t->pos != t->end; ms++) {
            virtio_port_delay_us(1000);
            scn_input_drain(env, 0, 16);
        }
        /* Lost, and said so, or not here in time. */
        if (ret == 0 && t->pos != t->end) {
            ret = t->marked ? scn_input_wait(env, 0) : -ETIMEDOUT;
            t->pos = t->end;
        }
    }
    return scn_input_close(env, 0, ret);
}

int scn_run_input_wrap(struct scn_env *env)
{
    uint32_t seed = 13;
    int ret = scn_input_open(env, 0, NULL);

    for (unsigned n = 0; n < 34000u && ret == 0; n++) {
        ret = scn_input_random(env, 0, SCN_INPUT_KEYBOARD, &seed);
        if (n % 16u == 15u && ret == 0) {
            ret = scn_input_wait(env, 0);
        }
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    return scn_input_close(env, 0, ret);
}
