/* SPDX-License-Identifier: Apache-2.0 */
/* See scn_net.h. */
#include "scn_net.h"
#include "scn_buffers.h"

#define PASS_US 5000u
/* Small rings wrap soon, and every run of a sweep fills them. */
#define RX_BUFFERS 8u
#define TX_ENTRIES 16u

struct virtio_net *scn_net(struct scn_env *env, unsigned i)
{
    return &env->net->nets[i];
}

struct scn_net_track *scn_net_track(struct scn_env *env, unsigned i)
{
    return &env->net->track[i];
}

/* ---- opening and closing ---- */

static bool net_irq(void *arg)
{
    return virtio_net_interrupt(arg);
}

static struct scn_net_track *track_of(struct virtio_net *net)
{
    return net->params.cookie;
}

static void rx_ready(struct virtio_net *net, unsigned pair)
{
    (void)pair;
    track_of(net)->rx_ready++;
}

static void tx_ready(struct virtio_net *net, unsigned pair)
{
    (void)pair;
    track_of(net)->tx_ready++;
}

static void link_changed(struct virtio_net *net, bool up)
{
    track_of(net)->link_calls++;
    track_of(net)->link_up = up;
}

static void announce(struct virtio_net *net)
{
    track_of(net)->announce_calls++;
}

static void track_begin(struct scn_env *env, unsigned i)
{
    struct scn_net_track *t = scn_net_track(env, i);

    t->env = env;
    t->dev = i;
    t->first_error = 0;
    t->rx_ready = 0;
    t->tx_ready = 0;
    t->link_calls = 0;
    t->announce_calls = 0;
    t->received = 0;
    for (unsigned s = 0; s < SCN_NET_SLOTS; s++) {
        t->slots[s].due = false;
        t->slots[s].may = env->net->wire_remembers && t->slots[s].may;
        t->slots[s].in_flight = false;
        t->slots[s].track = t;
    }
}

int scn_net_open(struct scn_env *env, unsigned i, const struct virtio_net_params *params)
{
    struct virtio_net *net = scn_net(env, i);
    struct virtio_net_params p = {0};
    unsigned window = env->first[SCN_NET] + i;
    int ret;

    if (params != NULL) {
        p = *params;
    }
    p.rx_buffers = p.rx_buffers != 0 ? p.rx_buffers : RX_BUFFERS;
    p.tx_entries = p.tx_entries != 0 ? p.tx_entries : TX_ENTRIES;
    p.features_off |= env->features_off;
    p.rx_ready = rx_ready;
    p.tx_ready = tx_ready;
    p.link_changed = link_changed;
    p.announce = announce;
    p.cookie = scn_net_track(env, i);
    track_begin(env, i);
    /* Connected first: an early interrupt must find a handler that can stand it. */
    if (!env->windows[window].polled) {
        env->ops->irq(env, window, net_irq, net);
    }
    ret = virtio_net_probe(net, &env->windows[window], &p);
    if (ret != 0) {
        /* Nothing is held, unless the device could not be made to let go of it. */
        SCN_EXPECT(env,
                   net->dev.state == VIRTIO_STATE_ABSENT || net->dev.state == VIRTIO_STATE_BROKEN);
    }
    return ret != 0 ? ret : scn_net_play_after_open(env, i);
}

/* Frames that the scenario holds are its own business; a merged frame may lack its rest. */
static void check_buffers(struct scn_env *env, struct virtio_net *net)
{
    for (unsigned pair = 0; pair < net->num_pairs && virtio_device_is_live(&net->dev); pair++) {
        const struct virtio_net_rxq *q = &net->rx[pair];
        unsigned partial = 0;

        for (const struct virtio_net_buf *b = q->partial; b != NULL; b = b->next) {
            partial++;
        }
        SCN_EXPECT(env, q->held != 0 || scn_buffers_complete(&q->b, partial));
    }
}

