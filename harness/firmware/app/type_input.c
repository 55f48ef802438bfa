/* SPDX-License-Identifier: Apache-2.0 */
/* Input devices: the host presses the keys. Where LEDs end up QEMU does not say. */
#include "scn_input.h"
#include "type.h"

#include "le.h"
#include "mailbox_client.h"

#define EVENTS_MAX 8u

static struct virtio_input inputs[SCN_DEVICES_MAX];
static struct scn_input_track track[SCN_DEVICES_MAX];
static struct scn_input_env input_env;

/* Buffers that the device has and has not used: what is in the ring. A report for which there are
 * too few QEMU drops, and says so nowhere. */
static unsigned room(struct virtio_input *in)
{
    const struct virtqueue *vq = &in->events.vq;
    uint16_t used;

    if (!virtio_device_is_live(&in->dev) || vq->used == NULL) {
        return 0;
    }
    used = virtio_is_legacy(&in->dev) ? vq->used[1] : le16(vq->used[1]);
    return (uint16_t)(vq->published - used);
}

static bool report(struct scn_env *env, unsigned i, const struct virtio_input_event *events,
                   unsigned n)
{
    uint8_t bytes[EVENTS_MAX * MAILBOX_EVENT_BYTES];
    const struct mailbox_question q = {.op = MAILBOX_INPUT_REPORT,
                                       .args = {i, n},
                                       .data = bytes,
                                       .data_len = (size_t)n * MAILBOX_EVENT_BYTES};

    (void)env;
    if (n > EVENTS_MAX || room(&inputs[i]) < n + 1u) {
        return false;
    }
    for (unsigned e = 0; e < n; e++) {
        uint8_t *b = &bytes[(size_t)e * MAILBOX_EVENT_BYTES];
        uint16_t type = le16(events[e].type);
        uint16_t code = le16(events[e].code);
        uint32_t value = le32(events[e].value);

        memcpy(b, &type, sizeof(type));
        memcpy(b + 2, &code, sizeof(code));
        memcpy(b + 4, &value, sizeof(value));
    }
    return mailbox_ask(&q) == 1;
}

/* QEMU ends every report itself, and gives no word on LEDs and repeat settings. */
static const struct scn_input_ops ops = {.report = report};

static void attach(struct scn_env *env, const struct scenario *sc)
{
    (void)sc;
    input_env = (struct scn_input_env){&ops, inputs, track};
    env->input = &input_env;
}

const struct app_type app_input = {
    .name = "input",
    .type = SCN_INPUT,
    .device_id = VIRTIO_ID_INPUT,
    .scenarios = scn_input_scenarios,
    .num_scenarios = &scn_input_count,
    .attach = attach,
    .recover = scn_input_recover,
};
