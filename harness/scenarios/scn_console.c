/* SPDX-License-Identifier: Apache-2.0 */
/* See scn_console.h. */
#include "scn_console.h"
#include "scn_buffers.h"

#define PASSES       200u /* until time is up */
#define PASSES_SHORT 50u
#define CHUNK        256u
#define READ_AT      (SCN_SCRATCH - 32768u) /* of the buffers that scn_con_read and _write use */
#define WRITE_AT     (SCN_SCRATCH - 65536u)

struct virtio_console *scn_con(struct scn_env *env, unsigned i)
{
    return &env->console->cons[i];
}

bool scn_con_multiport(struct scn_env *env, unsigned i)
{
    return virtio_has_feature(&scn_con(env, i)->dev, VIRTIO_CONSOLE_F_MULTIPORT);
}

/* ---- opening and closing ---- */

static bool console_irq(void *arg)
{
    return virtio_console_interrupt(arg);
}

static unsigned number_of(struct virtio_console *con)
{
    const struct scn_env *env = con->params.cookie;

    return (unsigned)(con - env->console->cons);
}

static void on_event(struct virtio_console *con, unsigned nr, enum virtio_console_event event)
{
    struct scn_env *env = con->params.cookie;

    SCN_EXPECT(env, nr < SCN_CONSOLE_PORTS);
    env->console->track[number_of(con)].events[nr][event]++;
}

static void on_rx_ready(struct virtio_console *con, unsigned nr)
{
    struct scn_env *env = con->params.cookie;

    env->console->track[number_of(con)].rx_ready[nr]++;
    scn_con_play_event(env, number_of(con), nr);
}

static void on_tx_ready(struct virtio_console *con, unsigned nr)
{
    struct scn_env *env = con->params.cookie;

    env->console->track[number_of(con)].tx_ready[nr]++;
}

int scn_con_open(struct scn_env *env, unsigned i, const struct virtio_console_params *params)
{
    struct virtio_console *con = scn_con(env, i);
    struct virtio_console_params p = {0};
    unsigned window = env->first[SCN_CONSOLE] + i;
    int ret;

    if (params != NULL) {
        p = *params;
    }
    p.features_off |= env->features_off;
    p.event = on_event;
    p.rx_ready = on_rx_ready;
    p.tx_ready = on_tx_ready;
    p.cookie = env;
    scn_con_forget(env, i);
    /* Connected first: an early interrupt must find a handler that can stand it. */
    if (!env->windows[window].polled) {
        env->ops->irq(env, window, console_irq, con);
    }
    ret = virtio_console_probe(con, &env->windows[window], &p);
    if (ret != 0) {
        /* Nothing is held, unless the device could not be made to let go of it. */
        SCN_EXPECT(env,
                   con->dev.state == VIRTIO_STATE_ABSENT || con->dev.state == VIRTIO_STATE_BROKEN);
    }
    return ret != 0 ? ret : scn_con_play_after_open(env, i);
}

static void check_buffers(struct scn_env *env, const struct virtio_console *con)
{
    SCN_EXPECT(env, !con->multiport || scn_buffers_complete(&con->control_rx, 0));
    for (const struct virtio_console_port *p = con->ports; p < con->ports + con->num_ports; p++) {
        SCN_EXPECT(env, !p->set_up || scn_buffers_complete(&p->rx, p->head != NULL ? 1u : 0u));
    }
}

int scn_con_close(struct scn_env *env, unsigned i, int ret)
{
    int removed;

    ret = ret != 0 ? ret : scn_con_play_before_close(env, i);
    if (ret != 0 && env->keep_on_error) {
        return ret;
    }
    if (virtio_device_is_live(&scn_con(env, i)->dev)) {
        check_buffers(env, scn_con(env, i));
    }
    removed = virtio_console_remove(scn_con(env, i), 0);
    if (removed == 0) {
        SCN_EXPECT(env, virtio_console_outstanding(scn_con(env, i), 0) == 0);
        env->ops->irq(env, env->first[SCN_CONSOLE] + i, NULL, NULL);
    }
    return ret != 0 ? ret : removed;
}

/* ---- waiting ---- */

