/* SPDX-License-Identifier: Apache-2.0 */
/* The control queue byte by byte (virtio v1.2 section 5.1.6.5), answers of every kind, the
 * configuration space, and the parameters. */
#include <criterion/criterion.h>

#include "net_rig.h"

#define CTRL                                                                                       \
    (VIRTIO_NET_F_CTRL_VQ | VIRTIO_NET_F_CTRL_RX | VIRTIO_NET_F_CTRL_VLAN |                        \
     VIRTIO_NET_F_CTRL_MAC_ADDR | VIRTIO_NET_F_MAC)

static struct net_rig r;

static void expect_command(const void *bytes, uint32_t len, unsigned pieces)
{
    cr_assert_eq(r.command_len, len, "%u bytes, expected %u", r.command_len, len);
    cr_assert_eq(memcmp(r.command, bytes, len), 0);
    cr_assert_eq(r.pieces, pieces, "%u pieces, expected %u", r.pieces, pieces);
    cr_assert_eq(r.piece_len[0], 2u);
}

Test(net_ctrl, commands_byte_by_byte)
{
    static const uint8_t unicast[2][VIRTIO_NET_MAC_LEN] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};
    static const uint8_t group[1][VIRTIO_NET_MAC_LEN] = {{1, 0, 0x5e, 0, 0, 1}};
    static const uint8_t table[] = {1, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0,    1, 2, 0,
                                    0, 0, 0, 2, 1, 0, 0, 0, 1, 0, 0x5e, 0, 0, 1};

    for (uint32_t version = 1; version <= 2u; version++) {
        net_rig_open(&r, version, CTRL, NULL);
        cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), 0);
        expect_command("\0\0\1", 3, 2);
        cr_assert_eq(virtio_net_set_allmulti(&r.net, false, 0), 0);
        expect_command("\0\1\0", 3, 2);
        cr_assert_eq(virtio_net_set_mac_filter(&r.net, unicast, 2, group, 1, 0), 0);
        expect_command(table, sizeof(table), 3); /* a list each, section 5.1.6.6 */
        cr_assert_eq(r.piece_len[1], 16u);
        cr_assert_eq(virtio_net_set_mac_filter(&r.net, NULL, 0, NULL, 0, 0), 0);
        expect_command("\1\0\0\0\0\0\0\0\0\0", 10, 3);
        cr_assert_eq(virtio_net_set_mac(&r.net, unicast[0], 0), 0);
        expect_command("\1\1\2\0\0\0\0\1", 8, 2);
        cr_assert_eq(virtio_net_vlan_add(&r.net, 0x123, 0), 0);
        expect_command("\2\0\x23\1", 4, 2);
        cr_assert_eq(virtio_net_vlan_del(&r.net, 4094, 0), 0);
        expect_command("\2\1\xfe\x0f", 4, 2);
        cr_assert_eq(r.commands, 7u);
        net_rig_close(&r);
    }
}

Test(net_ctrl, offloads_and_pairs)
{
    const struct virtio_net_params params = {.offloads = VIRTIO_NET_F_GUEST_CSUM |
                                                         VIRTIO_NET_F_CTRL_GUEST_OFFLOADS};

    net_rig_open(&r, 2, CTRL | params.offloads | VIRTIO_NET_F_MQ, &params);
    cr_assert_eq(virtio_net_set_offloads(&r.net, VIRTIO_NET_F_GUEST_CSUM, 0), 0);
    expect_command("\5\0\2\0\0\0\0\0\0\0", 10, 2);
    cr_assert_eq(virtio_net_set_offloads(&r.net, VIRTIO_NET_F_GUEST_TSO4, 0), -EINVAL);
    cr_assert_eq(virtio_net_set_pairs(&r.net, 1, 0), 0);
    expect_command("\4\0\1\0", 4, 2);
    cr_assert_eq(virtio_net_set_pairs(&r.net, 2, 0), -EINVAL);
    net_rig_close(&r);
}

Test(net_ctrl, answer_other_than_ok_is_an_error)
{
    static const uint8_t acks[] = {1, 2, 0x80, 0xff};

    net_rig_open(&r, 2, CTRL, NULL);
    for (unsigned n = 0; n < 4u; n++) {
        r.ack = acks[n];
        cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), -EIO, "ack %u", acks[n]);
    }
    r.ack = 0;
    r.ack_len = 0;
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), -EIO, "no answer taken for one");
    r.ack_len = 1;
    r.ack_unwritten = true;
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), -EIO, "unwritten answer taken for one");
    r.ack_unwritten = false;
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), 0);
    cr_assert_eq(net_rig_stats(&r).ctrl_failed, 6u);
    net_rig_close(&r);
}

/* Legacy: the used length is to be ignored (section 5.1.6.1), the answer is not. */
Test(net_ctrl, legacy_answer_counts_whatever_its_length)
{
    net_rig_open(&r, 1, CTRL, NULL);
    r.ack_len = 0;
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), 0);
    r.ack_unwritten = true;
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), -EIO);
    net_rig_close(&r);
}

