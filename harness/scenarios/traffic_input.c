/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic of keyboards: keys pressed and read, LEDs. */
#include "scn_input.h"
#include "traffic.h"

#define LEDS 3u

static int traffic_open(struct scn_env *env, unsigned i)
{
    return scn_input_open(env, i, NULL);
}

static int traffic_step(struct scn_env *env, unsigned i, uint32_t random)
{
    uint32_t seed = random;

    switch (random & 7u) {
    case 0:
        scn_input_drain(env, i, 1u + (random >> 8) % 16u);
        return 0;
    case 1:
        return scn_input_wait(env, i);
    case 2:
        return scn_input_led(env, i, (uint16_t)((random >> 8) % LEDS), (random >> 16 & 1u) != 0);
    default:
        return scn_input_random(env, i, SCN_INPUT_KEYBOARD, &seed);
    }
}

static int traffic_reset(struct scn_env *env, unsigned i)
{
    int ret = virtio_input_reset(scn_input(env, i), 0);

    SCN_EXPECT(env, ret != 0 || virtio_input_outstanding(scn_input(env, i)) == 0);
    scn_input_forget(env, i);
    return ret;
}

static int traffic_close(struct scn_env *env, unsigned i, int ret)
{
    ret = scn_input_close(env, i, ret);
    scn_input_forget(env, i);
    return ret;
}

const struct scn_traffic scn_input_traffic = {
    .name = "input",
    .type = SCN_INPUT,
    .open = traffic_open,
    .step = traffic_step,
    .drain = scn_input_wait,
    .reset = traffic_reset,
    .close = traffic_close,
};
