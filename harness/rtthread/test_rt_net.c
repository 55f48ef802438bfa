/* SPDX-License-Identifier: Apache-2.0 */
/* virtio-net%d through eth_device and pbufs, with the bugs reported against RT-Thread's driver. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "rt_rig.h"
#include "rt_virtio.h"
#include "rthost_net.h"

static struct rt_rig rig;
static uint8_t frame[1514], seen[2048];
static unsigned num_seen, num_in;
static size_t seen_len;

#define ON_BOTH_TRANSPORTS(name)                                                                   \
    ParameterizedTestParameters(rt_net, name)                                                      \
    {                                                                                              \
        static unsigned versions[] = {1, 2};                                                       \
                                                                                                   \
        return cr_make_param_array(unsigned, versions, 2);                                         \
    }                                                                                              \
    ParameterizedTest(unsigned *version, rt_net, name)

static void sink(void *ctx, unsigned pair, const uint8_t *data, size_t len)
{
    (void)ctx;
    (void)pair;
    num_seen++;
    seen_len = len;
    memcpy(seen, data, len < sizeof(seen) ? len : sizeof(seen));
}

static err_t input(struct pbuf *p, struct netif *inp)
{
    (void)inp;
    num_in++;
    seen_len = p->tot_len;
    cr_assert_leq(p->tot_len, sizeof(seen));
    (void)pbuf_copy_partial(p, seen, p->tot_len, 0);
    (void)pbuf_free(p);
    return ERR_OK;
}

static struct eth_device *start(unsigned version)
{
    struct eth_device *eth;

    for (size_t i = 0; i < sizeof(frame); i++) {
        frame[i] = (uint8_t)(i * 7u + 1u);
    }
    memset(frame, 0xff, 6);
    rt_rig_boot(&rig, MODEL_SCHED_SYNC, 0);
    rt_rig_add_net(&rig, 0, version, UINT64_C(1) << 5 | UINT64_C(1) << 16, sink);
    cr_assert_eq(rt_virtio_net_init(rt_rig_window(0), rt_rig_irq(0)), RT_EOK, "%s",
                 rthost_console());
    eth = (struct eth_device *)(void *)rt_device_find("virtio-net0");
    cr_assert_neq(eth, NULL);
    eth->netif->input = input;
    rthost_run_us(2000);
    return eth;
}

static void comes_in(struct eth_device *eth, size_t len)
{
    cr_assert_eq(model_net_receive(rig.net, 0, frame, len, NULL), 0);
    rthost_run_us(2000);
    (void)rthost_eth_receive(eth);
}

static rt_err_t goes_out(struct eth_device *eth)
{
    struct pbuf *p = pbuf_alloc(PBUF_RAW, 60, PBUF_RAM);
    rt_err_t result;

    cr_assert_eq(pbuf_take(p, frame, 60), ERR_OK);
    result = eth->eth_tx(&eth->parent, p);
    (void)pbuf_free(p);
    rthost_run_us(2000);
    return result;
}

ON_BOTH_TRANSPORTS(the_address_is_the_device_s)
{
    static const uint8_t mac[6] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
    struct eth_device *eth = start(*version);

    cr_assert_eq(memcmp(eth->netif->hwaddr, mac, 6), 0);
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(frames_come_in_unchanged)
{
    struct eth_device *eth = start(*version);
    unsigned blocks = rthost_heap_blocks();

    for (unsigned i = 0; i < 200; i++) {
        size_t len = 60u + (i * 97u) % (sizeof(frame) - 60u);

        comes_in(eth, len);
        cr_assert_eq(num_in, i + 1u);
        cr_assert_eq(seen_len, len);
        cr_assert_eq(memcmp(seen, frame, len), 0);
    }
    cr_assert_eq(rthost_heap_blocks(), blocks, "packets left");
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(a_chain_of_packet_buffers_goes_out_as_one_frame)
{
    struct eth_device *eth = start(*version);
    unsigned blocks = rthost_heap_blocks();

    for (unsigned i = 0; i < 100; i++) {
        struct pbuf *head = pbuf_alloc(PBUF_RAW, 14, PBUF_RAM);
        struct pbuf *tail = pbuf_alloc(PBUF_RAW, 500, PBUF_RAM);

        pbuf_cat(head, tail);
        cr_assert_eq(pbuf_take(head, frame, 514), ERR_OK);
        cr_assert_eq(eth->eth_tx(&eth->parent, head), RT_EOK);
        (void)pbuf_free(head);
        rthost_run_us(2000);
        (void)rthost_eth_receive(eth);
        cr_assert_eq(num_seen, i + 1u);
        cr_assert_eq(seen_len, 514u);
        cr_assert_eq(memcmp(seen, frame, 514), 0);
    }
    cr_assert_eq(rthost_heap_blocks(), blocks, "packets left");
    rt_rig_close(&rig);
}

ON_BOTH_TRANSPORTS(the_link_goes_down_and_up)
{
    struct eth_device *eth = start(*version);

    (void)rthost_eth_receive(eth);
    cr_assert_neq(eth->netif->flags & NETIF_FLAG_LINK_UP, 0);
    model_net_set_link(rig.net, false);
    rthost_run_us(2000);
    (void)rthost_eth_receive(eth);
    cr_assert_eq(eth->netif->flags & NETIF_FLAG_LINK_UP, 0);
    model_net_set_link(rig.net, true);
    rthost_run_us(2000);
    (void)rthost_eth_receive(eth);
    cr_assert_neq(eth->netif->flags & NETIF_FLAG_LINK_UP, 0);
    rt_rig_close(&rig);
}

struct lie {
    unsigned version, variant;
    enum model_fault_id id;
};

static void free_lies(struct criterion_test_params *params)
{
    cr_free(params->params);
}

static struct criterion_test_params lies(enum model_fault_id id)
{
    unsigned n = 2u * model_fault_row(id)->variants;
    struct lie *all = cr_malloc(sizeof(*all) * n);

    for (unsigned i = 0; i < n; i++) {
        all[i] = (struct lie){1u + i % 2u, i / 2u, id};
    }
    return cr_make_param_array(struct lie, all, n, free_lies);
}

/* The driver of the report took the header's length off the used length, unchecked. No frame that
 * did not come in may reach lwIP, and what comes later does. */