void scn_con_pass(struct scn_env *env, unsigned i, uint64_t us)
{
    const volatile bool never_true = false;
    virtio_port_event_t never;

    if (virtio_port_event_init(&never) == 0) {
        (void)virtio_wait(&scn_con(env, i)->dev, &never, &never_true, us);
        virtio_port_event_deinit(&never);
    }
}

/* The n-th pass of a wait: short ones first, a second in all. */
static void pass(struct scn_env *env, unsigned i, unsigned n)
{
    scn_con_pass(env, i, n < PASSES_SHORT ? 100u : 6500u);
}

void scn_con_sleep(uint64_t us)
{
    virtio_port_event_t never;

    if (virtio_port_event_init(&never) == 0) {
        virtio_port_event_wait(&never, us);
        virtio_port_event_deinit(&never);
    }
}

int scn_con_wait(struct scn_env *env, unsigned i, unsigned port, scn_con_condition condition)
{
    struct virtio_console_port_info info;

    for (unsigned n = 0; n < PASSES; n++) {
        int ret = virtio_console_get_port(scn_con(env, i), port, &info);

        if (ret != 0) {
            return ret;
        }
        if (condition(&info)) {
            return 0;
        }
        if (!virtio_device_is_live(&scn_con(env, i)->dev)) {
            return -EIO;
        }
        pass(env, i, n);
    }
    return -ETIMEDOUT;
}

bool scn_con_is_present(const struct virtio_console_port_info *info)
{
    return info->present;
}

bool scn_con_is_absent(const struct virtio_console_port_info *info)
{
    return !info->present;
}

bool scn_con_is_host_open(const struct virtio_console_port_info *info)
{
    return info->present && info->host_open;
}

bool scn_con_is_host_closed(const struct virtio_console_port_info *info)
{
    return info->present && !info->host_open;
}

int scn_con_ready(struct scn_env *env, unsigned i, unsigned port)
{
    int ret = scn_con_wait(env, i, port, scn_con_is_host_open);

    return ret != 0 ? ret : virtio_console_open(scn_con(env, i), port);
}

/* ---- streams ---- */

static uint8_t byte_at(unsigned i, unsigned port, bool in, unsigned gen, uint32_t pos)
{
    uint32_t x = pos * 2654435761u + i * 40503u + port * 65599u + gen * 2246822519u + (in ? 7u : 0);

    x ^= x >> 15;
    x *= 2246822519u;
    return (uint8_t)(x >> 24);
}

static void check(struct scn_env *env, unsigned i, unsigned port, bool in, const uint8_t *buf,
                  uint32_t len)
{
    struct scn_console_track *t = &env->console->track[i];
    struct scn_console_stream *s = in ? &t->in[port] : &t->out[port];

    for (uint32_t n = 0; n < len && !s->broken; n++) {
        if (s->got + n >= s->sent || buf[n] != byte_at(i, port, in, s->gen, s->got + n)) {
            s->broken = true;
            env->data_errors++;
        }
    }
    s->got += len;
}

void scn_con_check(struct scn_env *env, unsigned i, unsigned port, const uint8_t *buf, uint32_t len)
{
    check(env, i, port, true, buf, len);
}

int scn_con_feed(struct scn_env *env, unsigned i, unsigned port, uint32_t len)
{
    struct scn_console_stream *s = &env->console->track[i].in[port];
    uint8_t buf[CHUNK];

    while (len != 0) {
        uint32_t n = len < CHUNK ? len : CHUNK;
        int fed;

        for (uint32_t b = 0; b < n; b++) {
            buf[b] = byte_at(i, port, true, s->gen, s->sent + b);
        }
        s->sent += n; /* before the first of them can be read */
        fed = env->console->ops->feed(env, i, port, buf, n);
        s->sent -= n - (fed > 0 ? (uint32_t)fed : 0u);
        if (fed < 0) {
            return fed;
        }
        if ((uint32_t)fed < n) {
            return -EAGAIN;
        }
        len -= n;
    }
    return 0;
}

