/* SPDX-License-Identifier: Apache-2.0 */
/* See gpu_rig.h. */
#include "gpu_rig.h"

#include <criterion/criterion.h>

static struct gpu_rig *rig_of(struct fake *f)
{
    return (struct gpu_rig *)(void *)f;
}

static void put32(uint8_t *p, uint32_t v)
{
    for (unsigned i = 0; i < 4u; i++) {
        p[i] = (uint8_t)(v >> (8u * i));
    }
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get64(const uint8_t *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

uint32_t gpu_rig_word(const struct gpu_rig_seen *seen, unsigned offset)
{
    return get32(seen->bytes + offset);
}

/* ---- the device ---- */

/* The right answer; returns its length. */
static uint32_t compose(const struct gpu_rig *r, uint32_t type, const uint8_t *command,
                        uint8_t *out)
{
    memset(out, 0, 1056);
    put32(out, 0x1100);
    if ((get32(command + 4) & 1u) != 0) {
        memcpy(out + 4, command + 4, 12);
    }
    if (type == C_GET_DISPLAY_INFO) {
        put32(out, 0x1101);
        put32(out + 32, r->mode_width);
        put32(out + 36, r->mode_height);
        put32(out + 40, r->mode_enabled);
        return 408;
    }
    if (type == C_GET_EDID) {
        put32(out, 0x1104);
        put32(out + 24, r->edid_size);
        memcpy(out + 32, r->edid, sizeof(r->edid));
        return 1056;
    }
    return 24;
}

static void answer(struct gpu_rig *r, const struct fake_chain *chain, unsigned queue)
{
    unsigned last = chain->count - 1u;
    const uint8_t *command = fake_at(&r->f, chain->piece[0].addr, chain->piece[0].len);
    uint32_t type = get32(command);
    uint8_t bytes[1056];
    uint32_t len = compose(r, type, command, bytes);

    cr_assert(chain->piece[last].write && chain->piece[last].len >= len,
              "room for %u bytes, the answer to 0x%x has %u", chain->piece[last].len, type, len);
    if (r->script_on == type) {
        put32(bytes, r->say_type != 0 ? r->say_type : get32(bytes));
        put32(bytes + 4, r->say_no_fence ? 0 : get32(bytes + 4));
        put32(bytes + 8, get32(bytes + 8) + (uint32_t)r->say_fence_off);
        len = r->say_len != 0 ? r->say_len : len;
    }
    memcpy(fake_at(&r->f, chain->piece[last].addr, chain->piece[last].len), bytes,
           len < chain->piece[last].len ? len : chain->piece[last].len);
    fake_use(&r->f, queue, chain->head, len);
    r->f.isr |= 1u;
}

static void keep(struct gpu_rig *r, const struct fake_chain *chain, unsigned queue)
{
    struct gpu_rig_seen *s = &r->seen[r->num_seen % GPU_RIG_SEEN];
    const uint8_t *entry;

    memset(s, 0, sizeof(*s));
    memcpy(s->bytes, fake_at(&r->f, chain->piece[0].addr, chain->piece[0].len),
           chain->piece[0].len);
    s->type = get32(s->bytes);
    s->queue = queue;
    if (s->type == C_ATTACH) {
        cr_assert_eq(chain->count, 3u);
        cr_assert_eq(chain->piece[1].len, get32(s->bytes + 28) * 16u);
        entry = fake_at(&r->f, chain->piece[1].addr, 16);
        s->addr = get64(entry);
        s->len = get32(entry + 8);
    }
    r->num_seen++;
}

static void serve(struct gpu_rig *r, unsigned queue)
{
    struct fake_chain chain;

    while (fake_take(&r->f, queue, &chain)) {
        uint32_t type;

        keep(r, &chain, queue);
        type = r->seen[(r->num_seen - 1u) % GPU_RIG_SEEN].type;
        if (r->hold == type || r->hold == UINT32_MAX) {
            cr_assert_lt(r->num_held, GPU_RIG_HELD);
            r->held[r->num_held].chain = chain;
            r->held[r->num_held++].queue = queue;
        } else {
            answer(r, &chain, queue);
        }
    }
}

/* events_clear clears; a notification is served at once. */
static void on_write(struct fake *f, const struct fake_access *a)
{
    if (a->reg == R_QUEUE_NOTIFY) {
        serve(rig_of(f), a->value & 0xffffu);
    } else if (a->reg == R_CONFIG + 4) {
        put32(f->config, get32(f->config) & ~a->value);
        put32(f->config + 4, 0);
    } else if (a->reg == R_STATUS && a->value == 0) {
        rig_of(f)->num_held = 0;
    }
}

static bool interrupt(void *arg)
{
    return virtio_gpu_interrupt(&((struct gpu_rig *)arg)->gpu);
}

static void displays_changed(struct virtio_gpu *gpu)
{
    struct gpu_rig *r = gpu->params.cookie;

    r->changes++;
    r->locked = r->locked || r->f.lock_depth != 0;
}

/* ---- for tests ---- */

void gpu_rig_fix_edid(struct gpu_rig *r)
{
    for (unsigned block = 0; block < sizeof(r->edid) / 128u; block++) {
        uint8_t *p = &r->edid[(size_t)block * 128u];
        uint8_t sum = 0;

        for (unsigned i = 0; i < 127u; i++) {
            sum = (uint8_t)(sum + p[i]);
        }
        p[127] = (uint8_t)(0u - sum);
    }
}

void gpu_rig_make(struct gpu_rig *r, uint32_t version)
{
    static const uint8_t magic[8] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};

    memset(r, 0, sizeof(*r));
    fake_init(&r->f, version);
    r->f.device_id = VIRTIO_ID_GPU;
    r->f.device_features |= VIRTIO_GPU_F_EDID;
    r->f.q[0].num_max = 64;
    r->f.q[1].num_max = 16;
    r->f.config[8] = 2; /* num_scanouts */
    r->f.on_write = on_write;
    r->f.handler = interrupt;
    r->f.handler_arg = r;
    r->mode_width = 800;
    r->mode_height = 600;
    r->mode_enabled = 1;
    memcpy(r->edid, magic, sizeof(magic));
    r->edid[126] = 1; /* one more block */
    r->edid_size = 1024;
    gpu_rig_fix_edid(r);
}

int gpu_rig_probe(struct gpu_rig *r, const struct virtio_gpu_params *params)
{
    const struct virtio_window window = fake_window();
    struct virtio_gpu_params p = {0};

    if (params != NULL) {
        p = *params;
    }
    p.displays_changed = displays_changed;
    p.cookie = r;
    return virtio_gpu_probe(&r->gpu, &window, &p);
}

void gpu_rig_open(struct gpu_rig *r, const struct virtio_gpu_params *params)
{
    gpu_rig_make(r, 2);
    cr_assert_eq(gpu_rig_probe(r, params), 0, "%s", r->f.last_line);
}

void gpu_rig_close(struct gpu_rig *r)
{
    cr_assert_eq(virtio_gpu_remove(&r->gpu, 0), 0);
    cr_assert_eq(r->f.dma_blocks, 0u, "%u blocks are left", r->f.dma_blocks);
    cr_assert_eq(r->f.heap_blocks, 0u, "%u blocks are left", r->f.heap_blocks);
    cr_assert_eq(r->f.mappings, 0u, "%u mappings are left", r->f.mappings);
    cr_assert(!r->locked, "a callback ran with a lock held");
}

void gpu_rig_interrupt(struct gpu_rig *r, uint32_t cause)
{
    r->f.isr |= cause;
    (void)virtio_gpu_interrupt(&r->gpu);
}

void gpu_rig_release(struct gpu_rig *r)
{
    unsigned n = r->num_held;

    r->num_held = 0;
    for (unsigned i = 0; i < n; i++) {
        answer(r, &r->held[i].chain, r->held[i].queue);
    }
    gpu_rig_interrupt(r, 1);
}

void gpu_rig_event(struct gpu_rig *r)
{
    r->f.config[0] |= 1u;
    gpu_rig_interrupt(r, 2);
}

const struct gpu_rig_seen *gpu_rig_last(const struct gpu_rig *r, unsigned n, uint32_t type)
{
    const struct gpu_rig_seen *s;

    cr_assert_lt(n, r->num_seen);
    s = &r->seen[(r->num_seen - 1u - n) % GPU_RIG_SEEN];
    cr_assert_eq(s->type, type, "command 0x%x, expected 0x%x", s->type, type);
    return s;
}

unsigned gpu_rig_count(const struct gpu_rig *r, uint32_t type)
{
    unsigned n = 0;

    cr_assert_leq(r->num_seen, GPU_RIG_SEEN);
    for (unsigned i = 0; i < r->num_seen; i++) {
        n += r->seen[i].type == type ? 1u : 0u;
    }
    return n;
}

uint32_t gpu_rig_resource(struct gpu_rig *r, uint32_t width, uint32_t height, void *mem)
{
    const struct virtio_gpu_mem m = {mem, width * height * 4u};
    uint32_t id = 0;

    cr_assert_eq(virtio_gpu_create(&r->gpu, VIRTIO_GPU_FORMAT_B8G8R8A8, width, height, &id, 1000),
                 0);
    cr_assert_eq(virtio_gpu_attach(&r->gpu, id, &m, 1, 1000), 0);
    return id;
}

void gpu_rig_done(struct virtio_gpu *gpu, void *cookie, int result)
{
    struct gpu_rig *r = cookie;

    cr_assert_eq(gpu, &r->gpu);
    r->done_calls++;
    r->done_result = result;
    r->locked = r->locked || r->f.lock_depth != 0;
}