Test(net_ctrl, silence_ends_at_the_deadline_and_holds_up_nothing)
{
    struct virtio_net_tx tx;
    struct virtio_net_seg seg;
    static const uint8_t data[60];
    uint32_t len;

    net_rig_open(&r, 2, CTRL, NULL);
    r.silent = true;
    for (unsigned n = 0; n < 4u; n++) {
        uint64_t start = r.f.time_us;

        cr_assert_eq(virtio_net_set_promisc(&r.net, true, 5000), -ETIMEDOUT);
        cr_assert_geq(r.f.time_us - start, 5000u);
        cr_assert_leq(r.f.time_us - start, 300000u);
    }
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 5000), -EAGAIN, "no slot is left");
    net_rig_frame(&r, &tx, &seg, data, sizeof(data));
    cr_assert_eq(virtio_net_send(&r.net, &tx), 0);
    (void)net_rig_taken(&r, &len);
    fake_use(&r.f, NET_RIG_TX, r.chain.head, 0);
    net_rig_interrupt(&r);
    cr_assert_eq(r.done, 1u);
    r.silent = false;
    fake_forget(&r.f);
    /* The late answers give the slots back. */
    for (unsigned n = 0; n < 4u; n++) {
        cr_assert(fake_take(&r.f, NET_RIG_CTRL, &r.chain));
        fake_use(&r.f, NET_RIG_CTRL, r.chain.head, 1);
    }
    net_rig_interrupt(&r);
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), 0);
    net_rig_close(&r);
}

Test(net_ctrl, features_that_commands_need)
{
    static const uint8_t mac[VIRTIO_NET_MAC_LEN] = {2, 0, 0, 0, 0, 1};

    net_rig_open(&r, 2, CTRL & ~VIRTIO_NET_F_CTRL_VQ, NULL); /* QEMU with ctrl_vq=off */
    cr_assert_eq(r.net.dev.features, VIRTIO_F_VERSION_1 | VIRTIO_NET_F_MAC);
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), -ENOTSUP);
    cr_assert_eq(virtio_net_vlan_add(&r.net, 1, 0), -ENOTSUP);
    cr_assert_eq(virtio_net_set_mac(&r.net, mac, 0), -ENOTSUP);
    cr_assert_eq(virtio_net_set_pairs(&r.net, 1, 0), -ENOTSUP);
    net_rig_close(&r);
    cr_assert_eq(virtio_net_set_promisc(&r.net, true, 0), -EIO);
}

Test(net_ctrl, legacy_address_is_written_to_the_config)
{
    static const uint8_t mac[VIRTIO_NET_MAC_LEN] = {2, 9, 8, 7, 6, 5};

    net_rig_open(&r, 1, VIRTIO_NET_F_MAC, NULL);
    cr_assert_eq(virtio_net_set_mac(&r.net, mac, 0), 0);
    cr_assert_eq(memcmp(r.f.config, mac, sizeof(mac)), 0);
    cr_assert_eq(memcmp(r.net.info.mac, mac, sizeof(mac)), 0);
    net_rig_close(&r);
}

Test(net_ctrl, announcement_is_asked_for_and_acknowledged)
{
    const uint64_t features = CTRL | VIRTIO_NET_F_STATUS | VIRTIO_NET_F_GUEST_ANNOUNCE;

    net_rig_open(&r, 2, features, NULL);
    r.f.config[6] = 3;
    r.f.isr = 2;
    cr_assert(virtio_net_interrupt(&r.net));
    cr_assert_eq(r.announces, 1u);
    expect_command("\3\0", 2, 1);
    r.f.isr = 3; /* not answered yet: the same announcement */
    cr_assert(virtio_net_interrupt(&r.net));
    cr_assert_eq(r.announces, 1u, "announced %u times", r.announces);
    r.f.isr = 2; /* answered: a new one */
    cr_assert(virtio_net_interrupt(&r.net));
    cr_assert_eq(r.announces, 2u);
    net_rig_close(&r);
}

/* ---- configuration space and parameters ---- */

Test(net_ctrl, address_of_our_own_is_local_and_told)
{
    net_rig_open(&r, 2, CTRL & ~VIRTIO_NET_F_MAC, NULL);
    cr_assert_eq(r.net.info.mac[0] & 3u, 2u);
    cr_assert(!r.net.info.mac_from_device);
    cr_assert_eq(r.commands, 1u);
    cr_assert_eq(memcmp(r.command, "\1\1", 2), 0);
    cr_assert_eq(memcmp(r.command + 2, r.net.info.mac, VIRTIO_NET_MAC_LEN), 0);
    net_rig_close(&r);
}

Test(net_ctrl, address_of_the_caller_is_used)
{
    static const struct virtio_net_params params = {.mac = {2, 1, 1, 1, 1, 1}};

    net_rig_open(&r, 2, 0, &params);
    cr_assert_eq(memcmp(r.net.info.mac, params.mac, VIRTIO_NET_MAC_LEN), 0);
    net_rig_close(&r);
}

