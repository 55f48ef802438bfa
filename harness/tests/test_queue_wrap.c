/* SPDX-License-Identifier: Apache-2.0 */
/*
 * More than 65536 buffers through queues of every size from 4 to 256, with both ways of suppression
 * (virtio v1.2 sections 2.7.7 and 2.7.10). Driver and device both sleep whenever they may: a lost
 * wake-up in either direction ends the loop with work undone.
 */
#include <criterion/criterion.h>

#include "fake.h"

#define BUFFERS 70000u

static struct fake f;
static struct virtio_device dev;
static struct virtqueue vq;

/* The device of this file. */
static bool device_awake, irq_line;
static unsigned irqs;
static uint32_t seed;

static unsigned dice(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % n;
}

static void ignore(struct virtqueue *q)
{
    (void)q;
}

static void wake_device(struct fake *fake, const struct fake_access *a)
{
    (void)fake;
    if (a->write && a->reg == R_QUEUE_NOTIFY) {
        device_awake = true;
    }
}

/* Interrupts when the driver's suppression says so (section 2.7.8.2). */
static void interrupt(uint16_t before)
{
    uint16_t after = f.q[0].used_idx;
    bool wanted;

    if (before == after) {
        return;
    }
    if (vq.event_idx) {
        wanted = (uint16_t)(after - *fake_used_event(&f, 0) - 1u) < (uint16_t)(after - before);
    } else {
        wanted = (fake_avail(&f, 0)[0] & 1u) == 0;
    }
    irqs += wanted ? 1u : 0u;
    irq_line |= wanted;
}

/* Serves some chains; goes to sleep the way section 2.7.10 wants it when there are none left. */
static void device_turn(void)
{
    static struct fake_chain c;
    uint16_t before = f.q[0].used_idx;

    fake_used(&f, 0)[0] = vq.event_idx ? 0 : 1;
    for (unsigned n = 1u + dice(8); n > 0; n--) {
        if (fake_take(&f, 0, &c)) {
            fake_use(&f, 0, c.head, c.writable);
            continue;
        }
        fake_used(&f, 0)[0] = 0;
        *fake_avail_event(&f, 0) = f.q[0].last_avail;
        device_awake = fake_avail(&f, 0)[1] != f.q[0].last_avail;
        break;
    }
    interrupt(before);
}

/* The device runs on a CPU of its own: it acts at the driver's barriers too, that is between an
 * index published and a wish read, and between a wish published and an index read. */
static void act_at_barrier(struct fake *fake, enum host_barrier kind)
{
    (void)fake;
    if (kind == HOST_BARRIER_FULL && device_awake && dice(2) == 0) {
        device_turn();
    }
}

static uint32_t added, taken;

/* The driver's interrupt handler, as the block driver has it. */
static void take_used(void)
{
    void *cookie;
    uint32_t len;
    unsigned rounds = 0;
    int ret;

    do {
        cr_assert_lt(++rounds, 1000u, "used buffers announced, and none to take");
        virtqueue_disable_cb(&vq);
        while ((ret = virtqueue_get_used(&vq, &cookie, &len)) == 1) {
            cr_assert_eq(len, 16u * (unsigned)((uintptr_t)cookie & 3u), "cookie of another chain");
            taken++;
        }
        cr_assert_eq(ret, 0);
        if (device_awake && dice(2) == 0) {
            device_turn(); /* unseen, for interrupts are off */
        }
    } while (virtqueue_enable_cb(&vq));
}

static void add_some(uint16_t size)
{
    static const struct virtio_sg sg[4] = {{64, 16}, {128, 16}, {192, 16}, {256, 16}};

    for (unsigned n = 1u + dice(size / 2u + 1u); n > 0 && added < BUFFERS; n--) {
        unsigned in = 1u + dice(3);
        void *cookie = (void *)(uintptr_t)(((uintptr_t)added + 1u) << 2 | in);
        int ret = virtqueue_add(&vq, sg, 1, in, cookie);

        if (ret == -EAGAIN) {
            break;
        }
        cr_assert_eq(ret, 0);
        added++;
    }
    virtqueue_kick(&vq);
}