int scn_net_close(struct scn_env *env, unsigned i, int ret)
{
    int removed;

    ret = ret != 0 ? ret : scn_net_play_before_close(env, i);
    if (ret != 0 && env->keep_on_error) {
        return ret;
    }
    check_buffers(env, scn_net(env, i));
    removed = virtio_net_remove(scn_net(env, i), 0);
    if (removed == 0) {
        scn_net_forget(env, i);
        env->ops->irq(env, env->first[SCN_NET] + i, NULL, NULL);
    }
    return ret != 0 ? ret : removed;
}

/* ---- sending ---- */

struct scn_net_slot *scn_net_slot(struct scn_env *env, unsigned i)
{
    struct scn_net_track *t = scn_net_track(env, i);
    struct scn_net_slot *found = NULL;

    for (unsigned s = 0; s < SCN_NET_SLOTS; s++) {
        struct scn_net_slot *slot = &t->slots[s];

        if (!slot->in_flight && !slot->due && (found == NULL || (found->may && !slot->may))) {
            found = slot;
        }
    }
    if (found != NULL) {
        memset(&found->tx, 0, sizeof(found->tx));
        memset(&found->offload, 0, sizeof(found->offload));
        found->track = t;
        found->may = false;
        found->played = false;
        found->calls = 0;
        found->len = 0;
        found->expect_len = 0;
    }
    return found;
}

static void sent(struct virtio_net_tx *tx, int result)
{
    struct scn_net_slot *slot = tx->cookie;
    struct scn_net_track *t = slot->track;

    slot->calls++;
    SCN_EXPECT(t->env, slot->in_flight && slot->calls == 1u);
    slot->in_flight = false;
    if (result != 0) {
        t->first_error = t->first_error != 0 ? t->first_error : result;
        slot->may = slot->due;
        slot->due = false;
    }
    if (!slot->played) {
        scn_net_play_done(t->env, t->dev);
    }
}

static struct virtio_net_tx *prepare(struct scn_net_slot *slot)
{
    if (slot->tx.num_segs == 0) {
        slot->segs[0] = (struct virtio_net_seg){slot->data, slot->len};
        slot->tx.num_segs = 1;
    }
    slot->tx.segs = slot->segs;
    slot->tx.done = sent;
    slot->tx.cookie = slot;
    slot->calls = 0;
    slot->in_flight = true; /* done may run before send returns */
    return &slot->tx;
}

static void not_sent(struct scn_net_slot *slot)
{
    slot->in_flight = false;
    slot->due = false;
}

/* Until tx_ready was called again since it had been `before` times. */
static int wait_for_room(struct scn_env *env, unsigned i, unsigned before)
{
    uint64_t deadline = virtio_port_now_us() + SCN_NET_TIMEOUT_US;
    struct scn_net_track *t = scn_net_track(env, i);
    int ret = 0;

    while (ret == 0 && t->tx_ready == before) {
        ret = scn_net_drain(env, i); /* the device may have no buffer to go on with */
        if (ret == 0 && virtio_port_now_us() >= deadline) {
            ret = -ETIMEDOUT;
        } else if (ret == 0 && t->tx_ready == before) {
            scn_net_pass(env, i, PASS_US);
        }
    }
    return ret;
}

int scn_net_send_all(struct scn_env *env, unsigned i, struct scn_net_slot *const *slots,
                     unsigned count)
{
    struct scn_net_track *t = scn_net_track(env, i);
    struct virtio_net_tx *txs[SCN_NET_SLOTS];
    int error = scn_net_play_before_send(env, i);
    unsigned n = 0;

    for (unsigned s = 0; s < count; s++) {
        txs[s] = prepare(slots[s]);
    }
    while (error == 0 && n < count) {
        unsigned before = t->tx_ready;
        unsigned taken = virtio_net_send_batch(scn_net(env, i), txs + n, count - n, &error);

        n += taken;
        SCN_EXPECT(env, n <= count && (error == 0) == (n == count));
        if (error == -EAGAIN) {
            error = wait_for_room(env, i, before);
        }
    }
    for (unsigned s = n; s < count; s++) {
        not_sent(slots[s]);
    }
    return error;
}