Test(net_ctrl, config_that_contradicts_the_specification_is_refused)
{
    static const struct {
        uint64_t feature;
        unsigned at;
        uint8_t value[2];
        const char *field;
    } cases[] = {
        {VIRTIO_NET_F_MAC, 0, {0x53, 0x54}, "mac"},
        {VIRTIO_NET_F_MTU, 10, {67, 0}, "mtu"},
        {VIRTIO_NET_F_MTU, 10, {0, 0}, "mtu"},
        {VIRTIO_NET_F_MQ | CTRL, 8, {0, 0}, "max_virtqueue_pairs"},
        {VIRTIO_NET_F_MQ | CTRL, 8, {0, 0x80}, "max_virtqueue_pairs"},
    };

    for (unsigned n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        net_rig_make(&r, 2, cases[n].feature);
        memcpy(&r.f.config[cases[n].at], cases[n].value, 2);
        cr_assert_eq(net_rig_probe(&r, NULL), -EPROTO);
        cr_assert_not_null(strstr(r.f.last_line, cases[n].field), "%s: %s", cases[n].field,
                           r.f.last_line);
        cr_assert_eq(r.net.dev.state, VIRTIO_STATE_ABSENT);
        net_rig_close(&r);
    }
}

Test(net_ctrl, description_of_the_device)
{
    const uint64_t features = VIRTIO_NET_F_MTU | VIRTIO_NET_F_SPEED_DUPLEX | VIRTIO_NET_F_MAC;
    struct virtio_net_info info;

    net_rig_make(&r, 2, features);
    r.f.config[10] = 0x00;
    r.f.config[11] = 0x23; /* 8960 */
    r.f.config[13] = 0x27; /* 9984 Mbit/s */
    r.f.config[16] = 1;
    cr_assert_eq(net_rig_probe(&r, NULL), 0);
    virtio_net_get_info(&r.net, &info);
    cr_assert_eq(info.mtu, 8960);
    cr_assert_eq(info.frame_max, 8974u);
    cr_assert_eq(info.speed_mbps, 9984u);
    cr_assert_eq(info.full_duplex, 1);
    cr_assert(info.link_up && info.mac_from_device);
    cr_assert_eq(memcmp(info.mac, NET_RIG_MAC, VIRTIO_NET_MAC_LEN), 0);
    cr_assert_eq(info.rx_buffers, 4);
    r.f.config[15] = 0x80; /* section 5.1.4.2: not known */
    r.f.config[16] = 2;
    r.f.isr = 2;
    cr_assert(virtio_net_interrupt(&r.net));
    virtio_net_get_info(&r.net, &info);
    cr_assert_eq(info.speed_mbps, 0u);
    cr_assert_eq(info.full_duplex, -1);
    net_rig_close(&r);
}

Test(net_ctrl, parameters_are_checked)
{
    static const struct {
        const char *what;
        struct virtio_net_params p;
    } cases[] = {
        {"rx_buffers", {.rx_buffers = 3}},          {"rx_buffers", {.rx_buffers = 32768}},
        {"rx_buf_bytes", {.rx_buf_bytes = 63}},     {"rx_buf_bytes", {.rx_buf_bytes = 0x100001}},
        {"tx_entries", {.tx_entries = 1}},          {"tx_entries", {.tx_entries = 48}},
        {"segs_per_frame", {.segs_per_frame = 21}}, {"mac", {.mac = {1}}},
    };

    for (unsigned n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
        net_rig_make(&r, 2, 0);
        cr_assert_eq(net_rig_probe(&r, &cases[n].p), -EINVAL, "%s", cases[n].what);
        cr_assert_not_null(strstr(r.f.last_line, cases[n].what), "%s: %s", cases[n].what,
                           r.f.last_line);
        cr_assert_eq(r.f.accesses, 0u, "the device was touched");
    }
    net_rig_make(&r, 2, 0);
    r.f.device_id = VIRTIO_ID_BLOCK;
    cr_assert_eq(net_rig_probe(&r, NULL), -ENODEV);
}

/* Every allocation of a bring-up fails once. */
Test(net_ctrl, out_of_memory_leaves_nothing)
{
    unsigned allocs;

    net_rig_open(&r, 2, CTRL | VIRTIO_F_INDIRECT_DESC, NULL);
    allocs = r.f.allocs;
    net_rig_close(&r);
    for (unsigned n = 1; n <= allocs; n++) {
        int ret;

        net_rig_make(&r, 2, CTRL | VIRTIO_F_INDIRECT_DESC);
        r.f.fail_alloc = n;
        ret = net_rig_probe(&r, NULL);
        cr_assert(ret == -ENOMEM || ret == 0, "allocation %u: %d", n, ret); /* 0: no indirect */
        net_rig_close(&r);
    }
}