static void start(uint16_t size, uint64_t features)
{
    const struct virtqueue_config cfg = {
        .size = size,
        .size_min = size,
        .indirect_max = (uint16_t)((features & VIRTIO_F_INDIRECT_DESC) != 0 ? 4u : 0u),
        .callback = ignore};

    fake_init(&f, 2);
    f.device_features |= features;
    f.q[0].num_max = 256;
    f.on_write = wake_device;
    f.on_barrier = act_at_barrier;
    memset(&vq, 0, sizeof(vq));
    fake_live(&f, &dev, &vq, &cfg);
    device_awake = false;
    irq_line = false;
    irqs = 0;
    added = 0;
    taken = 0;
    seed = size;
}

static void run(uint16_t size, uint64_t features)
{
    start(size, features);
    virtqueue_lock(&vq);
    while (taken < BUFFERS) {
        bool can_add = added < BUFFERS && vq.num_free >= 4u;

        cr_assert(can_add || device_awake || irq_line,
                  "size %u: both sides sleep at %u added, %u taken", (unsigned)size,
                  (unsigned)added, (unsigned)taken);
        switch (dice(3)) {
        case 0:
            if (can_add) {
                add_some(size);
            }
            break;
        case 1:
            if (device_awake) {
                device_turn();
            }
            break;
        default:
            if (irq_line) {
                irq_line = false;
                take_used();
            }
            break;
        }
    }
    cr_assert_eq(vq.num_free, size);
    cr_assert_eq(f.q[0].used_idx, (uint16_t)BUFFERS);
    cr_assert_leq(f.notifies, BUFFERS);
    cr_assert_leq(irqs, BUFFERS);
    virtqueue_unlock(&vq);
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_eq(virtio_device_release(&dev), 0);
}

static void run_sizes(uint64_t features)
{
    for (uint16_t size = 4; size <= 256u; size = (uint16_t)(size * 2u)) {
        run(size, features);
    }
}

Test(wrap, suppression_by_flag)
{
    run_sizes(0);
}

Test(wrap, suppression_by_event)
{
    run_sizes(VIRTIO_F_EVENT_IDX);
}

Test(wrap, suppression_by_flag_indirect)
{
    run_sizes(VIRTIO_F_INDIRECT_DESC);
}

Test(wrap, suppression_by_event_indirect)
{
    run_sizes(VIRTIO_F_EVENT_IDX | VIRTIO_F_INDIRECT_DESC);
}

/* 65535 buffers between two looks at avail_event is the most that 16 bits can tell apart, and no
 * ring is that long: one kick after a full ring of every size, wherever the index stands. */
Test(wrap, one_kick_for_a_full_ring_at_every_position)
{
    static const struct virtio_sg sg = {64, 16};
    static struct fake_chain c;

    start(256, VIRTIO_F_EVENT_IDX);
    f.on_barrier = NULL; /* this device acts when the test says so */
    virtqueue_lock(&vq);
    for (unsigned turn = 0; turn < 300u; turn++) {
        unsigned before = f.notifies;

        *fake_avail_event(&f, 0) = f.q[0].last_avail;
        for (unsigned i = 0; i < 256u; i++) {
            cr_assert_eq(virtqueue_add(&vq, &sg, 1, 0, &vq), 0);
        }
        virtqueue_kick(&vq);
        cr_assert_eq(f.notifies, before + 1u, "turn %u", turn);
        while (fake_take(&f, 0, &c)) {
            void *cookie;
            uint32_t len;

            fake_use(&f, 0, c.head, 0);
            cr_assert_eq(virtqueue_get_used(&vq, &cookie, &len), 1);
        }
    }
    virtqueue_unlock(&vq);
    cr_assert_eq(virtio_device_reset(&dev, 0), 0);
    cr_assert_eq(virtio_device_release(&dev), 0);
}
