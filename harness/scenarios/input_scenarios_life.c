/* SPDX-License-Identifier: Apache-2.0 */
/* Input scenarios about status events, resets, removal and callbacks. */
#include "input_scenarios.h"

#define KEY_A      30u
#define LED_NUML   0u
#define LED_CAPSL  1u
#define REP_DELAY  0u
#define REP_PERIOD 1u

int scn_run_input_leds(struct scn_env *env)
{
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_input_led(env, 0, LED_CAPSL, true);
    ret = ret != 0 ? ret : scn_input_led(env, 0, LED_NUML, true);
    ret = ret != 0 ? ret : scn_input_led(env, 0, LED_CAPSL, false);
    return scn_input_close(env, 0, ret);
}

static int set_repeat(struct scn_env *env, uint16_t code, uint32_t ms)
{
    int ret = virtio_input_send(scn_input(env, 0), VIRTIO_INPUT_EV_REP, code, ms);

    ret = ret != 0 ? ret : scn_input_status_wait(env, 0);
    if (ret == 0 && env->input->ops->repeat != NULL &&
        env->input->ops->repeat(env, 0, code) != ms) {
        env->data_errors++;
    }
    return ret;
}

int scn_run_input_repeat(struct scn_env *env)
{
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : set_repeat(env, REP_DELAY, 400);
    ret = ret != 0 ? ret : set_repeat(env, REP_PERIOD, 40);
    return scn_input_close(env, 0, ret);
}

/* Sends until the driver says that there is no room, waits, goes on. A device may take what is in
 * flight in any order: only what is sent after a wait is sure to win. */
int scn_run_input_led_burst(struct scn_env *env)
{
    struct virtio_input *in = scn_input(env, 0);
    int ret = scn_input_open(env, 0, NULL);

    for (unsigned n = 0; n < 13u && ret == 0; n++) {
        ret = virtio_input_set_led(in, LED_NUML, n % 2u == 0);
        if (ret == -EAGAIN) {
            ret = scn_input_status_wait(env, 0);
            ret = ret != 0 ? ret : virtio_input_set_led(in, LED_NUML, n % 2u == 0);
        }
    }
    ret = ret != 0 ? ret : scn_input_status_wait(env, 0);
    ret = ret != 0 ? ret : scn_input_led(env, 0, LED_NUML, true);
    return scn_input_close(env, 0, ret);
}

/* The buffers run out, which the sender is told; events still come; then everything comes back. */
int scn_run_input_status_stuck(struct scn_env *env)
{
    struct virtio_input *in = scn_input(env, 0);
    struct virtio_input_stats stats;
    unsigned sent = 0;
    int full = 0;
    int ret = scn_input_open(env, 0, NULL);

    if (ret != 0) {
        return scn_input_close(env, 0, ret);
    }
    env->input->ops->hold_status(env, 0, true);
    while (sent <= 64u && (full = virtio_input_set_led(in, LED_CAPSL, sent % 2u == 0)) == 0) {
        sent++;
    }
    SCN_EXPECT(env, sent <= 16u);
    virtio_input_get_stats(in, &stats);
    SCN_EXPECT(env, full != -EAGAIN || (stats.status_busy == 1u && stats.status_sent == sent));
    ret = full == -EAGAIN ? scn_input_key(env, 0, KEY_A, true) : full;
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    env->input->ops->hold_status(env, 0, false);
    ret = ret != 0 ? ret : scn_input_status_wait(env, 0);
    ret = ret != 0 ? ret : scn_input_led(env, 0, LED_CAPSL, true);
    return scn_input_close(env, 0, ret);
}