int scn_net_send(struct scn_env *env, unsigned i, struct scn_net_slot *slot)
{
    /* Without a slot, what was sent before does not come back. */
    return slot != NULL ? scn_net_send_all(env, i, &slot, 1) : -ETIMEDOUT;
}

int scn_net_try(struct scn_env *env, unsigned i, struct scn_net_slot *slot)
{
    int ret = virtio_net_send(scn_net(env, i), prepare(slot));

    if (ret != 0) {
        not_sent(slot);
    }
    return ret;
}

/* ---- receiving ---- */

/* Bytes of the frame that are not as expected. */
static uint32_t differences(const struct virtio_net_buf *frame, const struct scn_net_slot *slot)
{
    uint32_t at = 0;
    uint32_t wrong = 0;

    for (const struct virtio_net_buf *b = frame; b != NULL; b = b->next) {
        for (uint32_t n = 0; n < b->len && at < slot->expect_len; n++, at++) {
            wrong += b->data[n] != slot->expect[at] ? 1u : 0u;
        }
    }
    return wrong;
}

static bool same_offload(const struct virtio_net_offload *a, const struct virtio_net_offload *b)
{
    return a->needs_csum == b->needs_csum && a->csum_valid == b->csum_valid && a->gso == b->gso &&
           a->gso_size == b->gso_size && a->csum_start == b->csum_start &&
           a->csum_offset == b->csum_offset && a->ecn == b->ecn;
}

/* The buffers add up to what the first one says. */
static void check_shape(struct scn_env *env, const struct virtio_net_buf *frame)
{
    uint32_t len = 0;
    unsigned bufs = 0;

    for (const struct virtio_net_buf *b = frame; b != NULL && bufs <= frame->num_bufs;
         b = b->next) {
        len += b->len;
        bufs++;
    }
    SCN_EXPECT(env, len == frame->frame_len && bufs == frame->num_bufs);
    SCN_EXPECT(env, frame->len >= VIRTIO_NET_FRAME_MIN && frame->frame_len >= frame->len);
}

static bool is_junk(const struct virtio_net_buf *frame)
{
    return frame->data[12] == SCN_NET_JUNK >> 8 && frame->data[13] == (SCN_NET_JUNK & 0xffu);
}

void scn_net_check(struct scn_env *env, unsigned i, const struct virtio_net_buf *frame)
{
    struct scn_net_track *t = scn_net_track(env, i);
    struct scn_net_slot *nearest = NULL;
    uint32_t wrong = 0;

    check_shape(env, frame);
    for (unsigned s = 0; s < SCN_NET_SLOTS; s++) {
        struct scn_net_slot *slot = &t->slots[s];
        uint32_t d;

        if ((!slot->due && !slot->may) || slot->expect_len != frame->frame_len) {
            continue;
        }
        d = differences(frame, slot);
        if (nearest == NULL || d < wrong) {
            nearest = slot;
            wrong = d;
        }
    }
    if (nearest == NULL || (wrong != 0 && is_junk(frame))) {
        env->data_errors += is_junk(frame) ? 0u : 1u;
        return;
    }
    if (wrong != 0 || !same_offload(&frame->offload, &nearest->offload)) {
        env->data_errors++;
    }
    t->received++;
    nearest->due = false;
    nearest->may = false;
}