static void survives(const struct lie *lie)
{
    struct eth_device *eth = start(lie->version);

    rt_rig_arm(&rig, lie->id, lie->variant, 1, false);
    comes_in(eth, 100);
    cr_assert_leq(num_in, 1u);
    cr_assert_leq(seen_len, sizeof(frame));
    model_fault_disarm(rig.board);
    rthost_run_us(6000000);
    (void)rthost_eth_receive(eth);
    num_in = 0;
    for (unsigned i = 0; i < 8 && num_in == 0; i++) {
        (void)goes_out(eth); /* a broken device is brought back when something is to be sent */
        comes_in(eth, 200);
        rthost_run_us(2000000);
        (void)rthost_eth_receive(eth);
    }
    cr_assert_gt(num_in, 0u, "nothing comes in any more: %s", rthost_console());
    cr_assert_eq(seen_len, 200u);
    rt_rig_close(&rig);
}

ParameterizedTestParameters(rt_net, issue_11327_used_length_shorter_than_the_header)
{
    return lies(MODEL_FAULT_NET_RX_SHORT);
}

ParameterizedTest(struct lie *lie, rt_net, issue_11327_used_length_shorter_than_the_header)
{
    survives(lie);
}

ParameterizedTestParameters(rt_net, issue_11327_used_length_longer_than_the_buffer)
{
    return lies(MODEL_FAULT_NET_RX_LONG);
}

ParameterizedTest(struct lie *lie, rt_net, issue_11327_used_length_longer_than_the_buffer)
{
    survives(lie);
}

ParameterizedTestParameters(rt_net, issue_11326_used_id_beyond_the_ring)
{
    return lies(MODEL_FAULT_U_ID_RANGE);
}

ParameterizedTest(struct lie *lie, rt_net, issue_11326_used_id_beyond_the_ring)
{
    survives(lie);
}