int scn_run_input_two(struct scn_env *env)
{
    uint32_t seed[2] = {21, 22};
    int second;
    int ret = scn_input_open(env, 0, NULL);

    ret = ret != 0 ? ret : scn_input_open(env, 1, NULL);
    for (unsigned n = 0; n < 6u && ret == 0; n++) {
        for (unsigned i = 0; i < 2u && ret == 0; i++) {
            ret = scn_input_random(env, i, SCN_INPUT_KEYBOARD, &seed[i]);
        }
        ret = ret != 0 || n % 3u != 2u ? ret : scn_input_wait(env, 1);
    }
    ret = ret != 0 ? ret : scn_input_led(env, 1, LED_CAPSL, true);
    ret = ret != 0 ? ret : scn_input_led(env, 0, LED_NUML, true);
    if (ret == 0 && env->input->ops->led != NULL && env->input->ops->led(env, 0, LED_CAPSL)) {
        env->data_errors++; /* that was the other one */
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    ret = ret != 0 ? ret : scn_input_wait(env, 1);
    second = scn_input_close(env, 1, ret);
    ret = scn_input_close(env, 0, ret);
    return ret != 0 ? ret : second;
}

/* ---- with everything in flight ---- */

static int start_some(struct scn_env *env)
{
    uint32_t seed = 17;
    int ret = scn_input_open(env, 0, NULL);

    for (unsigned n = 0; n < 5u && ret == 0; n++) {
        ret = scn_input_random(env, 0, SCN_INPUT_KEYBOARD, &seed);
    }
    for (unsigned n = 0; n < 3u && ret == 0; n++) {
        ret = virtio_input_set_led(scn_input(env, 0), LED_CAPSL, n % 2u == 0);
        ret = ret == -EAGAIN ? 0 : ret; /* a ring that takes fewer */
    }
    return ret;
}

int scn_run_input_reset_busy(struct scn_env *env)
{
    struct scn_input_track *t = &env->input->track[0];
    int ret = start_some(env);
    unsigned marks = t->marks;

    if (ret == 0) {
        ret = virtio_input_reset(scn_input(env, 0), 0);
    }
    if (ret == 0) {
        SCN_EXPECT(env, virtio_input_outstanding(scn_input(env, 0)) == 0);
        scn_input_drain(env, 0, 16);
        scn_input_forget(env, 0);
        SCN_EXPECT(env, t->marks > marks); /* the reader is told, whatever it had read */
        ret = scn_input_key(env, 0, KEY_A, false);
    }
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    ret = ret != 0 ? ret : scn_input_led(env, 0, LED_NUML, true);
    return scn_input_close(env, 0, ret);
}

int scn_run_input_remove_busy(struct scn_env *env)
{
    struct virtio_input_event event;
    int ret = scn_input_close(env, 0, start_some(env));

    if (ret == 0) {
        SCN_EXPECT(env, virtio_input_read(scn_input(env, 0), &event, 1) == 0);
        SCN_EXPECT(env, virtio_input_set_led(scn_input(env, 0), LED_NUML, true) == -EIO);
    }
    return ret;
}

/* ---- callbacks ---- */

static void rules_ready(struct virtio_input *in)
{
    struct scn_env *env = in->params.cookie;

    env->input->track[0].ready_calls++;
    if (!virtio_device_is_live(&in->dev)) {
        return; /* it broke, or is being reset */
    }
    SCN_EXPECT(env, virtio_input_reset(in, 0) == -EBUSY || !virtio_device_is_live(&in->dev));
    SCN_EXPECT(env, virtio_input_remove(in, 0) == -EBUSY || !virtio_device_is_live(&in->dev));
    scn_input_drain(env, 0, 4);
}

int scn_run_input_callback_rules(struct scn_env *env)
{
    const struct virtio_input_params params = {.ready = rules_ready, .cookie = env};
    int ret = scn_input_open(env, 0, &params);

    ret = ret != 0 ? ret : scn_input_key(env, 0, KEY_A, true);
    ret = ret != 0 ? ret : scn_input_wait(env, 0);
    if (ret == 0) {
        SCN_EXPECT(env, env->input->track[0].ready_calls != 0);
    }
    return scn_input_close(env, 0, ret);
}