int scn_net_drain(struct scn_env *env, unsigned i)
{
    struct scn_net_track *t = scn_net_track(env, i);
    struct virtio_net *net = scn_net(env, i);
    struct virtio_net_buf *frames[8];
    struct virtio_net_info info;
    int n = 0;

    virtio_net_get_info(net, &info);
    for (unsigned pair = 0; pair < info.pairs_max && n >= 0; pair++) {
        unsigned rounds = 0;

        do {
            n = virtio_net_receive(net, pair, frames, 8);
            SCN_EXPECT(env, n <= 8);
            for (int f = 0; f < n; f++) {
                SCN_EXPECT(env, frames[f]->pair == pair);
                scn_net_check(t->env, i, frames[f]);
            }
            if (n > 0) {
                SCN_EXPECT(env, virtio_net_return(net, frames, (unsigned)n) == 0);
            }
        } while (n == 8 && ++rounds < 32u);
    }
    return n < 0 ? n : 0;
}

bool scn_net_idle(struct scn_env *env, unsigned i)
{
    const struct scn_net_track *t = scn_net_track(env, i);

    for (unsigned s = 0; s < SCN_NET_SLOTS; s++) {
        if (t->slots[s].in_flight || t->slots[s].due) {
            return false;
        }
    }
    return true;
}

void scn_net_pass(struct scn_env *env, unsigned i, uint64_t us)
{
    const volatile bool never_true = false;
    virtio_port_event_t never;

    if (virtio_port_event_init(&never) == 0) {
        (void)virtio_wait(&scn_net(env, i)->dev, &never, &never_true, us);
        virtio_port_event_deinit(&never);
    }
}

static int take_error(struct scn_net_track *t)
{
    int error = t->first_error;

    t->first_error = 0;
    return error;
}

int scn_net_wait(struct scn_env *env, unsigned i)
{
    uint64_t deadline = virtio_port_now_us() + SCN_NET_TIMEOUT_US;
    struct virtio_net *net = scn_net(env, i);
    int ret;

    for (;;) {
        ret = scn_net_drain(env, i);
        if (ret != 0 || scn_net_idle(env, i)) {
            break;
        }
        if (!virtio_device_is_live(&net->dev)) {
            ret = -EIO;
            break;
        }
        if (virtio_port_now_us() >= deadline) {
            ret = -ETIMEDOUT;
            break;
        }
        scn_net_pass(env, i, PASS_US);
    }
    return ret != 0 ? ret : take_error(scn_net_track(env, i));
}

int scn_net_exchange(struct scn_env *env, unsigned i, uint32_t len, uint32_t seed)
{
    int ret = scn_net_send(env, i, scn_net_echo(env, i, len, seed));

    return ret != 0 ? ret : scn_net_wait(env, i);
}

void scn_net_forget(struct scn_env *env, unsigned i)
{
    struct scn_net_track *t = scn_net_track(env, i);

    SCN_EXPECT(env, virtio_net_outstanding(scn_net(env, i)) == 0);
    for (unsigned s = 0; s < SCN_NET_SLOTS; s++) {
        SCN_EXPECT(env, !t->slots[s].in_flight);
        t->slots[s].may = t->slots[s].may || t->slots[s].due;
        t->slots[s].due = false;
    }
    t->first_error = 0;
}

/* ---- recovery ---- */

static int recover_one(struct scn_env *env, unsigned i)
{
    struct virtio_net *net = scn_net(env, i);
    int ret = 0;

    if (net->dev.state != VIRTIO_STATE_ABSENT) {
        ret = virtio_net_reset(net, 0);
        if (ret == 0) {
            scn_net_forget(env, i);
        }
        ret = ret != 0 ? ret : scn_net_exchange(env, i, 100, 77);
        ret = ret != 0 ? ret : scn_net_close(env, i, 0);
    }
    ret = ret != 0 ? ret : scn_net_open(env, i, NULL);
    ret = ret != 0 ? ret : scn_net_exchange(env, i, 300, 78);
    return ret != 0 ? ret : scn_net_close(env, i, 0);
}

int scn_net_recover(struct scn_env *env, const struct scenario *sc)
{
    unsigned devices = sc->needs.devices != 0 ? sc->needs.devices : 1u;
    int ret = 0;

    for (unsigned i = 0; i < devices && ret == 0; i++) {
        ret = recover_one(env, i);
    }
    return ret;
}