int scn_con_read(struct scn_env *env, unsigned i, unsigned port, uint32_t len, uint32_t chunk)
{
    uint8_t *buf = env->scratch + READ_AT;
    int ret = scn_con_play_before_read(env, i, port);

    while (len != 0 && ret == 0) {
        uint32_t n = len < chunk ? len : chunk;
        int got;

        memset(buf, 0x5c, n);
        got = virtio_console_read_wait(scn_con(env, i), port, buf, n, SCN_CONSOLE_TIMEOUT_US);
        if (got <= 0) {
            return got;
        }
        SCN_EXPECT(env, (uint32_t)got <= n);
        scn_con_check(env, i, port, buf, (uint32_t)got);
        len -= (uint32_t)got;
    }
    return ret;
}

void scn_con_fill(struct scn_env *env, unsigned i, unsigned port, uint8_t *buf, uint32_t len)
{
    const struct scn_console_stream *s = &env->console->track[i].out[port];

    for (uint32_t b = 0; b < len; b++) {
        buf[b] = byte_at(i, port, false, s->gen, s->sent + b);
    }
}

void scn_con_wrote(struct scn_env *env, unsigned i, unsigned port, uint32_t len)
{
    env->console->track[i].out[port].sent += len;
}

int scn_con_write(struct scn_env *env, unsigned i, unsigned port, uint32_t len, uint32_t chunk)
{
    uint8_t *buf = env->scratch + WRITE_AT;

    while (len != 0) {
        uint32_t n = len < chunk ? len : chunk;
        int wrote;

        scn_con_fill(env, i, port, buf, n);
        env->console->track[i].out[port].writing = true;
        wrote = virtio_console_write_wait(scn_con(env, i), port, buf, n, SCN_CONSOLE_TIMEOUT_US);
        env->console->track[i].out[port].writing = false;
        if (wrote <= 0) {
            return wrote;
        }
        SCN_EXPECT(env, (uint32_t)wrote <= n);
        scn_con_wrote(env, i, port, (uint32_t)wrote);
        len -= (uint32_t)wrote;
    }
    return 0;
}

/* The driver has got everything back, and has seen that all was well. */
static int drained(struct scn_env *env, unsigned i, unsigned port)
{
    struct virtio_console *con = scn_con(env, i);

    for (unsigned n = 0; n < PASSES && virtio_console_outstanding(con, port) != 0; n++) {
        pass(env, i, n);
    }
    if (!virtio_device_is_live(&con->dev)) {
        return -EIO;
    }
    return virtio_console_outstanding(con, port) == 0 ? 0 : -ETIMEDOUT;
}

int scn_con_taken(struct scn_env *env, unsigned i, unsigned port)
{
    struct scn_console_stream *s = &env->console->track[i].out[port];
    uint8_t buf[CHUNK];

    for (unsigned n = 0; n < PASSES && s->got != s->sent;) {
        int took = env->console->ops->take(env, i, port, buf, CHUNK);

        if (took < 0) {
            return took;
        }
        if (took > 0) {
            check(env, i, port, false, buf, (uint32_t)took);
            continue;
        }
        if (!virtio_device_is_live(&scn_con(env, i)->dev)) {
            return -EIO;
        }
        pass(env, i, n);
        n++;
    }
    return s->got == s->sent ? drained(env, i, port) : -ETIMEDOUT;
}

int scn_con_exchange(struct scn_env *env, unsigned i, unsigned port, uint32_t len)
{
    int ret = scn_con_write(env, i, port, len, len);

    ret = ret != 0 ? ret : scn_con_taken(env, i, port);
    ret = ret != 0 ? ret : scn_con_feed(env, i, port, len);
    return ret != 0 ? ret : scn_con_read(env, i, port, len, len);
}

static void forget(struct scn_console_stream *s)
{
    s->sent = 0;
    s->got = 0;
    s->gen++;
    s->broken = false;
}

void scn_con_forget(struct scn_env *env, unsigned i)
{
    struct scn_console_track *t = &env->console->track[i];

    for (unsigned p = 0; p < SCN_CONSOLE_PORTS && env->console->ops->drop != NULL; p++) {
        env->console->ops->drop(env, i, p);
        forget(&t->in[p]);
        forget(&t->out[p]);
    }
}

/* ---- in place ---- */

static struct scn_con_async async_pool[2][SCN_DEVICES_MAX];

static struct scn_con_async *begin(struct scn_con_async *a, struct scn_env *env)
{
    memset(a, 0, sizeof(*a));
    a->env = env;
    return a;
}

struct scn_con_async *scn_con_async_begin(struct scn_env *env, unsigned i)
{
    return begin(&async_pool[0][i], env);
}

struct scn_con_async *scn_con_async_begin_play(struct scn_env *env, unsigned i)
{
    return begin(&async_pool[1][i], env);
}

static void async_done(struct virtio_console_tx *tx, int result)
{
    struct scn_con_req *r = (struct scn_con_req *)(void *)tx;
    struct scn_con_async *a = r->owner;

    r->calls++;
    SCN_EXPECT(a->env, r->calls == 1u);
    a->completed++;
    a->first_error = a->first_error != 0 ? a->first_error : result;
}

int scn_con_async_submit(struct scn_con_async *a, unsigned i, unsigned port, uint32_t offset,
                         uint32_t len)
{
    struct scn_con_req *r = &a->reqs[a->count];
    uint8_t *buf = a->env->scratch + offset;
    int ret;

    if (a->count == SCN_CON_ASYNC_MAX) {
        return -EAGAIN;
    }
    memset(r, 0, sizeof(*r));
    r->owner = a;
    r->tx.ptr = buf;
    r->tx.len = len;
    r->tx.done = async_done;
    scn_con_fill(a->env, i, port, buf, len);
    scn_con_wrote(a->env, i, port, len);
    a->count++;
    ret = virtio_console_submit(scn_con(a->env, i), port, &r->tx);
    if (ret != 0) {
        SCN_EXPECT(a->env, r->calls == 0);
        a->env->console->track[i].out[port].sent -= len;
        a->count--;
    }
    return ret;
}

int scn_con_async_wait(struct scn_con_async *a, unsigned i)
{
    for (unsigned n = 0; n < PASSES && a->completed < a->count; n++) {
        pass(a->env, i, n);
    }
    return a->completed < a->count ? -ETIMEDOUT : a->first_error;
}

void scn_con_async_expect_all(struct scn_con_async *a)
{
    SCN_EXPECT(a->env, a->completed == a->count);
    for (unsigned n = 0; n < a->count; n++) {
        SCN_EXPECT(a->env, a->reqs[n].calls == 1u);
    }
}

/* ---- recovery ---- */

static unsigned first_port(const struct scenario *sc, struct scn_env *env, unsigned i)
{
    const struct scn_console_needs *more = sc->needs.more;
    unsigned port = 0;

    if (more == NULL || more->ports == 0 || !scn_con_multiport(env, i)) {
        return 0;
    }
    while ((more->ports >> port & 1u) == 0) {
        port++;
    }
    return port;
}

static int use_once(struct scn_env *env, const struct scenario *sc, unsigned i)
{
    unsigned port = first_port(sc, env, i);
    int ret = scn_con_ready(env, i, port);

    return ret != 0 ? ret : scn_con_exchange(env, i, port, 20);
}

static int recover_one(struct scn_env *env, const struct scenario *sc, unsigned i)
{
    struct virtio_console *con = scn_con(env, i);
    int ret = 0;

    if (con->dev.state != VIRTIO_STATE_ABSENT) {
        scn_con_forget(env, i); /* what has not come yet would come after the reset */
        ret = virtio_console_reset(con, 0);
        scn_con_forget(env, i);
        for (unsigned p = 0; p < SCN_CONSOLE_PORTS; p++) {
            SCN_EXPECT(env, virtio_console_outstanding(con, p) == 0);
        }
        ret = ret != 0 ? ret : use_once(env, sc, i);
        ret = ret != 0 ? ret : scn_con_close(env, i, 0);
    }
    ret = ret != 0 ? ret : scn_con_open(env, i, NULL);
    ret = ret != 0 ? ret : use_once(env, sc, i);
    return scn_con_close(env, i, ret);
}

int scn_console_recover(struct scn_env *env, const struct scenario *sc)
{
    int ret = 0;

    for (unsigned i = 0; i < env->count[SCN_CONSOLE] && ret == 0; i++) {
        ret = recover_one(env, sc, i);
    }
    return ret;
}
